#include "core/interop/export_corpus.h"

#include "core/base/json.h"
#include "core/base/text_util.h"
#include "core/spec/intervals.h"
#include "core/store/corpus.h"
#include "core/store/filter.h"

#include <cmath>
#include <ostream>

namespace crux::interop {

namespace {

using store::CorpusTokens;
using store::Truth;

Json number(const std::optional<double>& value) {
    return value ? jsonNumber(*value) : Json();
}

Json countJson(const CountOf& count) {
    Json json{{"k", count.k}, {"n", count.n}, {"share", number(count.share())}};
    if (count.n > 0) {
        const Interval ends = wilson(static_cast<int>(count.k), static_cast<int>(count.n));
        json["interval"] = {jsonNumber(ends.low), jsonNumber(ends.high)};
    }
    return json;
}

Json meanJson(const MeanOf& mean) {
    if (mean.count == 0)
        return {};
    return {{"trajectories", mean.count},
            {"mean", jsonNumber(mean.mean)},
            {"interval", {jsonNumber(mean.low), jsonNumber(mean.high)}}};
}

std::string_view nameOf(CorpusTokens tokens) {
    return tokens == CorpusTokens::Candidates ? "candidates"
           : tokens == CorpusTokens::Critical ? "critical"
                                              : "confirmed";
}

std::string_view nameOf(Truth truth) {
    return truth == Truth::Rollouts    ? "rollouts"
           : truth == Truth::Confirmed ? "confirmed"
                                       : "slips";
}

class CorpusLines {
public:
    CorpusLines(std::ostream& out, CorpusTokens of)
        : m_out(out)
        , m_of(of) {}

    void write(Json line, const std::string& filter = {}) {
        line["of"] = nameOf(m_of);
        if (!filter.empty())
            line["filter"] = filter;
        m_out << dumpJson(line) << '\n';
        ++m_written;
    }
    std::int64_t written() const { return m_written; }

private:
    std::ostream& m_out;
    CorpusTokens m_of;
    std::int64_t m_written = 0;
};

void writeSummary(const store::CorpusSummary& s, CorpusTokens of, CorpusLines& lines) {
    lines.write({{"what", "summary"},
                 {"trajectories", s.trajectories},
                 {"with_tokens", s.holders},
                 {"tokens", s.counted},
                 {"strings", s.strings}});
    for (const store::CorpusToken& token : s.tokens)
        lines.write({{"what", "token"},
                     {"token", withReplacedUtf8(token.text)},
                     {"count", token.count},
                     {"trajectories", token.trajectories},
                     {"mean_s", jsonNumber(token.meanS)}},
                    store::corpusTerm(of, store::CorpusBar::Token, 0, token.text));
    const auto bars = [&](const char* what, store::CorpusBar bar, const auto& counts,
                          const auto& edges) {
        for (std::size_t i = 0; i < counts.size(); ++i) {
            const auto [from, to] = edges(i);
            lines.write({{"what", what}, {"from", from}, {"to", to}, {"count", counts[i]}},
                        store::corpusTerm(of, bar, i));
        }
    };
    constexpr double kWidth = 100.0 / store::kRelativeBars;
    bars("position", store::CorpusBar::Relative, s.relative, [&](std::size_t i) {
        return std::pair(Json(kWidth * static_cast<double>(i)),
                         Json(kWidth * static_cast<double>(i + 1)));
    });
    bars("step", store::CorpusBar::Step, s.steps, [](std::size_t i) {
        return std::pair(Json(i + 1), i + 1 < store::kStepBars ? Json(i + 2) : Json());
    });
    bars("score", store::CorpusBar::Score, s.scores, [](std::size_t i) {
        return std::pair(Json(store::kScoreEdges[i]), Json(store::kScoreEdges[i + 1]));
    });
}

Json rowJson(const store::AgreementRow& row, Truth truth) {
    const TrajectoryAgreement& n = row.numbers;
    return {{"against", nameOf(truth)},
            {"trajectory_id", row.trajectory.value},
            {"candidates", row.candidates},
            {"critical", row.critical},
            {"candidates_hit", n.candidatesHit},
            {"candidates_near", n.candidatesNear},
            {"critical_hit", n.criticalHit},
            {"critical_near", n.criticalNear},
            {"rank", number(n.rank)},
            {"scored", n.scored},
            {"rho_share", number(n.rhoShare)},
            {"shares", n.shares},
            {"rho_drop", number(n.rhoDrop)},
            {"drops", n.drops}};
}

} // namespace

Json agreementJson(const AgreementTotals& t, int window) {
    return {{"trajectories", t.trajectories},
            {"with_critical", t.withCritical},
            {"window", window},
            {"precision", countJson(t.precision)},
            {"precision_near", countJson(t.precisionNear)},
            {"recall", countJson(t.recall)},
            {"recall_near", countJson(t.recallNear)},
            {"ranked_first", countJson(t.first)},
            {"ranked_top_5", countJson(t.top5)},
            {"ranked_top_10", countJson(t.top10)},
            {"median_rank", number(t.medianRank)},
            {"mean_reciprocal_rank", number(t.meanReciprocalRank)},
            {"rho_share", meanJson(t.rhoShare)},
            {"rho_drop", meanJson(t.rhoDrop)}};
}

Result<std::int64_t> writeCorpus(const store::Project& project, const ExportOptions& options,
                                 std::ostream& out, const CancelToken& cancel) {
    std::int64_t written = 0;
    for (const CorpusTokens of :
         {CorpusTokens::Candidates, CorpusTokens::Critical, CorpusTokens::Confirmed}) {
        store::CorpusQuery query;
        query.filter = options.where;
        query.scoreSet = options.scoreSet;
        query.tokens = of;
        query.method = options.method;
        query.most = 1000;
        CRUX_TRY(summary, store::corpusSummary(project, query, cancel));
        const bool has = of == CorpusTokens::Candidates ? summary.hasScores : summary.hasSearches;
        if (!has)
            continue;
        CorpusLines lines(out, of);
        writeSummary(summary, of, lines);
        written += lines.written();
    }
    return written;
}

Result<std::int64_t> writeAgreement(const store::Project& project, const ExportOptions& options,
                                    std::ostream& out, const CancelToken& cancel) {
    std::int64_t written = 0;
    for (const Truth truth : {Truth::Rollouts, Truth::Confirmed, Truth::Slips}) {
        store::AgreementQuery query;
        query.filter = options.where;
        query.scoreSet = options.scoreSet;
        query.truth = truth;
        query.window = options.window;
        if (!options.method.empty())
            query.method = options.method;
        CRUX_TRY(report, store::agreementReport(project, query, cancel));
        if (report.rows.empty())
            continue;
        if (truth != Truth::Confirmed) // its rows are those of the rollouts
            for (const store::AgreementRow& row : report.rows) {
                out << dumpJson(rowJson(row, truth)) << '\n';
                ++written;
            }
        out << dumpJson({{"against", nameOf(truth)},
                         {"totals", agreementJson(report.totals, options.window)}})
            << '\n';
        ++written;
    }
    return written;
}

} // namespace crux::interop
