#include "ui/model/text_format.h"

#include <QDateTime>
#include <QLocale>

#include <algorithm>
#include <cmath>

namespace crux::ui::text_format {

namespace {
QString words(const char* text) {
    return QCoreApplication::translate("Words", text);
}
} // namespace

QString probability(double p) {
    if (std::isnan(p) || p < 0)
        return QString(QChar(0x2013));
    if (p > 0 && p < 1e-4)
        return shortExponent(QString::number(p, 'e', 1));
    QString text = QString::number(p, 'f', 4);
    if (text.startsWith(QStringLiteral("0.")))
        text.remove(0, 1);
    return text;
}

QString shortExponent(QString number) {
    const qsizetype at = number.indexOf(QLatin1Char('e'));
    if (at < 0)
        return number;
    const int exponent = number.mid(at + 1).toInt();
    number.truncate(at + 1);
    if (exponent < 0)
        number += QChar(0x2212);
    return number + QString::number(std::abs(exponent));
}

QString integer(qint64 value) {
    QString text = QString::number(std::abs(value));
    for (qsizetype i = text.size() - 3; i > 0; i -= 3)
        text.insert(i, QChar(0x202F));
    return value < 0 ? QChar(0x2212) + text : text;
}

QString duration(double seconds) {
    if (!(seconds >= 0))
        return QString(QChar(0x2013));
    if (seconds < 90)
        return QCoreApplication::translate("Words", "%1 s").arg(std::lround(seconds));
    const auto minutes = std::lround(seconds / 60.0);
    if (minutes < 90)
        return QCoreApplication::translate("Words", "%1 min").arg(minutes);
    return QCoreApplication::translate("Words", "%1 h %2 min")
        .arg(minutes / 60)
        .arg(minutes % 60, 2, 10, QLatin1Char('0'));
}

QString verdictWord(Verdict verdict) {
    switch (verdict) {
    case Verdict::Right:
        return words(QT_TRANSLATE_NOOP("Words", "right"));
    case Verdict::Wrong:
        return words(QT_TRANSLATE_NOOP("Words", "wrong"));
    case Verdict::NoAnswer:
        return words(QT_TRANSLATE_NOOP("Words", "no answer"));
    case Verdict::Ungraded:
        break;
    }
    return words(QT_TRANSLATE_NOOP("Words", "not graded"));
}

namespace {
QString listed(const QStringList& parts) {
    QString text = parts.join(QStringLiteral("\n"));
    //: Between answers of which any may count: "5 or 7"
    return text.replace(QLatin1Char('\n'), QLatin1Char(' ') +
                                               QCoreApplication::translate("Words", "or") +
                                               QLatin1Char(' '));
}
} // namespace

QString goldText(const std::vector<std::string>& golds) {
    QStringList parts;
    for (const std::string& gold : golds)
        parts << QString::fromStdString(gold).simplified();
    return listed(parts);
}

QString extractedText(Verdict verdict, const std::string& extracted) {
    const QString text = QString::fromStdString(extracted);
    return verdict == Verdict::NoAnswer ? listed(text.split(QStringLiteral(" | "))) : text;
}

QString jobStateWord(store::JobState state) {
    using store::JobState;
    switch (state) {
    case JobState::Draft:
        return words(QT_TRANSLATE_NOOP("Words", "Draft"));
    case JobState::Queued:
        return words(QT_TRANSLATE_NOOP("Words", "Queued"));
    case JobState::Preparing:
        return words(QT_TRANSLATE_NOOP("Words", "Preparing"));
    case JobState::Running:
        return words(QT_TRANSLATE_NOOP("Words", "Running"));
    case JobState::Pausing:
        return words(QT_TRANSLATE_NOOP("Words", "Pausing"));
    case JobState::Paused:
        return words(QT_TRANSLATE_NOOP("Words", "Paused"));
    case JobState::Stopping:
        return words(QT_TRANSLATE_NOOP("Words", "Stopping"));
    case JobState::Stopped:
        return words(QT_TRANSLATE_NOOP("Words", "Stopped"));
    case JobState::Done:
        return words(QT_TRANSLATE_NOOP("Words", "Done"));
    case JobState::Failed:
        return words(QT_TRANSLATE_NOOP("Words", "Failed"));
    case JobState::Interrupted:
        return words(QT_TRANSLATE_NOOP("Words", "Interrupted"));
    case JobState::Cancelled:
        return words(QT_TRANSLATE_NOOP("Words", "Cancelled"));
    }
    return {};
}

QString scoreSetName(const store::ScoreSetRecord& set) {
    const QString name = QString::fromStdString(set.name);
    return name.contains(QChar(0x3B2)) ? name : name + QStringLiteral(" / β %1").arg(set.beta);
}

QString clock(qint64 ms) {
    if (ms <= 0)
        return {};
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(ms);
    return time.date() == QDate::currentDate()
               ? time.toString(QStringLiteral("HH:mm"))
               : QLocale().toString(time, QStringLiteral("d MMM HH:mm"));
}

QString visible(const QString& text) {
    QString shown = text;
    shown.replace(QLatin1Char(' '), QChar(0x2423));
    shown.replace(QLatin1Char('\n'), QChar(0x21B5));
    shown.replace(QLatin1Char('\t'), QChar(0x21E5));
    return shown;
}

} // namespace crux::ui::text_format
