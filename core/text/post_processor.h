// Post-processors of tokenizer.json: the special tokens put before and after a text.
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"

#include <cstdint>
#include <vector>

namespace crux::text {

/// Ids around one text. Empty when the file has no such step.
struct PostProcessor {
    std::vector<std::int32_t> before;
    std::vector<std::int32_t> after;

    /// Reads the "post_processor" value: TemplateProcessing (its "single" form), ByteLevel (which
    /// only trims offsets; Crux keeps them whole), Sequence and null. Others are refused by name.
    static Result<PostProcessor> fromJson(const Json& value);
};

} // namespace crux::text
