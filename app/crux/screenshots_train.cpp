// Pictures of the Train perspective.
#include "app/crux/screenshots.h"
#include "core/store/records.h"
#include "ui/main_window.h"
#include "ui/model/run_board.h"
#include "ui/model/run_metrics.h"
#include "ui/pages/batch_inspector.h"
#include "ui/pages/metrics_view.h"
#include "ui/widgets/metric_grid.h"

#include <QDockWidget>

#include <algorithm>

namespace crux::ui {

namespace {
constexpr int kReadMs = 20'000;
} // namespace

/// The newest run with a step opened; a project without one shows what is missing.
void ScreenshotWalk::walkTrain() {
    m_window.setPerspective(Perspective::Train);
    m_window.resetLayout();
    RunBoard& board = m_window.board();
    if (board.runs().empty()) {
        shoot(QStringLiteral("train-empty"));
        return m_window.setPerspective(Perspective::Explore);
    }
    const JobId run = board.runs().front()->id;
    board.select(run);
    waitFor([&] { return m_window.runMetrics().run(run) != nullptr; }, kReadMs);
    const RunSeries* series = m_window.runMetrics().run(run);
    if (!series || series->training.steps.empty()) {
        fail(QStringLiteral("Train: the run has no metrics"));
        return m_window.setPerspective(Perspective::Explore);
    }
    MetricsView& view = m_window.metricsView();
    board.inspect(run, series->training.last() / 2);
    waitFor([&] { return m_window.batch().tokens().kept; }, kReadMs);
    view.setCursorsShown(true);
    shoot(QStringLiteral("train"));
    view.setCursorsShown(false);
    m_window.batch().setLayer(step_layers::contribution());
    shootWidget(m_window.dock(QStringLiteral("batch")), QStringLiteral("dock-batch-loss"));
    m_window.batch().setLayer(step_layers::weight());
    for (const char* name : {"runs", "batch", "config"}) {
        m_window.raiseDock(QLatin1String(name));
        settle();
        shootWidget(m_window.dock(QLatin1String(name)),
                    QStringLiteral("dock-train-") + QLatin1String(name));
    }
    m_window.raiseDock(QStringLiteral("batch"));
    board.setLogY(true);
    view.grid().setMaximised(QStringLiteral("loss"));
    view.zoomTo(1, static_cast<double>(series->training.last()) * 0.7);
    shoot(QStringLiteral("train-one-panel"));
    view.grid().setMaximised({});
    view.zoomReset();
    board.setLogY(false);
    view.setTableShown(true);
    shootWidget(&view, QStringLiteral("train-table"));
    view.setTableShown(false);
    m_window.resetLayout();
    m_window.setPerspective(Perspective::Explore);
}

} // namespace crux::ui
