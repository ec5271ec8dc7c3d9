// Steps of a response: its lines, or its sentences where it has only one line. One rule for the
// heat map, the corpus view and filters.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace crux {

/// Index of the first token of every step of the response, ascending. `tokens`: the text of each
/// token of prompt and response (special ones empty), the first response token at `promptTokens`.
/// Empty without response tokens.
std::vector<std::int32_t> stepFirsts(std::span<const std::string_view> tokens,
                                     std::int32_t promptTokens);

/// Number of the step that holds `position`, counted from 1; 0 in the prompt.
std::int32_t stepOf(std::span<const std::int32_t> firsts, std::int32_t position);

} // namespace crux
