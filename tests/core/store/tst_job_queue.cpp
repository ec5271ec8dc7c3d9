#include "core/base/clock.h"
#include "core/store/job_ends.h"
#include "core/store/job_owner.h"
#include "support/temp_project.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <set>
#include <sys/wait.h>
#include <unistd.h>

using namespace crux;
using namespace crux::store;
using namespace crux::test;

class TestJobQueue : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void claimsInOrder();
    void oneJobHasOneOwner();
    void heartbeatEndsWithTheTakeover();
    void staleJobsAreInterruptedAndResumed();
    void crashedJobsAreTakenUpAFewTimes();
    void jobsThatGetOnMayDieMoreOften();
    void deadLocalOwnersAreSeenAtOnce();
    void cancelAndPause();
    void jobsWaitForOthers();
    void pipelinesAreQueuedWhole();
    void movesAndRemoves();
    void errorsAndEventsAreKept();
    void unknownJobsAreSaidSo();
};

namespace {

JobId add(const Project& project, const char* name) {
    return take(addJob(project, "score", Json{{"beta", 1}}, name));
}

void setHeartbeat(const TempProject& temp, std::int64_t ms) {
    SQLite::Database database(temp.file().string(), SQLite::OPEN_READWRITE);
    database.exec(cat("UPDATE job SET heartbeat_ms = ", ms));
}

} // namespace

void TestJobQueue::claimsInOrder() {
    TempProject temp;
    const auto a = add(temp.project(), "a");
    const auto b = add(temp.project(), "b");
    const auto first = take(claimJob(temp.project(), "elsewhere:1"));
    QVERIFY(first && first->id == a && first->state == JobState::Preparing);
    QCOMPARE(first->owner, "elsewhere:1");
    QVERIFY(first->spec == (Json{{"beta", 1}}));
    QVERIFY(nowMs() - first->heartbeatMs < 60'000);
    QVERIFY(take(claimJob(temp.project(), "elsewhere:1"))->id == b);
    QVERIFY(!take(claimJob(temp.project(), "elsewhere:1")).has_value());
    CRUX_OK(setJobState(temp.project(), a, JobState::Running));
    CRUX_OK(setJobProgress(temp.project(), a, 3, 10, "three", 12.5));
    const JobRecord row = take(job(temp.project(), a));
    QCOMPARE(row.progressDone, 3);
    QCOMPARE(row.message, "three");
    QCOMPARE(row.tokensPerSecond, 12.5);
    QCOMPARE(row.finishedMs, 0);
    CRUX_OK(setJobState(temp.project(), a, JobState::Done));
    QVERIFY(take(job(temp.project(), a)).finishedMs > 0);
    QVERIFY(!requeueJob(temp.project(), a).ok());
}

/// Several processes take jobs at once; each job is taken once.
void TestJobQueue::oneJobHasOneOwner() {
    TempProject temp;
    constexpr int kJobs = 40;
    for (int i = 0; i < kJobs; ++i)
        add(temp.project(), "j");
    const Path file = temp.file();
    temp.close();
    std::vector<pid_t> children;
    for (int i = 0; i < 3; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            auto project = Project::open(file, OpenMode::ReadWrite);
            if (!project.ok())
                ::_exit(255);
            int count = 0;
            while (true) {
                const auto claimed = claimJob(**project, cat("elsewhere:", i + 1));
                if (!claimed.ok())
                    ::_exit(254);
                if (!*claimed)
                    ::_exit(count);
                ++count;
            }
        }
        children.push_back(child);
    }
    int total = 0;
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        QVERIFY(WIFEXITED(status) && WEXITSTATUS(status) < 254);
        total += WEXITSTATUS(status);
    }
    QCOMPARE(total, kJobs);
}

void TestJobQueue::heartbeatEndsWithTheTakeover() {
    TempProject temp;
    const auto id = add(temp.project(), "a");
    QVERIFY(claimJob(temp.project(), id, "elsewhere:1").ok());
    CRUX_OK(heartbeat(temp.project(), id, "elsewhere:1"));
    QVERIFY(claimJob(temp.project(), id, "elsewhere:2").error().code == ErrorCode::Busy);
    setHeartbeat(temp, nowMs() - kLeaseMs - 1);
    QVERIFY(claimJob(temp.project(), id, "elsewhere:2").ok());
    QVERIFY(heartbeat(temp.project(), id, "elsewhere:1").error().code == ErrorCode::Mismatch);
    CRUX_OK(heartbeat(temp.project(), id, "elsewhere:2"));
}

void TestJobQueue::staleJobsAreInterruptedAndResumed() {
    TempProject temp;
    const auto id = add(temp.project(), "a");
    QVERIFY(claimJob(temp.project(), id, "elsewhere:1").ok());
    QCOMPARE(take(interruptStaleJobs(temp.project())), 0);
    setHeartbeat(temp, nowMs() - kLeaseMs - 1);
    QCOMPARE(take(interruptStaleJobs(temp.project())), 1);
    const JobRecord row = take(job(temp.project(), id));
    QVERIFY(row.state == JobState::Interrupted);
    QVERIFY(row.error && row.error->message.find("elsewhere:1") != std::string::npos);
    QVERIFY(claimJob(temp.project(), id, "elsewhere:2").error().code == ErrorCode::Busy);
    CRUX_OK(requeueJob(temp.project(), id));
    QVERIFY(!take(job(temp.project(), id)).error.has_value());
    QVERIFY(take(claimJob(temp.project(), "elsewhere:2")).has_value());
}

/// A job that takes its worker with it again and again stays; queued by hand it has its tries
/// again.
void TestJobQueue::crashedJobsAreTakenUpAFewTimes() {
    TempProject temp;
    const auto id = add(temp.project(), "a");
    const auto crash = [&] {
        QVERIFY(take(claimJob(temp.project(), "elsewhere:1")).has_value());
        setHeartbeat(temp, nowMs() - kLeaseMs - 1);
        QCOMPARE(take(interruptStaleJobs(temp.project())), 1);
    };
    const auto takenUp = [&] {
        std::set<std::int64_t> taken;
        const int count = take(requeueInterruptedJobs(temp.project(), taken));
        // Once in one go, whatever becomes of it.
        static_cast<void>(setJobState(temp.project(), id, JobState::Interrupted));
        const int again = take(requeueInterruptedJobs(temp.project(), taken));
        if (count == 1)
            static_cast<void>(setJobState(temp.project(), id, JobState::Queued));
        return again == 0 ? count : -1;
    };
    for (int i = 1; i < kMostCrashes; ++i) {
        crash();
        QCOMPARE(take(jobCrashes(temp.project(), id)), i);
        QCOMPARE(takenUp(), 1);
    }
    crash();
    QCOMPARE(takenUp(), 0);
    CRUX_OK(requeueJob(temp.project(), id));
    QCOMPARE(take(jobCrashes(temp.project(), id)), 0);
    crash();
    QCOMPARE(takenUp(), 1);
    for (const JobState state : {JobState::Stopped, JobState::Paused, JobState::Cancelled}) {
        CRUX_OK(setJobState(temp.project(), id, state));
        std::set<std::int64_t> taken;
        QCOMPARE(take(requeueInterruptedJobs(temp.project(), taken)), 0);
    }
}

/// Only deaths at which the job had come no farther than at one before are counted.
void TestJobQueue::jobsThatGetOnMayDieMoreOften() {
    TempProject temp;
    const auto id = add(temp.project(), "a");
    const auto crashAt = [&](int done) {
        CRUX_OK(setJobState(temp.project(), id, JobState::Queued));
        QVERIFY(take(claimJob(temp.project(), "elsewhere:1")).has_value());
        CRUX_OK(setJobProgress(temp.project(), id, done, 100, "", 0));
        setHeartbeat(temp, nowMs() - kLeaseMs - 1);
        QCOMPARE(take(interruptStaleJobs(temp.project())), 1);
    };
    for (int done = 1; done <= 2 * kMostCrashes; ++done) {
        crashAt(done);
        QCOMPARE(take(jobCrashes(temp.project(), id)), 1);
    }
    for (const int done : {3, 2 * kMostCrashes}) // back, then where it was
        crashAt(done);
    QCOMPARE(take(jobCrashes(temp.project(), id)), kMostCrashes);
    std::set<std::int64_t> taken;
    QCOMPARE(take(requeueInterruptedJobs(temp.project(), taken)), 0);
    CRUX_OK(forgetCrashes(temp.project(), id, "Part of its work is kept."));
    QCOMPARE(take(jobCrashes(temp.project(), id)), 0);
}

void TestJobQueue::deadLocalOwnersAreSeenAtOnce() {
    TempProject temp;
    const auto id = add(temp.project(), "a");
    const pid_t child = ::fork();
    if (child == 0)
        ::_exit(0);
    ::waitpid(child, nullptr, 0); // this pid is gone now
    const std::string mine = thisOwner();
    const std::string dead = mine.substr(0, mine.rfind(':') + 1) + cat(child);
    QVERIFY(!ownerIsGone(mine));
    QVERIFY(ownerIsGone(dead));
    QVERIFY(!ownerIsGone("elsewhere:1"));
    QVERIFY(!ownerIsGone("nonsense"));
    QVERIFY(claimJob(temp.project(), id, dead).ok());
    QCOMPARE(take(interruptStaleJobs(temp.project())),
             1); // its heartbeat is fresh, its process not
}

void TestJobQueue::cancelAndPause() {
    TempProject temp;
    const auto queued = add(temp.project(), "a");
    CRUX_OK(requestCancel(temp.project(), queued));
    QVERIFY(take(job(temp.project(), queued)).state == JobState::Cancelled);
    const auto running = add(temp.project(), "b");
    QVERIFY(claimJob(temp.project(), running, "elsewhere:1").ok());
    CRUX_OK(requestCancel(temp.project(), running));
    JobRecord row = take(job(temp.project(), running));
    QVERIFY(row.state == JobState::Stopping && row.cancelRequested);
    CRUX_OK(heartbeat(temp.project(), running, "elsewhere:1")); // still its owner's
    CRUX_OK(setJobState(temp.project(), running, JobState::Stopped));
    CRUX_OK(requeueJob(temp.project(), running));
    row = take(job(temp.project(), running));
    QVERIFY(row.state == JobState::Queued && !row.cancelRequested);
    CRUX_OK(requestPause(temp.project(), running));
    QVERIFY(take(job(temp.project(), running)).state == JobState::Paused);
    QVERIFY(!take(claimJob(temp.project(), "elsewhere:1")).has_value());
    // For good: whoever runs it finds out by its heartbeat.
    CRUX_OK(requeueJob(temp.project(), running));
    QVERIFY(claimJob(temp.project(), running, "elsewhere:1").ok());
    CRUX_OK(cancelJob(temp.project(), running));
    QVERIFY(take(job(temp.project(), running)).state == JobState::Cancelled);
    QVERIFY(heartbeat(temp.project(), running, "elsewhere:1").error().code == ErrorCode::Mismatch);
    CRUX_OK(setJobState(temp.project(), running, JobState::Done));
    CRUX_OK(cancelJob(temp.project(), running));
    QVERIFY(take(job(temp.project(), running)).state == JobState::Done); // what ended stays
}

void TestJobQueue::jobsWaitForOthers() {
    TempProject temp;
    const Project& project = temp.project();
    const auto first = add(project, "first");
    // What a spec takes from another job is waited for, and what is named besides.
    const auto second =
        take(addJob(project, "train", Json{{"data", jobReference(first)}}, "second"));
    const auto third = take(addJob(project, "score", Json::object(), "third", {second}));
    QVERIFY(addJob(project, "train", Json{{"data", "job:99"}}, "none").error().code ==
            ErrorCode::InvalidArgument);
    QCOMPARE(take(jobs(project)).size(), std::size_t{3}); // nothing of it stays
    QVERIFY(claimJob(project, second, "elsewhere:1").error().code == ErrorCode::Busy);
    QCOMPARE(take(claimJob(project, "elsewhere:1"))->id, first);
    QVERIFY(!take(claimJob(project, "elsewhere:1")).has_value());
    CRUX_OK(setJobState(project, first, JobState::Failed));
    QVERIFY(!take(claimJob(project, "elsewhere:1")).has_value());
    const JobRecord waiting = take(job(project, second));
    QVERIFY(waiting.state == JobState::Queued);
    const std::string sentence = waitingSentence(waiting);
    QVERIFY2(sentence.find("\"first\", which is failed: resume that one") != std::string::npos,
             sentence.c_str());
    QVERIFY(removeJob(project, first).error().code == ErrorCode::Busy);
    CRUX_OK(requeueJob(project, first));
    QCOMPARE(take(claimJob(project, "elsewhere:1"))->id, first);
    CRUX_OK(setJobOutputs(project, first, Json{{"preference", 7}}));
    CRUX_OK(setJobOutputs(project, first, Json{{"sft_pos", 8}}));
    CRUX_OK(setJobState(project, first, JobState::Done));
    QCOMPARE(take(job(project, first)).outputs, (Json{{"preference", 7}, {"sft_pos", 8}}));
    QCOMPARE(take(claimJob(project, "elsewhere:1"))->id, second);
    CRUX_OK(cancelJob(project, second));
    QVERIFY(!take(claimJob(project, "elsewhere:1")).has_value());
    QVERIFY(waitingSentence(take(job(project, third))).find("cancelled") != std::string::npos);
    QVERIFY(waitingSentence(take(job(project, second))).empty()); // not queued
    CRUX_OK(removeJob(project, third));
    CRUX_OK(removeJob(project, second));
}

void TestJobQueue::pipelinesAreQueuedWhole() {
    TempProject temp;
    const auto steps = take(parsePipeline(*parseJson(R"({"pipeline": [
        {"id": "data", "kind": "select"},
        {"id": "run", "name": "policy", "spec": {"method": "dpo", "data": "@data"}}]})")));
    const auto ids = take(addPipeline(temp.project(), steps));
    QCOMPARE(ids.size(), std::size_t{2});
    const JobRecord run = take(job(temp.project(), ids[1]));
    QCOMPARE(run.name, std::string("policy"));
    QCOMPARE(run.spec.at("data").get<std::string>(), jobReference(ids[0]));
    QCOMPARE(run.after.size(), std::size_t{1});
    QVERIFY(run.after[0].id == ids[0] && run.after[0].state == JobState::Queued);
    QCOMPARE(take(followersOf(temp.project(), ids[0])).size(), std::size_t{1});
}

void TestJobQueue::movesAndRemoves() {
    TempProject temp;
    const auto a = add(temp.project(), "a");
    const auto b = add(temp.project(), "b");
    const auto c = add(temp.project(), "c");
    const auto order = [&] {
        std::string names;
        for (const JobRecord& row : take(jobs(temp.project())))
            names += row.name;
        return names;
    };
    CRUX_OK(moveJob(temp.project(), c, -1));
    QCOMPARE(order(), "acb");
    CRUX_OK(moveJob(temp.project(), a, 100));
    QCOMPARE(order(), "cba");
    // Only queued jobs have places; one that is not in the queue is passed over.
    CRUX_OK(setJobState(temp.project(), b, JobState::Done));
    CRUX_OK(moveJob(temp.project(), a, -1));
    QCOMPARE(order(), "abc");
    QVERIFY(moveJob(temp.project(), b, 1).error().code == ErrorCode::InvalidArgument);
    CRUX_OK(moveJob(temp.project(), a, 1));
    QCOMPARE(order(), "cba");
    CRUX_OK(setJobState(temp.project(), b, JobState::Queued));
    QVERIFY(claimJob(temp.project(), b, "elsewhere:1").ok());
    QVERIFY(removeJob(temp.project(), b).error().code == ErrorCode::Busy);
    CRUX_OK(removeJob(temp.project(), c));
    QCOMPARE(order(), "ba");
}

void TestJobQueue::errorsAndEventsAreKept() {
    TempProject temp;
    const auto id = add(temp.project(), "a");
    const Error error{ErrorCode::OutOfMemory, "no memory", "job 1", "detail"};
    CRUX_OK(setJobState(temp.project(), id, JobState::Failed, error));
    const JobRecord row = take(job(temp.project(), id));
    QVERIFY(row.error && row.error->code == ErrorCode::OutOfMemory);
    QCOMPARE(row.error->message, error.message);
    JobEventRecord event;
    event.level = "warning";
    event.message = "first";
    CRUX_OK(addEvent(temp.project(), event));
    event.jobId = id;
    event.message = "second";
    event.fix = Json{{"action", "retry"}};
    CRUX_OK(addEvent(temp.project(), event));
    const auto all = take(events(temp.project(), {}, 0, 100));
    QCOMPARE(all.size(), std::size_t{2});
    QVERIFY(!all[0].jobId && all[1].jobId == id && all[1].fix["action"] == "retry");
    QCOMPARE(take(events(temp.project(), id, 0, 100)).size(), std::size_t{1});
    QVERIFY(take(events(temp.project(), {}, all[1].id, 100)).empty());
}

void TestJobQueue::unknownJobsAreSaidSo() {
    TempProject temp;
    const JobId none{77};
    QVERIFY(job(temp.project(), none).error().code == ErrorCode::NotFound);
    QVERIFY(setJobState(temp.project(), none, JobState::Done).error().code == ErrorCode::NotFound);
    QVERIFY(requestCancel(temp.project(), none).error().code == ErrorCode::NotFound);
    QVERIFY(requeueJob(temp.project(), none).error().code == ErrorCode::NotFound);
    QVERIFY(moveJob(temp.project(), none, 1).error().code == ErrorCode::NotFound);
    QCOMPARE(std::string(jobStateName(JobState::Interrupted)), "interrupted");
}

QTEST_APPLESS_MAIN(TestJobQueue)
#include "tst_job_queue.moc"
