#include "core/engine/vocabulary_pass.h"

#include "core/base/check.h"
#include "core/engine/compute.h"
#include "core/engine/device_ops.h"
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

/// One result of a stock pass: its pieces stay on the device until all are there.
class Gathered {
public:
    void add(at::Tensor piece) { m_pieces.push_back(std::move(piece)); }
    template <typename T> std::vector<T> onHost(at::ScalarType type) const {
        return m_pieces.empty() ? std::vector<T>() : toHost<T>(at::cat(m_pieces), type);
    }

private:
    std::vector<at::Tensor> m_pieces; ///< [rows] or [rows, count] each
};

/// Stock operations on whole rows, a chunk of rows at a time: CUDA, and the check of the others.
/// Nothing is waited for before the end.
class StockPass {
public:
    StockPass(const std::vector<VocabularyRole>& roles, std::span<const std::int32_t> targets,
              const VocabularyOptions& options)
        : m_roles(roles)
        , m_options(options)
        , m_results(roles.size())
        , m_topLogits(roles.size()) {
        const std::vector<std::int64_t> ids(targets.begin(), targets.end());
        m_targets = onDevice(ids, roles[0].hidden.device()).unsqueeze(1); // [rows, 1]
    }

    void run(const Pause& pause) {
        const std::int64_t vocabulary = m_roles[0].head.size(0);
        const std::int64_t step = std::max<std::int64_t>(1, logitsAtOnce() / vocabulary);
        const std::int64_t rows = m_targets.size(0);
        for (std::int64_t begin = 0; begin < rows && pause(); begin += step)
            chunk(begin, std::min(begin + step, rows));
    }

    void finish(VocabularyFacts& facts) const {
        for (const RoleResults& result : m_results) {
            VocabularyFacts::Role& out = facts.roles.emplace_back();
            out.logp = result.logp.onHost<float>(at::kFloat);
            out.entropy = result.entropy.onHost<float>(at::kFloat);
            out.rank = result.rank.onHost<std::int32_t>(at::kInt);
            const auto targets = result.target.onHost<float>(at::kFloat);
            for (std::size_t i = 0; i < targets.size(); ++i)
                out.logSumExp.push_back(static_cast<double>(targets[i]) -
                                        static_cast<double>(out.logp[i]));
        }
        facts.logS = m_logS.onHost<float>(at::kFloat);
        facts.contrastLogSumExp = m_contrastSum.onHost<double>(at::kDouble);
        if (m_options.topK > 0)
            finishTop(facts);
    }

private:
    struct RoleResults {
        Gathered logp, target, entropy, rank;
    };

    /// Logits of a role in memory at once: with what is made of them about five times as many.
    std::int64_t logitsAtOnce() const {
        constexpr std::int64_t kFewest = std::int64_t{8} << 20, kMost = std::int64_t{96} << 20;
        const at::Device device = m_roles[0].hidden.device();
        if (device.is_cpu())
            return std::int64_t{24} << 20;
        constexpr std::int64_t kBytesEach = 4 * 5 * 4; // of what is free a quarter
        return std::clamp(freeDeviceBytes(device) / kBytesEach, kFewest, kMost);
    }

    void chunk(std::int64_t begin, std::int64_t end) {
        const at::Tensor ids = m_targets.slice(0, begin, end); // [n, 1]
        std::vector<at::Tensor> logits, logps;                 // [n, vocabulary] fp32
        for (std::size_t r = 0; r < m_roles.size(); ++r) {
            logits.push_back(wideLogits(m_roles[r].hidden.slice(0, begin, end), m_roles[r].head));
            logps.push_back(oneRole(m_results[r], logits.back(), ids));
        }
        if (m_options.topK > 0)
            topEntries(logits);
        if (m_options.contrast)
            contrast(logits, logps, ids);
    }

    /// A constant added to all logits of a row changes no softmax, so that the mixture of
    /// log-probabilities gives the scores too; its sum is told for logits.
    void contrast(const std::vector<at::Tensor>& logits, const std::vector<at::Tensor>& logps,
                  const at::Tensor& ids) {
        const auto mixed = [&](const at::Tensor& positive, const at::Tensor& negative) {
            return (positive * (1 + m_options.beta)).sub_(negative, m_options.beta);
        };
        const at::Tensor score = mixed(logps[0], logps[1]).log_softmax(-1).gather(1, ids);
        m_logS.add(score.squeeze(1));
        m_contrastSum.add(
            (mixed(logits[0].gather(1, ids), logits[1].gather(1, ids)) - score).squeeze(1));
    }

    at::Tensor oneRole(RoleResults& out, const at::Tensor& logits, const at::Tensor& ids) {
        at::Tensor logp = logits.log_softmax(-1);
        const at::Tensor target = logits.gather(1, ids);
        out.logp.add(logp.gather(1, ids).squeeze(1));
        out.target.add(target.squeeze(1));
        if (m_options.rank)
            out.rank.add((logits > target).sum(-1) + 1);
        if (m_options.entropy)
            out.entropy.add((logp.exp() * logp).sum(-1).neg().clamp_min(0));
        return logp;
    }

    void topEntries(const std::vector<at::Tensor>& logits) {
        const at::Tensor& keys = logits[m_options.keyRole];
        const at::Tensor chosen =
            std::get<1>(keys.topk(std::min<std::int64_t>(m_options.topK, keys.size(1)), -1));
        m_topIds.add(chosen);
        for (std::size_t r = 0; r < logits.size(); ++r)
            m_topLogits[r].add(logits[r].gather(1, chosen));
    }

    void finishTop(VocabularyFacts& facts) const {
        const auto k = static_cast<std::size_t>(
            std::min<std::int64_t>(m_options.topK, m_roles[0].head.size(0)));
        const auto ids = m_topIds.onHost<std::int32_t>(at::kInt);
        std::vector<TopEntry> all(ids.size());
        for (std::size_t r = 0; r < m_roles.size(); ++r) {
            const auto values = m_topLogits[r].onHost<float>(at::kFloat);
            for (std::size_t i = 0; i < ids.size(); ++i)
                all[i].logits[r] = values[i];
        }
        for (std::size_t i = 0; i < ids.size(); ++i) {
            all[i].id = ids[i];
            all[i].key = all[i].logits[m_options.keyRole];
        }
        for (std::size_t i = 0; i < all.size(); i += k)
            facts.top.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(i),
                                   all.begin() + static_cast<std::ptrdiff_t>(i + k));
    }

    const std::vector<VocabularyRole>& m_roles;
    const VocabularyOptions& m_options;
    at::Tensor m_targets;
    std::vector<RoleResults> m_results;
    Gathered m_logS, m_contrastSum, m_topIds;
    std::vector<Gathered> m_topLogits;
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
    const auto cancelled = [&]() -> Status {
        return cancel.cancelled() ? Status(fail(ErrorCode::Cancelled, "scoring was cancelled"))
                                  : Status();
    };
    if (!roles[0].hidden.is_cpu() || options.stockOperations) {
        StockPass pass(roles, targets, options);
        pass.run(pause);
        CRUX_TRY_VOID(cancelled());
        pass.finish(facts);
        return facts;
    }
    TileReader reader(options, targets, roles.size(), facts);
    if (canPack(roles, targets.size()))
        PackedPass(roles, targets, reader).run(options.rank, pause);
    else
        stripePass(roles, targets, reader, options.rank, pause);
    CRUX_TRY_VOID(cancelled());
    reader.finish();
    return facts;
}

} // namespace crux::engine
