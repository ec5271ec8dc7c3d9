// Paints an outline row: star, verdict badge or fork sign, the forced token in the fixed font,
// words.
#pragma once

#include <QStyledItemDelegate>

namespace crux::ui {

/// Owner: the Branches dock. GUI thread.
class BranchDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void paintShare(QPainter& painter, const QStyleOptionViewItem& option, const QModelIndex& index,
                    int total) const;
};

} // namespace crux::ui
