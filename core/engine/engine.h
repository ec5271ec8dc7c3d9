// What the rest of Crux sees of the engine: models, adapters, scores, generation, on token ids
// only. Torch-free on purpose (torch/torch.h costs 19 s a file). LibTorch exceptions are caught
// here and become Errors; out of memory is ErrorCode::OutOfMemory.
#pragma once

#include "core/base/cancel.h"
#include "core/base/files.h"
#include "core/base/result.h"
#include "core/spec/sampling.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace crux::engine {

using Ids = std::vector<std::int32_t>;

/// Where and how to compute. Strings as on the command line.
struct ComputeOptions {
    std::string device = "auto"; ///< auto | cpu | cuda[:N]
    std::string dtype = "auto";  ///< auto | float32 | bfloat16
    int threads = 0;             ///< 0 = all cores
};

struct ModelInfo {
    std::string architecture; ///< "LlamaForCausalLM", "Qwen2ForCausalLM"
    std::int64_t parameters = 0;
    std::int32_t vocabularySize = 0; ///< rows of the embedding
    std::int32_t contextLength = 0;  ///< max_position_embeddings
    Ids eosIds;                      ///< config.json and generation_config.json together
    std::int32_t bosId = -1;
    std::string storedDType; ///< dtype of the weights on disk
    std::string dtype;       ///< dtype computed in
    std::string device;      ///< "cpu" or "cuda:0"
    std::int64_t weightBytes = 0;
};

/// One loaded base model with the adapters attached to it. Adapters are switched per call by index,
/// never by reloading. Loading maps the weights; nothing is copied that need not be.
class Model {
public:
    virtual ~Model() = default;

    static Result<std::shared_ptr<Model>> load(const Path& folder, const ComputeOptions& options);

    virtual const ModelInfo& info() const = 0;
    /// Attaches a PEFT LoRA folder; returns its index for ModelRef. Refuses what it cannot compute
    /// by name. The same folder twice gives the same index. Other threads may compute meanwhile.
    virtual Result<int> attachAdapter(const Path& folder) = 0;
};

/// A model with one of its adapters, or bare (-1). Several refs may share one Model.
struct ModelRef {
    std::shared_ptr<Model> model;
    int adapter = -1;
};

/// Facts about every token of one sequence. Index 0 has no prediction (NaN / -1 / empty).
struct TokenFacts {
    std::vector<float> logp;          ///< [T] log p(ids[t] | ids[<t]), nats
    std::vector<float> entropy;       ///< [T] nats
    std::vector<std::int32_t> rank;   ///< [T] 1 = most likely
    std::vector<std::int32_t> topIds; ///< [T*K] most likely ids at t, best first; -1 where none
    std::vector<float> topLogp;       ///< [T*K]
    int k = 0;
};

/// Called again and again during a call of the engine, on the thread that made it, between pieces
/// of work (a layer of a batch, a step of decoding): a program that serves others meanwhile does it
/// here, also with this engine and the same models. Empty: not called.
using Breath = std::function<void()>;

struct LogprobRequest {
    ModelRef model;
    int topK = 0;
    bool entropy = true;
    bool rank = true;
    Breath breathe;
};

/// Contrastive estimation (REFERENCE.md 0.1, A.4; arXiv 2411.19943 section 3):
/// s_t = softmax((1+beta) * logits_positive - beta * logits_negative)[ids[t]].
struct ContrastRequest {
    ModelRef positive;
    ModelRef negative;
    ModelRef policy; ///< model == nullptr: none
    double beta = 1.0;
    int topK = 0;         ///< alternatives kept per position: best by policy, else by positive
    bool details = false; ///< entropies and ranks too
    Breath breathe;       ///< batches of large models are smaller then
};

struct ContrastFacts {
    std::vector<float> s, pPositive, pNegative; ///< [T], NaN at 0
    std::vector<float> logpPolicy;              ///< [T] when there is a policy
    std::vector<float> entropyPositive, entropyNegative, entropyPolicy; ///< [T] with details
    std::vector<std::int32_t> rankPositive, rankNegative, rankPolicy;   ///< [T] with details
    int k = 0;
    std::vector<std::int32_t> topIds;                                ///< [T*K]
    std::vector<float> topS, topPPositive, topPNegative, topPPolicy; ///< [T*K]; s if chosen
};

/// Called after each finished sequence with how many tokens are done; may come from a worker
/// thread.
using ScoreProgress = std::function<void(std::size_t sequencesDone, std::size_t tokensDone)>;

/// Teacher-forced scoring of many sequences, packed without padding; the vocabulary projection runs
/// in chunks so that memory does not grow with tokens x vocabulary. Ids out of range:
/// InvalidArgument.
Result<std::vector<TokenFacts>> scoreTokens(const LogprobRequest& request,
                                            std::span<const Ids> sequences,
                                            const CancelToken& cancel = {},
                                            const ScoreProgress& progress = {});
Result<std::vector<ContrastFacts>> scoreContrast(const ContrastRequest& request,
                                                 std::span<const Ids> sequences,
                                                 const CancelToken& cancel = {},
                                                 const ScoreProgress& progress = {});

/// The distribution after a prefix under up to three models: the top `k` by policy (else positive),
/// plus every id in `include` wherever it ranks.
struct NextTokenRow {
    std::int32_t id = 0;
    float p = 0, pPositive = 0, pNegative = 0, s = 0; ///< NaN where there is no such model
    std::int32_t rank = 0;                            ///< by policy (else positive), 1-based
};
Result<std::vector<NextTokenRow>> nextTokens(const ContrastRequest& models,
                                             std::span<const std::int32_t> prefix, int k,
                                             std::span<const std::int32_t> include);

/// One continuation to draw. Its random numbers are keyed by (seed, streamPath, absolute position).
struct GenerateJob {
    Ids prefix;             ///< BOS included where the model wants one
    Ids forced;             ///< taken as they are, first
    std::string streamPath; ///< e.g. "run/1/q17/t3/r5"
    int maxNewTokens = 0;   ///< forced ones included; 0: as the request's sampling says
    Ids bannedIds{};        ///< at the first position, besides those of the request's sampling
};

struct Generated {
    Ids ids; ///< forced + drawn, without EOS; may run past a stop string (see stopAt)
    std::vector<float> logp; ///< of each id under the model, before temperature and truncation
    FinishReason finish = FinishReason::Length;
};

/// Decides on text-level stops: given all new ids of a job, true ends it with FinishReason::Stop.
/// The engine knows no text; callers bind a tokenizer here. Called on the generating thread.
using StopCheck = std::function<bool(std::size_t job, std::span<const std::int32_t> newIds)>;
/// A token was fixed for a job. Called on the generating thread, in order within a job.
using TokenSink = std::function<void(std::size_t job, std::int32_t id, float logp)>;
/// A job is over (never with Cancelled). Called on the generating thread between steps, while
/// others go on, so that what is finished can be stored before the call returns.
using FinishSink = std::function<void(std::size_t job, const Generated& result)>;
/// Jobs to go on with when the batch has `room` for more than wait; they are numbered on from those
/// known. Called on the generating thread between steps; none: asked again when a job has ended. An
/// Error ends the call with it.
using JobSource = std::function<Result<std::vector<GenerateJob>>(std::size_t room)>;

struct GenerateRequest {
    ModelRef model;
    SamplingParams
        sampling; ///< `samples` is ignored: one job is one sample; `stop` too (see StopCheck)
    Ids eosIds;   ///< empty: the model's own
    Ids stopIds;  ///< single tokens that end a job with FinishReason::Stop (the id is dropped)
    int maxBatch = 64; ///< rows computed at once; jobs with equal ids so far are one row
    std::int64_t kvBytes = 0; ///< limit of keys and values; 0: by what the device has
    StopCheck stop;
    TokenSink onToken;
    Breath breathe;
    FinishSink onFinished;
    JobSource more; ///< the call ends when no job is left and this gives none
};

/// Draws all jobs with a KV cache; prefixes that jobs share are computed once. On a CPU at a fixed
/// thread count a job's ids do not depend on the batch or on the other jobs (DESIGN.md section 8).
/// Cancel keeps what each job has (FinishReason::Cancelled). A prefix longer than the context:
/// refused.
Result<std::vector<Generated>> generate(const GenerateRequest& request,
                                        std::span<const GenerateJob> jobs,
                                        const CancelToken& cancel = {});

/// Which tokens `generate` would draw along a sequence: for each position and stream the token that
/// a job with prefix ids[0..position) and that stream path draws first. One pass over the sequence;
/// on a CPU the very same ids. The search methods read off it where rollouts leave a trajectory.
struct FollowRequest {
    ModelRef model;
    SamplingParams sampling;              ///< temperature, truncation and seed; no banned ids
    std::vector<std::string> streamPaths; ///< one a stream
    std::size_t first = 1;                ///< first position, 1 or more
    std::int64_t kvBytes = 0;             ///< as in GenerateRequest
    Breath breathe;
};

struct FollowedDraws {
    std::size_t first = 1, streams = 0;
    Ids drawn;               ///< [ids.size() - first][streams]
    std::vector<float> logp; ///< [ids.size() - first] of the sequence's own tokens, untempered
};

/// A sequence longer than the context, or ids out of range: refused.
Result<FollowedDraws> drawAlong(const FollowRequest& request, std::span<const std::int32_t> ids,
                                const CancelToken& cancel = {});

struct DeviceInfo {
    std::string name; ///< "cpu", "cuda:0"
    std::string description;
    std::int64_t memoryBytes = 0, freeBytes = 0;
    std::vector<std::string> dtypes;
    std::string preferredDType;
};
std::vector<DeviceInfo> devices();

/// Memory of this process, now and the most since its start or the last `restartPeak`: resident on
/// the CPU (0 where the system does not say), that of its tensors on any other device.
struct DeviceMemory {
    std::int64_t nowBytes = 0, peakBytes = 0;
};
DeviceMemory deviceMemory(const std::string& device, bool restartPeak = false);
/// LibTorch's version, e.g. "2.13.0+cpu".
std::string backendVersion();

/// Self test on a device against the CPU and built-in numbers; one line a check through `report`.
struct SelftestTotals {
    int passed = 0, failed = 0, skipped = 0;
};
Result<SelftestTotals> selftest(const ComputeOptions& options,
                                const std::function<void(const std::string& line)>& report);

} // namespace crux::engine
