// How fast LibTorch multiplies matrices here: what benchmarks measure themselves against.
#pragma once

#include <string>

namespace crux::engine {

/// The best GFLOP/s of a few products of the sizes that scoring uses, on `threads` threads (0: all
/// cores); about a second. float32, or bfloat16 (emulated where the CPU has no such products). On a
/// GPU that of 8192 x 8192 x 8192 on random numbers.
double productRate(bool bfloat16, int threads, const std::string& device = "cpu");

} // namespace crux::engine
