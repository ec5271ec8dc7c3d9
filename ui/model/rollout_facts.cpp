#include "ui/model/rollout_facts.h"

#include "core/store/repositories.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <tuple>

namespace crux::ui {

namespace {

constexpr std::size_t kKept = 8;     ///< trajectories shown lately
constexpr std::int32_t kEnough = 16; ///< rollouts that make "all wrong" worth saying

bool looksForLoss(const store::SearchFindingRecord& finding) {
    return finding.method == "critical" || finding.method == "bisect";
}

RolloutSetId chosenSet(const RolloutFacts& facts,
                       const std::vector<store::SearchFindingRecord>& findings,
                       RolloutSetId wanted) {
    const auto known = [&](RolloutSetId id) {
        return std::any_of(facts.sets.begin(), facts.sets.end(),
                           [&](const auto& set) { return set.id == id; });
    };
    if (wanted && known(wanted))
        return wanted;
    const store::SearchFindingRecord* newest = nullptr;
    for (const auto& finding : findings)
        if (looksForLoss(finding) && known(finding.rolloutSet) &&
            (!newest || finding.createdMs > newest->createdMs))
            newest = &finding;
    if (newest)
        return newest->rolloutSet;
    return facts.sets.empty() ? RolloutSetId{} : facts.sets.front().id;
}

/// Whether two loads would differ, without counting anything.
using Stamp = std::tuple<std::int64_t, std::int64_t, std::size_t, std::int64_t, std::size_t>;

struct Cached {
    Stamp stamp;
    RolloutFactsPtr facts;
};

Status fill(const store::Project& project, TrajectoryId trajectory, RolloutFacts& facts) {
    if (facts.set) {
        CRUX_TRY(curve, store::rolloutCurve(project, trajectory, facts.set));
        facts.curve = std::move(curve);
    }
    const std::int32_t enough = std::min(kEnough, facts.n());
    for (const store::RolloutEstimate& estimate : facts.curve)
        if (facts.firstAllWrong < 0 && estimate.count.right == 0 && estimate.count.total >= enough)
            facts.firstAllWrong = estimate.position;
    return {};
}

} // namespace

const store::SearchFindingRecord* RolloutFacts::verdict() const {
    const store::SearchFindingRecord* newest = nullptr;
    for (const store::SearchFindingRecord& finding : findings)
        if (looksForLoss(finding) && finding.sign < 0 &&
            (!newest || finding.createdMs > newest->createdMs))
            newest = &finding;
    return newest;
}

const store::SearchFindingRecord* RolloutFacts::critical() const {
    const store::SearchFindingRecord* newest = verdict();
    return newest && newest->position >= 0 && newest->confirmed.value_or(true) ? newest : nullptr;
}

const store::RolloutEstimate* RolloutFacts::at(std::int32_t position) const {
    const auto found = std::lower_bound(
        curve.begin(), curve.end(), position,
        [](const auto& estimate, std::int32_t p) { return estimate.position < p; });
    return found != curve.end() && found->position == position ? &*found : nullptr;
}

std::int32_t RolloutFacts::n() const {
    // A position that was confirmed holds more; what most positions hold says what was asked for.
    std::map<std::int32_t, int> totals;
    for (const store::RolloutEstimate& estimate : curve)
        ++totals[estimate.count.total];
    std::int32_t common = 0;
    int most = 0;
    for (const auto& [total, positions] : totals)
        if (positions >= most) {
            most = positions;
            common = total;
        }
    return common;
}

bool isEmpty(const RolloutFactsPtr& facts) {
    return !facts || (facts->curve.empty() && facts->findings.empty());
}

Result<RolloutFactsPtr> loadRolloutFacts(const store::Project& project, TrajectoryId trajectory,
                                         RolloutSetId wanted) {
    static std::mutex mutex;
    static std::map<std::pair<std::string, std::int64_t>, Cached> cache;
    auto facts = std::make_shared<RolloutFacts>();
    CRUX_TRY(sets, store::rolloutSets(project, trajectory));
    facts->sets = std::move(sets);
    CRUX_TRY(findings, store::findingsOf(project, trajectory));
    facts->set = chosenSet(*facts, findings, wanted);
    for (const store::RolloutSetRecord& set : facts->sets)
        if (set.id == facts->set)
            facts->rollouts = set.rollouts;
    std::int64_t newest = 0;
    const std::size_t all = findings.size();
    for (store::SearchFindingRecord& finding : findings) {
        newest = std::max(newest, finding.createdMs);
        if (!finding.rolloutSet || finding.rolloutSet == facts->set)
            facts->findings.push_back(std::move(finding));
    }
    const std::pair key(project.file().string(), trajectory.value);
    const Stamp stamp{facts->set.value, facts->rollouts, all, newest, facts->sets.size()};
    {
        const std::lock_guard lock(mutex);
        if (const auto found = cache.find(key);
            found != cache.end() && found->second.stamp == stamp)
            return found->second.facts;
    }
    CRUX_TRY_VOID(fill(project, trajectory, *facts));
    const std::lock_guard lock(mutex);
    if (cache.size() >= kKept)
        cache.clear();
    cache[key] = {stamp, facts};
    return RolloutFactsPtr(std::move(facts));
}

} // namespace crux::ui
