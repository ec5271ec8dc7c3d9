// Where a note, label or mark stands: what a list of them says of each place.
#pragma once

#include "core/store/project.h"
#include "core/store/records.h"

namespace crux::store {

struct AnnotatedPlace {
    std::int32_t promptTokens = 0; ///< to count the position from 1 in the response
    std::int32_t tokenId = -1;
    std::string token;    ///< bytes of the text there; empty for a whole trajectory
    std::string question; ///< first 200 characters
    Verdict verdict = Verdict::Ungraded;
};
/// `position` absolute; -1: the whole trajectory.
Result<AnnotatedPlace> annotatedPlace(const Project&, TrajectoryId, std::int32_t position);

} // namespace crux::store
