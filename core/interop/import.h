// Importers: files of others -> rows of the project, in batches of one transaction each.
// Torch-free; used by the `import` job, the command line and (preview only) the window's import
// dialog.
#pragma once

#include "core/base/cancel.h"
#include "core/base/files.h"
#include "core/store/project.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace crux::interop {

/// What is read and how. Names are those of the `import` job's parameters (core/spec/params.h).
struct ImportOptions {
    std::string kind = "auto"; ///< see importKinds(); auto looks at names and first rows
    std::vector<Path> inputs;  ///< read in this order
    std::string dataset;       ///< empty: the first file's name
    std::string split;         ///< of the data set; rows that name another split are left out
    /// Role -> column. Roles: question, response, gold, verdict, id, sample, model, prompt, ids,
    /// prompt_tokens, slip, solution. A role left out is guessed from the usual column names.
    std::map<std::string, std::string> columns;
    std::string promptTemplate = "gsm8k"; ///< for rows that carry no prompt of their own
    bool skipBadLines = true;     ///< false: one bad row refuses everything, naming its line
    std::string task = "gsm8k";   ///< gsm8k | math | none
    std::string profile = "crux"; ///< crux | authors | minerva
    std::int64_t limit = 0;       ///< rows read at most, 0 = all
    /// A folder with tokenizer files, or the name or number of a registered model. Kinds that name
    /// tokens by their text (paper-ce, paper-rollouts, pts) need one; empty takes that of the
    /// project's models when all of them share it. Where one is given, every trajectory gets its
    /// token ids at once, and ids that came with a row are checked against it.
    std::string tokenizer;
};

/// Reads the parameters of an `import` job; refuses unknown kinds, tasks and profiles.
Result<ImportOptions> importOptionsFromSpec(const Json& spec);

struct RejectedRow {
    std::string file;
    std::int64_t line = 0; ///< 1-based; 0 = the file as a whole
    std::string reason;    ///< one sentence
};

struct ImportReport {
    std::int64_t rows = 0;    ///< rows read
    std::int64_t kept = 0;    ///< rows that are in the project now (added or already there)
    std::int64_t present = 0; ///< of them, already there: an earlier import of the same rows
    std::int64_t rejectedCount = 0;
    std::int64_t skipped = 0;                     ///< rows of another split
    std::int64_t questions = 0, trajectories = 0; ///< added
    std::vector<RejectedRow> rejected;            ///< the first 100
    std::int64_t rollouts = 0, findings = 0;      ///< added
    std::int64_t trainingRows = 0; ///< pairs and answers put into sets of training data
    std::int64_t warningCount = 0;
    std::vector<RejectedRow> warnings; ///< rows that were kept but for a part; the first 100
    std::vector<DatasetId> datasets;
};

/// Progress in bytes of all inputs together, so that no pass is needed to count rows first.
using ImportProgress =
    std::function<void(std::int64_t doneBytes, std::int64_t totalBytes, const ImportReport& soFar)>;

/// For callers that serve others meanwhile. Default: full batches, nobody is served.
struct ImportPace {
    double batchMs = 0;            ///< a batch ends after about this long, 0 = by its rows alone
    std::function<void()> breathe; ///< called between batches, also of the look through
};

/// Adds the rows. Resumable: run again after a kill, it skips what is there (natural key: data set,
/// external id, sample, content hash). Cancelled returns the code Cancelled; whole batches stay.
/// Errors: Corrupt / InvalidArgument naming file and line, those of the store.
Result<ImportReport> runImport(store::Project& project, const ImportOptions& options,
                               const CancelToken& cancel, const ImportProgress& progress = {},
                               const ImportPace& pace = {});

/// What is named, with folders replaced by the files in them, by name. NotFound for what is not
/// there, InvalidArgument for a folder without files.
Result<std::vector<Path>> importFiles(const std::vector<Path>& named);

/// Why an import that ended well left nothing in the project, one sentence; empty when it did.
std::string nothingKept(const ImportReport& report);

/// For the import dialog: what is in the files, without a project.
struct ImportPreview {
    std::string kind;                           ///< as found or as asked
    std::vector<std::string> columns;           ///< names found in the first rows
    std::map<std::string, std::string> mapping; ///< role -> column, as it would be used
    std::vector<std::vector<std::string>> rows; ///< first rows, one cell a column, cut to 200 bytes
    std::int64_t rowsSeen = 0;                  ///< rows looked at (at most `rowsLookedAt`)
    bool complete = false;                      ///< the files hold no more rows than rowsSeen
    std::int64_t rejectedCount = 0;
    std::vector<RejectedRow> rejected;
    std::int64_t totalBytes = 0;
    bool needsTokenizer = false; ///< the kind names tokens by their text alone
};
Result<ImportPreview> previewImport(const ImportOptions& options, std::size_t rowsShown = 5,
                                    std::int64_t rowsLookedAt = 10'000);

/// Name and one sentence of every kind, for `--kind help` and the dialog.
const std::vector<std::pair<std::string, std::string>>& importKinds();

} // namespace crux::interop
