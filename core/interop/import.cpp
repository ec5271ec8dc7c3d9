#include "core/interop/import.h"

#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/interop/import_inputs.h"
#include "core/interop/import_writer.h"
#include "core/text/prompts.h"

#include <algorithm>

namespace crux::interop {

namespace {

constexpr std::int64_t kRowsABatch = 2'000;
constexpr std::size_t kRejectsKept = 100;

bool isRowFault(ErrorCode code) {
    return code == ErrorCode::InvalidArgument || code == ErrorCode::Mismatch ||
           code == ErrorCode::Corrupt;
}

/// One run over all inputs. Lives for one call of runImport.
class ImportRun {
public:
    ImportRun(store::Project& project, const ImportOptions& options, const CancelToken& cancel,
              const ImportProgress& progress, const ImportPace& pace, const InputFacts& facts,
              Grading grading, bool dryRun)
        : m_project(project)
        , m_options(options)
        , m_cancel(cancel)
        , m_progress(progress)
        , m_pace(pace)
        , m_facts(facts)
        , m_dryRun(dryRun)
        , m_writer(project, options, facts.kind, grading, dryRun) {}

    Result<ImportReport> run() {
        for (const Path& input : m_options.inputs) {
            if (m_facts.kind == "cliff" && input.extension() == ".csv") {
                CRUX_TRY_VOID(checkCliffCsv(input));
                continue;
            }
            CRUX_TRY_VOID(readInput(input));
        }
        tellProgress(m_facts.totalBytes);
        return std::move(m_report);
    }

private:
    Status readInput(const Path& input) {
        CRUX_TRY(rows, openRows(input, m_facts.forms.at(input.string())));
        const std::string name = m_options.dataset.empty() ? datasetName(input) : m_options.dataset;
        CRUX_TRY_VOID(inTransaction([&] { return m_writer.useDataset(name, input); }));
        const DatasetId dataset = m_writer.dataset();
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
        const KindContext context{m_options, m_facts.kind, m_facts.mapping};
        const double begin = steadyMs();
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
            CRUX_TRY_VOID(take(context, *row, input));
        }
        return true;
    }

    Status take(const KindContext& context, const Row& row, const Path& input) {
        if (!row.fault.empty())
            return reject(input, row.line, row.fault);
        const auto parsed = parseRow(context, row.object);
        if (!parsed.ok())
            return reject(input, row.line, parsed.error().message);
        if (!m_options.split.empty() && !parsed->split.empty() &&
            parsed->split != m_options.split) {
            ++m_report.skipped;
            return {};
        }
        const auto added = m_writer.add(*parsed, {input.string(), row.line}, m_report);
        if (!added.ok())
            return isRowFault(added.error().code) ? reject(input, row.line, added.error().message)
                                                  : Status(fail(added.error()));
        ++m_report.kept;
        m_report.present += *added ? 0 : 1;
        return {};
    }

    Status reject(const Path& input, std::int64_t line, const std::string& reason) {
        if (!m_options.skipBadLines)
            return fail(ErrorCode::Corrupt,
                        cat(input.string(), " line ", line, ": ", reason, "; nothing was imported"),
                        cat(input.string(), " line ", line));
        ++m_report.rejectedCount;
        if (m_report.rejected.size() < kRejectsKept)
            m_report.rejected.push_back({input.string(), line, reason});
        return {};
    }

    /// A per-token CSV repeats its JSON; it is compared, not added.
    Status checkCliffCsv(const Path& input) {
        const auto problem = cliffCsvProblem(input, m_options.inputs);
        ++m_report.rows;
        if (!problem.empty())
            return reject(input, 0, problem);
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
    ImportWriter m_writer;
    ImportReport m_report;
    std::int64_t m_doneBytes = 0;
};

} // namespace

const std::vector<std::pair<std::string, std::string>>& importKinds() {
    static const std::vector<std::pair<std::string, std::string>> kinds{
        {"auto", "looks at the names and first rows of the files"},
        {"jsonl", "JSON Lines of questions and responses; columns are mapped"},
        {"csv", "the same as comma-separated values with a header (.tsv: tabs)"},
        {"questions", "rows of question, answer and solution, without responses"},
        {"trajectories", "rows with token ids: prompt, response, ids, prompt_tokens, slip"},
        {"gsm8k", "GSM8K's train.jsonl and test.jsonl"},
        {"gsm8k-solutions", "GSM8K's model solutions: four a question, with published verdicts"},
        {"cliff", "per-token rollout potentials of Cliff Tokens (JSON, with its CSV)"},
    };
    return kinds;
}

Result<ImportReport> runImport(store::Project& project, const ImportOptions& options,
                               const CancelToken& cancel, const ImportProgress& progress,
                               const ImportPace& pace) {
    CRUX_TRY_VOID(checkOptions(options));
    CRUX_TRY(grading, gradingOf(options));
    CRUX_TRY(facts, lookAtInputs(options));
    if (!options.skipBadLines) {
        // Looked through as a whole first: one bad row, and nothing is written.
        ImportRun rehearsal(project, options, cancel, {}, pace, facts, grading, true);
        CRUX_TRY(looked, rehearsal.run());
        static_cast<void>(looked);
    }
    ImportRun run(project, options, cancel, progress, pace, facts, grading, false);
    return run.run();
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
