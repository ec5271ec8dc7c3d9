#include "core/interop/export_rollouts.h"

#include "core/base/text_util.h"
#include "core/store/repositories.h"
#include "core/store/rollout_sets.h"

#include <ostream>

namespace crux::interop {

namespace {

Json madeBy(const store::Provenance& p) {
    return {{"weights_hash", p.weightsHash},
            {"adapter_hash", p.adapterHash},
            {"tokenizer_hash", p.tokenizerHash},
            {"params", p.params},
            {"seed", p.seed},
            {"dtype", p.dtype},
            {"device", p.device},
            {"program_version", p.programVersion}};
}

Json countJson(const store::ShareCount& count) {
    return count.total > 0 ? Json{{"right", count.right}, {"total", count.total}} : Json();
}

/// Drawn ids as text; null without a vocabulary.
Json textOf(const Result<store::VocabularyRecord>& vocabulary,
            const std::vector<std::int32_t>& ids) {
    return vocabulary.ok() ? Json(withReplacedUtf8(store::piecesText(*vocabulary, ids))) : Json();
}

} // namespace

Result<std::int64_t> writeRollouts(const store::Project& project, TrajectoryId id,
                                   std::ostream& out) {
    CRUX_TRY(sets, store::rolloutSets(project, id));
    if (sets.empty())
        return 0;
    CRUX_TRY(row, store::trajectory(project, id));
    CRUX_TRY(question, store::question(project, row.questionId));
    const auto vocabulary = store::vocabulary(project, row.tokenizerHash);
    std::int64_t written = 0;
    for (const store::RolloutSetRecord& set : sets) {
        CRUX_TRY(variants, store::rolloutVariants(project, id, set.id));
        for (const std::string& variant : variants) {
            CRUX_TRY(rollouts, store::rolloutsOf(project, id, set.id, variant));
            for (const store::RolloutRecord& rollout : rollouts) {
                out << dumpJson({{"trajectory_id", id.value},
                                 {"question_id", question.externalId},
                                 {"position", rollout.position},
                                 {"prefix_ids",
                                  std::vector<std::int32_t>(
                                      row.ids.begin(), row.ids.begin() + rollout.position + 1)},
                                 {"variant", rollout.variant},
                                 {"index", rollout.index},
                                 {"seed_path", rollout.seedPath},
                                 {"ids", rollout.ids},
                                 {"text", textOf(vocabulary, rollout.ids)},
                                 {"answer", rollout.answer},
                                 {"verdict", verdictName(rollout.verdict)},
                                 {"verdict_reason", rollout.verdictReason},
                                 {"finish_reason", rollout.finishReason},
                                 {"rollout_set", set.id.value},
                                 {"made_by", madeBy(set.provenance)}})
                    << '\n';
                ++written;
            }
        }
    }
    return written;
}

Result<std::int64_t> writeFindings(const store::Project& project, TrajectoryId id,
                                   std::ostream& out) {
    CRUX_TRY(findings, store::findingsOf(project, id));
    if (findings.empty())
        return 0;
    CRUX_TRY(row, store::trajectory(project, id));
    CRUX_TRY(question, store::question(project, row.questionId));
    const auto vocabulary = store::vocabulary(project, row.tokenizerHash);
    std::int64_t written = 0;
    for (const store::SearchFindingRecord& f : findings) {
        if (f.position < 0)
            continue;
        CRUX_TRY(made, store::search(project, f.search));
        out << dumpJson({{"trajectory_id", id.value},
                         {"question_id", question.externalId},
                         {"method", f.method},
                         {"position", f.position},
                         {"response_position", f.position - row.promptTokens},
                         {"token_id", f.tokenId},
                         {"token", textOf(vocabulary, {f.tokenId})},
                         {"sign", f.sign},
                         {"at", countJson(f.at)},
                         {"before", countJson(f.before)},
                         {"confirmation", countJson(f.confirmation)},
                         {"confirmed", f.confirmed ? Json(*f.confirmed) : Json()},
                         {"with", countJson(f.with)},
                         {"without", countJson(f.without)},
                         {"detail", f.detail},
                         {"made_by", madeBy(made)}})
            << '\n';
        ++written;
    }
    return written;
}

} // namespace crux::interop
