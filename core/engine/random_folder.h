// A model folder of random weights from a configuration: where training from nothing begins.
// Torch-free.
#pragma once

#include "core/base/files.h"
#include "core/base/result.h"

#include <cstdint>
#include <string>

namespace crux::engine {

/// What was written.
struct RandomFolder {
    std::int64_t parameters = 0;
    std::uint64_t bytes = 0;
    std::string dtype; ///< "float32" or "bfloat16"
};

/// Writes `output` as a Hugging Face folder: config.json and the tokenizer's files of `source`, and
/// model.safetensors with normal weights of deviation initializer_range (0.02 where the
/// configuration names none), those that end a residual branch (o_proj, down_proj) divided by
/// sqrt(2 layers) as GPT-2 does (Radford et al. 2019, section 2.3), norms of one and biases of
/// zero, in the configuration's dtype (bfloat16, else float32). The same for a seed on every
/// machine. InvalidArgument: `output` is there and not empty, or a configuration too large;
/// NotFound, Unsupported, InvalidArgument: as readModelConfig; DiskFull and others of writing:
/// nothing is left behind.
Result<RandomFolder> writeRandomFolder(const Path& source, const Path& output, std::uint64_t seed);

} // namespace crux::engine
