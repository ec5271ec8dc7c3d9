// Paints the state sign beside its word and the progress bar of a job row.
#pragma once

#include <QStyledItemDelegate>

namespace crux::ui {

/// Owner: the Jobs dock. GUI thread.
class JobDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

} // namespace crux::ui
