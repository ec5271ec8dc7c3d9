// The small files beside a model's weights: configuration and tokenizer.
#pragma once

#include "core/base/files.h"

namespace crux::engine {

/// Copies those that `from` has into the folder `to`, each written aside and renamed.
Status copyModelTexts(const Path& from, const Path& to);

} // namespace crux::engine
