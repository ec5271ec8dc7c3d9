// Projects opened lately, kept in the user's settings.
#pragma once

#include "ui/pages/project_summary.h"

#include <QAbstractTableModel>
#include <QString>

#include <vector>

namespace crux::ui {

class Session;

struct RecentProject {
    QString file, state;
    qint64 trajectories = -1, sizeBytes = 0; ///< trajectories -1: not known
    qint64 openedMs = 0;
};

/// "today 09:41", "yesterday", "12 Nov", "2 Oct 2025".
QString openedText(qint64 openedMs, qint64 nowMs);

/// Table model of the list, newest first, 20 at most. Owner: StartPage. GUI thread. Reads and
/// writes QSettings only; it never looks at the files (a network folder may be slow).
class RecentProjects : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Project, Trajectories, Size, State, Opened, ColumnCount };

    explicit RecentProjects(QObject* parent = nullptr);
    /// Keeps the list up to date with what the session opens and changes.
    void follow(Session& session);

    void reload();
    void add(const RecentProject& project); ///< moves a known file to the top
    void remove(int row);
    const std::vector<RecentProject>& projects() const { return m_projects; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void save() const;
    void note(Session& session, bool opened);

    std::vector<RecentProject> m_projects;
};

} // namespace crux::ui
