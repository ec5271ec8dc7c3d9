// The filter language over rows in memory: tables that SQLite does not select for. A table names
// its fields; a bare word looks into all of its texts.
#pragma once

#include "core/base/result.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace crux::store {

struct FilterNode;

/// A field that rows of a table have. Yes-or-no fields give 1 or 0.
struct RowField {
    enum class Kind { Number, Text, YesNo } kind = Kind::Text;
    std::string name, doc;
};
using RowValue = std::variant<double, std::string>;

/// An immutable, parsed expression. Copies are cheap.
class RowFilter {
public:
    RowFilter() = default; ///< everything
    /// Faults as parseFilter() tells them.
    static Result<RowFilter> make(std::string_view expression, const std::vector<RowField>& fields);
    /// `value(i)`: of the i-th field of the row.
    bool matches(const std::function<RowValue(std::size_t field)>& value) const;
    bool empty() const { return m_tree == nullptr; }

private:
    std::shared_ptr<const FilterNode> m_tree;
    std::vector<RowField> m_fields;
};

} // namespace crux::store
