#include "ui/model/run_metrics.h"

#include "core/store/repositories.h"
#include "ui/model/run_board.h"
#include "ui/model/session.h"

#include <algorithm>
#include <iterator>

namespace crux::ui {

namespace {

constexpr int kReadMs = 250; ///< a running job writes twice a second

bool isEvaluation(const std::string& metric) {
    return metric.starts_with("eval_");
}

using Logged = std::pair<std::int64_t, std::int64_t>; ///< step, time of its first metric

/// Steps of all metrics of one grid, ascending. Most metrics have the same.
std::vector<Logged> newSteps(const std::map<std::string, std::vector<store::MetricPoint>>& metrics,
                             bool evaluation) {
    std::vector<Logged> steps, merged, own;
    for (const auto& [name, points] : metrics) {
        if (isEvaluation(name) != evaluation ||
            std::equal(points.begin(), points.end(), steps.begin(), steps.end(),
                       [](const store::MetricPoint& point, const Logged& step) {
                           return point.step == step.first;
                       }))
            continue;
        own.clear();
        for (const store::MetricPoint& point : points)
            own.emplace_back(point.step, point.timeMs);
        merged.clear();
        std::merge(steps.begin(), steps.end(), own.begin(), own.end(), std::back_inserter(merged));
        merged.erase(
            std::unique(merged.begin(), merged.end(),
                        [](const Logged& a, const Logged& b) { return a.first == b.first; }),
            merged.end());
        steps.swap(merged);
    }
    return steps;
}

/// x of the other axes at a step of an evaluation: that of the training step it follows.
void extendGrid(StepGrid& grid, const StepGrid& training, double step, std::int64_t timeMs) {
    const auto at = training.indexOf(step);
    const auto of = [&](const std::vector<double>& values, const std::vector<double>& own) {
        const double value = at >= 0 && static_cast<std::size_t>(at) < values.size()
                                 ? values[static_cast<std::size_t>(at)]
                                 : 0;
        return own.empty() ? value : std::max(own.back(), value);
    };
    if (grid.steps.empty())
        grid.firstMs = training.steps.empty() ? timeMs : training.firstMs;
    grid.epochs.push_back(of(training.epochs, grid.epochs));
    grid.tokens.push_back(of(training.tokens, grid.tokens));
    const double minutes = static_cast<double>(timeMs - grid.firstMs) / 60000;
    grid.minutes.push_back(grid.minutes.empty() ? std::max(minutes, 0.0)
                                                : std::max(grid.minutes.back(), minutes));
    grid.steps.push_back(step);
}

} // namespace

const StepGrid& RunSeries::gridOf(const std::string& metric) const {
    return isEvaluation(metric) ? evaluation : training;
}

const MetricValues* RunSeries::metric(const std::string& name) const {
    const auto found = metrics.find(name);
    return found == metrics.end() ? nullptr : &found->second;
}

RunMetrics::RunMetrics(Session& session, RunBoard& board, QObject* parent)
    : QObject(parent)
    , m_session(session)
    , m_board(board)
    , m_thread(StoreThread::AtEnd::Drop, {}) {
    m_later.setSingleShot(true);
    m_later.setInterval(kReadMs);
    connect(&m_later, &QTimer::timeout, this, &RunMetrics::look);
    connect(&board, &RunBoard::shownChanged, this, &RunMetrics::look);
    connect(&session, &Session::dataChanged, this, &RunMetrics::later);
    connect(&session, &Session::jobsChanged, this, &RunMetrics::later);
    connect(&session, &Session::projectClosed, this, &RunMetrics::closeProject);
}

RunMetrics::~RunMetrics() = default;

const RunSeries* RunMetrics::run(JobId id) const {
    const auto found = m_runs.find(id.value);
    return found == m_runs.end() ? nullptr : &found->second.series;
}

void RunMetrics::setShown(bool shown) {
    if (shown && !std::exchange(m_shown, shown))
        look();
    m_shown = shown;
}

void RunMetrics::later() {
    if (m_shown && !m_later.isActive())
        m_later.start();
}

void RunMetrics::closeProject() {
    ++m_token;
    m_later.stop();
    m_thread.close();
    m_opened = m_reading = m_again = false;
    m_runs.clear();
    m_fault.clear();
    Q_EMIT changed();
}

void RunMetrics::look() {
    if (!m_session.isOpen() || !m_shown)
        return;
    if (m_reading) {
        m_again = true;
        return;
    }
    std::vector<Known> known;
    for (const JobId id : m_board.shown()) {
        Known one{id};
        if (const auto found = m_runs.find(id.value); found != m_runs.end()) {
            one.training = found->second.series.training.last();
            one.evaluation = found->second.series.evaluation.last();
            one.trainingMs = found->second.lastMs;
            one.data = found->second.series.data.has_value();
        }
        known.push_back(one);
    }
    if (known.empty())
        return Q_EMIT changed();
    if (!std::exchange(m_opened, true))
        m_thread.open(Path(m_session.projectFile().toStdString()), store::OpenMode::ReadOnly,
                      [](const Result<const store::Project*>&) {}); // a fault shows in the task
    m_reading = true;
    const quint64 token = ++m_token;
    m_thread.post([this, token, known,
                   halfLife = m_board.halfLife()](const store::Project* project) {
        auto batches = [&]() -> Result<std::vector<Batch>> {
            if (!project)
                return fail(ErrorCode::Cancelled, "no project");
            std::vector<Batch> made;
            for (const Known& one : known) {
                CRUX_TRY(batch, read(*project, one, halfLife));
                made.push_back(std::move(batch));
            }
            return made;
        }();
        auto shared = std::make_shared<Result<std::vector<Batch>>>(std::move(batches));
        QMetaObject::invokeMethod(
            this, [this, token, shared] { take(token, std::move(*shared)); }, Qt::QueuedConnection);
    });
}

/// The last known step is read again: another time of writing tells that a resumed run has gone
/// over it.
Result<RunMetrics::Batch> RunMetrics::read(const store::Project& project, Known known,
                                           double halfLife) {
    Batch batch;
    batch.job = known.job;
    bool anew = known.training < 0;
    CRUX_TRY(names, store::metricNames(project, known.job));
    if (known.training >= 0) {
        CRUX_TRY(last, store::metrics(project, known.job, "loss", known.training - 1));
        anew = last.empty() || last.front().step != known.training ||
               last.front().timeMs != known.trainingMs;
    }
    for (const std::string& name : names) {
        const std::int64_t after = anew                 ? -1
                                   : isEvaluation(name) ? known.evaluation
                                                        : known.training;
        CRUX_TRY(points, store::metrics(project, known.job, name, after));
        if (!points.empty())
            batch.points.emplace(name, std::move(points));
    }
    CRUX_TRY(flags, store::runFlags(project, known.job));
    batch.flags = std::move(flags);
    CRUX_TRY(checkpoints, store::checkpoints(project, known.job));
    batch.checkpoints = std::move(checkpoints);
    if (!known.data || anew) {
        CRUX_TRY(data, store::runData(project, known.job));
        batch.data = std::move(data);
        if (batch.data)
            batch.data->sources.clear(); // the inspector reads them itself
    }
    if (anew) {
        batch.whole = std::make_shared<Entry>();
        takeBatch(*batch.whole, batch);
        batch.points.clear();
        for (const auto& [name, values] : batch.whole->series.metrics) {
            values.rawExtremes();
            values.smoothExtremes(batch.whole->series.gridOf(name), halfLife);
        }
    }
    return batch;
}

void RunMetrics::takeBatch(Entry& entry, Batch& batch) {
    RunSeries& series = entry.series;
    const std::vector<Logged> training = newSteps(batch.points, false),
                              evaluation = newSteps(batch.points, true);
    const std::size_t before = series.training.steps.size(),
                      beforeEvaluation = series.evaluation.steps.size();
    const auto value = [&](const char* name, std::int64_t step, std::size_t& at, double otherwise) {
        const auto found = batch.points.find(name);
        if (found == batch.points.end())
            return otherwise;
        while (at < found->second.size() && found->second[at].step < step)
            ++at;
        return at < found->second.size() && found->second[at].step == step ? found->second[at].value
                                                                           : otherwise;
    };
    StepGrid& grid = series.training;
    std::size_t atEpoch = 0, atTokens = 0;
    for (const auto& [step, timeMs] : training) {
        if (grid.steps.empty())
            grid.firstMs = timeMs;
        const auto latest = [](const std::vector<double>& values) {
            return values.empty() ? 0.0 : values.back();
        };
        grid.epochs.push_back(
            std::max(latest(grid.epochs), value("epoch", step, atEpoch, latest(grid.epochs))));
        grid.tokens.push_back(std::max(latest(grid.tokens),
                                       value("num_tokens", step, atTokens, latest(grid.tokens))));
        grid.minutes.push_back(
            std::max(latest(grid.minutes), static_cast<double>(timeMs - grid.firstMs) / 60000));
        grid.steps.push_back(static_cast<double>(step));
        entry.lastMs = timeMs;
    }
    for (const auto& [step, timeMs] : evaluation)
        extendGrid(series.evaluation, series.training, static_cast<double>(step), timeMs);
    for (auto& [name, points] : batch.points) {
        const StepGrid& own = series.gridOf(name);
        MetricValues& values = series.metrics[name];
        values.pad(isEvaluation(name) ? beforeEvaluation : before);
        std::size_t at = 0;
        for (std::size_t i = values.raw().size(); i < own.steps.size(); ++i) {
            const auto step = static_cast<std::int64_t>(own.steps[i]);
            while (at < points.size() && points[at].step < step)
                ++at;
            values.append(at < points.size() && points[at].step == step
                              ? static_cast<float>(points[at].value)
                              : kAbsent);
        }
    }
    series.flags = std::move(batch.flags);
    series.checkpoints = std::move(batch.checkpoints);
    if (batch.data)
        series.data = std::move(batch.data);
}

void RunMetrics::take(quint64 token, Result<std::vector<Batch>> batches) {
    if (token != m_token)
        return;
    m_reading = false;
    if (batches.ok()) {
        m_fault.clear();
        for (Batch& batch : *batches)
            if (batch.whole)
                m_runs[batch.job.value] = std::move(*batch.whole);
            else
                takeBatch(m_runs[batch.job.value], batch);
        std::erase_if(m_runs,
                      [this](const auto& entry) { return !m_board.isShown(JobId{entry.first}); });
    } else if (batches.error().code != ErrorCode::Cancelled) {
        m_fault = QString::fromStdString(batches.error().message);
    }
    Q_EMIT changed();
    if (std::exchange(m_again, false))
        look();
}

} // namespace crux::ui
