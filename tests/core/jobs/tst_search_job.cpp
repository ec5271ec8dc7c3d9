// The search job in one process, on the demo's model: exact reuse against brute force rollout by
// rollout, whatever the batches, the order and the interruptions; what cannot be searched.
#include "core/jobs/rollout_drawer.h"
#include "core/jobs/search_estimate.h"
#include "core/jobs/search_report.h"
#include "core/text/grade.h"
#include "support/demo_jobs.h"

#include <map>
#include <set>

using namespace crux;
using crux::test::demo;
using crux::test::take;
using crux::test::TempProject;

namespace {

/// Everything a project knows of a trajectory's rollouts, comparable between projects.
using RolloutKey = std::tuple<std::int64_t, int, std::string, int>; // trajectory, position, ..
std::map<RolloutKey, std::string> contentOf(const store::Project& project,
                                            const std::vector<TrajectoryId>& ids,
                                            const std::vector<std::string>& variants) {
    std::map<RolloutKey, std::string> all;
    const auto sets = take(store::rolloutSets(project, {}));
    for (const TrajectoryId id : ids)
        for (const std::string& variant : variants)
            for (const auto& r : take(store::rolloutsOf(project, id, sets.at(0).id, variant)))
                all[{id.value, r.position, r.variant, r.index}] =
                    dumpJson(Json{r.ids, r.answer, verdictName(r.verdict), r.finishReason,
                                  r.seedPath, r.verdictReason});
    return all;
}

/// Verdicts without what differs from run to run.
std::string verdictsOf(const store::Project& project, TrajectoryId id, bool withBefore = true) {
    Json all = Json::array();
    for (const auto& f : take(store::findingsOf(project, id)))
        all.push_back({f.position, f.tokenId, f.sign, f.at.right, f.at.total,
                       withBefore ? f.before.right : 0, f.confirmation.right, f.confirmation.total,
                       f.with.right, f.without.right, f.without.total, f.detail});
    return dumpJson(all);
}

} // namespace

/// Responses of no more: rollouts are drawn at all of their positions.
constexpr std::size_t kMostTokens = 45;

class TestSearchJob : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        m_models = crux::test::modelsOnOneThread();
        m_trajectories = crux::test::demoLines("trajectories.jsonl", 1600);
    }
    void init() { m_temp = std::make_unique<TempProject>(); }

    void economicalEqualsBruteForce_data();
    void economicalEqualsBruteForce();
    void batchAndOrderChangeNothing();
    void interruptedSearchesResume();
    void methodsShareOneStore();
    void anotherSeedDrawsOthers();
    void replacementsAvoidTheBannedToken_data();
    void replacementsAvoidTheBannedToken();
    void estimatesAreTheCounts();
    void curvePointsChangeNoVerdict();
    void curveDrawsOnlyItsPositions();
    void whatASearchWillCost();
    void theEndOfATextIsKnown();
    void rowsThatCannotBeSearchedSayWhy();
    void specialTokensAreNoAnswer();
    void nothingToSearchIsDone();
    void importedPotentialsNeedNoModel();
    void smallerBatchesWhenMemoryRunsOut();
    void littleMemoryChangesNothing();
    void resultLines();
    void specRefuses_data();
    void specRefuses();

private:
    store::Project& project() { return m_temp->project(); }
    /// Wrong trajectories of the demo's first questions that have short ones, `each` of a question.
    std::vector<TrajectoryId> addDemo(int questions, int each);
    TrajectoryId addText(const std::string& response, const std::string& gold,
                         const std::string& prompt = "Question: Joy has 4 coins.\nAnswer: ");
    store::JobRecord search(const Json& extra, const CancelToken& cancel = {},
                            const std::function<void()>& breathe = {});
    std::string idList(const std::vector<TrajectoryId>& ids) {
        std::string list;
        for (const TrajectoryId id : ids)
            list += (list.empty() ? "" : ",") + std::to_string(id.value);
        return list;
    }

    std::unique_ptr<jobs::ModelCache> m_models;
    std::unique_ptr<TempProject> m_temp;
    std::vector<Json> m_trajectories;
    int m_added = 0;
};

std::vector<TrajectoryId> TestSearchJob::addDemo(int questions, int each) {
    const auto dataset = crux::test::addDataset(project(), "words");
    std::vector<TrajectoryId> ids;
    std::map<std::int64_t, QuestionId> byId;
    std::map<std::int64_t, int> taken;
    std::set<std::vector<std::int32_t>> seen;
    for (const Json& row : m_trajectories) {
        const auto number = row.at("question_id").get<std::int64_t>();
        const auto tokens = row.at("ids").get<std::vector<std::int32_t>>();
        const auto length = tokens.size() - row.at("prompt_tokens").get<std::size_t>();
        if (row.at("correct").get<bool>() || length > kMostTokens || !seen.insert(tokens).second)
            continue;
        if (!byId.count(number)) {
            if (static_cast<int>(byId.size()) == questions)
                break;
            byId[number] = crux::test::addQuestion(project(), dataset, std::to_string(number),
                                                   row.at("prompt").get<std::string>(),
                                                   row.at("answer").get<std::string>());
        }
        if (taken[number]++ >= each)
            continue;
        store::TrajectoryRecord t;
        t.datasetId = dataset;
        t.questionId = byId[number];
        t.prompt = row.at("prompt").get<std::string>();
        t.response = row.at("response").get<std::string>();
        t.ids = tokens;
        t.promptTokens = row.at("prompt_tokens").get<std::int32_t>();
        t.verdict = Verdict::Wrong;
        ids.push_back(take(store::addTrajectory(project(), t)));
    }
    return ids;
}

TrajectoryId TestSearchJob::addText(const std::string& response, const std::string& gold,
                                    const std::string& prompt) {
    const auto dataset = crux::test::addDataset(project(), "texts");
    store::TrajectoryRecord t;
    t.datasetId = dataset;
    t.questionId = crux::test::addQuestion(project(), dataset, "t" + std::to_string(m_added++),
                                           "Joy has 4 coins.", gold);
    t.prompt = prompt;
    t.response = response;
    t.verdict = Verdict::Wrong;
    return take(store::addTrajectory(project(), t));
}

store::JobRecord TestSearchJob::search(const Json& extra, const CancelToken& cancel,
                                       const std::function<void()>& breathe) {
    Json spec{{"model", demo("model")}, {"where", ""},        {"n", 8},
              {"confirm", 12},          {"temperature", 1.0}, {"top_p", 1.0},
              {"max_new_tokens", 128},  {"stop", {"\n"}}};
    spec.update(extra);
    return crux::test::runJobHere(project(), *m_models, "search", spec, {{}, {}, breathe, false},
                                  cancel);
}

void TestSearchJob::economicalEqualsBruteForce_data() {
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<double>("topP");
    QTest::addColumn<double>("temperature");
    QTest::addColumn<int>("seed");
    for (const char* method : {"critical", "cliff", "pivotal", "bisect"})
        for (const int seed : {0, 1, 2})
            QTest::addRow("%s, seed %d", method, seed) << QByteArray(method) << 1.0 << 1.0 << seed;
    QTest::addRow("nucleus") << QByteArray("cliff") << 0.8 << 0.7 << 0; // point masses
    QTest::addRow("greedy") << QByteArray("critical") << 1.0 << 0.0 << 0;
}

void TestSearchJob::economicalEqualsBruteForce() {
    QFETCH(QByteArray, method);
    QFETCH(double, topP);
    QFETCH(double, temperature);
    QFETCH(int, seed);
    const Json common{{"method", method.toStdString()},
                      {"n", seed == 0 ? 4 : 2},
                      {"confirm", 6},
                      {"top_p", topP},
                      {"temperature", temperature},
                      {"minimum", 0.0},
                      {"maximum", 1.0},
                      {"without", true},
                      {"seed", seed}};
    const auto ids = addDemo(1, 1);
    QCOMPARE(ids.size(), std::size_t{1});
    QVERIFY(search(common).state == store::JobState::Done);
    const auto economical = std::move(m_temp);
    m_temp = std::make_unique<TempProject>();
    QCOMPARE(addDemo(1, 1), ids);
    Json brute = common;
    brute["mode"] = "exhaustive";
    QVERIFY(search(brute).state == store::JobState::Done);

    std::size_t compared = 0, drawn = 0;
    const auto set = take(store::rolloutSets(project(), {})).at(0).id;
    for (const TrajectoryId id : ids) {
        const bool all = method == "cliff"; // the others may leave `before` undrawn
        QCOMPARE(verdictsOf(economical->project(), id, all), verdictsOf(project(), id, all));
        const auto own = take(store::rolloutsOf(project(), id, set));
        drawn += own.size();
        std::map<int, std::vector<store::RolloutRecord>> byPosition;
        for (const auto& r : own)
            byPosition[r.position].push_back(r);
        for (const auto& [position, rollouts] : byPosition) {
            std::map<int, store::RolloutRecord> shared;
            for (auto& r : take(store::rolloutsAt(economical->project(), id, set, position)))
                shared[r.index] = r;
            for (const auto& r : rollouts) {
                if (!shared.count(r.index))
                    continue; // the verdict does not need it
                ++compared;
                QCOMPARE(shared[r.index].ids, r.ids);
                QCOMPARE(shared[r.index].answer, r.answer);
                QVERIFY(shared[r.index].verdict == r.verdict);
                QCOMPARE(shared[r.index].finishReason, r.finishReason);
                QCOMPARE(shared[r.index].seedPath, r.seedPath);
            }
        }
    }
    QVERIFY(drawn > 50 && compared > 10);
    if (method == "cliff")
        QCOMPARE(compared, drawn);
    QVERIFY(take(store::checkProject(economical->project())).empty());
    QVERIFY(take(store::checkProject(project())).empty());
}

void TestSearchJob::batchAndOrderChangeNothing() {
    const auto ids = addDemo(3, 3);
    QVERIFY(search({{"trajectories", idList(ids)}}).state == store::JobState::Done);
    const auto expected = contentOf(project(), ids, {""});
    QVERIFY(expected.size() > 100);
    std::vector<std::string> verdicts;
    for (const TrajectoryId id : ids)
        verdicts.push_back(verdictsOf(project(), id));
    for (const int batch : {1, 7, 256}) {
        init();
        QCOMPARE(addDemo(3, 3), ids);
        auto order = ids;
        if (batch == 7)
            std::reverse(order.begin(), order.end());
        QVERIFY(search({{"trajectories", idList(order)}, {"batch", batch}}).state ==
                store::JobState::Done);
        for (const TrajectoryId id : ids) // what later ones drew at shared prefixes, both ways
            take(store::linkPrefixes(project(), id));
        const auto got = contentOf(project(), ids, {""});
        for (const auto& [key, value] : expected)
            QVERIFY2(got.count(key) && got.at(key) == value, value.c_str());
        for (std::size_t i = 0; i < ids.size(); ++i)
            QCOMPARE(verdictsOf(project(), ids[i]), verdicts[i]);
    }
}

/// Cancelled again and again in the middle of drawing, then left alone.
void TestSearchJob::interruptedSearchesResume() {
    const auto ids = addDemo(2, 2);
    QVERIFY(search({{"without", true}}).state == store::JobState::Done);
    std::vector<std::string> variants{""};
    for (const TrajectoryId id : ids)
        for (const auto& f : take(store::findingsOf(project(), id)))
            variants.push_back("ban " + std::to_string(f.tokenId));
    const auto expected = contentOf(project(), ids, variants);

    init();
    QCOMPARE(addDemo(2, 2), ids);
    JobId job;
    int stops = 0;
    for (int breaths = 1; breaths < 40; breaths += 3) {
        CancelToken cancel;
        int seen = 0;
        const auto row = search({{"without", true}, {"batch", 2}}, cancel, [&] {
            if (++seen == breaths)
                cancel.cancel();
        });
        job = row.id;
        stops += row.state == store::JobState::Interrupted ? 1 : 0;
        QVERIFY(take(store::checkProject(project())).empty());
        if (row.state == store::JobState::Done)
            break;
    }
    QVERIFY(stops >= 3);
    const auto last = search({{"without", true}, {"batch", 64}});
    QVERIFY(last.state == store::JobState::Done);
    QCOMPARE(last.progressDone, static_cast<std::int64_t>(ids.size()));
    const auto got = contentOf(project(), ids, variants);
    QCOMPARE(got.size(), expected.size());
    QVERIFY(got == expected);
}

void TestSearchJob::methodsShareOneStore() {
    const auto ids = addDemo(2, 1);
    QVERIFY(search({{"method", "cliff"}}).state == store::JobState::Done);
    const auto after = contentOf(project(), ids, {""});
    for (const char* method : {"critical", "bisect", "pivotal"})
        QVERIFY(search({{"method", method}, {"confirm", 0}}).state == store::JobState::Done);
    QVERIFY(contentOf(project(), ids, {""}) == after); // every position has its rollouts already
    QCOMPARE(take(store::rolloutSets(project(), {})).size(), std::size_t{1});
    const auto again = search({{"method", "cliff"}});
    QCOMPARE(again.progressDone, 2);
    QVERIFY(again.message.find(" 0 rollouts") != std::string::npos);
    QCOMPARE(take(jobs::searchLines(project(), again.id)).size(), std::size_t{2});
    // More rollouts of a position add to those that are there.
    QVERIFY(search({{"method", "cliff"}, {"n", 12}}).state == store::JobState::Done);
    const auto more = contentOf(project(), ids, {""});
    for (const auto& [key, value] : after)
        QCOMPARE(more.at(key), value);
    QVERIFY(more.size() > after.size());
}

void TestSearchJob::anotherSeedDrawsOthers() {
    const auto ids = addDemo(1, 1);
    QVERIFY(search({{"method", "cliff"}}).state == store::JobState::Done);
    const auto first = contentOf(project(), ids, {""});
    QVERIFY(search({{"method", "cliff"}, {"seed", 1}}).state == store::JobState::Done);
    QCOMPARE(take(store::rolloutSets(project(), {})).size(), std::size_t{2});
    QVERIFY(contentOf(project(), ids, {""}) != first); // the newer set is the first
    QVERIFY(search({{"method", "cliff"}, {"temperature", 0.5}}).state == store::JobState::Done);
    QCOMPARE(take(store::rolloutSets(project(), {})).size(), std::size_t{3});
}

void TestSearchJob::replacementsAvoidTheBannedToken_data() {
    QTest::addColumn<QByteArray>("replacement");
    QTest::addRow("sampler") << QByteArray("sampler");
    QTest::addRow("full softmax") << QByteArray("full_softmax");
}

void TestSearchJob::replacementsAvoidTheBannedToken() {
    QFETCH(QByteArray, replacement);
    const auto ids = addDemo(2, 1);
    QVERIFY(search({{"without", true},
                    {"n", 16},
                    {"confirm", 0},
                    {"temperature", 0.5},
                    {"replacement", replacement.toStdString()}})
                .state == store::JobState::Done);
    const auto set = take(store::rolloutSets(project(), {})).at(0).id;
    int found = 0;
    for (const TrajectoryId id : ids)
        for (const auto& f : take(store::findingsOf(project(), id))) {
            if (f.position < 0)
                continue;
            ++found;
            QCOMPARE(f.without.total, 16);
            QCOMPARE(f.with.total, 16);
            QVERIFY(!f.confirmed);
            const std::string variant =
                "ban " + std::to_string(f.tokenId) + (replacement == "sampler" ? "" : " full");
            const auto drawn = take(store::rolloutsOf(project(), id, set, variant));
            QCOMPARE(drawn.size(), std::size_t{16});
            int right = 0;
            for (const auto& r : drawn) {
                QCOMPARE(r.position, f.position - 1);
                QVERIFY(r.ids.empty() || r.ids[0] != f.tokenId);
                right += r.verdict == Verdict::Right ? 1 : 0;
            }
            QCOMPARE(right, f.without.right);
        }
    QVERIFY(found > 0);
}

/// What the window shows by position against the rows themselves.
void TestSearchJob::estimatesAreTheCounts() {
    const auto ids = addDemo(5, 2);
    QVERIFY(search({{"n", 16}}).state == store::JobState::Done);
    const auto set = take(store::rolloutSets(project(), {})).at(0).id;
    int curtailed = 0;
    for (const TrajectoryId id : ids) {
        const auto row = take(store::trajectory(project(), id));
        const auto chart = take(store::rolloutChart(project(), id, set));
        QVERIFY(!chart.estimates.empty());
        QCOMPARE(chart.findings.size(), std::size_t{1});
        // A place after the first without a right rollout may have some again; the critical token
        // is one they stay away from.
        QVERIFY(chart.firstAllWrong >= 0);
        QVERIFY(chart.firstAllWrong <= chart.findings[0].position);
        const auto end = static_cast<std::int32_t>(row.ids.size()) - 1; // closed by its stop text
        for (const auto& e : chart.estimates) {
            if (e.position == end) {
                QCOMPARE(e.count.right, 0);
                QCOMPARE(e.count.total, 16);
                continue;
            }
            store::ShareCount count;
            for (const auto& r : take(store::rolloutsAt(project(), id, set, e.position)))
                if (r.index < e.count.total) {
                    ++count.total;
                    count.right += r.verdict == Verdict::Right ? 1 : 0;
                }
            QVERIFY(count == e.count);
            curtailed += e.curtailed ? 1 : 0;
        }
        QVERIFY(chart.findings[0].confirmation.total == 12);
        QCOMPARE(take(store::rolloutAnswers(project(), id, set, chart.findings[0].position))
                         .front()
                         .verdict == Verdict::Right,
                 false);
    }
    QVERIFY(curtailed > 0);
}

/// EOS, a stop text, the longest response: the last position ends there, without rollouts.
void TestSearchJob::curvePointsChangeNoVerdict() {
    const auto ids = addDemo(2, 1);
    const Json base{{"trajectories", idList(ids)}, {"n", 16}, {"confirm", 32}};
    QVERIFY(search(base).state == store::JobState::Done);
    const std::string plain =
        verdictsOf(project(), ids[0], false); // more is known of the place before
    Json charted = base;
    charted["points"] = 6;
    m_temp = std::make_unique<TempProject>();
    const auto again = addDemo(2, 1);
    QVERIFY(search(charted).state == store::JobState::Done);
    QCOMPARE(verdictsOf(project(), again[0], false), plain);
    const auto set = take(store::rolloutSets(project(), again[0])).at(0).id;
    const auto curve = take(store::rolloutCurve(project(), again[0], set));
    const auto row = take(store::trajectory(project(), again[0]));
    QCOMPARE(curve.front().position, row.promptTokens - 1); // the bare prompt is one of them
    QCOMPARE(curve.front().count.total >= 16, true);
}

void TestSearchJob::curveDrawsOnlyItsPositions() {
    const auto ids = addDemo(1, 1);
    const auto row = take(store::trajectory(project(), ids[0]));
    const auto job = search(
        {{"trajectories", idList(ids)}, {"method", "curve"}, {"positions", "3,-1"}, {"n", 8}});
    QVERIFY2(job.state == store::JobState::Done, job.error ? job.error->message.c_str() : "");
    const auto set = take(store::rolloutSets(project(), ids[0])).at(0).id;
    for (const int position : {row.promptTokens - 1, row.promptTokens + 3})
        QCOMPARE(take(store::rolloutsAt(project(), ids[0], set, position)).size(), std::size_t{8});
    const auto findings = take(store::findingsOf(project(), ids[0]));
    QCOMPARE(findings.size(), std::size_t{1});
    QCOMPARE(findings[0].position, -1); // no token was looked for
    // A branch of forced tokens is continued from its end: what "+ n rollouts" draws.
    auto cut = take(store::trajectory(project(), ids[0])); // with offsets by now
    cut.naturalKey.clear();
    cut.ids.resize(static_cast<std::size_t>(row.promptTokens) + 4);
    QVERIFY(cut.offsets.size() > 2 * cut.ids.size());
    cut.offsets.resize(2 * cut.ids.size());
    cut.response.resize(static_cast<std::size_t>(cut.offsets.back()) - cut.prompt.size());
    const auto branch = take(store::addTrajectory(project(), cut));
    QVERIFY(
        search(
            {{"trajectories", idList({branch})}, {"method", "curve"}, {"positions", "3"}, {"n", 8}})
            .state == store::JobState::Done);
    // The same prefix: nothing new was drawn, all is shared.
    QCOMPARE(take(store::rolloutSets(project(), ids[0])).at(0).rollouts,
             take(store::rolloutSets(project(), branch)).at(0).rollouts);
}

void TestSearchJob::whatASearchWillCost() {
    const auto ids = addDemo(3, 1);
    const Json spec{
        {"trajectories", idList(ids)}, {"n", 16},      {"confirm", 16},         {"stop", {"\n"}},
        {"temperature", 1.0},          {"top_p", 1.0}, {"model", demo("model")}};
    const auto estimate = take(jobs::estimateSearch(project(), *m_models, spec, {}));
    QCOMPARE(estimate.trajectories, 3);
    QCOMPARE(estimate.probed, 3);
    QCOMPARE(estimate.refused, 0);
    QVERIFY(take(store::rolloutSets(project(), {})).empty()); // nothing is stored
    const auto job = take(store::addJob(project(), "search", spec, "search"));
    jobs::RunnerOptions options;
    options.owner = jobs::ownerName();
    take(jobs::runThisJob(project(), job, *m_models, options, {}));
    double drawn = 0;
    for (const auto& set : take(store::rolloutSets(project(), {})))
        drawn += static_cast<double>(set.rollouts);
    QVERIFY2(estimate.rollouts > drawn / 4 && estimate.rollouts < drawn * 4,
             qPrintable(QStringLiteral("%1 against %2").arg(estimate.rollouts).arg(drawn)));
    QVERIFY(estimate.everyRollouts > estimate.rollouts);
    QVERIFY(estimate.tokensPerSecond > 0 && estimate.seconds() > 0);
    // What cannot be searched is said before it is tried.
    const auto hopeless = addText("4 coins", "");
    Json refused = spec;
    refused["trajectories"] = idList({hopeless});
    const auto none = take(jobs::estimateSearch(project(), *m_models, refused, {}));
    QCOMPARE(none.refused, 1);
    QVERIFY(none.refusal.find("gold") != std::string::npos);
}

void TestSearchJob::theEndOfATextIsKnown() {
    auto tokenizer = text::loadTokenizer(demo("model"));
    QVERIFY(tokenizer.ok());
    const auto tryTarget = [&](std::vector<std::int32_t> tail, int maxNew, std::int32_t context = 0,
                               std::vector<std::string> stop = {"\n"}) {
        store::TrajectoryRecord row;
        row.prompt = "Question: Joy has 4 coins.\nAnswer: ";
        row.response = "Joy has 4 coins. #### 4\n";
        const auto encoded = (*tokenizer)->encode(row.prompt + row.response, true);
        row.ids = encoded.ids;
        for (const auto& span : encoded.spans) {
            row.offsets.push_back(span.begin);
            row.offsets.push_back(span.end);
            if (span.end <= static_cast<std::int32_t>(row.prompt.size()))
                ++row.promptTokens;
        }
        for (const std::int32_t id : tail) {
            row.ids.push_back(id);
            row.offsets.push_back(row.offsets.back());
            row.offsets.push_back(row.offsets.back());
        }
        store::QuestionRecord question;
        question.gold = "4";
        return jobs::SearchTarget::make(row, question, text::GradeTask::Gsm8k, *tokenizer,
                                        {context, maxNew, {2}, std::move(stop)});
    };
    const auto targetOf = [&](auto&&... args) { return take(tryTarget(args...)); };
    const jobs::SearchTarget stopped = targetOf(std::vector<std::int32_t>{9, 9, 9}, 1000);
    QVERIFY(stopped.closed() && stopped.closedFinish() == FinishReason::Stop);
    QCOMPARE(stopped.last(), static_cast<int>(stopped.ids().size()) - 4); // what follows is dropped
    QVERIFY(stopped.closedGrade().verdict == Verdict::Right);
    QCOMPARE(stopped.rest(stopped.last() - 2).size(), std::size_t{2});
    QVERIFY(stopped.grade(stopped.last(), {}).verdict == Verdict::Right);

    // A response that fills what may be drawn is over there; one that goes on was not drawn under
    // these limits, and cut it would be a wrong one that nobody gave.
    const std::vector<std::int32_t> none;
    const auto tokens = stopped.last() - stopped.first();
    const jobs::SearchTarget full = targetOf(none, tokens, 0, std::vector<std::string>{});
    QVERIFY(full.closed() && full.closedFinish() == FinishReason::Length);
    QCOMPARE(full.last(), full.first() + tokens);
    QCOMPARE(full.room(full.first()), tokens);
    QCOMPARE(full.room(full.last() - 1), 1);
    const auto cut = tryTarget(none, 5);
    QVERIFY(!cut.ok());
    QVERIFY2(cut.error().message.find(std::to_string(tokens) + " tokens, the search allows 5") !=
                 std::string::npos,
             cut.error().message.c_str());
    const auto outside = tryTarget(none, 1000, full.first() + 4);
    QVERIFY(!outside.ok() && outside.error().message.find("context") != std::string::npos);

    jobs::SearchTarget::Limits limits{0, 1000, {2}, {}};
    store::TrajectoryRecord row = stopped.row();
    row.ids.resize(row.ids.size() - 3);
    row.ids.push_back(2);
    store::QuestionRecord question;
    question.gold = "5";
    const auto ended =
        take(jobs::SearchTarget::make(row, question, text::GradeTask::Gsm8k, *tokenizer, limits));
    QVERIFY(ended.closed() && ended.closedFinish() == FinishReason::Eos);
    QVERIFY(ended.closedGrade().verdict == Verdict::Wrong);
    QCOMPARE(ended.rest(ended.last() - 2).size(), std::size_t{1}); // EOS is left out
    limits.eosIds = {};
    const auto open =
        take(jobs::SearchTarget::make(row, question, text::GradeTask::Gsm8k, *tokenizer, limits));
    QVERIFY(!open.closed());

    // A stop text of several tokens, partly in the prefix.
    const std::vector<std::string> stops{"4 co"};
    jobs::StopSearch growing(**tokenizer, stops, "has 4");
    const auto whole = (*tokenizer)->encode("has 4 coins.", false);
    std::vector<std::int32_t> tail; // the tokens of " coins."
    for (std::size_t i = 0; i < whole.ids.size(); ++i)
        if (whole.spans[i].begin >= 5)
            tail.push_back(whole.ids[i]);
    QVERIFY(!growing.found({}));
    QVERIFY(growing.found(tail));
    growing.restart();
    QVERIFY(!growing.found({}));
}

void TestSearchJob::rowsThatCannotBeSearchedSayWhy() {
    const TrajectoryId fine = addText("4+4=8. #### 8\n", "9");
    const TrajectoryId noGold = addText("4+4=8. #### 8\n", "");
    const TrajectoryId noResponse = addText("", "9");
    std::string longText;
    for (int i = 0; i < 2000; ++i)
        longText += "7";
    const TrajectoryId longPrompt = addText("4+4=8.", "9", longText);
    store::TrajectoryRecord row = take(store::trajectory(project(), fine));
    row.id = {};
    row.verdict = Verdict::Right;
    const TrajectoryId right = take(store::addTrajectory(project(), row));
    row.verdict = Verdict::Wrong;
    row.ids = {1, 45, 46};
    row.promptTokens = 1;
    const TrajectoryId foreign = take(store::addTrajectory(project(), row));
    row.tokenizerHash = "another tokenizer's";
    const TrajectoryId other = take(store::addTrajectory(project(), row));
    row.tokenizerHash.clear();
    row.prompt.clear();
    row.ids = (*text::loadTokenizer(demo("model")))->encode(row.response, false).ids;
    row.promptTokens = 0;
    const TrajectoryId noPrompt = take(store::addTrajectory(project(), row)); // and no BOS
    const auto job = search({{"n", 2}, {"confirm", 0}});
    QVERIFY2(job.state == store::JobState::Done, job.error ? job.error->message.c_str() : "");
    QCOMPARE(job.progressDone, 1);
    QCOMPARE(job.progressTotal, 8);
    const std::map<std::int64_t, const char*> reasons{
        {noGold.value, "no gold answer"},   {noPrompt.value, "no prompt"},
        {noResponse.value, "no token"},     {longPrompt.value, "context"},
        {right.value, "ends right"},        {foreign.value, "do not spell"},
        {other.value, "another tokenizer"},
    };
    std::map<std::int64_t, std::string> told;
    for (const Json& line : take(jobs::searchLines(project(), job.id)))
        if (line.contains("error"))
            told[line.at("trajectory").get<std::int64_t>()] = line.at("error").get<std::string>();
    QCOMPARE(told.size(), reasons.size());
    for (const auto& [id, reason] : reasons)
        QVERIFY2(told[id].find(reason) != std::string::npos, told[id].c_str());
    QVERIFY(!take(store::findingsOf(project(), fine)).empty());
}

/// Rollouts of nothing but special tokens, or of nothing at all, have no answer; the response so
/// far may hold one.
void TestSearchJob::specialTokensAreNoAnswer() {
    const TrajectoryId id = addText("Joy has 4 more. #### 8\n", "8");
    auto tokenizer = take(text::loadTokenizer(demo("model")));
    store::TrajectoryRecord row = take(store::trajectory(project(), id));
    const auto encoded = tokenizer->encode(row.prompt + row.response, true);
    row.ids = encoded.ids;
    for (const auto& span : encoded.spans) {
        row.offsets.push_back(span.begin);
        row.offsets.push_back(span.end);
    }
    row.promptTokens = static_cast<std::int32_t>(tokenizer->encode(row.prompt, true).ids.size());
    store::QuestionRecord question;
    question.gold = "8";
    const auto target = take(jobs::SearchTarget::make(row, question, text::GradeTask::Gsm8k,
                                                      tokenizer, {512, 64, {2}, {"\n"}}));
    for (const std::vector<std::int32_t>& drawn :
         {std::vector<std::int32_t>{}, std::vector<std::int32_t>{1, 2, 0, 1}}) {
        const auto grade = target.grade(target.first(), drawn);
        QVERIFY(grade.verdict == Verdict::NoAnswer);
        QVERIFY(grade.answer.empty());
        QCOMPARE(grade.reason, std::string("no_answer"));
        QVERIFY(target.grade(target.last(), drawn).verdict == Verdict::Right);
    }
}

void TestSearchJob::nothingToSearchIsDone() {
    addText("4+4=8. #### 8\n", "8");
    const auto job = search({{"where", "verdict=right"}});
    QVERIFY(job.state == store::JobState::Done);
    QCOMPARE(job.progressTotal, 0);
    bool told = false;
    for (const auto& event : take(store::events(project(), job.id, 0, 100)))
        told = told || event.message.find("No trajectory") != std::string::npos;
    QVERIFY(told);
    for (const Json& bad : {Json{{"trajectories", "1,x"}}, Json{{"trajectories", "99"}},
                            Json{{"dataset", "nowhere"}}, Json{{"where", "verdict="}},
                            Json{{"model", "/nowhere"}}, Json{{"adapter", demo("model")}}}) {
        const auto failed = search(bad);
        QVERIFY2(failed.state == store::JobState::Failed, dumpJson(bad).c_str());
        QVERIFY(failed.error && failed.error->message.size() > 20);
    }
}

void TestSearchJob::importedPotentialsNeedNoModel() {
    const TrajectoryId id = take([&]() -> Result<TrajectoryId> {
        const auto dataset = crux::test::addDataset(project(), "published");
        const auto question = crux::test::addQuestion(project(), dataset, "q", "?", "74");
        return store::addTrajectory(
            project(), crux::test::trajectoryOf(dataset, question, "abcdef", Verdict::Wrong));
    }());
    store::LayerRecord layer;
    layer.name = "potentials";
    layer.kind = "rollout_correctness";
    const LayerId layerId = take(store::addLayer(project(), layer));
    const float nan = std::nanf("");
    take(store::saveLayerValues(project(), layerId, id,
                                {nan, nan, nan, .8f, .7f, .25f, 0, .03125f, nan}));
    const TrajectoryId bare = addText("4+4=8.", "9");
    const auto cliff =
        search({{"method", "cliff"}, {"potentials", "imported"}, {"n", 64}, {"model", ""}});
    QVERIFY2(cliff.state == store::JobState::Done, cliff.error ? cliff.error->message.c_str() : "");
    QCOMPARE(cliff.progressDone, 1);
    auto found = take(store::findingsOf(project(), id));
    QCOMPARE(found.size(), std::size_t{2});
    QCOMPARE(found[0].position, 5);
    QCOMPARE(found[0].before.right, 45); // .7 of 64
    QCOMPARE(found[1].position, 6);
    const auto line = take(jobs::searchLines(project(), cliff.id)).at(0);
    QVERIFY2(line.at("token").is_string(), dumpJson(line).c_str());
    // A job that could search nothing has failed, and says why.
    const auto nothing = search({{"method", "cliff"},
                                 {"potentials", "imported"},
                                 {"model", ""},
                                 {"trajectories", idList({bare})}});
    QVERIFY(nothing.state == store::JobState::Failed);
    QVERIFY(nothing.error && nothing.error->message.find("without shares") != std::string::npos);
    QVERIFY(search({{"method", "critical"}, {"potentials", "imported"}, {"n", 64}}).state ==
            store::JobState::Done);
    found = take(store::findingsOf(project(), id));
    QCOMPARE(found.back().position, 6);
    QCOMPARE(found.back().method, std::string("critical"));
    QVERIFY(take(store::findingsOf(project(), bare)).empty());
    QVERIFY(search({{"method", "pivotal"}, {"potentials", "imported"}}).state ==
            store::JobState::Failed);
    QVERIFY(take(store::checkProject(project())).empty());
}

void TestSearchJob::smallerBatchesWhenMemoryRunsOut() {
    addDemo(1, 1);
    jobs::SearchOptions options;
    options.sampling.maxNewTokens = 64;
    options.sampling.stop = {"\n"};
    options.batch = 64;
    store::TrajectoryRecord row =
        take(store::trajectory(project(), take(store::trajectoryIds(project(), {})).at(0)));
    auto tokenizer = text::loadTokenizer(demo("model"));
    const auto spans = (*tokenizer)->encode(row.prompt + row.response, true).spans;
    for (const auto& span : spans) {
        row.offsets.push_back(span.begin);
        row.offsets.push_back(span.end);
    }
    store::QuestionRecord question;
    question.gold = "1";
    const auto target = take(jobs::SearchTarget::make(row, question, text::GradeTask::Gsm8k,
                                                      *tokenizer, {0, 64, {2}, {"\n"}}));
    std::vector<jobs::PlannedRollout> planned;
    for (int i = 0; i < 24; ++i)
        planned.push_back({&target, {i, target.first() + i, target.first() + i + 1, -1}, -1});

    auto folder = engine::Model::load(demo("model"), {"cpu", "float32", 1});
    QVERIFY(folder.ok());
    const engine::ModelRef model{*folder, -1};
    jobs::RolloutDrawer whole(model, options);
    const auto expected = take(whole.draw(planned, {}));
    QCOMPARE(whole.batch(), 64);

    // Memory ends when two rollouts of a batch that is too large are over.
    int mostAtOnce = 3;
    std::vector<int> tried;
    jobs::DrawingEngine tight;
    tight.generate = [&](const engine::GenerateRequest& request,
                         std::span<const engine::GenerateJob> jobList,
                         const CancelToken& cancel) -> Result<std::vector<engine::Generated>> {
        tried.push_back(request.maxBatch);
        engine::GenerateRequest own = request;
        int over = 0;
        own.onFinished = [&](std::size_t job, const engine::Generated& made) {
            ++over;
            request.onFinished(job, made);
        };
        own.more = [&](std::size_t room) -> Result<std::vector<engine::GenerateJob>> {
            if (over >= 2 && request.maxBatch > mostAtOnce)
                return fail(ErrorCode::OutOfMemory, "no memory");
            return request.more(room);
        };
        return engine::generate(own, jobList, cancel);
    };
    jobs::RolloutDrawer small(model, options, tight);
    std::size_t given = 0;
    std::map<int, store::RolloutRecord> got; // by index, each handed over once
    const auto source = [&](std::size_t room) -> Result<std::vector<jobs::PlannedRollout>> {
        const std::size_t count = std::min({room, planned.size() - given, std::size_t{7}});
        given += count;
        return std::vector<jobs::PlannedRollout>(planned.begin() + std::ptrdiff_t(given - count),
                                                 planned.begin() + std::ptrdiff_t(given));
    };
    const auto sink = [&](const jobs::PlannedRollout&, store::RolloutRecord record) -> Status {
        if (!got.emplace(record.index, record).second)
            return fail(ErrorCode::Internal, "a rollout was drawn twice");
        return {};
    };
    take(small.drawAll(source, sink, {}));
    QCOMPARE(tried, (std::vector<int>{64, 16, 4, 1}));
    QCOMPARE(got.size(), planned.size());
    for (const auto& [index, record] : got) {
        QCOMPARE(record.ids, expected[std::size_t(index)].record.ids);
        QCOMPARE(record.answer, expected[std::size_t(index)].record.answer);
    }
    take(small.draw(planned, {}));
    QCOMPARE(tried.back(), 1); // remembered
    mostAtOnce = 0;
    const auto failed = small.draw(planned, {});
    QVERIFY(!failed.ok() && failed.error().code == ErrorCode::OutOfMemory);
}

/// Keys and values of a few rollouts fit; the others wait, and nothing else changes.
void TestSearchJob::littleMemoryChangesNothing() {
    const auto ids = addDemo(2, 1);
    QVERIFY(search({{"n", 4}}).state == store::JobState::Done);
    const auto expected = contentOf(project(), ids, {""});
    init();
    QCOMPARE(addDemo(2, 1), ids);
    QVERIFY(search({{"n", 4}, {"memory", 2}}).state == store::JobState::Done);
    QVERIFY(contentOf(project(), ids, {""}) == expected);
}

void TestSearchJob::resultLines() {
    const auto ids = addDemo(2, 1);
    const auto job = search({{"without", true}});
    const auto lines = take(jobs::searchLines(project(), job.id));
    QCOMPARE(lines.size(), ids.size());
    for (const Json& line : lines) {
        const auto row = take(
            store::trajectory(project(), TrajectoryId{line.at("trajectory").get<std::int64_t>()}));
        QVERIFY(line.at("position").is_number());
        QCOMPARE(line.at("response_position").get<int>(),
                 line.at("position").get<int>() - row.promptTokens);
        const Json& found = line.at("found").at(0);
        QVERIFY(found.at("token").is_string());
        QCOMPARE(found.at("right").get<int>(), 0);
        QCOMPARE(found.at("total").get<int>(), 8);
        QCOMPARE(found.at("interval").at(0).get<double>(), 0.0);
        QCOMPARE(found.at("confirmation").at("total").get<int>(), 12);
        QCOMPARE(found.at("pass_at_k").at("with").size(), std::size_t{8});
        QCOMPARE(found.at("pass_at_k").at("without").size(), std::size_t{8});
    }
    const Json curves = take(jobs::passAtKLine(project(), job.id));
    QCOMPARE(curves.at("pass_at_k").at("trajectories").get<int>(), 2);
    QCOMPARE(curves.at("pass_at_k").at("without").size(), std::size_t{8});
    QCOMPARE(curves.at("pass_at_k").at("questions").get<int>(), 2);
    QVERIFY(curves.at("pass_at_k").at("with").at(0).at(2).is_number());
    QVERIFY(take(jobs::passAtKLine(project(), JobId{999})).is_null());
    // One question has no spread to resample.
    const auto one = search({{"without", true}, {"trajectories", idList({ids[0]})}});
    const Json single = take(jobs::passAtKLine(project(), one.id)).at("pass_at_k");
    QCOMPARE(single.at("questions").get<int>(), 1);
    QVERIFY(single.at("with").at(0).at(2).is_null());
}

void TestSearchJob::specRefuses_data() {
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("value");
    QTest::addRow("no rollouts") << QByteArray("n") << QByteArray("0");
    QTest::addRow("too many") << QByteArray("n") << QByteArray("5000");
    QTest::addRow("method") << QByteArray("method") << QByteArray("\"luck\"");
    QTest::addRow("top_p") << QByteArray("top_p") << QByteArray("0");
    QTest::addRow("batch") << QByteArray("batch") << QByteArray("0");
    QTest::addRow("confirm") << QByteArray("confirm") << QByteArray("-1");
    QTest::addRow("stop") << QByteArray("stop") << QByteArray("\"x\"");
}

void TestSearchJob::specRefuses() {
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, value);
    crux::test::refusesValue("search", key, value);
}

QTEST_GUILESS_MAIN(TestSearchJob)
#include "tst_search_job.moc"
