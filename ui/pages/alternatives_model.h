// Rows of the inspector's alternatives table: stored top-K (or the worker's longer list) with the
// original token always among them, identified by its id.
#pragma once

#include "core/spec/sampling.h"
#include "ui/model/force_service.h"
#include "ui/model/trajectory_snapshot.h"

#include <QAbstractTableModel>

#include <map>
#include <memory>
#include <vector>

namespace crux::ui {

/// Pieces of a vocabulary shared by the views; nullptr: unknown.
using VocabularyPtr = std::shared_ptr<const store::VocabularyRecord>;

/// Text of a vocabulary piece: valid UTF-8 as text, other bytes as "<0xE2>"; "‹id 574›" when
/// unknown.
QString pieceText(const VocabularyPtr& vocabulary, std::int32_t id);

/// The stored alternatives at `position` (absolute), most likely first; empty when none are stored.
std::vector<AlternativeRow> storedAlternatives(const TrajectorySnapshot& snapshot, int position,
                                               const VocabularyPtr& vocabulary);
/// The token that stands at `position`, with what its scores say.
AlternativeRow originalRow(const TrajectorySnapshot& snapshot, int position);

/// Table model of one position. Owner: the inspector. GUI thread. Never fails; unknown values show
/// a dash.
class AlternativesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Key, Token, Id, P, PPositive, PNegative, Score, Rollouts, Branches, ColumnCount };
    enum Role {
        RowIdRole = Qt::UserRole + 1,
        OriginalRole,
        CutRole,
        ScoreRole,
        RightRole, ///< of TotalRole rollouts after this token
        TotalRole, ///< 0: none
    };

    explicit AlternativesModel(QObject* parent = nullptr);

    /// `branches`: live branches at this position by first forced id.
    void setRows(std::vector<AlternativeRow> rows, const AlternativeRow& original,
                 const std::vector<std::pair<std::int32_t, int>>& branches);
    void clear();
    /// Right of total rollouts by token id; tokens without any show a dash.
    void setRollouts(const std::map<std::int32_t, store::ShareCount>& shares);
    /// Which rows top-p and top-k would never draw; they stay, in the second text colour.
    void setSampling(const SamplingParams& sampling);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    const AlternativeRow& row(int index) const {
        return m_rows[static_cast<std::size_t>(index)].row;
    }
    bool isOriginal(int index) const;
    bool isCut(int index) const;
    /// Row of a token id, -1 when it is not listed.
    int rowOfId(std::int32_t id) const;
    /// Row of key 1..9, -1 when there is none.
    int rowOfKey(int key) const;
    /// First row that is not the original, -1 when there is none.
    int firstOther() const;

private:
    struct Entry {
        AlternativeRow row;
        bool original = false;
        bool listed = true; ///< false: outside the list, appended as the original token
        bool cut = false;
        int branches = 0;
        store::ShareCount rollouts;
    };
    QVariant display(const Entry& entry, int index, int column) const;
    void markCut();

    std::vector<Entry> m_rows;
    SamplingParams m_sampling;
};

} // namespace crux::ui
