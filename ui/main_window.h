// The one window: perspectives, docks, menus, tool bar, notices, status bar (UX.md 3.1). It wires
// the pages to the session; what is computed or stored is theirs.
#pragma once

#include "ui/model/action_registry.h"
#include "ui/model/force_service.h"
#include "ui/model/search_service.h"
#include "ui/model/session.h"

#include <QHash>
#include <QMainWindow>
#include <QPointer>

#include <utility>
#include <vector>

class QDialog;
class QLineEdit;
class QStackedWidget;
class QToolBar;

namespace crux::ui {

class BatchInspector;
class BranchesDock;
class ChartSource;
class CloseDialog;
class CommandPalette;
class ConfigDock;
class CorpusDock;
class DataPage;
class FirstSteps;
class HeatMapView;
class JobsDock;
class MetricsView;
class NoticeBar;
class NotesDock;
class ProblemModel;
class ProblemsDock;
class ProjectDock;
enum class AdapterUse;
class RolloutsDock;
class RunBoard;
class RunMetrics;
class RunsDock;
class StartPage;
class StatusStrip;
class TokenInspector;
class TrajectoriesDock;

enum class CloseChoice;
enum class Perspective { Start, Explore, Train, Data };

/// Owner: main. GUI thread.
class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(QWidget* parent = nullptr);
    ~MainWindow() override;

    Session& session() { return m_session; }
    ActionRegistry& actions() { return m_actions; }
    ForceService& force() { return m_force; }
    SearchService& search() { return m_search; }
    RolloutsDock& rollouts() { return *m_rollouts; }
    Perspective perspective() const { return m_perspective; }
    void setPerspective(Perspective perspective);
    void resetLayout();
    void raiseDock(const QString& name); ///< "trajectories", "jobs" ...
    QStringList dockNames() const;
    QDockWidget* dock(const QString& name) const { return m_docks.value(name); }
    HeatMapView& heatMap() { return *m_heatMap; }
    TokenInspector& inspector() { return *m_inspector; }
    BranchesDock& branches() { return *m_branches; }
    TrajectoriesDock& trajectories() { return *m_trajectories; }
    CorpusDock& corpus() { return *m_corpus; }
    RunBoard& board() { return *m_board; }
    RunMetrics& runMetrics() { return *m_runMetrics; }
    MetricsView& metricsView() { return *m_metricsView; }
    RunsDock& runs() { return *m_runs; }
    BatchInspector& batch() { return *m_batch; }
    ConfigDock& config() { return *m_config; }
    void openRun(JobId run, std::int64_t step);
    void useAdapter(AdapterId id, AdapterUse use);
    void writeCurves(const QString& file); ///< svg, pdf, png, csv or jsonl
    CommandPalette& palette_() { return *m_palette; }
    NoticeBar& noticeBar() { return *m_notice; }
    void showPalette();
    void openDemo(); ///< builds the demo project first when it is not there yet

Q_SIGNALS:
    void firstPainted();

protected:
    void closeEvent(QCloseEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Place { ///< one stop of the back/forward history
        TrajectoryId trajectory, pane;
        int cursor = -1;
        bool diff = false;
    };

    // main_window.cpp
    void wireSession();
    void wirePages();
    void wireCorpus();
    void wireCharts();
    void labelToken(int position, const QString& kind);
    void projectOpened();
    void projectClosed();
    void updateTitle();
    void showNotice(const Notice& notice);
    void notePlace();
    void goPlace(int step);
    void stopOrClose(); ///< Esc: the running branch, search, else the comparison, the branch pane
    void startWorker();
    std::vector<store::JobRecord> jobsOfOurWorker() const;
    bool confirmRunningJobs();
    void closeWith(CloseChoice choice);

    // main_window_faults.cpp
    void runFix(const Json& fix, JobId job);
    void lookForModels();
    void locate(ModelId model, AdapterId adapter);
    void scoreRetokenised(JobId job);
    void copyProvenance();
    void addReproduceAction();
    void reproduceShown();
    void tellReproduced(TrajectoryId path, const Result<Json>& reply);

    // main_window_search.cpp
    void wireSearch();
    void addSearchActions();
    void addChartActions();
    void addChartExport(const char* id, QWidget* widget, ChartSource& chart);
    void openSearchDialog();

    // main_window_jobs.cpp
    void addTrainActions();
    /// Data chosen from what matches `filter`; none: the sheet's own choice.
    void openTrainDialog(const std::optional<QString>& filter);
    void launchAgain(JobId job); ///< its launch sheet, filled as it was

    // main_window_train.cpp
    void wireTrain();
    void exportCurves();
    QString curvesCaption() const;

    // main_window_layout.cpp
    void buildDocks();
    QDockWidget* addDock(const QString& name, const QString& title, QWidget* content,
                         Qt::DockWidgetArea area);
    void buildToolBar();
    void applyDefaultLayout();
    void applyTrainLayout();
    void fitDocks();
    void shareWidth();
    std::pair<QDockWidget*, QDockWidget*> sideDocks() const;
    void saveLayout();
    void restoreLayout();
    void setFocusMode(bool on);
    void foldBottom(bool fold);
    static bool isLayer(const QString& name);
    void updateHiddenLayers();
    void nextDock();

    // main_window_actions.cpp
    void buildActions();
    void addFileActions();
    void addEditActions();
    void addViewActions();
    void addGoActions();
    void addTokenActions();
    void addJobActions();
    void addHelpActions();
    void buildMenus();
    QAction* add(const char* id, const QString& menu, const QString& text, const QStringList& keys,
                 std::function<void()> run, std::function<QString()> reason = {},
                 const QString& icon = {});
    QString needsProject() const;
    QString needsWritable() const;
    QString needsTrajectory() const;
    void chooseProject();
    void saveCopy();
    void newProject();
    void sampleAnswers(const QString& dataset); ///< "": the dialog's own choice
    void importFiles();
    void openDialog(QDialog* dialog);
    void goToPosition();
    void goToRow();
    void find();
    bool focusIn(const QString& dock) const;
    bool inTrain() const { return m_perspective == Perspective::Train; }

    Session m_session;
    ActionRegistry m_actions;
    ForceService m_force;
    SearchService m_search;
    ProblemModel* m_problemModel;
    RunBoard* m_board;
    RunMetrics* m_runMetrics;
    Perspective m_perspective = Perspective::Start;
    QStackedWidget* m_pages;
    StartPage* m_start;
    HeatMapView* m_heatMap;
    MetricsView* m_metricsView;
    DataPage* m_data;
    TokenInspector* m_inspector;
    TrajectoriesDock* m_trajectories;
    ProjectDock* m_project;
    BranchesDock* m_branches;
    RolloutsDock* m_rollouts;
    JobsDock* m_jobs;
    ProblemsDock* m_problems;
    NotesDock* m_notes;
    CorpusDock* m_corpus;
    RunsDock* m_runs;
    BatchInspector* m_batch;
    ConfigDock* m_config;
    FirstSteps* m_firstSteps;
    NoticeBar* m_notice;
    QToolBar* m_noticeRow;
    QToolBar* m_tools = nullptr;
    QLineEdit* m_goTo = nullptr;
    StatusStrip* m_status;
    CommandPalette* m_palette;
    QHash<QString, QDockWidget*> m_docks;
    QStringList m_dockOrder;
    QHash<int, QByteArray> m_layouts; ///< perspective -> saveState
    QSize m_sidesWanted; ///< widths of the docks left and right before a narrow window took some
    QStringList m_foldedBottom; ///< docks hidden while a branch pane is open
    QByteArray m_beforeFocus;   ///< layout to return to from focus mode
    std::vector<Place> m_history;
    std::size_t m_historyAt = 0;
    bool m_travelling = false, m_painted = false, m_importAfterNew = false, m_closeDecided = false;
    QList<QAction*> m_dockActions;
    QPointer<CloseDialog> m_closeDialog;
};

} // namespace crux::ui
