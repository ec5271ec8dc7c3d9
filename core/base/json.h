// JSON at the borders: strict reading with a depth and size cap, strict writing (NaN and infinities
// become null, invalid UTF-8 becomes U+FFFD).
#pragma once

#include "core/base/result.h"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace crux {

using Json = nlohmann::json;

/// Deepest nesting accepted from outside.
inline constexpr int kMaxJsonDepth = 128;
/// Longest line accepted from outside (bytes).
inline constexpr std::size_t kMaxLineBytes = std::size_t{16} << 20;

/// Parses one JSON value. Refuses trailing text, nesting over kMaxJsonDepth, NUL bytes, invalid
/// UTF-8.
Result<Json> parseJson(std::string_view text);

/// One line without a line end.
std::string dumpJson(const Json& value);

/// A number of finite value, or null.
Json jsonNumber(double value);

/// Typed field access with one-sentence errors ("field \"ids\" is missing", "... is not a string").
Result<std::string> jsonString(const Json& object, const char* key);
Result<std::int64_t> jsonInt(const Json& object, const char* key);
Result<double> jsonDouble(const Json& object, const char* key);
Result<bool> jsonBool(const Json& object, const char* key);

} // namespace crux
