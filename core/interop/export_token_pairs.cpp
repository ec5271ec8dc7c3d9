// Preference pairs of single tokens: pivotal ones (Phi-4, arXiv 2412.08905, section 4.3; the form
// of codelion/pts) and Cliff-DPO (arXiv 2606.25524; the form of beaver-22/Cliff-token). A pair is
// made of measured tokens alone: what was not drawn often enough is left out, and said.
#include "core/base/text_util.h"
#include "core/interop/exporter.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cmath>

namespace crux::interop {

namespace {

constexpr int kLeastRollouts = 8;       ///< of a pivotal token's counterpart
constexpr std::size_t kCandidates = 10; ///< of a cliff: the most likely tokens

double shareOf(const store::ShareCount& count) {
    return count.total > 0 ? static_cast<double>(count.right) / count.total : 0;
}

/// A number among the parameters of the search, or what its method takes by default.
double searchNumber(const Json& params, const char* key, double otherwise) {
    const auto search = params.find("search");
    if (search == params.end() || !search->is_object())
        return otherwise;
    const auto value = search->find(key);
    return value != search->end() && value->is_number() ? value->get<double>() : otherwise;
}

/// Everything known of one found token and of those that could stand in its place.
struct FoundToken {
    const TextOfTrajectory& whole;
    const PieceTexts& pieces;
    store::SearchFindingRecord finding;
    Json params;                                      ///< of its search
    std::map<std::int32_t, store::ShareCount> shares; ///< by token
};

/// Most likely tokens at a position, the likeliest first, from the alternatives that scoring keeps.
Result<std::vector<std::int32_t>> likeliest(const Exporter& exporter, TrajectoryId id,
                                            std::int32_t position) {
    std::vector<std::int32_t> tokens;
    if (!exporter.options.scoreSet)
        return tokens;
    CRUX_TRY(stored, store::alternatives(exporter.project, id, exporter.options.scoreSet));
    if (!stored || stored->k <= 0)
        return tokens;
    const auto k = static_cast<std::size_t>(stored->k);
    const std::size_t begin = static_cast<std::size_t>(position) * k;
    if (begin + k > stored->ids.size())
        return tokens;
    std::vector<std::size_t> order;
    for (std::size_t i = begin; i < begin + k; ++i)
        if (stored->ids[i] >= 0)
            order.push_back(i);
    const std::vector<float>& p =
        stored->p.size() == stored->ids.size() ? stored->p : stored->pPositive;
    if (p.size() == stored->ids.size())
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return p[a] > p[b]; });
    for (const std::size_t i : order)
        tokens.push_back(stored->ids[i]);
    return tokens;
}

/// Tokens that branches of the trajectory force where it has its own.
Result<std::vector<std::int32_t>> forcedTokens(const store::Project& project,
                                               const store::TrajectoryRecord& row,
                                               std::int32_t position) {
    std::vector<std::int32_t> tokens;
    CRUX_TRY(branches, store::branchesOf(project, row.rootId ? row.rootId : row.id));
    for (const store::BranchRecord& branch : branches) {
        CRUX_TRY(child, store::trajectory(project, branch.childId));
        if (position < std::ssize(child.ids) && child.tokenizerHash == row.tokenizerHash)
            tokens.push_back(child.ids[static_cast<std::size_t>(position)]);
    }
    return tokens;
}

/// The pair's form that both share: texts to read, ids to train on.
Json pairOf(const FoundToken& place, std::int32_t chosen, std::int32_t rejected) {
    const std::vector<std::int32_t>& ids = place.whole.record.ids;
    return {{"prompt", withReplacedUtf8(place.whole.before(place.finding.position))},
            {"chosen", place.pieces.token(chosen)},
            {"rejected", place.pieces.token(rejected)},
            {"prompt_token_ids",
             std::vector<std::int32_t>(ids.begin(), ids.begin() + place.finding.position)}};
}

Json countsJson(const store::ShareCount& count) {
    return Json::array({count.right, count.total});
}

/// The token whose measured chance lies farthest on the other side.
std::optional<std::int32_t> counterpart(const FoundToken& place, double gap) {
    const double before = shareOf(place.finding.before), at = shareOf(place.finding.at);
    std::optional<std::int32_t> best;
    for (const auto& [token, count] : place.shares) {
        if (token == place.finding.tokenId || count.total < kLeastRollouts)
            continue;
        const double share = shareOf(count);
        const bool opposite = place.finding.sign < 0 ? share >= before && share - at >= gap
                                                     : share <= before && at - share >= gap;
        if (!opposite)
            continue;
        const double known = best ? shareOf(place.shares.at(*best)) : share;
        if (!best || (place.finding.sign < 0 ? share > known : share < known))
            best = token;
    }
    return best;
}

Status writePivotalPair(Exporter& exporter, const FoundToken& place) {
    const store::SearchFindingRecord& finding = place.finding;
    const auto other = counterpart(place, searchNumber(place.params, "gap", 0.2));
    if (!other) {
        exporter.leave(cat("pivotal tokens without a counterpart of ", kLeastRollouts,
                           " rollouts on the other side; draw more rollouts at the token before, "
                           "or force another token there and draw its rollouts"));
        return {};
    }
    const bool lowers = finding.sign < 0;
    const store::ShareCount& measured = place.shares.at(*other);
    Json pair =
        lowers ? pairOf(place, *other, finding.tokenId) : pairOf(place, finding.tokenId, *other);
    pair["chosen_token_ids"] = Json::array({lowers ? *other : finding.tokenId});
    pair["rejected_token_ids"] = Json::array({lowers ? finding.tokenId : *other});
    CRUX_TRY(question, store::question(exporter.project, place.whole.record.questionId));
    pair["metadata"] = {{"original_query", question.text},
                        {"prob_chosen", shareOf(lowers ? measured : finding.at)},
                        {"prob_rejected", shareOf(lowers ? finding.at : measured)},
                        {"prob_delta", shareOf(finding.at) - shareOf(finding.before)},
                        {"task_type", "math"},
                        {"counterpart_verified", true},
                        {"chosen_counts", countsJson(lowers ? measured : finding.at)},
                        {"rejected_counts", countsJson(lowers ? finding.at : measured)}};
    exporter.write(dumpJson(pair) + "\n", "");
    return {};
}

/// Their z-test of a drop, with as many rollouts on either side as there are.
bool wouldBeCliff(const store::ShareCount& before, const store::ShareCount& at, double drop,
                  double z) {
    const double p = shareOf(before), q = shareOf(at);
    const double error = std::sqrt(p * (1 - p) / before.total + q * (1 - q) / at.total);
    return p - q > drop + z * error;
}

Status writeCliffPairs(Exporter& exporter, const FoundToken& place, bool hard) {
    const store::SearchFindingRecord& finding = place.finding;
    CRUX_TRY(candidates, likeliest(exporter, place.whole.record.id, finding.position));
    if (candidates.empty()) {
        exporter.leave("cliffs without stored alternatives; score the trajectories with top_k 10 "
                       "or more and choose that score set");
        return {};
    }
    candidates.resize(std::min(candidates.size(), kCandidates));
    const double drop = searchNumber(place.params, "drop", 0.1);
    const double z = searchNumber(place.params, "z", 1.645);
    for (const std::int32_t token : candidates) {
        if (token == finding.tokenId)
            continue;
        const auto known = place.shares.find(token);
        if (known == place.shares.end() || known->second.total < finding.before.total) {
            exporter.leave(cat("alternatives at cliffs with fewer rollouts than the ",
                               finding.before.total,
                               " of the cliff; force them and draw rollouts behind them"));
            continue;
        }
        const store::ShareCount& share = known->second;
        if (wouldBeCliff(finding.before, share, drop, z) ||
            (hard && shareOf(share) < shareOf(finding.before)))
            continue;
        Json pair = pairOf(place, token, finding.tokenId);
        pair.update({{"chosen_token_id", token},
                     {"rejected_token_id", finding.tokenId},
                     {"path_id", place.whole.record.externalId.empty()
                                     ? cat("trajectory_", place.whole.record.id.value)
                                     : place.whole.record.externalId},
                     {"cliff_position", finding.position - place.whole.record.promptTokens + 1},
                     {"category", finding.detail.value("class", std::string("unknown"))},
                     {"chosen_potential", shareOf(share)},
                     {"rejected_potential", shareOf(finding.at)},
                     {"prev_score", shareOf(finding.before)}});
        exporter.write(dumpJson(pair), ",\n");
    }
    return {};
}

/// Calls `write` for every token of the method that was found by drawn rollouts.
template <typename Write>
Status eachPlace(Exporter& exporter, TrajectoryId id, const char* method, const Write& write) {
    CRUX_TRY(findings, store::findingsOf(exporter.project, id));
    std::erase_if(findings, [&](const store::SearchFindingRecord& finding) {
        return finding.method != method || finding.position < 1;
    });
    if (findings.empty())
        return {};
    CRUX_TRY(whole, textOfTrajectory(exporter.project, id));
    CRUX_TRY(pieces, PieceTexts::of(exporter.project, whole.record.tokenizerHash));
    CRUX_TRY(sets, store::rolloutSets(exporter.project, id));
    for (store::SearchFindingRecord& finding : findings) {
        const RolloutSetId set = finding.rolloutSet ? finding.rolloutSet
                                 : sets.empty()     ? RolloutSetId()
                                                    : sets.front().id;
        if (!set || !whole.laid() || !pieces || finding.before.total == 0 ||
            finding.at.total == 0) {
            exporter.leave(cat(method, " tokens whose shares are no rollouts of this project; "
                                       "search the trajectories with rollouts drawn here"));
            continue;
        }
        CRUX_TRY(made, store::search(exporter.project, finding.search));
        CRUX_TRY(forced, forcedTokens(exporter.project, whole.record, finding.position));
        CRUX_TRY(shares,
                 store::alternativeShares(exporter.project, id, set, finding.position, forced));
        CRUX_TRY_VOID(write({whole, *pieces, std::move(finding), made.params, std::move(shares)}));
    }
    return {};
}

} // namespace

Status exportPtsPairs(Exporter& exporter, TrajectoryId id) {
    return eachPlace(exporter, id, "pivotal",
                     [&](const FoundToken& place) { return writePivotalPair(exporter, place); });
}

Status exportCliffPairs(Exporter& exporter, TrajectoryId id) {
    return eachPlace(exporter, id, "cliff", [&](const FoundToken& place) {
        return writeCliffPairs(exporter, place, false);
    });
}

Status exportCliffPairsHard(Exporter& exporter, TrajectoryId id) {
    return eachPlace(exporter, id, "cliff", [&](const FoundToken& place) {
        return writeCliffPairs(exporter, place, true);
    });
}

} // namespace crux::interop
