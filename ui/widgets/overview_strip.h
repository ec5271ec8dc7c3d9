// The whole trajectory beside its text: one row a text line, marks, and the visible part as a
// frame; click or drag jumps. It takes the place of the scroll bar.
#pragma once

#include "ui/widgets/token_view.h"

#include <QImage>
#include <QPointer>
#include <QWidget>

namespace crux::ui {

/// Child of a HeatMapPane, reads the TokenView it was made for. GUI thread.
class OverviewStrip : public QWidget {
    Q_OBJECT
public:
    explicit OverviewStrip(TokenView* view, QWidget* parent = nullptr);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    double rowHeight() const; ///< 12 px a line, less when the whole would not fit
    void jumpTo(double y);
    void renderRows();
    void paintCritical(QPainter& painter, double top) const;

    QPointer<TokenView> m_view;
    QImage m_rows; ///< rendered once a layout or colour change, not while scrolling
    int m_revision = -1;
    HeatDataPtr m_rendered; ///< what m_rows shows
};

} // namespace crux::ui
