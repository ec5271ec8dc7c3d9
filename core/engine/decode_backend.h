// What the generator asks of a device: a pool of KV blocks and a forward pass over rows of
// sequences that live in them. Two answers: CpuDecoder (own row-invariant kernels) and TorchDecoder
// (stock ops, for CUDA). Torch-free.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

namespace crux::engine {

class LoadedModel;

/// Consecutive tokens of one sequence to compute; keys and values of 0 .. start-1 are in its
/// blocks.
struct DecodeSegment {
    std::span<const std::int32_t> ids;
    std::int64_t start = 0;               ///< position of ids[0]
    std::span<const std::int32_t> blocks; ///< block numbers of positions 0 .. start+ids.size()-1
    std::size_t firstLogits = 0;          ///< logits are wanted of ids[firstLogits ..]
};

/// The most likely tokens of a row of logits, best first (of equals the lower id), and the weight
/// of the whole row: what most draws need of it.
struct LogitHead {
    std::span<const float> logits;
    std::span<const std::int32_t> ids;
    double logSum = 0; ///< log sum exp(x) over the row
    double mass = 0;   ///< sum exp((x - logits[0]) / temperature) over the row; 0 when greedy
};

/// Heads of the rows of one forward pass.
struct LogitHeads {
    std::size_t count = 0; ///< tokens of each head
    std::vector<float> logits;
    std::vector<std::int32_t> ids;
    std::vector<double> logSum, mass; ///< one a row
    LogitHead of(std::size_t row) const {
        return {std::span(logits).subspan(row * count, count),
                std::span(ids).subspan(row * count, count), logSum[row], mass[row]};
    }
};

/// Forward pass with a paged KV cache. Owner: one DecodeSession, which also serialises all calls.
/// May throw what LibTorch throws (std::bad_alloc too); the engine facade catches.
class DecodeBackend {
public:
    virtual ~DecodeBackend() = default;

    /// Memory of one block: kKvBlockTokens positions, all layers, keys and values.
    virtual std::int64_t blockBytes() const = 0;
    /// Makes blocks 0 .. count-1 exist; never fewer than before. False: the device has no memory
    /// for more, and what was there still is.
    virtual bool growTo(std::int32_t count) = 0;
    virtual void copyBlock(std::int32_t from, std::int32_t to) = 0;
    /// Computes all segments (which must not share a block that they write), stores their keys and
    /// values, and returns the wanted logits as [rows, vocabulary] float32 in segment order. The
    /// memory is the backend's and lives until the next call.
    virtual const float* forward(std::span<const DecodeSegment> segments, int adapter) = 0;
    /// The same where rows of logits lie far away and are long: only their heads come, for draws at
    /// this temperature. False, and nothing done: forward() serves as well here.
    virtual bool forwardHeads(std::span<const DecodeSegment> segments, int adapter,
                              double temperature, LogitHeads& heads) {
        static_cast<void>(segments), static_cast<void>(adapter);
        static_cast<void>(temperature), static_cast<void>(heads);
        return false;
    }
    /// Whole rows of the last forwardHeads, one after the other; memory as of forward().
    virtual const float* rowsOfHeads(std::span<const std::size_t> rows) {
        static_cast<void>(rows);
        return nullptr;
    }
    /// Runs work(index, thread) for index 0 .. count-1 on the backend's threads (sampling).
    virtual void forEach(std::size_t count,
                         const std::function<void(std::size_t index, int thread)>& work) = 0;
    virtual int threads() const = 0;
};

/// The backend that fits the model's device.
std::unique_ptr<DecodeBackend> makeDecodeBackend(const LoadedModel& model);

} // namespace crux::engine
