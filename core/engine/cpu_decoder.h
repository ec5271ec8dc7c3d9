// The CPU's decode backend: LLaMA forward over rows with own kernels, bit-identical for a row
// whatever else is computed beside it (row_kernels.h says why).
#pragma once

#include "core/engine/decode_backend.h"
#include "core/engine/huge_pages.h"
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
        const float* panels = nullptr; ///< the weight turned (LinearArgs), of small models
        bool narrow = false;           ///< the weight is bf16
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
        std::size_t logitsBefore = 0; ///< rows before it whose logits are wanted
    };
    /// A matrix in the two forms a linear may want: float32 and, for bf16 activations, rounded.
    struct Activation {
        std::vector<float> wide;
        std::vector<Bfloat16> narrow;
        std::int64_t width = 0;
    };

    /// Buffers of rows that are computed together.
    struct Workspace {
        std::vector<float> residual, queries, keys, values, up;
        Activation normed, attended, gate, low[3];
    };
    static constexpr int kAllThreads = -1;
    /// Rows begin .. end-1 on their way through the layers: all threads share them, or one thread
    /// computes them alone, beside others with rows of their own.
    struct Pass {
        std::size_t begin = 0, end = 0;
        const AdapterPairs* adapter = nullptr;
        std::vector<RowGroup> tiles;
        Workspace* work = nullptr;
        int thread = kAllThreads;
        std::size_t rows() const { return end - begin; }
    };

    void readLayers();
    void turnWeights();
    const AdapterPairs& pairs(int adapter);
    void listRows(std::span<const DecodeSegment> segments);
    int commonBlocks(const Row& a, const Row& b) const;
    std::size_t rowsAPass() const;
    void reserve(Workspace& work, std::size_t rows, std::int64_t rank) const;
    void reserveScores(std::size_t longest);
    void sizeActivation(Activation& activation, std::size_t rows, std::int64_t width) const;
    void compute(const Pass& pass);
    void embed(const Pass& pass);
    void project(const Pass& pass, std::size_t layer);
    void attentionPhase(const Pass& pass, std::size_t layer);
    void rotateAndStore(Workspace& work, std::size_t layer, std::size_t row, const Row& info,
                        std::int64_t kvHead);
    void attend(const Pass& pass, int thread, std::size_t layer, const RowGroup& tile,
                std::int64_t kvHead);
    void mlpPhase(const Pass& pass, std::size_t layer);
    void head(const Pass& pass);
    void normRows(const Pass& pass, const float* weight);
    void narrowSlice(Activation& activation, std::size_t row, std::int64_t begin,
                     std::int64_t size) const;
    /// First half of the pairs of some linears: work.low[slot] = A x.
    void lowRank(const Pass& pass, const Activation& x, std::size_t layer,
                 std::initializer_list<int> linears);
    /// Columns [begin, end) of one linear with its pair, on the calling thread.
    void applyLinear(const Pass& pass, const Activation& x, std::size_t layer, int linear,
                     float* out, bool add, std::int64_t begin, std::int64_t end) const;
    /// The residual stream += one linear.
    void addToResidual(const Pass& pass, const Activation& x, std::size_t layer, int linear);
    /// Runs work(begin, end) over the columns, in pieces that are worth a thread each.
    void splitColumns(const Pass& pass, std::int64_t columns, std::int64_t costPerColumn,
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

    bool m_small = false; ///< the weights stay in the cache: threads share rows, not columns
    HugeMemory m_panels;

    std::map<int, AdapterPairs> m_pairs;
    std::vector<HugeMemory> m_slabs; ///< some blocks each
    std::vector<std::byte*> m_blocks;
    std::size_t m_slabLeft = 0; ///< blocks of the last slab that are not in m_blocks yet

    // of one forward
    std::vector<Row> m_rows;
    std::vector<const void*> m_blockPointers;
    std::size_t m_tileRows = 1; ///< most rows that read shared keys together
    bool m_severalRowsASequence = false;
    const float* m_cos = nullptr;
    const float* m_sin = nullptr;
    std::vector<Workspace> m_work; ///< one a thread; all threads together take the first
    struct AttentionScratch {
        std::vector<float> scores; ///< [queries][keys]
        std::vector<AttentionQuery> queries;
    };
    std::vector<AttentionScratch> m_scratch; ///< one a thread
    std::size_t m_scoreStride = 0;           ///< keys, rounded up to blocks
    std::vector<float> m_logits;
};

} // namespace crux::engine
