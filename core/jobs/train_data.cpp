#include "core/jobs/train_data.h"

#include "core/base/text_util.h"
#include "core/jobs/train_file.h"
#include "core/jobs/train_rows.h"
#include "core/jobs/train_set.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cmath>

namespace crux::jobs {

namespace {

std::string text(const Json& spec, const char* key) {
    return spec.at(key).get<std::string>();
}

Status checkKept(const Json& spec, const TrainData& data) {
    if (data.given == 0)
        return fail(ErrorCode::InvalidArgument,
                    cat("The training data \"", data.name, "\" is empty."));
    if (data.rows.empty())
        return fail(
            ErrorCode::InvalidArgument,
            cat("No row of \"", data.name, "\" is left to train on: ", data.sentence(), "."));
    if (spec.at("method") != "cdpo")
        return {};
    for (const engine::train::TrainExample& row : data.rows)
        if (!row.rejected.weights.empty())
            return {};
    return fail(ErrorCode::InvalidArgument,
                cat("\"", data.name,
                    "\" carries no weights for cDPO; give \"rejected_weights\" in "
                    "the file, or a score set."));
}

} // namespace

std::string TrainData::sentence() const {
    std::string made = cat(rows.size(), " of ", given, " rows kept");
    const char* separator = "; dropped: ";
    for (const auto& [reason, count] : dropped) {
        made += cat(separator, count, " ", reason);
        separator = ", ";
    }
    return made;
}

Result<TrainData> readTrainRows(const store::Project& project, const Json& spec,
                                const engine::ModelInfo& base, const text::Tokenizer* tokenizer) {
    CRUX_TRY(maker, RowMaker::make(spec, base, tokenizer));
    TrainData data;
    std::error_code code;
    const Path file = text(spec, "data");
    if (!file.empty() && std::filesystem::is_regular_file(file, code)) {
        data.name = file.filename().string();
        data.kind = "file";
        CRUX_TRY_VOID(readTrainFile(file, maker, spec.at("limit").get<std::int64_t>(), data));
    } else {
        CRUX_TRY_VOID(readTrainSet(project, spec, maker, data));
    }
    return data;
}

Result<TrainData> trainData(const store::Project& project, const Json& spec,
                            const engine::ModelInfo& base, const text::Tokenizer* tokenizer) {
    CRUX_TRY(data, readTrainRows(project, spec, base, tokenizer));
    CRUX_TRY_VOID(checkKept(spec, data));
    return data;
}

} // namespace crux::jobs
