// A random model of Qwen2.5-0.5B's shape (vocabulary 151,936) with adapters, and GSM8K texts as ids
// of real lengths for it: what bench_score and bench_train run on.
#pragma once

#include "core/base/files.h"
#include "core/engine/engine.h"

#include <cstddef>
#include <string>
#include <vector>

namespace crux::benchmark {

/// Model folder of random bfloat16 weights; kept when it is there.
void makeQwenModel(const Path& folder);

/// PEFT folder on that model: rank `rank` on the named linears, B of normal numbers of `deviation`.
void makeQwenAdapter(const Path& folder, int rank, const std::vector<std::string>& linears,
                     float deviation);

/// Ids of the first `count` solutions of a file in the shape of GSM8K's model solutions, question
/// in front. Empty when there is no such file.
std::vector<engine::Ids> readSolutions(const Path& file, std::size_t count);

/// A question with a right and a wrong solution of it.
struct SolutionPair {
    engine::Ids prompt, right, wrong;
};
std::vector<SolutionPair> readPairs(const Path& file, std::size_t count);

/// Where the solutions lie that a benchmark was not told of; empty when nowhere.
Path usualSolutions();

} // namespace crux::benchmark
