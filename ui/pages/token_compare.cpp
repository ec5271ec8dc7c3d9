#include "ui/pages/token_compare.h"

#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/theme_notifier.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

#include <array>
#include <cmath>

namespace crux::ui {

namespace {

constexpr int kRows = 4; // header, two tokens, change
constexpr int kFirstColumn = 92;
constexpr int kMarkWidth = 18;
constexpr int kTriangle = 8;

std::array<float, 4> numbersOf(const AlternativeRow& row) {
    return {row.p, row.pPositive, row.pNegative, row.s};
}

bool known(float value) {
    return value == value && value >= 0;
}

void paintTriangle(QPainter& painter, QPointF topLeft, bool up, const QColor& ink) {
    QPolygonF triangle;
    const double x = topLeft.x();
    const double y = topLeft.y();
    if (up)
        triangle << QPointF(x, y + kTriangle) << QPointF(x + kTriangle, y + kTriangle)
                 << QPointF(x + kTriangle / 2.0, y);
    else
        triangle << QPointF(x, y) << QPointF(x + kTriangle, y)
                 << QPointF(x + kTriangle / 2.0, y + kTriangle);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    painter.drawPolygon(triangle);
}

} // namespace

/// The painted part: base background, 24 px rows, header as a table's.
class TokenCompare::Table : public QWidget {
public:
    explicit Table(TokenCompare& owner)
        : QWidget(&owner)
        , m_owner(owner) {
        setFixedHeight(kRows * metrics::kRow);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const Theme& theme = Theme::current();
        painter.fillRect(rect(), theme.base);
        painter.fillRect(QRect(0, 0, width(), metrics::kHeader), theme.window);
        painter.fillRect(QRect(0, 2 * metrics::kRow, width(), metrics::kRow), theme.selection);
        paintHeader(painter, theme);
        paintToken(painter, theme, 1, m_owner.m_swapped);
        paintToken(painter, theme, 2, !m_owner.m_swapped);
        paintChange(painter, theme);
    }

private:
    QRect cell(int row, int column) const { // columns: 0 name, 1 token, 2.. numbers
        const int tokens = std::max(64, (width() - kFirstColumn) / 5);
        const int y = row * metrics::kRow;
        if (column == 0)
            return {0, y, kFirstColumn, metrics::kRow};
        if (column == 1)
            return {kFirstColumn, y, tokens, metrics::kRow};
        const double number = (width() - kFirstColumn - tokens) / 4.0;
        const int left = kFirstColumn + tokens + static_cast<int>((column - 2) * number);
        return {left, y, static_cast<int>(number), metrics::kRow};
    }
    static QRect padded(const QRect& box) { return box.adjusted(6, 0, -6, 0); }

    void paintHeader(QPainter& painter, const Theme& theme) {
        const std::array<QString, 6> titles{QString(),
                                            TokenCompare::tr("Token"),
                                            TokenCompare::tr("p"),
                                            TokenCompare::tr("p_pos"),
                                            TokenCompare::tr("p_neg"),
                                            TokenCompare::tr("s_t")};
        painter.setFont(fonts::ui());
        for (int column = 0; column < 6; ++column) {
            const QRect box = cell(0, column);
            painter.setPen(theme.text);
            painter.drawText(padded(box),
                             Qt::AlignVCenter | (column < 2 ? Qt::AlignLeft : Qt::AlignRight),
                             titles[static_cast<std::size_t>(column)]);
            painter.fillRect(QRect(box.right(), 0, 1, metrics::kHeader), theme.line);
        }
        painter.fillRect(QRect(0, 0, width(), 1), theme.line);
        painter.fillRect(QRect(0, metrics::kHeader - 1, width(), 1), theme.line);
    }

    void paintToken(QPainter& painter, const Theme& theme, int row, bool other) {
        const AlternativeRow& token = other ? m_owner.m_other : m_owner.m_original;
        const QRect name = cell(row, 0);
        const bool marked = other ? m_owner.m_forced : m_owner.m_candidate;
        if (marked) {
            const Mark mark = other ? Mark::Forced : Mark::Candidate;
            const QSizeF size = marks::size(mark);
            marks::paint(painter, mark, QPointF(4, name.center().y() - size.height() / 2 + 1),
                         theme.text);
        }
        painter.setPen(theme.text);
        painter.setFont(fonts::ui());
        const QString word = !other             ? TokenCompare::tr("original")
                             : m_owner.m_forced ? TokenCompare::tr("forced")
                                                : TokenCompare::tr("selected");
        painter.drawText(name.adjusted(kMarkWidth, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
                         word);
        painter.setFont(fonts::fixed());
        const QRect text = padded(cell(row, 1));
        painter.drawText(text, Qt::AlignVCenter | Qt::AlignLeft,
                         painter.fontMetrics().elidedText(format::visibleBlanks(token.text),
                                                          Qt::ElideRight, text.width()));
        const std::array<float, 4> numbers = numbersOf(token);
        for (int i = 0; i < 4; ++i) {
            painter.setFont(i == 3 ? fonts::uiDemi() : fonts::ui());
            painter.drawText(padded(cell(row, i + 2)), Qt::AlignVCenter | Qt::AlignRight,
                             format::probability(numbers[static_cast<std::size_t>(i)]));
        }
    }

    void paintChange(QPainter& painter, const Theme& theme) {
        painter.setFont(fonts::ui());
        painter.setPen(theme.text);
        painter.drawText(cell(3, 0).adjusted(kMarkWidth, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft,
                         TokenCompare::tr("change"));
        for (int i = 0; i < 4; ++i) {
            const QString text = m_owner.changeText(i);
            const QRect box = padded(cell(3, i + 2));
            painter.setFont(i == 3 ? fonts::uiDemi() : fonts::ui());
            painter.setPen(theme.text);
            painter.drawText(box, Qt::AlignVCenter | Qt::AlignRight, text);
            if (text.startsWith(QLatin1Char('+')) || text.startsWith(format::kMinus)) {
                const int left =
                    box.right() - painter.fontMetrics().horizontalAdvance(text) - kTriangle - 3;
                paintTriangle(painter, QPointF(left, box.center().y() - kTriangle / 2.0 + 1),
                              text.startsWith(QLatin1Char('+')), theme.text);
            }
        }
    }

    TokenCompare& m_owner;
};

TokenCompare::TokenCompare(QWidget* parent)
    : QWidget(parent) {
    m_title = makeLabel(LabelKind::Demi, this);
    m_subtitle = makeLabel(LabelKind::Second, this);
    m_footer = makeLabel(LabelKind::Second, this);
    m_swap = new QToolButton(this);
    m_swap->setText(tr("Swap"));
    m_swap->setIcon(icon(QStringLiteral("object-flip-horizontal")));
    m_swap->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_swap->setProperty("flatTool", true);
    m_swap->setAutoRaise(true);
    m_swap->setToolTip(tr("Take the other token as the base of the difference"));
    m_back = makeIconButton(QStringLiteral("go-up"), tr("Back to the token's values"), this);
    m_table = new Table(*this);

    auto* head = new QHBoxLayout;
    head->setContentsMargins(8, 4, 4, 4);
    head->setSpacing(8);
    head->addWidget(m_title);
    head->addWidget(m_subtitle, 1);
    head->addWidget(m_swap);
    head->addWidget(m_back);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_table);
    m_footer->setContentsMargins(8, 4, 8, 4);
    column->addWidget(m_footer);
    connect(m_swap, &QToolButton::clicked, this, &TokenCompare::swap);
    connect(m_back, &QToolButton::clicked, this, &TokenCompare::backToToken);
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, this,
            qOverload<>(&QWidget::update));
}

void TokenCompare::setPair(const QString& place, const AlternativeRow& original,
                           const AlternativeRow& other, bool forced, bool originalIsCandidate,
                           const QString& footer) {
    m_place = place;
    m_original = original;
    m_other = other;
    m_forced = forced;
    m_candidate = originalIsCandidate;
    m_footer->setText(footer);
    updateTexts();
}

void TokenCompare::swap() {
    m_swapped = !m_swapped;
    updateTexts();
}

void TokenCompare::updateTexts() {
    m_title->setText(m_place);
    if (m_swapped)
        m_subtitle->setText(m_forced ? tr("forced against original token")
                                     : tr("selected against original token"));
    else
        m_subtitle->setText(m_forced ? tr("original against forced token")
                                     : tr("original against selected token"));
    m_table->setAccessibleName(m_subtitle->text());
    m_table->setAccessibleDescription(
        tr("change: p %1, p_pos %2, p_neg %3, s_t %4")
            .arg(changeText(0), changeText(1), changeText(2), changeText(3)));
    m_table->update();
}

QString TokenCompare::changeText(int column) const {
    const float before =
        numbersOf(m_swapped ? m_other : m_original)[static_cast<std::size_t>(column)];
    const float after =
        numbersOf(m_swapped ? m_original : m_other)[static_cast<std::size_t>(column)];
    if (!known(before) || !known(after))
        return QString(format::kDash);
    return format::change(static_cast<double>(after) - static_cast<double>(before), true);
}

} // namespace crux::ui
