// The house rules of ARCHITECTURE.md that a machine can check: every file is named there, arrows
// between rooms point down, and what must stay apart stays apart.
#include "support/test_paths.h"

#include <QDirIterator>
#include <QFile>
#include <QMap>
#include <QRegularExpression>
#include <QStringList>

namespace {

struct SourceFile {
    QString path; // from the repository root
    QString text;
};

QString readText(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QVector<SourceFile> sourcesBelow(const QStringList& folders) {
    QVector<SourceFile> files;
    const QDir root(crux::test::sourceDir());
    for (const QString& folder : folders) {
        QDirIterator walk(root.filePath(folder), {QStringLiteral("*.h"), QStringLiteral("*.cpp")},
                          QDir::Files, QDirIterator::Subdirectories);
        while (walk.hasNext()) {
            const QString path = walk.next();
            files.push_back({root.relativeFilePath(path), readText(path)});
        }
    }
    std::sort(files.begin(), files.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    return files;
}

/// The room a file belongs to: its folder.
QString roomOf(const QString& path) {
    return path.left(path.lastIndexOf(QLatin1Char('/')));
}

/// Which rooms may be included from a room; a room may always include itself.
const QMap<QString, QStringList>& allowedRooms() {
    static const QStringList kTorchFree{QStringLiteral("core/base"), QStringLiteral("core/spec"),
                                        QStringLiteral("core/text"), QStringLiteral("core/store"),
                                        QStringLiteral("core/interop")};
    static const QStringList kCore =
        kTorchFree + QStringList{QStringLiteral("core/engine"),
                                 QStringLiteral("core/engine/critical"),
                                 QStringLiteral("core/engine/train"), QStringLiteral("core/jobs")};
    static const QStringList kUi = kTorchFree + QStringList{QStringLiteral("ui/model")};
    static const QMap<QString, QStringList> kAllowed{
        {QStringLiteral("core/base"), {}},
        {QStringLiteral("core/spec"), {QStringLiteral("core/base")}},
        {QStringLiteral("core/text"), kTorchFree.mid(0, 2)},
        {QStringLiteral("core/store"), kTorchFree.mid(0, 2)},
        {QStringLiteral("core/interop"), kTorchFree},
        {QStringLiteral("core/engine"), kTorchFree.mid(0, 2)},
        {QStringLiteral("core/engine/critical"),
         kTorchFree.mid(0, 2) + QStringList{QStringLiteral("core/engine")}},
        {QStringLiteral("core/engine/train"),
         kTorchFree.mid(0, 2) + QStringList{QStringLiteral("core/engine")}},
        {QStringLiteral("core/jobs"), kCore},
        {QStringLiteral("ui/model"), kTorchFree},
        {QStringLiteral("ui/widgets"), kUi},
        {QStringLiteral("ui/dialogs"), kUi + QStringList{QStringLiteral("ui/widgets")}},
        {QStringLiteral("ui/pages"),
         kUi + QStringList{QStringLiteral("ui/widgets"), QStringLiteral("ui/dialogs")}},
        {QStringLiteral("ui"),
         kUi + QStringList{QStringLiteral("ui/widgets"), QStringLiteral("ui/dialogs"),
                           QStringLiteral("ui/pages")}},
        {QStringLiteral("app/crux"),
         kUi + QStringList{QStringLiteral("ui/widgets"), QStringLiteral("ui/dialogs"),
                           QStringLiteral("ui/pages"), QStringLiteral("ui")}},
        {QStringLiteral("app/worker"), kCore},
        {QStringLiteral("app/cli"), kCore},
    };
    return kAllowed;
}

} // namespace

class TestHouse : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void architectureNamesEveryFile();
    void architectureNamesNoMissingFile();
    void arrowsPointDown();
    void whatMustStayApartStaysApart_data();
    void whatMustStayApartStaysApart();
    void engineFacadeIsTorchFree();
    void filesStaySmall();
};

void TestHouse::architectureNamesEveryFile() {
    const QString page = readText(crux::test::sourceDir() + QStringLiteral("/ARCHITECTURE.md"));
    QVERIFY2(!page.isEmpty(), "ARCHITECTURE.md is missing");
    QStringList missing;
    for (const SourceFile& file :
         sourcesBelow({QStringLiteral("core"), QStringLiteral("ui"), QStringLiteral("app")})) {
        // `token_view` stands for token_view.h and token_view.cpp, under its room's heading.
        const QString name = file.path.mid(file.path.lastIndexOf(QLatin1Char('/')) + 1);
        const QString stem = name.left(name.lastIndexOf(QLatin1Char('.')));
        const qsizetype heading =
            page.indexOf(QStringLiteral("### ") + roomOf(file.path) + QStringLiteral("\n"));
        if (heading < 0) {
            missing << roomOf(file.path) + QStringLiteral(" (room)");
            continue;
        }
        const qsizetype end = page.indexOf(QStringLiteral("\n#"), heading + 4);
        const QString section = page.mid(heading, end < 0 ? -1 : end - heading);
        if (!section.contains(QStringLiteral("`%1`").arg(stem)))
            missing << file.path;
    }
    missing.removeDuplicates();
    QVERIFY2(missing.isEmpty(), qPrintable(QStringLiteral("not named in ARCHITECTURE.md: ") +
                                           missing.join(QStringLiteral(", "))));
}

void TestHouse::architectureNamesNoMissingFile() {
    const QString page = readText(crux::test::sourceDir() + QStringLiteral("/ARCHITECTURE.md"));
    const QDir root(crux::test::sourceDir());
    QString room;
    QStringList gone;
    static const QRegularExpression kEntry(QStringLiteral("^- `([a-z0-9_]+)`"));
    for (const QString& line : page.split(QLatin1Char('\n'))) {
        if (line.startsWith(QStringLiteral("### ")))
            room = line.mid(4);
        else if (line.startsWith(QStringLiteral("## ")))
            room.clear();
        const auto match = kEntry.match(line);
        if (room.isEmpty() || !match.hasMatch() || !allowedRooms().contains(room))
            continue;
        const QString stem = root.filePath(room + QLatin1Char('/') + match.captured(1));
        if (!QFile::exists(stem + QStringLiteral(".h")) &&
            !QFile::exists(stem + QStringLiteral(".cpp")) &&
            !QFile::exists(stem + QStringLiteral(".h.in")))
            gone << room + QLatin1Char('/') + match.captured(1);
    }
    QVERIFY2(gone.isEmpty(),
             qPrintable(QStringLiteral("named but gone: ") + gone.join(QStringLiteral(", "))));
}

void TestHouse::arrowsPointDown() {
    static const QRegularExpression kInclude(
        QStringLiteral("#include \"((?:core|ui|app)/[^\"]+)\""));
    QStringList wrong;
    for (const SourceFile& file :
         sourcesBelow({QStringLiteral("core"), QStringLiteral("ui"), QStringLiteral("app")})) {
        const QString room = roomOf(file.path);
        if (!allowedRooms().contains(room)) {
            wrong << file.path + QStringLiteral(" (no such room)");
            continue;
        }
        auto matches = kInclude.globalMatch(file.text);
        while (matches.hasNext()) {
            const QString included = roomOf(matches.next().captured(1));
            if (included != room && !allowedRooms().value(room).contains(included))
                wrong << file.path + QStringLiteral(" -> ") + included;
        }
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QStringLiteral(", "))));
}

void TestHouse::whatMustStayApartStaysApart_data() {
    QTest::addColumn<QStringList>("folders");
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QStringList>("allowed");

    QTest::addRow("no Qt in core") << QStringList{QStringLiteral("core"), QStringLiteral("app/cli"),
                                                  QStringLiteral("app/worker")}
                                   << QStringLiteral("#include <(Q[A-Z]|Qt)") << QStringList{};
    QTest::addRow("torch only in the engine")
        << QStringList{QStringLiteral("core"), QStringLiteral("ui"), QStringLiteral("app")}
        << QStringLiteral("#include [<\"](torch|ATen|c10|caffe2)/")
        << QStringList{QStringLiteral("core/engine/")};
    QTest::addRow("search methods know no torch")
        << QStringList{QStringLiteral("core/engine/critical")}
        << QStringLiteral("#include [<\"](torch|ATen|c10|caffe2)/") << QStringList{};
    QTest::addRow("sentencepiece in one file")
        << QStringList{QStringLiteral("core"), QStringLiteral("ui"), QStringLiteral("app")}
        << QStringLiteral("#include [<\"]sentencepiece")
        << QStringList{QStringLiteral("core/text/sentencepiece_plugin.cpp")};
    QTest::addRow("SQL in the store only")
        << QStringList{QStringLiteral("core"), QStringLiteral("ui"), QStringLiteral("app")}
        << QStringLiteral("(#include [<\"](SQLiteCpp|sqlite3)|\"(SELECT|INSERT INTO|UPDATE|DELETE "
                          "FROM|CREATE TABLE) )")
        << QStringList{QStringLiteral("core/store/")};
}

void TestHouse::whatMustStayApartStaysApart() {
    QFETCH(QStringList, folders);
    QFETCH(QString, pattern);
    QFETCH(QStringList, allowed);
    const QRegularExpression forbidden(pattern);
    QStringList wrong;
    for (const SourceFile& file : sourcesBelow(folders)) {
        const bool exempt = std::any_of(allowed.begin(), allowed.end(), [&](const QString& prefix) {
            return file.path.startsWith(prefix);
        });
        if (!exempt && forbidden.match(file.text).hasMatch())
            wrong << file.path;
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QStringLiteral(", "))));
}

void TestHouse::engineFacadeIsTorchFree() {
    for (const char* file : {"/core/engine/engine.h", "/core/engine/train/train.h"}) {
        const QString facade = readText(crux::test::sourceDir() + QLatin1String(file));
        QVERIFY2(!facade.isEmpty() && !facade.contains(QStringLiteral("<torch/")) &&
                     !facade.contains(QStringLiteral("<ATen/")),
                 "the facades must stay torch-free: the jobs and the command line include them");
    }
}

void TestHouse::filesStaySmall() {
    QStringList big;
    for (const SourceFile& file :
         sourcesBelow({QStringLiteral("core"), QStringLiteral("ui"), QStringLiteral("app")})) {
        const qsizetype lines = file.text.count(QLatin1Char('\n'));
        if (lines > 600)
            big << QStringLiteral("%1 (%2 lines)").arg(file.path).arg(lines);
    }
    QVERIFY2(big.isEmpty(), qPrintable(big.join(QStringLiteral(", "))));
}

QTEST_APPLESS_MAIN(TestHouse)
#include "tst_house.moc"
