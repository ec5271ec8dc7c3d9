#include "ui/widgets/translations.h"

#include "ui/widgets/icons.h"

#include <QCoreApplication>
#include <QDir>
#include <QLibraryInfo>
#include <QLocale>
#include <QSettings>
#include <QTranslator>

namespace crux::ui {

QStringList languages() {
    initResources();
    QStringList codes{QStringLiteral("en")};
    for (const QString& file :
         QDir(QStringLiteral(":/i18n")).entryList({QStringLiteral("crux_*.qm")})) {
        const QString code = file.mid(5).chopped(3);
        if (!codes.contains(code))
            codes << code;
    }
    codes.sort();
    return codes;
}

QString languageFor(const QString& code) {
    const QStringList known = languages();
    for (const QString& one : {code, code.section(QLatin1Char('_'), 0, 0)}) // "de_AT" -> "de"
        if (known.contains(one))
            return one;
    return {};
}

QString installTranslations(QCoreApplication& app, const QString& code) {
    QString wanted = code;
    if (wanted.isEmpty())
        wanted = QSettings().value(QStringLiteral("appearance/language")).toString();
    if (wanted.isEmpty())
        wanted = QLocale::system().name();
    QString used = languageFor(wanted);
    if (used.isEmpty())
        used = QStringLiteral("en");
    // English has a file too: it holds the plural forms.
    auto* own = new QTranslator(&app);
    if (own->load(QStringLiteral(":/i18n/crux_%1.qm").arg(used)))
        app.installTranslator(own);
    auto* base = new QTranslator(&app);
    if (base->load(QStringLiteral("qtbase_") + used,
                   QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        app.installTranslator(base);
    QLocale::setDefault(QLocale(wanted.startsWith(used) ? wanted : used));
    return used;
}

} // namespace crux::ui
