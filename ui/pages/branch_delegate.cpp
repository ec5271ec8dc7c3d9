#include "ui/pages/branch_delegate.h"

#include "ui/model/branch_tree_model.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QPainter>

#include <utility>

namespace crux::ui {

namespace {
constexpr int kShareInterval = 34;
}

void BranchDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                           const QModelIndex& index) const {
    if (const int total = index.data(BranchTreeModel::TotalRole).toInt(); total > 0)
        return paintShare(*painter, option, index, total);
    if (index.column() != BranchTreeModel::Node) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    QStyleOptionViewItem plain = option;
    plain.index = index;
    const QStyle* style = option.widget ? option.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &plain, painter, option.widget);

    const Theme& theme = Theme::current();
    QRectF rest = QRectF(option.rect).adjusted(2, 0, -4, 0);
    const double middle = rest.center().y();
    const auto take = [&](double width) {
        const QRectF box(rest.left(), middle - 8, width, 16);
        rest.setLeft(rest.left() + width + 4);
        return box;
    };
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const auto mark = [&](Mark kind) {
        const QRectF box = take(12);
        const QSizeF size = marks::size(kind);
        marks::paint(*painter, kind,
                     QPointF(box.center().x() - size.width() / 2, middle - size.height() / 2),
                     theme.text, theme.base);
    };
    const bool isPath = index.data(BranchTreeModel::PathRole).toLongLong() > 0;
    if (index.data(BranchTreeModel::ForkRole).toBool())
        mark(Mark::Fork);
    if (index.data(BranchTreeModel::MainPathRole).toBool())
        mark(Mark::Bookmark);
    if (isPath)
        marks::paintVerdict(*painter, take(16),
                            static_cast<Verdict>(index.data(BranchTreeModel::VerdictRole).toInt()),
                            static_cast<Source>(index.data(BranchTreeModel::SourceRole).toInt()),
                            index.data(BranchTreeModel::RunningRole).toBool());
    const bool unread = index.data(BranchTreeModel::UnreadRole).toBool();
    if (unread) // the dot has its own place
        rest.setRight(rest.right() - 10);
    const bool root = index.data(BranchTreeModel::RootRole).toBool();
    const auto text = [&](const QString& words, const QFont& font, const QColor& ink) {
        if (words.isEmpty() || rest.width() < 8)
            return;
        const QFontMetricsF sizes(font);
        const QString shown = sizes.elidedText(words, Qt::ElideRight, rest.width());
        painter->setFont(font);
        painter->setPen(ink);
        painter->drawText(rest, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, shown);
        rest.setLeft(rest.left() + sizes.horizontalAdvance(shown) + 5);
    };
    text(index.data(BranchTreeModel::LeadRole).toString(), root ? fonts::uiDemi() : fonts::fixed(),
         theme.text);
    text(index.data(BranchTreeModel::TextRole).toString(), fonts::ui(),
         isPath ? theme.secondText : theme.text);
    if (unread) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.accent);
        painter->drawEllipse(QPointF(option.rect.right() - 6.0, middle), 3.0, 3.0);
    }
    painter->restore();
}

/// "5/8" and its interval at the right, as beside the alternatives.
void BranchDelegate::paintShare(QPainter& painter, const QStyleOptionViewItem& option,
                                const QModelIndex& index, int total) const {
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    const QString words = std::exchange(cell.text, QString());
    const QStyle* style = option.widget ? option.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &cell, &painter, option.widget);
    QRectF box = QRectF(option.rect).adjusted(4, 0, -4, 0);
    painter.save();
    marks::paintInterval(
        painter, QRectF(box.right() - kShareInterval, box.top(), kShareInterval, box.height()),
        index.data(BranchTreeModel::RightRole).toInt(), total);
    box.setRight(box.right() - kShareInterval - 5);
    painter.setPen(Theme::current().text);
    painter.setFont(cell.font);
    painter.drawText(box, Qt::AlignRight | Qt::AlignVCenter, words);
    painter.restore();
}

QSize BranchDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(metrics::kRow);
    return size;
}

} // namespace crux::ui
