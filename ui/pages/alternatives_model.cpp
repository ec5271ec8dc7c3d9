#include "ui/pages/alternatives_model.h"

#include "core/base/text_util.h"
#include "core/spec/intervals.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

#include <algorithm>
#include <cmath>

namespace crux::ui {

namespace {

bool known(float value) {
    return value == value && value >= 0;
}

float valueAt(const std::vector<float>& values, std::size_t index) {
    return index < values.size() && known(values[index]) ? values[index] : -1.0F;
}

/// Order of the table: by the policy, else by the positive model.
float likelihood(const AlternativeRow& row) {
    return known(row.p) ? row.p : row.pPositive;
}

bool moreLikely(const AlternativeRow& a, const AlternativeRow& b) {
    return likelihood(a) > likelihood(b);
}

QString bytesText(const std::string& bytes) {
    if (firstInvalidUtf8(bytes) == std::string::npos)
        return QString::fromStdString(bytes);
    QString text;
    for (const char byte : bytes)
        text += QStringLiteral("<0x%1>")
                    .arg(static_cast<unsigned char>(byte), 2, 16, QLatin1Char('0'))
                    .toUpper();
    return text.replace(QLatin1String("<0X"), QLatin1String("<0x"));
}

} // namespace

QString pieceText(const VocabularyPtr& vocabulary, std::int32_t id) {
    if (!vocabulary || id < 0 || static_cast<std::size_t>(id) >= vocabulary->pieces.size())
        return QStringLiteral("‹%1›").arg(id);
    return bytesText(vocabulary->pieces[static_cast<std::size_t>(id)]);
}

std::vector<AlternativeRow> storedAlternatives(const TrajectorySnapshot& snapshot, int position,
                                               const VocabularyPtr& vocabulary) {
    const store::AlternativesRecord& stored = snapshot.alternatives;
    std::vector<AlternativeRow> rows;
    if (position < 0 || stored.k <= 0)
        return rows;
    const std::size_t k = static_cast<std::size_t>(stored.k);
    const std::size_t begin = static_cast<std::size_t>(position) * k;
    for (std::size_t i = begin; i < begin + k && i < stored.ids.size(); ++i) {
        if (stored.ids[i] < 0)
            continue;
        AlternativeRow row;
        row.id = stored.ids[i];
        row.text = pieceText(vocabulary, row.id);
        row.p = valueAt(stored.p, i);
        row.pPositive = valueAt(stored.pPositive, i);
        row.pNegative = valueAt(stored.pNegative, i);
        row.s = valueAt(stored.s, i);
        rows.push_back(row);
    }
    std::stable_sort(rows.begin(), rows.end(), moreLikely);
    return rows;
}

AlternativeRow originalRow(const TrajectorySnapshot& snapshot, int position) {
    AlternativeRow row;
    if (position < 0 || static_cast<std::size_t>(position) >= snapshot.tokens.size())
        return row;
    const std::size_t index = static_cast<std::size_t>(position);
    row.id = snapshot.tokens[index].id;
    row.text = snapshot.tokens[index].text;
    const store::ScoreRecord& scores = snapshot.scores;
    row.s = valueAt(scores.s, index);
    row.pPositive = valueAt(scores.pPositive, index);
    row.pNegative = valueAt(scores.pNegative, index);
    if (index < scores.logpPolicy.size() && !std::isnan(scores.logpPolicy[index]) &&
        scores.logpPolicy[index] <= 0)
        row.p = std::exp(scores.logpPolicy[index]);
    if (index < scores.rankPolicy.size() && scores.rankPolicy[index] > 0)
        row.rank = scores.rankPolicy[index];
    return row;
}

AlternativesModel::AlternativesModel(QObject* parent)
    : QAbstractTableModel(parent) {}

void AlternativesModel::setRows(std::vector<AlternativeRow> rows, const AlternativeRow& original,
                                const std::vector<std::pair<std::int32_t, int>>& branches) {
    beginResetModel();
    m_rows.clear();
    bool found = false;
    for (AlternativeRow& row : rows) {
        Entry entry;
        entry.original = row.id == original.id;
        found = found || entry.original;
        if (entry.original && !known(row.p))
            row.p = original.p;
        entry.row = std::move(row);
        m_rows.push_back(std::move(entry));
    }
    if (!found && original.id >= 0) {
        Entry entry;
        entry.row = original;
        entry.original = true;
        entry.listed = false;
        const auto place =
            std::find_if(m_rows.begin(), m_rows.end(), [&original](const Entry& other) {
                return moreLikely(original, other.row);
            });
        m_rows.insert(place, std::move(entry));
    }
    for (Entry& entry : m_rows)
        for (const auto& [id, count] : branches)
            if (id == entry.row.id)
                entry.branches = count;
    markCut();
    endResetModel();
}

void AlternativesModel::setRollouts(const std::map<std::int32_t, store::ShareCount>& shares) {
    for (Entry& entry : m_rows) {
        const auto found = shares.find(entry.row.id);
        entry.rollouts = found == shares.end() ? store::ShareCount{} : found->second;
    }
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, Rollouts), index(rowCount() - 1, Rollouts));
}

void AlternativesModel::clear() {
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

void AlternativesModel::setSampling(const SamplingParams& sampling) {
    m_sampling = sampling;
    markCut();
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

void AlternativesModel::markCut() {
    // The nucleus is taken after the temperature. Away from temperature 1 the mass of the tokens
    // that are not listed is unknown: the listed ones stand for the whole, which is close for T
    // < 1.
    const double power = m_sampling.temperature > 0 ? 1.0 / m_sampling.temperature : 1.0;
    double total = 1.0;
    if (power != 1.0) {
        total = 0;
        for (const Entry& entry : m_rows)
            total += entry.row.p > 0 ? std::pow(static_cast<double>(entry.row.p), power) : 0.0;
    }
    double before = 0;
    int rank = 0;
    for (Entry& entry : m_rows) {
        const bool sampled = m_sampling.temperature > 0 && known(entry.row.p) && total > 0;
        entry.cut = sampled && (before >= m_sampling.topP - 1e-9 ||
                                (m_sampling.topK > 0 && rank >= m_sampling.topK));
        if (m_sampling.topP >= 1 && m_sampling.topK == 0)
            entry.cut = false;
        if (known(entry.row.p) && total > 0)
            before += std::pow(static_cast<double>(entry.row.p), power) / total;
        ++rank;
    }
}

int AlternativesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int AlternativesModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant AlternativesModel::display(const Entry& entry, int index, int column) const {
    switch (column) {
    case Key:
        return index < 9 ? QString::number(index + 1) : QString();
    case Token:
        return format::visibleBlanks(entry.row.text);
    case Id:
        return QString::number(entry.row.id);
    case P:
        return format::probability(entry.row.p);
    case PPositive:
        return format::probability(entry.row.pPositive);
    case PNegative:
        return format::probability(entry.row.pNegative);
    case Score:
        return format::probability(entry.row.s);
    case Rollouts:
        return entry.rollouts.total > 0
                   ? QStringLiteral("%1/%2").arg(entry.rollouts.right).arg(entry.rollouts.total)
                   : QString(format::kDash);
    case Branches:
        return entry.branches > 0 ? QString::number(entry.branches) : QString();
    default:
        return {};
    }
}

QVariant AlternativesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Entry& entry = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return display(entry, index.row(), index.column());
    case Qt::TextAlignmentRole:
        return static_cast<int>((index.column() == Token ? Qt::AlignLeft : Qt::AlignRight) |
                                Qt::AlignVCenter);
    case Qt::ToolTipRole:
        if (index.column() == Rollouts && entry.rollouts.total > 0) {
            const Interval interval = wilson(entry.rollouts.right, entry.rollouts.total);
            return tr("%1 of %2 rollouts with this token end right, 95 % interval %3 to %4")
                .arg(entry.rollouts.right)
                .arg(entry.rollouts.total)
                .arg(format::brief(interval.low), format::brief(interval.high));
        }
        if (index.column() == Token)
            return entry.original ? tr("%1, id %2, the original token")
                                        .arg(format::visibleBlanks(entry.row.text))
                                        .arg(entry.row.id)
                                  : tr("%1, id %2")
                                        .arg(format::visibleBlanks(entry.row.text))
                                        .arg(entry.row.id);
        return entry.cut
                   ? QVariant(tr("Not drawn with this top-p and top-k; it can still be forced."))
                   : QVariant();
    case Qt::AccessibleTextRole:
        return tr("%1 %2%3").arg(
            headerData(index.column(), Qt::Horizontal, Qt::AccessibleTextRole).toString(),
            display(entry, index.row(), index.column()).toString(),
            entry.original && index.column() == Token ? tr(", original token") : QString());
    case RowIdRole:
        return entry.row.id;
    case OriginalRole:
        return entry.original;
    case CutRole:
        return entry.cut;
    case ScoreRole:
        return static_cast<double>(entry.row.s);
    case RightRole:
        return entry.rollouts.right;
    case TotalRole:
        return entry.rollouts.total;
    default:
        return {};
    }
}

QVariant AlternativesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((section == Token ? Qt::AlignLeft : Qt::AlignRight) |
                                Qt::AlignVCenter);
    const bool spoken = role == Qt::AccessibleTextRole || role == Qt::ToolTipRole;
    if (role != Qt::DisplayRole && !spoken)
        return {};
    switch (section) {
    case Key:
        return spoken ? tr("Key") : QString();
    case Token:
        return tr("Token");
    case Id:
        return tr("id");
    case P:
        return spoken ? tr("p under the policy model") : tr("p");
    case PPositive:
        return spoken ? tr("p under the positive model") : tr("p_pos");
    case PNegative:
        return spoken ? tr("p under the negative model") : tr("p_neg");
    case Score:
        return spoken ? tr("Contrastive score if this token is chosen") : tr("s_t if chosen");
    case Rollouts:
        return spoken ? tr("Rollouts after this token that end right") : tr("Rollouts");
    case Branches:
        return spoken ? tr("Branches that start with this token") : QStringLiteral("⑂");
    default:
        return {};
    }
}

bool AlternativesModel::isOriginal(int index) const {
    return m_rows[static_cast<std::size_t>(index)].original;
}

bool AlternativesModel::isCut(int index) const {
    return m_rows[static_cast<std::size_t>(index)].cut;
}

int AlternativesModel::rowOfId(std::int32_t id) const {
    for (int i = 0; i < rowCount(); ++i)
        if (row(i).id == id)
            return i;
    return -1;
}

int AlternativesModel::rowOfKey(int key) const {
    return key >= 1 && key <= 9 && key <= rowCount() ? key - 1 : -1;
}

int AlternativesModel::firstOther() const {
    for (int i = 0; i < rowCount(); ++i)
        if (!isOriginal(i))
            return i;
    return -1;
}

} // namespace crux::ui
