#include "ui/model/trajectory_table_model.h"

#include "core/base/text_util.h"
#include "core/store/filter.h"
#include "ui/model/session.h"
#include "ui/model/snapshot_loader.h"
#include "ui/model/text_format.h"

#include <algorithm>
#include <cctype>

namespace crux::ui {

namespace {

constexpr int kPage = 128;
constexpr std::size_t kCachedSummaries = 20'000;
constexpr int kReloadMs = 700; ///< a running job writes several times a second; rows follow slower

struct ColumnDef {
    const char* title;
    const char* sortKey; ///< nullptr: not sortable
    const char* tip;
};
constexpr ColumnDef kColumns[TrajectoryTableModel::ColumnCount] = {
    {"#", "id", QT_TRANSLATE_NOOP("TrajectoryTable", "Number of the trajectory in the project")},
    {"", "verdict", QT_TRANSLATE_NOOP("TrajectoryTable", "Verdict and source")},
    {QT_TRANSLATE_NOOP("TrajectoryTable", "Question"), "question", ""},
    {QT_TRANSLATE_NOOP("TrajectoryTable", "Scores"), nullptr,
     QT_TRANSLATE_NOOP("TrajectoryTable",
                       "Lowest s_t along the response, one column a bucket of tokens")},
    {QT_TRANSLATE_NOOP("TrajectoryTable", "Answer"), "extracted",
     QT_TRANSLATE_NOOP("TrajectoryTable", "Extracted answer")},
    {QT_TRANSLATE_NOOP("TrajectoryTable", "Gold"), "gold",
     QT_TRANSLATE_NOOP("TrajectoryTable", "Gold answer")},
    {QT_TRANSLATE_NOOP("TrajectoryTable", "min s_t"), "min_s",
     QT_TRANSLATE_NOOP("TrajectoryTable", "Lowest contrastive score of the response")},
    {"⑂", "branches", QT_TRANSLATE_NOOP("TrajectoryTable", "Branches")},
    {QT_TRANSLATE_NOOP("TrajectoryTable", "Tokens"), "tokens",
     QT_TRANSLATE_NOOP("TrajectoryTable", "Tokens of the response")},
    {QT_TRANSLATE_NOOP("TrajectoryTable", "Candidates"), "candidates",
     QT_TRANSLATE_NOOP("TrajectoryTable", "Tokens below the score set's threshold")},
    {QT_TRANSLATE_NOOP("TrajectoryTable", "Lowest at"), nullptr,
     QT_TRANSLATE_NOOP("TrajectoryTable",
                       "Position of the lowest score, and how far into the response")},
    {QT_TRANSLATE_NOOP("TrajectoryTable", "Dataset"), nullptr, ""},
    {QT_TRANSLATE_NOOP("TrajectoryTable", "Sample"), "sample",
     QT_TRANSLATE_NOOP("TrajectoryTable", "Number of the sample of its question")},
    {QT_TRANSLATE_NOOP("TrajectoryTable", "Source model"), "source", ""},
    {QT_TRANSLATE_NOOP("TrajectoryTable", "Label"), nullptr,
     QT_TRANSLATE_NOOP("TrajectoryTable", "Human verdict")},
    {QT_TRANSLATE_NOOP("TrajectoryTable", "Flags"), nullptr,
     QT_TRANSLATE_NOOP("TrajectoryTable", "Marked, noted")},
    {QT_TRANSLATE_NOOP("TrajectoryTable", "Critical token"), "critical",
     QT_TRANSLATE_NOOP("TrajectoryTable",
                       "Found by rollouts: position, text; ▼ where fresh rollouts confirm it")},
};

QString words(const char* text) {
    return QCoreApplication::translate("TrajectoryTable", text);
}

QString verdictText(crux::Verdict verdict) {
    const auto name = verdictName(verdict);
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

} // namespace

TrajectoryTableModel::TrajectoryTableModel(Session& session, QObject* parent)
    : QAbstractTableModel(parent)
    , m_session(session) {
    m_pageTimer.setSingleShot(true);
    m_pageTimer.setInterval(0);
    connect(&m_pageTimer, &QTimer::timeout, this, &TrajectoryTableModel::askPages);
    m_reloadTimer.setSingleShot(true);
    m_reloadTimer.setInterval(kReloadMs);
    connect(&m_reloadTimer, &QTimer::timeout, this, &TrajectoryTableModel::reload);
    connect(&session, &Session::projectOpened, this, [this] {
        m_total = -1;
        reload();
    });
    connect(&session, &Session::scoreSetChanged, this, &TrajectoryTableModel::reload);
    connect(&session, &Session::dataChanged, this, [this] {
        if (!m_reloadTimer.isActive())
            m_reloadTimer.start();
    });
    connect(&session, &Session::projectClosed, this, [this] {
        ++m_query;
        m_asked = m_again = false;
        m_total = -1;
        m_filter.clear();
        takeIds({});
    });
    if (session.isOpen())
        reload();
}

void TrajectoryTableModel::setFilter(const QString& expression) {
    if (m_filter == expression)
        return;
    m_filter = expression;
    reload();
}

QString TrajectoryTableModel::sortState() const {
    if (m_sortColumn < 0 || !kColumns[m_sortColumn].sortKey)
        return {};
    return QLatin1String(kColumns[m_sortColumn].sortKey) +
           (m_sortOrder == Qt::AscendingOrder ? QStringLiteral(" asc") : QStringLiteral(" desc"));
}

void TrajectoryTableModel::setSortState(const QString& state) {
    const QString key = state.section(QLatin1Char(' '), 0, 0);
    for (int column = 0; column < ColumnCount; ++column)
        if (kColumns[column].sortKey && key == QLatin1String(kColumns[column].sortKey)) {
            m_sortColumn = column;
            m_sortOrder =
                state.endsWith(QStringLiteral("desc")) ? Qt::DescendingOrder : Qt::AscendingOrder;
        }
}

void TrajectoryTableModel::sort(int column, Qt::SortOrder order) {
    if (column >= 0 && (column >= ColumnCount || !kColumns[column].sortKey))
        return;
    m_sortColumn = column;
    m_sortOrder = order;
    reload();
}

void TrajectoryTableModel::reload() {
    if (!m_session.isOpen())
        return;
    if (m_asked) {
        m_again = true; // the newest wish runs when the running one is back
        return;
    }
    m_asked = true;
    m_reloadTimer.stop();
    store::TrajectoryQuery query;
    query.filter = m_filter.toStdString();
    query.scoreSet = m_session.scoreSet();
    if (m_sortColumn >= 0) {
        query.sortKey = kColumns[m_sortColumn].sortKey;
        query.descending = m_sortOrder == Qt::DescendingOrder;
    }
    const quint64 mine = ++m_query;
    m_session.read<std::vector<TrajectoryId>>(
        this,
        [query](const store::Project& project) { return store::trajectoryIds(project, query); },
        [this, mine, asked = m_filter](Result<std::vector<TrajectoryId>> ids) {
            if (mine != m_query)
                return;
            m_asked = false;
            // Rows of a filter that was left meanwhile would only pass by, under the user's hand.
            if (asked != m_filter) {
                m_again = false;
                return reload();
            }
            if (ids) {
                if (m_filter.isEmpty())
                    m_total = static_cast<std::int64_t>(ids->size());
                takeIds(std::move(*ids));
            } else {
                Q_EMIT failed(ids.error());
            }
            if (std::exchange(m_again, false))
                reload();
        });
}

void TrajectoryTableModel::takeIds(std::vector<TrajectoryId> ids) {
    // The same rows in the same order (a job wrote scores): only their content changed.
    if (ids == m_ids && !ids.empty()) {
        refreshPages();
        Q_EMIT loaded();
        return;
    }
    beginResetModel();
    m_ids = std::move(ids);
    m_summaries.clear();
    m_askedPages.clear();
    m_wantedPages.clear();
    m_rows.clear();
    m_rows.reserve(m_ids.size());
    for (std::size_t row = 0; row < m_ids.size(); ++row)
        m_rows.emplace(m_ids[row].value, static_cast<int>(row));
    endResetModel();
    Q_EMIT loaded();
}

void TrajectoryTableModel::refreshPages() {
    // Pages seen so far are asked again; old values stay visible until the new ones come.
    m_wantedPages = std::exchange(m_askedPages, {});
    if (m_wantedPages.size() > 8)
        m_wantedPages.erase(m_wantedPages.begin(), m_wantedPages.end() - 8);
    std::vector<std::int64_t> keep;
    for (const int page : m_wantedPages)
        for (int row = page * kPage; row < std::min((page + 1) * kPage, rowCount()); ++row)
            keep.push_back(m_ids[static_cast<std::size_t>(row)].value);
    std::sort(keep.begin(), keep.end());
    std::erase_if(m_summaries, [&](const auto& entry) {
        return !std::binary_search(keep.begin(), keep.end(), entry.first);
    });
    if (!m_wantedPages.empty())
        m_pageTimer.start();
}

void TrajectoryTableModel::askPage(int page) const {
    if (std::find(m_askedPages.begin(), m_askedPages.end(), page) != m_askedPages.end() ||
        std::find(m_wantedPages.begin(), m_wantedPages.end(), page) != m_wantedPages.end())
        return;
    m_wantedPages.push_back(page);
    if (!m_pageTimer.isActive())
        m_pageTimer.start();
}

void TrajectoryTableModel::askPages() {
    const auto pages = std::exchange(m_wantedPages, {});
    for (const int page : pages) {
        const int first = page * kPage;
        const int last = std::min(first + kPage, rowCount());
        if (first >= last)
            continue;
        m_askedPages.push_back(page);
        const std::vector<TrajectoryId> ids(m_ids.begin() + first, m_ids.begin() + last);
        const ScoreSetId set = m_session.scoreSet();
        const quint64 mine = m_query;
        m_session.read<std::vector<store::TrajectorySummary>>(
            this,
            [ids, set](const store::Project& project) {
                return store::trajectorySummaries(project, ids, set);
            },
            [this, mine, first, last](Result<std::vector<store::TrajectorySummary>> rows) {
                if (mine != m_query && !m_asked)
                    return;
                if (!rows)
                    return Q_EMIT failed(rows.error());
                if (m_summaries.size() > kCachedSummaries) {
                    m_summaries.clear();
                    m_askedPages.clear();
                }
                for (auto& row : *rows)
                    m_summaries.insert_or_assign(row.id.value, std::move(row));
                if (last <= rowCount())
                    Q_EMIT dataChanged(index(first, 0), index(last - 1, ColumnCount - 1));
            });
    }
}

int TrajectoryTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_ids.size());
}

int TrajectoryTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

TrajectoryId TrajectoryTableModel::idAt(int row) const {
    return row >= 0 && row < rowCount() ? m_ids[static_cast<std::size_t>(row)] : TrajectoryId{};
}

int TrajectoryTableModel::rowOf(TrajectoryId id) const {
    const auto found = m_rows.find(id.value);
    return found == m_rows.end() ? -1 : found->second;
}

const store::TrajectorySummary* TrajectoryTableModel::summary(int row) const {
    const TrajectoryId id = idAt(row);
    const auto found = m_summaries.find(id.value);
    if (id && found == m_summaries.end())
        askPage(row / kPage);
    return found == m_summaries.end() ? nullptr : &found->second;
}

QString TrajectoryTableModel::criticalText(const store::TrajectorySummary& row) {
    if (row.critical == store::CriticalState::NotSearched)
        return {};
    if (row.criticalPosition < 0)
        return tr("none");
    QString text = readableBytes(row.criticalText); // blanks as in tables of tokens
    text.replace(QLatin1Char(' '), QChar(0x2423)).replace(QLatin1Char('\n'), QChar(0x21B5));
    return QStringLiteral("%1 %2").arg(row.criticalPosition + 1).arg(text);
}

QString TrajectoryTableModel::criticalWords(const store::TrajectorySummary& row) {
    const QString text = criticalText(row);
    switch (row.critical) {
    case store::CriticalState::NotSearched:
        return tr("Not searched by rollouts yet (R)");
    case store::CriticalState::NoneFound:
        return tr("The search found no critical token");
    case store::CriticalState::NotConfirmed:
        return tr("%1, not confirmed by fresh rollouts").arg(text);
    case store::CriticalState::Found:
        return tr("%1, critical token").arg(text);
    case store::CriticalState::Confirmed:
        return tr("%1, critical token, confirmed by fresh rollouts").arg(text);
    }
    return text;
}

QString TrajectoryTableModel::display(const store::TrajectorySummary& row, int column) const {
    switch (column) {
    case Verdict:
    case Scores:
        return {}; // painted; the accessible text says it
    case Question:
        return QString::fromStdString(row.question).simplified();
    case Answer:
        return row.extracted.empty() && row.verdict == crux::Verdict::NoAnswer
                   ? tr("none")
                   : text_format::extractedText(row.verdict, row.extracted);
    case Gold:
        return text_format::goldText(row.golds);
    case MinS:
        return text_format::probability(static_cast<double>(row.minS));
    case Critical:
        return criticalText(row);
    case Branches:
        return row.branches > 0 ? text_format::integer(row.branches) : QString();
    case Tokens:
        return text_format::integer(row.tokens);
    case Candidates:
        return row.candidates >= 0 ? text_format::integer(row.candidates) : QString();
    case FirstCandidate:
        return row.minSPosition < 0 || row.tokens <= 0
                   ? QString()
                   : tr("%1 (%2 %)")
                         .arg(row.minSPosition + 1)
                         .arg(100 * row.minSPosition / row.tokens);
    case Dataset:
        return QString::fromStdString(row.datasetName);
    case Sample:
        return QString::number(row.sampleIndex + 1);
    case SourceModel:
        return QString::fromStdString(row.sourceModel);
    case Label:
        return QString::fromStdString(row.label);
    case Flags: {
        QStringList flags;
        if (row.marked)
            flags << tr("marked");
        if (row.hasNote)
            flags << tr("note");
        return flags.join(QStringLiteral(", "));
    }
    default:
        return {};
    }
}

QString TrajectoryTableModel::filterTerm(const store::TrajectorySummary& row, int column) const {
    const auto is = [](const char* field, const std::string& value) {
        return value.empty() ? QString()
                             : QString::fromStdString(store::filterTermText({field, "=", value}));
    };
    const auto number = [](const char* field, int value) {
        return QStringLiteral("%1=%2").arg(QLatin1String(field)).arg(value);
    };
    switch (column) {
    case Number:
        return QStringLiteral("id=%1").arg(row.id.value);
    case Verdict:
        return QStringLiteral("verdict=") + verdictText(row.verdict);
    case Question:
        return is("question", row.question.size() < 200 ? row.question : std::string());
    case Answer:
        return is("extracted", row.extracted);
    case Gold:
        return is("gold", row.golds.empty() ? std::string() : row.golds.front());
    case MinS: {
        if (row.minS < 0)
            return {};
        const auto value = static_cast<double>(row.minS);
        QString text = QString::number(value, 'g', 4);
        if (text.toDouble() < value) // rounded down: the row itself would not be found
            text = QString::number(value, 'g', 9);
        return QStringLiteral("min_s<=") + text;
    }
    case Critical:
        return firstInvalidUtf8(row.criticalText) == std::string::npos
                   ? is("crit.token", row.criticalText)
                   : QString();
    case Branches:
        return row.branches > 0 ? QStringLiteral("branches>0") : QString();
    case Tokens:
        return number("tokens", row.tokens);
    case Candidates:
        return row.candidates >= 0 ? number("candidates", row.candidates) : QString();
    case Dataset:
        return is("dataset", row.datasetName);
    case Sample:
        return number("sample", row.sampleIndex);
    case SourceModel:
        return is("model", row.sourceModel);
    case Label:
        return is("label", row.label);
    case Flags:
        return row.marked    ? QStringLiteral("marked=yes")
               : row.hasNote ? QStringLiteral("note=yes")
                             : QString();
    default:
        return {};
    }
}

QVariant TrajectoryTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const int column = index.column();
    if (role == IdRole)
        return QVariant::fromValue<qint64>(idAt(index.row()).value);
    if (role == Qt::DisplayRole && column == Number)
        return text_format::integer(idAt(index.row()).value);
    if (role == Qt::TextAlignmentRole) {
        const bool number = column == Number || column == Answer || column == Gold ||
                            column == MinS || column == Branches || column == Tokens ||
                            column == Candidates || column == FirstCandidate || column == Sample;
        return int((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != SummaryRole &&
        role != FilterRole && role != Qt::AccessibleTextRole)
        return {};
    const store::TrajectorySummary* row = summary(index.row());
    if (role == SummaryRole)
        return QVariant::fromValue(reinterpret_cast<quintptr>(row));
    if (!row)
        return {};
    if (role == FilterRole)
        return filterTerm(*row, column);
    if (role == Qt::DisplayRole)
        return display(*row, column);
    if (role == Qt::ToolTipRole && column == Question)
        return QString::fromStdString(row->question);
    if (column == Critical)
        return criticalWords(*row);
    if (column == Verdict)
        return text_format::verdictWord(row->verdict);
    if (column == Scores)
        return row->strip.empty() ? tr("not scored") : tr("lowest %1").arg(display(*row, MinS));
    return role == Qt::AccessibleTextRole ? QVariant(display(*row, column)) : QVariant();
}

QVariant TrajectoryTableModel::headerData(int section, Qt::Orientation orientation,
                                          int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    const ColumnDef& column = kColumns[section];
    if (role == Qt::DisplayRole)
        return words(column.title);
    if (role == Qt::ToolTipRole)
        return words(*column.tip ? column.tip : column.title);
    if (role == Qt::AccessibleTextRole) // signs are no words
        return words(std::isalpha(static_cast<unsigned char>(*column.title)) ? column.title
                                                                             : column.tip);
    if (role == Qt::TextAlignmentRole)
        return data(index(0, section), role);
    return {};
}

} // namespace crux::ui
