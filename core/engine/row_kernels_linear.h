// The matrix product of row_kernels.h. Part of row_kernels_impl.h, which says what V and the
// Stored types are; included there and nowhere else, hence no include guard.
//
// Sixteen columns of w are turned into a panel [k][16] in the cache, so that a lane is a column and
// every row runs down the panel: out[row][lane] += x[row][k] * panel[k][lane]. An element's sum
// thus runs over k in rising order, in chunks of kChunk whose sums are added in turn; neither the
// other rows nor the tile have a part in it. Turning costs about as much as the products of one
// row, and needs no second copy of the weights in memory.

constexpr int kChunk = 256;     // of k: a panel of 16 KB
constexpr int kGroupPanels = 8; // panels that the rows of a tile meet one after the other
constexpr int kRowBlock = 96;   // rows whose partial sums are kept; a multiple of all tile heights

/// A block of rows, a group of columns, a chunk of k.
struct ProductStep {
    std::int64_t row;         ///< first of the block
    std::int64_t column;      ///< first of the group
    int columns;              ///< of the group, at most 16 * kGroupPanels
    int count;                ///< elements of k in this chunk
    bool first, last;         ///< chunk of k
    const float* x;           ///< the block's rows, [kRowBlock][kChunk]
    const float* panels;      ///< the group's, [count][16] each
    std::int64_t panelStride; ///< floats from one panel to the next
    float* partial;           ///< [kRowBlock][kGroupPanels][16], sums of the chunks so far
};

/// Columns [0, columns) of `w`, `count` elements of k, to a panel; lanes beyond stay 0.
template <class S>
void packPanel(const typename S::Element* w, std::int64_t stride, int columns, int count,
               float* panel) {
    int k = 0;
    if (columns == 16)
        for (; k + 8 <= count; k += 8) {
            V::pack8(w + k, stride, panel + k * 16);
            V::pack8(w + 8 * stride + k, stride, panel + k * 16 + 8);
        }
    for (; k < count; ++k) {
        V::store(panel + k * 16, V::zero());
        for (int column = 0; column < columns; ++column)
            panel[k * 16 + column] = V::scalar(w[column * stride + k]);
    }
}

/// Rows of x as floats, kChunk apart: one base address serves all rows of a tile.
template <class S>
void copyRows(const typename S::Element* x, std::int64_t stride, int rows, int count, float* out) {
    for (int row = 0; row < rows; ++row) {
        int k = 0;
        for (; k + 16 <= count; k += 16)
            V::store(out + row * kChunk + k, S::load(x + row * stride + k));
        for (; k < count; ++k)
            out[row * kChunk + k] = V::scalar(x[row * stride + k]);
    }
}

inline void finish(const LinearArgs& args, V::Reg sum, std::int64_t row, std::int64_t column,
                   int columns) {
    float* out = args.out + row * args.outStride + column;
    if (args.bias)
        sum = V::add(sum, loadSome(args.bias + column, columns));
    sum = V::mul(sum, V::set(args.scale));
    if (args.add)
        sum = V::add(loadSome(out, columns), sum);
    storeSome(out, sum, columns);
}

/// kRows rows of the block from `row` on times kPanels panels, one chunk of k.
template <int kRows, int kPanels>
void productTile(const LinearArgs& args, const ProductStep& step, int row, int panel) {
    V::Reg sums[kRows][kPanels];
#pragma GCC unroll 12
    for (int i = 0; i < kRows; ++i)
#pragma GCC unroll 4
        for (int p = 0; p < kPanels; ++p)
            sums[i][p] = V::zero();
    const float* x = step.x + row * kChunk;
    const float* weights[kPanels];
    for (int p = 0; p < kPanels; ++p)
        weights[p] = step.panels + (panel + p) * step.panelStride;
#pragma GCC unroll 4
    for (int k = 0; k < step.count; ++k) {
        V::Reg w[kPanels];
#pragma GCC unroll 4
        for (int p = 0; p < kPanels; ++p)
            w[p] = V::load(weights[p] + k * 16);
#pragma GCC unroll 12
        for (int i = 0; i < kRows; ++i) {
            const V::Reg value = V::set(x[i * kChunk + k]);
#pragma GCC unroll 4
            for (int p = 0; p < kPanels; ++p)
                sums[i][p] = V::fma(value, w[p], sums[i][p]);
        }
    }
    for (int i = 0; i < kRows; ++i)
        for (int p = 0; p < kPanels; ++p) {
            float* partial = step.partial + ((row + i) * kGroupPanels + panel + p) * 16;
            const V::Reg sum = step.first ? sums[i][p] : V::add(V::load(partial), sums[i][p]);
            const int begin = (panel + p) * 16;
            if (step.last)
                finish(args, sum, step.row + row + i, step.column + begin,
                       step.columns - begin < 16 ? step.columns - begin : 16);
            else
                V::store(partial, sum);
        }
}

/// All panels for the last `rows` of a block, fewer than a tile has.
template <int kRows>
void productRest(const LinearArgs& args, const ProductStep& step, int row, int rows) {
    if constexpr (kRows > 0) {
        if (rows != kRows)
            return productRest<kRows - 1>(args, step, row, rows);
        // Few rows leave registers for more panels: their chains of sums hide each other's latency.
        constexpr int kPanels = kRows * 2 <= V::kTileRows ? V::kTilePanels * 2 : V::kTilePanels;
        const int panels = (step.columns + 15) / 16;
        int panel = 0;
        for (; panel + kPanels <= panels; panel += kPanels)
            productTile<kRows, kPanels>(args, step, row, panel);
        if constexpr (kPanels > 1)
            for (; panel < panels; ++panel)
                productTile<kRows, 1>(args, step, row, panel);
    }
}

/// A block of rows: all full tiles go down a panel while it is in the first cache.
inline void productBlock(const LinearArgs& args, const ProductStep& step, int rows) {
    constexpr int kRows = V::kTileRows, kPanels = V::kTilePanels;
    const int panels = (step.columns + 15) / 16, full = rows / kRows * kRows;
    int panel = 0;
    for (; panel + kPanels <= panels; panel += kPanels)
        for (int row = 0; row < full; row += kRows)
            productTile<kRows, kPanels>(args, step, row, panel);
    if constexpr (kPanels > 1)
        for (; panel < panels; ++panel)
            for (int row = 0; row < full; row += kRows)
                productTile<kRows, 1>(args, step, row, panel);
    productRest<kRows - 1>(args, step, full, rows - full);
}

template <class W>
void packGroup(const LinearArgs& args, std::int64_t column, int columns, std::int64_t k, int count,
               float* panels) {
    for (int begin = 0; begin < columns; begin += 16)
        packPanel<W>(
            static_cast<const typename W::Element*>(args.w) + (column + begin) * args.k + k, args.k,
            columns - begin < 16 ? columns - begin : 16, count, panels + begin * kChunk);
}

/// X: how x is stored, W: how w is; the sums are those of linear<StoredFloat> on widened numbers.
template <class X, class W = X>
void linear(const LinearArgs& args, std::int64_t columnBegin, std::int64_t columnEnd) {
    constexpr int kGroup = 16 * kGroupPanels;
    alignas(64) float x[kRowBlock * kChunk];
    alignas(64) float panels[kGroupPanels * kChunk * 16];
    alignas(64) float partial[kRowBlock * kGroup];
    std::int64_t copiedBlock = -1, copiedK = -1; // what x holds
    for (std::int64_t column = columnBegin; column < columnEnd; column += kGroup)
        for (std::int64_t block = 0; block < args.rows; block += kRowBlock)
            for (std::int64_t k = 0; k < args.k; k += kChunk) {
                const std::int64_t left = columnEnd - column;
                ProductStep step{block,
                                 column,
                                 left < kGroup ? static_cast<int>(left) : kGroup,
                                 args.k - k < kChunk ? static_cast<int>(args.k - k) : kChunk,
                                 k == 0,
                                 k + kChunk >= args.k,
                                 x,
                                 panels,
                                 kChunk * 16,
                                 partial};
                if (args.panels) {
                    step.panels = args.panels + column * args.k + k * 16;
                    step.panelStride = args.k * 16;
                } else if (block == 0 || args.k > kChunk) {
                    packGroup<W>(args, column, step.columns, k, step.count, panels);
                }
                const int rows =
                    args.rows - block < kRowBlock ? static_cast<int>(args.rows - block) : kRowBlock;
                if (block != copiedBlock || k != copiedK)
                    copyRows<X>(static_cast<const typename X::Element*>(args.x) +
                                    block * args.xStride + k,
                                args.xStride, rows, step.count, x);
                copiedBlock = block;
                copiedK = k;
                productBlock(args, step, rows);
            }
}
