#include "core/base/clock.h"
#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/store/trajectory_rows.h"

#include <algorithm>

namespace crux::store {

namespace {

std::int64_t promptRow(const Project& project, const std::string& text) {
    const std::string hash = hashText(text);
    Query find(project, "SELECT id FROM prompt WHERE hash = ?");
    if (find.bind(hash).step())
        return find.integer(0);
    Query insert(project, "INSERT INTO prompt(hash, text) VALUES (?,?)");
    insert.bindAll(hash, text).run();
    return lastRow(project);
}

bool isEmpty(const Provenance& p) {
    return p.weightsHash.empty() && p.adapterHash.empty() && p.tokenizerHash.empty() &&
           p.params.empty() && p.seed == 0 && p.dtype.empty() && p.device.empty() &&
           p.programVersion.empty();
}

std::int32_t responseTokens(const std::vector<std::int32_t>& ids, std::int32_t promptTokens) {
    return static_cast<std::int32_t>(ids.size()) - (ids.empty() ? 0 : promptTokens);
}

/// The row of the text must be there.
void insertTokens(const Project& project, std::int64_t id, const std::vector<std::int32_t>& ids,
                  const std::vector<std::int32_t>& offsets, std::int32_t promptTokens) {
    Query tokens(project, "INSERT INTO trajectory_tokens(id, ids, offsets) VALUES (?,?,?)"
                          " ON CONFLICT(id) DO UPDATE SET ids = excluded.ids,"
                          " offsets = excluded.offsets");
    tokens.bind(id).bindArray(ids).bindArray(offsets);
    tokens.run();
    Query steps(project, "INSERT OR REPLACE INTO trajectory_steps(id, firsts) SELECT t.id,"
                         " crux_step_firsts(p.text, x.response, ?, ?) FROM trajectory t JOIN"
                         " prompt p ON p.id = t.prompt_id JOIN trajectory_text x ON x.id = t.id"
                         " WHERE t.id = ?");
    steps.bindArray(offsets).bindAll(promptTokens, id);
    steps.run();
}

TrajectoryRecord readTrajectory(const Project& project, const Query& row) {
    TrajectoryRecord t;
    t.id = row.id<TrajectoryId>(0);
    t.questionId = row.id<QuestionId>(1);
    t.datasetId = row.id<DatasetId>(2);
    t.rootId = row.isNull(3) ? t.id : row.id<TrajectoryId>(3);
    t.externalId = row.text(4);
    t.naturalKey = row.text(5);
    t.sampleIndex = row.integer32(6);
    t.source = static_cast<Source>(row.integer(7));
    t.sourceModel = row.text(8);
    t.modelId = row.id<ModelId>(9);
    t.adapterId = row.id<AdapterId>(10);
    t.promptTokens = row.integer32(11);
    t.tokenizerHash = row.text(12);
    t.verdict = static_cast<Verdict>(row.integer(13));
    t.verdictReason = row.text(14);
    t.extracted = row.text(15);
    t.extractedBegin = row.integer32(16);
    t.extractedEnd = row.integer32(17);
    if (!row.isNull(18))
        t.publishedCorrect = row.flag(18);
    t.slip = row.integer32(19);
    t.finishReason = row.text(20);
    if (!row.isNull(21))
        t.provenance = provenanceOf(project, row.integer(21));
    t.createdMs = row.integer(22);
    t.deleted = row.flag(23);
    t.prompt = row.text(24);
    t.response = row.text(25);
    t.ids = row.array<std::int32_t>(26);
    t.offsets = row.array<std::int32_t>(27);
    t.answerSpans = row.array<std::int32_t>(28);
    return t;
}

} // namespace

Status checkTokens(const std::vector<std::int32_t>& ids, const std::vector<std::int32_t>& offsets,
                   std::int32_t promptTokens) {
    const auto count = static_cast<std::int64_t>(ids.size());
    if (!offsets.empty() && offsets.size() != 2 * ids.size())
        return fail(ErrorCode::Mismatch,
                    cat(offsets.size(), " offsets do not fit ", count, " token ids"));
    if (promptTokens < 0 || (count > 0 && promptTokens > count))
        return fail(ErrorCode::Mismatch,
                    cat(promptTokens, " prompt tokens do not fit ", count, " token ids"));
    if (std::any_of(ids.begin(), ids.end(), [](std::int32_t id) { return id < 0; }))
        return fail(ErrorCode::InvalidArgument, "a token id is negative");
    return {};
}

TrajectoryId insertTrajectory(const Project& project, const TrajectoryRecord& t,
                              TrajectoryId root) {
    const std::int64_t prompt = promptRow(project, t.prompt);
    std::int64_t id = 0;
    {
        Query row(project,
                  "INSERT INTO trajectory(question_id, dataset_id, root_id, external_id,"
                  " natural_key, sample_index, source, source_model, model_id, adapter_id,"
                  " prompt_id, prompt_tokens, tokens, tokenizer_hash, verdict, verdict_reason,"
                  " extracted, extracted_begin, extracted_end, published_correct, slip,"
                  " finish_reason, provenance_id, created_ms, deleted, answer_spans)"
                  " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
        row.bindAll(t.questionId.value, t.datasetId.value, root, t.externalId);
        if (t.naturalKey.empty())
            row.bindNull();
        else
            row.bind(t.naturalKey);
        row.bindAll(t.sampleIndex, static_cast<int>(t.source), t.sourceModel, t.modelId,
                    t.adapterId, prompt, t.promptTokens, responseTokens(t.ids, t.promptTokens),
                    t.tokenizerHash, static_cast<int>(t.verdict), t.verdictReason, t.extracted,
                    t.extractedBegin, t.extractedEnd);
        if (t.publishedCorrect)
            row.bind(*t.publishedCorrect);
        else
            row.bindNull();
        row.bindAll(t.slip, t.finishReason);
        if (isEmpty(t.provenance))
            row.bindNull();
        else
            row.bind(provenanceRow(project, t.provenance));
        row.bindAll(t.createdMs != 0 ? t.createdMs : nowMs(), t.deleted);
        row.bindArray(t.answerSpans);
        row.run();
        id = lastRow(project);
    }
    Query text(project, "INSERT INTO trajectory_text(id, response) VALUES (?,?)");
    text.bindAll(id, t.response).run();
    if (!t.ids.empty())
        insertTokens(project, id, t.ids, t.offsets, t.promptTokens);
    return TrajectoryId{id};
}

void replaceTokens(const Project& project, TrajectoryId id, const std::vector<std::int32_t>& ids,
                   const std::vector<std::int32_t>& offsets, std::int32_t promptTokens,
                   const std::string& tokenizerHash) {
    insertTokens(project, id.value, ids, offsets, promptTokens);
    Query row(project, "UPDATE trajectory SET prompt_tokens = ?, tokens = ?, tokenizer_hash = ?"
                       " WHERE id = ?");
    row.bindAll(promptTokens, responseTokens(ids, promptTokens), tokenizerHash, id.value).run();
}

void replaceVerdict(const Project& project, TrajectoryId id, Verdict verdict,
                    const std::string& reason, const std::string& extracted, std::int32_t begin,
                    std::int32_t end, const std::vector<std::int32_t>& spans) {
    Query row(project, "UPDATE trajectory SET verdict = ?, verdict_reason = ?, extracted = ?,"
                       " extracted_begin = ?, extracted_end = ?, answer_spans = ? WHERE id = ?");
    row.bindAll(static_cast<int>(verdict), reason, extracted, begin, end).bindArray(spans);
    row.bind(id.value).run();
}

void dropTokenValues(const Project& project, TrajectoryId id) {
    for (const char* table : {"score", "alternatives", "score_summary", "lowest_token",
                              "layer_values", "prefix_use", "search_result"}) {
        Query query(project, cat("DELETE FROM ", table, " WHERE trajectory_id = ?"));
        query.bind(id.value).run();
    }
}

Result<TrajectoryId> addTrajectory(const Project& project, const TrajectoryRecord& record) {
    CRUX_TRY_VOID(checkTokens(record.ids, record.offsets, record.promptTokens));
    return writingValue<TrajectoryId>(
        project, [&]() -> Result<TrajectoryId> { return insertTrajectory(project, record, {}); });
}

Result<TrajectoryId> findTrajectory(const Project& project, DatasetId dataset,
                                    const std::string& naturalKey) {
    return guarded(project, [&]() -> Result<TrajectoryId> {
        Query query(project, "SELECT id FROM trajectory WHERE dataset_id = ? AND natural_key = ?");
        if (!query.bindAll(dataset.value, naturalKey).step())
            return TrajectoryId();
        return query.id<TrajectoryId>(0);
    });
}

Result<TrajectoryRecord> trajectory(const Project& project, TrajectoryId id) {
    return guarded(project, [&]() -> Result<TrajectoryRecord> {
        Query row(project,
                  "SELECT t.id, t.question_id, t.dataset_id, t.root_id, t.external_id,"
                  " t.natural_key, t.sample_index, t.source, t.source_model, t.model_id,"
                  " t.adapter_id, t.prompt_tokens, t.tokenizer_hash, t.verdict,"
                  " t.verdict_reason, t.extracted, t.extracted_begin, t.extracted_end,"
                  " t.published_correct, t.slip, t.finish_reason, t.provenance_id, t.created_ms,"
                  " t.deleted, p.text, x.response, k.ids, k.offsets, t.answer_spans FROM"
                  " trajectory t"
                  " JOIN prompt p ON p.id = t.prompt_id JOIN trajectory_text x ON x.id = t.id"
                  " LEFT JOIN trajectory_tokens k ON k.id = t.id WHERE t.id = ?");
        if (!row.bind(id.value).step())
            return noSuchRow(project, "trajectory", id.value);
        return readTrajectory(project, row);
    });
}

Result<std::vector<TrajectoryId>> trajectoriesOf(const Project& project, QuestionId question) {
    return guarded(project, [&]() -> Result<std::vector<TrajectoryId>> {
        Query query(project, "SELECT id FROM trajectory WHERE question_id = ? AND root_id IS NULL"
                             " AND deleted = 0 ORDER BY id");
        query.bind(question);
        std::vector<TrajectoryId> list;
        while (query.step())
            list.push_back(query.id<TrajectoryId>(0));
        return list;
    });
}

Status setTokens(const Project& project, TrajectoryId id, const std::vector<std::int32_t>& ids,
                 const std::vector<std::int32_t>& offsets, std::int32_t promptTokens,
                 const std::string& tokenizerHash) {
    CRUX_TRY_VOID(checkTokens(ids, offsets, promptTokens));
    return writing(project, [&]() -> Status {
        bool sameIds = false;
        {
            Query old(project, "SELECT t.id, k.ids FROM trajectory t LEFT JOIN trajectory_tokens k"
                               " ON k.id = t.id WHERE t.id = ?");
            if (!old.bind(id.value).step())
                return noSuchRow(project, "trajectory", id.value);
            sameIds = old.isNull(1) || old.array<std::int32_t>(1) == ids;
        }
        if (!sameIds) // values per token belong to the old tokens
            dropTokenValues(project, id);
        replaceTokens(project, id, ids, offsets, promptTokens, tokenizerHash);
        return {};
    });
}

Status setVerdict(const Project& project, TrajectoryId id, Verdict verdict,
                  const std::string& reason, const std::string& extracted, std::int32_t begin,
                  std::int32_t end, const std::vector<std::int32_t>& spans) {
    return writing(project, [&]() -> Status {
        replaceVerdict(project, id, verdict, reason, extracted, begin, end, spans);
        return changedRows(project) == 1 ? Status() : noSuchRow(project, "trajectory", id.value);
    });
}

} // namespace crux::store
