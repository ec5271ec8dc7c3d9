#include "core/jobs/selection.h"

#include "core/base/text_util.h"
#include "core/jobs/registry.h"
#include "core/store/filter.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <set>

namespace crux::jobs {

namespace {

/// "12, 15,20" -> ids, each once, in this order.
Result<std::vector<TrajectoryId>> idList(const store::Project& project, const std::string& list) {
    std::vector<TrajectoryId> ids;
    for (const std::string_view part : split(list, ',')) {
        const std::string_view word = trimmed(part);
        TrajectoryId id;
        const auto [end, problem] =
            std::from_chars(word.data(), word.data() + word.size(), id.value);
        if (problem != std::errc() || end != word.data() + word.size() || id.value <= 0)
            return fail(ErrorCode::InvalidArgument,
                        cat("\"", word,
                            "\" in the list of trajectories is no id; write ids such "
                            "as 12,15,20."));
        CRUX_TRY(row, store::trajectory(project, id)); // there?
        static_cast<void>(row);
        if (std::find(ids.begin(), ids.end(), id) == ids.end())
            ids.push_back(id);
    }
    return ids;
}

} // namespace

Result<ModelId> onlyModel(const store::Project& project) {
    CRUX_TRY(all, store::models(project));
    if (all.size() == 1)
        return all[0].id;
    return fail(ErrorCode::NotFound,
                all.empty() ? "The project has no model to draw with; name a model folder."
                            : "The project has several models; say which one draws.");
}

Result<ModelId> searchModel(const store::Project& project, const std::string& name) {
    if (!name.empty())
        return resolveModel(project, name);
    CRUX_TRY(id, onlyModel(project));
    return resolveModel(project, cat(id.value));
}

Status checkChoice(const store::Project& project, const std::string& kind, const Json& spec) {
    const auto text = [&](const char* key) { return spec.value(key, std::string()); };
    if (kind != "select" && kind != "search" && kind != "score")
        return {};
    CRUX_TRY_VOID(store::parseFilter(text("where")));
    if (!text("dataset").empty())
        CRUX_TRY_VOID(inDataset(project, text("dataset"), {}));
    if (kind == "search" && !text("trajectories").empty())
        CRUX_TRY_VOID(idList(project, text("trajectories")));
    return {};
}

Result<std::vector<TrajectoryId>> inDataset(const store::Project& project, const std::string& name,
                                            const std::vector<TrajectoryId>& ids) {
    CRUX_TRY(all, store::datasets(project));
    const auto found = std::find_if(all.begin(), all.end(), [&](const auto& dataset) {
        return dataset.name == name || cat(dataset.id.value) == name;
    });
    if (found == all.end())
        return fail(ErrorCode::NotFound, cat("The project has no dataset \"", name,
                                             "\"; `crux-cli project info` lists "
                                             "them."));
    return store::ofDataset(project, found->id, ids);
}

Result<store::PairSetRecord> trainingSet(const store::Project& project, const std::string& name) {
    CRUX_TRY(sets, store::pairSets(project));
    const store::PairSetRecord* found = nullptr;
    for (const store::PairSetRecord& set : sets) {
        if (cat(set.id.value) == name)
            return set;
        const bool pairs = set.kind() == "preference";
        if (name == "newest"
                ? pairs
                : set.name == name && (pairs || !found || found->kind() != "preference"))
            found = &set;
    }
    if (found != nullptr)
        return *found;
    return fail(ErrorCode::NotFound,
                name == "newest" ? "The project holds no preference data yet; `crux-cli select` "
                                   "chooses it from graded trajectories."
                                 : cat("The project has no set of training data \"", name, "\"."),
                name);
}

Result<std::vector<TrajectoryId>> inTrainingSet(const store::Project& project,
                                                const std::string& name,
                                                const std::vector<TrajectoryId>& ids) {
    CRUX_TRY(set, trainingSet(project, name));
    CRUX_TRY(rows, store::pairsOf(project, set.id));
    std::set<TrajectoryId> members;
    for (const store::PairRecord& row : rows)
        members.insert({row.chosen, row.rejected});
    std::vector<TrajectoryId> kept;
    std::copy_if(ids.begin(), ids.end(), std::back_inserter(kept),
                 [&](TrajectoryId id) { return members.count(id) != 0; });
    return kept;
}

Result<std::vector<TrajectoryId>> searchSelection(const store::Project& project, const Json& spec) {
    std::vector<TrajectoryId> ids;
    if (const auto list = spec.at("trajectories").get<std::string>(); !list.empty()) {
        CRUX_TRY(named, idList(project, list));
        ids = std::move(named);
    } else {
        store::TrajectoryQuery query;
        query.filter = spec.at("where").get<std::string>();
        CRUX_TRY(sets, store::scoreSets(project));
        if (!sets.empty()) // what min_s and candidates mean in a filter: those of the newest set
            query.scoreSet = sets.back().id;
        CRUX_TRY(chosen, store::trajectoryIds(project, query));
        ids = std::move(chosen);
    }
    if (const auto dataset = spec.at("dataset").get<std::string>(); !dataset.empty()) {
        CRUX_TRY(kept, inDataset(project, dataset, ids));
        ids = std::move(kept);
    }
    const auto limit = spec.at("limit").get<std::size_t>();
    if (limit > 0 && ids.size() > limit)
        ids.resize(limit);
    return ids;
}

} // namespace crux::jobs
