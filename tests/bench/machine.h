// What a benchmark measures itself against: clocks, memory, and the best rate of matrix products.
#pragma once

#include <cstdint>
#include <string>

namespace crux::benchmark {

/// Of a steady clock.
double secondsNow();

/// Bytes of a line of /proc/self/status ("VmRSS:", "VmHWM:"); 0 where there is none.
std::int64_t statusBytes(const char* key);

/// Memory that this process took since `start`, at its peak: resident memory on a CPU, what the
/// device has less of (its allocator keeps what it once had) on any other.
class MemoryMeter {
public:
    explicit MemoryMeter(std::string device);
    void start();
    std::int64_t peakBytes() const;

private:
    std::int64_t deviceFree() const; ///< 0 on a CPU
    std::string m_device;
    std::int64_t m_before = 0;
};

/// GFLOP/s of block products on `threads` threads (0: all cores), operands in the cache: the most
/// this CPU can do. 0 where it has no products of 16 bits.
double blockRate(int threads);

/// The best this CPU does in whatever way, in GFLOP/s; prints what was measured.
double machineRate(int threads);

} // namespace crux::benchmark
