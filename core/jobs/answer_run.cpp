#include "core/jobs/answer_run.h"

#include "core/base/clock.h"
#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/base/version.h"
#include "core/jobs/breathing.h"
#include "core/jobs/grading.h"
#include "core/jobs/handlers.h"
#include "core/jobs/registry.h"
#include "core/jobs/sample_drawer.h"
#include "core/jobs/selection.h"
#include "core/jobs/skips.h"
#include "core/jobs/token_rows.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace crux::jobs {

namespace {

/// Answers given to the engine at once. It keeps its batch full until the last of them are drawn,
/// so that few and long calls leave few slots idle.
constexpr std::size_t kWindow = 4096;
constexpr std::size_t kMostUnsaved = 64;
constexpr double kSaveMs = 1000, kTellMs = 500;
/// Raised when the same parameters would draw other answers than before.
constexpr int kDrawFormat = 1;

/// One answer on its way: which question, which draw.
struct Ticket {
    AnswerGroup* group = nullptr;
    const store::QuestionRecord* question = nullptr;
    const TokenizedPrompt* prompt = nullptr;
    int index = 0;
};

/// One run. Owner: runAnswers.
class AnswerRun {
public:
    AnswerRun(JobContext& context, const Json& spec, AnswerUser& user)
        : m_context(context)
        , m_project(context.project)
        , m_spec(spec)
        , m_user(user) {}

    Status run() {
        CRUX_TRY(options, sampleOptions(m_spec));
        m_options = std::move(options);
        CRUX_TRY_VOID(openModel());
        CRUX_TRY_VOID(chooseQuestions());
        CRUX_TRY_VOID(lookWhatIsThere());
        CRUX_TRY_VOID(begin());
        CRUX_TRY_VOID(m_user.begun(view()));
        m_drawer.emplace(m_model, m_tokenizer, m_options);
        m_drawer->setBreathe([this, others = sparseBreath(m_context)] {
            if (steadyMs() - m_toldMs >= kTellMs)
                tell();
            if (others)
                others();
        });
        m_startMs = steadyMs();
        tell();
        while (!m_context.cancel.cancelled() && fillWindow())
            CRUX_TRY_VOID(drawWindow());
        if (m_context.cancel.cancelled())
            return fail(ErrorCode::Cancelled, "The sampling was stopped; its answers so far stay.");
        return finish();
    }

private:
    std::string text(const char* key) const { return m_spec.at(key).get<std::string>(); }

    Status openModel() {
        CRUX_TRY(id, searchModel(m_project, text("model")));
        m_sourceName = text("adapter");
        if (!m_sourceName.empty()) {
            CRUX_TRY(choice, resolveSide(m_project, m_sourceName, id, "policy"));
            if (!choice.adapter)
                return fail(ErrorCode::InvalidArgument,
                            cat("\"", m_sourceName,
                                "\" is a whole model, not an adapter; name it as the model."));
            m_adapterId = choice.adapter;
            CRUX_TRY(adapter, store::adapter(m_project, m_adapterId));
            m_adapterHash = adapter.hash;
            m_sourceName = adapter.name;
        }
        CRUX_TRY(row, store::model(m_project, id));
        m_sourceName = m_sourceName.empty() ? row.name : cat(row.name, " + ", m_sourceName);
        CRUX_TRY(model, m_context.models.model(m_project, id, m_adapterId));
        CRUX_TRY(tokenizer, m_context.models.tokenizer(m_project, id));
        m_modelRow = std::move(row);
        m_model = model;
        m_tokenizer = std::move(tokenizer);
        return saveVocabularyOf(m_project, *m_tokenizer, m_modelRow.tokenizerHash);
    }

    /// The questions the job took when it first ran: its own answers may change what a filter
    /// finds.
    Result<std::vector<store::QuestionRecord>> questionsOfTheJob() {
        CRUX_TRY(noted, notedSamples(m_project, m_context.job.id));
        if (noted.questions.empty())
            return sampleQuestions(m_project, m_spec);
        std::vector<store::QuestionRecord> all;
        for (const QuestionId id : noted.questions) {
            CRUX_TRY(question, store::question(m_project, id));
            all.push_back(std::move(question));
        }
        return all;
    }

    Status chooseQuestions() {
        CRUX_TRY(all, questionsOfTheJob());
        CRUX_TRY(datasets, store::datasets(m_project));
        for (const store::DatasetRecord& dataset : datasets) {
            std::vector<store::QuestionRecord> own;
            for (store::QuestionRecord& question : all)
                if (question.datasetId == dataset.id)
                    own.push_back(std::move(question));
            if (own.empty())
                continue;
            AnswerGroup group;
            group.dataset = dataset;
            CRUX_TRY(form, PromptForm::make(m_project, dataset, m_options));
            group.form = std::move(form);
            group.made = provenanceOf(group.form);
            group.keyHead = keyHeadOf(group.made);
            group.questions = std::move(own);
            m_groups.push_back(std::move(group));
        }
        return {};
    }

    store::Provenance provenanceOf(const PromptForm& form) const {
        const engine::ModelInfo& info = m_model.model->info();
        const SamplingParams& sampling = m_options.sampling;
        Json params{{"temperature", sampling.temperature},
                    {"top_p", sampling.topP},
                    {"top_k", sampling.topK},
                    {"max_new_tokens", sampling.maxNewTokens},
                    {"stop", form.stops},
                    {"prompt", form.params()},
                    {"grader", text("profile")},
                    {"streams", "q<hash of the question>/s<sample>"},
                    {"draws", kDrawFormat}};
        return {m_modelRow.weightsHash,
                m_adapterHash,
                m_modelRow.tokenizerHash,
                std::move(params),
                sampling.temperature > 0 ? sampling.seed : 0, // greedy draws nothing
                info.dtype,
                info.device,
                crux::kVersion};
    }

    /// The program's version does not tell answers apart: a newer one goes on with the set.
    static std::string keyHeadOf(const store::Provenance& made) {
        return cat("sampled/",
                   hashText(dumpJson(Json{made.weightsHash, made.adapterHash, made.tokenizerHash,
                                          made.params, made.seed, made.dtype, made.device})),
                   "/");
    }

    Status lookWhatIsThere() {
        const auto n = static_cast<std::size_t>(m_options.n);
        for (AnswerGroup& group : m_groups) {
            for (const store::QuestionRecord& question : group.questions)
                group.there[question.id.value].assign(n, false);
            CRUX_TRY(answers, store::answersWithKey(m_project, group.dataset.id, group.keyHead));
            for (const store::AnswerRecord& answer : answers)
                if (std::vector<bool>* const there = placesFor(group, answer)) {
                    (*there)[static_cast<std::size_t>(answer.sampleIndex)] = true;
                    group.tally.add(answer.verdict, answer.tokens);
                    ++m_done;
                }
            CRUX_TRY_VOID(gradeAgain(group));
            m_total += std::ssize(group.questions) * m_options.n;
        }
        m_before = m_done;
        return {};
    }

    /// Of an answer that is asked for; null for any other.
    std::vector<bool>* placesFor(AnswerGroup& group, const store::AnswerRecord& answer) const {
        const auto found = group.there.find(answer.questionId.value);
        return found == group.there.end() || answer.sampleIndex >= m_options.n ? nullptr
                                                                               : &found->second;
    }

    /// Answers drawn alike and graded by other rules are graded again, not drawn again.
    Status gradeAgain(AnswerGroup& group) {
        std::vector<store::TrajectoryRecord> rows;
        for (const char* profile : {"crux", "authors", "minerva"}) {
            if (text("profile") == profile)
                continue;
            store::Provenance other = group.made;
            other.params["grader"] = profile;
            CRUX_TRY(answers, store::answersWithKey(m_project, group.dataset.id, keyHeadOf(other)));
            for (const store::AnswerRecord& answer : answers) {
                std::vector<bool>* const there = placesFor(group, answer);
                if (there == nullptr || (*there)[static_cast<std::size_t>(answer.sampleIndex)])
                    continue;
                (*there)[static_cast<std::size_t>(answer.sampleIndex)] = true;
                CRUX_TRY(row, gradedAgain(group, answer));
                group.tally.add(row.verdict, answer.tokens);
                ++m_done;
                rows.push_back(std::move(row));
            }
        }
        return rows.empty() ? Status() : added(rows);
    }

    Result<store::TrajectoryRecord> gradedAgain(const AnswerGroup& group,
                                                const store::AnswerRecord& answer) const {
        CRUX_TRY(row, store::trajectory(m_project, answer.id));
        CRUX_TRY(question, store::question(m_project, answer.questionId));
        row.id = {};
        row.rootId = {};
        row.naturalKey = cat(answerKeyOf(group, question.id), answer.sampleIndex);
        row.provenance = group.made;
        row.verdict = Verdict::Ungraded;
        row.extracted.clear();
        row.extractedBegin = row.extractedEnd = -1;
        const std::string whole = row.response;
        for (const std::string& stop : group.form.stops)
            row.response = row.response.substr(0, row.response.find(stop));
        gradeInto(row, question, group.form.task, m_options.profile);
        row.response = whole;
        return row;
    }

    Status added(const std::vector<store::TrajectoryRecord>& rows) {
        const auto count = store::addSamples(m_project, rows);
        return count.ok() ? Status() : Status(fail(count.error()));
    }

    Status begin() {
        std::vector<SampleSetKey> keys;
        std::vector<QuestionId> questions;
        std::int64_t withoutGold = 0;
        for (const AnswerGroup& group : m_groups) {
            keys.push_back({group.dataset.id, group.keyHead});
            for (const store::QuestionRecord& question : group.questions) {
                questions.push_back(question.id);
                withoutGold += question.gold.empty() ? 1 : 0;
            }
        }
        if (questions.empty())
            return fail(ErrorCode::NotFound, "No question matches the job's choice.");
        if (withoutGold > 0)
            addJobEvent(m_context, "warning",
                        cat(withoutGold, " of ", questions.size(),
                            " questions have no gold answer: their samples stay ungraded."));
        return noteSampleSets(m_context,
                              cat(m_options.n, " answers to each of ", questions.size(),
                                  " questions; ", m_before, " of ", m_total, " are there already."),
                              keys, m_options.n, questions);
    }

    /// The next answers to draw, whole questions as long as they fit; false when none is left.
    bool fillWindow() {
        m_prompts.clear();
        m_tickets.clear();
        while (m_group < m_groups.size() && m_tickets.size() < kWindow) {
            AnswerGroup& group = m_groups[m_group];
            if (m_question == group.questions.size()) {
                ++m_group;
                m_question = 0;
                continue;
            }
            addTickets(group, group.questions[m_question++]);
        }
        return !m_tickets.empty();
    }

    void addTickets(AnswerGroup& group, const store::QuestionRecord& question) {
        const std::vector<bool>& there = group.there[question.id.value];
        const auto missing = std::count(there.begin(), there.end(), false);
        if (missing == 0)
            return;
        TokenizedPrompt prompt =
            tokenizePrompt(*m_tokenizer, group.form.prompt(question.text), group.form.bos);
        const std::string why = unusable(group, prompt);
        if (!why.empty()) {
            m_total -= missing;
            m_unanswerable.push_back(question.id);
            skip(question, why);
            return;
        }
        m_prompts.push_back(std::move(prompt));
        for (std::size_t i = 0; i < there.size(); ++i)
            if (!there[i])
                m_tickets.push_back({&group, &question, &m_prompts.back(), static_cast<int>(i)});
    }

    /// One sentence, or empty.
    std::string unusable(const AnswerGroup& group, const TokenizedPrompt& prompt) const {
        const engine::ModelInfo& info = m_model.model->info();
        if (prompt.ids.empty())
            return "its prompt has no token.";
        if (info.contextLength > 0 && std::ssize(prompt.ids) >= info.contextLength)
            return cat("its prompt has ", prompt.ids.size(),
                       " tokens and fills the model's context of ", info.contextLength,
                       group.form.examples.empty()
                           ? "."
                           : "; ask for fewer worked examples (shots), or take the preset \"small "
                             "CPU\" or \"demo\", which have none.");
        for (const std::int32_t id : prompt.ids)
            if (id < 0 || id >= info.vocabularySize)
                return cat("its token id ", id, " is outside the model's vocabulary of ",
                           info.vocabularySize, ".");
        return {};
    }

    /// Its id in the file it came from; questions without one are known by a hash of their text,
    /// which tells nobody anything.
    static std::string shownName(const store::QuestionRecord& question) {
        if (!question.externalId.starts_with("text:"))
            return question.externalId;
        constexpr std::size_t kMost = 40;
        std::string begin = question.text.substr(0, kMost);
        if (begin.size() < question.text.size()) // whole words, and no character cut in two
            begin = begin.substr(0, begin.find_last_of(" \n")) + "...";
        return cat("\"", withReplacedUtf8(begin), "\"");
    }

    void skip(const store::QuestionRecord& question, const std::string& why) {
        const std::string name = "Question " + shownName(question);
        if (m_firstSkip.empty())
            m_firstSkip = cat(name, ": ", why);
        m_skips.add(name, why, cat("question ", question.id.value));
    }

    Status drawWindow() {
        std::vector<PlannedSample> planned;
        for (const Ticket& ticket : m_tickets)
            planned.push_back({ticket.prompt, &ticket.group->form.stops,
                               answerStream(*ticket.question, ticket.index)});
        const int batchBefore = m_drawer->batch();
        const Status drawn = m_drawer->draw(
            planned, m_context.cancel, [this](std::size_t index, DrawnSample sample) -> Status {
                m_unsaved.push_back(judged(m_tickets[index], std::move(sample)));
                const bool due = steadyMs() - m_savedMs >= kSaveMs;
                return due || m_unsaved.size() >= kMostUnsaved ? save() : Status();
            });
        if (m_drawer->batch() < batchBefore)
            addJobEvent(m_context, "warning",
                        cat("Memory ran out with ", batchBefore, " answers at once; ",
                            m_drawer->batch(), " at once are drawn now."));
        if (drawn.ok() || drawn.error().code == ErrorCode::OutOfMemory)
            CRUX_TRY_VOID(save());
        return drawn;
    }

    store::TrajectoryRecord judged(const Ticket& ticket, DrawnSample sample) {
        const AnswerGroup& group = *ticket.group;
        store::TrajectoryRecord row;
        row.questionId = ticket.question->id;
        row.datasetId = group.dataset.id;
        row.naturalKey = cat(answerKeyOf(group, ticket.question->id), ticket.index);
        row.sampleIndex = ticket.index;
        row.source = Source::Sampled;
        row.sourceModel = m_sourceName;
        row.modelId = m_modelRow.id;
        row.adapterId = m_adapterId;
        row.tokenizerHash = m_modelRow.tokenizerHash;
        row.finishReason = std::string(finishReasonName(sample.finish));
        row.provenance = group.made;
        row.createdMs = nowMs();
        row.response = sample.response.substr(0, sample.answered);
        gradeInto(row, *ticket.question, group.form.task, m_options.profile);
        fillTokens(row, *ticket.prompt, std::move(sample));
        m_empty += row.response.empty() ? 1 : 0;
        return row;
    }

    void fillTokens(store::TrajectoryRecord& row, const TokenizedPrompt& prompt,
                    DrawnSample sample) const {
        row.prompt = prompt.text;
        row.response = std::move(sample.response);
        row.ids = prompt.ids;
        row.offsets = prompt.offsets;
        row.promptTokens = static_cast<std::int32_t>(prompt.ids.size());
        auto at = static_cast<std::int32_t>(prompt.text.size());
        for (const std::int32_t id : sample.ids) {
            row.ids.push_back(id);
            row.offsets.push_back(at);
            at += static_cast<std::int32_t>(bytesOf(*m_tokenizer, {&id, 1}).size());
            row.offsets.push_back(at);
        }
    }

    /// All finished answers in one transaction.
    Status save() {
        m_savedMs = steadyMs();
        if (m_unsaved.empty())
            return {};
        CRUX_TRY_VOID(added(m_unsaved)); // another worker may have drawn the same ones meanwhile
        for (const store::TrajectoryRecord& row : m_unsaved)
            for (AnswerGroup& group : m_groups)
                if (group.dataset.id == row.datasetId)
                    group.tally.add(row.verdict,
                                    static_cast<std::int32_t>(row.ids.size()) - row.promptTokens);
        m_done += std::ssize(m_unsaved);
        const std::vector<store::TrajectoryRecord> rows = std::exchange(m_unsaved, {});
        tell();
        return m_user.stored(view(), rows);
    }

    void tell() {
        m_toldMs = steadyMs();
        const double seconds = (m_toldMs - m_startMs) / 1000;
        const auto tokens = static_cast<double>(m_drawer->tokens());
        m_rate = tokens > 0 && seconds > 0 ? tokens / seconds : 0;
        m_context.progress(m_done, m_total, summary(), m_rate);
    }

    std::string summary() const {
        AnswerTally all;
        for (const AnswerGroup& group : m_groups) {
            all.right += group.tally.right;
            all.wrong += group.tally.wrong;
            all.noAnswer += group.tally.noAnswer;
            all.ungraded += group.tally.ungraded;
        }
        return cat(m_done, " of ", m_total, " answers: ", all.words(), m_skips.words());
    }

    Status finish() {
        m_skips.finish();
        if (m_done == 0 && !m_firstSkip.empty())
            return fail(ErrorCode::InvalidArgument,
                        cat("No question could be answered. ", m_firstSkip));
        const std::int64_t drawn = m_done - m_before;
        if (m_empty > 0)
            addJobEvent(m_context, "warning",
                        cat(m_empty, " of ", drawn,
                            " new answers are empty: the model ended at once or gave special "
                            "tokens only; look at the prompt template and the stop texts."));
        CRUX_TRY_VOID(m_user.done(view()));
        tell();
        addJobEvent(m_context, "info",
                    cat(summary(), "; ", drawn, " new ones, ", m_drawer->tokens(), " tokens at ",
                        static_cast<std::int64_t>(m_rate), " a second."));
        return {};
    }

    AnswerRunView view() const {
        return {m_options, m_groups, m_modelRow, m_adapterId, m_sourceName, m_unanswerable};
    }

    JobContext& m_context;
    store::Project& m_project;
    const Json& m_spec;
    AnswerUser& m_user;
    // constant after begin()
    SampleOptions m_options;
    store::ModelRecord m_modelRow;
    AdapterId m_adapterId;
    std::string m_adapterHash, m_sourceName;
    engine::ModelRef m_model;
    text::TokenizerPtr m_tokenizer;
    std::int64_t m_before = 0; ///< answers that were there

    std::deque<AnswerGroup> m_groups;
    std::size_t m_group = 0, m_question = 0; ///< the next question to draw for
    std::deque<TokenizedPrompt> m_prompts;   ///< of the window
    std::vector<Ticket> m_tickets;           ///< of the window
    std::vector<store::TrajectoryRecord> m_unsaved;
    std::optional<SampleDrawer> m_drawer;
    std::int64_t m_total = 0, m_done = 0, m_empty = 0;
    Skips m_skips{m_context, "questions", "sampled"};
    std::vector<QuestionId> m_unanswerable;
    std::string m_firstSkip; ///< one sentence, empty when none was skipped
    double m_startMs = 0, m_savedMs = 0, m_toldMs = 0, m_rate = 0;
};

} // namespace

std::string answerKeyOf(const AnswerGroup& group, QuestionId question) {
    return cat(group.keyHead, "q", question.value, "/");
}

/// Random numbers are the question's, whatever project it lies in, and apart from those of rollouts
/// ("q../r.."): a trajectory is no rollout of its own prompt.
std::string answerStream(const store::QuestionRecord& question, int index) {
    return cat("q", hashText(question.text), "/s", index);
}

Status runAnswers(JobContext& context, const Json& spec, AnswerUser& user) {
    return AnswerRun(context, spec, user).run();
}

} // namespace crux::jobs
