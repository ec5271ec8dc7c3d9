// What a search needs before it begins: options, model, tokenizer, and trajectories made ready.
// Shared by the search job and the estimate of what one would cost.
#pragma once

#include "core/jobs/facade.h"
#include "core/jobs/search_options.h"
#include "core/jobs/search_target.h"

namespace crux::jobs {

/// Owner: one job or one estimate. Reads the project, writes nothing.
class SearchSetup {
public:
    /// Completes and checks the spec, loads model and adapter. Imported potentials need no model:
    /// then only spec and options are filled.
    static Result<SearchSetup> open(const store::Project& project, ModelCache& models,
                                    const Json& spec);
    /// The first half of open(), which touches no model: a job runs it beside its breaths.
    static Result<SearchSetup> find(const store::Project& project, const Json& spec);
    /// The second half: model, adapter and tokenizer in memory.
    Status load(const store::Project& project, ModelCache& models);

    /// A trajectory with its tokens; `fresh` when they were made just now and are not stored.
    struct Ready {
        SearchTarget target;
        bool fresh = false;
    };
    /// The Error is the reason to skip the row.
    Result<Ready> prepare(const store::Project& project, store::TrajectoryRecord row) const;

    Json spec;
    SearchOptions options;
    store::ModelRecord modelRow;
    AdapterId adapterId;
    std::string adapterHash;
    engine::ModelRef model;
    text::TokenizerPtr tokenizer;
};

} // namespace crux::jobs
