// The train job in one process, on the demo's model: data from files and sets, metrics,
// checkpoints, stop and resume, lineage, and a sentence for what cannot be trained on.
#include "core/engine/safetensors.h"
#include "core/jobs/registry.h"
#include "core/jobs/run_watch.h"
#include "core/jobs/step_keeper.h"
#include "core/store/step_repo.h"
#include "support/demo_jobs.h"

#include <cmath>
#include <fstream>

using namespace crux;
using crux::test::demo;
using crux::test::take;
using crux::test::TempProject;

namespace {

/// Rows of the demo's trajectories: {"prompt", "response", "correct", "ids", ..}.
std::vector<Json> demoRows(std::size_t count) {
    return crux::test::demoLines("trajectories.jsonl", count);
}

/// TRL's rows: completions of right answers, or pairs of a right and a wrong one of a question.
std::string sftFile(const Path& file, std::size_t most) {
    std::ofstream out(file);
    std::size_t written = 0;
    for (const Json& row : demoRows(400))
        if (row.at("correct").get<bool>() && written++ < most)
            out << dumpJson({{"prompt", row.at("prompt")}, {"completion", row.at("response")}})
                << "\n";
    return file.string();
}

std::string pairFile(const Path& file, std::size_t most) {
    std::ofstream out(file);
    std::map<int, Json> right;
    std::size_t written = 0;
    const auto rows = demoRows(400);
    for (const Json& row : rows)
        if (row.at("correct").get<bool>())
            right.emplace(row.at("question_id").get<int>(), row);
    for (const Json& row : rows) {
        const auto good = right.find(row.at("question_id").get<int>());
        if (row.at("correct").get<bool>() || good == right.end() || written++ >= most)
            continue;
        const auto ids = row.at("ids").get<std::vector<int>>();
        const auto begin = ids.begin() + row.at("prompt_tokens").get<int>();
        Json weights = Json::array();
        for (auto id = begin; id != ids.end(); ++id)
            weights.push_back(*id % 10 / 10.0);
        out << dumpJson({{"prompt", row.at("prompt")},
                         {"chosen", good->second.at("response")},
                         {"rejected", row.at("response")},
                         {"rejected_token_ids", std::vector<int>(begin, ids.end())},
                         {"rejected_weights", weights}})
            << "\n";
    }
    return file.string();
}

} // namespace

class TestTrainJob : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void fileOfCompletionsMakesAnAdapter();
    void evaluationKeepsTheBest();
    void stoppedRunGoesOnToTheSameAdapter();
    void weightsOfAFileDriveCdpo();
    void setsOfTheProjectAreTrainedOn();
    void goingOnFromAnAdapterIsItsChild();
    void wholeModelIsRegistered();
    void badDataFailsWithASentence_data();
    void badDataFailsWithASentence();
    void alertsAreFound();
    void stepsTellTheirRowsAndTokens();
    void tokenValuesAreBounded();

private:
    store::JobRecord run(const Json& spec, const CancelToken& cancel = {},
                         const std::function<void(const store::JobRecord&)>& watch = {});
    store::JobRecord runAgain(JobId id);
    store::JobRecord runKind(const std::string& kind, const Json& given);
    Json spec(Json more) const {
        Json made{{"model", demo("model")},
                  {"preset", "small_cpu"},
                  {"end", "\n"},
                  {"batch", 4},
                  {"accumulation", 2},
                  {"max_steps", 6},
                  {"save_steps", 2},
                  {"warmup_steps", 1}};
        made.update(more);
        return made;
    }
    std::string adapterBytes(JobId id);
    store::AdapterRecord madeBy(JobId id);

    std::unique_ptr<TempProject> m_temp;
    std::unique_ptr<jobs::ModelCache> m_models;
};

void TestTrainJob::init() {
    m_temp = std::make_unique<TempProject>();
    // Anew each time: attached adapters of other tests have no business here.
    m_models = crux::test::modelsOnOneThread();
}

store::JobRecord TestTrainJob::runKind(const std::string& kind, const Json& given) {
    return crux::test::runJobHere(m_temp->project(), *m_models, kind, given);
}

store::JobRecord TestTrainJob::run(const Json& given, const CancelToken& cancel,
                                   const std::function<void(const store::JobRecord&)>& watch) {
    return crux::test::runJobHere(m_temp->project(), *m_models, "train", given,
                                  {{}, watch, {}, false}, cancel);
}

store::JobRecord TestTrainJob::runAgain(JobId id) {
    take(store::requeueJob(m_temp->project(), id));
    jobs::RunnerOptions options;
    options.owner = jobs::ownerName();
    return take(jobs::runThisJob(m_temp->project(), id, *m_models, options, {}));
}

store::AdapterRecord TestTrainJob::madeBy(JobId id) {
    for (const store::CheckpointRecord& row : take(store::checkpoints(m_temp->project(), id)))
        if (row.adapterId)
            return take(store::adapter(m_temp->project(), row.adapterId));
    return {};
}

std::string TestTrainJob::adapterBytes(JobId id) {
    return take(readFile(Path(madeBy(id).path) / "adapter_model.safetensors"));
}

void TestTrainJob::fileOfCompletionsMakesAnAdapter() {
    const auto data = sftFile(m_temp->path("sft.jsonl"), 60);
    const auto job = run(spec({{"method", "sft"},
                               {"data", data},
                               {"role", "positive"},
                               {"name", "mine"},
                               {"keep_last", 2}}));
    QVERIFY2(job.state == store::JobState::Done, job.error ? job.error->message.c_str() : "");
    QCOMPARE(job.progressDone, 6);
    QCOMPARE(job.unit, std::string("steps"));
    const store::AdapterRecord adapter = madeBy(job.id);
    QCOMPARE(adapter.name, std::string("mine"));
    QCOMPARE(adapter.role, std::string("positive"));
    QCOMPARE(adapter.rank, 8);
    const auto losses = take(store::metrics(m_temp->project(), job.id, "loss"));
    QCOMPARE(losses.size(), std::size_t{6});
    for (const store::MetricPoint& point : losses)
        QVERIFY(std::isfinite(point.value) && point.value > 0);
    const auto names = take(store::metricNames(m_temp->project(), job.id));
    for (const char* name : {"grad_norm", "learning_rate", "epoch", "num_tokens"})
        QVERIFY2(std::find(names.begin(), names.end(), name) != names.end(), name);
    int kept = 0;
    for (const store::CheckpointRecord& row : take(store::checkpoints(m_temp->project(), job.id))) {
        QCOMPARE(std::filesystem::exists(Path(row.path) / "DONE"), !row.deleted);
        kept += row.deleted ? 0 : 1;
    }
    QCOMPARE(kept, 2);
    // What the project now calls an adapter can be computed with.
    QVERIFY(m_models->model(m_temp->project(), adapter.modelId, adapter.id).ok());
    QVERIFY(take(store::checkProject(m_temp->project())).empty());
}

void TestTrainJob::evaluationKeepsTheBest() {
    const auto data = sftFile(m_temp->path("sft.jsonl"), 60);
    const auto job = run(spec({{"method", "sft"},
                               {"data", data},
                               {"eval_rows", 12},
                               {"eval_steps", 1},
                               {"keep_last", 1},
                               {"learning_rate", 0.05},
                               {"schedule", "constant"},
                               {"clip", 0}}));
    QVERIFY2(job.state == store::JobState::Done, job.error ? job.error->message.c_str() : "");
    const auto points = take(store::metrics(m_temp->project(), job.id, "eval_loss"));
    QCOMPARE(points.size(), std::size_t{6});
    const auto best =
        std::min_element(points.begin(), points.end(),
                         [](const auto& a, const auto& b) { return a.value < b.value; });
    for (const store::CheckpointRecord& row : take(store::checkpoints(m_temp->project(), job.id))) {
        QCOMPARE(row.best, row.step == best->step);
        QCOMPARE(static_cast<bool>(row.adapterId), row.best);
        if (row.best)
            QVERIFY(!row.deleted);
    }
}

void TestTrainJob::stoppedRunGoesOnToTheSameAdapter() {
    const auto data = pairFile(m_temp->path("pairs.jsonl"), 40);
    const Json given = spec({{"method", "dpo"},
                             {"data", data},
                             {"dropout", 0.1},
                             {"batch", 2},
                             {"accumulation", 1},
                             {"max_steps", 40},
                             {"save_steps", 7}});
    const auto straight = run(given);
    QVERIFY2(straight.state == store::JobState::Done,
             straight.error ? straight.error->message.c_str() : "");
    CancelToken cancel;
    const auto stopped = run(given, cancel, [&](const store::JobRecord& row) {
        if (row.progressDone >= 1)
            cancel.cancel();
    });
    QCOMPARE(stopped.state, store::JobState::Interrupted);
    QVERIFY(stopped.progressDone < 40);
    const auto resumed = runAgain(stopped.id);
    QVERIFY2(resumed.state == store::JobState::Done,
             resumed.error ? resumed.error->message.c_str() : "");
    QCOMPARE(adapterBytes(resumed.id), adapterBytes(straight.id));
    const auto values = [&](JobId id) {
        std::vector<double> list;
        for (const auto& point : take(store::metrics(m_temp->project(), id, "rewards/margins")))
            list.push_back(point.value);
        return list;
    };
    QCOMPARE(values(resumed.id).size(), std::size_t{40});
    QCOMPARE(values(resumed.id), values(straight.id));
}

void TestTrainJob::weightsOfAFileDriveCdpo() {
    const auto data = pairFile(m_temp->path("pairs.jsonl"), 40);
    const auto cdpo = run(spec({{"method", "cdpo"}, {"data", data}}));
    QVERIFY2(cdpo.state == store::JobState::Done, cdpo.error ? cdpo.error->message.c_str() : "");
    const auto authors = run(spec({{"method", "cdpo"}, {"data", data}, {"cdpo_form", "authors"}}));
    const auto dpo = run(spec({{"method", "dpo"}, {"data", data}}));
    QVERIFY(adapterBytes(cdpo.id) != adapterBytes(dpo.id));
    QVERIFY(adapterBytes(cdpo.id) != adapterBytes(authors.id));
}

void TestTrainJob::setsOfTheProjectAreTrainedOn() {
    const store::Project& project = m_temp->project();
    QCOMPARE(runKind("import", {{"inputs", {demo("trajectories.jsonl")}}, {"limit", 96}}).state,
             store::JobState::Done);
    std::map<QuestionId, TrajectoryId> right;
    std::vector<store::PairRecord> pairs, wrong;
    const auto ids = take(store::trajectoryIds(project, {}));
    for (const TrajectoryId id : ids) {
        const auto row = take(store::trajectory(project, id));
        if (row.verdict == Verdict::Right)
            right.emplace(row.questionId, id);
    }
    for (const TrajectoryId id : ids) {
        const auto row = take(store::trajectory(project, id));
        if (row.verdict != Verdict::Wrong)
            continue;
        wrong.push_back({id, {}, {}, {}});
        if (right.count(row.questionId) != 0)
            pairs.push_back({right[row.questionId], id, {}, {}});
    }
    QVERIFY(pairs.size() > 8);
    store::PairSetRecord set;
    set.name = "mine";
    set.rule = {{"kind", "preference"}};
    take(store::addPairSet(project, set, pairs));
    set.rule = {{"kind", "sft_neg"}};
    take(store::addPairSet(project, set, wrong));

    const auto unscored = run(spec({{"method", "cdpo"}, {"data", "mine"}}));
    QCOMPARE(unscored.state, store::JobState::Failed);
    QVERIFY2(unscored.error->message.find("run `crux-cli score` first") != std::string::npos,
             unscored.error->message.c_str());
    QCOMPARE(runKind("score", {{"model", demo("model")},
                               {"positive", demo("positive")},
                               {"negative", demo("negative")},
                               {"top_k", 0}})
                 .state,
             store::JobState::Done);
    const auto cdpo = run(spec({{"method", "cdpo"}, {"data", "mine"}}));
    QVERIFY2(cdpo.state == store::JobState::Done, cdpo.error ? cdpo.error->message.c_str() : "");
    const auto both = run(spec({{"method", "cdpo"}, {"data", "mine"}, {"cdpo_weights", "both"}}));
    const auto dpo = run(spec({{"method", "dpo"}})); // the newest pairs
    QVERIFY2(dpo.state == store::JobState::Done, dpo.error ? dpo.error->message.c_str() : "");
    QVERIFY(adapterBytes(cdpo.id) != adapterBytes(dpo.id));
    QVERIFY(adapterBytes(cdpo.id) != adapterBytes(both.id));
    QCOMPARE(madeBy(cdpo.id).role, std::string("policy"));
    const auto negative = run(spec({{"method", "sft"}, {"data", "mine"}}));
    QVERIFY2(negative.state == store::JobState::Done,
             negative.error ? negative.error->message.c_str() : "");
    QCOMPARE(madeBy(negative.id).role, std::string("negative"));
    const auto none = run(spec({{"method", "sft"}, {"role", "positive"}}));
    QCOMPARE(none.state, store::JobState::Failed);
}

void TestTrainJob::goingOnFromAnAdapterIsItsChild() {
    const auto data = sftFile(m_temp->path("sft.jsonl"), 40);
    const auto first = run(spec({{"method", "sft"}, {"data", data}, {"name", "first"}}));
    const auto second = run(
        spec({{"method", "sft"}, {"data", data}, {"name", "second"}, {"start_adapter", "first"}}));
    QVERIFY2(second.state == store::JobState::Done,
             second.error ? second.error->message.c_str() : "");
    QCOMPARE(madeBy(second.id).parentId, madeBy(first.id).id);
    // Registering it again, as every job that names it does, keeps the lineage.
    take(jobs::resolveSide(m_temp->project(), "second", madeBy(second.id).modelId, "policy"));
    QCOMPARE(madeBy(second.id).parentId, madeBy(first.id).id);
}

void TestTrainJob::wholeModelIsRegistered() {
    const auto data = sftFile(m_temp->path("sft.jsonl"), 40);
    const auto job = run(spec({{"method", "sft"},
                               {"data", data},
                               {"trained", "all"},
                               {"name", "whole"},
                               {"max_steps", 2},
                               {"learning_rate", 1e-4}}));
    QVERIFY2(job.state == store::JobState::Done, job.error ? job.error->message.c_str() : "");
    const auto rows = take(store::models(m_temp->project()));
    QCOMPARE(rows.size(), std::size_t{2});
    QCOMPARE(rows.back().name, std::string("whole"));
    QVERIFY(m_models->model(m_temp->project(), rows.back().id, {}).ok());
    QVERIFY(m_models->tokenizer(m_temp->project(), rows.back().id).ok());
}

void TestTrainJob::badDataFailsWithASentence_data() {
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("spec");
    QTest::addColumn<QByteArray>("sentence");
    const QByteArray pair = R"({"prompt": "Q ", "chosen": "1 2", "rejected": "1 3"})";
    QTest::addRow("empty") << QByteArray("\n\n") << QByteArray(R"({"method": "dpo"})")
                           << QByteArray("is empty");
    QTest::addRow("not JSON") << pair + "\n{oops\n"
                              << QByteArray(R"({"method": "dpo"})") << QByteArray("Line 2 of");
    QTest::addRow("no rejected") << QByteArray(R"({"prompt": "Q ", "completion": "1"})")
                                 << QByteArray(R"({"method": "dpo"})")
                                 << QByteArray("\"chosen\" is missing");
    QTest::addRow("messages")
        << QByteArray(R"({"prompt": [{"role": "user", "content": "Q"}], "completion": "1"})")
        << QByteArray(R"({"method": "sft"})") << QByteArray("render the chat template first");
    QTest::addRow("equal answers")
        << QByteArray(R"({"prompt": "Q ", "chosen": "1", "rejected": "1"})")
        << QByteArray(R"({"method": "dpo"})") << QByteArray("dropped: 1 equal answers");
    QTest::addRow("prompt too long") << pair << QByteArray(R"({"method": "dpo", "max_prompt": 2})")
                                     << QByteArray("dropped: 1 prompt too long");
    QTest::addRow("too long") << pair << QByteArray(R"({"method": "dpo", "max_length": 3})")
                              << QByteArray("dropped: 1 too long");
    QTest::addRow("no weights") << pair << QByteArray(R"({"method": "cdpo"})")
                                << QByteArray("carries no weights for cDPO");
    QTest::addRow("weights that do not fit")
        << QByteArray(
               R"({"prompt": "Q ", "chosen": "1", "rejected": "1 3", "rejected_weights": [1]})")
        << QByteArray(R"({"method": "cdpo"})") << QByteArray("weights do not fit");
    QTest::addRow("evaluation takes all")
        << pair << QByteArray(R"({"method": "dpo", "eval_rows": 5})")
        << QByteArray("lower eval_rows");
    QTest::addRow("adapter of another base")
        << pair << QByteArray(R"({"method": "dpo", "start_adapter": "OTHER"})")
        << QByteArray("made for another model");
}

void TestTrainJob::badDataFailsWithASentence() {
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, spec);
    QFETCH(QByteArray, sentence);
    const Path file = m_temp->path("data.jsonl");
    std::ofstream(file) << text.toStdString() << "\n";
    Json given = *parseJson(spec.toStdString());
    given["data"] = file.string();
    if (given.contains("start_adapter"))
        given["start_adapter"] =
            (crux::test::dataDir() + QStringLiteral("/engine/tiny/adapter")).toStdString();
    const auto job = run(this->spec(given));
    QCOMPARE(job.state, store::JobState::Failed);
    QVERIFY2(job.error->message.find(sentence.toStdString()) != std::string::npos,
             job.error->message.c_str());
}

void TestTrainJob::alertsAreFound() {
    jobs::RunWatch watch;
    engine::train::StepReport report;
    const auto at = [&](std::int64_t step, double loss, double margin) {
        report.step = step;
        report.loss = loss;
        report.metrics = {{"rewards/margins", margin}};
        return watch.look(report);
    };
    std::int64_t step = 0;
    for (; step < 60; ++step)
        QVERIFY(at(step, 0.7 + 0.01 * (step % 5), 0.01 * static_cast<double>(step)).empty());
    const auto spike = at(step++, 3.0, 0.6);
    QCOMPARE(spike.size(), std::size_t{1});
    QCOMPARE(spike[0].kind, std::string("loss_spike"));
    jobs::RunWatch copy; // what a resumed run knows
    copy.restore(watch.state());
    bool collapsed = false;
    for (; step < 160 && !collapsed; ++step) {
        for (const auto& alert : at(step, 0.7, -0.2))
            collapsed = collapsed || alert.kind == "margin_collapse";
    }
    QVERIFY(collapsed);
    QCOMPARE(copy.state().at("steps"), 61);
    bool norm = false, constant = false;
    for (; step < 300; ++step) {
        report.gradNorm = step == 250 ? 50 : 1 + 0.01 * static_cast<double>(step % 3);
        report.step = step;
        report.loss = 0.7;
        report.metrics = {{"rewards/accuracies", step < 200 ? 0.5 : 1.0}};
        for (const auto& alert : watch.look(report)) {
            norm = norm || (alert.kind == "grad_norm" && alert.step == 250);
            constant = constant || (alert.kind == "accuracy_constant" && alert.step == 249);
        }
    }
    QVERIFY(norm && constant);
    report.finite = false;
    report.loss = std::nan("");
    QCOMPARE(watch.look(report).at(0).kind, std::string("nan"));
}

/// Every step names its rows; what is kept of their tokens adds up to what the row reports.
void TestTrainJob::stepsTellTheirRowsAndTokens() {
    const auto pairs = pairFile(m_temp->path("pairs.jsonl"), 40);
    const auto cdpo = run(spec({{"method", "cdpo"}, {"data", pairs}, {"beta", 0.1}}));
    QVERIFY2(cdpo.state == store::JobState::Done, cdpo.error ? cdpo.error->message.c_str() : "");
    const auto data = take(store::runData(m_temp->project(), cdpo.id));
    QVERIFY(data && data->pairs && !data->sources.empty() && data->sources.front().line > 0);
    QCOMPARE(data->weightCounts.size(), std::size_t{20});
    const double beta = 0.1;
    for (std::int64_t step = 1; step <= 6; ++step) {
        const auto rows = take(store::stepRows(m_temp->project(), cdpo.id, step));
        QCOMPARE(rows.size(), std::size_t{8});
        double mean = 0, worst = 0, worstKept = 0;
        int kept = 0;
        for (const store::StepRow& row : rows) {
            mean += row.loss / 8;
            worst = std::max(worst, row.loss);
            if (!row.kept)
                continue;
            ++kept;
            worstKept = std::max(worstKept, row.loss);
            const auto tokens = take(store::keptRow(m_temp->project(), cdpo.id, step, row.row));
            QVERIFY(tokens);
            const auto reward = [&](const store::KeptTokens& side) {
                double sum = 0;
                for (std::size_t t = 0; t < side.logp.size(); ++t)
                    sum += static_cast<double>(side.weights[t]) *
                           static_cast<double>(side.logp[t] - side.reference[t]);
                return beta * sum;
            };
            const double margin = reward(tokens->chosen) - reward(tokens->rejected);
            QVERIFY(std::fabs(-std::log(1 / (1 + std::exp(-margin))) - row.loss) < 1e-3);
            // d loss / d log pi of a rejected token: beta * weight * sigmoid(-margin)
            const double pull = beta / (1 + std::exp(margin));
            for (std::size_t t = 0; t < tokens->rejected.slope.size(); ++t)
                QVERIFY(std::fabs(static_cast<double>(tokens->rejected.slope[t]) -
                                  pull * static_cast<double>(tokens->rejected.weights[t])) < 1e-4);
            for (const float slope : tokens->chosen.slope)
                QVERIFY(std::fabs(static_cast<double>(slope) + pull) < 1e-4);
        }
        QCOMPARE(kept, 2);
        QCOMPARE(worstKept, worst);
        const auto losses = take(store::metrics(m_temp->project(), cdpo.id, "loss", step - 1));
        QVERIFY(std::fabs(losses.front().value - mean) < 1e-5);
    }
    const auto sft = run(spec({{"method", "sft"},
                               {"data", sftFile(m_temp->path("sft.jsonl"), 60)},
                               {"token_rows", 1},
                               {"max_steps", 2}}));
    for (const store::StepRow& row : take(store::stepRows(m_temp->project(), sft.id, 2)))
        if (const auto tokens = take(store::keptRow(m_temp->project(), sft.id, 2, row.row))) {
            QVERIFY(tokens->rejected.ids.empty());
            double sum = 0;
            for (std::size_t t = 0; t < tokens->chosen.logp.size(); ++t)
                sum += static_cast<double>(tokens->chosen.slope[t]) *
                       static_cast<double>(tokens->chosen.logp[t]);
            QVERIFY(std::fabs(sum - row.loss) < 1e-5);
        }
    QVERIFY(take(store::checkProject(m_temp->project())).empty());
}

void TestTrainJob::tokenValuesAreBounded() {
    jobs::TrainData data;
    engine::train::TrainExample row;
    row.chosen.ids.assign(500, 1);
    row.chosen.promptTokens = 100;
    row.rejected = row.chosen;
    data.rows.assign(4, row);
    data.sources.resize(4);
    const auto keptOf = [&](std::int64_t steps, std::int64_t rows) {
        jobs::StepKeeper keeper(data, "", true, 0, rows, steps);
        return keeper.stride();
    };
    QCOMPARE(keptOf(1000, 1), 1);
    QCOMPARE(keptOf(1'000'000, 0), 1); // nothing is kept at all
    // 1,000 tokens a row at 20 bytes: 40 kB a step, 64 MiB hold some 1,677 steps.
    const std::int64_t stride = keptOf(1'000'000, 2);
    QVERIFY(stride * 64 * 1024 * 1024 >= std::int64_t{1'000'000} * 40'000);
    QVERIFY(stride < 700);
}

QTEST_APPLESS_MAIN(TestTrainJob)
#include "tst_train_job.moc"
