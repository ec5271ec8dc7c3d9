// What the window offers against faults: folders that moved, jobs to resume, ids of another
// tokenizer (UX.md 3.12); and where what is shown came from.
#include "core/store/repositories.h"
#include "ui/dialogs/locate_model_dialog.h"
#include "ui/dialogs/score_dialog.h"
#include "ui/main_window.h"
#include "ui/model/provenance_text.h"
#include "ui/model/text_format.h"
#include "ui/model/worker_client.h"
#include "ui/pages/heat_map_view.h"
#include "ui/pages/jobs_dock.h"
#include "ui/status_strip.h"

#include <QClipboard>
#include <QGuiApplication>

#include <algorithm>
#include <filesystem>

namespace crux::ui {

namespace {

/// A model or an adapter whose folder is not where it was.
struct Missing {
    ModelId model;
    AdapterId adapter;
    std::string name, path;
};

/// Looked at on the reader's thread: a network folder may take its time.
std::vector<Missing> missingFolders(const ProjectFacts& facts) {
    const auto gone = [](const std::string& path) {
        std::error_code ignored;
        return !path.empty() && !std::filesystem::exists(Path(path), ignored);
    };
    std::vector<Missing> missing;
    for (const auto& model : facts.models)
        if (gone(model.path))
            missing.push_back({model.id, {}, model.name, model.path});
    for (const auto& adapter : facts.adapters)
        if (gone(adapter.path))
            missing.push_back({{}, adapter.id, adapter.name, adapter.path});
    return missing;
}

} // namespace

void MainWindow::runFix(const Json& fix, JobId job) {
    const std::string action = fix.is_object() ? fix.value("action", std::string()) : std::string();
    if (action == "open_step" && fix.value("step", Json()).is_number_integer())
        return openRun(job, fix.at("step").get<std::int64_t>());
    raiseDock(QStringLiteral("jobs"));
    m_jobs->select(job);
    if (action == "resume")
        m_jobs->perform(JobsDock::Do::Resume);
    else if (action == "choose_models")
        openDialog(new ScoreDialog(m_session, this));
    else if (action == "score_retokenized")
        scoreRetokenised(job);
}

/// The same job once more, with the texts tokenised by its model.
void MainWindow::scoreRetokenised(JobId job) {
    const auto& jobs = m_session.facts().jobs;
    const auto found =
        std::find_if(jobs.begin(), jobs.end(), [job](const auto& row) { return row.id == job; });
    if (found == jobs.end() || m_session.readOnly())
        return;
    Json spec = found->spec;
    spec["retokenize"] = true;
    m_session.enqueueJob(QString::fromStdString(found->kind), spec,
                         tr("%1, tokenised again").arg(QString::fromStdString(found->name)));
}

/// Told once when a project opens: everything stored shows without them, forcing does not go.
void MainWindow::lookForModels() {
    m_session.read<std::vector<Missing>>(
        this,
        [facts = m_session.facts()](const store::Project&) -> Result<std::vector<Missing>> {
            return missingFolders(facts);
        },
        [this](Result<std::vector<Missing>> missing) {
            if (!missing)
                return;
            for (const Missing& one : *missing) {
                const QString name = QString::fromStdString(one.name);
                Notice notice;
                notice.severity = Notice::Severity::Warning;
                notice.title = tr("%1 is not where it was.").arg(name);
                notice.text = tr("Everything stored can be read; forcing and scoring need it.");
                notice.object = name;
                notice.details = QString::fromStdString(one.path);
                if (!m_session.readOnly()) {
                    notice.actionText = tr("Locate…");
                    notice.action = [this, model = one.model, adapter = one.adapter] {
                        locate(model, adapter);
                    };
                }
                m_session.post(notice);
            }
        });
}

void MainWindow::locate(ModelId model, AdapterId adapter) {
    for (const auto& record : m_session.facts().models)
        if (model && record.id == model)
            return openDialog(new LocateModelDialog(m_session, record, this));
    for (const auto& record : m_session.facts().adapters)
        if (adapter && record.id == adapter)
            return openDialog(new LocateModelDialog(m_session, record, this));
}

void MainWindow::addReproduceAction() {
    add(
        "branch.reproduce", tr("Branch"), tr("Reproduce this branch"), {},
        [this] { reproduceShown(); },
        [this] {
            const HeatDataPtr shown = m_heatMap->focusedData();
            if (!shown)
                return tr("No trajectory is open.");
            const store::TrajectoryRecord& record = shown->snapshot().record;
            return record.id == record.rootId || !record.rootId
                       ? tr("What is shown is no branch; choose one in the outline.")
                       : QString();
        },
        QStringLiteral("view-refresh"));
}

/// Draws the branch of the pane that had the focus last once more; nothing is stored.
void MainWindow::reproduceShown() {
    const HeatDataPtr shown = m_heatMap->focusedData();
    if (!shown)
        return;
    const TrajectoryId path = shown->snapshot().record.id;
    m_status->say(tr("Drawing the branch again from its record…"));
    m_session.worker().call(
        QStringLiteral("reproduce"), Json{{"trajectory_id", path.value}}, this,
        [this, path](const Result<Json>& reply) { tellReproduced(path, reply); });
}

void MainWindow::tellReproduced(TrajectoryId path, const Result<Json>& reply) {
    if (!reply)
        return m_session.post(
            noticeFromError(reply.error(), tr("The branch was not drawn again.")));
    const auto text = [&](const char* key) {
        const auto found = reply->find(key);
        return found != reply->end() && found->is_string()
                   ? QString::fromStdString(found->get<std::string>())
                   : QString();
    };
    const int drawn = reply->value("drawn", 0), equal = reply->value("equal", 0);
    Notice notice;
    notice.object = tr("trajectory %1").arg(text_format::integer(path.value));
    notice.details = QString::fromStdString(dumpJson(*reply));
    if (reply->value("same", false)) {
        notice.severity = Notice::Severity::Information;
        notice.title = tr("The branch was reproduced.");
        notice.text = drawn > 0 ? tr("All %n drawn token(s) came again.", nullptr, drawn)
                                : tr("It holds forced tokens alone: nothing was drawn.");
        return m_session.post(notice);
    }
    notice.severity = Notice::Severity::Warning;
    notice.title = tr("The branch came out differently.");
    QStringList why{
        tr("%1 of %2 drawn tokens came again, then another one.").arg(equal).arg(drawn)};
    if (reply->value("other_weights", false))
        why << tr("The model's weights are not those of the record.");
    if (text("dtype") != text("recorded_dtype") || text("device") != text("recorded_device"))
        why << tr("It was drawn with %1 on %2, now with %3 on %4.")
                   .arg(text("recorded_dtype"), text("recorded_device"), text("dtype"),
                        text("device"));
    notice.text = why.join(QLatin1Char(' '));
    m_session.post(notice);
}

/// Of the pane that had the focus last.
void MainWindow::copyProvenance() {
    const HeatDataPtr shown = m_heatMap->focusedData();
    if (!shown)
        return;
    QGuiApplication::clipboard()->setText(
        provenanceText(shown->snapshot(), m_session.facts(), m_session.projectFile()));
    m_status->say(tr("The provenance of trajectory %1 is in the clipboard.")
                      .arg(text_format::integer(shown->snapshot().record.id.value)));
}

} // namespace crux::ui
