// Projects from the command line: create, import, export, queue, cancel and resume.
#include "app/program.h"
#include "core/store/job_ends.h"
#include "core/store/repositories.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <unistd.h>

using namespace crux;
using crux::test::demoAdapter;
using crux::test::demoDir;
using crux::test::demoModel;
using crux::test::Ran;
using crux::test::runCli;

class TestCliProject : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init();
    void createInfoCheckVacuumBackup();
    void createNeverOverwrites();
    void importSaysWhatItKept();
    void kindsAreListed();
    void scoreRunsHereAndIsNotRepeated();
    void queuedJobsAreListedCancelledResumedAndRun();
    void badSpecIsWrongUsage();
    void failedAndStuckJobsAreBothTold();
    void failedJobSaysWhy();
    void failedScoreLeavesNothingBehind();
    void refusedLinesAreNamed();
    void damagedProjectIsNotSentToItsOwnCheck();
    void infoLeavesOneFile();
    void importOfNothingFails();
    void foldersAreRead();
    void endedJobsAreNotStopped();
    void exportWritesRows();

private:
    Ran project(const char* action) {
        return runCli({QStringLiteral("project"), QString::fromLatin1(action), m_file});
    }
    /// A project with the trajectories of two questions of the demo.
    void importSome();
    QStringList scoreArguments() const {
        return {QStringLiteral("--model"),    demoModel(),
                QStringLiteral("--positive"), demoAdapter("positive"),
                QStringLiteral("--negative"), demoAdapter("negative")};
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_file;
};

void TestCliProject::init() {
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(m_folder->isValid());
    m_file = m_folder->filePath(QStringLiteral("work.crux"));
}

void TestCliProject::importSome() {
    QFile all(demoDir() + QStringLiteral("/trajectories.jsonl"));
    QVERIFY(all.open(QIODevice::ReadOnly));
    QFile some(m_folder->filePath(QStringLiteral("some.jsonl")));
    QVERIFY(some.open(QIODevice::WriteOnly));
    for (int i = 0; i < 32; ++i)
        some.write(all.readLine());
    some.close();
    QCOMPARE(project("create").status, 0);
    const Ran ran = runCli({QStringLiteral("import"), m_file, QStringLiteral("--kind"),
                            QStringLiteral("auto"), some.fileName()});
    QVERIFY2(ran.status == 0, ran.err.constData());
    QCOMPARE(ran.lines().back().at("state").get<std::string>(), std::string("done"));
}

void TestCliProject::createInfoCheckVacuumBackup() {
    QCOMPARE(project("create").status, 0);
    const Ran info = project("info");
    QCOMPARE(info.status, 0);
    QVERIFY(info.lines()[0].is_object());
    QCOMPARE(project("check").status, 0);
    QCOMPARE(project("vacuum").status, 0);
    QCOMPARE(project("backup").status, 0);
    const QString copy = m_folder->filePath(QStringLiteral("work.backup.crux"));
    QVERIFY(QFileInfo::exists(copy));
    QCOMPARE(runCli({QStringLiteral("project"), QStringLiteral("check"), copy}).status, 0);
}

void TestCliProject::createNeverOverwrites() {
    QCOMPARE(project("create").status, 0);
    const Ran again = project("create");
    QCOMPARE(again.status, 1);
    QVERIFY(again.lastWords().contains("work.crux"));
}

void TestCliProject::importSaysWhatItKept() {
    importSome();
    const Ran jobs = runCli({QStringLiteral("jobs"), m_file});
    QCOMPARE(jobs.status, 0);
    QCOMPARE(jobs.lines().size(), std::size_t{1});
    QVERIFY(jobs.lines()[0].at("message").get<std::string>().find("32") != std::string::npos);
    QCOMPARE(project("check").status, 0);
}

void TestCliProject::kindsAreListed() {
    for (const char* command : {"import", "export"}) {
        const Ran ran = runCli(
            {QString::fromLatin1(command), QStringLiteral("--kind"), QStringLiteral("help")});
        QCOMPARE(ran.status, 0);
        QVERIFY(!ran.lines().empty());
        for (const Json& row : ran.lines())
            QVERIFY(!row.at("doc").get<std::string>().empty());
    }
}

void TestCliProject::scoreRunsHereAndIsNotRepeated() {
    importSome();
    const QStringList score = QStringList{QStringLiteral("score"), m_file} + scoreArguments();
    const Ran first = runCli(score);
    QVERIFY2(first.status == 0, first.err.constData());
    QCOMPARE(first.lines()[0].at("done").get<int>(), 32);
    QVERIFY(!first.err.contains('\r')); // no progress bar into a pipe
    const Ran again = runCli(score);
    QCOMPARE(again.status, 0);
    QCOMPARE(again.lines()[0].at("done").get<int>(), 32);
    QVERIFY(!again.lines()[0].contains("tokens_per_second")); // nothing was computed
    QCOMPARE(project("check").status, 0);
}

void TestCliProject::queuedJobsAreListedCancelledResumedAndRun() {
    importSome();
    const Ran queued =
        runCli(QStringList{QStringLiteral("score"), m_file, QStringLiteral("--enqueue")} +
               scoreArguments());
    QCOMPARE(queued.status, 0);
    QCOMPARE(queued.lines()[0].at("state").get<std::string>(), std::string("queued"));
    const QString id = QString::number(queued.lines()[0].at("job").get<int>());
    const Ran cancelled = runCli({QStringLiteral("jobs"), m_file, QStringLiteral("cancel"), id});
    QCOMPARE(cancelled.status, 0);
    QVERIFY(cancelled.lines()[0].at("state") != "queued");
    const Ran nothing = runCli({QStringLiteral("worker"), QStringLiteral("run"), m_file});
    QCOMPARE(nothing.status, 0);
    QVERIFY(nothing.out.isEmpty());
    const Ran again =
        runCli(QStringList{QStringLiteral("score"), m_file, QStringLiteral("--enqueue")} +
               scoreArguments());
    QCOMPARE(again.status, 0);
    const Ran ran = runCli({QStringLiteral("worker"), QStringLiteral("run"), m_file});
    QVERIFY2(ran.status == 0, ran.err.constData());
    QCOMPARE(ran.lines().back().at("state").get<std::string>(), std::string("done"));
    QCOMPARE(ran.lines().back().at("done").get<int>(), 32);
    QCOMPARE(
        runCli({QStringLiteral("jobs"), m_file, QStringLiteral("resume"), QStringLiteral("999")})
            .status,
        1);
}

void TestCliProject::badSpecIsWrongUsage() {
    QCOMPARE(project("create").status, 0);
    const Ran missing = runCli({QStringLiteral("score"), m_file});
    QCOMPARE(missing.status, 2);
    QVERIFY(missing.lastWords().contains("positive"));
    QFile spec(m_folder->filePath(QStringLiteral("job.json")));
    QVERIFY(spec.open(QIODevice::WriteOnly));
    spec.write("{\"positive\":\"a\",\"negative\":\"b\",\"betta\":2}");
    spec.close();
    const Ran unknown =
        runCli({QStringLiteral("score"), m_file, QStringLiteral("--spec"), spec.fileName()});
    QCOMPARE(unknown.status, 2);
    QVERIFY(unknown.lastWords().contains("betta"));
}

void TestCliProject::failedAndStuckJobsAreBothTold() {
    QCOMPARE(project("create").status, 0);
    QString stuck;
    {
        const auto file = store::Project::open(m_file.toStdString(), store::OpenMode::ReadWrite);
        QVERIFY(file.ok());
        for (const char* name : {"stuck", "failing"}) {
            const Json nowhere{{"positive", "/nowhere"}, {"negative", "/nowhere"}};
            const auto id = store::addJob(**file, "score", nowhere, name);
            QVERIFY(id.ok());
            if (!stuck.isEmpty())
                continue;
            stuck = QString::number(id->value);
            store::JobRecord job;
            job.id = *id;
            for (int i = 0; i < store::kMostCrashes; ++i)
                QVERIFY(store::noteCrash(**file, job).ok());
            QVERIFY(store::setJobState(**file, *id, store::JobState::Interrupted).ok());
        }
    }
    const Ran ran = runCli({QStringLiteral("worker"), QStringLiteral("run"), m_file});
    QCOMPARE(ran.status, 1);
    QVERIFY(ran.lastWords().contains("1 of 1 jobs failed"));
    QVERIFY(ran.err.contains(QStringLiteral("Job %1 stays interrupted").arg(stuck).toUtf8()));
}

void TestCliProject::failedJobSaysWhy() {
    QCOMPARE(project("create").status, 0);
    const Ran ran =
        runCli({QStringLiteral("score"), m_file, QStringLiteral("--positive"),
                QStringLiteral("/nowhere/at/all"), QStringLiteral("--negative"), demoModel()});
    QCOMPARE(ran.status, 1);
    QVERIFY(ran.lastWords().contains("/nowhere/at/all"));
    QCOMPARE(ran.lines()[0].at("state").get<std::string>(), std::string("failed"));
    QCOMPARE(project("check").status, 0);
}

void TestCliProject::failedScoreLeavesNothingBehind() {
    importSome();
    const QByteArray before = project("info").out;
    const auto facts = [](const QByteArray& info) {
        const Json all = *parseJson(info.toStdString());
        return Json{all.at("models"), all.at("adapters"), all.at("score_sets")};
    };
    // The weights end half way.
    const QString broken = m_folder->filePath(QStringLiteral("broken"));
    QVERIFY(QDir().mkpath(broken));
    for (const char* name : {"config.json", "model.safetensors", "tokenizer.model"})
        QVERIFY(QFile::copy(demoModel() + QLatin1Char('/') + QLatin1String(name),
                            broken + QLatin1Char('/') + QLatin1String(name)));
    QFile weights(broken + QStringLiteral("/model.safetensors"));
    QVERIFY(weights.setPermissions(QFile::ReadOwner | QFile::WriteOwner));
    QVERIFY(weights.resize(weights.size() / 2));
    // An adapter that says another rank than its weights have.
    const QString adapter = m_folder->filePath(QStringLiteral("adapter"));
    QVERIFY(QDir().mkpath(adapter));
    QVERIFY(QFile::copy(demoAdapter("positive") + QStringLiteral("/adapter_model.safetensors"),
                        adapter + QStringLiteral("/adapter_model.safetensors")));
    QFile source(demoAdapter("positive") + QStringLiteral("/adapter_config.json"));
    QVERIFY(source.open(QIODevice::ReadOnly));
    Json config = *parseJson(source.readAll().toStdString());
    config["r"] = config["r"].get<int>() + 1;
    QFile target(adapter + QStringLiteral("/adapter_config.json"));
    QVERIFY(target.open(QIODevice::WriteOnly));
    target.write(QByteArray::fromStdString(dumpJson(config)));
    target.close();
    const auto scored = [&](const QString& model, const QString& positive, const QString& where) {
        return runCli({QStringLiteral("score"), m_file, QStringLiteral("--model"), model,
                       QStringLiteral("--positive"), positive, QStringLiteral("--negative"),
                       demoAdapter("negative"), QStringLiteral("--where"), where});
    };
    const Ran runs[] = {scored(broken, demoAdapter("positive"), QString()),
                        scored(demoModel(), adapter, QString())};
    for (const Ran& ran : runs) {
        QCOMPARE(ran.status, 1);
        QCOMPARE(ran.lines().back().at("state").get<std::string>(), std::string("failed"));
        QCOMPARE(facts(project("info").out), facts(before));
    }
    QVERIFY(runs[0].lastWords().contains("truncated"));
    QVERIFY(runs[1].lastWords().contains("another model"));
    // A filter that cannot be read is told before there is a job.
    const QByteArray jobs = runCli({QStringLiteral("jobs"), m_file}).out;
    const Ran refused = scored(demoModel(), demoAdapter("positive"), QStringLiteral("verdict=="));
    QCOMPARE(refused.status, 1);
    QVERIFY(refused.lastWords().contains("not understood"));
    QCOMPARE(runCli({QStringLiteral("jobs"), m_file}).out, jobs);
    QCOMPARE(project("check").status, 0);
}

void TestCliProject::refusedLinesAreNamed() {
    QCOMPARE(project("create").status, 0);
    QFile rows(m_folder->filePath(QStringLiteral("rows.jsonl")));
    QVERIFY(rows.open(QIODevice::WriteOnly));
    rows.write("{\"question\":\"q\",\"response\":\"#### 1\",\"answer\":\"1\"}\nnot json\n");
    for (int i = 0; i < 20; ++i)
        rows.write("{\"question\":5}\n");
    rows.close();
    const Ran ran = runCli({QStringLiteral("import"), m_file, QStringLiteral("--kind"),
                            QStringLiteral("jsonl"), rows.fileName()});
    QCOMPARE(ran.status, 0);
    QVERIFY2(ran.err.contains("rows.jsonl, line 2: "), ran.err.constData());
    QVERIFY(ran.err.contains("11 more")); // of 21, the first ten are shown
    QVERIFY(ran.err.count('\n') <= 12);
}

void TestCliProject::damagedProjectIsNotSentToItsOwnCheck() {
    importSome();
    QFile file(m_file);
    QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(4096));
    file.write(QByteArray(static_cast<int>(file.size()) - 4096, '\xA5'));
    file.close();
    const Ran info = project("info");
    QCOMPARE(info.status, 1);
    const Ran check = project("check");
    QCOMPARE(check.status, 1);
    QVERIFY2(check.lastWords().contains("backup") && !check.err.contains("project check"),
             check.err.constData());
}

void TestCliProject::infoLeavesOneFile() {
    QCOMPARE(project("create").status, 0);
    const Ran info = project("info");
    QVERIFY(!info.lines()[0].at("read_only").get<bool>());
    QCOMPARE(project("check").status, 0);
    QCOMPARE(runCli({QStringLiteral("jobs"), m_file}).status, 0);
    QCOMPARE(QDir(m_folder->path()).entryList(QDir::Files),
             QStringList{QStringLiteral("work.crux")});
    if (::geteuid() == 0)
        return; // root may write everything
    QVERIFY(QFile(m_file).setPermissions(QFile::ReadOwner));
    QVERIFY(project("info").lines()[0].at("read_only").get<bool>());
}

/// A job that did nothing is not done, and leaves no data set behind.
void TestCliProject::importOfNothingFails() {
    QCOMPARE(project("create").status, 0);
    const auto import = [&](const char* name, const QByteArray& bytes) {
        QFile file(m_folder->filePath(QString::fromLatin1(name)));
        if (file.open(QIODevice::WriteOnly))
            file.write(bytes);
        file.close();
        return runCli({QStringLiteral("import"), m_file, file.fileName()});
    };
    for (const Ran& ran :
         {import("noise.jsonl", "\x8f\x01gh\n\xfe\xff"), import("empty.jsonl", "")}) {
        QCOMPARE(ran.status, 1);
        QVERIFY2(ran.lastWords().contains("rows"), ran.lastWords().constData());
        QVERIFY(project("info").lines()[0].at("datasets").empty());
    }
    // What is not there is told before a job is queued.
    const Ran missing = runCli({QStringLiteral("import"), m_file, QStringLiteral("--enqueue"),
                                m_folder->filePath(QStringLiteral("missing.jsonl"))});
    QCOMPARE(missing.status, 1);
    QVERIFY(missing.lastWords().contains("missing.jsonl"));
    QCOMPARE(runCli({QStringLiteral("jobs"), m_file}).lines().size(), std::size_t{2});
}

void TestCliProject::foldersAreRead() {
    QCOMPARE(project("create").status, 0);
    const QString folder = m_folder->filePath(QStringLiteral("rows"));
    QVERIFY(QDir().mkpath(folder));
    for (const char* name : {"b.jsonl", "a.jsonl", "notes.md"}) {
        QFile file(folder + QLatin1Char('/') + QString::fromLatin1(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("{\"question\":\"" + QByteArray(name) + "\",\"response\":\"#### 1\"}\n");
    }
    const Ran ran = runCli({QStringLiteral("import"), m_file, folder});
    QVERIFY2(ran.status == 0, ran.err.constData());
    const Json datasets = project("info").lines()[0].at("datasets");
    QCOMPARE(datasets.size(), std::size_t{2});
    QCOMPARE(datasets[0].at("name").get<std::string>(), std::string("a"));
}

void TestCliProject::endedJobsAreNotStopped() {
    importSome();
    for (const char* action : {"cancel", "pause", "force"}) {
        const Ran ran = runCli(
            {QStringLiteral("jobs"), m_file, QString::fromLatin1(action), QStringLiteral("1")});
        QCOMPARE(ran.status, 1);
        QVERIFY2(ran.lastWords().contains("is done already"), ran.lastWords().constData());
    }
}

void TestCliProject::exportWritesRows() {
    importSome();
    const QString out = m_folder->filePath(QStringLiteral("rows.jsonl"));
    const Ran ran = runCli({QStringLiteral("export"), m_file, QStringLiteral("--kind"),
                            QStringLiteral("jsonl"), QStringLiteral("--where"),
                            QStringLiteral("verdict=wrong"), QStringLiteral("-o"), out});
    QVERIFY2(ran.status == 0, ran.err.constData());
    QFile file(out);
    QVERIFY(file.open(QIODevice::ReadOnly));
    int rows = 0;
    while (!file.atEnd()) {
        const QByteArray line = file.readLine();
        QVERIFY(parseJson({line.constData(), static_cast<std::size_t>(line.size())}).ok());
        ++rows;
    }
    QVERIFY(rows > 0 && rows < 32);
}

QTEST_GUILESS_MAIN(TestCliProject)
#include "tst_cli_project.moc"
