// The CPU's decode backend: LLaMA forward over rows with own kernels, bit-identical for a row
// whatever else is computed beside it (row_kernels.h says why).
#pragma once

#include "core/engine/decode_backend.h"
#include "core/engine/row_groups.h"
#include "core/engine/row_kernels.h"
#include "core/engine/thread_team.h"

#include <cstddef>
#include <map>

namespace crux::engine {

/// Compute rule: residual stream, norms, rotation, softmax in float32; where activations are bf16
/// the input of each linear and the cached keys and values are rounded to it, products are
/// accumulated in float32. Owner: DecodeSession; weights are borrowed from the model, which
/// outlives it. One caller at a time.
class CpuDecoder : public DecodeBackend {
public:
    /// threads 0: as many as the model asks for.
    explicit CpuDecoder(const LoadedModel& model, int threads = 0,
                        const RowKernels& kernels = rowKernels());
    ~CpuDecoder() override;

    std::int64_t blockBytes() const override { return m_blockBytes; }
    bool growTo(std::int32_t count) override;
    void copyBlock(std::int32_t from, std::int32_t to) override;
    const float* forward(std::span<const DecodeSegment> segments, int adapter) override;
    void forEach(std::size_t count,
                 const std::function<void(std::size_t index, int thread)>& work) override;
    int threads() const override { return m_team.size(); }

private:
    /// One low-rank pair: y += scale * B (A x).
    struct Pair {
        const void* a = nullptr;
        const void* b = nullptr;
        std::int64_t rank = 0;
        float scale = 1;
    };
    struct Linear {
        const void* weight = nullptr;
        bool narrow = false; ///< the weight is bf16
        std::vector<float> bias;
        std::int64_t in = 0, out = 0;
    };
    enum { kQ, kK, kV, kO, kGate, kUp, kDown, kLinears };
    struct Layer {
        const float* inputNorm = nullptr;
        const float* postNorm = nullptr;
        Linear linears[kLinears];
    };
    using AdapterPairs = std::vector<std::vector<Pair>>; ///< [layer][linear]
    /// One token to compute.
    struct Row {
        std::int32_t id = 0;
        std::int64_t position = 0;
        std::size_t firstBlock = 0; ///< into m_blockPointers
        bool logits = false;
    };
    /// A matrix in the two forms a linear may want: float32 and, for bf16 activations, rounded.
    struct Activation {
        std::vector<float> wide;
        std::vector<Bfloat16> narrow;
        std::int64_t width = 0;
    };

    void readLayers();
    const AdapterPairs& pairs(int adapter);
    void listRows(std::span<const DecodeSegment> segments);
    int commonBlocks(const Row& a, const Row& b) const;
    void reserve(std::size_t rows, std::int64_t rank, std::size_t longest);
    void sizeActivation(Activation& activation, std::size_t rows, std::int64_t width);
    void compute(std::size_t begin, std::size_t end, const AdapterPairs* adapter);
    void embed(std::size_t begin, std::size_t end);
    void project(std::size_t rows, std::size_t layer, const AdapterPairs* adapter);
    void attentionPhase(std::size_t layer, std::size_t begin, std::size_t end);
    void rotateAndStore(std::size_t layer, std::size_t row, const Row& info, std::int64_t kvHead);
    void attend(int thread, std::size_t layer, std::size_t begin, const RowGroup& tile,
                std::int64_t kvHead);
    void mlpPhase(std::size_t rows, std::size_t layer, const AdapterPairs* adapter);
    void head(std::size_t begin, std::size_t end);
    void normRows(std::size_t rows, const float* weight);
    void narrowSlice(Activation& activation, std::size_t row, std::int64_t begin,
                     std::int64_t size);
    /// First half of the pairs of some linears: m_low[slot] = A x.
    void lowRank(const Activation& x, std::size_t rows, std::size_t layer,
                 std::initializer_list<int> linears, const AdapterPairs* adapter);
    /// Columns [begin, end) of one linear with its pair, on the calling thread.
    void applyLinear(const Activation& x, std::size_t rows, std::size_t layer, int linear,
                     const AdapterPairs* adapter, float* out, bool add, std::int64_t begin,
                     std::int64_t end);
    /// The residual stream += one linear.
    void addToResidual(const Activation& x, std::size_t rows, std::size_t layer, int linear,
                       const AdapterPairs* adapter);
    /// Runs work(begin, end) over the columns in pieces that are worth a thread each.
    void splitColumns(std::int64_t columns, std::int64_t costPerColumn,
                      const std::function<void(std::int64_t begin, std::int64_t end)>& work);
    void runLinear(const LinearArgs& args, bool narrowWeight, std::int64_t begin,
                   std::int64_t end) const;
    const void* input(const Activation& activation) const;

    const LoadedModel& m_model;
    const RowKernels& m_kernels;
    ThreadTeam m_team;

    // constant after construction
    bool m_narrow = false; ///< activations are bf16, and so are all weights
    std::int64_t m_hidden = 0, m_intermediate = 0, m_vocabulary = 0;
    std::int64_t m_heads = 0, m_kvHeads = 0, m_headDim = 0, m_group = 1;
    std::int64_t m_elementBytes = 4, m_headBytes = 0, m_blockBytes = 0;
    float m_eps = 0;
    std::vector<Layer> m_layers;
    Linear m_head;
    const void* m_embedding = nullptr;
    bool m_narrowEmbedding = false;
    const float* m_finalNorm = nullptr;

    std::map<int, AdapterPairs> m_pairs;
    std::vector<std::byte*> m_blocks;

    // of one forward
    std::vector<Row> m_rows;
    std::vector<const void*> m_blockPointers;
    std::vector<RowGroup> m_tiles; ///< of the rows computed at once
    std::size_t m_tileRows = 1;    ///< most rows of a tile
    bool m_severalRowsASequence = false;
    const float* m_cos = nullptr;
    const float* m_sin = nullptr;
    std::vector<float> m_residual, m_queries, m_keys, m_values, m_up;
    Activation m_normed, m_attended, m_gate, m_low[3];
    struct AttentionScratch {
        std::vector<float> scores; ///< [queries][keys]
        std::vector<AttentionQuery> queries;
    };
    std::vector<AttentionScratch> m_scratch; ///< one a thread
    std::size_t m_scoreStride = 0;           ///< keys, rounded up to blocks
    std::vector<float> m_logits;
    std::size_t m_logitsDone = 0;
};

} // namespace crux::engine
