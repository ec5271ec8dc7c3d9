// The worker's main loop: requests of the window between the steps of jobs of the project.
#pragma once

#include "app/worker/line_channel.h"
#include "core/base/cancel.h"
#include "core/base/json.h"
#include "core/jobs/facade.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace crux::worker {

/// One JSON-RPC request waiting for or in service.
struct Request {
    Json id;
    std::string method;
    Json params;
    CancelToken cancel;
};

/// How the worker ends: what happens to the job that runs.
enum class Ending { None, Finish, Checkpoint, Cancel };

/// Serves one window. Owner: main. Main thread: run(), requests, jobs. Reader thread: accept().
/// Every request gets exactly one final reply, whatever happens to it. Fails by error replies only.
class Server {
public:
    Server(LineChannel& channel, engine::ComputeOptions options);

    /// Until the window ended it. Returns the exit status.
    int run();
    /// Reader thread: one line, or nullptr at the end.
    void accept(const LineChannel::Line* line, bool bySignal);

    // --- for the request handlers (requests.cpp), main thread
    void progress(const Request& request, Json params);
    void notify(const std::string& method, Json params, bool droppable = false);
    jobs::ModelCache& models() { return m_models; }
    /// The open project, or the Error to reply.
    Result<store::Project*> project();
    Status openProject(const std::string& path);
    void lookAtQueue() { m_lookAtQueue = true; }
    /// Runs a queued job of the open project, which may be written, ahead of the queue: between the
    /// steps of the job that runs.
    void runSoon(JobId id) { m_soon.push_back(id); }

private:
    void enqueue(Request request);
    bool cancelRequest(const Json& id);
    void servePending();
    void serve(const Request& request);
    void finish(const Request& request, const Result<Json>& result);
    void refuse(const Json& id, int code, ErrorCode kind, const std::string& message);
    bool runOneJob();
    void runJobsOfUser();
    jobs::RunnerOptions runnerOptions(std::function<void()> breathe);
    bool ending();
    void waitForWork();
    std::optional<Request> takeRequest();
    Result<Json> call(const Request& request);

    LineChannel& m_channel;
    jobs::ModelCache m_models;                                        // main thread only
    std::unique_ptr<store::Project> m_project;                        // main thread only
    bool m_lookAtQueue = false, m_greeted = false, m_serving = false; // main thread only
    std::int64_t m_seenVersion = -1;                                  // main thread only
    int m_jobsRunning = 0;                                            // main thread only
    std::deque<JobId> m_soon;                                         // main thread only
    bool m_helloCame = false;                                         // reader thread only
    const CancelToken m_stopJobs; // cancelled once, when the worker ends before its jobs do
    // guarded by m_mutex
    std::mutex m_mutex;
    std::condition_variable m_arrived;
    std::deque<Request> m_inbox;
    std::map<std::string, CancelToken> m_inFlight; // by the id's JSON text
    Ending m_ending = Ending::None;
    bool m_inputEnded = false, m_ended = false;
};

} // namespace crux::worker
