#include "core/jobs/search_target.h"

#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/jobs/token_rows.h"

#include <algorithm>

namespace crux::jobs {

namespace {

std::size_t firstStop(const std::string& text, const std::vector<std::string>& stops) {
    std::size_t at = std::string::npos;
    for (const std::string& stop : stops)
        at = std::min(at, text.find(stop));
    return at;
}

bool isOneOf(const std::vector<std::int32_t>& ids, std::int32_t id) {
    return std::find(ids.begin(), ids.end(), id) != ids.end();
}

} // namespace

Result<SearchTarget> SearchTarget::make(store::TrajectoryRecord row, store::QuestionRecord question,
                                        text::GradeTask task, text::TokenizerPtr tokenizer,
                                        const Limits& limits) {
    const auto refuse = [](const std::string& why) {
        return fail(ErrorCode::InvalidArgument, why);
    };
    if (question.gold.empty())
        return refuse("Its question has no gold answer, so that no rollout can be judged.");
    if (row.promptTokens < 1)
        return refuse("It has no prompt, so that there is nothing to draw its response from.");
    if (row.promptTokens >= static_cast<std::int32_t>(row.ids.size()))
        return refuse("Its response has no token.");
    if (limits.contextLength > 0 && row.promptTokens >= limits.contextLength)
        return refuse(cat("Its prompt has ", row.promptTokens,
                          " tokens and fills the model's "
                          "context of ",
                          limits.contextLength, "."));
    SearchTarget target;
    target.m_row = std::move(row);
    target.m_question = std::move(question);
    target.m_task = task;
    target.m_tokenizer = std::move(tokenizer);
    target.m_limits = limits;
    target.m_pathHead = "q" + hashText(target.m_question.text);
    CRUX_TRY_VOID(target.findEnd());
    return target;
}

/// The first response token after which nothing more is drawn. A response that goes on where the
/// search may draw nothing more is refused: cut there, it would count as wrong, and all before it
/// as lost.
Status SearchTarget::findEnd() {
    const auto size = static_cast<int>(m_row.ids.size());
    // The response is over with the token that completes a stop text.
    std::size_t stopEnd = std::string::npos;
    for (const std::string& stop : m_limits.stop)
        if (const std::size_t at = m_row.response.find(stop); at != std::string::npos)
            stopEnd = std::min(stopEnd, at + stop.size());
    m_last = size - 1;
    for (int position = m_row.promptTokens; position < size; ++position) {
        m_endsInEos = isOneOf(m_limits.eosIds, m_row.ids[static_cast<std::size_t>(position)]);
        const bool stopped = responseBytes(position) >= stopEnd;
        const bool full = room(position) <= 0;
        if (!m_endsInEos && !stopped && !full)
            continue;
        if (!m_endsInEos && !stopped && position + 1 < size)
            return fail(ErrorCode::InvalidArgument, whyTooLong());
        m_last = position;
        m_closed = true;
        m_closedFinish = m_endsInEos ? FinishReason::Eos
                         : stopped   ? FinishReason::Stop
                                     : FinishReason::Length;
        m_closedGrade = gradeText(responseUpTo(position));
        return {};
    }
    return {};
}

std::string SearchTarget::whyTooLong() const {
    const auto tokens = static_cast<int>(m_row.ids.size()) - m_row.promptTokens;
    if (tokens > m_limits.maxNewTokens)
        return cat("Its response has ", tokens, " tokens, the search allows ",
                   m_limits.maxNewTokens, " (max_new_tokens).");
    return cat("Its prompt and response have ", m_row.ids.size(), " tokens, the model's context ",
               m_limits.contextLength, ".");
}

std::vector<std::int32_t> SearchTarget::rest(int position) const {
    const int end = m_endsInEos ? m_last : m_last + 1;
    if (position + 1 >= end)
        return {};
    return {m_row.ids.begin() + position + 1, m_row.ids.begin() + end};
}

int SearchTarget::room(int position) const {
    const std::int64_t byLength = std::int64_t{m_row.promptTokens} + m_limits.maxNewTokens;
    const std::int64_t most = m_limits.contextLength > 0
                                  ? std::min<std::int64_t>(byLength, m_limits.contextLength)
                                  : byLength;
    return static_cast<int>(std::max<std::int64_t>(0, most - (position + 1)));
}

std::string SearchTarget::streamPath(int index) const {
    return cat(m_pathHead, "/r", index);
}

std::string SearchTarget::replacementPath(int index) const {
    return cat(m_pathHead, "/without/r", index);
}

std::size_t SearchTarget::responseBytes(int position) const {
    const auto end =
        static_cast<std::size_t>(m_row.offsets[2 * static_cast<std::size_t>(position) + 1]);
    return end - std::min(end, m_row.prompt.size());
}

std::string SearchTarget::responseUpTo(int position) const {
    return m_row.response.substr(0, responseBytes(position));
}

GradedRollout SearchTarget::grade(int position, std::span<const std::int32_t> drawn) const {
    // A token across the border of prompt and response: what it should have spelled of the prompt
    // is part of the continuation, and no response.
    const auto begin =
        static_cast<std::size_t>(m_row.offsets[2 * static_cast<std::size_t>(position) + 1]);
    const std::size_t missing = m_row.prompt.size() > begin ? m_row.prompt.size() - begin : 0;
    const std::string bytes = bytesOf(*m_tokenizer, drawn);
    return gradeText(responseUpTo(position) + bytes.substr(std::min(missing, bytes.size())));
}

GradedRollout SearchTarget::gradeText(const std::string& response) const {
    store::TrajectoryRecord judged;
    judged.response = response.substr(0, firstStop(response, m_limits.stop));
    gradeInto(judged, m_question, m_task);
    return {std::move(judged.extracted), std::move(judged.verdictReason), judged.verdict};
}

StopSearch::StopSearch(const text::Tokenizer& tokenizer, const std::vector<std::string>& stops,
                       const std::string& before)
    : m_tokenizer(&tokenizer)
    , m_stops(&stops) {
    std::size_t longest = 1;
    for (const std::string& stop : stops)
        longest = std::max(longest, stop.size());
    m_start = before.substr(before.size() - std::min(before.size(), longest - 1));
    m_text = m_start;
}

void StopSearch::restart() {
    m_text = m_start;
    m_seen = 0;
    m_found = false;
}

bool StopSearch::found(std::span<const std::int32_t> ids) {
    for (; m_seen < ids.size() && !m_found; ++m_seen) {
        const std::size_t before = m_text.size();
        m_text += bytesOf(*m_tokenizer, ids.subspan(m_seen, 1));
        for (const std::string& stop : *m_stops) {
            const std::size_t from = before >= stop.size() ? before - stop.size() + 1 : 0;
            m_found = m_found || m_text.find(stop, from) != std::string::npos;
        }
    }
    return m_found;
}

} // namespace crux::jobs
