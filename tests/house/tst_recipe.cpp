// The demo's recipe, in Python's standard library and a shell: its own quick tests, and scripts
// that a shell can read.
#include "support/test_paths.h"

#include <QDir>
#include <QProcess>

class TestRecipe : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void generatorSlipsAndMeasures();
    void scriptsParse_data();
    void scriptsParse();

private:
    static QString folder() { return crux::test::demoDir() + QStringLiteral("/recipe"); }
};

void TestRecipe::generatorSlipsAndMeasures() {
    QProcess python;
    python.setProcessChannelMode(QProcess::MergedChannels);
    python.start(QStringLiteral("python3"), {folder() + QStringLiteral("/test_recipe.py")});
    QVERIFY(python.waitForFinished(100'000));
    const QByteArray said = python.readAll();
    QVERIFY2(python.exitStatus() == QProcess::NormalExit && python.exitCode() == 0,
             said.constData());
}

void TestRecipe::scriptsParse_data() {
    QTest::addColumn<QString>("file");
    const QStringList names = QDir(folder()).entryList({QStringLiteral("*.sh")}, QDir::Files);
    for (const QString& name : names)
        QTest::newRow(qPrintable(name)) << folder() + QLatin1Char('/') + name;
}

void TestRecipe::scriptsParse() {
    QFETCH(QString, file);
    QProcess shell;
    shell.start(QStringLiteral("bash"), {QStringLiteral("-n"), file});
    QVERIFY(shell.waitForFinished(100'000));
    QVERIFY2(shell.exitCode() == 0, shell.readAllStandardError().constData());
}

QTEST_GUILESS_MAIN(TestRecipe)
#include "tst_recipe.moc"
