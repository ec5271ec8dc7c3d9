#include "core/engine/score_runner.h"

#include "core/base/text_util.h"
#include "core/engine/compute.h"
#include "core/engine/llama_forward.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <limits>
#include <mutex>
#include <thread>

namespace crux::engine {

namespace {

/// Rows (tokens x variants of one base) of one forward pass: enough to amortise reading the
/// weights, few enough that activations stay near 200 MB with a hidden size of 896.
constexpr std::int64_t kRowsPerBatch = 4096;
/// The same on a GPU, which needs more to be busy, where memory allows.
constexpr std::int64_t kRowsPerDeviceBatch = 16384;
constexpr auto kBreathInterval = std::chrono::milliseconds(10);

/// Final hidden states of each role for the rows asked for (rows of `sequences` packed once).
Result<std::vector<VocabularyRole>>
hiddenOfRoles(const ScoreRoles& roles, std::span<const Ids> sequences,
              std::span<const SharedPrefix> shared, const std::vector<std::int64_t>& rows,
              const CancelToken& cancel, const Breath& breathe) {
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
        CRUX_TRY(residual, forwardPacked(model, batch, cancel, breathe));
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

/// Sequences that one forward pass takes, and what each shares with an earlier one of them.
struct ScoreBatch {
    std::size_t first = 0, last = 0;
    std::vector<SharedPrefix> shared;

    /// The first position of a sequence whose prediction no earlier sequence of the batch has made.
    std::size_t firstPredicted(std::size_t i) const {
        return static_cast<std::size_t>(std::max<std::int64_t>(shared[i].length, 1));
    }
};

/// Batches of at most `rowLimit` rows, at least one sequence each. Rows that a sequence shares with
/// an earlier one of its batch cost nothing.
std::vector<ScoreBatch> batchesOf(std::span<const Ids> sequences, std::int64_t roles,
                                  std::int64_t rowLimit) {
    std::vector<ScoreBatch> batches;
    SharedPrefixes prefixes;
    std::int64_t rows = 0;
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        const auto size = static_cast<std::int64_t>(sequences[i].size());
        SharedPrefix shared = prefixes.add(sequences[i]);
        rows += (size - shared.length) * roles;
        if (batches.empty() || rows > rowLimit) {
            prefixes.clear();
            shared = prefixes.add(sequences[i]);
            rows = size * roles;
            batches.push_back({i, i, {}});
        }
        batches.back().last = i + 1;
        batches.back().shared.push_back(shared);
    }
    return batches;
}

/// Shares the batches out to threads and keeps count.
class BatchRunner {
public:
    BatchRunner(const ScoreRoles& roles, std::span<const Ids> sequences, VocabularyOptions options,
                const ScoreHooks& hooks)
        : m_roles(roles)
        , m_sequences(sequences)
        , m_options(options)
        , m_hooks(hooks) {}

    Status run(const TakeFacts& take) {
        const auto roles = static_cast<std::int64_t>(m_roles.size());
        std::int64_t rows = 0;
        for (const Ids& ids : m_sequences)
            rows += static_cast<std::int64_t>(ids.size()) * roles;
        const int threads = sideBySide(rows);
        const auto batches = batchesOf(m_sequences, roles, rowLimit(rows, threads));
        std::atomic<std::size_t> next = 0;
        std::size_t left = batches.size(); // guarded by m_mutex
        const auto work = [&](std::int64_t, std::int64_t) {
            const bool breathes = m_hooks.breathe && std::this_thread::get_id() == m_caller;
            const Breath breathe = breathes ? m_hooks.breathe : Breath();
            for (std::size_t i = next++; i < batches.size(); i = next++) {
                if (!failed())
                    finish(batches[i], batchOrError(batches[i], take, breathe));
                const std::lock_guard lock(m_mutex);
                --left;
                m_batchDone.notify_all();
            }
            std::unique_lock lock(m_mutex);
            while (breathes && left > 0) { // not silent while the other threads end theirs
                lock.unlock();
                breathe();
                lock.lock();
                m_batchDone.wait_for(lock, kBreathInterval, [&] { return left == 0; });
            }
        };
        if (threads > 1) {
            at::parallel_for(0, threads, 1, work); // operations within a task run on its thread
        } else {
            // Matrices of small models are too small to share out: on a busy machine their threads
            // do little but wait for each other.
            const bool alone = isSmall() && onCpu();
            const ComputeScope scope(alone ? 1 : at::get_num_threads());
            work(0, 1);
        }
        return m_status;
    }

private:
    /// One thread takes full batches; several a few each, so that all end together. Someone waits
    /// for the next breath of a large model: its layers are kept short.
    std::int64_t rowLimit(std::int64_t rows, int threads) const {
        if (!onCpu())
            return m_hooks.breathe ? kRowsPerBatch : rowsThatFit();
        const std::int64_t most =
            m_hooks.breathe && !isSmall() ? fewestRows() : kRowsPerBatch / threads;
        if (threads == 1)
            return most;
        return std::clamp(rows / (threads * 4), fewestRows(), std::max(most, fewestRows()));
    }

    /// Rows whose activations take at most an eighth of what the device has free: the residual
    /// stream, a block's widest outputs twice, and queries, keys, values with what attention makes.
    std::int64_t rowsThatFit() const {
        const LoadedModel& model = *m_roles.models[0];
        const ModelConfig& config = model.config();
        const auto element = static_cast<std::int64_t>(at::elementSize(model.activations()));
        const std::int64_t row =
            12 * config.hiddenSize +
            element * (4 * config.intermediateSize +
                       4 * (config.heads + 2 * config.kvHeads) * config.headDim);
        return std::clamp(freeDeviceBytes(model.device()) / 8 / row, fewestRows(),
                          kRowsPerDeviceBatch);
    }

    bool onCpu() const { return m_roles.models[0]->device().is_cpu(); }

    /// How many batches are computed at the same time, each on one thread. Threads that share one
    /// batch wait for each other at every operation: two cores did 56 % of what they can instead of
    /// 80, and with matrices as small as the demo's 15 %. Few rows, or many threads with a large
    /// model's activations each, are better shared out.
    int sideBySide(std::int64_t rows) const {
        constexpr int kMostThreads = 16;
        const int threads = at::get_num_threads();
        if (!onCpu() || (!isSmall() && threads > kMostThreads))
            return 1;
        return rows >= threads * fewestRows() ? threads : 1;
    }

    bool isSmall() const { return m_roles.models[0]->info().parameters < 50'000'000; }

    /// A batch of fewer rows wastes more on reading the weights than a thread gains.
    std::int64_t fewestRows() const { return isSmall() ? 256 : 512; }

    bool failed() {
        const std::lock_guard lock(m_mutex);
        return !m_status.ok();
    }

    /// What a batch throws must not leave its thread: the others would wait for it.
    Status batchOrError(const ScoreBatch& plan, const TakeFacts& take, const Breath& breathe) {
        return guarded("cannot score", [&]() -> Status {
            if (m_hooks.cancel.cancelled())
                return fail(ErrorCode::Cancelled, "scoring was cancelled");
            return batch(plan, take, breathe);
        });
    }

    void finish(const ScoreBatch& batch, const Status& done) {
        const std::lock_guard lock(m_mutex);
        if (!done.ok()) {
            if (m_status.ok())
                m_status = done;
            return;
        }
        for (std::size_t i = batch.first; i < batch.last; ++i) {
            m_tokensDone += m_sequences[i].size();
            ++m_sequencesDone;
            if (m_hooks.progress)
                m_hooks.progress(m_sequencesDone, m_tokensDone);
        }
    }

    Status batch(const ScoreBatch& plan, const TakeFacts& take, const Breath& breathe) {
        const auto sequences = m_sequences.subspan(plan.first, plan.last - plan.first);
        PackedBatch layout; // where rows lie; the same for every role
        std::vector<std::int64_t> rows;
        std::vector<std::int32_t> targets;
        std::vector<std::size_t> firstFact; // of the first position predicted for this sequence
        for (std::size_t i = 0; i < sequences.size(); ++i) {
            layout.add(sequences[i], -1, plan.shared[i]);
            firstFact.push_back(targets.size());
            for (std::size_t t = plan.firstPredicted(i); t < sequences[i].size(); ++t) {
                rows.push_back(layout.row(i, static_cast<std::int64_t>(t) - 1));
                targets.push_back(sequences[i][t]);
            }
        }
        if (targets.empty())
            return {};
        CRUX_TRY(hidden,
                 hiddenOfRoles(m_roles, sequences, plan.shared, rows, m_hooks.cancel, breathe));
        CRUX_TRY(facts, vocabularyPass(hidden, targets, m_options, m_hooks.cancel, breathe));
        CRUX_TRY_VOID(checkNumbers(facts));
        for (std::size_t i = 0; i < sequences.size(); ++i)
            for (std::size_t t = 1; t < sequences[i].size(); ++t) {
                std::size_t owner = i; // a shared token's facts are those of who computed it
                while (t < plan.firstPredicted(owner))
                    owner = static_cast<std::size_t>(plan.shared[owner].leader);
                take(plan.first + i, t, facts, firstFact[owner] + t - plan.firstPredicted(owner));
            }
        return {};
    }

    /// Scores of a broken model would look like any others.
    Status checkNumbers(const VocabularyFacts& facts) const {
        for (std::size_t r = 0; r < facts.roles.size(); ++r)
            for (std::size_t row = 0; row < facts.roles[r].logp.size(); ++row)
                if (!std::isfinite(facts.roles[r].logSumExp[row]) ||
                    !std::isfinite(facts.roles[r].logp[row]))
                    return notNumbers(*m_roles.models[r], m_roles.adapters[r]);
        return {};
    }

    const ScoreRoles& m_roles;
    std::span<const Ids> m_sequences;
    VocabularyOptions m_options;
    const ScoreHooks& m_hooks;
    const std::thread::id m_caller = std::this_thread::get_id();
    std::condition_variable m_batchDone;
    std::mutex m_mutex; ///< of what follows
    Status m_status;
    std::size_t m_sequencesDone = 0, m_tokensDone = 0;
};

} // namespace

Result<int> ScoreRoles::add(const ModelRef& ref) {
    CRUX_TRY(model, asLoaded(ref));
    if (!models.empty() && model->info().vocabularySize != models[0]->info().vocabularySize)
        return fail(ErrorCode::Mismatch,
                    cat("the models' vocabularies differ (", models[0]->info().vocabularySize,
                        " and ", model->info().vocabularySize,
                        " tokens): compare models of one family"));
    if (!models.empty() && model->device() != models[0]->device())
        return fail(ErrorCode::Mismatch, "the models are on different devices: load all on one");
    models.push_back(std::move(model));
    adapters.push_back(ref.adapter);
    return static_cast<int>(models.size()) - 1;
}

Status checkSequences(const ScoreRoles& roles, std::span<const Ids> sequences) {
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

Status runScoring(const ScoreRoles& roles, std::span<const Ids> sequences,
                  const VocabularyOptions& options, const ScoreHooks& hooks,
                  const TakeFacts& take) {
    return BatchRunner(roles, sequences, options, hooks).run(take);
}

} // namespace crux::engine
