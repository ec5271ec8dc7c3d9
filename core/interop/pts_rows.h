// Records of codelion/pts, both shapes: pivotal tokens of version 1 and events of schema 2.0
// (REFERENCE.md A'). Shared by import and export; internal to the room.
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>

namespace crux::interop {

/// A token that moves the chance of ending right. `context` is all text before it, prompt included.
struct PivotalRecord {
    std::string query, context, token;
    std::optional<std::int32_t> tokenId;
    std::optional<std::int32_t> position; ///< index of the token, prompt included; 2.0 only
    double probBefore = 0, probAfter = 0; ///< chance of ending right without and with the token
    std::string modelId, taskType, datasetId, itemId, timestamp, eventId, category;
    std::optional<std::int64_t> generation; ///< which sampled response it is from; 2.0 only
    std::string rejectedToken;              ///< v1 with --find-rejected-tokens
    std::optional<std::int32_t> rejectedTokenId;
};

/// Reads either shape. InvalidArgument for thought anchors and latent events, which are no tokens
/// of the response, and for records without their probabilities.
Result<PivotalRecord> parsePivotal(const Json& object);
Json pivotalTokenJson(const PivotalRecord& record);
Json pivotalEventJson(const PivotalRecord& record);

} // namespace crux::interop
