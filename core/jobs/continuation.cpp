#include "core/jobs/continuation.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/text_util.h"
#include "core/base/version.h"
#include "core/jobs/batch_size.h"
#include "core/jobs/grading.h"
#include "core/jobs/score_models.h"
#include "core/jobs/token_rows.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cmath>

namespace crux::jobs {

namespace {

constexpr double kStreamIntervalMs = 1000.0 / 30;

/// One sample as it grows. Owner: Continuation.
struct Sample {
    store::BranchRecord branch;
    store::TrajectoryRecord child;
    std::vector<std::int32_t> ids; ///< forced + drawn so far
    std::size_t fixed = 0;         ///< tokens the generator has fixed, the forced ones included
    std::size_t told = 0;          ///< ids already streamed
    std::string drawnText;         ///< text after the forced ids, for stop strings
    std::size_t read = 0;          ///< drawn ids in drawnText
    std::vector<std::size_t> ends; ///< byte in drawnText after each drawn id
    std::size_t stopAt = std::string::npos;
    std::int32_t tellOffset = 0; ///< byte in prompt + response where the next id begins
    double lastToldMs = -1e9;
};

/// One call of continueTrajectory. Owner: that function.
class Continuation {
public:
    Continuation(store::Project& project, ModelCache& models, const ContinuationRequest& request,
                 const ContinuationSink& sink, const CancelToken& cancel)
        : m_project(project)
        , m_models(models)
        , m_request(request)
        , m_sink(sink)
        , m_cancel(cancel) {}

    Result<std::vector<ContinuedBranch>> run() {
        CRUX_TRY_VOID(prepare());
        CRUX_TRY_VOID(insert());
        const auto drawn = draw();
        if (!drawn.ok()) {
            closeAll();
            return fail(drawn.error());
        }
        std::vector<ContinuedBranch> finished;
        for (std::size_t i = 0; i < m_samples.size(); ++i) {
            CRUX_TRY(branch, finish(i, (*drawn)[i]));
            finished.push_back(std::move(branch));
        }
        for (std::size_t i = 0; i < m_samples.size(); ++i) {
            const Status scored = scoreOne(i);
            if (!scored.ok()) // the branch itself is whole; a score job can make up for it
                logWarning(cat("branch ", m_samples[i].branch.id.value,
                               " was not scored: ", scored.error().message));
        }
        return finished;
    }

private:
    Status prepare() {
        CRUX_TRY_VOID(validate(m_request.sampling));
        CRUX_TRY(parent, store::trajectory(m_project, m_request.trajectory));
        m_parent = std::move(parent);
        CRUX_TRY_VOID(chooseModel());
        CRUX_TRY(ref, m_models.model(m_project, m_modelId, m_adapterId));
        CRUX_TRY(tokenizer, m_models.tokenizer(m_project, m_modelId));
        m_model = ref;
        m_tokenizer = std::move(tokenizer);
        CRUX_TRY_VOID(tokenizeParent());
        const auto size = static_cast<std::int32_t>(m_parent.ids.size());
        if (m_request.position < 1 || m_request.position > size)
            return fail(ErrorCode::InvalidArgument,
                        cat("Position ", m_request.position, " is outside trajectory ",
                            m_parent.id.value, ", which can be left at 1 to ", size, "."));
        return forcedIds();
    }

    /// The model asked for, else the trajectory's own, else the base of the score set, else the
    /// only registered one.
    Status chooseModel() {
        m_modelId = m_request.model ? m_request.model : m_parent.modelId;
        m_adapterId = m_request.model ? m_request.adapter : m_parent.adapterId;
        if (m_request.scoreSet) {
            CRUX_TRY(set, scoreSetOf(m_project, m_request.scoreSet));
            m_set = std::move(set);
            if (!m_modelId)
                m_modelId = m_set->policyModel ? m_set->policyModel : m_set->positiveModel;
        }
        if (m_modelId)
            return {};
        CRUX_TRY(all, store::models(m_project));
        if (all.size() != 1)
            return fail(ErrorCode::NotFound,
                        all.empty() ? "The project has no model to continue with; add a model "
                                      "folder first."
                                    : "The project has several models; say which one continues.");
        m_modelId = all[0].id;
        return {};
    }

    Status tokenizeParent() {
        CRUX_TRY(row, store::model(m_project, m_modelId));
        m_tokenizerHash = row.tokenizerHash;
        m_modelRow = std::move(row);
        if (!m_parent.ids.empty() && m_parent.tokenizerHash == m_tokenizerHash &&
            m_parent.offsets.size() == 2 * m_parent.ids.size())
            return {};
        TokenRow tokens;
        if (m_parent.ids.empty()) {
            tokens = tokenizeRow(*m_tokenizer, m_parent.prompt, m_parent.response);
        } else {
            auto aligned = alignRow(*m_tokenizer, m_parent.ids, m_parent.promptTokens,
                                    m_parent.prompt, m_parent.response);
            if (!aligned.ok() ||
                (!m_parent.tokenizerHash.empty() && m_parent.tokenizerHash != m_tokenizerHash))
                return fail(ErrorCode::Mismatch,
                            cat("Trajectory ", m_parent.id.value,
                                " was tokenised by another tokenizer than the model ",
                                m_modelRow.name, " has; choose the model that made it."));
            tokens = std::move(*aligned);
        }
        CRUX_TRY_VOID(store::setTokens(m_project, m_parent.id, tokens.ids, tokens.offsets,
                                       tokens.promptTokens, m_tokenizerHash));
        m_parent.ids = std::move(tokens.ids);
        m_parent.offsets = std::move(tokens.offsets);
        m_parent.promptTokens = tokens.promptTokens;
        m_parent.tokenizerHash = m_tokenizerHash;
        return {};
    }

    Status forcedIds() {
        m_forced = m_request.forceText ? tokenizeInContext(*m_tokenizer, *m_request.forceText)
                                       : m_request.forceIds;
        const std::int32_t vocabulary = m_model.model->info().vocabularySize;
        for (const std::int32_t id : m_forced)
            if (id < 0 || id >= vocabulary)
                return fail(ErrorCode::InvalidArgument,
                            cat("Token id ", id, " is outside the model's vocabulary of ",
                                vocabulary, "."));
        for (const std::int32_t id : m_request.sampling.bannedIds)
            if (id < 0 || id >= vocabulary)
                return fail(ErrorCode::InvalidArgument,
                            cat("The banned token id ", id,
                                " is outside the model's vocabulary of ", vocabulary, "."));
        if (m_request.forceText && m_forced.empty())
            return fail(ErrorCode::InvalidArgument,
                        "The typed text gives no token with this model's tokenizer.");
        if (m_forced.empty() && !m_request.goOn)
            return fail(ErrorCode::InvalidArgument,
                        "There is nothing to do: no token is forced and going on is off.");
        m_prefix.assign(m_parent.ids.begin(), m_parent.ids.begin() + m_request.position);
        return {};
    }

    const char* kind() const {
        if (m_request.forceText)
            return "text";
        if (!m_forced.empty())
            return "token";
        return m_request.sampling.bannedIds.empty() ? "continue" : "ban";
    }

    /// Byte of prompt + response where the branch's own tokens begin.
    std::size_t forkByte() const {
        return m_request.position < static_cast<std::int32_t>(m_parent.ids.size())
                   ? static_cast<std::size_t>(
                         m_parent.offsets[2 * static_cast<std::size_t>(m_request.position)])
                   : m_parent.prompt.size() + m_parent.response.size();
    }

    store::TrajectoryRecord childRecord(int sample) const {
        store::TrajectoryRecord child;
        child.questionId = m_parent.questionId;
        child.datasetId = m_parent.datasetId;
        child.rootId = m_parent.rootId ? m_parent.rootId : m_parent.id;
        child.sampleIndex = sample;
        child.source = Source::Forced;
        child.sourceModel = m_modelRow.name;
        child.modelId = m_modelId;
        child.adapterId = m_adapterId;
        child.tokenizerHash = m_tokenizerHash;
        child.createdMs = nowMs();
        const engine::ModelInfo& info = m_model.model->info();
        child.provenance = {
            m_modelRow.weightsHash,  {},         m_tokenizerHash, toJson(m_request.sampling),
            m_request.sampling.seed, info.dtype, info.device,     crux::kVersion};
        return child;
    }

    /// Text and ids of a child from the ids made so far.
    void fill(store::TrajectoryRecord& child, const std::vector<std::int32_t>& made) const {
        const std::string all = m_parent.prompt + m_parent.response;
        const std::size_t promptBytes = m_parent.prompt.size();
        std::string text = all.substr(0, forkByte());
        child.ids = m_prefix;
        child.offsets.assign(m_parent.offsets.begin(),
                             m_parent.offsets.begin() + 2 * m_request.position);
        for (const std::int32_t id : made) {
            child.ids.push_back(id);
            child.offsets.push_back(static_cast<std::int32_t>(text.size()));
            text += bytesOf(*m_tokenizer, {&id, 1});
            child.offsets.push_back(static_cast<std::int32_t>(text.size()));
        }
        const std::size_t border = std::min(promptBytes, text.size());
        child.prompt = text.substr(0, border);
        child.response = text.substr(border);
        child.promptTokens = std::min(m_parent.promptTokens, m_request.position);
    }

    /// Probability of the first forced token, for the branch list; -1 when it cannot be told.
    float forcedProbability() const {
        if (m_forced.empty())
            return -1;
        engine::ContrastRequest bare;
        bare.positive = m_model;
        bare.negative = m_model;
        bare.policy = m_model;
        const std::int32_t first = m_forced[0];
        const auto rows = engine::nextTokens(bare, m_prefix, 1, {&first, 1});
        if (rows.ok())
            for (const engine::NextTokenRow& row : *rows)
                if (row.id == first && std::isfinite(row.p))
                    return row.p;
        return -1;
    }

    Status insert() {
        const int count = m_forced.empty() || m_request.goOn ? m_request.sampling.samples : 1;
        const float probability = forcedProbability();
        m_samples.resize(static_cast<std::size_t>(count));
        return m_project.write([&]() -> Status {
            for (int i = 0; i < count; ++i) {
                Sample& sample = m_samples[static_cast<std::size_t>(i)];
                sample.child = childRecord(i);
                sample.ids = m_forced;
                fill(sample.child, m_forced);
                sample.tellOffset = static_cast<std::int32_t>(forkByte());
                store::BranchRecord& branch = sample.branch;
                branch.rootId = sample.child.rootId;
                branch.parentId = m_parent.id;
                branch.forkPosition = m_request.position;
                branch.kind = kind();
                branch.forcedIds = m_forced;
                branch.forcedP = probability;
                branch.running = true;
                branch.unread = true;
                branch.sampling = toJson(m_request.sampling);
                branch.createdMs = nowMs();
                CRUX_TRY(added, store::addBranch(m_project, branch, sample.child));
                branch = std::move(added);
                sample.child.id = branch.childId;
            }
            return {};
        });
    }

    void stream(std::size_t index, bool force) {
        Sample& sample = m_samples[index];
        if (!m_sink || sample.told >= sample.ids.size() ||
            (!force && steadyMs() - sample.lastToldMs < kStreamIntervalMs))
            return;
        ContinuationProgress progress;
        progress.sample = static_cast<int>(index);
        progress.branch = sample.branch.id;
        progress.trajectory = sample.branch.childId;
        for (; sample.told < sample.ids.size(); ++sample.told) {
            const std::int32_t id = sample.ids[sample.told];
            const std::string bytes = bytesOf(*m_tokenizer, {&id, 1});
            progress.ids.push_back(id);
            progress.offsets.push_back(sample.tellOffset);
            sample.tellOffset += static_cast<std::int32_t>(bytes.size());
            progress.offsets.push_back(sample.tellOffset);
            progress.pieces.push_back(bytes);
        }
        sample.lastToldMs = steadyMs();
        m_sink(progress);
    }

    /// Reads drawn ids not read yet; true once a stop string is in the drawn text.
    bool findStop(Sample& sample, std::span<const std::int32_t> drawn) const {
        for (; sample.read < drawn.size(); ++sample.read) {
            const std::size_t before = sample.drawnText.size();
            const std::int32_t id = drawn[sample.read];
            sample.drawnText += bytesOf(*m_tokenizer, {&id, 1});
            sample.ends.push_back(sample.drawnText.size());
            for (const std::string& stop : m_request.sampling.stop) {
                const std::size_t from = before >= stop.size() ? before - stop.size() + 1 : 0;
                sample.stopAt = std::min(sample.stopAt, sample.drawnText.find(stop, from));
            }
        }
        return sample.stopAt != std::string::npos;
    }

    Result<std::vector<engine::Generated>> draw() {
        for (std::size_t i = 0; i < m_samples.size(); ++i)
            stream(i, true);
        if (!m_request.goOn) {
            engine::Generated only;
            only.ids = m_forced;
            return std::vector<engine::Generated>(m_samples.size(), only);
        }
        engine::GenerateRequest request;
        request.model = m_model;
        request.sampling = m_request.sampling;
        std::vector<engine::GenerateJob> jobs;
        for (std::size_t i = 0; i < m_samples.size(); ++i)
            jobs.push_back(
                {m_prefix, m_forced,
                 branchPath(m_parent.questionId, m_parent.id, static_cast<std::int64_t>(i))});
        const std::size_t forced = m_forced.size();
        if (!m_request.sampling.stop.empty())
            request.stop = [this, forced](std::size_t job, std::span<const std::int32_t> ids) {
                return ids.size() > forced && findStop(m_samples[job], ids.subspan(forced));
            };
        request.onToken = [this](std::size_t job, std::int32_t id, float) {
            Sample& sample = m_samples[job];
            // The forced ids come first and are known already.
            if (sample.fixed++ < m_forced.size())
                return;
            sample.ids.push_back(id);
            stream(job, false);
        };
        BatchSize batch(std::min(request.maxBatch, static_cast<int>(jobs.size())));
        for (;;) {
            request.maxBatch = batch.value();
            auto made = engine::generate(request, jobs, m_cancel);
            if (made.ok() || !batch.shrink(made.error()))
                return made;
            for (Sample& sample : m_samples)
                startAgain(sample);
        }
    }

    /// Memory ran out: the same tokens are drawn again in smaller batches; what was streamed stays.
    void startAgain(Sample& sample) const {
        sample.ids = m_forced;
        sample.fixed = 0;
        sample.drawnText.clear();
        sample.read = 0;
        sample.ends.clear();
        sample.stopAt = std::string::npos;
    }

    Result<ContinuedBranch> finish(std::size_t index, const engine::Generated& made) {
        Sample& sample = m_samples[index];
        std::vector<std::int32_t> ids = made.ids;
        const std::size_t forced = std::min(m_forced.size(), ids.size());
        findStop(sample, std::span<const std::int32_t>(ids).subspan(forced));
        if (sample.stopAt != std::string::npos) { // whole tokens before the stop string
            const auto kept =
                std::upper_bound(sample.ends.begin(), sample.ends.end(), sample.stopAt);
            ids.resize(forced + static_cast<std::size_t>(kept - sample.ends.begin()));
        }
        sample.ids = ids;
        stream(index, true);
        fill(sample.child, ids);
        sample.child.finishReason = std::string(finishReasonName(made.finish));
        if (made.finish != FinishReason::Cancelled) // an answer cut off is neither right nor wrong
            CRUX_TRY_VOID(gradeFromProject(m_project, sample.child));
        CRUX_TRY_VOID(store::finishBranch(m_project, sample.branch.id, sample.child, false));
        return ContinuedBranch{sample.branch.id, sample.branch.childId, made.finish,
                               sample.child.verdict, sample.child.extracted};
    }

    Status scoreOne(std::size_t index) {
        if (!m_set)
            return {};
        const Sample& sample = m_samples[index];
        CRUX_TRY_VOID(scoreTrajectory(m_project, m_models, *m_set, sample.branch.childId, JobId{}));
        if (m_sink) {
            ContinuationProgress progress;
            progress.sample = static_cast<int>(index);
            progress.branch = sample.branch.id;
            progress.trajectory = sample.branch.childId;
            progress.scored = true;
            m_sink(progress);
        }
        return {};
    }

    /// Drawing failed: what was streamed is kept, marked cancelled.
    void closeAll() {
        for (Sample& sample : m_samples) {
            fill(sample.child, sample.ids);
            sample.child.finishReason = std::string(finishReasonName(FinishReason::Cancelled));
            static_cast<void>(
                store::finishBranch(m_project, sample.branch.id, sample.child, false));
        }
    }

    store::Project& m_project;
    ModelCache& m_models;
    const ContinuationRequest& m_request;
    const ContinuationSink& m_sink;
    const CancelToken& m_cancel;
    // constant after prepare()
    store::TrajectoryRecord m_parent;
    store::ModelRecord m_modelRow;
    ModelId m_modelId;
    AdapterId m_adapterId;
    std::string m_tokenizerHash;
    engine::ModelRef m_model;
    text::TokenizerPtr m_tokenizer;
    std::optional<store::ScoreSetRecord> m_set;
    std::vector<std::int32_t> m_prefix, m_forced;
    std::vector<Sample> m_samples;
};

} // namespace

Result<std::vector<ContinuedBranch>> continueTrajectory(store::Project& project, ModelCache& models,
                                                        const ContinuationRequest& request,
                                                        const ContinuationSink& sink,
                                                        const CancelToken& cancel) {
    return Continuation(project, models, request, sink, cancel).run();
}

std::string branchPath(QuestionId question, TrajectoryId parent, std::int64_t sample) {
    return cat("q", question.value, "/t", parent.value, "/r", sample);
}

} // namespace crux::jobs
