// `project check`: what SQLite can tell of the file, then what Crux promises of its rows.
#include "core/base/text_util.h"
#include "core/store/repositories.h"
#include "core/store/sql.h"

namespace crux::store {

namespace {

constexpr std::size_t kMostFindings = 100;

/// Findings so far; stops a check that would list a million rows.
class Findings {
public:
    explicit Findings(const Project& project)
        : m_project(project) {}

    bool empty() const { return m_list.empty(); }
    bool full() const { return m_list.size() >= kMostFindings; }
    void add(std::string sentence) {
        if (!full())
            m_list.push_back(std::move(sentence));
    }
    /// Every row of `sql` is a fault; its first column names the row.
    void each(std::string_view sql, std::string_view what) {
        Query query(m_project, sql);
        while (!full() && query.step())
            add(cat(what, " (", query.text(0), ")"));
    }
    std::vector<std::string> take() { return std::move(m_list); }

private:
    const Project& m_project;
    std::vector<std::string> m_list;
};

void checkFile(const Project& project, Findings& findings) {
    Query integrity(project, "PRAGMA integrity_check(100)");
    while (integrity.step())
        if (integrity.text(0) != "ok")
            findings.add(cat("damaged file: ", integrity.text(0)));
    Query keys(project, "PRAGMA foreign_key_check");
    while (!findings.full() && keys.step())
        findings.add(cat("a row of ", keys.text(0), " (", keys.text(1), ") names a missing row of ",
                         keys.text(2)));
}

void checkCounters(Findings& findings) {
    findings.each("SELECT name FROM dataset d WHERE questions <>"
                  " (SELECT count(*) FROM question q WHERE q.dataset_id = d.id)",
                  "the data set's count of questions is wrong");
    findings.each("SELECT name FROM dataset d WHERE trajectories <> (SELECT count(*) FROM"
                  " trajectory t WHERE t.dataset_id = d.id AND t.root_id IS NULL)",
                  "the data set's count of trajectories is wrong");
    findings.each("SELECT name FROM score_set s WHERE scored <>"
                  " (SELECT count(*) FROM score_summary m WHERE m.score_set_id = s.id)",
                  "the score set's count of trajectories is wrong");
    findings.each("SELECT id FROM trajectory t WHERE branches <> (SELECT count(*) FROM branch b"
                  " WHERE b.root_id = t.id AND b.deleted = 0)",
                  "a trajectory's count of branches is wrong");
    findings.each("SELECT id FROM trajectory t WHERE has_note <>"
                  " EXISTS(SELECT 1 FROM note n WHERE n.trajectory_id = t.id)",
                  "a trajectory's note flag is wrong");
    findings.each("SELECT id FROM trajectory t WHERE marked <> EXISTS(SELECT 1 FROM mark k"
                  " WHERE k.trajectory_id = t.id AND k.position = -1)",
                  "a trajectory's mark flag is wrong");
}

void checkOrphans(Findings& findings) {
    findings.each("SELECT id FROM trajectory t WHERE NOT EXISTS"
                  " (SELECT 1 FROM trajectory_text x WHERE x.id = t.id)",
                  "a trajectory has no text");
    findings.each("SELECT t.id FROM trajectory t JOIN question q ON q.id = t.question_id"
                  " WHERE q.dataset_id <> t.dataset_id",
                  "a trajectory and its question lie in different data sets");
    findings.each("SELECT id FROM trajectory t WHERE root_id IS NOT NULL AND NOT EXISTS"
                  " (SELECT 1 FROM branch b WHERE b.child_id = t.id)",
                  "a branch's text has no branch");
    findings.each("SELECT b.id FROM branch b JOIN trajectory t ON t.id = b.child_id"
                  " WHERE t.root_id IS NULL OR t.root_id <> b.root_id",
                  "a branch and its text lie in different trees");
    findings.each("SELECT score_set_id || '/' || trajectory_id FROM score c WHERE NOT EXISTS"
                  " (SELECT 1 FROM score_summary m WHERE m.score_set_id = c.score_set_id AND"
                  " m.trajectory_id = c.trajectory_id)",
                  "scores have no summary");
    findings.each("SELECT score_set_id || '/' || trajectory_id FROM score_summary m WHERE NOT"
                  " EXISTS (SELECT 1 FROM score c WHERE c.score_set_id = m.score_set_id AND"
                  " c.trajectory_id = m.trajectory_id)",
                  "a score summary has no scores");
    findings.each("SELECT m.score_set_id || '/' || m.trajectory_id FROM score_summary m LEFT JOIN"
                  " lowest_token k ON k.score_set_id = m.score_set_id AND k.trajectory_id ="
                  " m.trajectory_id WHERE COALESCE(length(k.positions), -1) <> length(m.lowest) OR"
                  " length(k.ids) <> length(m.lowest) OR k.s <> m.lowest",
                  "a score summary does not fit its tokens");
}

void checkArrays(Findings& findings) {
    findings.each("SELECT t.id FROM trajectory t LEFT JOIN trajectory_tokens k ON k.id = t.id"
                  " WHERE COALESCE(length(k.ids), 0) % 4 <> 0 OR t.tokens <> CASE WHEN k.id IS"
                  " NULL THEN 0 ELSE length(k.ids) / 4 - t.prompt_tokens END OR t.prompt_tokens < 0"
                  " OR t.tokens < 0",
                  "a trajectory's token counts do not fit its ids");
    findings.each("SELECT id FROM trajectory_tokens WHERE length(offsets) NOT IN"
                  " (0, 2 * length(ids))",
                  "a trajectory's offsets do not fit its ids");
    const std::string_view blobs[] = {"s",
                                      "p_positive",
                                      "p_negative",
                                      "logp_policy",
                                      "entropy_positive",
                                      "entropy_negative",
                                      "entropy_policy",
                                      "rank_positive",
                                      "rank_negative",
                                      "rank_policy"};
    for (const std::string_view blob : blobs)
        findings.each(cat("SELECT c.score_set_id || '/' || c.trajectory_id FROM score c LEFT JOIN"
                          " trajectory_tokens k ON k.id = c.trajectory_id WHERE length(c.",
                          blob, ") NOT IN (0, COALESCE(length(k.ids), 0))"),
                      cat("the array ", blob, " of scores does not fit the tokens"));
    findings.each("SELECT a.score_set_id || '/' || a.trajectory_id FROM alternatives a LEFT JOIN"
                  " trajectory_tokens k ON k.id = a.trajectory_id WHERE length(a.ids) <> a.k *"
                  " COALESCE(length(k.ids), 0) OR length(a.p) NOT IN (0, length(a.ids)) OR"
                  " length(a.p_positive) NOT IN (0, length(a.ids)) OR length(a.p_negative) NOT IN"
                  " (0, length(a.ids)) OR length(a.s) NOT IN (0, length(a.ids))",
                  "alternatives do not fit the tokens");
    findings.each("SELECT v.layer_id || '/' || v.trajectory_id FROM layer_values v LEFT JOIN"
                  " trajectory_tokens k ON k.id = v.trajectory_id WHERE length(v.layer_values) <>"
                  " COALESCE(length(k.ids), 0)",
                  "an imported layer does not fit the tokens");
    findings.each("SELECT b.id FROM branch b JOIN trajectory_tokens k ON k.id = b.child_id WHERE"
                  " b.fork_position < 0 OR b.fork_position > length(k.ids) / 4",
                  "a branch leaves its parent outside the text");
}

void checkRollouts(Findings& findings) {
    findings.each("SELECT job_id || '/' || step || '/' || data_row FROM step_tokens WHERE"
                  " length(chosen_values) <> 4 * (length(chosen_ids) - 4 * prompt_tokens) OR"
                  " (length(rejected_ids) > 0 AND length(rejected_values) <>"
                  " 4 * (length(rejected_ids) - 4 * prompt_tokens))",
                  "values of a training step do not fit their tokens");
    findings.each("SELECT id FROM prefix WHERE length(ids) <> 4 * length OR length < 1",
                  "a prefix's length does not fit its ids");
    findings.each("SELECT u.trajectory_id || '/' || u.position FROM prefix_use u JOIN prefix p ON"
                  " p.id = u.prefix_id JOIN trajectory t ON t.id = u.trajectory_id LEFT JOIN"
                  " trajectory_tokens k ON k.id = t.id WHERE p.length <> u.position + 1 OR"
                  " p.question_id <> t.question_id OR"
                  " COALESCE(substr(k.ids, 1, length(p.ids)), x'') <> p.ids",
                  "a prefix is not the beginning of its trajectory");
    findings.each("SELECT id FROM rollout WHERE length(ids) % 4 <> 0 OR rollout_index < 0",
                  "a rollout's ids are cut");
    findings.each("SELECT s.id FROM search_result s LEFT JOIN trajectory_tokens k ON"
                  " k.id = s.trajectory_id WHERE s.position < -1 OR s.position >="
                  " COALESCE(length(k.ids), 0) / 4 OR s.right_count < 0 OR"
                  " s.right_count > s.total_count",
                  "a search's verdict does not fit its trajectory");
    findings.each("SELECT s.id FROM search_result s WHERE s.method <> 'rollouts' AND s.position >="
                  " 0 AND COALESCE(s.sign, -1) < 0 AND NOT EXISTS (SELECT 1 FROM found_token f"
                  " WHERE f.trajectory_id = s.trajectory_id AND f.method = s.method AND f.position"
                  " = s.position AND f.result_id = s.id)",
                  "a found token is missing from the filter's table");
}

void checkEvaluations(Findings& findings) {
    findings.each("SELECT evaluation_id || '/' || question_id FROM evaluation_question WHERE"
                  " length(trajectories) <> 8 * length(verdicts) OR length(answers) <> 4 *"
                  " length(verdicts) OR length(lengths) <> 4 * length(verdicts)",
                  "an evaluation's samples of a question do not fit each other");
    findings.each("SELECT id FROM evaluation e WHERE questions <> (SELECT count(*) FROM"
                  " evaluation_question q WHERE q.evaluation_id = e.id) OR right_count +"
                  " wrong_count + no_answer_count + ungraded_count <> (SELECT"
                  " COALESCE(sum(length(q.verdicts)), 0) FROM evaluation_question q WHERE"
                  " q.evaluation_id = e.id)",
                  "an evaluation's counts do not fit its questions");
}

/// Offsets rise and end within prompt + response; spans lie within the response.
void checkOffsets(const Project& project, Findings& findings) {
    Query query(project, "SELECT t.id, k.offsets, length(CAST(p.text AS BLOB)) +"
                         " length(CAST(x.response AS BLOB)), length(CAST(x.response AS BLOB)),"
                         " t.extracted_begin, t.extracted_end FROM trajectory t JOIN prompt p"
                         " ON p.id = t.prompt_id JOIN trajectory_text x ON x.id = t.id LEFT JOIN"
                         " trajectory_tokens k ON k.id = t.id");
    while (!findings.full() && query.step()) {
        const auto offsets = query.array<std::int32_t>(1);
        const std::int64_t bytes = query.integer(2);
        bool sound = true;
        for (std::size_t i = 0; i + 1 < offsets.size() && sound; i += 2)
            sound = offsets[i] >= 0 && offsets[i] <= offsets[i + 1] && offsets[i + 1] <= bytes &&
                    (i == 0 || offsets[i] >= offsets[i - 2]);
        if (!sound)
            findings.add(cat("a trajectory's offsets leave its text (", query.integer(0), ")"));
        const std::int64_t begin = query.integer(4);
        const std::int64_t end = query.integer(5);
        if (begin != -1 && (begin < 0 || end < begin || end > query.integer(3)))
            findings.add(cat("an extracted answer leaves its response (", query.integer(0), ")"));
    }
}

/// Numbers that stand for words, where they stand for none.
void checkWords(Findings& findings) {
    findings.each(cat("SELECT id FROM job WHERE state NOT BETWEEN 0 AND ",
                      static_cast<int>(JobState::Cancelled)),
                  "a job is in a state that does not exist");
    findings.each(cat("SELECT id FROM trajectory WHERE verdict NOT BETWEEN 0 AND ",
                      static_cast<int>(Verdict::NoAnswer)),
                  "a trajectory has a verdict that does not exist");
    findings.each(cat("SELECT id FROM trajectory WHERE source NOT BETWEEN 0 AND ",
                      static_cast<int>(Source::Forced)),
                  "a trajectory comes from where none can");
}

/// Texts are UTF-8, but for prompts and responses: a model may stop in the middle of a character.
void checkTexts(const Project& project, Findings& findings) {
    std::vector<std::pair<std::string, std::string>> columns;
    {
        Query query(project, "SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name)"
                             " c WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' AND"
                             " m.name NOT LIKE 'sqlite%' AND m.name NOT GLOB '*_fts_*' AND c.type"
                             " = 'TEXT' AND m.name NOT IN ('prompt', 'trajectory_text')"
                             " ORDER BY 1, c.cid");
        while (query.step())
            columns.emplace_back(query.text(0), query.text(1));
    }
    for (const auto& [table, column] : columns) {
        Query query(project, cat("SELECT \"", column, "\" FROM \"", table, "\""));
        std::int64_t broken = 0;
        while (query.step())
            broken += firstInvalidUtf8(query.text(0)) != std::string::npos ? 1 : 0;
        if (broken > 0)
            findings.add(cat("the column ", column, " of ", table, " holds ", broken,
                             broken == 1 ? " text that is" : " texts that are", " no UTF-8"));
    }
}

/// The text index must agree with the texts. Only a connection that may write can ask for it.
void checkTextIndex(const Project& project, Findings& findings) {
    if (project.readOnly())
        return;
    for (const char* index : {"question_fts", "trajectory_fts"})
        if (project.impl().database->tryExec(
                cat("INSERT INTO ", index, "(", index, ", rank) VALUES ('integrity-check', 1)")) !=
            SQLITE_OK)
            findings.add(cat("the text index ", index, " disagrees with the texts"));
}

} // namespace

Result<std::vector<std::string>> checkProject(const Project& project) {
    return guarded(project, [&]() -> Result<std::vector<std::string>> {
        Findings findings(project);
        checkFile(project, findings);
        if (!findings.empty()) // what follows would stumble over the damage
            return findings.take();
        checkCounters(findings);
        checkOrphans(findings);
        checkArrays(findings);
        checkRollouts(findings);
        checkEvaluations(findings);
        checkOffsets(project, findings);
        checkWords(findings);
        checkTexts(project, findings);
        checkTextIndex(project, findings);
        return findings.take();
    });
}

} // namespace crux::store
