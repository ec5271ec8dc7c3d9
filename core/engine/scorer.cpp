// Teacher-forced scoring: facade functions scoreTokens, scoreContrast and nextTokens. Sequences are
// packed into batches without padding; models that are adapters of one base share its linears.
#include "core/base/text_util.h"
#include "core/engine/compute.h"
#include "core/engine/decode_session.h"
#include "core/engine/llama_forward.h"
#include "core/engine/next_token_rows.h"
#include "core/engine/vocabulary_pass.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace crux::engine {

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// Rows (tokens x variants of one base) of one forward pass: enough to amortise reading the
/// weights, few enough that activations stay near 200 MB with a hidden size of 896.
constexpr std::int64_t kRowsPerBatch = 4096;

/// Models of one call and where each stands among the roles; -1: not there.
struct Roles {
    std::vector<std::shared_ptr<LoadedModel>> models;
    std::vector<int> adapters;
    int positive = -1, negative = -1, policy = -1;

    std::size_t size() const { return models.size(); }
    bool contrast() const { return positive == 0 && negative == 1; }
    std::size_t key() const { return static_cast<std::size_t>(policy >= 0 ? policy : 0); }

    Result<int> add(const ModelRef& ref) {
        CRUX_TRY(model, asLoaded(ref));
        if (!models.empty() && model->info().vocabularySize != models[0]->info().vocabularySize)
            return fail(ErrorCode::Mismatch,
                        cat("the models' vocabularies differ (", models[0]->info().vocabularySize,
                            " and ", model->info().vocabularySize,
                            " tokens): compare models of one family"));
        if (!models.empty() && model->device() != models[0]->device())
            return fail(ErrorCode::Mismatch,
                        "the models are on different devices: load all on one");
        models.push_back(std::move(model));
        adapters.push_back(ref.adapter);
        return static_cast<int>(models.size()) - 1;
    }
};

Status checkSequences(const Roles& roles, std::span<const Ids> sequences) {
    std::int64_t context = std::numeric_limits<std::int64_t>::max();
    for (const auto& model : roles.models)
        context = std::min<std::int64_t>(context, model->info().contextLength);
    const std::int32_t vocabulary = roles.models[0]->info().vocabularySize;
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        if (static_cast<std::int64_t>(sequences[i].size()) > context)
            return fail(ErrorCode::InvalidArgument,
                        cat("sequence ", i, " has ", sequences[i].size(),
                            " tokens, more than the model's context of ", context));
        for (std::size_t t = 0; t < sequences[i].size(); ++t)
            if (sequences[i][t] < 0 || sequences[i][t] >= vocabulary)
                return fail(ErrorCode::InvalidArgument,
                            cat("sequence ", i, " has the token id ", sequences[i][t],
                                " at position ", t, ", outside the vocabulary of ", vocabulary));
    }
    return {};
}

/// Final hidden states of each role for the rows asked for (rows of `sequences` packed once).
Result<std::vector<VocabularyRole>> hiddenOfRoles(const Roles& roles,
                                                  std::span<const Ids> sequences,
                                                  std::span<const SharedPrefix> shared,
                                                  const std::vector<std::int64_t>& rows,
                                                  const CancelToken& cancel) {
    std::vector<VocabularyRole> out(roles.size());
    for (std::size_t r = 0; r < roles.size(); ++r) {
        if (out[r].hidden.defined())
            continue;
        const LoadedModel& model = *roles.models[r];
        PackedBatch batch;
        std::vector<std::int64_t> offsets(roles.size(), -1);
        for (std::size_t other = r; other < roles.size(); ++other) {
            if (roles.models[other].get() != &model)
                continue;
            for (std::size_t same = r; same < other && offsets[other] < 0; ++same)
                if (offsets[same] >= 0 && roles.adapters[same] == roles.adapters[other])
                    offsets[other] = offsets[same];
            if (offsets[other] >= 0)
                continue;
            offsets[other] = batch.rows();
            const auto first = static_cast<int>(batch.sequences.size());
            for (std::size_t i = 0; i < sequences.size(); ++i) {
                SharedPrefix prefix = shared[i];
                prefix.leader += prefix.leader >= 0 ? first : 0;
                batch.add(sequences[i], roles.adapters[other], prefix);
            }
        }
        CRUX_TRY(residual, forwardPacked(model, batch, cancel));
        for (std::size_t other = r; other < roles.size(); ++other) {
            if (offsets[other] < 0)
                continue;
            std::vector<std::int64_t> shifted = rows;
            for (std::int64_t& row : shifted)
                row += offsets[other];
            out[other] = {finalNormRows(model, residual, shifted), model.weights().head};
        }
    }
    return out;
}

/// Calls take(sequence index, position, row of facts) for every predicted token of every batch.
class BatchRunner {
public:
    BatchRunner(const Roles& roles, std::span<const Ids> sequences, VocabularyOptions options)
        : m_roles(roles)
        , m_sequences(sequences)
        , m_options(options) {}

    template <typename Take>
    Status run(const CancelToken& cancel, const ScoreProgress& progress, Take&& take) {
        std::size_t tokensDone = 0;
        for (std::size_t first = 0; first < m_sequences.size();) {
            if (cancel.cancelled())
                return fail(ErrorCode::Cancelled, "scoring was cancelled");
            const std::size_t last = nextBatch(first);
            CRUX_TRY_VOID(batch(first, last, cancel, take));
            for (std::size_t i = first; i < last; ++i) {
                tokensDone += m_sequences[i].size();
                if (progress)
                    progress(i + 1, tokensDone);
            }
            first = last;
        }
        return {};
    }

private:
    /// Where the batch that begins at `first` ends: as many sequences as fit, at least one. Rows
    /// that a sequence shares with an earlier one cost nothing.
    std::size_t nextBatch(std::size_t first) {
        const auto perToken = static_cast<std::int64_t>(m_roles.size());
        SharedPrefixes prefixes;
        m_shared.clear();
        std::int64_t rows = 0;
        std::size_t last = first;
        for (; last < m_sequences.size(); ++last) {
            const SharedPrefix shared = prefixes.add(m_sequences[last]);
            rows += (static_cast<std::int64_t>(m_sequences[last].size()) - shared.length) * perToken;
            if (last > first && rows > kRowsPerBatch)
                break;
            m_shared.push_back(shared);
        }
        return last;
    }

    template <typename Take>
    Status batch(std::size_t first, std::size_t last, const CancelToken& cancel, Take& take) {
        const auto sequences = m_sequences.subspan(first, last - first);
        PackedBatch layout; // where rows lie; the same for every role
        std::vector<std::int64_t> rows;
        std::vector<std::int32_t> targets;
        std::vector<std::size_t> firstFact; // of the first position predicted for this sequence
        for (std::size_t i = 0; i < sequences.size(); ++i) {
            layout.add(sequences[i], -1, m_shared[i]);
            firstFact.push_back(targets.size());
            for (std::size_t t = firstPredicted(i); t < sequences[i].size(); ++t) {
                rows.push_back(layout.row(i, static_cast<std::int64_t>(t) - 1));
                targets.push_back(sequences[i][t]);
            }
        }
        if (targets.empty())
            return {};
        CRUX_TRY(hidden, hiddenOfRoles(m_roles, sequences, m_shared, rows, cancel));
        const VocabularyFacts facts = vocabularyPass(hidden, targets, m_options);
        for (std::size_t i = 0; i < sequences.size(); ++i)
            for (std::size_t t = 1; t < sequences[i].size(); ++t) {
                std::size_t owner = i; // a shared token's facts are those of who computed it
                while (t < firstPredicted(owner))
                    owner = static_cast<std::size_t>(m_shared[owner].leader);
                take(first + i, t, facts, firstFact[owner] + t - firstPredicted(owner));
            }
        return {};
    }

    /// The first position of a sequence whose prediction no earlier sequence has made.
    std::size_t firstPredicted(std::size_t i) const {
        return static_cast<std::size_t>(std::max<std::int64_t>(m_shared[i].length, 1));
    }

    const Roles& m_roles;
    std::span<const Ids> m_sequences;
    VocabularyOptions m_options;
    std::vector<SharedPrefix> m_shared; ///< of the current batch
};

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

Result<Roles> rolesOf(const ContrastRequest& request, bool needBoth) {
    Roles roles;
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
    if (!std::isfinite(request.beta) || std::abs(request.beta) > 1000)
        return fail(ErrorCode::InvalidArgument,
                    cat("beta ", request.beta, ": give a number from -1000 to 1000"));
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
        Roles roles;
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
        CRUX_TRY_VOID(BatchRunner(roles, sequences, options).run(cancel, progress, take));
        return all;
    });
}

Result<std::vector<ContrastFacts>> scoreContrast(const ContrastRequest& request,
                                                 std::span<const Ids> sequences,
                                                 const CancelToken& cancel,
                                                 const ScoreProgress& progress) {
    return guarded(
        "cannot compute contrastive scores", [&]() -> Result<std::vector<ContrastFacts>> {
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
            const auto take = [&](std::size_t i, std::size_t t, const VocabularyFacts& facts,
                                  std::size_t row) {
                takeContrast(request, facts, row, t, all[i]);
            };
            CRUX_TRY_VOID(BatchRunner(roles, sequences, options).run(cancel, progress, take));
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
