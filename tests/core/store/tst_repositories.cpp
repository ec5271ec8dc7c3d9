#include "core/store/prompt_lengths.h"
#include "core/store/question_names.h"
#include "support/temp_project.h"

#include <cmath>

using namespace crux;
using namespace crux::store;
using namespace crux::test;

class TestRepositories : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void trajectoryKeepsEveryField();
    void responseBytesAreKeptAsTheyAre();
    void arraysThatDoNotFitAreRefused();
    void countersFollowTheRows();
    void scoresGiveSummaryAndThreshold();
    void candidatesFollowTheRule();
    void manyCandidatesAreCountedFromTheArray();
    void newTokensDropOldScores();
    void branchesFormATree();
    void trashIsEmptiedWithWhatHangsOnIt();
    void vocabularyComesBackWhole();
    void modelsInUseStay();
    void annotationsSetTheFlags();
    void layersNeedOneValueAToken();
    void longestQuestionAndPromptOfWhatIsChosen();
    void questionsWithoutAnIdAreNumbered();
};

namespace {

ScoreSetId addScoreSet(const Project& project) {
    ScoreSetRecord set;
    set.name = "test set";
    return take(store::addScoreSet(project, set));
}

void score(const Project& project, TrajectoryId id, ScoreSetId set, std::vector<float> s) {
    ScoreRecord record;
    record.trajectoryId = id;
    record.scoreSetId = set;
    record.s = std::move(s);
    take(saveScores(project, record, nullptr, {}));
}

TrajectorySummary summaryOf(const Project& project, TrajectoryId id, ScoreSetId set) {
    return take(trajectorySummaries(project, {id}, set)).front();
}

} // namespace

void TestRepositories::questionsWithoutAnIdAreNumbered() {
    TempProject temp;
    const auto other = addDataset(temp.project(), "other");
    addQuestion(temp.project(), other, "q1", "Elsewhere?");
    const auto dataset = addDataset(temp.project(), "d");
    addQuestion(temp.project(), dataset, textQuestionId("First?"), "First?");
    const auto second = addQuestion(temp.project(), dataset, textQuestionId("Second?"), "Second?");
    const auto named = addQuestion(temp.project(), dataset, "text:book", "Third?");
    const QuestionRecord question = take(store::question(temp.project(), second));
    QVERIFY(isNamedByText(question));
    QCOMPARE(take(questionNumber(temp.project(), question)), std::int64_t{2});
    QVERIFY(!isNamedByText(take(store::question(temp.project(), named)))); // its own id
}

void TestRepositories::trajectoryKeepsEveryField() {
    TempProject temp;
    const auto dataset = addDataset(temp.project(), "d");
    const auto question = addQuestion(temp.project(), dataset, "q1", "How many?");
    TrajectoryRecord t = trajectoryOf(dataset, question, "six", Verdict::Wrong);
    t.externalId = "600_0";
    t.naturalKey = "key";
    t.sampleIndex = 7;
    t.source = Source::Sampled;
    t.sourceModel = "some model";
    t.tokenizerHash = "abc";
    t.verdictReason = "different";
    t.extracted = "6";
    t.extractedBegin = 0;
    t.extractedEnd = 3;
    t.publishedCorrect = false;
    t.slip = 4;
    t.finishReason = "eos";
    t.provenance.weightsHash = "w";
    t.provenance.seed = ~std::uint64_t{0};
    t.provenance.params = Json{{"temperature", 0.5}};
    const auto id = take(addTrajectory(temp.project(), t));
    const TrajectoryRecord back = take(trajectory(temp.project(), id));
    QCOMPARE(back.rootId, id);
    QCOMPARE(back.externalId, t.externalId);
    QCOMPARE(back.sampleIndex, 7);
    QVERIFY(back.source == Source::Sampled);
    QCOMPARE(back.sourceModel, t.sourceModel);
    QCOMPARE(back.prompt, t.prompt);
    QCOMPARE(back.response, t.response);
    QVERIFY(back.ids == t.ids);
    QVERIFY(back.offsets == t.offsets);
    QCOMPARE(back.promptTokens, 3);
    QVERIFY(back.verdict == Verdict::Wrong);
    QCOMPARE(back.verdictReason, t.verdictReason);
    QCOMPARE(back.extracted, t.extracted);
    QCOMPARE(back.extractedEnd, 3);
    QVERIFY(back.publishedCorrect == std::optional<bool>(false));
    QCOMPARE(back.slip, 4);
    QCOMPARE(back.finishReason, t.finishReason);
    QCOMPARE(back.provenance.seed, ~std::uint64_t{0});
    QVERIFY(back.provenance.params == t.provenance.params);
    QCOMPARE(take(findTrajectory(temp.project(), dataset, "key")), id);
    QVERIFY(!addTrajectory(temp.project(), t).ok()); // the natural key is there already
    QVERIFY(!trajectory(temp.project(), TrajectoryId{999}).ok());
}

void TestRepositories::responseBytesAreKeptAsTheyAre() {
    TempProject temp;
    const auto dataset = addDataset(temp.project(), "d");
    const auto question = addQuestion(temp.project(), dataset, "q1", "?");
    const std::string raw("a\0b\xE2\x80\xFF end", 10);
    const auto id =
        take(addTrajectory(temp.project(), trajectoryOf(dataset, question, raw, Verdict::Wrong)));
    QCOMPARE(take(trajectory(temp.project(), id)).response, raw);
    QVERIFY(take(checkProject(temp.project())).empty());
}

void TestRepositories::arraysThatDoNotFitAreRefused() {
    TempProject temp;
    const auto dataset = addDataset(temp.project(), "d");
    const auto question = addQuestion(temp.project(), dataset, "q1", "?");
    TrajectoryRecord t = trajectoryOf(dataset, question, "abc", Verdict::Wrong);
    t.offsets.pop_back();
    QVERIFY(addTrajectory(temp.project(), t).error().code == ErrorCode::Mismatch);
    t.offsets.clear();
    t.promptTokens = 7;
    QVERIFY(addTrajectory(temp.project(), t).error().code == ErrorCode::Mismatch);
    t.promptTokens = 3;
    const auto id = take(addTrajectory(temp.project(), t));
    ScoreRecord scores;
    scores.trajectoryId = id;
    scores.scoreSetId = addScoreSet(temp.project());
    scores.s = {1.f, 2.f};
    QVERIFY(saveScores(temp.project(), scores, nullptr, {}).error().code == ErrorCode::Mismatch);
}

void TestRepositories::countersFollowTheRows() {
    TempProject temp;
    const auto dataset = addDataset(temp.project(), "d");
    const auto q1 = addQuestion(temp.project(), dataset, "q1", "one");
    addQuestion(temp.project(), dataset, "q2", "two");
    QCOMPARE(addQuestion(temp.project(), dataset, "q1", "one"), q1); // the same row
    const auto id =
        take(addTrajectory(temp.project(), trajectoryOf(dataset, q1, "abc", Verdict::Wrong)));
    BranchRecord branch;
    branch.parentId = id;
    branch.kind = "token";
    take(addBranch(temp.project(), branch, trajectoryOf(dataset, q1, "abd", Verdict::Right)));
    auto list = take(datasets(temp.project()));
    QCOMPARE(list.front().questions, 2);
    QCOMPARE(list.front().trajectories, 1); // branches are not counted
    QCOMPARE(summaryOf(temp.project(), id, {}).branches, 1);
    CRUX_OK(removeDataset(temp.project(), dataset));
    QVERIFY(take(datasets(temp.project())).empty());
    QVERIFY(!trajectory(temp.project(), id).ok());
    QVERIFY(take(checkProject(temp.project())).empty());
}

void TestRepositories::scoresGiveSummaryAndThreshold() {
    TempProject temp;
    const auto dataset = addDataset(temp.project(), "d");
    const auto question = addQuestion(temp.project(), dataset, "q1", "?");
    const auto wrong = take(
        addTrajectory(temp.project(), trajectoryOf(dataset, question, "abcd", Verdict::Wrong)));
    const auto right = take(
        addTrajectory(temp.project(), trajectoryOf(dataset, question, "abce", Verdict::Right)));
    const auto set = addScoreSet(temp.project());
    QCOMPARE(addScoreSet(temp.project()), set); // the same provenance
    const float nan = std::nanf("");
    // Prompt scores (0.001) count for nothing; response: .5 .1 nan .9
    score(temp.project(), wrong, set, {nan, 0.001f, 0.001f, .5f, .1f, nan, .9f});
    score(temp.project(), right, set, {nan, 1, 1, .0001f, 1, 1, 1});
    score(temp.project(), wrong, set, {nan, 0.001f, 0.001f, .5f, .1f, nan, .9f}); // again
    QCOMPARE(take(scoreSets(temp.project())).front().scored, 2);
    const auto summary = summaryOf(temp.project(), wrong, set);
    QCOMPARE(summary.minS, .1f);
    QCOMPARE(summary.minSPosition, 1); // from the response's first token
    QCOMPARE(summary.tokens, 4);
    QCOMPARE(summary.strip.size(), std::size_t{64});
    // 64 buckets over 4 tokens: 16 each; criticality (1 - s) * 255
    QCOMPARE(int(static_cast<unsigned char>(summary.strip[0])), 128);
    QCOMPARE(int(static_cast<unsigned char>(summary.strip[16])), 229);
    QCOMPARE(int(static_cast<unsigned char>(summary.strip[32])), 0); // no score
    QCOMPARE(int(static_cast<unsigned char>(summary.strip[48])), 26);
    // 1st percentile of {.1,.5,.9} by linear interpolation: .1 + .02 * .4
    QVERIFY(std::fabs(take(recomputeThreshold(temp.project(), set)) - 0.108) < 1e-6);
    QVERIFY(std::fabs(take(candidateThreshold(temp.project(), set)) - 0.108) < 1e-6);
    CRUX_OK(setCandidateThreshold(temp.project(), set, 0.25));
    QCOMPARE(take(recomputeThreshold(temp.project(), set)), 0.25); // the user's stays
    QVERIFY(!setCandidateThreshold(temp.project(), set, 1.5).ok());
    const auto all = take(scoreQuantiles(temp.project(), set, 1000));
    QCOMPARE(all.size(), std::size_t{7});
    QVERIFY(std::is_sorted(all.begin(), all.end()));
    QVERIFY(take(scoreQuantiles(temp.project(), set, 3)).size() <= 3);
    QVERIFY(take(unscored(temp.project(), set, {wrong, right, TrajectoryId{77}})) ==
            std::vector<TrajectoryId>{TrajectoryId{77}});
    const auto back = take(scores(temp.project(), wrong, set));
    QVERIFY(back.has_value());
    QCOMPARE(back->s[4], .1f);
    QVERIFY(std::isnan(back->s[0]));
    QVERIFY(!take(scores(temp.project(), TrajectoryId{77}, set)).has_value());
}

void TestRepositories::candidatesFollowTheRule() {
    TempProject temp;
    const auto dataset = addDataset(temp.project(), "d");
    const auto question = addQuestion(temp.project(), dataset, "q1", "?");
    const auto set = addScoreSet(temp.project());
    const auto add = [&](Verdict verdict, std::vector<float> response) {
        TrajectoryRecord t =
            trajectoryOf(dataset, question, std::string(response.size(), 'x'), verdict);
        const auto id = take(addTrajectory(temp.project(), t));
        response.insert(response.begin(), {1.f, 1.f, 1.f});
        score(temp.project(), id, set, response);
        return id;
    };
    const auto two = add(Verdict::Wrong, {.01f, .02f, .9f});
    const auto lowest = add(Verdict::Wrong, {.8f, .7f, .9f}); // none below, but the lowest counts
    const auto right = add(Verdict::Right, {.01f, .02f, .9f});
    const auto none = add(Verdict::NoAnswer, {.8f, .9f});
    CRUX_OK(setCandidateThreshold(temp.project(), set, 0.05));
    QCOMPARE(summaryOf(temp.project(), two, set).candidates, 2);
    QCOMPARE(summaryOf(temp.project(), lowest, set).candidates, 1);
    QCOMPARE(summaryOf(temp.project(), right, set).candidates, 0);
    QCOMPARE(summaryOf(temp.project(), none, set).candidates, 0);
    QCOMPARE(summaryOf(temp.project(), two, {}).candidates, -1);
}

void TestRepositories::manyCandidatesAreCountedFromTheArray() {
    TempProject temp;
    const auto dataset = addDataset(temp.project(), "d");
    const auto question = addQuestion(temp.project(), dataset, "q1", "?");
    const auto set = addScoreSet(temp.project());
    const auto id = take(addTrajectory(
        temp.project(), trajectoryOf(dataset, question, std::string(100, 'x'), Verdict::Wrong)));
    std::vector<float> s(103, .01f);
    s[50] = .9f;
    score(temp.project(), id, set, s);
    CRUX_OK(setCandidateThreshold(temp.project(), set, 0.05));
    QCOMPARE(summaryOf(temp.project(), id, set).candidates, 99);
}

void TestRepositories::newTokensDropOldScores() {
    TempProject temp;
    const auto dataset = addDataset(temp.project(), "d");
    const auto question = addQuestion(temp.project(), dataset, "q1", "?");
    const auto id =
        take(addTrajectory(temp.project(), trajectoryOf(dataset, question, "ab", Verdict::Wrong)));
    const auto set = addScoreSet(temp.project());
    score(temp.project(), id, set, {1, 1, 1, 1, 1});
    const auto old = take(trajectory(temp.project(), id));
    CRUX_OK(setTokens(temp.project(), id, old.ids, old.offsets, 3, "hash"));
    QVERIFY(take(scores(temp.project(), id, set)).has_value()); // the same ids
    CRUX_OK(setTokens(temp.project(), id, {1, 2, 3}, {0, 1, 1, 3, 3, 5}, 2, "other"));
    QVERIFY(!take(scores(temp.project(), id, set)).has_value());
    QCOMPARE(summaryOf(temp.project(), id, set).tokens, 1);
    QVERIFY(take(checkProject(temp.project())).empty());
}

void TestRepositories::branchesFormATree() {
    TempProject temp;
    const auto dataset = addDataset(temp.project(), "d");
    const auto question = addQuestion(temp.project(), dataset, "q1", "?");
    const auto root =
        take(addTrajectory(temp.project(), trajectoryOf(dataset, question, "abc", Verdict::Wrong)));
    BranchRecord branch;
    branch.parentId = root;
    branch.forkPosition = 4;
    branch.kind = "token";
    branch.forcedIds = {99};
    branch.forcedP = .25f;
    branch.running = true;
    branch.sampling = Json{{"n", 1}};
    const auto first = take(addBranch(temp.project(), branch, trajectoryOf({}, {}, "a", {})));
    QCOMPARE(first.rootId, root);
    QVERIFY(first.forcedIds == branch.forcedIds);
    branch.parentId = first.childId;
    const auto second = take(addBranch(temp.project(), branch, trajectoryOf({}, {}, "ad", {})));
    QCOMPARE(second.rootId, root); // the tree is the root's, however deep
    TrajectoryRecord done = trajectoryOf({}, {}, "a longer text", Verdict::Right);
    done.finishReason = "eos";
    CRUX_OK(finishBranch(temp.project(), first.id, done, false));
    const auto child = take(trajectory(temp.project(), first.childId));
    QCOMPARE(child.response, done.response);
    QVERIFY(child.verdict == Verdict::Right);
    QCOMPARE(child.rootId, root);
    CRUX_OK(closeOrphanBranches(temp.project()));
    QCOMPARE(take(trajectory(temp.project(), second.childId)).finishReason, "cancelled");
    CRUX_OK(setMainPath(temp.project(), root, second.childId));
    QCOMPARE(take(mainPath(temp.project(), root)), second.childId);
    QVERIFY(!setMainPath(temp.project(), first.childId, root).ok());
    auto list = take(branchesOf(temp.project(), root));
    QCOMPARE(list.size(), std::size_t{2});
    QVERIFY(!list[0].mainPath && list[1].mainPath && !list[1].running);
    CRUX_OK(setBranchDeleted(temp.project(), first.id, true));
    QVERIFY(take(branchesOf(temp.project(), root)).empty()); // its child goes out of sight too
    QCOMPARE(take(branchesOf(temp.project(), root, true)).size(), std::size_t{2});
    CRUX_OK(setBranchDeleted(temp.project(), first.id, false));
    QCOMPARE(take(branchesOf(temp.project(), root)).size(), std::size_t{2});
    QVERIFY(take(checkProject(temp.project())).empty());
}

void TestRepositories::trashIsEmptiedWithWhatHangsOnIt() {
    TempProject temp;
    const auto dataset = addDataset(temp.project(), "d");
    const auto question = addQuestion(temp.project(), dataset, "q1", "?");
    const auto root =
        take(addTrajectory(temp.project(), trajectoryOf(dataset, question, "abc", Verdict::Wrong)));
    BranchRecord branch;
    branch.parentId = root;
    const auto first = take(addBranch(temp.project(), branch, trajectoryOf({}, {}, "a", {})));
    const auto kept = take(addBranch(temp.project(), branch, trajectoryOf({}, {}, "b", {})));
    branch.parentId = first.childId;
    take(addBranch(temp.project(), branch, trajectoryOf({}, {}, "c", {})));
    CRUX_OK(setBranchDeleted(temp.project(), first.id, true));
    CRUX_OK(emptyTrash(temp.project()));
    const auto left = take(branchesOf(temp.project(), root, true));
    QCOMPARE(left.size(), std::size_t{1});
    QCOMPARE(left.front().id, kept.id);
    QVERIFY(!trajectory(temp.project(), first.childId).ok());
    QCOMPARE(summaryOf(temp.project(), root, {}).branches, 1);
    QVERIFY(take(checkProject(temp.project())).empty());
}

void TestRepositories::vocabularyComesBackWhole() {
    TempProject temp;
    VocabularyRecord vocabulary;
    vocabulary.tokenizerHash = "t";
    vocabulary.pieces = {"", "a", std::string("\0\xFF", 2), " owed"};
    vocabulary.special = {true, false, false, true};
    CRUX_OK(saveVocabulary(temp.project(), vocabulary));
    QVERIFY(take(store::vocabulary(temp.project(), "t")) == vocabulary);
    QVERIFY(store::vocabulary(temp.project(), "u").error().code == ErrorCode::NotFound);
}

void TestRepositories::modelsInUseStay() {
    TempProject temp;
    ModelRecord model;
    model.name = "base";
    model.path = "/models/base";
    const auto id = take(upsertModel(temp.project(), model));
    model.name = "renamed";
    QCOMPARE(take(upsertModel(temp.project(), model)), id);
    QCOMPARE(take(store::model(temp.project(), id)).name, "renamed");
    AdapterRecord adapter;
    adapter.modelId = id;
    adapter.name = "positive";
    adapter.path = "/models/positive";
    adapter.role = "positive";
    const auto positive = take(upsertAdapter(temp.project(), adapter));
    ScoreSetRecord set;
    set.name = "the set";
    set.positiveAdapter = positive;
    take(store::addScoreSet(temp.project(), set));
    const Status refused = removeAdapter(temp.project(), positive);
    QVERIFY(!refused.ok() && refused.error().message.find("the set") != std::string::npos);
    QVERIFY(!removeModel(temp.project(), id).ok()); // its adapter is there
    adapter.modelId = ModelId{55};
    adapter.path = "/elsewhere";
    QVERIFY(!upsertAdapter(temp.project(), adapter).ok()); // no such base
}

void TestRepositories::annotationsSetTheFlags() {
    TempProject temp;
    const auto dataset = addDataset(temp.project(), "d");
    const auto question = addQuestion(temp.project(), dataset, "q1", "?");
    const auto id =
        take(addTrajectory(temp.project(), trajectoryOf(dataset, question, "abc", Verdict::Wrong)));
    const auto label = take(addLabel(temp.project(), {{}, id, 4, "agree", 0}));
    take(addLabel(temp.project(), {{}, id, 5, "reject", 0}));
    auto note = NoteRecord{{}, id, 4, "look here", 0};
    note.id = take(saveNote(temp.project(), note));
    note.text = "look again";
    QCOMPARE(take(saveNote(temp.project(), note)), note.id);
    QCOMPARE(take(notes(temp.project(), {})).front().text, "look again");
    const auto mark = take(addMark(temp.project(), {{}, id, -1, 0}));
    QCOMPARE(take(addMark(temp.project(), {{}, id, -1, 0})), mark);
    auto summary = summaryOf(temp.project(), id, {});
    QVERIFY(summary.hasNote && summary.marked);
    QCOMPARE(summary.label, "reject");
    CRUX_OK(removeLabel(temp.project(), LabelId{label.value + 1}));
    CRUX_OK(removeNote(temp.project(), note.id));
    CRUX_OK(removeMark(temp.project(), mark));
    summary = summaryOf(temp.project(), id, {});
    QVERIFY(!summary.hasNote && !summary.marked);
    QCOMPARE(summary.label, "agree");
    take(saveSlice(temp.project(), "hard", "verdict=wrong"));
    take(saveSlice(temp.project(), "hard", "min_s<0.1"));
    QCOMPARE(take(slices(temp.project())).front().second, "min_s<0.1");
    CRUX_OK(setUiState(temp.project(), "k", "v"));
    QCOMPARE(take(uiState(temp.project(), "k")), "v");
    QCOMPARE(take(setting(temp.project(), "k")), "");
}

void TestRepositories::layersNeedOneValueAToken() {
    TempProject temp;
    const auto dataset = addDataset(temp.project(), "d");
    const auto question = addQuestion(temp.project(), dataset, "q1", "?");
    const auto id =
        take(addTrajectory(temp.project(), trajectoryOf(dataset, question, "ab", Verdict::Wrong)));
    LayerRecord layer;
    layer.name = "rollout correctness";
    const auto layerId = take(addLayer(temp.project(), layer));
    QVERIFY(!saveLayerValues(temp.project(), layerId, id, {1.f}).ok());
    CRUX_OK(saveLayerValues(temp.project(), layerId, id, {0, 0, 0, .5f, 1}));
    const auto list = take(layersOf(temp.project(), id));
    QCOMPARE(list.size(), std::size_t{1});
    QCOMPARE(list.front().second[3], .5f);
}

void TestRepositories::longestQuestionAndPromptOfWhatIsChosen() {
    TempProject temp;
    const Project& project = temp.project();
    const auto dataset = addDataset(project, "d");
    const auto first = addQuestion(project, dataset, "q1", "How many coins?");
    const auto longer = addQuestion(project, dataset, "q2", "How many coins are left?");
    addQuestion(project, addDataset(project, "other"), "q1",
                "A question of another data set, long.");
    const auto longest = [&](std::optional<std::set<QuestionId>> among, std::int64_t limit) {
        const auto found = take(longestQuestion(project, dataset, among, limit));
        return found ? found->id : QuestionId{};
    };
    QCOMPARE(longest({}, 0), longer);
    QCOMPARE(longest({}, 1), first);
    QCOMPARE(longest(std::set{first}, 0), first);
    QCOMPARE(longest(std::set{longer}, 1), longer); // the first of those named
    QVERIFY(!longest(std::set<QuestionId>{}, 0));

    std::vector<TrajectoryId> ids;
    for (const std::int32_t prompt : {3, 2}) {
        TrajectoryRecord t = trajectoryOf(dataset, first, "six", Verdict::Wrong);
        t.externalId = cat(prompt);
        t.promptTokens = prompt;
        ids.push_back(take(addTrajectory(project, t)));
    }
    QCOMPARE(take(longestPrompt(project, ids)), 3);
    QCOMPARE(take(longestPrompt(project, {ids[1]})), 2);
    QCOMPARE(take(longestPrompt(project, {})), 0);
}

QTEST_APPLESS_MAIN(TestRepositories)
#include "tst_repositories.moc"
