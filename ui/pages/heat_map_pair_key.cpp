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

void PairKey::setFacts(int sharedTokens, int firstDifference) {
    m_shared = sharedTokens;
    m_difference = firstDifference;
    setAccessibleName(words().join(QStringLiteral(", ")));
    update();
}

QStringList PairKey::words() const {
    return {tr("score still to come"),
            m_shared == 1 ? tr("shared prefix, 1 token")
                          : tr("shared prefix, %1 tokens").arg(format::integer(m_shared)),
            tr("first difference, position %1").arg(m_difference)};
}

void PairKey::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.window);
    painter.fillRect(QRect(0, 0, width(), 1), theme.line);
    painter.setFont(fonts::small());
    const QStringList texts = words();
    double x = 8;
    for (int i = 0; i < texts.size(); ++i) {
        const QRectF sample(x, 6, 24, 12);
        if (i == 2) {
            painter.fillRect(QRectF(x + 11, 4, 2, 16), theme.accent);
        } else {
            if (i == 0)
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
        painter.drawText(QPointF(x, 16), texts[i]);
        x += painter.fontMetrics().horizontalAdvance(texts[i]) + 24;
    }
}

} // namespace crux::ui
