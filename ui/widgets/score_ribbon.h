// The chart above the text: s_t of every response position as bars hanging from 1, the share of
// right rollouts with its interval (or an imported layer of it) as a line, marks on top, threshold,
// cursor; brushing selects tokens.
#pragma once

#include "ui/widgets/heat_data.h"

#include <QWidget>

namespace crux::ui {

/// Child of a HeatMapPane. GUI thread. The same numbers are in the text below it, cell by cell, so
/// it takes no keyboard focus.
class ScoreRibbon : public QWidget {
    Q_OBJECT
public:
    explicit ScoreRibbon(QWidget* parent = nullptr);

    void setData(HeatDataPtr heat);
    void setCursor(int token); ///< absolute; -1 none
    void setHover(int token);
    void setSelection(int first, int last);
    /// "12–30: 19 tokens, lowest s_t .0014 at 17" of the brushed range; empty: none.
    QString rangeText() const;
    /// Positions of the axis when two panes share one; 0: own length.
    void setAxisLength(int positions);
    /// Space right of the plot (overview strip of the text below).
    void setRightMargin(int margin);

    double xOf(int token) const; ///< centre of the position's bar
    int tokenAt(double x) const; ///< clamped to the response; -1 without tokens
    QRectF plotRect() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void clicked(int token);
    void hovered(int token);
    void brushed(int first, int last);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    int positions() const;
    void paintAxes(QPainter& painter, const QRectF& plot) const;
    void paintBars(QPainter& painter, const QRectF& plot) const;
    void paintCurve(QPainter& painter, const QRectF& plot) const;
    void paintIntervals(QPainter& painter, const QRectF& plot) const;
    void paintMarks(QPainter& painter, const QRectF& plot) const;
    std::vector<std::pair<int, double>> curve() const; ///< token, share of right rollouts
    void paintRange(QPainter& painter, const QRectF& plot) const;
    const std::vector<float>* rolloutLayer() const;

    HeatDataPtr m_data;
    int m_cursor = -1, m_hover = -1, m_first = -1, m_last = -1;
    int m_axisLength = 0, m_rightMargin = 26;
    double m_pressX = -1;
    bool m_brushing = false;
};

} // namespace crux::ui
