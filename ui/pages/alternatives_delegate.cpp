#include "ui/pages/alternatives_delegate.h"

#include "ui/pages/alternatives_model.h"
#include "ui/widgets/color_scale.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QPainter>

namespace crux::ui {

namespace {
constexpr int kPadding = 4;
constexpr int kSwatch = 11;
constexpr int kDot = 6;
constexpr int kInterval = 34;
} // namespace

AlternativesDelegate::AlternativesDelegate(const ViewSettings& view, QObject* parent)
    : QStyledItemDelegate(parent)
    , m_view(view) {}

QSize AlternativesDelegate::sizeHint(const QStyleOptionViewItem& option,
                                     const QModelIndex& index) const {
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(metrics::kRow);
    return size;
}

void AlternativesDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                                 const QModelIndex& index) const {
    const Theme& theme = Theme::current();
    const bool original = index.data(AlternativesModel::OriginalRole).toBool();
    const bool cut = index.data(AlternativesModel::CutRole).toBool();
    const int column = index.column();

    // Background, selection and focus ring come from the style, the content from here.
    QStyleOptionViewItem background = option;
    initStyleOption(&background, index);
    background.text.clear();
    const QStyle* style = option.widget ? option.widget->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &background, painter, option.widget);

    painter->save();
    const bool dim = cut || column == AlternativesModel::Key || column == AlternativesModel::Id;
    painter->setPen(dim ? theme.secondText : theme.text);
    QFont font = column == AlternativesModel::Token ? fonts::fixed() : fonts::ui();
    if (original && column == AlternativesModel::Token)
        font.setWeight(QFont::DemiBold);
    painter->setFont(font);
    QRect box = option.rect.adjusted(kPadding, 0, -kPadding, 0);
    if (column == AlternativesModel::Score) {
        const double score = index.data(AlternativesModel::ScoreRole).toDouble();
        const QRect swatch(box.right() - kSwatch, box.center().y() - kSwatch / 2, kSwatch, kSwatch);
        if (score >= 0) {
            const ScaleMode mode =
                m_view.scale == ScaleMode::Percentile ? ScaleMode::Absolute : m_view.scale;
            const ColorScale scale(LayerMeaning{}, mode, m_view.palette, theme.name);
            painter->fillRect(swatch, scale.color(score).fill);
            painter->setPen(theme.controlBorder);
            painter->drawRect(swatch);
            painter->setPen(dim ? theme.secondText : theme.text);
        }
        box.setRight(swatch.left() - 6);
    }
    if (const int total = index.data(AlternativesModel::TotalRole).toInt();
        column == AlternativesModel::Rollouts && total > 0) {
        const QRectF bar(box.right() - kInterval, box.top(), kInterval, box.height());
        marks::paintInterval(*painter, bar, index.data(AlternativesModel::RightRole).toInt(),
                             total);
        box.setRight(static_cast<int>(bar.left()) - 5);
    }
    QString text = index.data().toString();
    const auto alignment = static_cast<Qt::Alignment>(index.data(Qt::TextAlignmentRole).toInt());
    const int room = box.width() - (original && column == AlternativesModel::Token ? kDot + 6 : 0);
    text = painter->fontMetrics().elidedText(text, Qt::ElideRight, room);
    painter->drawText(box, static_cast<int>(alignment), text);
    if (original && column == AlternativesModel::Token) {
        const int left = box.left() + painter->fontMetrics().horizontalAdvance(text) + 6;
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(theme.text);
        painter->drawEllipse(QRectF(left, box.center().y() - kDot / 2.0 + 1, kDot, kDot));
    }
    painter->restore();
}

} // namespace crux::ui
