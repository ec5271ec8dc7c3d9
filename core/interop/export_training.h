// Chosen training data (pair sets) as files of trainers: TRL's JSON Lines and the authors' JSON
// (REFERENCE.md D). Prompts are the plain training form, whatever examples the answers were drawn
// with.
#pragma once

#include "core/base/cancel.h"
#include "core/interop/export.h"

#include <iosfwd>
#include <string_view>

namespace crux::interop {

/// "sft-pos", "sft-neg", "preference", "authors-sft", "authors-dpo", "authors-ce".
bool isTrainingKind(std::string_view kind);

/// Writes the set named by options.pairSet (name or id), else the newest of the kind; with a filter
/// only rows whose trajectory (the chosen one of a pair) matches. NotFound when there is no set.
/// sft-*: {"prompt", "completion", ..}; preference: {"prompt", "chosen", "rejected", ..} with the
/// response's token ids and weights where they are known; authors-sft: {"config", "pos", "neg"};
/// authors-dpo: columns {"config", "prompt", "chosen", "rejected", "answer"}; authors-ce: the same
/// with "prob_result", s_t of options.scoreSet for the tokens as the project has them.
Result<std::int64_t> exportTraining(const store::Project& project, const ExportOptions& options,
                                    std::ostream& out, const CancelToken& cancel,
                                    const ExportProgress& progress);

} // namespace crux::interop
