#include "core/jobs/compare.h"

#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/interop/evaluation_report.h"
#include "core/jobs/handlers.h"
#include "core/spec/params.h"
#include "core/store/repositories.h"

namespace crux::jobs {

store::ComparisonOptions comparisonOptions(const Json& spec) {
    store::ComparisonOptions options;
    options.evaluations = spec.at("evaluations").get<std::vector<std::string>>();
    options.common = spec.at("common").get<bool>();
    options.anyDecoding = spec.at("any_decoding").get<bool>();
    options.bootstrap.replicates = spec.at("replicates").get<int>();
    options.bootstrap.confidence = spec.at("confidence").get<double>();
    options.bootstrap.seed = spec.at("seed").get<std::uint64_t>();
    return options;
}

Status runCompareJob(JobContext& context) {
    CRUX_TRY(spec, completeSpec("compare", context.job.spec));
    CRUX_TRY(comparison, store::compareEvaluations(context.project, comparisonOptions(spec)));
    CRUX_TRY(whole, interop::comparisonJson(context.project, comparison));
    for (const std::string& caution : comparison.cautions)
        addJobEvent(context, "warning", caution);
    for (const store::RefusedEvaluation& refused : comparison.refused)
        addJobEvent(context, "warning", refused.reason,
                    cat("evaluation ", refused.evaluation.id.value));
    for (const Json& candidate : whole["candidates"])
        addJobEvent(context, "info",
                    cat(candidate["name"].get<std::string>(), ": ",
                        candidate["table"]["fixed"]["count"], " fixed, ",
                        candidate["table"]["broken"]["count"], " broken of ", candidate["compared"],
                        " questions, McNemar's mid-p ", candidate["mcnemar"]["mid_p"], "."));
    addJobEvent(context, "info", "The comparison.", "comparison", Json::object(), dumpJson(whole));
    const auto total = std::ssize(comparison.questions);
    context.progress(total, total, cat(comparison.columns.size(), " evaluations compared"), 0);
    return {};
}

} // namespace crux::jobs
