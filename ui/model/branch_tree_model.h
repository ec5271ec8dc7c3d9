// The outline of one trajectory's tree: the root path, under it the places where branches leave it,
// under those the branches. Runs of tokens without a fork are one node; indent only at real forks.
// Owner: the Branches dock. Thread: GUI; texts of the children come from the reader thread.
#pragma once

#include "core/store/records.h"
#include "ui/model/trajectory_snapshot.h"

#include <QAbstractItemModel>

#include <memory>
#include <unordered_map>
#include <vector>

namespace crux::ui {

class Session;

/// What the outline says of one child path.
struct BranchText {
    QString replaced, by, continuation; ///< token texts and first words
    QString answer;
    Verdict verdict = Verdict::Ungraded;
    Source source = Source::Forced;
    QString modelName;
    int tokens = 0; ///< of the response
    store::ShareCount share;  ///< right of total after the forced token; the root: bare prompt
    store::ShareCount before; ///< and of its parent before the place where it leaves it
    bool operator==(const BranchText&) const = default;
};

class BranchTreeModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { Node, Answer, P, RightOfN, Tokens, ColumnCount };
    enum Role {
        PathRole = Qt::UserRole + 1, ///< qint64 TrajectoryId; 0 on a fork row
        BranchRole,                  ///< qint64 BranchId; 0 on the root and fork rows
        PositionRole,                ///< fork position (absolute)
        RootRole,
        ForkRole,
        MainPathRole,
        RunningRole,
        UnreadRole,
        VerdictRole,
        SourceRole,
        LeadRole, ///< fixed-font part: the forced token
        TextRole, ///< the words after it
        RightRole, TotalRole, ///< of RightOfN
    };
    enum class Show { All, Right, Wrong, Forced };

    explicit BranchTreeModel(Session& session, QObject* parent = nullptr);

    /// Which branches are listed; a hidden branch with shown descendants stays.
    void setShow(Show show);
    Show show() const { return m_show; }
    void setModelFilter(const QString& model); ///< only branches it wrote; empty: of all
    QString modelFilter() const { return m_modelFilter; }
    QStringList modelNames() const; ///< that wrote the tree's branches
    std::int32_t promptTokens() const { return m_promptTokens; }
    BranchText textOf(TrajectoryId path) const; ///< empty until it was read
    bool hasShares() const; ///< some row has rollouts
    bool hasBranches() const { return !m_branches.empty(); }
    TrajectoryId root() const { return m_root; }
    QModelIndex indexOfPath(TrajectoryId path) const;
    /// Sibling branch at the same fork, parent path, first child path; none where there is none.
    TrajectoryId sibling(TrajectoryId path, int step) const;
    TrajectoryId parentPath(TrajectoryId path) const;
    TrajectoryId firstChild(TrajectoryId path) const;
    /// The child of `path` that was open last, else its first.
    TrajectoryId lastVisitedChild(TrajectoryId path) const;
    /// `path` was opened: each of its ancestors remembers the way to it.
    void noteVisited(TrajectoryId path);
    const store::BranchRecord* branchOf(TrajectoryId path) const;
    std::vector<BranchId> subtree(TrajectoryId path) const; ///< the branch and all below it

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// The tree as lines "⑂ pos 47 …", for tests and copying.
    QStringList lines() const;

private:
    struct Item {
        Item* parent = nullptr;
        int row = 0;
        TrajectoryId path;                           ///< none: a fork row
        const store::BranchRecord* branch = nullptr; ///< nullptr: root or fork row
        std::int32_t position = -1;
        bool ownFork = false; ///< the only branch at its place: carries the fork's words itself
        std::vector<std::unique_ptr<Item>> children;
    };
    void follow();
    void askTexts();
    void rebuild();
    void build();
    void addChildren(Item& item, int depth);
    bool wanted(const store::BranchRecord& branch, int depth) const;
    bool fits(const store::BranchRecord& branch) const;
    const std::vector<const store::BranchRecord*>& childrenOf(TrajectoryId path) const;
    void indexBranches();
    const Item* itemOf(const QModelIndex& index) const;
    QString nodeText(const Item& item) const;
    store::ShareCount shareOf(const Item& item) const;
    QString lead(const Item& item) const;
    QString tail(const Item& item) const;

    Session& m_session;
    Show m_show = Show::All;
    TrajectoryId m_root;
    std::int32_t m_promptTokens = 0;
    QString m_modelFilter;
    std::vector<store::BranchRecord> m_branches;
    std::unordered_map<std::int64_t, std::vector<const store::BranchRecord*>> m_children;
    std::unordered_map<std::int64_t, const store::BranchRecord*> m_byChild;
    std::unordered_map<std::int64_t, TrajectoryId> m_visited; ///< parent -> child opened last
    std::unordered_map<std::int64_t, BranchText> m_texts; ///< by child path; the root under its own
    std::unique_ptr<Item> m_top;
    quint64 m_token = 0;
};

} // namespace crux::ui
