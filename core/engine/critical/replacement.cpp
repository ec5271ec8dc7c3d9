#include "core/engine/critical/replacement.h"

namespace crux::critical {

namespace {

std::vector<engine::GenerateJob> jobsOf(const ReplacementRequest& request, int maxNewTokens) {
    std::vector<engine::GenerateJob> jobs;
    for (const std::string& path : request.streamPaths)
        jobs.push_back({request.prefix, {}, path, maxNewTokens});
    return jobs;
}

} // namespace

Result<std::vector<engine::Generated>> drawReplacements(const ReplacementRequest& request,
                                                        const CancelToken& cancel) {
    engine::GenerateRequest generate = request.generate;
    generate.sampling.bannedIds = {request.banned};
    if (request.draw == ReplacementDraw::Sampler)
        return engine::generate(generate, jobsOf(request, request.maxNewTokens), cancel);

    generate.sampling.temperature = 1;
    generate.sampling.topP = 1;
    generate.sampling.topK = 0;
    generate.stop = nullptr; // an end by the first token is found again below
    generate.stopIds.clear();
    generate.onToken = nullptr;
    CRUX_TRY(first, engine::generate(generate, jobsOf(request, 1), cancel));
    // The second pass forces what was drawn; only continuations that are not over go through it.
    std::vector<engine::GenerateJob> jobs = jobsOf(request, request.maxNewTokens);
    std::vector<std::size_t> going;
    std::vector<engine::GenerateJob> left;
    for (std::size_t i = 0; i < first.size(); ++i)
        if (first[i].finish != FinishReason::Eos && first[i].finish != FinishReason::Cancelled) {
            jobs[i].forced = first[i].ids;
            going.push_back(i);
            left.push_back(jobs[i]);
        }
    generate = request.generate;
    const auto stop = request.generate.stop;
    if (stop)
        generate.stop = [&](std::size_t job, std::span<const std::int32_t> ids) {
            return stop(going[job], ids);
        };
    const auto sink = request.generate.onToken;
    if (sink)
        generate.onToken = [&](std::size_t job, std::int32_t id, float logp) {
            sink(going[job], id, logp);
        };
    CRUX_TRY(rest, engine::generate(generate, left, cancel));
    for (std::size_t i = 0; i < rest.size(); ++i)
        first[going[i]] = std::move(rest[i]);
    return first;
}

} // namespace crux::critical
