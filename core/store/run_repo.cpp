// Metrics and checkpoints of training runs.
#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/store/repositories.h"
#include "core/store/sql.h"
#include "core/store/step_repo.h"

#include <cmath>
#include <limits>

namespace crux::store {

namespace {

std::int64_t nameRow(const Project& project, const std::string& name) {
    {
        Query known(project, "SELECT id FROM metric_name WHERE name = ?");
        if (known.bind(name).step())
            return known.integer(0);
    }
    Query added(project, "INSERT INTO metric_name(name) VALUES (?)");
    added.bind(name).run();
    return lastRow(project);
}

CheckpointRecord readCheckpoint(const Query& row) {
    CheckpointRecord record;
    record.id = row.id<CheckpointId>(0);
    record.jobId = row.id<JobId>(1);
    record.adapterId = row.id<AdapterId>(2);
    record.step = row.integer(3);
    record.path = row.text(4);
    record.hash = row.text(5);
    record.sizeBytes = row.integer(6);
    record.best = row.flag(7);
    record.deleted = row.flag(8);
    record.createdMs = row.integer(9);
    return record;
}

} // namespace

Status addMetrics(const Project& project, JobId job, std::int64_t step,
                  const std::vector<std::pair<std::string, double>>& values) {
    return addMetricsAt(project, job, step, nowMs(), values);
}

Status addMetricsAt(const Project& project, JobId job, std::int64_t step, std::int64_t timeMs,
                    const std::vector<std::pair<std::string, double>>& values) {
    return writing(project, [&]() -> Status {
        for (const auto& [name, value] : values) {
            const std::int64_t nameId = nameRow(project, name);
            Query row(project,
                      "INSERT OR REPLACE INTO metric(job_id, name_id, step, value, time_ms)"
                      " VALUES (?,?,?,?,?)");
            row.bind(job).bind(nameId).bind(step);
            if (std::isfinite(value))
                row.bind(value);
            else
                row.bindNull();
            row.bind(timeMs).run();
        }
        return {};
    });
}

Result<std::vector<std::string>> metricNames(const Project& project, JobId job) {
    return guarded(project, [&]() -> Result<std::vector<std::string>> {
        std::vector<std::string> names;
        Query row(project, "SELECT name FROM metric_name n WHERE EXISTS (SELECT 1 FROM metric m"
                           " WHERE m.job_id = ? AND m.name_id = n.id) ORDER BY name");
        row.bind(job.value);
        while (row.step())
            names.push_back(row.text(0));
        return names;
    });
}

Result<std::vector<MetricPoint>> metrics(const Project& project, JobId job, const std::string& name,
                                         std::int64_t afterStep) {
    return guarded(project, [&]() -> Result<std::vector<MetricPoint>> {
        std::vector<MetricPoint> points;
        Query row(project, "SELECT step, value, time_ms FROM metric WHERE job_id = ? AND name_id ="
                           " (SELECT id FROM metric_name WHERE name = ?) AND step > ?"
                           " ORDER BY step");
        row.bindAll(job.value, name, afterStep);
        while (row.step())
            points.push_back(
                {row.integer(0),
                 row.isNull(1) ? std::numeric_limits<double>::quiet_NaN() : row.real(1),
                 row.integer(2)});
        return points;
    });
}

Result<CheckpointId> saveCheckpoint(const Project& project, const CheckpointRecord& record) {
    return writingValue<CheckpointId>(project, [&]() -> Result<CheckpointId> {
        if (record.best) {
            Query others(project, "UPDATE checkpoint SET best = 0 WHERE job_id = ? AND best = 1");
            others.bind(record.jobId.value).run();
        }
        Query row(project,
                  "INSERT INTO checkpoint(job_id, adapter_id, step, path, hash, size_bytes, best,"
                  " deleted, created_ms) VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT(job_id, step) DO"
                  " UPDATE SET adapter_id = excluded.adapter_id, path = excluded.path,"
                  " hash = excluded.hash, size_bytes = excluded.size_bytes, best = excluded.best,"
                  " deleted = excluded.deleted RETURNING id");
        row.bindAll(record.jobId, record.adapterId, record.step, record.path, record.hash,
                    record.sizeBytes, record.best ? 1 : 0, record.deleted ? 1 : 0,
                    record.createdMs != 0 ? record.createdMs : nowMs());
        row.step();
        return row.id<CheckpointId>(0);
    });
}

Status setCheckpointDeleted(const Project& project, CheckpointId id) {
    return writing(project, [&]() -> Status {
        Query row(project, "UPDATE checkpoint SET deleted = 1 WHERE id = ?");
        row.bind(id.value).run();
        return changedRows(project) == 1 ? Status() : noSuchRow(project, "checkpoint", id.value);
    });
}

Result<std::vector<CheckpointRecord>> checkpoints(const Project& project, JobId job) {
    return guarded(project, [&]() -> Result<std::vector<CheckpointRecord>> {
        std::vector<CheckpointRecord> list;
        Query row(project, "SELECT id, job_id, adapter_id, step, path, hash, size_bytes, best,"
                           " deleted, created_ms FROM checkpoint WHERE job_id = ? ORDER BY step");
        row.bind(job.value);
        while (row.step())
            list.push_back(readCheckpoint(row));
        return list;
    });
}

} // namespace crux::store
