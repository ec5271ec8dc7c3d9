#include "core/interop/training_text.h"

#include "core/store/gold_answers.h"
#include "core/store/repositories.h"
#include "core/text/few_shot.h"
#include "core/text/prompts.h"

#include <algorithm>

namespace crux::interop {

namespace {

std::string_view trimmedLeft(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\n'))
        text.remove_prefix(1);
    return text;
}

/// A response keeps the whole token that its stop text began in; here it ends before the stop text.
std::string withoutStopBegin(const store::TrajectoryRecord& t) {
    const Json stops = t.provenance.params.value("stop", Json::array());
    if (t.finishReason != "stop" || !stops.is_array())
        return t.response;
    std::size_t cut = t.response.size();
    for (const Json& stop : stops) {
        if (!stop.is_string())
            continue;
        const std::string& text = stop.get_ref<const std::string&>();
        for (std::size_t size = std::min(text.size(), t.response.size()); size > 0; --size)
            if (t.response.ends_with(std::string_view(text).substr(0, size))) {
                cut = std::min(cut, t.response.size() - size);
                break;
            }
    }
    return t.response.substr(0, cut);
}

/// The plain training form of a prompt that had examples before it or its end taken off; nullptr
/// where the prompt itself is plain.
const text::PromptTemplate* plainForm(const store::TrajectoryRecord& t,
                                      const std::string& datasetTemplate) {
    const Json form = t.provenance.params.value("prompt", Json::object());
    if (!form.is_object() || form.empty())
        return nullptr;
    if (form.value("shots", 0) == 0 && !form.value("strip", false))
        return nullptr;
    const text::PromptTemplate* drawn = text::promptTemplate(form.value("template", std::string()));
    const text::PromptTemplate* own = text::promptTemplate(datasetTemplate);
    if (own != nullptr && own->name != "math_sampling")
        return own;
    return text::promptTemplate(drawn != nullptr && text::isMathTemplate(*drawn) ? "math"
                                                                                 : "gsm8k");
}

} // namespace

Result<TrainingTexts> TrainingTexts::open(const store::Project& project) {
    TrainingTexts source(project);
    CRUX_TRY(datasets, store::datasets(project));
    for (const store::DatasetRecord& dataset : datasets)
        source.m_templates[dataset.id.value] = dataset.promptTemplate;
    return source;
}

Result<TrainingText> TrainingTexts::text(TrajectoryId id) const {
    CRUX_TRY(t, store::trajectory(*m_project, id));
    return text(t);
}

Result<TrainingText> TrainingTexts::text(const store::TrajectoryRecord& t) const {
    CRUX_TRY(question, store::question(*m_project, t.questionId));
    TrainingText made;
    made.questionId = question.externalId;
    made.question = question.text;
    made.golds = store::goldAnswers(question);
    made.response = withoutStopBegin(t);
    const auto known = m_templates.find(t.datasetId.value);
    const auto* form = plainForm(t, known == m_templates.end() ? std::string() : known->second);
    if (form == nullptr) {
        made.prompt = t.prompt;
        if (!t.ids.empty() && made.response.size() == t.response.size())
            made.ids.assign(t.ids.begin() + t.promptTokens, t.ids.end());
    } else {
        made.prompt = text::renderPrompt(*form, question.text);
        made.response = std::string(trimmedLeft(made.response));
    }
    made.row = {{"trajectory_id", t.id.value},
                {"sample", t.sampleIndex},
                {"answer", t.extracted},
                {"model", t.sourceModel}};
    return made;
}

} // namespace crux::interop
