#include "core/interop/import.h"

#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/interop/import_inputs.h"
#include "core/interop/import_tokens.h"
#include "core/interop/takers.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <memory>
#include <optional>

namespace crux::interop {

namespace {

constexpr std::int64_t kRowsABatch = 2'000;
constexpr std::int64_t kBytesABatch = std::int64_t{8} << 20;

/// Only where it was asked for, or where the kind is no use without.
Result<std::optional<ImportTokenizer>>
tokenizerFor(const store::Project& project, const ImportOptions& options, const std::string& kind) {
    const bool needed = needsTokenizer(kind);
    if (options.tokenizer.empty() && !needed)
        return std::optional<ImportTokenizer>();
    CRUX_TRY(folder, tokenizerFolder(project, options));
    if (!folder && needed)
        return fail(ErrorCode::InvalidArgument,
                    cat("files of the kind ", kind,
                        " name tokens by their text: name the tokenizer that made them, a folder "
                        "or a registered model, with the parameter \"tokenizer\""));
    if (!folder)
        return std::optional<ImportTokenizer>();
    CRUX_TRY(opened, ImportTokenizer::open(*folder));
    return std::optional<ImportTokenizer>(std::move(opened));
}

/// One run over all inputs. Lives for one call of runImport.
class ImportRun {
public:
    ImportRun(store::Project& project, const ImportOptions& options, const CancelToken& cancel,
              const ImportProgress& progress, const ImportPace& pace, const InputFacts& facts,
              const ImportTokenizer* tokenizer, bool dryRun)
        : m_project(project)
        , m_options(options)
        , m_cancel(cancel)
        , m_progress(progress)
        , m_pace(pace)
        , m_facts(facts)
        , m_dryRun(dryRun)
        , m_faults(m_report, !options.skipBadLines)
        , m_taker(takerFor({project, options, facts, tokenizer, dryRun, m_report, m_faults})) {}

    Result<ImportReport> run() {
        for (const Path& input : m_options.inputs) {
            if (m_facts.kind == "cliff" && input.extension() == ".csv") {
                CRUX_TRY_VOID(checkCliffCsv(input));
                continue;
            }
            CRUX_TRY_VOID(readInput(input));
        }
        tellProgress(m_facts.totalBytes);
        return m_report;
    }
    const std::vector<DatasetId>& datasets() const { return m_report.datasets; }

private:
    Status readInput(const Path& input) {
        const FileForm form = m_facts.forms.at(input.string());
        CRUX_TRY(rows, openRows(input, form));
        const std::string name = m_options.dataset.empty() ? datasetName(input) : m_options.dataset;
        CRUX_TRY_VOID(inTransaction([&] { return m_taker->beginFile(name, input, form); }));
        const DatasetId dataset = m_taker->dataset();
        if (std::find(m_report.datasets.begin(), m_report.datasets.end(), dataset) ==
            m_report.datasets.end())
            m_report.datasets.push_back(dataset);
        bool more = true;
        while (more) {
            CRUX_TRY_VOID(inTransaction([&]() -> Status {
                CRUX_TRY(goesOn, readBatch(*rows, input));
                more = goesOn;
                return {};
            }));
            tellProgress(m_doneBytes + rows->bytesRead());
            if (m_pace.breathe)
                m_pace.breathe();
        }
        CRUX_TRY_VOID(inTransaction([&] { return m_taker->endFile(); }));
        m_doneBytes += rows->bytesRead();
        return {};
    }

    /// A batch at a time: other processes (and this job's heartbeat) write between two of them.
    Status inTransaction(const std::function<Status()>& body) {
        return m_dryRun ? body() : m_project.write(body);
    }

    std::string datasetName(const Path& input) const {
        const auto& names = m_facts.datasetNames;
        const auto it = names.find(input.string());
        return it != names.end() ? it->second : input.stem().string();
    }

    /// False at the end of the file or of the limit.
    Result<bool> readBatch(RowSource& rows, const Path& input) {
        const double begin = steadyMs();
        const std::int64_t from = rows.bytesRead();
        for (std::int64_t i = 0; i < kRowsABatch; ++i) {
            if (m_pace.batchMs > 0 && i > 0 && steadyMs() - begin > m_pace.batchMs)
                return true;
            if (m_cancel.cancelled())
                return fail(ErrorCode::Cancelled, "the import was cancelled");
            if (m_options.limit > 0 && m_report.rows >= m_options.limit)
                return false;
            CRUX_TRY(row, rows.next());
            if (!row)
                return false;
            ++m_report.rows;
            const Place place{input.string(), row->line, row->name};
            if (row->fault.empty())
                CRUX_TRY_VOID(m_taker->take(*row, place));
            else
                CRUX_TRY_VOID(m_faults.reject(place, row->fault));
            if (rows.bytesRead() - from > kBytesABatch)
                break; // rows of 64 answers each are large
        }
        return true;
    }

    /// A per-token CSV repeats its JSON; it is compared, not added.
    Status checkCliffCsv(const Path& input) {
        const auto problem = cliffCsvProblem(input, m_options.inputs);
        ++m_report.rows;
        if (!problem.empty())
            return m_faults.reject({input.string(), 0, {}}, problem);
        ++m_report.kept;
        ++m_report.present;
        return {};
    }

    void tellProgress(std::int64_t bytes) const {
        if (m_progress)
            m_progress(std::min(bytes, m_facts.totalBytes), m_facts.totalBytes, m_report);
    }

    store::Project& m_project;
    const ImportOptions& m_options;
    const CancelToken& m_cancel;
    const ImportProgress& m_progress;
    const ImportPace& m_pace;
    const InputFacts& m_facts;
    bool m_dryRun;
    ImportReport m_report;
    RowFaults m_faults;
    std::unique_ptr<RowTaker> m_taker;
    std::int64_t m_doneBytes = 0;
};

/// Data sets that this run made and nothing came into.
Status takeBackEmpty(const store::Project& project, const std::vector<store::DatasetRecord>& before,
                     const std::vector<DatasetId>& used) {
    CRUX_TRY(now, store::datasets(project));
    for (const store::DatasetRecord& dataset : now) {
        const auto same = [&](const store::DatasetRecord& other) { return other.id == dataset.id; };
        const bool ours = std::find(used.begin(), used.end(), dataset.id) != used.end() &&
                          std::none_of(before.begin(), before.end(), same);
        if (ours && dataset.questions == 0 && dataset.trajectories == 0)
            CRUX_TRY_VOID(store::removeDataset(project, dataset.id));
    }
    return {};
}

} // namespace

Result<ImportReport> runImport(store::Project& project, const ImportOptions& options,
                               const CancelToken& cancel, const ImportProgress& progress,
                               const ImportPace& pace) {
    CRUX_TRY_VOID(checkOptions(options));
    CRUX_TRY(facts, lookAtInputs(options));
    CRUX_TRY(tokenizer, tokenizerFor(project, options, facts.kind));
    const ImportTokenizer* borrowed = tokenizer ? &*tokenizer : nullptr;
    if (!options.skipBadLines) {
        // Looked through as a whole first: one bad row, and nothing is written.
        ImportRun rehearsal(project, options, cancel, {}, pace, facts, borrowed, true);
        CRUX_TRY(looked, rehearsal.run());
        static_cast<void>(looked);
    }
    if (tokenizer)
        CRUX_TRY_VOID(tokenizer->save(project));
    CRUX_TRY(before, store::datasets(project));
    ImportRun run(project, options, cancel, progress, pace, facts, borrowed, false);
    auto report = run.run();
    if (!report.ok() || report->kept == 0) // as far as a full disk lets it
        static_cast<void>(takeBackEmpty(project, before, run.datasets()));
    return report;
}

std::string nothingKept(const ImportReport& report) {
    if (report.kept > 0)
        return {};
    if (report.rows == 0)
        return "There are no rows to import in the files.";
    if (report.rejectedCount == 0)
        return cat("None of the ", report.rows, " rows belongs to the split asked for.");
    const RejectedRow& first = report.rejected.front();
    return cat("None of the ", report.rows, " rows could be used; the first: ", first.file,
               first.line > 0 ? cat(", line ", first.line) : std::string(), ": ", first.reason);
}

Result<ImportOptions> importOptionsFromSpec(const Json& spec) {
    ImportOptions options;
    const auto text = [&](const char* key, std::string& target) -> Status {
        if (!spec.contains(key))
            return {};
        CRUX_TRY(value, jsonString(spec, key));
        target = value;
        return {};
    };
    if (!spec.contains("inputs") || !spec["inputs"].is_array())
        return fail(ErrorCode::InvalidArgument, "an import needs \"inputs\", a list of files");
    for (const Json& input : spec["inputs"]) {
        if (!input.is_string())
            return fail(ErrorCode::InvalidArgument, "\"inputs\" is a list of file names");
        options.inputs.emplace_back(input.get<std::string>());
    }
    CRUX_TRY_VOID(text("kind", options.kind));
    CRUX_TRY_VOID(text("dataset", options.dataset));
    CRUX_TRY_VOID(text("split", options.split));
    CRUX_TRY_VOID(text("task", options.task));
    CRUX_TRY_VOID(text("profile", options.profile));
    CRUX_TRY_VOID(text("template", options.promptTemplate));
    CRUX_TRY_VOID(text("tokenizer", options.tokenizer));
    for (const auto& [key, role] : {std::pair{"question_column", "question"},
                                    {"response_column", "response"},
                                    {"answer_column", "gold"},
                                    {"verdict_column", "verdict"},
                                    {"id_column", "id"},
                                    {"model_column", "model"}}) {
        std::string column;
        CRUX_TRY_VOID(text(key, column));
        if (!column.empty())
            options.columns[role] = column;
    }
    std::string badLines = "keep";
    CRUX_TRY_VOID(text("bad_lines", badLines));
    options.skipBadLines = badLines != "refuse";
    if (spec.contains("limit")) {
        CRUX_TRY(limit, jsonInt(spec, "limit"));
        options.limit = limit;
    }
    CRUX_TRY_VOID(checkOptions(options));
    return options;
}

} // namespace crux::interop
