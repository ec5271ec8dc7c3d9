#include "ui/widgets/heat_map_pane.h"

#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

namespace crux::ui {

/// Badge, title and facts of a pane in 28 px; Stop stands at its right while text is written.
class HeatMapPane::HeadLine : public QWidget {
public:
    explicit HeadLine(const PaneHead& head, QWidget* parent)
        : QWidget(parent)
        , m_head(head) {
        setFixedHeight(metrics::kPaneHead);
    }
    void setRightEdge(int width) { m_right = width; }

protected:
    void paintEvent(QPaintEvent*) override {
        const Theme& theme = Theme::current();
        QPainter painter(this);
        painter.fillRect(rect(), theme.window);
        painter.fillRect(QRect(0, 0, width(), 1), theme.line);
        painter.fillRect(QRect(0, height() - 1, width(), 1), theme.line);
        double x = 8;
        if (m_head.mainPath) {
            marks::paint(painter, Mark::Bookmark, QPointF(x, 9), theme.text);
            x += 16;
        } else {
            marks::paintVerdict(painter, QRectF(x, 6, 16, 16), m_head.verdict, m_head.source,
                                m_head.running);
            x += 24;
        }
        const auto put = [&](const QString& text, const QFont& font, const QColor& color) {
            painter.setFont(font);
            painter.setPen(color);
            const int room = static_cast<int>(width() - m_right - x);
            const QString shown = painter.fontMetrics().elidedText(text, Qt::ElideRight, room);
            painter.drawText(QRectF(x, 0, room, height() - 1), Qt::AlignLeft | Qt::AlignVCenter,
                             shown);
            x += painter.fontMetrics().horizontalAdvance(shown) + 8;
        };
        put(m_head.title, fonts::uiDemi(), theme.text);
        if (m_head.mainPath && m_head.verdict != Verdict::Ungraded) {
            marks::paintVerdict(painter, QRectF(x, 6, 16, 16), m_head.verdict, m_head.source);
            x += 22;
        }
        if (!m_head.lead.isEmpty())
            put(m_head.lead, fonts::ui(), theme.text);
        put(QStringLiteral("· ") + m_head.facts, fonts::ui(), theme.secondText);
    }

private:
    const PaneHead& m_head;
    int m_right = 8;
};

HeatMapPane::HeatMapPane(QWidget* parent)
    : QWidget(parent)
    , m_headLine(new HeadLine(m_head, this))
    , m_stop(new QPushButton(tr("Stop"), m_headLine))
    , m_stopHint(makeLabel(LabelKind::Second, m_headLine, tr("Esc keeps it")))
    , m_ribbon(new ScoreRibbon(this))
    , m_text(new TokenView(this))
    , m_overview(new OverviewStrip(m_text, this)) {
    m_stop->setIcon(icon(QStringLiteral("media-playback-stop")));
    m_stop->setToolTip(tr("Stop and keep what is written (Esc)"));
    m_stop->hide();
    m_stopHint->hide();
    auto* headRow = new QHBoxLayout(m_headLine);
    headRow->setContentsMargins(0, 2, 8, 2);
    headRow->addStretch(1);
    headRow->addWidget(m_stop);
    headRow->addWidget(m_stopHint);
    // The strip shows the place and takes clicks: a scroll bar beside it would say it twice.
    m_text->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* textRow = new QHBoxLayout;
    textRow->setContentsMargins(0, 0, 0, 0);
    textRow->setSpacing(0);
    textRow->addWidget(m_text, 1);
    textRow->addWidget(m_overview);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_headLine);
    column->addWidget(m_ribbon);
    column->addLayout(textRow, 1);
    setHeadVisible(false);

    connect(m_text, &TokenView::hovered, m_ribbon, &ScoreRibbon::setHover);
    connect(m_ribbon, &ScoreRibbon::hovered, m_text, &TokenView::setHover);
    connect(m_ribbon, &ScoreRibbon::brushed, m_text, &TokenView::setSelection);
    connect(m_text, &TokenView::selectionCleared, m_ribbon,
            [this] { m_ribbon->setSelection(-1, -1); });
    connect(m_text, &TokenView::cursorMoved, this, [this](int token) {
        m_ribbon->setCursor(token);
        Q_EMIT cursorMoved(token);
    });
    connect(m_ribbon, &ScoreRibbon::clicked, this, [this](int token) {
        setCursor(token);
        m_text->setFocus(Qt::MouseFocusReason);
        Q_EMIT cursorMoved(token);
    });
    connect(m_text, &TokenView::stopRequested, this, &HeatMapPane::stopRequested);
    connect(m_stop, &QPushButton::clicked, this, &HeatMapPane::stopRequested);
}

void HeatMapPane::setData(HeatDataPtr heat) {
    m_text->setData(heat);
    m_ribbon->setData(heat);
    m_ribbon->setCursor(m_text->cursor());
    m_overview->update();
}

void HeatMapPane::setHead(const PaneHead& head) {
    m_head = head;
    m_stop->setVisible(head.running);
    m_stopHint->setVisible(head.running);
    m_headLine->setRightEdge(
        head.running ? m_stop->sizeHint().width() + m_stopHint->sizeHint().width() + 24 : 8);
    m_headLine->setToolTip(head.title + QStringLiteral(" · ") + head.facts);
    m_headLine->setAccessibleName(head.title + QStringLiteral(", ") + head.facts);
    m_headLine->update();
}

bool HeatMapPane::headVisible() const {
    return m_headLine->isVisibleTo(this);
}

void HeatMapPane::setHeadVisible(bool visible) {
    m_headLine->setVisible(visible);
    m_ribbon->setFixedHeight(visible ? metrics::kRibbonInPane : metrics::kRibbon);
}

void HeatMapPane::setCursor(int token) {
    m_text->setCursor(token);
    m_ribbon->setCursor(m_text->cursor());
}

} // namespace crux::ui
