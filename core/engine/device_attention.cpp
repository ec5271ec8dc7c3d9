#include "core/engine/device_attention.h"

#include "core/base/log.h"
#include "core/engine/device_ops.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

namespace crux::engine {

namespace {

/// Scores of one piece of the padded form, over all heads.
constexpr std::int64_t kMostScores = std::int64_t{64} << 20;

/// Whether this LibTorch and this device have flash attention: tried once.
bool flashWorks(at::Device device) {
    static const bool works = [device] {
        try {
            const auto whole = at::dtype(at::kInt).device(device);
            const at::Tensor x = at::zeros({2, 1, 8}, at::dtype(at::kBFloat16).device(device));
            const at::Tensor ends = at::arange(2, whole).mul_(2);
            at::_flash_attention_forward(x, x, x, ends, ends, 2, 2, 0.0, true, false);
            return true;
        } catch (const c10::Error& error) {
            logWarning(std::string("Flash attention is not used: ") +
                       error.what_without_backtrace());
            return false;
        }
    }();
    return works;
}

bool canFlash(at::Device device, at::ScalarType dtype, std::int64_t dim) {
    constexpr std::int64_t kMostDim = 256;
    return device.is_cuda() && dtype == at::kBFloat16 && dim % 8 == 0 && dim <= kMostDim &&
           flashWorks(device);
}

/// A span whose scores alone are too many, cut into spans of fewer rows.
std::vector<AttentionSpan> cutLong(std::span<const AttentionSpan> spans, std::int64_t heads) {
    std::vector<AttentionSpan> cut;
    for (const AttentionSpan& span : spans) {
        const auto keys = std::ssize(span.keys);
        const std::int64_t most =
            std::max<std::int64_t>(1, kMostScores / std::max<std::int64_t>(1, heads * keys));
        for (std::int64_t begin = 0; begin < span.rows; begin += most) {
            const std::int64_t rows = std::min(most, span.rows - begin);
            const std::int64_t seen = keys - span.rows + begin + rows;
            cut.push_back({rows, {span.keys.begin(), span.keys.begin() + seen}});
        }
    }
    return cut;
}

} // namespace

std::vector<AttentionSpan> spansOf(const PackedBatch& batch) {
    std::vector<AttentionSpan> spans;
    for (const PackedSequence& sequence : batch.sequences) {
        if (sequence.rows.size() == 0)
            continue;
        AttentionSpan& span = spans.emplace_back();
        span.rows = sequence.rows.size();
        const auto add = [&span](const RowRange& rows) {
            for (std::int64_t row = rows.begin; row < rows.end; ++row)
                span.keys.push_back(row);
        };
        for (const RowRange& rows : sequence.context)
            add(rows);
        add(sequence.rows);
    }
    return spans;
}

DeviceAttention::DeviceAttention(std::span<const AttentionSpan> spans, const ModelConfig& config,
                                 at::ScalarType dtype, at::Device device)
    : m_heads(config.heads)
    , m_kvHeads(config.kvHeads)
    , m_dim(config.headDim)
    , m_wide(dtype == at::kDouble ? at::kDouble : at::kFloat)
    , m_device(device)
    , m_scale(1 / std::sqrt(static_cast<double>(config.headDim)))
    , m_flash(canFlash(device, dtype, config.headDim)) {
    if (m_flash)
        planFlash(spans);
    else
        planPadded(spans);
}

void DeviceAttention::planFlash(std::span<const AttentionSpan> spans) {
    std::vector<std::int64_t> numbers{0}; // ends of queries, ends of keys, keys: one copy
    std::vector<std::int64_t> keyEnds{0}, keys;
    bool inPlace = true;
    for (const AttentionSpan& span : spans) {
        for (const std::int64_t key : span.keys) {
            inPlace = inPlace && key == std::ssize(keys);
            keys.push_back(key);
        }
        numbers.push_back(numbers.back() + span.rows);
        keyEnds.push_back(std::ssize(keys));
        m_mostRows = std::max(m_mostRows, span.rows);
        m_mostKeys = std::max(m_mostKeys, std::ssize(span.keys));
    }
    inPlace = inPlace && std::ssize(keys) == numbers.back();
    const auto ends = std::ssize(numbers);
    numbers.insert(numbers.end(), keyEnds.begin(), keyEnds.end());
    if (!inPlace)
        numbers.insert(numbers.end(), keys.begin(), keys.end());
    const at::Tensor all = onDevice(numbers, m_device);
    const at::Tensor both = all.slice(0, 0, 2 * ends).to(at::kInt);
    m_queryEnds = both.slice(0, 0, ends);
    m_keyEnds = both.slice(0, ends);
    if (!inPlace)
        m_keyRows = all.slice(0, 2 * ends);
}

void DeviceAttention::planPadded(std::span<const AttentionSpan> given) {
    const std::vector<AttentionSpan> spans = cutLong(given, m_heads);
    std::size_t begin = 0;
    std::int64_t firstRow = 0;
    while (begin < spans.size()) {
        std::int64_t rows = 0, keys = 0, count = 0, used = 0;
        std::size_t end = begin;
        for (; end < spans.size(); ++end) {
            const std::int64_t wider = std::max(rows, spans[end].rows),
                               longer = std::max(keys, std::ssize(spans[end].keys));
            if (count > 0 && wider * longer * (count + 1) * m_heads > kMostScores)
                break;
            // One long run beside many single rows would pad each of them to its size.
            const std::int64_t own = spans[end].rows * std::ssize(spans[end].keys);
            if (count > 0 && wider * longer * (count + 1) > 4 * (used + own) + (1 << 16))
                break;
            rows = wider;
            keys = longer;
            used += own;
            ++count;
        }
        m_pieces.push_back(pieceOf(std::span(spans).subspan(begin, end - begin), firstRow));
        for (; begin < end; ++begin)
            firstRow += spans[begin].rows;
    }
}

DeviceAttention::Piece DeviceAttention::pieceOf(std::span<const AttentionSpan> spans,
                                                std::int64_t firstRow) const {
    Piece piece;
    piece.count = std::ssize(spans);
    for (const AttentionSpan& span : spans) {
        piece.rows = std::max(piece.rows, span.rows);
        piece.keys = std::max(piece.keys, std::ssize(span.keys));
    }
    std::vector<std::int64_t> queries, keys, offsets, real, target, filled;
    for (const AttentionSpan& span : spans) {
        for (std::int64_t i = 0; i < span.rows; ++i) {
            real.push_back(std::ssize(queries));
            target.push_back(firstRow);
            filled.push_back(1);
            queries.push_back(firstRow++);
        }
        keys.insert(keys.end(), span.keys.begin(), span.keys.end());
        queries.resize(queries.size() + static_cast<std::size_t>(piece.rows - span.rows),
                       target[0]);
        filled.resize(queries.size(), 0);
        keys.resize(keys.size() + static_cast<std::size_t>(piece.keys - std::ssize(span.keys)),
                    span.keys[0]);
        offsets.push_back(std::ssize(span.keys) - span.rows);
    }
    piece.queries = onDevice(queries, m_device);
    const auto index = at::TensorOptions(at::kLong).device(m_device);
    piece.keyHeads = (onDevice(keys, m_device).view({piece.count, 1, piece.keys}) * m_kvHeads +
                      at::arange(m_kvHeads, index).view({1, m_kvHeads, 1}))
                         .flatten();
    const bool padded = real.size() != queries.size();
    if (padded) {
        piece.real = onDevice(real, m_device);
        piece.padding = onDevice(filled, m_device).to(m_wide).view({-1, 1, 1, piece.rows, 1});
    }
    piece.target = onDevice(target, m_device);
    const bool same = std::all_of(offsets.begin(), offsets.end(), [&](std::int64_t offset) {
        return offset + 1 == piece.keys; // one row each, all of one length
    });
    if (!same || piece.rows > 1)
        piece.hidden = at::arange(piece.keys, index).view({1, 1, 1, 1, -1}) >
                       at::arange(piece.rows, index).view({1, 1, 1, -1, 1}) +
                           onDevice(offsets, m_device).view({-1, 1, 1, 1, 1});
    return piece;
}

/// [B, kvHeads, repeats * Tq, headDim] wide: heads that share keys are rows of one product.
at::Tensor DeviceAttention::queriesOf(const Piece& piece, const at::Tensor& rows) const {
    return rows.index_select(0, piece.queries)
        .to(m_wide)
        .view({piece.count, piece.rows, m_kvHeads, m_heads / m_kvHeads, m_dim})
        .permute({0, 2, 3, 1, 4})
        .reshape({piece.count, m_kvHeads, -1, m_dim});
}

/// [B, kvHeads, Tk, headDim] wide
at::Tensor DeviceAttention::keysOf(const Piece& piece, const at::Tensor& all) const {
    return all.reshape({-1, m_dim})
        .index_select(0, piece.keyHeads)
        .to(m_wide)
        .view({piece.count, m_kvHeads, piece.keys, m_dim});
}

/// softmax(q k^T) [B, kvHeads, repeats * Tq, Tk]; the queries are scaled already.
at::Tensor DeviceAttention::shares(const Piece& piece, const at::Tensor& queries,
                                   const at::Tensor& keys) const {
    at::Tensor scores = at::matmul(queries, keys.transpose(2, 3));
    if (piece.hidden.defined())
        scores.view({piece.count, m_kvHeads, m_heads / m_kvHeads, piece.rows, piece.keys})
            .masked_fill_(piece.hidden, -std::numeric_limits<double>::infinity());
    return scores.softmax(-1);
}

/// The way back from queriesOf: rows of `all` become those of `from`.
void DeviceAttention::putRows(const Piece& piece, const at::Tensor& from, at::Tensor& all) const {
    at::Tensor rows = from.view({piece.count, m_kvHeads, m_heads / m_kvHeads, piece.rows, m_dim})
                          .permute({0, 3, 1, 2, 4})
                          .reshape({-1, m_heads, m_dim});
    if (piece.real.defined())
        rows = rows.index_select(0, piece.real);
    all.index_copy_(0, piece.target, rows.to(all.scalar_type()));
}

at::Tensor DeviceAttention::gathered(const at::Tensor& all) const {
    return m_keyRows.defined() ? all.index_select(0, m_keyRows) : all;
}

at::Tensor DeviceAttention::forward(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                    Kept* kept) const {
    if (m_flash) {
        auto [out, logSumExp, seed, unused, ignored] =
            at::_flash_attention_forward(q, gathered(k), gathered(v), m_queryEnds, m_keyEnds,
                                         m_mostRows, m_mostKeys, 0.0, true, false, m_scale);
        if (kept != nullptr)
            *kept = {out, logSumExp, seed, unused};
        return out;
    }
    at::Tensor out = at::empty(q.sizes(), q.options());
    for (const Piece& piece : m_pieces) {
        const at::Tensor parts = shares(piece, queriesOf(piece, q).mul_(m_scale), keysOf(piece, k));
        putRows(piece, at::matmul(parts, keysOf(piece, v)), out);
    }
    return out;
}

DeviceAttention::Gradients DeviceAttention::backward(const at::Tensor& dOut, const at::Tensor& q,
                                                     const at::Tensor& k, const at::Tensor& v,
                                                     const Kept& kept) const {
    const auto sums = [&](const at::Tensor& like) {
        return at::zeros({like.size(0) * m_kvHeads, m_dim}, like.options().dtype(m_wide));
    };
    if (m_flash) {
        auto [dq, dk, dv] = at::_flash_attention_backward(
            dOut, q, gathered(k), gathered(v), kept.out, kept.logSumExp, m_queryEnds, m_keyEnds,
            m_mostRows, m_mostKeys, 0.0, true, kept.seed, kept.unused, m_scale);
        if (!m_keyRows.defined())
            return {dq, dk, dv};
        // A key that several sequences look at gets the sum of what each gives it.
        const auto scattered = [&](const at::Tensor& part, const at::Tensor& like) {
            return sums(like)
                .view({-1, m_kvHeads, m_dim})
                .index_add_(0, m_keyRows, part.to(m_wide))
                .to(like.scalar_type());
        };
        return {dq, scattered(dk, k), scattered(dv, v)};
    }
    at::Tensor dq = at::empty(q.sizes(), q.options());
    at::Tensor dk = sums(k), dv = sums(v);
    for (const Piece& piece : m_pieces) {
        const at::Tensor queries = queriesOf(piece, q).mul_(m_scale);
        const at::Tensor keys = keysOf(piece, k), values = keysOf(piece, v);
        const at::Tensor parts = shares(piece, queries, keys);
        at::Tensor incoming = queriesOf(piece, dOut);
        if (piece.padding.defined()) // rows that are none must give nothing
            incoming =
                incoming.view({piece.count, m_kvHeads, m_heads / m_kvHeads, piece.rows, m_dim})
                    .mul(piece.padding)
                    .view_as(queries);
        dv.index_add_(0, piece.keyHeads,
                      at::matmul(parts.transpose(2, 3), incoming).view({-1, m_dim}));
        const at::Tensor dParts = at::matmul(incoming, values.transpose(2, 3));
        const at::Tensor dScores = parts * (dParts - (dParts * parts).sum(-1, true));
        putRows(piece, at::matmul(dScores, keys).mul_(m_scale), dq);
        dk.index_add_(0, piece.keyHeads,
                      at::matmul(dScores.transpose(2, 3), queries).view({-1, m_dim}));
    }
    return {dq, dk.to(k.scalar_type()).view_as(k), dv.to(v.scalar_type()).view_as(v)};
}

} // namespace crux::engine
