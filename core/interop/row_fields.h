// Roles of columns, and typed reading of a row's fields. Internal to the room.
#pragma once

#include "core/interop/row_source.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace crux::interop {

/// Roles in the order they are shown, each with the usual names of its column.
struct RoleFacts {
    std::string role;
    std::vector<std::string> usualNames;
};
const std::vector<RoleFacts>& roleFacts();

/// Role -> column: the user's choice, else the first usual name that is there and not taken.
/// InvalidArgument for an unknown role or a column that is not there.
Result<std::map<std::string, std::string>>
mapColumns(const std::vector<std::string>& columns,
           const std::map<std::string, std::string>& chosen);

/// Reads the fields of one row by role. Every failure is one sentence naming the column.
class RowFields {
public:
    RowFields(const Json& object, const std::map<std::string, std::string>& mapping)
        : m_object(object)
        , m_mapping(mapping) {}

    /// The value of a role, nullptr when it is not mapped, not there or null.
    const Json* find(const std::string& role) const;
    bool mapped(const std::string& role) const { return m_mapping.contains(role); }

    /// Text as it is; numbers and true / false as JSON writes them; of a list its first entry.
    Result<std::optional<std::string>> text(const std::string& role) const;
    Result<std::string> neededText(const std::string& role) const;
    Result<std::optional<std::int64_t>> integer(const std::string& role) const;
    /// true / false, 0 / 1, right / wrong / correct / incorrect; no_answer is false.
    Result<std::optional<bool>> verdict(const std::string& role) const;
    /// A list of token ids (CSV: JSON text of one).
    Result<std::optional<std::vector<std::int32_t>>> ids(const std::string& role) const;

    std::string columnOf(const std::string& role) const;

private:
    const Json& m_object;
    const std::map<std::string, std::string>& m_mapping;
};

} // namespace crux::interop
