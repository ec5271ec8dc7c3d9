#include "core/jobs/search_report.h"

#include "core/base/text_util.h"
#include "core/spec/intervals.h"
#include "core/spec/pass_at_k.h"
#include "core/store/corpus.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <map>
#include <set>
#include <sstream>

namespace crux::jobs {

namespace {

constexpr const char* kObject = "trajectory ";

Json ends(const Interval& interval) {
    return Json{jsonNumber(interval.low), jsonNumber(interval.high)};
}

Json countJson(const store::ShareCount& count) {
    return {{"right", count.right}, {"total", count.total}};
}

/// k = 1 .. most, or as far as there are samples.
Json passJson(const store::ShareCount& count, int most) {
    Json values = Json::array();
    for (int k = 1; k <= std::min(count.total, most); ++k)
        values.push_back(jsonNumber(*passAtK(count.right, count.total, k)));
    return values;
}

/// One trajectory with the facts its findings are told by.
struct Told {
    store::TrajectoryRecord row;
    std::vector<std::string> pieces; ///< raw bytes by id; empty without a vocabulary
    int candidate = -1;              ///< position of the lowest s_t
    std::vector<float> s;            ///< empty without scores
};

/// By the vocabulary, else the trajectory's own text there: imported rows have no vocabulary.
Json pieceJson(const Told& told, const store::SearchFindingRecord& finding) {
    const auto id = static_cast<std::size_t>(finding.tokenId);
    if (finding.tokenId >= 0 && id < told.pieces.size())
        return withReplacedUtf8(told.pieces[id]);
    const auto at = 2 * static_cast<std::size_t>(finding.position);
    const std::vector<std::int32_t>& offsets = told.row.offsets;
    if (offsets.size() != 2 * told.row.ids.size() || at + 1 >= offsets.size())
        return {};
    const std::string text = told.row.prompt + told.row.response;
    const auto begin = static_cast<std::size_t>(offsets[at]),
               end = static_cast<std::size_t>(offsets[at + 1]);
    return begin < end && end <= text.size()
               ? Json(withReplacedUtf8(text.substr(begin, end - begin)))
               : Json();
}

Json findingJson(const Told& told, const store::SearchFindingRecord& finding) {
    Json line{{"position", finding.position},
              {"response_position", finding.position - told.row.promptTokens},
              {"token", pieceJson(told, finding)},
              {"token_id", finding.tokenId},
              {"sign", finding.sign},
              {"right", finding.at.right},
              {"total", finding.at.total},
              {"interval", ends(wilson(finding.at.right, finding.at.total))}};
    if (finding.before.total > 0)
        line["before"] = countJson(finding.before);
    if (finding.confirmation.total > 0) {
        line["confirmation"] = countJson(finding.confirmation);
        line["confirmation"]["clopper_pearson"] =
            ends(clopperPearson(finding.confirmation.right, finding.confirmation.total));
    }
    if (finding.confirmed)
        line["confirmed"] = *finding.confirmed;
    if (finding.without.total > 0)
        line["pass_at_k"] = {{"with", passJson(finding.with, finding.without.total)},
                             {"without", passJson(finding.without, finding.without.total)}};
    line.update(finding.detail);
    const auto at = static_cast<std::size_t>(finding.position);
    if (at < told.s.size())
        line["s"] = jsonNumber(static_cast<double>(told.s[at]));
    return line;
}

/// The lowest score of the newest set that covers the trajectory.
Status addScores(const store::Project& project, Told& told) {
    CRUX_TRY(sets, store::scoreSets(project));
    for (auto set = sets.rbegin(); set != sets.rend(); ++set) {
        CRUX_TRY(scores, store::scores(project, told.row.id, set->id));
        if (!scores)
            continue;
        told.s = std::move(scores->s);
        for (auto i = static_cast<std::size_t>(told.row.promptTokens); i < told.s.size(); ++i)
            if (!std::isnan(told.s[i]) &&
                (told.candidate < 0 ||
                 told.s[i] < told.s[static_cast<std::size_t>(told.candidate)]))
                told.candidate = static_cast<int>(i);
        return {};
    }
    return {};
}

Result<Told> tell(const store::Project& project, TrajectoryId id,
                  std::map<std::string, std::vector<std::string>>& vocabularies) {
    Told told;
    CRUX_TRY(row, store::trajectory(project, id));
    told.row = std::move(row);
    auto& pieces = vocabularies[told.row.tokenizerHash];
    if (pieces.empty())
        if (auto known = store::vocabulary(project, told.row.tokenizerHash); known.ok())
            pieces = std::move(known->pieces);
    told.pieces = pieces;
    CRUX_TRY_VOID(addScores(project, told));
    return told;
}

Result<Json> trajectoryLine(const store::Project& project, const Told& told,
                            std::span<const store::SearchFindingRecord> findings) {
    CRUX_TRY(question, store::question(project, told.row.questionId));
    Json line{{"trajectory", told.row.id.value},
              {"question", question.externalId},
              {"verdict", verdictName(told.row.verdict)},
              {"method", findings[0].method},
              {"position", nullptr},
              {"response_position", nullptr},
              {"token", nullptr},
              {"found", Json::array()}};
    for (const store::SearchFindingRecord& finding : findings) {
        if (finding.position < 0) {
            line.update(finding.detail);
            continue;
        }
        line["found"].push_back(findingJson(told, finding));
    }
    if (!line["found"].empty())
        for (const char* key : {"position", "response_position", "token"})
            line[key] = line["found"][0][key];
    if (told.candidate >= 0)
        line["candidate"] = {{"position", told.candidate},
                             {"response_position", told.candidate - told.row.promptTokens},
                             {"s", jsonNumber(static_cast<double>(
                                       told.s[static_cast<std::size_t>(told.candidate)]))},
                             {"agrees", line["position"] == told.candidate}};
    if (told.row.slip >= 0)
        line["slip"] = told.row.slip;
    return line;
}

Status addSkipped(const store::Project& project, JobId job, std::vector<Json>& lines) {
    CRUX_TRY(events, store::events(project, job, 0, 1 << 20));
    for (const store::JobEventRecord& event : events)
        if (event.level == "warning" && event.object.rfind(kObject, 0) == 0)
            lines.push_back({{"trajectory",
                              std::atoll(event.object.c_str() + std::string_view(kObject).size())},
                             {"error", event.message}});
    return {};
}

/// The band comes from resampled questions: of one there is none.
Json curveJson(const std::vector<PassAtK>& curve, std::size_t questions) {
    Json rows = Json::array();
    for (const PassAtK& at : curve)
        rows.push_back({at.k, jsonNumber(at.mean), questions > 1 ? jsonNumber(at.low) : Json(),
                        questions > 1 ? jsonNumber(at.high) : Json()});
    return rows;
}

} // namespace

Result<std::vector<Json>> searchLines(const store::Project& project, JobId job) {
    CRUX_TRY(findings, store::findingsOfJob(project, job));
    std::vector<Json> lines;
    std::map<std::string, std::vector<std::string>> vocabularies;
    for (std::size_t begin = 0, end = 0; begin < findings.size(); begin = end) {
        while (end < findings.size() && findings[end].trajectoryId == findings[begin].trajectoryId)
            ++end;
        CRUX_TRY(told, tell(project, findings[begin].trajectoryId, vocabularies));
        CRUX_TRY(line,
                 trajectoryLine(project, told, std::span(findings).subspan(begin, end - begin)));
        lines.push_back(std::move(line));
    }
    CRUX_TRY_VOID(addSkipped(project, job, lines));
    return lines;
}

Result<Json> passAtKLine(const store::Project& project, JobId job) {
    CRUX_TRY(findings, store::findingsOfJob(project, job));
    std::vector<SampleCount> with, without;
    std::set<std::int64_t> questions;
    int most = 0; // as many as replacements were drawn: more samples with the token say no more
    for (const store::SearchFindingRecord& finding : findings)
        if (finding.without.total > 0) {
            with.push_back({finding.questionId.value, finding.with.right, finding.with.total});
            without.push_back(
                {finding.questionId.value, finding.without.right, finding.without.total});
            most = std::max(most, finding.without.total);
            questions.insert(finding.questionId.value);
        }
    if (with.empty())
        return Json();
    std::vector<PassAtK> kept = passAtKCurve(with);
    kept.resize(std::min(kept.size(), static_cast<std::size_t>(most)));
    return Json{{"pass_at_k",
                 {{"trajectories", with.size()},
                  {"questions", questions.size()},
                  {"with", curveJson(kept, questions.size())},
                  {"without", curveJson(passAtKCurve(without), questions.size())}}}};
}

namespace {

std::string shareText(const CountOf& count) {
    const auto share = count.share();
    return share ? cat(count.k, "/", count.n, " (", std::lround(100 * *share), " %)")
                 : std::string("none");
}

std::string meanText(const MeanOf& mean) {
    std::ostringstream text;
    text << std::showpos << std::fixed << std::setprecision(2) << mean.mean;
    return text.str();
}

} // namespace

Result<std::string> agreementSentence(const store::Project& project, JobId job) {
    CRUX_TRY(findings, store::findingsOfJob(project, job));
    CRUX_TRY(sets, store::scoreSets(project));
    if (findings.empty() || sets.empty())
        return std::string();
    store::AgreementQuery query;
    query.method = findings.front().method;
    query.scoreSet = sets.back().id;
    AgreementSum sum;
    TrajectoryId last;
    for (const store::SearchFindingRecord& finding : findings) {
        if (finding.trajectoryId == last)
            continue;
        last = finding.trajectoryId;
        CRUX_TRY(row, store::trajectoryAgreement(project, last, query));
        if (row)
            sum.add(row->numbers);
    }
    const AgreementTotals totals = sum.totals();
    if (totals.trajectories == 0)
        return std::string();
    std::string text =
        cat("Candidates by s_t against these rollouts, ", totals.trajectories,
            " trajectories: precision ", shareText(totals.precision), ", within ", query.window,
            " tokens ", shareText(totals.precisionNear), "; recall ", shareText(totals.recall),
            ", within ", query.window, " tokens ", shareText(totals.recallNear));
    if (totals.medianRank)
        text += cat("; median rank of the critical token by s_t ", *totals.medianRank);
    if (totals.rhoShare.count > 0)
        text += cat("; Spearman of s_t with the share right ", meanText(totals.rhoShare));
    if (totals.rhoDrop.count > 0)
        text += cat(", with its drop ", meanText(totals.rhoDrop));
    return text + ".";
}

} // namespace crux::jobs
