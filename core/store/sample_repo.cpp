// Sampled answers: trajectories whose natural key says which draw each is, and the short form of
// answers that summaries and selection rules read.
#include "core/base/text_util.h"
#include "core/store/trajectory_rows.h"

#include <algorithm>

namespace crux::store {

namespace {

constexpr std::string_view kAnswerColumns =
    "SELECT id, question_id, sample_index, verdict, extracted, tokens,"
    " dataset_id FROM trajectory";

AnswerRecord readAnswer(const Query& row) {
    AnswerRecord answer;
    answer.id = row.id<TrajectoryId>(0);
    answer.questionId = row.id<QuestionId>(1);
    answer.sampleIndex = row.integer32(2);
    answer.verdict = static_cast<Verdict>(row.integer(3));
    answer.answer = row.text(4);
    answer.tokens = row.integer32(5);
    answer.datasetId = row.id<DatasetId>(6);
    return answer;
}

void sortAnswers(std::vector<AnswerRecord>& answers) {
    std::sort(answers.begin(), answers.end(), [](const AnswerRecord& a, const AnswerRecord& b) {
        return std::tuple(a.questionId.value, a.sampleIndex, a.id.value) <
               std::tuple(b.questionId.value, b.sampleIndex, b.id.value);
    });
}

bool isThere(const Project& project, const TrajectoryRecord& row) {
    Query query(project, "SELECT 1 FROM trajectory WHERE dataset_id = ? AND natural_key = ?");
    return query.bindAll(row.datasetId.value, row.naturalKey).step();
}

} // namespace

Result<std::int64_t> addSamples(const Project& project, const std::vector<TrajectoryRecord>& rows) {
    for (const TrajectoryRecord& row : rows)
        CRUX_TRY_VOID(checkTokens(row.ids, row.offsets, row.promptTokens));
    return writingValue<std::int64_t>(project, [&]() -> Result<std::int64_t> {
        std::int64_t added = 0;
        for (const TrajectoryRecord& row : rows) {
            if (!row.naturalKey.empty() && isThere(project, row))
                continue;
            insertTrajectory(project, row, {});
            ++added;
        }
        return added;
    });
}

Result<std::vector<AnswerRecord>> answersWithKey(const Project& project, DatasetId dataset,
                                                 const std::string& keyHead) {
    if (keyHead.empty() || keyHead.back() != '/')
        return fail(ErrorCode::Internal, "the head of a natural key ends in a slash");
    return guarded(project, [&]() -> Result<std::vector<AnswerRecord>> {
        std::string after = keyHead; // the first key that no longer begins so
        after.back() = '/' + 1;
        Query query(project, cat(kAnswerColumns, " WHERE dataset_id = ? AND natural_key >= ? AND"
                                                 " natural_key < ?"));
        query.bindAll(dataset.value, keyHead, after);
        std::vector<AnswerRecord> list;
        while (query.step())
            list.push_back(readAnswer(query));
        sortAnswers(list);
        return list;
    });
}

Result<std::vector<AnswerRecord>> answersOf(const Project& project,
                                            const std::vector<TrajectoryId>& ids) {
    return guarded(project, [&]() -> Result<std::vector<AnswerRecord>> {
        std::vector<AnswerRecord> list;
        Query query(project, cat(kAnswerColumns, " WHERE id = ?"));
        for (const TrajectoryId id : ids) {
            if (!query.bind(id.value).step())
                return noSuchRow(project, "trajectory", id.value);
            list.push_back(readAnswer(query));
            query.again();
        }
        sortAnswers(list);
        return list;
    });
}

} // namespace crux::store
