// What the launch sheet of a sample job checks while its fields are filled.
#include "core/spec/sample_presets.h"
#include "core/store/filter.h"
#include "core/store/prompt_lengths.h"
#include "core/store/repositories.h"
#include "core/text/few_shot.h"
#include "core/text/tokenizer.h"
#include "ui/dialogs/background.h"
#include "ui/dialogs/context_check.h"
#include "ui/dialogs/sample_dialog.h"
#include "ui/dialogs/spec_form.h"
#include "ui/widgets/format.h"

#include <QComboBox>
#include <QLineEdit>

#include <set>
#include <span>

namespace crux::ui {

namespace {
constexpr std::size_t kMeanOver = 200; ///< trajectories that the mean length is taken of
}

std::string SampleDialog::templateName(const std::string& chosen) const {
    if (!chosen.empty())
        return chosen;
    if (dataset() && !dataset()->promptTemplate.empty())
        return dataset()->promptTemplate;
    return isMath() ? "math" : "gsm8k";
}

Path SampleDialog::tokenizerFolder() const {
    for (const store::ModelRecord& one : m_session.facts().models)
        if (one.id == m_model->model())
            return one.path;
    return m_model->folder() ? m_model->folder()->path : Path();
}

/// Counts the questions and reads what the estimate needs.
void SampleDialog::look() {
    const std::string expression = m_filter->text().trimmed().toStdString();
    m_facts = {};
    const Status parsed = expression.empty() ? Status() : store::parseFilter(expression);
    if (!parsed.ok())
        m_facts.fault = QString::fromStdString(parsed.error().message);
    const int generation = ++m_lookGeneration;
    check();
    const store::DatasetRecord* const chosen = dataset();
    if (!parsed.ok() || !m_session.isOpen() || !chosen)
        return;
    const std::int64_t limit = m_form->value("limit").get<std::int64_t>();
    m_session.read<SampleFacts>(
        this,
        [expression, limit,
         chosen = *chosen](const store::Project& project) -> Result<SampleFacts> {
            SampleFacts facts;
            store::TrajectoryQuery query;
            query.filter = expression;
            std::vector<store::AnswerRecord> answers;
            if (!expression.empty() || chosen.trajectories > 0) {
                CRUX_TRY(ids, store::trajectoryIds(project, query));
                CRUX_TRY(all, store::answersOf(project, ids));
                answers = std::move(all);
            }
            std::set<QuestionId> questions;
            double tokens = 0;
            std::size_t counted = 0;
            for (const store::AnswerRecord& answer : answers)
                if (answer.datasetId == chosen.id) {
                    questions.insert(answer.questionId);
                    if (answer.tokens > 0 && counted < kMeanOver) {
                        tokens += answer.tokens;
                        ++counted;
                    }
                }
            facts.questions =
                expression.empty() ? chosen.questions : static_cast<std::int64_t>(questions.size());
            facts.meanTokens = counted > 0 ? tokens / static_cast<double>(counted) : 0;
            CRUX_TRY(first, store::questions(project, chosen.id, 0, 1));
            if (!first.empty())
                facts.firstQuestion = first[0].text;
            CRUX_TRY(longest, store::longestQuestion(project, chosen.id,
                                                     expression.empty() ? std::nullopt
                                                                        : std::optional(questions),
                                                     limit));
            if (longest)
                facts.longestQuestion = longest->text;
            CRUX_TRY(demo, store::setting(project, "demo"));
            facts.demo = !demo.empty();
            return facts;
        },
        [this, generation](Result<SampleFacts> facts) {
            if (generation != m_lookGeneration)
                return;
            if (facts.ok())
                m_facts = std::move(*facts);
            else
                m_facts.fault = QString::fromStdString(facts.error().message);
            check();
        });
}

/// A question's prompt with Crux's own examples; "" where a template is not known.
std::string SampleDialog::promptFor(const Json& spec, const std::string& question) const {
    const text::PromptTemplate* shape =
        text::promptTemplate(templateName(spec.value("template", std::string())));
    if (!shape)
        return {};
    const int asked = spec.value("shots", -1);
    const auto& own = text::builtinExamples(text::isMathTemplate(*shape));
    const auto shots = std::min(
        static_cast<std::size_t>(asked < 0 ? text::paperShots(*shape) : asked), own.size());
    return text::fewShotPrompt(*shape, std::span(own).first(shots), question);
}

/// Until the user chooses: the first preset whose prompt fits into the model's context, the demo's
/// own in the demo project. Prompts are counted in the background.
void SampleDialog::fitPreset() {
    const Path folder = tokenizerFolder();
    if (m_touched || m_facts.firstQuestion.empty() || folder.empty())
        return;
    const QString key = QString::fromStdString(folder.string() + "\n" + m_facts.firstQuestion);
    if (key == m_fitKey)
        return;
    m_fitKey = key;
    if (m_facts.demo)
        return takePreset(QStringLiteral("demo"));
    const std::int32_t context = m_model->contextLength();
    if (context <= 0)
        return;
    std::vector<std::pair<QString, std::string>> prompts;
    for (const SamplePreset& one : samplePresets(modelName(), isMath()))
        prompts.emplace_back(QString::fromStdString(one.name),
                             promptFor(one.spec, m_facts.firstQuestion));
    runInBackground<QString>(
        this,
        [folder, prompts, context]() -> QString {
            const auto tokenizer = text::loadTokenizer(folder);
            if (!tokenizer.ok())
                return {};
            for (const auto& [name, prompt] : prompts)
                if (static_cast<std::int32_t>((*tokenizer)->encode(prompt, true).ids.size()) <
                    context)
                    return name;
            return {};
        },
        [this, key](const QString& name) {
            if (!m_touched && key == m_fitKey && !name.isEmpty() &&
                name != m_preset->currentData().toString())
                takePreset(name);
        });
}

/// Tokens of the first and the longest question's prompt, counted in the background when what they
/// are made of changed.
void SampleDialog::countPrompt() {
    const Path folder = tokenizerFolder();
    if (folder.empty() || m_facts.firstQuestion.empty() || m_form->value("shots_from") != "builtin")
        return;
    const Json spec = m_form->spec();
    const std::string first = promptFor(spec, m_facts.firstQuestion);
    const std::string longest = promptFor(spec, m_facts.longestQuestion);
    if (first.empty())
        return;
    const QString key =
        QString::fromStdString(folder.string() + "\n" + first + "\n" + m_facts.longestQuestion);
    if (key == m_promptKey)
        return;
    m_promptKey = key;
    m_prompt = {};
    const int generation = ++m_promptGeneration;
    runInBackground<PromptTokens>(
        this,
        [folder, first, longest]() -> PromptTokens {
            const auto tokenizer = text::loadTokenizer(folder);
            if (!tokenizer.ok())
                return {};
            const auto tokens = [&](const std::string& prompt) {
                return static_cast<int>((*tokenizer)->encode(prompt, true).ids.size());
            };
            return {tokens(first), tokens(longest)};
        },
        [this, generation](const PromptTokens& tokens) {
            if (generation != m_promptGeneration)
                return;
            m_prompt = tokens;
            check();
        });
}

bool SampleDialog::promptTooLong() const {
    const std::int32_t context = m_model->contextLength();
    return context > 0 && m_prompt.first >= context;
}

std::vector<CheckLine> SampleDialog::promptLines() const {
    if (m_prompt.first < 0)
        return {};
    const std::int32_t context = m_model->contextLength();
    if (promptTooLong())
        return {{Severity::Error,
                 tr("The first question's prompt has %1 tokens, the model's context only %2; ask "
                    "for fewer examples")
                     .arg(format::integer(m_prompt.first), format::integer(context))}};
    if (context > 0 && m_prompt.longest >= context) // it is skipped, the others are not
        return {{Severity::Warning,
                 tr("The longest question's prompt has %1 tokens and fills the model's context of "
                    "%2: such questions are left out")
                     .arg(format::integer(m_prompt.longest), format::integer(context))}};
    return {contextLine(m_prompt.longest, m_form->value("max_new_tokens").get<std::int64_t>(),
                        context)};
}

QString SampleDialog::estimate() const {
    const std::int64_t limit = m_form->value("limit").get<std::int64_t>();
    const std::int64_t questions =
        limit > 0 ? std::min(limit, m_facts.questions) : m_facts.questions;
    const double answers = static_cast<double>(questions) * m_form->value("n").get<double>();
    const double longest = m_form->value("max_new_tokens").get<double>();
    const double each = m_facts.meanTokens > 0 ? std::min(m_facts.meanTokens, longest) : longest;
    const QString count = format::integer(static_cast<qint64>(answers));
    const QString tokens = format::integer(static_cast<qint64>(answers * each));
    const QString what = m_facts.meanTokens > 0
                             ? tr("%1 answers, about %2 tokens").arg(count, tokens)
                             : tr("%1 answers, at most %2 tokens").arg(count, tokens);
    // The speed of the last job that drew tokens.
    const auto& jobs = m_session.facts().jobs;
    for (auto job = jobs.rbegin(); job != jobs.rend(); ++job)
        if ((job->kind == "sample" || job->kind == "search") && job->tokensPerSecond > 0)
            return tr("%1; %2 at the %3 tokens/s of “%4”")
                .arg(what, format::duration(answers * each / job->tokensPerSecond),
                     format::integer(static_cast<qint64>(job->tokensPerSecond)),
                     QString::fromStdString(job->name));
    return tr("%1; the time needed is told after the first seconds").arg(what);
}

QString SampleDialog::differences() const {
    return m_form->differences();
}

void SampleDialog::check() {
    fitPreset();
    countPrompt();
    setFieldError(m_model, m_model->fault());
    setFieldError(m_adapter, m_adapter->fault());
    setFieldError(m_filter, m_facts.fault);
    auto* stop = m_form->field<QLineEdit>("stop");
    stop->setEnabled(!m_form->value("no_stop").get<bool>());
    QStringList own;
    if (const text::PromptTemplate* shape =
            text::promptTemplate(templateName(m_form->value("template").get<std::string>())))
        for (const std::string& one : shape->stops)
            own << format::escaped(one);
    stop->setPlaceholderText(own.join(QStringLiteral(" | ")));

    std::vector<CheckLine> lines;
    if (m_facts.questions >= 0)
        lines.push_back({m_facts.questions > 0 ? Severity::Passed : Severity::Error,
                         tr("%1 questions; answers that the same settings drew before are kept")
                             .arg(format::integer(m_facts.questions))});
    for (const CheckLine& line : promptLines())
        lines.push_back(line);
    const std::string preset = m_preset->currentData().toString().toStdString();
    if ((preset == "paper" || preset == "authors") && !m_model->value().empty() &&
        !paperTemperature(modelName(), isMath()))
        lines.push_back({Severity::Information,
                         tr("The paper names no temperature for this model; that of Llama-3-8B is "
                            "set. It wants about 10 wrong answers a question")});
    if (m_facts.questions > 0)
        lines.push_back({Severity::Information, estimate()});
    m_checks->setLines(lines);
    checkReason();
}

void SampleDialog::checkReason() {
    if (!m_session.isOpen())
        setReason(tr("Open a project first."));
    else if (m_session.readOnly())
        setReason(tr("The project is open read-only: answers cannot be stored."));
    else if (!dataset())
        setReason(tr("The project has no questions yet: import some first."));
    else if (m_model->value().empty())
        setReason(tr("Choose the model that answers."));
    else if (m_model->looking() || m_adapter->looking())
        setReason(tr("Looking at the folders…"));
    else if (!m_model->fault().isEmpty() || !m_adapter->fault().isEmpty() ||
             !m_facts.fault.isEmpty())
        setReason(tr("Correct the marked field first."));
    else if (m_facts.questions == 0)
        setReason(tr("No question is chosen."));
    else if (promptTooLong())
        setReason(tr("The prompt does not fit into the model's context."));
    else
        setReason({});
}

} // namespace crux::ui
