#include "core/text/prompts.h"

namespace crux::text {

const std::vector<PromptTemplate>& promptTemplates() {
    // Paper: training and evaluation prompts; stops of the authors' sampling scripts.
    static const std::vector<PromptTemplate> kTemplates = {
        {"gsm8k", "Question: ", "\nAnswer: ", {"\n\nQuestion:", "\n\nProblem:"}},
        {"math", "Problem: ", "\nSolution: ", {"\n\nQuestion:", "\n\nProblem:"}},
        // Start-up sampling of the authors' scripts sets MATH apart (REFERENCE.md A.5, 5).
        {"math_sampling", "Problem:\n", "\n\nSolution:\n", {"\n\nQuestion:", "\n\nProblem:"}},
        {"wordproblems", "Question: ", "\nAnswer: ", {"\n"}},
    };
    return kTemplates;
}

const PromptTemplate* promptTemplate(std::string_view name) {
    for (const PromptTemplate& shape : promptTemplates())
        if (shape.name == name)
            return &shape;
    return nullptr;
}

std::string renderPrompt(const PromptTemplate& shape, std::string_view question) {
    std::string prompt = shape.before;
    prompt.append(question);
    prompt.append(shape.after);
    return prompt;
}

} // namespace crux::text
