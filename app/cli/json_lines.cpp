#include "app/cli/json_lines.h"

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "core/base/files.h"
#include "core/base/text_util.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

namespace crux::cli {

namespace {
constexpr std::size_t kChunk = 1 << 16;
}

Result<LineReader> LineReader::open(const std::string& file) {
    if (file.empty() || file == "-")
        return LineReader(STDIN_FILENO);
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return fail(errorCodeFromErrno(errno),
                    cat("The input file ", file, " cannot be read: ", systemErrorText(errno), "."),
                    file);
    return LineReader(descriptor);
}

LineReader::LineReader(LineReader&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1))
    , m_buffer(std::move(other.m_buffer))
    , m_begin(other.m_begin)
    , m_number(other.m_number)
    , m_atEnd(other.m_atEnd) {}

LineReader::~LineReader() {
    if (m_descriptor > STDERR_FILENO)
        ::close(m_descriptor);
}

Result<bool> LineReader::fill() {
    m_buffer.erase(0, m_begin);
    m_begin = 0;
    const std::size_t held = m_buffer.size();
    m_buffer.resize(held + kChunk);
    for (;;) {
        if (interrupted())
            return fail(ErrorCode::Cancelled, "Stopped by a signal before the end of the input.");
        const ssize_t got = ::read(m_descriptor, m_buffer.data() + held, kChunk);
        if (got < 0 && errno == EINTR)
            continue;
        m_buffer.resize(held + static_cast<std::size_t>(got > 0 ? got : 0));
        if (got < 0)
            return fail(errorCodeFromErrno(errno),
                        cat("Reading the input failed: ", systemErrorText(errno), "."));
        m_atEnd = got == 0;
        return got > 0;
    }
}

Result<std::optional<LineReader::Line>> LineReader::next() {
    Line line;
    std::size_t searched = 0;
    for (;;) {
        const std::size_t end = m_buffer.find('\n', m_begin + searched);
        if (end != std::string::npos) {
            line.text = line.tooLong ? std::string() : m_buffer.substr(m_begin, end - m_begin);
            m_begin = end + 1;
            break;
        }
        searched = m_buffer.size() - m_begin;
        if (searched > kMaxLineBytes) { // keep nothing of it, look for its end only
            line.tooLong = true;
            m_begin = m_buffer.size();
            searched = 0;
        }
        if (m_atEnd) {
            if (m_begin == m_buffer.size() && !line.tooLong)
                return std::optional<Line>();
            line.text = m_buffer.substr(m_begin);
            m_begin = m_buffer.size();
            break;
        }
        CRUX_TRY(more, fill());
        static_cast<void>(more);
    }
    line.number = ++m_number;
    line.tooLong = line.tooLong || line.text.size() > kMaxLineBytes;
    if (line.tooLong)
        line.text.clear();
    if (line.number == 1 && line.text.rfind("\xEF\xBB\xBF", 0) == 0)
        line.text.erase(0, 3);
    return std::optional<Line>(std::move(line));
}

bool LineReader::wouldWait() const {
    if (m_atEnd || m_buffer.find('\n', m_begin) != std::string::npos)
        return false;
    pollfd state{m_descriptor, POLLIN, 0};
    return ::poll(&state, 1, 0) == 0;
}

void LineWriter::write(const Json& value) {
    const std::string text = dumpJson(value);
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fputc('\n', stdout);
    ++m_lines;
}

void LineWriter::writeError(std::int64_t line, const Error& error) {
    write(Json{{"line", line}, {"error", sentenceOf(error)}});
    ++m_errors;
}

Status LineWriter::flush() {
    if (std::fflush(stdout) != 0 || std::ferror(stdout))
        return fail(errorCodeFromErrno(errno),
                    cat("Writing to the standard output failed: ", systemErrorText(errno), "."));
    return {};
}

void LineWriter::noteErrors() const {
    if (m_errors > 0)
        printNote(cat(m_errors, m_errors == 1 ? " line" : " lines",
                      " could not be used; see \"error\" in the output."));
}

Result<Json> objectOfLine(const LineReader::Line& line) {
    if (line.tooLong)
        return fail(ErrorCode::InvalidArgument, cat("The line is longer than ", kMaxLineBytes >> 20,
                                                    " MiB, the most that is read."));
    if (trimmed(line.text).empty())
        return fail(ErrorCode::InvalidArgument, "The line is empty; a JSON object was expected.");
    CRUX_TRY(value, parseJson(line.text));
    if (!value.is_object())
        return fail(ErrorCode::InvalidArgument, "The line is not a JSON object.");
    return value;
}

Result<std::vector<std::int32_t>> idsOf(const Json& object, const char* key) {
    const auto found = object.find(key);
    if (found == object.end())
        return fail(ErrorCode::InvalidArgument, cat("The field \"", key, "\" is missing."));
    const auto wrong = [&](const std::string& what) {
        return fail(ErrorCode::InvalidArgument,
                    cat("The field \"", key, "\" must be a list of token ids: ", what, "."));
    };
    if (!found->is_array())
        return wrong("it is not a list");
    std::vector<std::int32_t> ids;
    ids.reserve(found->size());
    for (std::size_t i = 0; i < found->size(); ++i) {
        const Json& item = (*found)[i];
        if (!item.is_number_integer())
            return wrong(cat("entry ", i, " is not a whole number"));
        const bool huge =
            item.is_number_unsigned() && item.get<std::uint64_t>() > std::uint64_t{0x7fffffff};
        const std::int64_t id = huge ? -1 : item.get<std::int64_t>();
        if (id < 0 || id > std::numeric_limits<std::int32_t>::max())
            return wrong(cat("entry ", i, " (", item.dump(), ") is out of range"));
        ids.push_back(static_cast<std::int32_t>(id));
    }
    return ids;
}

Json floatJson(float value) {
    if (!std::isfinite(value))
        return nullptr;
    char digits[48];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    double exact = 0;
    std::from_chars(digits, end, exact);
    return exact;
}

Json floatsJson(std::span<const float> values) {
    Json list = Json::array();
    for (const float value : values)
        list.push_back(floatJson(value));
    return list;
}

} // namespace crux::cli
