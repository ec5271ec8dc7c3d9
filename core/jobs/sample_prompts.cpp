#include "core/jobs/sample_prompts.h"

#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/jobs/grading.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <set>

namespace crux::jobs {

namespace {

constexpr std::int64_t kPage = 1000;
constexpr std::size_t kMaxExampleBytes = 16u << 20;

Failure noDataset(const std::string& name) {
    return fail(ErrorCode::NotFound, cat("The project has no dataset \"", name,
                                         "\"; `crux-cli project info` lists them."));
}

/// All questions of a dataset, by id.
Result<std::vector<store::QuestionRecord>> questionsOf(const store::Project& project,
                                                       DatasetId dataset) {
    std::vector<store::QuestionRecord> all;
    for (;;) {
        CRUX_TRY(page, store::questions(project, dataset, std::ssize(all), kPage));
        const bool last = std::ssize(page) < kPage;
        std::move(page.begin(), page.end(), std::back_inserter(all));
        if (last)
            return all;
    }
}

Result<std::vector<store::QuestionRecord>>
namedQuestions(const store::Project& project, DatasetId dataset, const std::string& list) {
    std::vector<store::QuestionRecord> all;
    for (const std::string_view part : split(list, ',')) {
        const std::string name(trimmed(part));
        if (name.empty())
            continue;
        CRUX_TRY(question, store::findQuestion(project, dataset, name));
        if (!question)
            return fail(ErrorCode::NotFound,
                        cat("The dataset has no question \"", name,
                            "\"; name questions by the ids of their file, such as 600,612."),
                        name);
        if (std::none_of(all.begin(), all.end(),
                         [&](const auto& one) { return one.id == question->id; }))
            all.push_back(std::move(*question));
    }
    return all;
}

/// Questions that a trajectory matching the filter answers; of one dataset, or of all.
Result<std::vector<store::QuestionRecord>>
questionsWhere(const store::Project& project, const std::string& where, DatasetId dataset) {
    store::TrajectoryQuery query;
    query.filter = where;
    CRUX_TRY(sets, store::scoreSets(project));
    if (!sets.empty()) // what min_s and candidates mean in a filter: those of the newest set
        query.scoreSet = sets.back().id;
    CRUX_TRY(ids, store::trajectoryIds(project, query));
    CRUX_TRY(rows, store::trajectorySummaries(project, ids, {}));
    std::set<std::int64_t> wanted;
    for (const store::TrajectorySummary& row : rows)
        if (!dataset || row.datasetId == dataset)
            wanted.insert(row.questionId.value);
    std::vector<store::QuestionRecord> all;
    for (const std::int64_t id : wanted) {
        CRUX_TRY(question, store::question(project, QuestionId{id}));
        all.push_back(std::move(question));
    }
    return all;
}

Result<std::vector<text::WorkedExample>> examplesFromFile(const text::PromptTemplate& shape,
                                                          const std::string& file) {
    CRUX_TRY(bytes, readFile(file, kMaxExampleBytes));
    std::vector<text::WorkedExample> examples;
    int number = 0;
    for (const std::string_view line : split(bytes, '\n')) {
        ++number;
        if (trimmed(line).empty())
            continue;
        const auto row = parseJson(line);
        const auto field = [&](const char* key) {
            return row->contains(key) && row->at(key).is_string() ? row->at(key).get<std::string>()
                                                                  : std::string();
        };
        if (!row.ok() || !row->is_object() || field("question").empty())
            return fail(ErrorCode::InvalidArgument,
                        cat("Line ", number, " of the examples ", file,
                            " is no JSON object with a \"question\" and a \"response\"."),
                        file);
        std::string response = field("response");
        for (const char* key : {"solution", "answer"})
            if (response.empty())
                response = text::exampleResponse(shape, field(key), field("gold"));
        if (response.empty())
            return fail(ErrorCode::InvalidArgument,
                        cat("Line ", number, " of the examples ", file,
                            " has no \"response\", \"solution\" or \"answer\"."),
                        file);
        examples.push_back({field("question"), std::move(response)});
    }
    return examples;
}

/// The first questions with a solution of the dataset's train split; of the dataset itself where it
/// is the train split.
Result<std::vector<text::WorkedExample>> examplesFromTrain(const store::Project& project,
                                                           const store::DatasetRecord& dataset,
                                                           const text::PromptTemplate& shape,
                                                           std::size_t wanted) {
    CRUX_TRY(all, store::datasets(project));
    std::vector<text::WorkedExample> examples;
    for (const store::DatasetRecord& one : all) {
        if (one.split != "train" || (one.name != dataset.name && one.id != dataset.id))
            continue;
        CRUX_TRY(questions, questionsOf(project, one.id));
        for (const store::QuestionRecord& question : questions)
            if (examples.size() < wanted && !question.solution.empty())
                examples.push_back({question.text, text::exampleResponse(shape, question.solution,
                                                                         question.gold)});
    }
    return examples;
}

Result<std::vector<text::WorkedExample>> examplesFor(const store::Project& project,
                                                     const store::DatasetRecord& dataset,
                                                     const text::PromptTemplate& shape,
                                                     const SampleOptions& options) {
    const int shots = options.shots >= 0 ? options.shots : text::paperShots(shape);
    std::vector<text::WorkedExample> examples;
    if (shots == 0)
        return examples;
    const auto wanted = static_cast<std::size_t>(shots);
    if (options.shotsFrom == "builtin") {
        examples = text::builtinExamples(text::isMathTemplate(shape));
    } else if (options.shotsFrom == "train") {
        CRUX_TRY(own, examplesFromTrain(project, dataset, shape, wanted));
        examples = std::move(own);
    } else {
        CRUX_TRY(own, examplesFromFile(shape, options.shotsFrom));
        examples = std::move(own);
    }
    if (examples.size() < wanted)
        return fail(ErrorCode::NotFound,
                    cat("There are ", examples.size(), " worked examples from \"",
                        options.shotsFrom, "\" for the dataset ", dataset.name, ", not ", shots,
                        "; ask for fewer shots or name a file of examples."));
    examples.resize(wanted);
    return examples;
}

} // namespace

Result<SampleOptions> sampleOptions(const Json& spec) {
    SampleOptions o;
    o.n = spec.at("n").get<int>();
    o.templateName = spec.at("template").get<std::string>();
    o.shots = spec.at("shots").get<int>();
    o.shotsFrom = spec.at("shots_from").get<std::string>();
    o.promptEnd = spec.at("prompt_end").get<std::string>();
    o.bos = spec.at("bos") == "auto";
    o.sampling.temperature = spec.at("temperature").get<double>();
    o.sampling.topP = spec.at("top_p").get<double>();
    o.sampling.topK = spec.at("top_k").get<int>();
    o.sampling.maxNewTokens = spec.at("max_new_tokens").get<int>();
    o.sampling.stop = spec.at("stop").get<std::vector<std::string>>();
    o.sampling.seed = spec.at("seed").get<std::uint64_t>();
    o.noStop = spec.at("no_stop").get<bool>();
    o.batch = spec.at("batch").get<int>();
    o.kvBytes = spec.at("memory").get<std::int64_t>() << 20;
    CRUX_TRY(profile, text::gradeProfileFromName(spec.at("profile").get<std::string>()));
    o.profile = profile;
    o.select = spec.value("select", false);
    CRUX_TRY_VOID(validate(o.sampling));
    return o;
}

Result<store::DatasetRecord> sampleDataset(const store::Project& project, const std::string& name) {
    CRUX_TRY(all, store::datasets(project));
    if (!name.empty()) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const auto& dataset) {
            return dataset.name == name || cat(dataset.id.value) == name;
        });
        return found == all.end() ? Result<store::DatasetRecord>(noDataset(name)) : *found;
    }
    std::erase_if(all, [](const auto& dataset) { return dataset.questions == 0; });
    if (all.size() == 1)
        return all[0];
    std::string names;
    for (const store::DatasetRecord& dataset : all)
        names += (names.empty() ? "" : ", ") + dataset.name;
    return fail(
        ErrorCode::NotFound,
        all.empty()
            ? "The project has no question to answer; import some first."
            : cat("The project has several datasets; say which one is answered: ", names, "."));
}

Result<std::vector<store::QuestionRecord>> sampleQuestions(const store::Project& project,
                                                           const Json& spec) {
    const auto where = spec.at("where").get<std::string>();
    const auto name = spec.at("dataset").get<std::string>();
    const auto list = spec.at("questions").get<std::string>();
    std::vector<store::QuestionRecord> all;
    if (!where.empty() && name.empty() && list.empty()) {
        CRUX_TRY(found, questionsWhere(project, where, {}));
        all = std::move(found);
    } else {
        CRUX_TRY(dataset, sampleDataset(project, name));
        auto found = !list.empty()   ? namedQuestions(project, dataset.id, list)
                     : where.empty() ? questionsOf(project, dataset.id)
                                     : questionsWhere(project, where, dataset.id);
        if (!found.ok())
            return found;
        all = std::move(*found);
    }
    const auto limit = spec.at("limit").get<std::size_t>();
    if (limit > 0 && all.size() > limit)
        all.resize(limit);
    return all;
}

Result<PromptForm> PromptForm::make(const store::Project& project,
                                    const store::DatasetRecord& dataset,
                                    const SampleOptions& options) {
    PromptForm form;
    form.task = gradeTaskOf(dataset);
    std::string name = options.templateName.empty() ? dataset.promptTemplate : options.templateName;
    if (name.empty())
        name = form.task == text::GradeTask::Math ? "math" : "gsm8k";
    form.shape = text::promptTemplate(name);
    if (form.shape == nullptr)
        return fail(
            ErrorCode::NotFound,
            cat("There is no prompt template \"", name, "\"; `crux-cli spec sample` names them."),
            name);
    CRUX_TRY(examples, examplesFor(project, dataset, *form.shape, options));
    form.examples = std::move(examples);
    form.strip =
        options.promptEnd == "strip" || (options.promptEnd == "auto" && !form.examples.empty());
    form.bos = options.bos;
    if (!options.noStop)
        form.stops = options.sampling.stop.empty() ? form.shape->stops : options.sampling.stop;
    return form;
}

std::string PromptForm::prompt(const std::string& question) const {
    std::string prompt = text::fewShotPrompt(*shape, examples, question);
    while (strip && !prompt.empty() &&
           std::string_view(" \n\r\t").find(prompt.back()) != std::string_view::npos)
        prompt.pop_back();
    return prompt;
}

Json PromptForm::params() const {
    std::string all;
    for (const text::WorkedExample& example : examples)
        all += cat(example.question.size(), ":", example.question, example.response.size(), ":",
                   example.response);
    Json params{
        {"template", shape->name}, {"shots", examples.size()}, {"strip", strip}, {"bos", bos}};
    if (!examples.empty())
        params["shots_hash"] = hashText(all);
    return params;
}

TokenizedPrompt tokenizePrompt(const text::Tokenizer& tokenizer, std::string prompt, bool bos) {
    TokenizedPrompt made;
    text::Encoding encoding = tokenizer.encode(prompt, bos);
    // Tokenizers that end every text in EOS would end the answer before it begins.
    while (encoding.ids.size() > 1 && encoding.ids.back() == tokenizer.eosId() &&
           encoding.spans.back().begin == encoding.spans.back().end) {
        encoding.ids.pop_back();
        encoding.spans.pop_back();
    }
    made.text = std::move(prompt);
    made.ids = std::move(encoding.ids);
    for (const text::ByteSpan& span : encoding.spans) {
        made.offsets.push_back(span.begin);
        made.offsets.push_back(span.end);
    }
    return made;
}

} // namespace crux::jobs
