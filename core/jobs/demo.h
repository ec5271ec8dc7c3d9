// The demo project (DESIGN.md section 7): built from resources/demo, scored live, and its main job:
// force the right token at slips, continue, grade, report.
#pragma once

#include "core/jobs/facade.h"

#include <functional>
#include <string>
#include <vector>

namespace crux::jobs {

using DemoProgress =
    std::function<void(std::int64_t done, std::int64_t total, const std::string& what)>;

/// Makes `file` (or completes it: every step is idempotent) from the demo's resources: word
/// problems with 16 samples each, scored, some of them searched, two short training runs on them; a
/// page of GSM8K solutions with published verdicts; two published trajectories with their rollout
/// potentials as a layer. Returns counts as JSON.
Result<Json> buildDemo(const Path& file, const Path& resources, ModelCache& models,
                       const DemoProgress& progress, const CancelToken& cancel);

/// One forced slip of the main job.
struct DemoFork {
    TrajectoryId trajectory, branch;
    std::int32_t position = 0; ///< of the slip, absolute
    std::string wrongPiece, rightPiece;
    float s = 0;               ///< score of the wrong token
    std::string before, after; ///< extracted answers
    std::string gold;
    bool right = false;
};

/// Figures of the main job.
struct DemoFigures {
    std::int64_t wrong = 0;           ///< wrong trajectories with a known slip
    std::int64_t lowestIsSlip = 0;    ///< lowest response s_t is the slip
    std::int64_t amongThree = 0;      ///< the slip is among the three lowest
    double threshold = 0;             ///< candidate threshold used for the next two
    double precision = 0, recall = 0; ///< candidates below the threshold against slips, by position
    double seconds = 0, tokensPerSecond = 0;
    std::vector<DemoFork> forks;
    int forksRight = 0;
    std::string device, dtype;
    std::string project, report; ///< files written

    /// More than half of the lowest scores are slips.
    bool passed() const { return wrong > 0 && 2 * lowestIsSlip > wrong; }
};
Json toJson(const DemoFigures& figures);
/// The figures in words, one sentence each.
std::vector<std::string> sentences(const DemoFigures& figures);

/// The main job into `out`: demo.crux (its wrong trajectories scored anew) and report.html.
Result<DemoFigures> runDemo(const Path& out, const Path& resources, ModelCache& models,
                            const DemoProgress& progress, const CancelToken& cancel);

/// report.html: figures, the table of forced slips, heat maps of wrong trajectories and of the
/// continuations beside them. Self-contained.
Result<std::string> demoReport(const store::Project& project, const DemoFigures& figures,
                               ScoreSetId scoreSet);

} // namespace crux::jobs
