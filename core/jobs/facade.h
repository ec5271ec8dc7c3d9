// Where engine and store meet. Used by crux-worker and crux-cli; never by the window.
#pragma once

#include "core/base/cancel.h"
#include "core/engine/engine.h"
#include "core/store/project.h"
#include "core/store/records.h"
#include "core/text/tokenizer.h"

#include <functional>
#include <memory>
#include <string>

namespace crux::jobs {

/// What the cache is doing, for the window's status bar. state: "loading" | "ready" | "failed".
struct ModelState {
    std::string state, name;
    engine::ModelInfo info; ///< filled when ready
};

/// Loaded models and tokenizers of one process, kept warm. Not thread-safe.
class ModelCache {
public:
    explicit ModelCache(engine::ComputeOptions options);
    ~ModelCache();
    /// Loads on first use; a model is loaded once for all its adapters. Unsupported when the stored
    /// row's folder has another vocabulary than registered.
    Result<engine::ModelRef> model(const store::Project&, ModelId, AdapterId);
    /// NotFound when the model's folder holds no tokenizer.
    Result<text::TokenizerPtr> tokenizer(const store::Project&, ModelId);
    const engine::ComputeOptions& options() const;
    /// Drops loaded models (all, or after their files changed); refs handed out stay valid.
    void clear();
    /// Called around each load, on the calling thread.
    void setObserver(std::function<void(const ModelState&)> observer);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// What a handler gets: the claimed job, its project, models, cancel, and where to tell progress.
struct JobContext {
    store::Project& project;
    store::JobRecord job;
    ModelCache& models;
    CancelToken cancel;
    std::function<void(std::int64_t done, std::int64_t total, const std::string& message,
                       double tokensPerSecond)>
        progress;
    /// Called between steps, so that interactive requests are served while a job runs.
    std::function<void()> breathe;
    /// Steps are kept short (about 100 ms) because someone may be waiting.
    bool interactive = false;
};

/// Runs one claimed job to its end and stores its final state: Done, Failed with its Error, Stopped
/// when its row asked for cancel, Paused when it asked for that, Interrupted when the context's
/// token was cancelled (all three resume); a row that was cancelled for good meanwhile stays so.
/// Errors end up in the row, not here; a Status that is not ok means the row could not be written.
Status runJob(JobContext& context);

/// How jobs are run by one process.
struct RunnerOptions {
    std::string owner; ///< "host:pid", see ownerName()
    /// After each stored progress and each change of state.
    std::function<void(const store::JobRecord&)> onProgress;
    std::function<void()> breathe;
    bool interactive = false;
};
/// "host:pid" of this process.
std::string ownerName();

/// Claims and runs queued jobs until none is left or `cancel`; then those that were interrupted, by
/// a crash (up to store::kMostCrashes) or a signal and not by a decision about the job, once a call.
/// While a job runs, a thread with its own connection renews the lease and watches for a stop or
/// pause asked by another process.
Status runQueue(const Path& projectFile, ModelCache& models, const RunnerOptions& options,
                const CancelToken& cancel);
/// One step of runQueue: claims the next queued job and runs it; false when there was none.
Result<bool> runNextJob(store::Project& project, ModelCache& models, const RunnerOptions& options,
                        const CancelToken& cancel);
/// Claims and runs this job; returns its row afterwards (its state says how it ended).
Result<store::JobRecord> runThisJob(store::Project& project, JobId id, ModelCache& models,
                                    const RunnerOptions& options, const CancelToken& cancel);

/// Registers a model folder or adapter folder in the project (hashes, config facts, vocabulary).
/// The same folder again updates its row. An empty name takes the folder's. `parent`: the adapter
/// that training went on from; none keeps what the row has.
Result<ModelId> registerModel(const store::Project&, const Path& folder, const std::string& name);
Result<AdapterId> registerAdapter(const store::Project&, const Path& folder, ModelId base,
                                  const std::string& role, const std::string& name,
                                  AdapterId parent = {});

} // namespace crux::jobs
