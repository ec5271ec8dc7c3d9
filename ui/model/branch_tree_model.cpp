#include "ui/model/branch_tree_model.h"

#include "core/store/repositories.h"
#include "ui/model/alternative_shares.h"
#include "ui/model/session.h"
#include "ui/model/snapshot_loader.h"
#include "ui/model/text_format.h"

#include <algorithm>
#include <functional>
#include <map>

namespace crux::ui {

namespace {

constexpr int kDeepest = 200; ///< a tree of a damaged file may loop

QString wordsFrom(const store::TrajectoryRecord& record, std::int32_t token) {
    const std::string text = record.prompt + record.response;
    std::size_t begin = record.prompt.size();
    const auto index = static_cast<std::size_t>(std::max(token, 0)) * 2;
    if (index < record.offsets.size())
        begin = static_cast<std::size_t>(std::max(record.offsets[index], 0));
    begin = std::min(begin, text.size());
    return readableBytes(std::string_view(text).substr(begin, 240)).simplified();
}

QString tokenText(const store::TrajectoryRecord& record, std::int32_t first, std::int32_t count) {
    const std::string text = record.prompt + record.response;
    const auto begin = static_cast<std::size_t>(std::max(first, 0)) * 2;
    const auto last = static_cast<std::size_t>(std::max(first + count - 1, 0)) * 2 + 1;
    if (count <= 0 || last >= record.offsets.size())
        return {};
    const auto from = static_cast<std::size_t>(
        std::clamp<std::int64_t>(record.offsets[begin], 0, static_cast<std::int64_t>(text.size())));
    const auto to = static_cast<std::size_t>(
        std::clamp<std::int64_t>(record.offsets[last], static_cast<std::int64_t>(from),
                                 static_cast<std::int64_t>(text.size())));
    return readableBytes(std::string_view(text).substr(from, to - from));
}

using Texts = std::unordered_map<std::int64_t, BranchText>;

Result<Texts> readTexts(const store::Project& project, TrajectoryId root,
                        const std::vector<store::BranchRecord>& branches, RolloutSetId set) {
    Texts texts;
    std::map<std::int64_t, store::TrajectoryRecord> records;
    const auto record = [&](TrajectoryId id) -> Result<const store::TrajectoryRecord*> {
        const auto found = records.find(id.value);
        if (found != records.end())
            return static_cast<const store::TrajectoryRecord*>(&found->second);
        CRUX_TRY(row, store::trajectory(project, id));
        return static_cast<const store::TrajectoryRecord*>(
            &records.emplace(id.value, std::move(row)).first->second);
    };
    const auto common = [](const store::TrajectoryRecord& row) {
        BranchText text;
        text.answer = QString::fromStdString(row.extracted);
        text.verdict = row.verdict;
        text.source = row.source;
        text.modelName = QString::fromStdString(row.sourceModel);
        text.tokens = std::max(0, static_cast<int>(row.ids.size()) - row.promptTokens);
        return text;
    };
    CRUX_TRY(rootRecord, record(root));
    texts[root.value] = common(*rootRecord);
    texts[root.value].continuation = wordsFrom(*rootRecord, rootRecord->promptTokens);
    for (const auto& branch : branches) {
        CRUX_TRY(child, record(branch.childId));
        CRUX_TRY(parent, record(branch.parentId));
        BranchText text = common(*child);
        const auto forced =
            static_cast<std::int32_t>(std::max<std::size_t>(1, branch.forcedIds.size()));
        text.replaced = tokenText(*parent, branch.forkPosition, 1);
        text.by = tokenText(*child, branch.forkPosition, forced);
        text.continuation = wordsFrom(*child, branch.forkPosition + forced);
        if (branch.forkPosition + forced >= static_cast<std::int32_t>(child->ids.size()))
            text.continuation.clear();
        texts[branch.childId.value] = std::move(text);
    }
    CRUX_TRY(shares, sharesOfBranches(project, root, rootRecord->promptTokens, branches, set));
    for (const auto& [path, found] : shares) {
        texts[path].share = found.share;
        texts[path].before = found.before;
    }
    return texts;
}

bool sameBranches(const std::vector<store::BranchRecord>& a,
                  const std::vector<store::BranchRecord>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
        return x.id == y.id && x.childId == y.childId && x.mainPath == y.mainPath &&
               x.running == y.running && x.unread == y.unread && x.deleted == y.deleted;
    });
}

} // namespace

BranchTreeModel::BranchTreeModel(Session& session, QObject* parent)
    : QAbstractItemModel(parent)
    , m_session(session) {
    connect(&session, &Session::currentChanged, this, &BranchTreeModel::follow);
    connect(&session, &Session::dataChanged, this, &BranchTreeModel::askTexts);
    connect(&session, &Session::rolloutsChanged, this, &BranchTreeModel::askTexts);
    follow();
}

void BranchTreeModel::follow() {
    const SnapshotPtr current = m_session.current();
    const TrajectoryId root = current ? current->record.rootId : TrajectoryId{};
    std::vector<store::BranchRecord> branches;
    if (current)
        std::copy_if(current->branches.begin(), current->branches.end(),
                     std::back_inserter(branches), [](const auto& row) { return !row.deleted; });
    if (root == m_root && sameBranches(branches, m_branches))
        return;
    // Items point into m_branches: both change inside one reset.
    beginResetModel();
    if (root != m_root)
        m_texts.clear();
    m_root = root;
    m_promptTokens = current ? current->record.promptTokens : 0;
    m_branches = std::move(branches);
    indexBranches();
    build();
    endResetModel();
    askTexts();
}

void BranchTreeModel::askTexts() {
    if (!m_root)
        return;
    const quint64 mine = ++m_token;
    const SnapshotPtr current = m_session.current();
    const RolloutSetId set = current && current->rollouts ? current->rollouts->set : RolloutSetId{};
    m_session.read<Texts>(
        this,
        [root = m_root, branches = m_branches, set](const store::Project& project) {
            return readTexts(project, root, branches, set);
        },
        [this, mine](Result<Texts> texts) {
            if (mine != m_token || !texts || *texts == m_texts)
                return;
            m_texts = std::move(*texts);
            if (m_show != Show::All || !m_modelFilter.isEmpty())
                return rebuild();
            // Structure is unchanged: views keep their selection and what is unfolded.
            const std::function<void(const QModelIndex&)> tell = [&](const QModelIndex& parent) {
                const int rows = rowCount(parent);
                if (rows == 0)
                    return;
                Q_EMIT dataChanged(index(0, 0, parent), index(rows - 1, ColumnCount - 1, parent));
                for (int row = 0; row < rows; ++row)
                    tell(index(row, 0, parent));
            };
            tell({});
        });
}

void BranchTreeModel::setShow(Show show) {
    if (m_show == show)
        return;
    m_show = show;
    rebuild();
}

void BranchTreeModel::setModelFilter(const QString& model) {
    if (m_modelFilter == model)
        return;
    m_modelFilter = model;
    rebuild();
}

QStringList BranchTreeModel::modelNames() const {
    QStringList names;
    for (const auto& branch : m_branches)
        if (const QString name = textOf(branch.childId).modelName;
            !name.isEmpty() && !names.contains(name))
            names << name;
    names.sort();
    return names;
}

bool BranchTreeModel::hasShares() const {
    return std::any_of(m_texts.begin(), m_texts.end(), [](const auto& entry) {
        return entry.second.share.total > 0 || entry.second.before.total > 0;
    });
}

store::ShareCount BranchTreeModel::shareOf(const Item& item) const {
    const TrajectoryId path = item.path ? item.path : item.children.front()->path;
    const BranchText text = textOf(path);
    return item.path ? text.share : text.before;
}

BranchText BranchTreeModel::textOf(TrajectoryId path) const {
    const auto found = m_texts.find(path.value);
    return found == m_texts.end() ? BranchText{} : found->second;
}

void BranchTreeModel::indexBranches() {
    m_children.clear();
    m_byChild.clear();
    for (const auto& branch : m_branches) {
        if (branch.parentId != branch.childId)
            m_children[branch.parentId.value].push_back(&branch);
        m_byChild.emplace(branch.childId.value, &branch);
    }
}

const std::vector<const store::BranchRecord*>&
BranchTreeModel::childrenOf(TrajectoryId path) const {
    static const std::vector<const store::BranchRecord*> kNone;
    const auto found = m_children.find(path.value);
    return found == m_children.end() ? kNone : found->second;
}

bool BranchTreeModel::fits(const store::BranchRecord& branch) const {
    const auto text = m_texts.find(branch.childId.value);
    const bool known = text != m_texts.end();
    if (!m_modelFilter.isEmpty() && (!known || text->second.modelName != m_modelFilter))
        return false;
    const Verdict verdict = known ? text->second.verdict : Verdict::Ungraded;
    switch (m_show) {
    case Show::All:
        return true;
    case Show::Right:
        return verdict == Verdict::Right;
    case Show::Wrong:
        return verdict == Verdict::Wrong;
    case Show::Forced:
        return branch.kind == "token" || branch.kind == "text";
    }
    return true;
}

bool BranchTreeModel::wanted(const store::BranchRecord& branch, int depth) const {
    if (fits(branch))
        return true;
    const auto& below = childrenOf(branch.childId);
    return depth < kDeepest && std::any_of(below.begin(), below.end(), [&](const auto* row) {
               return wanted(*row, depth + 1);
           });
}

void BranchTreeModel::addChildren(Item& item, int depth) {
    if (depth > kDeepest)
        return;
    std::map<std::int32_t, std::vector<const store::BranchRecord*>> places;
    for (const auto* branch : childrenOf(item.path))
        if (wanted(*branch, 0))
            places[branch->forkPosition].push_back(branch);
    for (const auto& [position, branches] : places) {
        Item* host = &item;
        if (branches.size() > 1) {
            auto fork = std::make_unique<Item>();
            fork->parent = &item;
            fork->row = static_cast<int>(item.children.size());
            fork->position = position;
            host = fork.get();
            item.children.push_back(std::move(fork));
        }
        for (const auto* branch : branches) {
            auto node = std::make_unique<Item>();
            node->parent = host;
            node->row = static_cast<int>(host->children.size());
            node->path = branch->childId;
            node->branch = branch;
            node->position = position;
            node->ownFork = branches.size() == 1;
            addChildren(*node, depth + 1);
            host->children.push_back(std::move(node));
        }
    }
}

void BranchTreeModel::rebuild() {
    beginResetModel();
    build();
    endResetModel();
}

void BranchTreeModel::build() {
    m_top = std::make_unique<Item>();
    if (m_root) {
        auto root = std::make_unique<Item>();
        root->parent = m_top.get();
        root->path = m_root;
        addChildren(*root, 0);
        m_top->children.push_back(std::move(root));
    }
}

const BranchTreeModel::Item* BranchTreeModel::itemOf(const QModelIndex& index) const {
    return index.isValid() ? static_cast<const Item*>(index.constInternalPointer()) : m_top.get();
}

QModelIndex BranchTreeModel::index(int row, int column, const QModelIndex& parent) const {
    const Item* item = itemOf(parent);
    if (!item || row < 0 || column < 0 || column >= ColumnCount ||
        row >= static_cast<int>(item->children.size()))
        return {};
    return createIndex(row, column, item->children[static_cast<std::size_t>(row)].get());
}

QModelIndex BranchTreeModel::parent(const QModelIndex& child) const {
    const Item* item = itemOf(child);
    if (!child.isValid() || !item->parent || item->parent == m_top.get())
        return {};
    return createIndex(item->parent->row, 0, item->parent);
}

int BranchTreeModel::rowCount(const QModelIndex& parent) const {
    if (parent.column() > 0)
        return 0;
    const Item* item = itemOf(parent);
    return item ? static_cast<int>(item->children.size()) : 0;
}

int BranchTreeModel::columnCount(const QModelIndex&) const {
    return ColumnCount;
}

QString BranchTreeModel::lead(const Item& item) const {
    if (!item.path) { // fork row: what stood there
        const auto text = m_texts.find(item.children.front()->path.value);
        return QStringLiteral("%1 %2")
            .arg(item.position - m_promptTokens + 1)
            .arg(text == m_texts.end() ? QString() : text_format::visible(text->second.replaced));
    }
    const auto text = m_texts.find(item.path.value);
    if (text == m_texts.end() || !item.branch)
        return {};
    const QString by = text_format::visible(text->second.by);
    if (!item.ownFork)
        return by;
    return QStringLiteral("%1 %2 → %3")
        .arg(item.position - m_promptTokens + 1)
        .arg(text_format::visible(text->second.replaced), by);
}

QString BranchTreeModel::tail(const Item& item) const {
    if (!item.path)
        return item.children.front()->branch->kind == "ban" ? tr("banned") : tr("replaced by");
    const auto text = m_texts.find(item.path.value);
    return text == m_texts.end() ? QString() : text->second.continuation;
}

QString BranchTreeModel::nodeText(const Item& item) const {
    QStringList parts;
    if (!item.path || item.ownFork)
        parts << QStringLiteral("⑂ ") + tr("pos %1").arg(lead(item));
    else if (item.branch)
        parts << lead(item);
    else
        parts << tr("main path");
    parts << tail(item);
    parts.removeAll(QString());
    return parts.join(QLatin1Char(' '));
}

QVariant BranchTreeModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Item& item = *itemOf(index);
    const auto found = m_texts.find(item.path.value);
    const BranchText text = found == m_texts.end() ? BranchText{} : found->second;
    const bool running = item.branch && item.branch->running;
    switch (role) {
    case PathRole:
        return QVariant::fromValue<qint64>(item.path.value);
    case BranchRole:
        return QVariant::fromValue<qint64>(item.branch ? item.branch->id.value : 0);
    case PositionRole:
        return item.position;
    case RootRole:
        return item.path == m_root;
    case ForkRole:
        return !item.path || item.ownFork;
    case MainPathRole:
        if (item.path == m_root && m_root)
            return std::none_of(m_branches.begin(), m_branches.end(),
                                [](const auto& row) { return row.mainPath; });
        return item.branch && item.branch->mainPath;
    case RunningRole:
        return running;
    case UnreadRole:
        return item.branch && item.branch->unread;
    case VerdictRole:
        return static_cast<int>(text.verdict);
    case SourceRole:
        return static_cast<int>(item.branch ? Source::Forced : text.source);
    case LeadRole:
        return item.path == m_root ? tr("main path") : lead(item);
    case TextRole:
        return tail(item);
    case RightRole:
    case TotalRole: {
        const store::ShareCount share =
            index.column() == RightOfN ? shareOf(item) : store::ShareCount{};
        return role == RightRole ? share.right : share.total;
    }
    case Qt::TextAlignmentRole:
        return int((index.column() == Node ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        if (const auto share = shareOf(item); index.column() == RightOfN && share.total > 0)
            return item.path == m_root ? tr("%1 of %2 rollouts of the bare prompt right")
                                             .arg(share.right)
                                             .arg(share.total)
                   : item.path
                       ? tr("%1 of %2 rollouts after it right").arg(share.right).arg(share.total)
                       : tr("%1 of %2 rollouts before it right").arg(share.right).arg(share.total);
        return index.column() == Node && item.path
                   ? nodeText(item) + QStringLiteral(" · ") + text_format::verdictWord(text.verdict)
                   : QVariant();
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    switch (index.column()) {
    case Node:
        return nodeText(item);
    case Answer:
        return !item.path ? QString() : running ? QStringLiteral("…") : text.answer;
    case P:
        return item.branch && item.branch->forcedP >= 0
                   ? text_format::probability(static_cast<double>(item.branch->forcedP))
                   : QString();
    case RightOfN: {
        const store::ShareCount share = shareOf(item);
        return share.total > 0 ? QStringLiteral("%1/%2").arg(share.right).arg(share.total)
                               : QString();
    }
    case Tokens:
        return !item.path || text.tokens == 0 ? QString() : text_format::integer(text.tokens);
    default:
        return {};
    }
}

QVariant BranchTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == Node ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole && section == P)
        return tr("Probability of the forced token under the policy model");
    if (role == Qt::ToolTipRole && section == RightOfN)
        return tr("Right of all rollouts after the forced token, or before the place it leaves");
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Node:
        return tr("Node");
    case Answer:
        return tr("Answer");
    case P:
        return tr("p");
    case RightOfN:
        return tr("Right of n");
    case Tokens:
        return tr("Tokens");
    default:
        return {};
    }
}

QModelIndex BranchTreeModel::indexOfPath(TrajectoryId path) const {
    const std::function<QModelIndex(const QModelIndex&)> find = [&](const QModelIndex& parent) {
        for (int row = 0; row < rowCount(parent); ++row) {
            const QModelIndex child = index(row, 0, parent);
            if (path && itemOf(child)->path == path)
                return child;
            if (const QModelIndex below = find(child); below.isValid())
                return below;
        }
        return QModelIndex();
    };
    return find({});
}

const store::BranchRecord* BranchTreeModel::branchOf(TrajectoryId path) const {
    const auto found = m_byChild.find(path.value);
    return found == m_byChild.end() ? nullptr : found->second;
}

TrajectoryId BranchTreeModel::sibling(TrajectoryId path, int step) const {
    const store::BranchRecord* own = branchOf(path);
    if (!own)
        return {};
    std::vector<TrajectoryId> row;
    for (const auto& branch : m_branches)
        if (branch.parentId == own->parentId)
            row.push_back(branch.childId);
    const auto at = std::find(row.begin(), row.end(), path) - row.begin() + step;
    return at >= 0 && at < static_cast<std::ptrdiff_t>(row.size())
               ? row[static_cast<std::size_t>(at)]
               : TrajectoryId{};
}

TrajectoryId BranchTreeModel::parentPath(TrajectoryId path) const {
    const store::BranchRecord* own = branchOf(path);
    return own ? own->parentId : TrajectoryId{};
}

TrajectoryId BranchTreeModel::firstChild(TrajectoryId path) const {
    for (const auto& branch : m_branches)
        if (branch.parentId == path)
            return branch.childId;
    return {};
}

TrajectoryId BranchTreeModel::lastVisitedChild(TrajectoryId path) const {
    const auto found = m_visited.find(path.value);
    // A branch in the trash is no way to go.
    if (found != m_visited.end() && parentPath(found->second) == path)
        return found->second;
    return firstChild(path);
}

void BranchTreeModel::noteVisited(TrajectoryId path) {
    for (int depth = 0; depth < kDeepest; ++depth) {
        const TrajectoryId above = parentPath(path);
        if (!above)
            return;
        m_visited[above.value] = path;
        path = above;
    }
}

std::vector<BranchId> BranchTreeModel::subtree(TrajectoryId path) const {
    std::vector<BranchId> ids;
    if (const auto* own = branchOf(path))
        ids.push_back(own->id);
    std::vector<TrajectoryId> open{path};
    while (!open.empty() && ids.size() <= m_branches.size()) {
        const TrajectoryId at = open.back();
        open.pop_back();
        for (const auto& branch : m_branches)
            if (branch.parentId == at) {
                ids.push_back(branch.id);
                open.push_back(branch.childId);
            }
    }
    return ids;
}

QStringList BranchTreeModel::lines() const {
    QStringList lines;
    const std::function<void(const QModelIndex&, int)> add = [&](const QModelIndex& parent,
                                                                 int depth) {
        for (int row = 0; row < rowCount(parent); ++row) {
            const QModelIndex node = index(row, Node, parent);
            QStringList parts{data(node, Qt::DisplayRole).toString()};
            for (const int column : {Answer, P, RightOfN}) {
                const QString text = data(index(row, column, parent), Qt::DisplayRole).toString();
                if (!text.isEmpty())
                    parts << text;
            }
            lines << QString(depth * 2, QLatin1Char(' ')) + parts.join(QStringLiteral(" · "));
            add(node, depth + 1);
        }
    };
    add({}, 0);
    return lines;
}

} // namespace crux::ui
