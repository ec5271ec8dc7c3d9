// crux-cli demo: build the demo project, or run its main job and write a report.
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/model_input.h"
#include "app/cli/progress_bar.h"
#include "core/base/files.h"
#include "core/base/text_util.h"
#include "core/jobs/demo.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace crux::cli {

namespace {

struct DemoOptions {
    std::string file, resources, out = "demo";
};

/// Said, else beside the installed program, else in the source tree it was built from.
Path resourcesFolder(const std::string& said) {
    if (!said.empty())
        return said;
    std::error_code code;
    const Path program = std::filesystem::read_symlink("/proc/self/exe", code).parent_path();
    for (const Path& candidate : {program / "../share/crux/demo", program / "resources/demo",
                                  Path(CRUX_SOURCE_ROOT) / "resources/demo"})
        if (std::filesystem::exists(candidate / "trajectories.jsonl", code))
            return std::filesystem::weakly_canonical(candidate, code);
    return Path(CRUX_SOURCE_ROOT) / "resources/demo";
}

/// Models and progress of a demo command.
class DemoRun {
public:
    explicit DemoRun(const CommonOptions& common)
        : m_models(computeOptions(common)) {
        m_models.setObserver([](const jobs::ModelState& state) {
            if (state.state == "ready")
                printNote(cat("model ", state.name, ": on ", state.info.device, " in ",
                              state.info.dtype));
        });
    }
    jobs::ModelCache& models() { return m_models; }
    jobs::DemoProgress progress() {
        return [this](std::int64_t done, std::int64_t total, const std::string& what) {
            m_bar.update(done, total, what);
        };
    }
    void clear() { m_bar.clear(); }

private:
    jobs::ModelCache m_models;
    ProgressBar m_bar{""};
};

Status buildDemo(const DemoOptions& options, const Session& session) {
    DemoRun run(session.common);
    const auto built = jobs::buildDemo(options.file, resourcesFolder(options.resources),
                                       run.models(), run.progress(), cancelOnInterrupt());
    run.clear();
    if (!built.ok())
        return fail(built.error());
    std::cout << dumpJson(*built) << std::endl;
    return {};
}

Status runDemo(const DemoOptions& options, const Session& session) {
    DemoRun run(session.common);
    const auto figures = jobs::runDemo(options.out, resourcesFolder(options.resources),
                                       run.models(), run.progress(), cancelOnInterrupt());
    run.clear();
    if (!figures.ok())
        return fail(figures.error());
    std::cout << dumpJson(jobs::toJson(*figures)) << std::endl;
    for (const std::string& line : jobs::sentences(*figures))
        printNote(line);
    if (!figures->passed())
        return fail(ErrorCode::Internal,
                    cat("Only ", figures->lowestIsSlip, " of ", figures->wrong,
                        " wrong trajectories have their lowest score at the slip; the scores are "
                        "not to be trusted (run crux-cli selftest)."));
    return {};
}

/// The page the window shows too, as it is: Markdown.
Status printStudy(const DemoOptions& options) {
    CRUX_TRY(text, readFile(resourcesFolder(options.resources) / "STUDY.md"));
    std::cout << text << std::flush;
    return {};
}

} // namespace

void addDemo(CLI::App& app, Session& session) {
    auto options = std::make_shared<DemoOptions>();
    CLI::App* group = app.add_subcommand("demo", "The demo project and its main job");
    group->require_subcommand(1);
    group->footer("Example:\n  crux-cli demo run --out /tmp/demo");
    CLI::App* build = group->add_subcommand("build", "Build the demo project, with live scores");
    build->add_option("file", options->file, "Project file to make or complete")->required();
    build->add_option("--resources", options->resources, "Folder resources/demo");
    addCommonOptions(*build, session.common);
    build->footer("Run again it completes what is missing and changes nothing else.\n"
                  "Example:\n  crux-cli demo build demo.crux");
    setBody(*build, session, [options, &session] { return buildDemo(*options, session); });
    CLI::App* run = group->add_subcommand(
        "run", "Score wrong trajectories live, force right tokens at 20 slips, write report.html");
    run->add_option("--out", options->out, "Folder for demo.crux and report.html")
        ->capture_default_str();
    run->add_option("--resources", options->resources, "Folder resources/demo");
    addCommonOptions(*run, session.common);
    run->footer("Exit 1 unless most wrong trajectories have their lowest score at the slip.\n"
                "Example:\n  crux-cli demo run --out /tmp/demo");
    setBody(*run, session, [options, &session] { return runDemo(*options, session); });
    CLI::App* study = group->add_subcommand(
        "study", "Print what methods and detectors measured on the demo (Markdown)");
    study->add_option("--resources", options->resources, "Folder resources/demo");
    study->footer("Example:\n  crux-cli demo study");
    setBody(*study, session, [options] { return printStudy(*options); });
}

} // namespace crux::cli
