#include "ui/pages/heat_map_pair_key.h"

#include "ui/widgets/color_scale.h"
#include "ui/widgets/format.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QPainter>

namespace crux::ui {

PairKey::PairKey(QWidget* parent)
    : QWidget(parent) {
    setFixedHeight(24);
}

void PairKey::setFacts(int sharedTokens, int firstDifference, bool unscored) {
    m_shared = sharedTokens;
    m_difference = firstDifference;
    m_unscored = unscored;
    setAccessibleName(words().join(QStringLiteral(", ")));
    update();
}

std::vector<std::pair<PairKey::Sample, QString>> PairKey::entries() const {
    std::vector<std::pair<Sample, QString>> list;
    if (m_unscored)
        list.emplace_back(Sample::Hatch, tr("score still to come"));
    list.emplace_back(Sample::Dimmed,
                      m_shared == 1
                          ? tr("shared prefix, 1 token")
                          : tr("shared prefix, %1 tokens").arg(format::integer(m_shared)));
    list.emplace_back(Sample::Bar, m_difference > 0
                                       ? tr("first difference, position %1").arg(m_difference)
                                       : tr("no difference"));
    return list;
}

QStringList PairKey::words() const {
    QStringList list;
    for (const auto& entry : entries())
        list << entry.second;
    return list;
}

void PairKey::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.window);
    painter.fillRect(QRect(0, 0, width(), 1), theme.line);
    painter.setFont(fonts::small());
    double x = 8;
    for (const auto& [kind, text] : entries()) {
        const QRectF sample(x, 6, 24, 12);
        if (kind == Sample::Bar) {
            if (m_difference > 0)
                painter.fillRect(QRectF(x + 11, 4, 2, 16), theme.accent);
        } else {
            if (kind == Sample::Hatch)
                marks::paintHatch(painter, sample, theme.hatch);
            else
                painter.fillRect(sample,
                                 mixed(ramps::sequential(PaletteName::Orange, theme.name, 0.5).fill,
                                       theme.base, theme.dimmedMix));
            painter.setPen(QPen(theme.controlBorder, 1));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(sample.adjusted(0.5, 0.5, -0.5, -0.5));
        }
        x += 28;
        painter.setPen(theme.secondText);
        painter.drawText(QPointF(x, 16), text);
        x += painter.fontMetrics().horizontalAdvance(text) + 24;
    }
}

} // namespace crux::ui
