#include "ui/dialogs/search_dialog.h"

#include "core/spec/intervals.h"
#include "core/store/filter.h"
#include "core/store/prompt_lengths.h"
#include "core/store/repositories.h"
#include "ui/dialogs/context_check.h"
#include "ui/dialogs/model_choice.h"
#include "ui/dialogs/spec_form.h"
#include "ui/model/search_service.h"
#include "ui/model/worker_client.h"
#include "ui/widgets/format.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QComboBox>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSpinBox>
#include <QTimer>

#include <algorithm>

namespace crux::ui {

namespace {

constexpr int kCountDelayMs = 250, kEstimateDelayMs = 600;

bool isActive(store::JobState state) {
    using S = store::JobState;
    return state == S::Queued || state == S::Preparing || state == S::Running ||
           state == S::Pausing || state == S::Stopping;
}

} // namespace

SearchDialog::SearchDialog(Session& session, SearchService& search, QWidget* parent)
    : FormDialog(tr("Search critical tokens"), tr("Start search"), parent)
    , m_session(session)
    , m_search(search) {
    if (const SnapshotPtr current = session.current())
        m_shown = current->record.rootId ? current->record.rootId : current->record.id;
    m_countTimer = new QTimer(this);
    m_estimateTimer = new QTimer(this);
    for (QTimer* timer : {m_countTimer, m_estimateTimer})
        timer->setSingleShot(true);
    m_countTimer->setInterval(kCountDelayMs);
    m_estimateTimer->setInterval(kEstimateDelayMs);
    connect(m_countTimer, &QTimer::timeout, this, &SearchDialog::countTrajectories);
    connect(m_estimateTimer, &QTimer::timeout, this, &SearchDialog::askEstimate);
    m_filling = true;
    buildModels();
    buildMethod();
    buildSampling();
    buildTrajectories();
    fillFromFacts();
    m_filling = false;
    connect(&session, &Session::factsChanged, this, [this] {
        fillFromFacts();
        follow();
    });
    choosePreset(session.uiState(QStringLiteral("search")).isEmpty() ? Preset::Paper
                                                                     : Preset::Last);
    resize(640, sizeHint().height());
}

void SearchDialog::fillFromFacts() {
    const ProjectFacts& facts = m_session.facts();
    m_model->setFacts(facts);
    m_adapter->setFacts(facts, m_model->model());
    const QString dataset = m_dataset->currentData().toString();
    m_dataset->clear();
    m_dataset->addItem(tr("all datasets"), QString());
    for (const store::DatasetRecord& record : facts.datasets)
        m_dataset->addItem(
            tr("%1, %2 trajectories")
                .arg(QString::fromStdString(record.name), format::integer(record.trajectories)),
            QString::fromStdString(record.name));
    m_dataset->setCurrentIndex(std::max(0, m_dataset->findData(dataset)));
}

Json SearchDialog::presetSpec(Preset preset) const {
    if (preset == Preset::Last)
        return m_search.launchSpec();
    // What the paper and the authors' script say of the method; sampling is the user's own.
    Json spec{{"method", "critical"},
              {"rule", "paper"},
              {"mode", "economical"},
              {"n", 64},
              {"points", 0},
              {"low_share", 0.05},
              {"gap", 0.2},
              {"drop", 0.1},
              {"confirm", 256},
              {"without", true},
              {"replacement", "sampler"},
              {"verify", true}};
    if (preset == Preset::AuthorsCode)
        spec.update({{"rule", "authors"}, {"confirm", 0}, {"replacement", "full_softmax"}});
    if (preset == Preset::Quick)
        spec.update({{"method", "bisect"}, {"n", 24}, {"confirm", 96}, {"without", false}});
    if (preset == Preset::Quick || m_search.isDemo()) {
        Json sampling = samplingSpec(samplingOfSpec(m_search.launchSpec()));
        spec.update(sampling);
    } else {
        for (const SamplingPreset& known : samplingPresets())
            if (known.name == "paper rollouts")
                spec.update(samplingSpec(known.params));
    }
    return spec;
}

void SearchDialog::setFilter(const QString& expression) {
    m_filter->setText(expression);
    m_scope->setCurrentIndex(m_scope->findData(QStringLiteral("filter")));
    changed();
    countTrajectories();
}

void SearchDialog::changed() {
    if (m_filling)
        return;
    showMethodFields();
    m_estimate.clear();
    m_estimateFault.clear();
    m_countTimer->start();
    m_estimateTimer->start();
    check();
}

void SearchDialog::countTrajectories() {
    const bool filtered = m_scope->currentData().toString() == QLatin1String("filter");
    const std::string expression = m_filter->text().trimmed().toStdString();
    m_filterFault.clear();
    m_count = filtered ? -1 : m_shown ? 1 : 0;
    m_longestPrompt = 0;
    if (const SnapshotPtr current = m_session.current(); current && !filtered)
        m_longestPrompt = current->record.promptTokens;
    if (filtered && !expression.empty())
        if (const Status parsed = store::parseFilter(expression); !parsed.ok())
            m_filterFault = QString::fromStdString(parsed.error().message);
    const int generation = ++m_generation;
    check();
    if (!filtered || !m_filterFault.isEmpty() || !m_session.isOpen())
        return;
    store::TrajectoryQuery query;
    query.filter = expression;
    query.scoreSet = m_session.scoreSet();
    if (const std::string dataset = m_dataset->currentData().toString().toStdString();
        !dataset.empty())
        query.filter = expression.empty() ? "dataset=\"" + dataset + "\""
                                          : "(" + expression + ") and dataset=\"" + dataset + "\"";
    struct Chosen {
        std::int64_t count = 0;
        std::int32_t longestPrompt = 0;
    };
    m_session.read<Chosen>(
        this,
        [query, limit = static_cast<std::size_t>(m_limit->value())](
            const store::Project& project) -> Result<Chosen> {
            CRUX_TRY(ids, store::trajectoryIds(project, query));
            if (limit > 0 && ids.size() > limit)
                ids.resize(limit);
            CRUX_TRY(longest, store::longestPrompt(project, ids));
            return Chosen{static_cast<std::int64_t>(ids.size()), longest};
        },
        [this, generation](const Result<Chosen>& chosen) {
            if (generation != m_generation)
                return;
            if (chosen.ok()) {
                m_count = chosen->count;
                m_longestPrompt = chosen->longestPrompt;
            } else {
                m_filterFault = QString::fromStdString(chosen.error().message);
            }
            check();
        });
}

/// The worker follows a few of the trajectories and draws for half a second.
void SearchDialog::askEstimate() {
    if (m_estimateRequest != 0)
        m_session.worker().cancel(m_estimateRequest);
    m_estimateRequest = 0;
    if (!m_session.isOpen() || m_session.readOnly() || m_count == 0 || m_job ||
        !m_filterFault.isEmpty() || !m_model->fault().isEmpty())
        return check();
    m_estimateRequest =
        m_session.worker().call(QStringLiteral("estimate_search"), Json{{"spec", spec()}}, this,
                                [this](const Result<Json>& reply) { takeEstimate(reply); });
    check();
}

void SearchDialog::takeEstimate(const Result<Json>& reply) {
    m_estimateRequest = 0;
    m_estimate.clear();
    m_estimateFault.clear();
    if (!reply) {
        if (reply.error().code != ErrorCode::Cancelled)
            m_estimateFault = QString::fromStdString(reply.error().message);
        return check();
    }
    const auto number = [](const Json& from, const char* key) {
        const auto found = from.find(key);
        return found != from.end() && found->is_number() ? found->get<double>() : 0.0;
    };
    const double rollouts = number(*reply, "rollouts"), tokens = number(*reply, "tokens");
    const Json every = reply->value("every_prefix", Json::object());
    if (number(*reply, "refused") >= 1)
        m_estimateFault = QString::fromStdString(reply->value("refusal", std::string()));
    if (rollouts > 0) {
        m_estimate =
            tr("About %1 rollouts of %2 tokens, %3")
                .arg(format::integer(std::llround(rollouts)), format::integer(std::llround(tokens)),
                     format::duration(number(*reply, "seconds")));
        if (const double all = number(every, "tokens"); all > 1.5 * tokens && tokens > 0)
            m_estimate +=
                tr("; every prefix on its own: %1 times as many").arg(std::llround(all / tokens));
    }
    check();
}

QString SearchDialog::estimateText() const {
    return m_estimate;
}

QString SearchDialog::confirmText() const {
    const auto method = m_form->value("method").get<std::string>();
    const int confirm = m_form->value("confirm").get<int>();
    const double share = m_form->value("low_share").get<double>();
    const int fewest = fewestToConfirm(share);
    if ((method != "critical" && method != "bisect") || confirm <= 0 || confirm >= fewest)
        return {};
    return tr("%1 fresh rollouts cannot confirm a share below %2 %: %3 without a right one are the "
              "fewest that do")
        .arg(format::integer(confirm), QString::number(share * 100, 'g', 4),
             format::integer(fewest));
}

QString SearchDialog::reasonNow() const {
    if (!m_session.isOpen())
        return tr("Open a project first.");
    if (m_session.readOnly())
        return tr("The project is open read-only: rollouts cannot be stored.");
    if (m_session.facts().models.empty() && m_model->value().empty())
        return tr("Choose the model that draws the rollouts.");
    if (m_model->value().empty())
        return tr("Choose the model that draws the rollouts.");
    if (m_model->looking() || m_adapter->looking())
        return tr("Looking at the folders…");
    if (!m_model->fault().isEmpty() || !m_adapter->fault().isEmpty() || !m_filterFault.isEmpty())
        return tr("Correct the marked field first.");
    if (m_form->value("temperature").get<double>() <= 0 && m_form->value("n").get<int>() > 1)
        return tr("At temperature 0 all rollouts are alike; choose a higher one.");
    if (m_count == 0)
        return tr("No trajectory is chosen.");
    if (const std::int32_t context = m_model->contextLength();
        m_count == 1 && context > 0 && m_longestPrompt >= context)
        return tr("The prompt does not fit into the model's context.");
    return {};
}

void SearchDialog::check() {
    setFieldError(m_model, m_model->fault());
    setFieldError(m_adapter, m_adapter->fault());
    setFieldError(m_filter, m_filterFault);
    std::vector<CheckLine> lines;
    if (m_count >= 0)
        lines.push_back({m_count > 0 ? Severity::Passed : Severity::Error,
                         tr("%n trajectories chosen; what is searched or drawn already is kept",
                            nullptr, static_cast<int>(m_count))});
    if (m_longestPrompt > 0 && !m_model->value().empty()) {
        CheckLine line =
            contextLine(m_longestPrompt, m_form->value("max_new_tokens").get<std::int64_t>(),
                        m_model->contextLength());
        if (line.severity == Severity::Error && m_count > 1)
            line.severity = Severity::Warning; // the others can be searched
        lines.push_back(line);
    }
    if (const QString text = confirmText(); !text.isEmpty())
        lines.push_back({Severity::Warning, text});
    if (!m_estimate.isEmpty())
        lines.push_back({Severity::Information, m_estimate});
    else if (m_estimateRequest != 0 || m_estimateTimer->isActive())
        lines.push_back({Severity::Information, tr("Estimating from a probe of the model…")});
    if (!m_estimateFault.isEmpty())
        lines.push_back({Severity::Warning, m_estimateFault});
    lines.push_back(
        {Severity::Information, tr("Rollouts are stored as they come: stopping loses nothing")});
    m_checks->setLines(lines);
    if (!m_job)
        setReason(reasonNow());
}

void SearchDialog::accept() {
    if (m_job)
        return FormDialog::accept(); // it goes on without the sheet
    const Json chosen = spec();
    m_search.remember(chosen);
    const QString name = m_scope->currentData().toString() == QLatin1String("filter")
                             ? tr("Search %n trajectories", nullptr,
                                  static_cast<int>(std::max<std::int64_t>(0, m_count)))
                             : tr("Search trajectory %1").arg(m_shown.value);
    setReason(tr("Queueing…"));
    m_session.enqueueJob(QStringLiteral("search"), chosen, name, this, [this](Result<JobId> id) {
        if (!id) {
            setReason({});
            return m_session.post(noticeFromError(id.error(), tr("The search was not queued.")));
        }
        m_job = *id;
        follow();
    });
}

/// The sheet becomes the job's progress: close it, or stop the job.
void SearchDialog::follow() {
    if (!m_job)
        return;
    const auto& jobs = m_session.facts().jobs;
    const auto found =
        std::find_if(jobs.begin(), jobs.end(), [this](const auto& job) { return job.id == m_job; });
    setReason({});
    primaryButton()->setText(tr("Close"));
    m_progressRow->show();
    const bool there = found != jobs.end();
    m_stopButton->setVisible(!there || isActive(found->state));
    if (!there)
        return;
    m_progress->setMaximum(static_cast<int>(std::max<std::int64_t>(1, found->progressTotal)));
    m_progress->setValue(static_cast<int>(found->progressDone));
    QString text = marks::jobStateWord(found->state);
    if (!found->message.empty())
        text += QStringLiteral(" · ") + QString::fromStdString(found->message);
    if (found->error)
        text = QString::fromStdString(found->error->message);
    m_progressText->setText(text);
}

void SearchDialog::done(int result) {
    if (m_estimateRequest != 0) // nobody waits for it any more
        m_session.worker().cancel(m_estimateRequest);
    m_estimateRequest = 0;
    FormDialog::done(result);
}

} // namespace crux::ui
