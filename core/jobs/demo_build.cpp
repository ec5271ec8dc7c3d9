// Builds the demo project. Every step looks first whether it is done, and is one transaction.
#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/jobs/demo.h"
#include "core/jobs/demo_parts.h"
#include "core/jobs/grading.h"
#include "core/jobs/registry.h"
#include "core/jobs/token_rows.h"
#include "core/store/repositories.h"
#include "core/text/prompts.h"

#include <algorithm>
#include <limits>

namespace crux::jobs {

namespace {

constexpr const char* kGsmDataset = "GSM8K model solutions";
constexpr const char* kCliffDataset = "Cliff tokens (published)";
constexpr const char* kLayerName = "rollout correctness (published)";

Result<std::vector<Json>> jsonLines(const Path& file) {
    CRUX_TRY(bytes, readFile(file));
    std::vector<Json> rows;
    for (const std::string_view line : split(bytes, '\n')) {
        if (trimmed(line).empty())
            continue;
        auto row = parseJson(line);
        if (!row.ok() || !row->is_object())
            return fail(ErrorCode::Corrupt,
                        cat("The demo file ", file.string(), " is broken in line ", rows.size() + 1,
                            "; install Crux again."),
                        file.string());
        rows.push_back(std::move(*row));
    }
    return rows;
}

Result<bool> hasDataset(const store::Project& project, const std::string& name) {
    CRUX_TRY(all, store::datasets(project));
    return std::any_of(all.begin(), all.end(), [&](const auto& row) { return row.name == name; });
}

Result<DatasetId> newDataset(const store::Project& project, const std::string& name,
                             const std::string& kind, const Path& source) {
    store::DatasetRecord dataset;
    dataset.name = name;
    dataset.split = "test";
    dataset.sourcePath = source.string();
    dataset.kind = kind;
    dataset.promptTemplate = "gsm8k";
    dataset.createdMs = nowMs();
    return store::addDataset(project, dataset);
}

store::TrajectoryRecord wordTrajectory(const Json& row) {
    store::TrajectoryRecord record;
    record.source = Source::Sampled;
    record.sourceModel = kDemoModelName;
    record.prompt = row.at("prompt").get<std::string>();
    record.response = row.at("response").get<std::string>();
    record.ids = row.at("ids").get<std::vector<std::int32_t>>();
    record.promptTokens = row.at("prompt_tokens").get<std::int32_t>();
    record.publishedCorrect = row.at("correct").get<bool>();
    record.slip = row.at("slip").is_null() ? -1 : row.at("slip").get<std::int32_t>();
    record.finishReason = "stop";
    const std::string id = row.at("id").get<std::string>();
    record.sampleIndex = std::atoi(id.substr(id.find('_') + 1).c_str());
    record.provenance.params = {{"temperature", row.at("temperature")}, {"top_p", row.at("top_p")}};
    if (row.contains("mended"))
        record.provenance.params[kMended] = row.at("mended");
    return record;
}

Status addWordProblems(const store::Project& project, const Path& resources,
                       const text::Tokenizer& tokenizer, ModelId modelId) {
    CRUX_TRY(done, hasDataset(project, kWordDataset));
    if (done)
        return {};
    CRUX_TRY(questionRows, jsonLines(resources / "questions.jsonl"));
    CRUX_TRY(trajectoryRows, jsonLines(resources / "trajectories.jsonl"));
    CRUX_TRY(model, store::model(project, modelId));
    return project.write([&]() -> Status {
        CRUX_TRY(dataset,
                 newDataset(project, kWordDataset, "wordproblems", resources / "questions.jsonl"));
        std::map<std::int64_t, store::QuestionRecord> byId;
        for (const Json& row : questionRows) {
            store::QuestionRecord question;
            question.datasetId = dataset;
            const auto id = row.at("id").get<std::int64_t>();
            question.externalId = cat(id);
            question.text = row.at("question").get<std::string>();
            question.gold = row.at("answer").get<std::string>();
            question.solution = row.at("solution").get<std::string>();
            CRUX_TRY(added, store::addQuestion(project, question));
            question.id = added;
            byId[id] = std::move(question);
        }
        for (const Json& row : trajectoryRows) {
            const auto question = byId.find(row.at("question_id").get<std::int64_t>());
            if (question == byId.end())
                continue;
            store::TrajectoryRecord record = wordTrajectory(row);
            record.questionId = question->second.id;
            record.datasetId = dataset;
            record.modelId = modelId;
            record.createdMs = nowMs();
            CRUX_TRY(tokens, alignRow(tokenizer, record.ids, record.promptTokens, record.prompt,
                                      record.response));
            record.offsets = std::move(tokens.offsets);
            record.tokenizerHash = model.tokenizerHash;
            gradeInto(record, question->second, text::GradeTask::Gsm8k);
            CRUX_TRY_VOID(store::addTrajectory(project, record));
        }
        return {};
    });
}

Status addGsmPage(const store::Project& project, const Path& resources) {
    CRUX_TRY(done, hasDataset(project, kGsmDataset));
    if (done)
        return {};
    const Path file = resources / "gsm8k_page.jsonl";
    CRUX_TRY(rows, jsonLines(file));
    const text::PromptTemplate* shape = text::promptTemplate("gsm8k");
    return project.write([&]() -> Status {
        CRUX_TRY(dataset, newDataset(project, kGsmDataset, "gsm8k-solutions", file));
        std::int64_t number = 0;
        for (const Json& row : rows) {
            store::QuestionRecord question;
            question.datasetId = dataset;
            question.externalId = cat(++number);
            question.text = row.at("question").get<std::string>();
            question.solution = row.at("ground_truth").get<std::string>();
            question.gold = text::gsm8kGold(question.solution);
            CRUX_TRY(added, store::addQuestion(project, question));
            std::int32_t sample = 0;
            for (const char* maker :
                 {"6b_finetuning", "6b_verification", "175b_finetuning", "175b_verification"}) {
                const Json& solution = row.at(maker);
                store::TrajectoryRecord record;
                record.questionId = added;
                record.datasetId = dataset;
                record.sampleIndex = sample++;
                record.sourceModel = maker;
                record.prompt = shape ? text::renderPrompt(*shape, question.text)
                                      : "Question: " + question.text + "\nAnswer: ";
                record.response = solution.at("solution").get<std::string>();
                record.publishedCorrect = solution.at("is_correct").get<bool>();
                record.createdMs = nowMs();
                gradeInto(record, question, text::GradeTask::Gsm8k);
                CRUX_TRY_VOID(store::addTrajectory(project, record));
            }
        }
        return {};
    });
}

/// Published tokens and the share of right rollouts after each; the last token has none.
Status addCliffTrajectory(const store::Project& project, const Path& file, DatasetId dataset,
                          LayerId layer) {
    CRUX_TRY(rows, readFile(file));
    CRUX_TRY(row, parseJson(rows));
    store::QuestionRecord question;
    question.datasetId = dataset;
    question.externalId = row.at("problem_id").get<std::string>();
    question.text = row.at("question").get<std::string>();
    question.gold = row.at("golden_answer").at(0).get<std::string>();
    CRUX_TRY(questionId, store::addQuestion(project, question));
    store::TrajectoryRecord record;
    record.questionId = questionId;
    record.datasetId = dataset;
    record.sourceModel = row.at("_model").get<std::string>();
    record.response = row.at("response").get<std::string>();
    record.ids = row.at("response_token_ids").get<std::vector<std::int32_t>>();
    std::int32_t at = 0;
    for (const Json& token : row.at("response_tokens")) {
        record.offsets.push_back(at);
        at += static_cast<std::int32_t>(token.get_ref<const std::string&>().size());
        record.offsets.push_back(at);
    }
    record.publishedCorrect = row.at("is_correct").get<bool>();
    record.createdMs = nowMs();
    gradeInto(record, question, text::GradeTask::Math); // these answers are boxed
    CRUX_TRY(id, store::addTrajectory(project, record));
    auto values = row.at("all_position_scores").get<std::vector<float>>();
    values.resize(record.ids.size(), std::numeric_limits<float>::quiet_NaN());
    return store::saveLayerValues(project, layer, id, values);
}

Status addCliffTokens(const store::Project& project, const Path& resources) {
    CRUX_TRY(done, hasDataset(project, kCliffDataset));
    if (done)
        return {};
    const Path folder = resources / "cliff_tokens";
    std::vector<Path> files;
    std::error_code code;
    for (const auto& entry : std::filesystem::directory_iterator(folder, code))
        if (entry.path().extension() == ".json")
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    if (files.empty())
        return fail(ErrorCode::NotFound,
                    cat("The demo folder ", folder.string(), " is empty; install Crux again."));
    return project.write([&]() -> Status {
        CRUX_TRY(dataset, newDataset(project, kCliffDataset, "cliff", folder));
        store::LayerRecord layer;
        layer.name = kLayerName;
        layer.kind = "rollout_correctness";
        layer.lowMeans = "no rollout right";
        layer.highMeans = "every rollout right";
        layer.source = "beaver-22/Cliff-token (arXiv 2606.25524), 64 rollouts a token";
        CRUX_TRY(layerId, store::addLayer(project, layer));
        for (const Path& file : files)
            CRUX_TRY_VOID(addCliffTrajectory(project, file, dataset, layerId));
        return {};
    });
}

/// Json::at throws on a field that is not there: resources that someone changed.
template <typename Body> Status guarded(const Path& resources, const Body& body) {
    try {
        return body();
    } catch (const Json::exception& thrown) {
        return fail(ErrorCode::Corrupt,
                    cat("The demo files in ", resources.string(),
                        " are not those of this version; install Crux again."),
                    resources.string(), thrown.what());
    }
}

} // namespace

Result<std::unique_ptr<store::Project>> openDemo(const Path& file) {
    std::error_code code;
    const bool there = std::filesystem::exists(file, code);
    CRUX_TRY(project, store::Project::open(file, there ? store::OpenMode::ReadWrite
                                                       : store::OpenMode::Create));
    if (project->readOnly())
        return fail(ErrorCode::ReadOnly, project->readOnlyReason(), file.string());
    CRUX_TRY(mark, store::setting(*project, kDemoSetting));
    if (there && mark.empty())
        return fail(ErrorCode::InvalidArgument,
                    cat("The project ", file.string(),
                        " is not a demo project; name a file that does not exist yet."),
                    file.string());
    if (!there)
        CRUX_TRY_VOID(store::setSetting(*project, kDemoSetting, "1"));
    return project;
}

Result<DemoModels> fillDemo(store::Project& project, const Path& resources, ModelCache& models) {
    DemoModels ids;
    CRUX_TRY(model, registerModel(project, resources / "model", kDemoModelName));
    ids.model = model;
    CRUX_TRY(positive,
             registerAdapter(project, resources / "positive", model, "positive", "positive"));
    CRUX_TRY(negative,
             registerAdapter(project, resources / "negative", model, "negative", "negative"));
    ids.positive = positive;
    ids.negative = negative;
    std::error_code code;
    for (const char* policy : kDemoPolicies)
        if (std::filesystem::exists(resources / policy, code))
            CRUX_TRY_VOID(registerAdapter(project, resources / policy, model, "policy", policy));
    CRUX_TRY(tokenizer, models.tokenizer(project, model));
    const Status filled = guarded(resources, [&]() -> Status {
        CRUX_TRY_VOID(addWordProblems(project, resources, *tokenizer, model));
        CRUX_TRY_VOID(addGsmPage(project, resources));
        return addCliffTokens(project, resources);
    });
    CRUX_TRY_VOID(filled);
    return ids;
}

Result<store::JobRecord> runDemoJob(store::Project& project, ModelCache& models, const DemoJob& job,
                                    const DemoWords& words, const DemoProgress& progress,
                                    const CancelToken& cancel) {
    CRUX_TRY(id, store::addJob(project, job.kind, job.spec, job.name));
    RunnerOptions options;
    options.owner = ownerName();
    options.onProgress = [&](const store::JobRecord& row) {
        if (progress)
            progress(row.progressDone, row.progressTotal, words.progress);
    };
    CRUX_TRY(row, runThisJob(project, id, models, options, cancel));
    if (row.state == store::JobState::Done)
        return row;
    if (row.error)
        return fail(*row.error);
    return fail(ErrorCode::Cancelled,
                cat("The demo was stopped while ", words.doing, "; run it again."));
}

Result<store::JobRecord> scoreDemo(store::Project& project, ModelCache& models,
                                   const DemoProgress& progress, const CancelToken& cancel) {
    const Json spec{{"model", kDemoModelName},
                    {"positive", "positive"},
                    {"negative", "negative"},
                    {"policy", "base"},
                    {"top_k", 20},
                    {"details", true},
                    {"dataset", kWordDataset}};
    return runDemoJob(project, models, {"score", spec, "Score the word problems"},
                      {"scoring word problems", "scoring"}, progress, cancel);
}

Result<Json> buildDemo(const Path& file, const Path& resources, ModelCache& models,
                       const DemoProgress& progress, const CancelToken& cancel) {
    CRUX_TRY(project, openDemo(file));
    CRUX_TRY(ids, fillDemo(*project, resources, models));
    CRUX_TRY(sets, store::scoreSets(*project));
    CRUX_TRY(wanted, demoTrajectories(*project));
    bool scored = false;
    for (const store::ScoreSetRecord& set : sets) {
        CRUX_TRY(left, store::unscored(*project, set.id, wanted));
        scored = scored || left.empty();
    }
    if (!scored)
        CRUX_TRY_VOID(scoreDemo(*project, models, progress, cancel));
    CRUX_TRY(forked, store::setting(*project, kDemoBranchesSetting));
    if (forked.empty()) {
        CRUX_TRY(forks, forkAtSlips(*project, models, ids, 5, progress, cancel));
        CRUX_TRY_VOID(store::setSetting(*project, kDemoBranchesSetting, cat(forks.size())));
    }
    CRUX_TRY(searched, store::setting(*project, kDemoSearchSetting));
    if (searched.empty()) {
        CRUX_TRY_VOID(searchDemo(*project, models, progress, cancel));
        CRUX_TRY_VOID(store::setSetting(*project, kDemoSearchSetting, "1"));
    }
    CRUX_TRY(trained, store::setting(*project, kDemoTrainSetting));
    if (trained.empty()) {
        CRUX_TRY_VOID(trainDemo(*project, models, progress, cancel));
        CRUX_TRY_VOID(store::setSetting(*project, kDemoTrainSetting, "1"));
    }
    return store::projectInfo(*project);
}

} // namespace crux::jobs
