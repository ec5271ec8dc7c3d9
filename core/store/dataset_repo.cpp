#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/store/repositories.h"
#include "core/store/sql.h"

namespace crux::store {

namespace {

constexpr std::string_view kQuestionColumns =
    "SELECT id, dataset_id, external_id, text, gold, solution, meta FROM question";

QuestionRecord readQuestion(const Query& row) {
    QuestionRecord question;
    question.id = row.id<QuestionId>(0);
    question.datasetId = row.id<DatasetId>(1);
    question.externalId = row.text(2);
    question.text = row.text(3);
    question.gold = row.text(4);
    question.solution = row.text(5);
    question.meta = storedJson(row.text(6));
    return question;
}

} // namespace

Result<DatasetId> addDataset(const Project& project, const DatasetRecord& dataset) {
    return writingValue<DatasetId>(project, [&]() -> Result<DatasetId> {
        Query find(project, "SELECT id FROM dataset WHERE name = ? AND split = ?");
        if (find.bindAll(dataset.name, dataset.split).step())
            return find.id<DatasetId>(0);
        Query query(project, "INSERT INTO dataset(name, split, kind, source_path, source_hash,"
                             " prompt_template, created_ms) VALUES (?,?,?,?,?,?,?)");
        query.bindAll(dataset.name, dataset.split, dataset.kind, dataset.sourcePath,
                      dataset.sourceHash, dataset.promptTemplate, nowMs());
        query.run();
        return DatasetId{lastRow(project)};
    });
}

Result<std::vector<DatasetRecord>> datasets(const Project& project) {
    return guarded(project, [&]() -> Result<std::vector<DatasetRecord>> {
        std::vector<DatasetRecord> list;
        Query row(project, "SELECT id, name, split, source_path, source_hash, kind,"
                           " prompt_template, questions, trajectories, created_ms FROM dataset"
                           " ORDER BY id");
        while (row.step()) {
            DatasetRecord dataset;
            dataset.id = row.id<DatasetId>(0);
            dataset.name = row.text(1);
            dataset.split = row.text(2);
            dataset.sourcePath = row.text(3);
            dataset.sourceHash = row.text(4);
            dataset.kind = row.text(5);
            dataset.promptTemplate = row.text(6);
            dataset.questions = row.integer(7);
            dataset.trajectories = row.integer(8);
            dataset.createdMs = row.integer(9);
            list.push_back(std::move(dataset));
        }
        return list;
    });
}

Status removeDataset(const Project& project, DatasetId id) {
    return writing(project, [&]() -> Status {
        Query query(project, "DELETE FROM dataset WHERE id = ?");
        query.bind(id.value).run();
        if (changedRows(project) != 1)
            return noSuchRow(project, "data set", id.value);
        Query prompts(project, "DELETE FROM prompt WHERE id NOT IN"
                               " (SELECT prompt_id FROM trajectory)");
        prompts.run();
        return {};
    });
}

Result<QuestionId> addQuestion(const Project& project, const QuestionRecord& question) {
    return writingValue<QuestionId>(project, [&]() -> Result<QuestionId> {
        Query find(project, "SELECT id FROM question WHERE dataset_id = ? AND external_id = ?");
        if (find.bindAll(question.datasetId.value, question.externalId).step())
            return find.id<QuestionId>(0);
        Query query(project, "INSERT INTO question(dataset_id, external_id, text, gold, solution,"
                             " meta) VALUES (?,?,?,?,?,?)");
        query.bindAll(question.datasetId.value, question.externalId, question.text, question.gold,
                      question.solution, dumpJson(question.meta));
        query.run();
        return QuestionId{lastRow(project)};
    });
}

Result<std::optional<QuestionRecord>> findQuestion(const Project& project, DatasetId dataset,
                                                   const std::string& externalId) {
    return guarded(project, [&]() -> Result<std::optional<QuestionRecord>> {
        Query query(project, cat(kQuestionColumns, " WHERE dataset_id = ? AND external_id = ?"));
        if (!query.bindAll(dataset.value, externalId).step())
            return std::optional<QuestionRecord>();
        return std::optional<QuestionRecord>(readQuestion(query));
    });
}

Result<QuestionRecord> question(const Project& project, QuestionId id) {
    return guarded(project, [&]() -> Result<QuestionRecord> {
        Query query(project, cat(kQuestionColumns, " WHERE id = ?"));
        if (!query.bind(id.value).step())
            return noSuchRow(project, "question", id.value);
        return readQuestion(query);
    });
}

Result<std::vector<QuestionRecord>> questions(const Project& project, DatasetId dataset,
                                              std::int64_t offset, std::int64_t limit) {
    return guarded(project, [&]() -> Result<std::vector<QuestionRecord>> {
        std::vector<QuestionRecord> list;
        Query query(project,
                    cat(kQuestionColumns, " WHERE dataset_id = ? ORDER BY id LIMIT ? OFFSET ?"));
        query.bindAll(dataset.value, limit, offset);
        while (query.step())
            list.push_back(readQuestion(query));
        return list;
    });
}

} // namespace crux::store
