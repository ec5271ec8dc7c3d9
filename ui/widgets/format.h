// How the window writes numbers: probabilities ".0014", minus U+2212, thousands U+202F.
#pragma once

#include <QString>

#include <string>

namespace crux::ui::format {

inline constexpr QChar kMinus(0x2212);
inline constexpr QChar kThin(0x202F);
inline constexpr QChar kDash(0x2013);

/// Four decimals, no leading 0: ".0014", "1.0000"; below 1e-4 as "1.2e−5"; NaN and negative values
/// (none) give "–".
QString probability(double p);
/// Two significant digits where room is short: "0.05", "1.2e−5" (thresholds, folded steps).
QString brief(double value);
/// `decimals` digits with a true minus: "−2.40"; NaN gives "–".
QString number(double value, int decimals = 2);
/// With a sign always: "+.1730" style (tiny ones "+1.2e−5") when `probabilityLike`, else "+2.40".
QString change(double value, bool probabilityLike, int decimals = 2);
/// "1 204" with U+202F from 1 000 on.
QString integer(qint64 value);
/// Seconds as "3 min", "2 h 05 min", "40 s".
QString duration(double seconds);
/// "11.4 GB", "640 KB".
QString bytes(qint64 size);
/// Tokens with visible blanks: space U+2423, line end U+21B5, tab U+21E5 (for tables and tool
/// tips).
QString visibleBlanks(const QString& text);
/// A text on one line of a field: line ends and tabs written \n and \t, and back.
QString escaped(const std::string& text);
std::string unescaped(const QString& line);

} // namespace crux::ui::format
