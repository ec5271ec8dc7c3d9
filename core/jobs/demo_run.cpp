// The demo's main job: live scores against the planted slips, right tokens forced at slips.
#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/jobs/continuation.h"
#include "core/jobs/demo.h"
#include "core/jobs/demo_parts.h"
#include "core/jobs/score_models.h"
#include "core/jobs/token_rows.h"
#include "core/store/gold_answers.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cmath>
#include <iomanip>
#include <set>

namespace crux::jobs {

namespace {

constexpr std::size_t kMainJobForks = 20;

std::string percent(double share) {
    return cat(std::fixed, std::setprecision(1), 100 * share, " %");
}

/// The token the right solution has where the trajectory slips; nullopt when the two part earlier.
std::optional<std::int32_t> rightToken(const store::TrajectoryRecord& row,
                                       const std::string& solution,
                                       const text::Tokenizer& tokenizer) {
    const auto slip = static_cast<std::size_t>(row.slip);
    const auto fork = static_cast<std::size_t>(row.offsets[2 * slip]);
    const std::string kept = (row.prompt + row.response).substr(0, fork);
    const std::string right = row.prompt + solution;
    if (right.compare(0, kept.size(), kept) != 0 || right.size() == kept.size())
        return std::nullopt;
    const TokenRow whole = tokenizeRow(tokenizer, row.prompt, solution);
    for (std::size_t i = 0; i < whole.ids.size(); ++i)
        if (static_cast<std::size_t>(whole.offsets[2 * i]) == fork &&
            whole.offsets[2 * i + 1] > whole.offsets[2 * i])
            return whole.ids[i] == row.ids[slip] ? std::nullopt
                                                 : std::optional<std::int32_t>(whole.ids[i]);
    const auto ids = tokenizeInContext(tokenizer, right.substr(fork));
    return ids.empty() ? std::nullopt : std::optional<std::int32_t>(ids[0]);
}

Result<DemoFork> forkOne(store::Project& project, ModelCache& models, const DemoModels& ids,
                         const store::ScoreSetRecord& set, const store::TrajectoryRecord& row,
                         std::int32_t forced, const text::Tokenizer& tokenizer,
                         const CancelToken& cancel) {
    ContinuationRequest request;
    request.trajectory = row.id;
    request.position = row.slip;
    request.forceIds = {forced};
    request.model = ids.model;
    request.scoreSet = set.id;
    request.sampling.temperature = 0;
    request.sampling.maxNewTokens = 128;
    request.sampling.stop = {"\n"};
    CRUX_TRY(made, continueTrajectory(project, models, request, {}, cancel));
    if (made[0].finish == FinishReason::Cancelled)
        return fail(ErrorCode::Cancelled, "The demo was stopped while forcing tokens.");
    CRUX_TRY(question, store::question(project, row.questionId));
    CRUX_TRY(scores, store::scores(project, row.id, set.id));
    const auto slip = static_cast<std::size_t>(row.slip);
    DemoFork fork;
    fork.trajectory = row.id;
    fork.branch = made[0].trajectory;
    fork.position = row.slip;
    fork.wrongPiece = withReplacedUtf8(tokenizer.pieceBytes(row.ids[slip]));
    fork.rightPiece = withReplacedUtf8(tokenizer.pieceBytes(forced));
    fork.s = scores && slip < scores->s.size() ? scores->s[slip] : std::nanf("");
    fork.before = row.extracted;
    fork.after = made[0].extracted;
    fork.gold = store::goldLine(store::goldAnswers(question));
    fork.right = made[0].verdict == Verdict::Right;
    return fork;
}

/// The newest score set that covers the word problems.
Result<store::ScoreSetRecord> demoSet(const store::Project& project) {
    CRUX_TRY(sets, store::scoreSets(project));
    if (sets.empty())
        return fail(ErrorCode::NotFound, "The demo project has no scores.");
    return *std::max_element(sets.begin(), sets.end(),
                             [](const auto& a, const auto& b) { return a.scored < b.scored; });
}

/// Adds one trajectory to the figures: where its lowest scores lie against its slip.
void judge(const store::TrajectoryRecord& row, const store::ScoreRecord& scores, double threshold,
           DemoFigures& figures, std::int64_t& candidates, std::int64_t& hits) {
    std::vector<std::size_t> order;
    for (auto i = static_cast<std::size_t>(row.promptTokens); i < scores.s.size(); ++i)
        if (!std::isnan(scores.s[i]))
            order.push_back(i);
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return scores.s[a] < scores.s[b]; });
    const auto slip = static_cast<std::size_t>(row.slip);
    const auto place = std::find(order.begin(), order.end(), slip) - order.begin();
    ++figures.wrong;
    figures.lowestIsSlip += place == 0 ? 1 : 0;
    figures.amongThree += place < 3 ? 1 : 0;
    for (const std::size_t i : order)
        if (scores.s[i] < threshold) {
            ++candidates;
            hits += i == slip ? 1 : 0;
        }
}

Status measure(const store::Project& project, const store::ScoreSetRecord& set,
               DemoFigures& figures) {
    CRUX_TRY(threshold, store::candidateThreshold(project, set.id));
    CRUX_TRY(all, demoTrajectories(project));
    std::int64_t candidates = 0, hits = 0;
    for (const TrajectoryId id : all) {
        CRUX_TRY(row, store::trajectory(project, id));
        if (row.slip < 0)
            continue;
        CRUX_TRY(scores, store::scores(project, id, set.id));
        if (scores)
            judge(row, *scores, threshold, figures, candidates, hits);
    }
    figures.threshold = threshold;
    if (candidates > 0)
        figures.precision = static_cast<double>(hits) / static_cast<double>(candidates);
    if (figures.wrong > 0)
        figures.recall = static_cast<double>(hits) / static_cast<double>(figures.wrong);
    figures.dtype = set.provenance.dtype;
    figures.device = set.provenance.device;
    return {};
}

/// An old demo.crux goes, so that all is computed anew; any other project of that name stays.
Status removeOldDemo(const Path& file) {
    std::error_code code;
    if (!std::filesystem::exists(file, code))
        return {};
    { CRUX_TRY(project, openDemo(file)); }
    for (const char* suffix : {"", "-wal", "-shm", "-journal"})
        std::filesystem::remove(file.string() + suffix, code);
    return {};
}

} // namespace

Result<std::vector<TrajectoryId>> demoTrajectories(const store::Project& project) {
    CRUX_TRY(all, store::trajectoryIds(project, {}));
    CRUX_TRY(datasets, store::datasets(project));
    DatasetId words;
    for (const store::DatasetRecord& dataset : datasets)
        if (dataset.name == kWordDataset)
            words = dataset.id;
    std::vector<TrajectoryId> kept;
    for (const TrajectoryId id : all) {
        CRUX_TRY(row, store::trajectory(project, id));
        if (row.datasetId == words)
            kept.push_back(id);
    }
    return kept;
}

Result<std::vector<DemoFork>> forkAtSlips(store::Project& project, ModelCache& models,
                                          const DemoModels& ids, std::size_t count,
                                          const DemoProgress& progress, const CancelToken& cancel) {
    CRUX_TRY(tokenizer, models.tokenizer(project, ids.model));
    CRUX_TRY(set, demoSet(project));
    CRUX_TRY(all, demoTrajectories(project));
    std::vector<DemoFork> forks;
    std::set<std::int64_t> questions;
    for (const TrajectoryId id : all) {
        if (forks.size() >= count || cancel.cancelled())
            break;
        CRUX_TRY(row, store::trajectory(project, id));
        if (row.slip < 0 || row.verdict != Verdict::Wrong || questions.count(row.questionId.value))
            continue;
        CRUX_TRY(question, store::question(project, row.questionId));
        // A step has several wordings: the right solution that begins as this answer does.
        const std::string solution = row.provenance.params.value(kMended, question.solution);
        const auto right = rightToken(row, solution, *tokenizer);
        if (!right)
            continue;
        CRUX_TRY(fork, forkOne(project, models, ids, set, row, *right, *tokenizer, cancel));
        questions.insert(row.questionId.value);
        forks.push_back(std::move(fork));
        if (progress)
            progress(static_cast<std::int64_t>(forks.size()), static_cast<std::int64_t>(count),
                     "forcing right tokens at slips");
    }
    if (cancel.cancelled())
        return fail(ErrorCode::Cancelled, "The demo was stopped while forcing tokens.");
    return forks;
}

Result<DemoFigures> runDemo(const Path& out, const Path& resources, ModelCache& models,
                            const DemoProgress& progress, const CancelToken& cancel) {
    std::error_code code;
    std::filesystem::create_directories(out, code);
    if (code)
        return fail(errorCodeFromErrno(code.value()),
                    cat("The folder ", out.string(), " cannot be made: ", code.message(), "."),
                    out.string());
    const double start = steadyMs();
    const Path file = out / "demo.crux";
    CRUX_TRY_VOID(removeOldDemo(file));
    CRUX_TRY(project, openDemo(file));
    CRUX_TRY(ids, fillDemo(*project, resources, models));
    CRUX_TRY(job, scoreDemo(*project, models, progress, cancel));
    DemoFigures figures;
    figures.tokensPerSecond = job.tokensPerSecond;
    CRUX_TRY(set, demoSet(*project));
    CRUX_TRY_VOID(measure(*project, set, figures));
    CRUX_TRY(forks, forkAtSlips(*project, models, ids, kMainJobForks, progress, cancel));
    CRUX_TRY_VOID(store::setSetting(*project, kDemoBranchesSetting, cat(forks.size())));
    figures.forks = std::move(forks);
    figures.forksRight =
        static_cast<int>(std::count_if(figures.forks.begin(), figures.forks.end(),
                                       [](const DemoFork& fork) { return fork.right; }));
    figures.seconds = (steadyMs() - start) / 1000;
    figures.project = file.string();
    figures.report = (out / "report.html").string();
    CRUX_TRY(report, demoReport(*project, figures, set.id));
    CRUX_TRY_VOID(writeFileAtomically(figures.report, report));
    return figures;
}

Json toJson(const DemoFigures& figures) {
    return Json{{"wrong", figures.wrong},
                {"lowest_is_slip", figures.lowestIsSlip},
                {"slip_among_three_lowest", figures.amongThree},
                {"threshold", jsonNumber(figures.threshold)},
                {"precision", jsonNumber(figures.precision)},
                {"recall", jsonNumber(figures.recall)},
                {"forced", figures.forks.size()},
                {"forced_right", figures.forksRight},
                {"seconds", jsonNumber(figures.seconds)},
                {"tokens_per_second", jsonNumber(figures.tokensPerSecond)},
                {"device", figures.device},
                {"dtype", figures.dtype},
                {"project", figures.project},
                {"report", figures.report}};
}

std::vector<std::string> sentences(const DemoFigures& figures) {
    const double wrong = std::max<double>(1, static_cast<double>(figures.wrong));
    return {cat("The lowest s_t is the slip itself in ", figures.lowestIsSlip, " of ",
                figures.wrong, " wrong trajectories (",
                percent(static_cast<double>(figures.lowestIsSlip) / wrong), "); the slip is among ",
                "the three lowest in ", percent(static_cast<double>(figures.amongThree) / wrong),
                "."),
            cat("Candidates below s_t = ", figures.threshold, ": precision ",
                percent(figures.precision), ", recall ", percent(figures.recall), " by position."),
            cat("The right token forced at ", figures.forks.size(), " slips: ", figures.forksRight,
                " of the greedy continuations end right."),
            cat("Scored at ", static_cast<std::int64_t>(figures.tokensPerSecond), " tokens/s on ",
                figures.device, " in ", figures.dtype, "; all took ", std::fixed,
                std::setprecision(1), figures.seconds, " s.")};
}

} // namespace crux::jobs
