#include "core/jobs/trajectory_search.h"

#include "core/base/clock.h"
#include "core/engine/critical/cliff.h"
#include "core/spec/intervals.h"
#include "core/store/repositories.h"
#include "core/store/rollout_sets.h"

#include <algorithm>
#include <map>

namespace crux::jobs {

namespace {

constexpr int kEntropyTokens = 20; // the source's top-20 log-probabilities

store::ShareCount countOf(const critical::Tally& tally) {
    return {tally.right, tally.known};
}

} // namespace

TrajectorySearch::TrajectorySearch(const SearchOptions& options, const SearchRows& rows,
                                   SearchTarget target)
    : m_options(options)
    , m_rows(rows)
    , m_target(std::move(target))
    , m_table(m_target.first(), m_target.last(), options.streams()) {
    if (m_target.closed())
        m_table.close(m_target.last(), m_target.closedGrade().verdict == Verdict::Right);
}

Result<std::unique_ptr<TrajectorySearch>>
TrajectorySearch::open(const store::Project& project, const engine::ModelRef& model,
                       const SearchOptions& options, const SearchRows& rows, SearchTarget target,
                       const CancelToken& cancel, const engine::Breath& breathe) {
    std::unique_ptr<TrajectorySearch> search(
        new TrajectorySearch(options, rows, std::move(target)));
    CRUX_TRY_VOID(search->follow(model, cancel, breathe));
    CRUX_TRY_VOID(store::linkPrefixes(project, search->m_target.id()));
    CRUX_TRY_VOID(search->readStored(project, {}));
    return search;
}

Status TrajectorySearch::follow(const engine::ModelRef& model, const CancelToken& cancel,
                                const engine::Breath& breathe) {
    engine::FollowRequest request;
    request.model = model;
    request.breathe = breathe;
    request.sampling = m_options.sampling;
    request.first = static_cast<std::size_t>(m_target.first()) + 1;
    request.kvBytes = m_options.kvBytes;
    if (m_options.economical)
        for (int stream = 0; stream < m_options.streams(); ++stream)
            request.streamPaths.push_back(m_target.streamPath(stream));
    const auto ids = std::span(m_target.ids()).first(static_cast<std::size_t>(m_target.last()) + 1);
    CRUX_TRY(along, engine::drawAlong(request, ids, cancel));
    if (m_options.economical)
        m_departures.emplace(ids, m_target.first(), m_target.last(), along.drawn,
                             m_options.streams());
    std::vector<float> logp(request.first, 0.0f);
    logp.insert(logp.end(), along.logp.begin(), along.logp.end());
    m_detector = m_options.detector(std::move(logp));
    return {};
}

Status TrajectorySearch::readStored(const store::Project& project, const std::string& variant) {
    CRUX_TRY(stored, store::rolloutsOf(project, m_target.id(), m_rows.rolloutSet, variant));
    for (const store::RolloutRecord& rollout : stored)
        if (variant.empty() || rollout.position == subject()->position - 1)
            take(rollout);
    return {};
}

void TrajectorySearch::take(const store::RolloutRecord& record) {
    m_underWay.erase({record.index, record.position, !record.variant.empty()});
    if (!record.variant.empty()) {
        if (record.index >= 0 && record.index < std::ssize(m_replacements))
            m_replacements[static_cast<std::size_t>(record.index)] = record;
        return;
    }
    const int along =
        m_options.economical ? static_cast<int>(store::followedTokens(record, m_target.ids())) : 0;
    m_table.record(record.index, record.position, record.position + along,
                   record.verdict == Verdict::Right);
}

/// The finding that is confirmed and banned: the first one that lowers the chance.
const critical::Finding* TrajectorySearch::subject() const {
    for (const critical::Finding& finding : m_decision->found)
        if (finding.sign < 0)
            return &finding;
    return nullptr;
}

std::int32_t TrajectorySearch::bannedToken() const {
    return m_target.ids()[static_cast<std::size_t>(subject()->position)];
}

void TrajectorySearch::plan(std::span<const critical::Draw> draws) {
    for (const critical::Draw& draw : draws)
        if (m_underWay.insert({draw.stream, draw.start, false}).second)
            m_planned.push_back({&m_target, draw, -1});
}

void TrajectorySearch::planReplacements() {
    const int start = subject()->position - 1;
    for (int index = 0; index < std::ssize(m_replacements); ++index)
        if (!m_replacements[static_cast<std::size_t>(index)] &&
            m_underWay.insert({index, start, true}).second)
            m_planned.push_back({&m_target, {index, start, start + 1, -1}, bannedToken()});
}

Status TrajectorySearch::decide(const store::Project& project) {
    m_decision = m_detector->decide(m_table);
    if (!m_options.without || subject() == nullptr)
        return {};
    m_replacements.resize(static_cast<std::size_t>(m_options.n));
    return readStored(project, m_options.variant(bannedToken()));
}

Result<std::vector<PlannedRollout>> TrajectorySearch::next(const store::Project& project,
                                                           std::size_t most) {
    // What was wanted once stays wanted, so that it is looked at anew only when all of it is given.
    if (m_planned.empty())
        CRUX_TRY_VOID(planMore(project));
    std::vector<PlannedRollout> given;
    while (given.size() < most && !m_planned.empty()) {
        given.push_back(m_planned.back());
        m_planned.pop_back();
    }
    return given;
}

Status TrajectorySearch::planMore(const store::Project& project) {
    if (!m_decision) {
        const auto wants = m_detector->wants(m_table);
        const auto missing = critical::missingDraws(m_table, wants, 0, departures());
        plan(missing);
        if (!missing.empty()) {
            std::reverse(m_planned.begin(), m_planned.end());
            return {};
        }
        CRUX_TRY_VOID(decide(project));
    }
    if (subject() == nullptr || m_options.fresh() == 0)
        return {};
    const critical::Want want{subject()->position, m_options.fresh()};
    plan(critical::missingDraws(m_table, {&want, 1}, m_options.n, departures()));
    if (m_options.without)
        planReplacements();
    std::reverse(m_planned.begin(), m_planned.end());
    return {};
}

store::SearchFindingRecord TrajectorySearch::record(const critical::Finding& finding) const {
    store::SearchFindingRecord record;
    record.position = finding.position;
    record.tokenId = m_target.ids()[static_cast<std::size_t>(finding.position)];
    record.sign = finding.sign;
    record.before = countOf(finding.before);
    record.at = countOf(finding.at);
    if (finding.fallback)
        record.detail["fallback"] = true;
    if (m_decision->assumedMonotone)
        record.detail["assumed_monotone"] = true;
    if (m_options.method == "cliff")
        record.detail.update({{"z", jsonNumber(finding.z)},
                              {"p_value", jsonNumber(finding.pValue)},
                              {"holm", jsonNumber(finding.holm)}});
    return record;
}

/// Confirmation and pass@k of the finding they were drawn for.
void TrajectorySearch::addSubjectFacts(store::SearchFindingRecord& record) const {
    const store::ShareCount fresh =
        countOf(m_table.tally(record.position, m_options.n, m_options.fresh()));
    if (m_options.looksForLoss() && m_options.confirm > 0) {
        record.confirmation =
            countOf(m_table.tally(record.position, m_options.n, m_options.confirm));
        record.confirmed =
            clopperPearson(record.confirmation.right, record.confirmation.total).high <
            m_options.lowShare;
    }
    if (!m_options.without)
        return;
    record.with = fresh;
    std::map<std::int32_t, std::pair<int, int>> byToken; // drawn, right
    for (const auto& rollout : m_replacements) {
        const bool right = rollout->verdict == Verdict::Right;
        ++record.without.total;
        record.without.right += right ? 1 : 0;
        auto& [drawn, ended] = byToken[rollout->ids.empty() ? -1 : rollout->ids[0]]; // -1: EOS
        ++drawn;
        ended += right ? 1 : 0;
    }
    Json replacements = Json::array();
    for (const auto& [token, counts] : byToken)
        replacements.push_back({token, counts.first, counts.second});
    record.detail["replacements"] = std::move(replacements);
}

/// Class of each cliff by rank and entropy of its token (one pass of the model).
Status TrajectorySearch::addCliffFacts(std::vector<store::SearchFindingRecord>& records,
                                       const engine::ModelRef& model) const {
    if (m_options.method != "cliff" || m_decision->found.empty())
        return {};
    engine::LogprobRequest request;
    request.model = model;
    request.topK = std::min(kEntropyTokens, model.model->info().vocabularySize);
    request.entropy = false;
    const engine::Ids ids = m_target.ids();
    CRUX_TRY(facts, engine::scoreTokens(request, {&ids, 1}));
    for (store::SearchFindingRecord& record : records) {
        const auto at = static_cast<std::size_t>(record.position);
        const int rank = facts[0].rank[at];
        const double entropy = critical::partialEntropy(
            &facts[0].topLogp[at * static_cast<std::size_t>(facts[0].k)], facts[0].k);
        record.detail.update({{"rank", rank},
                              {"entropy", jsonNumber(entropy)},
                              {"class", critical::cliffClass(rank, entropy)}});
    }
    return {};
}

std::vector<store::SearchFindingRecord> TrajectorySearch::findings() const {
    std::vector<store::SearchFindingRecord> records;
    for (const critical::Finding& finding : m_decision->found) {
        records.push_back(record(finding));
        if (&finding == subject())
            addSubjectFacts(records.back());
    }
    return records;
}

std::vector<store::RolloutEstimate> TrajectorySearch::estimates() const {
    std::vector<store::RolloutEstimate> list;
    for (const critical::PositionCount& count : critical::countsOf(
             m_table, m_detector->wants(m_table), m_options.n, m_options.tolerance()))
        list.push_back({count.position, {count.right, count.total}, count.curtailed});
    return list;
}

Status TrajectorySearch::save(const store::Project& project, const engine::ModelRef& model) {
    std::vector<store::SearchFindingRecord> records = findings();
    CRUX_TRY_VOID(addCliffFacts(records, model));
    if (records.empty()) {
        store::SearchFindingRecord none;
        none.detail["reason"] =
            m_decision->note.empty() ? "No token meets the rule of the search." : m_decision->note;
        if (m_decision->assumedMonotone)
            none.detail["assumed_monotone"] = true;
        records.push_back(std::move(none));
    }
    for (store::SearchFindingRecord& record : records) {
        record.trajectoryId = m_target.id();
        record.search = m_rows.search;
        record.rolloutSet = m_rows.rolloutSet;
        record.method = m_options.method;
        record.jobId = m_rows.job;
        record.createdMs = nowMs();
    }
    return store::saveSearchResult(project, records, estimates());
}

} // namespace crux::jobs
