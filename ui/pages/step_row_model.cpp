#include "ui/pages/step_row_model.h"

#include "ui/widgets/format.h"
#include "ui/widgets/metric_plot.h"
#include "ui/widgets/theme.h"

namespace crux::ui {

void StepRowModel::setStep(const StepView& step) {
    beginResetModel();
    m_rows = step.rows;
    m_pairs = step.pairs;
    endResetModel();
}

const StepRowView* StepRowModel::row(int index) const {
    return index >= 0 && index < rowCount() ? &m_rows[static_cast<std::size_t>(index)] : nullptr;
}

int StepRowModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int StepRowModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant StepRowModel::data(const QModelIndex& index, int role) const {
    const StepRowView* one = row(index.row());
    if (!index.isValid() || !one)
        return {};
    const store::StepRow& row = one->row;
    if (role == Qt::TextAlignmentRole)
        return index.column() == Question ? QVariant(Qt::AlignLeft | Qt::AlignVCenter)
                                          : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::FontRole && index.column() == Loss && index.row() == 0)
        return fonts::uiDemi();
    if (role == Qt::ToolTipRole)
        return index.column() == Question ? one->question
               : row.kept                 ? tr("The values of its tokens are stored")
                                          : tr("The values of its tokens were not stored");
    if (role == Qt::ForegroundRole && !row.kept)
        return Theme::current().secondText;
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Row:
        return format::integer(row.row + 1);
    case Question:
        return one->question;
    case Loss:
        return plotNumber(row.loss, 4);
    case Margin:
        return m_pairs ? plotNumber(row.rewardChosen - row.rewardRejected) : QString();
    case Weight:
        return plotNumber(row.weight);
    case Tokens:
        return m_pairs ? QStringLiteral("%1/%2").arg(row.chosenTokens).arg(row.rejectedTokens)
                       : format::integer(row.chosenTokens);
    default:
        return {};
    }
}

QVariant StepRowModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return section == Question ? QVariant(Qt::AlignLeft | Qt::AlignVCenter)
                                   : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && section == Weight)
        return m_pairs ? tr("Mean weight of the rejected tokens") : tr("Mean weight of the tokens");
    if (role == Qt::ToolTipRole && section == Tokens && m_pairs)
        return tr("Chosen and rejected");
    if (role != Qt::DisplayRole)
        return {};
    const QString titles[] = {m_pairs ? tr("Pair") : tr("Row"),
                              tr("Question"),
                              tr("Loss"),
                              tr("Margin"),
                              tr("Weight"),
                              tr("Tokens")};
    return section >= 0 && section < ColumnCount ? QVariant(titles[section]) : QVariant();
}

} // namespace crux::ui
