// One trajectory made ready to be searched: its tokens, the positions that have rollouts, where its
// text is over, and how a continuation of it is graded.
#pragma once

#include "core/engine/engine.h"
#include "core/jobs/grading.h"
#include "core/spec/sampling.h"
#include "core/store/records.h"
#include "core/text/tokenizer.h"

#include <span>
#include <string>
#include <vector>

namespace crux::jobs {

/// A continuation, its text judged.
struct GradedRollout {
    std::string answer, reason;
    Verdict verdict = Verdict::Ungraded;
};

/// Immutable once made. Borrows nothing but the tokenizer, which it shares.
class SearchTarget {
public:
    /// What the model and the sampling set bounds to.
    struct Limits {
        std::int32_t contextLength = 0; ///< 0: none
        int maxNewTokens = 1024;
        std::vector<std::int32_t> eosIds;
        std::vector<std::string> stop;
    };

    /// The Error is one sentence why the trajectory cannot be searched: no gold answer, no prompt,
    /// no response, a prompt that leaves no room, a response that goes on beyond the limits.
    static Result<SearchTarget> make(store::TrajectoryRecord row, store::QuestionRecord question,
                                     text::GradeTask task, text::TokenizerPtr tokenizer,
                                     const Limits& limits);

    TrajectoryId id() const { return m_row.id; }
    const store::TrajectoryRecord& row() const { return m_row; }
    const std::vector<std::int32_t>& ids() const { return m_row.ids; }
    QuestionId question() const { return m_question.id; }
    const text::Tokenizer& tokenizer() const { return *m_tokenizer; }
    const Limits& limits() const { return m_limits; }

    /// The prompt's last token: rollouts of position first() continue the bare prompt.
    int first() const { return m_row.promptTokens - 1; }
    /// The last token, or the one that ends the response (EOS, the end of a stop text, the last
    /// that fits): what comes after it does not count.
    int last() const { return m_last; }
    /// No rollout continues last(): they all end there, with this finish and verdict.
    bool closed() const { return m_closed; }
    FinishReason closedFinish() const { return m_closedFinish; }
    const GradedRollout& closedGrade() const { return m_closedGrade; }
    /// The trajectory's own tokens after `position` up to last(), as a rollout that follows it to
    /// the end would have drawn them: EOS is left out.
    std::vector<std::int32_t> rest(int position) const;

    /// Tokens that may still be drawn after ids[0..position]; at least 1 before a closed last().
    int room(int position) const;
    /// "q<hash of the question's text>/r<index>": whatever project the question lies in, and
    /// wherever a rollout forks, so that index r of one prefix is index r of the next.
    std::string streamPath(int index) const;
    /// Random numbers of replacements are their own: rollouts with the token were chosen for ending
    /// wrong.
    std::string replacementPath(int index) const;

    /// Bytes of the response up to ids[position], included.
    std::string responseUpTo(int position) const;
    /// Verdict of ids[0..position] continued by `drawn`, the text cut before a stop text.
    GradedRollout grade(int position, std::span<const std::int32_t> drawn) const;

private:
    std::size_t responseBytes(int position) const;
    GradedRollout gradeText(const std::string& response) const;
    Status findEnd();
    std::string whyTooLong() const;

    store::TrajectoryRecord m_row;
    store::QuestionRecord m_question;
    text::GradeTask m_task = text::GradeTask::Gsm8k;
    text::TokenizerPtr m_tokenizer;
    Limits m_limits;
    std::string m_pathHead;
    int m_last = -1;
    bool m_closed = false, m_endsInEos = false;
    FinishReason m_closedFinish = FinishReason::Stop;
    GradedRollout m_closedGrade;
};

/// Finds stop texts in a response that grows by tokens; tells whether one is complete.
class StopSearch {
public:
    /// `before`: response text that is there already and holds no stop text.
    StopSearch(const text::Tokenizer& tokenizer, const std::vector<std::string>& stops,
               const std::string& before);
    /// Looks at ids not seen yet.
    bool found(std::span<const std::int32_t> ids);
    /// Before another try.
    void restart();

private:
    const text::Tokenizer* m_tokenizer;
    const std::vector<std::string>* m_stops;
    std::string m_start, m_text; ///< from the last bytes that a stop text could begin in
    std::size_t m_seen = 0;
    bool m_found = false;
};

} // namespace crux::jobs
