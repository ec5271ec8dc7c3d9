// Where every token stands: pure geometry of the heat map's text, without painting. Tokens wrap as
// whole cells at token borders, real line breaks are kept, steps fold to one line.
#pragma once

#include "ui/model/trajectory_snapshot.h"

#include <QFontMetricsF>
#include <QPointF>
#include <QRectF>

#include <memory>
#include <set>
#include <vector>

namespace crux::ui {

/// Columns of the fixed grid that a character takes: 0 combining, 2 East Asian wide, else 1.
int columnsOf(char32_t c);
/// Columns of a token's text; a tab takes 4, a line end 1.
int columnsOf(const QString& text);

/// Widths of texts in a proportional font. Immutable. Fonts belong to their thread: make one where
/// it is used.
class TextMeasure {
public:
    explicit TextMeasure(const QFont& font)
        : m_metrics(font) {}
    double width(const QString& text) const { return m_metrics.horizontalAdvance(text); }
    int blank() const; ///< px of a line end, and of a token without text

private:
    QFontMetricsF m_metrics;
};

/// Sizes of the text grid in px; all but the gutter grow with the zoom. With a `measure` the grid
/// is of single px (advance 1), and texts take the width they have.
struct LayoutMetrics {
    double advance = 8.4;
    double lane = 12, cell = 20;
    double gutter = 48, gutterGap = 8;
    double top = 4, right = 8;
    std::shared_ptr<const TextMeasure> measure; ///< none: the fixed grid

    double line() const { return lane + cell; }
    double textLeft() const { return gutter + gutterGap; }
    static LayoutMetrics zoomed(double zoom, double advance);
    bool operator==(const LayoutMetrics&) const = default;
};

/// Value class, GUI thread; cannot fail. A re-layout happens only when text, width, metrics or
/// folds change (revision() counts them): recolouring never comes here.
class TokenLayout {
public:
    enum class LineKind {
        Tokens,
        FoldedStep,   ///< one line of text and its summary
        FoldedPrompt, ///< "prompt, 71 tokens"
        FoldedPrefix  ///< the steps shared with the other pane
    };
    /// Part of a token on one line.
    struct Segment {
        int token = 0;
        int column = 0, columns = 0;
        int textBegin = 0, textLength = 0; ///< in TokenCell::text
    };
    struct Line {
        LineKind kind = LineKind::Tokens;
        int step = 0, lastStep = 0; ///< lastStep > step in a folded prefix only
        int firstSegment = 0, segments = 0;
        int firstToken = 0, lastToken = -1; ///< tokens that begin, end or hide on this line
        bool opensStep = false;
    };

    void setText(SnapshotPtr snapshot);
    void setMetrics(const LayoutMetrics& metrics);
    void setWidth(double width);
    void setFolded(int step, bool folded);
    bool isFolded(int step) const { return m_folded.contains(step); }
    void foldAll(bool folded); ///< all steps of the response
    /// The first `steps` steps (and the prompt) equal the other pane's; they fold to one line.
    void setSharedSteps(int steps, bool folded);
    bool prefixFolded() const { return m_prefixFolded && m_sharedSteps > 0; }
    int sharedSteps() const { return m_sharedSteps; }

    const std::vector<Line>& lines() const;
    const Segment& segment(int i) const { return m_segments[static_cast<std::size_t>(i)]; }
    const LayoutMetrics& metrics() const { return m_metrics; }
    int columns() const; ///< columns that fit the width, at least 8
    double height() const;
    double width() const { return m_width; }
    double lineTop(int line) const { return m_metrics.top + line * m_metrics.line(); }
    /// Line at a y, clamped to the lines; -1 when there is none.
    int lineAt(double y) const;
    int revision() const { return m_revision; }

    /// Cell of a segment without the 1 px gap, edges on whole pixels.
    QRectF cellRect(int line, const Segment& segment) const;
    /// Cells of a token, one a line it stands on; empty when hidden by a fold.
    std::vector<QRectF> rects(int token) const;
    /// First line that shows the token or the fold that hides it, -1 none.
    int lineOf(int token) const;
    bool isVisible(int token) const;
    /// Token at a point, -1 none; `nearest` takes the closest cell of the line instead.
    int tokenAt(QPointF point, bool nearest = false) const;

    /// The token one line up or down at about x; the same token at the ends. Folded lines are
    /// skipped.
    int tokenBelow(int token, double x) const;
    int tokenAbove(int token, double x) const;
    int firstOnLine(int token) const;
    int lastOnLine(int token) const;
    double centreX(int token) const;

private:
    class Builder;
    void build() const;
    int columnsFor(const QString& text) const;
    int unit() const; ///< columns of a line end
    int verticalStep(int token, double x, int direction) const;

    SnapshotPtr m_snapshot;
    LayoutMetrics m_metrics;
    double m_width = 640;
    std::set<int> m_folded{0};
    int m_sharedSteps = 0;
    bool m_prefixFolded = false;

    mutable bool m_dirty = true;
    mutable int m_revision = 0;
    mutable std::vector<Line> m_lines;
    mutable std::vector<Segment> m_segments;
    mutable std::vector<int> m_lineOfToken;
};

} // namespace crux::ui
