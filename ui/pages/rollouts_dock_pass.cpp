// The pass@k half of the Rollouts dock: curves of the shown trajectory, or their mean over all that
// were searched in the same way.
#include "core/spec/pass_at_k.h"
#include "core/store/repositories.h"
#include "ui/dialogs/background.h"
#include "ui/model/search_service.h"
#include "ui/pages/rollout_tables.h"
#include "ui/pages/rollouts_dock.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/marks.h"

#include <algorithm>
#include <map>

namespace crux::ui {

namespace {

constexpr int kWithout = 0, kWith = 1; ///< run slots: blue circles, vermilion squares
constexpr int kReplicates = 2000, kReplicatesOfAll = 60'000; ///< more trajectories, fewer each

PassCurve curveOf(const QString& name, int slot, const store::ShareCount& count, int most) {
    PassCurve curve{name, slot, false, {}};
    for (int k = 1; k <= std::min(count.total, most); ++k)
        if (const auto value = passAtK(count.right, count.total, k))
            curve.points.push_back({k, *value, *value, *value});
    return curve;
}

PassCurve meanCurve(const QString& name, int slot, const std::vector<SampleCount>& counts,
                    int most) {
    BootstrapOptions options;
    options.replicates =
        std::clamp(kReplicatesOfAll / static_cast<int>(counts.size()), 200, kReplicates);
    PassCurve curve{name, slot, true, {}};
    for (const PassAtK& at : passAtKCurve(counts, options))
        if (at.k <= most)
            curve.points.push_back({at.k, at.mean, at.low, at.high});
    return curve;
}

/// The newest verdict of each trajectory that has replacements drawn, of one rollout set.
std::vector<store::SearchFindingRecord> newestOfEach(std::vector<store::SearchFindingRecord> all,
                                                     RolloutSetId set) {
    std::map<std::int64_t, store::SearchFindingRecord> newest;
    for (store::SearchFindingRecord& finding : all) {
        if (finding.without.total == 0 || finding.rolloutSet != set)
            continue;
        auto& kept = newest[finding.trajectoryId.value];
        if (kept.without.total == 0 || finding.createdMs > kept.createdMs)
            kept = std::move(finding);
    }
    std::vector<store::SearchFindingRecord> list;
    for (auto& [id, finding] : newest)
        list.push_back(std::move(finding));
    return list;
}

} // namespace

void RolloutsDock::refreshPass() {
    if (m_view != View::PassAtK)
        return;
    const SnapshotPtr current = m_session.current();
    std::vector<PassCurve> curves;
    if (m_overData) {
        askPassOverData();
        curves = m_dataCurves;
    } else if (current && current->rollouts) {
        const auto* found = current->rollouts->critical();
        if (found && found->without.total > 0) {
            // As many as replacements were drawn: more samples with the token say no more.
            curves.push_back(
                curveOf(tr("without it"), kWithout, found->without, found->without.total));
            curves.push_back(
                curveOf(tr("with the token"), kWith, found->with, found->without.total));
        }
    }
    if (curves.empty())
        showEmptyPass(m_search.running());
    m_passTable->setCurves(curves);
    m_pass->setCurves(std::move(curves));
}

void RolloutsDock::askPassOverData() {
    const SnapshotPtr current = m_session.current();
    const RolloutSetId set = current && current->rollouts ? current->rollouts->set : RolloutSetId{};
    const quint64 mine = ++m_passRequest;
    using Findings = std::vector<store::SearchFindingRecord>;
    m_session.read<Findings>(
        this, [](const store::Project& project) { return store::allFindings(project, {}); },
        [this, mine, set](Result<Findings> all) {
            if (mine != m_passRequest || !all)
                return;
            RolloutSetId chosen = set;
            if (!chosen) // nothing shown has rollouts: the set of the newest verdict
                for (const auto& finding : *all)
                    if (finding.without.total > 0)
                        chosen = finding.rolloutSet;
            Findings newest = newestOfEach(std::move(*all), chosen);
            const std::pair<std::int64_t, std::size_t> stamp{chosen.value, newest.size()};
            if (stamp == m_passStamp)
                return;
            m_passStamp = stamp;
            std::vector<SampleCount> with, without;
            int most = 0;
            for (const store::SearchFindingRecord& finding : newest) {
                with.push_back({finding.questionId.value, finding.with.right, finding.with.total});
                without.push_back(
                    {finding.questionId.value, finding.without.right, finding.without.total});
                most = std::max(most, finding.without.total);
            }
            const QString names[] = {
                tr("without it, mean of %n", nullptr, static_cast<int>(newest.size())),
                tr("with the token")};
            const std::function<std::vector<PassCurve>()> body = [=] {
                return with.empty()
                           ? std::vector<PassCurve>()
                           : std::vector<PassCurve>{meanCurve(names[0], kWithout, without, most),
                                                    meanCurve(names[1], kWith, with, most)};
            };
            runInBackground<std::vector<PassCurve>>(this, body, [this](auto curves) {
                m_dataCurves = std::move(curves);
                m_passTable->setCurves(m_dataCurves);
                m_pass->setCurves(m_dataCurves);
                setTableShown(m_table);
            });
        });
}

void RolloutsDock::showEmptyPass(bool running) {
    const SnapshotPtr current = m_session.current();
    const auto* verdict = current && current->rollouts ? current->rollouts->verdict() : nullptr;
    m_passEmpty->setHint({});
    if (running) {
        m_passEmpty->setTexts(tr("The search is not over yet"),
                              tr("pass@k comes with the critical token and its replacements."));
        m_passEmpty->setAction({});
        m_passEmpty->setReason({});
        return;
    }
    if (verdict && !current->rollouts->critical()) {
        m_passEmpty->setTexts(
            tr("There is no critical token to do without"),
            tr("The search of this trajectory found none that rollouts confirm."));
        m_passEmpty->setAction({});
        m_passEmpty->setReason({});
        return;
    }
    m_passEmpty->setTexts(
        tr("No replacements of a critical token are drawn"),
        tr("A search bans the token it finds, draws others in its place, and compares pass@k."));
    m_passEmpty->setAction(tr("Search with replacements"), QStringLiteral("vcs-merge"), true);
    m_passEmpty->setReason(m_search.unavailableReason());
}

} // namespace crux::ui
