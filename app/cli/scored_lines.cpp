#include "app/cli/scored_lines.h"

#include "app/cli/interrupt.h"
#include "app/cli/progress_bar.h"
#include "core/base/clock.h"
#include "core/base/text_util.h"

#include <optional>

namespace crux::cli {

namespace {

constexpr std::size_t kBatchTokens = 8192;
constexpr std::size_t kBatchLines = 256;

struct Pending {
    std::int64_t line = 0;
    std::optional<Error> error; ///< set: nothing to score
};

/// One run of the loop. Owner: scoreLines.
class Loop {
public:
    Loop(const LoadedModel& model, const BatchScorer& scorer)
        : m_model(model)
        , m_scorer(scorer) {}

    Status run(LineReader& reader) {
        for (;;) {
            CRUX_TRY(line, reader.next());
            if (!line)
                break;
            take(*line);
            if (m_tokens >= kBatchTokens || m_pending.size() >= kBatchLines || reader.wouldWait())
                CRUX_TRY_VOID(finishBatch());
        }
        CRUX_TRY_VOID(finishBatch());
        m_bar.clear();
        m_writer.noteErrors();
        return {};
    }

private:
    void take(const LineReader::Line& line) {
        const auto ids = [&]() -> Result<engine::Ids> {
            CRUX_TRY(object, objectOfLine(line));
            return idsOfLine(object, "text", m_model);
        }();
        Pending pending{line.number, {}};
        if (ids.ok()) {
            m_tokens += ids->size();
            m_sequences.push_back(*ids);
        } else {
            pending.error = ids.error();
        }
        m_pending.push_back(std::move(pending));
    }

    static bool endsTheRun(const Error& error) {
        return error.code == ErrorCode::Cancelled || error.code == ErrorCode::Internal;
    }

    /// Answers of the batch; where it failed as a whole, of each line alone.
    Result<std::vector<Result<Json>>> answers() {
        std::vector<Result<Json>> all;
        if (m_sequences.empty())
            return all;
        const auto together = m_scorer(m_sequences);
        if (together.ok()) {
            for (const Json& answer : *together)
                all.emplace_back(answer);
            return all;
        }
        if (endsTheRun(together.error()))
            return fail(together.error());
        for (const engine::Ids& sequence : m_sequences) {
            auto alone = m_sequences.size() == 1 ? together : m_scorer({&sequence, 1});
            if (!alone.ok() && endsTheRun(alone.error()))
                return fail(alone.error());
            all.push_back(alone.ok() ? Result<Json>(std::move((*alone)[0]))
                                     : Result<Json>(fail(alone.error())));
        }
        return all;
    }

    Status finishBatch() {
        CRUX_TRY(scored, answers());
        std::size_t next = 0;
        for (const Pending& pending : m_pending) {
            if (pending.error) {
                m_writer.writeError(pending.line, *pending.error);
                continue;
            }
            const Result<Json>& answer = scored[next++];
            if (answer.ok())
                m_writer.write(*answer);
            else
                m_writer.writeError(pending.line, answer.error());
        }
        m_tokensDone += m_tokens;
        m_tokens = 0;
        m_pending.clear();
        m_sequences.clear();
        const double seconds = (steadyMs() - m_startMs) / 1000;
        m_bar.update(m_writer.lines(), 0,
                     cat(static_cast<std::int64_t>(static_cast<double>(m_tokensDone) /
                                                   (seconds > 0 ? seconds : 1)),
                         " tokens/s"));
        return m_writer.flush();
    }

    const LoadedModel& m_model;
    const BatchScorer& m_scorer;
    LineWriter m_writer;
    ProgressBar m_bar{"lines"};
    std::vector<Pending> m_pending;
    std::vector<engine::Ids> m_sequences;
    std::size_t m_tokens = 0, m_tokensDone = 0;
    double m_startMs = steadyMs();
};

} // namespace

Status scoreLines(const std::string& file, const LoadedModel& model, const BatchScorer& scorer) {
    CRUX_TRY(reader, LineReader::open(file));
    return Loop(model, scorer).run(reader);
}

} // namespace crux::cli
