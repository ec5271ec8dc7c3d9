// What a sample job drew: the lines of `crux-cli sample`, and the sentence of its progress.
#pragma once

#include "core/jobs/facade.h"

#include <vector>

namespace crux::jobs {

/// Answers by verdict.
struct AnswerTally {
    std::int64_t right = 0, wrong = 0, noAnswer = 0, ungraded = 0, tokens = 0;

    void add(Verdict verdict, std::int32_t tokensOfIt);
    std::int64_t total() const { return right + wrong + noAnswer + ungraded; }
    std::int64_t graded() const { return right + wrong + noAnswer; }
    /// {"samples", "right", .., "accuracy", "interval" (Wilson 95 %), "mean_tokens"}; accuracy is
    /// null where nothing was graded.
    Json json() const;
    /// "46.2 % right, 1.2 % without an answer".
    std::string words() const;
};

/// Where a job's answers lie: noted in an event when it begins, so that they are found again.
struct SampleSetKey {
    DatasetId dataset;
    std::string keyHead; ///< of their natural keys
};

/// Event that says where the answers of a job lie and which questions it answers.
Status noteSampleSets(const JobContext& context, const std::string& message,
                      const std::vector<SampleSetKey>& sets, int n,
                      const std::vector<QuestionId>& questions);

/// What noteSampleSets() noted last; empty where the job has not begun.
struct NotedSamples {
    std::vector<SampleSetKey> sets;
    std::vector<QuestionId> questions;
    int n = 0;
};
Result<NotedSamples> notedSamples(const store::Project& project, JobId job);

/// A line a question with its verdicts and answers, then the line of the whole run.
Result<std::vector<Json>> sampleLines(const store::Project& project, JobId job);

} // namespace crux::jobs
