// Few-shot prompts: worked examples in the form of a template, then the question (REFERENCE.md
// 0.2). The built-in examples were written for Crux; the paper's own are not shipped.
#pragma once

#include "core/text/prompts.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crux::text {

struct WorkedExample {
    std::string question, response;
};

/// True for templates of MATH, whose examples end in "Final Answer: ..".
bool isMathTemplate(const PromptTemplate& shape);

/// The paper's number of examples: 8 for gsm8k, 4 for the MATH templates, 0 for others.
int paperShots(const PromptTemplate& shape);

/// 8 arithmetic word problems, or 4 of mathematics, each answered step by step.
const std::vector<WorkedExample>& builtinExamples(bool math);

/// A data set's own solution as the response of an example: GSM8K's calculator notes taken out and
/// its "#### 72" said as "The answer is 72."; a MATH solution gets its "Final Answer" sentence.
std::string exampleResponse(const PromptTemplate& shape, std::string_view solution,
                            std::string_view gold);

/// Examples and question in the template's form, an empty line between them. Without examples the
/// plain training prompt.
std::string fewShotPrompt(const PromptTemplate& shape, std::span<const WorkedExample> examples,
                          std::string_view question);

} // namespace crux::text
