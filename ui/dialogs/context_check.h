// Whether a prompt and the tokens drawn after it fit into a model's context, as a line of a launch
// sheet.
#pragma once

#include "ui/dialogs/check_list.h"

namespace crux::ui {

/// `prompt`: tokens of the longest prompt; `newTokens`: most that are drawn after it; `context`: of
/// the model, 0 where its config.json does not say. A prompt that fills the context is an Error,
/// one that cuts what is drawn a Warning.
CheckLine contextLine(std::int64_t prompt, std::int64_t newTokens, std::int64_t context);

} // namespace crux::ui
