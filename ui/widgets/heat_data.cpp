#include "ui/widgets/heat_data.h"

#include "ui/model/snapshot_loader.h"
#include "ui/widgets/format.h"
#include "ui/widgets/layer_values.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace crux::ui {
namespace {

struct HeatWords {
    Q_DECLARE_TR_FUNCTIONS(HeatWords)
};

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

} // namespace

HeatOptions HeatOptions::from(const ViewSettings& view) {
    HeatOptions o;
    o.layer = view.layer;
    o.importedLayer = view.importedLayer;
    o.underline = view.underline;
    o.granularity = view.granularity;
    o.scale = view.scale;
    o.palette = view.palette;
    o.threshold = view.threshold;
    o.theme = Theme::current().name;
    return o;
}

HeatData::HeatData(SnapshotPtr snapshot, HeatOptions options, PaneRelation relation)
    : m_snapshot(std::move(snapshot))
    , m_options(std::move(options))
    , m_relation(relation) {
    const TrajectorySnapshot& s = *m_snapshot;
    m_scores = layerValues(Layer::Score, QString(), s);
    const auto prompt = std::min(m_scores.size(), index(std::max(0, promptTokens())));
    const auto responseBegin = m_scores.begin() + static_cast<std::ptrdiff_t>(prompt);
    m_hasScores = std::any_of(responseBegin, m_scores.end(), ColorScale::isScored);
    m_promptScored = std::any_of(m_scores.begin(), responseBegin, ColorScale::isScored);
    m_threshold = m_options.threshold.value_or(s.threshold);

    const LayerMeaning meaning = layerMeaning(m_options.layer, m_options.importedLayer, s);
    const std::vector<int> groups = tokenGroups(s, m_options.granularity);
    const std::vector<float> raw = layerValues(m_options.layer, m_options.importedLayer, s);
    m_values = groupedValues(raw, groups, meaning);
    std::vector<float> reference = m_options.reference;
    m_options.referenceIsResponse |= reference.empty();
    if (reference.empty()) // without the data set's scores the percentile is within this response
        reference.assign(raw.begin() + static_cast<std::ptrdiff_t>(prompt), raw.end());
    m_scale = ColorScale(meaning, m_options.scale, m_options.palette, m_options.theme,
                         std::move(reference));
    if (m_options.underline) {
        const QString& name =
            m_options.underlineLayer.isEmpty() ? m_options.importedLayer : m_options.underlineLayer;
        const LayerMeaning second = layerMeaning(*m_options.underline, name, s);
        m_underline = groupedValues(layerValues(*m_options.underline, name, s), groups, second);
        m_underlineScale =
            ColorScale(second, ScaleMode::Absolute, m_options.palette, m_options.theme);
    }
    colour();
    findCandidates();
    collectMarks();
}

void HeatData::colour() {
    const Theme& theme = Theme::of(m_options.theme);
    const bool fills = m_options.palette != PaletteName::UnderlineOnly;
    const std::size_t n = m_values.size();
    m_fill.resize(n);
    m_ink.resize(n);
    m_heat.assign(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
        QColor fill = theme.base, ink = theme.text;
        if (ColorScale::isScored(m_values[i])) {
            const CellColor cell = m_scale.color(m_values[i]);
            m_heat[i] = static_cast<float>(cell.heat);
            if (fills) {
                fill = cell.fill;
                ink = cell.ink;
            }
        }
        if (dimmed(static_cast<int>(i))) {
            fill = mixed(fill, theme.base, theme.dimmedMix);
            ink = theme.dimmedInk;
        }
        m_fill[i] = fill.rgb();
        m_ink[i] = ink.rgb();
    }
}

void HeatData::findCandidates() {
    const TrajectorySnapshot& s = *m_snapshot;
    if (!m_options.threshold) {
        m_candidates.assign(s.candidates.begin(), s.candidates.end());
        return;
    }
    // The threshold was moved by hand: the loader's rule once more.
    const auto found = candidatePositions(s, *m_options.threshold);
    m_candidates.assign(found.begin(), found.end());
}

void HeatData::collectMarks() {
    const TrajectorySnapshot& s = *m_snapshot;
    m_marks.resize(m_values.size());
    const auto at = [&](int position) -> TokenMarks* {
        return position >= 0 && position < count() ? &m_marks[index(position)] : nullptr;
    };
    for (const int position : m_candidates)
        if (auto* m = at(position))
            m->candidate = true;
    if (s.rollouts)
        if (const auto* found = s.rollouts->critical())
            if (auto* m = at(found->position))
                m->critical = true;
    for (const int position : s.forcedPositions)
        if (auto* m = at(position))
            m->forced = true;
    for (const auto& [position, branches] : s.forks)
        if (auto* m = at(position)) {
            m->forks = branches;
            m_forks.push_back(position);
        }
    std::sort(m_forks.begin(), m_forks.end());
    for (const auto& label : s.labels)
        if (auto* m = at(label.position))
            m->label = QString::fromStdString(label.kind);
    for (const auto& note : s.notes)
        if (auto* m = at(note.position))
            m->note = true;
    for (const auto& mark : s.marks)
        if (auto* m = at(mark.position))
            m->bookmark = true;
    for (const StepRange& answer : s.answers)
        for (int i = answer.first; i <= answer.last; ++i)
            if (auto* m = at(i))
                m->extracted = true;
}

float HeatData::underlineValue(int token) const {
    return m_underline.empty() ? kNone : m_underline[index(token)];
}

float HeatData::lowestScore(int first, int last) const {
    float lowest = kNone;
    for (int i = std::max(first, promptTokens()); i <= std::min(last, count() - 1); ++i) {
        const float v = m_scores[index(i)];
        if (ColorScale::isScored(v) && !(v >= lowest))
            lowest = v;
    }
    return lowest;
}

int HeatData::hottest(int first, int last) const {
    int best = -1;
    for (int i = std::max(0, first); i <= std::min(last, count() - 1); ++i)
        if (scored(i) && (best < 0 || m_heat[index(i)] > m_heat[index(best)]))
            best = i;
    return best;
}

QString HeatData::markWords(int token) const {
    const TokenMarks& m = marks(token);
    QStringList words;
    if (m.critical)
        words << HeatWords::tr("critical token");
    if (m.candidate)
        words << HeatWords::tr("candidate");
    if (m.forced)
        words << HeatWords::tr("forced token");
    if (m.forks > 0)
        words << (m.forks == 1 ? HeatWords::tr("1 branch")
                               : HeatWords::tr("%1 branches").arg(m.forks));
    if (m.bookmark)
        words << HeatWords::tr("bookmark");
    if (!m.label.isEmpty())
        words << HeatWords::tr("label %1").arg(m.label);
    if (m.note)
        words << HeatWords::tr("note");
    if (m.extracted)
        words << (m_snapshot->answers.size() > 1 ? HeatWords::tr("possible answer")
                                                 : HeatWords::tr("extracted answer"));
    return words.join(QStringLiteral(", "));
}

QString HeatData::describe(int token) const {
    if (token < 0 || token >= count())
        return {};
    QStringList parts{format::visibleBlanks(m_snapshot->tokens[index(token)].text)};
    parts << (shownPosition(token) > 0 ? HeatWords::tr("position %1").arg(shownPosition(token))
                                       : HeatWords::tr("prompt"));
    const bool imported = m_options.layer == Layer::Imported;
    if (!imported || ColorScale::isScored(score(token)))
        parts << (ColorScale::isScored(score(token))
                      ? QStringLiteral("s_t ") + format::probability(score(token))
                      : HeatWords::tr("no score"));
    if (imported && scored(token))
        parts << m_scale.meaning().name + QLatin1Char(' ') + m_scale.text(value(token));
    const QString words = markWords(token);
    if (!words.isEmpty())
        parts << words;
    return parts.join(QStringLiteral(", "));
}

} // namespace crux::ui
