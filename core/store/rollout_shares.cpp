// Shares of right rollouts by position, and by alternative of one position, counted from all stored
// rollouts: what a window shows while a search still draws.
#include "core/base/hash.h"
#include "core/store/repositories.h"
#include "core/store/rollout_rows.h"
#include "core/store/rollout_sets.h"

#include <algorithm>
#include <limits>
#include <set>

namespace crux::store {

namespace {

/// Outcomes seen so far of each position by rollout index. Counted are indices from 0 on without a
/// gap: which of the others are known hangs on what they drew. Of a position before the critical
/// token, say, those that follow the trajectory through it are known from the confirmation, and the
/// ones that leave it there and end right are not.
class SeenTable {
public:
    explicit SeenTable(std::size_t positions)
        : m_seen(positions) {}

    void add(std::int32_t index, std::size_t begin, std::size_t end, bool right) {
        const auto at = static_cast<std::size_t>(std::max(index, 0));
        for (std::size_t p = begin; p <= end && p < m_seen.size(); ++p) {
            std::vector<Seen>& seen = m_seen[p];
            if (seen.size() <= at)
                seen.resize(at + 1, Seen::Not);
            if (seen[at] == Seen::Not)
                seen[at] = right ? Seen::Right : Seen::Wrong;
        }
    }
    std::size_t positions() const { return m_seen.size(); }
    /// Of no more than the first `most`.
    ShareCount count(std::size_t position, std::int32_t most) const {
        ShareCount count;
        for (const Seen outcome : m_seen[position]) {
            if (outcome == Seen::Not || count.total == most)
                break;
            ++count.total;
            count.right += outcome == Seen::Right ? 1 : 0;
        }
        return count;
    }

private:
    enum class Seen : std::uint8_t { Not, Wrong, Right };
    std::vector<std::vector<Seen>> m_seen;
};

/// Banned tokens of a prefix that have replacements drawn.
std::vector<std::string> banVariants(const Project& project, std::int64_t prefix,
                                     RolloutSetId set) {
    Query query(project, "SELECT DISTINCT variant FROM rollout WHERE prefix_id = ? AND"
                         " provenance_id = ? AND variant <> ''");
    query.bindAll(prefix, set);
    std::vector<std::string> variants;
    while (query.step())
        variants.push_back(query.text(0));
    return variants;
}

} // namespace

Result<std::vector<RolloutEstimate>> rolloutCurve(const Project& project, TrajectoryId trajectory,
                                                  RolloutSetId set) {
    CRUX_TRY(stored, rolloutEstimates(project, trajectory, set));
    CRUX_TRY(findings, findingsOf(project, trajectory));
    return guarded(project, [&]() -> Result<std::vector<RolloutEstimate>> {
        CRUX_TRY(source, prefixSource(project, trajectory));
        const bool independent = independentRollouts(provenanceOf(project, set.value).params);
        SeenTable seen(source.ids.size());
        for (const RolloutRecord& rollout : readRollouts(
                 project, trajectory, set, {}, static_cast<std::int32_t>(source.ids.size()) - 1)) {
            const auto begin = static_cast<std::size_t>(rollout.position);
            const std::size_t along = independent ? 0 : followedTokens(rollout, source.ids);
            seen.add(rollout.index, begin, begin + along, rollout.verdict == Verdict::Right);
        }
        // A search that stopped at a success knows the unbiased share until all n are drawn.
        std::int32_t full = 0;
        for (const RolloutEstimate& estimate : stored)
            full = std::max(full, estimate.curtailed ? 0 : estimate.count.total);
        // Indices beyond the search's own are its confirmation's: before the found token only those
        // that go on through it are known.
        std::int32_t found = -1;
        for (const SearchFindingRecord& finding : findings)
            if (finding.rolloutSet == set)
                found = std::max(found, finding.position);
        constexpr std::int32_t kAll = std::numeric_limits<std::int32_t>::max();
        std::vector<RolloutEstimate> curve;
        auto estimate = stored.begin();
        for (std::size_t position = 0; position < seen.positions(); ++position) {
            const auto at = static_cast<std::int32_t>(position);
            RolloutEstimate here{at, seen.count(position, full > 0 && at < found ? full : kAll),
                                 false};
            while (estimate != stored.end() && estimate->position < here.position)
                ++estimate;
            if (estimate != stored.end() && estimate->position == here.position &&
                (estimate->count.total >= here.count.total ||
                 (estimate->curtailed && here.count.total < full)))
                here = *estimate;
            if (here.count.total > 0)
                curve.push_back(here);
        }
        return curve;
    });
}

Result<std::map<std::int32_t, ShareCount>>
alternativeShares(const Project& project, TrajectoryId trajectory, RolloutSetId set,
                  std::int32_t position, const std::vector<std::int32_t>& tokens) {
    std::map<std::int32_t, ShareCount> shares;
    if (position < 1)
        return shares;
    std::map<std::int32_t, std::set<std::int32_t>> seen; // token -> indices of plain rollouts
    const auto count = [&](std::int32_t token, const RolloutRecord& rollout) {
        ++shares[token].total;
        shares[token].right += rollout.verdict == Verdict::Right ? 1 : 0;
    };
    const auto countPlain = [&](std::int32_t token, const RolloutRecord& rollout) {
        if (seen[token].insert(rollout.index).second)
            count(token, rollout);
    };
    return guarded(project, [&]() -> Result<std::map<std::int32_t, ShareCount>> {
        CRUX_TRY(source, prefixSource(project, trajectory));
        if (position >= std::ssize(source.ids))
            return shares;
        const bool independent = independentRollouts(provenanceOf(project, set.value).params);
        // By the ids of each prefix, not by what this trajectory was searched for: a branch leaves
        // the rollouts it shares with its parent at earlier prefixes of both.
        for (std::int32_t start = independent ? position - 1 : 0; start < position; ++start) {
            const std::int64_t prefix = findPrefix(project, source.hash(start));
            if (prefix == 0)
                continue;
            const auto along = static_cast<std::size_t>(position - 1 - start);
            for (const RolloutRecord& rollout : rolloutsOfPrefix(project, prefix, set, {}))
                if (rollout.ids.size() > along &&
                    std::equal(rollout.ids.begin(),
                               rollout.ids.begin() + static_cast<std::ptrdiff_t>(along),
                               source.ids.begin() + start + 1))
                    countPlain(rollout.ids[along], rollout);
        }
        if (independent)
            seen.clear(); // what follows was drawn from other prefixes
        // Replacements of a banned token have random numbers of their own: no index is shared.
        if (const std::int64_t before = findPrefix(project, source.hash(position - 1)); before != 0)
            for (const std::string& variant : banVariants(project, before, set))
                for (const RolloutRecord& rollout : rolloutsOfPrefix(project, before, set, variant))
                    if (!rollout.ids.empty())
                        count(rollout.ids.front(), rollout);
        source.ids.resize(static_cast<std::size_t>(position));
        source.ids.push_back(0);
        for (const std::int32_t token : std::set<std::int32_t>(tokens.begin(), tokens.end())) {
            source.ids.back() = token;
            if (const std::int64_t prefix = findPrefix(project, source.hash(position)); prefix != 0)
                for (const RolloutRecord& rollout : rolloutsOfPrefix(project, prefix, set, {}))
                    countPlain(token, rollout);
        }
        return shares;
    });
}

} // namespace crux::store
