#include "core/engine/train/token_logp.h"

#include "core/engine/device_ops.h"
#include "core/engine/fused_ops.h"
#include "core/engine/packed_gemm.h"
#include "core/engine/train/training_ops.h"
#include "core/engine/vocabulary_pass.h"

#include <torch/torch.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>

namespace crux::engine::train {

namespace {

std::int64_t g_rowsAtOnce = 0;

/// Rows of one piece: 128 MiB of float32 logits, 256 on a device, and enough rows for a good matrix
/// product.
std::int64_t rowsAtOnce(const VocabularyRows& rows) {
    if (g_rowsAtOnce > 0)
        return g_rowsAtOnce;
    constexpr std::int64_t kElements = 32 << 20, kElementsOnDevice = 64 << 20;
    return std::clamp<std::int64_t>((rows.hidden.is_cpu() ? kElements : kElementsOnDevice) /
                                        std::max<std::int64_t>(rows.head.size(0), 1),
                                    128, 4096);
}

/// Calls body(begin, end) for each piece.
template <typename Body> void inPieces(const VocabularyRows& rows, Body&& body) {
    const std::int64_t n = rows.hidden.size(0), step = rowsAtOnce(rows);
    for (std::int64_t begin = 0; begin < n; begin += step)
        body(begin, std::min(begin + step, n));
}

/// The CPU's own pass, which has the logits in float32 whatever the weights are stored in.
bool ownPass(const VocabularyRows& rows) {
    return rows.hidden.is_cpu() && rows.hidden.scalar_type() != at::kDouble;
}

TokenLogp ownTokenLogp(const VocabularyRows& rows) {
    const std::int64_t n = rows.hidden.size(0);
    const at::Tensor ids = rows.targets.to(at::kInt).contiguous();
    const Result<VocabularyFacts> pass =
        vocabularyPass({{rows.hidden.contiguous(), rows.head}},
                       {ids.const_data_ptr<std::int32_t>(), static_cast<std::size_t>(n)}, {});
    CRUX_CHECK(pass.ok()); // it fails only when cancelled
    const VocabularyFacts& facts = *pass;
    TokenLogp made{at::empty({n}, at::kFloat), at::empty({n}, at::kFloat)};
    for (std::int64_t i = 0; i < n; ++i) {
        const auto at = static_cast<std::size_t>(i);
        made.logp.data_ptr<float>()[i] = facts.roles[0].logp[at];
        made.logSumExp.data_ptr<float>()[i] = static_cast<float>(facts.roles[0].logSumExp[at]);
    }
    return made;
}

/// d logits = (onehot - softmax) * dLogp, in the dtype of the hidden states.
at::Tensor stockLogitGradient(const at::Tensor& logits, const at::Tensor& logSumExp,
                              const at::Tensor& targets, const at::Tensor& dLogp,
                              at::ScalarType dtype) {
    at::Tensor made = at::Tensor(logits)
                          .sub_(logSumExp.unsqueeze(1))
                          .exp_()
                          .mul_(-dLogp.unsqueeze(1)); // the logits are nobody else's
    made.scatter_add_(1, targets.unsqueeze(1), dLogp.unsqueeze(1));
    return made.to(dtype);
}

/// The same for bfloat16 on the CPU, panel by panel: the logits exist in float32 only in the cache.
at::Tensor panelLogitGradient(const at::Tensor& hidden, const at::Tensor& head,
                              const at::Tensor& logSumExp, const at::Tensor& targets,
                              const at::Tensor& dLogp) {
    using packed::Half;
    constexpr std::int64_t kPanel = packed::kPanelColumns, kTile = 64;
    const std::int64_t n = hidden.size(0), inner = hidden.size(1), vocabulary = head.size(0);
    at::Tensor made = at::empty({n, vocabulary}, at::kBFloat16);
    const auto* x = static_cast<const Half*>(hidden.const_data_ptr());
    const auto* w = static_cast<const Half*>(head.const_data_ptr());
    const auto* lse = logSumExp.const_data_ptr<float>();
    const auto* slope = dLogp.const_data_ptr<float>();
    const auto* target = targets.const_data_ptr<std::int64_t>();
    auto* out = static_cast<Half*>(made.data_ptr());
    const std::int64_t panels = (vocabulary + kPanel - 1) / kPanel;
    at::parallel_for(0, panels, 1, [&](std::int64_t first, std::int64_t last) {
        const std::unique_ptr<Half[]> panel(new Half[static_cast<std::size_t>(inner * kPanel)]);
        float tile[kTile * kPanel];
        for (std::int64_t p = first; p < last; ++p) {
            const std::int64_t begin = p * kPanel, columns = std::min(kPanel, vocabulary - begin);
            packed::packPanel(w + begin * inner, inner, columns, inner, panel.get());
            for (std::int64_t row = 0; row < n; row += kTile) {
                const std::int64_t count = std::min(kTile, n - row);
                packed::multiplyPanel(x + row * inner, inner, count, inner, panel.get(), tile,
                                      kPanel, false);
                for (std::int64_t i = 0; i < count; ++i) {
                    float* line = tile + i * kPanel;
                    fused::softmaxSlope(line, columns, lse[row + i], -slope[row + i]);
                    const std::int64_t mine = target[row + i] - begin;
                    if (mine >= 0 && mine < columns)
                        line[mine] += slope[row + i];
                    fused::toHalf(line, columns, out + (row + i) * vocabulary + begin);
                }
            }
        }
        packed::finishThread();
    });
    return made;
}

at::Tensor logitGradient(const at::Tensor& hidden, const at::Tensor& head,
                         const at::Tensor& logSumExp, const at::Tensor& targets,
                         const at::Tensor& dLogp) {
    if (hidden.is_cpu() && hidden.scalar_type() == at::kBFloat16 &&
        packed::supported(hidden.size(1)))
        return panelLogitGradient(hidden.contiguous(), head, logSumExp, targets, dLogp);
    return stockLogitGradient(wideLogits(hidden, head), logSumExp, targets, dLogp,
                              hidden.scalar_type());
}

} // namespace

void setVocabularyRowsAtOnce(std::int64_t rows) {
    g_rowsAtOnce = rows;
}

TokenLogp tokenLogp(const VocabularyRows& rows) {
    if (ownPass(rows))
        return ownTokenLogp(rows);
    std::vector<at::Tensor> logp, sums;
    inPieces(rows, [&](std::int64_t begin, std::int64_t end) {
        const at::Tensor logits = wideLogits(rows.hidden.slice(0, begin, end), rows.head);
        const at::Tensor target = rows.targets.slice(0, begin, end).unsqueeze(1);
        // One kernel, where the sum alone takes four.
        logp.push_back(logits.log_softmax(1).gather(1, target).squeeze(1));
        sums.push_back(logits.gather(1, target).squeeze(1) - logp.back());
    });
    return {at::cat(logp), at::cat(sums)};
}

at::Tensor tokenLogpBackward(const VocabularyRows& rows, const at::Tensor& logSumExp,
                             const at::Tensor& dLogp, at::Tensor headGradient) {
    at::Tensor dHidden = at::empty_like(rows.hidden);
    inPieces(rows, [&](std::int64_t begin, std::int64_t end) {
        const at::Tensor hidden = rows.hidden.slice(0, begin, end);
        const at::Tensor dLogits =
            logitGradient(hidden, rows.head, logSumExp.slice(0, begin, end),
                          rows.targets.slice(0, begin, end), dLogp.slice(0, begin, end));
        at::Tensor piece = dHidden.slice(0, begin, end);
        at::mm_out(piece, dLogits, rows.head);
        if (headGradient.defined())
            headGradient.add_(at::mm(dLogits.t(), hidden).to(headGradient.scalar_type()));
    });
    return dHidden;
}

TokenKl tokenKl(const VocabularyRows& rows, const at::Tensor& referenceHidden) {
    std::vector<at::Tensor> parts[5];
    inPieces(rows, [&](std::int64_t begin, std::int64_t end) {
        const at::Tensor target = rows.targets.slice(0, begin, end).unsqueeze(1);
        at::Tensor policy = wideLogits(rows.hidden.slice(0, begin, end), rows.head);
        at::Tensor reference = wideLogits(referenceHidden.slice(0, begin, end), rows.head);
        const at::Tensor policySum = policy.logsumexp(1), referenceSum = reference.logsumexp(1);
        policy.sub_(policySum.unsqueeze(1)); // log-probabilities from here on
        reference.sub_(referenceSum.unsqueeze(1));
        parts[0].push_back(policy.gather(1, target).squeeze(1));
        parts[1].push_back(policySum);
        parts[2].push_back(reference.gather(1, target).squeeze(1));
        parts[3].push_back(referenceSum);
        parts[4].push_back((reference.exp() * (reference - policy)).sum(1));
    });
    return {{at::cat(parts[0]), at::cat(parts[1])},
            {at::cat(parts[2]), at::cat(parts[3])},
            at::cat(parts[4])};
}

at::Tensor tokenKlBackward(const VocabularyRows& rows, const at::Tensor& referenceHidden,
                           const TokenKl& forward, const at::Tensor& dLogp, const at::Tensor& dKl) {
    at::Tensor dHidden = at::empty_like(rows.hidden);
    inPieces(rows, [&](std::int64_t begin, std::int64_t end) {
        const auto part = [&](const at::Tensor& all) { return all.slice(0, begin, end); };
        // d logits = dLogp (onehot - pi) + dKl (pi - ref)
        at::Tensor policy = wideLogits(part(rows.hidden), rows.head)
                                .sub_(part(forward.policy.logSumExp).unsqueeze(1))
                                .exp_();
        const at::Tensor reference = wideLogits(part(referenceHidden), rows.head)
                                         .sub_(part(forward.reference.logSumExp).unsqueeze(1))
                                         .exp_();
        const at::Tensor slope = part(dLogp).unsqueeze(1), pull = part(dKl).unsqueeze(1);
        at::Tensor dLogits = policy.mul_(pull - slope).sub_(reference * pull);
        dLogits.scatter_add_(1, part(rows.targets).unsqueeze(1), slope);
        at::Tensor piece = dHidden.slice(0, begin, end);
        at::mm_out(piece, dLogits.to(rows.hidden.scalar_type()), rows.head);
    });
    return dHidden;
}

} // namespace crux::engine::train
