// Evaluations and comparisons as JSON, text tables, CSV and LaTeX: what crux-cli prints and exports
// and the window exports. Shares are 0 .. 1 in JSON and CSV, per cent in tables and LaTeX.
#pragma once

#include "core/base/json.h"
#include "core/store/comparison.h"

#include <functional>
#include <string>
#include <vector>

namespace crux::interop {

/// {"evaluation", "name", "dataset", "accuracy", "interval", "pass_at_k", "maj_at_k", ..}: the
/// record and its numbers. `details` adds what made it ("provenance").
Result<Json> evaluationJson(const store::Project& project, const store::EvaluationRecord& record,
                            bool details = true);
/// One line a question: {"evaluation", "question_id", "right", "samples", "answers": [..]}.
Status evaluationLines(const store::Project& project, const store::EvaluationRecord& record,
                       const std::function<void(const Json&)>& line);

/// {"baseline", "candidates": [{.., "difference", "interval", "mcnemar", "table"}], "grid",
/// "slices", "refused", "cautions", "nothing_changed"}.
Result<Json> comparisonJson(const store::Project& project, const store::Comparison& comparison);

/// changed | all | fixed | broken | both_wrong | no_answer | none: of any candidate.
Result<std::vector<std::size_t>> shownQuestions(const store::Comparison& comparison,
                                                const std::string& show);
/// {"question_id", "question", "gold", "columns": [{"evaluation", "right", "samples", "answer"}],
/// "changes": [{"evaluation", "change", "first_divergence"}]}.
Result<Json> comparedQuestionJson(const store::Project& project,
                                  const store::Comparison& comparison, std::size_t question);

/// Tables for a terminal, of the JSON above; lines end in "\n".
std::string evaluationTable(const std::vector<Json>& evaluations);
std::string comparisonTable(const Json& comparison);

/// One row a question; the first line says what was compared.
Result<std::string> comparisonCsv(const store::Project& project,
                                  const store::Comparison& comparison);
/// A tabular of the columns, with a comment that names evaluations and hashes. Needs booktabs.
std::string comparisonLatex(const Json& comparison);

} // namespace crux::interop
