// Candidates and critical tokens of many trajectories, one after another: what the filter's cand.*
// and crit.* fields and the corpus view are made of. Internal to the room; functions throw
// SQLite::Exception, use inside guarded().
#pragma once

#include "core/store/filter_tree.h"
#include "core/store/repositories.h"

#include <cmath>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace crux::store {

class Query;

/// A list of ids is for crux_among(?, id): ascending.
using SqlValue = std::variant<double, std::int64_t, std::string, std::vector<std::int64_t>>;
/// To the next free parameters.
void bindValues(Query& query, const std::vector<SqlValue>& values);

/// One candidate (by s_t) or one critical token (by rollouts), with what is asked of it. The texts
/// are valid during the visit.
struct FoundToken {
    TrajectoryId trajectory;
    std::int32_t position = -1; ///< absolute
    std::int32_t tokenId = -1;
    std::string_view tokenizerHash;
    std::int32_t responsePosition = 0; ///< from 1
    double relative = 0;               ///< 0 .. 100, of the response's tokens
    std::int32_t step = 0;             ///< from 1; 0 unknown
    double s = std::nan("");
    // critical tokens only; NaN where nothing was drawn
    std::string_view method;
    bool confirmed = false;
    double before = std::nan(""), at = std::nan(""), with = std::nan(""), without = std::nan("");
};
/// False ends the scan.
using TokenVisitor = std::function<bool(const FoundToken&)>;

/// "SELECT id .." with its values, to restrict a scan; empty sql: no restriction.
struct SqlSelection {
    std::string sql;
    std::vector<SqlValue> values;
};

/// What of a token is read beyond its trajectory, position, id and score.
struct TokenNeeds {
    bool place = true; ///< response position, relative, tokenizer; and leaves out branches, deleted
    bool step = true;
};

struct CandidateScan {
    ScoreSetId scoreSet;
    double threshold = 0;
    bool wrongOnly = true; ///< else whoever asks looks at the verdict; wrong ones alone have any
    TokenNeeds needs = {};
};
/// Candidates of wrong trajectories (UX.md 3.2): below the threshold, at least the lowest; of more
/// than the 32 lowest only those. By trajectory.
void scanCandidates(const Project& project, const CandidateScan& what, const SqlSelection& where,
                    const TokenVisitor& visit);

struct CriticalScan {
    std::string method;                      ///< empty: of all methods
    ScoreSetId scoreSet;                     ///< for `s`; none: NaN
    std::vector<std::int32_t> tokenIds = {}; ///< not empty: only these, by the index
    TokenNeeds needs = {};
};
/// Tokens that searches found to lower the chance of ending right, by trajectory; each place once a
/// method (the newest search counts).
void scanCritical(const Project& project, const CriticalScan& what, const SqlSelection& where,
                  const TokenVisitor& visit);

/// Token ids a text matches, by tokenizer: equal pieces, or (Contains) those that hold it without
/// regard to ASCII case. Ids ascend.
using TokenIds = std::map<std::string, std::vector<std::int32_t>, std::less<>>;
Result<TokenIds> tokenIdsOf(const Project& project, FilterOp op, const std::string& text);

/// Whether comparisons over the fields of one group hold for one token.
class TokenTest {
public:
    static Result<TokenTest> make(const Project& project,
                                  std::vector<FilterComparison> comparisons);
    bool holds(const FoundToken& token) const;
    bool uses(FilterField field) const;
    /// Ids of a `token=` or `token~` term over all tokenizers; empty when there is none.
    std::vector<std::int32_t> onlyIds() const;
    bool matchesNothing() const; ///< a token text that no vocabulary knows
    TokenNeeds needs() const;
    /// For .hit: the places of the other group, in any order.
    void setPartners(std::vector<std::pair<TrajectoryId, std::int32_t>> partners);

private:
    bool isHit(const FoundToken& token) const;
    bool isToken(const TokenIds& ids, const FoundToken& token) const;

    std::vector<FilterComparison> m_comparisons;
    std::vector<TokenIds> m_ids; ///< parallel; filled for token terms
    std::vector<std::pair<TrajectoryId, std::int32_t>> m_partners; ///< ascending
};

} // namespace crux::store
