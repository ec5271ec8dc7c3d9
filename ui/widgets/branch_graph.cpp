#include "ui/widgets/branch_graph.h"

#include "core/base/text_util.h"
#include "ui/widgets/format.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/theme_notifier.h"

#include <QAccessible>
#include <QContextMenuEvent>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QPainterPath>
#include <QSvgGenerator>
#include <QToolTip>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace crux::ui {

namespace {

constexpr double kWidth = 172, kHeight = 40, kForkWidth = 128, kForkHeight = 24;
constexpr double kGapX = 44, kGapY = 8, kMargin = 12;
constexpr int kSiblings = 12;   ///< shown of a row of siblings before more are asked for
constexpr int kMoreStep = 48;   ///< that "more" adds
constexpr int kMostNodes = 800; ///< whatever was asked for
constexpr double kLeastZoom = 0.25, kMostZoom = 2.5;

/// A key of a model row that outlives resets: its path, or its fork below that path.
qint64 keyOf(const QModelIndex& index) {
    const qint64 path = index.data(BranchTreeModel::PathRole).toLongLong();
    if (path != 0)
        return path;
    const qint64 above = index.parent().data(BranchTreeModel::PathRole).toLongLong();
    return -(above << 20 | index.data(BranchTreeModel::PositionRole).toInt());
}

Verdict verdictOf(const QModelIndex& index) {
    return static_cast<Verdict>(index.data(BranchTreeModel::VerdictRole).toInt());
}

QColor edgeColor(const BranchGraph::Node& node) {
    const Theme& theme = Theme::current();
    if (node.kind != BranchGraph::Node::Kind::Path)
        return theme.controlBorder;
    switch (verdictOf(node.index)) {
    case Verdict::Right:
        return theme.right;
    case Verdict::Wrong:
        return theme.wrong;
    default:
        return theme.noAnswer;
    }
}

} // namespace

BranchGraph::BranchGraph(BranchTreeModel& model, QWidget* parent)
    : QWidget(parent)
    , m_model(model) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    setAccessibleName(tr("Graph of the branches"));
    connect(&model, &QAbstractItemModel::modelReset, this, [this] {
        m_focus = -1;
        layOut();
    });
    connect(&model, &QAbstractItemModel::dataChanged, this, &BranchGraph::layOut);
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, this,
            qOverload<>(&QWidget::update));
    layOut();
}

// --- layout

int BranchGraph::addNode(Node node, int depth) {
    const bool small = node.kind != Node::Kind::Path;
    node.box.setSize(small ? QSizeF(kForkWidth, kForkHeight) : QSizeF(kWidth, kHeight));
    node.box.moveLeft(depth * (kWidth + kGapX));
    m_nodes.push_back(std::move(node));
    return static_cast<int>(m_nodes.size()) - 1;
}

/// Places a row and what lies below it from `top` on; returns where the next row may begin.
double BranchGraph::place(const QModelIndex& index, int parent, int depth, double top) {
    Node node;
    node.index = index;
    node.parent = parent;
    node.path = TrajectoryId{index.data(BranchTreeModel::PathRole).toLongLong()};
    node.kind = node.path ? Node::Kind::Path : Node::Kind::Fork;
    node.lead = index.data(BranchTreeModel::LeadRole).toString();
    node.tail = index.data(BranchTreeModel::TextRole).toString();
    const int at = addNode(std::move(node), depth);
    const std::size_t before = m_nodes.size();
    const double below = placeChildren(index, at, depth + 1, top);
    const double height = m_nodes[static_cast<std::size_t>(at)].box.height();
    // A node stands beside the middle of its children.
    double middle = top + height / 2;
    if (m_nodes.size() > before) {
        double first = 0, last = 0;
        for (std::size_t i = before; i < m_nodes.size(); ++i)
            if (m_nodes[i].parent == at) {
                last = m_nodes[i].box.center().y();
                first = first == 0 ? last : first;
            }
        middle = std::max(middle, (first + last) / 2);
    }
    m_nodes[static_cast<std::size_t>(at)].box.moveTop(middle - height / 2);
    return std::max(below, middle + height / 2 + kGapY);
}

double BranchGraph::placeChildren(const QModelIndex& index, int parent, int depth, double top) {
    const int count = m_model.rowCount(index);
    const int limit = std::min(count, m_limits.value(keyOf(index), kSiblings));
    int first = 0; // the window of siblings holds the one on the way to the selection
    for (const QModelIndex& link : m_chain)
        if (link.parent() == index)
            first = std::clamp(link.row() - limit / 2, 0, count - limit);
    const auto more = [&](int hidden, double at) {
        if (hidden <= 0)
            return at;
        Node node;
        node.kind = Node::Kind::More;
        node.index = index;
        node.parent = parent;
        node.hidden = hidden;
        node.lead = tr("%1 more").arg(format::integer(hidden));
        const int made = addNode(std::move(node), depth);
        m_nodes[static_cast<std::size_t>(made)].box.moveTop(at);
        return at + kForkHeight + kGapY;
    };
    top = more(first, top);
    int row = first;
    for (; row < first + limit && static_cast<int>(m_nodes.size()) < kMostNodes; ++row)
        top = place(m_model.index(row, 0, index), parent, depth, top);
    return more(count - row, top);
}

void BranchGraph::layOut() {
    m_nodes.clear();
    m_chain.clear();
    for (QModelIndex at = m_model.indexOfPath(m_selected); at.isValid(); at = at.parent())
        m_chain.push_back(at);
    if (m_model.rowCount() > 0)
        place(m_model.index(0, 0), -1, 0, 0);
    m_focus = std::min(m_focus, static_cast<int>(m_nodes.size()) - 1);
    if (m_fitted)
        fit();
    update();
}

QRectF BranchGraph::bounds() const {
    QRectF all;
    for (const Node& node : m_nodes)
        all = all.united(node.box);
    return all;
}

void BranchGraph::fit() {
    m_fitted = true;
    const QRectF all = bounds();
    if (all.isEmpty())
        return;
    const double across = (width() - 2 * kMargin) / all.width();
    const double down = (height() - 2 * kMargin) / all.height();
    // Readable before complete: a large tree is panned.
    m_zoom = std::clamp(std::min(across, down), 0.7, 1.0);
    m_origin = QPointF(kMargin, kMargin) - all.topLeft() * m_zoom;
    if (const int node = nodeOf(m_selected); node >= 0)
        ensureSeen(node);
    update();
}

int BranchGraph::nodeOf(TrajectoryId path) const {
    for (int i = 0; i < static_cast<int>(m_nodes.size()); ++i)
        if (path && m_nodes[static_cast<std::size_t>(i)].path == path)
            return i;
    return -1;
}

QRectF BranchGraph::viewRect(int node) const {
    const QRectF& box = m_nodes[static_cast<std::size_t>(node)].box;
    return {m_origin + box.topLeft() * m_zoom, box.size() * m_zoom};
}

void BranchGraph::ensureSeen(int node) {
    const QRectF box = viewRect(node).adjusted(-kMargin, -kMargin, kMargin, kMargin);
    QPointF shift;
    if (box.right() > width())
        shift.setX(width() - box.right());
    if (box.left() + shift.x() < 0)
        shift.setX(-box.left());
    if (box.bottom() > height())
        shift.setY(height() - box.bottom());
    if (box.top() + shift.y() < 0)
        shift.setY(-box.top());
    m_origin += shift;
    update();
}

void BranchGraph::setSelected(TrajectoryId path) {
    if (path == m_selected)
        return;
    m_selected = path;
    layOut(); // its siblings come into sight
    m_focus = nodeOf(path);
    if (m_focus >= 0)
        ensureSeen(m_focus);
}

void BranchGraph::showMore(int node) {
    const Node& more = m_nodes[static_cast<std::size_t>(node)];
    const qint64 key = keyOf(more.index);
    m_limits.insert(key, m_limits.value(key, kSiblings) + kMoreStep);
    m_fitted = false;
    layOut();
}

// --- painting

void BranchGraph::paintEdge(QPainter& painter, const Node& node) const {
    if (node.parent < 0)
        return;
    const QRectF& from = m_nodes[static_cast<std::size_t>(node.parent)].box;
    const QPointF begin(from.right(), from.center().y());
    const QPointF end(node.box.left(), node.box.center().y());
    QPainterPath path(begin);
    const double middle = node.box.left() - kGapX / 2;
    path.cubicTo(QPointF(middle, begin.y()), QPointF(middle, end.y()), end);
    const bool running =
        node.kind == Node::Kind::Path && node.index.data(BranchTreeModel::RunningRole).toBool();
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(edgeColor(node), 2, running ? Qt::DashLine : Qt::SolidLine));
    painter.drawPath(path);
}

void BranchGraph::paintNode(QPainter& painter, int at) const {
    const Theme& theme = Theme::current();
    const Node& node = m_nodes[static_cast<std::size_t>(at)];
    const bool chosen = node.path && node.path == m_selected;
    painter.setPen(QPen(node.kind == Node::Kind::Path ? edgeColor(node) : theme.buttonBorder,
                        node.kind == Node::Kind::Path ? 1.5 : 1));
    painter.setBrush(chosen ? theme.selection : theme.button);
    painter.drawRoundedRect(node.box, metrics::kRadius, metrics::kRadius);
    if (node.kind == Node::Kind::Path && node.index.data(BranchTreeModel::RunningRole).toBool())
        marks::paintHatch(painter, node.box.adjusted(1, 1, -1, -1), theme.hatch);
    if (at == m_focus && hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.accent, metrics::kFocusRing));
        painter.drawRoundedRect(node.box.adjusted(-2, -2, 2, 2), 4, 4);
    }
    QRectF line = node.box.adjusted(6, 3, -6, 0);
    line.setHeight(17);
    const auto text = [&](const QString& words, const QFont& font, const QColor& ink) {
        painter.setFont(font);
        painter.setPen(ink);
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                         QFontMetricsF(font).elidedText(words, Qt::ElideRight, line.width()));
    };
    if (node.kind == Node::Kind::More)
        return text(node.lead, fonts::ui(), theme.link);
    const auto mark = [&](Mark kind) {
        const QSizeF size = marks::size(kind);
        marks::paint(painter, kind, QPointF(line.left(), line.center().y() - size.height() / 2),
                     theme.text, theme.base);
        line.setLeft(line.left() + size.width() + 4);
    };
    if (node.index.data(BranchTreeModel::ForkRole).toBool())
        mark(Mark::Fork);
    if (node.kind == Node::Kind::Fork)
        return text(node.lead, fonts::fixed(), theme.text);
    if (node.index.data(BranchTreeModel::MainPathRole).toBool())
        mark(Mark::Bookmark);
    marks::paintVerdict(painter, QRectF(line.left(), line.center().y() - 8, 16, 16),
                        verdictOf(node.index),
                        static_cast<Source>(node.index.data(BranchTreeModel::SourceRole).toInt()),
                        node.index.data(BranchTreeModel::RunningRole).toBool());
    line.setLeft(line.left() + 20);
    text(node.lead,
         node.index.data(BranchTreeModel::RootRole).toBool() ? fonts::uiDemi() : fonts::fixed(),
         theme.text);
    line = QRectF(node.box.left() + 6, node.box.top() + 20, node.box.width() - 12, 17);
    QStringList facts;
    for (const int column : {BranchTreeModel::Answer, BranchTreeModel::P, BranchTreeModel::RightOfN})
        if (const QString fact = node.index.siblingAtColumn(column).data().toString();
            !fact.isEmpty())
            facts << (column == BranchTreeModel::P ? tr("p %1").arg(fact) : fact);
    facts << node.tail;
    text(facts.join(QStringLiteral(" · ")), fonts::small(), theme.secondText);
}

void BranchGraph::paintScene(QPainter& painter, const QRectF& seen) const {
    painter.setRenderHint(QPainter::Antialiasing);
    for (const Node& node : m_nodes) {
        const QRectF reach =
            node.parent < 0 ? node.box
                            : node.box.united(m_nodes[static_cast<std::size_t>(node.parent)].box);
        if (reach.intersects(seen))
            paintEdge(painter, node);
    }
    for (int i = 0; i < static_cast<int>(m_nodes.size()); ++i)
        if (m_nodes[static_cast<std::size_t>(i)].box.adjusted(-3, -3, 3, 3).intersects(seen))
            paintNode(painter, i);
}

void BranchGraph::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.fillRect(rect(), Theme::current().base);
    painter.translate(m_origin);
    painter.scale(m_zoom, m_zoom);
    paintScene(painter, QRectF(-m_origin / m_zoom, QSizeF(size()) / m_zoom));
    if (m_focus < 0 && hasFocus()) {
        painter.resetTransform();
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(Theme::current().accent, metrics::kFocusRing));
        painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    }
}

Status BranchGraph::exportSvg(const QString& file) const {
    const QRectF all = bounds().adjusted(-kMargin, -kMargin, kMargin, kMargin);
    QSvgGenerator svg;
    svg.setFileName(file);
    svg.setSize(all.size().toSize());
    svg.setViewBox(QRectF(QPointF(), all.size()));
    svg.setTitle(tr("Branches of trajectory %1").arg(m_model.root().value));
    QPainter painter;
    if (!painter.begin(&svg))
        return fail(ErrorCode::Io,
                    cat("cannot write ", file.toStdString(), "; check its folder and permissions"),
                    file.toStdString());
    painter.fillRect(QRectF(QPointF(), all.size()), Theme::current().base);
    painter.translate(-all.topLeft());
    paintScene(painter, all);
    painter.end();
    return {};
}

// --- input

int BranchGraph::nodeAt(QPointF position) const {
    for (int i = 0; i < static_cast<int>(m_nodes.size()); ++i)
        if (viewRect(i).contains(position))
            return i;
    return -1;
}

void BranchGraph::choose(int node) {
    if (node < 0)
        return;
    const Node chosen = m_nodes[static_cast<std::size_t>(node)];
    if (chosen.kind == Node::Kind::More)
        return showMore(node);
    m_focus = node;
    if (chosen.kind == Node::Kind::Path) {
        setSelected(chosen.path);
        Q_EMIT this->chosen(chosen.path);
    }
    update();
}

void BranchGraph::mousePressEvent(QMouseEvent* event) {
    m_pressed = event->button() == Qt::LeftButton || event->button() == Qt::MiddleButton;
    m_press = event->position();
    m_pressOrigin = m_origin;
    m_dragging = false;
}

void BranchGraph::mouseMoveEvent(QMouseEvent* event) {
    if (!m_pressed) {
        setCursor(nodeAt(event->position()) >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
        return;
    }
    const QPointF moved = event->position() - m_press;
    if (!m_dragging && moved.manhattanLength() < 5)
        return;
    m_dragging = true;
    m_fitted = false;
    m_origin = m_pressOrigin + moved;
    setCursor(Qt::ClosedHandCursor);
    update();
}

void BranchGraph::mouseReleaseEvent(QMouseEvent* event) {
    const bool click = m_pressed && !m_dragging && event->button() == Qt::LeftButton;
    m_pressed = m_dragging = false;
    setCursor(Qt::ArrowCursor);
    if (click)
        choose(nodeAt(event->position()));
}

void BranchGraph::wheelEvent(QWheelEvent* event) {
    if (event->modifiers() & Qt::ControlModifier) {
        setZoom(m_zoom * std::pow(1.0015, event->angleDelta().y()), event->position());
    } else {
        m_fitted = false;
        m_origin += QPointF(event->angleDelta()) / 2;
        update();
    }
    event->accept();
}

void BranchGraph::setZoom(double zoom, QPointF around) {
    zoom = std::clamp(zoom, kLeastZoom, kMostZoom);
    m_origin = around - (around - m_origin) * (zoom / m_zoom);
    m_zoom = zoom;
    m_fitted = false;
    update();
}

/// Left: the parent, right: the first child, up and down: the nearest node of the column.
void BranchGraph::moveBy(int dx, int dy) {
    if (m_nodes.empty())
        return;
    if (m_focus < 0) {
        m_focus = std::max(0, nodeOf(m_selected));
    } else {
        const Node& now = m_nodes[static_cast<std::size_t>(m_focus)];
        int best = -1;
        double nearest = 0;
        for (int i = 0; i < static_cast<int>(m_nodes.size()); ++i) {
            const Node& node = m_nodes[static_cast<std::size_t>(i)];
            const double down = node.box.center().y() - now.box.center().y();
            const bool fits = dx < 0   ? i == now.parent
                              : dx > 0 ? node.parent == m_focus
                                       : node.box.left() == now.box.left() && down * dy > 0;
            if (fits && (best < 0 || std::abs(down) < nearest)) {
                best = i;
                nearest = std::abs(down);
            }
        }
        if (best >= 0)
            m_focus = best;
    }
    const Node& node = m_nodes[static_cast<std::size_t>(m_focus)];
    setAccessibleDescription(node.index.data(Qt::AccessibleTextRole).toString() + node.lead);
    QAccessibleEvent told(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&told);
    ensureSeen(m_focus);
}

void BranchGraph::keyPressEvent(QKeyEvent* event) {
    const QPointF middle(width() / 2.0, height() / 2.0);
    if (event->modifiers() & ~(Qt::KeypadModifier | Qt::ShiftModifier))
        return QWidget::keyPressEvent(event);
    switch (event->key()) {
    case Qt::Key_Left:
        return moveBy(-1, 0);
    case Qt::Key_Right:
        return moveBy(1, 0);
    case Qt::Key_Up:
        return moveBy(0, -1);
    case Qt::Key_Down:
        return moveBy(0, 1);
    case Qt::Key_Return:
    case Qt::Key_Enter:
    case Qt::Key_Space:
        return choose(m_focus);
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return setZoom(m_zoom * 1.2, middle);
    case Qt::Key_Minus:
        return setZoom(m_zoom / 1.2, middle);
    case Qt::Key_0:
        return fit();
    default:
        QWidget::keyPressEvent(event);
    }
}

void BranchGraph::contextMenuEvent(QContextMenuEvent* event) {
    const int node =
        event->reason() == QContextMenuEvent::Keyboard ? m_focus : nodeAt(QPointF(event->pos()));
    if (node >= 0 && m_nodes[static_cast<std::size_t>(node)].path)
        Q_EMIT menuWanted(m_nodes[static_cast<std::size_t>(node)].path, event->globalPos());
}

void BranchGraph::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (m_fitted)
        fit();
}

void BranchGraph::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void BranchGraph::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

bool BranchGraph::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const int node = nodeAt(QPointF(help->pos()));
    const QString text =
        node < 0 ? QString()
                 : m_nodes[static_cast<std::size_t>(node)].index.data(Qt::ToolTipRole).toString();
    text.isEmpty() ? QToolTip::hideText() : QToolTip::showText(help->globalPos(), text, this);
    return true;
}

} // namespace crux::ui
