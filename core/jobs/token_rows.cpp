#include "core/jobs/token_rows.h"

#include "core/base/text_util.h"

namespace crux::jobs {

namespace {

Status fits(const std::vector<std::int32_t>& ids, const engine::ModelInfo& info) {
    if (ids.empty())
        return fail(ErrorCode::InvalidArgument, "It has no token.");
    for (const std::int32_t id : ids)
        if (id < 0 || id >= info.vocabularySize)
            return fail(ErrorCode::Mismatch,
                        cat("Its token id ", id, " is outside the model's vocabulary of ",
                            info.vocabularySize, "."));
    if (info.contextLength > 0 && std::ssize(ids) > info.contextLength)
        return fail(ErrorCode::InvalidArgument,
                    cat("It is ", ids.size(), " tokens long, more than the model's context of ",
                        info.contextLength, "."));
    return {};
}

} // namespace

Result<ReadyTokens> readyTokens(const store::TrajectoryRecord& row, const store::ModelRecord& model,
                                const engine::ModelInfo& info, const text::Tokenizer* tokenizer,
                                bool retokenize) {
    ReadyTokens ready;
    const bool known = !row.ids.empty() && row.tokenizerHash == model.tokenizerHash;
    if (known && !row.offsets.empty()) {
        ready.row = {row.ids, row.offsets, row.promptTokens, true};
    } else if (tokenizer == nullptr) {
        if (row.ids.empty())
            return fail(ErrorCode::NotFound,
                        "It has no token ids and the model's folder holds no tokenizer.");
        ready.row = {row.ids, row.offsets, row.promptTokens, true};
    } else if (row.ids.empty() || (!row.tokenizerHash.empty() && !known)) {
        if (!row.ids.empty() && !retokenize)
            return fail(ErrorCode::Mismatch, "Its token ids come from another tokenizer; run the "
                                             "job with retokenize on to tokenise it again.");
        ready.row = tokenizeRow(*tokenizer, row.prompt, row.response);
        ready.fresh = true;
    } else {
        CRUX_TRY(aligned,
                 alignRow(*tokenizer, row.ids, row.promptTokens, row.prompt, row.response));
        ready.row = std::move(aligned);
        ready.fresh = true;
    }
    CRUX_TRY_VOID(fits(ready.row.ids, info));
    return ready;
}

} // namespace crux::jobs
