#include "core/store/migrate.h"

#include "core/base/text_util.h"
#include "core/store/sql.h"

#include <algorithm>

namespace crux::store {

namespace {

// Version 2 keeps what the corpus view and the filter ask of candidates and critical tokens.
constexpr const char* kToVersion2 = R"sql(
CREATE TABLE lowest_token(
    score_set_id INTEGER NOT NULL REFERENCES score_set(id) ON DELETE CASCADE,
    trajectory_id INTEGER NOT NULL REFERENCES trajectory(id) ON DELETE CASCADE,
    positions BLOB NOT NULL, ids BLOB NOT NULL,
    PRIMARY KEY(score_set_id, trajectory_id)) WITHOUT ROWID;
CREATE INDEX lowest_token_by_trajectory ON lowest_token(trajectory_id);
CREATE TABLE trajectory_steps(
    id INTEGER PRIMARY KEY REFERENCES trajectory(id) ON DELETE CASCADE, firsts BLOB NOT NULL);
INSERT INTO lowest_token(score_set_id, trajectory_id, positions, ids)
    SELECT c.score_set_id, c.trajectory_id,
        crux_lowest_positions(c.s, t.prompt_tokens),
        crux_pick(k.ids, crux_lowest_positions(c.s, t.prompt_tokens))
    FROM score c JOIN trajectory t ON t.id = c.trajectory_id
        JOIN trajectory_tokens k ON k.id = c.trajectory_id;
INSERT INTO trajectory_steps(id, firsts)
    SELECT t.id, crux_step_firsts(p.text, x.response, k.offsets, t.prompt_tokens)
    FROM trajectory t JOIN prompt p ON p.id = t.prompt_id JOIN trajectory_text x ON x.id = t.id
        JOIN trajectory_tokens k ON k.id = t.id;
ALTER TABLE search_result ADD COLUMN token_id INTEGER GENERATED ALWAYS AS
    (CASE WHEN json_valid(detail) THEN json_extract(detail, '$.token_id') END) VIRTUAL;
ALTER TABLE search_result ADD COLUMN sign INTEGER GENERATED ALWAYS AS
    (CASE WHEN json_valid(detail) THEN json_extract(detail, '$.sign') END) VIRTUAL;
CREATE INDEX search_result_by_token ON search_result(token_id, trajectory_id)
    WHERE method <> 'rollouts';
)sql";

// Version 3 keeps what the batch inspector shows of training steps.
constexpr const char* kToVersion3 = R"sql(
CREATE TABLE run_data(
    job_id INTEGER PRIMARY KEY REFERENCES job(id) ON DELETE CASCADE,
    facts TEXT NOT NULL, sources BLOB NOT NULL);
CREATE TABLE step_rows(
    job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
    step INTEGER NOT NULL, packed BLOB NOT NULL,
    PRIMARY KEY(job_id, step)) WITHOUT ROWID;
CREATE TABLE step_tokens(
    job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
    step INTEGER NOT NULL, data_row INTEGER NOT NULL, prompt_tokens INTEGER NOT NULL,
    chosen_ids BLOB NOT NULL, chosen_values BLOB NOT NULL,
    rejected_ids BLOB NOT NULL, rejected_values BLOB NOT NULL,
    PRIMARY KEY(job_id, step, data_row)) WITHOUT ROWID;
)sql";

// Version 4 makes filters over candidates and critical tokens quick, and keeps every place where an
// answer may stand.
constexpr const char* kToVersion4 = R"sql(
ALTER TABLE lowest_token ADD COLUMN s BLOB NOT NULL DEFAULT x'';
UPDATE lowest_token SET s = m.lowest FROM score_summary m
    WHERE m.score_set_id = lowest_token.score_set_id
        AND m.trajectory_id = lowest_token.trajectory_id;
ALTER TABLE trajectory ADD COLUMN answer_spans BLOB NOT NULL DEFAULT x'';
CREATE TABLE found_token(
    trajectory_id INTEGER NOT NULL REFERENCES trajectory(id) ON DELETE CASCADE,
    method TEXT NOT NULL, position INTEGER NOT NULL, result_id INTEGER NOT NULL,
    token_id INTEGER, confirmed INTEGER NOT NULL,
    share REAL, before_share REAL, with_share REAL, without_share REAL,
    PRIMARY KEY(trajectory_id, method, position, result_id DESC)) WITHOUT ROWID;
CREATE INDEX found_token_by_token ON found_token(token_id);
CREATE TABLE found_score(
    score_set_id INTEGER NOT NULL REFERENCES score_set(id) ON DELETE CASCADE,
    trajectory_id INTEGER NOT NULL REFERENCES trajectory(id) ON DELETE CASCADE,
    position INTEGER NOT NULL, s REAL NOT NULL,
    PRIMARY KEY(score_set_id, trajectory_id, position)) WITHOUT ROWID;
CREATE INDEX found_score_by_trajectory ON found_score(trajectory_id);
INSERT INTO found_token(trajectory_id, method, position, result_id, token_id, confirmed, share,
        before_share, with_share, without_share)
    SELECT trajectory_id, method, position, id, token_id,
        COALESCE(json_extract(d, '$.confirmed') = 1, 0),
        CAST(right_count AS REAL) / total_count,
        CAST(json_extract(d, '$.before[0]') AS REAL) / json_extract(d, '$.before[1]'),
        CAST(json_extract(d, '$.with[0]') AS REAL) / json_extract(d, '$.with[1]'),
        CAST(json_extract(d, '$.without[0]') AS REAL) / json_extract(d, '$.without[1]')
    FROM (SELECT *, CASE WHEN json_valid(detail) THEN detail ELSE '{}' END AS d
        FROM search_result WHERE method <> 'rollouts' AND position >= 0
            AND COALESCE(sign, -1) < 0);
INSERT OR REPLACE INTO found_score(score_set_id, trajectory_id, position, s)
    SELECT c.score_set_id, c.trajectory_id, f.position, crux_float_at(c.s, f.position)
    FROM found_token f JOIN score c ON c.trajectory_id = f.trajectory_id
    WHERE crux_float_at(c.s, f.position) IS NOT NULL;
CREATE TRIGGER found_insert AFTER INSERT ON search_result
    WHEN new.method <> 'rollouts' AND new.position >= 0 AND COALESCE(new.sign, -1) < 0 BEGIN
    INSERT INTO found_token(trajectory_id, method, position, result_id, token_id, confirmed,
        share, before_share, with_share, without_share)
        SELECT new.trajectory_id, new.method, new.position, new.id, new.token_id,
            COALESCE(json_extract(d, '$.confirmed') = 1, 0),
            CAST(new.right_count AS REAL) / new.total_count,
            CAST(json_extract(d, '$.before[0]') AS REAL) / json_extract(d, '$.before[1]'),
            CAST(json_extract(d, '$.with[0]') AS REAL) / json_extract(d, '$.with[1]'),
            CAST(json_extract(d, '$.without[0]') AS REAL) / json_extract(d, '$.without[1]')
        FROM (SELECT CASE WHEN json_valid(new.detail) THEN new.detail ELSE '{}' END AS d);
    INSERT OR REPLACE INTO found_score(score_set_id, trajectory_id, position, s)
        SELECT score_set_id, trajectory_id, new.position, crux_float_at(s, new.position) FROM score
        WHERE trajectory_id = new.trajectory_id AND crux_float_at(s, new.position) IS NOT NULL; END;
CREATE TRIGGER found_delete AFTER DELETE ON search_result WHEN old.method <> 'rollouts' BEGIN
    DELETE FROM found_token WHERE trajectory_id = old.trajectory_id AND method = old.method
        AND position = old.position AND result_id = old.id;
    DELETE FROM found_score WHERE trajectory_id = old.trajectory_id AND position = old.position
        AND NOT EXISTS (SELECT 1 FROM found_token f WHERE f.trajectory_id = old.trajectory_id
            AND f.position = old.position); END;
CREATE TRIGGER found_scored AFTER INSERT ON score BEGIN
    DELETE FROM found_score WHERE score_set_id = new.score_set_id
        AND trajectory_id = new.trajectory_id;
    INSERT OR REPLACE INTO found_score(score_set_id, trajectory_id, position, s)
        SELECT new.score_set_id, trajectory_id, position, crux_float_at(new.s, position)
        FROM found_token WHERE trajectory_id = new.trajectory_id
            AND crux_float_at(new.s, position) IS NOT NULL; END;
)sql";

// Version 5 keeps evaluations: the tables for them were there before, but nothing wrote them.
constexpr const char* kToVersion5 = R"sql(
DROP TABLE IF EXISTS evaluation_sample;
DROP TABLE evaluation;
CREATE TABLE evaluation(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, source TEXT NOT NULL,
    model_id INTEGER REFERENCES model(id), adapter_id INTEGER REFERENCES adapter(id),
    checkpoint_id INTEGER REFERENCES checkpoint(id) ON DELETE SET NULL,
    dataset_id INTEGER NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
    set_hash TEXT NOT NULL, question_ids BLOB NOT NULL, samples_each INTEGER NOT NULL,
    decoding TEXT NOT NULL, grader TEXT NOT NULL,
    provenance_id INTEGER NOT NULL REFERENCES provenance(id), job_id INTEGER,
    questions INTEGER NOT NULL DEFAULT 0, right_count INTEGER NOT NULL DEFAULT 0,
    wrong_count INTEGER NOT NULL DEFAULT 0, no_answer_count INTEGER NOT NULL DEFAULT 0,
    ungraded_count INTEGER NOT NULL DEFAULT 0, tokens INTEGER NOT NULL DEFAULT 0,
    skipped INTEGER NOT NULL DEFAULT 0, seconds REAL NOT NULL DEFAULT 0,
    complete INTEGER NOT NULL DEFAULT 0, created_ms INTEGER NOT NULL,
    finished_ms INTEGER NOT NULL DEFAULT 0);
CREATE INDEX evaluation_by_dataset ON evaluation(dataset_id);
CREATE INDEX evaluation_by_model ON evaluation(model_id) WHERE model_id IS NOT NULL;
CREATE INDEX evaluation_by_adapter ON evaluation(adapter_id) WHERE adapter_id IS NOT NULL;
CREATE INDEX evaluation_by_checkpoint ON evaluation(checkpoint_id) WHERE checkpoint_id IS NOT NULL;
CREATE TABLE evaluation_question(
    evaluation_id INTEGER NOT NULL REFERENCES evaluation(id) ON DELETE CASCADE,
    question_id INTEGER NOT NULL REFERENCES question(id) ON DELETE CASCADE,
    trajectories BLOB NOT NULL, verdicts BLOB NOT NULL,
    answers BLOB NOT NULL, lengths BLOB NOT NULL,
    PRIMARY KEY(evaluation_id, question_id)) WITHOUT ROWID;
CREATE INDEX evaluation_question_by_question ON evaluation_question(question_id);
)sql";

} // namespace

std::span<const Migration> migrations() {
    static const Migration kSteps[] = {
        {1, kToVersion2}, {2, kToVersion3}, {3, kToVersion4}, {4, kToVersion5}};
    return kSteps;
}

Result<int> schemaVersionOf(const Project& project) {
    return guarded(project, [&]() -> Result<int> {
        Query query(project, "PRAGMA user_version");
        query.step();
        return query.integer32(0);
    });
}

namespace {

Path backupName(const Path& file, int version) {
    for (int number = 0;; ++number) {
        Path name = file;
        name += number == 0 ? cat(".v", version, ".bak") : cat(".v", version, "-", number, ".bak");
        std::error_code code;
        if (!std::filesystem::exists(name, code))
            return name;
    }
}

} // namespace

Status migrate(const Project& project, std::span<const Migration> steps, int target) {
    CRUX_TRY(from, schemaVersionOf(project));
    for (int version = from; version < target; ++version) {
        const bool known = std::any_of(steps.begin(), steps.end(),
                                       [&](const Migration& step) { return step.from == version; });
        if (!known)
            return fail(ErrorCode::Unsupported,
                        cat(project.file().string(), " has schema version ", version,
                            ", which this program cannot bring up to date"),
                        project.file().string());
    }
    CRUX_TRY_VOID(backupProject(project, backupName(project.file(), from)));
    return writing(project, [&]() -> Status {
        // Another process may have migrated while this one made its backup.
        CRUX_TRY(now, schemaVersionOf(project));
        for (int version = now; version < target; ++version)
            for (const Migration& step : steps)
                if (step.from == version)
                    project.impl().database->exec(step.sql);
        project.impl().database->exec(cat("PRAGMA user_version = ", std::max(now, target)));
        return {};
    });
}

} // namespace crux::store
