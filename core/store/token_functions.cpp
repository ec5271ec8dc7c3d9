#include "core/store/token_functions.h"

#include "core/spec/steps.h"
#include "core/store/score_summary.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <sqlite3.h>
#include <string_view>
#include <vector>

namespace crux::store {

namespace {

std::string_view bytesOf(sqlite3_value* value) {
    const auto* data = static_cast<const char*>(sqlite3_value_blob(value));
    return {data == nullptr ? "" : data, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

template <typename T> std::vector<T> arrayOf(sqlite3_value* value) {
    static_assert(sizeof(T) == 4);
    const std::string_view bytes = bytesOf(value);
    std::vector<T> values(bytes.size() / sizeof(T));
    if (!values.empty())
        std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
    return values;
}

void answer(sqlite3_context* context, const std::vector<std::int32_t>& values) {
    if (values.empty())
        sqlite3_result_zeroblob(context, 0);
    else
        sqlite3_result_blob64(context, values.data(), values.size() * sizeof(std::int32_t),
                              SQLITE_TRANSIENT);
}

/// Exceptions may not pass through SQLite.
template <typename Body> void safely(sqlite3_context* context, Body&& body) {
    try {
        body();
    } catch (const std::bad_alloc&) {
        sqlite3_result_error_nomem(context);
    }
}

void stepFirstsFunction(sqlite3_context* context, int, sqlite3_value** arguments) {
    safely(context, [&] {
        const std::string_view prompt = bytesOf(arguments[0]), response = bytesOf(arguments[1]);
        const auto offsets = arrayOf<std::int32_t>(arguments[2]);
        std::string text(prompt);
        text += response;
        const auto size = static_cast<std::int32_t>(text.size());
        std::vector<std::string_view> tokens;
        tokens.reserve(offsets.size() / 2);
        for (std::size_t i = 0; i + 1 < offsets.size(); i += 2) {
            const std::int32_t begin = std::clamp(offsets[i], 0, size);
            const std::int32_t end = std::clamp(offsets[i + 1], begin, size);
            tokens.push_back(std::string_view(text).substr(static_cast<std::size_t>(begin),
                                                           static_cast<std::size_t>(end - begin)));
        }
        answer(context, stepFirsts(tokens, sqlite3_value_int(arguments[3])));
    });
}

void lowestPositionsFunction(sqlite3_context* context, int, sqlite3_value** arguments) {
    safely(context, [&] {
        const auto scores = arrayOf<float>(arguments[0]);
        answer(context, summarise(scores, sqlite3_value_int(arguments[1])).lowestPositions);
    });
}

void pickFunction(sqlite3_context* context, int, sqlite3_value** arguments) {
    safely(context, [&] {
        const auto values = arrayOf<std::int32_t>(arguments[0]);
        std::vector<std::int32_t> picked;
        for (const std::int32_t position : arrayOf<std::int32_t>(arguments[1]))
            picked.push_back(position >= 0 && position < std::ssize(values)
                                 ? values[static_cast<std::size_t>(position)]
                                 : -1);
        answer(context, picked);
    });
}

void floatAtFunction(sqlite3_context* context, int, sqlite3_value** arguments) {
    const std::string_view bytes = bytesOf(arguments[0]);
    const sqlite3_int64 at = sqlite3_value_int64(arguments[1]);
    if (at < 0 || static_cast<std::size_t>(at) >= bytes.size() / sizeof(float))
        return sqlite3_result_null(context);
    float value = 0;
    std::memcpy(&value, bytes.data() + static_cast<std::size_t>(at) * sizeof(float), sizeof value);
    if (std::isnan(value))
        return sqlite3_result_null(context);
    sqlite3_result_double(context, static_cast<double>(value));
}

/// crux_among(int64 blob, ascending; id)
void amongFunction(sqlite3_context* context, int, sqlite3_value** arguments) {
    const std::string_view bytes = bytesOf(arguments[0]);
    const sqlite3_int64 wanted = sqlite3_value_int64(arguments[1]);
    const auto at = [&](std::size_t i) {
        sqlite3_int64 id = 0;
        std::memcpy(&id, bytes.data() + i * sizeof id, sizeof id);
        return id;
    };
    std::size_t from = 0, count = bytes.size() / sizeof(sqlite3_int64);
    const std::size_t all = count;
    while (count > 0) { // the first that is not below `wanted`
        const std::size_t half = count / 2;
        if (at(from + half) < wanted) {
            from += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    sqlite3_result_int(context, from < all && at(from) == wanted);
}

} // namespace

void registerTokenFunctions(SQLite::Database& database) {
    constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    using Function = void (*)(sqlite3_context*, int, sqlite3_value**);
    const auto add = [&](const char* name, int arguments, Function function) {
        database.check(sqlite3_create_function_v2(database.getHandle(), name, arguments, kFlags,
                                                  nullptr, function, nullptr, nullptr, nullptr));
    };
    add("crux_step_firsts", 4, stepFirstsFunction);
    add("crux_lowest_positions", 2, lowestPositionsFunction);
    add("crux_pick", 2, pickFunction);
    add("crux_float_at", 2, floatAtFunction);
    add("crux_among", 2, amongFunction);
}

} // namespace crux::store
