// The open project as a tree of items: datasets, models and adapters by lineage, score sets,
// slices, bookmarks. Shared by the Project dock and the Data perspective.
#pragma once

#include "core/store/step_repo.h"
#include "ui/model/session.h"

#include <QStandardItemModel>

namespace crux::ui {

/// Built anew from facts; a few hundred rows at most. Owner: its view's widget. GUI thread.
class ProjectTree : public QStandardItemModel {
    Q_OBJECT
public:
    enum Column { Name, What, Size, Date, ColumnCount };
    enum Kind { Group, Dataset, Model, Adapter, ScoreSet, Slice, Bookmark, PairSet, Run };
    enum Role { KindRole = Qt::UserRole + 1, IdRole, TextRole, PositionRole };
    enum Part {
        Datasets = 1,
        Lineage = 2,
        ScoreSets = 4,
        Slices = 8,
        Bookmarks = 16,
        TrainingData = 32,
        All = 63
    };

    ProjectTree(int parts, QObject* parent);
    void setFacts(const ProjectFacts& facts, ScoreSetId current);
    /// Runs that made adapters, for the next setFacts(); whether they are others than before.
    bool setOrigins(const std::vector<store::AdapterOrigin>& origins);
    void setBookmarks(const std::vector<store::MarkRecord>& marks);

private:
    QStandardItem* addGroup(const QString& title);
    void addLineage(const ProjectFacts& facts);
    void addOrigin(const ProjectFacts& facts, AdapterId adapter, QStandardItem* under);
    void addTrainingData(const ProjectFacts& facts);
    static QList<QStandardItem*> row(Kind kind, qint64 id, const QString& name, const QString& what,
                                     const QString& size, qint64 dateMs);

    int m_parts;
    QStandardItem* m_bookmarks = nullptr;
    std::vector<store::MarkRecord> m_marks;
    std::vector<store::AdapterOrigin> m_origins;
};

} // namespace crux::ui
