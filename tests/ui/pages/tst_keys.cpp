// The keys of UX.md 3.8 that belong to Explore and Data: bound as written there, with a second
// binding for every F-key, and doing what they say in the window.
#include "tests/ui/model/project_fixture.h"
#include "ui/command_palette.h"
#include "ui/main_window.h"
#include "ui/model/view_settings.h"
#include "ui/pages/filter_bar.h"
#include "ui/pages/heat_map_view.h"
#include "ui/pages/trajectories_dock.h"
#include "ui/widgets/heat_map_pane.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QDockWidget>
#include <QLineEdit>
#include <QMenu>
#include <QSettings>
#include <QTableView>
#include <QToolTip>
#include <QUndoStack>

#include <memory>

using namespace crux;
using namespace crux::ui;

class TestKeys : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void areBoundAsWritten_data();
    void areBoundAsWritten();
    void functionKeysHaveASecondBinding();
    void noTwoActionsShareAKey();
    void walkTheTable();
    void walkTheTableWithoutFocus();
    void marksAreUndone();
    void filtersAreUndone();
    void perspectivesAndDocks();
    void historyByMouse();
    void undoWaitsForAPopup();

private:
    ActionRegistry& actions() { return m_window->actions(); }
    Session& session() { return m_window->session(); }
    bool shows(std::size_t n) {
        return QTest::qWaitFor(
            [&] {
                return session().current() && session().current()->record.id == m_project.ids[n];
            },
            20'000);
    }
    void key(QWidget* at, int code, Qt::KeyboardModifiers with = {}) {
        at->setFocus();
        QTest::keyClick(at, static_cast<Qt::Key>(code), with);
    }

    QTemporaryDir m_settings;
    test::FilledProject m_project;
    std::unique_ptr<MainWindow> m_window;
};

void TestKeys::initTestCase() {
    QCoreApplication::setOrganizationName(QStringLiteral("crux-test"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path());
    initResources();
    applyTheme(*qApp, ThemeName::Light);
    QVERIFY(m_project.fill());
    m_window = std::make_unique<MainWindow>();
    m_window->show();
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    QVERIFY(test::openAndWait(session(), m_project.file));
    QVERIFY(shows(0));
}

void TestKeys::areBoundAsWritten_data() {
    QTest::addColumn<QString>("keys");
    const std::pair<const char*, const char*> rows[] = {
        {"go.palette", "Ctrl+Shift+P"},
        {"go.to", "Ctrl+K"},
        {"file.open", "Ctrl+O"},
        {"file.new", "Ctrl+N"},
        {"file.copy", "Ctrl+S"},
        {"edit.undo", "Ctrl+Z"},
        {"edit.redo", "Ctrl+Shift+Z"},
        {"edit.find", "Ctrl+F"},
        {"edit.find_next", "F3"},
        {"edit.find_previous", "Shift+F3"},
        {"go.position", "Ctrl+G"},
        {"edit.filter", "Ctrl+Shift+F"},
        {"go.back", "Ctrl+["},
        {"go.forward", "Ctrl+]"},
        {"jobs.show", "Ctrl+J"},
        {"file.export", "Ctrl+E"},
        {"view.explore", "Ctrl+1"},
        {"view.train", "Ctrl+2"},
        {"view.compare", "Ctrl+3"},
        {"view.data", "Ctrl+4"},
        {"go.next_dock", "F6"},
        {"go.next_dock", "Ctrl+Tab"},
        {"view.zoom_reset", "Ctrl+0"},
        {"view.zoom_in", "Ctrl++"},
        {"view.zoom_out", "Ctrl+-"},
        {"view.full_screen", "F11"},
        {"view.focus", "Ctrl+Shift+Space"},
        {"help.keys", "F1"},
        {"help.keys", "Ctrl+/"},
        {"trajectories.down", "J"},
        {"trajectories.up", "K"},
        {"go.next_trajectory", "Ctrl+Down"},
        {"go.previous_trajectory", "Ctrl+Up"},
        {"trajectories.open", "Return"},
        {"trajectories.peek", "Space"},
        {"trajectories.mark", "M"},
        {"trajectories.label", "L"},
        {"trajectories.filter", "/"},
        {"heatmap.previous_token", "Left"},
        {"heatmap.next_token", "Right"},
        {"heatmap.previous_word", "Ctrl+Left"},
        {"heatmap.next_word", "Ctrl+Right"},
        {"heatmap.line_up", "Up"},
        {"heatmap.line_down", "Down"},
        {"heatmap.line_start", "Home"},
        {"heatmap.line_end", "End"},
        {"heatmap.next_candidate", "N"},
        {"heatmap.previous_candidate", "Shift+N"},
        {"heatmap.next_fork", "F"},
        {"heatmap.previous_fork", "Shift+F"},
        {"heatmap.threshold_down", "["},
        {"heatmap.threshold_up", "]"},
        {"heatmap.layer", "V"},
        {"heatmap.granularity", "G"},
        {"heatmap.blanks", "W"},
        {"heatmap.alternatives", "Return"},
        {"heatmap.agree", "A"},
        {"heatmap.reject", "X"},
        {"heatmap.elsewhere", "E"},
        {"heatmap.bookmark", "B"},
        {"heatmap.comment", "C"},
        {"inspector.pick1", "1"},
        {"inspector.pick9", "9"},
        {"inspector.forceContinue", "Return"},
        {"inspector.forceOnly", "Shift+Return"},
        {"inspector.typedText", "T"},
        {"inspector.stop", "Esc"},
        {"branches.next", "Alt+Down"},
        {"branches.previous", "Alt+Up"},
        {"branches.parent", "Alt+Left"},
        {"branches.child", "Alt+Right"},
        {"branches.main_path", "*"},
        {"branches.diff", "D"},
        {"branches.trash", "Del"},
        {"branches.expand", "Shift+Right"},
    };
    for (const auto& [id, keys] : rows)
        QTest::addRow("%s %s", id, keys) << QString::fromLatin1(keys);
}

void TestKeys::areBoundAsWritten() {
    QFETCH(QString, keys);
    const QString id = QString::fromLatin1(QTest::currentDataTag()).section(QLatin1Char(' '), 0, 0);
    const QAction* action = actions().action(id);
    QVERIFY2(action, qPrintable(id));
    QVERIFY2(action->shortcuts().contains(QKeySequence(keys)),
             qPrintable(ActionRegistry::keysText(*action)));
}

void TestKeys::functionKeysHaveASecondBinding() {
    for (const ActionEntry& entry : actions().entries()) {
        bool function = false, other = false;
        for (const QKeySequence& keys : entry.action->shortcuts()) {
            const int code = keys[0].key();
            (code >= Qt::Key_F1 && code <= Qt::Key_F35 ? function : other) = true;
        }
        QVERIFY2(!function || other, qPrintable(entry.id));
    }
}

/// One key, one action, where both can be meant: a window's key and a view's would silence each
/// other.
void TestKeys::noTwoActionsShareAKey() {
    QHash<QString, QString> holders; // scope and keys -> id
    const auto place = [](ActionScope scope, const QKeySequence& keys) {
        return QString::number(static_cast<int>(scope)) + QLatin1Char(' ') + keys.toString();
    };
    QStringList shared;
    for (const ActionEntry& entry : actions().entries())
        for (const QKeySequence& keys : entry.action->shortcuts()) {
            const QString holder = holders.value(place(entry.scope, keys));
            if (!holder.isEmpty())
                shared << holder + QStringLiteral(" and ") + entry.id;
            holders.insert(place(entry.scope, keys), entry.id);
        }
    for (const ActionEntry& entry : actions().entries())
        if (entry.scope != ActionScope::Global)
            for (const QKeySequence& keys : entry.action->shortcuts())
                if (const QString holder = holders.value(place(ActionScope::Global, keys));
                    !holder.isEmpty())
                    shared << holder + QStringLiteral(" and ") + entry.id;
    QVERIFY2(shared.isEmpty(), qPrintable(shared.join(QLatin1Char('\n'))));
}

void TestKeys::walkTheTable() {
    QTableView* table = m_window->trajectories().table();
    table->setCurrentIndex(table->model()->index(0, 0));
    QVERIFY(shows(0));
    key(table, Qt::Key_J);
    QVERIFY(shows(1)); // J goes down
    key(table, Qt::Key_J);
    QVERIFY(shows(2));
    key(table, Qt::Key_K);
    QVERIFY(shows(1));
    key(table, Qt::Key_Down);
    QVERIFY(shows(2));
    key(table, Qt::Key_Up);
    QVERIFY(shows(1));
    key(table, Qt::Key_Space);
    QTRY_VERIFY(QToolTip::isVisible() &&
                QToolTip::text().contains(QStringLiteral("how many apples?")));
    QToolTip::hideText();
    key(table, Qt::Key_Return);
    QVERIFY(m_window->heatMap().pane().text()->hasFocus());
    key(table, Qt::Key_Slash);
    QVERIFY(m_window->trajectories().filter().field()->hasFocus());
}

void TestKeys::walkTheTableWithoutFocus() {
    m_window->trajectories().table()->setCurrentIndex(
        m_window->trajectories().table()->model()->index(0, 0));
    QVERIFY(shows(0));
    TokenView* text = m_window->heatMap().pane().text();
    key(text, Qt::Key_Down, Qt::ControlModifier);
    QVERIFY(shows(1));
    key(text, Qt::Key_Up, Qt::ControlModifier);
    QVERIFY(shows(0));
}

void TestKeys::marksAreUndone() {
    QTableView* table = m_window->trajectories().table();
    table->setCurrentIndex(table->model()->index(1, 0));
    QVERIFY(shows(1));
    session().undoStack().clear();
    key(table, Qt::Key_M);
    QTRY_COMPARE_WITH_TIMEOUT(session().facts().marks, 1, 20'000);
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE_WITH_TIMEOUT(session().facts().marks, 0, 20'000);
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    QTRY_COMPARE_WITH_TIMEOUT(session().facts().marks, 1, 20'000);
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE_WITH_TIMEOUT(session().facts().marks, 0, 20'000);

    TokenView* text = m_window->heatMap().pane().text();
    session().setCursor(session().current()->record.promptTokens + 1);
    key(text, Qt::Key_B);
    QTRY_COMPARE_WITH_TIMEOUT(session().current()->marks.size(), std::size_t{1}, 20'000);
    QTest::keyClick(text, Qt::Key_Z, Qt::ControlModifier);
    QTRY_VERIFY_WITH_TIMEOUT(session().current()->marks.empty(), 20'000);
}

void TestKeys::filtersAreUndone() {
    FilterBar& filter = m_window->trajectories().filter();
    session().undoStack().clear();
    filter.setExpression(QStringLiteral("verdict=wrong"));
    filter.setExpression(QStringLiteral("verdict=right"));
    QTest::keyClick(m_window->heatMap().pane().text(), Qt::Key_Z, Qt::ControlModifier);
    QCOMPARE(filter.expression(), QStringLiteral("verdict=wrong"));
    session().undoStack().undo();
    QCOMPARE(filter.expression(), QString());
    session().undoStack().redo();
    QCOMPARE(filter.expression(), QStringLiteral("verdict=wrong"));
    QCOMPARE(session().undoStack().count(), 2); // undo and redo are no changes themselves
    filter.reset();
    QTRY_COMPARE_WITH_TIMEOUT(m_window->trajectories().table()->model()->rowCount(), 3, 20'000);
}

void TestKeys::perspectivesAndDocks() {
    QTest::keyClick(m_window.get(), Qt::Key_4, Qt::ControlModifier);
    QCOMPARE(m_window->perspective(), Perspective::Data);
    QTest::keyClick(m_window.get(), Qt::Key_1, Qt::ControlModifier);
    QCOMPARE(m_window->perspective(), Perspective::Explore);
    m_window->dock(QStringLiteral("jobs"))->hide();
    QTest::keyClick(m_window.get(), Qt::Key_J, Qt::ControlModifier);
    QVERIFY(m_window->dock(QStringLiteral("jobs"))->isVisible());
    m_window->trajectories().table()->setFocus();
    QSet<QDockWidget*> visited;
    for (int i = 0; i < 8; ++i) {
        QTest::keyClick(m_window.get(), Qt::Key_F6);
        for (const QString& name : m_window->dockNames())
            if (m_window->dock(name)->isAncestorOf(QApplication::focusWidget()))
                visited << m_window->dock(name);
    }
    QVERIFY2(visited.size() >= 3, qPrintable(QString::number(visited.size())));
    QTest::keyClick(m_window.get(), Qt::Key_Space, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(!m_window->dock(QStringLiteral("trajectories"))->isVisible());
    QTest::keyClick(m_window.get(), Qt::Key_Space, Qt::ControlModifier | Qt::ShiftModifier);
    QVERIFY(m_window->dock(QStringLiteral("trajectories"))->isVisible());
}

void TestKeys::historyByMouse() {
    QTableView* table = m_window->trajectories().table();
    table->setCurrentIndex(table->model()->index(0, 0));
    QVERIFY(shows(0));
    table->setCurrentIndex(table->model()->index(2, 0));
    QVERIFY(shows(2));
    QTest::mouseClick(m_window->heatMap().pane().text()->viewport(), Qt::BackButton);
    QVERIFY(shows(0));
    QTest::mouseClick(table->viewport(), Qt::ForwardButton);
    QVERIFY(shows(2));
    QTest::keyClick(m_window.get(), Qt::Key_BracketLeft, Qt::ControlModifier);
    QVERIFY(shows(0));
}

void TestKeys::undoWaitsForAPopup() {
    session().undoStack().clear();
    m_window->trajectories().filter().setExpression(QStringLiteral("verdict=wrong"));
    QMenu menu(m_window.get());
    menu.addAction(QStringLiteral("x"));
    menu.popup(QPoint(200, 200));
    QVERIFY(QTest::qWaitForWindowExposed(&menu));
    actions().update();
    QVERIFY(!actions().action(QStringLiteral("edit.undo"))->isEnabled());
    menu.close();
    actions().update();
    QVERIFY(actions().action(QStringLiteral("edit.undo"))->isEnabled());
    m_window->trajectories().filter().reset();
}

QTEST_MAIN(TestKeys)
#include "tst_keys.moc"
