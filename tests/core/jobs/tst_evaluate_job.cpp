// The evaluate and compare jobs in one process, on the demo's model and adapters: what is drawn is
// kept and not drawn again, stopped evaluations go on, records reproduce.
#include "core/interop/evaluation_report.h"
#include "core/interop/export.h"
#include "core/jobs/reproduce_evaluation.h"
#include "core/store/comparison.h"
#include "core/store/repositories.h"
#include "support/demo_jobs.h"

#include <sstream>

using namespace crux;
using crux::test::demo;
using crux::test::take;
using crux::test::TempProject;

class TestEvaluateJob : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_models = crux::test::modelsOnOneThread(); }
    void init() {
        m_temp = std::make_unique<TempProject>();
        store::DatasetRecord dataset;
        dataset.name = "words";
        dataset.promptTemplate = "wordproblems";
        m_dataset = take(store::addDataset(project(), dataset));
        for (const Json& row : crux::test::demoLines("questions.jsonl", 6))
            add(row.at("id").dump(), row.at("question").get<std::string>(),
                row.at("answer").get<std::string>());
    }

    void greedyIsKept();
    void stoppedGoesOn();
    void samplesAreShared();
    void otherGradersGradeAgain();
    void baseAgainstAdapter();
    void reproduces();
    void refuses();
    void questionsThatDoNotFit();

private:
    store::Project& project() { return m_temp->project(); }
    void add(const std::string& id, const std::string& text, const std::string& gold) {
        crux::test::addQuestion(project(), m_dataset, id, text, gold);
    }
    store::JobRecord evaluate(const Json& extra = Json::object(), const CancelToken& cancel = {},
                              const std::function<void()>& breathe = {}) {
        Json spec{{"model", demo("model")}, {"max_new_tokens", 96}};
        spec.update(extra);
        return crux::test::runJobHere(project(), *m_models, "evaluate", spec,
                                      {{}, {}, breathe, false}, cancel);
    }
    store::EvaluationRecord of(const store::JobRecord& job) {
        return take(
            store::evaluation(project(), EvaluationId{job.outputs.at("evaluation").get<int>()}));
    }
    std::size_t trajectories() { return take(store::trajectoryIds(project(), {})).size(); }

    std::unique_ptr<jobs::ModelCache> m_models;
    std::unique_ptr<TempProject> m_temp;
    DatasetId m_dataset;
};

void TestEvaluateJob::greedyIsKept() {
    const auto job = evaluate();
    QVERIFY2(job.state == store::JobState::Done, job.error ? job.error->message.c_str() : "");
    const store::EvaluationRecord record = of(job);
    QVERIFY(record.complete);
    QCOMPARE(record.name, std::string("model"));
    QCOMPARE(record.counts.questions, std::int64_t{6});
    QCOMPARE(record.counts.graded(), std::int64_t{6});
    QVERIFY(record.counts.tokens > 0 && record.seconds > 0);
    QCOMPARE(record.decoding.at("temperature").get<double>(), 0.0);
    QVERIFY(!record.decoding.contains("top_p")); // greedy: it means nothing
    QVERIFY(!record.provenance.weightsHash.empty());
    int right = 0;
    for (const auto& row : take(store::evaluatedQuestions(project(), record))) {
        const auto t = take(store::trajectory(project(), row.trajectories.front()));
        QVERIFY(t.verdict == row.verdicts.front());
        QCOMPARE(static_cast<std::int32_t>(t.ids.size()) - t.promptTokens, row.tokens.front());
        right += t.verdict == Verdict::Right ? 1 : 0;
    }
    QCOMPARE(record.counts.right, std::int64_t{right});
    // Asked again: the same row, nothing drawn.
    const auto again = evaluate();
    QVERIFY(again.state == store::JobState::Done);
    QCOMPARE(of(again).id, record.id);
    QCOMPARE(of(again).counts, record.counts);
    QCOMPARE(trajectories(), std::size_t{6});
    const Json line = take(interop::evaluationJson(project(), of(again)));
    QCOMPARE(line.at("accuracy").get<double>(), right / 6.0);
    QCOMPARE(line.at("interval").size(), std::size_t{2});
    QVERIFY(take(store::checkProject(project())).empty());
}

void TestEvaluateJob::stoppedGoesOn() {
    const Json warm{{"n", 8}, {"temperature", 1.0}, {"batch", 4}};
    const CancelToken cancel;
    int breaths = 0;
    const auto stopped = evaluate(warm, cancel, [&] {
        if (++breaths == 10)
            cancel.cancel();
    });
    if (stopped.state == store::JobState::Done)
        return; // so quick that nothing was left to stop
    QVERIFY(!of(stopped).complete);
    QVERIFY(of(stopped).counts.questions < 6);
    QVERIFY(take(store::checkProject(project())).empty());
    const auto over = evaluate(warm);
    QVERIFY(over.state == store::JobState::Done);
    QCOMPARE(of(over).id, of(stopped).id);
    const auto expected = take(store::evaluatedQuestions(project(), of(over)));
    QCOMPARE(trajectories(), std::size_t{48});
    init(); // the same without a stop
    const auto straight = take(store::evaluatedQuestions(project(), of(evaluate(warm))));
    QCOMPARE(straight.size(), expected.size());
    for (std::size_t i = 0; i < straight.size(); ++i) {
        QVERIFY(straight[i].verdicts == expected[i].verdicts);
        QCOMPARE(straight[i].tokens, expected[i].tokens);
    }
}

void TestEvaluateJob::samplesAreShared() {
    Json spec{{"model", demo("model")},
              {"n", 4},
              {"temperature", 1.0},
              {"max_new_tokens", 96},
              {"select", false}};
    QVERIFY(crux::test::runJobHere(project(), *m_models, "sample", spec).state ==
            store::JobState::Done);
    QCOMPARE(trajectories(), std::size_t{24});
    const auto job = evaluate({{"n", 4}, {"temperature", 1.0}});
    QCOMPARE(trajectories(), std::size_t{24}); // they were all there
    const auto stats = store::statsOf(take(store::evaluatedQuestions(project(), of(job))));
    QCOMPARE(stats.pass.size(), std::size_t{3});
    QVERIFY(stats.pass[2].mean >= stats.pass[0].mean);
    QVERIFY(!stats.wilson);
}

void TestEvaluateJob::otherGradersGradeAgain() {
    evaluate();
    const auto before = trajectories();
    const CancelToken cancel;
    const auto job = evaluate({{"profile", "authors"}});
    QVERIFY(job.state == store::JobState::Done);
    QCOMPARE(of(job).grader, std::string("authors"));
    QVERIFY(of(job).complete);
    QCOMPARE(trajectories(), 2 * before); // copies with verdicts of their own
    std::string events;
    for (const auto& event : take(store::events(project(), job.id, 0, 100)))
        events += event.message;
    QVERIFY2(events.find("6 of 6 are there already") != std::string::npos, events.c_str());
}

void TestEvaluateJob::baseAgainstAdapter() {
    evaluate();
    const auto other = evaluate({{"adapter", demo("positive")}});
    QVERIFY2(other.state == store::JobState::Done, other.error ? other.error->message.c_str() : "");
    QCOMPARE(of(other).name, std::string("model + positive"));
    const auto made = take(store::compareEvaluations(project(), {}));
    QCOMPARE(made.pairs.size(), std::size_t{1});
    QCOMPARE(made.pairs[0].counts.total(), 6);
    const Json whole = take(interop::comparisonJson(project(), made));
    QCOMPARE(whole.at("baseline").at("name").get<std::string>(), std::string("model"));
    const Json& table = whole.at("candidates")[0].at("table");
    QCOMPARE(table.at("fixed").at("count").get<int>(), made.pairs[0].counts.fixed);
    for (std::size_t i = 0; i < made.questions.size(); ++i) {
        const Json line = take(interop::comparedQuestionJson(project(), made, i));
        const Json& parts = line.at("changes")[0].at("first_divergence");
        if (!parts.is_null())
            QVERIFY(parts.at("baseline") != parts.at("candidate"));
    }
    const auto job = crux::test::runJobHere(project(), *m_models, "compare", Json::object());
    QVERIFY(job.state == store::JobState::Done);
    for (const char* kind : {"lm-eval", "comparison-csv", "comparison-jsonl", "comparison-latex"}) {
        interop::ExportOptions options;
        options.kind = kind;
        std::ostringstream out;
        QVERIFY(take(interop::runExport(project(), options, out, {})) > 0);
        QVERIFY(!out.str().empty());
    }
    QVERIFY(interop::comparisonTable(whole).find("model + positive") != std::string::npos);
}

void TestEvaluateJob::reproduces() {
    const auto job = evaluate({{"n", 2}, {"temperature", 1.0}, {"limit", 3}});
    const auto result =
        take(jobs::reproduceEvaluation(project(), *m_models, of(job).id, 0, CancelToken()));
    QVERIFY(result.same());
    QCOMPARE(result.samples, std::int64_t{6});
    QCOMPARE(result.equal, std::int64_t{6});
    QCOMPARE(result.right, of(job).counts.right);
    // A record that was meddled with does not come out the same.
    auto rows = take(store::evaluatedQuestions(project(), of(job)));
    rows[0].verdicts[0] = rows[0].verdicts[0] == Verdict::Right ? Verdict::Wrong : Verdict::Right;
    CRUX_OK(store::saveEvaluated(project(), of(job).id, {rows[0]}, 0));
    const auto other =
        take(jobs::reproduceEvaluation(project(), *m_models, of(job).id, 1, CancelToken()));
    QCOMPARE(other.different.size(), std::size_t{1});
    QCOMPARE(other.samples, std::int64_t{2});
    QVERIFY(!jobs::toJson(project(), other).at("same").get<bool>());
}

void TestEvaluateJob::refuses() {
    const auto several = evaluate({{"n", 4}});
    QVERIFY(several.state == store::JobState::Failed);
    QVERIFY(several.error->message.find("Greedy") != std::string::npos);
    const auto gone = evaluate({{"adapter", "/nowhere/checkpoint-200"}});
    QVERIFY(gone.state == store::JobState::Failed);
    QVERIFY(gone.error->message.find("/nowhere/checkpoint-200") != std::string::npos);
    QVERIFY(take(store::evaluations(project())).empty());
}

void TestEvaluateJob::questionsThatDoNotFit() {
    std::string endless = "Ann has 3 apples. ";
    for (int i = 0; i < 400; ++i)
        endless += "Ann finds 5. ";
    add("long", endless, "3");
    const auto job = evaluate();
    QVERIFY(job.state == store::JobState::Done);
    const store::EvaluationRecord record = of(job);
    QCOMPARE(record.counts.skipped, std::int64_t{1});
    QCOMPARE(record.counts.graded(), std::int64_t{6}); // and said: no sample, not a wrong one
    QVERIFY(record.complete);
}

QTEST_GUILESS_MAIN(TestEvaluateJob)
#include "tst_evaluate_job.moc"
