// Checkpoint folders: adapter_config.json + adapter_model.safetensors (PEFT) or a whole model,
// state/ with the optimiser and the run, and DONE as the last file. Written beside the final name,
// every file fsynced, then renamed; a folder without DONE is never read.
#pragma once

#include "core/engine/train/optimizer.h"
#include "core/engine/train/trainable_model.h"

#include <functional>

namespace crux::engine::train {

struct CheckpointState {
    std::int64_t step = 0;
    std::string fingerprint;
    Json extra = Json::object();
};

/// `write` fills the folder given to it; afterwards it is complete under its final name. A folder
/// of that name is replaced.
Status writeFolderDurably(const Path& folder, const std::function<Status(const Path&)>& write);

Status writeCheckpoint(const Path& folder, const TrainableModel& model, const AdamW& optimizer,
                       const TrainOptions& options, const CheckpointState& state);
/// Fills parameters and moments. Corrupt, Mismatch: not a checkpoint of this run.
Result<CheckpointState> readCheckpoint(const Path& folder, TrainableModel& model, AdamW& optimizer,
                                       const std::string& fingerprint);

/// One tensor as bytes on the host; `keep` owns them.
struct HostTensor {
    at::Tensor keep;
    std::string dtype;
};
HostTensor onHost(const at::Tensor& tensor);

} // namespace crux::engine::train
