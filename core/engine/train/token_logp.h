// From final hidden states to log p(y_t) of given tokens and back, in pieces of rows: memory does
// not grow with tokens x vocabulary (the idea of arXiv 2411.09009). Forward keeps one number a row,
// backward computes the logits again. With a frozen head no gradient of it is made.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace crux::engine::train {

/// hidden [n, h] and head [V, h] in one dtype; targets [n] int64 on the same device.
struct VocabularyRows {
    at::Tensor hidden, head, targets;
};

struct TokenLogp {
    at::Tensor logp;      ///< [n] wide: log softmax(hidden W^T)[target]
    at::Tensor logSumExp; ///< [n] wide
};
TokenLogp tokenLogp(const VocabularyRows& rows);

/// d hidden, in its dtype, for `dLogp` [n] wide; adds to `headGradient` [V, h] when it is defined.
at::Tensor tokenLogpBackward(const VocabularyRows& rows, const at::Tensor& logSumExp,
                             const at::Tensor& dLogp, at::Tensor headGradient);

/// The same with KL(reference || policy) over the whole vocabulary at every row (TDPO). Both
/// sides use one head.
struct TokenKl {
    TokenLogp policy, reference;
    at::Tensor kl; ///< [n] wide
};
TokenKl tokenKl(const VocabularyRows& rows, const at::Tensor& referenceHidden);
/// d hidden of the policy for gradients of its log-probability and of the KL, each [n] wide.
at::Tensor tokenKlBackward(const VocabularyRows& rows, const at::Tensor& referenceHidden,
                           const TokenKl& forward, const at::Tensor& dLogp, const at::Tensor& dKl);

/// Rows computed at once; tests make it small.
void setVocabularyRowsAtOnce(std::int64_t rows); ///< 0: by the size of the vocabulary

} // namespace crux::engine::train
