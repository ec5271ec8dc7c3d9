#include "app/worker/requests.h"

#include "core/base/log.h"
#include "core/base/text_util.h"
#include "core/base/version.h"
#include "core/jobs/alternatives.h"
#include "core/jobs/continuation.h"
#include "core/jobs/reproduce.h"
#include "core/jobs/search_estimate.h"
#include "core/jobs/token_rows.h"
#include "core/jobs/train_preview.h"
#include "core/jobs/train_probe.h"
#include "core/spec/protocol.h"
#include "core/store/repositories.h"

#include <unistd.h>

#include <thread>

namespace crux::worker {

namespace {

/// Typed reading of params: the first fault is kept and names its field.
class Params {
public:
    explicit Params(const Json& object)
        : m_object(object) {}

    bool has(const char* key) const {
        const auto found = m_object.find(key);
        return found != m_object.end() && !found->is_null();
    }
    std::int64_t integer(const char* key, std::optional<std::int64_t> fallback = {}) {
        if (!has(key))
            return fallback ? *fallback : miss(key, "is missing", std::int64_t{0});
        const Json& value = m_object.at(key);
        return value.is_number_integer() ? value.get<std::int64_t>()
                                         : miss(key, "must be a whole number", std::int64_t{0});
    }
    std::string text(const char* key) {
        if (!has(key))
            return miss(key, "is missing", std::string());
        const Json& value = m_object.at(key);
        return value.is_string() ? value.get<std::string>()
                                 : miss(key, "must be a text", std::string());
    }
    bool boolean(const char* key, bool fallback) {
        if (!has(key))
            return fallback;
        const Json& value = m_object.at(key);
        return value.is_boolean() ? value.get<bool>()
                                  : miss(key, "must be true or false", fallback);
    }
    std::vector<std::int32_t> ids(const char* key) {
        std::vector<std::int32_t> list;
        if (!has(key))
            return list;
        const Json& value = m_object.at(key);
        if (!value.is_array())
            return miss(key, "must be a list of token ids", list);
        for (const Json& item : value) {
            if (!item.is_number_integer() || item.get<std::int64_t>() < 0 ||
                item.get<std::int64_t>() > 0x7fffffff)
                return miss(key, "must be a list of token ids", std::vector<std::int32_t>());
            list.push_back(item.get<std::int32_t>());
        }
        return list;
    }
    Status status() const {
        return m_fault.empty() ? Status()
                               : Status(fail(ErrorCode::InvalidArgument, m_fault, "params"));
    }

private:
    template <typename T> T miss(const char* key, const char* why, T value) {
        if (m_fault.empty())
            m_fault = cat("The parameter \"", key, "\" ", why, ".");
        return value;
    }

    const Json& m_object;
    std::string m_fault;
};

/// The device `auto` means here.
engine::DeviceInfo chosenDevice(const std::string& wanted) {
    engine::DeviceInfo chosen;
    for (const engine::DeviceInfo& device : engine::devices()) {
        const bool fits = wanted == "auto" || device.name == wanted ||
                          (wanted == "cuda" && device.name == "cuda:0");
        const bool better = chosen.name.empty() || (wanted == "auto" && chosen.name == "cpu");
        if (fits && better)
            chosen = device;
    }
    return chosen;
}

Result<Json> hello(Server& server, const Request& request) {
    Params params(request.params);
    const std::int64_t version = params.integer("protocol");
    CRUX_TRY_VOID(params.status());
    if (version != protocol::kVersion)
        return fail(ErrorCode::Mismatch,
                    cat("This worker speaks protocol ", protocol::kVersion, ", the window ",
                        version, "; install both from one version of Crux."),
                    "params");
    const engine::ComputeOptions& options = server.models().options();
    const engine::DeviceInfo device = chosenDevice(options.device);
    const unsigned threads = options.threads > 0 ? static_cast<unsigned>(options.threads)
                                                 : std::thread::hardware_concurrency();
    return Json{{"protocol", protocol::kVersion},
                {"version", crux::kVersion},
                {"pid", ::getpid()},
                {"device", device.name},
                {"dtype", options.dtype == "auto" ? device.preferredDType : options.dtype},
                {"threads", threads},
                {"memory_bytes", device.memoryBytes}};
}

Result<Json> load(Server& server, const Request& request) {
    Params params(request.params);
    const ModelId model{params.integer("model_id")};
    const auto adapters = params.ids("adapter_ids");
    CRUX_TRY_VOID(params.status());
    CRUX_TRY(project, server.project());
    const double steps = 1.0 + static_cast<double>(adapters.size());
    server.progress(request, {{"fraction", 0.0}, {"text", "loading the model"}});
    CRUX_TRY(ref, server.models().model(*project, model, {}));
    double done = 1;
    for (const std::int32_t adapter : adapters) {
        server.progress(request, {{"fraction", done++ / steps}, {"text", "attaching adapters"}});
        CRUX_TRY(attached, server.models().model(*project, model, AdapterId{adapter}));
        static_cast<void>(attached);
    }
    server.progress(request, {{"fraction", 1.0}, {"text", "ready"}});
    const engine::ModelInfo& info = ref.model->info();
    return Json{{"device", info.device}, {"dtype", info.dtype}, {"bytes", info.weightBytes}};
}

Json rowJson(const jobs::AlternativeRow& row) {
    return Json{{"id", row.id},
                {"piece", withReplacedUtf8(row.piece)},
                {"p", jsonNumber(row.p)},
                {"p_positive", jsonNumber(row.pPositive)},
                {"p_negative", jsonNumber(row.pNegative)},
                {"s", jsonNumber(row.s)},
                {"rank", row.rank}};
}

Result<Json> alternatives(Server& server, const Request& request) {
    Params params(request.params);
    jobs::AlternativesRequest asked;
    asked.trajectory = TrajectoryId{params.integer("trajectory_id")};
    asked.position = static_cast<std::int32_t>(params.integer("position"));
    asked.topK = static_cast<int>(params.integer("top_k", 20));
    asked.scoreSet = ScoreSetId{params.integer("score_set_id", 0)};
    asked.compute = request.method == "next_tokens";
    asked.appendIds = params.ids("append_ids");
    CRUX_TRY_VOID(params.status());
    CRUX_TRY(project, server.project());
    CRUX_TRY(found, jobs::alternativesAt(*project, server.models(), asked));
    Json rows = Json::array();
    for (const jobs::AlternativeRow& row : found.rows)
        rows.push_back(rowJson(row));
    return Json{{"position", found.position},
                {"original_id", found.originalId},
                {"rows", std::move(rows)},
                {"score_set_id", found.scoreSet.value}};
}

Result<Json> tokenize(Server& server, const Request& request) {
    Params params(request.params);
    const ModelId model{params.integer("tokenizer_model_id")};
    const std::string text = params.text("text");
    CRUX_TRY_VOID(params.status());
    CRUX_TRY(project, server.project());
    CRUX_TRY(tokenizer, server.models().tokenizer(*project, model));
    const auto ids = jobs::tokenizeInContext(*tokenizer, text);
    Json pieces = Json::array();
    for (const std::int32_t id : ids)
        pieces.push_back(withReplacedUtf8(tokenizer->pieceBytes(id)));
    return Json{{"ids", ids},
                {"pieces", std::move(pieces)},
                {"unknown", jobs::unknownTokens(*tokenizer, ids, text)}};
}

Result<jobs::ContinuationRequest> continuationOf(const Json& object) {
    Params params(object);
    jobs::ContinuationRequest asked;
    asked.trajectory = TrajectoryId{params.integer("trajectory_id")};
    asked.position = static_cast<std::int32_t>(params.integer("position"));
    asked.forceIds = params.ids("force_ids");
    if (params.has("force_text"))
        asked.forceText = params.text("force_text");
    if (asked.forceText && !asked.forceIds.empty())
        return fail(ErrorCode::InvalidArgument, "Give \"force_ids\" or \"force_text\", not both.",
                    "params");
    asked.goOn = params.boolean("continue", true);
    asked.scoreSet = ScoreSetId{params.integer("score_set_id", 0)};
    asked.model = ModelId{params.integer("model_id", 0)};
    asked.adapter = AdapterId{params.integer("adapter_id", 0)};
    const auto banned = params.ids("ban_ids");
    CRUX_TRY_VOID(params.status());
    if (params.has("sampling")) {
        auto sampling = samplingFromJson(object.at("sampling"));
        if (!sampling.ok())
            return fail(sampling.error().code, sampling.error().message, "params");
        asked.sampling = std::move(*sampling);
    }
    asked.sampling.bannedIds.insert(asked.sampling.bannedIds.end(), banned.begin(), banned.end());
    return asked;
}

Json progressJson(const jobs::ContinuationProgress& made) {
    Json params{{"sample", made.sample},
                {"branch_id", made.branch.value},
                {"trajectory_id", made.trajectory.value}};
    if (made.scored) {
        params["scored"] = true;
        return params;
    }
    Json pieces = Json::array();
    for (const std::string& piece : made.pieces)
        pieces.push_back(withReplacedUtf8(piece));
    params["ids"] = made.ids;
    params["pieces"] = std::move(pieces);
    params["offsets"] = made.offsets;
    return params;
}

Result<Json> continueFrom(Server& server, const Request& request) {
    CRUX_TRY(asked, continuationOf(request.params));
    CRUX_TRY(project, server.project());
    if (project->readOnly())
        return fail(ErrorCode::ReadOnly, project->readOnlyReason());
    const auto sink = [&](const jobs::ContinuationProgress& made) {
        server.progress(request, progressJson(made));
    };
    CRUX_TRY(made,
             jobs::continueTrajectory(*project, server.models(), asked, sink, request.cancel));
    Json branches = Json::array();
    for (const jobs::ContinuedBranch& branch : made)
        branches.push_back({{"branch_id", branch.branch.value},
                            {"trajectory_id", branch.trajectory.value},
                            {"finish_reason", finishReasonName(branch.finish)},
                            {"verdict", verdictName(branch.verdict)},
                            {"extracted", branch.extracted}});
    return Json{{"branches", std::move(branches)}};
}

Result<Json> reproduce(Server& server, const Request& request) {
    Params params(request.params);
    const TrajectoryId child{params.integer("trajectory_id")};
    CRUX_TRY_VOID(params.status());
    CRUX_TRY(project, server.project());
    CRUX_TRY(result, jobs::reproduceBranch(*project, server.models(), child, request.cancel));
    return jobs::toJson(result);
}

Result<Json> jobCancel(Server& server, const Request& request) {
    Params params(request.params);
    const JobId id{params.integer("job_id")};
    CRUX_TRY_VOID(params.status());
    CRUX_TRY(project, server.project());
    CRUX_TRY_VOID(store::requestCancel(*project, id));
    server.notify("jobs_changed", {{"job_id", id.value}});
    return Json::object();
}

/// The row must be there already: it is the record, whatever becomes of this worker.
Result<Json> runJobNow(Server& server, const Request& request) {
    Params params(request.params);
    const JobId id{params.integer("job_id")};
    CRUX_TRY_VOID(params.status());
    CRUX_TRY(project, server.project());
    if (project->readOnly())
        return fail(ErrorCode::ReadOnly, project->readOnlyReason());
    CRUX_TRY(row, store::job(*project, id));
    static_cast<void>(row);
    server.runSoon(id);
    return Json::object();
}

Result<Json> estimateSearch(Server& server, const Request& request) {
    const auto spec = request.params.find("spec");
    if (spec == request.params.end() || !spec->is_object())
        return fail(ErrorCode::InvalidArgument, "The parameter \"spec\" must be an object.",
                    "params");
    CRUX_TRY(project, server.project());
    CRUX_TRY(estimate, jobs::estimateSearch(*project, server.models(), *spec, request.cancel));
    return jobs::toJson(estimate);
}

Result<Json> trainingPreview(Server& server, const Request& request) {
    const auto spec = request.params.find("spec");
    if (spec == request.params.end() || !spec->is_object())
        return fail(ErrorCode::InvalidArgument, "The parameter \"spec\" must be an object.",
                    "params");
    CRUX_TRY(project, server.project());
    return jobs::previewTraining(*project, *spec);
}

Result<Json> trainingProbe(Server& server, const Request& request) {
    Params params(request.params);
    const auto steps = static_cast<int>(params.integer("steps", 4));
    CRUX_TRY_VOID(params.status());
    const auto spec = request.params.find("spec");
    if (spec == request.params.end() || !spec->is_object() || steps < 0 || steps > 1000)
        return fail(ErrorCode::InvalidArgument,
                    "The parameter \"spec\" must be an object, \"steps\" from 0 to 1000.",
                    "params");
    CRUX_TRY(project, server.project());
    return jobs::probeTraining(*project, server.models(), *spec, steps, request.cancel,
                               [&](int step, int all) {
                                   server.progress(request, {{"step", step}, {"steps", all}});
                               });
}

Result<Json> openProject(Server& server, const Request& request) {
    Params params(request.params);
    const std::string path = params.text("path");
    CRUX_TRY_VOID(params.status());
    CRUX_TRY_VOID(server.openProject(path));
    return Json::object();
}

} // namespace

Result<Json> callMethod(Server& server, const Request& request) {
    const std::string& method = request.method;
    if (method == "ping" || method == "shutdown")
        return Json::object();
    if (method == "hello")
        return hello(server, request);
    if (method == "open_project")
        return openProject(server, request);
    if (method == "load")
        return load(server, request);
    if (method == "alternatives" || method == "next_tokens")
        return alternatives(server, request);
    if (method == "tokenize")
        return tokenize(server, request);
    if (method == "continue")
        return continueFrom(server, request);
    if (method == "reproduce")
        return reproduce(server, request);
    if (method == "run_jobs") {
        server.lookAtQueue();
        return Json::object();
    }
    if (method == "run_job")
        return runJobNow(server, request);
    if (method == "estimate_search")
        return estimateSearch(server, request);
    if (method == "preview_training")
        return trainingPreview(server, request);
    if (method == "probe_training")
        return trainingProbe(server, request);
    if (method == "job_cancel")
        return jobCancel(server, request);
    return fail(ErrorCode::Unsupported, cat("There is no method \"", method, "\"."), "method");
}

} // namespace crux::worker
