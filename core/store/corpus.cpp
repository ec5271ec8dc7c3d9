#include "core/store/corpus.h"

#include "core/base/text_util.h"
#include "core/store/filter.h"
#include "core/store/filter_sql.h"
#include "core/store/sql.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>

namespace crux::store {

namespace {

constexpr int kPollEvery = 256; ///< tokens between two looks at the cancel flag

Failure cancelled() {
    return fail(ErrorCode::Cancelled, "counting the corpus was cancelled");
}

std::size_t scoreBar(double s) {
    const auto above = std::upper_bound(kScoreEdges.begin() + 1, kScoreEdges.end() - 1, s);
    return static_cast<std::size_t>(above - kScoreEdges.begin()) - 1;
}

/// Counts by (tokenizer, id) while the scan runs; strings are looked up once at the end.
class Counter {
public:
    explicit Counter(CorpusSummary& summary)
        : m_summary(summary) {}

    void add(const FoundToken& token) {
        ++m_summary.counted;
        const bool fresh = token.trajectory != m_last;
        m_last = token.trajectory;
        m_summary.holders += fresh ? 1 : 0;
        Entry& entry = m_entries[keyOf(token)];
        ++entry.count;
        if (entry.last != token.trajectory.value) {
            ++entry.trajectories;
            entry.last = token.trajectory.value;
        }
        const auto bar = static_cast<std::size_t>(std::clamp(token.relative, 0.0, 99.999) *
                                                  kRelativeBars / 100.0);
        ++m_summary.relative[bar];
        if (token.step > 0)
            ++m_summary
                  .steps[std::min<std::size_t>(static_cast<std::size_t>(token.step), kStepBars) -
                         1];
        if (std::isnan(token.s))
            return;
        ++m_summary.scores[scoreBar(token.s)];
        entry.sumS += token.s;
        ++entry.scored;
    }

    Status finish(const Project& project, std::size_t most) {
        std::vector<std::string> hashes(m_hashes.size());
        for (const auto& [hash, number] : m_hashes)
            hashes[number] = hash;
        std::vector<VocabularyRecord> words(hashes.size());
        for (std::size_t i = 0; i < hashes.size(); ++i)
            if (auto known = vocabulary(project, hashes[i]); known.ok())
                words[i] = std::move(known).value();
        std::unordered_map<std::string, CorpusToken> byText;
        for (const auto& [key, entry] : m_entries) {
            const auto id = static_cast<std::int32_t>(key & 0xFFFFFFFFU);
            const auto& pieces = words[static_cast<std::size_t>(key >> 32)].pieces;
            const bool known = id >= 0 && id < std::ssize(pieces);
            const std::string text =
                known ? pieces[static_cast<std::size_t>(id)] : cat("<", id, ">");
            CorpusToken& token = byText[text];
            token.text = text;
            token.count += entry.count;
            token.trajectories += entry.trajectories;
            token.scored += entry.scored;
            token.meanS += entry.sumS;
        }
        m_summary.strings = std::ssize(byText);
        for (auto& [text, token] : byText)
            m_summary.tokens.push_back(std::move(token));
        std::sort(m_summary.tokens.begin(), m_summary.tokens.end(),
                  [](const CorpusToken& a, const CorpusToken& b) {
                      return std::tuple(-a.count, a.text) < std::tuple(-b.count, b.text);
                  });
        m_summary.tokens.resize(std::min(m_summary.tokens.size(), most));
        for (CorpusToken& token : m_summary.tokens)
            token.meanS =
                token.scored > 0 ? token.meanS / static_cast<double>(token.scored) : std::nan("");
        return {};
    }

private:
    struct Entry {
        std::int64_t count = 0, trajectories = 0, last = 0, scored = 0;
        double sumS = 0;
    };

    std::uint64_t keyOf(const FoundToken& token) {
        auto found = m_hashes.find(token.tokenizerHash);
        if (found == m_hashes.end())
            found = m_hashes.emplace(std::string(token.tokenizerHash), m_hashes.size()).first;
        return static_cast<std::uint64_t>(found->second) << 32 |
               static_cast<std::uint32_t>(token.tokenId);
    }

    CorpusSummary& m_summary;
    TrajectoryId m_last;
    std::map<std::string, std::size_t, std::less<>> m_hashes;
    std::unordered_map<std::uint64_t, Entry> m_entries;
};

bool hasRow(const Project& project, std::string_view sql) {
    return Query(project, sql).step();
}

std::int64_t countSelected(const Project& project, const SqlSelection& where) {
    if (where.sql.empty()) { // kept by triggers
        Query all(project, "SELECT COALESCE(SUM(trajectories), 0) FROM dataset");
        return all.step() ? all.integer(0) : 0;
    }
    Query query(project, cat("SELECT count(*) FROM (", where.sql, ")"));
    bindValues(query, where.values);
    return query.step() ? query.integer(0) : 0;
}

} // namespace

Result<CorpusSummary> corpusSummary(const Project& project, const CorpusQuery& wanted,
                                    const CancelToken& cancel) {
    CRUX_TRY(where, filterSelection(project, wanted.filter, wanted.scoreSet));
    double threshold = 0;
    if (wanted.scoreSet) {
        CRUX_TRY(stored, candidateThreshold(project, wanted.scoreSet));
        threshold = stored;
    }
    return guarded(project, [&]() -> Result<CorpusSummary> {
        CorpusSummary summary;
        summary.hasScores = hasRow(project, "SELECT 1 FROM score_summary LIMIT 1");
        summary.hasSearches =
            hasRow(project, "SELECT 1 FROM search_result INDEXED BY search_result_by_token WHERE"
                            " method <> 'rollouts' LIMIT 1");
        summary.trajectories = countSelected(project, where);
        Counter counter(summary);
        int visited = 0;
        bool stopped = false;
        const bool confirmed = wanted.tokens == CorpusTokens::Confirmed;
        // One token is one token, however many methods found it. They come by trajectory.
        TrajectoryId last;
        std::set<std::int32_t> places;
        const auto isNew = [&](const FoundToken& token) {
            if (token.trajectory != last)
                places.clear();
            last = token.trajectory;
            return places.insert(token.position).second;
        };
        const auto visit = [&](const FoundToken& token) {
            stopped = ++visited % kPollEvery == 0 && cancel.cancelled();
            if ((!confirmed || token.confirmed) && isNew(token))
                counter.add(token);
            return !stopped;
        };
        if (wanted.tokens == CorpusTokens::Candidates) {
            if (wanted.scoreSet)
                scanCandidates(project, {wanted.scoreSet, threshold}, where, visit);
        } else {
            scanCritical(project, {wanted.method, wanted.scoreSet}, where, visit);
        }
        if (stopped || cancel.cancelled())
            return cancelled();
        CRUX_TRY_VOID(counter.finish(project, wanted.most));
        return summary;
    });
}

std::string corpusTerm(CorpusTokens of, CorpusBar what, std::size_t bar, const std::string& token) {
    const std::string group = of == CorpusTokens::Candidates ? "cand." : "crit.";
    const auto between = [&](const char* field, double from, std::optional<double> to,
                             const char* last = "<") {
        std::string term = cat(group, field, ">=", dumpJson(jsonNumber(from)));
        if (to)
            term += cat(" and ", group, field, last, dumpJson(jsonNumber(*to)));
        return term;
    };
    std::string term;
    switch (what) {
    case CorpusBar::Token:
        term = cat(group, "token=", quotedForFilter(token));
        break;
    case CorpusBar::Relative: {
        constexpr double kWidth = 100.0 / kRelativeBars;
        const double from = kWidth * static_cast<double>(bar);
        term = between("rel", from, from + kWidth);
        break;
    }
    case CorpusBar::Step:
        term = bar + 1 < kStepBars ? cat(group, "step=", bar + 1) : cat(group, "step>=", bar + 1);
        break;
    case CorpusBar::Score: {
        const bool last = bar + 2 >= kScoreEdges.size();
        term = between("s", kScoreEdges[bar], kScoreEdges[bar + 1], last ? "<=" : "<");
        break;
    }
    }
    return of == CorpusTokens::Confirmed ? term + " and crit.confirmed=yes" : term;
}

namespace {

Result<std::vector<std::string>> tokenValues(const Project& project, bool candidates,
                                             ScoreSetId set, std::size_t limit) {
    CorpusQuery query;
    query.scoreSet = set;
    query.tokens = candidates ? CorpusTokens::Candidates : CorpusTokens::Critical;
    query.most = limit;
    CRUX_TRY(summary, corpusSummary(project, query, {}));
    std::vector<std::string> values;
    for (const CorpusToken& token : summary.tokens)
        values.push_back(token.text);
    return values;
}

} // namespace

Result<std::vector<std::string>> filterValues(const Project& project, const std::string& field,
                                              ScoreSetId set, std::size_t limit) {
    if (field == "cand.token" || field == "crit.token")
        return tokenValues(project, field == "cand.token", set, limit);
    constexpr std::pair<std::string_view, std::string_view> kSources[] = {
        {"dataset", "SELECT name FROM dataset ORDER BY trajectories DESC, name LIMIT ?"},
        {"model", "SELECT source_model FROM trajectory WHERE root_id IS NULL AND deleted = 0 AND"
                  " source_model <> '' GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?"},
        {"sampled_by", "SELECT name FROM (SELECT name FROM adapter UNION SELECT name FROM model)"
                       " ORDER BY 1 LIMIT ?"},
        {"label", "SELECT kind FROM label GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ?"},
        {"crit.method", "SELECT DISTINCT method FROM search_result INDEXED BY"
                        " search_result_by_token WHERE method <> 'rollouts' ORDER BY 1 LIMIT ?"},
    };
    return guarded(project, [&]() -> Result<std::vector<std::string>> {
        std::vector<std::string> values;
        for (const auto& [name, sql] : kSources) {
            if (name != field)
                continue;
            Query query(project, sql);
            query.bind(limit);
            while (query.step())
                values.push_back(query.text(0));
        }
        return values;
    });
}

} // namespace crux::store
