// The open project as the window sees it: what is shown, where the cursor is, and the two ways to
// reach the store. Owner: MainWindow. Thread: GUI; store access runs on its own threads and comes
// back by queued calls, so the GUI thread never steps SQLite.
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/store/project.h"
#include "ui/model/trajectory_snapshot.h"

#include <QObject>
#include <QPointer>
#include <QString>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

class QUndoStack;

namespace crux::ui {

class ViewSettings;
class WorkerClient;

/// A message for the notice bar and the Problems dock; never a modal box.
struct Notice {
    enum class Severity { Information, Warning, Error } severity = Severity::Information;
    QString title;      ///< what happened (bold)
    QString text;       ///< what is safe, what to do
    QString details;    ///< foldable, copyable
    QString object;     ///< "job 31", a file name
    QString actionText; ///< empty: no action
    std::function<void()> action;
};
/// What the window says about the project as a whole.
struct ProjectFacts {
    std::vector<store::DatasetRecord> datasets;
    std::vector<store::ModelRecord> models;
    std::vector<store::AdapterRecord> adapters;
    std::vector<store::ScoreSetRecord> scoreSets;
    std::vector<store::PairSetRecord> pairSets; ///< chosen training data
    std::vector<store::JobRecord> jobs;
    std::vector<std::pair<std::string, std::string>> slices; ///< name, filter
    std::int64_t trajectories = 0;
    int marks = 0;
    /// The set in use; nullptr when nothing is scored.
    const store::ScoreSetRecord* scoreSet(ScoreSetId id) const;
};

/// Translated title and text for an Error's code, the English message kept as details.
Notice noticeFromError(const Error& error, const QString& what);

class Session : public QObject {
    Q_OBJECT
public:
    explicit Session(QObject* parent = nullptr);
    ~Session() override;

    // --- project
    void openProject(const QString& file);   ///< ends in projectOpened() or a notice
    void createProject(const QString& file); ///< likewise
    void closeProject();
    bool isOpen() const;
    QString projectFile() const;
    QString projectName() const;
    bool readOnly() const;

    // --- store access; `done` runs on the GUI thread unless `context` is gone by then
    /// Runs `body` on the reader thread (own read-only connection, in order of asking).
    template <typename T>
    void read(QObject* context, std::function<Result<T>(const store::Project&)> body,
              std::function<void(Result<T>)> done);
    /// Runs `body` on the writer thread. Errors without a `done` become notices.
    void write(QObject* context, std::function<Status(const store::Project&)> body,
               std::function<void(Status)> done = {});

    // --- what is shown
    void openTrajectory(TrajectoryId id); ///< loads a snapshot, then currentChanged()
    void openBranchPane(TrajectoryId id); ///< second pane below; none closes it
    void refreshCurrent(); ///< loads the shown ones again (scores arrived, labels changed)
    /// Two paths of one tree, one below the other, cursor at their first difference. Esc, undo and
    /// any other choice end it; closeDiff() returns to what was shown before.
    void openDiff(TrajectoryId upper, TrajectoryId lower);
    void closeDiff();
    bool diffShown() const;
    SnapshotPtr current() const;    ///< nullptr: none
    TrajectoryId wanted() const;    ///< the trajectory asked for last: current()'s, or on its way
    SnapshotPtr branchPane() const; ///< nullptr: one pane
    int cursor() const;             ///< absolute token index in current(), -1 none
    void setCursor(int position);
    ScoreSetId scoreSet() const; ///< chosen score set, none: not scored
    void setScoreSet(ScoreSetId id);
    /// Rollout set to show where a trajectory has several; none: that of its newest verdict.
    RolloutSetId rolloutSet() const;
    void setRolloutSet(RolloutSetId id);

    /// Shows a branch that is being written; replaced until openBranchPane() or another trajectory.
    void showLivePane(SnapshotPtr snapshot);
    bool paneIsLive() const;

    /// Score sets, models and sizes of the project, read again when its data change.
    const ProjectFacts& facts() const;

    /// Queues a job and wakes the worker; `done` gets its id.
    void enqueueJob(const QString& kind, const Json& spec, const QString& name,
                    QObject* context = nullptr, std::function<void(Result<JobId>)> done = {});

    /// Queues all steps of a pipeline (core/spec/pipeline.h) and wakes the worker; `done` gets the
    /// id of its last job.
    void enqueuePipeline(const Json& pipeline, QObject* context,
                         std::function<void(Result<JobId>)> done = {});

    /// Small state of the window kept in the project (layout, columns, filter ...). Reads come from
    /// a copy loaded at open; writes are gathered and stored within a second.
    QString uiState(const QString& key) const;
    void setUiState(const QString& key, const QString& value);

    ViewSettings& view();
    WorkerClient& worker();
    const WorkerClient& worker() const;
    QUndoStack& undoStack();

    void post(const Notice& notice);

Q_SIGNALS:
    void projectOpened();
    void projectClosed();
    void currentChanged();
    void branchPaneChanged();
    void cursorChanged(int position);
    /// current() or branchPane() is another snapshot that differs in its rollouts alone: a search
    /// draws. Views that show no rollouts need not redraw.
    void rolloutsChanged();
    void scoreSetChanged();
    void factsChanged();
    void dataChanged(); ///< another connection wrote, or one of our writes finished
    void jobsChanged();
    void noticed(const crux::ui::Notice& notice);

private:
    struct Impl;
    void addJobs(std::function<Result<JobId>(const store::Project&)> add, QObject* context,
                 std::function<void(Result<JobId>)> done);
    void openFile(const QString& file, bool create);
    void finishOpening(const QString& file, bool isReadOnly, const QString& reason);
    void refreshFacts();
    void chooseScoreSet(ScoreSetId wanted);
    void loadCurrent(bool keepCursor);
    void loadPane(TrajectoryId id);
    void takeCurrent(const SnapshotPtr& snapshot, bool keepCursor);
    void flushUiState();
    using Erased = std::shared_ptr<void>;
    /// `body` gets nullptr when no project is open (any more).
    void readErased(QObject* context, std::function<Erased(const store::Project*)> body,
                    std::function<void(Erased)> done);
    std::unique_ptr<Impl> m_impl;
};

template <typename T>
void Session::read(QObject* context, std::function<Result<T>(const store::Project&)> body,
                   std::function<void(Result<T>)> done) {
    readErased(
        context,
        [body = std::move(body)](const store::Project* project) -> Erased {
            return std::make_shared<Result<T>>(
                project ? body(*project)
                        : Result<T>(fail(ErrorCode::Cancelled, "The project was closed.")));
        },
        [done = std::move(done)](Erased result) {
            done(std::move(*std::static_pointer_cast<Result<T>>(result)));
        });
}

/// Builds a snapshot; runs on the reader thread. Also used by exports and tests.
Result<SnapshotPtr> loadSnapshot(const store::Project& project, TrajectoryId id,
                                 ScoreSetId scoreSet, RolloutSetId rolloutSet = {});

} // namespace crux::ui
