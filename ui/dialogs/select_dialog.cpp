#include "ui/dialogs/select_dialog.h"

#include "core/spec/answer_selection.h"
#include "core/store/filter.h"
#include "core/store/repositories.h"
#include "ui/dialogs/check_list.h"
#include "ui/dialogs/spec_form.h"
#include "ui/widgets/format.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QTimer>
#include <QVBoxLayout>

namespace crux::ui {

namespace {
constexpr int kLookDelayMs = 250;
} // namespace

SelectDialog::SelectDialog(Session& session, QWidget* parent)
    : FormDialog(tr("Choose training data"), tr("Choose"), parent)
    , m_session(session) {
    buildFields();
    m_timer = new QTimer(this);
    m_timer->setSingleShot(true);
    m_timer->setInterval(kLookDelayMs);
    connect(m_timer, &QTimer::timeout, this, &SelectDialog::look);
    connect(&session, &Session::factsChanged, this, &SelectDialog::fillDatasets);
    fillDatasets();
    look();
    resize(600, sizeHint().height());
}

void SelectDialog::buildFields() {
    addText(tr("By how often a question's answers were given, as the paper chooses the data of "
               "its positive and negative models and of preference training."));
    addHeading(tr("Trajectories"));
    m_dataset = new QComboBox(this);
    addField(tr("Dataset"), m_dataset);
    m_filter = new QLineEdit(this);
    m_filter->setFont(fonts::fixed());
    m_filter->setPlaceholderText(tr("all, or for example source=sampled"));
    addField(tr("Filter"), m_filter);
    m_name = new QLineEdit(this);
    m_name->setPlaceholderText(tr("made from the dataset's name"));
    addField(tr("Name"), m_name);
    addHeading(tr("Rules"));
    m_form = new SpecForm("select", this);
    m_form->setWords(
        {tr("As in the paper."), tr("Differences from the paper: %1"), tr("Paper: %1")});
    const auto whole = [this](const char* key, int low, const QString& name,
                              const QString& special) {
        QSpinBox* box = m_form->add(key, wholeField(low, 4096, this), name);
        box->setSpecialValueText(special);
        return box;
    };
    addField(tr("Positive data"), whole("positive_top_k", 0, tr("positive data"), tr("none")),
             tr("so many of the most frequent right answers"));
    QDoubleSpinBox* negative =
        m_form->add("negative_top_p", realField(0, 1, 2, 0.05, this), tr("negative data"));
    negative->setSpecialValueText(tr("none"));
    addField(tr("Negative data"), negative,
             tr("the most frequent wrong answers that make up this share of all wrong ones"));
    addField(tr("Repeats"), whole("negative_repeats", 1, tr("repeats"), {}),
             tr("a wrong answer after the first occurs so often"));
    addField(tr("Preference pairs"),
             whole("preference_top_k", 0, tr("preference pairs"), tr("none")),
             tr("of the most frequent right and wrong answers"));
    addField(tr("Each answer"), whole("per_answer", 0, tr("each answer"), tr("all")),
             tr("responses taken of each chosen answer"));
    const SelectionRule paper; // its defaults
    m_form->show({{"positive_top_k", paper.positiveTopK},
                  {"negative_top_p", paper.negativeTopP},
                  {"negative_repeats", paper.negativeRepeats},
                  {"preference_top_k", paper.preferenceTopK},
                  {"per_answer", paper.perAnswer}});
    addWide(m_form->makeDifferences(this));
    addHeading(tr("Checks"));
    m_checks = new CheckList(this);
    m_checks->setMinimumHeight(4 * metrics::kRow); // four lines come once they are counted
    addWide(m_checks);
    body()->addStretch(1);
    connect(m_form, &SpecForm::edited, this, [this] { m_timer->start(); });
    connect(m_dataset, &QComboBox::activated, this, [this] { m_timer->start(); });
    connect(m_filter, &QLineEdit::textEdited, this, [this] { m_timer->start(); });
}

void SelectDialog::fillDatasets() {
    const QString before = m_dataset->currentData().toString();
    m_dataset->clear();
    m_dataset->addItem(tr("all datasets"), QString());
    for (const store::DatasetRecord& one : m_session.facts().datasets)
        if (one.trajectories > 0)
            m_dataset->addItem(
                tr("%1, %2 trajectories")
                    .arg(QString::fromStdString(one.name), format::integer(one.trajectories)),
                QString::number(one.id.value));
    m_dataset->setCurrentIndex(std::max(0, m_dataset->findData(before)));
    check();
}

void SelectDialog::setFilter(const QString& expression) {
    m_filter->setText(expression);
    look();
}

Json SelectDialog::spec() const {
    Json spec = m_form->spec();
    spec.update({{"where", m_filter->text().trimmed().toStdString()},
                 {"dataset", m_dataset->currentData().toString().toStdString()},
                 {"name", m_name->text().trimmed().toStdString()}});
    return spec;
}

/// Applies the rules without storing anything.
void SelectDialog::look() {
    const std::string expression = m_filter->text().trimmed().toStdString();
    m_preview.reset();
    m_fault.clear();
    const Status parsed = expression.empty() ? Status() : store::parseFilter(expression);
    if (!parsed.ok())
        m_fault = QString::fromStdString(parsed.error().message);
    const int generation = ++m_generation;
    check();
    if (!parsed.ok() || !m_session.isOpen())
        return;
    const SelectionRule rule{
        m_form->value("positive_top_k").get<int>(), m_form->value("negative_top_p").get<double>(),
        m_form->value("negative_repeats").get<int>(), m_form->value("preference_top_k").get<int>(),
        m_form->value("per_answer").get<int>()};
    store::TrajectoryQuery query;
    query.filter = expression;
    query.scoreSet = m_session.scoreSet();
    const DatasetId dataset{m_dataset->currentData().toString().toLongLong()};
    m_session.read<SelectionPreview>(
        this,
        [rule, query, dataset](const store::Project& project) {
            return previewSelection(project, query, dataset, rule, {});
        },
        [this, generation](Result<SelectionPreview> found) {
            if (generation != m_generation)
                return;
            if (found.ok())
                m_preview = *found;
            else
                m_fault = QString::fromStdString(found.error().message);
            check();
        });
}

void SelectDialog::check() {
    setFieldError(m_filter, m_fault);
    std::vector<CheckLine> lines;
    std::int64_t rows = 0;
    if (m_preview) {
        lines.push_back({m_preview->trajectories > 0 ? Severity::Passed : Severity::Error,
                         tr("%1 trajectories of %2 questions")
                             .arg(format::integer(m_preview->trajectories),
                                  format::integer(m_preview->questions))});
        if (const QString whose = ownAnswersLine(*m_preview); !whose.isEmpty())
            lines.push_back(
                {m_preview->own.model.empty() ? Severity::Warning : Severity::Information, whose});
        if (const QString tests = testQuestionsLine(*m_preview); !tests.isEmpty())
            lines.push_back({Severity::Warning, tests});
        for (const auto set :
             {SelectionPreview::Positive, SelectionPreview::Negative, SelectionPreview::Pairs}) {
            const auto at = static_cast<std::size_t>(set);
            if (m_preview->questions == 0 || m_preview->dropped[at].count("off"))
                continue;
            rows += m_preview->rows[at];
            lines.push_back({m_preview->rows[at] > 0 ? Severity::Information : Severity::Warning,
                             selectionLine(*m_preview, set)});
        }
    }
    m_checks->setLines(lines);
    if (!m_session.isOpen())
        setReason(tr("Open a project first."));
    else if (m_session.readOnly())
        setReason(tr("The project is open read-only: nothing can be stored."));
    else if (!m_fault.isEmpty())
        setReason(tr("Correct the marked field first."));
    else if (m_preview && m_preview->trajectories == 0)
        setReason(tr("No trajectory is chosen."));
    else if (m_preview && rows == 0)
        setReason(tr("The rules keep nothing."));
    else
        setReason({});
}

void SelectDialog::accept() {
    const QString name = m_name->text().trimmed();
    m_session.enqueueJob(QStringLiteral("select"), spec(),
                         name.isEmpty() ? tr("choose training data")
                                        : tr("choose training data %1").arg(name));
    FormDialog::accept();
}

} // namespace crux::ui
