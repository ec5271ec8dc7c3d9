// Charts in the command palette, and what the window says of their exports.
#include "ui/main_window.h"
#include "ui/pages/corpus_dock.h"
#include "ui/pages/rollouts_dock.h"
#include "ui/status_strip.h"
#include "ui/widgets/bar_chart.h"
#include "ui/widgets/chart_export.h"
#include "ui/widgets/pass_plot.h"
#include "ui/widgets/rollout_plot.h"

#include <QDir>

namespace crux::ui {

void MainWindow::wireCharts() {
    const ChartExports& exports = ChartExports::instance();
    connect(&exports, &ChartExports::written, this, [this](const QString& file) {
        m_status->say(tr("Chart written to %1").arg(QDir::toNativeSeparators(file)));
    });
    connect(&exports, &ChartExports::failed, this, [this](const Error& error) {
        m_session.post(noticeFromError(error, tr("The chart was not exported.")));
    });
}

void MainWindow::addChartExport(const char* id, QWidget* widget, ChartSource& chart) {
    add(
        id, tr("Charts"), tr("Export chart: %1…").arg(chart.chartTitle()), {},
        [widget, &chart] { exportChart(widget, chart, ChartFormat::Svg); },
        [&chart] { return hasNumbers(chart) ? QString() : tr("Nothing is drawn in it yet."); },
        QStringLiteral("document-export"));
}

void MainWindow::addChartActions() {
    addChartExport("chart.rollouts", &m_rollouts->plot(), m_rollouts->plot());
    addChartExport("chart.pass", &m_rollouts->passPlot(), m_rollouts->passPlot());
    const std::pair<const char*, store::CorpusBar> bars[] = {
        {"chart.corpus_position", store::CorpusBar::Relative},
        {"chart.corpus_score", store::CorpusBar::Score},
        {"chart.corpus_step", store::CorpusBar::Step}};
    for (const auto& [id, what] : bars)
        addChartExport(id, m_corpus->chart(what), *m_corpus->chart(what));
}

} // namespace crux::ui
