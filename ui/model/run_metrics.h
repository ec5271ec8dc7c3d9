// The metrics of the shown runs, read on a thread of their own with its own connection and kept up
// to date while a worker trains: only what is new is read. Owner: MainWindow. Thread: GUI.
#pragma once

#include "core/store/records.h"
#include "core/store/step_repo.h"
#include "ui/model/metric_series.h"
#include "ui/model/store_thread.h"

#include <QObject>
#include <QTimer>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace crux::ui {

class RunBoard;
class Session;

/// All metrics of one run. Those of an evaluation ("eval_..") are logged at their own steps.
struct RunSeries {
    StepGrid training, evaluation;
    std::map<std::string, MetricValues> metrics;
    std::vector<store::RunFlag> flags;
    std::vector<store::CheckpointRecord> checkpoints;
    std::optional<store::RunData> data;

    const StepGrid& gridOf(const std::string& metric) const;
    const MetricValues* metric(const std::string& name) const;
};

class RunMetrics : public QObject {
    Q_OBJECT
public:
    RunMetrics(Session& session, RunBoard& board, QObject* parent = nullptr);
    ~RunMetrics() override;

    const RunSeries* run(JobId id) const; ///< nullptr: not read yet
    bool reading() const { return m_reading; }
    QString fault() const { return m_fault; } ///< why nothing could be read, "" if it could
    /// Reads only while shown: a hidden perspective costs nothing.
    void setShown(bool shown);

Q_SIGNALS:
    void changed();

private:
    struct Entry {
        RunSeries series;
        std::int64_t lastMs = 0; ///< when the last training step was written
    };
    /// What one look at a run found. A run read from its beginning is made ready on the reading
    /// thread: a million steps would hold up the window.
    struct Batch {
        JobId job;
        std::shared_ptr<Entry> whole;
        std::map<std::string, std::vector<store::MetricPoint>> points;
        std::vector<store::RunFlag> flags;
        std::vector<store::CheckpointRecord> checkpoints;
        std::optional<store::RunData> data; ///< read once
    };
    /// How far a run is known.
    struct Known {
        JobId job;
        std::int64_t training = -1, evaluation = -1; ///< last steps
        std::int64_t trainingMs = 0;                 ///< when the last training step was written
        bool data = false;
    };

    void later();
    void look();
    void closeProject();
    void take(quint64 token, Result<std::vector<Batch>> batches);
    static void takeBatch(Entry& entry, Batch& batch);
    static Result<Batch> read(const store::Project& project, Known known, double halfLife);

    Session& m_session;
    RunBoard& m_board;
    std::map<std::int64_t, Entry> m_runs;
    bool m_shown = false, m_reading = false, m_again = false, m_opened = false;
    quint64 m_token = 0;
    QString m_fault;
    QTimer m_later;
    StoreThread m_thread; ///< last: joined first
};

} // namespace crux::ui
