// What a training job trains on top of, opened: shared by the job and by the probe that estimates
// it.
#pragma once

#include "core/base/json.h"
#include "core/engine/train/train.h"
#include "core/jobs/facade.h"
#include "core/text/tokenizer.h"

namespace crux::jobs {

struct TrainBase {
    store::ModelRecord row;
    std::shared_ptr<engine::Model> model;
    text::TokenizerPtr tokenizer; ///< nullptr: a folder without one
    store::AdapterRecord start;   ///< no id: a fresh adapter

    /// The completed spec's options with these weights and this adapter filled in.
    engine::train::TrainOptions options(const Json& spec) const;
};

/// Model, tokenizer and start adapter of a completed spec of kind "train". NotFound: no such model
/// or adapter; InvalidArgument: what it should go on from is no adapter.
Result<TrainBase> openTrainBase(const store::Project& project, ModelCache& models,
                                const Json& spec);

} // namespace crux::jobs
