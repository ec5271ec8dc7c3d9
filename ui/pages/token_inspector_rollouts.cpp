// Rollouts in the token inspector: their shares beside the alternatives, and drawing more after a
// token.
#include "core/store/repositories.h"
#include "ui/model/alternative_shares.h"
#include "ui/model/search_service.h"
#include "ui/pages/force_bar.h"
#include "ui/pages/token_inspector.h"

namespace crux::ui {

void TokenInspector::askForShares() {
    if (!hasToken() || m_model->rowCount() == 0)
        return;
    const SnapshotPtr snapshot = m_session.current();
    const int position = m_session.cursor();
    const RolloutSetId set = snapshot->rollouts ? snapshot->rollouts->set : RolloutSetId{};
    std::vector<std::int32_t> tokens;
    for (int row = 0; row < m_model->rowCount(); ++row)
        tokens.push_back(m_model->row(row).id);
    const quint64 mine = ++m_shareRequest;
    m_session.read<AlternativeShares>(
        this,
        [id = snapshot->record.id, set, position, tokens](const store::Project& project) {
            return sharesAt(project, id, set, position, tokens);
        },
        [this, mine, position](const Result<AlternativeShares>& shares) {
            if (mine != m_shareRequest || !shares || !hasToken())
                return;
            AlternativeShares all = *shares;
            // The original token's row says what the curve says at this position.
            const SnapshotPtr now = m_session.current();
            const auto* here = now->rollouts ? now->rollouts->at(position) : nullptr;
            if (here && m_session.cursor() == position)
                all[now->tokens[static_cast<std::size_t>(position)].id] = here->count;
            m_model->setRollouts(all);
        });
}

void TokenInspector::refreshRolloutsButton() {
    const Json spec = m_search.launchSpec();
    const SamplingParams sampling = samplingOfSpec(spec);
    m_bar->setRollouts(m_search.rolloutsWanted(),
                       tr("Drawn as searches are: T %1, top-p %2; Ctrl+Shift+R changes them")
                           .arg(sampling.temperature)
                           .arg(sampling.topP));
}

void TokenInspector::rolloutsOfSelected() {
    const int row = selectedRow();
    if (!hasToken() || row < 0 || !m_bar->reason().isEmpty())
        if (!hasToken() || row < 0 || !m_model->isOriginal(row) ||
            !m_force.unavailableReason().isEmpty())
            return;
    const SnapshotPtr current = m_session.current();
    const int position = m_session.cursor();
    if (m_model->isOriginal(row))
        return m_search.drawAfter(current->record.id, position);
    const std::int32_t token = m_model->row(row).id;
    // Any branch that begins with the token has its prefix.
    for (const store::BranchRecord& branch : current->branches)
        if (!branch.deleted && branch.parentId == current->record.id &&
            branch.forkPosition == position && !branch.forcedIds.empty() &&
            branch.forcedIds.front() == token)
            return m_search.drawAfter(branch.childId, position);
    m_drawAfterForce = true;
    m_force.forceTokens(position, {token}, false, m_bar->sampling());
    m_drawAfterForce = m_force.running();
}

void TokenInspector::drawAfterBranch(BranchId made) {
    const SnapshotPtr current = m_session.current();
    if (!current)
        return;
    using Branches = std::vector<store::BranchRecord>;
    m_session.read<Branches>(
        this,
        [root = current->record.rootId](const store::Project& project) {
            return store::branchesOf(project, root);
        },
        [this, made](const Result<Branches>& branches) {
            if (!branches)
                return;
            for (const store::BranchRecord& branch : *branches)
                if (branch.id == made)
                    m_search.drawAfter(branch.childId, branch.forkPosition);
        });
}

} // namespace crux::ui
