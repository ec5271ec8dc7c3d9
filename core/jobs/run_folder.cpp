#include "core/jobs/run_folder.h"

#include "core/base/text_util.h"
#include "core/engine/train/train.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace crux::jobs {

namespace {

constexpr std::string_view kPrefix = "checkpoint-";

/// The step a folder's name says, or -1.
std::int64_t stepOf(const std::string& name) {
    if (!name.starts_with(kPrefix))
        return -1;
    std::int64_t step = -1;
    const char* end = name.data() + name.size();
    const auto parsed = std::from_chars(name.data() + kPrefix.size(), end, step);
    return parsed.ec == std::errc() && parsed.ptr == end ? step : -1;
}

} // namespace

Path RunFolder::checkpoint(std::int64_t step) const {
    char name[40];
    std::snprintf(name, sizeof name, "checkpoint-%06lld", static_cast<long long>(step));
    return m_folder / name;
}

std::vector<std::int64_t> RunFolder::complete() const {
    std::vector<std::int64_t> steps;
    std::error_code code;
    for (const auto& entry : std::filesystem::directory_iterator(m_folder, code)) {
        const std::int64_t step = stepOf(entry.path().filename().string());
        if (step >= 0 && engine::train::isCompleteCheckpoint(entry.path()))
            steps.push_back(step);
    }
    std::sort(steps.begin(), steps.end());
    return steps;
}

void RunFolder::remove(std::int64_t step) const {
    std::error_code code;
    std::filesystem::remove(checkpoint(step) / "DONE", code);
    std::filesystem::remove_all(checkpoint(step), code);
}

void RunFolder::removeLeftovers() const {
    std::error_code code;
    std::vector<Path> leftovers;
    for (const auto& entry : std::filesystem::directory_iterator(m_folder, code)) {
        const std::string name = entry.path().filename().string();
        const bool half = name.starts_with(kPrefix) && name.ends_with(".partial");
        if (half || (stepOf(name) >= 0 && !engine::train::isCompleteCheckpoint(entry.path())))
            leftovers.push_back(entry.path());
    }
    for (const Path& path : leftovers)
        std::filesystem::remove_all(path, code);
}

Path defaultRunFolder(const Path& project, JobId job) {
    Path folder = project;
    folder.replace_extension(".runs");
    return folder / cat("job-", job.value);
}

} // namespace crux::jobs
