#include "ui/dialogs/train_dialog.h"

#include "core/spec/params.h"
#include "core/spec/train_params.h"
#include "ui/dialogs/check_list.h"
#include "ui/dialogs/spec_form.h"
#include "ui/dialogs/train_words.h"
#include "ui/dialogs/training_data_pane.h"
#include "ui/model/job_model.h"
#include "ui/model/worker_client.h"
#include "ui/widgets/tab_order.h"

#include <QClipboard>
#include <QComboBox>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTimer>

#include <algorithm>

namespace crux::ui {

namespace {

constexpr int kLookDelayMs = 300, kMeasureDelayMs = 600;

/// "set:12" -> "12"
std::string idOf(const QComboBox* box) {
    return box->currentData().toString().section(QLatin1Char(':'), 1).toStdString();
}

} // namespace

TrainDialog::TrainDialog(Session& session, QWidget* parent)
    : FormDialog(tr("Train"), tr("Start training"), parent)
    , m_session(session)
    , m_alive(&session) {
    m_lookTimer = new QTimer(this);
    m_measureTimer = new QTimer(this);
    for (const auto& [timer, delay] :
         {std::pair{m_lookTimer, kLookDelayMs}, std::pair{m_measureTimer, kMeasureDelayMs}}) {
        timer->setSingleShot(true);
        timer->setInterval(delay);
    }
    connect(m_lookTimer, &QTimer::timeout, this, &TrainDialog::look);
    connect(m_measureTimer, &QTimer::timeout, this, [this] {
        if (!measuring())
            measure();
    });
    m_filling = true;
    buildHead();
    buildColumns();
    auto* copy = new QPushButton(tr("Copy as command line"), this);
    copy->setAutoDefault(false);
    connect(copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(commandLine()); });
    addLeftButton(copy);
    fillMethods();
    m_filling = false;
    connect(&session, &Session::factsChanged, this, &TrainDialog::fillFromFacts);
    m_model->setFacts(session.facts());
    m_start->setFacts(session.facts(), m_model->model());
    const auto& sets = session.facts().pairSets;
    const bool pairs = std::any_of(sets.begin(), sets.end(),
                                   [](const auto& set) { return set.kind() == "preference"; });
    chooseMethod(pairs ? QStringLiteral("cdpo") : QStringLiteral("sft"));
    resize(1040, 720);
}

TrainDialog::~TrainDialog() {
    if (m_alive && m_probe != 0)
        m_session.worker().cancel(m_probe);
}

void TrainDialog::showEvent(QShowEvent* event) {
    FormDialog::showEvent(event);
    orderTabsAsAdded(this); // the left column before the right one
}

// --- methods and presets

std::string TrainDialog::method() const {
    return m_method->currentData().toString().toStdString();
}

std::string TrainDialog::methodOf(const std::string& step) const {
    return step == "run" ? method() : "sft";
}

/// Answers of the demo's word problems end with a line end, not with EOS.
bool TrainDialog::usesDemo() const {
    const auto& datasets = m_session.facts().datasets;
    return !datasets.empty() && std::all_of(datasets.begin(), datasets.end(), [](const auto& one) {
        return one.promptTemplate == "wordproblems";
    });
}

/// Values of all parameters, by the chosen preset, for one of the jobs.
Json TrainDialog::presetValues(const std::string& step) const {
    const std::string preset = m_preset->currentData().toString().toStdString();
    const auto complete =
        completeSpec("train", {{"method", methodOf(step)},
                               {"preset", preset.empty() || preset == "last" ? "paper" : preset}});
    Json values = complete.ok() ? *complete : Json::object();
    if (usesDemo())
        values["end"] = "\n";
    if (preset != "last" || step != "run")
        return values;
    if (const Json last = m_form->lastUsed(m_session, m_method->currentData().toString());
        last.is_object())
        values.update(last);
    return values;
}

void TrainDialog::applyPreset() {
    m_kept.clear();
    m_form->show(presetValues(m_shown));
    fillScores();
    changed();
}

void TrainDialog::chooseMethod(const QString& method) {
    m_method->setCurrentIndex(std::max(0, m_method->findData(method)));
    fillPresets();
    fillData();
    applyPreset();
}

void TrainDialog::choosePreset(const QString& preset) {
    m_preset->setCurrentIndex(std::max(0, m_preset->findData(preset)));
    applyPreset();
}

// --- parameters of the run and of the SFT runs before it

void TrainDialog::keepStep() {
    m_kept[m_shown] = m_form->spec();
}

void TrainDialog::showStep(const std::string& step) {
    if (step != m_shown) {
        keepStep();
        m_shown = step;
        m_form->show(presetValues(step));
        if (m_kept.count(step) != 0)
            m_form->fill(m_kept[step]);
    }
    if (const int at = m_step->findData(QString::fromStdString(step)); at >= 0)
        m_step->setCurrentIndex(at);
    check();
}

QStringList TrainDialog::differences() const {
    QStringList list;
    const Json now = stepSpec(m_shown);
    for (const SpecForm::Change& change : m_form->changes())
        if (isTrainParamUsed(change.key, now))
            list << change.text;
    return list;
}

void TrainDialog::resetParam(const std::string& key) {
    m_form->reset(key);
}

void TrainDialog::setValue(const std::string& key, const Json& value) {
    m_form->setValue(key, value);
}

// --- where rows and weights come from

TrainDialog::Data TrainDialog::dataSource() const {
    const QString source = m_data->currentData().toString();
    return source == QLatin1String("rules")  ? Data::Rules
           : source == QLatin1String("file") ? Data::File
                                             : Data::Set;
}

bool TrainDialog::computesScores() const {
    return method() == "cdpo" && m_scores->currentData().toString() == QLatin1String("compute");
}

bool TrainDialog::trainsSide(const QComboBox* side) const {
    return side->currentData().toString() == QLatin1String("train");
}

void TrainDialog::chooseFrom(const QString& filter) {
    m_data->setCurrentIndex(m_data->findData(QStringLiteral("rules")));
    m_filter->setText(filter);
    fillScores();
    changed();
}

void TrainDialog::chooseFile(const QString& file) {
    m_data->setCurrentIndex(m_data->findData(QStringLiteral("file")));
    m_file->setPath(file);
    fillScores();
    changed();
}

void TrainDialog::chooseStart(AdapterId id) {
    for (const store::AdapterRecord& adapter : m_session.facts().adapters)
        if (adapter.id == id) {
            m_model->choose(adapter.modelId);
            m_start->choose({}, id);
        }
}

void TrainDialog::computeScoresFirst() {
    m_scores->setCurrentIndex(m_scores->findData(QStringLiteral("compute")));
    fillScores();
    changed();
}

// --- specs

/// Parameters of one of the runs, those it has no use for left at their preset.
Json TrainDialog::stepSpec(const std::string& step) const {
    const auto kept = m_kept.find(step);
    Json spec = step == m_shown        ? m_form->spec()
                : kept != m_kept.end() ? kept->second
                                       : presetValues(step);
    spec["method"] = methodOf(step);
    spec["start_adapter"] = step == "run" ? m_start->value() : std::string();
    return spec;
}

Json TrainDialog::spec() const {
    Json spec = stepSpec("run");
    const std::string preset = m_preset->currentData().toString().toStdString();
    spec["preset"] = preset.empty() || preset == "last" ? "paper" : preset;
    spec["model"] = m_model->value();
    spec["name"] = m_name->text().trimmed().toStdString();
    if (dataSource() == Data::Set)
        spec["data"] = idOf(m_data);
    else if (dataSource() == Data::File)
        spec["data"] = m_file->path().toStdString();
    else
        spec["data"] = "";
    spec["score_set"] = method() == "cdpo" && dataSource() == Data::Set && !computesScores()
                            ? idOf(m_scores)
                            : std::string();
    return spec;
}

TrainingPlan TrainDialog::plan() const {
    TrainingPlan plan;
    plan.train = spec();
    plan.train["name"] = runName().toStdString();
    if (dataSource() == Data::Rules)
        plan.data = Json{{"where", m_filter->text().trimmed().toStdString()},
                         {"name", runName().toStdString()}};
    plan.score = computesScores();
    if (!plan.score)
        return plan;
    const auto side = [&](const QComboBox* box, const char* step, std::optional<Json>& run,
                          std::string& name) {
        if (!trainsSide(box)) {
            for (const store::AdapterRecord& adapter : m_session.facts().adapters)
                if (std::to_string(adapter.id.value) == idOf(box))
                    name = adapter.path; // names may be there twice
            return;
        }
        Json spec = stepSpec(step);
        for (const char* key : {"start_adapter", "output"})
            spec.erase(key);
        run = std::move(spec);
    };
    side(m_positive, "positive", plan.positive, plan.positiveModel);
    side(m_negative, "negative", plan.negative, plan.negativeModel);
    // The SFT sets that were chosen with the pairs.
    for (const store::PairSetRecord& pairs : m_session.facts().pairSets) {
        if (dataSource() != Data::Set || std::to_string(pairs.id.value) != idOf(m_data))
            continue;
        for (const store::PairSetRecord& set : m_session.facts().pairSets)
            for (const auto& [kind, run] :
                 {std::pair{"sft_pos", &plan.positive}, std::pair{"sft_neg", &plan.negative}})
                if (set.name == pairs.name && set.kind() == kind && *run)
                    (**run)["data"] = std::to_string(set.id.value);
    }
    return plan;
}

QString TrainDialog::runName() const {
    const QString given = m_name->text().trimmed();
    return given.isEmpty() ? m_method->currentData().toString() : given;
}

Json TrainDialog::job() const {
    const TrainingPlan made = plan();
    return made.data || made.score ? trainingPipeline(made) : spec();
}

QString TrainDialog::commandLine() const {
    store::JobRecord record;
    record.kind = "train";
    record.spec = job();
    return jobCommandLine(record, m_session.projectFile());
}

/// What the job of a reference made, by its id or name; other texts as they are.
QString TrainDialog::takenText(const Json& spec, const char* key) const {
    const Json value = spec.value(key, Json(""));
    const auto id = referencedJob(value);
    for (const store::JobRecord& job : m_session.facts().jobs) {
        if (!id || job.id != *id)
            continue;
        for (const Output output : takenBy("train", spec, key)) {
            const auto made = job.outputs.find(std::string(outputName(output)));
            if (made == job.outputs.end() || !made->is_number_integer())
                continue;
            for (const store::AdapterRecord& adapter : m_session.facts().adapters)
                if (output == Output::Adapter && adapter.id.value == made->get<std::int64_t>())
                    return QString::fromStdString(adapter.name);
            return QString::number(made->get<std::int64_t>());
        }
    }
    return QString::fromStdString(value.is_string() ? value.get<std::string>() : std::string());
}

void TrainDialog::setSpec(const Json& given) {
    const auto complete = completeSpec("train", given);
    if (!complete.ok())
        return;
    const Json& spec = *complete;
    const auto text = [&](const char* key) { return takenText(spec, key); };
    chooseMethod(text("method"));
    choosePreset(text("preset"));
    m_filling = true;
    if (!text("model").isEmpty())
        m_model->setText(text("model"));
    m_start->setText(text("start_adapter"));
    m_name->setText(text("name"));
    m_form->fill(spec);
    const QString rows = text("data");
    if (const int set = m_data->findData(QStringLiteral("set:") + rows); set >= 0)
        m_data->setCurrentIndex(set);
    else if (rows.contains(QLatin1Char('/')))
        chooseFile(rows);
    fillScores();
    if (const int set = m_scores->findData(QStringLiteral("set:") + text("score_set")); set >= 0)
        m_scores->setCurrentIndex(set);
    m_filling = false;
    changed();
}

void TrainDialog::changed() {
    if (m_filling)
        return;
    stopProbe();
    m_measureTimer->stop();
    m_estimate.clear();
    m_estimateFault.clear();
    m_lookTimer->start();
    check();
}

void TrainDialog::accept() {
    stopProbe();
    Json last = stepSpec("run");
    last.erase("start_adapter");
    m_form->keepAsLastUsed(m_session, m_method->currentData().toString(), last);
    // The sheet stays until the job's row is there, so that a fault finds it as it was filled.
    setReason(tr("Queuing…"));
    const auto done = [&session = m_session,
                       self = QPointer<TrainDialog>(this)](const Result<JobId>& id) {
        if (!id.ok())
            session.post(noticeFromError(id.error(), tr("The training was not queued.")));
        if (!self)
            return;
        if (!id.ok())
            return self->check();
        Q_EMIT self->queued(*id);
        self->FormDialog::accept();
    };
    if (const Json all = job(); isPipeline(all))
        m_session.enqueuePipeline(all, nullptr, done);
    else
        m_session.enqueueJob(QStringLiteral("train"), all, runName(), nullptr, done);
}

} // namespace crux::ui
