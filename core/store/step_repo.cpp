#include "core/store/step_repo.h"

#include "core/base/text_util.h"
#include "core/store/sql.h"

#include <algorithm>
#include <cstring>
#include <limits>

namespace crux::store {

namespace {

/// A StepRow as it is stored, 28 bytes.
struct PackedRow {
    std::int32_t row;
    float loss, rewardChosen, rewardRejected, weight;
    std::int32_t chosenTokens, rejectedTokens;
};
static_assert(sizeof(PackedRow) == 28);

struct PackedSource {
    std::int64_t chosen, rejected, line;
};
static_assert(sizeof(PackedSource) == 24);

/// The values of a blob of `T`s; what is left over of it is not read.
template <typename T> std::vector<T> unpacked(std::span<const std::byte> bytes) {
    std::vector<T> values(bytes.size() / sizeof(T));
    if (!values.empty())
        std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
    return values;
}

Json factsJson(const RunData& data) {
    return {{"name", data.name},
            {"kind", data.kind},
            {"score_set", data.scoreSet},
            {"tokenizer_hash", data.tokenizerHash},
            {"pairs", data.pairs},
            {"given", data.given},
            {"evaluation", data.evaluation},
            {"weight_counts", data.weightCounts}};
}

/// Facts are our own JSON; a damaged file gives what can still be read.
RunData factsOf(const std::string& text) {
    RunData data;
    const auto facts = parseJson(text);
    if (!facts.ok() || !facts->is_object())
        return data;
    const auto word = [&](const char* key) {
        const auto found = facts->find(key);
        return found != facts->end() && found->is_string() ? found->get<std::string>()
                                                           : std::string();
    };
    const auto number = [](const Json& value) {
        return value.is_number_integer() ? value.get<std::int64_t>() : 0;
    };
    data.name = word("name");
    data.kind = word("kind");
    data.scoreSet = word("score_set");
    data.tokenizerHash = word("tokenizer_hash");
    data.pairs = facts->value("pairs", Json(false)) == Json(true);
    data.given = number(facts->value("given", Json()));
    data.evaluation = number(facts->value("evaluation", Json()));
    if (const auto counts = facts->find("weight_counts");
        counts != facts->end() && counts->is_array())
        for (const Json& count : *counts)
            data.weightCounts.push_back(number(count));
    return data;
}

/// weights, log pi, log ref, slope, each as long as the completion.
std::vector<float> valuesOf(const KeptTokens& tokens) {
    constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
    const std::size_t count = tokens.logp.size();
    std::vector<float> values;
    values.reserve(4 * count);
    const auto append = [&](const std::vector<float>& part, float missing) {
        for (std::size_t i = 0; i < count; ++i)
            values.push_back(i < part.size() ? part[i] : missing);
    };
    append(tokens.weights, 1);
    append(tokens.logp, kNone);
    append(tokens.reference, kNone);
    append(tokens.slope, kNone);
    return values;
}

KeptTokens tokensOf(std::vector<std::int32_t> ids, const std::vector<float>& values,
                    std::int32_t promptTokens) {
    KeptTokens tokens;
    tokens.ids = std::move(ids);
    const std::size_t count = values.size() / 4;
    if (tokens.ids.size() != count + static_cast<std::size_t>(std::max(promptTokens, 0)))
        return {}; // `project check` names it
    const auto part = [&](std::size_t which) {
        const auto begin = values.begin() + static_cast<std::ptrdiff_t>(which * count);
        return std::vector<float>(begin, begin + static_cast<std::ptrdiff_t>(count));
    };
    tokens.weights = part(0);
    tokens.logp = part(1);
    tokens.reference = part(2);
    tokens.slope = part(3);
    return tokens;
}

} // namespace

Status saveRunData(const Project& project, JobId job, const RunData& data) {
    std::vector<PackedSource> sources;
    sources.reserve(data.sources.size());
    for (const RunRowSource& source : data.sources)
        sources.push_back({source.chosen.value, source.rejected.value, source.line});
    return writing(project, [&]() -> Status {
        Query row(project,
                  "INSERT OR REPLACE INTO run_data(job_id, facts, sources) VALUES (?,?,?)");
        row.bind(job).bind(dumpJson(factsJson(data)));
        row.bindBlob(sources.data(), sources.size() * sizeof(PackedSource)).run();
        return {};
    });
}

Result<std::optional<RunData>> runData(const Project& project, JobId job) {
    return guarded(project, [&]() -> Result<std::optional<RunData>> {
        Query row(project, "SELECT facts, sources FROM run_data WHERE job_id = ?");
        row.bind(job.value);
        if (!row.step())
            return std::optional<RunData>();
        RunData data = factsOf(row.text(0));
        for (const PackedSource& source : unpacked<PackedSource>(row.blob(1)))
            data.sources.push_back(
                {TrajectoryId{source.chosen}, TrajectoryId{source.rejected}, source.line});
        return std::optional<RunData>(std::move(data));
    });
}

Status addStepRows(const Project& project, JobId job, std::int64_t step,
                   const std::vector<StepRow>& rows, const std::vector<KeptRow>& kept) {
    std::vector<PackedRow> packed;
    packed.reserve(rows.size());
    for (const StepRow& row : rows)
        packed.push_back({static_cast<std::int32_t>(row.row), static_cast<float>(row.loss),
                          static_cast<float>(row.rewardChosen),
                          static_cast<float>(row.rewardRejected), static_cast<float>(row.weight),
                          row.chosenTokens, row.rejectedTokens});
    return writing(project, [&]() -> Status {
        Query old(project, "DELETE FROM step_tokens WHERE job_id = ? AND step = ?");
        old.bindAll(job, step).run();
        Query row(project, "INSERT OR REPLACE INTO step_rows(job_id, step, packed) VALUES (?,?,?)");
        row.bindAll(job, step).bindBlob(packed.data(), packed.size() * sizeof(PackedRow)).run();
        for (const KeptRow& one : kept) {
            const std::vector<float> chosen = valuesOf(one.chosen),
                                     rejected = valuesOf(one.rejected);
            Query tokens(project,
                         "INSERT OR REPLACE INTO step_tokens(job_id, step, data_row, prompt_tokens,"
                         " chosen_ids, chosen_values, rejected_ids, rejected_values)"
                         " VALUES (?,?,?,?,?,?,?,?)");
            tokens.bindAll(job, step, one.row, one.promptTokens);
            tokens.bindArray(one.chosen.ids).bindArray(chosen);
            tokens.bindArray(one.rejected.ids).bindArray(rejected).run();
        }
        return {};
    });
}

Result<std::vector<StepRow>> stepRows(const Project& project, JobId job, std::int64_t step) {
    return guarded(project, [&]() -> Result<std::vector<StepRow>> {
        std::vector<StepRow> rows;
        Query row(project, "SELECT packed FROM step_rows WHERE job_id = ? AND step = ?");
        row.bindAll(job, step);
        if (!row.step())
            return rows;
        for (const PackedRow& one : unpacked<PackedRow>(row.blob(0)))
            rows.push_back(
                {one.row, static_cast<double>(one.loss), static_cast<double>(one.rewardChosen),
                 static_cast<double>(one.rewardRejected), static_cast<double>(one.weight),
                 one.chosenTokens, one.rejectedTokens, false});
        Query kept(project, "SELECT data_row FROM step_tokens WHERE job_id = ? AND step = ?");
        kept.bindAll(job, step);
        while (kept.step())
            for (StepRow& one : rows)
                if (one.row == kept.integer(0))
                    one.kept = true;
        return rows;
    });
}

Result<std::optional<KeptRow>> keptRow(const Project& project, JobId job, std::int64_t step,
                                       std::int64_t dataRow) {
    return guarded(project, [&]() -> Result<std::optional<KeptRow>> {
        Query row(project,
                  "SELECT prompt_tokens, chosen_ids, chosen_values, rejected_ids, rejected_values"
                  " FROM step_tokens WHERE job_id = ? AND step = ? AND data_row = ?");
        row.bindAll(job, step, dataRow);
        if (!row.step())
            return std::optional<KeptRow>();
        KeptRow kept;
        kept.row = dataRow;
        kept.promptTokens = row.integer32(0);
        kept.chosen = tokensOf(row.array<std::int32_t>(1), row.array<float>(2), kept.promptTokens);
        if (auto rejected = row.array<std::int32_t>(3); !rejected.empty())
            kept.rejected = tokensOf(std::move(rejected), row.array<float>(4), kept.promptTokens);
        return std::optional<KeptRow>(std::move(kept));
    });
}

namespace {

/// `table` has a primary key that begins with job and step.
Result<std::int64_t> nearestIn(const Project& project, const char* table, JobId job,
                               std::int64_t step) {
    return guarded(project, [&]() -> Result<std::int64_t> {
        std::int64_t below = -1, above = -1;
        Query before(project, cat("SELECT step FROM ", table,
                                  " WHERE job_id = ? AND step <= ? ORDER BY step DESC LIMIT 1"));
        before.bindAll(job, step);
        if (before.step())
            below = before.integer(0);
        Query after(project, cat("SELECT step FROM ", table,
                                 " WHERE job_id = ? AND step > ? ORDER BY step LIMIT 1"));
        after.bindAll(job, step);
        if (after.step())
            above = after.integer(0);
        if (below < 0 || above < 0)
            return std::max(below, above);
        return step - below <= above - step ? below : above;
    });
}

} // namespace

Result<std::int64_t> nearestKeptStep(const Project& project, JobId job, std::int64_t step) {
    return nearestIn(project, "step_tokens", job, step);
}

Result<std::int64_t> nearestStep(const Project& project, JobId job, std::int64_t step) {
    return nearestIn(project, "step_rows", job, step);
}

Result<RunSummary> runSummary(const Project& project, JobId job) {
    CRUX_TRY(flags, runFlags(project, job));
    return guarded(project, [&]() -> Result<RunSummary> {
        RunSummary summary;
        summary.flags = static_cast<std::int64_t>(flags.size());
        Query latest(project,
                     "SELECT n.name, m.step, m.value FROM metric_name n JOIN metric m ON"
                     " m.job_id = ?1 AND m.name_id = n.id AND m.step = (SELECT max(k.step) FROM"
                     " metric k WHERE k.job_id = ?1 AND k.name_id = n.id)");
        latest.bind(job.value);
        while (latest.step()) {
            summary.last[latest.text(0)] =
                latest.isNull(2) ? std::numeric_limits<double>::quiet_NaN() : latest.real(2);
            summary.lastStep = std::max(summary.lastStep, latest.integer(1));
        }
        Query best(project, "SELECT step, value FROM metric WHERE job_id = ? AND name_id = (SELECT"
                            " id FROM metric_name WHERE name = 'eval_loss') AND value IS NOT NULL"
                            " ORDER BY value, step LIMIT 1");
        best.bind(job.value);
        if (best.step()) {
            summary.bestStep = best.integer(0);
            summary.bestEvaluation = best.real(1);
        }
        Query data(project, "SELECT facts FROM run_data WHERE job_id = ?");
        data.bind(job.value);
        if (data.step())
            summary.data = factsOf(data.text(0)).name;
        Query made(project, "SELECT adapter_id, step FROM checkpoint WHERE job_id = ? AND"
                            " adapter_id IS NOT NULL ORDER BY step DESC LIMIT 1");
        made.bind(job.value);
        if (made.step()) {
            summary.adapter = made.id<AdapterId>(0);
            summary.adapterStep = made.integer(1);
        }
        return summary;
    });
}

Result<std::vector<AdapterOrigin>> adapterOrigins(const Project& project) {
    return guarded(project, [&]() -> Result<std::vector<AdapterOrigin>> {
        std::vector<AdapterOrigin> origins;
        Query row(project, "SELECT adapter_id, job_id, step FROM checkpoint"
                           " WHERE adapter_id IS NOT NULL ORDER BY id");
        while (row.step())
            origins.push_back({row.id<AdapterId>(0), row.id<JobId>(1), row.integer(2)});
        return origins;
    });
}

Result<std::vector<RunFlag>> runFlags(const Project& project, JobId job) {
    return guarded(project, [&]() -> Result<std::vector<RunFlag>> {
        std::vector<RunFlag> flags;
        Query row(project, "SELECT json_extract(detail, '$.step'), object, level, message, time_ms"
                           " FROM job_event WHERE job_id = ? AND level <> 'info' AND"
                           " json_valid(detail) AND json_type(detail, '$.step') = 'integer'"
                           " ORDER BY 1, id");
        row.bind(job.value);
        while (row.step()) {
            RunFlag flag{row.integer(0), row.text(1), row.text(2), row.text(3), row.integer(4)};
            // A resumed run goes over steps again and tells the same of them.
            if (!flags.empty() && flags.back().step == flag.step && flags.back().kind == flag.kind)
                flags.pop_back();
            flags.push_back(std::move(flag));
        }
        return flags;
    });
}

} // namespace crux::store
