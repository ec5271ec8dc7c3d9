// The page shown while no project is open (UX.md 3.11): actions, demo, recent projects, system
// check.
#pragma once

#include <QScrollArea>

class QPushButton;
class QStackedWidget;
class QTableView;

namespace crux::ui {

class ActionRow;
class DemoCard;
class EmptyState;
class RecentProjects;
class Session;
class SystemCheck;

/// Asks by signals; MainWindow acts. Owner: MainWindow. GUI thread.
class StartPage : public QScrollArea {
    Q_OBJECT
public:
    explicit StartPage(Session& session, QWidget* parent = nullptr);

    RecentProjects& recent() { return *m_recent; }
    SystemCheck& systemCheck() { return *m_check; }
    DemoCard& demoCard() { return *m_demo; }
    /// What stands in the place of the list while it is empty.
    EmptyState& noRecent() { return *m_noRecent; }

Q_SIGNALS:
    void openRequested();
    void newRequested();
    void importRequested();
    void demoRequested();
    void studyRequested();
    void projectChosen(const QString& file);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* buildLeft();
    QWidget* buildRight();
    void updateButtons();
    void openSelected();
    int selectedRow() const;

    RecentProjects* m_recent;
    QTableView* m_table = nullptr;
    QStackedWidget* m_recentStack = nullptr; ///< the table, or why it is empty
    EmptyState* m_noRecent = nullptr;
    QPushButton* m_open = nullptr;
    QPushButton* m_folder = nullptr;
    QPushButton* m_remove = nullptr;
    SystemCheck* m_check = nullptr;
    DemoCard* m_demo = nullptr;
    bool m_checked = false;
};

} // namespace crux::ui
