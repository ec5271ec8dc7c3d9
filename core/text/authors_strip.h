// The answer in a response to a MATH problem and its clean-up, step by step as the authors' script
// has them, faults included (REFERENCE.md E.2).
#pragma once

#include "core/text/grade_rules.h"

#include <string>
#include <string_view>

namespace crux::text {

/// The script's strip_string(). Bytes above ASCII count as letters.
std::string authorsStrip(std::string_view answer);

struct AuthorsAnswer {
    std::string text; ///< stripped; empty when nothing was found
    TextRange range;  ///< in the response, before stripping
};
/// The script's extract_latex_answer().
AuthorsAnswer authorsExtract(std::string_view response);

} // namespace crux::text
