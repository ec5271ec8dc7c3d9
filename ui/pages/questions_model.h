// Questions of one dataset, fetched a page at a time as the table scrolls.
#pragma once

#include "core/store/records.h"

#include <QAbstractTableModel>

#include <vector>

namespace crux::ui {

class Session;

/// Owner: DataPage. GUI thread; pages come from the reader thread.
class QuestionsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Id, Question, Gold, ColumnCount };
    QuestionsModel(Session& session, QObject* parent);
    void setDataset(DatasetId id, std::int64_t total);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    bool canFetchMore(const QModelIndex& parent) const override;
    void fetchMore(const QModelIndex& parent) override;

private:
    Session& m_session;
    DatasetId m_dataset;
    std::int64_t m_total = 0;
    bool m_fetching = false;
    int m_generation = 0; ///< pages asked for before the last setDataset are dropped
    std::vector<store::QuestionRecord> m_rows;
};

} // namespace crux::ui
