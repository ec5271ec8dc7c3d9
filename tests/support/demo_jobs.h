// The demo's files, and jobs run in this process: what the tests of all jobs begin with.
#pragma once

#include "core/jobs/facade.h"
#include "core/spec/params.h"
#include "support/temp_project.h"
#include "support/test_paths.h"

#include <string>
#include <vector>

namespace crux::test {

/// A file or folder of the demo.
inline std::string demo(const char* part) {
    return (demoDir() + QLatin1Char('/') + QString::fromLatin1(part)).toStdString();
}

/// The first rows of one of the demo's JSON Lines files.
inline std::vector<Json> demoLines(const char* file, std::size_t most) {
    std::vector<Json> rows;
    const std::string bytes = take(readFile(demo(file)));
    for (const std::string_view line : split(bytes, '\n'))
        if (!line.empty() && rows.size() < most)
            rows.push_back(take(parseJson(line)));
    return rows;
}

/// One thread: threads that wait for each other crawl when other work shares the cores.
inline std::unique_ptr<jobs::ModelCache> modelsOnOneThread() {
    return std::make_unique<jobs::ModelCache>(engine::ComputeOptions{"cpu", "float32", 1});
}

/// Queues a job and runs it here; its row afterwards.
inline store::JobRecord runJobHere(store::Project& project, jobs::ModelCache& models,
                                   const std::string& kind, const Json& spec,
                                   jobs::RunnerOptions options = {},
                                   const CancelToken& cancel = {}) {
    const JobId id = take(store::addJob(project, kind, spec, kind));
    options.owner = jobs::ownerName();
    return take(jobs::runThisJob(project, id, models, options, cancel));
}

/// A spec with this one value is refused by name, and without it, it is not.
inline void refusesValue(const char* kind, const QByteArray& key, const QByteArray& value) {
    Json spec = Json::object();
    spec[key.toStdString()] = take(parseJson(value.toStdString()));
    const auto complete = completeSpec(kind, spec);
    QVERIFY(!complete.ok());
    QVERIFY(complete.error().message.find(key.toStdString()) != std::string::npos);
    QVERIFY(completeSpec(kind, Json::object()).ok());
}

} // namespace crux::test
