#include "ui/model/search_service.h"

#include "core/store/repositories.h"
#include "ui/model/force_service.h"
#include "ui/model/worker_client.h"

#include <algorithm>

namespace crux::ui {

namespace {

constexpr const char* kSpecKey = "search";   ///< view state: the last launch's parameters
constexpr const char* kDemoSetting = "demo"; ///< set by the demo builder
constexpr int kCurvePoints = 10; ///< beside what the verdict needs: the curve before the loss

bool isActive(store::JobState state) {
    using S = store::JobState;
    return state == S::Queued || state == S::Preparing || state == S::Running ||
           state == S::Pausing || state == S::Stopping;
}

bool canResume(store::JobState state) {
    using S = store::JobState;
    return state == S::Paused || state == S::Stopped || state == S::Interrupted ||
           state == S::Failed;
}

/// Whether the job's list of trajectories names this one.
bool namesTrajectory(const store::JobRecord& job, TrajectoryId id) {
    const auto list = job.spec.find("trajectories");
    if (job.kind != "search" || list == job.spec.end() || !list->is_string())
        return false;
    const QStringList ids = QString::fromStdString(list->get<std::string>()).split(u',');
    return ids.contains(QString::number(id.value));
}

template <typename T> void take(const Json& from, const char* key, T& into) {
    const auto found = from.find(key);
    if (found == from.end() || found->is_null())
        return;
    try {
        into = found->get<T>();
    } catch (const Json::exception&) { // view state of another version: the default stays
    }
}

} // namespace

Json samplingSpec(const SamplingParams& sampling) {
    return Json{{"temperature", sampling.temperature},
                {"top_p", sampling.topP},
                {"top_k", sampling.topK},
                {"max_new_tokens", sampling.maxNewTokens},
                {"stop", sampling.stop}};
}

SamplingParams samplingOfSpec(const Json& spec) {
    SamplingParams sampling;
    sampling.temperature = 0.5;
    sampling.topP = 0.95;
    take(spec, "temperature", sampling.temperature);
    take(spec, "top_p", sampling.topP);
    take(spec, "top_k", sampling.topK);
    take(spec, "max_new_tokens", sampling.maxNewTokens);
    take(spec, "stop", sampling.stop);
    take(spec, "seed", sampling.seed);
    take(spec, "n", sampling.samples);
    return sampling;
}

SearchService::SearchService(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session) {
    connect(&session, &Session::projectOpened, this, &SearchService::loadDemoFlag);
    connect(&session, &Session::currentChanged, this, &SearchService::changed);
    connect(&session, &Session::factsChanged, this, &SearchService::changed);
    connect(&session.worker(), &WorkerClient::stateChanged, this, &SearchService::changed);
}

void SearchService::loadDemoFlag() {
    m_demo = false;
    m_session.read<std::string>(
        this, [](const store::Project& project) { return store::setting(project, kDemoSetting); },
        [this](Result<std::string> demo) {
            m_demo = demo.ok() && !demo->empty();
            Q_EMIT changed();
        });
}

SamplingParams SearchService::samplingFor(const TrajectorySnapshot* snapshot) const {
    SamplingParams sampling;
    for (const SamplingPreset& preset : samplingPresets())
        if (preset.name == (m_demo ? "demo" : "paper rollouts"))
            sampling = preset.params;
    if (m_demo || !snapshot)
        return sampling;
    // As the trajectory itself was drawn, where that is known.
    const Json& made = snapshot->record.provenance.params;
    if (made.is_object()) {
        take(made, "temperature", sampling.temperature);
        take(made, "top_p", sampling.topP);
        take(made, "top_k", sampling.topK);
        take(made, "max_new_tokens", sampling.maxNewTokens);
        take(made, "stop", sampling.stop);
    }
    if (!(sampling.temperature > 0)) // greedy rollouts are all one
        sampling.temperature = 0.5;
    return sampling;
}

Json SearchService::launchSpec() const {
    const SnapshotPtr current = m_session.current();
    Json spec{{"method", "critical"}, {"mode", "economical"}, {"n", 64},
              {"confirm", 256},       {"without", true},      {"points", kCurvePoints}};
    spec.update(samplingSpec(samplingFor(current.get())));
    if (const auto last = parseJson(m_session.uiState(QLatin1String(kSpecKey)).toStdString());
        last.ok() && last->is_object())
        spec.update(*last);
    return spec;
}

Json SearchService::specFor(const TrajectorySnapshot& snapshot) const {
    Json spec = launchSpec();
    spec["trajectories"] = std::to_string(snapshot.record.id.value);
    if (spec.value("model", std::string()).empty()) {
        if (const auto* model =
                modelFor(m_session.facts(), snapshot.record, m_session.scoreSet())) {
            spec["model"] = std::to_string(model->id.value);
            if (snapshot.record.modelId == model->id && snapshot.record.adapterId)
                spec["adapter"] = std::to_string(snapshot.record.adapterId.value);
        }
    }
    // The paper's critical tokens are those of wrong trajectories; of a right one the curve shows.
    if (snapshot.record.verdict == Verdict::Right &&
        (spec["method"] == "critical" || spec["method"] == "bisect")) {
        spec["method"] = "curve";
        spec["without"] = false;
    }
    return spec;
}

void SearchService::remember(const Json& spec) {
    Json kept = spec;
    for (const char* key : {"trajectories", "where", "dataset", "limit", "positions"})
        kept.erase(key);
    m_session.setUiState(QLatin1String(kSpecKey), QString::fromStdString(dumpJson(kept)));
    Q_EMIT changed();
}

QString SearchService::unavailableReason() const {
    if (!m_session.isOpen())
        return tr("No project is open.");
    const SnapshotPtr current = m_session.current();
    if (!current)
        return tr("No trajectory is open.");
    if (m_session.readOnly())
        return tr("The project is open for reading only.");
    if (m_session.facts().models.empty())
        return tr("Rollouts need a model; this project has none.");
    if (const QString reason = tokensReason(m_session.facts(), *current, m_session.scoreSet());
        !reason.isEmpty())
        return reason;
    if (current->question.gold.empty())
        return tr("The question has no gold answer, so that no rollout can be judged.");
    return {};
}

/// A search tokenises what has no tokens; the positions shown before are those of words.
QString SearchService::positionsReason() const {
    const QString reason = unavailableReason();
    return reason.isEmpty() && m_session.current()->record.ids.empty()
               ? tr("This trajectory is not tokenised yet. Searching it (R) does that.")
               : reason;
}

std::optional<store::JobRecord> SearchService::job() const {
    const SnapshotPtr current = m_session.current();
    if (!current)
        return std::nullopt;
    std::optional<store::JobRecord> found;
    for (const store::JobRecord& job : m_session.facts().jobs)
        if (isActive(job.state) && namesTrajectory(job, current->record.id) &&
            (!found || found->state == store::JobState::Queued))
            found = job;
    return found;
}

const store::JobRecord* SearchService::newestWith(const Json& spec) const {
    const store::JobRecord* newest = nullptr;
    for (const store::JobRecord& job : m_session.facts().jobs)
        if (job.kind == "search" && job.spec == spec &&
            (!newest || job.id.value > newest->id.value))
            newest = &job;
    return newest;
}

void SearchService::searchCurrent() {
    if (const QString reason = unavailableReason(); !reason.isEmpty()) {
        m_session.post({Notice::Severity::Warning,
                        tr("The trajectory was not searched."),
                        reason,
                        {},
                        {},
                        {},
                        {}});
        return;
    }
    const SnapshotPtr current = m_session.current();
    Q_EMIT showRollouts();
    if (running()) {
        Q_EMIT said(tr("This trajectory is being searched. Esc stops it."));
        return;
    }
    const Json spec = specFor(*current);
    const QString name = tr("Search trajectory %1").arg(current->record.id.value);
    const store::JobRecord* before = newestWith(spec);
    if (before && canResume(before->state))
        return resume(before->id);
    if (before && before->state == store::JobState::Done && !isEmpty(current->rollouts)) {
        Q_EMIT said(tr("It is searched already with these settings; Ctrl+Shift+R offers others."));
        return;
    }
    queue(spec, name, true);
    Q_EMIT said(tr("Searching by rollouts. Esc stops and keeps what is drawn."));
}

int SearchService::rolloutsWanted() const {
    int n = 64;
    take(launchSpec(), "n", n);
    return n;
}

Json SearchService::curveSpec(const TrajectorySnapshot& current, TrajectoryId path,
                              const std::vector<int>& positions) const {
    Json spec = specFor(current);
    Json kept{{"method", "curve"}, {"n", rolloutsWanted()}};
    for (const char* key : {"model", "adapter", "temperature", "top_p", "top_k", "max_new_tokens",
                            "stop", "seed", "batch"})
        if (spec.contains(key))
            kept[key] = spec[key];
    if (current.rollouts)
        for (const store::RolloutSetRecord& set : current.rollouts->sets)
            if (set.id == current.rollouts->set) {
                kept.update(samplingSpec(samplingOfSpec(set.provenance.params)));
                kept["seed"] = set.provenance.seed;
            }
    kept["trajectories"] = std::to_string(path.value);
    std::string list;
    for (const int position : positions)
        list += (list.empty() ? "" : ",") + std::to_string(position - current.record.promptTokens);
    kept["positions"] = list;
    return kept;
}

void SearchService::drawAt(const std::vector<int>& positions) {
    const SnapshotPtr current = m_session.current();
    if (const QString reason = positionsReason(); !reason.isEmpty()) {
        m_session.post(
            {Notice::Severity::Warning, tr("No rollouts were drawn."), reason, {}, {}, {}, {}});
        return;
    }
    if (positions.empty()) {
        Q_EMIT said(tr("No candidate here: select tokens in the ribbon, or press R."));
        return;
    }
    Q_EMIT showRollouts();
    queue(curveSpec(*current, current->record.id, positions),
          tr("Rollouts at %n position(s)", nullptr, static_cast<int>(positions.size())), true);
    Q_EMIT said(tr("Drawing rollouts at %n position(s). Esc stops.", nullptr,
                   static_cast<int>(positions.size())));
}

void SearchService::drawAfter(TrajectoryId path, int position) {
    const SnapshotPtr current = m_session.current();
    if (!current || !path)
        return;
    if (const QString reason = positionsReason(); !reason.isEmpty()) {
        m_session.post(
            {Notice::Severity::Warning, tr("No rollouts were drawn."), reason, {}, {}, {}, {}});
        return;
    }
    queue(curveSpec(*current, path, {position}),
          tr("%n rollouts after a forced token", nullptr, rolloutsWanted()), true);
    Q_EMIT said(tr("Drawing %n rollouts after the forced token.", nullptr, rolloutsWanted()));
}

void SearchService::queue(const Json& spec, const QString& name, bool ahead) {
    m_session.enqueueJob(QStringLiteral("search"), spec, name, this,
                         [this, ahead](Result<JobId> id) {
                             if (!id)
                                 return m_session.post(
                                     noticeFromError(id.error(), tr("The search was not queued.")));
                             if (ahead)
                                 runAhead(*id);
                             Q_EMIT changed();
                         });
}

void SearchService::resume(JobId id) {
    Q_EMIT said(tr("The search goes on where it stopped."));
    m_session.write(
        this, [id](const store::Project& project) { return store::requeueJob(project, id); },
        [this, id](Status status) {
            if (!status.ok())
                return m_session.post(
                    noticeFromError(status.error(), tr("The search was not resumed.")));
            runAhead(id);
        });
}

/// Before what waits in the queue and between the steps of what runs: someone looks on. When the
/// worker cannot, the row is in the queue all the same.
void SearchService::runAhead(JobId id) {
    m_session.worker().call(QStringLiteral("run_job"), Json{{"job_id", id.value}}, this,
                            [](const Result<Json>&) {});
}

void SearchService::stop() {
    const auto running = job();
    if (!running)
        return;
    const JobId id = running->id;
    m_session.write(
        this, [id](const store::Project& project) { return store::requestCancel(project, id); },
        [this](Status status) {
            if (!status.ok())
                return m_session.post(
                    noticeFromError(status.error(), tr("The search was not stopped.")));
            Q_EMIT said(tr("The search stops; its rollouts stay. R goes on with it."));
        });
}

} // namespace crux::ui
