#include "ui/pages/recent_projects.h"

#include "core/base/clock.h"
#include "ui/model/session.h"
#include "ui/widgets/format.h"

#include <QDateTime>
#include <QFileInfo>
#include <QLocale>
#include <QSettings>

#include <algorithm>

namespace crux::ui {

namespace {
constexpr int kMost = 20;
const char* const kGroup = "recent_projects";
} // namespace

QString openedText(qint64 openedMs, qint64 nowMs) {
    const QDateTime opened = QDateTime::fromMSecsSinceEpoch(openedMs);
    const QDate today = QDateTime::fromMSecsSinceEpoch(nowMs).date();
    if (opened.date() == today)
        return RecentProjects::tr("today %1").arg(opened.toString(QStringLiteral("HH:mm")));
    if (opened.date() == today.addDays(-1))
        return RecentProjects::tr("yesterday");
    const QLocale locale;
    if (opened.date().year() == today.year())
        return locale.toString(opened.date(), RecentProjects::tr("d MMM", "date without year"));
    return locale.toString(opened.date(), RecentProjects::tr("d MMM yyyy", "date with year"));
}

RecentProjects::RecentProjects(QObject* parent)
    : QAbstractTableModel(parent) {
    reload();
}

void RecentProjects::follow(Session& session) {
    connect(&session, &Session::projectOpened, this, [this, &session] { note(session, true); });
    connect(&session, &Session::dataChanged, this, [this, &session] { note(session, false); });
}

void RecentProjects::note(Session& session, bool opened) {
    const QString file = session.projectFile();
    session.read<ProjectSummary>(
        this, [](const store::Project& project) { return loadProjectSummary(project); },
        [this, file, opened](Result<ProjectSummary> facts) {
            RecentProject project;
            project.file = file;
            for (const RecentProject& known : m_projects)
                if (known.file == file)
                    project = known;
            if (opened || project.openedMs == 0)
                project.openedMs = nowMs();
            if (facts.ok()) {
                project.trajectories = facts->trajectories;
                project.sizeBytes = facts->sizeBytes;
                project.state = projectStateText(*facts);
            }
            add(project);
        });
}

void RecentProjects::reload() {
    beginResetModel();
    m_projects.clear();
    QSettings settings;
    const int count = settings.beginReadArray(QLatin1String(kGroup));
    for (int i = 0; i < std::min(count, kMost); ++i) {
        settings.setArrayIndex(i);
        RecentProject project;
        project.file = settings.value(QStringLiteral("file")).toString();
        project.state = settings.value(QStringLiteral("state")).toString();
        project.trajectories = settings.value(QStringLiteral("trajectories"), -1).toLongLong();
        project.sizeBytes = settings.value(QStringLiteral("size")).toLongLong();
        project.openedMs = settings.value(QStringLiteral("opened")).toLongLong();
        if (!project.file.isEmpty())
            m_projects.push_back(project);
    }
    settings.endArray();
    endResetModel();
}

void RecentProjects::save() const {
    QSettings settings;
    settings.remove(QLatin1String(kGroup));
    settings.beginWriteArray(QLatin1String(kGroup), static_cast<int>(m_projects.size()));
    for (std::size_t i = 0; i < m_projects.size(); ++i) {
        settings.setArrayIndex(static_cast<int>(i));
        const RecentProject& project = m_projects[i];
        settings.setValue(QStringLiteral("file"), project.file);
        settings.setValue(QStringLiteral("state"), project.state);
        settings.setValue(QStringLiteral("trajectories"), project.trajectories);
        settings.setValue(QStringLiteral("size"), project.sizeBytes);
        settings.setValue(QStringLiteral("opened"), project.openedMs);
    }
    settings.endArray();
}

void RecentProjects::add(const RecentProject& project) {
    beginResetModel();
    m_projects.erase(
        std::remove_if(m_projects.begin(), m_projects.end(),
                       [&](const RecentProject& known) { return known.file == project.file; }),
        m_projects.end());
    m_projects.push_back(project);
    std::stable_sort(
        m_projects.begin(), m_projects.end(),
        [](const RecentProject& a, const RecentProject& b) { return a.openedMs > b.openedMs; });
    if (m_projects.size() > kMost)
        m_projects.resize(kMost);
    endResetModel();
    save();
}

void RecentProjects::remove(int row) {
    if (row < 0 || row >= rowCount())
        return;
    beginRemoveRows({}, row, row);
    m_projects.erase(m_projects.begin() + row);
    endRemoveRows();
    save();
}

int RecentProjects::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_projects.size());
}

int RecentProjects::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant RecentProjects::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const RecentProject& project = m_projects[static_cast<std::size_t>(index.row())];
    if (role == Qt::ToolTipRole)
        return project.file;
    if (role == Qt::TextAlignmentRole) {
        const bool left = index.column() == Project || index.column() == State;
        return static_cast<int>((left ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Project:
        return QFileInfo(project.file).completeBaseName();
    case Trajectories:
        return project.trajectories < 0 ? QString(format::kDash)
                                        : format::integer(project.trajectories);
    case Size:
        return project.sizeBytes > 0 ? format::bytes(project.sizeBytes) : QString(format::kDash);
    case State:
        return project.state;
    case Opened:
        return openedText(project.openedMs, nowMs());
    default:
        return {};
    }
}

QVariant RecentProjects::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole) {
        const bool left = section == Project || section == State;
        return static_cast<int>((left ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Project:
        return tr("Project");
    case Trajectories:
        return tr("Trajectories");
    case Size:
        return tr("Size");
    case State:
        return tr("State");
    case Opened:
        return tr("Opened");
    default:
        return {};
    }
}

} // namespace crux::ui
