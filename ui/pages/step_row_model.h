// Rows of a training step as a table: question, loss, margin, weight, tokens; worst first.
#pragma once

#include "ui/model/step_view.h"

#include <QAbstractTableModel>

namespace crux::ui {

/// Owner: BatchInspector. GUI thread.
class StepRowModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Row, Question, Loss, Margin, Weight, Tokens, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    void setStep(const StepView& step);
    const StepRowView* row(int index) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<StepRowView> m_rows;
    bool m_pairs = false;
};

} // namespace crux::ui
