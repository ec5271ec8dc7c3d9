#include "ui/widgets/rollout_plot.h"

#include "core/spec/intervals.h"
#include "ui/widgets/format.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/plot_style.h"

#include <QMouseEvent>
#include <QToolTip>

#include <algorithm>
#include <cmath>
#include <utility>

namespace crux::ui {

namespace {

constexpr double kLowShare = 0.05; ///< the paper's line
constexpr int kNear = 10;          ///< px from which a click takes a point
constexpr int kTop = 34, kRight = 14;
constexpr double kLeast = 0.2; ///< of the share axis

} // namespace

/// QCustomPlot draws axes and points, this draws marks and words over them.
class RolloutPlot::Canvas : public QCustomPlot {
public:
    explicit Canvas(RolloutPlot& owner)
        : QCustomPlot(&owner)
        , m_owner(owner) {
        setMouseTracking(true);
        setInteractions(QCP::iRangeZoom | QCP::iRangeDrag);
        axisRect()->setRangeZoom(Qt::Horizontal);
        axisRect()->setRangeDrag(Qt::Horizontal);
        setNoAntialiasingOnDrag(false);
        m_line = addGraph();
        m_bars = new QCPErrorBars(xAxis, yAxis);
        m_bars->setDataPlottable(m_line);
        connect(xAxis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this,
                [this](const QCPRange& range) { keepInside(range); });
        style();
    }

    void style() {
        const Theme& theme = Theme::current();
        stylePlot(*this, kTop, kRight);
        xAxis->setLabel({});
        yAxis->setTicker(m_ticker);
        m_line->setPen(QPen(theme.runs[0].color, 1.6));
        m_bars->setPen(QPen(theme.runs[0].color, 1));
        m_bars->setWhiskerWidth(5);
        m_bars->setSymbolGap(7);
        replot();
    }

    void setSnapshot(SnapshotPtr snapshot) {
        const bool same = m_snapshot && snapshot && m_snapshot->record.id == snapshot->record.id &&
                          m_snapshot->tokens.size() == snapshot->tokens.size();
        m_snapshot = std::move(snapshot);
        fill();
        if (!same)
            showAll();
        replot();
    }

    void showAll() {
        const double last = m_snapshot ? shown(static_cast<int>(m_snapshot->tokens.size()) - 1) : 1;
        m_whole = QCPRange(-0.5, std::max(2.0, last + 0.5));
        xAxis->setRange(m_whole);
    }

    void setCursor(int token) {
        if (token != m_cursor) {
            m_cursor = token;
            update();
        }
    }
    void setHover(int token) {
        if (token != m_hover) {
            m_hover = token;
            update();
        }
    }
    void paintAs(QPaintDevice& device, QSize size) {
        const int cursor = std::exchange(m_cursor, -1), hover = std::exchange(m_hover, -1);
        style();
        paintPlot(*this, device, size, [this](QPainter& painter) { paintOver(painter); });
        m_cursor = cursor;
        m_hover = hover;
    }

    std::vector<QStringList> numbers() const {
        std::vector<QStringList> rows{{QStringLiteral("position"), QStringLiteral("token"),
                                       QStringLiteral("right"), QStringLiteral("total"),
                                       QStringLiteral("share"), QStringLiteral("low"),
                                       QStringLiteral("high")}};
        for (const Point& point : m_series) {
            const bool counted = point.count.total > 0;
            const Interval interval = counted ? point.interval() : Interval{};
            const auto cell = [counted](double value) {
                return counted ? QString::number(value, 'g', 8) : QString();
            };
            rows.push_back({QString::number(shown(point.token)), rawText(point.token),
                            counted ? QString::number(point.count.right) : QString(),
                            counted ? QString::number(point.count.total) : QString(),
                            QString::number(point.share, 'g', 8), cell(interval.low),
                            cell(interval.high)});
        }
        return rows;
    }

    int points() const { return static_cast<int>(m_series.size()); }
    QPointF pixelOf(int token) const {
        const Point* point = at(token);
        return {xAxis->coordToPixel(shown(token)), yAxis->coordToPixel(point ? point->share : 0)};
    }

protected:
    void paintEvent(QPaintEvent* event) override {
        QCustomPlot::paintEvent(event);
        QPainter painter(this);
        paintOver(painter);
    }
    void mousePressEvent(QMouseEvent* event) override {
        m_pressed = event->position();
        QCustomPlot::mousePressEvent(event);
    }
    void mouseMoveEvent(QMouseEvent* event) override {
        QCustomPlot::mouseMoveEvent(event);
        const int token = tokenAt(event->position());
        setHover(token);
        Q_EMIT m_owner.hovered(token);
        const QString words = tipOf(token);
        if (words.isEmpty())
            QToolTip::hideText();
        else
            QToolTip::showText(event->globalPosition().toPoint(), words, this);
    }
    void mouseReleaseEvent(QMouseEvent* event) override {
        QCustomPlot::mouseReleaseEvent(event);
        if (event->button() != Qt::LeftButton ||
            (event->position() - m_pressed).manhattanLength() > 4)
            return;
        if (const int token = tokenAt(event->position()); token >= 0)
            Q_EMIT m_owner.clicked(token);
    }
    void mouseDoubleClickEvent(QMouseEvent*) override {
        showAll();
        replot();
    }
    void leaveEvent(QEvent* event) override {
        QCustomPlot::leaveEvent(event);
        setHover(-1);
        Q_EMIT m_owner.hovered(-1);
    }

private:
    void paintOver(QPainter& painter) const {
        if (!m_snapshot)
            return;
        paintLines(painter);
        paintPoints(painter);
        paintMarks(painter);
        paintWords(painter);
    }

    int prompt() const { return m_snapshot ? m_snapshot->record.promptTokens : 0; }
    /// 1 is the first response token, 0 the bare prompt.
    int shown(int token) const { return token - prompt() + 1; }

    /// One point; total 0: a share that came with the trajectory, of rollouts not counted here.
    struct Point {
        int token = 0;
        store::ShareCount count;
        double share = 0;
        bool curtailed = false;
        Interval interval() const { return wilson(count.right, count.total); }
    };

    const Point* at(int token) const {
        const auto found =
            std::lower_bound(m_series.begin(), m_series.end(), token,
                             [](const Point& point, int value) { return point.token < value; });
        return found != m_series.end() && found->token == token ? &*found : nullptr;
    }

    void collect() {
        m_series.clear();
        if (!m_snapshot)
            return;
        if (m_snapshot->rollouts)
            for (const store::RolloutEstimate& estimate : m_snapshot->rollouts->curve)
                m_series.push_back(
                    {estimate.position, estimate.count, estimate.share(), estimate.curtailed});
        if (!m_series.empty())
            return;
        for (const auto& [layer, values] : m_snapshot->layers) {
            if (layer.kind != "rollout_correctness")
                continue;
            for (std::size_t i = 0; i < std::min(values.size(), m_snapshot->tokens.size()); ++i)
                if (!std::isnan(values[i]))
                    m_series.push_back({static_cast<int>(i),
                                        {},
                                        std::clamp(static_cast<double>(values[i]), 0.0, 1.0),
                                        false});
            return;
        }
    }

    void fill() {
        collect();
        QVector<double> x, share, minus, plus;
        double highest = 0;
        for (const Point& point : m_series) {
            const Interval interval =
                point.count.total > 0 ? point.interval() : Interval{point.share, point.share};
            x << shown(point.token);
            share << point.share;
            minus << std::max(0.0, point.share - interval.low);
            plus << std::max(0.0, interval.high - point.share);
            highest = std::max(highest, interval.high);
        }
        m_line->setData(x, share, true);
        m_bars->setData(minus, plus);
        const double top = std::ceil((highest + 0.02) / kLeast) * kLeast;
        const double upper = std::clamp(top, kLeast, 1.0);
        yAxis->setRange(0, upper);
        m_ticker->setTickStep(upper <= 2 * kLeast ? kLeast / 2 : kLeast);
    }

    void keepInside(const QCPRange& range) {
        QCPRange kept = range.bounded(m_whole.lower, m_whole.upper);
        if (kept.size() < 8 && m_whole.size() > 8) {
            const double centre = kept.center();
            kept = QCPRange(centre - 4, centre + 4).bounded(m_whole.lower, m_whole.upper);
        }
        if (kept.lower != range.lower || kept.upper != range.upper)
            xAxis->setRange(kept);
    }

    /// The point near the mouse, else the position below it; -1 outside.
    int tokenAt(QPointF mouse) const {
        const QRect plot = axisRect()->rect();
        if (!m_snapshot || mouse.x() < plot.left() - kNear || mouse.x() > plot.right() + kNear)
            return -1;
        const int below =
            static_cast<int>(std::lround(xAxis->pixelToCoord(mouse.x()))) + prompt() - 1;
        int nearest = -1;
        double least = kNear;
        for (const Point& point : m_series) {
            const QPointF pixel = pixelOf(point.token);
            const double distance =
                std::hypot(pixel.x() - mouse.x(), 0.4 * (pixel.y() - mouse.y()));
            if (distance < least) {
                least = distance;
                nearest = point.token;
            }
        }
        if (nearest >= 0)
            return nearest;
        const int last = static_cast<int>(m_snapshot->tokens.size()) - 1;
        return below >= prompt() - 1 && below <= last ? below : -1;
    }

    QString rawText(int token) const {
        return token >= prompt() && token < static_cast<int>(m_snapshot->tokens.size())
                   ? m_snapshot->tokens[static_cast<std::size_t>(token)].text
                   : QString();
    }
    QString tokenText(int token) const { return format::visibleBlanks(rawText(token)); }

    QString tipOf(int token) const {
        const Point* point = at(token);
        if (!point)
            return {};
        const QString place =
            token < prompt()
                ? RolloutPlot::tr("bare prompt")
                : RolloutPlot::tr("after %1 %2").arg(shown(token)).arg(tokenText(token));
        if (point->count.total == 0)
            return RolloutPlot::tr("%1: share %2, as imported")
                .arg(place, format::brief(point->share));
        const Interval interval = point->interval();
        QString words = RolloutPlot::tr("%1: %2 of %3 right, %4 [%5, %6]")
                            .arg(place)
                            .arg(point->count.right)
                            .arg(point->count.total)
                            .arg(format::brief(point->share), format::brief(interval.low),
                                 format::brief(interval.high));
        if (point->curtailed)
            words += QLatin1Char('\n') +
                     RolloutPlot::tr("drawing stopped at a success: no more was needed here");
        return words;
    }

    void paintLines(QPainter& painter) const {
        const Theme& theme = Theme::current();
        const QRect plot = axisRect()->rect();
        painter.setClipRect(plot.adjusted(0, -kTop, 1, 1));
        QPen dashed(theme.text, 1);
        dashed.setDashPattern({4, 3});
        dashed.setCapStyle(Qt::FlatCap);
        painter.setPen(dashed);
        const double y = std::round(yAxis->coordToPixel(kLowShare)) + 0.5;
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
        const auto vertical = [&](int token, const QColor& color, int width) {
            const double x = xAxis->coordToPixel(shown(token));
            if (token >= prompt() - 1)
                painter.fillRect(
                    QRectF(std::round(x) - width / 2, plot.top(), width, plot.height() + 1), color);
        };
        if (m_hover >= 0 && m_hover != m_cursor)
            vertical(m_hover, theme.controlBorder, 1);
        if (m_cursor >= 0)
            vertical(m_cursor, theme.accent, 2);
        painter.setClipping(false);
    }

    /// Over the axes, so that a point at 0 is whole: circles, a cross where none is right.
    void paintPoints(QPainter& painter) const {
        const Theme& theme = Theme::current();
        const QRect plot = axisRect()->rect();
        const double pitch = plot.width() / std::max(1.0, xAxis->range().size());
        const double radius = pitch < 5 ? 1.8 : 3;
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        for (const Point& point : m_series) {
            const QPointF at = pixelOf(point.token);
            if (at.x() < plot.left() - 1 || at.x() > plot.right() + 1)
                continue;
            const bool none = point.count.right == 0 && point.share <= 0;
            painter.setPen(QPen(none ? theme.runs[1].color : theme.runs[0].color, 1.6));
            painter.setBrush(theme.base);
            if (!none) {
                painter.drawEllipse(at, radius, radius);
                continue;
            }
            painter.drawLine(at + QPointF(-radius, -radius), at + QPointF(radius, radius));
            painter.drawLine(at + QPointF(-radius, radius), at + QPointF(radius, -radius));
        }
        painter.restore();
    }

    void paintMarks(QPainter& painter) const {
        const Theme& theme = Theme::current();
        const QRect plot = axisRect()->rect();
        const int critical = criticalToken();
        const auto put = [&](int token, Mark mark) {
            const double x = xAxis->coordToPixel(shown(token));
            if (x < plot.left() - 1 || x > plot.right() + 1)
                return;
            const QSizeF size = marks::size(mark);
            marks::paint(painter, mark,
                         QPointF(x - size.width() / 2, plot.top() - 3 - size.height()), theme.text,
                         theme.base);
        };
        for (const std::int32_t candidate : m_snapshot->candidates)
            if (candidate != critical)
                put(candidate, Mark::Candidate);
        if (critical >= 0) {
            const double x = std::round(xAxis->coordToPixel(shown(critical)));
            if (critical != m_cursor && x >= plot.left() && x <= plot.right())
                painter.fillRect(QRectF(x, plot.top(), 1, plot.height()), theme.text);
            put(critical, Mark::Critical);
        }
    }

    int criticalToken() const {
        const auto* found = m_snapshot->rollouts ? m_snapshot->rollouts->critical() : nullptr;
        return found ? found->position : -1;
    }

    /// What stands at a line: its words beside it, on the side that has room; the shorter ones
    /// where neither has.
    void paintBeside(QPainter& painter, int token, double y, const QString& words,
                     const QString& shorter) const {
        const QRect plot = axisRect()->rect();
        const double x = xAxis->coordToPixel(shown(token));
        if (x < plot.left() || x > plot.right())
            return;
        const QFontMetricsF sizes(painter.font());
        const double sides = std::max(plot.right() - x - 8, x - 8 - plot.left());
        const QString& text = sizes.horizontalAdvance(words) + 4 <= sides ? words : shorter;
        const double width = sizes.horizontalAdvance(text) + 4;
        const bool right = x + 8 + width <= plot.right();
        const double left = right ? x + 8 : x - 8 - width;
        const double most =
            std::max<double>(plot.left(), plot.right() + kRight - width); // kept whole
        drawHaloText(painter,
                     QRectF(left < plot.left() ? std::min(x + 8, most) : left, y, width, 16),
                     Qt::AlignLeft | Qt::AlignVCenter, text, Theme::current().text);
    }

    void paintWords(QPainter& painter) const {
        const Theme& theme = Theme::current();
        const QRect plot = axisRect()->rect();
        painter.setFont(fonts::small());
        const double low = yAxis->coordToPixel(kLowShare);
        drawHaloText(painter, QRectF(plot.left() + 4, low - 16, 60, 16),
                     Qt::AlignLeft | Qt::AlignVCenter, RolloutPlot::tr("5 %"), theme.text);
        painter.setPen(theme.secondText);
        painter.drawText(
            QRectF(plot.left() - 38, 2, plot.width(), 16), Qt::AlignLeft | Qt::AlignVCenter,
            m_series.empty() || m_series.front().count.total > 0
                ? RolloutPlot::tr("right of n by token position, 95 % Wilson interval")
                : RolloutPlot::tr("share of right rollouts by token position, as imported"));
        const int critical = criticalToken();
        if (critical >= 0)
            paintBeside(painter, critical, plot.top() + 1, criticalWords(), criticalCount());
        const int allWrong = m_snapshot->rollouts ? m_snapshot->rollouts->firstAllWrong : -1;
        if (allWrong < 0 || allWrong == critical)
            return;
        const Point* point = at(allWrong);
        paintBeside(painter, allWrong, plot.top() + (critical >= 0 ? 17 : 1),
                    RolloutPlot::tr("first all-wrong prefix: %1 %2, 0 of %3")
                        .arg(shown(allWrong))
                        .arg(tokenText(allWrong))
                        .arg(point ? point->count.total : 0),
                    RolloutPlot::tr("0 of %1").arg(point ? point->count.total : 0));
    }

    store::ShareCount criticalShare() const {
        const store::SearchFindingRecord* found = m_snapshot->rollouts->critical();
        const Point* point = at(found->position);
        return point && point->count.total > 0 ? point->count : found->at;
    }

    QString criticalCount() const { // the mark above says what it is
        const store::ShareCount count = criticalShare();
        return RolloutPlot::tr("%1 of %2").arg(count.right).arg(count.total);
    }

    QString criticalWords() const {
        const store::SearchFindingRecord* found = m_snapshot->rollouts->critical();
        const store::ShareCount count = criticalShare();
        QString words = RolloutPlot::tr("critical token %1 %2: %3 of %4")
                            .arg(shown(found->position))
                            .arg(tokenText(found->position))
                            .arg(count.right)
                            .arg(count.total);
        if (found->confirmed)
            words += RolloutPlot::tr(", confirmed");
        return words;
    }

    RolloutPlot& m_owner;
    SnapshotPtr m_snapshot;
    QSharedPointer<ShareTicker> m_ticker = QSharedPointer<ShareTicker>::create();
    QCPGraph* m_line;
    QCPErrorBars* m_bars;
    std::vector<Point> m_series; ///< by token
    QCPRange m_whole{-0.5, 2};
    QPointF m_pressed;
    int m_cursor = -1, m_hover = -1;
};

RolloutPlot::RolloutPlot(QWidget* parent)
    : QWidget(parent)
    , m_canvas(new Canvas(*this)) {
    setAccessibleName(tr("Share of right rollouts by position"));
    setAccessibleDescription(tr("The table of this dock holds the same numbers"));
    setMinimumSize(160, 80);
    offerChartMenu(this, *this);
}

RolloutPlot::~RolloutPlot() = default;

void RolloutPlot::setSnapshot(SnapshotPtr snapshot) {
    m_canvas->setSnapshot(std::move(snapshot));
}
void RolloutPlot::setCursor(int token) {
    m_canvas->setCursor(token);
}
void RolloutPlot::setHover(int token) {
    m_canvas->setHover(token);
}
void RolloutPlot::restyle() {
    m_canvas->style();
}
QString RolloutPlot::chartTitle() const {
    return tr("Rollout curve");
}
std::vector<QStringList> RolloutPlot::chartNumbers() const {
    return m_canvas->numbers();
}
void RolloutPlot::paintChart(QPaintDevice& device, QSize size) {
    m_canvas->paintAs(device, size);
}
int RolloutPlot::shownPoints() const {
    return m_canvas->points();
}
QPoint RolloutPlot::pointOf(int token) const {
    return m_canvas->pixelOf(token).toPoint();
}

void RolloutPlot::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_canvas->setGeometry(rect());
}

} // namespace crux::ui
