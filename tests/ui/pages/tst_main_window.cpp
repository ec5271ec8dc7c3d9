// The window as a whole: perspectives, layout, notices, palette, actions with reasons.
#include "support/test_paths.h"
#include "ui/command_palette.h"
#include "ui/dialogs/close_dialog.h"
#include "ui/dialogs/settings_dialog.h"
#include "ui/main_window.h"
#include "ui/model/project_fixture.h"
#include "ui/model/worker_client.h"
#include "ui/notice_bar.h"
#include "ui/pages/filter_bar.h"
#include "ui/pages/heat_map_view.h"
#include "ui/pages/trajectories_dock.h"
#include "ui/widgets/find_bar.h"
#include "ui/widgets/heat_map_pane.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QDockWidget>
#include <QKeySequenceEdit>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QStatusBar>
#include <QTableView>

using namespace crux;
using namespace crux::ui;

class TestMainWindow : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QCoreApplication::setOrganizationName(QStringLiteral("crux-test"));
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path());
        applyTheme(*qApp, ThemeName::Light);
    }
    void startsOnTheStartPage();
    void opensAProject();
    void findLooksWhereTheFocusIs();
    void closingAsksAboutTheRunningJob_data();
    void closingAsksAboutTheRunningJob();
    void everyActionHasAMenu();
    void paletteFindsByWords();
    void paletteLeadsToKeys();
    void noticesStay();
    void aNewerProjectSaysSo();

private:
    QTemporaryDir m_settings;
};

void TestMainWindow::startsOnTheStartPage() {
    MainWindow window;
    QSignalSpy painted(&window, &MainWindow::firstPainted);
    window.show();
    QTRY_COMPARE_WITH_TIMEOUT(painted.size(), 1, 20'000);
    QCOMPARE(window.perspective(), Perspective::Start);
    QCOMPARE(window.size(), QSize(1600, 1000));
    QVERIFY(!window.actions().action(QStringLiteral("view.explore"))->isEnabled());
    QVERIFY(!window.actions().action(QStringLiteral("view.train"))->isEnabled());
    QVERIFY(window.actions()
                .action(QStringLiteral("view.compare"))
                ->toolTip()
                .contains(QStringLiteral("evaluations")));
}

void TestMainWindow::opensAProject() {
    test::FilledProject project;
    QVERIFY(project.fill());
    MainWindow window;
    window.show();
    QVERIFY(test::openAndWait(window.session(), project.file));
    QCOMPARE(window.perspective(), Perspective::Explore);
    QTRY_VERIFY_WITH_TIMEOUT(window.session().current() != nullptr, 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(
        window.windowTitle().startsWith(QStringLiteral("test — Explore — trajectory")), 20'000);
    QVERIFY(window.dock(QStringLiteral("trajectories"))->isVisible());
    window.setPerspective(Perspective::Data);
    QVERIFY(!window.dock(QStringLiteral("trajectories"))->isVisible());
    window.setPerspective(Perspective::Explore);
    QVERIFY(window.dock(QStringLiteral("trajectories"))->isVisible());
    window.session().closeProject();
    QCOMPARE(window.perspective(), Perspective::Start);
}

void TestMainWindow::findLooksWhereTheFocusIs() {
    test::FilledProject project;
    QVERIFY(project.fill());
    MainWindow window;
    window.show();
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    QVERIFY(test::openAndWait(window.session(), project.file));
    QTRY_VERIFY_WITH_TIMEOUT(window.session().current() != nullptr, 20'000);
    window.heatMap().pane().text()->setFocus();
    QTest::keyClick(&window, Qt::Key_F, Qt::ControlModifier);
    QVERIFY(window.heatMap().findBar().isVisible());
    QVERIFY(window.heatMap().findBar().field()->hasFocus());
    QVERIFY(!window.actions().action(QStringLiteral("edit.find_next"))->isEnabled());
    QTest::keyClicks(window.heatMap().findBar().field(), QStringLiteral("e"));
    QVERIFY(window.actions().action(QStringLiteral("edit.find_next"))->isEnabled());
    const QString before = window.heatMap().findBar().countText();
    QTest::keyClick(&window, Qt::Key_F3);
    QVERIFY(window.heatMap().findBar().countText() != before);
    window.trajectories().table()->setFocus();
    QTest::keyClick(&window, Qt::Key_F, Qt::ControlModifier);
    QVERIFY(window.trajectories().filter().field()->hasFocus());
}

void TestMainWindow::closingAsksAboutTheRunningJob_data() {
    QTest::addColumn<int>("choice");
    QTest::addColumn<int>("state");
    QTest::newRow("keep") << static_cast<int>(CloseChoice::Keep)
                          << static_cast<int>(store::JobState::Running);
    QTest::newRow("stop") << static_cast<int>(CloseChoice::Stop)
                          << static_cast<int>(store::JobState::Stopping);
    QTest::newRow("cancel") << static_cast<int>(CloseChoice::Cancel)
                            << static_cast<int>(store::JobState::Cancelled);
}

void TestMainWindow::closingAsksAboutTheRunningJob() {
    QFETCH(int, choice);
    QFETCH(int, state);
    test::FilledProject project;
    QVERIFY(project.fill());
    rememberCloseChoice(CloseChoice::Ask);
    JobId id;
    {
        MainWindow window;
        Session& session = window.session();
        session.worker().setProgram(test::binaryDir() + QStringLiteral("/tests/crux_fake_worker"));
        window.show();
        QVERIFY(test::openAndWait(session, project.file));
        session.worker().start();
        QTRY_COMPARE_WITH_TIMEOUT(session.worker().state(), WorkerClient::State::Ready, 20'000);
        {
            const auto opened =
                store::Project::open(project.file.toStdString(), store::OpenMode::ReadWrite);
            QVERIFY(opened.ok());
            const auto made = store::addJob(**opened, "score", Json::object(), "score all");
            QVERIFY(made.ok());
            id = *made;
            // As the worker of this window would have claimed it.
            const std::string owner = "host:" + std::to_string(session.worker().processId());
            QVERIFY(store::claimJob(**opened, id, owner).ok());
            QVERIFY(store::setJobState(**opened, id, store::JobState::Running).ok());
        }
        QTRY_COMPARE_WITH_TIMEOUT(session.facts().jobs.size(), std::size_t{1}, 20'000);
        window.close();
        QVERIFY(window.isVisible()); // it asks first
        auto* dialog = window.findChild<CloseDialog*>();
        QVERIFY(dialog && dialog->isVisible());
        dialog->setChoice(static_cast<CloseChoice>(choice));
        dialog->primaryButton()->click();
        QTRY_VERIFY_WITH_TIMEOUT(!window.isVisible(), 20'000);
    }
    QCOMPARE(static_cast<int>(rememberedCloseChoice()), choice);
    const auto opened = store::Project::open(project.file.toStdString(), store::OpenMode::ReadOnly);
    QVERIFY(opened.ok());
    QCOMPARE(static_cast<int>(store::job(**opened, id)->state), state);
    rememberCloseChoice(CloseChoice::Ask);
}

void TestMainWindow::everyActionHasAMenu() {
    MainWindow window;
    QSet<QString> ids;
    for (const ActionEntry& entry : window.actions().entries()) {
        QVERIFY2(!entry.id.isEmpty() && !ids.contains(entry.id), qPrintable(entry.id));
        ids << entry.id;
        QVERIFY2(!entry.menu.isEmpty(), qPrintable(entry.id));
        QVERIFY2(!entry.action->text().isEmpty(), qPrintable(entry.id));
    }
    QVERIFY(ids.size() > 60);
}

void TestMainWindow::paletteFindsByWords() {
    MainWindow window;
    window.show();
    window.showPalette();
    window.palette_().setQuery(QStringLiteral("proj open"));
    QVERIFY(window.palette_().shownCount() > 0);
    QCOMPARE(window.palette_().shownText(0), QStringLiteral("Open project…"));
    window.palette_().setQuery(QStringLiteral("no such action at all"));
    QCOMPARE(window.palette_().shownCount(), 0);
}

void TestMainWindow::paletteLeadsToKeys() {
    MainWindow window;
    window.show();
    window.showPalette();
    window.palette_().setQuery(QStringLiteral("score…")); // not possible without a project
    QVERIFY(!window.palette_().shownReason(0).isEmpty());
    auto* field = window.palette_().findChild<QLineEdit*>();
    QVERIFY(field);
    QTest::keyClick(field, Qt::Key_Return); // a disabled action does not run
    QVERIFY(window.palette_().isVisible());
    QTest::keyClick(field, Qt::Key_Return, Qt::AltModifier);
    QVERIFY(!window.palette_().isVisible());
    auto* dialog = window.findChild<SettingsDialog*>();
    QVERIFY(dialog && dialog->isVisible());
    QVERIFY(dialog->keyField()->isEnabled());
    QCOMPARE(dialog->keyField()->keySequence(), QKeySequence(QStringLiteral("Ctrl+Shift+S")));
    dialog->keyField()->setKeySequence(QKeySequence(QStringLiteral("Ctrl+Alt+S")));
    Q_EMIT dialog->keyField()->editingFinished();
    QCOMPARE(window.actions().action(QStringLiteral("jobs.score"))->shortcut(),
             QKeySequence(QStringLiteral("Ctrl+Alt+S")));
    window.actions().resetKeys();
}

void TestMainWindow::noticesStay() {
    MainWindow window;
    window.show();
    window.session().post(noticeFromError({ErrorCode::DiskFull, "No space is left.", "x", ""},
                                          QStringLiteral("Not saved.")));
    QVERIFY(window.noticeBar().isVisible());
    QCOMPARE(window.noticeBar().notice().title, QStringLiteral("Not saved."));
    window.noticeBar().showDetails(true);
    Q_EMIT window.noticeBar().closed();
    QVERIFY(!window.noticeBar().isVisible());
}

/// Written by a later Crux: it opens for reading, and the window says which and why.
void TestMainWindow::aNewerProjectSaysSo() {
    test::FilledProject project;
    QVERIFY(project.fill());
    {
        QFile file(project.file);
        QVERIFY(file.open(QIODevice::ReadWrite));
        QVERIFY(file.seek(60)); // user_version in SQLite's file header, big endian
        QCOMPARE(file.write(QByteArray::fromHex("00000063")), 4);
    }
    MainWindow window;
    window.show();
    QVERIFY(test::openAndWait(window.session(), project.file));
    QVERIFY(window.session().readOnly());
    QTRY_VERIFY_WITH_TIMEOUT(window.noticeBar().isVisible(), 20'000);
    QTRY_VERIFY_WITH_TIMEOUT(window.session().current() != nullptr, 20'000); // it can be read
    QVERIFY(!window.actions().action(QStringLiteral("jobs.score"))->isEnabled());
    QVERIFY(!window.force().unavailableReason().isEmpty());
}

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
