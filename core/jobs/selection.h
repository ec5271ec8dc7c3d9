// Which trajectories a job takes, and with which model.
#pragma once

#include "core/jobs/facade.h"

namespace crux::jobs {

/// The model named, else the only registered one; an Error that says what to do otherwise.
Result<ModelId> searchModel(const store::Project& project, const std::string& name);

/// The only registered one, nothing read of it; an Error that says what to do otherwise.
Result<ModelId> onlyModel(const store::Project& project);

/// What a job of this kind would refuse of its complete spec before it does anything: a filter that
/// cannot be read, a dataset or trajectories that are not there. For before it is queued.
Status checkChoice(const store::Project& project, const std::string& kind, const Json& spec);

/// By ids, or by filter and dataset; cut to the limit. A spec of kind "search".
Result<std::vector<TrajectoryId>> searchSelection(const store::Project& project, const Json& spec);

/// Trajectories of the dataset of this name or id. NotFound when there is none.
Result<std::vector<TrajectoryId>> inDataset(const store::Project& project, const std::string& name,
                                            const std::vector<TrajectoryId>& ids);

/// The set of training data of this name or id, pairs before SFT data; "newest": the newest pairs.
/// NotFound when there is none.
Result<store::PairSetRecord> trainingSet(const store::Project& project, const std::string& name);
/// Those of `ids` that are chosen or rejected in it.
Result<std::vector<TrajectoryId>> inTrainingSet(const store::Project& project,
                                                const std::string& name,
                                                const std::vector<TrajectoryId>& ids);

} // namespace crux::jobs
