#include "core/interop/csv_reader.h"

#include "core/base/text_util.h"

namespace crux::interop {

namespace {

/// State of one record while its lines come in.
class RecordParser {
public:
    RecordParser(CsvRecord& record, char separator)
        : m_record(record)
        , m_separator(separator) {}

    /// True when the record goes on with the next line.
    bool feed(std::string_view line) {
        for (const char c : line)
            take(c);
        if (m_state == State::Quoted)
            return true;
        m_record.fields.push_back(std::move(m_field));
        return false;
    }
    void lineBreak() { m_field += '\n'; }

private:
    enum class State { Start, Plain, Quoted, AfterQuote };

    void take(char c) {
        if (m_state == State::Quoted) {
            if (c == '"')
                m_state = State::AfterQuote;
            else
                m_field += c;
        } else if (c == m_separator) {
            m_record.fields.push_back(std::move(m_field));
            m_field.clear();
            m_state = State::Start;
        } else if (c == '"') {
            takeQuote();
        } else if (m_state == State::AfterQuote) {
            fault("text follows the closing quote of a field");
        } else {
            m_field += c;
            m_state = State::Plain;
        }
    }

    void takeQuote() {
        if (m_state == State::AfterQuote) // a doubled quote
            m_field += '"';
        else if (m_state == State::Plain)
            return fault("a quote stands inside a field that is not quoted");
        m_state = State::Quoted;
    }

    void fault(std::string_view what) {
        if (m_record.fault.empty())
            m_record.fault = what;
        m_state = State::Plain;
    }

    CsvRecord& m_record;
    char m_separator;
    std::string m_field;
    State m_state = State::Start;
};

} // namespace

CsvReader::CsvReader(LineReader lines, char separator)
    : m_lines(std::move(lines))
    , m_separator(separator) {}

Result<std::optional<CsvRecord>> CsvReader::next() {
    CsvRecord record;
    RecordParser parser(record, m_separator);
    std::size_t bytes = 0;
    while (true) {
        CRUX_TRY(line, m_lines.next());
        if (!line) {
            if (record.line == 0)
                return std::optional<CsvRecord>();
            record.fault = "a quoted field that begins here is never closed";
            break;
        }
        if (record.line == 0)
            record.line = line->number;
        bytes += line->text.size();
        if (line->tooLong || bytes > kMaxLineBytes) {
            record.fault = cat("the record is longer than ", kMaxLineBytes >> 20, " MiB");
            break;
        }
        if (!parser.feed(line->text))
            break;
        parser.lineBreak();
    }
    return std::optional<CsvRecord>(std::move(record));
}

std::string csvCell(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos && trimmed(text) == text)
        return std::string(text);
    std::string out = "\"";
    for (const char c : text)
        out += c == '"' ? std::string("\"\"") : std::string(1, c);
    return out + '"';
}

} // namespace crux::interop
