// A small histogram whose bars can be chosen: with the mouse, or with the arrow keys and Enter.
#pragma once

#include "ui/widgets/chart_export.h"

#include <QString>
#include <QWidget>

#include <vector>

namespace crux::ui {

/// One bar. `tip` says in words what it holds; `chosen` bars carry a frame and a hatched foot, not
/// colour alone.
struct Bar {
    qint64 count = 0;
    QString tip;
    bool chosen = false;
    QString range; ///< what is counted in it, for exports: "0.05 – 0.1"
};

/// Counts on a linear axis from 0; small texts stand under some of the bars' edges. Own painted.
/// GUI thread. Its numbers are also shown as a table by whoever owns it.
class BarChart : public QWidget, public ChartSource {
    Q_OBJECT
public:
    explicit BarChart(const QString& title, QWidget* parent = nullptr);

    void setBars(std::vector<Bar> bars);
    /// Texts under the left edges of bars 0 .. n-1 and the right edge of the last; empty: none.
    void setEdges(const QStringList& edges);
    const std::vector<Bar>& bars() const { return m_bars; }
    QString title() const { return m_title; }

    QString chartTitle() const override { return m_title; }
    std::vector<QStringList> chartNumbers() const override;
    void paintChart(QPaintDevice& device, QSize size) override;
    int current() const { return m_current; } ///< of the keyboard, -1: none
    QRectF barRect(int bar) const;            ///< the column that a click on the bar may hit
    QSize sizeHint() const override { return {220, 150}; }
    QSize minimumSizeHint() const override { return {150, 96}; }

Q_SIGNALS:
    void activated(int bar);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

private:
    QRectF plotRect(QSizeF size) const;
    QRectF barRect(int bar, QSizeF size) const;
    void paint(QPainter& painter, QSizeF size) const;
    int barAt(QPointF position) const;
    void setCurrent(int bar);
    void paintAxes(QPainter& painter, QSizeF size, qint64 top) const;
    qint64 axisTop() const;

    const QString m_title;
    std::vector<Bar> m_bars;
    QStringList m_edges;
    int m_current = -1, m_hover = -1;
};

} // namespace crux::ui
