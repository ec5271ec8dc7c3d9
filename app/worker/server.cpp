#include "app/worker/server.h"

#include "app/worker/requests.h"
#include "core/base/log.h"
#include "core/base/text_util.h"
#include "core/spec/protocol.h"
#include "core/store/repositories.h"

#include <chrono>
#include <exception>

namespace crux::worker {

namespace {

constexpr std::size_t kMostPending = 4096;
constexpr auto kQueueLook = std::chrono::milliseconds(1000);

int rpcCode(const Error& error) {
    if (error.where == "method")
        return protocol::kMethodNotFound;
    if (error.where == "params")
        return protocol::kInvalidParams;
    return protocol::kFailed;
}

bool isId(const Json& id) {
    return id.is_number_integer() || id.is_string();
}

} // namespace

Server::Server(LineChannel& channel, engine::ComputeOptions options)
    : m_channel(channel)
    , m_models(std::move(options)) {
    m_models.setObserver([this](const jobs::ModelState& state) {
        notify("model_state", {{"state", state.state},
                               {"name", state.name},
                               {"device", state.info.device},
                               {"dtype", state.info.dtype},
                               {"bytes", state.info.weightBytes}});
    });
}

// --- reader thread

void Server::refuse(const Json& id, int code, ErrorCode kind, const std::string& message) {
    m_channel.send(dumpJson(protocol::errorReply(id, code, Error{kind, message, {}, {}})));
}

void Server::accept(const LineChannel::Line* line, bool bySignal) {
    if (!line) {
        // Nobody listens any more: what streams stops, the running job is finished unless asked
        // otherwise; a signal asks for speed.
        const std::lock_guard lock(m_mutex);
        m_inputEnded = true;
        for (auto& [id, token] : m_inFlight)
            token.cancel();
        if (m_ending == Ending::None || bySignal)
            m_ending = bySignal ? Ending::Checkpoint : Ending::Finish;
        if (m_ending == Ending::Checkpoint)
            m_stopJobs.cancel();
        m_arrived.notify_all();
        return;
    }
    if (line->tooLong)
        return refuse(nullptr, protocol::kParseError, ErrorCode::Protocol,
                      cat("A request longer than ", kMaxLineBytes >> 20, " MiB is not read."));
    if (trimmed(line->text).empty())
        return;
    auto message = parseJson(line->text);
    if (!message.ok())
        return refuse(nullptr, protocol::kParseError, ErrorCode::Protocol,
                      "The request is not JSON: " + message.error().message);
    const Json id = message->is_object() ? message->value("id", Json()) : Json();
    const auto method = message->is_object() ? message->find("method") : message->end();
    if (!message->is_object() || method == message->end() || !method->is_string() ||
        (!id.is_null() && !isId(id)))
        return refuse(isId(id) ? id : Json(), protocol::kInvalidRequest, ErrorCode::Protocol,
                      "A request is an object with a method and an id that is a number or a text.");
    if (id.is_null())
        return; // a notification: nothing to answer, and the worker has none it acts on
    Request request{id, method->get<std::string>(), message->value("params", Json::object()), {}};
    if (!request.params.is_object())
        return refuse(id, protocol::kInvalidParams, ErrorCode::Protocol,
                      "The params of a request must be an object.");
    if (request.method == "cancel") { // must reach what the main thread is busy with
        const Json wanted = request.params.value("id", Json());
        m_channel.send(
            dumpJson(protocol::reply(id, {{"cancelled", isId(wanted) && cancelRequest(wanted)}})));
        return;
    }
    m_helloCame = m_helloCame || request.method == "hello";
    if (request.method == "ping") { // a long model load on the main thread is no hang
        if (!m_helloCame)
            return refuse(id, protocol::kFailed, ErrorCode::Protocol,
                          "The first call must be hello.");
        m_channel.send(dumpJson(protocol::reply(id, Json::object())));
        return;
    }
    enqueue(std::move(request));
}

void Server::enqueue(Request request) {
    std::unique_lock lock(m_mutex);
    if (m_inbox.size() >= kMostPending) {
        lock.unlock();
        return refuse(request.id, protocol::kFailed, ErrorCode::Busy,
                      "Too many requests wait already; ask again later.");
    }
    if (m_ended) {
        lock.unlock();
        return refuse(request.id, protocol::kFailed, ErrorCode::Cancelled, "The worker is ending.");
    }
    const std::string key = request.id.dump();
    if (m_inFlight.count(key)) {
        lock.unlock();
        return refuse(request.id, protocol::kInvalidRequest, ErrorCode::Protocol,
                      "A request with this id is still being answered.");
    }
    m_inFlight[key] = request.cancel;
    if (request.method == "shutdown") {
        const std::string mode = request.params.value("mode", Json("finish")).is_string()
                                     ? request.params.value("mode", std::string("finish"))
                                     : std::string();
        m_ending = mode == "cancel"       ? Ending::Cancel
                   : mode == "checkpoint" ? Ending::Checkpoint
                                          : Ending::Finish;
        if (m_ending != Ending::Finish)
            m_stopJobs.cancel();
        if (m_ending == Ending::Cancel)
            for (auto& [id, token] : m_inFlight)
                if (id != key)
                    token.cancel();
    }
    m_inbox.push_back(std::move(request));
    m_arrived.notify_all();
}

bool Server::cancelRequest(const Json& id) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_inFlight.find(id.dump());
    if (found == m_inFlight.end())
        return false;
    found->second.cancel();
    return true;
}

// --- main thread

void Server::notify(const std::string& method, Json params, bool droppable) {
    m_channel.send(dumpJson(protocol::notification(method, std::move(params))), droppable);
}

void Server::progress(const Request& request, Json params) {
    params["id"] = request.id;
    notify("progress", std::move(params), true);
}

Result<store::Project*> Server::project() {
    if (!m_project)
        return fail(ErrorCode::NotFound, "No project is open; call open_project first.");
    return m_project.get();
}

Status Server::openProject(const std::string& path) {
    if (m_project && m_project->file() == Path(path)) {
        m_lookAtQueue = true;
        return {};
    }
    if (m_jobsRunning > 0)
        return fail(ErrorCode::Busy, "A job of the other project still runs; stop it first.");
    CRUX_TRY(opened, store::Project::open(path, store::OpenMode::ReadWrite));
    m_project = std::move(opened);
    m_soon.clear(); // rows of the other project; they stay queued there
    m_seenVersion = -1;
    if (m_project->readOnly())
        return {}; // stored rows can be read; jobs and branches will say why not
    CRUX_TRY_VOID(store::closeOrphanBranches(*m_project));
    CRUX_TRY(stale, store::interruptStaleJobs(*m_project));
    if (stale > 0)
        notify("jobs_changed", Json::object());
    m_lookAtQueue = true;
    return {};
}

std::optional<Request> Server::takeRequest() {
    const std::lock_guard lock(m_mutex);
    if (m_inbox.empty())
        return std::nullopt;
    Request request = std::move(m_inbox.front());
    m_inbox.pop_front();
    return request;
}

void Server::finish(const Request& request, const Result<Json>& result) {
    {
        const std::lock_guard lock(m_mutex);
        m_inFlight.erase(request.id.dump());
    }
    const Json reply =
        result.ok() ? protocol::reply(request.id, *result)
                    : protocol::errorReply(request.id, rpcCode(result.error()), result.error());
    m_channel.send(dumpJson(reply));
}

Result<Json> Server::call(const Request& request) {
    if (request.cancel.cancelled())
        return fail(ErrorCode::Cancelled, "The request was cancelled before it began.");
    if (!m_greeted && request.method != "hello" && request.method != "shutdown")
        return fail(ErrorCode::Protocol, "The first call must be hello.");
    try {
        auto result = callMethod(*this, request);
        m_greeted = m_greeted || (request.method == "hello" && result.ok());
        return result;
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory,
                    "The worker ran out of memory; close other models or ask for less.");
    } catch (const std::exception& thrown) { // a fault of ours must not cost the reply
        return fail(ErrorCode::Internal, cat("The worker failed on ", request.method, "."), {},
                    thrown.what());
    }
}

void Server::serve(const Request& request) {
    finish(request, call(request));
}

void Server::servePending() {
    if (m_serving)
        return; // a request's own steps do not start another
    m_serving = true;
    while (auto request = takeRequest())
        serve(*request);
    m_serving = false;
}

jobs::RunnerOptions Server::runnerOptions(std::function<void()> breathe) {
    jobs::RunnerOptions options;
    options.owner = jobs::ownerName();
    options.interactive = true;
    options.breathe = std::move(breathe);
    options.onProgress = [this](const store::JobRecord& row) {
        notify("jobs_changed", {{"job_id", row.id.value}}, true);
    };
    return options;
}

bool Server::ending() {
    const std::lock_guard lock(m_mutex);
    return m_ending != Ending::None;
}

/// Jobs that someone in front of the window waits for. One that cannot be claimed (it runs
/// elsewhere, it was cancelled) is left to its row, and so are all when the worker ends.
void Server::runJobsOfUser() {
    while (!m_soon.empty() && !ending()) {
        const JobId id = m_soon.front();
        m_soon.pop_front();
        ++m_jobsRunning;
        const auto ran = jobs::runThisJob(*m_project, id, m_models,
                                          runnerOptions([this] { servePending(); }), m_stopJobs);
        --m_jobsRunning;
        if (!ran.ok())
            logInfo(cat("job ", id.value, " was not run ahead: ", ran.error().message));
        notify("jobs_changed", Json::object());
    }
}

bool Server::runOneJob() {
    if (!m_project || m_project->readOnly() || !m_lookAtQueue || ending())
        return false;
    const jobs::RunnerOptions options = runnerOptions([this] {
        servePending();
        runJobsOfUser();
    });
    ++m_jobsRunning;
    const auto ran = jobs::runNextJob(*m_project, m_models, options, m_stopJobs);
    --m_jobsRunning;
    if (!ran.ok()) {
        logWarning("the queue cannot be read: " + ran.error().message);
        m_lookAtQueue = false;
        return false;
    }
    m_lookAtQueue = *ran;
    if (*ran)
        notify("jobs_changed", Json::object());
    return *ran;
}

void Server::waitForWork() {
    std::unique_lock lock(m_mutex);
    m_arrived.wait_for(lock, kQueueLook, [this] {
        return !m_inbox.empty() || m_ending != Ending::None || m_inputEnded;
    });
    lock.unlock();
    if (!m_project)
        return;
    const std::int64_t version = m_project->dataVersion();
    m_lookAtQueue = m_lookAtQueue || version != m_seenVersion; // another process queued something
    m_seenVersion = version;
}

int Server::run() {
    for (;;) {
        servePending();
        runJobsOfUser();
        {
            const std::lock_guard lock(m_mutex);
            if (m_ending != Ending::None && m_inbox.empty()) {
                m_ended = true;
                return 0;
            }
        }
        if (!runOneJob())
            waitForWork();
    }
}

} // namespace crux::worker
