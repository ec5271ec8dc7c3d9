#include "ui/widgets/icicle.h"

#include "core/spec/intervals.h"
#include "ui/widgets/format.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/theme_notifier.h"

#include <QAccessible>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace crux::ui {

namespace {
constexpr double kLeastHeight = 1.5; ///< blocks lower than this are not drawn one by one
constexpr double kTextHeight = 13;
} // namespace

Icicle::Icicle(QWidget* parent)
    : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Next tokens"));
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, this,
            qOverload<>(&QWidget::update));
}

void Icicle::setTree(NextTokenTree tree) {
    const bool same = tree.trajectory == m_tree.trajectory && tree.position == m_tree.position;
    m_tree = std::move(tree);
    if (!same || (!m_root.empty() && !nodeAt(m_tree, m_root)))
        m_root.clear();
    if (!same || (!m_current.empty() && !nodeAt(m_tree, m_current)))
        m_current.clear();
    m_hover.clear();
    update();
    Q_EMIT zoomed(m_root);
}

void Icicle::setDepth(int levels) {
    m_depth = std::clamp(levels, 1, 5);
    update();
}

const std::vector<NextToken>& Icicle::levelAt(const Way& way) const {
    const NextToken* node = nodeAt(m_tree, way);
    return node ? node->children : m_tree.first;
}

void Icicle::addBlocks(std::vector<Block>& list, const Way& way, int level, double top,
                       double height) const {
    if (level >= m_depth)
        return;
    const double width = static_cast<double>(this->width()) / m_depth;
    const auto& tokens = levelAt(way);
    double y = top;
    for (int i = 0; i < static_cast<int>(tokens.size()); ++i) {
        const double share = tokens[static_cast<std::size_t>(i)].p * height;
        if (share < kLeastHeight)
            continue;
        Way child = way;
        child.push_back(i);
        list.push_back({child, QRectF(std::round(level * width), y, std::round(width), share)});
        addBlocks(list, child, level + 1, y, share);
        y += share;
    }
}

std::vector<Icicle::Block> Icicle::blocks() const {
    std::vector<Block> list;
    if (m_root.empty() || !nodeAt(m_tree, m_root)) {
        addBlocks(list, {}, 0, 0, height());
    } else { // the zoomed block fills the first column
        list.push_back(
            {m_root, QRectF(0, 0, std::round(static_cast<double>(width()) / m_depth), height())});
        addBlocks(list, m_root, 1, 0, height());
    }
    return list;
}

QString Icicle::tip(const Way& way) const {
    const NextToken* node = nodeAt(m_tree, way);
    if (!node)
        return {};
    QStringList parts{QStringLiteral("“%1”").arg(format::visibleBlanks(node->text)),
                      tr("p %1").arg(format::probability(node->p))};
    switch (node->from) {
    case NextToken::From::Stored:
        parts << tr("stored alternatives");
        break;
    case NextToken::From::Rollouts:
        parts << tr("share of the rollouts");
        break;
    case NextToken::From::Computed:
        parts << tr("asked of the model");
        break;
    }
    if (node->original)
        parts << tr("the trajectory's own token");
    if (node->total > 0) {
        const Interval ends = wilson(node->right, node->total);
        parts << tr("%1 of %2 rollouts right (%3 – %4)")
                     .arg(node->right)
                     .arg(node->total)
                     .arg(format::number(ends.low), format::number(ends.high));
    }
    if (node->children.empty())
        parts << (node->end ? tr("the text ends here") : tr("Enter asks what follows"));
    return parts.join(QStringLiteral(" · "));
}

void Icicle::paintBlock(QPainter& painter, const Block& block) const {
    const Theme& theme = Theme::current();
    const NextToken* node = nodeAt(m_tree, block.way);
    if (!node)
        return;
    const QRectF box = block.box.adjusted(0, 0, -1, block.box.height() > 3 ? -1 : 0);
    const bool current = block.way == m_current;
    painter.fillRect(box, current                ? theme.selection
                          : block.way == m_hover ? theme.selectionNoFocus
                                                 : theme.alternateRow);
    painter.fillRect(QRectF(box.left(), box.top(), node->original ? 4 : 1, box.height()),
                     node->original ? theme.text : theme.line);
    painter.fillRect(QRectF(box.left(), box.bottom(), box.width(), 1), theme.line);
    double right = box.right() - 4;
    if (node->total > 0) { // what the rollouts through here say
        const double share = static_cast<double>(node->right) / node->total;
        const QRectF bar(box.right() - 6, box.top() + 1, 5, std::max(1.0, box.height() - 2));
        painter.fillRect(bar, theme.wrong);
        painter.fillRect(QRectF(bar.left(), bar.top(), bar.width(), bar.height() * share),
                         theme.right);
        right -= 8;
    }
    if (current && hasFocus()) {
        painter.setPen(QPen(theme.accent, metrics::kFocusRing));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(box.adjusted(1, 1, -1, -1));
    }
    if (box.height() < kTextHeight)
        return;
    const QFont font = fonts::fixed();
    const QString p = format::probability(node->p);
    const double pWidth = QFontMetricsF(fonts::small()).horizontalAdvance(p) + 6;
    const QRectF line(box.left() + 8, box.top(), right - box.left() - 8,
                      std::min(box.height(), 20.0));
    const bool room = line.width() > pWidth + 30;
    painter.setFont(font);
    painter.setPen(theme.text);
    painter.drawText(line.adjusted(0, 0, room ? -pWidth : 0, 0), Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetricsF(font).elidedText(format::visibleBlanks(node->text),
                                                    Qt::ElideRight,
                                                    line.width() - (room ? pWidth : 0)));
    if (room) {
        painter.setFont(fonts::small());
        painter.setPen(theme.secondText);
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, p);
    }
    if (box.height() < 36 || node->total == 0)
        return;
    painter.setFont(fonts::small());
    painter.setPen(theme.secondText);
    painter.drawText(line.translated(0, 17), Qt::AlignLeft | Qt::AlignVCenter,
                     tr("%1 of %2 right").arg(node->right).arg(node->total));
}

void Icicle::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.base);
    // What is not listed keeps its place, hatched: the blocks of a level need not add up to one.
    const std::vector<Block> list = blocks();
    const double width = static_cast<double>(this->width()) / m_depth;
    const auto remainder = [&](const Way& way, int level, const QRectF& of) {
        double used = 0;
        for (const NextToken& token : levelAt(way))
            used += token.p * of.height() < kLeastHeight ? 0 : token.p * of.height();
        const double left = of.height() - used;
        if (level < m_depth && !levelAt(way).empty() && left >= 2)
            marks::paintHatch(
                painter,
                QRectF(std::round(level * width), of.bottom() - left, std::round(width) - 1, left),
                theme.hatch);
    };
    if (m_root.empty())
        remainder({}, 0, QRectF(rect()));
    for (const Block& block : list) {
        paintBlock(painter, block);
        remainder(block.way, static_cast<int>(std::lround(block.box.right() / width)), block.box);
    }
    if (m_current.empty() && hasFocus()) {
        painter.setPen(QPen(theme.accent, metrics::kFocusRing));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    }
}

Icicle::Way Icicle::wayAt(QPointF position) const {
    Way found;
    for (const Block& block : blocks())
        if (block.box.contains(position))
            found = block.way;
    return found;
}

void Icicle::zoomTo(const Way& way) {
    const NextToken* node = nodeAt(m_tree, way);
    if (!way.empty() && !node)
        return;
    m_root = way;
    m_current = way;
    update();
    Q_EMIT zoomed(m_root);
    Q_EMIT currentMoved();
    if (node && node->children.empty() && !node->end)
        Q_EMIT deeperWanted(way);
}

void Icicle::zoomOut() {
    if (m_root.empty())
        return;
    Way up = m_root;
    up.pop_back();
    const Way was = m_root;
    zoomTo(up);
    setCurrent(was);
}

void Icicle::setCurrent(const Way& way) {
    m_current = way;
    setAccessibleDescription(tip(way));
    QAccessibleEvent told(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&told);
    update();
    Q_EMIT currentMoved();
}

void Icicle::keyPressEvent(QKeyEvent* event) {
    const auto sibling = [&](int step) {
        if (m_current.size() <= m_root.size())
            return;
        Way way = m_current;
        const Way above(way.begin(), way.end() - 1);
        way.back() = std::clamp(way.back() + step, 0, static_cast<int>(levelAt(above).size()) - 1);
        setCurrent(way);
    };
    switch (event->key()) {
    case Qt::Key_Up:
        return sibling(-1);
    case Qt::Key_Down:
        if (m_current.empty() && !m_tree.first.empty())
            return setCurrent({0});
        return sibling(1);
    case Qt::Key_Right:
        if (!levelAt(m_current).empty() && (m_current.empty() || nodeAt(m_tree, m_current))) {
            Way way = m_current;
            way.push_back(0);
            setCurrent(way);
        }
        return;
    case Qt::Key_Left:
        if (m_current.size() > std::max<std::size_t>(m_root.size(), 1)) {
            Way way = m_current;
            way.pop_back();
            setCurrent(way);
        }
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (!m_current.empty())
            zoomTo(m_current);
        return;
    case Qt::Key_Backspace:
        return zoomOut();
    case Qt::Key_Menu:
        Q_EMIT menuWanted(m_current, mapToGlobal(rect().center()));
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void Icicle::mouseReleaseEvent(QMouseEvent* event) {
    const Way way = wayAt(event->position());
    if (event->button() != Qt::LeftButton || way.empty())
        return;
    way == m_root ? zoomOut() : zoomTo(way);
}

void Icicle::mouseMoveEvent(QMouseEvent* event) {
    const Way way = wayAt(event->position());
    if (way == m_hover)
        return;
    m_hover = way;
    setCursor(way.empty() ? Qt::ArrowCursor : Qt::PointingHandCursor);
    update();
}

void Icicle::contextMenuEvent(QContextMenuEvent* event) {
    const Way way = wayAt(QPointF(event->pos()));
    if (way.empty())
        return;
    setCurrent(way);
    Q_EMIT menuWanted(way, event->globalPos());
}

void Icicle::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void Icicle::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

void Icicle::leaveEvent(QEvent*) {
    m_hover.clear();
    update();
}

bool Icicle::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const QString text = tip(wayAt(QPointF(help->pos())));
    text.isEmpty() ? QToolTip::hideText() : QToolTip::showText(help->globalPos(), text, this);
    return true;
}

} // namespace crux::ui
