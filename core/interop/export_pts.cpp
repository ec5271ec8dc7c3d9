// Pivotal tokens as codelion/pts writes them (REFERENCE.md A'): results of searches by the method
// "pivotal", Crux's own and imported ones.
#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/interop/exporter.h"
#include "core/interop/pts_rows.h"
#include "core/store/repositories.h"

namespace crux::interop {

namespace {

/// Chance of ending right: from rollouts, or as an imported record said. None: not known.
std::optional<double> shareOf(const store::SearchFindingRecord& finding,
                              const store::ShareCount& count, const char* key) {
    if (count.total > 0)
        return static_cast<double>(count.right) / count.total;
    const auto said = finding.detail.find(key);
    return said != finding.detail.end() && said->is_number() ? std::optional(said->get<double>())
                                                             : std::nullopt;
}

Result<std::optional<PivotalRecord>> recordOf(Exporter& exporter, const TextOfTrajectory& whole,
                                              const store::SearchFindingRecord& finding) {
    const auto before = shareOf(finding, finding.before, "prob_before");
    const auto after = shareOf(finding, finding.at, "prob_after");
    if (!before || !after || !whole.laid()) {
        exporter.leave(whole.laid() ? "pivotal tokens without shares before and after"
                                    : "pivotal tokens of trajectories without token offsets");
        return std::optional<PivotalRecord>();
    }
    const auto said = [&](const char* key) { return finding.detail.value(key, std::string()); };
    CRUX_TRY(question, store::question(exporter.project, whole.record.questionId));
    CRUX_TRY(made, store::search(exporter.project, finding.search));
    CRUX_TRY(model, modelNameOf(exporter.project, whole.record, made.weightsHash));
    CRUX_TRY(summaries,
             store::trajectorySummaries(exporter.project, {whole.record.id}, ScoreSetId()));
    PivotalRecord record;
    record.query = question.text;
    record.context = withReplacedUtf8(whole.before(finding.position));
    record.token = withReplacedUtf8(whole.token(finding.position));
    record.tokenId = finding.tokenId;
    record.position = finding.position;
    record.probBefore = *before;
    record.probAfter = *after;
    const bool imported = said("source") == "pts";
    record.modelId = imported ? said("model_id") : model;
    record.taskType = imported ? said("task_type") : "math";
    record.datasetId = imported ? said("dataset_id") : summaries.front().datasetName;
    record.itemId = imported ? said("dataset_item_id") : question.externalId;
    record.timestamp = imported ? said("timestamp") : isoTime(finding.createdMs);
    record.eventId = said("event_id");
    record.category = said("category");
    if (!imported)
        record.generation = whole.record.sampleIndex;
    else if (finding.detail.contains("generation_index"))
        record.generation = finding.detail["generation_index"].get<std::int64_t>();
    record.rejectedToken = said("rejected_token");
    if (finding.detail.contains("rejected_token_id"))
        record.rejectedTokenId = finding.detail["rejected_token_id"].get<std::int32_t>();
    return std::optional<PivotalRecord>(std::move(record));
}

Status exportPivotal(Exporter& exporter, TrajectoryId id, Json (*form)(const PivotalRecord&)) {
    CRUX_TRY(findings, store::findingsOf(exporter.project, id));
    std::optional<TextOfTrajectory> whole;
    for (const store::SearchFindingRecord& finding : findings) {
        if (finding.method != "pivotal" || finding.position < 0)
            continue;
        if (!whole) {
            CRUX_TRY(text, textOfTrajectory(exporter.project, id));
            whole = std::move(text);
        }
        CRUX_TRY(record, recordOf(exporter, *whole, finding));
        if (record)
            exporter.write(dumpJson(form(*record)) + "\n", "");
    }
    return {};
}

} // namespace

Status exportPtsTokens(Exporter& exporter, TrajectoryId id) {
    return exportPivotal(exporter, id, pivotalTokenJson);
}

Status exportPtsEvents(Exporter& exporter, TrajectoryId id) {
    return exportPivotal(exporter, id, pivotalEventJson);
}

} // namespace crux::interop
