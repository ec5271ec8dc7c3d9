// 20 checkpoints x 10,000 questions x 8 samples (issue 6): how long until the table of evaluations,
// the two-by-two and a filter stand. The project is made in a folder given, or a temporary one.
#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/store/comparison.h"
#include "core/store/repositories.h"

#include <cstdio>
#include <cstdlib>
#include <random>
#include <sys/resource.h>

using namespace crux;

namespace {

constexpr int kCheckpoints = 20, kQuestions = 10'000, kSamples = 8;

template <typename T> T take(Result<T> result) {
    if (!result.ok()) {
        std::fprintf(stderr, "%s\n", result.error().message.c_str());
        std::exit(1);
    }
    return std::move(result).value();
}
void take(const Status& status) {
    if (!status.ok()) {
        std::fprintf(stderr, "%s\n", status.error().message.c_str());
        std::exit(1);
    }
}

void report(const char* what, double begin, double target) {
    const double ms = steadyMs() - begin;
    std::printf("%-52s %9.1f ms%s\n", what, ms,
                target > 0 ? cat("  (target ", target, ")").c_str() : "");
}

std::vector<store::QuestionRecord> addQuestions(const store::Project& project, DatasetId dataset) {
    take(project.write([&]() -> Status {
        for (int i = 0; i < kQuestions; ++i) {
            store::QuestionRecord question;
            question.datasetId = dataset;
            question.externalId = cat(i);
            question.text = cat("Question number ", i, " asks how many apples there are.");
            question.gold = cat(i);
            question.meta = {{"level", i % 5}};
            CRUX_TRY_VOID(store::addQuestion(project, question));
        }
        return {};
    }));
    return take(store::questions(project, dataset, 0, kQuestions));
}

void addEvaluation(const store::Project& project, DatasetId dataset, int checkpoint,
                   const std::vector<store::QuestionRecord>& questions, const std::string& set) {
    std::mt19937 random(static_cast<unsigned>(checkpoint));
    store::EvaluationRecord record;
    record.name = cat("step ", 100 * checkpoint);
    record.hash = cat("bench ", checkpoint);
    record.source = "crux";
    record.datasetId = dataset;
    record.setHash = set;
    record.samples = kSamples;
    record.grader = "crux";
    std::vector<store::EvaluatedQuestion> rows;
    for (const store::QuestionRecord& question : questions) {
        record.questions.push_back(question.id);
        store::EvaluatedQuestion row;
        row.questionId = question.id;
        for (int i = 0; i < kSamples; ++i) {
            const bool right = static_cast<int>(random() % 100) < 40 + checkpoint;
            row.trajectories.push_back(TrajectoryId{1});
            row.verdicts.push_back(right ? Verdict::Right : Verdict::Wrong);
            row.answers.push_back(right ? 0 : 1 + static_cast<int>(random() % 4));
            row.tokens.push_back(100);
        }
        rows.push_back(std::move(row));
    }
    const EvaluationId id = take(store::beginEvaluation(project, record));
    take(store::saveEvaluated(project, id, rows, 1));
    take(store::finishEvaluation(project, id));
}

} // namespace

int main(int argc, char** argv) {
    const Path folder = argc > 1 ? Path(argv[1]) : std::filesystem::temp_directory_path();
    const Path file = folder / "bench_evaluations.crux";
    std::filesystem::remove(file);
    double begin = steadyMs();
    {
        const auto project = take(store::Project::open(file, store::OpenMode::Create));
        store::DatasetRecord dataset;
        dataset.name = "bench";
        const DatasetId id = take(store::addDataset(*project, dataset));
        const auto questions = addQuestions(*project, id);
        const std::string set = store::fingerprintOf(questions);
        for (int i = 0; i < kCheckpoints; ++i)
            addEvaluation(*project, id, i, questions, set);
    }
    report("20 evaluations x 10,000 x 8 written", begin, 0);
    begin = steadyMs();
    const auto project = take(store::Project::open(file, store::OpenMode::ReadOnly));
    const auto all = take(store::evaluations(*project));
    report("open, table of evaluations", begin, 1000);
    begin = steadyMs();
    std::vector<std::vector<store::EvaluatedQuestion>> rows;
    for (const store::EvaluationRecord& record : all)
        rows.push_back(take(store::evaluatedQuestions(*project, record)));
    report("rows of all questions of all evaluations", begin, 1000);
    begin = steadyMs();
    std::size_t fixed = 0;
    for (std::size_t i = 0; i < rows[0].size(); ++i)
        fixed += !store::questionIsRight(rows[0][i]) && store::questionIsRight(rows[1][i]) ? 1 : 0;
    report(cat("filter \"fixed\" over 10,000 (", fixed, " rows)").c_str(), begin, 200);
    begin = steadyMs();
    store::ComparisonOptions options;
    options.bootstrap.replicates = 200;
    const auto two = take(store::compareEvaluations(
        *project, {{all[0].name, all[1].name}, false, false, options.bootstrap}));
    report("comparison of two, bootstrap of 200", begin, 0);
    begin = steadyMs();
    const auto comparison = take(store::compareEvaluations(*project, options));
    report("comparison of all 20, bootstrap of 200", begin, 0);
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    std::printf("memory at its peak %.0f MB\n", static_cast<double>(used.ru_maxrss) / 1e3);
    std::filesystem::remove(file);
    return comparison.pairs.size() == kCheckpoints - 1 && two.pairs.size() == 1 ? 0 : 1;
}
