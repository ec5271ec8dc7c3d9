#include "core/store/evaluation_repo.h"

#include "core/base/clock.h"
#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/store/gold_answers.h"
#include "core/store/repositories.h"
#include "core/store/sql.h"

#include <algorithm>
#include <unordered_map>

namespace crux::store {

namespace {

constexpr std::string_view kColumns =
    "SELECT id, name, hash, source, model_id, adapter_id, checkpoint_id, dataset_id, set_hash,"
    " question_ids, samples_each, decoding, grader, provenance_id, job_id, questions, right_count,"
    " wrong_count, no_answer_count, ungraded_count, tokens, skipped, seconds, complete, created_ms,"
    " finished_ms FROM evaluation";

template <typename Id> std::vector<Id> idsOf(std::span<const std::byte> bytes) {
    std::vector<Id> ids(bytes.size() / sizeof(std::int64_t));
    static_assert(sizeof(Id) == sizeof(std::int64_t));
    if (!ids.empty())
        std::memcpy(ids.data(), bytes.data(), ids.size() * sizeof(Id));
    return ids;
}

template <typename Id> void bindIds(Query& query, const std::vector<Id>& ids) {
    query.bindBlob(ids.data(), ids.size() * sizeof(Id));
}

EvaluationRecord readEvaluation(const Project& project, const Query& row) {
    EvaluationRecord record;
    record.id = row.id<EvaluationId>(0);
    record.name = row.text(1);
    record.hash = row.text(2);
    record.source = row.text(3);
    record.modelId = row.id<ModelId>(4);
    record.adapterId = row.id<AdapterId>(5);
    record.checkpointId = row.id<CheckpointId>(6);
    record.datasetId = row.id<DatasetId>(7);
    record.setHash = row.text(8);
    record.questions = idsOf<QuestionId>(row.blob(9));
    record.samples = row.integer32(10);
    record.decoding = storedJson(row.text(11));
    record.grader = row.text(12);
    record.provenance = provenanceOf(project, row.integer(13));
    record.jobId = row.id<JobId>(14);
    record.counts = {row.integer(15), row.integer(16), row.integer(17), row.integer(18),
                     row.integer(19), row.integer(20), row.integer(21)};
    record.seconds = row.real(22);
    record.complete = row.flag(23);
    record.createdMs = row.integer(24);
    record.finishedMs = row.integer(25);
    return record;
}

EvaluatedQuestion readRow(const Query& row) {
    EvaluatedQuestion one;
    one.questionId = row.id<QuestionId>(0);
    one.trajectories = idsOf<TrajectoryId>(row.blob(1));
    for (const std::byte verdict : row.blob(2))
        one.verdicts.push_back(static_cast<Verdict>(verdict));
    one.answers = row.array<std::int32_t>(3);
    one.tokens = row.array<std::int32_t>(4);
    return one;
}

/// Adds the question to the sums, or takes it off.
void addCounts(EvaluationCounts& counts, const EvaluatedQuestion& row, std::int64_t sign) {
    counts.questions += sign;
    counts.right += sign * row.count(Verdict::Right);
    counts.wrong += sign * row.count(Verdict::Wrong);
    counts.noAnswer += sign * row.count(Verdict::NoAnswer);
    counts.ungraded += sign * row.count(Verdict::Ungraded);
    counts.skipped += row.samples() == 0 ? sign : 0;
    for (const std::int32_t tokens : row.tokens)
        counts.tokens += sign * tokens;
}

void replaceRow(const Project& project, EvaluationId id, const EvaluatedQuestion& row,
                EvaluationCounts& counts) {
    {
        Query old(project, "SELECT question_id, trajectories, verdicts, answers, lengths FROM"
                           " evaluation_question WHERE evaluation_id = ? AND question_id = ?");
        if (old.bindAll(id.value, row.questionId.value).step())
            addCounts(counts, readRow(old), -1);
    }
    std::string verdicts;
    for (const Verdict verdict : row.verdicts)
        verdicts += static_cast<char>(verdict);
    Query fresh(project, "INSERT OR REPLACE INTO evaluation_question(evaluation_id, question_id,"
                         " trajectories, verdicts, answers, lengths) VALUES (?,?,?,?,?,?)");
    fresh.bindAll(id.value, row.questionId.value);
    bindIds(fresh, row.trajectories);
    fresh.bindBlob(verdicts.data(), verdicts.size());
    fresh.bindArray(row.answers).bindArray(row.tokens).run();
    addCounts(counts, row, 1);
}

Result<EvaluationRecord> readOne(const Project& project, std::string_view where,
                                 const auto& value) {
    Query row(project, cat(kColumns, " WHERE ", where, " = ?"));
    if (!row.bind(value).step())
        return fail(ErrorCode::NotFound, "there is no such evaluation");
    return readEvaluation(project, row);
}

} // namespace

int EvaluatedQuestion::count(Verdict verdict) const {
    return static_cast<int>(std::count(verdicts.begin(), verdicts.end(), verdict));
}

int EvaluatedQuestion::graded() const {
    return static_cast<int>(verdicts.size()) - count(Verdict::Ungraded);
}

std::int32_t answerNumber(std::vector<std::string>& known, const std::string& answer) {
    if (answer.empty())
        return -1;
    const auto found = std::find(known.begin(), known.end(), answer);
    const auto number = static_cast<std::int32_t>(found - known.begin());
    if (found == known.end())
        known.push_back(answer);
    return number;
}

std::string questionKey(const QuestionRecord& question) {
    std::string all = cat(question.text.size(), ":", question.text);
    for (const std::string& gold : goldAnswers(question))
        all += cat(gold.size(), ":", gold);
    return hashText(all);
}

std::string fingerprintOf(std::span<const QuestionRecord> questions) {
    std::vector<std::string> keys;
    for (const QuestionRecord& question : questions)
        keys.push_back(questionKey(question));
    std::sort(keys.begin(), keys.end());
    std::string all;
    for (const std::string& key : keys)
        all += key;
    return hashText(all);
}

Result<EvaluationId> beginEvaluation(const Project& project, const EvaluationRecord& record) {
    return writingValue<EvaluationId>(project, [&]() -> Result<EvaluationId> {
        {
            Query known(project, "UPDATE evaluation SET job_id = ?, name = ? WHERE hash = ?"
                                 " RETURNING id");
            if (known.bindAll(record.jobId, record.name, record.hash).step())
                return known.id<EvaluationId>(0);
        }
        const std::int64_t made = provenanceRow(project, record.provenance);
        Query row(project,
                  "INSERT INTO evaluation(name, hash, source, model_id, adapter_id, checkpoint_id,"
                  " dataset_id, set_hash, question_ids, samples_each, decoding, grader,"
                  " provenance_id, job_id, created_ms) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        row.bindAll(record.name, record.hash, record.source, record.modelId, record.adapterId,
                    record.checkpointId, record.datasetId, record.setHash);
        bindIds(row, record.questions);
        row.bindAll(record.samples, dumpJson(record.decoding), record.grader, made, record.jobId,
                    record.createdMs != 0 ? record.createdMs : nowMs());
        row.run();
        return EvaluationId{lastRow(project)};
    });
}

Status saveEvaluated(const Project& project, EvaluationId id,
                     const std::vector<EvaluatedQuestion>& rows, double seconds) {
    return writing(project, [&]() -> Status {
        CRUX_TRY(record, readOne(project, "id", id.value));
        EvaluationCounts& c = record.counts;
        for (const EvaluatedQuestion& row : rows)
            replaceRow(project, id, row, c);
        Query sums(project, "UPDATE evaluation SET questions = ?, right_count = ?, wrong_count = ?,"
                            " no_answer_count = ?, ungraded_count = ?, tokens = ?, skipped = ?,"
                            " seconds = seconds + ? WHERE id = ?");
        sums.bindAll(c.questions, c.right, c.wrong, c.noAnswer, c.ungraded, c.tokens, c.skipped,
                     seconds, id.value);
        sums.run();
        return {};
    });
}

Status finishEvaluation(const Project& project, EvaluationId id) {
    return writing(project, [&]() -> Status {
        CRUX_TRY(record, readOne(project, "id", id.value));
        if (record.counts.questions != std::ssize(record.questions))
            return fail(ErrorCode::InvalidArgument,
                        cat("The evaluation \"", record.name, "\" has ", record.counts.questions,
                            " of its ", record.questions.size(), " questions: it is not over."));
        Query row(project, "UPDATE evaluation SET finished_ms = CASE WHEN complete = 1 THEN"
                           " finished_ms ELSE ? END, complete = 1 WHERE id = ?");
        row.bindAll(nowMs(), id.value).run();
        return {};
    });
}

Result<std::vector<EvaluationRecord>> evaluations(const Project& project) {
    return guarded(project, [&]() -> Result<std::vector<EvaluationRecord>> {
        std::vector<EvaluationRecord> list;
        Query row(project, cat(kColumns, " ORDER BY id"));
        while (row.step())
            list.push_back(readEvaluation(project, row));
        return list;
    });
}

Result<EvaluationRecord> evaluation(const Project& project, EvaluationId id) {
    return guarded(project, [&]() -> Result<EvaluationRecord> {
        auto found = readOne(project, "id", id.value);
        if (!found.ok())
            return noSuchRow(project, "evaluation", id.value);
        return found;
    });
}

Result<std::vector<EvaluatedQuestion>> evaluatedQuestions(const Project& project,
                                                          const EvaluationRecord& record) {
    return guarded(project, [&]() -> Result<std::vector<EvaluatedQuestion>> {
        std::unordered_map<std::int64_t, std::size_t> places;
        for (std::size_t i = 0; i < record.questions.size(); ++i)
            places[record.questions[i].value] = i;
        std::vector<std::pair<std::size_t, EvaluatedQuestion>> placed;
        Query query(project, "SELECT question_id, trajectories, verdicts, answers, lengths FROM"
                             " evaluation_question WHERE evaluation_id = ?");
        query.bind(record.id.value);
        while (query.step()) {
            EvaluatedQuestion row = readRow(query);
            const auto place = places.find(row.questionId.value);
            placed.emplace_back(place == places.end() ? places.size() : place->second,
                                std::move(row));
        }
        std::stable_sort(placed.begin(), placed.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        std::vector<EvaluatedQuestion> rows;
        for (auto& [place, row] : placed)
            rows.push_back(std::move(row));
        return rows;
    });
}

Status removeEvaluation(const Project& project, EvaluationId id) {
    return writing(project, [&]() -> Status {
        Query row(project, "DELETE FROM evaluation WHERE id = ?");
        row.bind(id.value).run();
        return changedRows(project) == 1 ? Status() : noSuchRow(project, "evaluation", id.value);
    });
}

Result<CheckpointId> checkpointOf(const Project& project, AdapterId adapter) {
    return guarded(project, [&]() -> Result<CheckpointId> {
        if (!adapter)
            return CheckpointId{};
        Query row(project, "SELECT c.id FROM checkpoint c JOIN adapter a ON a.id = ?1 WHERE"
                           " a.path = c.path OR (c.adapter_id = a.id AND c.hash = a.hash)"
                           " ORDER BY a.path = c.path DESC, c.id DESC LIMIT 1");
        return row.bind(adapter.value).step() ? row.id<CheckpointId>(0) : CheckpointId{};
    });
}

Result<CheckpointRecord> checkpoint(const Project& project, CheckpointId id) {
    JobId job;
    CRUX_TRY_VOID(guarded(project, [&]() -> Status {
        Query row(project, "SELECT job_id FROM checkpoint WHERE id = ?");
        if (!row.bind(id.value).step())
            return noSuchRow(project, "checkpoint", id.value);
        job = row.id<JobId>(0);
        return {};
    }));
    CRUX_TRY(all, checkpoints(project, job));
    for (CheckpointRecord& one : all)
        if (one.id == id)
            return std::move(one);
    return noSuchRow(project, "checkpoint", id.value);
}

Result<EvaluationRecord> findEvaluation(const Project& project, const std::string& name) {
    CRUX_TRY(all, evaluations(project));
    const EvaluationRecord* found = nullptr;
    std::string names;
    for (const EvaluationRecord& one : all) {
        if (cat(one.id.value) == name)
            return one;
        if (one.name == name)
            found = &one;
        names += cat(names.empty() ? "" : ", ", one.id.value, " \"", one.name, "\"");
    }
    if (found != nullptr)
        return *found;
    return fail(ErrorCode::NotFound,
                all.empty()
                    ? "The project has no evaluation yet; `crux-cli evaluate` makes one."
                    : cat("The project has no evaluation \"", name, "\"; it has ", names, "."),
                name);
}

} // namespace crux::store
