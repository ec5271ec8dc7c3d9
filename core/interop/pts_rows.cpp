#include "core/interop/pts_rows.h"

#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/interop/json_fields.h"

#include <cmath>
#include <limits>

namespace crux::interop {

namespace {

std::optional<std::int32_t> idOf(const Json& object, const char* key) {
    const auto it = object.find(key);
    if (it == object.end() || !it->is_number_integer() || *it < 0 ||
        *it > std::numeric_limits<std::int32_t>::max())
        return std::nullopt;
    return it->get<std::int32_t>();
}

Result<double> shareOf(const Json& object, const char* key) {
    const auto it = object.find(key);
    if (it == object.end() || it->is_null())
        return wrongField(key, "is missing");
    if (!it->is_number() || *it < 0 || *it > 1)
        return wrongField(key, "is no share between 0 and 1");
    return it->get<double>();
}

/// Null where nothing is known, as their files have it.
Json orNull(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json orNull(const std::optional<std::int32_t>& value) {
    return value ? Json(*value) : Json(nullptr);
}

/// Their ids are hashes of these parts too; the same record always gets the same id.
std::string eventIdOf(const PivotalRecord& r) {
    if (!r.eventId.empty())
        return r.eventId;
    constexpr char kApart = '\x1f';
    return "token_evt_" +
           hashText(cat(r.modelId, kApart, r.query, kApart, r.context, kApart, r.token))
               .substr(0, 12);
}

} // namespace

Result<PivotalRecord> parsePivotal(const Json& object) {
    PivotalRecord r;
    const std::string type = labelField(object, "event_type");
    const bool event = !type.empty();
    if (event && type != "pivotal_token")
        return fail(ErrorCode::InvalidArgument,
                    cat("it is a ", type.substr(0, 40),
                        ", not a token of the response; Crux reads pivotal tokens alone"));
    if (object.contains("sentence") && object.contains("sentence_id") && !event)
        return fail(ErrorCode::InvalidArgument,
                    "it is a thought anchor, a sentence; Crux reads pivotal tokens alone");
    CRUX_TRY(query, textField(object, "query"));
    CRUX_TRY(context, textField(object, event ? "context" : "pivot_context"));
    CRUX_TRY(token, textField(object, event ? "label" : "pivot_token"));
    CRUX_TRY(before, shareOf(object, "prob_before"));
    CRUX_TRY(after, shareOf(object, "prob_after"));
    if (token.empty())
        return wrongField(event ? "label" : "pivot_token", "is empty");
    r.query = std::move(query);
    r.context = std::move(context);
    r.token = std::move(token);
    r.probBefore = before;
    r.probAfter = after;
    r.tokenId = idOf(object, event ? "token_id" : "pivot_token_id");
    r.position = event ? idOf(object, "position") : std::nullopt;
    r.modelId = labelField(object, "model_id");
    r.taskType = labelField(object, "task_type");
    r.datasetId = labelField(object, "dataset_id");
    r.itemId = labelField(object, "dataset_item_id");
    r.timestamp = labelField(object, "timestamp");
    r.eventId = labelField(object, "event_id");
    r.category = labelField(object, "category");
    const auto metadata = object.find("metadata");
    const Json& extra = metadata != object.end() && metadata->is_object() ? *metadata : object;
    if (const auto it = extra.find("generation_index");
        it != extra.end() && it->is_number_integer())
        r.generation = it->get<std::int64_t>();
    r.rejectedToken = labelField(extra, "rejected_token");
    r.rejectedTokenId = idOf(extra, "rejected_token_id");
    return r;
}

Json pivotalTokenJson(const PivotalRecord& r) {
    const double delta = r.probAfter - r.probBefore;
    Json row{{"model_id", r.modelId},
             {"query", r.query},
             {"pivot_context", r.context},
             {"pivot_token", r.token},
             {"pivot_token_id", orNull(r.tokenId)},
             {"prob_before", r.probBefore},
             {"prob_after", r.probAfter},
             {"prob_delta", delta},
             {"is_positive", delta > 0},
             {"task_type", r.taskType},
             {"dataset_id", orNull(r.datasetId)},
             {"dataset_item_id", orNull(r.itemId)},
             {"timestamp", r.timestamp}};
    if (!r.rejectedToken.empty()) {
        row["rejected_token"] = r.rejectedToken;
        row["rejected_token_id"] = orNull(r.rejectedTokenId);
    }
    return row;
}

Json pivotalEventJson(const PivotalRecord& r) {
    const double delta = r.probAfter - r.probBefore;
    Json metadata{{"pivot_context", r.context}, {"pivot_token", r.token}};
    if (r.generation)
        metadata["generation_index"] = *r.generation;
    if (!r.rejectedToken.empty()) {
        metadata["rejected_token"] = r.rejectedToken;
        metadata["rejected_token_id"] = orNull(r.rejectedTokenId);
    }
    return {{"schema_version", "2.0"},
            {"event_id", eventIdOf(r)},
            {"event_type", "pivotal_token"},
            {"granularity", "token"},
            {"visibility", "emitted"},
            {"model_id", r.modelId},
            {"dataset_id", orNull(r.datasetId)},
            {"dataset_item_id", orNull(r.itemId)},
            {"task_type", r.taskType},
            {"query", r.query},
            {"timestamp", r.timestamp},
            {"context", r.context},
            {"label", r.token},
            {"position", orNull(r.position)},
            {"token_id", orNull(r.tokenId)},
            {"layer", nullptr},
            {"layer_name", nullptr},
            {"score", std::fabs(delta)},
            {"prob_before", r.probBefore},
            {"prob_after", r.probAfter},
            {"prob_delta", delta},
            {"is_positive", delta > 0},
            {"confidence", nullptr},
            {"search_method", "token_pts"},
            {"intervention_type", "append_token"},
            {"readout_method", nullptr},
            {"category", orNull(r.category)},
            {"tags", Json::array({"token_pts", delta > 0 ? "positive" : "negative"})},
            {"parent_event_id", nullptr},
            {"linked_event_ids", Json::array()},
            {"precedes_event_ids", Json::array()},
            {"follows_event_ids", Json::array()},
            {"metadata", std::move(metadata)}};
}

} // namespace crux::interop
