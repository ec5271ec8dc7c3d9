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

} // namespace

std::span<const Migration> migrations() {
    static const Migration kSteps[] = {{1, kToVersion2}, {2, kToVersion3}};
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
