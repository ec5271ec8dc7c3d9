// What the Train perspective shows: which runs, in which slot of colour and dash, which one is
// chosen, along which axis, how smooth, and the step that is looked at. Kept in the project. Owner:
// MainWindow. Thread: GUI.
#pragma once

#include "core/base/ids.h"
#include "ui/model/metric_series.h"

#include <QHash>
#include <QObject>

#include <optional>
#include <vector>

namespace crux::store {
struct JobRecord;
}

namespace crux::ui {

class Session;

class RunBoard : public QObject {
    Q_OBJECT
public:
    static constexpr int kSlots = 25; ///< five colours, each with five dashes

    explicit RunBoard(Session& session, QObject* parent = nullptr);

    /// Training runs of the project, newest first.
    std::vector<const store::JobRecord*> runs() const;
    const store::JobRecord* run(JobId id) const; ///< nullptr: no training run
    static QString nameOf(const store::JobRecord& run);
    /// "cDPO", "SFT +", "DPO" ... as the design names methods.
    static QString methodOf(const store::JobRecord& run);

    const std::vector<JobId>& shown() const { return m_shown; } ///< in order of choosing
    bool isShown(JobId id) const;
    void setShown(JobId id, bool shown);
    void showOnly(const std::vector<JobId>& ids);

    /// Stable: a run keeps its slot in all views and sessions.
    int slot(JobId id) const;
    void setSlot(JobId id, int slot);

    JobId selected() const { return m_selected; } ///< among the shown, none if there is none
    void select(JobId id);                        ///< also shows it

    RunAxis axis() const { return m_axis; }
    void setAxis(RunAxis axis);
    double halfLife() const { return m_halfLife; } ///< steps, 0: not smoothed
    void setHalfLife(double steps);
    bool logY() const { return m_logY; }
    void setLogY(bool on);

    /// The step whose rows are looked at; -1: none.
    JobId inspectedRun() const { return m_inspectedRun; }
    std::int64_t inspectedStep() const { return m_inspectedStep; }
    void inspect(JobId run, std::int64_t step);

Q_SIGNALS:
    void shownChanged();
    void slotsChanged();
    void selectedChanged();
    void axisChanged(); ///< places on the old axis mean nothing any more; viewChanged() follows
    void viewChanged(); ///< axis, smoothing, log y
    void inspected();

private:
    void opened();
    void takeRuns(); ///< a run that began is shown without being asked for
    void giveSlot(JobId id);
    void store();

    Session& m_session;
    std::vector<JobId> m_shown;
    QHash<qint64, int> m_slots;
    qint64 m_newest = 0; ///< id of the newest run seen
    JobId m_selected, m_inspectedRun;
    std::int64_t m_inspectedStep = -1;
    RunAxis m_axis = RunAxis::Step;
    double m_halfLife = 20;
    bool m_logY = false;
};

} // namespace crux::ui
