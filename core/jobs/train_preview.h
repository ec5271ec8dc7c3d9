// What a training job would train on, looked at before it is started: rows kept and dropped with
// the reasons, what stands in its way, a few tokenised examples. Loads no weights, stores nothing.
#pragma once

#include "core/engine/engine.h"
#include "core/jobs/facade.h"
#include "core/jobs/train_data.h"

namespace crux::jobs {

/// A model as a spec names it, without registering or loading it.
struct KnownModel {
    store::ModelRecord row; ///< no id: a folder that is not registered
    engine::ModelInfo info; ///< from its config alone: vocabulary, context, eos, bos
};
/// The registered model of this id, name or folder, else the folder; empty: the only registered
/// one. NotFound as registry.h's resolveModel.
Result<KnownModel> knownModel(const store::Project& project, const std::string& text);

/// {"model", "data", "kind", "given", "kept", "dropped": {reason: rows}, "training", "evaluation",
///  "score_set", "tokens", "longest_tokens", "selection": {"questions", "kept", "dropped"},
///  "problems": [{"code", "message", "count"}], "examples": [{"row", "line" | "chosen_id",
///  "rejected_id", "chosen": {"ids", "pieces", "prompt_tokens", "weights"}, "rejected"}]}
/// Codes of problems: model, tokenizer, no_data, bad_data, empty, nothing_left, no_scores,
/// unscored, no_weights, changed_base, other_base, evaluation, other_role (the last does not stop a
/// job). Fails only where the spec itself is wrong (`where` names the parameter) or the store
/// cannot be read.
Result<Json> previewTraining(const store::Project& project, const Json& spec);

} // namespace crux::jobs
