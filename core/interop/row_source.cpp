#include "core/interop/row_source.h"

#include "core/base/text_util.h"
#include "core/interop/document_source.h"
#include "core/interop/json_stream.h"

#include <algorithm>

namespace crux::interop {

namespace {

std::string lowerExtension(const Path& file) {
    std::string name = file.extension().string();
    for (char& c : name)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return name;
}

class JsonLinesSource : public RowSource {
public:
    explicit JsonLinesSource(LineReader lines)
        : m_lines(std::move(lines)) {}

    Result<std::optional<Row>> next() override {
        while (true) {
            CRUX_TRY(line, m_lines.next());
            if (!line)
                return std::optional<Row>();
            if (!line->tooLong && trimmed(line->text).empty())
                continue; // blank lines separate, they are no rows
            return std::optional<Row>(rowOf(*line));
        }
    }
    std::int64_t bytesRead() const override { return m_lines.bytesRead(); }

private:
    static Row rowOf(const Line& line) {
        Row row;
        row.line = line.number;
        if (line.tooLong) {
            row.fault = cat("the line is longer than ", kMaxLineBytes >> 20, " MiB");
            return row;
        }
        auto parsed = parseJson(line.text);
        if (!parsed.ok())
            row.fault = parsed.error().message;
        else if (!parsed->is_object())
            row.fault = "the line is not a JSON object";
        else
            row.object = std::move(parsed).value();
        return row;
    }

    LineReader m_lines;
};

class CsvSource : public RowSource {
public:
    CsvSource(CsvReader reader, std::vector<std::string> header)
        : m_reader(std::move(reader))
        , m_header(std::move(header)) {}

    Result<std::optional<Row>> next() override {
        while (true) {
            CRUX_TRY(record, m_reader.next());
            if (!record)
                return std::optional<Row>();
            if (record->fault.empty() && record->fields.size() == 1 && record->fields[0].empty())
                continue;
            return std::optional<Row>(rowOf(*record));
        }
    }
    std::int64_t bytesRead() const override { return m_reader.bytesRead(); }

private:
    Row rowOf(CsvRecord& record) const {
        Row row;
        row.line = record.line;
        row.fault = std::move(record.fault);
        if (row.fault.empty() && record.fields.size() != m_header.size())
            row.fault =
                cat("the row has ", record.fields.size(), " fields, the header ", m_header.size());
        for (std::size_t i = 0; row.fault.empty() && i < record.fields.size(); ++i) {
            if (record.fields[i].find('\0') != std::string::npos)
                row.fault = cat("the field \"", m_header[i], "\" holds a NUL byte");
            else if (firstInvalidUtf8(record.fields[i]) != std::string_view::npos)
                row.fault = cat("the field \"", m_header[i], "\" is not valid UTF-8");
            else
                row.object[m_header[i]] = std::move(record.fields[i]);
        }
        return row;
    }

    CsvReader m_reader;
    std::vector<std::string> m_header;
};

Result<std::unique_ptr<RowSource>> openCsv(const Path& file) {
    CRUX_TRY(lines, LineReader::open(file));
    CsvReader reader(std::move(lines), lowerExtension(file) == ".tsv" ? '\t' : ',');
    CRUX_TRY(header, reader.next());
    if (!header)
        return fail(ErrorCode::InvalidArgument, cat(file.string(), " is empty"), file.string());
    const auto refuse = [&](const std::string& why) {
        return fail(ErrorCode::Corrupt, cat("the header of ", file.string(), ": ", why),
                    cat(file.string(), " line ", header->line));
    };
    if (!header->fault.empty())
        return refuse(header->fault);
    auto& names = header->fields;
    for (std::size_t i = 0; i < names.size(); ++i) {
        names[i] = std::string(trimmed(names[i]));
        if (firstInvalidUtf8(names[i]) != std::string_view::npos)
            return refuse("a name is not valid UTF-8");
        if (std::find(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(i), names[i]) !=
            names.begin() + static_cast<std::ptrdiff_t>(i))
            return refuse(cat("the name \"", names[i], "\" stands there twice"));
    }
    return std::make_unique<CsvSource>(std::move(reader), std::move(names));
}

/// Whether another line with more than blanks follows.
Result<bool> anotherLine(LineReader& lines) {
    while (true) {
        CRUX_TRY(line, lines.next());
        if (!line || line->tooLong || !trimmed(line->text).empty())
            return line.has_value();
    }
}

} // namespace

Result<FileForm> formOf(const Path& file) {
    const std::string extension = lowerExtension(file);
    if (extension == ".csv" || extension == ".tsv")
        return FileForm::Csv;
    CRUX_TRY(stream, JsonStream::open(file));
    CRUX_TRY(first, stream.kind());
    if (first == '[') { // of rows; another list is a bad line
        CRUX_TRY_VOID(stream.enter());
        CRUX_TRY(inside, stream.kind());
        return inside == '{' || extension == ".json" ? FileForm::JsonDocument : FileForm::JsonLines;
    }
    if (first == '\0' || extension != ".json")
        return FileForm::JsonLines;
    CRUX_TRY(lines, LineReader::open(file));
    while (true) {
        CRUX_TRY(line, lines.next());
        if (!line)
            return FileForm::JsonLines;
        if (!line->tooLong && trimmed(line->text).empty())
            continue;
        if (line->tooLong || !parseJson(line->text).ok())
            return FileForm::JsonDocument;
        CRUX_TRY(more, anotherLine(lines));
        return more ? FileForm::JsonLines : FileForm::JsonDocument;
    }
}

Result<std::unique_ptr<RowSource>> openRows(const Path& file, FileForm form) {
    switch (form) {
    case FileForm::Csv:
        return openCsv(file);
    case FileForm::JsonDocument:
        return openDocument(file);
    case FileForm::JsonLines:
        break;
    }
    CRUX_TRY(lines, LineReader::open(file));
    return std::make_unique<JsonLinesSource>(std::move(lines));
}

} // namespace crux::interop
