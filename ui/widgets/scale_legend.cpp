#include "ui/widgets/scale_legend.h"

#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolButton>

#include <algorithm>
#include <cmath>

namespace crux::ui {
namespace {

constexpr int kBins = 32;
constexpr double kRampTop = 25, kRampHeight = 8, kRampWidth = 220, kHistogramHeight = 16;
constexpr double kLeft = 12, kGap = 12, kLeastRamp = 80, kMarkRoom = 14;

} // namespace

ScaleLegend::ScaleLegend(QWidget* parent)
    : QWidget(parent)
    , m_mode(new QComboBox(this))
    , m_lock(new QToolButton(this)) {
    setFixedHeight(metrics::kLegend);
    setFocusPolicy(Qt::TabFocus);
    setAccessibleName(tr("Colour legend and candidate threshold"));
    m_mode->addItem(tr("absolute"), QVariant::fromValue(static_cast<int>(ScaleMode::Absolute)));
    m_mode->addItem(tr("log10"), QVariant::fromValue(static_cast<int>(ScaleMode::Log10)));
    m_mode->addItem(tr("percentile"), QVariant::fromValue(static_cast<int>(ScaleMode::Percentile)));
    m_mode->setItemData(1, tr("Logarithm, clamped at 0.0001"), Qt::ToolTipRole);
    m_mode->setAccessibleName(tr("Scale mode"));
    m_mode->setToolTip(tr("How values become colours"));
    m_lock->setCheckable(true);
    m_lock->setAutoRaise(true);
    m_lock->setAccessibleName(tr("Same scale in all panes"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 0, 8, 0);
    row->addStretch(1);
    row->addWidget(m_mode);
    row->addWidget(m_lock);
    connect(m_mode, &QComboBox::activated, this, [this](int index) {
        Q_EMIT scaleModeChosen(static_cast<ScaleMode>(m_mode->itemData(index).toInt()));
    });
    connect(m_lock, &QToolButton::clicked, this, [this] { Q_EMIT lockToggled(!m_locked); });
    setLocked(true);
}

QSize ScaleLegend::sizeHint() const {
    return {640, metrics::kLegend};
}

QSize ScaleLegend::minimumSizeHint() const {
    return {320, metrics::kLegend};
}

void ScaleLegend::setData(HeatDataPtr heat) {
    m_data = std::move(heat);
    updateWords();
    update();
}

void ScaleLegend::setScaleMode(ScaleMode mode) {
    m_mode->setCurrentIndex(m_mode->findData(static_cast<int>(mode)));
}

void ScaleLegend::setLocked(bool locked) {
    m_locked = locked;
    const bool shared = locked || m_oneScale;
    m_lock->setChecked(shared && m_paired);
    m_lock->setEnabled(!m_oneScale);
    m_lock->setIcon(
        icon(shared ? QStringLiteral("object-locked") : QStringLiteral("object-unlocked")));
    m_lock->setToolTip(m_oneScale ? tr("A comparison has one scale")
                       : locked   ? tr("All panes share one scale; click to part them")
                                  : tr("Each pane has its own scale; click to share one"));
}

void ScaleLegend::setPaired(bool paired, bool oneScale) {
    m_paired = paired;
    m_oneScale = paired && oneScale;
    setLocked(m_locked);
}

void ScaleLegend::setThresholdOrigin(const QString& words) {
    m_origin = words;
    updateWords();
    update();
}

void ScaleLegend::updateWords() {
    if (!m_data)
        return;
    QStringList words{candidateText(), criticalText(), noteText()};
    words.removeAll(QString());
    setAccessibleDescription(words.join(QStringLiteral(". ")));
    setToolTip(words.join(QLatin1Char('\n'))); // the painted words may be elided
}

bool ScaleLegend::hasThreshold() const {
    return m_data && m_data->options().layer == Layer::Score && m_data->hasScores();
}

QRectF ScaleLegend::rampRect() const {
    const QFontMetricsF font(fonts::ui());
    const double low = m_data ? font.horizontalAdvance(m_data->scale().meaning().lowWords) : 40;
    const double high = m_data ? font.horizontalAdvance(m_data->scale().meaning().highWords) : 60;
    // What stands right of the ramp keeps its room; the ramp gives way.
    const QFontMetricsF small(fonts::small());
    const QString found = criticalText();
    const double critical = found.isEmpty() ? 0 : small.horizontalAdvance(found) + kMarkRoom + 10;
    const double candidates = font.horizontalAdvance(candidateText()) + kMarkRoom;
    const double ends = m_mode->x() - kLeft - low - high - 2 * kGap - 8;
    double room = ends - std::max(candidates, critical + small.horizontalAdvance(noteText())) - 38;
    if (room < kLeastRamp && critical > 0) // the note beside it stays away
        room = ends - std::max(candidates, critical) - 38;
    // Where even the least ramp leaves no room for the words, they give way to it.
    const double width = room >= kLeastRamp ? room : ends;
    return {kLeft + low + kGap, kRampTop, std::clamp(width, kLeastRamp / 2, kRampWidth),
            kRampHeight};
}

double ScaleLegend::thresholdX() const {
    if (!hasThreshold())
        return -1;
    const QRectF ramp = rampRect();
    return ramp.left() + m_data->scale().position(m_data->threshold()) * ramp.width();
}

std::vector<int> ScaleLegend::histogram() const {
    std::vector<int> bins(kBins, 0);
    if (!m_data)
        return bins;
    for (int t = std::max(0, m_data->promptTokens()); t < m_data->count(); ++t)
        if (m_data->scored(t)) {
            const double at = m_data->scale().position(m_data->value(t));
            ++bins[static_cast<std::size_t>(std::min(kBins - 1, static_cast<int>(at * kBins)))];
        }
    return bins;
}

QString ScaleLegend::candidateText() const {
    if (!m_data || !m_data->hasScores())
        return tr("not scored");
    const Verdict verdict = m_data->snapshot().record.verdict;
    if (verdict != Verdict::Wrong)
        return tr("no candidates");
    int below = 0;
    for (const int t : m_data->candidates())
        below += m_data->score(t) < m_data->threshold();
    const QString rule = QStringLiteral("s_t < ") + format::brief(m_data->threshold());
    if (below == 0 && !m_data->candidates().empty())
        return tr("%1: none, lowest marked").arg(rule);
    return below == 1 ? tr("%1: 1 token").arg(rule)
                      : tr("%1: %2 tokens").arg(rule, format::integer(below));
}

QString ScaleLegend::noteText() const {
    if (!m_data)
        return {};
    QStringList notes;
    if (m_data->options().granularity != Granularity::Token) {
        const bool word = m_data->options().granularity == Granularity::Word;
        const bool low = m_data->scale().meaning().lowIsHot;
        notes << (word ? (low ? tr("lowest of each word") : tr("highest of each word"))
                       : (low ? tr("lowest of each step") : tr("highest of each step")));
    }
    if (m_data->scale().mode() == ScaleMode::Percentile && m_data->options().referenceIsResponse)
        notes << tr("percentile in this response");
    if (m_data->hasScores()) {
        if (m_data->snapshot().record.verdict != Verdict::Wrong)
            notes << tr("only wrong trajectories have them");
        else if (m_data->options().threshold)
            notes << tr("threshold set by hand");
        else if (!m_origin.isEmpty())
            notes << m_origin;
    }
    return notes.join(QStringLiteral(" · "));
}

void ScaleLegend::paintHistogram(QPainter& painter, const QRectF& ramp) const {
    const std::vector<int> bins = histogram();
    const int most = *std::max_element(bins.begin(), bins.end());
    if (most == 0)
        return;
    const double width = ramp.width() / kBins;
    for (int i = 0; i < kBins; ++i) {
        const int count = bins[static_cast<std::size_t>(i)];
        if (count == 0)
            continue;
        const double share = std::log1p(count) / std::log1p(most);
        const double height = std::max(2.0, std::round(share * kHistogramHeight));
        painter.fillRect(QRectF(std::round(ramp.left() + i * width), ramp.top() - 1 - height,
                                std::max(1.0, std::floor(width) - 1), height),
                         Theme::current().hatch);
    }
}

void ScaleLegend::paintRamp(QPainter& painter, const QRectF& ramp) const {
    const Theme& theme = Theme::current();
    const ColorScale& scale = m_data->scale();
    for (int x = 0; x < static_cast<int>(ramp.width()); ++x) {
        // Position, not value: the ramp is drawn along the axis whatever the mode.
        const double at = (x + 0.5) / ramp.width();
        const LayerMeaning& meaning = scale.meaning();
        const double heat = meaning.diverging ? 2 * at - 1 : meaning.lowIsHot ? 1 - at : at;
        const CellColor cell = meaning.diverging
                                   ? ramps::diverging(heat)
                                   : ramps::sequential(scale.palette(), scale.theme(), heat);
        painter.fillRect(QRectF(ramp.left() + x, ramp.top(), 1, ramp.height()), cell.fill);
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(theme.controlBorder, 1));
    painter.drawRect(ramp.adjusted(-0.5, -0.5, 0.5, 0.5));
    painter.setFont(fonts::small());
    painter.setPen(theme.secondText);
    double free = -kRampWidth; // numbers that would touch the one before are left out
    for (const auto& [at, text] : scale.ticks()) {
        const double x = ramp.left() + at * ramp.width();
        painter.fillRect(QRectF(std::round(x), ramp.bottom() + 1, 1, 3), theme.controlBorder);
        const double half = painter.fontMetrics().horizontalAdvance(text) / 2.0;
        if (x - half < free)
            continue;
        free = x + half + 4;
        painter.drawText(QRectF(x - 30, ramp.bottom() + 3, 60, 14),
                         Qt::AlignHCenter | Qt::AlignVCenter, text);
    }
}

void ScaleLegend::paintHandle(QPainter& painter, const QRectF& ramp) const {
    if (!hasThreshold())
        return;
    const Theme& theme = Theme::current();
    const double x = std::round(thresholdX()) + 0.5;
    const double top = 5.5;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.text, 1.5));
    painter.drawLine(QPointF(x, top + 9), QPointF(x, ramp.bottom() + 1));
    painter.setBrush(theme.window);
    painter.drawPolygon(QPolygonF{QPointF(x - 5, top), QPointF(x + 5, top),
                                  QPointF(x + 5, top + 4.5), QPointF(x, top + 9),
                                  QPointF(x - 5, top + 4.5)});
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.accent, 2));
        painter.drawRect(QRectF(x - 8, top - 3, 16, ramp.bottom() - top + 5));
    }
    painter.restore();
}

void ScaleLegend::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.window);
    painter.fillRect(QRect(0, 0, width(), 1), theme.line);
    if (!m_data)
        return;
    const QRectF ramp = rampRect();
    const LayerMeaning& meaning = m_data->scale().meaning();
    painter.setFont(fonts::ui());
    painter.setPen(theme.text);
    const double textTop = ramp.center().y() - 8;
    painter.drawText(QRectF(kLeft, textTop, ramp.left() - kLeft, 16),
                     Qt::AlignLeft | Qt::AlignVCenter, meaning.lowWords);
    const double highWidth = painter.fontMetrics().horizontalAdvance(meaning.highWords);
    painter.drawText(QRectF(ramp.right() + kGap, textTop, highWidth + 2, 16),
                     Qt::AlignLeft | Qt::AlignVCenter, meaning.highWords);
    paintHistogram(painter, ramp);
    paintRamp(painter, ramp);
    paintHandle(painter, ramp);

    double x = ramp.right() + kGap + highWidth + 16;
    const double room = m_mode->x() - x - 22;
    if (room < 24)
        return;
    marks::paint(painter, Mark::Candidate, QPointF(x, 12), theme.text);
    x += 14;
    const auto elided = [&](const QString& text) {
        return painter.fontMetrics().elidedText(text, Qt::ElideRight, static_cast<int>(room));
    };
    painter.setPen(theme.text);
    painter.drawText(QRectF(x, 8, room, 16), Qt::AlignLeft | Qt::AlignVCenter,
                     elided(candidateText()));
    painter.setFont(fonts::small());
    double note = x - 14;
    if (const QString critical = criticalText(); !critical.isEmpty()) {
        marks::paint(painter, Mark::Critical, QPointF(note, 30), theme.text);
        note += 14;
        const QString shown = elided(critical);
        painter.drawText(QRectF(note, 26, room, 16), Qt::AlignLeft | Qt::AlignVCenter, shown);
        note += painter.fontMetrics().horizontalAdvance(shown) + 10;
    }
    painter.setPen(theme.secondText);
    // A note that does not fit beside the critical token stands in the tool tip alone: half a
    // sentence says nothing.
    const double rest = std::max(0.0, m_mode->x() - 8 - note);
    const QString words = noteText();
    const bool fits = painter.fontMetrics().horizontalAdvance(words) <= rest;
    if (fits || criticalText().isEmpty())
        painter.drawText(
            QRectF(note, 26, rest, 16), Qt::AlignLeft | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(words, Qt::ElideRight, static_cast<int>(rest)));
}

QString ScaleLegend::criticalText() const {
    const RolloutFactsPtr rollouts = m_data ? m_data->snapshot().rollouts : nullptr;
    const auto* found = rollouts ? rollouts->critical() : nullptr;
    return found ? tr("critical token: %1").arg(m_data->shownPosition(found->position)) : QString();
}

void ScaleLegend::dragTo(double x) {
    const QRectF ramp = rampRect();
    const double at = std::clamp((x - ramp.left()) / ramp.width(), 0.0, 1.0);
    Q_EMIT thresholdChanged(m_data->scale().valueAt(at));
}

void ScaleLegend::mousePressEvent(QMouseEvent* event) {
    const double x = thresholdX();
    m_dragging = x >= 0 && event->button() == Qt::LeftButton &&
                 QRectF(x - 12, 0, 24, kRampTop + kRampHeight + 4).contains(event->position());
    if (m_dragging)
        setFocus(Qt::MouseFocusReason);
}

void ScaleLegend::mouseMoveEvent(QMouseEvent* event) {
    if (m_dragging)
        dragTo(event->position().x());
}

void ScaleLegend::mouseReleaseEvent(QMouseEvent*) {
    m_dragging = false;
}

void ScaleLegend::mouseDoubleClickEvent(QMouseEvent* event) {
    const double x = thresholdX();
    if (x >= 0 && std::abs(event->position().x() - x) <= 12)
        Q_EMIT thresholdReset();
}

void ScaleLegend::keyPressEvent(QKeyEvent* event) {
    if (!hasThreshold()) {
        QWidget::keyPressEvent(event);
        return;
    }
    const double pixel = rampRect().width() / 100;
    switch (event->key()) {
    case Qt::Key_Left:
        dragTo(thresholdX() - pixel);
        return;
    case Qt::Key_Right:
        dragTo(thresholdX() + pixel);
        return;
    case Qt::Key_Backspace:
        Q_EMIT thresholdReset();
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

void ScaleLegend::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void ScaleLegend::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

} // namespace crux::ui
