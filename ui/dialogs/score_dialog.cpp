#include "ui/dialogs/score_dialog.h"

#include "core/store/filter.h"
#include "core/store/repositories.h"
#include "ui/dialogs/check_list.h"
#include "ui/dialogs/spec_form.h"
#include "ui/model/job_model.h"
#include "ui/widgets/format.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTimer>
#include <QVBoxLayout>

namespace crux::ui {

namespace {
constexpr int kCountDelayMs = 250;
constexpr int kDefaultTopK = 20;
} // namespace

ScoreDialog::ScoreDialog(Session& session, QWidget* parent)
    : FormDialog(tr("Score trajectories"), tr("Start scoring"), parent)
    , m_session(session) {
    buildFields();
    m_timer = new QTimer(this);
    m_timer->setSingleShot(true);
    m_timer->setInterval(kCountDelayMs);
    connect(m_timer, &QTimer::timeout, this, &ScoreDialog::countTrajectories);
    connect(&session, &Session::factsChanged, this, &ScoreDialog::fillFromFacts);
    fillFromFacts();
    countTrajectories();
    resize(600, sizeHint().height());
}

void ScoreDialog::buildFields() {
    addHeading(tr("Models"));
    m_base = new ModelChoice(ModelChoice::Offer::Models, tr("Base model"), this);
    m_positive = new ModelChoice(ModelChoice::Offer::Both, tr("Positive model"), this);
    m_negative = new ModelChoice(ModelChoice::Offer::Both, tr("Negative model"), this);
    addField(tr("Base model"), m_base, tr("may stay empty when both sides are whole models"));
    addField(tr("Positive model"), m_positive);
    addField(tr("Negative model"), m_negative);
    m_form = new SpecForm("score", this);
    m_form->setWords(
        {tr("As in the paper: β 1."), tr("Differences from the default: %1"), tr("Default: %1")});
    addField(
        tr("Policy model"),
        m_form->add("policy",
                    choiceField({{tr("base model, ranks the alternatives"), QStringLiteral("base")},
                                 {tr("none, quicker"), QStringLiteral("none")}},
                                this),
                    tr("Policy model")));

    addHeading(tr("Score"));
    addField(tr("Contrast β"), m_form->add("beta", realField(0, 16, 2, 0.25, this),
                                           QStringLiteral("β"), tr("Strength of the contrast")));
    addField(tr("Alternatives K"),
             m_form->add("top_k", wholeField(0, 200, this), QStringLiteral("K"),
                         tr("Alternatives stored for every position")));
    auto* details = m_form->add(
        "details", new QCheckBox(tr("Store entropies and ranks too (slower, larger)"), this),
        tr("entropies and ranks"));
    details->setChecked(true);
    addField(QString(), details);
    m_form->show({{"beta", 1}, {"top_k", kDefaultTopK}});
    addWide(m_form->makeDifferences(this));

    addHeading(tr("Trajectories"));
    m_dataset = new QComboBox(this);
    addField(tr("Dataset"), m_dataset);
    m_filter = new QLineEdit(this);
    m_filter->setFont(fonts::fixed());
    m_filter->setPlaceholderText(tr("all, or for example verdict=wrong"));
    addField(tr("Filter"), m_filter);
    addField(QString(),
             m_form->add("retokenize",
                         new QCheckBox(tr("Tokenise again where the ids come from another "
                                          "tokenizer"),
                                       this),
                         tr("tokenise again")));
    m_name = new QLineEdit(this);
    m_name->setPlaceholderText(tr("made from the models' names"));
    addField(tr("Score set"), m_name);

    addHeading(tr("Checks"));
    m_checks = new CheckList(this);
    addWide(m_checks);
    body()->addStretch(1);

    for (ModelChoice* choice : {m_base, m_positive, m_negative})
        connect(choice, &ModelChoice::changed, this, [this, choice] {
            if (choice == m_base) {
                m_positive->setFacts(m_session.facts(), m_base->model());
                m_negative->setFacts(m_session.facts(), m_base->model());
            }
            check();
        });
    connect(m_form, &SpecForm::edited, this, &ScoreDialog::check);
    connect(m_dataset, &QComboBox::activated, this, [this] { m_timer->start(); });
    connect(m_filter, &QLineEdit::textEdited, this, [this] { m_timer->start(); });
}

void ScoreDialog::fillFromFacts() {
    const ProjectFacts& facts = m_session.facts();
    m_base->setFacts(facts);
    m_positive->setFacts(facts, m_base->model());
    m_negative->setFacts(facts, m_base->model());
    m_positive->chooseRole("positive");
    m_negative->chooseRole("negative");
    const QString dataset = m_dataset->currentData().toString();
    m_dataset->clear();
    m_dataset->addItem(tr("all datasets"), QString());
    for (const store::DatasetRecord& record : facts.datasets)
        m_dataset->addItem(
            tr("%1, %2 trajectories")
                .arg(QString::fromStdString(record.name), format::integer(record.trajectories)),
            QString::fromStdString(record.name));
    m_dataset->setCurrentIndex(std::max(0, m_dataset->findData(dataset)));
    check();
}

void ScoreDialog::setFilter(const QString& expression) {
    m_filter->setText(expression);
    countTrajectories();
}

void ScoreDialog::setRetokenise(bool on) {
    m_form->setValue("retokenize", on);
}

void ScoreDialog::countTrajectories() {
    const std::string expression = m_filter->text().trimmed().toStdString();
    m_filterFault.clear();
    m_count = -1;
    if (!expression.empty()) {
        const Status parsed = store::parseFilter(expression);
        if (!parsed.ok())
            m_filterFault = QString::fromStdString(parsed.error().message);
    }
    const int generation = ++m_generation;
    check();
    if (!m_filterFault.isEmpty() || !m_session.isOpen())
        return;
    store::TrajectoryQuery query;
    query.filter = expression;
    const std::string dataset = m_dataset->currentData().toString().toStdString();
    if (!dataset
             .empty()) // a name with quotes cannot be written in the language: counted without it
        query.filter = expression.empty() ? "dataset=\"" + dataset + "\""
                                          : "(" + expression + ") and dataset=\"" + dataset + "\"";
    m_session.read<std::int64_t>(
        this,
        [query](const store::Project& project) -> Result<std::int64_t> {
            CRUX_TRY(ids, store::trajectoryIds(project, query));
            return static_cast<std::int64_t>(ids.size());
        },
        [this, generation](Result<std::int64_t> count) {
            if (generation != m_generation)
                return;
            if (count.ok())
                m_count = *count;
            else
                m_filterFault = QString::fromStdString(count.error().message);
            check();
        });
}

QString ScoreDialog::sideFault(const ModelChoice& side) const {
    if (!side.fault().isEmpty())
        return side.fault();
    const bool adapter = side.adapter() || (side.folder() && side.folder()->isAdapter);
    if (adapter && m_base->value().empty())
        return tr("This is an adapter: it needs a base model above.");
    return {};
}

std::int32_t ScoreDialog::vocabularyOf(const ModelChoice& side) const {
    const auto registered = [this](ModelId id) {
        for (const store::ModelRecord& model : m_session.facts().models)
            if (model.id == id)
                return model.vocabularySize;
        return std::int32_t{0};
    };
    if (side.adapter() || (side.folder() && side.folder()->isAdapter))
        return &side == m_base ? 0 : vocabularyOf(*m_base);
    if (side.model())
        return registered(side.model());
    return side.folder() ? side.folder()->vocabularySize : 0;
}

QString ScoreDialog::estimate() const {
    const double each = secondsPerScoredRow(m_session.facts().jobs);
    return each > 0 ? tr("About %1, from the speed of the last scoring")
                          .arg(format::duration(each * static_cast<double>(m_count)))
                    : tr("The time needed is told after the first seconds of the job");
}

void ScoreDialog::check() {
    setFieldError(m_base, m_base->fault());
    const QString positive = sideFault(*m_positive);
    QString negative = sideFault(*m_negative);
    if (negative.isEmpty() && !m_positive->value().empty() &&
        m_positive->value() == m_negative->value())
        negative = tr("Positive and negative are the same: every score would be the model's own "
                      "probability.");
    setFieldError(m_positive, positive);
    setFieldError(m_negative, negative);
    setFieldError(m_filter, m_filterFault);

    std::vector<CheckLine> lines;
    const std::int32_t left = vocabularyOf(*m_positive);
    const std::int32_t right = vocabularyOf(*m_negative);
    const bool differ = left > 0 && right > 0 && left != right;
    if (differ)
        lines.push_back({Severity::Error,
                         tr("Positive and negative have different vocabularies: %1 and %2 entries")
                             .arg(format::integer(left), format::integer(right))});
    else if (left > 0 && right > 0)
        lines.push_back(
            {Severity::Passed, tr("Positive and negative have vocabularies of one size, %1 entries")
                                   .arg(format::integer(left))});
    if (m_count >= 0)
        lines.push_back(
            {m_count > 0 ? Severity::Passed : Severity::Error,
             tr("%1 trajectories chosen; those this score set holds already are skipped")
                 .arg(format::integer(m_count))});
    if (m_count > 0)
        lines.push_back({Severity::Information, estimate()});
    lines.push_back(
        {Severity::Information, tr("Forcing tokens goes on while the job runs; it may be slower")});
    m_checks->setLines(lines);

    if (!m_session.isOpen())
        setReason(tr("Open a project first."));
    else if (m_session.readOnly())
        setReason(tr("The project is open read-only: scores cannot be stored."));
    else if (m_positive->value().empty() || m_negative->value().empty())
        setReason(tr("Choose a positive and a negative model."));
    else if (m_base->looking() || m_positive->looking() || m_negative->looking())
        setReason(tr("Looking at the folders…"));
    else if (!positive.isEmpty() || !negative.isEmpty() || !m_base->fault().isEmpty() ||
             !m_filterFault.isEmpty())
        setReason(tr("Correct the marked field first."));
    else if (differ)
        setReason(tr("The two vocabularies must be the same. Choose models of one family."));
    else if (m_count == 0)
        setReason(tr("No trajectory is chosen."));
    else
        setReason({});
}

Json ScoreDialog::spec() const {
    Json spec = m_form->spec();
    spec.update({{"score_set", m_name->text().trimmed().toStdString()},
                 {"model", m_base->value()},
                 {"positive", m_positive->value()},
                 {"negative", m_negative->value()},
                 {"where", m_filter->text().trimmed().toStdString()},
                 {"dataset", m_dataset->currentData().toString().toStdString()}});
    return spec;
}

void ScoreDialog::accept() {
    const QString name = m_name->text().trimmed().isEmpty()
                             ? tr("score %1 / %2").arg(m_positive->text(), m_negative->text())
                             : m_name->text().trimmed();
    m_session.enqueueJob(QStringLiteral("score"), spec(), name);
    FormDialog::accept();
}

} // namespace crux::ui
