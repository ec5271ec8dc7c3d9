// Words of a filter expression with their columns. Internal to the room.
#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace crux::store {

struct FilterToken {
    enum class Kind { Word, Quoted, Op, Open, Close, End } kind = Kind::End;
    std::string text;
    std::size_t column = 1; ///< 1-based, in characters
};

/// The Error's `where` is "column N".
Result<std::vector<FilterToken>> lexFilter(std::string_view expression);

/// The Error of the filter language: `where` = "column N".
Failure filterFault(std::size_t column, const std::string& expected);

} // namespace crux::store
