#include "ui/model/provenance_text.h"

#include "core/base/json.h"
#include "core/base/version.h"
#include "ui/model/session.h"

#include <algorithm>

namespace crux::ui {

namespace {

Json madeBy(const store::Provenance& made) {
    return Json{{"weights_hash", made.weightsHash},
                {"adapter_hash", made.adapterHash},
                {"tokenizer_hash", made.tokenizerHash},
                {"parameters", made.params},
                {"seed", made.seed},
                {"dtype", made.dtype},
                {"device", made.device},
                {"program_version", made.programVersion}};
}

Json modelOf(const ProjectFacts& facts, ModelId id) {
    for (const auto& model : facts.models)
        if (id && model.id == id)
            return Json{{"id", id.value},
                        {"name", model.name},
                        {"path", model.path},
                        {"weights_hash", model.weightsHash},
                        {"tokenizer_hash", model.tokenizerHash}};
    return nullptr;
}

Json adapterOf(const ProjectFacts& facts, AdapterId id) {
    for (const auto& adapter : facts.adapters)
        if (id && adapter.id == id)
            return Json{{"id", id.value},
                        {"name", adapter.name},
                        {"path", adapter.path},
                        {"hash", adapter.hash}};
    return nullptr;
}

Json branchOf(const TrajectorySnapshot& snapshot) {
    const auto found =
        std::find_if(snapshot.branches.begin(), snapshot.branches.end(),
                     [&](const auto& branch) { return branch.childId == snapshot.record.id; });
    if (found == snapshot.branches.end())
        return nullptr;
    return Json{{"id", found->id.value},
                {"root_trajectory", found->rootId.value},
                {"parent_trajectory", found->parentId.value},
                {"fork_position", found->forkPosition},
                {"kind", found->kind},
                {"forced_ids", found->forcedIds},
                {"sampling", found->sampling}};
}

Json scoreSetOf(const store::ScoreSetRecord& set, const ProjectFacts& facts) {
    return Json{{"id", set.id.value},
                {"name", set.name},
                {"beta", set.beta},
                {"top_k", set.topK},
                {"scored", set.scored},
                {"positive_model", modelOf(facts, set.positiveModel)},
                {"positive_adapter", adapterOf(facts, set.positiveAdapter)},
                {"negative_model", modelOf(facts, set.negativeModel)},
                {"negative_adapter", adapterOf(facts, set.negativeAdapter)},
                {"policy_model", modelOf(facts, set.policyModel)},
                {"policy_adapter", adapterOf(facts, set.policyAdapter)},
                {"made_by", madeBy(set.provenance)}};
}

Json scoresOf(const TrajectorySnapshot& snapshot, const ProjectFacts& facts) {
    if (!snapshot.scoreSet.id)
        return nullptr;
    Json scores = scoreSetOf(snapshot.scoreSet, facts);
    scores["threshold"] = snapshot.threshold;
    return scores;
}

QString asText(const Json& json) {
    return QString::fromStdString(json.dump(2, ' ', false, Json::error_handler_t::replace));
}

} // namespace

QString provenanceText(const TrajectorySnapshot& snapshot, const ProjectFacts& facts,
                       const QString& projectFile) {
    const auto& record = snapshot.record;
    const Json all{{"project", projectFile.toStdString()},
                   {"trajectory", record.id.value},
                   {"dataset", snapshot.datasetName.toStdString()},
                   {"question", snapshot.question.externalId.empty()
                                    ? std::to_string(snapshot.question.id.value)
                                    : snapshot.question.externalId},
                   {"sample", record.sampleIndex},
                   {"source_model", record.sourceModel},
                   {"model", modelOf(facts, record.modelId)},
                   {"adapter", adapterOf(facts, record.adapterId)},
                   {"tokenizer_hash", record.tokenizerHash},
                   {"finish_reason", record.finishReason},
                   {"verdict_reason", record.verdictReason},
                   {"made_by", madeBy(record.provenance)},
                   {"branch", branchOf(snapshot)},
                   {"score_set", scoresOf(snapshot, facts)},
                   {"copied_with", std::string("Crux ") + std::string(kVersion)}};
    return asText(all);
}

QString provenanceText(const ProjectFacts& facts, ScoreSetId id) {
    const store::ScoreSetRecord* set = facts.scoreSet(id);
    return set ? asText(scoreSetOf(*set, facts)) : QString();
}

QString provenanceText(const ProjectFacts& facts, ModelId id) {
    const Json found = modelOf(facts, id);
    return found.is_null() ? QString() : asText(found);
}

QString provenanceText(const ProjectFacts& facts, AdapterId id) {
    const Json found = adapterOf(facts, id);
    return found.is_null() ? QString() : asText(found);
}

} // namespace crux::ui
