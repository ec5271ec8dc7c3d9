#include "core/interop/import_inputs.h"

#include "core/base/text_util.h"
#include "core/interop/import_writer.h"
#include "core/text/prompts.h"

#include <algorithm>
#include <cmath>
#include <system_error>

namespace crux::interop {

namespace {

constexpr int kRowsLookedAt = 20;

bool isCliffCsv(const Path& file) {
    return file.filename().string().ends_with("__per_token.csv");
}

void addColumns(const Json& object, std::vector<std::string>& columns) {
    for (const auto& [name, value] : object.items())
        if (name != kKeyField && name != kGroupField &&
            std::find(columns.begin(), columns.end(), name) == columns.end())
            columns.push_back(name);
}

struct FirstRows {
    std::vector<std::string> columns;
    Json first = Json::object();
    bool any = false;
};

Result<FirstRows> firstRows(const Path& file, FileForm form) {
    FirstRows rows;
    CRUX_TRY(source, openRows(file, form));
    for (int i = 0; i < kRowsLookedAt; ++i) {
        CRUX_TRY(row, source->next());
        if (!row)
            break;
        if (!row->fault.empty())
            continue;
        addColumns(row->object, rows.columns);
        if (!rows.any)
            rows.first = row->object;
        rows.any = true;
    }
    return rows;
}

Status needColumns(const InputFacts& facts, const Path& file) {
    const bool generic = facts.kind == "jsonl" || facts.kind == "csv" ||
                         facts.kind == "questions" || facts.kind == "trajectories";
    if (!generic || facts.mapping.contains("question") || facts.mapping.contains("prompt"))
        return {};
    std::string list;
    for (const std::string& name : facts.columns)
        list += (list.empty() ? "" : ", ") + name;
    return fail(ErrorCode::InvalidArgument,
                cat(file.string(), " has no column for the question; name one of: ", list),
                file.string());
}

/// inspect_ai's own form is a zip archive of JSON.
Status noArchive(const Path& file) {
    if (file.extension() != ".eval")
        return {};
    return fail(ErrorCode::Unsupported,
                cat(file.string(), " is an archive; write it as JSON first: inspect log convert ",
                    file.filename().string(), " --to json --output-dir FOLDER"),
                file.string());
}

} // namespace

Result<std::vector<Path>> importFiles(const std::vector<Path>& named) {
    std::vector<Path> files;
    for (const Path& one : named) {
        std::error_code code;
        if (!std::filesystem::exists(one, code))
            return fail(ErrorCode::NotFound, cat("There is no file \"", one.string(), "\"."),
                        one.string());
        if (!std::filesystem::is_directory(one, code)) {
            CRUX_TRY_VOID(noArchive(one));
            CRUX_TRY(form, formOf(one)); // what cannot be read is told before a job is queued
            CRUX_TRY(rows, openRows(one, form));
            static_cast<void>(rows);
            files.push_back(one);
            continue;
        }
        const std::size_t before = files.size();
        for (const auto& entry : std::filesystem::directory_iterator(one, code)) {
            const std::string kind = entry.path().extension().string();
            if (entry.is_regular_file(code) &&
                (kind == ".json" || kind == ".jsonl" || kind == ".csv"))
                files.push_back(entry.path());
        }
        if (files.size() == before)
            return fail(ErrorCode::InvalidArgument,
                        cat("The folder ", one.string(), " holds no .json, .jsonl or .csv file."),
                        one.string());
        std::sort(files.begin() + static_cast<std::ptrdiff_t>(before), files.end());
    }
    return files;
}

Status checkOptions(const ImportOptions& options) {
    if (options.inputs.empty())
        return fail(ErrorCode::InvalidArgument, "an import needs at least one file");
    const auto& kinds = importKinds();
    if (std::none_of(kinds.begin(), kinds.end(),
                     [&](const auto& kind) { return kind.first == options.kind; }))
        return fail(ErrorCode::InvalidArgument,
                    cat("there is no import kind \"", options.kind,
                        "\"; `crux-cli import --kind help` lists them"),
                    options.kind);
    if (!options.promptTemplate.empty() && text::promptTemplate(options.promptTemplate) == nullptr)
        return fail(ErrorCode::InvalidArgument,
                    cat("there is no prompt template \"", options.promptTemplate, "\""),
                    options.promptTemplate);
    const auto grading = gradingOf(options);
    return grading.ok() ? Status() : Status(fail(grading.error()));
}

Result<InputFacts> lookAtInputs(const ImportOptions& options) {
    InputFacts facts;
    facts.kind = options.kind;
    const Path* shown = nullptr;
    FirstRows first;
    for (const Path& input : options.inputs) {
        CRUX_TRY_VOID(noArchive(input));
        CRUX_TRY(form, options.kind == "csv" ? Result<FileForm>(FileForm::Csv) : formOf(input));
        facts.forms[input.string()] = form;
        std::error_code code;
        const auto bytes = std::filesystem::file_size(input, code);
        facts.totalBytes += code ? 0 : static_cast<std::int64_t>(bytes);
        if (isCliffCsv(input) && options.inputs.size() > 1)
            continue; // belongs to its JSON
        CRUX_TRY(rows, firstRows(input, form));
        const auto named = rows.first.find("_dataset");
        if (named != rows.first.end() && named->is_string())
            facts.datasetNames[input.string()] = named->get<std::string>();
        if (shown == nullptr || !first.any) {
            shown = &input;
            first = std::move(rows);
        }
    }
    if (shown == nullptr)
        return fail(ErrorCode::InvalidArgument,
                    "per-token CSV files need the JSON files they belong to");
    facts.columns = first.columns;
    if (facts.kind == "auto")
        facts.kind = kindOf(first.columns, first.first, facts.forms[shown->string()]);
    if (first.any) {
        CRUX_TRY(mapping, mapColumns(first.columns, options.columns));
        facts.mapping = std::move(mapping);
        CRUX_TRY_VOID(needColumns(facts, *shown));
    } else { // no readable row: the usual names, so that every row says what it lacks
        facts.mapping = {{"question", "question"}};
    }
    return facts;
}

std::string cliffCsvProblem(const Path& csv, const std::vector<Path>& inputs) {
    const std::string name = csv.filename().string();
    const std::string stem = name.substr(0, name.rfind("__per_token.csv"));
    const auto owner = std::find_if(inputs.begin(), inputs.end(), [&](const Path& input) {
        return input.extension() == ".json" && input.stem().string() == stem;
    });
    if (owner == inputs.end())
        return "its JSON file is not among the inputs";
    const auto values = readCliffCsv(csv);
    if (!values.ok())
        return values.error().message;
    const auto rows = openRows(*owner, FileForm::JsonDocument);
    if (!rows.ok())
        return rows.error().message;
    const auto row = (*rows)->next();
    if (!row.ok() || !*row)
        return "its JSON file cannot be read";
    ImportOptions options;
    const auto parsed = parseCliffRow({options, "cliff", {}}, (*row)->object);
    if (!parsed.ok())
        return parsed.error().message;
    const std::vector<float>& published = parsed->answers.front().layer->values;
    const bool same =
        values->size() == published.size() &&
        std::equal(published.begin(), published.end(), values->begin(), [](float a, float b) {
            return (std::isnan(a) && std::isnan(b)) || std::fabs(a - b) < 1e-6f;
        });
    return same ? std::string() : "its potentials differ from those of its JSON file";
}

} // namespace crux::interop
