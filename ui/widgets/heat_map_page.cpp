#include "ui/widgets/heat_map_page.h"

#include "core/base/version.h"
#include "core/store/gold_answers.h"
#include "ui/model/text_format.h"
#include "ui/widgets/format.h"
#include "ui/widgets/marks.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace crux::ui {
namespace {

struct ExportWords {
    Q_DECLARE_TR_FUNCTIONS(ExportWords)
};

constexpr int kRampColors = 12;
constexpr int kHashDigits = 12;
constexpr double kLineFrom = 0.1; ///< share of the clamp below which no line is drawn

QString modeWord(ScaleMode mode) {
    switch (mode) {
    case ScaleMode::Absolute:
        return ExportWords::tr("absolute scale");
    case ScaleMode::Log10:
        return ExportWords::tr("log10 scale, clamped at 0.0001");
    case ScaleMode::Percentile:
        return ExportWords::tr("percentile scale");
    }
    return {};
}

/// What one colour stands for where it is not one token's; empty: a token's.
QString granularityWord(const HeatData& data) {
    const bool low = data.scale().meaning().lowIsHot;
    switch (data.options().granularity) {
    case Granularity::Word:
        return low ? ExportWords::tr("lowest of each word")
                   : ExportWords::tr("highest of each word");
    case Granularity::Step:
        return low ? ExportWords::tr("lowest of each step")
                   : ExportWords::tr("highest of each step");
    case Granularity::Token:
        break;
    }
    return {};
}

/// "p_pos, 0 unlikely to 1 likely"; empty: no second layer.
QString underlineWords(const HeatData& data) {
    const auto& second = data.underlineScale();
    if (!second)
        return {};
    const LayerMeaning& meaning = second->meaning();
    return ExportWords::tr("%1, %2 to %3").arg(meaning.name, meaning.lowWords, meaning.highWords);
}

QString endWords(const ColorScale& scale, double at, const QString& words) {
    const auto ticks = scale.ticks();
    for (const auto& [place, text] : ticks)
        if (place == at)
            return text + QLatin1Char(' ') + words;
    return words;
}

QString factsLine(const TrajectorySnapshot& s) {
    QStringList parts;
    const QString gold = text_format::goldText(store::goldAnswers(s.question));
    parts << ExportWords::tr("gold %1").arg(gold.isEmpty() ? QString(format::kDash) : gold);
    parts << ExportWords::tr("extracted %1, %2")
                 .arg(s.record.extracted.empty()
                          ? ExportWords::tr("none")
                          : text_format::extractedText(s.record.verdict, s.record.extracted),
                      marks::verdictWord(s.record));
    if (!s.record.sourceModel.empty())
        parts << QString::fromStdString(s.record.sourceModel);
    return parts.join(QStringLiteral(" · "));
}

interop::HeatMapLegend legendOf(const HeatData& data) {
    const ColorScale& scale = data.scale();
    interop::HeatMapLegend legend;
    legend.low = endWords(scale, 0, scale.meaning().lowWords).toStdString();
    legend.high = endWords(scale, 1, scale.meaning().highWords).toStdString();
    for (int i = 0; i < kRampColors; ++i)
        legend.ramp.push_back(
            heatMapRampColor(scale, (i + 0.5) / kRampColors).name().toStdString());
    for (const auto& [at, text] : scale.ticks())
        if (at > 0 && at < 1) // the ends stand in the words
            legend.ticks.emplace_back(at, text.toStdString());
    legend.note = heatMapRule(data).toStdString();
    legend.under = underlineWords(data).toStdString();
    return legend;
}

std::string colourName(const QColor& colour) {
    return colour.name().toStdString();
}

/// Colour of the line below a cell: the second layer's, else the layer's own where it has no fill.
std::string lineColour(const HeatData& data, int token) {
    const Theme& theme = Theme::of(data.options().theme);
    const auto& second = data.underlineScale();
    const float value = data.underlineValue(token);
    if (second && ColorScale::isScored(value) && std::abs(second->heat(value)) >= kLineFrom)
        return colourName(second->color(value).fill);
    if (data.options().palette == PaletteName::UnderlineOnly && data.scored(token) &&
        std::abs(data.heat(token)) >= kLineFrom)
        return colourName(mixed(data.scale().color(data.value(token)).fill,
                                theme.isDark() ? Qt::white : Qt::black, 0.25));
    return {};
}

interop::HeatMapToken tokenOf(const HeatData& data, int t) {
    const TrajectorySnapshot& s = data.snapshot();
    const Theme& theme = Theme::of(data.options().theme);
    const TokenCell& cell = s.tokens[static_cast<std::size_t>(t)];
    const TokenMarks& marksOf = data.marks(t);
    interop::HeatMapToken token;
    token.text = cell.text.toStdString();
    token.tip = data.describe(t).toStdString();
    if (data.scored(t)) {
        token.fill = colourName(QColor(data.fill(t)));
        token.ink = colourName(QColor(data.ink(t)));
    }
    token.under = lineColour(data, t);
    if (marksOf.extracted)
        token.answer = colourName(s.record.verdict == Verdict::Right   ? theme.right
                                  : s.record.verdict == Verdict::Wrong ? theme.wrong
                                                                       : theme.noAnswer);
    token.special = cell.special;
    token.candidate = marksOf.candidate;
    token.critical = marksOf.critical;
    token.forced = marksOf.forced;
    token.bookmark = marksOf.bookmark;
    token.label = !marksOf.label.isEmpty();
    token.forks = marksOf.forks;
    token.slip = s.record.slip == t;
    return token;
}

} // namespace

QString heatMapTitle(const HeatData& data) {
    const TrajectorySnapshot& s = data.snapshot();
    QStringList parts{ExportWords::tr("Trajectory %1").arg(format::integer(s.record.id.value))};
    if (!s.datasetName.isEmpty())
        parts << s.datasetName;
    if (s.forkPosition >= 0)
        parts << ExportWords::tr("branch of %1 at %2")
                     .arg(format::integer(s.record.rootId.value))
                     .arg(data.shownPosition(s.forkPosition));
    parts << marks::verdictWord(s.record.verdict);
    return parts.join(QStringLiteral(" · "));
}

QString heatMapRule(const HeatData& data) {
    QStringList parts;
    if (data.hasScores() && data.snapshot().record.verdict == Verdict::Wrong)
        parts << ExportWords::tr("candidates: s_t below %1, else the lowest")
                     .arg(format::brief(data.threshold()));
    if (const QString words = granularityWord(data); !words.isEmpty())
        parts << words;
    if (data.scale().mode() != ScaleMode::Absolute)
        parts << modeWord(data.scale().mode());
    parts << ExportWords::tr("palette %1").arg(ramps::paletteName(data.options().palette));
    return parts.join(QStringLiteral(" · "));
}

QString heatMapProvenance(const HeatData& data) {
    const TrajectorySnapshot& s = data.snapshot();
    QStringList parts;
    if (s.scoreSet.id) {
        parts << ExportWords::tr("score set %1").arg(text_format::scoreSetName(s.scoreSet));
        if (!s.scoreSet.provenance.weightsHash.empty())
            parts << ExportWords::tr("weights %1")
                         .arg(QString::fromStdString(s.scoreSet.provenance.weightsHash)
                                  .left(kHashDigits));
    } else {
        parts << ExportWords::tr("not scored");
    }
    parts << ExportWords::tr("layer %1").arg(data.scale().meaning().name);
    if (const QString words = granularityWord(data); !words.isEmpty())
        parts << words;
    if (const QString words = underlineWords(data); !words.isEmpty())
        parts << ExportWords::tr("line below: %1").arg(words);
    parts << ExportWords::tr("palette %1").arg(ramps::paletteName(data.options().palette));
    parts << modeWord(data.scale().mode());
    if (data.hasScores())
        parts << ExportWords::tr("threshold %1").arg(format::brief(data.threshold()));
    parts << QStringLiteral("Crux ") + QLatin1String(kVersion);
    return parts.join(QStringLiteral(" · "));
}

QColor heatMapRampColor(const ColorScale& scale, double at) {
    const LayerMeaning& meaning = scale.meaning();
    if (meaning.diverging)
        return ramps::diverging(2 * at - 1).fill;
    return ramps::sequential(scale.palette(), scale.theme(), meaning.lowIsHot ? 1 - at : at).fill;
}

interop::HeatMapDocument heatMapPage(const HeatData& data, bool prompt) {
    const TrajectorySnapshot& s = data.snapshot();
    const Theme& theme = Theme::of(data.options().theme);
    interop::HeatMapDocument page;
    page.title = heatMapTitle(data).toStdString();
    page.question = s.question.text;
    page.facts = factsLine(s).toStdString();
    page.provenance = heatMapProvenance(data).toStdString();
    page.background = theme.base.name().toStdString();
    page.ink = theme.text.name().toStdString();
    page.secondInk = theme.secondText.name().toStdString();
    page.hatch = theme.hatch.name().toStdString();
    page.legend = legendOf(data);
    for (int t = prompt ? 0 : std::max(0, data.promptTokens()); t < data.count(); ++t)
        page.tokens.push_back(tokenOf(data, t));
    return page;
}

} // namespace crux::ui
