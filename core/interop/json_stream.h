// JSON documents of any size, a value at a time: memory for the value at hand.
#pragma once

#include "core/interop/input_file.h"

#include <optional>
#include <string>
#include <vector>

namespace crux::interop {

/// A cursor in one document. It finds where values begin and end; whether a value is well-formed
/// says parseJson of its text. Errors are those of the file as a whole: Corrupt naming the line
/// (cut short, no comma between values), Io. Not thread-safe.
class JsonStream {
public:
    /// `offset` and `line`: of a value found by an earlier pass over the same file.
    static Result<JsonStream> open(const Path& path, std::int64_t offset = 0,
                                   std::int64_t line = 1);

    /// First byte of the value at the cursor, blanks passed over; '\0' at the end of the file.
    Result<char> kind();
    /// Goes into the list or object at the cursor.
    Status enter();
    /// The next key of the object that was entered last; the cursor is at its value. None: it
    /// ended, and the cursor is behind it.
    Result<std::optional<std::string>> nextKey();
    /// True with the cursor at the next value of the list that was entered last.
    Result<bool> nextItem();
    /// Text of the value at the cursor; none when it is longer than `maxBytes` and was passed over.
    Result<std::optional<std::string>> value(std::size_t maxBytes);
    Status skip();
    /// Nothing but blanks may follow the document.
    Status finish();

    std::int64_t line() const { return m_line; }
    std::int64_t offset() const { return m_offset; }
    const Path& path() const { return m_file.path(); }

private:
    JsonStream(InputFile file, std::int64_t offset, std::int64_t line);
    Result<int> peek();
    void pass(); ///< the byte that peek() showed
    Status fill();
    Failure corrupt(const std::string& what) const;
    Result<bool> another(char close);
    Status passValue(std::string* text, std::size_t maxBytes, bool& tooLong);

    InputFile m_file;
    std::string m_buffer;
    std::size_t m_at = 0;
    std::int64_t m_offset, m_line;
    std::vector<bool> m_first; ///< of each container entered: no value of it was read yet
    bool m_atEnd = false;
};

} // namespace crux::interop
