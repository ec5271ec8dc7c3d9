// The questions a sample job answers, and the prompts it answers them from.
#pragma once

#include "core/engine/engine.h"
#include "core/spec/sampling.h"
#include "core/store/records.h"
#include "core/text/few_shot.h"
#include "core/text/grade.h"
#include "core/text/tokenizer.h"

#include <map>
#include <string>
#include <vector>

namespace crux::store {
class Project;
}

namespace crux::jobs {

/// The parameters of a sample job as the code wants them (core/spec/params.cpp says what each
/// means).
struct SampleOptions {
    int n = 64;
    std::string templateName, shotsFrom;
    int shots = -1;
    std::string promptEnd;
    bool bos = true;
    SamplingParams sampling; ///< `stop` as given; `samples` and `bannedIds` unused
    bool noStop = false;
    int batch = 64;
    std::int64_t kvBytes = 0; ///< memory of keys and values; 0: a share of the machine's
    text::GradeProfile profile = text::GradeProfile::Crux;
    bool select = true;
};
/// From a completed spec of kind "sample".
Result<SampleOptions> sampleOptions(const Json& spec);

/// The dataset named by name or id; without a name the only one of the project that has questions.
Result<store::DatasetRecord> sampleDataset(const store::Project& project, const std::string& name);

/// The questions a spec of kind "sample" names, by id.
Result<std::vector<store::QuestionRecord>> sampleQuestions(const store::Project& project,
                                                           const Json& spec);

/// How the questions of one dataset are asked. Immutable once made.
struct PromptForm {
    const text::PromptTemplate* shape = nullptr;
    std::vector<text::WorkedExample> examples;
    bool strip = false, bos = true;
    std::vector<std::string> stops;
    text::GradeTask task = text::GradeTask::Gsm8k;

    /// The Error names a template or a source of examples that is not there.
    static Result<PromptForm> make(const store::Project& project,
                                   const store::DatasetRecord& dataset,
                                   const SampleOptions& options);
    std::string prompt(const std::string& question) const;
    /// What tells answers drawn from other prompts apart: template, number and hash of the
    /// examples, end and beginning of the prompt.
    Json params() const;
};

/// A prompt with its tokens, as stored with every answer to it.
struct TokenizedPrompt {
    std::string text;
    std::vector<std::int32_t> ids, offsets; ///< offsets: 2 per id, bytes
};
TokenizedPrompt tokenizePrompt(const text::Tokenizer& tokenizer, std::string prompt, bool bos);

} // namespace crux::jobs
