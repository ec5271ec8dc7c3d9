// The Project dock: what the project holds, as a tree; a row leads to what it names.
#pragma once

#include <QWidget>

class QStackedWidget;
class QTreeView;

namespace crux::ui {

class EmptyState;
class ProjectTree;
class Session;

/// Owner: MainWindow's dock. GUI thread.
class ProjectDock : public QWidget {
    Q_OBJECT
public:
    explicit ProjectDock(Session& session, QWidget* parent = nullptr);
    ProjectTree& model() { return *m_model; }

Q_SIGNALS:
    void filterRequested(const QString& expression);    ///< a dataset or slice was opened
    void importRequested();                             ///< the empty state's action
    void modelChosen(qint64 modelId, qint64 adapterId); ///< for "Locate…" or details
    void runRequested(qint64 job, qint64 step);         ///< what made an adapter was opened

private:
    void refresh();
    void loadBookmarks();
    void loadOrigins();
    void activate(const QModelIndex& index);

    Session& m_session;
    QStackedWidget* m_stack;
    EmptyState* m_empty;
    QTreeView* m_tree;
    ProjectTree* m_model;
};

} // namespace crux::ui
