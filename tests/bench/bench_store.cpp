// Speeds of the project file (UX.md 3.14): import of 100,000 trajectories, opening, ids, filters,
// text search, pages. Ends with 1 when a target is missed. bench_store FILE.crux keeps the project
// there, and measures one that lies there without making it again.
#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/interop/import.h"
#include "core/store/corpus.h"
#include "core/store/repositories.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>

using namespace crux;

namespace {

constexpr int kRows = 100'000;
bool missed = false;

void report(const char* what, double milliseconds, double target, const std::string& note = {}) {
    const bool late = target > 0 && milliseconds > target;
    missed = missed || late;
    std::printf("%-44s %9.1f ms%s%s %s\n", what, milliseconds,
                target > 0 ? cat("   target ", target, " ms").c_str() : "", late ? "  MISSED" : "",
                note.c_str());
    std::fflush(stdout);
}

template <typename T> T take(Result<T> result) {
    if (!result.ok()) {
        std::fprintf(stderr, "%s (%s)\n", result.error().message.c_str(),
                     result.error().detail.c_str());
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

/// Responses of about 300 bytes and 120 tokens, eight a question.
void writeRows(const Path& file) {
    std::ofstream out(file);
    std::mt19937 random(7);
    const char* words[] = {"apples", "owed", "each", "has",  "buys", "coins", "then",
                           "twice",  "half", "gave", "left", "now",  "finds", "altogether"};
    for (int i = 0; i < kRows; ++i) {
        std::string response;
        for (int w = 0; w < 50; ++w)
            response += cat(words[random() % 14], " ", random() % 100, " ");
        response += cat("#### ", random() % 20);
        Json ids = Json::array();
        for (int t = 0; t < 120; ++t)
            ids.push_back(random() % 32000);
        const int question = i / 8;
        out << dumpJson(Json{{"id", cat(question, "_", i % 8)},
                             {"question_id", question},
                             {"prompt", cat("Question: How many of ", question, "?\nAnswer: ")},
                             {"response", response},
                             {"answer", cat(question % 20)},
                             {"prompt_tokens", 20},
                             {"ids", ids}})
            << '\n';
    }
}

void scoreAll(store::Project& project, ScoreSetId set) {
    std::mt19937 random(11);
    std::exponential_distribution<float> low(20.f);
    const auto ids = take(store::trajectoryIds(project, {}));
    for (std::size_t begin = 0; begin < ids.size(); begin += 1000) {
        take(project.write([&]() -> Status {
            for (std::size_t i = begin; i < std::min(begin + 1000, ids.size()); ++i) {
                store::ScoreRecord record;
                record.trajectoryId = ids[i];
                record.scoreSetId = set;
                for (int t = 0; t < 120; ++t)
                    record.s.push_back(1.f - std::min(1.f, low(random)));
                record.pPositive = record.pNegative = record.s;
                CRUX_TRY_VOID(store::saveScores(project, record, nullptr, {}));
            }
            return {};
        }));
    }
}

/// A critical token in each wrong one, so that crit.* has something to find.
void findInAll(store::Project& project, ScoreSetId set) {
    store::VocabularyRecord words;
    for (int id = 0; id < 32000; ++id)
        words.pieces.push_back(cat(" w", id));
    words.special.resize(words.pieces.size(), false);
    take(store::saveVocabulary(project, words));
    store::Provenance made;
    made.params = {{"search", "bench"}};
    store::SearchFindingRecord finding;
    finding.search = take(store::addSearch(project, made));
    finding.rolloutSet = take(store::addRolloutSet(project, {}));
    finding.method = "critical";
    finding.at = {0, 64};
    finding.before = {30, 64};
    finding.with = {0, 64};
    finding.without = {20, 64};
    store::TrajectoryQuery wrong;
    wrong.filter = "verdict=wrong";
    wrong.scoreSet = set;
    const auto ids = take(store::trajectoryIds(project, wrong));
    std::mt19937 random(3);
    for (std::size_t begin = 0; begin < ids.size(); begin += 1000)
        take(project.write([&]() -> Status {
            for (std::size_t i = begin; i < std::min(begin + 1000, ids.size()); ++i) {
                finding.trajectoryId = ids[i];
                finding.position = static_cast<std::int32_t>(20 + random() % 100);
                finding.tokenId = static_cast<std::int32_t>(random() % 32000);
                finding.confirmed = random() % 4 != 0;
                CRUX_TRY_VOID(store::saveSearchResult(project, {finding}, {}));
            }
            return {};
        }));
}

void timeCorpus(store::Project& project, ScoreSetId set) {
    for (const auto& [what, tokens] :
         {std::pair{"corpus view, candidates", store::CorpusTokens::Candidates},
          std::pair{"corpus view, critical tokens", store::CorpusTokens::Critical}}) {
        store::CorpusQuery query;
        query.scoreSet = set;
        query.tokens = tokens;
        const double begin = steadyMs();
        const auto summary = take(store::corpusSummary(project, query, {}));
        report(what, steadyMs() - begin, 1000,
               cat(summary.counted, " tokens, ", summary.strings, " strings"));
    }
    store::AgreementQuery query;
    query.scoreSet = set;
    const double begin = steadyMs();
    const auto found = take(store::agreementReport(project, query, {}));
    report("agreement of all searched", steadyMs() - begin, 0, cat(found.rows.size(), " rows"));
}

void timeQuery(store::Project& project, const char* what, const std::string& filter, ScoreSetId set,
               double target, const std::string& sort = "id") {
    store::TrajectoryQuery query;
    query.filter = filter;
    query.scoreSet = set;
    query.sortKey = sort;
    const double begin = steadyMs();
    const auto ids = take(store::trajectoryIds(project, query));
    report(what, steadyMs() - begin, target, cat(ids.size(), " rows"));
}

/// What the queries are asked of; answers the score set.
ScoreSetId makeProject(const Path& file, const Path& folder) {
    const Path rows = folder / "rows.jsonl";
    writeRows(rows);
    auto project = take(store::Project::open(file, store::OpenMode::Create));
    interop::ImportOptions options;
    options.inputs = {rows};
    options.kind = "trajectories";
    double begin = steadyMs();
    const auto done = take(interop::runImport(*project, options, CancelToken()));
    report("import 100,000 trajectories with ids", steadyMs() - begin, 0,
           cat(done.trajectories, " rows, ", done.rejectedCount, " rejected"));
    begin = steadyMs();
    const auto again = take(interop::runImport(*project, options, CancelToken()));
    report("import them again (all there)", steadyMs() - begin, 0, cat(again.present, " rows"));
    store::ScoreSetRecord record;
    record.name = "bench";
    const ScoreSetId set = take(store::addScoreSet(*project, record));
    begin = steadyMs();
    scoreAll(*project, set);
    report("write scores of 100,000", steadyMs() - begin, 0);
    begin = steadyMs();
    const double threshold = take(store::recomputeThreshold(*project, set));
    report("threshold over 10,000,000 scores", steadyMs() - begin, 0, cat(threshold));
    begin = steadyMs();
    findInAll(*project, set);
    report("store a finding of each wrong one", steadyMs() - begin, 0);
    return set;
}

} // namespace

int main(int argc, char** argv) {
    const Path folder = std::filesystem::temp_directory_path() / cat("crux-bench-", nowMs());
    std::filesystem::create_directories(folder);
    const Path file = argc > 1 ? Path(argv[1]) : folder / "bench.crux";
    ScoreSetId set{1};
    if (!std::filesystem::exists(file))
        set = makeProject(file, folder);
    double begin = steadyMs();
    auto project = take(store::Project::open(file, store::OpenMode::ReadWrite));
    const auto ids = take(store::trajectoryIds(*project, {}));
    const std::vector<TrajectoryId> page(ids.begin(), ids.begin() + 50);
    const auto first = take(store::trajectorySummaries(*project, page, set));
    report("open, ids, first 50 rows", steadyMs() - begin, 1000, cat(first.size(), " rows"));
    begin = steadyMs();
    take(store::trajectorySummaries(*project, {ids.end() - 50, ids.end()}, set));
    report("page of 50 rows", steadyMs() - begin, 10);
    timeQuery(*project, "all ids", "", set, 200);
    timeQuery(*project, "filter min_s<0.7", "min_s<0.7", set, 200);
    timeQuery(*project, "filter verdict=wrong and min_s<0.7", "verdict=wrong and min_s<0.7", set,
              200);
    timeQuery(*project, "filter candidates>2", "candidates>2", set, 200);
    timeQuery(*project, "filter tokens>99 and branches=0", "tokens>99 and branches=0", set, 200);
    for (const char* filter :
         {"cand.token=\" w77\"", "cand.token!=\" w77\"", "cand.token~w7",
          "cand.rel>=50 and cand.rel<55", "cand.step=1", "cand.s<0.4", "cand.pos<9", "cand.hit=yes",
          "not cand.hit=yes", "crit.token=\" w77\"", "crit.token!=\" w77\"",
          "crit.confirmed=yes and crit.step=1", "crit.rel>=50 and crit.rel<55", "crit.s<0.9",
          "crit.before>0.4 and crit.with<0.05 and crit.without>0.2", "crit.hit=yes",
          "crit.method=critical", "crit>0", "searched=yes"})
        timeQuery(*project, cat("filter ", filter).c_str(), filter, set, 200);
    timeQuery(*project, "filter pass<0.5", "pass<0.5", set, 200);
    timeQuery(*project, "filter rollouts=0 and slip=no", "rollouts=0 and slip=no", set, 200);
    timeCorpus(*project, set);
    timeQuery(*project, "sort by min_s", "", set, 0, "min_s");
    timeQuery(*project, "sort by question", "", set, 0, "question");
    timeQuery(*project, "text search, rare (~\"coins 77 now\")", "text~\"coins 77 now\"", set,
              1000);
    timeQuery(*project, "text search, every row (~\"####\")", "text~\"####\"", set, 1000);
    timeQuery(*project, "text search, word (altogether)", "altogether", set, 1000);
    timeQuery(*project, "text search, two letters (~\"zz\")", "text~\"zz\"", set, 1000);
    begin = steadyMs();
    const auto findings = take(store::checkProject(*project));
    report("project check", steadyMs() - begin, 0, cat(findings.size(), " findings"));
    std::printf("file %.1f MB\n", static_cast<double>(std::filesystem::file_size(file)) / 1e6);
    std::filesystem::remove_all(folder);
    return missed ? 1 : 0;
}
