// The Project dock: what the project holds, as a tree; a row leads to what it names.
#pragma once

#include <QWidget>

class QMenu;
class QModelIndex;
class QStackedWidget;
class QTreeView;

namespace crux::ui {

class EmptyState;
class ProjectTree;
class Session;

/// What an adapter (a checkpoint of a run is one) can be taken for.
enum class AdapterUse { ScorePositive, ScoreNegative, Sample, Train };

/// Owner: MainWindow's dock. GUI thread.
class ProjectDock : public QWidget {
    Q_OBJECT
public:
    explicit ProjectDock(Session& session, QWidget* parent = nullptr);
    ProjectTree& model() { return *m_model; }

    /// Actions of the row; none for rows that only lead somewhere. Owner: the caller.
    QMenu* menuFor(const QModelIndex& index);

Q_SIGNALS:
    void filterRequested(const QString& expression);    ///< a dataset or slice was opened
    void importRequested();                             ///< the empty state's action
    void modelChosen(qint64 modelId, qint64 adapterId); ///< for "Locate…" or details
    void runRequested(qint64 job, qint64 step);         ///< what made an adapter was opened
    void useRequested(qint64 adapter, crux::ui::AdapterUse use);

private:
    void refresh();
    void loadBookmarks();
    void loadOrigins();
    void activate(const QModelIndex& index);
    void fillAdapterMenu(QMenu& menu, const QModelIndex& adapter);

    Session& m_session;
    QStackedWidget* m_stack;
    EmptyState* m_empty;
    QTreeView* m_tree;
    ProjectTree* m_model;
};

} // namespace crux::ui
