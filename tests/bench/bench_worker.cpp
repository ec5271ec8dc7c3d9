// From the window's key press to the first new token, through a real crux-worker on the demo
// project: idle, and while a score job runs. The yardstick is one decoding step of the same model
// in the same run (the time between two tokens). Also: start of the worker, first paint of the
// window.
#include "core/base/text_util.h"
#include "core/store/project.h"
#include "core/store/repositories.h"
#include "support/worker_peer.h"

#include <QCoreApplication>
#include <QDir>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>

using namespace crux;
using crux::test::WorkerPeer;

namespace {

QString program(const char* name) {
    return QStringLiteral(CRUX_BINARY_DIR "/bin/") + QString::fromLatin1(name);
}

[[noreturn]] void stop(const std::string& why) {
    std::fprintf(stderr, "bench_worker: %s\n", why.c_str());
    std::exit(1);
}

template <typename T> T take(Result<T> result) {
    if (!result)
        stop(result.error().message);
    return std::move(*result);
}

double percentile(std::vector<double> values, double share) {
    std::sort(values.begin(), values.end());
    const auto last = static_cast<double>(values.size() - 1);
    return values.empty() ? 0 : values[static_cast<std::size_t>(share * last + 0.5)];
}

void report(const char* what, const std::vector<double>& ms, double targetMs) {
    std::printf("%-52s median %7.1f ms, p95 %7.1f ms, worst %7.1f ms (%zu times; target %g ms)\n",
                what, percentile(ms, 0.5), percentile(ms, 0.95), percentile(ms, 1), ms.size(),
                targetMs);
    std::fflush(stdout);
}

void runCli(const QStringList& arguments) {
    QProcess process;
    process.setStandardOutputFile(QProcess::nullDevice());
    process.setStandardErrorFile(QProcess::nullDevice());
    process.start(program("crux-cli"), arguments);
    if (!process.waitForFinished(-1) || process.exitCode() != 0)
        stop(cat("crux-cli ", arguments.value(0).toStdString(), " failed"));
}

/// A place of a trajectory where another token is forced: a few tokens into the response.
struct Place {
    std::int64_t trajectory;
    std::int64_t position;
};

std::vector<Place> placesOf(const QString& file, std::size_t count) {
    auto project = take(store::Project::open(file.toStdString(), store::OpenMode::ReadOnly));
    store::TrajectoryQuery query;
    query.filter = "verdict=wrong";
    std::vector<Place> places;
    for (const TrajectoryId id : take(store::trajectoryIds(*project, query))) {
        const auto row = take(store::trajectory(*project, id));
        const auto length = static_cast<std::int64_t>(row.ids.size());
        if (row.promptTokens + 12 >= length)
            continue;
        const auto offset = static_cast<std::int64_t>(places.size() % 8);
        places.push_back({id.value, row.promptTokens + 2 + offset});
        if (places.size() == count)
            break;
    }
    return places;
}

class Worker {
public:
    explicit Worker(const QString& file)
        : m_peer(program("crux-worker")) {
        call("hello", {{"protocol", 1}});
        call("open_project", {{"path", file.toStdString()}});
    }

    Json call(const char* method, const Json& params) {
        const Json reply = m_peer.call(++m_id, method, params);
        if (!reply.contains("result"))
            stop(cat(method, ": ", dumpJson(reply)));
        return reply;
    }

    /// Forces token 100 + i there; ms to the first token that was drawn, not forced.
    double force(const Place& place, int i) {
        QElapsedTimer timer;
        timer.start();
        m_peer.send(++m_id, "continue",
                    {{"trajectory_id", place.trajectory},
                     {"position", place.position},
                     {"force_ids", {100 + i}},
                     {"continue", true},
                     {"sampling", {{"temperature", 0}, {"max_new_tokens", 24}}}});
        if (!m_peer.firstTokens(m_id))
            stop(cat("continue brought no token: ", dumpJson(m_peer.reply(m_id))));
        const double ms = static_cast<double>(timer.nsecsElapsed()) / 1e6;
        m_peer.reply(m_id);
        m_peer.forgetNotes();
        return ms;
    }

private:
    WorkerPeer m_peer;
    int m_id = 0;
};

void forceEverywhere(const char* what, Worker& worker, const std::vector<Place>& places,
                     double target) {
    worker.force(places[0], 0); // loads the model
    std::vector<double> ms;
    for (std::size_t i = 1; i < places.size(); ++i)
        ms.push_back(worker.force(places[i], static_cast<int>(i)));
    report(what, ms, target);
}

void windowStarts(const QString& home) {
    std::vector<double> ms;
    for (int i = 0; i < 6; ++i) {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("CRUX_TIME_FIRST_PAINT"), QStringLiteral("1"));
        environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
        environment.insert(QStringLiteral("HOME"), home);
        process.setProcessEnvironment(environment);
        process.setProcessChannelMode(QProcess::MergedChannels);
        QElapsedTimer timer;
        timer.start();
        process.start(program("crux"), QStringList{});
        QByteArray said;
        while (!said.contains("first paint") && process.waitForReadyRead(20'000))
            said += process.readAll();
        if (!said.contains("first paint"))
            stop("the window painted nothing");
        if (i > 0) // the first reads the programs from the disk
            ms.push_back(static_cast<double>(timer.nsecsElapsed()) / 1e6);
        process.kill();
        process.waitForFinished();
    }
    report("window: process start to first paint", ms, 500);
}

} // namespace

int main(int argc, char** argv) {
    const QCoreApplication application(argc, argv);
    const QTemporaryDir folder;
    windowStarts(folder.path());
    const QString file = folder.filePath(QStringLiteral("demo.crux"));
    runCli({QStringLiteral("demo"), QStringLiteral("build"), file});
    const auto places = placesOf(file, 61);
    if (places.size() < 20)
        stop("the demo project has too few wrong trajectories");
    {
        Worker worker(file);
        forceEverywhere("forced token to first new token, idle", worker, places, 50);
    }
    const QString demo = QStringLiteral(CRUX_SOURCE_DIR "/resources/demo/");
    for (int i = 0; i < 8; ++i) // more work than the measurement takes
        runCli({QStringLiteral("score"), file, QStringLiteral("--model"),
                demo + QStringLiteral("model"), QStringLiteral("--positive"),
                demo + QStringLiteral("positive"), QStringLiteral("--negative"),
                demo + QStringLiteral("negative"), QStringLiteral("--beta"),
                QString::number(0.5 + 0.05 * i), QStringLiteral("--enqueue")});
    Worker worker(file);
    worker.call("run_jobs", Json::object());
    forceEverywhere("the same while score jobs run", worker, places, 300);
    return 0;
}
