#include "ui/widgets/token_layout.h"

#include <QStringView>

#include <algorithm>
#include <cmath>

namespace crux::ui {
namespace {

constexpr int kTabColumns = 4;
constexpr int kFewestColumns = 8;

bool isWide(char32_t c) {
    // East Asian Wide and Fullwidth blocks of UAX #11, and emoji.
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0x303E) ||
           (c >= 0x3041 && c <= 0x33FF) || (c >= 0x3400 && c <= 0x4DBF) ||
           (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xA000 && c <= 0xA4CF) ||
           (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
           (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) ||
           (c >= 0x20000 && c <= 0x3FFFD);
}

/// The code point at i and how many UTF-16 units it takes.
std::pair<char32_t, int> codePoint(QStringView text, qsizetype i) {
    if (text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate())
        return {QChar::surrogateToUcs4(text[i], text[i + 1]), 2};
    return {text[i].unicode(), 1};
}

} // namespace

int columnsOf(char32_t c) {
    if (c == U'\t')
        return kTabColumns;
    if (c < 0x300)
        return 1;
    switch (QChar::category(c)) {
    case QChar::Mark_NonSpacing:
    case QChar::Mark_Enclosing:
    case QChar::Other_Format:
        return 0;
    default:
        return isWide(c) ? 2 : 1;
    }
}

int columnsOf(const QString& text) {
    int columns = 0;
    for (qsizetype i = 0; i < text.size();) {
        const auto [c, units] = codePoint(text, i);
        columns += columnsOf(c);
        i += units;
    }
    return columns;
}

int TextMeasure::blank() const {
    return std::max(8, static_cast<int>(std::ceil(m_metrics.horizontalAdvance(QLatin1Char('0')))));
}

LayoutMetrics LayoutMetrics::zoomed(double zoom, double advance) {
    LayoutMetrics m;
    m.advance = advance;
    m.lane = std::round(m.lane * std::max(1.0, zoom));
    m.cell = std::round(m.cell * zoom);
    return m;
}

/// Fills lines and segments for one state of the layout.
class TokenLayout::Builder {
public:
    explicit Builder(const TokenLayout& layout)
        : m_layout(layout)
        , m_columns(layout.columns())
        , m_tokens(layout.m_snapshot ? layout.m_snapshot->tokens : m_none) {}

    void run() {
        m_layout.m_lines.clear();
        m_layout.m_segments.clear();
        m_layout.m_lineOfToken.assign(m_tokens.size(), -1);
        if (!m_layout.m_snapshot)
            return;
        const auto& steps = m_layout.m_snapshot->steps;
        int step = 0;
        if (m_layout.prefixFolded()) {
            const int last = std::min(m_layout.m_sharedSteps, static_cast<int>(steps.size()) - 1);
            summary(LineKind::FoldedPrefix, last > 0 ? 1 : 0, last, 0,
                    steps[static_cast<std::size_t>(last)].last);
            step = last + 1;
        }
        for (; step < static_cast<int>(steps.size()); ++step) {
            const StepRange range = steps[static_cast<std::size_t>(step)];
            if (range.last < range.first)
                continue;
            if (m_layout.isFolded(step))
                summary(step == 0 ? LineKind::FoldedPrompt : LineKind::FoldedStep, step, step,
                        range.first, range.last);
            else
                openStep(step, range);
        }
    }

private:
    void summary(LineKind kind, int step, int lastStep, int first, int last) {
        Line line;
        line.kind = kind;
        line.step = step;
        line.lastStep = lastStep;
        line.firstSegment = static_cast<int>(m_layout.m_segments.size());
        line.firstToken = first;
        line.lastToken = last;
        line.opensStep = true;
        const int at = static_cast<int>(m_layout.m_lines.size());
        for (int t = first; t <= last && t < static_cast<int>(m_tokens.size()); ++t)
            m_layout.m_lineOfToken[static_cast<std::size_t>(t)] = at;
        m_layout.m_lines.push_back(line);
        // A special first token of the prompt stays visible in front of the summary.
        if (kind == LineKind::FoldedPrompt && first < static_cast<int>(m_tokens.size()) &&
            m_tokens[static_cast<std::size_t>(first)].special) {
            const QString& text = m_tokens[static_cast<std::size_t>(first)].text;
            m_column = 0;
            place(first, 0, static_cast<int>(text.size()), m_layout.columnsFor(text));
        }
    }

    void openStep(int step, StepRange range) {
        newLine(step, true);
        m_pendingBreak = false;
        for (int t = range.first; t <= range.last && t < static_cast<int>(m_tokens.size()); ++t)
            addToken(step, t);
    }

    void newLine(int step, bool opens) {
        Line line;
        line.step = line.lastStep = step;
        line.firstSegment = static_cast<int>(m_layout.m_segments.size());
        line.opensStep = opens;
        m_layout.m_lines.push_back(line);
        m_column = 0;
    }

    void addToken(int step, int token) {
        const QString& text = m_tokens[static_cast<std::size_t>(token)].text;
        const int size = static_cast<int>(text.size());
        if (size == 0) { // an empty piece still gets a cell to click on
            const int width = m_layout.unit();
            if (m_pendingBreak || m_column + width > m_columns)
                breakLine(step);
            place(token, 0, 0, width);
            return;
        }
        for (int i = 0; i < size;) {
            const bool ends = text[i] == QLatin1Char('\n');
            int end = i;
            while (end < size && (text[end] == QLatin1Char('\n')) == ends)
                ++end;
            if (ends)
                addLineEnds(step, token, i, end - i);
            else
                addText(step, token, text, i, end);
            i = end;
        }
    }

    /// Line ends share the line they end, however many follow each other: one glyph each.
    void addLineEnds(int step, int token, int begin, int count) {
        for (int i = 0; i < count;) {
            const int unit = m_layout.unit();
            const int room = std::max(1, (m_columns - m_column) / unit);
            if (m_column >= m_columns)
                breakLine(step);
            const int now = std::min(count - i, room);
            place(token, begin + i, now, now * unit);
            i += now;
        }
        m_pendingBreak = true;
    }

    void addText(int step, int token, const QString& text, int begin, int end) {
        if (m_pendingBreak)
            breakLine(step);
        const int width = m_layout.columnsFor(text.mid(begin, end - begin));
        if (m_column > 0 && m_column + width > m_columns)
            breakLine(step);
        if (width <= m_columns) {
            place(token, begin, end - begin, width);
            return;
        }
        // Longer than a line: broken between characters.
        int start = begin, used = 0;
        for (int i = begin; i < end;) {
            const int units = codePoint(text, i).second;
            const int columns = m_layout.columnsFor(text.mid(i, units));
            if (used + columns > m_columns && i > start) {
                place(token, start, i - start, used);
                breakLine(step);
                start = i;
                used = 0;
            }
            used += columns;
            i += units;
        }
        place(token, start, end - start, used);
    }

    void breakLine(int step) {
        newLine(step, false);
        m_pendingBreak = false;
    }

    void place(int token, int begin, int length, int columns) {
        Segment segment;
        segment.token = token;
        segment.column = m_column;
        segment.columns = std::max(1, columns);
        segment.textBegin = begin;
        segment.textLength = length;
        Line& line = m_layout.m_lines.back();
        m_layout.m_segments.push_back(segment);
        if (line.kind == LineKind::Tokens) {
            if (line.segments == 0)
                line.firstToken = token;
            line.lastToken = token;
        }
        ++line.segments;
        m_column += segment.columns;
        int& where = m_layout.m_lineOfToken[static_cast<std::size_t>(token)];
        if (where < 0)
            where = static_cast<int>(m_layout.m_lines.size()) - 1;
    }

    const TokenLayout& m_layout;
    int m_columns;
    std::vector<TokenCell> m_none;
    const std::vector<TokenCell>& m_tokens;
    int m_column = 0;
    bool m_pendingBreak = false;
};

void TokenLayout::setText(SnapshotPtr snapshot) {
    m_snapshot = std::move(snapshot);
    m_dirty = true;
}

void TokenLayout::setMetrics(const LayoutMetrics& metrics) {
    if (metrics == m_metrics)
        return;
    m_metrics = metrics;
    m_dirty = true;
}

void TokenLayout::setWidth(double width) {
    const int before = columns();
    m_width = width;
    if (columns() != before) // a pixel more that holds no further column changes nothing
        m_dirty = true;
}

void TokenLayout::setFolded(int step, bool folded) {
    if (folded == isFolded(step))
        return;
    folded ? void(m_folded.insert(step)) : void(m_folded.erase(step));
    m_dirty = true;
}

void TokenLayout::foldAll(bool folded) {
    const int steps = m_snapshot ? static_cast<int>(m_snapshot->steps.size()) : 0;
    for (int step = 1; step < steps; ++step)
        setFolded(step, folded);
}

void TokenLayout::setSharedSteps(int steps, bool folded) {
    if (steps == m_sharedSteps && folded == m_prefixFolded)
        return;
    m_sharedSteps = steps;
    m_prefixFolded = folded;
    m_dirty = true;
}

void TokenLayout::build() const {
    if (!m_dirty)
        return;
    Builder(*this).run();
    m_dirty = false;
    ++m_revision;
}

const std::vector<TokenLayout::Line>& TokenLayout::lines() const {
    build();
    return m_lines;
}

int TokenLayout::columns() const {
    const double room = m_width - m_metrics.textLeft() - m_metrics.right;
    return std::max(kFewestColumns * unit(), static_cast<int>(room / m_metrics.advance));
}

int TokenLayout::columnsFor(const QString& text) const {
    return m_metrics.measure ? static_cast<int>(std::ceil(m_metrics.measure->width(text)))
                             : columnsOf(text);
}

int TokenLayout::unit() const {
    return m_metrics.measure ? m_metrics.measure->blank() : 1;
}

double TokenLayout::height() const {
    return 2 * m_metrics.top + static_cast<double>(lines().size()) * m_metrics.line();
}

int TokenLayout::lineAt(double y) const {
    const int n = static_cast<int>(lines().size());
    const int at = static_cast<int>(std::floor((y - m_metrics.top) / m_metrics.line()));
    return n == 0 ? -1 : std::clamp(at, 0, n - 1);
}

QRectF TokenLayout::cellRect(int line, const Segment& s) const {
    const double left = std::round(m_metrics.textLeft() + s.column * m_metrics.advance);
    const double right =
        std::round(m_metrics.textLeft() + (s.column + s.columns) * m_metrics.advance);
    return {left, std::round(lineTop(line) + m_metrics.lane), right - left - 1, m_metrics.cell};
}

int TokenLayout::lineOf(int token) const {
    build();
    return token >= 0 && token < static_cast<int>(m_lineOfToken.size())
               ? m_lineOfToken[static_cast<std::size_t>(token)]
               : -1;
}

std::vector<QRectF> TokenLayout::rects(int token) const {
    std::vector<QRectF> out;
    const int first = lineOf(token);
    if (first < 0)
        return out;
    for (int l = first; l < static_cast<int>(m_lines.size()); ++l) {
        const Line& line = m_lines[static_cast<std::size_t>(l)];
        if (line.firstToken > token)
            break;
        for (int i = 0; i < line.segments; ++i)
            if (segment(line.firstSegment + i).token == token)
                out.push_back(cellRect(l, segment(line.firstSegment + i)));
    }
    return out;
}

bool TokenLayout::isVisible(int token) const {
    return !rects(token).empty();
}

int TokenLayout::tokenAt(QPointF point, bool nearest) const {
    const int l = lineAt(point.y());
    if (l < 0)
        return -1;
    const Line& line = m_lines[static_cast<std::size_t>(l)];
    int best = -1;
    double distance = 1e9;
    for (int i = 0; i < line.segments; ++i) {
        const Segment& s = segment(line.firstSegment + i);
        const QRectF cell = cellRect(l, s);
        // The gap belongs to the cell before it, the lane to the cell below.
        const QRectF target(cell.left(), lineTop(l), cell.width() + 1, m_metrics.line());
        if (target.top() <= point.y() && point.y() < target.bottom() &&
            target.left() <= point.x() && point.x() < target.right())
            return s.token;
        const double away = std::abs(cell.center().x() - point.x());
        if (away < distance) {
            distance = away;
            best = s.token;
        }
    }
    return nearest ? best : -1;
}

double TokenLayout::centreX(int token) const {
    const auto cells = rects(token);
    return cells.empty() ? m_metrics.textLeft() : cells.front().center().x();
}

int TokenLayout::verticalStep(int token, double x, int direction) const {
    const int from = lineOf(token);
    if (from < 0)
        return token;
    for (int l = from + direction; l >= 0 && l < static_cast<int>(m_lines.size()); l += direction) {
        if (m_lines[static_cast<std::size_t>(l)].segments == 0)
            continue;
        const int found = tokenAt({x, lineTop(l) + m_metrics.lane + m_metrics.cell / 2}, true);
        if (found >= 0 && found != token)
            return found;
    }
    return token;
}

int TokenLayout::tokenBelow(int token, double x) const {
    return verticalStep(token, x, 1);
}

int TokenLayout::tokenAbove(int token, double x) const {
    return verticalStep(token, x, -1);
}

int TokenLayout::firstOnLine(int token) const {
    const int l = lineOf(token);
    return l < 0 ? token : m_lines[static_cast<std::size_t>(l)].firstToken;
}

int TokenLayout::lastOnLine(int token) const {
    const int l = lineOf(token);
    return l < 0 ? token : m_lines[static_cast<std::size_t>(l)].lastToken;
}

} // namespace crux::ui
