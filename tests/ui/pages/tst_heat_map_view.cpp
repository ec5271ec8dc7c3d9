// The centre of Explore on a real project: what Session opens is drawn, settings and keys change
// the drawing, a live branch gets its pane.
#include "core/store/gold_answers.h"
#include "core/text/grade.h"
#include "tests/ui/model/project_fixture.h"
#include "ui/model/live_branch.h"
#include "ui/model/verdict_command.h"
#include "ui/pages/heat_map_banner.h"
#include "ui/pages/heat_map_view.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/find_bar.h"
#include "ui/widgets/heat_map_actions.h"
#include "ui/widgets/heat_map_pane.h"
#include "ui/widgets/question_header.h"
#include "ui/widgets/scale_legend.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QUndoStack>
#include <QtTest/QtTest>

#include <memory>

using namespace crux;
using namespace crux::ui;

class TestHeatMapView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void emptyUntilATrajectoryIsOpen();
    void showsTheTrajectoryWithItsScores();
    void keysChangeTheSettings();
    void thresholdByKeyAndReset();
    void percentileComesFromTheScoreSet();
    void cursorIsShared();
    void liveBranchHasItsOwnPane();
    void findsOverAllTokens();
    void findStepsWrapAround();
    void narrowBarHidesItsLabels();
    void ambiguousAnswerIsLeftToTheUser();

private:
    /// Opens trajectory `n` of the fixture; false when it does not arrive.
    bool open(std::size_t n) {
        m_session->setScoreSet(m_project.scoreSet);
        m_session->openTrajectory(m_project.ids[n]);
        return QTest::qWaitFor([&] {
            return m_session->current() && m_session->current()->record.id == m_project.ids[n] &&
                   m_session->current()->scoreSet.id;
        });
    }
    void focusText() {
        m_view->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(m_view.get()));
        m_view->pane().text()->setFocus();
    }

    test::FilledProject m_project;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<HeatMapView> m_view;
};

void TestHeatMapView::initTestCase() {
    applyTheme(*qApp, ThemeName::Light);
    QVERIFY(m_project.fill());
    m_session = std::make_unique<Session>();
    m_view = std::make_unique<HeatMapView>(*m_session);
    m_view->resize(652, 656);
    m_view->show();
}

void TestHeatMapView::emptyUntilATrajectoryIsOpen() {
    QVERIFY(m_view->emptyState().isVisible());
    QVERIFY(!m_view->legend().isVisible());
    QVERIFY(!m_view->focusedData());
    QVERIFY(test::openAndWait(*m_session, m_project.file));
}

void TestHeatMapView::showsTheTrajectoryWithItsScores() {
    QVERIFY(open(1));
    QVERIFY(m_view->legend().isVisible());
    QVERIFY(!m_view->emptyState().isVisible());
    const HeatDataPtr data = m_view->focusedData();
    QVERIFY(data && data->hasScores());
    QCOMPARE(data->snapshot().record.id, m_project.ids[1]);
    const int lowest = data->promptTokens() + 1;
    QCOMPARE(data->score(lowest), 0.01F);
    QVERIFY(data->marks(lowest).candidate);
    QVERIFY(m_view->header().factsText().contains(QStringLiteral("Gold 7")));
    QVERIFY(!m_view->branchPane().isVisible());
}

void TestHeatMapView::keysChangeTheSettings() {
    QVERIFY(open(1));
    focusText();
    TokenView* text = m_view->pane().text();
    ViewSettings& view = m_session->view();
    QTest::keyClick(text, Qt::Key_V);
    QCOMPARE(view.layer, Layer::PPositive);
    QCOMPARE(m_view->focusedData()->scale().meaning().layer, Layer::PPositive);
    view.layer = Layer::Score;
    QTest::keyClick(text, Qt::Key_G);
    QCOMPARE(view.granularity, Granularity::Word);
    QTest::keyClick(text, Qt::Key_G);
    QTest::keyClick(text, Qt::Key_G);
    QCOMPARE(view.granularity, Granularity::Token);
    QTest::keyClick(text, Qt::Key_W);
    QVERIFY(view.showBlanks);
    m_view->zoomIn();
    QCOMPARE(text->zoom(), 1.1);
    m_view->zoomReset();
    QCOMPARE(text->zoom(), 1.0);
}

void TestHeatMapView::thresholdByKeyAndReset() {
    QVERIFY(open(1));
    focusText();
    ViewSettings& view = m_session->view();
    const double before = view.effectiveThreshold;
    QTest::keyClick(m_view->pane().text(), Qt::Key_BracketRight);
    QVERIFY(view.threshold.has_value());
    QVERIFY(view.effectiveThreshold > before);
    view.threshold = 0.9; // above every score: each response token is a candidate
    view.notify();
    const HeatDataPtr data = m_view->focusedData();
    QCOMPARE(int(data->candidates().size()), data->count() - data->promptTokens());
    QVERIFY(m_view->legend().noteText().contains(QStringLiteral("set by hand")));
    Q_EMIT m_view->legend().thresholdReset();
    QVERIFY(!view.threshold.has_value());
    QCOMPARE(view.effectiveThreshold, before);
}

void TestHeatMapView::percentileComesFromTheScoreSet() {
    QVERIFY(open(1));
    Q_EMIT m_view->legend().scaleModeChosen(ScaleMode::Percentile);
    QVERIFY(QTest::qWaitFor([&] {
        const HeatDataPtr data = m_view->focusedData();
        return data && data->scale().mode() == ScaleMode::Percentile &&
               !data->options().referenceIsResponse;
    }));
    QVERIFY(!m_view->legend().noteText().contains(QStringLiteral("in this response")));
    Q_EMIT m_view->legend().scaleModeChosen(ScaleMode::Absolute);
    QCOMPARE(m_view->focusedData()->scale().mode(), ScaleMode::Absolute);
}

void TestHeatMapView::cursorIsShared() {
    QVERIFY(open(1));
    focusText();
    TokenView* text = m_view->pane().text();
    const int first = m_view->focusedData()->promptTokens();
    m_session->setCursor(first);
    QCOMPARE(text->cursor(), first);
    QTest::keyClick(text, Qt::Key_Right);
    QCOMPARE(m_session->cursor(), first + 1);
    QSignalSpy alternatives(m_view.get(), &HeatMapView::alternativesRequested);
    QTest::keyClick(text, Qt::Key_Return);
    QCOMPARE(alternatives.count(), 1);
    QCOMPARE(alternatives[0][0].toInt(), first + 1);
}

void TestHeatMapView::liveBranchHasItsOwnPane() {
    QVERIFY(open(1));
    const SnapshotPtr parent = m_session->current();
    const int fork = parent->record.promptTokens + 1;
    LiveBranch branch(parent, fork);
    branch.setForced({900}, {QStringLiteral(" was")});
    branch.append({901, 902}, {QStringLiteral(" paid"), QStringLiteral(" four")});
    m_session->showLivePane(branch.snapshot());
    QVERIFY(m_view->branchPane().isVisible());
    QVERIFY(m_view->header().isFolded());
    QVERIFY(m_view->branchPane().stopButton()->isVisible());
    const HeatDataPtr lower = m_view->branchPane().text()->data();
    QCOMPARE(lower->relation().sharedTokens, fork);
    QCOMPARE(lower->relation().firstDifference, fork);
    QVERIFY(lower->relation().streaming);
    QVERIFY(lower->dimmed(fork - 1));
    QVERIFY(!lower->scored(fork + 1)); // score still to come
    QVERIFY(m_view->branchPane().head().lead.contains(QStringLiteral("was")));
    // Both ribbons share one axis.
    QCOMPARE(m_view->pane().ribbon()->xOf(fork), m_view->branchPane().ribbon()->xOf(fork));
    QSignalSpy stopped(m_view.get(), &HeatMapView::stopRequested);
    m_view->branchPane().stopButton()->click();
    QCOMPARE(stopped.count(), 1);
    m_session->openBranchPane({});
    QVERIFY(QTest::qWaitFor([&] { return !m_view->branchPane().isVisible(); }));
    QVERIFY(!m_view->header().isFolded()); // as it was before
}

void TestHeatMapView::findsOverAllTokens() {
    QVERIFY(open(1)); // "Question: how many?\nAnswer:" + " one owed.\n three nine"
    TokenView* text = m_view->pane().text();
    const int prompt = m_view->focusedData()->promptTokens();
    m_session->setCursor(prompt);
    m_view->openFind();
    FindBar& bar = m_view->findBar();
    QVERIFY(bar.isVisible());
    QTest::keyClicks(bar.field(), QStringLiteral("ee n")); // across two tokens
    QCOMPARE(bar.countText(), QStringLiteral("1 of 1"));
    QCOMPARE(text->matches().size(), std::size_t{1});
    QCOMPARE(text->matches()[0].last, text->matches()[0].first + 1);
    QCOMPARE(m_session->cursor(), text->matches()[0].first);
    bar.field()->setText(QStringLiteral("MANY")); // in the folded prompt, in other letters
    QCOMPARE(bar.countText(), QStringLiteral("1 of 1"));
    QVERIFY(m_session->cursor() < prompt);
    QVERIFY(text->layout().isVisible(m_session->cursor()));
    bar.field()->setText(QStringLiteral("no such words"));
    QCOMPARE(bar.countText(), QStringLiteral("not found"));
    QVERIFY(text->matches().empty());
    bar.field()->setText(QStringLiteral("e"));
    QVERIFY(!text->matches().empty());
    QTest::keyClick(bar.field(), Qt::Key_Escape);
    QVERIFY(!bar.isVisible());
    QVERIFY(text->matches().empty()); // nothing stays outlined
    QVERIFY(!m_view->finding());
}

void TestHeatMapView::findStepsWrapAround() {
    QVERIFY(open(1));
    m_session->setCursor(m_view->focusedData()->promptTokens());
    m_view->openFind();
    FindBar& bar = m_view->findBar();
    bar.field()->setText(QStringLiteral("n"));
    const auto matches = m_view->pane().text()->matches(); // a token may hold two
    QVERIFY(matches.size() > 3);
    QStringList seen;
    const QString start = bar.countText();
    QVERIFY(start.endsWith(QStringLiteral(" of %1").arg(matches.size())));
    for (std::size_t i = 0; i < matches.size(); ++i) {
        QTest::keyClick(bar.field(), Qt::Key_Return);
        seen << bar.countText();
        if (bar.countText() == start)
            break;
    }
    QCOMPARE(seen.last(), start); // round once
    QTest::keyClick(bar.field(), Qt::Key_Return, Qt::ShiftModifier);
    QCOMPARE(bar.countText(), seen.size() > 1 ? seen[seen.size() - 2] : start);
    m_view->findStep(1);
    QCOMPARE(bar.countText(), start);
    bar.close();
}

void TestHeatMapView::narrowBarHidesItsLabels() {
    m_view->resize(540, 600);
    QVERIFY2(m_view->minimumSizeHint().width() <= 540,
             qPrintable(QString::number(m_view->minimumSizeHint().width())));
    m_view->resize(652, 656);
}

/// UX.md 3.12: all places are underlined, a button each settles it, and Ctrl+Z takes it back.
void TestHeatMapView::ambiguousAnswerIsLeftToTheUser() {
    TrajectoryId id;
    {
        const auto project =
            store::Project::open(m_project.file.toStdString(), store::OpenMode::ReadWrite);
        QVERIFY(project.ok());
        store::QuestionRecord question;
        question.datasetId = m_project.dataset;
        question.externalId = "q2";
        question.text = "how many pears?";
        store::setGoldAnswers(question, {"7", "14/2"});
        const auto asked = store::addQuestion(**project, question);
        QVERIFY(asked.ok());
        store::TrajectoryRecord row = test::makeTrajectory(
            m_project.dataset, *asked, " so it is\n #### 5 or 7", Verdict::Ungraded);
        const text::Grade grade = text::gradeAny(text::GradeTask::Gsm8k, text::GradeProfile::Crux,
                                                 row.response, store::goldAnswers(question));
        row.verdict = grade.verdict;
        row.verdictReason = grade.reason;
        row.extracted = grade.extracted;
        row.extractedBegin = grade.extractedBegin;
        row.extractedEnd = grade.extractedEnd;
        row.answerSpans = grade.spans;
        const auto added = store::addTrajectory(**project, row);
        QVERIFY(added.ok());
        id = *added;
    }
    m_session->openTrajectory(id);
    QTRY_VERIFY_WITH_TIMEOUT(m_session->current() && m_session->current()->record.id == id, 20'000);
    const auto facts = [this] { return m_view->header().factsText(); };
    QVERIFY2(facts().contains(QStringLiteral("Gold 7 or 14/2")), qPrintable(facts()));
    QVERIFY2(facts().contains(QStringLiteral("Extracted 5 or 7, ambiguous")), qPrintable(facts()));
    QCOMPARE(m_session->current()->answers.size(), std::size_t{2});
    const HeatDataPtr heat = m_view->focusedData();
    int underlined = 0;
    for (int token = 0; token < heat->count(); ++token)
        underlined += heat->marks(token).extracted ? 1 : 0;
    QCOMPARE(underlined, 2);
    const auto& buttons = m_view->banner().answerButtons();
    QCOMPARE(buttons.size(), std::size_t{2});
    QCOMPARE(buttons[1]->text(), QStringLiteral("7"));
    connect(m_view.get(), &HeatMapView::answerRequested, this,
            [this](int first, int last) { useAsAnswer(*m_session, first, last); });
    buttons[1]->click();
    QTRY_COMPARE_WITH_TIMEOUT(m_session->current()->record.verdict, Verdict::Right, 20'000);
    QCOMPARE(m_session->current()->answers.size(), std::size_t{1});
    QVERIFY(m_view->banner().answerButtons().empty());
    m_session->undoStack().undo();
    QTRY_COMPARE_WITH_TIMEOUT(m_session->current()->answers.size(), std::size_t{2}, 20'000);
    QCOMPARE(m_session->current()->record.verdict, Verdict::NoAnswer);
}

QTEST_MAIN(TestHeatMapView)
#include "tst_heat_map_view.moc"
