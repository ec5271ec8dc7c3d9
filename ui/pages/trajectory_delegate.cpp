#include "ui/pages/trajectory_delegate.h"

#include "ui/model/trajectory_table_model.h"
#include "ui/widgets/color_scale.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QPainter>
#include <QStyle>

namespace crux::ui {

namespace {

/// What the style draws below the text: alternation, selection, focus.
void paintBackground(QPainter* painter, const QStyleOptionViewItem& option,
                     const QModelIndex& index, const QStyledItemDelegate&) {
    QStyleOptionViewItem plain = option;
    plain.index = index;
    plain.text.clear();
    const QStyle* style = option.widget ? option.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &plain, painter, option.widget);
}

} // namespace

TrajectoryDelegate::TrajectoryDelegate(const ViewSettings& view, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_view(view) {}

void paintScoreStrip(QPainter& painter, const QRectF& box, const std::string& strip,
                     PaletteName palette) {
    const Theme& theme = Theme::current();
    const double width = box.width() / static_cast<double>(strip.size());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    for (std::size_t i = 0; i < strip.size(); ++i) {
        const double heat = static_cast<double>(static_cast<unsigned char>(strip[i])) / 255.0;
        painter.fillRect(QRectF(box.left() + width * static_cast<double>(i), box.top(), width + 0.5,
                                box.height()),
                         ramps::sequential(palette, theme.name, heat).fill);
    }
    painter.setPen(theme.controlBorder);
    painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5));
    painter.restore();
}

/// Small marks on the upper edge of the strip: the lowest candidate of a wrong trajectory, and the
/// critical token.
void paintStripMarks(QPainter& painter, const QRectF& box, const store::TrajectorySummary& row) {
    const auto mark = [&](Mark what, std::int32_t position) {
        constexpr double kScale = 0.6;
        const double x = box.left() + box.width() * (position + 0.5) / std::max(1, row.tokens);
        const QSizeF size = marks::size(what) * kScale;
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.translate(x - size.width() / 2, box.top() - size.height() + 1);
        painter.scale(kScale, kScale);
        marks::paint(painter, what, {0, 0}, Theme::current().text, Theme::current().base);
        painter.restore();
    };
    const bool found = row.critical == store::CriticalState::Found ||
                       row.critical == store::CriticalState::Confirmed;
    if (row.verdict == Verdict::Wrong && row.minSPosition >= 0 &&
        !(found && row.criticalPosition == row.minSPosition))
        mark(Mark::Candidate, row.minSPosition);
    if (found && row.criticalPosition >= 0)
        mark(Mark::Critical, row.criticalPosition);
}

/// Mark, position, token in the fixed font.
void TrajectoryDelegate::paintCritical(QPainter* painter, const QStyleOptionViewItem& option,
                                       const QModelIndex& index) const {
    paintBackground(painter, option, index, *this);
    const auto* row = reinterpret_cast<const store::TrajectorySummary*>(
        index.data(TrajectoryTableModel::SummaryRole).value<quintptr>());
    if (!row || row->critical == store::CriticalState::NotSearched)
        return;
    const Theme& theme = Theme::current();
    const bool found = row->critical == store::CriticalState::Found ||
                       row->critical == store::CriticalState::Confirmed;
    painter->save();
    QRectF box = QRectF(option.rect).adjusted(metrics::kCellPadding, 0, -metrics::kCellPadding, 0);
    if (found)
        marks::paint(*painter, Mark::Critical, QPointF(box.left(), box.center().y() - 4),
                     theme.text);
    box.setLeft(box.left() + 14);
    const QString text = index.data().toString();
    const QString number = text.section(QLatin1Char(' '), 0, 0);
    painter->setFont(fonts::ui());
    painter->setPen(found ? theme.text : theme.secondText);
    const QFontMetricsF numbers(fonts::ui());
    painter->drawText(box, Qt::AlignLeft | Qt::AlignVCenter, number);
    box.setLeft(box.left() + numbers.horizontalAdvance(number) + 6);
    painter->setFont(fonts::fixed());
    painter->drawText(box, Qt::AlignLeft | Qt::AlignVCenter,
                      painter->fontMetrics().elidedText(text.section(QLatin1Char(' '), 1),
                                                        Qt::ElideRight,
                                                        static_cast<int>(box.width())));
    painter->restore();
}

void TrajectoryDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                               const QModelIndex& index) const {
    const int column = index.column();
    if (column == TrajectoryTableModel::Critical) {
        paintCritical(painter, option, index);
        return;
    }
    if (column != TrajectoryTableModel::Verdict && column != TrajectoryTableModel::Scores) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    paintBackground(painter, option, index, *this);
    const auto* row = reinterpret_cast<const store::TrajectorySummary*>(
        index.data(TrajectoryTableModel::SummaryRole).value<quintptr>());
    if (!row)
        return;
    if (column == TrajectoryTableModel::Verdict) {
        marks::paintVerdict(*painter, QRectF(option.rect), row->verdict, row->source);
        return;
    }
    if (row->strip.empty())
        return;
    QRectF box(0, 0, std::min<double>(metrics::kStripWidth, option.rect.width() - 8),
               metrics::kStripHeight);
    box.moveCenter(QRectF(option.rect).center());
    box.moveLeft(std::floor(option.rect.left() + 4.0) + 0.0);
    box.moveTop(std::floor(box.top()));
    paintScoreStrip(*painter, box, row->strip,
                    m_view.palette == PaletteName::UnderlineOnly ? PaletteName::Grey
                                                                 : m_view.palette);
    paintStripMarks(*painter, box, *row);
}

QSize TrajectoryDelegate::sizeHint(const QStyleOptionViewItem& option,
                                   const QModelIndex& index) const {
    if (index.column() == TrajectoryTableModel::Verdict)
        return {24, metrics::kRow};
    if (index.column() == TrajectoryTableModel::Scores)
        return {metrics::kStripWidth + 8, metrics::kRow};
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(metrics::kRow);
    return size;
}

} // namespace crux::ui
