#include "ui/model/fork_list_model.h"

#include "core/spec/intervals.h"
#include "ui/model/text_format.h"

#include <algorithm>
#include <functional>
#include <map>

namespace crux::ui {

namespace {

/// Branches of one place by the token that was put in.
struct Replacement {
    int right = 0, total = 0;
    TrajectoryId path;
};

} // namespace

ForkListModel::ForkListModel(const BranchTreeModel& tree, QObject* parent)
    : QAbstractTableModel(parent)
    , m_tree(tree) {
    connect(&tree, &QAbstractItemModel::modelReset, this, &ForkListModel::rebuild);
    connect(&tree, &QAbstractItemModel::dataChanged, this, &ForkListModel::rebuild);
    rebuild();
}

void ForkListModel::rebuild() {
    beginResetModel();
    m_rows.clear();
    std::map<std::pair<std::int64_t, std::int32_t>, std::vector<QModelIndex>> places;
    const std::function<void(const QModelIndex&)> walk = [&](const QModelIndex& above) {
        for (int row = 0; row < m_tree.rowCount(above); ++row) {
            const QModelIndex at = m_tree.index(row, 0, above);
            const TrajectoryId path{at.data(BranchTreeModel::PathRole).toLongLong()};
            if (const auto* branch = m_tree.branchOf(path))
                places[{branch->parentId.value, branch->forkPosition}].push_back(at);
            walk(at);
        }
    };
    walk({});
    for (const auto& [place, children] : places) {
        Row row;
        row.path = TrajectoryId{place.first};
        row.position = place.second;
        row.shown = place.second - m_tree.promptTokens() + 1;
        row.children = static_cast<int>(children.size());
        std::map<QString, Replacement> byToken;
        for (const QModelIndex& child : children) {
            const BranchText text =
                m_tree.textOf(TrajectoryId{child.data(BranchTreeModel::PathRole).toLongLong()});
            row.token = text.replaced;
            const bool right = text.verdict == Verdict::Right;
            row.right += right ? 1 : 0;
            Replacement& one = byToken[text.by];
            one.total += 1;
            one.right += right ? 1 : 0;
            if (right || !one.path)
                one.path = TrajectoryId{child.data(BranchTreeModel::PathRole).toLongLong()};
        }
        double best = -1;
        for (const auto& [token, one] : byToken)
            if (const double low = wilson(one.right, one.total).low; low > best) {
                best = low;
                row.best = token;
                row.bestRight = one.right;
                row.bestTotal = one.total;
                row.bestPath = one.path;
            }
        m_rows.push_back(std::move(row));
    }
    std::stable_sort(m_rows.begin(), m_rows.end(), [](const Row& a, const Row& b) {
        return std::pair(a.position, a.path.value) < std::pair(b.position, b.path.value);
    });
    endResetModel();
}

int ForkListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ForkListModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ForkListModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case PathRole:
        return QVariant::fromValue<qint64>(row.path.value);
    case BestPathRole:
        return QVariant::fromValue<qint64>(row.bestPath.value);
    case PositionRole:
        return row.position;
    case SortRole:
        switch (index.column()) {
        case Token:
            return row.token;
        case Children:
            return row.children;
        case Best:
            return wilson(row.bestRight, row.bestTotal).low;
        case Right:
            return wilson(row.right, row.children).low;
        default:
            return row.position;
        }
    case Qt::TextAlignmentRole:
        return int(
            (index.column() == Token || index.column() == Best ? Qt::AlignLeft : Qt::AlignRight) |
            Qt::AlignVCenter);
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    switch (index.column()) {
    case Position:
        return QString::number(row.shown);
    case Token:
        return text_format::visible(row.token);
    case Children:
        return text_format::integer(row.children);
    case Best:
        return tr("%1  %2/%3")
            .arg(text_format::visible(row.best))
            .arg(row.bestRight)
            .arg(row.bestTotal);
    case Right:
        return QStringLiteral("%1/%2").arg(row.right).arg(row.children);
    default:
        return {};
    }
}

QVariant ForkListModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::ToolTipRole && section == Best)
        return tr("The replacement whose share of right branches is surest (lower end of the 95 % "
                  "interval), with right of all");
    if (role == Qt::ToolTipRole && section == Right)
        return tr("Right branches of all that leave here");
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Position:
        return tr("Position");
    case Token:
        return tr("Token");
    case Children:
        return tr("Children");
    case Best:
        return tr("Best");
    case Right:
        return tr("Right");
    default:
        return {};
    }
}

} // namespace crux::ui
