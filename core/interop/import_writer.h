// Parsed rows -> rows of the project. Internal to the room.
#pragma once

#include "core/interop/import_kinds.h"
#include "core/interop/import_tokens.h"
#include "core/interop/row_taker.h"
#include "core/store/repositories.h"
#include "core/text/grade.h"

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

namespace crux::interop {

/// How answers are graded, resolved from the options once.
struct Grading {
    bool enabled = false;
    text::GradeTask task = text::GradeTask::Gsm8k;
    text::GradeProfile profile = text::GradeProfile::Crux;
};
Result<Grading> gradingOf(const ImportOptions& options);

/// Adds rows of one import; remembers what it has seen in the files so far, so that a repeated row
/// is told from one that an earlier run added. Call add() inside Project::write.
class ImportWriter {
public:
    /// `dryRun` checks rows against each other and the project, and adds nothing. `tokenizer`: of
    /// the import, null for none; borrowed.
    ImportWriter(const store::Project& project, const ImportOptions& options, std::string kind,
                 Grading grading, const ImportTokenizer* tokenizer, bool dryRun);

    struct Added {
        bool any = false;              ///< something was added, not all of it was there
        std::vector<TrajectoryId> ids; ///< of the row's answers; none in a dry run
        std::vector<std::string> warnings;
    };
    /// InvalidArgument and Mismatch are the row's fault; other codes are the store's.
    Result<Added> add(const ParsedRow& row, const Place& place, ImportReport& report);

    /// Data set that following rows go to.
    Status useDataset(const std::string& name, const Path& source);
    DatasetId dataset() const { return m_dataset; }
    /// After the last row of a file.
    Status finish();

private:
    struct KnownQuestion {
        QuestionId id;
        std::string text;
        std::vector<std::string> golds;
        std::int32_t samples = 0; ///< answers without a sample index seen so far
    };
    Result<KnownQuestion*> questionFor(const ParsedRow& row, ImportReport& report);
    /// `shared`: an answer may stand in several rows, as the chosen one of pairs does.
    Result<store::TrajectoryRecord> prepare(const ParsedAnswer& answer, KnownQuestion& question,
                                            const std::string& questionId, bool shared,
                                            const Place& place, Added& added);
    Status addAnswer(const ParsedAnswer& answer, store::TrajectoryRecord& record,
                     ImportReport& report);
    store::TrajectoryRecord recordOf(const ParsedAnswer& answer,
                                     const KnownQuestion& question) const;
    void gradeInto(const ParsedAnswer& answer, const KnownQuestion& question,
                   store::TrajectoryRecord& record) const;
    Status layTokens(const ParsedAnswer& answer, store::TrajectoryRecord& record,
                     Added& added) const;
    Status saveScores(const ParsedAnswer& answer, const store::TrajectoryRecord& record);

    const store::Project& m_project;
    const ImportOptions& m_options;
    std::string m_kind;
    Grading m_grading;
    const ImportTokenizer* m_tokenizer;
    bool m_dryRun;
    ScoreSetId m_scoreSet; ///< of the file's own scores, made when the first come
    std::string m_datasetName;
    DatasetId m_dataset;
    std::unordered_map<std::string, KnownQuestion> m_questions; ///< by external id, this data set
    std::unordered_map<std::string, std::pair<std::string, std::int64_t>>
        m_rowIds;                                         ///< -> content, line
    std::unordered_map<std::string, std::int64_t> m_keys; ///< natural keys seen -> line
};

} // namespace crux::interop
