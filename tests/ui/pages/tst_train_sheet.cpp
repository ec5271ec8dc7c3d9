// The launch sheet of training and a real worker: rows and an estimate before the start, a sentence
// for what stands in the way, and the whole way to cDPO from one sheet.
#include "app/program.h"
#include "core/spec/params.h"
#include "core/store/repositories.h"
#include "ui/dialogs/check_list.h"
#include "ui/dialogs/train_dialog.h"
#include "ui/dialogs/training_data_pane.h"
#include "ui/main_window.h"
#include "ui/model/job_model.h"
#include "ui/model/worker_client.h"
#include "ui/pages/jobs_dock.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/token_view.h"

#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QPushButton>
#include <QSettings>

using namespace crux;
using namespace crux::ui;
using crux::test::runCli;

namespace {
constexpr int kPatience = 60'000;
} // namespace

class TestTrainSheet : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup() { m_window.reset(); }
    void rowsAndTimeAreToldBeforeTheStart();
    void presetsAndDifferences();
    void whatStandsInTheWayIsSaid_data();
    void whatStandsInTheWayIsSaid();
    void missingScoresAreOffered();
    void cdpoFromOneSheet();

private:
    Session& session() { return m_window->session(); }
    /// The sheet as the menu opens it.
    TrainDialog* openSheet() {
        m_window->actions().action(QStringLiteral("jobs.train"))->trigger();
        return m_window->findChild<TrainDialog*>();
    }
    static bool says(const TrainDialog& dialog, const QString& words) {
        for (const CheckLine& line : const_cast<TrainDialog&>(dialog).checks().lines())
            if (line.text.contains(words))
                return true;
        return dialog.reason().contains(words);
    }

    QTemporaryDir m_folder;
    QString m_chosen;
    int m_copies = 0;
    std::unique_ptr<MainWindow> m_window;
};

void TestTrainSheet::initTestCase() {
    QVERIFY(m_folder.isValid());
    QCoreApplication::setOrganizationName(QStringLiteral("crux-test"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
    applyTheme(*qApp, ThemeName::Light);
    m_chosen = m_folder.filePath(QStringLiteral("chosen.crux"));
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("create"), m_chosen}).status, 0);
    QFile all(test::demoDir() + QStringLiteral("/trajectories.jsonl"));
    QVERIFY(all.open(QIODevice::ReadOnly));
    QFile some(m_folder.filePath(QStringLiteral("some.jsonl")));
    QVERIFY(some.open(QIODevice::WriteOnly));
    for (int i = 0; i < 240; ++i) // of fifteen questions
        some.write(all.readLine());
    some.close();
    const auto imported = runCli({QStringLiteral("import"), m_chosen, QStringLiteral("--kind"),
                                  QStringLiteral("auto"), some.fileName(),
                                  QStringLiteral("--template"), QStringLiteral("wordproblems")});
    QVERIFY2(imported.status == 0, imported.err.constData());
    QCOMPARE(runCli({QStringLiteral("select"), m_chosen}).status, 0);
    // Sampling registers the model, as a user's first step does.
    const auto sampled =
        runCli({QStringLiteral("sample"), m_chosen, QStringLiteral("--model"), test::demoModel(),
                QStringLiteral("--preset"), QStringLiteral("demo"), QStringLiteral("--limit"),
                QStringLiteral("1"), QStringLiteral("-n"), QStringLiteral("1"),
                QStringLiteral("--no-select")});
    QVERIFY2(sampled.status == 0, sampled.err.constData());
}

void TestTrainSheet::init() {
    const QString file = m_folder.filePath(QStringLiteral("copy%1.crux").arg(++m_copies));
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("backup"), m_chosen, file}).status,
             0);
    m_window = std::make_unique<MainWindow>();
    session().worker().setProgram(test::program("crux-worker"));
    m_window->show();
    session().openProject(file);
    QTRY_VERIFY_WITH_TIMEOUT(session().isOpen(), kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(!session().facts().models.empty(), kPatience);
}

void TestTrainSheet::rowsAndTimeAreToldBeforeTheStart() {
    TrainDialog* sheet = openSheet();
    QVERIFY(sheet);
    sheet->chooseMethod(QStringLiteral("dpo"));
    QTRY_COMPARE_WITH_TIMEOUT(sheet->pane().examples(), 3, kPatience);
    QVERIFY2(sheet->primaryButton()->isEnabled(), qPrintable(sheet->reason()));
    // The loss is on the completion alone.
    const HeatDataPtr chosen = sheet->pane().chosen()->data();
    QVERIFY(chosen && chosen->count() > chosen->promptTokens());
    for (int token = 0; token < chosen->count(); ++token)
        QCOMPARE(chosen->scored(token), token >= chosen->promptTokens());
    QVERIFY(sheet->pane().rejected()->isVisible());
    // A small model is measured without being asked; asked again, it can be stopped.
    QTRY_VERIFY_WITH_TIMEOUT(sheet->estimateText().contains(QStringLiteral("tokens/s")), kPatience);
    QVERIFY(!sheet->measuring());
    sheet->measure();
    QVERIFY(sheet->measuring());
    sheet->measure();
    QVERIFY(!sheet->measuring() && sheet->estimateText().isEmpty());
    QVERIFY2(sheet->primaryButton()->isEnabled(), qPrintable(sheet->reason()));
}

void TestTrainSheet::presetsAndDifferences() {
    TrainDialog* sheet = openSheet();
    sheet->chooseMethod(QStringLiteral("sft"));
    sheet->choosePreset(QStringLiteral("paper"));
    QCOMPARE(sheet->spec().at("rank").get<int>(), 8);
    QCOMPARE(sheet->spec().at("learning_rate").get<double>(), 3e-4);
    QVERIFY(sheet->differences().isEmpty());
    sheet->setValue("rank", 4);
    sheet->setValue("learning_rate", 1e-3);
    QCOMPARE(sheet->differences().size(), 2);
    QVERIFY(sheet->differences().join(QLatin1Char(' ')).contains(QStringLiteral("8 → 4")));
    sheet->resetParam("rank");
    QCOMPARE(sheet->differences().size(), 1);
    // The command line does the same.
    const QString line = sheet->commandLine();
    const QString json = line.section(QLatin1Char('\''), 1, 1);
    QCOMPARE(*parseJson(json.toStdString()), sheet->job());
    QVERIFY(line.contains(QStringLiteral("crux-cli train")));
    QVERIFY(completeSpec("train", sheet->job()).ok());
    sheet->chooseMethod(QStringLiteral("cdpo"));
    sheet->choosePreset(QStringLiteral("authors"));
    QCOMPARE(sheet->spec().at("cdpo_form").get<std::string>(), std::string("authors"));
}

void TestTrainSheet::whatStandsInTheWayIsSaid_data() {
    QTest::addColumn<QByteArray>("key");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("words");
    QTest::newRow("rate") << QByteArray("learning_rate") << QByteArray("5")
                          << QStringLiteral("Correct the marked field");
    QTest::newRow("rank") << QByteArray("rank") << QByteArray("0")
                          << QStringLiteral("Correct the marked field");
    QTest::newRow("linears") << QByteArray("targets") << QByteArray("[]")
                             << QStringLiteral("Correct the marked field");
    QTest::newRow("prompts") << QByteArray("max_prompt") << QByteArray("2")
                             << QStringLiteral("No row is left");
    QTest::newRow("evaluation") << QByteArray("eval_rows") << QByteArray("100000")
                                << QStringLiteral("lower “evaluation rows”");
    QTest::newRow("a rate that diverges")
        << QByteArray("learning_rate") << QByteArray("0.5") << QStringLiteral("most runs diverge");
}

void TestTrainSheet::whatStandsInTheWayIsSaid() {
    QFETCH(QByteArray, key);
    QFETCH(QByteArray, value);
    QFETCH(QString, words);
    TrainDialog* sheet = openSheet();
    sheet->chooseMethod(QStringLiteral("dpo"));
    QTRY_VERIFY_WITH_TIMEOUT(sheet->primaryButton()->isEnabled() && sheet->pane().examples() == 3,
                             kPatience);
    sheet->setValue(key.toStdString(), *parseJson(value.toStdString()));
    QTRY_VERIFY2_WITH_TIMEOUT(says(*sheet, words), qPrintable(sheet->reason()), kPatience);
    const bool warning = key == "learning_rate" && value == "0.5";
    QCOMPARE(sheet->primaryButton()->isEnabled(), warning);
    sheet->resetParam("all");
    QTRY_VERIFY_WITH_TIMEOUT(sheet->primaryButton()->isEnabled() && sheet->pane().examples() == 3,
                             kPatience);
}

void TestTrainSheet::missingScoresAreOffered() {
    TrainDialog* sheet = openSheet();
    sheet->chooseMethod(QStringLiteral("cdpo"));
    sheet->showStep("run");
    // Without any score set they are computed before the run, by models that are trained first.
    QTRY_VERIFY_WITH_TIMEOUT(sheet->primaryButton()->isEnabled(), kPatience);
    QVERIFY(isPipeline(sheet->job()));
    QCOMPARE(sheet->job().at("pipeline").size(), std::size_t{4});
    sheet->chooseFrom(QStringLiteral("verdict=wrong or verdict=right"));
    QTRY_VERIFY_WITH_TIMEOUT(
        sheet->primaryButton()->isEnabled() && sheet->pane().lines().size() == 5, kPatience);
    QCOMPARE(sheet->job().at("pipeline").size(), std::size_t{5});
    sheet->chooseFrom(QStringLiteral("verdict=right"));
    QTRY_VERIFY_WITH_TIMEOUT(says(*sheet, QStringLiteral("keep nothing")), kPatience);
    sheet->chooseFrom(QStringLiteral("verdict=="));
    QTRY_VERIFY_WITH_TIMEOUT(says(*sheet, QStringLiteral("Correct the marked field")), kPatience);
    // A set that lacks some is offered to be completed.
    sheet->reject();
    const auto scored = runCli(
        {QStringLiteral("score"), session().projectFile(), QStringLiteral("--model"),
         test::demoModel(), QStringLiteral("--positive"), test::demoAdapter("positive"),
         QStringLiteral("--negative"), test::demoAdapter("negative"), QStringLiteral("--where"),
         QStringLiteral("id=1"), QStringLiteral("--top-k"), QStringLiteral("0")});
    QVERIFY2(scored.status == 0, scored.err.constData());
    QTRY_VERIFY_WITH_TIMEOUT(!session().facts().scoreSets.empty(), kPatience);
    TrainDialog other(session());
    other.chooseMethod(QStringLiteral("cdpo"));
    other.show();
    QTRY_VERIFY_WITH_TIMEOUT(says(other, QStringLiteral("have no scores")), kPatience);
    QVERIFY(!other.primaryButton()->isEnabled());
    QPushButton* offer = nullptr;
    for (auto* button : other.findChildren<QPushButton*>())
        if (button->isVisible() && button->text() == QStringLiteral("Compute the scores first"))
            offer = button;
    QVERIFY(offer);
    offer->click();
    QTRY_VERIFY2_WITH_TIMEOUT(other.primaryButton()->isEnabled(), qPrintable(other.reason()),
                              kPatience);
    // Positive and negative model are there: two jobs.
    QCOMPARE(other.job().at("pipeline").size(), std::size_t{2});
}

void TestTrainSheet::cdpoFromOneSheet() {
    TrainDialog* sheet = openSheet();
    sheet->chooseMethod(QStringLiteral("cdpo"));
    sheet->chooseFrom(QString());
    for (const char* step : {"run", "positive", "negative"}) {
        sheet->showStep(step);
        sheet->setValue("max_steps", 2);
        sheet->setValue("batch", 4);
        sheet->setValue("accumulation", 1);
    }
    QTRY_VERIFY2_WITH_TIMEOUT(sheet->primaryButton()->isEnabled(), qPrintable(sheet->reason()),
                              kPatience);
    sheet->primaryButton()->click();
    const auto trains = [&] {
        std::vector<store::JobRecord> list;
        for (const auto& job : session().facts().jobs)
            if (job.kind == "train")
                list.push_back(job);
        return list;
    };
    QTRY_COMPARE_WITH_TIMEOUT(trains().size(), std::size_t{3}, kPatience);
    // The dock shows the run, and what it waits for, until all before it are done.
    QTRY_VERIFY_WITH_TIMEOUT(trains().back().state == store::JobState::Done, 3 * kPatience);
    for (const store::JobRecord& job : session().facts().jobs)
        if (job.kind != "import" && job.kind != "sample")
            QVERIFY2(job.state == store::JobState::Done, job.name.c_str());
    std::set<std::string> roles;
    QTRY_COMPARE_WITH_TIMEOUT(session().facts().adapters.size(), std::size_t{3}, kPatience);
    for (const auto& adapter : session().facts().adapters)
        roles.insert(adapter.role);
    QCOMPARE(roles, (std::set<std::string>{"negative", "policy", "positive"}));
    QCOMPARE(session().facts().scoreSets.size(), std::size_t{1});
    // Its sheet again, as it was.
    TrainDialog again(session());
    again.setSpec(trains().back().spec);
    QCOMPARE(again.spec().at("max_steps").get<int>(), 2);
    QCOMPARE(again.spec().at("method").get<std::string>(), std::string("cdpo"));
}

QTEST_MAIN(TestTrainSheet)
#include "tst_train_sheet.moc"
