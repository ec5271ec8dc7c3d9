// The rollouts of one position by their answers: a row an answer, below it the texts. Owner: the
// Rollouts dock. Thread: GUI; the reader thread reads.
#pragma once

#include "core/store/repositories.h"

#include <QAbstractItemModel>

#include <vector>

namespace crux::ui {

class RolloutAnswersModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { Answer, Count, Origin, ColumnCount };
    enum Role {
        VerdictRole = Qt::UserRole + 1, ///< int of crux::Verdict, of answers and texts
        ShareRole,                      ///< double: share of all rollouts of the position
        TextRole,                       ///< bool: the row is a text
    };

    explicit RolloutAnswersModel(QObject* parent = nullptr);

    /// `position`: absolute; `promptTokens` for how it is told.
    void setAnswers(std::vector<store::RolloutAnswer> answers, int position, int promptTokens);
    void clear() { setAnswers({}, -1, 0); }

    int total() const { return m_total; }
    int right() const { return m_right; }
    int shared() const { return m_shared; } ///< drawn from an earlier prefix

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QVariant answerData(const store::RolloutAnswer& answer, int column, int role) const;
    QVariant textData(const store::RolloutAnswer& answer,
                      const store::RolloutAnswer::Member& member, int column, int role) const;
    QString originWords(const store::RolloutAnswer::Member& member) const;

    std::vector<store::RolloutAnswer> m_answers;
    int m_position = -1, m_promptTokens = 0;
    int m_total = 0, m_right = 0, m_shared = 0;
};

} // namespace crux::ui
