// Sentences for faults: one translated title and one translated "what to do" for each kind of
// error.
#include "ui/model/session.h"

#include <QCoreApplication>

namespace crux::ui {

namespace {

QString adviceFor(ErrorCode code) {
    const auto say = [](const char* text) { return QCoreApplication::translate("Notice", text); };
    switch (code) {
    case ErrorCode::InvalidArgument:
    case ErrorCode::Usage:
        return say(QT_TRANSLATE_NOOP("Notice",
                                     "A value is outside what is allowed. Nothing was changed."));
    case ErrorCode::NotFound:
        return say(
            QT_TRANSLATE_NOOP("Notice", "Something it needs is not there. Nothing was changed."));
    case ErrorCode::Corrupt:
        return say(
            QT_TRANSLATE_NOOP("Notice", "The file is damaged or is not what it claims to be."));
    case ErrorCode::Unsupported:
        return say(QT_TRANSLATE_NOOP("Notice", "Crux does not support this. Nothing was changed."));
    case ErrorCode::Mismatch:
        return say(
            QT_TRANSLATE_NOOP("Notice", "Two things that must agree do not. Nothing was changed."));
    case ErrorCode::Io:
        return say(QT_TRANSLATE_NOOP(
            "Notice", "The operating system refused. Try again, or choose another place."));
    case ErrorCode::DiskFull:
        return say(QT_TRANSLATE_NOOP(
            "Notice", "The disk is full. What was stored before is safe; free some space."));
    case ErrorCode::ReadOnly:
        return say(QT_TRANSLATE_NOOP("Notice",
                                     "The file may not be written. Copy it to a place of yours."));
    case ErrorCode::Busy:
        return say(QT_TRANSLATE_NOOP(
            "Notice", "Another program is using the project. Try again in a moment."));
    case ErrorCode::Newer:
        return say(QT_TRANSLATE_NOOP("Notice",
                                     "A newer Crux wrote it. Update this program to change it."));
    case ErrorCode::Cancelled:
        return say(
            QT_TRANSLATE_NOOP("Notice", "It was cancelled. What was finished before is kept."));
    case ErrorCode::OutOfMemory:
        return say(QT_TRANSLATE_NOOP(
            "Notice", "Memory ran out. What was finished is kept; try a smaller batch, "
                      "a shorter length or bfloat16."));
    case ErrorCode::Protocol:
        return say(QT_TRANSLATE_NOOP(
            "Notice", "The worker broke off. Stored data are safe; it starts again by itself."));
    case ErrorCode::Internal:
        break;
    }
    return say(QT_TRANSLATE_NOOP(
        "Notice", "This is a fault of Crux. Stored data are safe; please report the details."));
}

} // namespace

Notice noticeFromError(const Error& error, const QString& what) {
    Notice notice;
    notice.severity = error.code == ErrorCode::Cancelled ? Notice::Severity::Information
                                                         : Notice::Severity::Error;
    notice.title = what;
    notice.text = adviceFor(error.code);
    notice.object = QString::fromStdString(error.where);
    QStringList details{QString::fromStdString(error.message)};
    if (!error.where.empty())
        details << QStringLiteral("where   ") + QString::fromStdString(error.where);
    details << QStringLiteral("code    ") +
                   QString::fromUtf8(errorCodeName(error.code).data(),
                                     static_cast<qsizetype>(errorCodeName(error.code).size()));
    if (!error.detail.empty())
        details << QString::fromStdString(error.detail);
    notice.details = details.join(QLatin1Char('\n'));
    return notice;
}

} // namespace crux::ui
