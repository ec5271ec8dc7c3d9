// Paints the verdict badge and the score strip of a trajectory row; all other columns as usual.
#pragma once

#include "ui/model/view_settings.h"

#include <QStyledItemDelegate>

namespace crux::ui {

/// Owner: the Trajectories dock. GUI thread.
class TrajectoryDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    TrajectoryDelegate(const ViewSettings& view, QObject* parent = nullptr);
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    void paintCritical(QPainter* painter, const QStyleOptionViewItem& option,
                       const QModelIndex& index) const;

    const ViewSettings& m_view;
};

/// The 64 x 12 strip: one column a bucket, from criticality bytes 0..255.
void paintScoreStrip(QPainter& painter, const QRectF& box, const std::string& strip,
                     PaletteName palette);

} // namespace crux::ui
