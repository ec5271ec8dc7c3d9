// Reading rollout rows and finding prefixes: shared by the files of the store that count or list
// rollouts. Only the .cpp files of core/store include it.
#pragma once

#include "core/store/records.h"
#include "core/store/sql.h"

#include <span>
#include <string>
#include <vector>

namespace crux::store {

/// What prefixes of one trajectory are made of. Verdicts hang on the question's gold answer, so two
/// questions never share a prefix.
struct PrefixSource {
    QuestionId question;
    std::string tokenizerHash;
    std::vector<std::int32_t> ids;

    std::span<const std::int32_t> prefix(std::int32_t position) const {
        return std::span(ids).first(static_cast<std::size_t>(position) + 1);
    }
    std::string hash(std::int32_t position) const;
};

Result<PrefixSource> prefixSource(const Project& project, TrajectoryId id);
std::int64_t findPrefix(const Project& project, const std::string& hash); ///< 0: none
/// Rollouts of the trajectory's prefixes up to `lastPosition`, by position and index.
std::vector<RolloutRecord> readRollouts(const Project& project, TrajectoryId trajectory,
                                        RolloutSetId set, const std::string& variant,
                                        std::int32_t lastPosition);
/// Rollouts of one prefix, whoever uses it; their position stays 0.
std::vector<RolloutRecord> rolloutsOfPrefix(const Project& project, std::int64_t prefix,
                                            RolloutSetId set, const std::string& variant);

} // namespace crux::store
