// JSON Lines in and out. Lines are read with bounded memory; a line that cannot be used becomes
// {"line":N,"error":"one sentence"} in its place, so that none is dropped silently.
#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace crux::cli {

/// Reads lines from a file descriptor, at most kMaxLineBytes each: of a longer one the rest is
/// skipped unread into memory. Owns the descriptor unless it is stdin. Not thread-safe.
class LineReader {
public:
    /// "" or "-": stdin.
    static Result<LineReader> open(const std::string& file);
    LineReader(LineReader&& other) noexcept;
    LineReader& operator=(LineReader&&) = delete;
    LineReader(const LineReader&) = delete;
    LineReader& operator=(const LineReader&) = delete;
    ~LineReader();

    struct Line {
        std::int64_t number = 0; ///< counted from 1
        std::string text;        ///< without its end
        bool tooLong = false;
    };
    /// The next line; nullopt at the end. An Error when reading fails or a signal came.
    Result<std::optional<Line>> next();
    /// True when next() would have to wait for a slow writer: time to answer what is pending.
    bool wouldWait() const;

private:
    explicit LineReader(int descriptor)
        : m_descriptor(descriptor) {}
    Result<bool> fill();

    int m_descriptor = -1;
    std::string m_buffer;
    std::size_t m_begin = 0;
    std::int64_t m_number = 0;
    bool m_atEnd = false;
};

/// Writes lines to stdout and counts those that were errors.
class LineWriter {
public:
    void write(const Json& value);
    void writeError(std::int64_t line, const Error& error);
    /// Hands everything to the operating system; an Error when stdout is closed or its disk full.
    Status flush();
    std::int64_t errors() const { return m_errors; }
    std::int64_t lines() const { return m_lines; }
    /// "3 of 10 lines had errors" on stderr, when there were any.
    void noteErrors() const;

private:
    std::int64_t m_errors = 0, m_lines = 0;
};

/// Parses one line as a JSON object.
Result<Json> objectOfLine(const LineReader::Line& line);
/// The field as token ids: a list of whole numbers of 32 bits, none below 0.
Result<std::vector<std::int32_t>> idsOf(const Json& object, const char* key);

/// Finite floats with as few digits as tell them apart, others null.
Json floatJson(float value);
Json floatsJson(std::span<const float> values);

} // namespace crux::cli
