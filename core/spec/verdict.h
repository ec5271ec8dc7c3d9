// The verdict words of UX.md section 4.
#pragma once

#include <optional>
#include <string_view>

namespace crux {

/// Stored as an integer; never renumber.
enum class Verdict { Ungraded = 0, Right = 1, Wrong = 2, NoAnswer = 3 };

/// "ungraded", "right", "wrong", "no_answer".
std::string_view verdictName(Verdict verdict);
std::optional<Verdict> verdictFromName(std::string_view name);

/// Where a trajectory came from; stored as an integer, never renumber.
enum class Source { Imported = 0, Sampled = 1, Forced = 2 };
std::string_view sourceName(Source source);

} // namespace crux
