#include "ui/widgets/token_view.h"

#include "ui/widgets/hover_card.h"
#include "ui/widgets/theme_notifier.h"

#include <QAccessible>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>

namespace crux::ui {
namespace {

constexpr int kCardDelayMs = 300;

bool startsBlank(const TokenCell& token) {
    return token.text.isEmpty() || token.text.front().isSpace();
}

} // namespace

TokenView::TokenView(QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_font(HeatFont::at(1)) {
    installTokenAccessibility();
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setAccessibleName(tr("Heat map"));
    setAccessibleDescription(tr("Tokens with their contrastive scores; arrow keys move by token"));
    viewport()->setMouseTracking(true);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    m_layout.setMetrics(m_font.metrics());
    m_cardDelay.setSingleShot(true);
    m_cardDelay.setInterval(kCardDelayMs);
    connect(&m_cardDelay, &QTimer::timeout, this, &TokenView::openCard);
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, viewport(),
            [this] { viewport()->update(); });
}

TokenView::~TokenView() = default;

void TokenView::setData(HeatDataPtr data) {
    const bool newText = !data || !m_data || data->snapshotPtr() != m_data->snapshotPtr();
    // A branch gets its id only after its first tokens: none -> id is the same trajectory.
    const bool newTrajectory = !data || !m_data ||
                               (data->snapshot().record.id != m_data->snapshot().record.id &&
                                (m_data->snapshot().record.id || !m_data->relation().streaming));
    // While a search draws, the same words come several times a second: the card stays.
    const bool sameWords = !newTrajectory && data->count() == m_data->count();
    m_data = std::move(data);
    if (!sameWords)
        hideCard();
    if (newTrajectory) {
        m_layout = TokenLayout();
        m_layout.setMetrics(m_font.metrics());
        m_state.cursor = m_state.hover = m_state.selectionFirst = m_state.selectionLast = -1;
        verticalScrollBar()->setValue(0);
    }
    if (newText)
        m_layout.setText(m_data ? m_data->snapshotPtr() : nullptr);
    applyRelation(newTrajectory);
    if (m_data && m_state.cursor >= m_data->count())
        m_state.cursor = -1;
    relayout();
}

/// Steps that lie wholly in the shared prefix fold to one line when a pair is first shown.
void TokenView::applyRelation(bool newTrajectory) {
    if (!m_data || m_data->relation().firstDifference < 0) {
        m_layout.setSharedSteps(0, false);
        return;
    }
    const auto& steps = m_data->snapshot().steps;
    int shared = 0;
    // The step before the one that differs stays open: it is the context one reads first.
    while (shared + 1 < static_cast<int>(steps.size()) &&
           steps[static_cast<std::size_t>(shared) + 1].last < m_data->relation().sharedTokens)
        ++shared;
    const int foldable = std::max(0, shared - 1);
    const bool isNew = newTrajectory || foldable != m_layout.sharedSteps();
    m_layout.setSharedSteps(foldable, isNew ? foldable > 0 : m_layout.prefixFolded());
}

void TokenView::setZoom(double zoom) {
    zoom = std::clamp(zoom, 0.5, 4.0);
    if (zoom == m_font.zoom)
        return;
    takeFont(zoom, m_font.proportional);
}

void TokenView::setProportional(bool proportional) {
    if (proportional != m_font.proportional)
        takeFont(m_font.zoom, proportional);
}

void TokenView::takeFont(double zoom, bool proportional) {
    m_font = HeatFont::at(zoom, proportional);
    m_layout.setMetrics(m_font.metrics());
    relayout();
    if (m_state.cursor >= 0)
        reveal(m_state.cursor);
}

void TokenView::setShowBlanks(bool show) {
    m_state.blanks = show;
    viewport()->update();
}

void TokenView::setRingLive(bool live) {
    if (live != m_state.focused) {
        m_state.focused = live;
        viewport()->update();
    }
}

void TokenView::setPlainText(bool plain) {
    if (plain != m_state.plain) {
        m_state.plain = plain;
        viewport()->update();
    }
}

void TokenView::relayout() {
    m_layout.setWidth(viewport()->width());
    const int height = static_cast<int>(std::ceil(m_data ? m_layout.height() : 0));
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setSingleStep(static_cast<int>(m_layout.metrics().line()));
    verticalScrollBar()->setRange(0, std::max(0, height - viewport()->height()));
    viewport()->update();
    Q_EMIT layoutChanged();
}

QPointF TokenView::toLayout(const QPoint& point) const {
    return point + QPoint(0, verticalScrollBar()->value());
}

QRectF TokenView::visiblePart() const {
    return {0, static_cast<double>(verticalScrollBar()->value()),
            static_cast<double>(viewport()->width()), static_cast<double>(viewport()->height())};
}

QRect TokenView::cellInViewport(int token) const {
    const auto cells = m_layout.rects(token);
    return cells.empty() ? QRect()
                         : cells.front().translated(0, -verticalScrollBar()->value()).toRect();
}

void TokenView::paintEvent(QPaintEvent* event) {
    QPainter painter(viewport());
    painter.fillRect(event->rect(), Theme::current().base);
    if (!m_data)
        return;
    const int offset = verticalScrollBar()->value();
    painter.translate(0, -offset);
    // A line's marks reach into the line above: one more on each side.
    const int first = m_layout.lineAt(event->rect().top() + offset) - 1;
    const int last = m_layout.lineAt(event->rect().bottom() + offset) + 1;
    if (last >= 0)
        HeatPainter(*m_data, m_layout, m_font).paint(painter, first, last, m_state);
}

void TokenView::resizeEvent(QResizeEvent* event) {
    // The same text stays at the top when lines break elsewhere; a cursor in sight stays in sight.
    const int topLine = m_data ? m_layout.lineAt(verticalScrollBar()->value()) : -1;
    const int topToken =
        topLine > 0 ? m_layout.lines()[static_cast<std::size_t>(topLine)].firstToken : -1;
    const bool cursorSeen =
        viewport()->rect().intersects(cellInViewport(m_state.cursor)) || !isVisible();
    QAbstractScrollArea::resizeEvent(event);
    relayout();
    if (topToken >= 0)
        verticalScrollBar()->setValue(
            static_cast<int>(m_layout.lineTop(std::max(0, m_layout.lineOf(topToken)))));
    if (cursorSeen)
        reveal(m_state.cursor);
}

void TokenView::scrollContentsBy(int dx, int dy) {
    hideCard();
    QAbstractScrollArea::scrollContentsBy(dx, dy);
    viewport()->update();
    Q_EMIT layoutChanged();
}

void TokenView::setCursor(int token) {
    if (!m_data || token >= m_data->count())
        token = -1;
    if (token == m_state.cursor)
        return;
    m_state.cursor = token;
    m_columnX = -1;
    if (token >= 0) {
        reveal(token);
        announce();
    }
    viewport()->update();
}

void TokenView::reveal(int token) {
    if (!m_data || token < 0 || token >= m_data->count())
        return;
    if (!m_layout.isVisible(token)) {
        const int step = m_data->snapshot().tokens[static_cast<std::size_t>(token)].step;
        if (m_layout.prefixFolded() && step <= m_layout.sharedSteps())
            m_layout.setSharedSteps(m_layout.sharedSteps(), false);
        m_layout.setFolded(step, false);
        relayout();
    }
    const int line = m_layout.lineOf(token);
    if (line < 0)
        return;
    const int top = static_cast<int>(m_layout.lineTop(line));
    const int height = static_cast<int>(m_layout.metrics().line());
    QScrollBar* bar = verticalScrollBar();
    if (top < bar->value())
        bar->setValue(top - height);
    else if (top + height + 8 > bar->value() + viewport()->height())
        bar->setValue(top + 2 * height - viewport()->height());
}

void TokenView::setHover(int token) {
    if (token == m_state.hover)
        return;
    m_state.hover = token;
    viewport()->update();
}

void TokenView::setSelection(int first, int last) {
    m_state.selectionFirst = first;
    m_state.selectionLast = last;
    viewport()->update();
}

void TokenView::setMatches(std::vector<TokenMatch> matches) {
    if (matches == m_state.matches)
        return;
    m_state.matches = std::move(matches);
    viewport()->update();
    Q_EMIT layoutChanged(); // the overview ticks them
}

QString TokenView::selectedText() const {
    if (!m_data)
        return {};
    int first = m_state.selectionFirst, last = m_state.selectionLast;
    if (first < 0)
        first = last = m_state.cursor;
    QString text;
    for (int i = std::max(0, first); first >= 0 && i <= last && i < m_data->count(); ++i)
        text += m_data->snapshot().tokens[static_cast<std::size_t>(i)].text;
    return text;
}

void TokenView::toggleFold(int step) {
    if (m_layout.prefixFolded() && step <= m_layout.sharedSteps())
        m_layout.setSharedSteps(m_layout.sharedSteps(), false);
    else
        m_layout.setFolded(step, !m_layout.isFolded(step));
    relayout();
}

void TokenView::foldAll(bool folded) {
    m_layout.foldAll(folded);
    relayout();
}

int TokenView::nextOf(const std::vector<int>& positions, int direction) const {
    if (direction > 0) {
        const auto it = std::upper_bound(positions.begin(), positions.end(), m_state.cursor);
        return it == positions.end() ? m_state.cursor : *it;
    }
    const auto it = std::lower_bound(positions.begin(), positions.end(),
                                     m_state.cursor < 0 ? m_data->count() : m_state.cursor);
    return it == positions.begin() ? m_state.cursor : *std::prev(it);
}

/// The next token that is not hidden by a fold.
int TokenView::visibleStep(int from, int direction) const {
    for (int t = from + direction; t >= 0 && t < m_data->count(); t += direction)
        if (m_layout.isVisible(t))
            return t;
    return from;
}

int TokenView::wordStep(int direction) const {
    const auto& tokens = m_data->snapshot().tokens;
    int at = m_state.cursor;
    do {
        const int next = visibleStep(at, direction);
        if (next == at)
            break;
        at = next;
    } while (!startsBlank(tokens[static_cast<std::size_t>(at)]) && at > 0 &&
             tokens[static_cast<std::size_t>(at)].step ==
                 tokens[static_cast<std::size_t>(at) - 1].step);
    return at;
}

int TokenView::target(Move move) {
    const int at = m_state.cursor;
    const bool vertical = move == Move::Up || move == Move::Down;
    if (vertical && m_columnX < 0)
        m_columnX = m_layout.centreX(at);
    const double x = m_columnX;
    if (!vertical)
        m_columnX = -1;
    switch (move) {
    case Move::Left:
        return visibleStep(at, -1);
    case Move::Right:
        return visibleStep(at, 1);
    case Move::WordLeft:
        return wordStep(-1);
    case Move::WordRight:
        return wordStep(1);
    case Move::Up:
        return m_layout.tokenAbove(at, x);
    case Move::Down:
        return m_layout.tokenBelow(at, x);
    case Move::LineStart:
        return m_layout.firstOnLine(at);
    case Move::LineEnd:
        return m_layout.lastOnLine(at);
    case Move::NextCandidate:
        return nextOf(m_data->candidates(), 1);
    case Move::PreviousCandidate:
        return nextOf(m_data->candidates(), -1);
    case Move::NextFork:
        return nextOf(m_data->forks(), 1);
    case Move::PreviousFork:
        return nextOf(m_data->forks(), -1);
    case Move::First:
        return visibleStep(-1, 1);
    case Move::Last:
        return visibleStep(m_data->count(), -1);
    }
    return at;
}

void TokenView::moveCursor(Move move) {
    if (!m_data || m_data->count() == 0)
        return;
    const bool jumps = move == Move::NextCandidate || move == Move::PreviousCandidate ||
                       move == Move::NextFork || move == Move::PreviousFork;
    int to = m_state.cursor;
    if (to < 0 && !jumps) // the first key shows the cursor at the first response token
        to = std::clamp(m_data->promptTokens(), 0, m_data->count() - 1);
    else
        to = target(move);
    if (to < 0 || to == m_state.cursor)
        return;
    const double x = m_columnX;
    setCursor(to);
    m_columnX = x;
    Q_EMIT cursorMoved(to);
}

void TokenView::announce() {
    if (!QAccessible::isActive())
        return;
    QAccessibleEvent event(this, QAccessible::Focus);
    event.setChild(m_state.cursor);
    QAccessible::updateAccessibility(&event);
}

void TokenView::openCard() {
    if (!m_data || m_state.hover < 0 || m_state.hover >= m_data->count())
        return;
    const QRect cell = cellInViewport(m_state.hover);
    if (!cell.isValid())
        return;
    if (!m_card)
        m_card = std::make_unique<HoverCard>(this);
    m_card->showFor(*m_data, m_state.hover,
                    QRect(viewport()->mapToGlobal(cell.topLeft()), cell.size()));
}

void TokenView::hideCard() {
    m_cardDelay.stop();
    if (m_card)
        m_card->hide();
}

bool TokenView::cardVisible() const {
    return m_card && m_card->isVisible();
}

} // namespace crux::ui
