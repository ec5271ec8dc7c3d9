// One trajectory ready to be drawn: values, colours, marks and words of every token for one set of
// view options. Rebuilt when options or scores change; the layout of the text is not touched.
#pragma once

#include "ui/model/trajectory_snapshot.h"
#include "ui/model/view_settings.h"
#include "ui/widgets/color_scale.h"

#include <QRgb>

#include <memory>
#include <optional>
#include <vector>

namespace crux::ui {

/// The part of ViewSettings that decides colours, as a value.
struct HeatOptions {
    Layer layer = Layer::Score;
    QString importedLayer;
    std::optional<Layer> underline;
    QString underlineLayer; ///< imported layer of the underline; empty: importedLayer
    Granularity granularity = Granularity::Token;
    ScaleMode scale = ScaleMode::Absolute;
    PaletteName palette = PaletteName::Orange;
    std::optional<double> threshold; ///< overrides the snapshot's
    ThemeName theme = ThemeName::Light;
    std::vector<float>
        reference; ///< values the percentile scale ranks against; empty: this response
    bool referenceIsResponse = false; ///< `reference` is one response, not the data set

    static HeatOptions from(const ViewSettings& view);
};

/// Marks of one token.
struct TokenMarks {
    bool candidate = false, critical = false, forced = false, bookmark = false, note = false;
    bool extracted = false;
    int forks = 0;
    QString label; ///< agree | reject | elsewhere | own words; empty: none

    bool any() const { return candidate || critical || forced || bookmark || forks > 0; }
};

/// Relation to the other pane (forced branch or compared trajectory).
struct PaneRelation {
    int sharedTokens = 0;     ///< leading tokens equal in both, prompt included; 0: no pair
    int firstDifference = -1; ///< absolute position, -1: no pair
    bool streaming = false;   ///< text still grows
};

/// Immutable. Thread: any (built on the GUI thread in microseconds a token).
class HeatData {
public:
    HeatData(SnapshotPtr snapshot, HeatOptions options, PaneRelation relation = {});

    const TrajectorySnapshot& snapshot() const { return *m_snapshot; }
    SnapshotPtr snapshotPtr() const { return m_snapshot; }
    const HeatOptions& options() const { return m_options; }
    const PaneRelation& relation() const { return m_relation; }
    const ColorScale& scale() const { return m_scale; }
    const std::optional<ColorScale>& underlineScale() const { return m_underlineScale; }

    int count() const { return static_cast<int>(m_fill.size()); }
    int promptTokens() const { return m_snapshot->record.promptTokens; }
    /// Position as shown: counted from 1 in the response; <= 0 in the prompt.
    int shownPosition(int token) const { return token - promptTokens() + 1; }

    bool scored(int token) const { return ColorScale::isScored(m_values[index(token)]); }
    /// Value of the shown layer at the shown granularity, NaN none.
    float value(int token) const { return m_values[index(token)]; }
    float underlineValue(int token) const;
    /// s_t of the token itself, NaN none.
    float score(int token) const { return m_scores[index(token)]; }
    QRgb fill(int token) const { return m_fill[index(token)]; }
    QRgb ink(int token) const { return m_ink[index(token)]; }
    double heat(int token) const { return m_heat[index(token)]; }
    bool dimmed(int token) const { return token < m_relation.sharedTokens; }
    const TokenMarks& marks(int token) const { return m_marks[index(token)]; }

    double threshold() const { return m_threshold; }
    /// Candidates for the threshold in use, ascending; empty unless the verdict is wrong.
    const std::vector<int>& candidates() const { return m_candidates; }
    const std::vector<int>& forks() const { return m_forks; }
    bool hasScores() const { return m_hasScores; }
    bool promptScored() const { return m_promptScored; }

    /// Lowest s_t of the response tokens first..last, NaN none.
    float lowestScore(int first, int last) const;
    /// Hottest token (by the shown layer) of first..last, -1 none scored.
    int hottest(int first, int last) const;

    /// "owed, position 69, s_t .0014, candidate, 3 branches": for accessibility and tool tips.
    QString describe(int token) const;
    /// The marks in words, comma separated; empty: none.
    QString markWords(int token) const;

private:
    static std::size_t index(int token) { return static_cast<std::size_t>(token); }
    void colour();
    void findCandidates();
    void collectMarks();

    SnapshotPtr m_snapshot;
    HeatOptions m_options;
    PaneRelation m_relation;
    ColorScale m_scale;
    std::optional<ColorScale> m_underlineScale;
    std::vector<float> m_values, m_scores, m_underline;
    std::vector<QRgb> m_fill, m_ink;
    std::vector<float> m_heat;
    std::vector<TokenMarks> m_marks;
    std::vector<int> m_candidates, m_forks;
    double m_threshold = 0;
    bool m_hasScores = false, m_promptScored = false;
};
using HeatDataPtr = std::shared_ptr<const HeatData>;

} // namespace crux::ui
