#include "core/jobs/search_estimate.h"

#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/jobs/rollout_drawer.h"
#include "core/jobs/search_setup.h"
#include "core/jobs/selection.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cmath>

namespace crux::jobs {

namespace {

constexpr int kProbes = 4;
constexpr double kProbeMs = 500; ///< of drawing, to see speed and length
constexpr std::size_t kProbeStep = 16;
constexpr int kMostRounds = 10'000; ///< a search that asks for ever would be a fault of ours

/// One trajectory followed, and how its search would go.
struct Probe {
    const SearchTarget* target = nullptr;
    std::vector<critical::Draw> draws; ///< plain rollouts of the search, in its order
    double rollouts = 0, tokens = 0;   ///< with confirmation and replacements
    double everyRollouts = 0, everyTokens = 0;
};

/// Tokens left after `position`, had it the trajectory's own length.
double restTokens(const SearchTarget& target, int position) {
    return std::max(1, target.last() - position);
}

/// Where the chance is taken to be lost: the lowest score of the newest set, else half way.
Result<int> guessedLoss(const store::Project& project, const SearchTarget& target) {
    CRUX_TRY(sets, store::scoreSets(project));
    for (auto set = sets.rbegin(); set != sets.rend(); ++set) {
        CRUX_TRY(scores, store::scores(project, target.id(), set->id));
        if (!scores || scores->s.size() != target.ids().size())
            continue;
        int lowest = target.first() + 1;
        for (int i = lowest; i <= target.last(); ++i)
            if (scores->s[static_cast<std::size_t>(i)] <
                scores->s[static_cast<std::size_t>(lowest)])
                lowest = i;
        return lowest;
    }
    return (target.first() + target.last()) / 2;
}

/// Plays the search through with guessed verdicts: every second rollout before `loss` ends right,
/// none after it.
void play(Probe& probe, const SearchOptions& options, int loss, std::vector<float> logp,
          const critical::Departures* departures) {
    const SearchTarget& target = *probe.target;
    critical::OutcomeTable table(target.first(), target.last(), options.streams());
    if (target.closed())
        table.close(target.last(), target.closedGrade().verdict == Verdict::Right);
    const auto detector = options.detector(std::move(logp));
    const auto drawAll = [&](std::span<const critical::Want> wants, int from) {
        const auto missing = critical::missingDraws(table, wants, from, departures);
        for (const critical::Draw& draw : missing) {
            const bool right = draw.start < loss && draw.stream % 2 == 0;
            table.record(draw.stream, draw.start, std::max(draw.start, draw.departs - 1), right);
            probe.rollouts += 1;
            probe.tokens += restTokens(target, draw.departs - 1);
            probe.draws.push_back(draw);
        }
        return !missing.empty();
    };
    for (int round = 0; round < kMostRounds && drawAll(detector->wants(table), 0); ++round) {
    }
    if (options.looksForLoss() || options.without) {
        const int at = std::clamp(loss, target.first() + 1, target.last());
        const critical::Want fresh{at, options.fresh()};
        if (fresh.count > 0)
            drawAll({&fresh, 1}, options.n);
        if (options.without) {
            probe.rollouts += options.n;
            probe.tokens += options.n * restTokens(target, at - 1);
        }
    }
    for (int position = target.first() + 1; position <= target.last(); ++position) {
        probe.everyRollouts += options.n;
        probe.everyTokens += options.n * restTokens(target, position);
    }
}

/// Follows one trajectory with the streams of the search.
Result<Probe> probeOne(const store::Project& project, const SearchSetup& setup,
                       const SearchTarget& target, const CancelToken& cancel) {
    const SearchOptions& options = setup.options;
    engine::FollowRequest request;
    request.model = setup.model;
    request.sampling = options.sampling;
    request.first = static_cast<std::size_t>(target.first()) + 1;
    if (options.economical)
        for (int stream = 0; stream < options.streams(); ++stream)
            request.streamPaths.push_back(target.streamPath(stream));
    const auto ids = std::span(target.ids()).first(static_cast<std::size_t>(target.last()) + 1);
    CRUX_TRY(along, engine::drawAlong(request, ids, cancel));
    std::optional<critical::Departures> departures;
    if (options.economical)
        departures.emplace(ids, target.first(), target.last(), along.drawn, options.streams());
    std::vector<float> logp(request.first, 0.0f);
    logp.insert(logp.end(), along.logp.begin(), along.logp.end());
    CRUX_TRY(loss, guessedLoss(project, target));
    Probe probe;
    probe.target = &target;
    play(probe, options, loss, std::move(logp), departures ? &*departures : nullptr);
    return probe;
}

/// Draws for about kProbeMs: the speed, and how long rollouts are beside what was guessed.
Status measure(SearchEstimate& estimate, double& lengthRatio, const SearchSetup& setup,
               const std::vector<Probe>& probes, const CancelToken& cancel) {
    std::vector<PlannedRollout> planned; // of all probes in turn
    for (std::size_t i = 0; planned.size() < 4096; ++i) {
        const std::size_t before = planned.size();
        for (const Probe& probe : probes)
            if (const std::size_t at = i * 7; at < probe.draws.size()) // spread over the response
                planned.push_back({probe.target, probe.draws[at], -1});
        if (planned.size() == before)
            break;
    }
    RolloutDrawer drawer(setup.model, setup.options);
    double guessed = 0;
    const double start = steadyMs();
    std::size_t step = kProbeStep;
    for (std::size_t at = 0; at < planned.size() && steadyMs() - start < kProbeMs; at += step) {
        step = std::min({static_cast<std::size_t>(setup.options.batch), planned.size() - at, step});
        const auto part = std::span(planned).subspan(at, step);
        CRUX_TRY(drawn, drawer.draw(part, cancel));
        if (cancel.cancelled())
            return fail(ErrorCode::Cancelled, "The estimate was stopped.");
        for (const PlannedRollout& one : part)
            guessed += restTokens(*one.target, one.draw.departs - 1);
    }
    const double seconds = (steadyMs() - start) / 1000;
    const auto tokens = static_cast<double>(drawer.tokens());
    if (tokens > 0 && seconds > 0)
        estimate.tokensPerSecond = tokens / seconds;
    if (tokens > 0 && guessed > 0)
        lengthRatio = tokens / guessed;
    return {};
}

} // namespace

Result<SearchEstimate> estimateSearch(const store::Project& project, ModelCache& models,
                                      const Json& spec, const CancelToken& cancel) {
    CRUX_TRY(setup, SearchSetup::open(project, models, spec));
    CRUX_TRY(ids, searchSelection(project, setup.spec));
    SearchEstimate estimate;
    estimate.trajectories = std::ssize(ids);
    if (setup.options.imported || ids.empty())
        return estimate; // nothing is drawn
    const std::size_t wanted = std::min<std::size_t>(kProbes, ids.size());
    std::vector<SearchTarget> targets;
    for (std::size_t i = 0; i < wanted; ++i) {
        CRUX_TRY(row, store::trajectory(project, ids[i * ids.size() / wanted]));
        auto ready = setup.prepare(project, std::move(row));
        ++estimate.probed;
        if (ready.ok()) {
            targets.push_back(std::move(ready->target));
            continue;
        }
        if (estimate.refused++ == 0)
            estimate.refusal = ready.error().message;
    }
    std::vector<Probe> probes;
    for (const SearchTarget& target : targets) {
        CRUX_TRY(probe, probeOne(project, setup, target, cancel));
        probes.push_back(std::move(probe));
    }
    if (probes.empty())
        return estimate;
    double ratio = 1;
    CRUX_TRY_VOID(measure(estimate, ratio, setup, probes, cancel));
    const double scale = static_cast<double>(ids.size()) / estimate.probed;
    for (const Probe& probe : probes) {
        estimate.rollouts += scale * probe.rollouts;
        estimate.tokens += scale * ratio * probe.tokens;
        estimate.everyRollouts += scale * probe.everyRollouts;
        estimate.everyTokens += scale * ratio * probe.everyTokens;
    }
    return estimate;
}

Json toJson(const SearchEstimate& e) {
    return {
        {"trajectories", e.trajectories},
        {"probed", e.probed},
        {"refused", e.refused},
        {"refusal", e.refusal},
        {"rollouts", std::llround(e.rollouts)},
        {"tokens", std::llround(e.tokens)},
        {"tokens_per_second", jsonNumber(e.tokensPerSecond)},
        {"seconds", jsonNumber(e.seconds())},
        {"every_prefix",
         {{"rollouts", std::llround(e.everyRollouts)}, {"tokens", std::llround(e.everyTokens)}}}};
}

} // namespace crux::jobs
