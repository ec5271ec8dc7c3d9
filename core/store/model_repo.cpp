#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/store/repositories.h"
#include "core/store/sql.h"

#include <cstring>

namespace crux::store {

namespace {

constexpr std::string_view kModelColumns =
    "SELECT id, name, path, architecture, stored_dtype, weights_hash, tokenizer_hash, parameters,"
    " size_bytes, vocabulary_size, context_length, created_ms FROM model";

ModelRecord readModel(const Query& row) {
    ModelRecord model;
    model.id = row.id<ModelId>(0);
    model.name = row.text(1);
    model.path = row.text(2);
    model.architecture = row.text(3);
    model.storedDType = row.text(4);
    model.weightsHash = row.text(5);
    model.tokenizerHash = row.text(6);
    model.parameters = row.integer(7);
    model.sizeBytes = row.integer(8);
    model.vocabularySize = row.integer32(9);
    model.contextLength = row.integer32(10);
    model.createdMs = row.integer(11);
    return model;
}

constexpr std::string_view kAdapterColumns =
    "SELECT id, model_id, parent_id, name, path, role, hash, rank, alpha, size_bytes, created_ms"
    " FROM adapter";

AdapterRecord readAdapter(const Query& row) {
    AdapterRecord adapter;
    adapter.id = row.id<AdapterId>(0);
    adapter.modelId = row.id<ModelId>(1);
    adapter.parentId = row.id<AdapterId>(2);
    adapter.name = row.text(3);
    adapter.path = row.text(4);
    adapter.role = row.text(5);
    adapter.hash = row.text(6);
    adapter.rank = row.integer32(7);
    adapter.alpha = row.real(8);
    adapter.sizeBytes = row.integer(9);
    adapter.createdMs = row.integer(10);
    return adapter;
}

/// Name of a score set or evaluation that still uses the row, or empty.
std::string userOf(const Project& project, std::string_view kind, std::int64_t id) {
    const std::string sets =
        cat("SELECT name FROM score_set WHERE positive_", kind, " = ?1 OR negative_", kind,
            " = ?1 OR policy_", kind, " = ?1 UNION ALL SELECT name FROM evaluation WHERE ", kind,
            "_id = ?1 LIMIT 1");
    Query query(project, sets);
    return query.bind(id).step() ? query.text(0) : std::string();
}

Failure stillUsed(std::string_view kind, const std::string& user) {
    return fail(ErrorCode::InvalidArgument,
                cat("the ", kind, " is used by \"", user, "\"; remove that first"), user);
}

std::string packPieces(const VocabularyRecord& vocabulary) {
    std::string bytes;
    for (const std::string& piece : vocabulary.pieces) {
        const auto length = static_cast<std::int32_t>(piece.size());
        bytes.append(reinterpret_cast<const char*>(&length), sizeof length);
        bytes.append(piece);
    }
    return bytes;
}

bool unpackPieces(std::span<const std::byte> bytes, std::vector<std::string>& pieces) {
    std::size_t at = 0;
    while (at + sizeof(std::int32_t) <= bytes.size()) {
        std::int32_t length = 0;
        std::memcpy(&length, bytes.data() + at, sizeof length);
        at += sizeof length;
        if (length < 0 || static_cast<std::size_t>(length) > bytes.size() - at)
            return false;
        pieces.emplace_back(reinterpret_cast<const char*>(bytes.data() + at),
                            static_cast<std::size_t>(length));
        at += static_cast<std::size_t>(length);
    }
    return at == bytes.size();
}

} // namespace

Result<ModelId> upsertModel(const Project& project, const ModelRecord& model) {
    return writingValue<ModelId>(project, [&]() -> Result<ModelId> {
        Query query(project,
                    "INSERT INTO model(name, path, architecture, stored_dtype, weights_hash,"
                    " tokenizer_hash, parameters, size_bytes, vocabulary_size, context_length,"
                    " created_ms) VALUES (?,?,?,?,?,?,?,?,?,?,?)"
                    " ON CONFLICT(path) DO UPDATE SET name = excluded.name,"
                    " architecture = excluded.architecture, stored_dtype = excluded.stored_dtype,"
                    " weights_hash = excluded.weights_hash,"
                    " tokenizer_hash = excluded.tokenizer_hash, parameters = excluded.parameters,"
                    " size_bytes = excluded.size_bytes,"
                    " vocabulary_size = excluded.vocabulary_size,"
                    " context_length = excluded.context_length RETURNING id");
        query.bindAll(model.name, model.path, model.architecture, model.storedDType,
                      model.weightsHash, model.tokenizerHash, model.parameters, model.sizeBytes,
                      model.vocabularySize, model.contextLength, nowMs());
        query.step();
        return query.id<ModelId>(0);
    });
}

Result<AdapterId> upsertAdapter(const Project& project, const AdapterRecord& adapter) {
    return writingValue<AdapterId>(project, [&]() -> Result<AdapterId> {
        Query query(project,
                    "INSERT INTO adapter(model_id, parent_id, name, path, role, hash, rank, alpha,"
                    " size_bytes, created_ms) VALUES (?,?,?,?,?,?,?,?,?,?)"
                    " ON CONFLICT(path) DO UPDATE SET model_id = excluded.model_id,"
                    " parent_id = COALESCE(excluded.parent_id, adapter.parent_id), name = "
                    "excluded.name, role = excluded.role,"
                    " hash = excluded.hash, rank = excluded.rank, alpha = excluded.alpha,"
                    " size_bytes = excluded.size_bytes RETURNING id");
        query.bindAll(adapter.modelId, adapter.parentId, adapter.name, adapter.path, adapter.role,
                      adapter.hash, adapter.rank, adapter.alpha, adapter.sizeBytes, nowMs());
        query.step();
        return query.id<AdapterId>(0);
    });
}

Result<std::vector<ModelRecord>> models(const Project& project) {
    return guarded(project, [&]() -> Result<std::vector<ModelRecord>> {
        std::vector<ModelRecord> list;
        Query query(project, cat(kModelColumns, " ORDER BY id"));
        while (query.step())
            list.push_back(readModel(query));
        return list;
    });
}

Result<std::vector<AdapterRecord>> adapters(const Project& project) {
    return guarded(project, [&]() -> Result<std::vector<AdapterRecord>> {
        std::vector<AdapterRecord> list;
        Query query(project, cat(kAdapterColumns, " ORDER BY id"));
        while (query.step())
            list.push_back(readAdapter(query));
        return list;
    });
}

Result<ModelRecord> model(const Project& project, ModelId id) {
    return guarded(project, [&]() -> Result<ModelRecord> {
        Query query(project, cat(kModelColumns, " WHERE id = ?"));
        if (!query.bind(id.value).step())
            return noSuchRow(project, "model", id.value);
        return readModel(query);
    });
}

Result<AdapterRecord> adapter(const Project& project, AdapterId id) {
    return guarded(project, [&]() -> Result<AdapterRecord> {
        Query query(project, cat(kAdapterColumns, " WHERE id = ?"));
        if (!query.bind(id.value).step())
            return noSuchRow(project, "adapter", id.value);
        return readAdapter(query);
    });
}

Status removeModel(const Project& project, ModelId id) {
    return writing(project, [&]() -> Status {
        if (const std::string user = userOf(project, "model", id.value); !user.empty())
            return stillUsed("model", user);
        Query child(project, "SELECT name FROM adapter WHERE model_id = ? LIMIT 1");
        if (child.bind(id.value).step())
            return fail(ErrorCode::InvalidArgument, cat("the model carries the adapter \"",
                                                        child.text(0), "\"; remove that first"));
        Query remove(project, "DELETE FROM model WHERE id = ?");
        remove.bind(id.value).run();
        return changedRows(project) == 1 ? Status() : noSuchRow(project, "model", id.value);
    });
}

Status removeAdapter(const Project& project, AdapterId id) {
    return writing(project, [&]() -> Status {
        if (const std::string user = userOf(project, "adapter", id.value); !user.empty())
            return stillUsed("adapter", user);
        Query remove(project, "DELETE FROM adapter WHERE id = ?");
        remove.bind(id.value).run();
        return changedRows(project) == 1 ? Status() : noSuchRow(project, "adapter", id.value);
    });
}

Status moveModel(const Project& project, ModelId id, const std::string& path) {
    return writing(project, [&]() -> Status {
        Query move(project, "UPDATE model SET path = ? WHERE id = ?");
        move.bind(path).bind(id.value).run();
        return changedRows(project) == 1 ? Status() : noSuchRow(project, "model", id.value);
    });
}

Status moveAdapter(const Project& project, AdapterId id, const std::string& path) {
    return writing(project, [&]() -> Status {
        Query move(project, "UPDATE adapter SET path = ? WHERE id = ?");
        move.bind(path).bind(id.value).run();
        return changedRows(project) == 1 ? Status() : noSuchRow(project, "adapter", id.value);
    });
}

Status saveVocabulary(const Project& project, const VocabularyRecord& vocabulary) {
    return writing(project, [&]() -> Status {
        std::string special;
        for (const bool flag : vocabulary.special)
            special.push_back(flag ? '\1' : '\0');
        const std::string pieces = packPieces(vocabulary);
        Query query(project, "INSERT OR REPLACE INTO vocabulary(tokenizer_hash, size, pieces,"
                             " special) VALUES (?,?,?,?)");
        query.bindAll(vocabulary.tokenizerHash, vocabulary.pieces.size());
        query.bindBlob(pieces.data(), pieces.size()).bindBlob(special.data(), special.size());
        query.run();
        return {};
    });
}

Result<VocabularyRecord> vocabulary(const Project& project, const std::string& tokenizerHash) {
    return guarded(project, [&]() -> Result<VocabularyRecord> {
        Query query(project, "SELECT pieces, special FROM vocabulary WHERE tokenizer_hash = ?");
        if (!query.bind(tokenizerHash).step())
            return fail(ErrorCode::NotFound,
                        "the project holds no vocabulary of this tokenizer; register its model",
                        tokenizerHash);
        VocabularyRecord record;
        record.tokenizerHash = tokenizerHash;
        if (!unpackPieces(query.blob(0), record.pieces))
            return fail(ErrorCode::Corrupt,
                        "the stored vocabulary is damaged; register its model "
                        "again",
                        tokenizerHash);
        for (const std::byte flag : query.blob(1))
            record.special.push_back(flag != std::byte{0});
        record.special.resize(record.pieces.size(), false);
        return record;
    });
}

} // namespace crux::store
