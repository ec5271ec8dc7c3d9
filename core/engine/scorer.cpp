// Teacher-forced scoring: facade functions scoreTokens, scoreContrast and nextTokens. What
// is kept of each token that score_runner computes.
#include "core/base/text_util.h"
#include "core/engine/compute.h"
#include "core/engine/decode_session.h"
#include "core/engine/next_token_rows.h"
#include "core/engine/score_runner.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace crux::engine {

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Status checkTopK(int topK) {
    constexpr int kMost = 10'000;
    if (topK < 0 || topK > kMost)
        return fail(ErrorCode::InvalidArgument,
                    cat("top ", topK, " alternatives: give a number from 0 to ", kMost));
    return {};
}

/// p of an entry under a role.
float probability(const TopEntry& entry, std::size_t role, const VocabularyFacts& facts,
                  std::size_t row) {
    return static_cast<float>(
        std::exp(static_cast<double>(entry.logits[role]) - facts.roles[role].logSumExp[row]));
}

/// s_t if this entry were the token at the row.
float contrastScore(const TopEntry& entry, double beta, const VocabularyFacts& facts,
                    std::size_t row) {
    const double mixed = (1 + beta) * static_cast<double>(entry.logits[0]) -
                         beta * static_cast<double>(entry.logits[1]);
    return static_cast<float>(std::exp(mixed - facts.contrastLogSumExp[row]));
}

Result<ScoreRoles> rolesOf(const ContrastRequest& request, bool needBoth) {
    ScoreRoles roles;
    if (needBoth || request.positive.model) {
        CRUX_TRY(index, roles.add(request.positive));
        roles.positive = index;
    }
    if (needBoth || request.negative.model) {
        CRUX_TRY(index, roles.add(request.negative));
        roles.negative = index;
    }
    if (request.policy.model) {
        CRUX_TRY(index, roles.add(request.policy));
        roles.policy = index;
    }
    if (roles.models.empty())
        return fail(ErrorCode::InvalidArgument, "no model was given to compute with");
    if (!(request.beta >= 0 && request.beta <= 1000))
        return fail(ErrorCode::InvalidArgument,
                    cat("beta ", request.beta, ": give a number from 0 to 1000"));
    return roles;
}

std::vector<ContrastFacts> emptyContrastFacts(const ContrastRequest& request,
                                              std::span<const Ids> sequences) {
    std::vector<ContrastFacts> all(sequences.size());
    const bool policy = request.policy.model != nullptr;
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        ContrastFacts& facts = all[i];
        const std::size_t length = sequences[i].size();
        const auto fill = [&](bool wanted, std::vector<float>& values, std::size_t count) {
            if (wanted)
                values.assign(count, kNaN);
        };
        for (auto* values : {&facts.s, &facts.pPositive, &facts.pNegative})
            fill(true, *values, length);
        fill(policy, facts.logpPolicy, length);
        fill(request.details, facts.entropyPositive, length);
        fill(request.details, facts.entropyNegative, length);
        fill(request.details && policy, facts.entropyPolicy, length);
        if (request.details) {
            facts.rankPositive.assign(length, -1);
            facts.rankNegative.assign(length, -1);
            if (policy)
                facts.rankPolicy.assign(length, -1);
        }
        facts.k = request.topK;
        const std::size_t cells = length * static_cast<std::size_t>(request.topK);
        facts.topIds.assign(cells, -1);
        for (auto* values : {&facts.topS, &facts.topPPositive, &facts.topPNegative})
            fill(true, *values, cells);
        fill(policy, facts.topPPolicy, cells);
    }
    return all;
}

void takeContrast(const ContrastRequest& request, const VocabularyFacts& facts, std::size_t row,
                  std::size_t t, ContrastFacts& out) {
    const bool policy = request.policy.model != nullptr;
    out.s[t] = std::exp(facts.logS[row]);
    out.pPositive[t] = std::exp(facts.roles[0].logp[row]);
    out.pNegative[t] = std::exp(facts.roles[1].logp[row]);
    if (policy)
        out.logpPolicy[t] = facts.roles[2].logp[row];
    if (request.details) {
        out.entropyPositive[t] = facts.roles[0].entropy[row];
        out.entropyNegative[t] = facts.roles[1].entropy[row];
        out.rankPositive[t] = facts.roles[0].rank[row];
        out.rankNegative[t] = facts.roles[1].rank[row];
        if (policy) {
            out.entropyPolicy[t] = facts.roles[2].entropy[row];
            out.rankPolicy[t] = facts.roles[2].rank[row];
        }
    }
    if (request.topK == 0)
        return;
    std::size_t cell = t * static_cast<std::size_t>(request.topK);
    for (const TopEntry& entry : facts.top[row]) {
        out.topIds[cell] = entry.id;
        out.topS[cell] = contrastScore(entry, request.beta, facts, row);
        out.topPPositive[cell] = probability(entry, 0, facts, row);
        out.topPNegative[cell] = probability(entry, 1, facts, row);
        if (policy)
            out.topPPolicy[cell] = probability(entry, 2, facts, row);
        ++cell;
    }
}

Result<std::vector<NextTokenRow>> nextTokensOf(const ContrastRequest& request,
                                               std::span<const std::int32_t> prefix, int k,
                                               std::span<const std::int32_t> include) {
    CRUX_TRY(roles, rolesOf(request, false));
    CRUX_TRY_VOID(checkTopK(k));
    if (prefix.empty())
        return fail(ErrorCode::InvalidArgument,
                    "the prefix is empty: a model needs at least one token before the next");
    const std::array<Ids, 2> checked{Ids(prefix.begin(), prefix.end()),
                                     Ids(include.begin(), include.end())};
    CRUX_TRY_VOID(checkSequences(roles, std::span(checked).first(1)));
    CRUX_TRY_VOID(checkSequences(roles, std::span(checked).last(1)));
    // By the decoder and its warm KV cache: only what the prefix has new is computed.
    NextTokenLogits logits;
    const auto take = [&](int role, std::vector<float>& row) -> Status {
        if (role < 0)
            return {};
        const auto index = static_cast<std::size_t>(role);
        CRUX_TRY(
            after,
            DecodeSession::of(*roles.models[index])->logitsAfter(prefix, roles.adapters[index]));
        if (!std::all_of(after.begin(), after.end(), [](float x) { return std::isfinite(x); }))
            return notNumbers(*roles.models[index], roles.adapters[index]);
        row = std::move(after);
        return {};
    };
    CRUX_TRY_VOID(take(roles.policy, logits.policy));
    CRUX_TRY_VOID(take(roles.positive, logits.positive));
    CRUX_TRY_VOID(take(roles.negative, logits.negative));
    return nextTokenRows(logits, request.beta, k, include);
}

} // namespace

Result<std::vector<TokenFacts>> scoreTokens(const LogprobRequest& request,
                                            std::span<const Ids> sequences,
                                            const CancelToken& cancel,
                                            const ScoreProgress& progress) {
    return guarded("cannot compute log-probabilities", [&]() -> Result<std::vector<TokenFacts>> {
        ScoreRoles roles;
        CRUX_TRY(first, roles.add(request.model));
        static_cast<void>(first);
        CRUX_TRY_VOID(checkTopK(request.topK));
        CRUX_TRY_VOID(checkSequences(roles, sequences));
        const ComputeScope scope(roles.models[0]->threads());
        const auto k = static_cast<std::size_t>(request.topK);
        std::vector<TokenFacts> all(sequences.size());
        for (std::size_t i = 0; i < sequences.size(); ++i) {
            const std::size_t length = sequences[i].size();
            all[i].k = request.topK;
            all[i].logp.assign(length, kNaN);
            all[i].entropy.assign(request.entropy ? length : 0, kNaN);
            all[i].rank.assign(request.rank ? length : 0, -1);
            all[i].topIds.assign(length * k, -1);
            all[i].topLogp.assign(length * k, kNaN);
        }
        VocabularyOptions options;
        options.entropy = request.entropy;
        options.rank = request.rank;
        options.topK = request.topK;
        const auto take = [&](std::size_t i, std::size_t t, const VocabularyFacts& facts,
                              std::size_t row) {
            const VocabularyFacts::Role& role = facts.roles[0];
            all[i].logp[t] = role.logp[row];
            if (request.entropy)
                all[i].entropy[t] = role.entropy[row];
            if (request.rank)
                all[i].rank[t] = role.rank[row];
            if (k == 0)
                return;
            std::size_t cell = t * k;
            for (const TopEntry& entry : facts.top[row]) {
                all[i].topIds[cell] = entry.id;
                all[i].topLogp[cell++] =
                    static_cast<float>(static_cast<double>(entry.logits[0]) - role.logSumExp[row]);
            }
        };
        CRUX_TRY_VOID(
            runScoring(roles, sequences, options, {cancel, progress, request.breathe}, take));
        return all;
    });
}

Result<std::vector<ContrastFacts>> scoreContrast(const ContrastRequest& request,
                                                 std::span<const Ids> sequences,
                                                 const CancelToken& cancel,
                                                 const ScoreProgress& progress) {
    return guarded("cannot compute contrastive scores",
                   [&]() -> Result<std::vector<ContrastFacts>> {
                       CRUX_TRY(roles, rolesOf(request, true));
                       CRUX_TRY_VOID(checkTopK(request.topK));
                       CRUX_TRY_VOID(checkSequences(roles, sequences));
                       const ComputeScope scope(roles.models[0]->threads());
                       auto all = emptyContrastFacts(request, sequences);
                       VocabularyOptions options;
                       options.contrast = true;
                       options.beta = request.beta;
                       options.entropy = options.rank = request.details;
                       options.topK = request.topK;
                       options.keyRole = roles.key();
                       const auto take = [&](std::size_t i, std::size_t t,
                                             const VocabularyFacts& facts, std::size_t row) {
                           takeContrast(request, facts, row, t, all[i]);
                       };
                       CRUX_TRY_VOID(runScoring(roles, sequences, options,
                                                {cancel, progress, request.breathe}, take));
                       return all;
                   });
}

Result<std::vector<NextTokenRow>> nextTokens(const ContrastRequest& models,
                                             std::span<const std::int32_t> prefix, int k,
                                             std::span<const std::int32_t> include) {
    return guarded("cannot compute the next tokens",
                   [&] { return nextTokensOf(models, prefix, k, include); });
}

} // namespace crux::engine
