// Finding models and adapters the way people name them: a folder, a registered name or an id.
#pragma once

#include "core/jobs/facade.h"

#include <set>

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
/// model. `role` is stored with a newly registered adapter. No `base`: the model the adapter is
/// registered with, else the only registered one.
Result<ModelChoice> resolveSide(const store::Project& project, const std::string& text,
                                ModelId base, const std::string& role);

/// What a project has registered at one moment. A job whose models cannot be loaded takes back what
/// naming them has added: the project stays as it was.
class Registrations {
public:
    static Result<Registrations> of(const store::Project& project);
    /// Removes every model and adapter that was not there then; what cannot be removed stays.
    void takeBackNewer(const store::Project& project) const;

private:
    std::set<std::int64_t> m_models, m_adapters;
};

/// All token pieces of a tokenizer, saved once a project so that it shows tokens without the model.
Status saveVocabularyOf(const store::Project& project, const text::Tokenizer& tokenizer,
                        const std::string& tokenizerHash);

} // namespace crux::jobs
