// Rows of the Jobs dock: what runs, the queue in its order, then the rest, newest first; each job
// has one child row that stands for its details. Owner: the dock. Thread: GUI. Follows
// Session::facts(), never asks the store itself.
#pragma once

#include "core/store/records.h"

#include <QAbstractItemModel>

#include <vector>

namespace crux::ui {

class Session;

/// What the job pill of the status bar says.
struct JobCounts {
    int running = 0, queued = 0, failed = 0;
    int percent = -1; ///< of the running job, -1 unknown
    bool operator==(const JobCounts&) const = default;
};
JobCounts countJobs(const std::vector<store::JobRecord>& jobs);

/// Which buttons of a job can do something now.
bool isActive(store::JobState state);    ///< claimed by a worker
bool isResumable(store::JobState state); ///< can be queued again
/// Seconds left by the rate so far, -1 unknown.
double secondsLeft(const store::JobRecord& job, std::int64_t nowMs);
/// Seconds a trajectory took in the newest score job that ended well; 0 unknown.
double secondsPerScoredRow(const std::vector<store::JobRecord>& jobs);
/// Why a queued job is not begun yet, though its turn may have come: which job it waits for, and
/// what to do when that one does not go on. Empty: it waits for none.
QString waitingWords(const store::JobRecord& job);
/// `crux-cli score 'FILE' --spec ...` that does the same.
QString jobCommandLine(const store::JobRecord& job, const QString& projectFile);
/// The job's specification, indented, for people.
QString jobConfiguration(const store::JobRecord& job);

class JobModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Column { Name, Kind, State, Progress, Rate, TimeLeft, Device, Started, ColumnCount };
    enum Role {
        IdRole = Qt::UserRole + 1, ///< qint64 JobId (also of the details row)
        StateRole,                 ///< int store::JobState
        FractionRole,              ///< 0..1, -1 unknown
        DetailsRole,               ///< true for a details row
    };

    explicit JobModel(Session& session, QObject* parent = nullptr);
    void setJobs(std::vector<store::JobRecord> jobs);
    const store::JobRecord* job(const QModelIndex& index) const;
    QModelIndex indexOf(JobId id) const;
    /// Place of a queued job in the queue from 1, 0: not queued; and how many are queued.
    int placeInQueue(JobId id) const;
    int queued() const;
    /// Whether a job that is not done comes after this one.
    bool isWaitedFor(JobId id) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    QString display(const store::JobRecord& job, int column) const;
    std::vector<store::JobRecord> m_jobs;
};

} // namespace crux::ui
