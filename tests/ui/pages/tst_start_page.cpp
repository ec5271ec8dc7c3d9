// Recent projects, system check and first steps.
#include "ui/model/session.h"
#include "ui/pages/first_steps.h"
#include "ui/pages/recent_projects.h"
#include "ui/pages/start_page.h"
#include "ui/pages/system_check.h"
#include "ui/widgets/empty_state.h"

#include <QAbstractItemModelTester>
#include <QDateTime>
#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QtTest/QtTest>

using namespace crux::ui;

class TestStartPage : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(m_folder.isValid());
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
        QCoreApplication::setOrganizationName(QStringLiteral("crux-test"));
        QCoreApplication::setApplicationName(QStringLiteral("start-page"));
    }

    void recentIsNewestFirstAndOnceEach() {
        QSettings().clear();
        RecentProjects recent;
        const QAbstractItemModelTester tester(&recent);
        recent.add({QStringLiteral("/a/one.crux"), QStringLiteral("empty"), 0, 10, 1000});
        recent.add({QStringLiteral("/a/two.crux"), QStringLiteral("empty"), 1204, 2000, 2000});
        recent.add({QStringLiteral("/a/one.crux"), QStringLiteral("scored"), 5, 10, 3000});
        QCOMPARE(recent.rowCount(), 2);
        QCOMPARE(recent.index(0, RecentProjects::Project).data().toString(), QStringLiteral("one"));
        QCOMPARE(recent.index(0, RecentProjects::State).data().toString(),
                 QStringLiteral("scored"));
        QCOMPARE(recent.index(1, RecentProjects::Trajectories).data().toString(),
                 QStringLiteral("1\u202f204"));
        const RecentProjects again; // read back
        QCOMPARE(again.rowCount(), 2);
        recent.remove(0);
        QCOMPARE(RecentProjects().rowCount(), 1);
    }

    void emptyListSaysWhyAndWhatToDo() {
        QSettings().clear();
        Session session;
        StartPage page(session);
        page.resize(1276, 884);
        page.show();
        QVERIFY(page.noRecent().isVisible());
        QVERIFY(!page.noRecent().title().isEmpty());
        QSignalSpy open(&page, &StartPage::openRequested);
        page.noRecent().button()->click();
        QCOMPARE(open.count(), 1);
        page.recent().add({QStringLiteral("/a/one.crux"), {}, 0, 0, 1000});
        QVERIFY(!page.noRecent().isVisible());
        page.recent().remove(0);
        QVERIFY(page.noRecent().isVisible());
    }

    void listIsBounded() {
        QSettings().clear();
        RecentProjects recent;
        for (int i = 0; i < 30; ++i)
            recent.add({QStringLiteral("/a/%1.crux").arg(i), {}, 0, 0, i});
        QCOMPARE(recent.rowCount(), 20);
        QCOMPARE(recent.projects().front().openedMs, qint64{29});
    }

    void openedInWords() {
        const QDateTime now(QDate(2026, 11, 23), QTime(20, 0));
        const auto text = [&](const QDateTime& time) {
            return openedText(time.toMSecsSinceEpoch(), now.toMSecsSinceEpoch());
        };
        QCOMPARE(text(QDateTime(QDate(2026, 11, 23), QTime(9, 41))), QStringLiteral("today 09:41"));
        QCOMPARE(text(QDateTime(QDate(2026, 11, 22), QTime(23, 59))), QStringLiteral("yesterday"));
        QVERIFY(text(QDateTime(QDate(2026, 11, 12), QTime(1, 0))).startsWith(QStringLiteral("12")));
        QVERIFY(text(QDateTime(QDate(2025, 11, 12), QTime(1, 0))).contains(QStringLiteral("2025")));
    }

    void doctorAnswerBecomesLines() {
        const auto facts = doctorFacts(R"({"backend":"LibTorch 2.13.0","devices":[{"name":"cpu"},
            {"name":"cuda:0","memory_bytes":23600000000,"free_bytes":23100000000,"preferred_dtype":"bfloat16"}]})");
        QCOMPARE(facts.size(), std::size_t{2});
        QCOMPARE(facts[0].text, QStringLiteral("2.13.0"));
        QVERIFY(facts[1].text.contains(QStringLiteral("23.6 GB")));
        QVERIFY(facts[1].severity == Severity::Passed);
    }

    void brokenDoctorAnswerIsAWarning_data() {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("text") << QByteArray("Segmentation fault");
        QTest::newRow("list") << QByteArray("[1,2]");
        QTest::newRow("other") << QByteArray("{\"x\":1}");
    }
    void brokenDoctorAnswerIsAWarning() {
        QFETCH(QByteArray, answer);
        const auto facts = doctorFacts(answer);
        QCOMPARE(facts.size(), std::size_t{1});
        QVERIFY(facts[0].severity == Severity::Warning);
    }

    void localFactsNameEveryPart() {
        QStringList keys;
        for (const SystemFact& fact : localSystemFacts(m_folder.path())) {
            keys << fact.key;
            QVERIFY2(!fact.text.isEmpty(), qPrintable(fact.key));
        }
        QCOMPARE(keys, QStringList({QStringLiteral("processor"), QStringLiteral("memory"),
                                    QStringLiteral("graphics"), QStringLiteral("disk"),
                                    QStringLiteral("tokenizers")}));
    }

    void missingCliIsSaid() {
        SystemCheck check;
        check.setProgram(m_folder.filePath(QStringLiteral("no-such-crux-cli")));
        QSignalSpy finished(&check, &SystemCheck::finished);
        check.check();
        QVERIFY(finished.wait(10000));
        QVERIFY(check.report().contains(QStringLiteral("LibTorch: ")));
        bool warned = false;
        for (const SystemFact& fact : check.facts())
            warned = warned ||
                     (fact.key == QStringLiteral("libtorch") && fact.severity == Severity::Warning);
        QVERIFY(warned);
    }

    void stepsTickFromFacts() {
        ProjectSummary facts;
        auto done = FirstSteps::stepsDone(facts);
        QCOMPARE(static_cast<int>(std::count(done.begin(), done.end(), true)), 0);
        facts.trajectories = 3;
        facts.models = 1;
        facts.adapters = 1;
        done = FirstSteps::stepsDone(facts);
        QVERIFY(done[FirstSteps::Import]);
        QVERIFY(!done[FirstSteps::LoadModels]); // one side only
        facts.adapters = 2;
        facts.scored = 3;
        facts.inspected = true;
        facts.branched = true;
        done = FirstSteps::stepsDone(facts);
        QCOMPARE(static_cast<int>(std::count(done.begin(), done.end(), true)),
                 int(FirstSteps::StepCount));
    }

private:
    QTemporaryDir m_folder;
};

QTEST_MAIN(TestStartPage)
#include "tst_start_page.moc"
