// The attention of row_kernels.h. Part of row_kernels_impl.h, which says what V and the Stored
// types are; included there and nowhere else, hence no include guard.
//
// Queries that look at the same blocks (rollouts of one prefix, rows of one prompt, the heads of a
// group) read them together: a key or value is loaded once for a tile of queries. What one query
// gets is the same alone: its score of a key is one chain over the head's dimensions, its output
// one chain over the keys from the first to the last; the softmax in between is its own.

/// The first element of a head's keys or values in a block.
template <class S> const typename S::Element* inBlock(const void* block, std::int64_t offset) {
    return reinterpret_cast<const typename S::Element*>(static_cast<const char*>(block) + offset);
}

/// Scores of kQueries queries against kBlocks blocks that they all look at; of the last block,
/// keys beyond a query's own are -infinity.
template <class S, int kQueries, int kBlocks>
void scoreTile(const AttentionArgs& args, const AttentionQuery* queries, int block) {
    const typename S::Element* keys[kBlocks];
    for (int b = 0; b < kBlocks; ++b)
        keys[b] = inBlock<S>(queries[0].blocks[block + b], args.keyOffset);
    V::Reg sums[kQueries][kBlocks];
#pragma GCC unroll 12
    for (int q = 0; q < kQueries; ++q)
#pragma GCC unroll 4
        for (int b = 0; b < kBlocks; ++b)
            sums[q][b] = V::zero();
    for (int d = 0; d < args.headDim; ++d) {
        V::Reg key[kBlocks];
#pragma GCC unroll 4
        for (int b = 0; b < kBlocks; ++b)
            key[b] = S::load(keys[b] + d * kKvBlockTokens);
#pragma GCC unroll 12
        for (int q = 0; q < kQueries; ++q) {
            const V::Reg value = V::set(queries[q].query[d]);
#pragma GCC unroll 4
            for (int b = 0; b < kBlocks; ++b)
                sums[q][b] = V::fma(value, key[b], sums[q][b]);
        }
    }
    const V::Reg scale = V::set(args.scale);
    for (int q = 0; q < kQueries; ++q)
        for (int b = 0; b < kBlocks; ++b) {
            const int filled = queries[q].keys - (block + b) * kKvBlockTokens;
            V::Reg scores = V::mul(sums[q][b], scale);
            if (filled < kKvBlockTokens)
                scores = V::keepPart(scores, filled, -__builtin_inff());
            V::store(queries[q].scores + (block + b) * kKvBlockTokens, scores);
        }
}

/// Scores become exp(score - largest); their sum's inverse is kept.
inline void softmax(AttentionQuery& query, int blocks) {
    V::Reg largest = V::load(query.scores);
    for (int b = 1; b < blocks; ++b)
        largest = V::max(largest, V::load(query.scores + b * kKvBlockTokens));
    const V::Reg shift = V::set(V::foldMax(largest));
    V::Reg sum = V::zero();
    for (int b = 0; b < blocks; ++b) {
        float* scores = query.scores + b * kKvBlockTokens;
        const V::Reg weight = exponential(V::sub(V::load(scores), shift));
        V::store(scores, weight);
        sum = V::add(sum, weight);
    }
    query.inverse = 1.0f / V::fold(sum);
}

/// Adds the weighted values of keys [begin, end), for kVectors vectors of the head's dimensions
/// from `first` on, to what is in `out` (nothing when begin is 0). All queries look at the blocks.
template <class S, int kQueries, int kVectors>
void weighTile(const AttentionArgs& args, const AttentionQuery* queries, int begin, int end,
               int first) {
    int widths[kVectors];
    V::Reg sums[kQueries][kVectors];
    for (int v = 0; v < kVectors; ++v) {
        const int left = args.headDim - first - v * 16;
        widths[v] = left > 16 ? 16 : left;
    }
#pragma GCC unroll 12
    for (int q = 0; q < kQueries; ++q)
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v)
            sums[q][v] =
                begin > 0 ? loadSome(queries[q].out + first + v * 16, widths[v]) : V::zero();
    for (int key = begin; key < end; ++key) {
        const typename S::Element* values =
            inBlock<S>(queries[0].blocks[key / kKvBlockTokens], args.valueOffset) +
            (key % kKvBlockTokens) * args.headDim + first;
        V::Reg value[kVectors];
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; ++v)
            value[v] = widths[v] == 16 ? S::load(values + v * 16)
                                       : S::loadPart(values + v * 16, widths[v]);
#pragma GCC unroll 12
        for (int q = 0; q < kQueries; ++q) {
            const V::Reg weight = V::set(queries[q].scores[key]);
#pragma GCC unroll 4
            for (int v = 0; v < kVectors; ++v)
                sums[q][v] = V::fma(weight, value[v], sums[q][v]);
        }
    }
    for (int q = 0; q < kQueries; ++q)
        for (int v = 0; v < kVectors; ++v)
            storeSome(queries[q].out + first + v * 16, sums[q][v], widths[v]);
}

template <class S, int kVectors>
void weighOwn(const AttentionArgs& args, const AttentionQuery& query, int begin, int first) {
    if constexpr (kVectors > 0) {
        if (args.headDim - first > (kVectors - 1) * 16)
            weighTile<S, 1, kVectors>(args, &query, begin, query.keys, first);
        else
            weighOwn<S, kVectors - 1>(args, query, begin, first);
    }
}

/// Scores (or, later, values) of the shared blocks for `count` queries, kQueries or fewer at once.
template <class S, int kQueries>
void sharedScores(const AttentionArgs& args, const AttentionQuery* queries, int count) {
    if constexpr (kQueries > 0) {
        for (; count >= kQueries; queries += kQueries, count -= kQueries)
            for (int block = 0; block < args.sharedBlocks; ++block)
                scoreTile<S, kQueries, 1>(args, queries, block);
        sharedScores<S, kQueries - 1>(args, queries, count);
    }
}
template <class S, int kQueries>
void sharedValues(const AttentionArgs& args, const AttentionQuery* queries, int count) {
    if constexpr (kQueries > 0) {
        for (; count >= kQueries; queries += kQueries, count -= kQueries)
            for (int first = 0; first < args.headDim; first += 16)
                weighTile<S, kQueries, 1>(args, queries, 0, args.sharedBlocks * kKvBlockTokens,
                                          first);
        sharedValues<S, kQueries - 1>(args, queries, count);
    }
}

/// Scores of one query's own blocks, kBlocks or fewer at once: one block alone would wait for its
/// chain of sums.
template <class S, int kBlocks>
void ownScores(const AttentionArgs& args, const AttentionQuery& query, int block, int end) {
    if constexpr (kBlocks > 0) {
        for (; block + kBlocks <= end; block += kBlocks)
            scoreTile<S, 1, kBlocks>(args, &query, block);
        ownScores<S, kBlocks - 1>(args, query, block, end);
    }
}

template <class S> void attention(const AttentionArgs& args) {
    constexpr int kTile = V::kTileRows, kBlocks = 4, kVectors = 4;
    sharedScores<S, kTile>(args, args.queries, args.count);
    for (int q = 0; q < args.count; ++q) {
        AttentionQuery& query = args.queries[q];
        const int blocks = (query.keys + kKvBlockTokens - 1) / kKvBlockTokens;
        ownScores<S, kBlocks>(args, query, args.sharedBlocks, blocks);
        softmax(query, blocks);
    }
    sharedValues<S, kTile>(args, args.queries, args.count);
    for (int q = 0; q < args.count; ++q) {
        const AttentionQuery& query = args.queries[q];
        const int begin = args.sharedBlocks * kKvBlockTokens;
        if (begin < query.keys)
            for (int first = 0; first < args.headDim; first += 16 * kVectors)
                weighOwn<S, kVectors>(args, query, begin, first);
        const V::Reg inverse = V::set(query.inverse);
        for (int d = 0; d < args.headDim; d += 16) {
            const int width = args.headDim - d < 16 ? args.headDim - d : 16;
            storeSome(query.out + d, V::mul(loadSome(query.out + d, width), inverse), width);
        }
    }
}
