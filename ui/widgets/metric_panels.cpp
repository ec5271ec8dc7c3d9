#include "ui/widgets/metric_panels.h"

#include "core/store/records.h"
#include "ui/model/run_board.h"
#include "ui/model/run_metrics.h"
#include "ui/widgets/format.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <set>

namespace crux::ui {

namespace {

struct PanelWords {
    Q_DECLARE_TR_FUNCTIONS(PanelWords)
};

constexpr std::size_t kMostLabelled = 4; ///< runs with names beside their lines

MetricPanel one(const char* name) {
    return {QString::fromLatin1(name), {name}, {}};
}

/// The order of the picture of this view; what comes after is in the order of names.
std::vector<MetricPanel> knownPanels() {
    const QStringList both{QStringLiteral("chosen"), QStringLiteral("rejected")};
    return {
        one("loss"),
        {QStringLiteral("rewards/chosen, rewards/rejected"),
         {"rewards/chosen", "rewards/rejected"},
         both},
        one("rewards/margins"),
        one("rewards/accuracies"),
        one("grad_norm"),
        one("learning_rate"),
        {QStringLiteral("logps/chosen, logps/rejected"), {"logps/chosen", "logps/rejected"}, both},
        {QStringLiteral("kl/chosen, kl/rejected"), {"kl/chosen", "kl/rejected"}, both},
        one("tokens_per_second")};
}

const char* const kAxes[] = {"epoch", "num_tokens"}; ///< drawn as axes, not as panels

bool isHidden(const std::string& name) {
    return std::any_of(std::begin(kAxes), std::end(kAxes),
                       [&](const char* axis) { return name == axis; });
}

std::string trained(const std::string& name) {
    return name.starts_with("eval_") ? name.substr(5) : name;
}

double clipOf(const store::JobRecord& run) {
    const auto found = run.spec.is_object() ? run.spec.find("clip") : run.spec.end();
    return run.spec.is_object() && found != run.spec.end() && found->is_number()
               ? found->get<double>()
               : 0;
}

} // namespace

QString axisName(RunAxis axis) {
    switch (axis) {
    case RunAxis::Epoch:
        return PanelWords::tr("epoch");
    case RunAxis::Tokens:
        return PanelWords::tr("tokens");
    case RunAxis::Time:
        return PanelWords::tr("minutes");
    case RunAxis::Step:
        break;
    }
    return PanelWords::tr("step");
}

double axisOfStep(const StepGrid& grid, RunAxis axis, double step) {
    if (grid.steps.empty())
        return std::nan("");
    const auto at = std::max<std::ptrdiff_t>(grid.indexOf(step), 0);
    return grid.axis(axis)[static_cast<std::size_t>(at)];
}

std::int64_t stepAt(const StepGrid& grid, RunAxis axis, double x) {
    const auto& values = grid.axis(axis);
    if (values.empty())
        return -1;
    auto at = std::lower_bound(values.begin(), values.end(), x) - values.begin();
    const auto count = static_cast<std::ptrdiff_t>(values.size());
    if (at == count || (at > 0 && x - values[static_cast<std::size_t>(at - 1)] <
                                      values[static_cast<std::size_t>(at)] - x))
        --at;
    return static_cast<std::int64_t>(grid.steps[static_cast<std::size_t>(at)]);
}

QString flagWord(const std::string& kind) {
    if (kind == "nan")
        return PanelWords::tr("no number");
    if (kind == "loss_spike")
        return PanelWords::tr("loss spike");
    if (kind == "grad_norm")
        return PanelWords::tr("gradient spike");
    if (kind == "margin_collapse")
        return PanelWords::tr("margin collapse");
    if (kind == "accuracy_constant")
        return PanelWords::tr("accuracy stands still");
    return PanelWords::tr("alert");
}

std::vector<MetricPanel> metricPanels(const RunBoard& board, const RunMetrics& metrics) {
    std::set<std::string> names;
    for (const JobId id : board.shown())
        if (const RunSeries* series = metrics.run(id))
            for (const auto& [name, values] : series->metrics)
                names.insert(trained(name));
    std::vector<MetricPanel> panels;
    for (MetricPanel& panel : knownPanels()) {
        const bool there = std::any_of(panel.metrics.begin(), panel.metrics.end(),
                                       [&](const auto& name) { return names.contains(name); });
        for (const std::string& name : panel.metrics)
            names.erase(name);
        if (there)
            panels.push_back(std::move(panel));
    }
    for (const std::string& name : names)
        if (!isHidden(name))
            panels.push_back({QString::fromStdString(name), {name}, {}});
    return panels;
}

PlotContent metricContent(const MetricPanel& panel, const RunBoard& board,
                          const RunMetrics& metrics) {
    PlotContent content;
    content.title = panel.title;
    content.axis = axisName(board.axis());
    content.selected = board.selected().value;
    content.labels = board.shown().size() <= kMostLabelled;
    const bool norm = panel.metrics.front() == "grad_norm";
    const bool share = panel.metrics.front() == "rewards/accuracies";
    const bool loss = panel.metrics.front() == "loss";
    content.logY = board.logY();
    if (share)
        content.range = {0, 1};
    bool evaluated = false;
    std::size_t notPositive = 0;
    for (const JobId id : board.shown()) {
        const RunSeries* series = metrics.run(id);
        const store::JobRecord* run = board.run(id);
        if (!series || !run)
            continue;
        const int slot = board.slot(id);
        const auto add = [&](const std::string& name, std::size_t part) {
            const MetricValues* values = series->metric(name);
            if (!values)
                return;
            const StepGrid& grid = series->gridOf(name);
            PlotCurve curve;
            curve.run = id.value;
            curve.name = RunBoard::nameOf(*run);
            curve.slot = slot;
            curve.evaluation = name.starts_with("eval_");
            curve.second = part > 0;
            if (!panel.parts.isEmpty())
                curve.part = panel.parts[static_cast<qsizetype>(part)];
            if (curve.evaluation)
                curve.part = curve.part.isEmpty() ? PanelWords::tr("eval")
                                                  : PanelWords::tr("%1, eval").arg(curve.part);
            curve.x = &grid.axis(board.axis());
            curve.raw = &values->raw();
            curve.rawExtremes = &values->rawExtremes();
            curve.smooth = &values->smooth(grid, board.halfLife());
            curve.smoothExtremes = &values->smoothExtremes(grid, board.halfLife());
            evaluated = evaluated || curve.evaluation;
            std::size_t low = 0, high = 0;
            if (curve.rawExtremes->of(*curve.raw, 0, curve.raw->size(), low, high) &&
                (*curve.raw)[low] <= 0)
                ++notPositive;
            content.curves.push_back(std::move(curve));
        };
        for (std::size_t part = 0; part < panel.metrics.size(); ++part) {
            add(panel.metrics[part], part);
            add("eval_" + panel.metrics[part], part);
        }
        if (norm && id == board.selected())
            content.line = clipOf(*run);
        for (const store::CheckpointRecord& checkpoint : series->checkpoints)
            content.ticks.push_back(
                {id.value, slot,
                 axisOfStep(series->training, board.axis(), static_cast<double>(checkpoint.step)),
                 checkpoint.step, checkpoint.best, checkpoint.deleted});
        if (loss || norm || panel.metrics.front() == "rewards/margins")
            for (const store::RunFlag& flag : series->flags) {
                const bool here = flag.kind == "grad_norm"         ? norm
                                  : flag.kind == "margin_collapse" ? !loss && !norm
                                                                   : loss;
                if (here)
                    content.flags.push_back(
                        {id.value, slot,
                         axisOfStep(series->training, board.axis(), static_cast<double>(flag.step)),
                         PanelWords::tr("%1, step %2")
                             .arg(flagWord(flag.kind), format::integer(flag.step)),
                         flag.level == "error"});
            }
    }
    QStringList words;
    if (evaluated)
        words << PanelWords::tr("train and eval");
    if (board.logY())
        words << PanelWords::tr("log y");
    if (board.logY() && notPositive > 0)
        words << PanelWords::tr("values \u2264 0 are not drawn");
    if (content.line > 0)
        words << PanelWords::tr("clipped at %1").arg(plotNumber(content.line));
    content.subtitle = words.join(QStringLiteral(", "));
    return content;
}

} // namespace crux::ui
