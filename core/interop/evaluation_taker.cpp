// Logs of lm-eval and inspect_ai -> questions, trajectories and evaluations: one evaluation for
// each grader of the log, and one by Crux's own grader, which alone is comparable with Crux's.
#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/base/version.h"
#include "core/interop/evaluation_logs.h"
#include "core/interop/import_writer.h"
#include "core/interop/takers.h"
#include "core/store/evaluation_repo.h"
#include "core/store/repositories.h"

#include <map>
#include <set>

namespace crux::interop {

namespace {

/// One question of the file, with all its samples so far.
struct LoggedQuestion {
    QuestionId question;
    std::map<int, TrajectoryId> trajectories; ///< by sample
    std::map<int, std::int32_t> tokens;
    std::map<std::string, std::map<int, Verdict>> verdicts; ///< by grader, by sample
};

class EvaluationTaker : public RowTaker {
public:
    explicit EvaluationTaker(const TakerContext& context)
        : m_context(context)
        , m_program(context.facts.kind == "inspect" ? "inspect" : "lm-eval")
        , m_grading(gradingOf(context.options).value())
        , m_writer(context.project, context.options, context.facts.kind, m_grading,
                   context.tokenizer, context.dryRun) {}

    Status beginFile(const std::string& datasetName, const Path& file, FileForm) override {
        m_file = file;
        m_questions.clear();
        m_order.clear();
        m_seen.clear();
        m_decoding = Json();
        m_model = file.parent_path().filename().string();
        m_whole = true;
        return m_writer.useDataset(datasetName, file);
    }

    Status take(const Row& row, const Place& place) override {
        if (m_program == "lm-eval")
            return takeOne(parseLmEval(row.object, m_context.options.task), place);
        const auto samples = row.object.find("samples");
        if (samples == row.object.end() || !samples->is_array())
            return reject(place, "the log has no samples: it was written without them, or is of a "
                                 "run that did not get so far");
        if (row.object.value("status", std::string("success")) != "success")
            m_whole = false;
        m_context.report.rows += std::ssize(*samples) - 1; // the log is no row of its own
        for (std::size_t i = 0; i < samples->size(); ++i) {
            Place within = place;
            within.name = cat("sample ", i + 1);
            CRUX_TRY_VOID(
                takeOne(parseInspect((*samples)[i], row.object, m_context.options.task), within));
        }
        return {};
    }

    Status endFile() override {
        if (m_context.dryRun || m_order.empty())
            return {};
        std::set<std::string> graders;
        for (const auto& [id, question] : m_questions)
            for (const auto& [grader, verdicts] : question.verdicts)
                graders.insert(grader);
        for (const std::string& grader : graders) {
            CRUX_TRY(rows, rowsBy(grader));
            CRUX_TRY_VOID(keep(rows, cat(m_program, grader.empty() ? "" : " ", grader)));
        }
        if (m_grading.enabled) {
            CRUX_TRY(rows, rowsByCrux());
            CRUX_TRY_VOID(keep(rows, m_context.options.profile));
        }
        return m_writer.finish();
    }
    DatasetId dataset() const override { return m_writer.dataset(); }

private:
    Status reject(const Place& place, const std::string& why) {
        m_whole = false;
        return m_context.faults.reject(place, why);
    }

    Status takeOne(const Result<LoggedAnswers>& parsed, const Place& place) {
        if (!parsed.ok())
            return reject(place, parsed.error().message);
        const LoggedAnswers& row = *parsed;
        std::string graders;
        for (const auto& [grader, verdict] : row.verdicts)
            graders += grader + "/";
        const auto [seen, fresh] =
            m_seen.try_emplace(cat(row.id, "/", row.firstSample, "/", graders), place.line);
        if (!fresh)
            return reject(place,
                          cat("the id ", row.id, " is there twice, first in line ", seen->second));
        if (m_decoding.is_null())
            m_decoding = row.decoding;
        else if (m_decoding != row.decoding)
            return reject(place, "it was drawn by other settings than the rows before it");
        if (!row.model.empty())
            m_model = row.model;
        const auto [known, first] = m_questions.try_emplace(row.id);
        const bool drawn = known->second.trajectories.count(row.firstSample) > 0;
        if (!drawn) {
            const auto added = add(row, place, known->second);
            if (!added.ok()) {
                if (first)
                    m_questions.erase(known);
                return isRowFault(added.error().code) ? reject(place, added.error().message)
                                                      : added;
            }
        }
        if (first)
            m_order.push_back(row.id);
        for (const auto& [grader, verdict] : row.verdicts)
            known->second.verdicts[grader][row.firstSample] = verdict;
        ++m_context.report.kept;
        return {};
    }

    /// Question and trajectories of a row that brings new answers.
    Status add(const LoggedAnswers& row, const Place& place, LoggedQuestion& question) {
        ParsedRow parsed;
        parsed.questionId = row.key;
        parsed.question = row.question;
        parsed.golds = row.golds;
        parsed.solution = row.solution;
        parsed.meta = row.meta;
        for (std::size_t i = 0; i < row.responses.size(); ++i) {
            ParsedAnswer answer;
            answer.response = row.responses[i];
            answer.prompt = row.prompt;
            answer.sourceModel = m_model;
            answer.sample = row.firstSample + static_cast<int>(i);
            if (row.verdicts.size() == 1)
                answer.published = row.verdicts.front().second == Verdict::Right;
            parsed.answers.push_back(std::move(answer));
        }
        CRUX_TRY(added, m_writer.add(parsed, place, m_context.report));
        m_context.report.present += added.any ? 0 : 1;
        for (const std::string& warning : added.warnings)
            m_context.faults.warn(place, warning);
        for (std::size_t i = 0; i < row.responses.size(); ++i) {
            const int sample = row.firstSample + static_cast<int>(i);
            question.trajectories[sample] = m_context.dryRun ? TrajectoryId{} : added.ids[i];
            question.tokens[sample] = i < row.tokens.size() ? row.tokens[i] : 0;
        }
        if (m_context.dryRun)
            return {};
        CRUX_TRY(record, store::trajectory(m_context.project, added.ids.front()));
        question.question = record.questionId;
        return {};
    }

    Result<std::map<std::int64_t, store::AnswerRecord>>
    answersOf(const LoggedQuestion& question) const {
        std::vector<TrajectoryId> ids;
        for (const auto& [sample, id] : question.trajectories)
            ids.push_back(id);
        CRUX_TRY(answers, store::answersOf(m_context.project, ids));
        std::map<std::int64_t, store::AnswerRecord> byId;
        for (store::AnswerRecord& answer : answers)
            byId[answer.id.value] = answer;
        return byId;
    }

    /// `verdictOf`: of one sample and its answer; none leaves the sample out.
    template <typename VerdictOf>
    Result<std::vector<store::EvaluatedQuestion>> rows(const VerdictOf& verdictOf) const {
        std::vector<store::EvaluatedQuestion> made;
        for (const std::string& id : m_order) {
            const LoggedQuestion& question = m_questions.at(id);
            CRUX_TRY(answers, answersOf(question));
            store::EvaluatedQuestion row;
            row.questionId = question.question;
            std::vector<std::string> known;
            for (const auto& [sample, trajectory] : question.trajectories) {
                const store::AnswerRecord& answer = answers.at(trajectory.value);
                const std::optional<Verdict> verdict = verdictOf(question, sample, answer);
                if (!verdict)
                    continue;
                row.trajectories.push_back(trajectory);
                row.verdicts.push_back(*verdict);
                row.answers.push_back(store::answerNumber(known, answer.answer));
                row.tokens.push_back(answer.tokens > 0 ? answer.tokens
                                                       : question.tokens.at(sample));
            }
            if (row.samples() > 0)
                made.push_back(std::move(row));
        }
        return made;
    }
    Result<std::vector<store::EvaluatedQuestion>> rowsBy(const std::string& grader) const {
        return rows([&](const LoggedQuestion& question, int sample,
                        const store::AnswerRecord&) -> std::optional<Verdict> {
            const auto own = question.verdicts.find(grader);
            if (own == question.verdicts.end() || own->second.count(sample) == 0)
                return std::nullopt;
            return own->second.at(sample);
        });
    }
    Result<std::vector<store::EvaluatedQuestion>> rowsByCrux() const {
        return rows([](const LoggedQuestion&, int, const store::AnswerRecord& answer) {
            return std::optional(answer.verdict);
        });
    }

    Status keep(const std::vector<store::EvaluatedQuestion>& rows, const std::string& grader) {
        if (rows.empty())
            return {};
        store::EvaluationRecord record;
        record.name = m_model.empty() ? m_file.stem().string() : m_model;
        record.source = m_program;
        record.datasetId = dataset();
        record.grader = grader;
        record.decoding = m_decoding.is_object() ? m_decoding : Json::object();
        std::vector<store::QuestionRecord> questions;
        std::string content;
        for (const store::EvaluatedQuestion& row : rows) {
            CRUX_TRY(question, store::question(m_context.project, row.questionId));
            questions.push_back(std::move(question));
            record.questions.push_back(row.questionId);
            record.samples = std::max(record.samples, static_cast<int>(row.samples()));
            for (std::size_t i = 0; i < row.samples(); ++i)
                content +=
                    cat(row.trajectories[i].value, ":", static_cast<int>(row.verdicts[i]), ",");
        }
        record.decoding["samples"] = record.samples;
        record.setHash = store::fingerprintOf(questions);
        record.hash = hashText(cat(m_program, "/", grader, "/", record.setHash, "/", content));
        record.provenance.params = {{"import", m_program}, {"file", m_file.filename().string()}};
        record.provenance.programVersion = kVersion;
        CRUX_TRY(id, store::beginEvaluation(m_context.project, record));
        CRUX_TRY_VOID(store::saveEvaluated(m_context.project, id, rows, 0));
        if (!m_whole) {
            m_context.faults.warn({m_file.string(), 0, {}},
                                  cat("the evaluation \"", record.name, "\" by ", grader,
                                      " counts as cut off: rows of its log are missing"));
            return {};
        }
        return store::finishEvaluation(m_context.project, id);
    }

    TakerContext m_context;
    const std::string m_program;
    const Grading m_grading;
    ImportWriter m_writer;
    // of the file
    Path m_file;
    std::string m_model;
    std::map<std::string, LoggedQuestion> m_questions;
    std::vector<std::string> m_order;
    std::map<std::string, std::int64_t> m_seen; ///< id, sample, graders -> line
    Json m_decoding;
    bool m_whole = true;
};

} // namespace

std::unique_ptr<RowTaker> evaluationTaker(const TakerContext& context) {
    return std::make_unique<EvaluationTaker>(context);
}

} // namespace crux::interop
