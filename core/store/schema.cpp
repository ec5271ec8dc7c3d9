#include "core/store/schema.h"

namespace crux::store {

namespace {

// Small columns, large texts and token arrays live in three tables, so that a scan of 100,000
// trajectories reads megabytes, not gigabytes. Counters are kept by triggers: nothing counts rows.
constexpr std::string_view kCore = R"sql(
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE provenance(
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE,
    weights_hash TEXT NOT NULL, adapter_hash TEXT NOT NULL, tokenizer_hash TEXT NOT NULL,
    params TEXT NOT NULL, seed INTEGER NOT NULL,
    dtype TEXT NOT NULL, device TEXT NOT NULL, program_version TEXT NOT NULL);

CREATE TABLE model(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL, path TEXT NOT NULL UNIQUE,
    architecture TEXT NOT NULL, stored_dtype TEXT NOT NULL,
    weights_hash TEXT NOT NULL, tokenizer_hash TEXT NOT NULL,
    parameters INTEGER NOT NULL, size_bytes INTEGER NOT NULL,
    vocabulary_size INTEGER NOT NULL, context_length INTEGER NOT NULL,
    created_ms INTEGER NOT NULL);

CREATE TABLE adapter(
    id INTEGER PRIMARY KEY,
    model_id INTEGER NOT NULL REFERENCES model(id),
    parent_id INTEGER REFERENCES adapter(id) ON DELETE SET NULL,
    name TEXT NOT NULL, path TEXT NOT NULL UNIQUE, role TEXT NOT NULL, hash TEXT NOT NULL,
    rank INTEGER NOT NULL, alpha REAL NOT NULL,
    size_bytes INTEGER NOT NULL, created_ms INTEGER NOT NULL);
CREATE INDEX adapter_by_model ON adapter(model_id);
CREATE INDEX adapter_by_parent ON adapter(parent_id);

-- Pieces of one tokenizer in one blob: for each id a little-endian int32 length, then the bytes.
CREATE TABLE vocabulary(
    tokenizer_hash TEXT PRIMARY KEY, size INTEGER NOT NULL,
    pieces BLOB NOT NULL, special BLOB NOT NULL) WITHOUT ROWID;

CREATE TABLE dataset(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL, split TEXT NOT NULL, kind TEXT NOT NULL,
    source_path TEXT NOT NULL, source_hash TEXT NOT NULL, prompt_template TEXT NOT NULL,
    questions INTEGER NOT NULL DEFAULT 0, trajectories INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL,
    UNIQUE(name, split));

CREATE TABLE question(
    id INTEGER PRIMARY KEY,
    dataset_id INTEGER NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
    external_id TEXT NOT NULL, text TEXT NOT NULL, gold TEXT NOT NULL, solution TEXT NOT NULL,
    meta TEXT NOT NULL,
    UNIQUE(dataset_id, external_id));

CREATE TABLE prompt(id INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, text TEXT NOT NULL);

-- root_id NULL: the row is a root itself. natural_key: what makes an import resumable.
-- label, has_note, marked, branches: kept for the table of trajectories, see the triggers.
-- answer_spans: where several answers stand and none is the one: begin, end bytes, int32 each.
CREATE TABLE trajectory(
    id INTEGER PRIMARY KEY,
    question_id INTEGER NOT NULL REFERENCES question(id) ON DELETE CASCADE,
    dataset_id INTEGER NOT NULL REFERENCES dataset(id) ON DELETE CASCADE,
    root_id INTEGER REFERENCES trajectory(id) ON DELETE CASCADE,
    external_id TEXT NOT NULL, natural_key TEXT,
    sample_index INTEGER NOT NULL, source INTEGER NOT NULL, source_model TEXT NOT NULL,
    model_id INTEGER REFERENCES model(id) ON DELETE SET NULL,
    adapter_id INTEGER REFERENCES adapter(id) ON DELETE SET NULL,
    prompt_id INTEGER NOT NULL REFERENCES prompt(id),
    prompt_tokens INTEGER NOT NULL, tokens INTEGER NOT NULL, tokenizer_hash TEXT NOT NULL,
    verdict INTEGER NOT NULL, verdict_reason TEXT NOT NULL,
    extracted TEXT NOT NULL, extracted_begin INTEGER NOT NULL, extracted_end INTEGER NOT NULL,
    published_correct INTEGER, slip INTEGER NOT NULL, finish_reason TEXT NOT NULL,
    provenance_id INTEGER REFERENCES provenance(id),
    created_ms INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0,
    main_path_id INTEGER REFERENCES trajectory(id) ON DELETE SET NULL,
    branches INTEGER NOT NULL DEFAULT 0, label TEXT NOT NULL DEFAULT '',
    has_note INTEGER NOT NULL DEFAULT 0, marked INTEGER NOT NULL DEFAULT 0,
    answer_spans BLOB NOT NULL DEFAULT x'');
CREATE INDEX trajectory_by_question ON trajectory(question_id);
CREATE INDEX trajectory_by_dataset ON trajectory(dataset_id);
CREATE INDEX trajectory_by_prompt ON trajectory(prompt_id);
CREATE INDEX trajectory_by_root ON trajectory(root_id) WHERE root_id IS NOT NULL;
CREATE INDEX trajectory_by_main_path ON trajectory(main_path_id) WHERE main_path_id IS NOT NULL;
CREATE INDEX trajectory_by_model ON trajectory(model_id) WHERE model_id IS NOT NULL;
CREATE INDEX trajectory_by_adapter ON trajectory(adapter_id) WHERE adapter_id IS NOT NULL;
CREATE INDEX trajectory_by_verdict ON trajectory(verdict) WHERE root_id IS NULL;
CREATE INDEX trajectory_by_tokens ON trajectory(tokens) WHERE root_id IS NULL;
CREATE UNIQUE INDEX trajectory_by_key ON trajectory(dataset_id, natural_key)
    WHERE natural_key IS NOT NULL;

CREATE TABLE trajectory_text(
    id INTEGER PRIMARY KEY REFERENCES trajectory(id) ON DELETE CASCADE, response TEXT NOT NULL);
CREATE TABLE trajectory_tokens(
    id INTEGER PRIMARY KEY REFERENCES trajectory(id) ON DELETE CASCADE,
    ids BLOB NOT NULL, offsets BLOB NOT NULL);
-- Index of the first token of every step of the response, int32 (core/spec/steps.h).
CREATE TABLE trajectory_steps(
    id INTEGER PRIMARY KEY REFERENCES trajectory(id) ON DELETE CASCADE, firsts BLOB NOT NULL);

-- Trigrams answer "contains" for any text of three characters or more.
CREATE VIRTUAL TABLE question_fts USING fts5(text, content='question', content_rowid='id',
    tokenize='trigram', detail=none);
CREATE VIRTUAL TABLE trajectory_fts USING fts5(response, content='trajectory_text',
    content_rowid='id', tokenize='trigram', detail=none);
CREATE TRIGGER question_fts_insert AFTER INSERT ON question BEGIN
    INSERT INTO question_fts(rowid, text) VALUES (new.id, new.text); END;
CREATE TRIGGER question_fts_delete AFTER DELETE ON question BEGIN
    INSERT INTO question_fts(question_fts, rowid, text) VALUES ('delete', old.id, old.text); END;
CREATE TRIGGER question_fts_update AFTER UPDATE OF text ON question BEGIN
    INSERT INTO question_fts(question_fts, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO question_fts(rowid, text) VALUES (new.id, new.text); END;
CREATE TRIGGER response_fts_insert AFTER INSERT ON trajectory_text BEGIN
    INSERT INTO trajectory_fts(rowid, response) VALUES (new.id, new.response); END;
CREATE TRIGGER response_fts_delete AFTER DELETE ON trajectory_text BEGIN
    INSERT INTO trajectory_fts(trajectory_fts, rowid, response)
        VALUES ('delete', old.id, old.response); END;
CREATE TRIGGER response_fts_update AFTER UPDATE OF response ON trajectory_text BEGIN
    INSERT INTO trajectory_fts(trajectory_fts, rowid, response)
        VALUES ('delete', old.id, old.response);
    INSERT INTO trajectory_fts(rowid, response) VALUES (new.id, new.response); END;

CREATE TRIGGER question_count_insert AFTER INSERT ON question BEGIN
    UPDATE dataset SET questions = questions + 1 WHERE id = new.dataset_id; END;
CREATE TRIGGER question_count_delete AFTER DELETE ON question BEGIN
    UPDATE dataset SET questions = questions - 1 WHERE id = old.dataset_id; END;
CREATE TRIGGER trajectory_count_insert AFTER INSERT ON trajectory WHEN new.root_id IS NULL BEGIN
    UPDATE dataset SET trajectories = trajectories + 1 WHERE id = new.dataset_id; END;
CREATE TRIGGER trajectory_count_delete AFTER DELETE ON trajectory WHEN old.root_id IS NULL BEGIN
    UPDATE dataset SET trajectories = trajectories - 1 WHERE id = old.dataset_id; END;

-- Nodes of the tree: immutable but for flags; the child's text and ids are a trajectory of its own.
CREATE TABLE branch(
    id INTEGER PRIMARY KEY,
    root_id INTEGER NOT NULL REFERENCES trajectory(id) ON DELETE CASCADE,
    parent_id INTEGER NOT NULL REFERENCES trajectory(id) ON DELETE CASCADE,
    child_id INTEGER NOT NULL UNIQUE REFERENCES trajectory(id) ON DELETE CASCADE,
    fork_position INTEGER NOT NULL, kind TEXT NOT NULL,
    forced_ids BLOB NOT NULL, forced_p REAL NOT NULL,
    unread INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0,
    running INTEGER NOT NULL DEFAULT 0, sampling TEXT NOT NULL, created_ms INTEGER NOT NULL);
CREATE INDEX branch_by_root ON branch(root_id);
CREATE INDEX branch_by_parent ON branch(parent_id);
CREATE INDEX branch_running ON branch(running) WHERE running = 1;
CREATE TRIGGER branch_count_insert AFTER INSERT ON branch WHEN new.deleted = 0 BEGIN
    UPDATE trajectory SET branches = branches + 1 WHERE id = new.root_id; END;
CREATE TRIGGER branch_count_update AFTER UPDATE OF deleted ON branch
    WHEN new.deleted <> old.deleted BEGIN
    UPDATE trajectory SET branches = branches + old.deleted - new.deleted
        WHERE id = new.root_id; END;
CREATE TRIGGER branch_count_delete AFTER DELETE ON branch WHEN old.deleted = 0 BEGIN
    UPDATE trajectory SET branches = branches - 1 WHERE id = old.root_id; END;
)sql";

} // namespace

std::string_view schemaCoreSql() {
    return kCore;
}

std::string schemaSql() {
    std::string sql;
    for (const std::string_view part :
         {schemaCoreSql(), schemaScoreSql(), schemaJobSql(), schemaAnnotationSql(),
          schemaSearchSql(), schemaComparisonSql()})
        sql += part;
    return sql;
}

} // namespace crux::store
