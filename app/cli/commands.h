// The commands' entry points, one source file each (cmd_*.cpp).
#pragma once

namespace CLI {
class App;
}

namespace crux::cli {

struct Session;

void addTokenize(CLI::App& app, Session& session);
void addDetokenize(CLI::App& app, Session& session);
void addLogprobs(CLI::App& app, Session& session);
void addContrast(CLI::App& app, Session& session);
void addGenerate(CLI::App& app, Session& session);
void addGrade(CLI::App& app, Session& session);
void addSelftest(CLI::App& app, Session& session);
void addDoctor(CLI::App& app, Session& session);
void addInitModel(CLI::App& app, Session& session);
void addProject(CLI::App& app, Session& session);
void addImport(CLI::App& app, Session& session);
void addExport(CLI::App& app, Session& session);
void addSample(CLI::App& app, Session& session);
void addSelect(CLI::App& app, Session& session);
void addScore(CLI::App& app, Session& session);
void addSearch(CLI::App& app, Session& session);
void addEvaluate(CLI::App& app, Session& session);
void addCompare(CLI::App& app, Session& session);
void addTrain(CLI::App& app, Session& session);
void addSpec(CLI::App& app, Session& session);
void addWorker(CLI::App& app, Session& session);
void addJobs(CLI::App& app, Session& session);
void addReproduce(CLI::App& app, Session& session);
void addDemo(CLI::App& app, Session& session);

} // namespace crux::cli
