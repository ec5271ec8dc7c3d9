// crux-cli reproduce: draws branches of a project once more from their records.
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/model_input.h"
#include "core/base/text_util.h"
#include "core/jobs/reproduce.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace crux::cli {

namespace {

struct ReproduceOptions {
    std::string file;
    std::vector<std::int64_t> ids;
};

Status runReproduce(const ReproduceOptions& options, const CommonOptions& common) {
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
    return {};
}

} // namespace

void addReproduce(CLI::App& app, Session& session) {
    auto options = std::make_shared<ReproduceOptions>();
    CLI::App* command =
        app.add_subcommand("reproduce", "Draw branches again from their records and compare");
    command->add_option("file", options->file, "Project file")->required();
    command->add_option("ids", options->ids, "Trajectory ids of the branches")->required();
    addCommonOptions(*command, session.common);
    command->footer("Prints a line for each: whether the same tokens came, and where they differ.\n"
                    "Nothing is stored. Ends with 1 where one came out differently.\n"
                    "Example:\n  crux-cli reproduce work.crux 412 413");
    setBody(*command, session,
            [options, &session] { return runReproduce(*options, session.common); });
}

} // namespace crux::cli
