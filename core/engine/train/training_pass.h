// One pass of packed sequences through the model being trained and back: the derivative of the
// LLaMA block written out. Forward keeps each block's input (checkpointing: the rest is computed
// again on the way back, arXiv 1604.06174) or everything. LoRA: y = W x + b + s B A drop(x).
#pragma once

#include "core/engine/device_attention.h"
#include "core/engine/llama_forward.h"
#include "core/engine/train/trainable_model.h"
#include "core/engine/train/training_ops.h"

#include <optional>
#include <span>
#include <vector>

namespace crux::engine::train {

enum class Side {
    Policy,   ///< with the parameters being trained
    Reference ///< the frozen model
};

struct PassOptions {
    Side side = Side::Policy;
    bool backward = false;        ///< will be followed by backward()
    bool recompute = true;        ///< checkpointing
    double dropout = 0;           ///< on the inputs of LoRA
    std::uint64_t dropoutKey = 0; ///< of the optimiser step
    /// One number a row that tells its token from all others of the step (dropout's key).
    std::span<const std::int64_t> rowKeys;
};

/// Owner: one pack of a step, on its stack. Throws what LibTorch throws.
class TrainingPass {
public:
    TrainingPass(TrainableModel& model, const PackedBatch& batch, const PassOptions& options);

    /// The residual stream after the last block: [rows, hidden] wide. Cancelled between blocks.
    Result<at::Tensor> forward(const CancelToken& cancel);
    /// The final norm of some rows: [n, hidden] in the compute dtype.
    at::Tensor finalNorm(const at::Tensor& residual, const at::Tensor& rows);
    /// From d (final norm) to the gradients of all parameters, which it adds to.
    void backward(const at::Tensor& dHidden);

private:
    struct LoraState {
        at::Tensor mask;    ///< dropout, undefined without
        at::Tensor dropped; ///< drop(x)
        at::Tensor low;     ///< A drop(x): [rows, r]
    };
    /// What a block's backward pass needs.
    struct BlockState {
        at::Tensor input, inputInverse, normed, q, k, v, mixed;
        at::Tensor middle, middleInverse, normedMiddle, gate, up, product;
        std::vector<AttentionState> attention; ///< a sequence, on the CPU
        DeviceAttention::Kept together;        ///< of all, elsewhere
        std::array<LoraState, kLinearsPerLayer> lora;
    };

    at::Tensor block(std::size_t layer, const at::Tensor& input, BlockState& state);
    at::Tensor blockBackward(std::size_t layer, BlockState& state, const at::Tensor& dOut);
    at::Tensor attention(std::size_t layer, BlockState& state);
    at::Tensor mixedBySequence(BlockState& state) const;
    at::Tensor turned(const at::Tensor& heads, int sign) const;
    void attentionBackward(BlockState& state, const at::Tensor& dMixed, at::Tensor& dq,
                           at::Tensor& dk, at::Tensor& dv);
    at::Tensor linear(std::size_t layer, std::size_t which, const at::Tensor& x, BlockState& state);
    /// Adds to the parameters' gradients; adds to dx (made when undefined) unless it is null.
    void linearBackward(std::size_t layer, std::size_t which, const at::Tensor& x,
                        const at::Tensor& dy, BlockState& state, at::Tensor* dx);
    void loraBackward(std::size_t layer, std::size_t which, const at::Tensor& dy, LoraState& state,
                      at::Tensor* dx);
    const LinearWeight& weightOf(std::size_t layer, std::size_t which) const;
    at::Tensor withContext(const at::Tensor& all, const PackedSequence& sequence) const;

    TrainableModel& m_model;
    const PackedBatch& m_batch;
    PassOptions m_options;
    at::Tensor m_cos, m_sin;         ///< [rows, 1, dim/2]
    std::vector<at::Tensor> m_masks; ///< a sequence, on the CPU; undefined where plainly causal
    std::optional<DeviceAttention> m_together; ///< elsewhere
    Turns m_turns, m_turnsBack;
    at::Tensor m_rowKeys; ///< [rows], with dropout only
    at::Tensor m_tokens;  ///< [rows] int64
    std::vector<BlockState> m_states;
    // of finalNorm()
    at::Tensor m_residual, m_finalRows, m_finalInput, m_finalInverse;
};

} // namespace crux::engine::train
