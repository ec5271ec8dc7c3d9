// Languages of the window: installs the bundled translation (:/i18n) and Qt's own.
#pragma once

#include <QString>
#include <QStringList>

class QCoreApplication;

namespace crux::ui {

/// Codes that can be chosen: "en" and every bundled translation, sorted.
QStringList languages();

/// The bundled language that a code such as "de" or "de_AT" chooses; "" where there is none.
QString languageFor(const QString& code);

/// `code` empty: the language of the settings, else the system's. An unknown one gives English.
/// Call once, before any widget is made. Returns the code in use.
QString installTranslations(QCoreApplication& app, const QString& code = {});

} // namespace crux::ui
