#include "core/jobs/train_base.h"

#include "core/base/text_util.h"
#include "core/jobs/registry.h"
#include "core/jobs/selection.h"
#include "core/jobs/train_options.h"
#include "core/store/repositories.h"

namespace crux::jobs {

engine::train::TrainOptions TrainBase::options(const Json& spec) const {
    engine::train::TrainOptions made = trainOptions(spec);
    made.baseIdentity = row.weightsHash;
    made.baseFolder = row.path;
    made.startAdapter = start.path;
    return made;
}

Result<TrainBase> openTrainBase(const store::Project& project, ModelCache& models,
                                const Json& spec) {
    TrainBase base;
    CRUX_TRY(id, searchModel(project, spec.at("model").get<std::string>()));
    CRUX_TRY(row, store::model(project, id));
    base.row = std::move(row);
    CRUX_TRY(ref, models.model(project, id, {}));
    base.model = ref.model;
    if (!base.row.tokenizerHash.empty()) {
        CRUX_TRY(tokenizer, models.tokenizer(project, id));
        base.tokenizer = std::move(tokenizer);
    }
    const auto wanted = spec.at("start_adapter").get<std::string>();
    if (wanted.empty())
        return base;
    CRUX_TRY(start, resolveSide(project, wanted, id, "other"));
    if (!start.adapter)
        return fail(ErrorCode::InvalidArgument,
                    cat("\"", wanted,
                        "\" is no adapter to go on from; name it as \"model\" to train on top of "
                        "it."));
    CRUX_TRY(adapter, store::adapter(project, start.adapter));
    base.start = std::move(adapter);
    return base;
}

} // namespace crux::jobs
