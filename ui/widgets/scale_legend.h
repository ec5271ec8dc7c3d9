// The legend below the heat map: ramp with both ends in words, real numbers, histogram of this
// trajectory's values, the threshold to drag, scale mode, padlock.
#pragma once

#include "ui/widgets/heat_data.h"

#include <QWidget>

class QComboBox;
class QToolButton;

namespace crux::ui {

/// Child of HeatMapView. GUI thread. The threshold moves by mouse or, with focus, by the arrow
/// keys; values go out as signals, the owner writes them to ViewSettings.
class ScaleLegend : public QWidget {
    Q_OBJECT
public:
    explicit ScaleLegend(QWidget* parent = nullptr);

    void setData(HeatDataPtr heat);
    void setScaleMode(ScaleMode mode);
    void setLocked(bool locked);
    /// With one pane the padlock is a plain sign, with two a pressed button.
    void setPaired(bool paired, bool oneScale = false);
    /// "1st percentile of the data set": where an untouched threshold comes from.
    void setThresholdOrigin(const QString& words);

    /// Bars of the histogram: 32 counts over the value axis, response tokens only.
    std::vector<int> histogram() const;
    /// "s_t < 0.05: 3 tokens".
    QString candidateText() const;
    QString criticalText() const; ///< empty: no search found one
    QString noteText() const;     ///< second line: origin, granularity, percentile base
    QRectF rampRect() const;
    double thresholdX() const; ///< -1: the shown layer has no threshold
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

Q_SIGNALS:
    void thresholdChanged(double value);
    void thresholdReset();
    void scaleModeChosen(crux::ui::ScaleMode mode);
    void lockToggled(bool locked);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    void paintRamp(QPainter& painter, const QRectF& ramp) const;
    void paintHistogram(QPainter& painter, const QRectF& ramp) const;
    void paintHandle(QPainter& painter, const QRectF& ramp) const;
    bool hasThreshold() const;
    void dragTo(double x);
    void updateWords();

    HeatDataPtr m_data;
    QComboBox* m_mode;
    QToolButton* m_lock;
    QString m_origin;
    bool m_dragging = false;
    bool m_locked = true, m_paired = false, m_oneScale = false;
};

} // namespace crux::ui
