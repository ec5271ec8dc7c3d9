// Models and adapters as the scoring commands name them: a folder is a whole model or an adapter.
#pragma once

#include "app/cli/command.h"
#include "app/cli/text_codec.h"
#include "core/base/json.h"
#include "core/engine/engine.h"

#include <string>

namespace crux::cli {

engine::ComputeOptions computeOptions(const CommonOptions& common);

/// A loaded model with its tokenizer (may be nullptr) and its folder.
struct LoadedModel {
    engine::ModelRef ref;
    TextCodecPtr codec;
    Path folder;
};

/// Loads `folder`, attaches `adapterFolder` unless empty, says on stderr what is used.
Result<LoadedModel> loadModel(const CommonOptions& common, const Path& folder,
                              const Path& adapterFolder);
/// "MODEL on cpu in float32 (2.7 M parameters)" on stderr.
void noteModel(const engine::ModelRef& ref, const Path& folder);

/// True for a PEFT adapter folder (adapter_config.json).
bool isAdapterFolder(const Path& folder);

/// Token ids of a line: {"ids"} as they are, else the text under `textKey`. Ids are checked against
/// the vocabulary; a sequence needs at least one.
Result<engine::Ids> idsOfLine(const Json& object, const char* textKey, const LoadedModel& model);

} // namespace crux::cli
