#include "core/interop/json_stream.h"

#include "core/base/json.h"
#include "core/base/text_util.h"

namespace crux::interop {

namespace {

constexpr std::size_t kMaxKeyBytes = 4096;

bool blank(int c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// Where a scan stands inside a value: brackets are counted, those inside strings are not.
class ValueScan {
public:
    /// True when `c` no longer belongs to the value.
    bool endsBefore(int c) const {
        return m_started && !m_inString && m_depth == 0 &&
               (m_closed || blank(c) || c == ',' || c == ']' || c == '}');
    }
    void take(int c) {
        m_started = true;
        if (m_inString) {
            takeInString(c);
        } else if (c == '"') {
            m_inString = true;
        } else if (c == '{' || c == '[') {
            ++m_depth;
        } else if (c == '}' || c == ']') {
            --m_depth;
            m_closed = m_depth == 0;
        }
    }
    bool open() const { return m_inString || m_depth > 0; }
    bool closed() const { return m_closed; }
    bool started() const { return m_started; }

private:
    void takeInString(int c) {
        if (m_escaped) {
            m_escaped = false;
        } else if (c == '\\') {
            m_escaped = true;
        } else if (c == '"') {
            m_inString = false;
            m_closed = m_depth == 0;
        }
    }

    bool m_started = false, m_inString = false, m_escaped = false, m_closed = false;
    int m_depth = 0;
};

} // namespace

JsonStream::JsonStream(InputFile file, std::int64_t offset, std::int64_t line)
    : m_file(std::move(file))
    , m_offset(offset)
    , m_line(line) {}

Result<JsonStream> JsonStream::open(const Path& path, std::int64_t offset, std::int64_t line) {
    CRUX_TRY(file, InputFile::open(path, offset));
    JsonStream stream(std::move(file), offset, line);
    CRUX_TRY_VOID(stream.fill());
    if (offset == 0 && std::string_view(stream.m_buffer).starts_with(kByteOrderMark)) {
        stream.m_at = kByteOrderMark.size();
        stream.m_offset = static_cast<std::int64_t>(kByteOrderMark.size());
    }
    return stream;
}

Status JsonStream::fill() {
    m_at = 0;
    CRUX_TRY_VOID(m_file.fill(m_buffer));
    m_atEnd = m_buffer.empty();
    return {};
}

Failure JsonStream::corrupt(const std::string& what) const {
    return fail(ErrorCode::Corrupt, cat(path().string(), " line ", m_line, ": ", what),
                cat(path().string(), " line ", m_line));
}

Result<int> JsonStream::peek() {
    if (m_at >= m_buffer.size() && !m_atEnd)
        CRUX_TRY_VOID(fill());
    return m_atEnd ? -1 : static_cast<int>(static_cast<unsigned char>(m_buffer[m_at]));
}

void JsonStream::pass() {
    m_line += m_buffer[m_at] == '\n' ? 1 : 0;
    ++m_at;
    ++m_offset;
}

Result<char> JsonStream::kind() {
    while (true) {
        CRUX_TRY(c, peek());
        if (c < 0)
            return '\0';
        if (!blank(c))
            return static_cast<char>(c);
        pass();
    }
}

Status JsonStream::enter() {
    CRUX_TRY(c, kind());
    if (c != '{' && c != '[')
        return corrupt("a list or an object was expected");
    pass();
    m_first.push_back(true);
    return {};
}

/// Passes the comma before the next value, or the bracket after the last one.
Result<bool> JsonStream::another(char close) {
    CRUX_TRY(c, kind());
    if (c == close) {
        pass();
        m_first.pop_back();
        return false;
    }
    if (m_first.back()) {
        m_first.back() = false;
        return true;
    }
    if (c != ',')
        return corrupt(c == '\0' ? std::string("the file ends before its last bracket")
                                 : cat("a comma or \"", close, "\" was expected"));
    pass();
    return true;
}

Result<std::optional<std::string>> JsonStream::nextKey() {
    CRUX_TRY(more, another('}'));
    if (!more)
        return std::optional<std::string>();
    CRUX_TRY(quote, kind());
    if (quote != '"')
        return corrupt("a key in double quotes was expected");
    CRUX_TRY(text, value(kMaxKeyBytes));
    const auto parsed = text ? parseJson(*text) : Result<Json>(fail(ErrorCode::Corrupt, ""));
    if (!parsed.ok() || !parsed->is_string())
        return corrupt("the key is not readable");
    CRUX_TRY(colon, kind());
    if (colon != ':')
        return corrupt("a colon was expected after the key");
    pass();
    return std::optional<std::string>(parsed->get<std::string>());
}

Result<bool> JsonStream::nextItem() {
    return another(']');
}

Status JsonStream::passValue(std::string* text, std::size_t maxBytes, bool& tooLong) {
    CRUX_TRY(begins, kind());
    const std::int64_t began = m_line;
    if (begins == ',' || begins == ']' || begins == '}')
        return corrupt("a value was expected");
    ValueScan scan;
    while (true) {
        if (m_at >= m_buffer.size() && !m_atEnd)
            CRUX_TRY_VOID(fill());
        const int c = m_atEnd ? -1 : static_cast<unsigned char>(m_buffer[m_at]);
        if (c < 0 && (scan.open() || !scan.started()))
            return corrupt(cat("the file ends inside the value that begins in line ", began));
        if (c < 0 || scan.endsBefore(c))
            return {};
        scan.take(c);
        if (text != nullptr && !tooLong) {
            tooLong = text->size() >= maxBytes;
            text->push_back(static_cast<char>(c));
        }
        pass();
        if (scan.closed())
            return {};
    }
}

Result<std::optional<std::string>> JsonStream::value(std::size_t maxBytes) {
    std::string text;
    bool tooLong = false;
    CRUX_TRY_VOID(passValue(&text, maxBytes, tooLong));
    if (tooLong)
        return std::optional<std::string>();
    return std::optional<std::string>(std::move(text));
}

Status JsonStream::skip() {
    bool tooLong = false;
    return passValue(nullptr, 0, tooLong);
}

Status JsonStream::finish() {
    CRUX_TRY(c, kind());
    return c == '\0' ? Status() : Status(corrupt("text follows the end of the document"));
}

} // namespace crux::interop
