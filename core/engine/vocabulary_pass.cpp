#include "core/engine/vocabulary_pass.h"

#include "core/base/check.h"
#include "core/engine/fused_ops.h"
#include "core/engine/packed_gemm.h"
#include "core/engine/row_kernels.h"
#include "core/engine/wide_products.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <memory>

namespace crux::engine {

namespace {

constexpr std::int64_t kTileRows = 64;     ///< rows of one logits tile
constexpr std::int64_t kTileColumns = 256; ///< its columns: 64 KiB of logits a role, in cache
constexpr std::int64_t kStripeColumns = 1024;
constexpr std::int64_t kFewRows = 16; ///< below this, laying out the head costs more than it saves

/// All that is kept of the rows while the vocabulary passes.
struct RowStates {
    std::vector<std::vector<RunningSoftmax>> roles; ///< [role][row]
    std::vector<RunningSoftmax> contrast;
    std::vector<TopList> top;
};

/// Takes tiles of logits in and keeps the running statistics. Rows are independent: threads take
/// different ones.
class TileReader {
public:
    TileReader(const VocabularyOptions& options, std::span<const std::int32_t> targets,
               std::size_t roles, VocabularyFacts& facts)
        : m_options(options)
        , m_targets(targets)
        , m_facts(facts) {
        m_states.roles.assign(roles, std::vector<RunningSoftmax>(targets.size()));
        if (options.contrast)
            m_states.contrast.resize(targets.size());
        if (options.topK > 0)
            m_states.top.assign(targets.size(), TopList(options.topK));
        m_exact.assign(roles, std::vector<double>(targets.size()));
    }

    /// The target's logit of each row, known before the pass, so that ranks need only one.
    std::vector<RunningSoftmax>& role(std::size_t index) { return m_states.roles[index]; }

    /// Logits of `row` for ids [firstId, firstId + size), one array a role.
    void read(std::size_t row, const std::array<const float*, kMostRoles>& logits,
              std::int64_t firstId, std::int64_t size) {
        const std::int64_t target = m_targets[row] - firstId;
        const bool hasTarget = target >= 0 && target < size;
        for (std::size_t r = 0; r < m_states.roles.size(); ++r) {
            RunningSoftmax& state = m_states.roles[r][row];
            state.add(logits[r], size, m_options.entropy);
            if (m_options.rank) {
                state.above += fused::countAbove(logits[r], size, state.target);
                if (hasTarget && logits[r][target] > state.target) // not above itself
                    --state.above;
            }
            if (hasTarget)
                m_exact[r][row] = logits[r][target];
        }
        if (m_options.contrast)
            readContrast(row, logits, size);
        if (m_options.topK > 0)
            readTop(row, logits, firstId, size);
    }

    void finish() {
        const std::size_t rows = m_targets.size();
        m_facts.roles.resize(m_states.roles.size());
        for (std::size_t r = 0; r < m_states.roles.size(); ++r) {
            VocabularyFacts::Role& out = m_facts.roles[r];
            for (std::size_t i = 0; i < rows; ++i) {
                const RunningSoftmax& state = m_states.roles[r][i];
                const double total = state.logSumExp();
                out.logSumExp.push_back(total);
                out.logp.push_back(static_cast<float>(m_exact[r][i] - total));
                if (m_options.entropy)
                    out.entropy.push_back(static_cast<float>(std::max(0.0, state.entropy())));
                if (m_options.rank)
                    out.rank.push_back(state.above + 1);
            }
        }
        for (std::size_t i = 0; i < m_states.contrast.size(); ++i) {
            const double total = m_states.contrast[i].logSumExp();
            const double mine =
                (1 + m_options.beta) * m_exact[0][i] - m_options.beta * m_exact[1][i];
            m_facts.contrastLogSumExp.push_back(total);
            m_facts.logS.push_back(static_cast<float>(mine - total));
        }
        for (const TopList& list : m_states.top)
            m_facts.top.push_back(list.sorted());
    }

private:
    TopEntry entryAt(const std::array<const float*, kMostRoles>& logits, std::int64_t at,
                     std::int64_t firstId) const {
        TopEntry entry;
        entry.key = logits[m_options.keyRole][at];
        entry.id = static_cast<std::int32_t>(firstId + at);
        for (std::size_t r = 0; r < m_states.roles.size(); ++r)
            entry.logits[r] = logits[r][at];
        return entry;
    }

    void readContrast(std::size_t row, const std::array<const float*, kMostRoles>& logits,
                      std::int64_t size) {
        std::array<float, kTileColumns> mixed;
        const auto beta = static_cast<float>(m_options.beta);
        for (std::int64_t begin = 0; begin < size; begin += kTileColumns) {
            const std::int64_t count = std::min(kTileColumns, size - begin);
            fused::contrastLogits(logits[0] + begin, logits[1] + begin, beta, count, mixed.data());
            m_states.contrast[row].add(mixed.data(), count, false);
        }
    }

    void readTop(std::size_t row, const std::array<const float*, kMostRoles>& logits,
                 std::int64_t firstId, std::int64_t size) {
        TopList& list = m_states.top[row];
        const float* keys = logits[m_options.keyRole];
        constexpr std::int64_t kProbe = 64; // most pieces hold nothing good enough
        for (std::int64_t begin = 0; begin < size; begin += kProbe) {
            const std::int64_t end = std::min(begin + kProbe, size);
            if (!list.wants(fused::maximum(keys + begin, end - begin)))
                continue;
            for (std::int64_t i = begin; i < end; ++i)
                if (list.wants(keys[i]))
                    list.add(entryAt(logits, i, firstId));
        }
    }

    const VocabularyOptions& m_options;
    std::span<const std::int32_t> m_targets;
    VocabularyFacts& m_facts;
    RowStates m_states;
    std::vector<std::vector<double>> m_exact; ///< [role][row] the target's logit as the pass had it
};

/// Called between two stripes: lets the program breathe; false: cancelled, what was read is void.
using Pause = std::function<bool()>;

/// bfloat16 on CPUs with packed products: tiles of float32 logits that never leave the cache.
class PackedPass {
public:
    PackedPass(const std::vector<VocabularyRole>& roles, std::span<const std::int32_t> targets,
               TileReader& reader)
        : m_roles(roles)
        , m_targets(targets)
        , m_reader(reader)
        , m_rows(static_cast<std::int64_t>(targets.size()))
        , m_inner(roles[0].hidden.size(1))
        , m_vocabulary(roles[0].head.size(0)) {
        for (const VocabularyRole& role : roles) {
            const bool again = !m_stripes.empty() && role.head.is_same(roles[0].head);
            m_stripes.push_back(again ? m_stripes[0]
                                      : at::empty({kStripeColumns * m_inner}, at::kBFloat16));
        }
    }

    void run(bool rank, const Pause& pause) {
        if (rank)
            findTargets();
        for (std::int64_t first = 0; first < m_vocabulary && pause(); first += kStripeColumns) {
            packStripe(first);
            const std::int64_t tiles = (m_rows + kTileRows - 1) / kTileRows;
            at::parallel_for(0, tiles, 1, [&](std::int64_t begin, std::int64_t end) {
                std::vector<float> logits(m_roles.size() * kTileRows * kTileColumns);
                for (std::int64_t tile = begin; tile < end; ++tile)
                    readTile(tile * kTileRows, first, logits.data());
                packed::finishThread();
            });
        }
    }

private:
    const packed::Half* half(const at::Tensor& tensor) const {
        return static_cast<const packed::Half*>(tensor.const_data_ptr());
    }

    void packStripe(std::int64_t first) {
        constexpr std::int64_t kPanels = kStripeColumns / packed::kPanelColumns;
        const std::int64_t used = std::min(kStripeColumns, m_vocabulary - first);
        for (std::size_t r = 0; r < m_roles.size(); ++r) {
            if (r > 0 && m_stripes[r].is_same(m_stripes[0]))
                continue;
            auto* out = static_cast<packed::Half*>(m_stripes[r].data_ptr());
            at::parallel_for(0, kPanels, 1, [&](std::int64_t begin, std::int64_t end) {
                for (std::int64_t p = begin; p < end; ++p) {
                    const std::int64_t column = p * packed::kPanelColumns;
                    packed::packPanel(
                        half(m_roles[r].head) + (first + column) * m_inner, m_inner,
                        std::clamp<std::int64_t>(used - column, 0, packed::kPanelColumns), m_inner,
                        out + column * m_inner);
                }
            });
        }
    }

    void readTile(std::int64_t firstRow, std::int64_t firstId, float* logits) {
        const std::int64_t rows = std::min(kTileRows, m_rows - firstRow);
        const std::int64_t used = std::min(kStripeColumns, m_vocabulary - firstId);
        for (std::int64_t column = 0; column < used; column += kTileColumns) {
            const std::int64_t width = std::min(kTileColumns, used - column);
            for (std::size_t r = 0; r < m_roles.size(); ++r)
                for (std::int64_t c = 0; c < width; c += packed::kPanelColumns)
                    packed::multiplyPanel(
                        half(m_roles[r].hidden) + firstRow * m_inner, m_inner, rows, m_inner,
                        half(m_stripes[r]) + (column + c) * m_inner,
                        logits + static_cast<std::int64_t>(r) * kTileRows * kTileColumns + c,
                        kTileColumns, false);
            for (std::int64_t i = 0; i < rows; ++i) {
                std::array<const float*, kMostRoles> pointers{};
                for (std::size_t r = 0; r < m_roles.size(); ++r)
                    pointers[r] =
                        logits + (static_cast<std::int64_t>(r) * kTileRows + i) * kTileColumns;
                m_reader.read(static_cast<std::size_t>(firstRow + i), pointers, firstId + column,
                              width);
            }
        }
    }

    /// The targets' logits by the same products in the same order as the pass will compute them, so
    /// that ranks and values agree to the last bit.
    void findTargets() {
        const std::int64_t panels = (m_rows + packed::kPanelColumns - 1) / packed::kPanelColumns;
        at::parallel_for(0, panels, 1, [&](std::int64_t begin, std::int64_t end) {
            constexpr std::int64_t kSide = packed::kPanelColumns;
            std::vector<packed::Half> rows(static_cast<std::size_t>(kSide * m_inner));
            std::vector<packed::Half> panel(rows.size());
            std::vector<float> products(kSide * kSide);
            for (std::int64_t p = begin; p < end; ++p) {
                const std::int64_t first = p * kSide;
                const std::int64_t count = std::min(kSide, m_rows - first);
                for (std::size_t r = 0; r < m_roles.size(); ++r) {
                    for (std::int64_t i = 0; i < count; ++i)
                        std::copy_n(half(m_roles[r].head) +
                                        m_targets[static_cast<std::size_t>(first + i)] * m_inner,
                                    m_inner, rows.data() + i * m_inner);
                    packed::packPanel(rows.data(), m_inner, count, m_inner, panel.data());
                    packed::multiplyPanel(half(m_roles[r].hidden) + first * m_inner, m_inner, count,
                                          m_inner, panel.data(), products.data(), kSide, false);
                    for (std::int64_t i = 0; i < count; ++i)
                        m_reader.role(r)[static_cast<std::size_t>(first + i)].target =
                            products[static_cast<std::size_t>(i * kSide + i)];
                }
            }
            packed::finishThread();
        });
    }

    const std::vector<VocabularyRole>& m_roles;
    std::span<const std::int32_t> m_targets;
    TileReader& m_reader;
    std::int64_t m_rows, m_inner, m_vocabulary;
    std::vector<at::Tensor> m_stripes; ///< a stripe of each role's head, laid out for the products
};

/// float32 logits of the ids [first, first + width) into `logits` [rows, width]. Few rows are bound
/// by reading the head once: the row kernels do that, with float32 results from bfloat16 too.
void stripeLogits(const VocabularyRole& role, std::int64_t first, std::int64_t width,
                  at::Tensor& logits) {
    const at::Tensor head = role.head.slice(0, first, first + width);
    const std::int64_t rows = role.hidden.size(0);
    if (isWideProduct(role.hidden, head))
        return wideProductInto(logits, role.hidden, head);
    if (rows >= kFewRows) {
        if (role.hidden.scalar_type() == at::kFloat)
            at::mm_out(logits, role.hidden, head.t());
        else
            logits.copy_(at::mm(role.hidden, head.t()));
        return;
    }
    LinearArgs args;
    args.x = role.hidden.const_data_ptr();
    args.k = args.xStride = role.hidden.size(1);
    args.rows = rows;
    args.w = head.const_data_ptr();
    args.out = static_cast<float*>(logits.data_ptr());
    args.outStride = args.columns = width;
    const RowKernels& kernels = rowKernels();
    const auto linear =
        head.scalar_type() == at::kBFloat16 ? kernels.linearBfloat16 : kernels.linearFloat;
    const std::int64_t tiles = (width + kColumnTile - 1) / kColumnTile;
    at::parallel_for(0, tiles, 256, [&](std::int64_t begin, std::int64_t end) {
        linear(args, begin * kColumnTile, std::min(end * kColumnTile, width));
    });
}

/// The targets' logits ahead of the pass, for ranks.
void findTargets(const std::vector<VocabularyRole>& roles, std::span<const std::int32_t> targets,
                 TileReader& reader) {
    const at::Tensor ids =
        at::tensor(at::ArrayRef<std::int32_t>(targets.data(), targets.size()), at::kInt);
    for (std::size_t r = 0; r < roles.size(); ++r) {
        const at::Tensor chosen = roles[r].head.index_select(0, ids); // [rows, hidden]
        at::Tensor logits =
            (roles[r].hidden.to(at::kFloat) * chosen.to(at::kFloat)).sum(-1); // [rows]
        if (static_cast<std::int64_t>(targets.size()) >= kFewRows) // rounded as the products are
            logits = logits.to(roles[r].hidden.scalar_type()).to(at::kFloat);
        for (std::size_t i = 0; i < targets.size(); ++i)
            reader.role(r)[i].target = static_cast<const float*>(logits.const_data_ptr())[i];
    }
}

/// Any CPU and dtype: a stripe of logits at a time by plain matrix products.
void stripePass(const std::vector<VocabularyRole>& roles, std::span<const std::int32_t> targets,
                TileReader& reader, bool rank, const Pause& pause) {
    const std::int64_t vocabulary = roles[0].head.size(0);
    const auto rows = static_cast<std::int64_t>(targets.size());
    // About 4 M logits at a time, read in pieces that stay in the cache.
    const std::int64_t stripe =
        std::clamp<std::int64_t>((std::int64_t{4} << 20) / std::max<std::int64_t>(rows, 1),
                                 kStripeColumns, vocabulary + kStripeColumns);
    if (rank)
        findTargets(roles, targets, reader);
    std::vector<at::Tensor> buffers; // one a role, used again for every stripe
    for (std::size_t r = 0; r < roles.size(); ++r)
        buffers.push_back(at::empty({rows * std::min(stripe, vocabulary)}, at::kFloat));
    for (std::int64_t first = 0; first < vocabulary && pause(); first += stripe) {
        const std::int64_t width = std::min(stripe, vocabulary - first);
        std::vector<at::Tensor> logits;
        for (std::size_t r = 0; r < roles.size(); ++r) {
            logits.push_back(buffers[r].slice(0, 0, rows * width).view({rows, width}));
            stripeLogits(roles[r], first, width, logits.back());
        }
        at::parallel_for(0, rows, 8, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i)
                for (std::int64_t c = 0; c < width; c += kStripeColumns) {
                    std::array<const float*, kMostRoles> pointers{};
                    for (std::size_t r = 0; r < roles.size(); ++r)
                        pointers[r] =
                            static_cast<const float*>(logits[r].const_data_ptr()) + i * width + c;
                    reader.read(static_cast<std::size_t>(i), pointers, first + c,
                                std::min(kStripeColumns, width - c));
                }
        });
    }
}

template <typename T> std::vector<T> toVector(const at::Tensor& tensor, at::ScalarType type) {
    const at::Tensor host = tensor.to(at::kCPU, type).contiguous();
    const T* data = static_cast<const T*>(host.const_data_ptr());
    return std::vector<T>(data, data + host.numel());
}

template <typename T> void append(std::vector<T>& to, const std::vector<T>& more) {
    to.insert(to.end(), more.begin(), more.end());
}

/// Stock operations on whole rows, a chunk of rows at a time: CUDA, and the check of the others.
class StockPass {
public:
    StockPass(const std::vector<VocabularyRole>& roles, std::span<const std::int32_t> targets,
              const VocabularyOptions& options, VocabularyFacts& facts)
        : m_roles(roles)
        , m_targets(targets)
        , m_options(options)
        , m_facts(facts) {
        m_facts.roles.resize(roles.size());
    }

    void run(const Pause& pause) {
        constexpr std::int64_t kLogitsAtOnce = std::int64_t{24} << 20;
        const std::int64_t vocabulary = m_roles[0].head.size(0);
        const std::int64_t step = std::max<std::int64_t>(1, kLogitsAtOnce / vocabulary);
        const auto rows = static_cast<std::int64_t>(m_targets.size());
        for (std::int64_t begin = 0; begin < rows && pause(); begin += step)
            chunk(begin, std::min(begin + step, rows));
    }

private:
    void chunk(std::int64_t begin, std::int64_t end) {
        const at::Device device = m_roles[0].hidden.device();
        const at::Tensor ids =
            at::tensor(at::ArrayRef<std::int32_t>(m_targets.data() + begin,
                                                  static_cast<std::size_t>(end - begin)),
                       at::kInt)
                .to(device, at::kLong)
                .unsqueeze(1); // [n, 1]
        std::vector<at::Tensor> logits;
        for (std::size_t r = 0; r < m_roles.size(); ++r) {
            const at::Tensor hidden = m_roles[r].hidden.slice(0, begin, end);
            logits.push_back(at::mm(hidden, m_roles[r].head.to(hidden.scalar_type()).t())
                                 .to(at::kFloat)); // [n, vocabulary] fp32
            oneRole(r, logits.back(), ids);
        }
        if (m_options.contrast) {
            const at::Tensor mixed = logits[0] * (1 + m_options.beta) - logits[1] * m_options.beta;
            const at::Tensor total = mixed.logsumexp(-1, true);
            append(m_facts.logS, toVector<float>(mixed.gather(1, ids) - total, at::kFloat));
            append(m_facts.contrastLogSumExp, toVector<double>(total, at::kDouble));
        }
        if (m_options.topK > 0)
            topEntries(logits);
    }

    void oneRole(std::size_t r, const at::Tensor& logits, const at::Tensor& ids) {
        VocabularyFacts::Role& out = m_facts.roles[r];
        const at::Tensor total = logits.logsumexp(-1, true);
        const at::Tensor target = logits.gather(1, ids);
        append(out.logp, toVector<float>(target - total, at::kFloat));
        append(out.logSumExp, toVector<double>(total, at::kDouble));
        if (m_options.rank)
            append(out.rank, toVector<std::int32_t>((logits > target).sum(-1) + 1, at::kInt));
        if (m_options.entropy) {
            const at::Tensor logp = logits - total;
            append(out.entropy,
                   toVector<float>((logp.exp() * logp).sum(-1).neg().clamp_min(0), at::kFloat));
        }
    }

    /// Entries of the columns `chosen` [n, count].
    std::vector<TopEntry> entries(const std::vector<at::Tensor>& logits, const at::Tensor& chosen) {
        const auto ids = toVector<std::int32_t>(chosen, at::kInt);
        std::vector<TopEntry> all(ids.size());
        for (std::size_t i = 0; i < ids.size(); ++i)
            all[i].id = ids[i];
        for (std::size_t r = 0; r < logits.size(); ++r) {
            const auto values = toVector<float>(logits[r].gather(1, chosen), at::kFloat);
            for (std::size_t i = 0; i < ids.size(); ++i)
                all[i].logits[r] = values[i];
        }
        for (TopEntry& entry : all)
            entry.key = entry.logits[m_options.keyRole];
        return all;
    }

    void topEntries(const std::vector<at::Tensor>& logits) {
        const at::Tensor& keys = logits[m_options.keyRole];
        const std::int64_t k = std::min<std::int64_t>(m_options.topK, keys.size(1));
        const auto all = entries(logits, std::get<1>(keys.topk(k, -1)));
        for (std::size_t i = 0; i < all.size(); i += static_cast<std::size_t>(k))
            m_facts.top.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(i),
                                     all.begin() + static_cast<std::ptrdiff_t>(i) + k);
    }

    const std::vector<VocabularyRole>& m_roles;
    std::span<const std::int32_t> m_targets;
    const VocabularyOptions& m_options;
    VocabularyFacts& m_facts;
};

bool canPack(const std::vector<VocabularyRole>& roles, std::size_t rows) {
    return static_cast<std::int64_t>(rows) >= kFewRows &&
           std::all_of(roles.begin(), roles.end(), [](const VocabularyRole& role) {
               return role.hidden.scalar_type() == at::kBFloat16 &&
                      packed::supported(role.hidden.size(1));
           });
}

} // namespace

Result<VocabularyFacts> vocabularyPass(const std::vector<VocabularyRole>& roles,
                                       std::span<const std::int32_t> targets,
                                       const VocabularyOptions& options, const CancelToken& cancel,
                                       const Breath& breathe) {
    CRUX_CHECK(!roles.empty() && roles.size() <= kMostRoles);
    const Pause pause = [&] {
        if (breathe)
            breathe();
        return !cancel.cancelled();
    };
    VocabularyFacts facts;
    TileReader reader(options, targets, roles.size(), facts);
    const bool stock = !roles[0].hidden.is_cpu() || options.stockOperations;
    if (stock)
        StockPass(roles, targets, options, facts).run(pause);
    else if (canPack(roles, targets.size()))
        PackedPass(roles, targets, reader).run(options.rank, pause);
    else
        stripePass(roles, targets, reader, options.rank, pause);
    if (cancel.cancelled())
        return fail(ErrorCode::Cancelled, "scoring was cancelled");
    if (!stock)
        reader.finish();
    return facts;
}

} // namespace crux::engine
