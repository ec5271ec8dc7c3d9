// The inspector against a real project file and a scripted force service.
#include "core/store/repositories.h"
#include "ui/model/force_service.h"
#include "ui/model/search_service.h"
#include "ui/model/session.h"
#include "ui/pages/force_bar.h"
#include "ui/pages/token_inspector.h"

#include <QPushButton>
#include <QTemporaryDir>
#include <QtTest/QtTest>

using namespace crux;
using namespace crux::ui;

namespace {

constexpr int kPrompt = 3;
constexpr int kForkable = 5; ///< a response token whose original is id 7

/// Records what was asked; answers at once.
class ScriptedForce : public ForceService {
public:
    explicit ScriptedForce(Session& session)
        : ForceService(session) {}
    void forceTokens(int position, const std::vector<std::int32_t>& ids, bool continueAfter,
                     const SamplingParams&) override {
        calls << QStringLiteral("force %1 %2 %3").arg(position).arg(ids.front()).arg(continueAfter);
    }
    void forceText(int position, const QString& text, bool, const SamplingParams&) override {
        calls << QStringLiteral("text %1 %2").arg(position).arg(text);
    }
    void banTokens(int position, const std::vector<std::int32_t>& ids,
                   const SamplingParams& sampling) override {
        calls
            << QStringLiteral("ban %1 %2 n%3").arg(position).arg(ids.front()).arg(sampling.samples);
    }
    void stop() override { calls << QStringLiteral("stop"); }
    bool running() const override { return busy; }
    QString unavailableReason() const override { return reason; }
    void tokenise(const QString& text, QObject*,
                  std::function<void(Result<TokenisedText>)> done) override {
        TokenisedText tokens{{1, 2}, {text.left(1), text.mid(1)}, {}};
        if (text.startsWith(QLatin1Char('@')))
            tokens = {{0, 2}, {QStringLiteral("<unk>"), text.mid(1)}, {0}};
        done(std::move(tokens));
    }
    void alternatives(int, int, QObject*,
                      std::function<void(Result<std::vector<AlternativeRow>>)> done) override {
        done(fail(ErrorCode::Protocol, "The worker broke off."));
    }

    QStringList calls;
    QString reason;
    bool busy = false;
};

store::TrajectoryRecord trajectory(DatasetId dataset, QuestionId question) {
    store::TrajectoryRecord record;
    record.datasetId = dataset;
    record.questionId = question;
    record.prompt = "abc";
    record.response = " d e f g h";
    record.ids = {1, 2, 3, 4, 5, 7, 6, 8};
    record.offsets = {0, 1, 1, 2, 2, 3, 3, 5, 5, 7, 7, 9, 9, 11, 11, 13};
    record.promptTokens = kPrompt;
    record.verdict = Verdict::Wrong;
    record.tokenizerHash = "tok";
    return record;
}

} // namespace

class TestTokenInspector : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_folder.isValid());
        const Path file((m_folder.path() + QStringLiteral("/p.crux")).toStdString());
        auto project = store::Project::open(file, store::OpenMode::Create);
        QVERIFY2(project.ok(), project.ok() ? "" : project.error().message.c_str());
        const store::Project& open = **project;
        store::VocabularyRecord vocabulary;
        vocabulary.tokenizerHash = "tok";
        vocabulary.pieces = {"<s>", "a", "b", "c", " d", " e", " g", " f", " h", " x"};
        vocabulary.special.assign(10, false);
        QVERIFY(store::saveVocabulary(open, vocabulary).ok());
        store::ModelRecord model;
        model.name = "m";
        model.path = "/m";
        const auto modelId = store::upsertModel(open, model);
        QVERIFY(modelId.ok());
        store::DatasetRecord dataset;
        dataset.name = "d";
        const auto datasetId = store::addDataset(open, dataset);
        QVERIFY(datasetId.ok());
        store::QuestionRecord question;
        question.datasetId = *datasetId;
        question.externalId = "q";
        question.text = "abc";
        const auto questionId = store::addQuestion(open, question);
        QVERIFY(questionId.ok());
        const auto id = store::addTrajectory(open, trajectory(*datasetId, *questionId));
        QVERIFY2(id.ok(), id.ok() ? "" : id.error().message.c_str());
        m_id = *id;
        addScores(open, *modelId);
    }

    void withoutAProjectItSaysSo() {
        Session session;
        ScriptedForce force(session);
        SearchService search(session);
        const TokenInspector inspector(session, force, search);
        QCOMPARE(inspector.emptyTitle(), QStringLiteral("No token is selected"));
    }

    void listsStoredAlternativesWithTheOriginal() {
        Fixture at(*this, kForkable);
        QVERIFY(at.ready);
        QCOMPARE(at.inspector.model().rowCount(), 3);
        const int original = at.inspector.model().rowOfId(7);
        QVERIFY(original >= 0 && at.inspector.model().isOriginal(original));
        QTRY_COMPARE(at.inspector.model().index(0, AlternativesModel::Token).data().toString(),
                     QStringLiteral("␣x"));
    }

    void pickComparesAndForces() {
        Fixture at(*this, kForkable);
        QVERIFY(at.ready);
        QVERIFY(!at.inspector.comparing());
        at.inspector.pickRow(at.inspector.model().rowOfKey(1));
        QVERIFY(at.inspector.comparing());
        at.inspector.forceSelected(true);
        at.inspector.forceSelected(false);
        QCOMPARE(at.force.calls,
                 QStringList({QStringLiteral("force 5 9 1"), QStringLiteral("force 5 9 0")}));
        at.inspector.stopOrBack();
        QVERIFY(!at.inspector.comparing());
    }

    void theOriginalIsNotForcedAgain() {
        Fixture at(*this, kForkable);
        QVERIFY(at.ready);
        at.inspector.pickRow(at.inspector.model().rowOfId(7));
        QVERIFY(!at.inspector.bar().continueButton()->isEnabled());
        QVERIFY(at.inspector.bar().reason().contains(QStringLiteral("original")));
        at.inspector.forceSelected(true);
        QVERIFY(at.force.calls.isEmpty());
        QVERIFY(at.inspector.bar().banButton()->isEnabled()); // it can be banned
    }

    void promptTokensAreNotForced() {
        Fixture at(*this, 1);
        QVERIFY(at.ready);
        QVERIFY(at.inspector.bar().reason().contains(QStringLiteral("prompt")));
    }

    void reasonOfTheServiceIsShown() {
        Fixture at(*this, kForkable);
        QVERIFY(at.ready);
        at.force.reason = QStringLiteral("Branch 4 is being written.");
        at.force.busy = true;
        Q_EMIT at.force.changed();
        QCOMPARE(at.inspector.bar().reason(), at.force.reason);
        QVERIFY(!at.inspector.bar().continueButton()->isEnabled());
        at.inspector.stopOrBack();
        QCOMPARE(at.force.calls, QStringList({QStringLiteral("stop")}));
    }

    void typedTextIsPreviewedAndWarned() {
        Fixture at(*this, kForkable);
        QVERIFY(at.ready);
        at.inspector.bar().setTypedText(QStringLiteral(" xy"));
        QCOMPARE(at.inspector.bar().typedText(), QStringLiteral(" xy"));
        QTRY_VERIFY(at.inspector.bar().previewText().contains(QStringLiteral("␣|xy")));
        at.inspector.bar().setTypedText(QStringLiteral("xy"));
        QVERIFY(at.inspector.bar().previewText().contains(QStringLiteral("no leading space")));
        // The tokens stand beside the warning.
        QTRY_VERIFY(at.inspector.bar().previewText().contains(QStringLiteral("x|y")));
        Q_EMIT at.inspector.bar().forceText(QStringLiteral("xy"));
        QCOMPARE(at.force.calls, QStringList({QStringLiteral("text 5 xy")}));
    }

    void aCharacterWithoutATokenIsToldBeforeForcing() {
        Fixture at(*this, kForkable);
        QVERIFY(at.ready);
        ForceBar& bar = at.inspector.bar();
        bar.setTypedText(QStringLiteral("@y"));
        bar.textButton()->click(); // before the preview: it is waited for
        QVERIFY2(bar.previewText().contains(QStringLiteral("<unk>")),
                 qPrintable(bar.previewText()));
        QVERIFY(at.force.calls.isEmpty());
        bar.textButton()->click(); // told, and wanted all the same
        QCOMPARE(at.force.calls, QStringList({QStringLiteral("text 5 @y")}));
        bar.setTypedText(QStringLiteral(" ab"));
        bar.textButton()->click(); // nothing to tell
        QCOMPARE(at.force.calls.size(), 2);
    }

    void banAsksForTheOriginalAndSoMany() {
        Fixture at(*this, kForkable);
        QVERIFY(at.ready);
        Q_EMIT at.inspector.bar().ban(6);
        QCOMPARE(at.force.calls, QStringList({QStringLiteral("ban 5 7 n6")}));
    }

private:
    /// An inspector on the trajectory with the cursor at `position`.
    struct Fixture {
        Fixture(TestTokenInspector& test, int position)
            : force(session)
            , search(session)
            , inspector(session, force, search) {
            session.openProject(test.m_folder.path() + QStringLiteral("/p.crux"));
            if (!QTest::qWaitFor([this] { return session.isOpen(); }, 10000))
                return;
            session.setScoreSet(test.m_scoreSet);
            session.openTrajectory(test.m_id);
            if (!QTest::qWaitFor(
                    [this] { return session.current() && session.current()->scoreSet.id; }, 10000))
                return;
            session.setCursor(position);
            ready = QTest::qWaitFor([&] { return session.cursor() == position; }, 1000);
        }
        Session session;
        ScriptedForce force;
        SearchService search;
        TokenInspector inspector;
        bool ready = false;
    };

    void addScores(const store::Project& open, ModelId model) {
        store::ScoreSetRecord set;
        set.name = "pos / neg";
        set.positiveModel = model;
        set.negativeModel = model;
        set.policyModel = model;
        set.topK = 3;
        const auto setId = store::addScoreSet(open, set);
        QVERIFY(setId.ok());
        m_scoreSet = *setId;
        store::ScoreRecord scores;
        scores.trajectoryId = m_id;
        scores.scoreSetId = *setId;
        store::AlternativesRecord alternatives;
        alternatives.k = 3;
        const std::vector<std::int32_t> ids{1, 2, 3, 4, 5, 7, 6, 8};
        for (std::size_t i = 0; i < ids.size(); ++i) {
            scores.s.push_back(i == 5 ? .01F : .9F);
            scores.pPositive.push_back(.5F);
            scores.pNegative.push_back(.4F);
            scores.logpPolicy.push_back(-1.2F);
            for (const std::int32_t id : {9, ids[i], 0})
                alternatives.ids.push_back(id);
            for (const float p : {.6F, .3F, .05F})
                alternatives.p.push_back(p);
            for (int k = 0; k < 3; ++k) {
                alternatives.pPositive.push_back(.3F);
                alternatives.pNegative.push_back(.2F);
                alternatives.s.push_back(.4F);
            }
        }
        const Status saved = store::saveScores(open, scores, &alternatives, JobId{});
        QVERIFY2(saved.ok(), saved.ok() ? "" : saved.error().message.c_str());
    }

    QTemporaryDir m_folder;
    TrajectoryId m_id;
    ScoreSetId m_scoreSet;
};

QTEST_MAIN(TestTokenInspector)
#include "tst_token_inspector.moc"
