// The sample job in one process, on the demo's model: the same answers whatever the batch, the
// order and the interruptions; nothing drawn or counted twice; what cannot be sampled says why.
#include "core/base/hash.h"
#include "core/jobs/sample_drawer.h"
#include "core/jobs/sample_report.h"
#include "support/demo_jobs.h"

#include <map>

using namespace crux;
using crux::test::demo;
using crux::test::take;
using crux::test::TempProject;

namespace {

/// Everything the project holds of its sampled answers, comparable between projects.
std::map<std::string, std::string> contentOf(const store::Project& project) {
    std::map<std::string, std::string> all;
    for (const TrajectoryId id : take(store::trajectoryIds(project, {}))) {
        const auto t = take(store::trajectory(project, id));
        if (t.source != Source::Sampled)
            continue;
        const auto question = take(store::question(project, t.questionId));
        std::string& row = all[cat(question.externalId, "/", t.sampleIndex)];
        row += dumpJson(Json{t.ids, t.offsets, t.promptTokens, withReplacedUtf8(t.response),
                             verdictName(t.verdict), t.extracted, t.finishReason, t.sourceModel});
    }
    return all;
}

} // namespace

class TestSampleJob : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        m_models = crux::test::modelsOnOneThread();
        m_questions = crux::test::demoLines("questions.jsonl", 8);
    }
    void init() { m_temp = std::make_unique<TempProject>(); }

    void answersAreWhole();
    void batchAndOrderChangeNothing();
    void interruptedRunsGoOn();
    void largerNAddsAndSeedsDiffer();
    void choosesQuestions();
    void fewShotPrompts();
    void stopTextInsideAToken();
    void smallerBatchesWhenMemoryRunsOut();
    void failedStoringEndsTheDrawing();
    void whatCannotBeSampledSaysWhy();
    void noGoldAndEmptyAnswers();
    void linesAndSets();
    void selectJobChoosesAgain();
    void specRefuses_data();
    void specRefuses();

private:
    store::Project& project() { return m_temp->project(); }
    DatasetId addDemo(std::size_t count, const std::string& name = "words",
                      const std::string& split = "test");
    store::JobRecord sample(const Json& extra, const CancelToken& cancel = {},
                            const std::function<void()>& breathe = {});
    std::string eventsOf(JobId job) {
        std::string all;
        for (const auto& event : take(store::events(project(), job, 0, 1000)))
            all += event.level + ": " + event.message + "\n";
        return all;
    }

    std::unique_ptr<jobs::ModelCache> m_models;
    std::unique_ptr<TempProject> m_temp;
    std::vector<Json> m_questions;
};

DatasetId TestSampleJob::addDemo(std::size_t count, const std::string& name,
                                 const std::string& split) {
    store::DatasetRecord dataset;
    dataset.name = name;
    dataset.split = split;
    dataset.promptTemplate = "wordproblems";
    const DatasetId id = take(store::addDataset(project(), dataset));
    for (std::size_t i = 0; i < count; ++i) {
        store::QuestionRecord question;
        question.datasetId = id;
        question.externalId = std::to_string(m_questions[i].at("id").get<int>());
        question.text = m_questions[i].at("question").get<std::string>();
        question.gold = m_questions[i].at("answer").get<std::string>();
        question.solution = m_questions[i].at("solution").get<std::string>();
        take(store::addQuestion(project(), question));
    }
    return id;
}

store::JobRecord TestSampleJob::sample(const Json& extra, const CancelToken& cancel,
                                       const std::function<void()>& breathe) {
    Json spec{{"model", demo("model")}, {"n", 6},         {"temperature", 1.0}, {"top_p", 1.0},
              {"max_new_tokens", 96},   {"select", false}};
    if (extra.is_object()) // {} is null
        spec.update(extra);
    return crux::test::runJobHere(project(), *m_models, "sample", spec, {{}, {}, breathe, false},
                                  cancel);
}

void TestSampleJob::answersAreWhole() {
    addDemo(3);
    const auto job = sample({});
    QVERIFY2(job.state == store::JobState::Done, eventsOf(job.id).c_str());
    QCOMPARE(job.progressDone, 18);
    QCOMPARE(job.progressTotal, 18);
    QVERIFY(job.tokensPerSecond > 0);
    int right = 0;
    const auto ids = take(store::trajectoryIds(project(), {}));
    QCOMPARE(ids.size(), std::size_t{18});
    auto tokenizer = take(text::loadTokenizer(demo("model")));
    for (const TrajectoryId id : ids) {
        const auto t = take(store::trajectory(project(), id));
        const auto question = take(store::question(project(), t.questionId));
        QVERIFY(t.source == Source::Sampled);
        QCOMPARE(t.prompt, "Question: " + question.text + "\nAnswer: ");
        QVERIFY(t.response.find('\n') == std::string::npos); // cut before the template's stop
        QVERIFY(t.promptTokens > 10 && t.promptTokens < std::ssize(t.ids));
        QCOMPARE(t.ids[0], tokenizer->bosId());
        QCOMPARE(t.offsets.size(), 2 * t.ids.size());
        QCOMPARE(static_cast<std::size_t>(t.offsets.back()), t.prompt.size() + t.response.size());
        QVERIFY(t.modelId && !t.provenance.weightsHash.empty());
        QCOMPARE(t.provenance.dtype, std::string("float32"));
        QCOMPARE(t.provenance.params.at("temperature").get<double>(), 1.0);
        QCOMPARE(t.provenance.params.at("prompt").at("template").get<std::string>(),
                 std::string("wordproblems"));
        QVERIFY(t.finishReason == "stop" || t.finishReason == "length");
        right += t.verdict == Verdict::Right ? 1 : 0;
        if (t.verdict == Verdict::Right)
            QVERIFY(t.response.ends_with("#### " + question.gold));
    }
    QVERIFY(right > 0 && right < 18);
    QVERIFY(take(store::checkProject(project())).empty());
}

void TestSampleJob::batchAndOrderChangeNothing() {
    addDemo(3);
    QVERIFY(sample({{"batch", 64}}).state == store::JobState::Done);
    const auto expected = contentOf(project());
    QCOMPARE(expected.size(), std::size_t{18});
    for (const int batch : {1, 3}) {
        m_temp = std::make_unique<TempProject>();
        addDemo(1, "other"); // other row numbers, another data set's name
        addDemo(3);
        // The last question first.
        const std::string last = std::to_string(m_questions[2].at("id").get<int>());
        QVERIFY(sample({{"dataset", "words"}, {"questions", last}, {"batch", batch}}).state ==
                store::JobState::Done);
        QVERIFY(sample({{"dataset", "words"}, {"batch", batch}}).state == store::JobState::Done);
        QVERIFY(contentOf(project()) == expected);
    }
}

void TestSampleJob::interruptedRunsGoOn() {
    addDemo(3);
    QVERIFY(sample({}).state == store::JobState::Done);
    const auto expected = contentOf(project());
    m_temp = std::make_unique<TempProject>();
    addDemo(3);
    int stops = 0;
    for (int allowed = 1;; ++allowed) {
        CancelToken cancel;
        int breaths = 0;
        const auto job = sample({{"batch", 4}}, cancel, [&] {
            if (++breaths > allowed)
                cancel.cancel();
        });
        const auto so_far = contentOf(project());
        for (const auto& [key, row] : so_far) // never half an answer, never one twice
            QCOMPARE(row, expected.at(key));
        if (job.state == store::JobState::Done)
            break;
        QVERIFY(job.state == store::JobState::Interrupted);
        ++stops;
        QVERIFY(stops < 200);
    }
    QVERIFY(contentOf(project()) == expected);
    QVERIFY(take(store::checkProject(project())).empty());
}

void TestSampleJob::largerNAddsAndSeedsDiffer() {
    addDemo(1);
    QVERIFY(sample({{"n", 2}}).state == store::JobState::Done);
    const auto two = contentOf(project());
    const auto more = sample({{"n", 5}});
    const auto five = contentOf(project());
    QCOMPARE(five.size(), std::size_t{5});
    for (const auto& [key, row] : two)
        QCOMPARE(five.at(key), row);
    QVERIFY(eventsOf(more.id).find("2 of 5 are there already") != std::string::npos);
    const auto again = sample({{"n", 3}}); // fewer: nothing to draw
    QCOMPARE(again.progressDone, 3);
    QCOMPARE(contentOf(project()), five);
    QVERIFY(sample({{"n", 5}, {"seed", 7}}).state == store::JobState::Done);
    QCOMPARE(take(store::trajectoryIds(project(), {})).size(), std::size_t{10});
    int differ = 0;
    for (const auto& [key, row] : contentOf(project()))
        differ += row != five.at(key) + five.at(key) ? 1 : 0;
    QVERIFY(differ >= 4);
}

void TestSampleJob::choosesQuestions() {
    addDemo(4);
    QVERIFY(sample({{"n", 1}, {"limit", 3}}).state == store::JobState::Done);
    QCOMPARE(contentOf(project()).size(), std::size_t{3});
    // Questions with a sampled answer: the new answers do not add to the choice of a resumed run.
    const auto where = sample({{"n", 2}, {"where", "source=sampled"}});
    QVERIFY2(where.state == store::JobState::Done, eventsOf(where.id).c_str());
    QCOMPARE(contentOf(project()).size(), std::size_t{6});
    const auto unknown = sample({{"questions", "12345"}});
    QVERIFY(unknown.state == store::JobState::Failed);
    QVERIFY(unknown.error->message.find("12345") != std::string::npos);
    const auto nowhere = sample({{"dataset", "nothing"}});
    QVERIFY(nowhere.error->message.find("nothing") != std::string::npos);
    addDemo(1, "other");
    const auto several = sample({});
    QVERIFY(several.error->message.find("several datasets") != std::string::npos);
}

void TestSampleJob::fewShotPrompts() {
    addDemo(2, "words", "train");
    const auto builtin = sample({{"n", 1}, {"limit", 1}, {"template", "gsm8k"}, {"shots", 1}});
    QVERIFY2(builtin.state == store::JobState::Done, eventsOf(builtin.id).c_str());
    auto t = take(store::trajectory(project(), take(store::trajectoryIds(project(), {})).at(0)));
    QVERIFY(t.prompt.starts_with("Question: A baker"));
    QVERIFY(t.prompt.ends_with("\nAnswer:")); // stripped where there are examples
    QCOMPARE(t.provenance.params.at("prompt").at("shots").get<int>(), 1);
    QVERIFY(t.provenance.params.at("prompt").contains("shots_hash"));

    QVERIFY(sample({{"n", 1}, {"limit", 1}, {"shots", 1}, {"shots_from", "train"}}).state ==
            store::JobState::Done);
    t = take(store::trajectory(project(), take(store::trajectoryIds(project(), {})).at(1)));
    QVERIFY(t.prompt.find("#### ") != std::string::npos);

    const auto few = sample({{"shots", 9}});
    QVERIFY(few.error->message.find("8 worked examples") != std::string::npos);
    const auto missing = sample({{"shots", 1}, {"shots_from", "/nowhere.jsonl"}});
    QVERIFY(missing.state == store::JobState::Failed);
    const auto file = m_temp->path("shots.jsonl");
    take(writeFileAtomically(file, "{\"question\":\"1+1?\",\"response\":\"#### 2\"}\nnot json\n"));
    const auto broken = sample({{"shots", 1}, {"shots_from", file.string()}});
    QVERIFY(broken.error->message.find("Line 2") != std::string::npos);
}

/// ".\n\n" may be one token and "\n\nQuestion:" the stop text: the token stays whole, the answer
/// ends inside it.
void TestSampleJob::stopTextInsideAToken() {
    auto tokenizer = take(text::loadTokenizer(demo("model")));
    std::int32_t word = -1; // a token whose bytes, moved by one, occur in two of it at 1 only
    std::string bytes, moved;
    for (std::int32_t id = 3; id < tokenizer->vocabularySize() && word < 0; ++id) {
        bytes = tokenizer->pieceBytes(id);
        if (tokenizer->isSpecial(id) || bytes.size() < 3)
            continue;
        moved = bytes.substr(1) + bytes.substr(0, 1);
        if ((bytes + bytes).find(moved) == 1)
            word = id;
    }
    QVERIFY(word >= 0);
    auto model = take(engine::Model::load(demo("model"), {"cpu", "float32", 1}));
    jobs::SampleOptions options;
    const jobs::TokenizedPrompt prompt{"x", {1}, {0, 0}};
    const std::vector<std::string> stops{moved};
    const std::vector<jobs::PlannedSample> planned{{&prompt, &stops, "s0"}};
    jobs::SampleDrawer drawer({model, -1}, tokenizer, options,
                              [&](const engine::GenerateRequest& request,
                                  std::span<const engine::GenerateJob>,
                                  const CancelToken&) -> Result<std::vector<engine::Generated>> {
                                  const engine::Ids ids{word, word};
                                  engine::Generated made{ids, {}, FinishReason::Length};
                                  if (request.stop(0, ids))
                                      made.finish = FinishReason::Stop;
                                  return std::vector<engine::Generated>{made};
                              });
    int calls = 0;
    take(drawer.draw(planned, {}, [&](std::size_t, jobs::DrawnSample sample) -> Status {
        ++calls;
        [&] {
            QCOMPARE(sample.ids, engine::Ids{word});
            QCOMPARE(sample.response, bytes);
            QCOMPARE(sample.answered, std::size_t{1});
            QVERIFY(sample.finish == FinishReason::Stop);
        }();
        return {};
    }));
    QCOMPARE(calls, 1);
}

void TestSampleJob::smallerBatchesWhenMemoryRunsOut() {
    auto tokenizer = take(text::loadTokenizer(demo("model")));
    auto model = take(engine::Model::load(demo("model"), {"cpu", "float32", 1}));
    jobs::SampleOptions options;
    options.sampling.maxNewTokens = 48;
    const std::vector<std::string> stops{"\n"};
    const auto prompt =
        jobs::tokenizePrompt(*tokenizer, "Question: Joy has 4 pens.\nAnswer: ", true);
    std::vector<jobs::PlannedSample> planned;
    for (int i = 0; i < 8; ++i)
        planned.push_back({&prompt, &stops, "s" + std::to_string(i)});
    const auto drawAll = [&](jobs::SampleDrawer& drawer, Status& status) {
        std::map<std::size_t, engine::Ids> got;
        status = drawer.draw(planned, {}, [&](std::size_t i, jobs::DrawnSample sample) -> Status {
            if (!got.emplace(i, sample.ids).second)
                return fail(ErrorCode::Internal, "handed over twice");
            return {};
        });
        return got;
    };
    Status status;
    jobs::SampleDrawer whole({model, -1}, tokenizer, options);
    const auto expected = drawAll(whole, status);
    QVERIFY(status.ok());
    QCOMPARE(expected.size(), planned.size());

    int mostAtOnce = 3;
    std::vector<std::pair<int, std::size_t>> tried;
    const jobs::SampleEngine tight =
        [&](const engine::GenerateRequest& request, std::span<const engine::GenerateJob> jobList,
            const CancelToken& cancel) -> Result<std::vector<engine::Generated>> {
        tried.emplace_back(request.maxBatch, jobList.size());
        if (request.maxBatch > mostAtOnce) { // two are through when memory ends
            auto some = engine::generate(request, jobList.first(2), cancel);
            return some.ok() ? Result<std::vector<engine::Generated>>(
                                   fail(ErrorCode::OutOfMemory, "no memory"))
                             : std::move(some);
        }
        return engine::generate(request, jobList, cancel);
    };
    jobs::SampleDrawer small({model, -1}, tokenizer, options, tight);
    const auto got = drawAll(small, status);
    QVERIFY(status.ok());
    QVERIFY(got == expected);
    QCOMPARE(small.batch(), 1);
    // What was finished is not drawn again.
    const std::vector<std::pair<int, std::size_t>> rounds{{64, 8}, {16, 6}, {4, 4}, {1, 2}};
    QVERIFY(tried == rounds);
    mostAtOnce = 0;
    drawAll(small, status);
    QVERIFY(!status.ok() && status.error().code == ErrorCode::OutOfMemory);
}

void TestSampleJob::failedStoringEndsTheDrawing() {
    auto tokenizer = take(text::loadTokenizer(demo("model")));
    auto model = take(engine::Model::load(demo("model"), {"cpu", "float32", 1}));
    jobs::SampleOptions options;
    options.sampling.maxNewTokens = 8;
    options.batch = 1;
    const std::vector<std::string> stops;
    const jobs::TokenizedPrompt prompt{"x", {1}, {0, 0}};
    const std::vector<jobs::PlannedSample> planned(4, {&prompt, &stops, "s"});
    jobs::SampleDrawer drawer({model, -1}, tokenizer, options);
    int calls = 0;
    const Status status = drawer.draw(planned, {}, [&](std::size_t, jobs::DrawnSample) -> Status {
        ++calls;
        return fail(ErrorCode::DiskFull, "the disk is full");
    });
    QVERIFY(!status.ok() && status.error().code == ErrorCode::DiskFull);
    QCOMPARE(calls, 1);
}

void TestSampleJob::whatCannotBeSampledSaysWhy() {
    const DatasetId dataset = addDemo(2);
    std::string longText;
    for (int i = 0; i < 4000; ++i)
        longText += "Joy has 4 pens. ";
    crux::test::addQuestion(project(), dataset, "long", longText);
    const auto job = sample({{"n", 2}});
    QVERIFY(job.state == store::JobState::Done);
    QCOMPARE(job.progressDone, 4);
    QCOMPARE(job.progressTotal, 4);
    QVERIFY(eventsOf(job.id).find("Question long was not sampled: its prompt has") !=
            std::string::npos);
    QVERIFY(eventsOf(job.id).find("fills the model's context") != std::string::npos);
    // A job that can sample nothing fails, naming a question by its text where it has no id.
    crux::test::addQuestion(project(), dataset, "text:f56e3f64", longText);
    const auto none = sample({{"n", 2}, {"questions", "text:f56e3f64"}});
    QVERIFY(none.state == store::JobState::Failed);
    QVERIFY(none.error->message.find("Question \"Joy has 4 pens.") != std::string::npos);
    QVERIFY(none.error->message.find("f56e3f64") == std::string::npos);
    const auto shots =
        sample({{"n", 2}, {"template", "gsm8k"}, {"shots", 8}, {"questions", "600"}});
    QVERIFY(shots.state == store::JobState::Failed);
    QVERIFY(shots.error->message.find("worked examples") != std::string::npos);
    const auto form = sample({{"template", "rhyme"}});
    QVERIFY(form.error->message.find("rhyme") != std::string::npos);
    const auto adapter = sample({{"adapter", demo("model")}});
    QVERIFY(adapter.error->message.find("whole model") != std::string::npos);
}

void TestSampleJob::noGoldAndEmptyAnswers() {
    const DatasetId dataset = addDemo(0);
    crux::test::addQuestion(project(), dataset, "open", "Joy has 4 pens.", "");
    const auto job = sample({{"n", 3}, {"select", true}});
    QVERIFY(job.state == store::JobState::Done);
    QVERIFY(eventsOf(job.id).find("1 of 1 questions have no gold answer") != std::string::npos);
    for (const TrajectoryId id : take(store::trajectoryIds(project(), {})))
        QVERIFY(take(store::trajectory(project(), id)).verdict == Verdict::Ungraded);
    QVERIFY(take(store::pairSets(project())).empty());

    // A stop text that every answer begins with leaves nothing.
    crux::test::addQuestion(project(), dataset, "graded",
                            m_questions[0].at("question").get<std::string>(), "3");
    Json letters = Json::array();
    for (char c = '!'; c <= '~'; ++c)
        letters.push_back(std::string(1, c));
    letters.push_back(" ");
    letters.push_back("\n");
    const auto empty = sample({{"n", 2}, {"questions", "graded"}, {"stop", letters}});
    QVERIFY(empty.state == store::JobState::Done);
    QVERIFY(eventsOf(empty.id).find("2 of 2 new answers are empty") != std::string::npos);
    QVERIFY(take(store::checkProject(project())).empty());
}

void TestSampleJob::linesAndSets() {
    addDemo(4);
    const auto job = sample({{"n", 16}, {"select", true}});
    QVERIFY(job.state == store::JobState::Done);
    const auto lines = take(jobs::sampleLines(project(), job.id));
    QCOMPARE(lines.size(), std::size_t{5});
    int right = 0, kept = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        QCOMPARE(lines[i].at("samples").get<int>(), 16);
        right += lines[i].at("right").get<int>();
        int counted = lines[i].at("no_answer").get<int>();
        for (const Json& answer : lines[i].at("answers"))
            counted += answer.at("count").get<int>();
        QCOMPARE(counted, 16);
        kept += lines[i].at("right").get<int>() > 0 && lines[i].at("wrong").get<int>() > 0;
    }
    QCOMPARE(lines[4].at("right").get<int>(), right);
    QCOMPARE(lines[4].at("accuracy").get<double>(), right / 64.0);
    QVERIFY(lines[4].at("tokens_per_second").get<double>() > 0);

    const auto sets = take(store::pairSets(project()));
    QCOMPARE(sets.size(), std::size_t{3});
    QCOMPARE(sets[2].kind(), std::string("preference"));
    QCOMPARE(sets[2].pairs, kept);
    QCOMPARE(sets[2].rule.at("kept").get<int>(), kept);
    for (const store::PairRecord& pair : take(store::pairsOf(project(), sets[2].id))) {
        const auto chosen = take(store::trajectory(project(), pair.chosen));
        const auto rejected = take(store::trajectory(project(), pair.rejected));
        QVERIFY(chosen.verdict == Verdict::Right && rejected.verdict == Verdict::Wrong);
        QVERIFY(chosen.questionId == rejected.questionId);
    }
    QVERIFY(eventsOf(job.id).find("preference: ") != std::string::npos);
    // The same job again: the same sets, none twice.
    QVERIFY(sample({{"n", 16}, {"select", true}}).state == store::JobState::Done);
    QCOMPARE(take(store::pairSets(project())).size(), std::size_t{3});
}

void TestSampleJob::selectJobChoosesAgain() {
    addDemo(3);
    QVERIFY(sample({{"n", 12}}).state == store::JobState::Done);
    const auto select = [&](const Json& spec) {
        const JobId id = take(store::addJob(project(), "select", spec, "select"));
        jobs::RunnerOptions options;
        options.owner = jobs::ownerName();
        return take(jobs::runThisJob(project(), id, *m_models, options, {}));
    };
    QVERIFY(select({{"preference_top_k", 0}, {"per_answer", 0}}).state == store::JobState::Done);
    auto sets = take(store::pairSets(project()));
    QCOMPARE(sets.size(), std::size_t{2});
    QCOMPARE(sets[0].name, std::string("words"));
    QVERIFY(sets[0].pairs > sets[0].rule.at("kept").get<int>());
    QVERIFY(select({{"name", "words"}}).state == store::JobState::Done);
    sets = take(store::pairSets(project()));
    QCOMPARE(sets.size(), std::size_t{5});
    QCOMPARE(sets[2].name, std::string("words 2"));
    const auto none = select({{"where", "verdict=right and verdict=wrong"}});
    QVERIFY(none.state == store::JobState::Failed);
    QVERIFY(none.error->message.find("No trajectory") != std::string::npos);
    take(store::removePairSet(project(), sets[0].id));
    QCOMPARE(take(store::pairSets(project())).size(), std::size_t{4});
    QVERIFY(take(store::checkProject(project())).empty());
}

void TestSampleJob::specRefuses_data() {
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("value");
    QTest::addRow("no answers") << QByteArray("n") << QByteArray("0");
    QTest::addRow("top_p") << QByteArray("top_p") << QByteArray("0");
    QTest::addRow("shots") << QByteArray("shots") << QByteArray("-2");
    QTest::addRow("prompt end") << QByteArray("prompt_end") << QByteArray("\"cut\"");
    QTest::addRow("stop") << QByteArray("stop") << QByteArray("\"x\"");
}

void TestSampleJob::specRefuses() {
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, value);
    crux::test::refusesValue("sample", key, value);
}

QTEST_GUILESS_MAIN(TestSampleJob)
#include "tst_sample_job.moc"
