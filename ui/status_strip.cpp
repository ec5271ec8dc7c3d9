#include "ui/status_strip.h"

#include "ui/model/job_model.h"
#include "ui/model/text_format.h"
#include "ui/model/worker_client.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QAbstractButton>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

namespace crux::ui {

/// "1 running ▬ 34 % · 2 queued" in a rounded frame; a button that shows the Jobs dock.
class JobPill : public QAbstractButton {
    Q_OBJECT
public:
    explicit JobPill(QWidget* parent)
        : QAbstractButton(parent) {
        setFixedHeight(metrics::kPill);
        setCursor(Qt::PointingHandCursor);
        setFocusPolicy(Qt::TabFocus);
    }
    void setCounts(const JobCounts& counts) {
        m_counts = counts;
        QStringList words;
        if (counts.running > 0)
            words << tr("%n running", nullptr, counts.running);
        if (counts.queued > 0)
            words << tr("%n queued", nullptr, counts.queued);
        if (counts.failed > 0)
            words << tr("%n failed", nullptr, counts.failed);
        if (words.isEmpty())
            words << tr("no job running");
        m_first = words.takeFirst();
        m_rest =
            words.isEmpty() ? QString() : QStringLiteral(" · ") + words.join(QStringLiteral(" · "));
        setAccessibleName(m_first + m_rest);
        setToolTip(tr("Jobs (%1)").arg(QStringLiteral("Ctrl+J")));
        updateGeometry();
        update();
    }
    QSize sizeHint() const override {
        const QFontMetrics sizes(font());
        int width = 36 + sizes.horizontalAdvance(m_first + m_rest);
        if (m_counts.percent >= 0)
            width += 48 + sizes.horizontalAdvance(percentText());
        return {width, metrics::kPill};
    }

protected:
    void paintEvent(QPaintEvent*) override {
        const Theme& theme = Theme::current();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(hasFocus() ? QPen(theme.accent, 2) : QPen(theme.controlBorder, 1));
        painter.setBrush(theme.base);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
        const auto state = m_counts.running > 0  ? store::JobState::Running
                           : m_counts.queued > 0 ? store::JobState::Queued
                           : m_counts.failed > 0 ? store::JobState::Failed
                                                 : store::JobState::Done;
        marks::paintJobState(painter, QRectF(8, 0, 16, height()), state);
        painter.setPen(theme.text);
        const QFontMetrics sizes(font());
        int x = 28;
        const auto text = [&](const QString& words) {
            painter.drawText(QRect(x, 0, width() - x, height()), Qt::AlignVCenter | Qt::AlignLeft,
                             words);
            x += sizes.horizontalAdvance(words);
        };
        text(m_first);
        if (m_counts.percent >= 0) {
            const QRectF bar(x + 6.5, height() / 2.0 - 3.5, 32, 7);
            painter.setRenderHint(QPainter::Antialiasing, false);
            painter.fillRect(
                QRectF(bar.left(), bar.top(), bar.width() * m_counts.percent / 100.0, bar.height()),
                theme.accent);
            painter.setBrush(Qt::NoBrush);
            painter.setPen(theme.controlBorder);
            painter.drawRect(bar);
            painter.setPen(theme.text);
            x += 44;
            text(percentText());
        }
        text(m_rest);
    }

private:
    QString percentText() const { return tr("%1 %").arg(m_counts.percent); }
    JobCounts m_counts;
    QString m_first, m_rest;
};

StatusStrip::StatusStrip(Session& session, QWidget* parent)
    : QStatusBar(parent)
    , m_session(session)
    , m_message(new QToolButton(this))
    , m_middle(makeElided(LabelKind::Plain, this))
    , m_pill(new JobPill(this))
    , m_device(makeElided(LabelKind::Plain, this))
    , m_layers(new QToolButton(this)) {
    setSizeGripEnabled(false);
    setFixedHeight(metrics::kStatusBar);
    m_message->setAutoRaise(true);
    m_message->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    auto* left = new QWidget(this); // the message stands at the left of its third
    auto* leftRow = new QHBoxLayout(left);
    leftRow->setContentsMargins(4, 0, 4, 0);
    leftRow->addWidget(m_message);
    leftRow->addStretch(1);
    m_message->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    m_message->setProperty("flatTool", true);
    m_layers->setAutoRaise(true);
    m_layers->setIcon(icon(QStringLiteral("dialog-layers")));
    m_layers->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_middle->setAlignment(Qt::AlignCenter);
    addWidget(left, 3);
    addWidget(makeRule(this, true));
    addWidget(m_middle, 4);
    addPermanentWidget(makeRule(this, true));
    addPermanentWidget(m_pill);
    addPermanentWidget(m_device);
    addPermanentWidget(m_layers);
    connect(m_message, &QToolButton::clicked, this, [this] {
        if (!m_error)
            return;
        clearError();
        Q_EMIT errorClicked();
    });
    connect(m_pill, &QAbstractButton::clicked, this, &StatusStrip::jobsClicked);
    connect(m_layers, &QToolButton::clicked, this, &StatusStrip::layersClicked);
    connect(&session, &Session::factsChanged, this, [this] {
        updateMiddle();
        updateJobs();
    });
    connect(&session, &Session::jobsChanged, this, &StatusStrip::updateJobs);
    connect(&session, &Session::scoreSetChanged, this, &StatusStrip::updateMiddle);
    connect(&session.worker(), &WorkerClient::stateChanged, this, &StatusStrip::updateDevice);
    connect(&session.worker(), &WorkerClient::modelChanged, this, &StatusStrip::updateDevice);
    updateMiddle();
    updateJobs();
    updateDevice();
    setHiddenLayers({});
}

void StatusStrip::say(const QString& message) {
    m_text = message;
    if (m_error)
        return;
    m_message->setIcon({});
    m_shownMessage = message;
    fitMessage();
    m_message->setToolTip(message);
}

void StatusStrip::showError(const Notice& notice) {
    m_error = true;
    m_message->setIcon(QIcon(marks::severityPixmap(Severity::Error, devicePixelRatioF())));
    m_shownMessage = tr("%1 Click for details.").arg(notice.title);
    fitMessage();
    m_message->setToolTip(notice.title + QLatin1Char('\n') + notice.text);
}

/// The message has the left third; what it leaves out stands in its tool tip.
void StatusStrip::fitMessage() {
    const int room = std::max(80, width() / 3 - 56);
    m_message->setText(m_message->fontMetrics().elidedText(m_shownMessage, Qt::ElideRight, room));
}

void StatusStrip::resizeEvent(QResizeEvent* event) {
    QStatusBar::resizeEvent(event);
    fitMessage();
}

void StatusStrip::clearError() {
    m_error = false;
    say(m_text);
}

void StatusStrip::setShown(qint64 shown, qint64 total) {
    m_shown = shown;
    m_total = total;
    updateMiddle();
}

QString StatusStrip::middleText() const {
    return m_middle->text();
}

void StatusStrip::updateMiddle() {
    if (!m_session.isOpen()) {
        m_middle->setText(tr("no project open"));
        return;
    }
    QStringList parts;
    const qint64 total = m_total >= 0 ? m_total : m_session.facts().trajectories;
    if (m_shown >= 0)
        parts << tr("%1 of %2 shown")
                     .arg(text_format::integer(m_shown),
                          text_format::integer(std::max(total, m_shown)));
    parts << tr("%1 marked").arg(m_session.facts().marks);
    const auto* set = m_session.facts().scoreSet(m_session.scoreSet());
    parts << (set ? tr("score set ‹%1›").arg(text_format::scoreSetName(*set)) : tr("no score set"));
    m_middle->setText(parts.join(QStringLiteral(" · ")));
}

void StatusStrip::updateJobs() {
    m_pill->setCounts(countJobs(m_session.facts().jobs));
}

void StatusStrip::updateDevice() {
    const WorkerClient& worker = m_session.worker();
    QStringList parts;
    parts << (worker.modelLine().isEmpty() ? tr("no model in memory") : worker.modelLine());
    switch (worker.state()) {
    case WorkerClient::State::Off:
        break;
    case WorkerClient::State::Starting:
        parts << tr("worker is starting");
        break;
    case WorkerClient::State::Crashed:
        parts << tr("worker is not running");
        break;
    default:
        parts << worker.deviceLine();
        if (worker.memoryBytes() > 0)
            parts << tr("%1 memory").arg(format::bytes(worker.memoryBytes()));
    }
    m_device->setText(parts.join(QStringLiteral(" · ")));
    m_device->setToolTip(worker.crashText());
}

void StatusStrip::setHiddenLayers(const QStringList& names) {
    m_layers->setText(tr("%1 hidden").arg(names.size()));
    m_layers->setToolTip(
        names.isEmpty()
            ? tr("No dock is hidden")
            : tr("Hidden: %1. Click to show them.").arg(names.join(QStringLiteral(", "))));
    m_layers->setEnabled(!names.isEmpty());
}

} // namespace crux::ui

#include "status_strip.moc"
