// How fast LibTorch multiplies matrices here: what benchmarks measure themselves against.
#pragma once

namespace crux::engine {

/// The best GFLOP/s of a few products of the sizes that scoring uses, on `threads` threads (0: all
/// cores); about a second. float32, or bfloat16 (emulated where the CPU has no such products).
double productRate(bool bfloat16, int threads);

} // namespace crux::engine
