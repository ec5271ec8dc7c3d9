#include "ui/widgets/metric_export.h"

#include "ui/widgets/chart_export.h"
#include "ui/widgets/metric_grid.h"
#include "ui/widgets/picture_file.h"
#include "ui/widgets/plot_library.h"
#include "ui/widgets/theme.h"

namespace crux::ui {

namespace {

constexpr int kCaptionHeight = 24;

/// All visible panels as one chart, under a line that names the runs.
class PanelsChart : public ChartSource {
public:
    PanelsChart(MetricGrid& grid, QString caption)
        : m_grid(grid)
        , m_caption(std::move(caption)) {}

    QSize size() const { return m_grid.exportSize() + QSize(0, kCaptionHeight); }
    QString chartTitle() const override { return m_caption; }
    /// The numbers are a kind of export of their own: every point, not those drawn.
    std::vector<QStringList> chartNumbers() const override { return {}; }
    void paintChart(QPaintDevice& device, QSize size) override {
        m_grid.restyle();
        QCPPainter painter(&device);
        painter.setMode(QCPPainter::pmNoCaching);
        painter.fillRect(QRect(QPoint(), size), Theme::current().base);
        painter.setFont(fonts::small());
        painter.setPen(Theme::current().secondText);
        painter.drawText(
            QRect(8, 0, size.width() - 16, kCaptionHeight), Qt::AlignLeft | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(m_caption, Qt::ElideRight, size.width() - 16));
        painter.translate(0, kCaptionHeight);
        m_grid.paintOn(painter);
    }
    void afterPaintChart() override { m_grid.restyle(); }

private:
    MetricGrid& m_grid;
    const QString m_caption;
};

} // namespace

Status exportPanels(MetricGrid& grid, const QString& file, const QString& caption) {
    const auto format = chartFormat(file);
    if (!format || *format == ChartFormat::Csv)
        return fail(ErrorCode::Unsupported,
                    "Curves are written as SVG, PDF, PNG, CSV or JSON Lines.", file.toStdString());
    PanelsChart chart(grid, caption);
    const QByteArray picture = chartBytes(chart, *format, chart.size());
    if (picture.isEmpty())
        return fail(ErrorCode::OutOfMemory,
                    "There is not enough memory for a picture of this size. Choose SVG.",
                    file.toStdString());
    return writeWhole(file, picture, QStringLiteral("The chart"));
}

} // namespace crux::ui
