#include "core/jobs/breathing.h"

#include "core/base/clock.h"

#include <chrono>
#include <future>

namespace crux::jobs {

namespace {

constexpr double kSparseMs = 20;
constexpr auto kWait = std::chrono::milliseconds(5);

} // namespace

engine::Breath sparseBreath(const JobContext& context) {
    if (!context.breathe)
        return {};
    return [&context, lastMs = -1e9]() mutable {
        if (steadyMs() - lastMs < kSparseMs)
            return;
        context.breathe();
        lastMs = steadyMs(); // after it: a long answer must not be followed by another at once
    };
}

Status whileBreathing(const JobContext& context,
                      const std::function<Status(const store::Project&)>& work) {
    if (!context.breathe || !context.interactive)
        return work(context.project);
    std::future<Status> done = std::async(std::launch::async, [&]() -> Status {
        CRUX_TRY(project, store::Project::open(context.project.file(), store::OpenMode::ReadWrite));
        return work(*project);
    });
    do
        context.breathe();
    while (done.wait_for(kWait) != std::future_status::ready);
    return done.get();
}

} // namespace crux::jobs
