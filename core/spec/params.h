// Parameters of a job kind in one table: name, type, default, range, doc. The schema of
// `--spec job.json`, the rows of the launch sheets and `crux-cli spec KIND` all come from here.
#pragma once

#include "core/base/json.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crux {

enum class ParamType { Integer, Real, Text, Boolean, Choice, FilePath, TextList };

struct ParamDef {
    std::string name;
    ParamType type = ParamType::Text;
    Json defaultValue;             ///< null: must be given
    std::optional<double> minimum; ///< inclusive
    std::optional<double> maximum; ///< inclusive
    std::vector<std::string> choices;
    std::string doc; ///< one sentence
};

/// The kinds that have a table, by name (more come with their issues).
std::vector<std::string> jobKinds();
/// Table of one kind; NotFound for another.
Result<std::vector<ParamDef>> paramTable(std::string_view kind);
/// Fills defaults (a training job's from its preset first), checks types and ranges, refuses unknown keys by name.
Result<Json> completeSpec(std::string_view kind, const Json& given);

} // namespace crux
