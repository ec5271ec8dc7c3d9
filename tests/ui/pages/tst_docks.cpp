// Filter bar and docks over a real project file.
#include "ui/model/branch_tree_model.h"
#include "ui/model/notes_model.h"
#include "ui/model/project_fixture.h"
#include "ui/model/trajectory_table_model.h"
#include "ui/pages/filter_bar.h"
#include "ui/pages/notes_dock.h"
#include "ui/pages/trajectories_dock.h"

#include <QLineEdit>
#include <QSignalSpy>
#include <QTableView>
#include <QToolButton>

using namespace crux;
using namespace crux::ui;

class TestDocks : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void filterIsCheckedWhileTyping();
    void chipsAndUndo();
    void tableFollowsAndOpens();
    void emptyStatesSayWhy();
};

void TestDocks::filterIsCheckedWhileTyping() {
    FilterBar bar;
    bar.show();
    QSignalSpy changed(&bar, &FilterBar::expressionChanged);
    QTest::keyClicks(bar.field(), QStringLiteral("verdict=="));
    QVERIFY(!bar.fault().isEmpty());
    QTest::keyClick(bar.field(), Qt::Key_Return);
    QCOMPARE(changed.size(), 0); // a broken expression is never applied
    bar.field()->clear();
    QTest::keyClicks(bar.field(), QStringLiteral("verdict=wrong"));
    QVERIFY(bar.fault().isEmpty());
    QTest::keyClick(bar.field(), Qt::Key_Return);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(bar.expression(), QStringLiteral("verdict=wrong"));
}

void TestDocks::chipsAndUndo() {
    FilterBar bar;
    bar.show();
    bar.setExpression(QStringLiteral("verdict=wrong and min_s<0.1"));
    const auto chips = [&] {
        QStringList texts;
        for (const auto* button : bar.findChildren<QToolButton*>())
            if (button->text().endsWith(QStringLiteral("×")) && button->isVisibleTo(&bar))
                texts << button->text();
        return texts;
    };
    QCOMPARE(chips().size(), 2);
    for (auto* button : bar.findChildren<QToolButton*>())
        if (button->text().startsWith(QStringLiteral("min_s")))
            button->click();
    QCOMPARE(bar.expression(), QStringLiteral("verdict=wrong"));
    bar.undoLast();
    QCOMPARE(bar.expression(), QStringLiteral("verdict=wrong and min_s<0.1"));
    bar.addTerm(QStringLiteral("gold=\"7\""));
    QCOMPARE(bar.expression(), QStringLiteral("verdict=wrong and min_s<0.1 and gold=\"7\""));
    bar.reset();
    QVERIFY(bar.expression().isEmpty());
    QVERIFY(bar.canUndo());
}

void TestDocks::tableFollowsAndOpens() {
    test::FilledProject project;
    QVERIFY(project.fill());
    Session session;
    TrajectoriesDock dock(session);
    dock.show();
    QVERIFY(test::openAndWait(session, project.file));
    QTRY_VERIFY_WITH_TIMEOUT(session.current() != nullptr, 20'000); // the first row opens by itself
    QCOMPARE(session.current()->record.id, project.ids[0]);
    dock.step(1);
    QTRY_COMPARE_WITH_TIMEOUT(session.current()->record.id, project.ids[1], 20'000);
    session.openTrajectory(project.ids[2]);
    QTRY_COMPARE_WITH_TIMEOUT(dock.table()->currentIndex().row(), 2, 20'000);
}

void TestDocks::emptyStatesSayWhy() {
    test::FilledProject project;
    QVERIFY(project.fill());
    Session session;
    TrajectoriesDock dock(session);
    QCOMPARE(dock.emptyTitle(), QStringLiteral("No trajectories"));
    QVERIFY(test::openAndWait(session, project.file));
    QTRY_VERIFY_WITH_TIMEOUT(dock.emptyTitle().isEmpty(), 20'000);
    dock.filter().setExpression(QStringLiteral("gold=999"));
    QTRY_COMPARE_WITH_TIMEOUT(dock.emptyTitle(),
                              QStringLiteral("No trajectory matches this filter"), 20'000);
    NotesDock notes(session);
    QCOMPARE(notes.model().rowCount(), 0);
}

QTEST_MAIN(TestDocks)
#include "tst_docks.moc"
