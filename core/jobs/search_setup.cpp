#include "core/jobs/search_setup.h"

#include "core/base/text_util.h"
#include "core/jobs/registry.h"
#include "core/jobs/selection.h"
#include "core/jobs/token_rows.h"
#include "core/spec/params.h"
#include "core/store/repositories.h"

namespace crux::jobs {

Result<SearchSetup> SearchSetup::open(const store::Project& project, ModelCache& models,
                                      const Json& spec) {
    CRUX_TRY(setup, find(project, spec));
    if (!setup.options.imported)
        CRUX_TRY_VOID(setup.load(project, models));
    return setup;
}

Result<SearchSetup> SearchSetup::find(const store::Project& project, const Json& spec) {
    SearchSetup setup;
    CRUX_TRY(complete, completeSpec("search", spec));
    CRUX_TRY_VOID(checkSearchSpec(complete));
    setup.spec = std::move(complete);
    setup.options = searchOptions(setup.spec);
    if (setup.options.imported)
        return setup;
    const auto text = [&](const char* key) { return setup.spec.at(key).get<std::string>(); };
    CRUX_TRY(id, searchModel(project, text("model")));
    if (!text("adapter").empty()) {
        CRUX_TRY(choice, resolveSide(project, text("adapter"), id, "policy"));
        if (!choice.adapter)
            return fail(ErrorCode::InvalidArgument, cat("\"", text("adapter"),
                                                        "\" is a whole model, not an adapter; name "
                                                        "it as the search's model."));
        setup.adapterId = choice.adapter;
        CRUX_TRY(adapter, store::adapter(project, setup.adapterId));
        setup.adapterHash = adapter.hash;
    }
    CRUX_TRY(row, store::model(project, id));
    setup.modelRow = std::move(row);
    return setup;
}

Status SearchSetup::load(const store::Project& project, ModelCache& models) {
    CRUX_TRY(loaded, models.model(project, modelRow.id, adapterId));
    CRUX_TRY(words, models.tokenizer(project, modelRow.id));
    model = loaded;
    tokenizer = std::move(words);
    return {};
}

Result<SearchSetup::Ready> SearchSetup::prepare(const store::Project& project,
                                                store::TrajectoryRecord row) const {
    if (options.looksForLoss() && row.verdict == Verdict::Right)
        return fail(ErrorCode::InvalidArgument,
                    "It ends right; critical tokens are those of wrong trajectories.");
    CRUX_TRY(ready, readyTokens(row, modelRow, model.model->info(), tokenizer.get(),
                                spec.at("retokenize").get<bool>()));
    CRUX_TRY(question, store::question(project, row.questionId));
    CRUX_TRY(task, gradeTaskIn(project, row.datasetId));
    if (ready.fresh)
        row.tokenizerHash = modelRow.tokenizerHash;
    row.ids = std::move(ready.row.ids);
    row.offsets = std::move(ready.row.offsets);
    row.promptTokens = ready.row.promptTokens;
    const engine::ModelInfo& info = model.model->info();
    CRUX_TRY(target, SearchTarget::make(std::move(row), std::move(question), task, tokenizer,
                                        {info.contextLength, options.sampling.maxNewTokens,
                                         info.eosIds, options.sampling.stop}));
    return Ready{std::move(target), ready.fresh};
}

} // namespace crux::jobs
