#include "ui/model/next_token_tree.h"

#include "core/store/repositories.h"
#include "ui/model/snapshot_loader.h"

#include <algorithm>
#include <map>

namespace crux::ui {

namespace {

constexpr double kLeast = 0.01; ///< share below which deeper levels leave a token out

/// Reads what the levels need of one tree, each trajectory once.
class Loader {
public:
    Loader(const store::Project& project, ScoreSetId set, int depth, int most)
        : m_project(project)
        , m_set(set)
        , m_depth(depth)
        , m_most(most) {}

    Result<NextTokenTree> load(TrajectoryId id, std::int32_t position) {
        NextTokenTree tree;
        tree.trajectory = id;
        tree.position = position;
        CRUX_TRY(root, path(id));
        if (auto words = store::vocabulary(m_project, root->record.tokenizerHash); words.ok())
            m_words = std::move(*words);
        CRUX_TRY(branches, store::branchesOf(m_project, root->record.rootId));
        m_branches = std::move(branches);
        CRUX_TRY(rollouts, rolloutsBefore(id, position));
        CRUX_TRY(first, level(root, position, rollouts, 1));
        tree.first = std::move(first);
        return tree;
    }

private:
    struct Path {
        store::TrajectoryRecord record;
        std::optional<store::AlternativesRecord> alternatives;
    };
    /// Rollouts that pass a place, with the ids that follow it.
    using Rollouts = std::vector<std::pair<std::vector<std::int32_t>, bool>>;

    Result<const Path*> path(TrajectoryId id) {
        const auto found = m_paths.find(id.value);
        if (found != m_paths.end())
            return static_cast<const Path*>(&found->second);
        Path made;
        CRUX_TRY(record, store::trajectory(m_project, id));
        made.record = std::move(record);
        if (m_set) {
            CRUX_TRY(alternatives, store::alternatives(m_project, id, m_set));
            made.alternatives = std::move(alternatives);
        }
        return static_cast<const Path*>(&m_paths.emplace(id.value, std::move(made)).first->second);
    }

    Result<Rollouts> rolloutsBefore(TrajectoryId id, std::int32_t position) {
        Rollouts list;
        CRUX_TRY(sets, store::rolloutSets(m_project, id));
        if (sets.empty() || position < 1)
            return list;
        CRUX_TRY(drawn, store::rolloutsAt(m_project, id, sets.front().id, position - 1));
        for (store::RolloutRecord& rollout : drawn)
            list.emplace_back(std::move(rollout.ids), rollout.verdict == Verdict::Right);
        return list;
    }

    QString textOf(std::int32_t id) const {
        const auto at = static_cast<std::size_t>(id);
        return id >= 0 && at < m_words.pieces.size() ? readableBytes(m_words.pieces[at])
                                                     : QStringLiteral("<%1>").arg(id);
    }

    /// Most likely first under the policy; empty when nothing is stored at the place.
    std::vector<NextToken> stored(const Path& on, std::int32_t position) const {
        std::vector<NextToken> rows;
        if (!on.alternatives || on.alternatives->k < 1)
            return rows;
        const store::AlternativesRecord& a = *on.alternatives;
        const auto k = static_cast<std::size_t>(a.k);
        const std::size_t begin = static_cast<std::size_t>(position) * k;
        for (std::size_t i = begin; i < begin + k && i < a.ids.size() && i < a.p.size(); ++i) {
            if (a.ids[i] < 0 || !(a.p[i] > 0))
                continue;
            NextToken row;
            row.id = a.ids[i];
            row.p = static_cast<double>(a.p[i]);
            rows.push_back(std::move(row));
        }
        return rows;
    }

    /// Shares of the rollouts that pass here, by next token.
    static std::vector<NextToken> counted(const Rollouts& rollouts) {
        std::map<std::int32_t, int> counts;
        for (const auto& [ids, right] : rollouts)
            if (!ids.empty())
                ++counts[ids.front()];
        std::vector<NextToken> rows;
        for (const auto& [id, count] : counts) {
            NextToken row;
            row.id = id;
            row.p = static_cast<double>(count) / static_cast<double>(rollouts.size());
            row.from = NextToken::From::Rollouts;
            rows.push_back(std::move(row));
        }
        return rows;
    }

    TrajectoryId branchWith(const Path& on, std::int32_t position, std::int32_t id) const {
        for (const store::BranchRecord& branch : m_branches)
            if (branch.parentId == on.record.id && branch.forkPosition == position &&
                !branch.forcedIds.empty() && branch.forcedIds.front() == id)
                return branch.childId;
        return {};
    }

    /// `on`: a trajectory that holds the way to here, nullptr when none is stored.
    Result<std::vector<NextToken>> level(const Path* on, std::int32_t position,
                                         const Rollouts& rollouts, int depth) {
        std::vector<NextToken> rows;
        std::int32_t own = -1;
        if (on) {
            rows = stored(*on, position);
            if (position < static_cast<std::int32_t>(on->record.ids.size()))
                own = on->record.ids[static_cast<std::size_t>(position)];
        }
        if (rows.empty())
            rows = counted(rollouts);
        std::stable_sort(rows.begin(), rows.end(),
                         [](const NextToken& a, const NextToken& b) { return a.p > b.p; });
        std::erase_if(rows, [&](const NextToken& row) {
            return depth > 1 && row.p < kLeast && row.id != own;
        });
        if (static_cast<int>(rows.size()) > m_most) { // the own token stays, however unlikely
            const auto kept = std::find_if(rows.begin() + m_most, rows.end(),
                                           [&](const NextToken& row) { return row.id == own; });
            if (kept != rows.end())
                std::iter_swap(rows.begin() + m_most - 1, kept);
            rows.resize(static_cast<std::size_t>(m_most));
        }
        for (NextToken& row : rows)
            CRUX_TRY_VOID(fill(row, on, position, own, rollouts, depth));
        return rows;
    }

    Status fill(NextToken& row, const Path* on, std::int32_t position, std::int32_t own,
                const Rollouts& rollouts, int depth) {
        row.text = textOf(row.id);
        row.original = own >= 0 && row.id == own;
        Rollouts through;
        for (const auto& [ids, right] : rollouts) {
            if (ids.empty() || ids.front() != row.id)
                continue;
            ++row.total;
            row.right += right ? 1 : 0;
            through.emplace_back(std::vector<std::int32_t>(ids.begin() + 1, ids.end()), right);
        }
        if (row.original)
            row.path = on->record.id;
        else if (on)
            row.path = branchWith(*on, position, row.id);
        if (depth >= m_depth)
            return {};
        const Path* next = nullptr;
        if (row.path) {
            CRUX_TRY(known, path(row.path));
            next = known;
            CRUX_TRY(after, rolloutsBefore(row.path, position + 1));
            if (after.size() > through.size()) // those that start later are as good
                through = std::move(after);
        }
        CRUX_TRY(below, level(next, position + 1, through, depth + 1));
        row.end = below.empty() && !through.empty();
        row.children = std::move(below);
        return {};
    }

    const store::Project& m_project;
    ScoreSetId m_set;
    int m_depth, m_most;
    store::VocabularyRecord m_words;
    std::vector<store::BranchRecord> m_branches;
    std::map<std::int64_t, Path> m_paths; ///< nodes of a map stay where they are
};

NextToken* mutableNodeAt(NextTokenTree& tree, const std::vector<int>& way) {
    std::vector<NextToken>* level = &tree.first;
    NextToken* node = nullptr;
    for (const int index : way) {
        if (index < 0 || index >= static_cast<int>(level->size()))
            return nullptr;
        node = &(*level)[static_cast<std::size_t>(index)];
        level = &node->children;
    }
    return node;
}

} // namespace

Result<NextTokenTree> loadNextTokens(const store::Project& project, TrajectoryId id,
                                     ScoreSetId scoreSet, std::int32_t position, int depth,
                                     int most) {
    return Loader(project, scoreSet, depth, most).load(id, position);
}

const NextToken* nodeAt(const NextTokenTree& tree, const std::vector<int>& way) {
    return mutableNodeAt(const_cast<NextTokenTree&>(tree), way);
}

std::vector<std::int32_t> idsAlong(const NextTokenTree& tree, const std::vector<int>& way) {
    std::vector<std::int32_t> ids;
    std::vector<int> part;
    for (const int index : way) {
        part.push_back(index);
        if (const NextToken* node = nodeAt(tree, part))
            ids.push_back(node->id);
    }
    return ids;
}

void addComputed(NextTokenTree& tree, const std::vector<int>& way,
                 const std::vector<AlternativeRow>& rows) {
    NextToken* node = mutableNodeAt(tree, way);
    std::vector<NextToken>& level = node ? node->children : tree.first;
    level.clear();
    for (const AlternativeRow& row : rows) {
        if (!(row.p > 0))
            continue;
        NextToken next;
        next.id = row.id;
        next.text = row.text;
        next.p = static_cast<double>(row.p);
        next.from = NextToken::From::Computed;
        level.push_back(std::move(next));
    }
    std::stable_sort(level.begin(), level.end(),
                     [](const NextToken& a, const NextToken& b) { return a.p > b.p; });
}

} // namespace crux::ui
