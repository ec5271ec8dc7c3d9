// The corpus view (UX.md 3.1): which tokens are critical, where in the response, in which step, at
// which score, over all trajectories that a filter selects; and how well candidates by s_t agree
// with rollouts or planted slips. Read from stored summaries, in memory bounded by the vocabulary.
#pragma once

#include "core/base/cancel.h"
#include "core/spec/agreement.h"
#include "core/store/repositories.h"

#include <array>
#include <string>
#include <vector>

namespace crux::store {

/// What is counted.
enum class CorpusTokens {
    Candidates, ///< by s_t: wrong trajectories with scores in the set
    Critical,   ///< found by rollouts
    Confirmed   ///< found and confirmed by fresh rollouts
};

struct CorpusQuery {
    std::string filter;
    ScoreSetId scoreSet; ///< none: no candidates, no s_t
    CorpusTokens tokens = CorpusTokens::Candidates;
    std::string method;     ///< of searches; empty: all
    std::size_t most = 100; ///< token strings kept, most frequent first
};

/// One token string over all tokenizers.
struct CorpusToken {
    std::string text; ///< raw bytes of the piece; "" where no vocabulary is stored
    std::int64_t count = 0, trajectories = 0;
    double meanS = 0;        ///< NaN without scores
    std::int64_t scored = 0; ///< how many meanS is over
};

/// Bounds of bar i are [edges[i], edges[i+1]); the last bar of s_t holds its upper edge too.
inline constexpr std::array<double, 10> kScoreEdges{0,    1e-4, 3e-4, 1e-3, 3e-3,
                                                    1e-2, 3e-2, 1e-1, 3e-1, 1.0};
inline constexpr std::size_t kRelativeBars = 20; ///< of 5 % each
inline constexpr std::size_t kStepBars = 12;     ///< steps 1 .. 11, then 12 and later

struct CorpusSummary {
    std::int64_t trajectories = 0; ///< that the filter selects
    std::int64_t counted = 0;      ///< tokens counted
    std::int64_t holders = 0;      ///< trajectories with at least one of them
    std::int64_t strings = 0;      ///< different token strings, also those beyond `most`
    std::vector<CorpusToken> tokens;
    std::array<std::int64_t, kRelativeBars> relative{};
    std::array<std::int64_t, kScoreEdges.size() - 1> scores{};
    std::array<std::int64_t, kStepBars> steps{};
    bool hasScores = false, hasSearches = false; ///< of the project: what an empty view lacks
};

/// Cancelled: ErrorCode::Cancelled.
Result<CorpusSummary> corpusSummary(const Project&, const CorpusQuery&, const CancelToken&);

enum class CorpusBar { Token, Relative, Step, Score };
/// The filter term that selects the trajectories behind a bar: `cand.rel>=25 and cand.rel<30`.
/// `bar` counts from 0; `token` is the text of a token's bar.
std::string corpusTerm(CorpusTokens of, CorpusBar what, std::size_t bar,
                       const std::string& token = {});

/// What candidates are held against.
enum class Truth {
    Rollouts,  ///< critical tokens that searches found
    Confirmed, ///< those confirmed by fresh rollouts
    Slips      ///< planted slips
};

struct AgreementQuery {
    std::string filter;
    ScoreSetId scoreSet;
    Truth truth = Truth::Rollouts;
    std::string method = "critical"; ///< of searches; Slips: none is needed
    int window = 2;                  ///< "near" is so many tokens away or less
};

struct AgreementRow {
    TrajectoryId trajectory;
    std::vector<std::int32_t> candidates, critical; ///< positions
    TrajectoryAgreement numbers;
};

struct AgreementReport {
    std::vector<AgreementRow> rows; ///< wrong trajectories with scores and a verdict of the search
    AgreementTotals totals;
};
/// Trajectories of the filter that have what is compared; others are left out.
Result<AgreementReport> agreementReport(const Project&, const AgreementQuery&, const CancelToken&);
/// One trajectory's row; none when it lacks scores or a verdict.
Result<std::optional<AgreementRow>> trajectoryAgreement(const Project&, TrajectoryId,
                                                        const AgreementQuery&);

/// Candidates by the rule of UX.md 3.2: below `threshold`, at least the lowest; none unless wrong.
std::vector<std::int32_t> candidatePositions(std::span<const float> s, std::int32_t promptTokens,
                                             Verdict verdict, double threshold);

/// Values in use, for the choices of the corpus view and for completion: at most `limit`, the most
/// frequent ones first. `field`: dataset | model | label | answer | crit.token | cand.token |
/// crit.method | source.
Result<std::vector<std::string>> filterValues(const Project&, const std::string& field, ScoreSetId,
                                              std::size_t limit);

} // namespace crux::store
