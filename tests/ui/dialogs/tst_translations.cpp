// The translations: complete, true to the sources, with the same placeholders, and loadable.
#include "support/test_paths.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/translations.h"

#include <QDir>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTranslator>
#include <QXmlStreamReader>
#include <QtTest/QtTest>

namespace {

struct Message {
    QString context, source, comment;
    QStringList translations;
    bool finished = true;
    QString key() const {
        return context + QLatin1Char('\n') + source + QLatin1Char('\n') + comment;
    }
};

QList<Message> readMessages(const QString& file) {
    QList<Message> messages;
    QFile in(file);
    if (!in.open(QIODevice::ReadOnly))
        return messages;
    QXmlStreamReader xml(&in);
    QString context;
    Message message;
    while (!xml.atEnd()) {
        xml.readNext();
        if (!xml.isStartElement()) {
            if (xml.isEndElement() && xml.name() == QLatin1String("message"))
                messages << message;
            continue;
        }
        const QString name = xml.name().toString();
        if (name == QLatin1String("name"))
            context = xml.readElementText();
        else if (name == QLatin1String("message"))
            message = Message{context, {}, {}, {}, true};
        else if (name == QLatin1String("source"))
            message.source = xml.readElementText();
        else if (name == QLatin1String("comment"))
            message.comment = xml.readElementText();
        else if (name == QLatin1String("translation"))
            message.finished = !xml.attributes().hasAttribute(QLatin1String("type"));
        else if (name == QLatin1String("numerusform"))
            message.translations << xml.readElementText();
        if (name == QLatin1String("translation")) {
            // Plain text, or numerusform children, which the loop reads.
            xml.readNext();
            if (xml.isCharacters() && !xml.isWhitespace())
                message.translations << xml.text().toString();
            else if (xml.isStartElement() && xml.name() == QLatin1String("numerusform"))
                message.translations << xml.readElementText();
        }
    }
    return messages;
}

QString lupdate() {
    for (const QString& path :
         {QStringLiteral("/usr/lib/qt6/bin/lupdate"), QStringLiteral("/usr/bin/lupdate")})
        if (QFile::exists(path))
            return path;
    return {};
}

QSet<QString> placeholders(const QString& text) {
    static const QRegularExpression pattern(QStringLiteral("%(?:L?\\d+|n)"));
    QSet<QString> found;
    auto matches = pattern.globalMatch(text);
    while (matches.hasNext())
        found << matches.next().captured(0);
    return found;
}

QString file(const char* language) {
    return crux::test::sourceDir() +
           QStringLiteral("/translations/crux_%1.ts").arg(QLatin1String(language));
}

} // namespace

class TestTranslations : public QObject {
    Q_OBJECT

private Q_SLOTS:
    // Every string of the sources is in the file, translated; `packaging/update_translations.sh`
    // adds new ones.
    void germanIsComplete() {
        if (lupdate().isEmpty())
            QSKIP("needs lupdate (qt6-l10n-tools)");
        QTemporaryDir folder;
        const QString fresh = folder.filePath(QStringLiteral("crux_de.ts"));
        QProcess process;
        process.setWorkingDirectory(crux::test::sourceDir());
        process.start(lupdate(), {QStringLiteral("-silent"), QStringLiteral("-no-obsolete"),
                                  QStringLiteral("-locations"), QStringLiteral("none"),
                                  QStringLiteral("-I"), QStringLiteral("."), QStringLiteral("ui"),
                                  QStringLiteral("app/crux"), QStringLiteral("-target-language"),
                                  QStringLiteral("de_DE"), QStringLiteral("-ts"), fresh});
        QVERIFY(process.waitForFinished(60000));
        QHash<QString, Message> known;
        for (const Message& message : readMessages(file("de")))
            known.insert(message.key(), message);
        const QList<Message> wanted = readMessages(fresh);
        QVERIFY(wanted.size() > 300);
        QStringList faults;
        for (const Message& message : wanted) {
            const auto found = known.constFind(message.key());
            if (found == known.constEnd())
                faults << QStringLiteral("missing: %1").arg(message.key());
            else if (!found->finished || found->translations.isEmpty())
                faults << QStringLiteral("unfinished: %1").arg(message.key());
        }
        QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QStringLiteral("\n"))));
    }

    void languagesAreKnownByCodeAndCountry() {
        QCOMPARE(crux::ui::languageFor(QStringLiteral("de")), QStringLiteral("de"));
        QCOMPARE(crux::ui::languageFor(QStringLiteral("de_AT")), QStringLiteral("de"));
        QCOMPARE(crux::ui::languageFor(QStringLiteral("en_GB")), QStringLiteral("en"));
        QVERIFY(crux::ui::languageFor(QStringLiteral("xx")).isEmpty());
        QVERIFY(crux::ui::languageFor(QStringLiteral("dex")).isEmpty());
    }

    void placeholdersAgree() {
        for (const char* language : {"de", "en"})
            for (const Message& message : readMessages(file(language)))
                for (const QString& translation : message.translations) {
                    QSet<QString> wanted = placeholders(message.source);
                    QSet<QString> found = placeholders(translation);
                    if (message.translations.size() > 1) { // a singular may say "one" instead of %n
                        wanted.remove(QStringLiteral("%n"));
                        found.remove(QStringLiteral("%n"));
                    }
                    QVERIFY2(wanted == found,
                             qPrintable(message.source + QStringLiteral(" -> ") + translation));
                }
    }

    void bundledFilesLoad() {
        crux::ui::initResources();
        QVERIFY(crux::ui::languages().contains(QStringLiteral("de")));
        QTranslator german;
        QVERIFY(german.load(QStringLiteral(":/i18n/crux_de.qm")));
        QCOMPARE(german.translate("crux::ui::FormDialog", "Cancel"), QStringLiteral("Abbrechen"));
        QTranslator english;
        QVERIFY(english.load(QStringLiteral(":/i18n/crux_en.qm")));
        QCOMPARE(english.translate("crux::ui::TokenCard", "%n branch(es)", nullptr, 1),
                 QStringLiteral("%n branch"));
    }

    void bundledIconsDraw() {
        const QStringList names = crux::ui::iconNames();
        QVERIFY(names.size() > 40);
        for (const QString& name : names) {
            const QImage image = crux::ui::icon(name).pixmap(16).toImage();
            int inked = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    inked += qAlpha(image.pixel(x, y)) > 0 ? 1 : 0;
            QVERIFY2(inked > 8, qPrintable(name));
        }
    }
};

QTEST_MAIN(TestTranslations)
#include "tst_translations.moc"
