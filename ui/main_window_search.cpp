// The main window and searches by rollouts: keys, launch sheet, the Rollouts dock and its links to
// the heat map.
#include "ui/dialogs/search_dialog.h"
#include "ui/main_window.h"
#include "ui/pages/filter_bar.h"
#include "ui/pages/heat_map_view.h"
#include "ui/pages/rollouts_dock.h"
#include "ui/pages/trajectories_dock.h"
#include "ui/status_strip.h"
#include "ui/widgets/heat_map_pane.h"

namespace crux::ui {

void MainWindow::wireSearch() {
    connect(m_heatMap, &HeatMapView::searchRequested, &m_search, &SearchService::searchCurrent);
    connect(m_heatMap, &HeatMapView::rolloutsRequested, &m_search, &SearchService::drawAt);
    connect(&m_search, &SearchService::said, m_status, &StatusStrip::say);
    connect(&m_search, &SearchService::changed, this, [this] { m_actions.update(); });
    connect(&m_search, &SearchService::showRollouts, this, [this] {
        m_docks[QStringLiteral("rollouts")]->show();
        m_docks[QStringLiteral("rollouts")]->raise();
    });
    connect(m_rollouts, &RolloutsDock::launchRequested, this, &MainWindow::openSearchDialog);
    connect(m_rollouts, &RolloutsDock::addModelRequested, this,
            [this] { m_actions.action(QStringLiteral("jobs.models"))->trigger(); });
    // One hover in text, ribbon and chart.
    TokenView* text = m_heatMap->pane().text();
    ScoreRibbon* ribbon = m_heatMap->pane().ribbon();
    connect(m_rollouts, &RolloutsDock::hovered, text, &TokenView::setHover);
    connect(m_rollouts, &RolloutsDock::hovered, ribbon, &ScoreRibbon::setHover);
    connect(text, &TokenView::hovered, m_rollouts, &RolloutsDock::setHover);
    connect(ribbon, &ScoreRibbon::hovered, m_rollouts, &RolloutsDock::setHover);
}

void MainWindow::addSearchActions() {
    const QString menu = tr("Jobs");
    add(
        "jobs.search", menu, tr("Search critical tokens…"), {QStringLiteral("Ctrl+Shift+R")},
        [this] { openSearchDialog(); },
        [this] {
            const QString reason = needsWritable();
            return !reason.isEmpty() ? reason
                   : m_session.facts().trajectories == 0
                       ? tr("The project has no trajectories yet.")
                       : QString();
        },
        QStringLiteral("vcs-merge"));
    add(
        "jobs.search_stop", menu, tr("Stop searching this trajectory"), {},
        [this] { m_search.stop(); },
        [this] {
            return m_search.running() ? QString() : tr("This trajectory is not being searched.");
        },
        QStringLiteral("media-playback-stop"));
}

void MainWindow::openSearchDialog() {
    auto* dialog = new SearchDialog(m_session, m_search, this);
    if (const QString filter = m_trajectories->filter().expression();
        !m_session.current() && !filter.isEmpty())
        dialog->setFilter(filter);
    openDialog(dialog);
}

} // namespace crux::ui
