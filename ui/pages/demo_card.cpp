#include "ui/pages/demo_card.h"

#include "ui/widgets/color_scale.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/theme_notifier.h"

#include <QFontMetricsF>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include <array>

namespace crux::ui {

namespace {

struct SampleToken {
    const char* text;
    double score; ///< s_t, negative: end of the line
};

// A wrong answer of the demo (Ben gives back 12), with its scores.
constexpr std::array<SampleToken, 41> kSample{
    {{"From", 0.64},  {" Ned", 0.97}, {" come", 1}, {" ", 1}, {"5", 1}, {"*", 1},
     {"2", 1},        {"=", 1},       {"1", 1},     {"0", 1}, {".", 1}, {" Now", 0.55},
     {" ", 1},        {"4", 1},       {"5", 1},     {"+", 1}, {"1", 1}, {"0", 1},
     {"=", 1},        {"5", 1},       {"5", 1},     {".", 1}, {"", -1}, {"Ben", 0.98},
     {" was", 0.026}, {" owed", 1},   {" ", 1},     {"1", 1}, {"2", 1}, {":", 1},
     {" ", 1},        {"5", 1},       {"5", 1},     {"+", 1}, {"1", 1}, {"2", 1},
     {"=", 1},        {"6", 1},       {"7", 1},     {".", 1}, {"", -1}}};
constexpr int kCriticalIndex = 24;
constexpr int kDemoTrajectories = 640; ///< rows of resources/demo/trajectories.jsonl

} // namespace

/// The painted sample: mark lane above each line, cells with a gap of 1 px.
class DemoCard::Lines : public QWidget {
public:
    explicit Lines(QWidget* parent)
        : QWidget(parent) {
        setFixedHeight(2 * metrics::kLine + 24);
        setAccessibleName(DemoCard::tr("Sample of a heat map: the token “was” is critical"));
        connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, this,
                qOverload<>(&QWidget::update));
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Theme& theme = Theme::current();
        painter.fillRect(rect(), theme.base);
        painter.setPen(theme.line);
        painter.drawRect(QRectF(rect()).adjusted(.5, .5, -.5, -.5));
        painter.setClipRect(rect().adjusted(1, 1, -1, -1));
        const ColorScale scale(LayerMeaning{}, ScaleMode::Absolute, PaletteName::Orange,
                               theme.name);
        painter.setFont(fonts::heatMap());
        const double advance = QFontMetricsF(fonts::heatMap()).horizontalAdvance(QLatin1Char('0'));
        double x = 8;
        double y = 4;
        for (std::size_t i = 0; i < kSample.size(); ++i) {
            if (kSample[i].score < 0) {
                if (i + 1 == kSample.size())
                    marks::paintBlank(painter, BlankGlyph::LineEnd,
                                      QRectF(x, y + metrics::kLane, advance, metrics::kCell),
                                      y + metrics::kLane + 15, theme.secondText);
                x = 8;
                y += metrics::kLine;
                continue;
            }
            x = paintToken(painter, scale, theme, i, x, y, advance);
        }
    }

private:
    static double paintToken(QPainter& painter, const ColorScale& scale, const Theme& theme,
                             std::size_t index, double x, double y, double advance) {
        const QString text = QLatin1String(kSample[index].text);
        const QRectF cell(x, y + metrics::kLane, advance * static_cast<double>(text.size()) - 1,
                          metrics::kCell);
        const CellColor color = scale.color(kSample[index].score);
        painter.fillRect(cell, color.fill);
        painter.setPen(color.ink);
        painter.drawText(QPointF(x, y + metrics::kLane + 15), text);
        if (index == kCriticalIndex) {
            painter.fillRect(QRectF(cell.left(), cell.top(), 3, cell.height()), color.ink);
            const QSizeF mark = marks::size(Mark::Candidate);
            marks::paint(
                painter, Mark::Candidate,
                QPointF(cell.center().x() - mark.width() / 2, cell.top() - 3 - mark.height()),
                theme.text, theme.base);
        }
        return x + advance * static_cast<double>(text.size());
    }
};

DemoCard::DemoCard(QWidget* parent)
    : QFrame(parent) {
    setFrameShape(QFrame::Box);
    setFrameShadow(QFrame::Plain);
    setForegroundRole(QPalette::Mid);
    auto* title = makeLabel(LabelKind::ItemTitle, this, tr("Demo"));
    auto* subtitle = makeLabel(LabelKind::Second, this, tr("part of the program"));
    auto* text = makeLabel(
        LabelKind::Plain, this,
        tr("A model of 2.9 million parameters, a positive and a negative adapter, and %1 "
           "trajectories of word problems. Their critical tokens are planted, so scores can be "
           "checked against the truth; a forced token continues at once on any processor.")
            .arg(format::integer(kDemoTrajectories)));
    text->setWordWrap(true);
    auto* lines = new Lines(this);
    m_open = new QPushButton(icon(QStringLiteral("media-playback-start")), tr("Open demo"), this);
    m_note = makeLabel(LabelKind::Second, this, tr("opens a copy, the original stays as it is"));
    m_note->setWordWrap(true);
    auto* head = new QHBoxLayout;
    head->setSpacing(8);
    head->addWidget(title);
    head->addWidget(subtitle, 1);
    auto* foot = new QHBoxLayout;
    foot->setSpacing(8);
    foot->addWidget(m_open);
    foot->addWidget(m_note, 1);
    auto* study = new QPushButton(tr("Study…"), this);
    study->setToolTip(tr("What methods and detectors measured on the demo"));
    foot->addWidget(study);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(8);
    column->addLayout(head);
    column->addWidget(text);
    column->addWidget(lines);
    column->addStretch(1);
    column->addLayout(foot);
    connect(m_open, &QPushButton::clicked, this, &DemoCard::openDemo);
    connect(study, &QPushButton::clicked, this, &DemoCard::openStudy);
}

void DemoCard::setReason(const QString& reason) {
    m_open->setEnabled(reason.isEmpty());
    m_note->setText(reason.isEmpty() ? tr("opens a copy, the original stays as it is") : reason);
}

} // namespace crux::ui
