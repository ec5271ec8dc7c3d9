// Prompt templates of the paper (REFERENCE.md 0.2): training and evaluation form, few-shot forms.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crux::text {

struct PromptTemplate {
    std::string name;               ///< "gsm8k", "math", ...
    std::string before;             ///< text before the question
    std::string after;              ///< text between question and response, e.g. "\nAnswer: "
    std::vector<std::string> stops; ///< stop strings used with it
};

const std::vector<PromptTemplate>& promptTemplates();
/// nullptr when there is none of that name.
const PromptTemplate* promptTemplate(std::string_view name);
std::string renderPrompt(const PromptTemplate& shape, std::string_view question);

} // namespace crux::text
