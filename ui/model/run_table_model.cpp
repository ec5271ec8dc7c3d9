#include "ui/model/run_table_model.h"

#include "ui/model/run_board.h"
#include "ui/model/session.h"
#include "ui/model/text_format.h"

#include <algorithm>
#include <cmath>

namespace crux::ui {

namespace {

constexpr int kLookMs = 700;

std::string specWord(const store::JobRecord& job, const char* key) {
    if (!job.spec.is_object())
        return {};
    const auto found = job.spec.find(key);
    return found != job.spec.end() && found->is_string() ? found->get<std::string>()
                                                         : std::string();
}

/// A folder by its last part; names and ids stay.
QString lastPart(const std::string& path) {
    const QString text = QString::fromStdString(path);
    const auto cut = text.lastIndexOf(QLatin1Char('/'));
    return cut >= 0 && cut + 1 < text.size() ? text.mid(cut + 1) : text;
}

} // namespace

RunTableModel::RunTableModel(Session& session, RunBoard& board, QObject* parent)
    : QAbstractTableModel(parent)
    , m_session(session)
    , m_board(board) {
    m_later.setSingleShot(true);
    m_later.setInterval(kLookMs);
    connect(&m_later, &QTimer::timeout, this, &RunTableModel::look);
    const auto later = [this] {
        takeJobs();
        if (!m_later.isActive())
            m_later.start();
    };
    connect(&session, &Session::jobsChanged, this, later);
    connect(&session, &Session::factsChanged, this, later);
    connect(&session, &Session::projectOpened, this, [this] {
        takeJobs();
        look();
    });
    connect(&session, &Session::projectClosed, this, &RunTableModel::takeJobs);
    const auto repaint = [this] {
        if (!m_rows.empty())
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    };
    connect(&board, &RunBoard::shownChanged, this, repaint);
    connect(&board, &RunBoard::slotsChanged, this, repaint);
    takeJobs();
    look();
}

/// Rows stay where they are while the runs are the same, so that views keep what is selected.
void RunTableModel::takeJobs() {
    const auto runs = m_board.runs();
    const bool same =
        runs.size() == m_rows.size() &&
        std::equal(runs.begin(), runs.end(), m_rows.begin(),
                   [](const auto* run, const Row& row) { return run->id == row.job.id; });
    std::vector<Row> rows;
    for (const store::JobRecord* run : runs) {
        Row row;
        const auto old = std::find_if(m_rows.begin(), m_rows.end(),
                                      [&](const Row& one) { return one.job.id == run->id; });
        if (old != m_rows.end())
            row = std::move(*old);
        row.job = *run;
        row.name = RunBoard::nameOf(*run);
        row.method = RunBoard::methodOf(*run);
        row.base = lastPart(specWord(*run, "model"));
        if (const std::string start = specWord(*run, "start_adapter"); !start.empty())
            row.base += QStringLiteral(" + ") + lastPart(start);
        if (row.summary.data.empty())
            row.summary.data = lastPart(specWord(*run, "data")).toStdString();
        row.adapter.clear();
        for (const store::AdapterRecord& adapter : m_session.facts().adapters)
            if (row.summary.adapter && adapter.id == row.summary.adapter)
                row.adapter = QString::fromStdString(adapter.name);
        rows.push_back(std::move(row));
    }
    if (!same)
        beginResetModel();
    m_rows = std::move(rows);
    if (!same)
        endResetModel();
    else if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

/// Runs that ended are read once.
void RunTableModel::look() {
    std::vector<JobId> wanted;
    for (const Row& row : m_rows)
        if (!row.read || row.job.finishedMs == 0)
            wanted.push_back(row.job.id);
    if (wanted.empty() || !m_session.isOpen())
        return;
    using Found = std::vector<std::pair<JobId, store::RunSummary>>;
    const quint64 token = ++m_token;
    m_session.read<Found>(
        this,
        [wanted](const store::Project& project) -> Result<Found> {
            Found found;
            for (const JobId id : wanted) {
                CRUX_TRY(summary, store::runSummary(project, id));
                found.emplace_back(id, std::move(summary));
            }
            return found;
        },
        [this, token](Result<Found> found) {
            if (token != m_token || !found.ok())
                return; // the session reports faults of the project
            for (auto& [id, summary] : *found)
                if (const int row = rowOf(id); row >= 0) {
                    Row& one = m_rows[static_cast<std::size_t>(row)];
                    one.summary = std::move(summary);
                    // What ends now is looked at once more: its last numbers come with its end.
                    one.read = one.job.finishedMs != 0;
                }
            takeJobs();
        });
}

JobId RunTableModel::idAt(int row) const {
    return row >= 0 && row < rowCount() ? m_rows[static_cast<std::size_t>(row)].job.id : JobId{};
}

int RunTableModel::rowOf(JobId id) const {
    for (int row = 0; row < rowCount(); ++row)
        if (idAt(row) == id)
            return row;
    return -1;
}

int RunTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RunTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

double RunTableModel::number(const Row& row, const char* metric) const {
    const auto found = row.summary.last.find(metric);
    return found == row.summary.last.end() ? std::nan("") : found->second;
}

QString RunTableModel::display(const Row& row, int column) const {
    const auto brief = [](double value) {
        return std::isnan(value) ? QString(QChar(0x2013))
                                 : text_format::shortExponent(QString::number(value, 'g', 4))
                                       .replace(QLatin1Char('-'), QChar(0x2212));
    };
    switch (column) {
    case Name:
        return row.name;
    case State:
        return text_format::jobStateWord(row.job.state);
    case Method:
        return row.method;
    case Base:
        return row.base;
    case Data:
        return QString::fromStdString(row.summary.data);
    case Steps:
        return row.job.progressTotal > 0
                   ? QStringLiteral("%1/%2").arg(text_format::integer(row.job.progressDone),
                                                 text_format::integer(row.job.progressTotal))
                   : QString(QChar(0x2013));
    case Loss:
        return brief(number(row, "loss"));
    case BestEval:
        return row.summary.bestStep < 0 ? QString(QChar(0x2013))
                                        : tr("%1 at %2")
                                              .arg(brief(row.summary.bestEvaluation),
                                                   text_format::integer(row.summary.bestStep));
    case Margin:
        return brief(number(row, "rewards/margins"));
    case Accuracy:
        return brief(number(row, "rewards/accuracies"));
    case Adapter:
        return row.adapter;
    case Started:
        return row.job.startedMs > 0 ? text_format::clock(row.job.startedMs) : QString();
    default:
        return {};
    }
}

QVariant RunTableModel::sortValue(const Row& row, int column) const {
    const auto last = [&](const char* metric) { // what is not there stands at the end
        const double value = number(row, metric);
        return std::isnan(value) ? 1e300 : value;
    };
    switch (column) {
    case Steps:
        return static_cast<qint64>(row.job.progressDone);
    case Loss:
        return last("loss");
    case BestEval:
        return row.summary.bestStep < 0 ? 1e300 : row.summary.bestEvaluation;
    case Margin:
        return last("rewards/margins");
    case Accuracy:
        return last("rewards/accuracies");
    case Started:
        return static_cast<qint64>(row.job.startedMs);
    default:
        return display(row, column);
    }
}

QVariant RunTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return display(row, index.column());
    case Qt::ToolTipRole:
        if (index.column() == State && row.job.error)
            return QString::fromStdString(row.job.error->message);
        if (index.column() == Base)
            return QString::fromStdString(specWord(row.job, "model"));
        return display(row, index.column());
    case Qt::CheckStateRole:
        return index.column() == Name
                   ? QVariant(m_board.isShown(row.job.id) ? Qt::Checked : Qt::Unchecked)
                   : QVariant();
    case Qt::TextAlignmentRole:
        return index.column() >= Steps && index.column() <= Accuracy
                   ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                   : QVariant();
    case IdRole:
        return static_cast<qint64>(row.job.id.value);
    case SlotRole:
        return m_board.slot(row.job.id);
    case ShownRole:
        return m_board.isShown(row.job.id);
    case StateRole:
        return static_cast<int>(row.job.state);
    case SortRole:
        return sortValue(row, index.column());
    default:
        return {};
    }
}

bool RunTableModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::CheckStateRole || index.column() != Name)
        return false;
    m_board.setShown(idAt(index.row()), value.toInt() == Qt::Checked);
    return true;
}

QVariant RunTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return section >= Steps && section <= Accuracy ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                                                       : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    const QString titles[] = {tr("Run"),  tr("State"),          tr("Method"),  tr("Steps"),
                              tr("Loss"), tr("Best eval loss"), tr("Margin"),  tr("Accuracy"),
                              tr("Base"), tr("Data"),           tr("Adapter"), tr("Started")};
    return section >= 0 && section < ColumnCount ? QVariant(titles[section]) : QVariant();
}

Qt::ItemFlags RunTableModel::flags(const QModelIndex& index) const {
    Qt::ItemFlags flags = QAbstractTableModel::flags(index);
    return index.column() == Name ? flags | Qt::ItemIsUserCheckable : flags;
}

const std::vector<store::RowField>& RunTableModel::filterFields() {
    using K = store::RowField::Kind;
    static const std::vector<store::RowField> kFields{
        {K::Text, "name", "name of the run"},
        {K::Text, "state", "running, done, failed ..."},
        {K::Text, "method", "sft, dpo, cdpo ..."},
        {K::Text, "base", "model it starts from"},
        {K::Text, "data", "what it trains on"},
        {K::Number, "steps", "steps done"},
        {K::Number, "loss", "latest loss"},
        {K::Number, "eval_loss", "lowest eval_loss"},
        {K::Number, "margin", "latest rewards/margins"},
        {K::Number, "accuracy", "latest rewards/accuracies"},
        {K::YesNo, "shown", "drawn in the charts"}};
    return kFields;
}

store::RowValue RunTableModel::filterValue(int index, std::size_t field) const {
    const Row& row = m_rows[static_cast<std::size_t>(index)];
    switch (field) {
    case 0:
        return row.name.toStdString();
    case 1:
        return text_format::jobStateWord(row.job.state).toStdString();
    case 2:
        return row.method.toStdString();
    case 3:
        return row.base.toStdString();
    case 4:
        return row.summary.data;
    case 5:
        return static_cast<double>(row.job.progressDone);
    case 6:
        return number(row, "loss");
    case 7:
        return row.summary.bestStep < 0 ? std::nan("") : row.summary.bestEvaluation;
    case 8:
        return number(row, "rewards/margins");
    case 9:
        return number(row, "rewards/accuracies");
    default:
        return m_board.isShown(row.job.id) ? 1.0 : 0.0;
    }
}

RunFilter::RunFilter(RunTableModel& model, QObject* parent)
    : QSortFilterProxyModel(parent)
    , m_model(model) {
    setSourceModel(&model);
    setSortRole(RunTableModel::SortRole);
    setSortLocaleAware(true);
}

void RunFilter::setFilter(store::RowFilter filter) {
    m_filter = std::move(filter);
    invalidateFilter();
}

bool RunFilter::filterAcceptsRow(int row, const QModelIndex&) const {
    return m_filter.empty() ||
           m_filter.matches([&](std::size_t field) { return m_model.filterValue(row, field); });
}

} // namespace crux::ui
