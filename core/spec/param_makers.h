// Rows of the parameter tables, one maker a type. Internal to the room.
#pragma once

#include "core/spec/params.h"

#include <cstdint>
#include <utility>

namespace crux::make_param {

inline ParamDef text(std::string name, Json defaultValue, std::string doc) {
    return {std::move(name), ParamType::Text, std::move(defaultValue), {}, {}, {}, std::move(doc)};
}

inline ParamDef boolean(std::string name, bool defaultValue, std::string doc) {
    return {std::move(name), ParamType::Boolean, defaultValue, {}, {}, {}, std::move(doc)};
}

/// The first choice is the default.
inline ParamDef choice(std::string name, std::vector<std::string> choices, std::string doc) {
    Json first = choices.front();
    return {std::move(name),    ParamType::Choice, std::move(first), {}, {},
            std::move(choices), std::move(doc)};
}

inline ParamDef integer(std::string name, std::int64_t value, double low, double high,
                        std::string doc) {
    return {std::move(name), ParamType::Integer, value, low, high, {}, std::move(doc)};
}

inline ParamDef real(std::string name, double value, double low, double high, std::string doc) {
    return {std::move(name), ParamType::Real, value, low, high, {}, std::move(doc)};
}

} // namespace crux::make_param
