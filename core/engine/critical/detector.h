// What a search method is: it names the outcomes it needs, given those it has, until it can decide.
// It draws nothing itself; so it runs on rollouts, on published potentials and in simulations
// alike.
#pragma once

#include "core/engine/critical/outcomes.h"

#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace crux::critical {

inline constexpr double kNotComputed = std::numeric_limits<double>::quiet_NaN();

/// A token that changes the chance of ending right.
struct Finding {
    int position = 0;
    int sign = -1;         ///< -1 lowers the chance, +1 raises it
    Tally before, at;      ///< rollouts of the prefix without the token and with it
    bool fallback = false; ///< authors' scan: a candidate that a later position had reset
    double z = kNotComputed, pValue = kNotComputed,
           holm = kNotComputed; ///< cliff: test of the drop
};

struct Decision {
    std::vector<Finding> found;   ///< by rising position
    bool assumedMonotone = false; ///< bisect without verify: not every later position was looked at
    std::string note;             ///< why nothing was searched, one sentence; else empty
};

/// One search method for one trajectory. Immutable; thread-safe.
class Detector {
public:
    virtual ~Detector() = default;

    /// All outcomes the decision rests on as far as can be told from the known ones, by rising
    /// position. It asks for the same whatever else happens to be known, so that neither batches
    /// nor interruptions change what is drawn. The search is over when none of them is missing.
    virtual std::vector<Want> wants(const Outcomes& outcomes) const = 0;
    /// The verdict, once all wants are known.
    virtual Decision decide(const Outcomes& outcomes) const = 0;
};

/// Most successes among n that are still a share below `lowShare`: 3 of 64 for the paper's 5 %.
int toleranceOf(int n, double lowShare);

/// Where one position stands when drawing stops at success number tolerance + 1 (curtailment) and
/// is looked at after 8, 16, 32 .. n rollouts.
struct Stage {
    enum State { Open, High, Low } state = Open;
    int count = 0; ///< rollouts asked for so far
};
Stage stageOf(const Outcomes& outcomes, int position, int n, int tolerance);
/// The counts after which positions are looked at.
std::vector<int> stageCounts(int n);

/// True when every wanted outcome is known.
bool allKnown(const Outcomes& outcomes, const std::vector<Want>& wants);
/// Fills the finding's tallies. Where not all n are known those that are were not chosen by their
/// index alone (prefixes share rollouts that follow), so the tally would be biased: it stays empty.
void countFinding(const Outcomes& outcomes, int n, Finding& finding);
/// n rollouts of every position from `begin` to `end`.
std::vector<Want> wantAll(int begin, int end, int n);
/// Wants from counts by position (index 0 is `first`), without the zeros.
std::vector<Want> wantsOf(int first, const std::vector<int>& counts);

} // namespace crux::critical
