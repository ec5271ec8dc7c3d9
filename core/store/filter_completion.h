// What may stand at the cursor of a half-written filter: fields, operators, values, "and". For
// completion while typing; knows nothing of a project, so values of its rows are asked for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace crux::store {

struct FilterSuggestion {
    std::string text; ///< what is put in place of [begin, cursor)
    std::string doc;
    std::size_t begin = 0; ///< byte
};

struct FilterCompletion {
    std::vector<FilterSuggestion> suggestions;
    /// Not empty: values of this field's rows fit here too (filterValues in corpus.h), those that
    /// hold `prefix`; they replace the bytes from `begin` to the cursor, see quotedForFilter.
    std::string valuesOf, prefix;
    std::size_t begin = 0;
};

/// `cursor` in bytes. Unclosed quotes and brackets are what one expects while typing.
FilterCompletion completeFilter(std::string_view expression, std::size_t cursor);

} // namespace crux::store
