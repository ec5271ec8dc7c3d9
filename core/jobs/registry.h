// Finding models and adapters the way people name them: a folder, a registered name or an id.
#pragma once

#include "core/jobs/facade.h"

namespace crux::jobs {

/// A model, or an adapter of one.
struct ModelChoice {
    ModelId model;
    AdapterId adapter; ///< none: the bare model
};

/// A registered model of this id or name, else the folder, which is registered (again: a changed
/// folder gets its new hashes). NotFound names what was tried.
Result<ModelId> resolveModel(const store::Project& project, const std::string& text);

/// An adapter (registered id or name, or a folder with adapter_config.json) of `base`, or a whole
/// model. `role` is stored with a newly registered adapter. `base` may be none for whole models.
Result<ModelChoice> resolveSide(const store::Project& project, const std::string& text,
                                ModelId base, const std::string& role);

/// All token pieces of a tokenizer, saved once a project so that it shows tokens without the model.
Status saveVocabularyOf(const store::Project& project, const text::Tokenizer& tokenizer,
                        const std::string& tokenizerHash);

} // namespace crux::jobs
