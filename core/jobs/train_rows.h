// One training row from text and ids: boundary, end, limits, weights. Shared by the sources.
#pragma once

#include "core/engine/train/train.h"
#include "core/jobs/train_data.h"

#include <string>
#include <vector>

namespace crux::jobs {

/// One completion as its source gives it.
struct CompletionText {
    std::string prompt, completion;
    std::vector<std::int32_t> ids; ///< of the completion, as sampled; empty: tokenise the text
    std::vector<float> weights;    ///< one for each of its tokens, or none
};

/// How rows are made: from a completed spec of kind "train".
class RowMaker {
public:
    /// Usage faults of "end" are found here.
    static Result<RowMaker> make(const Json& spec, const engine::ModelInfo& base,
                                 const text::Tokenizer* tokenizer);

    bool pairs() const { return m_pairs; }

    /// A row, or the reason to drop it in `reason` (a few fixed words, for counting).
    Result<engine::train::TrainExample>
    pair(const CompletionText& chosen, const CompletionText& rejected, std::string& reason) const;
    Result<engine::train::TrainExample> single(const CompletionText& completion,
                                               std::string& reason) const;

private:
    std::vector<std::int32_t> promptIds(const std::string& prompt) const;
    Result<engine::train::TrainSequence> sequence(const CompletionText& from,
                                                  std::vector<std::int32_t>& promptIds) const;
    void finish(engine::train::TrainSequence& sequence, const CompletionText& from) const;
    std::string tooLong(const engine::train::TrainSequence& sequence) const;

    const text::Tokenizer* m_tokenizer = nullptr;
    engine::ModelInfo m_base;
    bool m_pairs = false, m_weighted = false; ///< weighted: cdpo and sft look at weights
    std::int64_t m_maxPrompt = 512, m_maxLength = 1024;
    std::vector<std::int32_t> m_end; ///< what a completion ends with
    bool m_endIsEos = false;
};

} // namespace crux::jobs
