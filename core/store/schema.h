// Schema of the project file (SQL text in schema.cpp, schema_later.cpp) and its version.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace crux::store {

/// "Crux" in the file header: tells a project from any other SQLite file.
inline constexpr std::int32_t kApplicationId = 0x43727578;
/// PRAGMA user_version of this program's schema.
inline constexpr int kSchemaVersion = 5;

/// Tables, indexes and triggers of an empty project.
std::string schemaSql();

/// The parts, in order.
std::string_view schemaCoreSql();       ///< meta, models, data sets, trajectories, branches
std::string_view schemaScoreSql();      ///< score sets, scores, layers
std::string_view schemaJobSql();        ///< jobs, events, metrics, checkpoints
std::string_view schemaAnnotationSql(); ///< labels, notes, marks, slices, view state
std::string_view schemaSearchSql();     ///< prefixes, rollouts, verdicts of searches (issue 4)
std::string_view schemaComparisonSql(); ///< pairs, evaluations and their samples (issues 5, 6)

} // namespace crux::store
