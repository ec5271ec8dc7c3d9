// Scores, jobs and annotations, and the tables that rollouts, training and evaluations fill.
#include "core/store/schema.h"

namespace crux::store {

namespace {

// score_summary is what the table of trajectories sorts and filters by; the arrays stay in score.
// lowest: the (at most 32) lowest response scores, ascending, so that candidates are counted for
// any threshold without the array. strip: 64 bytes, criticality 0..255 per bucket.
constexpr std::string_view kScores = R"sql(
CREATE TABLE score_set(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE,
    positive_model INTEGER REFERENCES model(id), positive_adapter INTEGER REFERENCES adapter(id),
    negative_model INTEGER REFERENCES model(id), negative_adapter INTEGER REFERENCES adapter(id),
    policy_model INTEGER REFERENCES model(id), policy_adapter INTEGER REFERENCES adapter(id),
    beta REAL NOT NULL, top_k INTEGER NOT NULL,
    provenance_id INTEGER NOT NULL REFERENCES provenance(id),
    scored INTEGER NOT NULL DEFAULT 0,
    threshold REAL, threshold_by_user INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL);

CREATE TABLE score(
    id INTEGER PRIMARY KEY,
    score_set_id INTEGER NOT NULL REFERENCES score_set(id) ON DELETE CASCADE,
    trajectory_id INTEGER NOT NULL REFERENCES trajectory(id) ON DELETE CASCADE,
    job_id INTEGER,
    s BLOB NOT NULL, p_positive BLOB NOT NULL, p_negative BLOB NOT NULL, logp_policy BLOB NOT NULL,
    entropy_positive BLOB NOT NULL, entropy_negative BLOB NOT NULL, entropy_policy BLOB NOT NULL,
    rank_positive BLOB NOT NULL, rank_negative BLOB NOT NULL, rank_policy BLOB NOT NULL,
    UNIQUE(trajectory_id, score_set_id));
CREATE INDEX score_by_set ON score(score_set_id);

CREATE TABLE alternatives(
    id INTEGER PRIMARY KEY,
    score_set_id INTEGER NOT NULL REFERENCES score_set(id) ON DELETE CASCADE,
    trajectory_id INTEGER NOT NULL REFERENCES trajectory(id) ON DELETE CASCADE,
    k INTEGER NOT NULL, ids BLOB NOT NULL,
    p BLOB NOT NULL, p_positive BLOB NOT NULL, p_negative BLOB NOT NULL, s BLOB NOT NULL,
    UNIQUE(trajectory_id, score_set_id));
CREATE INDEX alternatives_by_set ON alternatives(score_set_id);

CREATE TABLE score_summary(
    score_set_id INTEGER NOT NULL REFERENCES score_set(id) ON DELETE CASCADE,
    trajectory_id INTEGER NOT NULL REFERENCES trajectory(id) ON DELETE CASCADE,
    min_s REAL, min_s_position INTEGER NOT NULL, tokens INTEGER NOT NULL,
    lowest BLOB NOT NULL, strip BLOB NOT NULL,
    PRIMARY KEY(score_set_id, trajectory_id)) WITHOUT ROWID;
CREATE INDEX score_summary_by_min ON score_summary(score_set_id, min_s);
CREATE INDEX score_summary_by_trajectory ON score_summary(trajectory_id);
-- The scores of score_summary.lowest (s) with position (absolute) and token id of each, int32: what
-- the corpus view counts and cand.* filters read, in one narrow table.
CREATE TABLE lowest_token(
    score_set_id INTEGER NOT NULL REFERENCES score_set(id) ON DELETE CASCADE,
    trajectory_id INTEGER NOT NULL REFERENCES trajectory(id) ON DELETE CASCADE,
    positions BLOB NOT NULL, ids BLOB NOT NULL, s BLOB NOT NULL DEFAULT x'',
    PRIMARY KEY(score_set_id, trajectory_id)) WITHOUT ROWID;
CREATE INDEX lowest_token_by_trajectory ON lowest_token(trajectory_id);
CREATE TRIGGER score_count_insert AFTER INSERT ON score_summary BEGIN
    UPDATE score_set SET scored = scored + 1 WHERE id = new.score_set_id; END;
CREATE TRIGGER score_count_delete AFTER DELETE ON score_summary BEGIN
    UPDATE score_set SET scored = scored - 1 WHERE id = old.score_set_id; END;

-- Values per token that came from elsewhere; one float32 a token of the trajectory, NaN = none.
CREATE TABLE layer(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL, kind TEXT NOT NULL, source TEXT NOT NULL,
    low_means TEXT NOT NULL, high_means TEXT NOT NULL,
    minimum REAL NOT NULL, maximum REAL NOT NULL,
    UNIQUE(name, kind, source));
CREATE TABLE layer_values(
    layer_id INTEGER NOT NULL REFERENCES layer(id) ON DELETE CASCADE,
    trajectory_id INTEGER NOT NULL REFERENCES trajectory(id) ON DELETE CASCADE,
    layer_values BLOB NOT NULL,
    PRIMARY KEY(trajectory_id, layer_id)) WITHOUT ROWID;
CREATE INDEX layer_values_by_layer ON layer_values(layer_id);
)sql";

constexpr std::string_view kJobs = R"sql(
CREATE TABLE job(
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL, name TEXT NOT NULL, spec TEXT NOT NULL,
    state INTEGER NOT NULL, position INTEGER NOT NULL,
    progress_done INTEGER NOT NULL DEFAULT 0, progress_total INTEGER NOT NULL DEFAULT 0,
    unit TEXT NOT NULL DEFAULT '', message TEXT NOT NULL DEFAULT '',
    tokens_per_second REAL NOT NULL DEFAULT 0,
    error_code TEXT, error_message TEXT, error_where TEXT, error_detail TEXT,
    owner TEXT NOT NULL DEFAULT '', device TEXT NOT NULL DEFAULT '',
    heartbeat_ms INTEGER NOT NULL DEFAULT 0, created_ms INTEGER NOT NULL,
    started_ms INTEGER NOT NULL DEFAULT 0, finished_ms INTEGER NOT NULL DEFAULT 0,
    cancel_requested INTEGER NOT NULL DEFAULT 0, pause_requested INTEGER NOT NULL DEFAULT 0,
    memory_bytes INTEGER NOT NULL DEFAULT 0, memory_peak_bytes INTEGER NOT NULL DEFAULT 0,
    state_blob BLOB);
CREATE INDEX job_by_state ON job(state, position);
CREATE TABLE job_dependency(
    job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
    after_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
    PRIMARY KEY(job_id, after_id)) WITHOUT ROWID;
CREATE INDEX job_dependency_by_after ON job_dependency(after_id);

CREATE TABLE job_event(
    id INTEGER PRIMARY KEY,
    job_id INTEGER REFERENCES job(id) ON DELETE CASCADE,
    time_ms INTEGER NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL,
    object TEXT NOT NULL, detail TEXT NOT NULL, fix TEXT NOT NULL);
CREATE INDEX job_event_by_job ON job_event(job_id);

CREATE TABLE metric_name(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE metric(
    job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
    name_id INTEGER NOT NULL REFERENCES metric_name(id),
    step INTEGER NOT NULL, value REAL, time_ms INTEGER NOT NULL,
    PRIMARY KEY(job_id, name_id, step)) WITHOUT ROWID;
CREATE TABLE checkpoint(
    id INTEGER PRIMARY KEY,
    job_id INTEGER NOT NULL REFERENCES job(id) ON DELETE CASCADE,
    adapter_id INTEGER REFERENCES adapter(id) ON DELETE SET NULL,
    step INTEGER NOT NULL, path TEXT NOT NULL, hash TEXT NOT NULL, size_bytes INTEGER NOT NULL,
    best INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0,
    created_ms INTEGER NOT NULL,
    UNIQUE(job_id, step));
CREATE INDEX checkpoint_by_adapter ON checkpoint(adapter_id);
-- What a run trained on (sources: int64 chosen, rejected, line a row of its data), which rows made
-- each step (step_repo.cpp packs them), and of some rows the values of every completion token:
-- float32 weights, then log pi, log ref and d loss / d log pi.
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

constexpr std::string_view kAnnotations = R"sql(
CREATE TABLE label(
    id INTEGER PRIMARY KEY,
    trajectory_id INTEGER NOT NULL REFERENCES trajectory(id) ON DELETE CASCADE,
    position INTEGER NOT NULL, kind TEXT NOT NULL, created_ms INTEGER NOT NULL);
CREATE INDEX label_by_trajectory ON label(trajectory_id);
CREATE TABLE note(
    id INTEGER PRIMARY KEY,
    trajectory_id INTEGER NOT NULL REFERENCES trajectory(id) ON DELETE CASCADE,
    position INTEGER NOT NULL, text TEXT NOT NULL, created_ms INTEGER NOT NULL);
CREATE INDEX note_by_trajectory ON note(trajectory_id);
CREATE TABLE mark(
    id INTEGER PRIMARY KEY,
    trajectory_id INTEGER NOT NULL REFERENCES trajectory(id) ON DELETE CASCADE,
    position INTEGER NOT NULL, created_ms INTEGER NOT NULL,
    UNIQUE(trajectory_id, position));
CREATE TABLE slice(
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, filter TEXT NOT NULL,
    created_ms INTEGER NOT NULL);
CREATE TABLE ui_state(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE setting(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TRIGGER label_insert AFTER INSERT ON label BEGIN
    UPDATE trajectory SET label = new.kind WHERE id = new.trajectory_id; END;
CREATE TRIGGER label_delete AFTER DELETE ON label BEGIN
    UPDATE trajectory SET label = COALESCE((SELECT kind FROM label
        WHERE trajectory_id = old.trajectory_id ORDER BY id DESC LIMIT 1), '')
        WHERE id = old.trajectory_id; END;
CREATE TRIGGER note_insert AFTER INSERT ON note BEGIN
    UPDATE trajectory SET has_note = 1 WHERE id = new.trajectory_id; END;
CREATE TRIGGER note_delete AFTER DELETE ON note BEGIN
    UPDATE trajectory SET has_note = EXISTS(SELECT 1 FROM note
        WHERE trajectory_id = old.trajectory_id) WHERE id = old.trajectory_id; END;
CREATE TRIGGER mark_insert AFTER INSERT ON mark WHEN new.position = -1 BEGIN
    UPDATE trajectory SET marked = 1 WHERE id = new.trajectory_id; END;
CREATE TRIGGER mark_delete AFTER DELETE ON mark WHEN old.position = -1 BEGIN
    UPDATE trajectory SET marked = 0 WHERE id = old.trajectory_id; END;
)sql";

// A prefix is its token ids; rollouts hang on it, whoever asked for them (issue 4). rollout_index
// is the r of the seed path, so that a repeated request adds only what is missing.
constexpr std::string_view kSearch = R"sql(
CREATE TABLE prefix(
    id INTEGER PRIMARY KEY,
    hash TEXT NOT NULL UNIQUE, tokenizer_hash TEXT NOT NULL,
    length INTEGER NOT NULL, ids BLOB NOT NULL,
    question_id INTEGER REFERENCES question(id) ON DELETE CASCADE);
CREATE INDEX prefix_by_question ON prefix(question_id);
CREATE TABLE prefix_use(
    trajectory_id INTEGER NOT NULL REFERENCES trajectory(id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    prefix_id INTEGER NOT NULL REFERENCES prefix(id) ON DELETE CASCADE,
    PRIMARY KEY(trajectory_id, position)) WITHOUT ROWID;
CREATE INDEX prefix_use_by_prefix ON prefix_use(prefix_id);
CREATE TABLE rollout(
    id INTEGER PRIMARY KEY,
    prefix_id INTEGER NOT NULL REFERENCES prefix(id) ON DELETE CASCADE,
    provenance_id INTEGER NOT NULL REFERENCES provenance(id),
    variant TEXT NOT NULL, rollout_index INTEGER NOT NULL, seed_path TEXT NOT NULL,
    ids BLOB NOT NULL, answer TEXT NOT NULL, verdict INTEGER NOT NULL,
    verdict_reason TEXT NOT NULL, finish_reason TEXT NOT NULL, job_id INTEGER,
    UNIQUE(prefix_id, provenance_id, variant, rollout_index));
CREATE INDEX rollout_by_provenance ON rollout(provenance_id);
CREATE TABLE search_result(
    id INTEGER PRIMARY KEY,
    trajectory_id INTEGER NOT NULL REFERENCES trajectory(id) ON DELETE CASCADE,
    method TEXT NOT NULL, provenance_id INTEGER NOT NULL REFERENCES provenance(id),
    position INTEGER NOT NULL, right_count INTEGER NOT NULL, total_count INTEGER NOT NULL,
    detail TEXT NOT NULL, job_id INTEGER, created_ms INTEGER NOT NULL,
    token_id INTEGER GENERATED ALWAYS AS
        (CASE WHEN json_valid(detail) THEN json_extract(detail, '$.token_id') END) VIRTUAL,
    sign INTEGER GENERATED ALWAYS AS
        (CASE WHEN json_valid(detail) THEN json_extract(detail, '$.sign') END) VIRTUAL,
    UNIQUE(trajectory_id, method, provenance_id, position));
CREATE INDEX search_result_by_provenance ON search_result(provenance_id);
-- What was found: the shares by position (method 'rollouts') are a hundred times as many rows.
CREATE INDEX search_result_by_token ON search_result(token_id, trajectory_id)
    WHERE method <> 'rollouts';

-- What crit.* filters and the corpus view ask of the tokens that searches found to lower the chance
-- of ending right, and their s_t in every score set; kept by triggers. Newest first at a place.
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

constexpr std::string_view kComparison = R"sql(
CREATE TABLE pair_set(
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, rule TEXT NOT NULL,
    provenance_id INTEGER REFERENCES provenance(id), created_ms INTEGER NOT NULL);
CREATE INDEX pair_set_by_provenance ON pair_set(provenance_id);
CREATE TABLE pair(
    pair_set_id INTEGER NOT NULL REFERENCES pair_set(id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    chosen_id INTEGER NOT NULL REFERENCES trajectory(id) ON DELETE CASCADE,
    rejected_id INTEGER REFERENCES trajectory(id) ON DELETE CASCADE,
    chosen_weights BLOB NOT NULL, rejected_weights BLOB NOT NULL,
    PRIMARY KEY(pair_set_id, number)) WITHOUT ROWID;
CREATE INDEX pair_by_chosen ON pair(chosen_id);
CREATE INDEX pair_by_rejected ON pair(rejected_id);

-- An evaluation is what determines it (hash): checkpoint, prompt, decoding, grader, questions.
-- question_ids: int64, the set in its order; a cut off evaluation has fewer rows than that.
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
-- One row a question, an entry a sample: trajectories int64, verdicts a byte, answers int32 (equal
-- numbers are equal answers, -1 none), lengths int32 response tokens. 10,000 questions of 8 samples
-- are read in the time of 10,000 rows.
CREATE TABLE evaluation_question(
    evaluation_id INTEGER NOT NULL REFERENCES evaluation(id) ON DELETE CASCADE,
    question_id INTEGER NOT NULL REFERENCES question(id) ON DELETE CASCADE,
    trajectories BLOB NOT NULL, verdicts BLOB NOT NULL,
    answers BLOB NOT NULL, lengths BLOB NOT NULL,
    PRIMARY KEY(evaluation_id, question_id)) WITHOUT ROWID;
CREATE INDEX evaluation_question_by_question ON evaluation_question(question_id);
)sql";

} // namespace

std::string_view schemaScoreSql() {
    return kScores;
}
std::string_view schemaJobSql() {
    return kJobs;
}
std::string_view schemaAnnotationSql() {
    return kAnnotations;
}
std::string_view schemaSearchSql() {
    return kSearch;
}
std::string_view schemaComparisonSql() {
    return kComparison;
}

} // namespace crux::store
