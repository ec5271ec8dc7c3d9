#include "ui/model/job_model.h"

#include "ui/model/session.h"
#include "ui/model/text_format.h"

#include <QDateTime>

#include <algorithm>

namespace crux::ui {

using store::JobState;

JobCounts countJobs(const std::vector<store::JobRecord>& jobs) {
    JobCounts counts;
    for (const auto& job : jobs) {
        if (job.state == JobState::Queued)
            ++counts.queued;
        if (job.state == JobState::Failed || job.state == JobState::Interrupted)
            ++counts.failed;
        if (!isActive(job.state))
            continue;
        ++counts.running;
        if (counts.percent < 0 && job.progressTotal > 0)
            counts.percent = static_cast<int>(100 * job.progressDone / job.progressTotal);
    }
    return counts;
}

bool isActive(JobState state) {
    return state == JobState::Preparing || state == JobState::Running ||
           state == JobState::Pausing || state == JobState::Stopping;
}

bool isResumable(JobState state) {
    return state == JobState::Stopped || state == JobState::Failed ||
           state == JobState::Interrupted || state == JobState::Cancelled ||
           state == JobState::Paused;
}

double secondsLeft(const store::JobRecord& job, std::int64_t nowMs) {
    if (!isActive(job.state) || job.progressDone <= 0 || job.progressTotal <= job.progressDone ||
        job.startedMs <= 0)
        return -1;
    const double spent = static_cast<double>(nowMs - job.startedMs) / 1000.0;
    return spent * static_cast<double>(job.progressTotal - job.progressDone) /
           static_cast<double>(job.progressDone);
}

double secondsPerScoredRow(const std::vector<store::JobRecord>& jobs) {
    for (auto job = jobs.rbegin(); job != jobs.rend(); ++job)
        if (job->kind == "score" && job->state == store::JobState::Done && job->progressDone > 0 &&
            job->finishedMs > job->startedMs)
            return static_cast<double>(job->finishedMs - job->startedMs) / 1000.0 /
                   static_cast<double>(job->progressDone);
    return 0;
}

QString waitingWords(const store::JobRecord& job) {
    if (job.state != JobState::Queued)
        return {};
    for (const store::JobPrerequisite& before : job.after) {
        if (before.state == JobState::Done)
            continue;
        const QString name = QString::fromStdString(before.name);
        const QString state = text_format::jobStateWord(before.state);
        return before.state == JobState::Queued || isActive(before.state)
                   ? JobModel::tr("Waits for job %1, “%2”: %3")
                         .arg(before.id.value)
                         .arg(name, state)
                   : JobModel::tr(
                         "Waits for job %1, “%2”: %3. Resume that one, or cancel this one.")
                         .arg(before.id.value)
                         .arg(name, state);
    }
    return {};
}

QString jobCommandLine(const store::JobRecord& job, const QString& projectFile) {
    const auto quoted = [](QString text) {
        return QLatin1Char('\'') + text.replace(QLatin1Char('\''), QStringLiteral("'\\''")) +
               QLatin1Char('\'');
    };
    return QStringLiteral("echo %1 > job.json && crux-cli %2 %3 --spec job.json")
        .arg(quoted(QString::fromStdString(dumpJson(job.spec))), QString::fromStdString(job.kind),
             quoted(projectFile));
}

QString jobConfiguration(const store::JobRecord& job) {
    QStringList lines;
    if (job.spec.is_object())
        for (const auto& [key, value] : job.spec.items())
            lines << QStringLiteral("%1  %2").arg(
                QString::fromStdString(key).leftJustified(16),
                value.is_string() ? QString::fromStdString(value.get<std::string>())
                                  : QString::fromStdString(dumpJson(value)));
    return lines.join(QLatin1Char('\n'));
}

JobModel::JobModel(Session& session, QObject* parent)
    : QAbstractItemModel(parent) {
    connect(&session, &Session::jobsChanged, this,
            [this, &session] { setJobs(session.facts().jobs); });
    connect(&session, &Session::factsChanged, this,
            [this, &session] { setJobs(session.facts().jobs); });
    setJobs(session.facts().jobs);
}

namespace {

/// What runs first, then the queue in its order, then the rest with the newest on top.
bool standsBefore(const store::JobRecord& a, const store::JobRecord& b) {
    const auto rank = [](const store::JobRecord& job) {
        return isActive(job.state) ? 0 : job.state == JobState::Queued ? 1 : 2;
    };
    if (rank(a) != rank(b))
        return rank(a) < rank(b);
    if (rank(a) == 1 && a.position != b.position)
        return a.position < b.position;
    return rank(a) == 1 ? a.id.value < b.id.value : a.id.value > b.id.value;
}

} // namespace

/// Rows go, come and move one by one, so that views keep what is selected and unfolded.
void JobModel::setJobs(std::vector<store::JobRecord> jobs) {
    std::sort(jobs.begin(), jobs.end(), standsBefore);
    const auto place = [](const std::vector<store::JobRecord>& list, JobId id) {
        return static_cast<int>(
            std::find_if(list.begin(), list.end(), [id](const auto& job) { return job.id == id; }) -
            list.begin());
    };
    for (int row = rowCount() - 1; row >= 0; --row)
        if (place(jobs, m_jobs[static_cast<std::size_t>(row)].id) ==
            static_cast<int>(jobs.size())) {
            beginRemoveRows({}, row, row);
            m_jobs.erase(m_jobs.begin() + row);
            endRemoveRows();
        }
    for (int row = 0; row < static_cast<int>(jobs.size()); ++row) {
        const store::JobRecord& wanted = jobs[static_cast<std::size_t>(row)];
        const int from = place(m_jobs, wanted.id);
        if (from == rowCount()) { // not there yet
            beginInsertRows({}, row, row);
            m_jobs.insert(m_jobs.begin() + row, wanted);
            endInsertRows();
        } else if (from != row) {
            beginMoveRows({}, from, from, {}, row);
            std::rotate(m_jobs.begin() + row, m_jobs.begin() + from, m_jobs.begin() + from + 1);
            endMoveRows();
        }
    }
    m_jobs = std::move(jobs);
    if (!m_jobs.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

int JobModel::placeInQueue(JobId id) const {
    int place = 0;
    for (const auto& job : m_jobs) {
        if (job.state != JobState::Queued)
            continue;
        ++place;
        if (job.id == id)
            return place;
    }
    return 0;
}

int JobModel::queued() const {
    return static_cast<int>(std::count_if(m_jobs.begin(), m_jobs.end(), [](const auto& job) {
        return job.state == JobState::Queued;
    }));
}

bool JobModel::isWaitedFor(JobId id) const {
    return std::any_of(m_jobs.begin(), m_jobs.end(), [id](const store::JobRecord& job) {
        return job.state != JobState::Done &&
               std::any_of(job.after.begin(), job.after.end(),
                           [id](const auto& before) { return before.id == id; });
    });
}

const store::JobRecord* JobModel::job(const QModelIndex& at) const {
    if (!at.isValid())
        return nullptr;
    const QModelIndex top = at.parent().isValid() ? at.parent() : at;
    return top.row() < static_cast<int>(m_jobs.size())
               ? &m_jobs[static_cast<std::size_t>(top.row())]
               : nullptr;
}

QModelIndex JobModel::indexOf(JobId id) const {
    for (std::size_t row = 0; row < m_jobs.size(); ++row)
        if (m_jobs[row].id == id)
            return index(static_cast<int>(row), 0);
    return {};
}

// A details row carries the number of its job + 1 as internal id; a job row carries 0. Job numbers
// grow, so the row id of the model, not its place, names the parent.
QModelIndex JobModel::index(int row, int column, const QModelIndex& parent) const {
    if (row < 0 || column < 0 || column >= ColumnCount)
        return {};
    if (!parent.isValid())
        return row < static_cast<int>(m_jobs.size()) ? createIndex(row, column, quintptr(0))
                                                     : QModelIndex();
    if (parent.internalId() != 0 || row != 0 || parent.column() != 0)
        return {};
    const auto id = m_jobs[static_cast<std::size_t>(parent.row())].id.value;
    return createIndex(0, column, static_cast<quintptr>(id) + 1);
}

QModelIndex JobModel::parent(const QModelIndex& child) const {
    if (!child.isValid() || child.internalId() == 0)
        return {};
    return indexOf(JobId{static_cast<std::int64_t>(child.internalId()) - 1});
}

int JobModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid())
        return static_cast<int>(m_jobs.size());
    return parent.internalId() == 0 && parent.column() == 0 ? 1 : 0;
}

int JobModel::columnCount(const QModelIndex&) const {
    return ColumnCount;
}

QString JobModel::display(const store::JobRecord& job, int column) const {
    switch (column) {
    case Name:
        return job.name.empty()
                   ? tr("%1 %2").arg(QString::fromStdString(job.kind)).arg(job.id.value)
                   : QString::fromStdString(job.name);
    case Kind:
        return QString::fromStdString(job.kind);
    case State:
        for (const store::JobPrerequisite& before : job.after)
            if (job.state == JobState::Queued && before.state != JobState::Done)
                return tr("After %1").arg(before.id.value);
        if (const int place = placeInQueue(job.id); place > 0 && queued() > 1)
            return text_format::jobStateWord(job.state) + QStringLiteral(" · %1").arg(place);
        return text_format::jobStateWord(job.state);
    case Progress:
        if (job.progressTotal > 0)
            return QStringLiteral("%1/%2").arg(text_format::integer(job.progressDone),
                                               text_format::integer(job.progressTotal));
        return job.progressDone > 0 ? text_format::integer(job.progressDone) : QString();
    case Rate:
        return job.tokensPerSecond > 0
                   ? text_format::integer(static_cast<qint64>(job.tokensPerSecond))
                   : QString();
    case TimeLeft: {
        const double left = secondsLeft(job, QDateTime::currentMSecsSinceEpoch());
        return left >= 0 ? text_format::duration(left) : QString();
    }
    case Device:
        return QString::fromStdString(job.device);
    case Started:
        return text_format::clock(job.startedMs);
    default:
        return {};
    }
}

QVariant JobModel::data(const QModelIndex& at, int role) const {
    const store::JobRecord* row = job(at);
    if (!row)
        return {};
    const bool details = at.internalId() != 0;
    switch (role) {
    case IdRole:
        return QVariant::fromValue<qint64>(row->id.value);
    case StateRole:
        return static_cast<int>(row->state);
    case FractionRole:
        return row->progressTotal > 0 ? static_cast<double>(row->progressDone) /
                                            static_cast<double>(row->progressTotal)
                                      : (row->state == JobState::Done ? 1.0 : -1.0);
    case DetailsRole:
        return details;
    case Qt::DisplayRole:
        return details ? QVariant() : QVariant(display(*row, at.column()));
    case Qt::ToolTipRole:
        if (row->error)
            return QString::fromStdString(row->error->message);
        if (const QString waits = waitingWords(*row); !waits.isEmpty())
            return waits;
        return QString::fromStdString(row->message);
    case Qt::TextAlignmentRole: {
        const bool right =
            at.column() == Progress || at.column() == Rate || at.column() == TimeLeft;
        return int((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    default:
        return {};
    }
}

QVariant JobModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == Progress || section == Rate || section == TimeLeft ? Qt::AlignRight
                                                                                  : Qt::AlignLeft) |
                   Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Name");
    case Kind:
        return tr("Kind");
    case State:
        return tr("State");
    case Progress:
        return tr("Progress");
    case Rate:
        return tr("Tokens/s");
    case TimeLeft:
        return tr("Time left");
    case Device:
        return tr("Device");
    case Started:
        return tr("Started");
    default:
        return {};
    }
}

} // namespace crux::ui
