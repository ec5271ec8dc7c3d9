// crux-cli reproduce: draws branches and evaluations of a project once more from their records.
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/model_input.h"
#include "core/base/text_util.h"
#include "core/jobs/reproduce.h"
#include "core/jobs/reproduce_evaluation.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace crux::cli {

namespace {

struct ReproduceOptions {
    std::string file;
    std::vector<std::int64_t> ids;
    std::vector<std::string> evaluations;
    std::int64_t limit = 0;
};

/// How many came out differently.
Result<std::size_t> reproduceEvaluations(const ReproduceOptions& options,
                                         const store::Project& project, jobs::ModelCache& models,
                                         const CancelToken& cancel) {
    std::size_t different = 0;
    for (const std::string& name : options.evaluations) {
        CRUX_TRY(record, store::findEvaluation(project, name));
        CRUX_TRY(result,
                 jobs::reproduceEvaluation(project, models, record.id, options.limit, cancel));
        std::cout << dumpJson(jobs::toJson(project, result)) << std::endl;
        different += result.same() ? 0 : 1;
    }
    return different;
}

Status runReproduce(const ReproduceOptions& options, const CommonOptions& common) {
    if (options.ids.empty() && options.evaluations.empty())
        return fail(ErrorCode::Usage,
                    "reproduce needs trajectory ids of branches, or --evaluation.");
    CRUX_TRY(project, store::Project::open(options.file, store::OpenMode::ReadOnly));
    jobs::ModelCache models(computeOptions(common));
    const CancelToken cancel = cancelOnInterrupt();
    std::size_t different = 0;
    for (const std::int64_t id : options.ids) {
        CRUX_TRY(result, jobs::reproduceBranch(*project, models, TrajectoryId{id}, cancel));
        Json line = jobs::toJson(result);
        line["trajectory"] = id;
        std::cout << dumpJson(line) << std::endl;
        different += result.same() ? 0 : 1;
    }
    if (different > 0)
        return fail(ErrorCode::Mismatch,
                    cat(different, " of ", options.ids.size(), " branches came out differently."));
    CRUX_TRY(others, reproduceEvaluations(options, *project, models, cancel));
    if (others > 0)
        return fail(ErrorCode::Mismatch, cat(others, " of ", options.evaluations.size(),
                                             " evaluations came out differently."));
    return {};
}

} // namespace

void addReproduce(CLI::App& app, Session& session) {
    auto options = std::make_shared<ReproduceOptions>();
    CLI::App* command =
        app.add_subcommand("reproduce", "Draw branches and evaluations again and compare");
    command->add_option("file", options->file, "Project file")->required();
    command->add_option("ids", options->ids, "Trajectory ids of the branches");
    command->add_option("--evaluation", options->evaluations,
                        "Evaluations by id or name: every answer is drawn and graded again");
    command->add_option("--limit", options->limit,
                        "Only the first so many questions of an evaluation");
    addCommonOptions(*command, session.common);
    command->footer("Prints a line for each: whether the same tokens came, and where they differ.\n"
                    "Nothing is stored. Ends with 1 where one came out differently.\n"
                    "Example:\n  crux-cli reproduce work.crux 412 413\n"
                    "  crux-cli reproduce work.crux --evaluation base");
    setBody(*command, session,
            [options, &session] { return runReproduce(*options, session.common); });
}

} // namespace crux::cli
