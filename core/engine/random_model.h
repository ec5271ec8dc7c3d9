// Models of random weights made in memory: for the self test on machines without files, and for
// benchmarks of a shape. Torch-free.
#pragma once

#include "core/engine/engine.h"
#include "core/engine/model_config.h"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace crux::engine {

class LoadedModel;

/// A small LLaMA with grouped-query attention and uneven sizes (no multiple of a vector's length).
ModelConfig smallRandomConfig();
/// The shape of Qwen2.5-0.5B: 24 layers, hidden 896, vocabulary 151,936, tied.
ModelConfig halfBillionConfig();

/// Token ids below `vocabulary`, the same for a seed.
Ids randomIds(std::size_t count, std::int64_t vocabulary, unsigned seed);

/// Normal weights of deviation `gain` / sqrt(inputs), the same for a seed on every device (made on
/// the CPU in float32, then rounded). `dtype` is "float32" or "bfloat16", `device` as in
/// ComputeOptions.
Result<std::shared_ptr<LoadedModel>> makeRandomModel(const ModelConfig& config,
                                                     const ComputeOptions& options,
                                                     std::uint64_t seed, double gain = 1);
/// The same as what engine.h knows.
Result<std::shared_ptr<Model>>
makeRandomModelHandle(const ModelConfig& config, const ComputeOptions& options, std::uint64_t seed);

} // namespace crux::engine
