// Fields of a JSON row by name, for the kinds whose columns are fixed. Every failure is one
// sentence naming the field. Internal to the room.
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"

#include <string>
#include <vector>

namespace crux::interop {

Failure wrongField(const char* key, const char* what);

/// A text without a NUL character; `what` names the value in the sentence of a failure.
Result<std::string> plainText(const Json& value, const std::string& what);
/// The same of a field that must be there.
Result<std::string> textField(const Json& object, const char* key);
/// A text as it is, a number or true / false as JSON writes it; empty for anything else.
std::string labelField(const Json& object, const char* key);
/// The texts or numbers of a list, or the one that stands in place of a list; null, lists and
/// objects in it are passed over.
std::vector<std::string> listedTexts(const Json& object, const char* key);

} // namespace crux::interop
