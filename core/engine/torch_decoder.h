// The decode backend made of stock LibTorch operations: for CUDA, and on the CPU as an independent
// check of CpuDecoder. Results agree within a tolerance, not bit for bit. Internal to core/engine.
#pragma once

#include "core/engine/decode_backend.h"
#include "core/engine/thread_team.h"
#include "core/engine/weights.h"

#include <utility>

namespace crux::engine {

/// Keys and values lie in one tensor a layer, [blocks, 16, kvHeads, headDim]; a step gathers what
/// its rows look at. Owner: DecodeSession; weights are borrowed from the model. One caller at a
/// time.
class TorchDecoder : public DecodeBackend {
public:
    explicit TorchDecoder(const LoadedModel& model);

    std::int64_t blockBytes() const override;
    void growTo(std::int32_t count) override;
    void copyBlock(std::int32_t from, std::int32_t to) override;
    const float* forward(std::span<const DecodeSegment> segments, int adapter) override;
    void forEach(std::size_t count,
                 const std::function<void(std::size_t index, int thread)>& work) override;
    int threads() const override { return m_team.size(); }

private:
    /// Index tensors of one forward, on the device.
    struct Plan {
        at::Tensor ids, positions, slots; ///< [R] int64; slot = block * 16 + place in it
        at::Tensor wanted;                ///< [W] rows whose logits are wanted
        at::Tensor singleRows;            ///< [S] rows that are alone in their segment
        at::Tensor singleSlots;           ///< [S*T] slots of all their keys, 0 where there is none
        at::Tensor singleMask;            ///< [S,1,1,T] bool, true: look
        struct Run {
            std::int64_t firstRow, rows, keys;
            at::Tensor slots; ///< [keys]
            at::Tensor mask;  ///< [rows, keys] bool
        };
        std::vector<Run> runs; ///< segments of several rows
        /// Single rows with a long common beginning, whose keys are read once for all of them.
        struct Group {
            std::int64_t first, rows; ///< into sharingRows
            at::Tensor slots;         ///< [keys] of the common beginning
        };
        std::vector<Group> groups;
        at::Tensor sharingRows;  ///< [N]
        at::Tensor sharingSlots; ///< [N*T] slots of their own keys, 0 where there is none
        at::Tensor sharingMask;  ///< [N,1,1,T] bool, true: look
    };
    /// Attention over some of the keys: its result and the logarithm of what it was divided by.
    struct Part {
        at::Tensor out; ///< [batch, kvHeads, rows, headDim] float32
        at::Tensor lse; ///< [batch, kvHeads, rows, 1]
    };
    Plan plan(std::span<const DecodeSegment> segments) const;
    at::Tensor indices(const std::vector<std::int64_t>& values) const;
    at::Tensor linear(const at::Tensor& x, const LinearWeight& weight, int adapter) const;
    at::Tensor norm(const at::Tensor& x, const at::Tensor& weight) const;
    at::Tensor attention(const Plan& plan, const LayerWeights& layer, std::size_t index,
                         const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin,
                         int adapter);
    void planSingles(Plan& made, const std::vector<const DecodeSegment*>& segments,
                     const std::vector<std::int64_t>& rows) const;
    void planSharing(Plan& made, const std::vector<const DecodeSegment*>& segments,
                     const std::vector<std::int64_t>& rows) const;
    std::pair<at::Tensor, at::Tensor> ownKeys(const std::vector<const DecodeSegment*>& segments,
                                              const std::vector<std::int64_t>& begins) const;
    at::Tensor cached(const at::Tensor& cache, const at::Tensor& slots, std::int64_t batch) const;
    Part lookPart(const at::Tensor& queries, const at::Tensor& slots, const at::Tensor& mask,
                  std::size_t layer) const;
    at::Tensor lookSharing(const Plan& plan, const at::Tensor& queries, std::size_t layer) const;
    at::Tensor look(const at::Tensor& queries, const at::Tensor& slots, std::int64_t batch,
                    const at::Tensor& mask, std::size_t layer) const;

    const LoadedModel& m_model;
    ThreadTeam m_team;
    std::int32_t m_blocks = 0;
    std::vector<at::Tensor> m_keys, m_values; ///< one a layer
    at::Tensor m_logits;
};

} // namespace crux::engine
