#include "ui/widgets/format.h"

#include "ui/model/text_format.h"

#include <QCoreApplication>

#include <cmath>

namespace crux::ui::format {
namespace {

QString withTrueMinus(QString text) {
    if (text.startsWith(QLatin1Char('-')))
        text[0] = kMinus;
    return text;
}

struct FormatWords {
    Q_DECLARE_TR_FUNCTIONS(FormatWords)
};

} // namespace

QString probability(double p) {
    return text_format::probability(p);
}

QString brief(double value) {
    if (std::isnan(value))
        return QString(kDash);
    return withTrueMinus(text_format::shortExponent(QString::number(value, 'g', 2)));
}

QString number(double value, int decimals) {
    if (std::isnan(value))
        return QString(kDash);
    if (std::isinf(value))
        return value > 0 ? QStringLiteral("∞") : QString(kMinus) + QStringLiteral("∞");
    const QString text = QString::number(value, 'f', decimals);
    // "-0.00" reads as a value below zero; it is none.
    return text.toDouble() == 0 ? QString::number(0.0, 'f', decimals) : withTrueMinus(text);
}

QString change(double value, bool probabilityLike, int decimals) {
    if (std::isnan(value))
        return QString(kDash);
    const double size = std::abs(value);
    const QString digits =
        probabilityLike ? text_format::probability(size) : QString::number(size, 'f', decimals);
    return (value < 0 ? QString(kMinus) : QStringLiteral("+")) + digits;
}

QString integer(qint64 value) {
    QString digits = QString::number(value < 0 ? -value : value);
    for (qsizetype i = digits.size() - 3; i > 0; i -= 3)
        digits.insert(i, kThin);
    return value < 0 ? kMinus + digits : digits;
}

QString duration(double seconds) {
    if (std::isnan(seconds) || seconds < 0)
        return QString(kDash);
    const auto whole = static_cast<qint64>(std::llround(seconds));
    if (whole < 90)
        return FormatWords::tr("%1 s").arg(whole);
    if (whole < 5400)
        return FormatWords::tr("%1 min").arg((whole + 30) / 60);
    return FormatWords::tr("%1 h %2 min")
        .arg(whole / 3600)
        .arg((whole % 3600) / 60, 2, 10, QLatin1Char('0'));
}

QString bytes(qint64 size) {
    static constexpr const char* kUnits[] = {"B", "KB", "MB", "GB", "TB"};
    double value = static_cast<double>(size);
    int unit = 0;
    while (value >= 1000 && unit < 4) {
        value /= 1000;
        ++unit;
    }
    return QString::number(value, 'f', unit == 0 || value >= 100 ? 0 : 1) + QLatin1Char(' ') +
           QLatin1String(kUnits[unit]);
}

QString visibleBlanks(const QString& text) {
    QString out;
    out.reserve(text.size());
    for (const QChar c : text) {
        if (c == QLatin1Char(' '))
            out += QChar(0x2423);
        else if (c == QLatin1Char('\n'))
            out += QChar(0x21B5);
        else if (c == QLatin1Char('\t'))
            out += QChar(0x21E5);
        else if (c == QChar(0x00A0))
            out += QChar(0x237D);
        else
            out += c;
    }
    return out;
}

QString escaped(const std::string& text) {
    QString out = QString::fromStdString(text);
    out.replace(QLatin1Char('\\'), QLatin1String("\\\\"));
    out.replace(QLatin1Char('\n'), QLatin1String("\\n"));
    return out.replace(QLatin1Char('\t'), QLatin1String("\\t"));
}

std::string unescaped(const QString& line) {
    QString out;
    for (qsizetype i = 0; i < line.size(); ++i) {
        if (line[i] != QLatin1Char('\\') || i + 1 >= line.size()) {
            out += line[i];
            continue;
        }
        const QChar next = line[++i];
        out += next == QLatin1Char('n')   ? QChar(QLatin1Char('\n'))
               : next == QLatin1Char('t') ? QChar(QLatin1Char('\t'))
                                          : next;
    }
    return out.toStdString();
}

} // namespace crux::ui::format
