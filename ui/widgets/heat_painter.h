// Paints lines of the token flow: cells, ink, marks, gutter, rings. Shared by the view and the
// exports, so that a picture shows what the window shows.
#pragma once

#include "ui/widgets/heat_data.h"
#include "ui/widgets/token_find.h"
#include "ui/widgets/token_layout.h"

#include <QFont>
#include <QRawFont>

#include <vector>

class QPainter;

namespace crux::ui {

/// The font of the flow: the fixed one with its exact advance and glyphs at hand, or the
/// proportional one, which the text engine draws.
struct HeatFont {
    QFont font;
    QRawFont raw;
    double advance = 8.4, ascent = 11, descent = 3;
    double zoom = 1;
    bool proportional = false;
    std::vector<quint32> glyphs; ///< glyph of each simple character below kGlyphs, 0 none

    static constexpr int kGlyphs = 0x590;
    static HeatFont at(double zoom, bool proportional = false);
    LayoutMetrics metrics() const; ///< of a layout of this text
    /// Glyph that draws `c` alone in its column; 0: the text engine must shape it.
    quint32 glyph(QChar c) const;
};

/// What changes from frame to frame without touching data or layout.
struct HeatPaintState {
    int cursor = -1; ///< token with the ring
    int hover = -1;  ///< token under the pointer (here or in the ribbon)
    int selectionFirst = -1, selectionLast = -1;
    std::vector<TokenMatch> matches; ///< found places, ascending
    bool focused = false;            ///< the ring is in the accent colour, else grey
    bool blanks = false;             ///< glyphs for spaces and tabs
    bool plain = false;              ///< no colours (Space is held)
    bool asText = false; ///< words as text, not as glyphs: for vector files (SVG has no glyphs)
};

/// Borrowed data and layout must outlive the painter. GUI thread (or any with a QImage).
class HeatPainter {
public:
    HeatPainter(const HeatData& data, const TokenLayout& layout, const HeatFont& font);

    /// Lines first..last in layout coordinates; the background is the caller's.
    void paint(QPainter& painter, int firstLine, int lastLine, const HeatPaintState& state) const;

    /// "16 tokens · min s_t 0.77" of a folded line; "prompt, 71 tokens, not scored".
    QString summary(const TokenLayout::Line& line) const;
    /// Gutter number: "P", "5", "1–3".
    QString stepLabel(const TokenLayout::Line& line) const;

private:
    void paintCells(QPainter& painter, int line, const HeatPaintState& state) const;
    void paintCell(QPainter& painter, const QRectF& cell, const TokenLayout::Segment& segment,
                   const HeatPaintState& state) const;
    void paintUnderlines(QPainter& painter, const QRectF& cell, int token,
                         bool segmentBegins) const;
    void paintText(QPainter& painter, int line, const HeatPaintState& state) const;
    void paintSegmentText(QPainter& painter, int line, const TokenLayout::Segment& segment,
                          const QColor& ink, const HeatPaintState& state, QVector<quint32>& glyphs,
                          QVector<QPointF>& positions) const;
    void paintProportional(QPainter& painter, int line, const TokenLayout::Segment& segment,
                           const QColor& ink, const HeatPaintState& state) const;
    void paintLane(QPainter& painter, int line) const;
    void paintMarks(QPainter& painter, const QRectF& cell, int token) const;
    void paintFold(QPainter& painter, int line) const;
    void paintGutter(QPainter& painter, int line) const;
    void paintOverlays(QPainter& painter, int firstLine, int lastLine,
                       const HeatPaintState& state) const;
    double baseline(int line) const;
    const TokenLayout::Line& lineAt(int line) const {
        return m_layout.lines()[static_cast<std::size_t>(line)];
    }
    const TokenCell& token(int i) const {
        return m_data.snapshot().tokens[static_cast<std::size_t>(i)];
    }

    const HeatData& m_data;
    const TokenLayout& m_layout;
    const HeatFont& m_font;
    const Theme& m_theme;
};

} // namespace crux::ui
