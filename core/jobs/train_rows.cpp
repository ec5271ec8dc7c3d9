#include "core/jobs/train_rows.h"

#include "core/base/text_util.h"
#include "core/jobs/token_rows.h"

#include <algorithm>

namespace crux::jobs {

using engine::train::TrainExample;
using engine::train::TrainSequence;

namespace {

std::size_t commonLength(const std::vector<std::int32_t>& a, const std::vector<std::int32_t>& b) {
    const std::size_t most = std::min(a.size(), b.size());
    std::size_t length = 0;
    while (length < most && a[length] == b[length])
        ++length;
    return length;
}

Failure noTokenizer() {
    return fail(ErrorCode::NotFound,
                "The model's folder holds no tokenizer, and the training data is text; put the "
                "tokenizer files beside the weights.");
}

} // namespace

Result<RowMaker> RowMaker::make(const Json& spec, const engine::ModelInfo& base,
                                const text::Tokenizer* tokenizer) {
    RowMaker maker;
    maker.m_tokenizer = tokenizer;
    maker.m_base = base;
    maker.m_pairs = spec.at("method") != "sft";
    maker.m_weighted = !maker.m_pairs || spec.at("method") == "cdpo";
    maker.m_maxPrompt = spec.at("max_prompt").get<std::int64_t>();
    maker.m_maxLength = spec.at("max_length").get<std::int64_t>();
    const auto end = spec.at("end").get<std::string>();
    if (end == "eos") {
        const std::int32_t id = tokenizer != nullptr && tokenizer->eosId() >= 0 ? tokenizer->eosId()
                                : base.eosIds.empty()                           ? -1
                                                      : base.eosIds.front();
        if (id < 0)
            return fail(ErrorCode::InvalidArgument,
                        "The model names no end-of-sequence token; give \"end\" a text, or none.");
        maker.m_end = {id};
        maker.m_endIsEos = true;
    } else if (end != "none" && !end.empty()) {
        if (tokenizer == nullptr)
            return noTokenizer();
        maker.m_end = tokenizeInContext(*tokenizer, end);
    }
    return maker;
}

/// Without a token that the tokenizer puts after every text: the completion follows.
std::vector<std::int32_t> RowMaker::promptIds(const std::string& prompt) const {
    std::vector<std::int32_t> ids = m_tokenizer->encode(prompt, true).ids;
    if (!ids.empty() && ids.back() == m_tokenizer->eosId())
        ids.pop_back();
    return ids;
}

Result<TrainSequence> RowMaker::sequence(const CompletionText& from,
                                         std::vector<std::int32_t>& prompt) const {
    if (m_tokenizer == nullptr)
        return noTokenizer();
    prompt = promptIds(from.prompt);
    TrainSequence made;
    if (!from.ids.empty()) {
        made.ids = prompt;
        made.ids.insert(made.ids.end(), from.ids.begin(), from.ids.end());
        made.promptTokens = static_cast<std::int32_t>(prompt.size());
        return made;
    }
    // The completion starts where the tokens of prompt and prompt + completion part (TRL).
    made.ids = promptIds(from.prompt + from.completion);
    made.promptTokens = static_cast<std::int32_t>(commonLength(prompt, made.ids));
    return made;
}

void RowMaker::finish(TrainSequence& made, const CompletionText& from) const {
    const auto isEnd = [&](std::int32_t id) {
        return id == m_end.front() ||
               std::find(m_base.eosIds.begin(), m_base.eosIds.end(), id) != m_base.eosIds.end();
    };
    const bool there = m_endIsEos ? !made.ids.empty() && isEnd(made.ids.back())
                                  : made.ids.size() >= m_end.size() &&
                                        std::equal(m_end.rbegin(), m_end.rend(), made.ids.rbegin());
    const std::int64_t before = made.completionTokens();
    if (!m_end.empty() && !there)
        made.ids.insert(made.ids.end(), m_end.begin(), m_end.end());
    if (m_weighted) // DPO on the same file is DPO
        made.weights = from.weights;
    // REFERENCE.md A.4: what ends the completion was not scored and counts in full.
    if (static_cast<std::int64_t>(made.weights.size()) == before)
        made.weights.resize(static_cast<std::size_t>(made.completionTokens()), 1.0f);
}

std::string RowMaker::tooLong(const TrainSequence& made) const {
    if (made.promptTokens >= m_maxPrompt)
        return "prompt too long";
    const auto length = static_cast<std::int64_t>(made.ids.size());
    if (length >= m_maxLength || (m_base.contextLength > 0 && length > m_base.contextLength))
        return "too long";
    if (made.completionTokens() < 1)
        return "empty completion";
    if (made.promptTokens < 1)
        return "empty prompt";
    return {};
}

Result<TrainExample> RowMaker::single(const CompletionText& completion, std::string& reason) const {
    TrainExample example;
    std::vector<std::int32_t> prompt;
    CRUX_TRY(made, sequence(completion, prompt));
    if (made.completionTokens() < 1) {
        reason = "empty completion";
        return example;
    }
    finish(made, completion);
    reason = tooLong(made);
    example.chosen = std::move(made);
    return example;
}

Result<TrainExample> RowMaker::pair(const CompletionText& chosen, const CompletionText& rejected,
                                    std::string& reason) const {
    TrainExample example;
    std::vector<std::int32_t> chosenPrompt, rejectedPrompt;
    CRUX_TRY(first, sequence(chosen, chosenPrompt));
    CRUX_TRY(second, sequence(rejected, rejectedPrompt));
    // One boundary for both (TRL): where either parts from the prompt first.
    if (chosenPrompt == rejectedPrompt && first.promptTokens != second.promptTokens &&
        chosen.weights.empty() && rejected.weights.empty())
        first.promptTokens = second.promptTokens =
            std::min(first.promptTokens, second.promptTokens);
    if (first.completionTokens() < 1 || second.completionTokens() < 1) {
        reason = "empty completion";
        return example;
    }
    finish(first, chosen);
    finish(second, rejected);
    for (const TrainSequence* side : {&first, &second})
        if (reason.empty())
            reason = tooLong(*side);
    if (reason.empty() && first.ids == second.ids)
        reason = "equal answers";
    example.chosen = std::move(first);
    example.rejected = std::move(second);
    return example;
}

} // namespace crux::jobs
