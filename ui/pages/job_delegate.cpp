#include "ui/pages/job_delegate.h"

#include "ui/model/job_model.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QPainter>

namespace crux::ui {

void JobDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
    const bool state = index.column() == JobModel::State;
    const bool progress = index.column() == JobModel::Progress;
    if ((!state && !progress) || index.data(JobModel::DetailsRole).toBool()) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    QStyleOptionViewItem plain = option;
    plain.index = index;
    const QStyle* style = option.widget ? option.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &plain, painter, option.widget);
    const Theme& theme = Theme::current();
    const QRect box = option.rect.adjusted(4, 0, -4, 0);
    const QString words = index.data().toString();
    painter->save();
    painter->setFont(fonts::ui());
    if (state) {
        marks::paintJobState(*painter, QRectF(box.left(), box.top(), 16, box.height()),
                             static_cast<store::JobState>(index.data(JobModel::StateRole).toInt()));
        painter->setPen(theme.text);
        painter->drawText(box.adjusted(20, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, words);
    } else {
        const double fraction = index.data(JobModel::FractionRole).toDouble();
        const int barWidth = std::min(48, box.width() / 3);
        const QRectF bar(box.left() + 0.5, box.center().y() - 3.5, barWidth, 8);
        if (fraction >= 0) {
            painter->fillRect(bar, theme.base);
            painter->fillRect(
                QRectF(bar.left(), bar.top(), bar.width() * std::min(fraction, 1.0), bar.height()),
                theme.accent);
            painter->setPen(theme.controlBorder);
            painter->drawRect(bar);
        }
        painter->setPen(theme.text);
        painter->drawText(box.adjusted(barWidth + 6, 0, 0, 0), Qt::AlignRight | Qt::AlignVCenter,
                          words);
    }
    painter->restore();
}

QSize JobDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(index.data(JobModel::DetailsRole).toBool() ? 132 : metrics::kRow);
    return size;
}

} // namespace crux::ui
