// Parsed rows -> rows of the project. Internal to the room.
#pragma once

#include "core/interop/import_kinds.h"
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
    /// `dryRun` checks rows against each other and the project, and adds nothing.
    ImportWriter(const store::Project& project, const ImportOptions& options, std::string kind,
                 Grading grading, bool dryRun);

    /// Where the row stands, for sentences about repeated ids.
    struct Place {
        std::string file;
        std::int64_t line = 0;
    };
    /// True when something was added, false when all of it was there. InvalidArgument and Mismatch
    /// are the row's fault; other codes are the store's.
    Result<bool> add(const ParsedRow& row, const Place& place, ImportReport& report);

    /// Data set that following rows go to.
    Status useDataset(const std::string& name, const Path& source);
    DatasetId dataset() const { return m_dataset; }

private:
    struct KnownQuestion {
        QuestionId id;
        std::string text, gold;
        std::int32_t samples = 0; ///< answers without a sample index seen so far
    };
    Result<KnownQuestion*> questionFor(const ParsedRow& row, ImportReport& report);
    Result<bool> addAnswer(const ParsedAnswer& answer, KnownQuestion& question,
                           const std::string& questionId, const Place& place, ImportReport& report);
    store::TrajectoryRecord recordOf(const ParsedAnswer& answer,
                                     const KnownQuestion& question) const;

    const store::Project& m_project;
    const ImportOptions& m_options;
    std::string m_kind;
    Grading m_grading;
    bool m_dryRun;
    std::string m_datasetName;
    DatasetId m_dataset;
    std::unordered_map<std::string, KnownQuestion> m_questions; ///< by external id, this data set
    std::unordered_map<std::string, std::pair<std::string, Place>> m_rowIds; ///< -> content, place
    std::unordered_map<std::string, Place> m_keys; ///< natural keys seen in the files
};

} // namespace crux::interop
