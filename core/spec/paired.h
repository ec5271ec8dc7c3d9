// Two models that answered the same questions: the two-by-two table of their verdicts, McNemar's
// tests and intervals of the difference. Torch-free.
#pragma once

#include "core/spec/intervals.h"
#include "core/spec/pass_at_k.h"

#include <span>

namespace crux {

/// Questions by what baseline and candidate made of them.
struct PairedCounts {
    int bothRight = 0, fixed = 0, broken = 0, bothWrong = 0;

    int total() const { return bothRight + fixed + broken + bothWrong; }
    bool operator==(const PairedCounts&) const = default;
};

/// McNemar's exact two-sided p-value (McNemar 1947): fixed and broken as a fair coin's two sides. 1
/// where no question changed.
double mcnemarExact(int fixed, int broken);
/// Its mid-p variant (Fagerland, Lydersen and Laake 2013): half the probability of what was seen is
/// taken off, so that it is not needlessly cautious.
double mcnemarMidP(int fixed, int broken);

/// Newcombe's interval of (candidate - baseline) for paired shares (1998, method 10): from the two
/// Wilson intervals and the tie between them. [-1, 1] where nothing was asked.
Interval pairedInterval(const PairedCounts& counts, double confidence = 0.95);

/// Percentile interval of the mean of per-question differences, questions drawn with replacement;
/// the same seed gives the same interval. `options.ks` means nothing here. [-1, 1] without any.
Interval pairedBootstrap(std::span<const double> differences, const BootstrapOptions& options = {});

} // namespace crux
