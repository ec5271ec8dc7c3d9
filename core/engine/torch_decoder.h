// The decode backend made of stock LibTorch operations: for CUDA, and on the CPU as an independent
// check of CpuDecoder. Results agree within a tolerance, not bit for bit. Internal to core/engine.
#pragma once

#include "core/engine/decode_backend.h"
#include "core/engine/device_attention.h"
#include "core/engine/packed_linears.h"
#include "core/engine/thread_team.h"
#include "core/engine/weights.h"

#include <optional>

namespace crux::engine {

/// Keys and values lie in one tensor a layer, [blocks, 16, kvHeads, headDim]; a step gathers what
/// its rows look at. Owner: DecodeSession; weights are borrowed from the model. One caller at a
/// time.
class TorchDecoder : public DecodeBackend {
public:
    explicit TorchDecoder(const LoadedModel& model);

    std::int64_t blockBytes() const override;
    bool growTo(std::int32_t count) override;
    void copyBlock(std::int32_t from, std::int32_t to) override;
    const float* forward(std::span<const DecodeSegment> segments, int adapter) override;
    bool forwardHeads(std::span<const DecodeSegment> segments, int adapter, double temperature,
                      LogitHeads& heads) override;
    const float* rowsOfHeads(std::span<const std::size_t> rows) override;
    void forEach(std::size_t count,
                 const std::function<void(std::size_t index, int thread)>& work) override;
    int threads() const override { return m_team.size(); }

private:
    /// Where the rows of one forward lie, on the device. Slot = block * 16 + place in it.
    struct Plan {
        at::Tensor ids, positions, slots; ///< [R] int64
        at::Tensor wanted;                ///< [W] rows whose logits are wanted
        /// Rows but those of groups, which `plainRows` names where there are groups.
        std::optional<DeviceAttention> plain;
        at::Tensor plainRows;
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
    /// A segment and its first row.
    struct Placed {
        const DecodeSegment* segment;
        std::int64_t row;
    };
    Plan plan(std::span<const DecodeSegment> segments) const;
    void planAttention(Plan& made, const std::vector<Placed>& segments) const;
    void planSharing(Plan& made, const std::vector<Placed>& segments,
                     const std::vector<std::int64_t>& begins) const;
    at::Tensor indices(const std::vector<std::int64_t>& values) const;
    at::Tensor attention(const Plan& plan, const LayerWeights& layer, std::size_t index,
                         const at::Tensor& x, const Turns& turns,
                         const std::vector<AdapterRows>& adapters);
    at::Tensor cached(const at::Tensor& cache, const at::Tensor& slots, std::int64_t batch) const;
    Part lookPart(const at::Tensor& queries, const at::Tensor& slots, const at::Tensor& mask,
                  std::size_t layer) const;
    at::Tensor lookSharing(const Plan& plan, const at::Tensor& queries, std::size_t layer) const;
    at::Tensor logitsOf(std::span<const DecodeSegment> segments, int adapter);
    const float* onHost(const at::Tensor& logits);

    const LoadedModel& m_model;
    ThreadTeam m_team;
    std::int32_t m_blocks = 0;
    std::vector<at::Tensor> m_keys, m_values; ///< one a layer
    at::Tensor m_logits;                      ///< on the host, pinned beside a GPU
    at::Tensor m_rows;                        ///< of the last forwardHeads, on the device
};

} // namespace crux::engine
