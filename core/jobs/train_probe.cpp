#include "core/jobs/train_probe.h"

#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/jobs/train_base.h"
#include "core/jobs/train_data.h"
#include "core/spec/params.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace crux::jobs {

using engine::train::Trainer;
using engine::train::TrainExample;
using engine::train::TrainPlan;

namespace {

constexpr double kMostMs = 20'000; ///< after so long no further step is begun

std::int64_t tokensOf(const TrainExample& row) {
    return static_cast<std::int64_t>(row.chosen.ids.size() + row.rejected.ids.size());
}

/// One batch of the longest rows, then rows spread over the data for the other steps.
std::vector<TrainExample> probeRows(const std::vector<TrainExample>& all, std::size_t batch,
                                    std::size_t count) {
    std::vector<std::size_t> order(all.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const std::size_t longest = std::min(batch, order.size());
    std::partial_sort(
        order.begin(), order.begin() + static_cast<std::ptrdiff_t>(longest), order.end(),
        [&](std::size_t a, std::size_t b) { return tokensOf(all[a]) > tokensOf(all[b]); });
    std::vector<TrainExample> rows;
    for (std::size_t i = 0; i < longest; ++i)
        rows.push_back(all[order[i]]);
    while (rows.size() < count) // data that is short is gone over again
        rows.push_back(all[(rows.size() - longest) * all.size() / count]);
    return rows;
}

std::int64_t freeBytes(const std::string& device) {
    for (const engine::DeviceInfo& one : engine::devices())
        if (one.name == device)
            return one.freeBytes;
    return 0;
}

/// The nearest folder above that is there.
Path standing(Path path) {
    std::error_code code;
    while (!path.empty() && !std::filesystem::exists(path, code) && path != path.parent_path())
        path = path.parent_path();
    return path;
}

/// One probe. Owner: probeTraining.
class Probe {
public:
    Probe(const store::Project& project, ModelCache& models, Json spec)
        : m_project(project)
        , m_models(models)
        , m_spec(std::move(spec)) {}

    Result<Json> run(int steps, const CancelToken& cancel, const ProbeProgress& progress) {
        CRUX_TRY_VOID(open());
        const std::int64_t before = memory().nowBytes;
        CRUX_TRY(plan, wholePlan());
        m_plan = plan;
        if (steps > 0)
            CRUX_TRY_VOID(measure(steps, cancel, progress));
        return answer(before);
    }

private:
    Status open() {
        CRUX_TRY(base, openTrainBase(m_project, m_models, m_spec));
        m_base = std::move(base);
        m_options = m_base.options(m_spec);
        CRUX_TRY(data, trainData(m_project, m_spec, m_base.model->info(), m_base.tokenizer.get()));
        m_data = std::move(data);
        return {};
    }

    /// Of the job itself, all its rows counted.
    Result<TrainPlan> wholePlan() {
        const auto evaluation = m_spec.at("eval_rows").get<std::int64_t>();
        std::vector<TrainExample> rows = m_data.rows;
        if (evaluation > 0 && evaluation < std::ssize(rows))
            rows.resize(rows.size() - static_cast<std::size_t>(evaluation));
        CRUX_TRY(trainer, Trainer::make(m_base.model, m_options, std::move(rows), {}));
        return trainer->plan();
    }

    Status measure(int steps, const CancelToken& cancel, const ProbeProgress& progress) {
        engine::train::TrainOptions options = m_options;
        const auto batch = static_cast<std::size_t>(options.batch) *
                           static_cast<std::size_t>(options.accumulation);
        options.shuffle = false;
        options.maxSteps = steps;
        auto rows = probeRows(m_data.rows, static_cast<std::size_t>(options.batch),
                              batch * static_cast<std::size_t>(steps));
        const auto count = static_cast<double>(rows.size());
        CRUX_TRY(trainer, Trainer::make(m_base.model, options, std::move(rows), {}));
        memory(true); // from here on the peak counts anew
        const double begin = steadyMs();
        CRUX_TRY_VOID(trainer->prepareReference({}, cancel));
        m_referenceSeconds =
            (steadyMs() - begin) / 1000 / count * static_cast<double>(m_data.rows.size());
        const double started = steadyMs();
        for (int step = 0; step < steps && steadyMs() - started < kMostMs; ++step) {
            if (progress)
                progress(step, steps);
            CRUX_TRY(report, trainer->step(cancel));
            ++m_probed;
            if (step == 0 && steps > 1)
                continue; // pages are touched and kernels chosen for the first time
            m_seconds += report.seconds;
            m_tokens += report.tokens;
            ++m_timed;
        }
        return {};
    }

    engine::DeviceMemory memory(bool restartPeak = false) const {
        return engine::deviceMemory(m_base.model->info().device, restartPeak);
    }

    Json answer(std::int64_t before) const {
        const double perStep = m_timed > 0 ? m_seconds / m_timed : 0;
        const double rate = m_seconds > 0 ? static_cast<double>(m_tokens) / m_seconds : 0;
        // By tokens: the probed rows are longer than most.
        const double all = m_plan.stepsPerEpoch > 0 ? static_cast<double>(m_plan.tokens) *
                                                          static_cast<double>(m_plan.steps) /
                                                          static_cast<double>(m_plan.stepsPerEpoch)
                                                    : 0;
        const std::int64_t measured =
            m_probed > 0 ? std::max<std::int64_t>(0, memory().peakBytes - before) : 0;
        const auto output = m_spec.at("output").get<std::string>();
        std::error_code code;
        const auto space = std::filesystem::space(
            standing(output.empty() ? m_project.file().parent_path() : Path(output)), code);
        // A checkpoint holds the trained tensors and two moments of each.
        const std::int64_t checkpoint = m_plan.stateBytes / 4 * 3;
        return {{"steps", m_plan.steps},
                {"probed", m_probed},
                {"trained_parameters", m_plan.trainedParameters},
                {"tokens", std::llround(all)},
                {"seconds_per_step", jsonNumber(perStep)},
                {"tokens_per_second", jsonNumber(rate)},
                {"seconds", jsonNumber(rate > 0 ? all / rate + m_referenceSeconds : 0)},
                {"memory_bytes", m_plan.totalBytes()},
                {"measured_bytes", measured},
                {"weight_bytes", m_plan.weightBytes},
                {"free_bytes", freeBytes(m_base.model->info().device)},
                {"disk_bytes", checkpoint * (m_spec.at("keep_last").get<std::int64_t>() + 2)},
                {"disk_free_bytes", code ? 0 : static_cast<std::int64_t>(space.available)},
                {"device", m_base.model->info().device},
                {"dtype", m_base.model->info().dtype}};
    }

    const store::Project& m_project;
    ModelCache& m_models;
    Json m_spec;
    TrainBase m_base;
    TrainData m_data;
    engine::train::TrainOptions m_options;
    TrainPlan m_plan;
    double m_referenceSeconds = 0, m_seconds = 0;
    std::int64_t m_tokens = 0;
    int m_probed = 0, m_timed = 0;
};

} // namespace

Result<Json> probeTraining(const store::Project& project, ModelCache& models, const Json& given,
                           int steps, const CancelToken& cancel, const ProbeProgress& progress) {
    CRUX_TRY(spec, completeSpec("train", given));
    return Probe(project, models, std::move(spec)).run(steps, cancel, progress);
}

} // namespace crux::jobs
