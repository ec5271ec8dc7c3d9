#include "ui/widgets/heat_painter.h"

#include "ui/widgets/format.h"
#include "ui/widgets/marks.h"

#include <QCoreApplication>
#include <QFontMetricsF>
#include <QGlyphRun>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace crux::ui {
namespace {

struct FlowWords {
    Q_DECLARE_TR_FUNCTIONS(FlowWords)
};

constexpr double kBarLeft = 39, kBarWidth = 5, kNumberRight = 36, kRuleAt = 47;
constexpr double kMatchRing = 1.5;
constexpr double kUnderlineFrom = 0.1; // share of the clamp below which no second layer is drawn

/// Characters that one glyph of the fixed font draws in its own column; others need shaping.
bool isSimple(QChar c) {
    const ushort u = c.unicode();
    return (u >= 0x20 && u < 0x300) || (u >= 0x370 && u < 0x590) || (u >= 0x1E00 && u < 0x2C00);
}

QString tokensWord(int count) {
    return count == 1 ? FlowWords::tr("1 token")
                      : FlowWords::tr("%1 tokens").arg(format::integer(count));
}

} // namespace

LayoutMetrics HeatFont::metrics() const {
    LayoutMetrics m = LayoutMetrics::zoomed(zoom, proportional ? 1 : advance);
    if (proportional)
        m.measure = std::make_shared<const TextMeasure>(font);
    return m;
}

HeatFont HeatFont::at(double zoom, bool proportional) {
    HeatFont f;
    f.zoom = zoom;
    f.proportional = proportional;
    f.font = proportional ? fonts::heatText(zoom) : fonts::heatMap(zoom);
    f.raw = QRawFont::fromFont(f.font);
    const QFontMetricsF metrics(f.font);
    // 64 columns at once: some platforms round a single advance to whole pixels.
    f.advance = metrics.horizontalAdvance(QString(64, QLatin1Char('0'))) / 64;
    f.ascent = metrics.ascent();
    f.descent = metrics.descent();
    f.glyphs.assign(kGlyphs, 0);
    for (int u = 0x20; u < kGlyphs; ++u) {
        const QChar c(static_cast<char16_t>(u));
        const QVector<quint32> found =
            isSimple(c) ? f.raw.glyphIndexesForString(QString(c)) : QVector<quint32>();
        f.glyphs[static_cast<std::size_t>(u)] = found.isEmpty() ? 0 : found.front();
    }
    return f;
}

quint32 HeatFont::glyph(QChar c) const {
    if (c.unicode() < kGlyphs)
        return glyphs[c.unicode()];
    if (!isSimple(c))
        return 0;
    const QVector<quint32> found = raw.glyphIndexesForString(QString(c));
    return found.isEmpty() ? 0 : found.front();
}

HeatPainter::HeatPainter(const HeatData& data, const TokenLayout& layout, const HeatFont& font)
    : m_data(data)
    , m_layout(layout)
    , m_font(font)
    , m_theme(Theme::of(data.options().theme)) {}

double HeatPainter::baseline(int line) const {
    const LayoutMetrics& m = m_layout.metrics();
    return std::round(m_layout.lineTop(line) + m.lane +
                      (m.cell + m_font.ascent - m_font.descent) / 2);
}

void HeatPainter::paint(QPainter& painter, int firstLine, int lastLine,
                        const HeatPaintState& state) const {
    const auto& lines = m_layout.lines();
    firstLine = std::max(0, firstLine);
    lastLine = std::min(lastLine, static_cast<int>(lines.size()) - 1);
    if (firstLine > lastLine)
        return;
    const double top = m_layout.lineTop(firstLine) - m_layout.metrics().top;
    const double bottom = m_layout.lineTop(lastLine + 1);
    painter.fillRect(QRectF(kRuleAt, top, 1, bottom - top), m_theme.line);
    for (int l = firstLine; l <= lastLine; ++l) {
        paintCells(painter, l, state);
        paintText(painter, l, state);
        if (lineAt(l).kind != TokenLayout::LineKind::Tokens)
            paintFold(painter, l);
        paintGutter(painter, l);
    }
    for (int l = firstLine; l <= lastLine; ++l)
        paintLane(painter, l);
    paintOverlays(painter, firstLine, lastLine, state);
}

void HeatPainter::paintCells(QPainter& painter, int line, const HeatPaintState& state) const {
    const TokenLayout::Line& l = lineAt(line);
    for (int i = 0; i < l.segments; ++i) {
        const TokenLayout::Segment& s = m_layout.segment(l.firstSegment + i);
        paintCell(painter, m_layout.cellRect(line, s), s, state);
    }
}

void HeatPainter::paintCell(QPainter& painter, const QRectF& cell,
                            const TokenLayout::Segment& segment,
                            const HeatPaintState& state) const {
    const int t = segment.token;
    const bool selected = t >= state.selectionFirst && t <= state.selectionLast;
    if (!state.plain) {
        if (!m_data.scored(t))
            marks::paintHatch(painter, cell, m_theme.hatch);
        else if (m_data.fill(t) != m_theme.base.rgb())
            painter.fillRect(cell, QColor(m_data.fill(t)));
        paintUnderlines(painter, cell, t, segment.textBegin == 0);
    }
    if (selected)
        painter.fillRect(QRectF(cell.left(), cell.bottom() + 5, cell.width() + 1, 2),
                         m_theme.accent);
    if (token(t).special) {
        painter.setBrush(Qt::NoBrush);
        QPen pen(m_theme.text, 1);
        pen.setDashPattern({1, 1});
        pen.setCapStyle(Qt::FlatCap);
        painter.setPen(pen);
        painter.drawRect(cell.adjusted(0.5, 0.5, -0.5, -0.5));
    }
    if (!m_data.marks(t).label.isEmpty() && segment.textBegin == 0)
        painter.fillRect(QRectF(cell.left(), cell.top(), 3, cell.height()), m_theme.text);
}

void HeatPainter::paintUnderlines(QPainter& painter, const QRectF& cell, int token,
                                  bool segmentBegins) const {
    double y = cell.bottom() + 1;
    if (m_data.options().palette == PaletteName::UnderlineOnly && m_data.scored(token)) {
        // Height says what colour says elsewhere.
        const double heat = std::abs(m_data.heat(token));
        if (heat >= kUnderlineFrom) {
            const CellColor cellColor = m_data.scale().color(m_data.value(token));
            painter.fillRect(QRectF(cell.left(), y, cell.width(), std::ceil(heat * 4)),
                             m_theme.isDark() ? mixed(cellColor.fill, Qt::white, 0.25)
                                              : mixed(cellColor.fill, Qt::black, 0.25));
            y += 4;
        }
    }
    const auto& second = m_data.underlineScale();
    const float value = m_data.underlineValue(token);
    if (second && ColorScale::isScored(value) && std::abs(second->heat(value)) >= kUnderlineFrom) {
        painter.fillRect(QRectF(cell.left(), y, cell.width(), 3), second->color(value).fill);
        y += 3;
    }
    if (m_data.marks(token).extracted) {
        const Verdict verdict = m_data.snapshot().record.verdict;
        const QColor color = verdict == Verdict::Right   ? m_theme.right
                             : verdict == Verdict::Wrong ? m_theme.wrong
                                                         : m_theme.noAnswer;
        // A blank in front is no part of the answer.
        const bool blank = segmentBegins && this->token(token).text.startsWith(QLatin1Char(' '));
        const double skip = blank ? std::min(m_font.advance, cell.width() / 2) : 0;
        painter.fillRect(QRectF(cell.left() + skip, y, cell.width() + 1 - skip, 2), color);
    }
}

void HeatPainter::paintText(QPainter& painter, int line, const HeatPaintState& state) const {
    const TokenLayout::Line& l = lineAt(line);
    QVector<quint32> glyphs;
    QVector<QPointF> positions;
    QColor ink;
    const auto flush = [&] {
        if (!glyphs.isEmpty()) {
            QGlyphRun run;
            run.setRawFont(m_font.raw);
            run.setGlyphIndexes(glyphs);
            run.setPositions(positions);
            painter.setPen(ink);
            painter.drawGlyphRun(QPointF(0, 0), run);
        }
        glyphs.clear();
        positions.clear();
    };
    for (int i = 0; i < l.segments; ++i) {
        const TokenLayout::Segment& s = m_layout.segment(l.firstSegment + i);
        const QColor own = state.plain ? m_theme.text : QColor(m_data.ink(s.token));
        if (own != ink) {
            flush();
            ink = own;
        }
        if (m_layout.metrics().measure)
            paintProportional(painter, line, s, ink, state);
        else
            paintSegmentText(painter, line, s, ink, state, glyphs, positions);
    }
    flush();
}

void HeatPainter::paintSegmentText(QPainter& painter, int line, const TokenLayout::Segment& segment,
                                   const QColor& ink, const HeatPaintState& state,
                                   QVector<quint32>& glyphs, QVector<QPointF>& positions) const {
    const QStringView text =
        QStringView(token(segment.token).text).mid(segment.textBegin, segment.textLength);
    const QRectF cell = m_layout.cellRect(line, segment);
    const double y = baseline(line);
    double x = m_layout.metrics().textLeft() + segment.column * m_font.advance;
    const QColor blankInk = mixed(ink, QColor(m_data.fill(segment.token)), 0.15);
    for (qsizetype i = 0; i < text.size();) {
        const QChar c = text[i];
        qsizetype end = i + 1;
        const auto column = [&](int columns) {
            return QRectF(x, cell.top(), columns * m_font.advance, cell.height());
        };
        if (c == QLatin1Char('\n')) {
            marks::paintBlank(painter, BlankGlyph::LineEnd, column(1), y, blankInk);
        } else if (c == QLatin1Char(' ')) {
            if (state.blanks)
                marks::paintBlank(painter, BlankGlyph::Space, column(1), y, blankInk);
        } else if (c == QLatin1Char('\t')) {
            marks::paintBlank(painter, BlankGlyph::Tab, column(1), y, blankInk);
        } else if (const quint32 own = state.asText ? 0 : m_font.glyph(c)) {
            glyphs.push_back(own);
            positions.emplace_back(x, y);
        } else {
            // Shaped or missing in the fixed font: the run is drawn whole by the text engine.
            const bool simple = isSimple(c);
            while (end < text.size() && isSimple(text[end]) == simple && !text[end].isSpace() &&
                   (!simple || state.asText))
                ++end;
            const QString run = text.mid(i, end - i).toString();
            painter.setFont(m_font.font);
            painter.setPen(ink);
            if (run.size() == 1 && c.unicode() < 0x20) // control characters as their pictures
                painter.drawText(QPointF(x, y), QString(QChar(0x2400 + c.unicode())));
            else
                painter.drawText(QPointF(x, y), run);
        }
        x += columnsOf(text.mid(i, end - i).toString()) * m_font.advance;
        i = end;
    }
}

/// Words as the text engine sets them; blanks as marks where they are shown.
void HeatPainter::paintProportional(QPainter& painter, int line,
                                    const TokenLayout::Segment& segment, const QColor& ink,
                                    const HeatPaintState& state) const {
    const QString text = token(segment.token).text.mid(segment.textBegin, segment.textLength);
    const QRectF cell = m_layout.cellRect(line, segment);
    const TextMeasure& measure = *m_layout.metrics().measure;
    const double y = baseline(line);
    double x = m_layout.metrics().textLeft() + segment.column;
    const QColor blankInk = mixed(ink, QColor(m_data.fill(segment.token)), 0.15);
    painter.setFont(m_font.font);
    painter.setPen(ink);
    for (qsizetype i = 0; i < text.size();) {
        qsizetype end = i + 1;
        double width = measure.blank();
        const auto box = [&] { return QRectF(x, cell.top(), width, cell.height()); };
        if (text[i] == QLatin1Char('\n')) {
            marks::paintBlank(painter, BlankGlyph::LineEnd, box(), y, blankInk);
        } else if (text[i] == QLatin1Char(' ') || text[i] == QLatin1Char('\t')) {
            width = measure.width(text.mid(i, 1));
            if (state.blanks || text[i] == QLatin1Char('\t'))
                marks::paintBlank(painter,
                                  text[i] == QLatin1Char(' ') ? BlankGlyph::Space : BlankGlyph::Tab,
                                  box(), y, blankInk);
        } else {
            while (end < text.size() && !text[end].isSpace())
                ++end;
            const QString run = text.mid(i, end - i);
            width = measure.width(run);
            painter.setPen(ink); // a mark may have changed it
            painter.drawText(QPointF(x, y), run);
        }
        x += width;
        i = end;
    }
}

void HeatPainter::paintLane(QPainter& painter, int line) const {
    const TokenLayout::Line& l = lineAt(line);
    if (l.kind != TokenLayout::LineKind::Tokens)
        return;
    int previous = -1;
    for (int i = 0; i < l.segments; ++i) {
        const TokenLayout::Segment& s = m_layout.segment(l.firstSegment + i);
        if (s.token == previous || m_layout.lineOf(s.token) != line)
            continue;
        previous = s.token;
        const QRectF cell = m_layout.cellRect(line, s);
        if (m_data.marks(s.token).any())
            paintMarks(painter, cell, s.token);
        if (s.token == m_data.relation().firstDifference)
            painter.fillRect(QRectF(cell.left() - 2, m_layout.lineTop(line) - 4, 2,
                                    cell.bottom() - m_layout.lineTop(line) + 4),
                             m_theme.accent);
    }
}

void HeatPainter::paintMarks(QPainter& painter, const QRectF& cell, int token) const {
    const TokenMarks& m = m_data.marks(token);
    std::vector<Mark> row;
    if (m.critical)
        row.push_back(Mark::Critical);
    else if (m.candidate)
        row.push_back(Mark::Candidate);
    if (m.forced)
        row.push_back(Mark::Forced);
    if (m.bookmark)
        row.push_back(Mark::Bookmark);
    if (m.forks > 0)
        row.push_back(Mark::Fork);
    const QString count = m.forks > 0 ? QString::number(m.forks) : QString();
    const QFont countFont = fonts::laneCount();
    const double countWidth =
        count.isEmpty() ? 0 : QFontMetricsF(countFont).horizontalAdvance(count) + 1;
    double width = countWidth - 1;
    for (const Mark mark : row)
        width += marks::size(mark).width() + 1;
    double x = std::max(m_layout.metrics().textLeft() - 4, cell.center().x() - width / 2);
    for (const Mark mark : row) {
        const QSizeF size = marks::size(mark);
        const double gap = size.height() > 8 ? 2 : 3; // the taller marks keep inside the lane
        marks::paint(painter, mark, QPointF(x, cell.top() - gap - size.height()), m_theme.text,
                     m_theme.base);
        x += size.width() + 1;
    }
    if (!count.isEmpty()) {
        painter.setFont(countFont);
        painter.setPen(m_theme.text);
        painter.drawText(QPointF(x - 0.5, cell.top() - 3), count);
    }
}

QString HeatPainter::stepLabel(const TokenLayout::Line& line) const {
    if (line.kind == TokenLayout::LineKind::FoldedPrefix && line.lastStep > line.step)
        return QString::number(line.step) + format::kDash + QString::number(line.lastStep);
    return line.step == 0 ? FlowWords::tr("P", "prompt, one letter in the gutter")
                          : QString::number(line.step);
}

QString HeatPainter::summary(const TokenLayout::Line& line) const {
    const int count = line.lastToken - line.firstToken + 1;
    if (line.kind == TokenLayout::LineKind::FoldedPrompt) {
        const QString text = FlowWords::tr("prompt, %1").arg(tokensWord(count));
        return m_data.promptScored() ? text : FlowWords::tr("%1, not scored").arg(text);
    }
    const int response = line.lastToken - std::max(line.firstToken, m_data.promptTokens()) + 1;
    const float lowest = m_data.lowestScore(line.firstToken, line.lastToken);
    const QString text = tokensWord(std::max(0, response));
    return ColorScale::isScored(lowest)
               ? FlowWords::tr("%1 · min s_t %2").arg(text, format::brief(lowest))
               : text;
}

void HeatPainter::paintFold(QPainter& painter, int line) const {
    const TokenLayout::Line& l = lineAt(line);
    const LayoutMetrics& m = m_layout.metrics();
    QFont font = fonts::ui();
    font.setPointSizeF(font.pointSizeF() * m_font.zoom);
    const QFontMetricsF metrics(font);
    const double top = m_layout.lineTop(line) + m.lane;
    const double y = std::round(top + (m.cell + metrics.ascent() - metrics.descent()) / 2);
    double x = m.textLeft();
    QString lead;
    if (l.kind == TokenLayout::LineKind::FoldedPrefix) {
        lead = l.step == l.lastStep
                   ? FlowWords::tr("step %1, shared").arg(l.step)
                   : FlowWords::tr("steps %1 to %2, shared").arg(l.step).arg(l.lastStep);
        if (l.lastStep == 0)
            lead = FlowWords::tr("prompt, shared");
    } else if (l.kind == TokenLayout::LineKind::FoldedStep) {
        for (int t = l.firstToken; t <= l.lastToken; ++t)
            lead += token(t).text;
        lead = lead.simplified();
    } else if (l.segments > 0) {
        x = m_layout.cellRect(line, m_layout.segment(l.firstSegment)).right() + 8;
    }
    const QString tail = summary(l);
    painter.setFont(font);
    if (!lead.isEmpty()) {
        const double room = m_layout.width() - x - m.right - metrics.horizontalAdvance(tail) - 8;
        lead = metrics.elidedText(lead, Qt::ElideRight, std::max(40.0, room));
        painter.setPen(m_theme.text);
        painter.drawText(QPointF(x, y), lead);
        x += metrics.horizontalAdvance(lead) + 8;
    }
    painter.setPen(m_theme.secondText);
    painter.drawText(QPointF(x, y), tail);
}

void HeatPainter::paintGutter(QPainter& painter, int line) const {
    const TokenLayout::Line& l = lineAt(line);
    const LayoutMetrics& m = m_layout.metrics();
    const double top = std::round(m_layout.lineTop(line) + m.lane);
    if (l.opensStep) {
        const QRectF arrow(4, top + (m.cell - 12) / 2, 12, 12);
        marks::paintArrow(painter, arrow, l.kind == TokenLayout::LineKind::Tokens,
                          m_theme.secondText);
        painter.setFont(fonts::ui());
        painter.setPen(m_theme.secondText);
        painter.drawText(QRectF(14, top, kNumberRight - 14, m.cell),
                         Qt::AlignRight | Qt::AlignVCenter | Qt::TextDontClip, stepLabel(l));
    }
    if (l.lastStep == 0) // the prompt may be hot; it says nothing about the response
        return;
    // The bar runs through all lines of a step; each line paints its share and the frame.
    int first = std::max(l.firstToken, m_data.promptTokens()), last = l.lastToken;
    if (l.kind == TokenLayout::LineKind::Tokens) {
        const StepRange range = m_data.snapshot().steps[static_cast<std::size_t>(l.step)];
        first = range.first;
        last = range.last;
    }
    const int hot = m_data.hottest(first, last);
    if (hot < 0)
        return;
    const auto& lines = m_layout.lines();
    const bool ends = line + 1 == static_cast<int>(lines.size()) ||
                      lines[static_cast<std::size_t>(line) + 1].opensStep;
    const double barTop = l.opensStep ? top : m_layout.lineTop(line);
    const double barBottom = ends ? top + m.cell : m_layout.lineTop(line + 1);
    painter.fillRect(QRectF(kBarLeft, barTop, kBarWidth, barBottom - barTop),
                     m_theme.controlBorder);
    painter.fillRect(QRectF(kBarLeft + 1, barTop + (l.opensStep ? 1 : 0), kBarWidth - 2,
                            barBottom - barTop - (l.opensStep ? 1 : 0) - (ends ? 1 : 0)),
                     m_data.scale().color(m_data.value(hot)).fill);
}

void HeatPainter::paintOverlays(QPainter& painter, int firstLine, int lastLine,
                                const HeatPaintState& state) const {
    const auto ring = [&](int token, const QColor& color, double width) {
        for (const QRectF& cell : m_layout.rects(token)) {
            const double inset = width / 2;
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(color, width, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
            painter.drawRect(cell.adjusted(-inset, -inset, inset, inset));
        }
    };
    const int lastToken = lineAt(lastLine).lastToken;
    auto match =
        std::partition_point(state.matches.begin(), state.matches.end(), [&](const TokenMatch& m) {
            return m.last < lineAt(firstLine).firstToken;
        });
    for (; match != state.matches.end() && match->first <= lastToken; ++match)
        for (int t = match->first; t <= match->last; ++t)
            ring(t, m_theme.link, kMatchRing);
    const auto visible = [&](int token) {
        const int l = token < 0 ? -1 : m_layout.lineOf(token);
        return l >= firstLine - 1 && l <= lastLine;
    };
    if (state.hover != state.cursor && visible(state.hover))
        ring(state.hover, m_theme.secondText, 1);
    if (visible(state.cursor))
        ring(state.cursor, state.focused ? m_theme.accent : m_theme.controlBorder,
             metrics::kFocusRing);
    if (m_data.relation().streaming && m_data.count() > 0) {
        const auto cells = m_layout.rects(m_data.count() - 1);
        if (!cells.empty())
            painter.fillRect(
                QRectF(cells.back().right() + 1, cells.back().top(), 2, cells.back().height()),
                m_theme.accent);
    }
}

} // namespace crux::ui
