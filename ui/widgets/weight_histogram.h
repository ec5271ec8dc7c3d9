// How the token weights of a run are spread (1 - s_t of rejected tokens for cDPO), on a log count.
#pragma once

#include <QWidget>

#include <cstdint>
#include <vector>

namespace crux::ui {

/// Own painted. Owner: MetricGrid. GUI thread.
class WeightHistogram : public QWidget {
    Q_OBJECT
public:
    explicit WeightHistogram(QWidget* parent = nullptr);
    /// Counts of equal bins over [0, 1]; `subtitle` says of which run.
    void setCounts(std::vector<std::int64_t> counts, const QString& subtitle);
    void paintOn(QPainter& painter) const; ///< for export

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;

private:
    QRectF plotRect() const;
    std::vector<std::int64_t> m_counts;
    QString m_subtitle;
};

} // namespace crux::ui
