// Searching the shown trajectory by rollouts from the keyboard: what R queues, what it uses, what
// runs. The job's row is the record: it goes on without this window and resumes after it. Owner:
// MainWindow. Thread: GUI. Faults end as notices of the Session.
#pragma once

#include "core/spec/sampling.h"
#include "ui/model/session.h"

#include <QObject>
#include <QString>

#include <optional>
#include <vector>

namespace crux::ui {

class SearchService : public QObject {
    Q_OBJECT
public:
    explicit SearchService(Session& session, QObject* parent = nullptr);

    /// R: searches the shown trajectory, ahead of the queue. What was stopped is taken up again;
    /// what was searched with these settings already is only said.
    void searchCurrent();
    /// Shift+R: n rollouts at each of these positions (absolute) of the shown trajectory.
    void drawAt(const std::vector<int>& positions);
    /// n rollouts after the token at `position` of `path`, a branch of the shown trajectory; drawn
    /// as the rollouts shown are, so that both can be compared.
    void drawAfter(TrajectoryId path, int position);
    int rolloutsWanted() const; ///< n of the last launch
    /// Stops the job that draws for the shown trajectory; what it drew stays.
    void stop();

    /// The job that searches the shown trajectory now, or waits to; none otherwise.
    std::optional<store::JobRecord> job() const;
    bool running() const { return job().has_value(); }
    /// "" when the shown trajectory can be searched now. One without tokens can: the search
    /// tokenises it.
    QString unavailableReason() const;
    /// "" when rollouts can be drawn at positions shown: those of tokens, not of words.
    QString positionsReason() const;

    /// Parameters of a search of this trajectory by R: the last launch's, else suited to it.
    Json specFor(const TrajectorySnapshot& snapshot) const;
    /// What the launch sheet begins with: specFor() without a trajectory, `current` if there is
    /// one.
    Json launchSpec() const;
    /// Kept as the settings of R.
    void remember(const Json& spec);
    bool isDemo() const { return m_demo; }

Q_SIGNALS:
    void changed();                  ///< job() or unavailableReason() may have changed
    void said(const QString& words); ///< for the status bar
    void showRollouts();             ///< the Rollouts dock is what the user wants to see

private:
    Json curveSpec(const TrajectorySnapshot& current, TrajectoryId path,
                   const std::vector<int>& positions) const;
    void queue(const Json& spec, const QString& name, bool ahead);
    void resume(JobId id);
    void runAhead(JobId id);
    void loadDemoFlag();
    SamplingParams samplingFor(const TrajectorySnapshot* snapshot) const;
    const store::JobRecord* newestWith(const Json& spec) const;

    Session& m_session;
    bool m_demo = false; ///< the project's answers end with a line end
};

/// The sampling fields of a search job's spec, and back.
Json samplingSpec(const SamplingParams& sampling);
SamplingParams samplingOfSpec(const Json& spec);

} // namespace crux::ui
