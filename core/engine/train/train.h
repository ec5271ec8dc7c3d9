// What the rest of Crux sees of training: examples as token ids in, optimiser steps with their
// metrics, checkpoints out. Torch-free. LibTorch's exceptions end here and become Errors.
#pragma once

#include "core/base/cancel.h"
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/base/result.h"
#include "core/engine/engine.h"
#include "core/engine/train/losses.h"
#include "core/engine/train/schedule.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace crux::engine::train {

/// Prompt and completion; the loss is on the completion. `weights` has one entry a completion
/// token, or none (all 1): w_t on the log-ratio of a pair's token, or on SFT's cross entropy.
struct TrainSequence {
    Ids ids;
    std::int32_t promptTokens = 0; ///< at least 1
    std::vector<float> weights;

    std::int64_t completionTokens() const {
        return static_cast<std::int64_t>(ids.size()) - promptTokens;
    }
};

/// One row of the training data. SFT reads `chosen` alone.
struct TrainExample {
    TrainSequence chosen, rejected;
};

struct LoraOptions {
    int rank = 8;
    double alpha = 16;
    double dropout = 0;
    bool rankStabilised = false; ///< scale alpha / sqrt(r) (arXiv 2312.03732)
    /// PEFT's names: q_proj k_proj v_proj o_proj gate_proj up_proj down_proj.
    std::vector<std::string> targets;
};

enum class ReferenceModel {
    Base, ///< the bare base model (TRL: adapter disabled)
    Start ///< the model as training found it: base with the adapter it went on from
};

struct TrainOptions {
    bool supervised = true; ///< SFT on `chosen`; else pairs
    PreferenceOptions preference;
    ReferenceModel reference = ReferenceModel::Base;

    bool allParameters = false; ///< else LoRA
    LoraOptions lora;
    Path startAdapter; ///< PEFT folder to go on from; empty: a fresh one (kaiming A, B = 0)

    double learningRate = 1e-4, weightDecay = 0;
    double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
    double clipNorm = 1; ///< 0: none
    Decay decay = Decay::Linear;
    double warmupRatio = 0; ///< of all steps, used when warmupSteps is 0
    std::int64_t warmupSteps = 0;

    int batch = 8;        ///< examples computed together (TRL: per-device batch)
    int accumulation = 1; ///< batches a step
    double epochs = 1;
    std::int64_t maxSteps = 0; ///< 0: as epochs say
    bool shuffle = true;
    std::uint64_t seed = 0;

    std::string baseIdentity; ///< hash of the base's weights, kept in checkpoints; may be empty
    Path baseFolder; ///< written into adapters; with all parameters its config and tokenizer are
                     ///< copied beside the weights

    bool checkpointing = true;      ///< recompute activations: less memory, a third more work
    std::int64_t packTokens = 8192; ///< most tokens in one pass; changes no result but rounding
    bool sharePrompts = true;       ///< compute a common beginning once; likewise
};

/// One completion of a row as a step saw it, before it changed anything: an entry a completion
/// token.
struct TokenReport {
    std::vector<float> logp;      ///< log pi(y_t | ..), nats
    std::vector<float> reference; ///< log ref(y_t | ..); empty where the loss has none
    /// d (loss of the row) / d log pi(y_t). Times the log-ratio (times log pi where there is no
    /// reference) it is what the token adds to the row's loss, to first order; for SFT exactly.
    std::vector<float> slope;
};

/// One row of a step. SFT has `chosen` alone.
struct RowReport {
    std::int64_t example = 0; ///< row of the training data
    double loss = 0;
    double rewardChosen = 0, rewardRejected = 0; ///< as TRL defines them; 0 for SFT
    TokenReport chosen, rejected;
};

/// One optimiser step. Names as TRL writes them; absent ones do not apply to the method.
struct StepReport {
    std::int64_t step = 0; ///< 1-based: steps done
    double epoch = 0, loss = 0, learningRate = 0, gradNorm = 0;
    std::int64_t tokens = 0;     ///< real tokens of the step's sequences, prompts counted each time
    std::int64_t lossTokens = 0; ///< those the loss is on
    double seconds = 0;
    bool finite = true; ///< false: loss or gradient is not a number; nothing was changed
    std::vector<std::pair<std::string, double>> metrics; ///< rewards/chosen, logps/rejected, ..
    std::vector<std::int64_t> examples;                  ///< rows of the step
    std::vector<RowReport> rows;                         ///< the same rows, token by token
};

struct EvalReport {
    double loss = 0;
    std::vector<std::pair<std::string, double>> metrics;
};

/// What a run will need before it starts; bytes are an estimate of the peak.
struct TrainPlan {
    std::int64_t steps = 0, stepsPerEpoch = 0, trainedParameters = 0;
    std::int64_t longestTokens = 0, tokens = 0; ///< of one epoch
    std::int64_t weightBytes = 0, stateBytes = 0, activationBytes = 0;
    std::int64_t totalBytes() const { return weightBytes + stateBytes + activationBytes; }
};

using PrepareProgress = std::function<void(std::int64_t done, std::int64_t total)>;

/// One training run on one device. Owner: whoever holds it; one thread at a time. The base model
/// must not be used by another thread while a call runs. With all parameters trained it works on a
/// copy of the weights.
class Trainer {
public:
    virtual ~Trainer() = default;

    /// Checks everything that can be known: empty data, ids out of range, sequences longer than the
    /// context, options that contradict each other, a start adapter of another base or shape.
    static Result<std::unique_ptr<Trainer>> make(std::shared_ptr<Model> base, TrainOptions options,
                                                 std::vector<TrainExample> training,
                                                 std::vector<TrainExample> evaluation);

    virtual TrainPlan plan() const = 0;
    virtual std::int64_t stepsDone() const = 0;
    virtual std::int64_t totalSteps() const = 0;
    /// Hash of everything that decides the result: options, data, base. Checkpoints carry it.
    virtual const std::string& fingerprint() const = 0;

    /// Reference log-probabilities of all examples, once: read from `cache` when it is of the same
    /// data, base and precision, else computed and written there (empty: kept in memory only).
    /// Nothing to do for methods without one. Called by step() and evaluate() when needed.
    virtual Status prepareReference(const Path& cache, const CancelToken& cancel,
                                    const PrepareProgress& progress = {}) = 0;

    /// One optimiser step. Not finite: parameters and step count stay as they were.
    virtual Result<StepReport> step(const CancelToken& cancel) = 0;
    /// Loss and metrics on the evaluation examples. InvalidArgument without any.
    virtual Result<EvalReport> evaluate(const CancelToken& cancel) = 0;

    /// Writes a checkpoint folder: a PEFT adapter (or a whole model) with optimiser and state,
    /// beside its final name, fsynced, renamed, with DONE as its last file. `extra` is kept with
    /// the state and given back by restore().
    virtual Status save(const Path& folder, const Json& extra) const = 0;
    /// Goes on from a checkpoint of the same run. Mismatch when data, base or options differ.
    virtual Result<Json> restore(const Path& folder) = 0;
};

/// True when a checkpoint folder was written to its end.
bool isCompleteCheckpoint(const Path& folder);

/// What a checkpoint holds for others (the PEFT adapter or the model), without the run's state, as
/// a folder of its own that appears whole or not at all.
Status exportCheckpoint(const Path& checkpoint, const Path& to);

/// Losses against REFERENCE.md A.6 and the gradients of a small model against differences in double
/// precision, and training on `options.device` against the CPU. Lines as engine::selftest's.
Result<SelftestTotals> trainSelftest(const ComputeOptions& options,
                                     const std::function<void(const std::string& line)>& report);

} // namespace crux::engine::train
