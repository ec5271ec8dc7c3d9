#include "app/cli/model_input.h"

#include "app/cli/json_lines.h"
#include "core/base/text_util.h"

#include <cmath>

namespace crux::cli {

engine::ComputeOptions computeOptions(const CommonOptions& common) {
    return {common.device, common.dtype, common.threads};
}

bool isAdapterFolder(const Path& folder) {
    std::error_code ignored;
    return std::filesystem::exists(folder / "adapter_config.json", ignored);
}

void noteModel(const engine::ModelRef& ref, const Path& folder) {
    const engine::ModelInfo& info = ref.model->info();
    const double millions = static_cast<double>(info.parameters) / 1e6;
    printNote(cat("model ", folder.string(), ": ", info.architecture, ", ",
                  millions < 10 ? std::round(millions * 10) / 10 : std::round(millions),
                  " M parameters, on ", info.device, " in ", info.dtype));
}

Result<LoadedModel> loadModel(const CommonOptions& common, const Path& folder,
                              const Path& adapterFolder) {
    LoadedModel loaded;
    loaded.folder = folder;
    CRUX_TRY(model, engine::Model::load(folder, computeOptions(common)));
    loaded.ref.model = std::move(model);
    if (!adapterFolder.empty()) {
        CRUX_TRY(index, loaded.ref.model->attachAdapter(adapterFolder));
        loaded.ref.adapter = index;
    }
    CRUX_TRY(codec, TextCodec::open(folder));
    loaded.codec = std::move(codec);
    noteModel(loaded.ref, folder);
    return loaded;
}

Result<engine::Ids> idsOfLine(const Json& object, const char* textKey, const LoadedModel& model) {
    engine::Ids ids;
    if (object.contains("ids")) {
        CRUX_TRY(given, idsOf(object, "ids"));
        ids = std::move(given);
    } else if (object.contains(textKey)) {
        CRUX_TRY(text, jsonString(object, textKey));
        if (!model.codec)
            return fail(ErrorCode::InvalidArgument, TextCodec::missingText(model.folder));
        ids = model.codec->encode(text);
    } else {
        return fail(ErrorCode::InvalidArgument,
                    cat("The line has neither \"", textKey, "\" nor \"ids\"; one is needed."));
    }
    if (ids.empty())
        return fail(ErrorCode::InvalidArgument,
                    "There is no token to work on: give at least one id or some text.");
    const std::int32_t vocabulary = model.ref.model->info().vocabularySize;
    for (std::size_t i = 0; i < ids.size(); ++i)
        if (ids[i] < 0 || ids[i] >= vocabulary)
            return fail(ErrorCode::InvalidArgument,
                        cat("Token id ", ids[i], " at index ", i, " is out of range: the model's ",
                            "vocabulary has ids 0 to ", vocabulary - 1, "."));
    return ids;
}

} // namespace crux::cli
