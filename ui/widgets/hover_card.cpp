#include "ui/widgets/hover_card.h"

#include "ui/widgets/format.h"
#include "ui/widgets/layer_values.h"
#include "ui/widgets/theme.h"

#include <QGuiApplication>
#include <QPainter>
#include <QScreen>

#include <limits>

namespace crux::ui {
namespace {

constexpr int kWidth = 280, kPadding = 12, kCardRow = 22, kSecondColumn = 150;

template <typename T> T at(const std::vector<T>& values, int i, T none) {
    return static_cast<std::size_t>(i) < values.size() ? values[static_cast<std::size_t>(i)] : none;
}

QString rankText(std::int32_t rank) {
    return rank > 0 ? format::integer(rank) : QString(format::kDash);
}

} // namespace

HoverCard::HoverCard(QWidget* view)
    : QWidget(view, Qt::ToolTip | Qt::FramelessWindowHint | Qt::WindowDoesNotAcceptFocus) {
    setAttribute(Qt::WA_ShowWithoutActivating);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFocusPolicy(Qt::NoFocus);
}

QSize HoverCard::sizeHint() const {
    const int words = m_words.isEmpty() ? 0 : kCardRow;
    return {kWidth, kPadding * 2 + 24 + static_cast<int>(m_rows.size()) * kCardRow + words};
}

void HoverCard::showFor(const HeatData& heat, int token, const QRect& cell) {
    const TrajectorySnapshot& s = heat.snapshot();
    const auto& scores = s.scores;
    constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
    const TokenCell& cellData = s.tokens[static_cast<std::size_t>(token)];
    m_token = token;
    m_title = format::visibleBlanks(cellData.text);
    m_id = cellData.id >= 0 ? QString::number(cellData.id) : QString();
    const int shown = heat.shownPosition(token);
    if (scores.s.empty() && !s.layers.empty()) { // values of a training step: all of them
        m_rows = {{tr("position"), shown > 0 ? QString::number(shown) : tr("prompt"), {}, {}}};
        for (const auto& [layer, values] : s.layers) {
            const QString name = QString::fromStdString(layer.name);
            const ColorScale scale(layerMeaning(Layer::Imported, name, s), ScaleMode::Absolute,
                                   PaletteName::Orange, Theme::current().name);
            m_rows.push_back({name, scale.text(at(values, token, kNone)), {}, {}});
        }
        return place(heat, token, cell);
    }
    m_rows = {{tr("position"), shown > 0 ? QString::number(shown) : tr("prompt"),
               QStringLiteral("s_t"), format::probability(heat.score(token))},
              {QStringLiteral("p_pos"), format::probability(at(scores.pPositive, token, kNone)),
               QStringLiteral("p_neg"), format::probability(at(scores.pNegative, token, kNone))},
              {tr("rank pos"), rankText(at(scores.rankPositive, token, -1)), tr("rank neg"),
               rankText(at(scores.rankNegative, token, -1))}};
    if (heat.options().layer != Layer::Score)
        m_rows.push_back(
            {heat.scale().meaning().name, heat.scale().text(heat.value(token)), {}, {}});
    place(heat, token, cell);
}

void HoverCard::place(const HeatData& heat, int token, const QRect& cell) {
    m_words = heat.markWords(token);
    setAccessibleName(heat.describe(token));
    resize(sizeHint());
    // Below the cell; above it where the screen ends.
    QPoint corner(cell.left(), cell.bottom() + 6);
    if (const QScreen* screen = QGuiApplication::screenAt(cell.center())) {
        const QRect area = screen->availableGeometry();
        if (corner.y() + height() > area.bottom())
            corner.setY(cell.top() - height() - 18);
        corner.setX(std::min(corner.x(), area.right() - width()));
    }
    move(corner);
    update();
    show();
}

void HoverCard::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.base);
    painter.setPen(QPen(theme.controlBorder, 1));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
    QFont fixed = fonts::fixed();
    fixed.setWeight(QFont::DemiBold);
    const QRect head(kPadding, kPadding, width() - 2 * kPadding, 20);
    painter.setPen(theme.text);
    painter.setFont(fixed);
    const int idWidth = QFontMetrics(fonts::ui()).horizontalAdvance(m_id) + 8;
    painter.drawText(
        head, Qt::AlignVCenter | Qt::AlignLeft,
        painter.fontMetrics().elidedText(m_title, Qt::ElideRight, head.width() - idWidth));
    painter.setFont(fonts::ui());
    painter.setPen(theme.secondText);
    painter.drawText(head, Qt::AlignVCenter | Qt::AlignRight, m_id);
    int y = kPadding + 24;
    const int mid = kSecondColumn, right = width() - kPadding;
    for (const Row& row : m_rows) {
        const auto put = [&](int from, int to, const QString& name, const QString& value) {
            painter.setPen(theme.secondText);
            painter.drawText(QRect(from, y, to - from, kCardRow), Qt::AlignVCenter | Qt::AlignLeft,
                             name);
            painter.setPen(theme.text);
            painter.drawText(QRect(from, y, to - from, kCardRow), Qt::AlignVCenter | Qt::AlignRight,
                             value);
        };
        put(kPadding, mid - 16, row.name, row.value);
        put(mid, right, row.name2, row.value2);
        y += kCardRow;
    }
    if (!m_words.isEmpty()) {
        painter.setPen(theme.text);
        painter.drawText(
            QRect(kPadding, y, right - kPadding, kCardRow), Qt::AlignVCenter | Qt::AlignLeft,
            painter.fontMetrics().elidedText(m_words, Qt::ElideRight, right - kPadding));
    }
}

} // namespace crux::ui
