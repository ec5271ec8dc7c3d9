// Which panels the metrics of some runs make, by TRL's names, and what each draws.
#pragma once

#include "ui/widgets/metric_plot.h"

#include <QStringList>

#include <string>
#include <vector>

namespace crux::ui {

class RunBoard;
class RunMetrics;

/// One panel: a metric, or two that belong together.
struct MetricPanel {
    QString title; ///< also its stable id
    std::vector<std::string> metrics;
    QStringList parts; ///< "chosen", "rejected"; empty for one metric
};

/// Panels for the shown runs, in a fixed order, metrics that no rule names at the end; those of an
/// evaluation are drawn with what they evaluate.
std::vector<MetricPanel> metricPanels(const RunBoard& board, const RunMetrics& metrics);

/// Everything one panel draws now. Pointers into `metrics` stay good until it reads again.
PlotContent metricContent(const MetricPanel& panel, const RunBoard& board,
                          const RunMetrics& metrics);

/// Name of the x axis with its unit.
QString axisName(RunAxis axis);
/// x of a step of a run on an axis, and the step nearest to an x; NaN and -1: the run has no steps.
double axisOfStep(const StepGrid& grid, RunAxis axis, double step);
std::int64_t stepAt(const StepGrid& grid, RunAxis axis, double x);
/// "loss spike" for a flag's kind.
QString flagWord(const std::string& kind);

} // namespace crux::ui
