// Paints the alternatives table: fixed tokens, bold original with its dot, grey cut rows, s_t
// swatch.
#pragma once

#include "ui/model/view_settings.h"

#include <QStyledItemDelegate>

namespace crux::ui {

/// Stateless but for the palette of the view settings it borrows. Owner: the table. GUI thread.
class AlternativesDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    AlternativesDelegate(const ViewSettings& view, QObject* parent);
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const ViewSettings& m_view;
};

} // namespace crux::ui
