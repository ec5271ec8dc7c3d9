// Errors and warnings: what this window met and what jobs wrote into the project, newest first.
// Owner: MainWindow. Thread: GUI.
#pragma once

#include "core/store/row_filter.h"
#include "ui/model/job_remedies.h"
#include "ui/model/session.h"

#include <QAbstractTableModel>

#include <vector>

namespace crux::ui {

class ProblemModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { SeverityColumn, Time, What, Object, Fix, ColumnCount };
    enum Role { SeverityRole = Qt::UserRole + 1, JobRole, DetailsRole, FixRole };
    enum class Show { All, Errors, Warnings };

    explicit ProblemModel(Session& session, QObject* parent = nullptr);

    void setShow(Show show);
    /// Fields of the filter language over the rows; the filter narrows what setShow() shows.
    static const std::vector<store::RowField>& filterFields();
    void setFilter(const store::RowFilter& filter);
    int count(Show show) const; ///< whatever is shown now
    int unseen() const { return m_unseen; }
    void markSeen();
    void clearSession(); ///< forgets what this window met; events of jobs stay in the project
    QString details(int row) const;
    JobId jobAt(int row) const;
    /// The fix offered: a notice's own action, or {action, ..} of a job's event.
    void runFix(int row);
    /// How the job that ran out of memory can be started again; empty: the row is of none.
    std::vector<JobRemedy> remediesAt(int row) const;
    void startRemedyAt(int row, std::size_t which);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    void countsChanged();
    void fixWanted(const crux::Json& fix, crux::JobId job); ///< of an event; the window knows how

private:
    struct Row {
        Notice notice;
        qint64 timeMs = 0;
        JobId job;
        Json fix;
        std::int64_t eventId = 0; ///< 0: met by this window
    };
    void addNotice(const Notice& notice);
    void readEvents();
    void rebuild();
    bool fits(const Row& row) const;
    const store::JobRecord* jobRecordAt(int row) const;
    static QString fixText(const Row& row);

    Session& m_session;
    Show m_show = Show::All;
    store::RowFilter m_filter;
    std::vector<Row> m_rows;  ///< newest first
    std::vector<int> m_shown; ///< indices into m_rows
    std::int64_t m_lastEvent = 0;
    int m_unseen = 0;
    bool m_asked = false;
};

} // namespace crux::ui
