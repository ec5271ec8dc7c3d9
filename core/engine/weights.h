// The weights of one loaded model as tensors, with the LoRA pairs attached to each linear. Internal
// to core/engine: the one header that names at::Tensor (ATen/core/Tensor.h only, never
// torch/torch.h).
#pragma once

#include "core/engine/engine.h"
#include "core/engine/model_config.h"

#include <ATen/core/Tensor.h>

#include <array>
#include <memory>
#include <mutex>
#include <vector>

namespace crux::engine {

class DecodeSession;

/// One adapter's low-rank term of one linear: y += scale * B (A x). Undefined tensors: this adapter
/// leaves the linear alone. Both in the dtype of activations, contiguous, on the model's device.
struct LoraPair {
    at::Tensor a; ///< [r, in]
    at::Tensor b; ///< [out, r]
    double scale = 1;
    bool present() const { return a.defined(); }
};

/// The pairs of one linear by adapter index. Grows while others read: a pair handed out stays where
/// it is as long as the model lives. One writer at a time.
class LoraTable {
public:
    /// The pair of an adapter, or null (adapter -1, or not on this linear).
    const LoraPair* find(int adapter) const;
    /// Puts a pair at `adapter`, which no reader may know yet.
    void put(std::size_t adapter, LoraPair pair);

private:
    using Pairs = std::vector<std::shared_ptr<const LoraPair>>;
    std::shared_ptr<const Pairs> m_pairs = std::make_shared<Pairs>(); ///< by std::atomic_load
};

/// y = W x + bias (+ LoRA).
struct LinearWeight {
    at::Tensor weight; ///< [out, in] compute dtype, or bfloat16 as stored; contiguous
    at::Tensor bias;   ///< [out] compute dtype, or undefined
    LoraTable lora;
    const LoraPair* pair(int adapter) const { return lora.find(adapter); }
};

/// Linears of one input whose matrices lie one below the other, so that a device computes them in
/// one product; each is a view of its rows. Undefined: they lie apart (on the CPU).
struct MergedWeight {
    at::Tensor weight, bias; ///< bias undefined where they have none
    bool present() const { return weight.defined(); }
};

/// One decoder block. Norm weights are float32 always; they are small and used in float32.
struct LayerWeights {
    at::Tensor inputNorm; ///< [hidden] float32
    LinearWeight q, k, v, o;
    at::Tensor postNorm; ///< [hidden] float32, before the MLP
    LinearWeight gate, up, down;
    MergedWeight qkv{}, gateUp{};
};

struct LlamaWeights {
    at::Tensor embedding; ///< [vocabulary, hidden] compute dtype, or bfloat16 as stored
    std::vector<LayerWeights> layers;
    at::Tensor finalNorm; ///< [hidden] float32
    at::Tensor head;      ///< [vocabulary, hidden] likewise; the embedding itself when tied
};

/// Lays the matrices of q, k, v and of gate, up together.
void mergeLinears(LlamaWeights& weights);

inline constexpr std::size_t kLinearsPerLayer = 7;
/// The linears of a block in the order q k v o gate up down.
std::array<const LinearWeight*, kLinearsPerLayer> linearsOf(const LayerWeights& layer);
std::array<LinearWeight*, kLinearsPerLayer> linearsOf(LayerWeights& layer);

/// cos and sin of position * inverse frequency: [positions, headDim/2] float32 on the device, for
/// the half-split rotation of Hugging Face LLaMA: (x1, x2) -> (x1 cos - x2 sin, x2 cos + x1 sin),
/// x1 the first half of a head, x2 the second.
struct RopeTables {
    at::Tensor cos, sin;
};

/// A model in memory: what Model::load really returns (asLoaded gives it back from a ModelRef).
/// Owner: whoever holds the shared_ptr. Weights never change after load; attachAdapter adds pairs,
/// from one thread at a time, also while others compute. ropeTables is thread-safe.
///
/// A CPU computes a bfloat16 matrix with float32 activations where that costs nothing in precision
/// (a model stored in bfloat16 and asked for in float32 is used in place: no copy of twice the
/// size) or where the CPU has no bfloat16 products (they would be emulated, at an eighth of the
/// speed).
class LoadedModel : public Model {
public:
    /// Where the generator keeps this model's decoder and KV cache, made at first use
    /// (decode_session.h).
    struct DecodeSlot {
        std::mutex mutex;
        std::shared_ptr<DecodeSession> session; ///< guarded by mutex
    };
    DecodeSlot& decodeSlot() const { return m_decodeSlot; }

    static Result<std::shared_ptr<LoadedModel>> load(const Path& folder,
                                                     const ComputeOptions& options);
    /// From tensors made elsewhere (selftest, tests): weights as LlamaWeights says, in `dtype`.
    static std::shared_ptr<LoadedModel> fromWeights(ModelConfig config, LlamaWeights weights,
                                                    at::ScalarType dtype, at::Device device);

    const ModelInfo& info() const override { return m_info; }
    Result<int> attachAdapter(const Path& folder) override;
    /// Attaches pairs made elsewhere: `linears` are visited layer by layer in the order q k v o
    /// gate up down; an absent pair leaves a linear alone. Returns the index.
    int attachPairs(const std::vector<std::vector<LoraPair>>& pairsByLayer);

    const ModelConfig& config() const { return m_config; }
    const LlamaWeights& weights() const { return m_weights; }
    at::ScalarType dtype() const { return m_dtype; } ///< at::kFloat or at::kBFloat16
    /// Dtype of activations, biases, LoRA pairs, keys and values: dtype(), or float32.
    at::ScalarType activations() const { return m_activations; }
    at::Device device() const { return m_device; }
    int threads() const { return m_threads; } ///< intra-op threads asked for; at least 1
    int adapterCount() const { return m_adapterCount; }

    /// Keeps the files that tensors lie in, their folder and the thread count; called once, by
    /// load.
    void keep(std::vector<std::shared_ptr<const void>> mappings, const Path& folder, int threads);
    const Path& folder() const { return m_folder; } ///< empty: made from tensors

    /// Tables of at least `positions` rows (grown in powers of two, kept).
    RopeTables ropeTables(std::int64_t positions) const;

private:
    LoadedModel() = default;

    // constant after load
    ModelInfo m_info;
    ModelConfig m_config;
    at::ScalarType m_dtype = at::kFloat, m_activations = at::kFloat;
    at::Device m_device{at::kCPU};
    int m_threads = 1;
    std::vector<std::shared_ptr<const void>> m_mappings; ///< files the tensors lie in
    Path m_folder;

    // grows by attachAdapter
    LlamaWeights m_weights;
    int m_adapterCount = 0;
    std::vector<Path> m_adapterFolders;

    // guarded by m_ropeMutex
    mutable std::mutex m_ropeMutex;
    mutable RopeTables m_rope;

    mutable DecodeSlot m_decodeSlot;
};

/// The loaded model behind a ref; InvalidArgument when the ref is empty or names no adapter of it.
Result<std::shared_ptr<LoadedModel>> asLoaded(const ModelRef& ref);

/// Corrupt: the model computed NaN or infinity where numbers belong.
Failure notNumbers(const LoadedModel& model, int adapter);

} // namespace crux::engine
