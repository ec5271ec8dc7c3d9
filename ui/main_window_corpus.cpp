// What the Corpus dock, the next-token view and human verdicts ask of the main window.
#include "ui/main_window.h"
#include "ui/model/snapshot_loader.h"
#include "ui/model/undo_commands.h"
#include "ui/pages/branches_dock.h"
#include "ui/pages/corpus_dock.h"
#include "ui/pages/filter_bar.h"
#include "ui/pages/force_bar.h"
#include "ui/pages/token_inspector.h"
#include "ui/pages/trajectories_dock.h"
#include "ui/status_strip.h"

#include <algorithm>

namespace crux::ui {

void MainWindow::wireCorpus() {
    connect(m_trajectories, &TrajectoriesDock::filterChanged, m_corpus, &CorpusDock::setFilter);
    connect(m_corpus, &CorpusDock::termToggled, this,
            [this](const QString& term) { m_trajectories->filter().toggleTerm(term); });
    connect(m_corpus, &CorpusDock::undoFilterRequested, this, [this] {
        FilterBar& filter = m_trajectories->filter();
        filter.canUndo() ? filter.undoLast() : filter.reset();
    });
    for (const auto& [signal, id] : {std::pair{&CorpusDock::scoreRequested, "jobs.score"},
                                     std::pair{&CorpusDock::searchRequested, "jobs.search"}})
        connect(m_corpus, signal, this, [this, id = id] {
            if (QAction* action = m_actions.action(QLatin1String(id)))
                action->trigger();
        });
    connect(m_branches, &BranchesDock::forceTokensRequested, this,
            [this](int position, const std::vector<std::int32_t>& ids) {
                m_force.forceTokens(position, ids, true, m_inspector->bar().sampling());
            });
}

/// A human verdict on the token at the cursor. "Elsewhere" on a candidate says that it is not the
/// error; on another token, that the error is this one.
void MainWindow::labelToken(int position, const QString& kind) {
    toggleLabel(m_session, position, kind);
    const auto current = m_session.current();
    if (!current || kind != QLatin1String("elsewhere") || position < 0)
        return;
    const auto& candidates = current->candidates;
    const int shown = responsePosition(current->record, position);
    m_status->say(
        std::find(candidates.begin(), candidates.end(), position) != candidates.end()
            ? tr("Candidate %1: the error is elsewhere. E on another token says where.").arg(shown)
            : tr("The error is at %1, elsewhere than the candidates.").arg(shown));
}

} // namespace crux::ui
