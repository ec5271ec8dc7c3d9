#include "ui/model/problem_model.h"

#include "core/store/repositories.h"
#include "ui/model/text_format.h"

#include <QDateTime>

#include <algorithm>

namespace crux::ui {

namespace {

constexpr std::int64_t kEventsAtOnce = 500;
constexpr std::size_t kMostRows = 2'000;

Notice::Severity severityOf(const std::string& level) {
    return level == "error"     ? Notice::Severity::Error
           : level == "warning" ? Notice::Severity::Warning
                                : Notice::Severity::Information;
}

} // namespace

ProblemModel::ProblemModel(Session& session, QObject* parent)
    : QAbstractTableModel(parent)
    , m_session(session) {
    connect(&session, &Session::noticed, this, &ProblemModel::addNotice);
    connect(&session, &Session::dataChanged, this, &ProblemModel::readEvents);
    connect(&session, &Session::projectOpened, this, &ProblemModel::readEvents);
    connect(&session, &Session::projectClosed, this, [this] {
        m_lastEvent = 0;
        m_asked = false;
        std::erase_if(m_rows, [](const Row& row) { return row.eventId != 0; });
        rebuild();
    });
}

void ProblemModel::addNotice(const Notice& notice) {
    Row row;
    row.notice = notice;
    row.timeMs = QDateTime::currentMSecsSinceEpoch();
    m_rows.insert(m_rows.begin(), std::move(row));
    if (notice.severity != Notice::Severity::Information)
        ++m_unseen;
    rebuild();
}

void ProblemModel::readEvents() {
    if (m_asked || !m_session.isOpen())
        return;
    m_asked = true;
    m_session.read<std::vector<store::JobEventRecord>>(
        this,
        [after = m_lastEvent](const store::Project& project) {
            return store::events(project, JobId{}, after, kEventsAtOnce);
        },
        [this](const Result<std::vector<store::JobEventRecord>>& events) {
            m_asked = false;
            if (!events || events->empty())
                return;
            const bool first = m_lastEvent == 0;
            bool added = false;
            for (const auto& event : *events) {
                m_lastEvent = std::max(m_lastEvent, event.id);
                if (event.level != "error" && event.level != "warning")
                    continue;
                Row row;
                row.notice.severity = severityOf(event.level);
                row.notice.title = QString::fromStdString(event.message);
                row.notice.object = QString::fromStdString(event.object);
                row.notice.details = QString::fromStdString(event.detail);
                row.timeMs = event.timeMs;
                row.job = event.jobId;
                row.fix = event.fix;
                row.eventId = event.id;
                if (!first)
                    ++m_unseen;
                m_rows.push_back(std::move(row));
                added = true;
            }
            if (added) {
                std::stable_sort(m_rows.begin(), m_rows.end(),
                                 [](const Row& a, const Row& b) { return a.timeMs > b.timeMs; });
                if (m_rows.size() > kMostRows)
                    m_rows.resize(kMostRows);
                rebuild();
            }
            if (static_cast<std::int64_t>(events->size()) >= kEventsAtOnce)
                readEvents();
        });
}

void ProblemModel::rebuild() {
    beginResetModel();
    m_shown.clear();
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const auto severity = m_rows[i].notice.severity;
        if (m_show == Show::All ||
            (m_show == Show::Errors) == (severity == Notice::Severity::Error))
            if ((m_show != Show::Warnings || severity == Notice::Severity::Warning) &&
                fits(m_rows[i]))
                m_shown.push_back(static_cast<int>(i));
    }
    endResetModel();
    Q_EMIT countsChanged();
}

const std::vector<store::RowField>& ProblemModel::filterFields() {
    using K = store::RowField::Kind;
    static const std::vector<store::RowField> fields{
        {K::Text, "severity", "error, warning or information"},
        {K::Text, "text", "what happened"},
        {K::Text, "object", "what it is about"},
        {K::Text, "details", "what the program said"},
        {K::Number, "job", "number of the job"},
    };
    return fields;
}

void ProblemModel::setFilter(const store::RowFilter& filter) {
    m_filter = filter;
    rebuild();
}

bool ProblemModel::fits(const Row& row) const {
    return m_filter.matches([&row](std::size_t field) -> store::RowValue {
        switch (field) {
        case 0:
            return std::string(row.notice.severity == Notice::Severity::Error     ? "error"
                               : row.notice.severity == Notice::Severity::Warning ? "warning"
                                                                                  : "information");
        case 1:
            return (row.notice.title + QLatin1Char(' ') + row.notice.text).toStdString();
        case 2:
            return row.notice.object.toStdString();
        case 3:
            return row.notice.details.toStdString();
        default:
            return static_cast<double>(row.job.value);
        }
    });
}

void ProblemModel::setShow(Show show) {
    if (m_show == show)
        return;
    m_show = show;
    rebuild();
}

int ProblemModel::count(Show show) const {
    return static_cast<int>(std::count_if(m_rows.begin(), m_rows.end(), [show](const Row& row) {
        return show == Show::All ||
               row.notice.severity ==
                   (show == Show::Errors ? Notice::Severity::Error : Notice::Severity::Warning);
    }));
}

void ProblemModel::markSeen() {
    if (std::exchange(m_unseen, 0) != 0)
        Q_EMIT countsChanged();
}

void ProblemModel::clearSession() {
    std::erase_if(m_rows, [](const Row& row) { return row.eventId == 0; });
    m_unseen = 0;
    rebuild();
}

QString ProblemModel::fixText(const Row& row) {
    if (!row.notice.actionText.isEmpty())
        return row.notice.actionText;
    if (!row.fix.is_object())
        return {};
    const QString action = QString::fromStdString(row.fix.value("action", std::string()));
    if (action == QLatin1String("resume"))
        return tr("Resume");
    if (action == QLatin1String("choose_models"))
        return tr("Choose models…");
    if (action == QLatin1String("score_retokenized"))
        return tr("Tokenise again");
    if (action == QLatin1String("show_job"))
        return tr("Show job");
    return row.job ? tr("Show job") : QString();
}

void ProblemModel::runFix(int row) {
    if (row < 0 || row >= rowCount())
        return;
    const Row& entry = m_rows[static_cast<std::size_t>(m_shown[static_cast<std::size_t>(row)])];
    if (entry.notice.action) {
        const auto action = entry.notice.action; // it may clear the list
        action();
    } else if (entry.job || entry.fix.is_object()) {
        Q_EMIT fixWanted(entry.fix, entry.job);
    }
}

const store::JobRecord* ProblemModel::jobRecordAt(int row) const {
    const JobId id = jobAt(row);
    for (const store::JobRecord& job : m_session.facts().jobs)
        if (id && job.id == id)
            return &job;
    return nullptr;
}

std::vector<JobRemedy> ProblemModel::remediesAt(int row) const {
    const store::JobRecord* const job = jobRecordAt(row);
    return job && !m_session.readOnly() ? remediesFor(*job) : std::vector<JobRemedy>();
}

void ProblemModel::startRemedyAt(int row, std::size_t which) {
    const std::vector<JobRemedy> remedies = remediesAt(row);
    if (which < remedies.size())
        startRemedy(m_session, *jobRecordAt(row), remedies[which]);
}

QString ProblemModel::details(int row) const {
    if (row < 0 || row >= rowCount())
        return {};
    const Row& entry = m_rows[static_cast<std::size_t>(m_shown[static_cast<std::size_t>(row)])];
    QStringList lines{QDateTime::fromMSecsSinceEpoch(entry.timeMs).toString(Qt::ISODate),
                      entry.notice.title, entry.notice.text, entry.notice.object,
                      entry.notice.details};
    if (entry.job)
        lines << tr("job %1").arg(entry.job.value);
    lines.removeAll(QString());
    return lines.join(QLatin1Char('\n'));
}

JobId ProblemModel::jobAt(int row) const {
    return row < 0 || row >= rowCount()
               ? JobId{}
               : m_rows[static_cast<std::size_t>(m_shown[static_cast<std::size_t>(row)])].job;
}

int ProblemModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int ProblemModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ProblemModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Row& row =
        m_rows[static_cast<std::size_t>(m_shown[static_cast<std::size_t>(index.row())])];
    switch (role) {
    case SeverityRole:
        return static_cast<int>(row.notice.severity);
    case JobRole:
        return QVariant::fromValue<qint64>(row.job.value);
    case DetailsRole:
        return details(index.row());
    case FixRole:
        return fixText(row);
    case Qt::ToolTipRole:
        return index.column() == What ? details(index.row()) : QVariant();
    case Qt::AccessibleTextRole:
        if (index.column() == SeverityColumn)
            return row.notice.severity == Notice::Severity::Error     ? tr("error")
                   : row.notice.severity == Notice::Severity::Warning ? tr("warning")
                                                                      : tr("information");
        [[fallthrough]];
    case Qt::DisplayRole:
        switch (index.column()) {
        case Time:
            return text_format::clock(row.timeMs);
        case What: {
            QStringList parts{row.notice.title, row.notice.text};
            parts.removeAll(QString());
            return parts.join(QLatin1Char(' '));
        }
        case Object:
            return !row.notice.object.isEmpty() ? row.notice.object
                   : row.job                    ? tr("job %1").arg(row.job.value)
                                                : QString();
        case Fix:
            return fixText(row);
        default:
            return {};
        }
    default:
        return {};
    }
}

QVariant ProblemModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time:
        return tr("Time");
    case What:
        return tr("What happened");
    case Object:
        return tr("Object");
    case Fix:
        return tr("Fix");
    default:
        return {};
    }
}

} // namespace crux::ui
