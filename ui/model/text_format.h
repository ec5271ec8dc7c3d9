// How item models write numbers and words; the widgets' format.h adds what only views need.
#pragma once

#include "core/spec/verdict.h"
#include "core/store/records.h"

#include <QCoreApplication>
#include <QString>

#include <string>
#include <vector>

namespace crux::ui::text_format {

/// Four decimals without leading 0, below 1e-4 as "1.2e−5"; "–" for none (negative or NaN).
QString probability(double p);
/// C's "1.2e-05" as the window writes it: "1.2e−5".
QString shortExponent(QString number);
/// Thousands parted by U+202F.
QString integer(qint64 value);
/// "40 s", "3 min", "2 h 05 min".
QString duration(double seconds);
/// "right", "wrong", "no answer", "not graded".
QString verdictWord(Verdict verdict);
/// "12", "12 or 0.5"; "" for none.
QString goldText(const std::vector<std::string>& golds);
/// The answer as extracted; "5 or 7" where the extraction is ambiguous.
QString extractedText(Verdict verdict, const std::string& extracted);
/// Design word of a job state: "Queued", "Running" ...
QString jobStateWord(store::JobState state);
/// "positive / negative / β 1": the name with its contrast, which a name may say already.
QString scoreSetName(const store::ScoreSetRecord& set);
/// Local "14:02", or "12 Mar 14:02" when not today.
QString clock(qint64 ms);
/// Spaces as U+2423, line ends as U+21B5.
QString visible(const QString& text);

} // namespace crux::ui::text_format
