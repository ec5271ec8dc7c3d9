// crux-cli project: create, info, check, vacuum and backup of a project file.
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "core/base/text_util.h"
#include "core/store/project.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace crux::cli {

namespace {

struct ProjectOptions {
    std::string file, target;
};

using ProjectBody = std::function<Status(const store::Project&, const ProjectOptions&)>;

/// `checks`: it is the check that is asked for, so a damaged file cannot be sent to it.
Status withProject(const ProjectOptions& options, store::OpenMode mode, bool checks,
                   const ProjectBody& body) {
    auto opened = store::Project::open(options.file, mode);
    if (!opened.ok() && checks && opened.error().message.find("project check") != std::string::npos)
        return fail(ErrorCode::Corrupt,
                    cat("The project ", options.file,
                        " is damaged so much that it cannot be opened; restore a backup."),
                    options.file, opened.error().message);
    CRUX_TRY(project, std::move(opened));
    if (mode != store::OpenMode::ReadOnly && project->readOnly())
        return fail(ErrorCode::ReadOnly, project->readOnlyReason(), options.file);
    return body(*project, options);
}

Status info(const store::Project& project, const ProjectOptions&) {
    CRUX_TRY(facts, store::projectInfo(project));
    std::cout << dumpJson(facts) << std::endl;
    return {};
}

Status check(const store::Project& project, const ProjectOptions& options) {
    CRUX_TRY(findings, store::checkProject(project));
    for (const std::string& finding : findings)
        std::cout << dumpJson({{"finding", finding}}) << "\n";
    if (!findings.empty())
        return fail(ErrorCode::Corrupt,
                    cat("The project ", options.file, " has ", findings.size(),
                        findings.size() == 1 ? " fault" : " faults",
                        ", listed above; restore a backup, or export what can be read."));
    std::cout << dumpJson({{"sound", true}}) << std::endl;
    return {};
}

Status vacuum(const store::Project& project, const ProjectOptions&) {
    const auto size = [&] {
        std::error_code code;
        const auto bytes = std::filesystem::file_size(project.file(), code);
        return code ? std::int64_t{0} : static_cast<std::int64_t>(bytes);
    };
    const std::int64_t before = size();
    CRUX_TRY_VOID(store::vacuumProject(project));
    std::cout << dumpJson({{"vacuumed", project.file().string()},
                           {"bytes_before", before},
                           {"bytes", size()}})
              << std::endl;
    return {};
}

Status backup(const store::Project& project, const ProjectOptions& options) {
    const Path file = options.file;
    const Path target = options.target.empty()
                            ? file.parent_path() / (file.stem().string() + ".backup.crux")
                            : Path(options.target);
    CRUX_TRY_VOID(store::backupProject(project, target));
    std::cout << dumpJson({{"backup", target.string()}}) << std::endl;
    return {};
}

void addAction(CLI::App& group, Session& session, const char* name, const char* doc,
               store::OpenMode mode, ProjectBody body) {
    auto options = std::make_shared<ProjectOptions>();
    CLI::App* command = group.add_subcommand(name, doc);
    command->add_option("file", options->file, "Project file, NAME.crux")->required();
    if (std::string(name) == "backup")
        command->add_option("target,-o,--output", options->target,
                            "Where to write the copy; left out: NAME.backup.crux beside the file");
    const bool checks = std::string(name) == "check";
    setBody(*command, session, [options, mode, checks, body = std::move(body)] {
        return withProject(*options, mode, checks, body);
    });
}

} // namespace

void addProject(CLI::App& app, Session& session) {
    CLI::App* group =
        app.add_subcommand("project", "Create, look at, check or copy a project file");
    group->require_subcommand(1);
    group->footer(
        "Example:\n  crux-cli project create work.crux\n  crux-cli project check work.crux");
    addAction(*group, session, "create", "Make a new, empty project file", store::OpenMode::Create,
              [](const store::Project& project, const ProjectOptions&) -> Status {
                  std::cout << dumpJson({{"created", project.file().string()}}) << std::endl;
                  return {};
              });
    addAction(*group, session, "info", "Counts, sizes and versions as one JSON object",
              store::OpenMode::ReadOnly, info);
    addAction(*group, session, "check", "Verify the whole file; exit 1 when it has faults",
              store::OpenMode::ReadOnly, check);
    addAction(*group, session, "vacuum", "Give free space back to the disk",
              store::OpenMode::ReadWrite, vacuum);
    addAction(*group, session, "backup", "Copy a project, also while others use it",
              store::OpenMode::ReadOnly, backup);
}

} // namespace crux::cli
