#include "core/interop/export_metrics.h"

#include "core/base/text_util.h"
#include "core/interop/csv_reader.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <ostream>
#include <set>

namespace crux::interop {

namespace {

struct Run {
    JobId id;
    std::string name;
    std::map<std::string, std::vector<store::MetricPoint>> metrics;
};

Result<std::vector<Run>> runsOf(const store::Project& project, const std::vector<JobId>& wanted) {
    std::vector<Run> runs;
    CRUX_TRY(jobs, store::jobs(project));
    for (const store::JobRecord& job : jobs) {
        const bool named = std::find(wanted.begin(), wanted.end(), job.id) != wanted.end();
        if (job.kind != "train" || (!wanted.empty() && !named))
            continue;
        const auto name = job.spec.is_object() ? job.spec.find("name") : job.spec.end();
        const bool given = job.spec.is_object() && name != job.spec.end() && name->is_string() &&
                           !name->get<std::string>().empty();
        runs.push_back({job.id, given ? name->get<std::string>() : job.name, {}});
    }
    for (const JobId id : wanted)
        if (std::none_of(runs.begin(), runs.end(), [id](const Run& run) { return run.id == id; }))
            return fail(ErrorCode::NotFound, cat("The project has no training run ", id.value,
                                                 "; `crux-cli jobs` lists them."));
    std::sort(runs.begin(), runs.end(),
              [](const Run& a, const Run& b) { return a.id.value < b.id.value; });
    return runs;
}

/// One step of a run: what was logged there.
struct StepValues {
    std::int64_t timeMs = 0;
    std::vector<std::pair<const std::string*, double>> values;
};

std::map<std::int64_t, StepValues> stepsOf(const Run& run) {
    std::map<std::int64_t, StepValues> steps;
    for (const auto& [name, points] : run.metrics)
        for (const store::MetricPoint& point : points) {
            StepValues& step = steps[point.step];
            step.timeMs = std::max(step.timeMs, point.timeMs);
            step.values.emplace_back(&name, point.value);
        }
    return steps;
}

std::string csvNumber(double value) {
    if (std::isnan(value))
        return "nan";
    char text[40];
    std::snprintf(text, sizeof text, "%.10g", value);
    return text;
}

} // namespace

Result<std::int64_t> writeMetrics(const store::Project& project, const ExportOptions& options,
                                  std::ostream& out, const CancelToken& cancel) {
    CRUX_TRY(runs, runsOf(project, options.runs));
    std::set<std::string> columns;
    for (const Run& run : runs) {
        CRUX_TRY(names, store::metricNames(project, run.id));
        columns.insert(names.begin(), names.end());
    }
    const bool csv = options.kind == "metrics-csv";
    if (csv) {
        out << "run,name,step,time_ms";
        for (const std::string& column : columns)
            out << ',' << csvCell(column);
        out << '\n';
    }
    std::int64_t written = 0;
    for (Run& run : runs) {
        for (const std::string& name : columns) {
            CRUX_TRY(points, store::metrics(project, run.id, name));
            run.metrics[name] = std::move(points);
        }
        for (const auto& [step, logged] : stepsOf(run)) {
            if (cancel.cancelled())
                return fail(ErrorCode::Cancelled, "the export was cancelled");
            if (csv) {
                out << run.id.value << ',' << csvCell(run.name) << ',' << step << ','
                    << logged.timeMs;
                auto value = logged.values.begin(); // both ascend by name
                for (const std::string& column : columns) {
                    out << ',';
                    if (value != logged.values.end() && *value->first == column)
                        out << csvNumber((value++)->second);
                }
                out << '\n';
            } else {
                Json row{{"run", run.id.value},
                         {"name", run.name},
                         {"step", step},
                         {"time_ms", logged.timeMs}};
                Json& values = row["metrics"] = Json::object();
                for (const auto& [name, value] : logged.values)
                    values[*name] = jsonNumber(value);
                out << dumpJson(row) << '\n';
            }
            ++written;
        }
        run.metrics.clear();
    }
    return written;
}

} // namespace crux::interop
