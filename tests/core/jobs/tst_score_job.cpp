// The score job and the runner in one process, on the demo's model.
#include "core/jobs/alternatives.h"
#include "core/jobs/continuation.h"
#include "core/jobs/registry.h"
#include "core/jobs/score_models.h"
#include "core/store/job_ends.h"
#include "support/demo_jobs.h"

#include <QTemporaryDir>

using namespace crux;
using crux::test::demo;

namespace {
constexpr int kMany = 240; ///< trajectories of more than one step
}

class TestScoreJob : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void textIsTokenisedAndScored();
    void rowsThatDoNotFitAreSkippedWithAReason();
    void otherTokenizersRowsNeedRetokenize();
    void nothingScoredLeavesNoSet();
    void finishedRowsAreNotRepeated();
    void cancelStopsAndResumes();
    void pauseStopsAtAStepAndResumes();
    void cancelledForGoodStaysCancelled();
    void unknownKindFailsWithASentence();
    void deadOwnersJobsAreTakenOver();
    void sameFolderIsOneModel();
    void othersAreServedFromBeginToEnd();
    void lackOfMemoryHalvesTheBatch();

private:
    TrajectoryId add(const std::string& response, std::vector<std::int32_t> ids = {},
                     const std::string& tokenizerHash = {});
    store::JobRecord score(Json extra = Json::object(), const CancelToken& cancel = {});
    /// Small batches however quick the machine is: kMany trajectories take many steps.
    Json inManySteps() const {
        return {{"model", demo("model")},
                {"positive", demo("positive")},
                {"negative", demo("negative")},
                {"batch_tokens", 256}};
    }
    bool scoredAny() const {
        const auto sets = store::scoreSets(*m_project);
        return sets.ok() && !sets->empty() && sets->front().scored > 0;
    }
    std::vector<store::JobEventRecord> eventsOf(JobId id) {
        const auto found = store::events(*m_project, id, 0, 1000);
        return found.ok() ? *found : std::vector<store::JobEventRecord>();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<store::Project> m_project;
    std::unique_ptr<jobs::ModelCache> m_models;
    DatasetId m_dataset;
    QuestionId m_question;
    int m_sample = 0;
};

void TestScoreJob::init() {
    m_project.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    auto project = store::Project::open(m_folder->filePath(QStringLiteral("p.crux")).toStdString(),
                                        store::OpenMode::Create);
    QVERIFY2(project.ok(), project.ok() ? "" : project.error().message.c_str());
    m_project = std::move(*project);
    if (!m_models)
        m_models = std::make_unique<jobs::ModelCache>(engine::ComputeOptions{"cpu", "float32", 2});
    store::DatasetRecord dataset;
    dataset.name = "d";
    dataset.promptTemplate = "gsm8k";
    const auto datasetId = store::addDataset(*m_project, dataset);
    QVERIFY(datasetId.ok());
    m_dataset = *datasetId;
    store::QuestionRecord question;
    question.datasetId = m_dataset;
    question.externalId = "q";
    question.text = "Joy has 4 coins.";
    question.gold = "8";
    const auto questionId = store::addQuestion(*m_project, question);
    QVERIFY(questionId.ok());
    m_question = *questionId;
}

TrajectoryId TestScoreJob::add(const std::string& response, std::vector<std::int32_t> ids,
                               const std::string& tokenizerHash) {
    store::TrajectoryRecord row;
    row.questionId = m_question;
    row.datasetId = m_dataset;
    row.sampleIndex = m_sample++;
    row.prompt = ids.empty() ? "Question: Joy has 4 coins.\nAnswer: " : "";
    row.response = response;
    row.promptTokens = ids.empty() ? 0 : 1;
    row.ids = std::move(ids);
    for (std::size_t i = 0; i < row.ids.size(); ++i) {
        row.offsets.push_back(0);
        row.offsets.push_back(0);
    }
    row.tokenizerHash = tokenizerHash;
    row.verdict = Verdict::Wrong;
    const auto id = store::addTrajectory(*m_project, row);
    return id.ok() ? *id : TrajectoryId{};
}

store::JobRecord TestScoreJob::score(Json extra, const CancelToken& cancel) {
    Json spec{{"model", demo("model")},
              {"positive", demo("positive")},
              {"negative", demo("negative")},
              {"top_k", 5}};
    spec.update(extra);
    const auto id = store::addJob(*m_project, "score", spec, "score");
    if (!id.ok())
        return {};
    jobs::RunnerOptions options;
    options.owner = jobs::ownerName();
    options.interactive = true;
    const auto row = jobs::runThisJob(*m_project, *id, *m_models, options, cancel);
    return row.ok() ? *row : store::JobRecord{};
}

void TestScoreJob::textIsTokenisedAndScored() {
    const TrajectoryId id = add("4+4=8. #### 8\n");
    QVERIFY(id);
    const store::JobRecord job = score();
    QVERIFY2(job.state == store::JobState::Done, job.error ? job.error->message.c_str() : "");
    const auto row = store::trajectory(*m_project, id);
    QVERIFY(row.ok() && !row->ids.empty() && !row->tokenizerHash.empty());
    QVERIFY(row->promptTokens > 0);
    const auto sets = store::scoreSets(*m_project);
    QVERIFY(sets.ok() && sets->size() == 1);
    QVERIFY(!sets->front().provenance.weightsHash.empty());
    const auto scores = store::scores(*m_project, id, sets->front().id);
    QVERIFY(scores.ok() && *scores);
    QCOMPARE((*scores)->s.size(), row->ids.size());
    QVERIFY(std::isnan((*scores)->s[0]));
    for (std::size_t i = 1; i < (*scores)->s.size(); ++i)
        QVERIFY((*scores)->s[i] >= 0 && (*scores)->s[i] <= 1);
    const auto top = store::alternatives(*m_project, id, sets->front().id);
    QVERIFY(top.ok() && *top && (*top)->k == 5);
    QVERIFY(store::checkProject(*m_project)->empty());
}

void TestScoreJob::rowsThatDoNotFitAreSkippedWithAReason() {
    add("4+4=8.");
    const TrajectoryId foreign = add("text that these ids do not spell", {1, 45, 46});
    const TrajectoryId outside = add("x", {1, 4000});
    std::string longText;
    for (int i = 0; i < 2000; ++i)
        longText += "7";
    const TrajectoryId tooLong = add(longText);
    const store::JobRecord job = score();
    QVERIFY(job.state == store::JobState::Done);
    QCOMPARE(job.progressTotal, 4);
    QCOMPARE(job.progressDone, 1);
    for (const TrajectoryId id : {foreign, outside, tooLong}) {
        bool told = false;
        for (const auto& event : eventsOf(job.id))
            told = told || event.object == "trajectory " + std::to_string(id.value);
        QVERIFY(told);
    }
}

void TestScoreJob::otherTokenizersRowsNeedRetokenize() {
    const TrajectoryId id = add("4+4=8.", {1, 5, 6}, "another tokenizer's hash");
    QCOMPARE(score().progressDone, 0);
    QCOMPARE(store::trajectory(*m_project, id)->tokenizerHash,
             std::string("another tokenizer's hash"));
    QCOMPARE(score({{"retokenize", true}}).progressDone, 1);
    QVERIFY(store::trajectory(*m_project, id)->tokenizerHash != "another tokenizer's hash");
}

/// The newest set is what filters and exports look into: one without scores must not stay.
void TestScoreJob::nothingScoredLeavesNoSet() {
    QVERIFY(score().state == store::JobState::Failed); // an empty project
    QVERIFY(store::scoreSets(*m_project)->empty());
    add("4+4=8.", {1, 5, 6}, "another tokenizer's hash");
    const store::JobRecord job = score();
    QVERIFY(job.state == store::JobState::Failed);
    QVERIFY(job.error && job.error->message.find("None of the 1") != std::string::npos);
    QVERIFY(store::scoreSets(*m_project)->empty());
    add("4+4=9.");
    QVERIFY(score().state == store::JobState::Done);
    QVERIFY(score({{"top_k", 7}}).state == store::JobState::Done);
    const auto sets = *store::scoreSets(*m_project);
    QCOMPARE(sets.size(), std::size_t{2});
    QCOMPARE(sets[1].name, sets[0].name + " (2)"); // sets are chosen by their names
    QVERIFY(*store::candidateThreshold(*m_project, sets[1].id) > 0);
}

void TestScoreJob::finishedRowsAreNotRepeated() {
    const TrajectoryId id = add("4+4=8.");
    QVERIFY(score().state == store::JobState::Done);
    const ScoreSetId set = store::scoreSets(*m_project)->front().id;
    auto kept = *store::scores(*m_project, id, set);
    QVERIFY(kept);
    kept->s[1] = 0.125f; // a mark that scoring again would wipe out
    QVERIFY(store::saveScores(*m_project, *kept, nullptr, JobId{}).ok());
    add("4+4=9.");
    const store::JobRecord job = score();
    QCOMPARE(job.progressDone, 2);
    QCOMPARE(store::scoreSets(*m_project)->size(), std::size_t{1}); // same models: the same set
    QCOMPARE((*store::scores(*m_project, id, set))->s[1], 0.125f);
}

void TestScoreJob::cancelStopsAndResumes() {
    for (int i = 0; i < 6; ++i)
        add("4+4=8. #### " + std::to_string(i));
    CancelToken cancel;
    cancel.cancel();
    const store::JobRecord stopped = score(Json::object(), cancel);
    QVERIFY(stopped.state == store::JobState::Interrupted);
    QVERIFY(store::requeueJob(*m_project, stopped.id).ok());
    jobs::RunnerOptions options;
    options.owner = jobs::ownerName();
    const auto ran = jobs::runNextJob(*m_project, *m_models, options, {});
    QVERIFY(ran.ok() && *ran);
    QVERIFY(store::job(*m_project, stopped.id)->state == store::JobState::Done);
    QCOMPARE(store::job(*m_project, stopped.id)->progressDone, 6);
}

void TestScoreJob::pauseStopsAtAStepAndResumes() {
    for (int i = 0; i < kMany; ++i)
        add("4+4=8. #### " + std::to_string(i));
    const auto id = store::addJob(*m_project, "score", inManySteps(), "score");
    QVERIFY(id.ok());
    jobs::RunnerOptions options;
    options.owner = jobs::ownerName();
    options.interactive = true;
    options.breathe = [&] {
        if (scoredAny())
            QVERIFY(store::requestPause(*m_project, *id).ok());
    };
    QVERIFY(jobs::runThisJob(*m_project, *id, *m_models, options, {}).ok());
    const auto paused = store::job(*m_project, *id);
    QVERIFY(paused->state == store::JobState::Paused);
    QVERIFY(paused->progressDone > 0 && paused->progressDone < kMany);
    // It stays paused while others run, and goes on when asked.
    options.breathe = {};
    auto ran = jobs::runNextJob(*m_project, *m_models, options, {});
    QVERIFY(ran.ok() && !*ran);
    QVERIFY(store::requeueJob(*m_project, *id).ok());
    ran = jobs::runNextJob(*m_project, *m_models, options, {});
    QVERIFY(ran.ok() && *ran);
    QVERIFY(store::job(*m_project, *id)->state == store::JobState::Done);
    QCOMPARE(store::job(*m_project, *id)->progressDone, kMany);
}

void TestScoreJob::cancelledForGoodStaysCancelled() {
    for (int i = 0; i < kMany; ++i)
        add("4+4=8. #### " + std::to_string(i));
    const auto id = store::addJob(*m_project, "score", inManySteps(), "score");
    QVERIFY(id.ok());
    jobs::RunnerOptions options;
    options.owner = jobs::ownerName();
    options.interactive = true;
    options.breathe = [&] {
        if (scoredAny())
            QVERIFY(store::cancelJob(*m_project, *id).ok());
    };
    QVERIFY(jobs::runThisJob(*m_project, *id, *m_models, options, {}).ok());
    const auto row = store::job(*m_project, *id);
    QVERIFY(row->state == store::JobState::Cancelled);
    QVERIFY(row->progressDone > 0 && row->progressDone < kMany);
}

void TestScoreJob::unknownKindFailsWithASentence() {
    const auto id = store::addJob(*m_project, "bake", Json::object(), "bake");
    QVERIFY(id.ok());
    jobs::RunnerOptions options;
    options.owner = jobs::ownerName();
    QVERIFY(jobs::runNextJob(*m_project, *m_models, options, {}).ok());
    const auto row = store::job(*m_project, *id);
    QVERIFY(row->state == store::JobState::Failed);
    QVERIFY(row->error && row->error->message.find("bake") != std::string::npos);
}

void TestScoreJob::deadOwnersJobsAreTakenOver() {
    add("4+4=8.");
    const auto id = store::addJob(
        *m_project, "score",
        {{"model", demo("model")}, {"positive", demo("positive")}, {"negative", demo("negative")}},
        "score");
    QVERIFY(id.ok());
    // A pid that cannot exist on this host: its worker is gone.
    const std::string own = jobs::ownerName();
    const std::string dead = own.substr(0, own.find(':')) + ":4194999";
    QVERIFY(store::claimJob(*m_project, *id, dead).ok());
    QVERIFY(store::setJobState(*m_project, *id, store::JobState::Running).ok());
    // Whoever only looks sees it interrupted too.
    QVERIFY(store::jobStateNow(*store::job(*m_project, *id)) == store::JobState::Interrupted);
    const auto stale = store::interruptStaleJobs(*m_project);
    QVERIFY(stale.ok());
    QCOMPARE(*stale, 1);
    QVERIFY(store::requeueJob(*m_project, *id).ok());
    jobs::RunnerOptions options;
    options.owner = own;
    const auto ran = jobs::runNextJob(*m_project, *m_models, options, {});
    QVERIFY(ran.ok() && *ran);
    QVERIFY(store::job(*m_project, *id)->state == store::JobState::Done);
}

void TestScoreJob::sameFolderIsOneModel() {
    // An adapter whose model nobody named is the only model's, where there is one.
    QVERIFY(!jobs::resolveSide(*m_project, demo("positive"), ModelId{}, "positive").ok());
    const auto first = jobs::registerModel(*m_project, demo("model"), "m");
    const auto second = jobs::registerModel(*m_project, demo("model") + "/../model", "m");
    QVERIFY(first.ok() && second.ok());
    QVERIFY(*first == *second);
    const auto byName = jobs::resolveModel(*m_project, "m");
    QVERIFY(byName.ok() && *byName == *first);
    const auto row = store::model(*m_project, *first);
    QCOMPARE(row->vocabularySize, 1024);
    QVERIFY(row->parameters > 2'500'000 && row->parameters < 2'900'000);
    QVERIFY(!jobs::resolveModel(*m_project, "/nowhere").ok());
    const auto side = jobs::resolveSide(*m_project, demo("positive"), ModelId{}, "positive");
    QVERIFY(side.ok() && side->model == *first && side->adapter);
}

/// The worker answers its window from within a job's breaths: before the first trajectory is scored
/// (weights are read, rows chosen), within the engine, and after the last (the threshold).
void TestScoreJob::othersAreServedFromBeginToEnd() {
    const TrajectoryId first = add("4+4=8. #### 8\n");
    QVERIFY(score().state == store::JobState::Done); // gives it ids and the set
    const ScoreSetId set = store::scoreSets(*m_project)->front().id;
    const TrajectoryId second = add("4+4=9. #### 9\n");
    const auto id = store::addJob(*m_project, "score",
                                  {{"model", demo("model")},
                                   {"positive", demo("positive")},
                                   {"negative", demo("negative")},
                                   {"top_k", 5}},
                                  "score");
    QVERIFY(id.ok());
    int before = 0, after = 0;
    jobs::RunnerOptions options;
    options.owner = jobs::ownerName();
    options.interactive = true;
    options.breathe = [&] {
        const bool done = store::scores(*m_project, second, set)->has_value();
        ++(done ? after : before);
        jobs::ContinuationRequest asked;
        asked.trajectory = first;
        asked.position = store::trajectory(*m_project, first)->promptTokens + 1;
        asked.forceIds = {45};
        asked.sampling.maxNewTokens = 3;
        asked.scoreSet = set;
        const auto made = jobs::continueTrajectory(*m_project, *m_models, asked, {}, {});
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().message.c_str());
        QVERIFY(jobs::alternativesAt(*m_project, *m_models, {first, 5, 3, set, true, {}}).ok());
    };
    const auto row = jobs::runThisJob(*m_project, *id, *m_models, options, {});
    QVERIFY(row.ok() && row->state == store::JobState::Done);
    QVERIFY2(before >= 3 && after >= 1, qPrintable(QString::number(before)));
    QVERIFY(store::scores(*m_project, second, set)->has_value());
    QVERIFY(store::checkProject(*m_project)->empty());
}

void TestScoreJob::lackOfMemoryHalvesTheBatch() {
    // Three tokens fit at once; a sequence of four never does.
    const std::vector<engine::Ids> sequences{{1}, {1, 2}, {1, 2, 3, 4}, {1, 2, 3}, {1}};
    const auto engine = [](const engine::ContrastRequest&, std::span<const engine::Ids> some,
                           const CancelToken&) -> Result<std::vector<engine::ContrastFacts>> {
        std::size_t tokens = 0;
        for (const auto& ids : some)
            tokens += ids.size();
        if (tokens > 3)
            return fail(ErrorCode::OutOfMemory, "too much");
        std::vector<engine::ContrastFacts> facts(some.size());
        for (std::size_t i = 0; i < some.size(); ++i)
            facts[i].s.assign(some[i].size(), 0.5f);
        return facts;
    };
    const auto scored = jobs::scoreWithRetry({}, sequences, {}, engine);
    QVERIFY(scored.ok());
    QCOMPARE(scored->size(), sequences.size());
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        QCOMPARE(scored->at(i).has_value(), sequences[i].size() < 4);
        QVERIFY(!scored->at(i) || scored->at(i)->s.size() == sequences[i].size());
    }
    const auto failing = [](const engine::ContrastRequest&, std::span<const engine::Ids>,
                            const CancelToken&) -> Result<std::vector<engine::ContrastFacts>> {
        return fail(ErrorCode::InvalidArgument, "other faults are not tried again");
    };
    QVERIFY(jobs::scoreWithRetry({}, sequences, {}, failing).error().code ==
            ErrorCode::InvalidArgument);
}

QTEST_GUILESS_MAIN(TestScoreJob)
#include "tst_score_job.moc"
