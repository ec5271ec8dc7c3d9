// What the launch sheet of training checks while its fields are filled: rows read by the worker, a
// few steps run by it, and one sentence for everything that stands in the way.
#include "core/store/filter.h"
#include "ui/dialogs/check_list.h"
#include "ui/dialogs/spec_form.h"
#include "ui/dialogs/train_dialog.h"
#include "ui/dialogs/train_words.h"
#include "ui/dialogs/training_data_pane.h"
#include "ui/model/job_model.h"
#include "ui/model/worker_client.h"
#include "ui/widgets/format.h"

#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTimer>

#include <algorithm>
#include <cmath>

namespace crux::ui {

namespace {

constexpr int kProbeSteps = 4;
constexpr std::int64_t kSmallModel = 200'000'000; ///< parameters; measured without being asked

double numberOf(const Json& from, const char* key) {
    const auto found = from.find(key);
    return found != from.end() && found->is_number() ? found->get<double>() : 0.0;
}

bool isQueuedOrActive(const store::JobRecord& job) {
    return job.state == store::JobState::Queued || isActive(job.state);
}

} // namespace

// --- asking

/// Reads the rows as the run would: by the worker, which has the tokenizer.
void TrainDialog::look() {
    if (m_lookRequest != 0)
        m_session.worker().cancel(m_lookRequest);
    m_lookRequest = 0;
    ++m_generation;
    m_preview = nullptr;
    m_selection.reset();
    m_lookFault.clear();
    if (!m_session.isOpen() || !firstFault().isEmpty())
        return check();
    if (dataSource() == Data::Rules)
        return lookAtRules();
    if (dataSource() == Data::File && m_file->path().isEmpty())
        return check();
    m_lookRequest =
        m_session.worker().call(QStringLiteral("preview_training"), Json{{"spec", spec()}}, this,
                                [this, generation = m_generation](const Result<Json>& reply) {
                                    if (generation == m_generation)
                                        takePreview(reply);
                                });
    check();
}

/// Nothing is chosen yet: what the rules would keep is counted.
void TrainDialog::lookAtRules() {
    const std::string expression = m_filter->text().trimmed().toStdString();
    if (const Status parsed = expression.empty() ? Status() : store::parseFilter(expression);
        !parsed.ok()) {
        m_lookFault = QString::fromStdString(parsed.error().message);
        return check();
    }
    store::TrajectoryQuery query;
    query.filter = expression;
    query.scoreSet = m_session.scoreSet();
    m_session.read<SelectionPreview>(
        this,
        [query, model = std::to_string(m_model->model().value)](const store::Project& project) {
            return previewSelection(project, query, {}, SelectionRule{}, model);
        },
        [this, generation = m_generation](const Result<SelectionPreview>& found) {
            if (generation != m_generation)
                return;
            if (found.ok())
                m_selection = *found;
            else
                m_lookFault = QString::fromStdString(found.error().message);
            check();
        });
    check();
}

void TrainDialog::takePreview(const Result<Json>& reply) {
    m_lookRequest = 0;
    if (reply.ok()) {
        m_preview = *reply;
        for (const store::ModelRecord& model : m_session.facts().models)
            if (model.id == m_model->model() && model.parameters < kSmallModel &&
                reasonNow().isEmpty())
                m_measureTimer->start();
    } else if (reply.error().code != ErrorCode::Cancelled) {
        m_lookFault = QString::fromStdString(reply.error().message);
    }
    check();
}

void TrainDialog::measure() {
    if (measuring())
        return stopProbe();
    m_measureTimer->stop();
    m_estimate.clear();
    m_estimateFault.clear();
    Json asked = spec();
    if (computesScores()) // costs the same without them
        asked["method"] = "dpo";
    const int asking = ++m_probing; // an answer to an earlier question says nothing now
    m_probe = m_session.worker().call(
        QStringLiteral("probe_training"), Json{{"spec", asked}, {"steps", kProbeSteps}}, this,
        [this, asking](const Result<Json>& reply) {
            if (asking == m_probing && measuring())
                takeProbe(reply);
        },
        [this, asking](const Json& progress) {
            if (asking != m_probing || !measuring())
                return;
            m_estimate = tr("Measuring, step %1 of %2…")
                             .arg(progress.value("step", 0) + 1)
                             .arg(progress.value("steps", 0));
            check();
        });
    m_estimate = tr("Measuring…");
    check();
}

bool TrainDialog::isReady() const {
    return !m_lookTimer->isActive() && !m_measureTimer->isActive() && m_lookRequest == 0 &&
           !measuring() && (dataSource() != Data::Rules || m_selection || !m_lookFault.isEmpty());
}

void TrainDialog::stopProbe() {
    if (m_probe == 0)
        return;
    m_session.worker().cancel(std::exchange(m_probe, 0));
    m_estimate.clear();
    check();
}

void TrainDialog::takeProbe(const Result<Json>& reply) {
    m_probe = 0;
    m_estimate.clear();
    if (!reply.ok()) {
        if (reply.error().code != ErrorCode::Cancelled)
            m_estimateFault = QString::fromStdString(reply.error().message);
        return check();
    }
    const double seconds = numberOf(*reply, "seconds");
    m_estimate = tr("%1 steps, about %2 (%3 tokens/s), %4 trained parameters")
                     .arg(format::integer(std::llround(numberOf(*reply, "steps"))),
                          seconds > 0 ? format::duration(seconds) : tr("an unknown time"),
                          format::integer(std::llround(numberOf(*reply, "tokens_per_second"))),
                          format::integer(std::llround(numberOf(*reply, "trained_parameters"))));
    const double memory =
        std::max(numberOf(*reply, "memory_bytes"),
                 numberOf(*reply, "weight_bytes") + numberOf(*reply, "measured_bytes"));
    const double free = numberOf(*reply, "free_bytes");
    m_estimate += tr("; memory about %1 of %2 free; disk %3 of %4 free")
                      .arg(format::bytes(static_cast<qint64>(memory)),
                           format::bytes(static_cast<qint64>(free)),
                           format::bytes(static_cast<qint64>(numberOf(*reply, "disk_bytes"))),
                           format::bytes(static_cast<qint64>(numberOf(*reply, "disk_free_bytes"))));
    if (free > 0 && memory - numberOf(*reply, "weight_bytes") > free)
        m_estimateFault = tr("This needs more memory than is free: take fewer rows at once, fewer "
                             "tokens a pass, or compute activations again.");
    if (numberOf(*reply, "disk_free_bytes") > 0 &&
        numberOf(*reply, "disk_bytes") > numberOf(*reply, "disk_free_bytes"))
        m_estimateFault = tr("The checkpoints need more disk than is free: keep fewer of them, or "
                             "choose another folder.");
    check();
}

// --- saying

/// One sentence for what stands in the way; the worker's own where there is no better.
QString TrainDialog::problemWords(const Json& problem) const {
    const std::string code = problem.value("code", std::string());
    const QString count = format::integer(problem.value("count", std::int64_t{0}));
    if (code == "no_data")
        return dataSource() == Data::File
                   ? tr("The file cannot be read.")
                   : tr("The project has no such training data yet: choose them by the rules.");
    if (code == "empty")
        return tr("The data are empty.");
    if (code == "nothing_left")
        return tr("No row is left to train on.");
    if (code == "no_scores")
        return tr("cDPO weighs tokens by their scores, and none are computed: %1 trajectories of "
                  "this data need them.")
            .arg(count);
    if (code == "unscored")
        return tr("%1 trajectories of this data have no scores in the chosen set.").arg(count);
    if (code == "no_weights")
        return tr("The file carries no weights for cDPO: it needs the column rejected_weights.");
    if (code == "changed_base")
        return tr("The base model's files have changed since these scores were computed: score "
                  "again.");
    if (code == "other_base")
        return tr("The adapter to go on from was made for another base model.");
    if (code == "evaluation")
        return tr("Evaluation would take all %1 rows: lower “evaluation rows”.").arg(count);
    if (code == "other_role")
        return tr("The data are those of the other side: a positive model is trained on positive "
                  "data.");
    return QString::fromStdString(problem.value("message", std::string()));
}

namespace {

QString droppedWords(const std::string& reason, const Json& spec) {
    const auto number = [&](const char* key) { return format::integer(spec.value(key, 0)); };
    if (reason == "prompt too long")
        return TrainDialog::tr("prompt of %1 tokens or more").arg(number("max_prompt"));
    if (reason == "too long")
        return TrainDialog::tr("%1 tokens or more, or longer than the model's context")
            .arg(number("max_length"));
    if (reason == "equal answers")
        return TrainDialog::tr("chosen and rejected answers are equal");
    if (reason == "empty completion")
        return TrainDialog::tr("no answer");
    if (reason == "empty prompt")
        return TrainDialog::tr("no prompt");
    if (reason == "no rejected answer")
        return TrainDialog::tr("no rejected answer");
    return QString::fromStdString(reason);
}

} // namespace

std::vector<CheckLine> TrainDialog::dataLines() const {
    std::vector<CheckLine> lines;
    if (m_selection) {
        lines.push_back({m_selection->trajectories > 0 ? Severity::Passed : Severity::Error,
                         tr("%1 trajectories of %2 questions")
                             .arg(format::integer(m_selection->trajectories),
                                  format::integer(m_selection->questions))});
        if (const QString whose = ownAnswersLine(*m_selection); !whose.isEmpty())
            lines.push_back(
                {m_selection->own.model.empty() ? Severity::Warning : Severity::Information,
                 whose});
        if (const QString tests = testQuestionsLine(*m_selection); !tests.isEmpty())
            lines.push_back({Severity::Warning, tests});
        for (const auto set :
             {SelectionPreview::Positive, SelectionPreview::Negative, SelectionPreview::Pairs})
            lines.push_back({m_selection->rows[static_cast<std::size_t>(set)] > 0
                                 ? Severity::Passed
                                 : Severity::Warning,
                             selectionLine(*m_selection, set)});
        return lines;
    }
    if (!m_preview.is_object() || !m_preview.contains("given"))
        return lines;
    const Json now = spec();
    const auto kept = m_preview.value("kept", std::int64_t{0});
    lines.push_back(
        {kept > 0 ? Severity::Passed : Severity::Error,
         tr("%1 of %2 rows are kept, at most %3 tokens long")
             .arg(format::integer(kept), format::integer(m_preview.value("given", std::int64_t{0})),
                  format::integer(m_preview.value("longest_tokens", std::int64_t{0})))});
    const Json dropped = m_preview.value("dropped", Json::object());
    for (const auto& [reason, count] : dropped.items())
        lines.push_back({Severity::Warning, tr("%1 dropped: %2")
                                                .arg(format::integer(count.get<std::int64_t>()),
                                                     droppedWords(reason, now))});
    const Json chosen = m_preview.value("selection", Json::object());
    const Json unchosen = chosen.value("dropped", Json::object());
    for (const auto& [reason, count] : unchosen.items())
        lines.push_back(
            {Severity::Information, tr("%n question(s) left out when the data were chosen: %1",
                                       nullptr, static_cast<int>(count.get<std::int64_t>()))
                                        .arg(selectionReason(reason))});
    if (const auto rows = m_preview.value("evaluation", std::int64_t{0}); rows > 0)
        lines.push_back({Severity::Information,
                         tr("%1 of them are for evaluation").arg(format::integer(rows))});
    return lines;
}

std::vector<CheckLine> TrainDialog::runLines() const {
    std::vector<CheckLine> lines;
    for (const Json& problem :
         m_preview.is_object() ? m_preview.value("problems", Json::array()) : Json::array()) {
        const std::string code = problem.value("code", std::string());
        if (computesScores() &&
            (code == "no_scores" || code == "unscored" || code == "changed_base"))
            continue; // that is what comes first
        lines.push_back(
            {code == "other_role" ? Severity::Warning : Severity::Error, problemWords(problem)});
    }
    if (!m_lookFault.isEmpty() && dataSource() != Data::Rules)
        lines.push_back({Severity::Warning, m_lookFault});
    const Json rate = m_form->value("learning_rate");
    if (rate.is_number() && rate.get<double>() > 0.01)
        lines.push_back(
            {Severity::Warning, tr("A learning rate above 0.01 makes most runs diverge")});
    if (const Json all = job(); isPipeline(all)) {
        QStringList names;
        for (const Json& step : all["pipeline"])
            names << QString::fromStdString(step.value("name", std::string()));
        lines.push_back(
            {Severity::Information, tr("%n jobs, each begins when what it needs is done: %1",
                                       nullptr, static_cast<int>(names.size()))
                                        .arg(names.join(QStringLiteral(" → ")))});
    }
    if (!m_estimate.isEmpty())
        lines.push_back({Severity::Information, m_estimate});
    if (!m_estimateFault.isEmpty())
        lines.push_back({Severity::Warning, m_estimateFault});
    for (const store::JobRecord& job : m_session.facts().jobs)
        if (job.kind == "train" && isQueuedOrActive(job)) {
            lines.push_back({Severity::Information,
                             tr("Job %1 trains or waits to: a device trains one run at a time, in "
                                "the order of the queue")
                                 .arg(job.id.value)});
            break;
        }
    return lines;
}

QString TrainDialog::firstFault() const {
    const Json now = stepSpec(m_shown);
    for (const auto& [box, fields] : m_rows)
        for (const ParamField* field : fields)
            if (isTrainParamUsed(field->def().name, now) && !field->fault().isEmpty())
                return field->fault();
    return {};
}

QString TrainDialog::reasonNow() const {
    if (!m_session.isOpen())
        return tr("Open a project first.");
    if (m_session.readOnly())
        return tr("The project is open read-only: nothing can be stored.");
    if (m_model->value().empty())
        return tr("Choose the base model.");
    if (m_model->looking() || m_start->looking())
        return tr("Looking at the folders…");
    if (!m_model->fault().isEmpty() || !m_start->fault().isEmpty() || !firstFault().isEmpty() ||
        (dataSource() == Data::Rules && !m_lookFault.isEmpty()))
        return tr("Correct the marked field first.");
    if (dataSource() == Data::File && m_file->path().isEmpty())
        return tr("Choose the file to train on.");
    if (m_selection) {
        const auto at = static_cast<std::size_t>(method() != "sft" ? SelectionPreview::Pairs
                                                 : m_form->value("role") == Json("negative")
                                                     ? SelectionPreview::Negative
                                                     : SelectionPreview::Positive);
        if (m_selection->rows[at] == 0)
            return tr("The rules keep nothing to train on.");
        for (const auto& [box, set] : {std::pair{m_positive, SelectionPreview::Positive},
                                       std::pair{m_negative, SelectionPreview::Negative}})
            if (computesScores() && trainsSide(box) &&
                m_selection->rows[static_cast<std::size_t>(set)] == 0)
                return tr("The rules keep no data for the positive or the negative model.");
    }
    for (const CheckLine& line : runLines())
        if (line.severity == Severity::Error)
            return line.text;
    return {};
}

void TrainDialog::check() {
    if (m_filling)
        return;
    showFields();
    setFieldError(m_model, m_model->fault());
    setFieldError(m_start, m_start->fault());
    setFieldError(m_filter, dataSource() == Data::Rules ? m_lookFault : QString());
    const Json now = stepSpec(m_shown);
    for (const auto& [box, fields] : m_rows) {
        QString fault;
        for (const ParamField* field : fields)
            if (fault.isEmpty() && isTrainParamUsed(field->def().name, now))
                fault = field->fault();
        setFieldError(box, fault);
    }
    QStringList changes;
    for (const SpecForm::Change& change : m_form->changes())
        if (isTrainParamUsed(change.key, now))
            changes << tr("%1 (<a href=\"%2\">reset</a>)")
                           .arg(change.text.toHtmlEscaped(), QString::fromStdString(change.key));
    if (changes.size() > 1)
        changes << tr("<a href=\"all\">reset all</a>");
    m_differences->setText(changes.isEmpty()
                               ? tr("As the preset says.")
                               : tr("Changed: %1").arg(changes.join(QStringLiteral(", "))));
    m_pane->setLines(dataLines());
    const Json examples =
        m_preview.is_object() ? m_preview.value("examples", Json::array()) : Json::array();
    m_pane->setExamples(examples,
                        dataSource() == Data::Rules
                            ? tr("Rows can be shown once they are chosen; that is the first job.")
                        : m_lookRequest != 0 || m_lookTimer->isActive() ? tr("Reading the rows…")
                                                                        : tr("No row to show."));
    m_checks->setLines(runLines());
    bool unscored = false;
    if (m_preview.is_object())
        for (const Json& problem : m_preview.value("problems", Json::array()))
            unscored = unscored || problem.value("code", std::string()) == "no_scores" ||
                       problem.value("code", std::string()) == "unscored" ||
                       problem.value("code", std::string()) == "changed_base";
    m_offer->setVisible(unscored && !computesScores());
    m_measure->setText(measuring() ? tr("Stop measuring") : tr("Measure a few steps"));
    const QString reason = reasonNow();
    m_measure->setVisible(dataSource() != Data::Rules);
    m_measure->setEnabled(measuring() || reason.isEmpty());
    setReason(reason);
}

} // namespace crux::ui
