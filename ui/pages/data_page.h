// The Data perspective: datasets with their questions, models and adapters by lineage, score sets.
#pragma once

#include <QWidget>

class QAction;
class QLabel;
class QPushButton;
class QStackedWidget;
class QStandardItemModel;
class QTableView;
class QTreeView;

namespace crux::ui {

class EmptyState;
class ProjectTree;
class QuestionsModel;
class Session;

/// Owner: MainWindow. GUI thread. Removing asks one sentence first.
class DataPage : public QWidget {
    Q_OBJECT
public:
    explicit DataPage(Session& session, QWidget* parent = nullptr);
    /// "Remove dataset …?" as the confirmation says it.
    QString removalQuestion() const;

Q_SIGNALS:
    void importRequested();
    void addModelRequested();
    void scoreRequested();
    void sampleRequested(const QString& dataset);
    void selectRequested();
    void locateRequested(qint64 modelId, qint64 adapterId);
    void showTrajectories(const QString& filterExpression);

private:
    QWidget* buildStrip();
    QWidget* buildDatasets();
    QWidget* buildBottom();
    void refresh();
    void datasetChosen();
    void removeChosen();
    void updateButtons();
    int datasetRow() const;
    QString provenance() const;

    Session& m_session;
    QStackedWidget* m_stack;
    EmptyState* m_empty;
    QTableView* m_datasets;
    QStandardItemModel* m_datasetModel;
    QTableView* m_questions;
    QuestionsModel* m_questionModel;
    QLabel* m_questionTitle;
    QTreeView* m_tree;
    ProjectTree* m_treeModel;
    QPushButton* m_import;
    QPushButton* m_addModel;
    QPushButton* m_sample;
    QPushButton* m_select;
    QPushButton* m_score;
    QPushButton* m_show;
    QPushButton* m_locate;
    QPushButton* m_remove;
    QAction* m_copy;
};

} // namespace crux::ui
