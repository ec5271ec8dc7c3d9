// What an import can know of its files before it reads them through. Internal to the room.
#pragma once

#include "core/interop/import_kinds.h"

#include <map>
#include <string>
#include <vector>

namespace crux::interop {

struct InputFacts {
    std::string kind;                 ///< never "auto"
    std::vector<std::string> columns; ///< of the first rows, in order of appearance
    std::map<std::string, std::string> mapping;
    std::map<std::string, FileForm> forms;           ///< by path
    std::map<std::string, std::string> datasetNames; ///< by path, where the file names one itself
    std::int64_t totalBytes = 0;
};

/// Kinds, tasks, profiles, templates that exist; at least one input.
Status checkOptions(const ImportOptions& options);

/// Opens every input and looks at the first rows of the first readable one.
Result<InputFacts> lookAtInputs(const ImportOptions& options);

/// Empty when the CSV of Cliff Tokens agrees with the JSON of its stem among `inputs`.
std::string cliffCsvProblem(const Path& csv, const std::vector<Path>& inputs);

} // namespace crux::interop
