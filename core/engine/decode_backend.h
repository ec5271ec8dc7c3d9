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

/// Forward pass with a paged KV cache. Owner: one DecodeSession, which also serialises all calls.
/// May throw what LibTorch throws (std::bad_alloc too); the engine facade catches.
class DecodeBackend {
public:
    virtual ~DecodeBackend() = default;

    /// Memory of one block: kKvBlockTokens positions, all layers, keys and values.
    virtual std::int64_t blockBytes() const = 0;
    /// Makes blocks 0 .. count-1 exist; never fewer than before.
    virtual void growTo(std::int32_t count) = 0;
    virtual void copyBlock(std::int32_t from, std::int32_t to) = 0;
    /// Computes all segments (which must not share a block that they write), stores their keys and
    /// values, and returns the wanted logits as [rows, vocabulary] float32 in segment order. The
    /// memory is the backend's and lives until the next call.
    virtual const float* forward(std::span<const DecodeSegment> segments, int adapter) = 0;
    /// Runs work(index, thread) for index 0 .. count-1 on the backend's threads (sampling).
    virtual void forEach(std::size_t count,
                         const std::function<void(std::size_t index, int thread)>& work) = 0;
    virtual int threads() const = 0;
};

/// The backend that fits the model's device.
std::unique_ptr<DecodeBackend> makeDecodeBackend(const LoadedModel& model);

} // namespace crux::engine
