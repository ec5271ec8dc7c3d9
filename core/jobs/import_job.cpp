#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/interop/import.h"
#include "core/jobs/handlers.h"
#include "core/spec/params.h"

namespace crux::jobs {

namespace {

constexpr double kInteractiveBatchMs = 50;

} // namespace

Status runImportJob(JobContext& context) {
    CRUX_TRY(spec, completeSpec("import", context.job.spec));
    CRUX_TRY(options, interop::importOptionsFromSpec(spec));
    const auto progress = [&](std::int64_t doneBytes, std::int64_t totalBytes,
                              const interop::ImportReport& soFar) {
        context.progress(doneBytes, totalBytes, cat(soFar.kept, " rows imported"), 0);
    };
    const interop::ImportPace pace{context.interactive ? kInteractiveBatchMs : 0, context.breathe};
    CRUX_TRY(report, interop::runImport(context.project, options, context.cancel, progress, pace));
    for (const interop::RejectedRow& row : report.rejected)
        addJobEvent(context, "warning", row.reason,
                    row.line > 0 ? cat(row.file, ", line ", row.line) : row.file);
    for (const interop::RejectedRow& row : report.warnings)
        addJobEvent(context, "warning", row.reason,
                    row.line > 0 ? cat(row.file, ", line ", row.line) : row.file);
    const auto unlisted = report.rejectedCount - static_cast<std::int64_t>(report.rejected.size());
    if (unlisted > 0)
        addJobEvent(context, "warning", cat(unlisted, " more rows were refused."));
    if (const std::string why = interop::nothingKept(report); !why.empty())
        return fail(ErrorCode::InvalidArgument, why);
    const std::string summary = cat(
        report.kept, " of ", report.rows, " rows are in the project: ", report.questions,
        " questions and ", report.trajectories, " trajectories added",
        report.rollouts > 0 ? cat(", ", report.rollouts, " rollouts") : std::string(),
        report.findings > 0 ? cat(", ", report.findings, " pivotal tokens") : std::string(),
        report.trainingRows > 0
            ? cat(", ", report.trainingRows, " rows of training data in sets of their own")
            : std::string(),
        report.present > 0 ? cat(", ", report.present, " were there already") : std::string(),
        report.warningCount > 0 ? cat(", ", report.warningCount, " with a warning") : std::string(),
        report.rejectedCount > 0 ? cat(", ", report.rejectedCount, " refused") : std::string(),
        ".");
    addJobEvent(context, "info", summary);
    const std::int64_t bytes = std::max<std::int64_t>(context.job.progressTotal, 1);
    context.progress(bytes, bytes, summary, 0);
    return {};
}

} // namespace crux::jobs
