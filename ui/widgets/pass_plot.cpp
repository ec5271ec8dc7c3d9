#include "ui/widgets/pass_plot.h"

#include "ui/widgets/format.h"
#include "ui/widgets/plot_style.h"

#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace crux::ui {

namespace {

constexpr int kTop = 22, kLabelGap = 6, kLabelHeight = 14;

/// 1, 2, 4 .. as plain numbers.
class PowerTicker : public QCPAxisTickerLog {
public:
    PowerTicker() {
        setLogBase(2);
        setSubTickCount(0);
    }

protected:
    QString getTickLabel(double tick, const QLocale&, QChar, int) override {
        return format::integer(std::llround(tick));
    }
};

void paintMarker(QPainter& painter, int marker, QPointF at) {
    if (marker == 1)
        painter.drawEllipse(at, 3, 3);
    else if (marker == 2)
        painter.drawRect(QRectF(at.x() - 2.6, at.y() - 2.6, 5.2, 5.2));
}

} // namespace

class PassPlot::Canvas : public QCustomPlot {
public:
    explicit Canvas(PassPlot& owner)
        : QCustomPlot(&owner) {
        setMouseTracking(true);
        xAxis->setScaleType(QCPAxis::stLogarithmic);
        style();
    }

    void style() {
        stylePlot(*this, kTop, rightMargin());
        xAxis->setTicker(QSharedPointer<PowerTicker>::create());
        yAxis->setTicker(QSharedPointer<ShareTicker>::create());
        draw();
    }

    void setCurves(std::vector<PassCurve> curves) {
        m_curves = std::move(curves);
        style();
    }

    void paintAs(QPaintDevice& device, QSize size) {
        style();
        paintPlot(*this, device, size, [this](QPainter& painter) {
            paintMarkers(painter);
            paintWords(painter);
        });
    }

    std::vector<PassCurve> m_curves;

protected:
    void paintEvent(QPaintEvent* event) override {
        QCustomPlot::paintEvent(event);
        QPainter painter(this);
        paintMarkers(painter);
        paintWords(painter);
    }
    void mouseMoveEvent(QMouseEvent* event) override {
        const double x = event->position().x();
        const QRect plot = axisRect()->rect();
        if (x < plot.left() - 4 || x > plot.right() + 4 || m_curves.empty())
            return QToolTip::hideText();
        const int k = std::max(1, static_cast<int>(std::lround(xAxis->pixelToCoord(x))));
        QStringList lines{QStringLiteral("k = %1").arg(k)};
        for (const PassCurve& curve : m_curves)
            for (const PassCurve::Point& point : curve.points)
                if (point.k == k)
                    lines << curve.name + QStringLiteral(": ") + format::brief(point.mean) +
                                 (curve.band ? QStringLiteral(" [%1, %2]")
                                                   .arg(format::brief(point.low),
                                                        format::brief(point.high))
                                             : QString());
        QToolTip::showText(event->globalPosition().toPoint(), lines.join(QLatin1Char('\n')), this);
    }

private:
    int rightMargin() const {
        double widest = 20;
        const QFontMetricsF metrics(fonts::small());
        for (const PassCurve& curve : m_curves)
            widest = std::max(widest, metrics.horizontalAdvance(curve.name));
        return static_cast<int>(widest) + 2 * kLabelGap + 4;
    }

    void draw() {
        clearPlottables();
        const Theme& theme = Theme::current();
        int most = 2;
        for (const PassCurve& curve : m_curves) {
            QVector<double> k, mean, low, high;
            for (const PassCurve::Point& point : curve.points) {
                k << point.k;
                mean << point.mean;
                low << point.low;
                high << point.high;
            }
            most = std::max(most, static_cast<int>(k.isEmpty() ? 1 : k.last()));
            const RunSlot& slot = theme.runs[static_cast<std::size_t>(curve.slot)];
            if (curve.band) {
                QColor fill = slot.color;
                fill.setAlphaF(0.18F);
                QCPGraph* lower = addGraph();
                lower->setPen(Qt::NoPen);
                lower->setData(k, low, true);
                QCPGraph* upper = addGraph();
                upper->setPen(Qt::NoPen);
                upper->setData(k, high, true);
                upper->setBrush(fill);
                upper->setChannelFillGraph(lower);
            }
            QCPGraph* line = addGraph();
            line->setPen(slotPen(slot, 2));
            line->setData(k, mean, true);
        }
        xAxis->setRange(0.94, most * 1.04);
        yAxis->setRange(0, 1.02);
        replot();
    }

    QPointF pixelOf(const PassCurve::Point& point) const {
        return {xAxis->coordToPixel(point.k), yAxis->coordToPixel(point.mean)};
    }

    void paintMarkers(QPainter& painter) const {
        const Theme& theme = Theme::current();
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        for (const PassCurve& curve : m_curves) {
            const RunSlot& slot = theme.runs[static_cast<std::size_t>(curve.slot)];
            painter.setPen(QPen(slot.color, 1.5));
            painter.setBrush(theme.base);
            double lastX = -100;
            for (const PassCurve::Point& point : curve.points) {
                const QPointF at = pixelOf(point);
                if (at.x() - lastX < 14 && point.k != curve.points.back().k)
                    continue; // at the right k lie close
                paintMarker(painter, slot.marker, at);
                lastX = at.x();
            }
        }
        painter.restore();
    }

    /// Names at the right ends, parted where curves end close to each other.
    void paintWords(QPainter& painter) const {
        const Theme& theme = Theme::current();
        const QRect plot = axisRect()->rect();
        painter.setFont(fonts::small());
        painter.setPen(theme.secondText);
        painter.drawText(QRectF(plot.left() - 38, 2, plot.width(), 16),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         PassPlot::tr("pass@k by k, unbiased; none for k > n"));
        std::vector<std::pair<double, const PassCurve*>> ends;
        for (const PassCurve& curve : m_curves)
            if (!curve.points.empty())
                ends.emplace_back(pixelOf(curve.points.back()).y(), &curve);
        std::sort(ends.begin(), ends.end(),
                  [](const auto& a, const auto& b) { return a.first < b.first; });
        double least = plot.top();
        for (const auto& [y, curve] : ends) {
            const double centre = std::max(y, least + kLabelHeight / 2.0);
            least = centre + kLabelHeight / 2.0;
            const double x = pixelOf(curve->points.back()).x() + kLabelGap;
            drawHaloText(painter, QRectF(x, centre - 8, rightMargin(), 16),
                         Qt::AlignLeft | Qt::AlignVCenter, curve->name, theme.text);
        }
    }
};

PassPlot::PassPlot(QWidget* parent)
    : QWidget(parent)
    , m_canvas(new Canvas(*this)) {
    setAccessibleName(tr("pass@k with and without the critical token"));
    setAccessibleDescription(tr("The table of this dock holds the same numbers"));
    setMinimumSize(160, 80);
    offerChartMenu(this, *this);
}

PassPlot::~PassPlot() = default;

void PassPlot::setCurves(std::vector<PassCurve> curves) {
    m_canvas->setCurves(std::move(curves));
}

void PassPlot::restyle() {
    m_canvas->style();
}

const std::vector<PassCurve>& PassPlot::curves() const {
    return m_canvas->m_curves;
}

QString PassPlot::chartTitle() const {
    return tr("pass@k by k");
}

std::vector<QStringList> PassPlot::chartNumbers() const {
    std::vector<QStringList> rows{{QStringLiteral("curve"), QStringLiteral("k"),
                                   QStringLiteral("pass_at_k"), QStringLiteral("low"),
                                   QStringLiteral("high")}};
    for (const PassCurve& curve : curves())
        for (const PassCurve::Point& point : curve.points) {
            const auto cell = [&](double value) {
                return curve.band ? QString::number(value, 'g', 8) : QString();
            };
            rows.push_back({curve.name, QString::number(point.k),
                            QString::number(point.mean, 'g', 8), cell(point.low),
                            cell(point.high)});
        }
    return rows;
}

void PassPlot::paintChart(QPaintDevice& device, QSize size) {
    m_canvas->paintAs(device, size);
}

void PassPlot::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_canvas->setGeometry(rect());
}

} // namespace crux::ui
