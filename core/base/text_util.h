// Small text helpers without a better home: joining, splitting, UTF-8 checks.
#pragma once

#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace crux {

/// Streams all parts into one string: cat("line ", 12, ": ", why).
template <typename... Parts> std::string cat(const Parts&... parts) {
    std::ostringstream out;
    (out << ... << parts);
    return std::move(out).str();
}

std::vector<std::string_view> split(std::string_view text, char separator);
std::string_view trimmed(std::string_view text);
/// Byte offset of the first ill-formed UTF-8 sequence, or npos.
std::size_t firstInvalidUtf8(std::string_view text);
/// Ill-formed parts replaced by U+FFFD, one for each maximal ill-formed part (as Python's
/// "replace").
std::string withReplacedUtf8(std::string_view text);
/// Lower-case hex.
std::string toHex(std::string_view bytes);

} // namespace crux
