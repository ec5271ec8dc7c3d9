// Queue a job and, unless only queued, run it in this process and wait.
#pragma once

#include "app/cli/command.h"
#include "core/base/json.h"
#include "core/jobs/facade.h"

#include <memory>

namespace crux::cli {

/// Opens a project for writing; a project that is newer or read-only is refused with its reason.
Result<std::unique_ptr<store::Project>> openForWriting(const std::string& file);

/// The --spec file's JSON object, or an empty one for an empty name.
Result<Json> specFromFile(const std::string& file);

/// Writes what a job that ran here made, before its row.
using ResultPrinter = std::function<Status(const store::Project&, JobId)>;

/// Completes and checks the spec (a fault is Usage), adds the job row and runs it here with a
/// progress bar, or only queues it. Prints {"job","state",..} and, when it failed, returns its
/// Error.
Status queueOrRun(const std::string& file, const std::string& kind, const Json& spec,
                  const std::string& name, bool enqueue, const CommonOptions& common,
                  const ResultPrinter& print = {});

/// A job to queue: its spec and its name.
struct NamedSpec {
    Json spec;
    std::string name;
};
/// Several of one kind: all are checked and queued, then run here one after the other with the
/// models kept loaded. One that fails is said and does not keep the others; the call then fails
/// too.
Status queueOrRunEach(const std::string& file, const std::string& kind,
                      const std::vector<NamedSpec>& jobs, bool enqueue, const CommonOptions& common,
                      const ResultPrinter& print = {});

/// The same for a pipeline ({"pipeline": [..]}): all steps are queued together, then run here in
/// their order; the first that does not end well ends the call, and those after it go on waiting.
Status queueOrRunPipeline(const std::string& file, const Json& pipeline, bool enqueue,
                          const CommonOptions& common, const ResultPrinter& print = {});

/// A folder as an absolute path, so that the job's row means the same to a worker started
/// elsewhere; a name stays.
Json pathOrName(const std::string& text);

/// How a job row is shown on a line of its own.
Json jobJson(const store::JobRecord& job);

} // namespace crux::cli
