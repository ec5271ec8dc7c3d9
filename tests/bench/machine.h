// What a benchmark measures itself against: clocks, memory, and the best rate of matrix products.
#pragma once

#include <cstdint>

namespace crux::benchmark {

/// Of a steady clock.
double secondsNow();

/// Resident memory that this process took since it was made, at its peak.
class MemoryMeter {
public:
    MemoryMeter();
    std::int64_t peakBytes() const;

private:
    std::int64_t m_before;
};

/// GFLOP/s of block products on `threads` threads (0: all cores), operands in the cache: the most
/// this CPU can do. 0 where it has no products of 16 bits.
double blockRate(int threads);

/// The best this CPU does in whatever way, in GFLOP/s; prints what was measured.
double machineRate(int threads);

} // namespace crux::benchmark
