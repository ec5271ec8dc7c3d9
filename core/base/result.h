// Result<T>: a value or an Error. Small and own, because the engine-only build on a bare GPU
// machine has no header but LibTorch, nlohmann-json and CLI11.
#pragma once

#include "core/base/check.h"
#include "core/base/error.h"

#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace crux {

/// Wraps an Error so that `return fail(...)` converts to any Result.
struct Failure {
    Error error;
};

inline Failure fail(ErrorCode code, std::string message, std::string where = {},
                    std::string detail = {}) {
    return Failure{Error{code, std::move(message), std::move(where), std::move(detail)}};
}
inline Failure fail(Error error) {
    return Failure{std::move(error)};
}

/// A value of T or an Error. Reading the wrong side is a programming error and stops the program.
template <typename T> class [[nodiscard]] Result {
public:
    Result(T value)
        : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Failure failure)
        : m_state(std::in_place_index<1>, std::move(failure.error)) {}
    /// From anything T can be made of (a derived unique_ptr, a string literal).
    template <typename U>
    requires(std::is_convertible_v<U, T> && !std::is_same_v<std::decay_t<U>, T> &&
             !std::is_same_v<std::decay_t<U>, Failure> &&
             !std::is_same_v<std::decay_t<U>, Result<T>>) Result(U&& value)
        : m_state(std::in_place_index<0>, std::forward<U>(value)) {}

    bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & {
        CRUX_CHECK(ok());
        return *std::get_if<0>(&m_state);
    }
    const T& value() const& {
        CRUX_CHECK(ok());
        return *std::get_if<0>(&m_state);
    }
    T&& value() && {
        CRUX_CHECK(ok());
        return std::move(*std::get_if<0>(&m_state));
    }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Error& error() const {
        CRUX_CHECK(!ok());
        return *std::get_if<1>(&m_state);
    }

private:
    std::variant<T, Error> m_state;
};

template <> class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Failure failure)
        : m_error(std::move(failure.error))
        , m_ok(false) {}

    bool ok() const { return m_ok; }
    explicit operator bool() const { return m_ok; }
    const Error& error() const {
        CRUX_CHECK(!m_ok);
        return m_error;
    }

private:
    Error m_error;
    bool m_ok = true;
};

using Status = Result<void>;

} // namespace crux

#define CRUX_CONCAT_(a, b) a##b
#define CRUX_CONCAT(a, b) CRUX_CONCAT_(a, b)

/// `CRUX_TRY(name, expr)`: declares name from expr's value or returns its Error from this function.
#define CRUX_TRY(name, expr)                                                                       \
    auto CRUX_CONCAT(crux_result_, __LINE__) = (expr);                                             \
    if (!CRUX_CONCAT(crux_result_, __LINE__).ok())                                                 \
        return ::crux::fail(CRUX_CONCAT(crux_result_, __LINE__).error());                          \
    auto name = std::move(CRUX_CONCAT(crux_result_, __LINE__)).value()

/// `CRUX_TRY_VOID(expr)`: returns the Error of expr from this function, if it has one.
#define CRUX_TRY_VOID(expr)                                                                        \
    do {                                                                                           \
        auto crux_status_ = (expr);                                                                \
        if (!crux_status_.ok())                                                                    \
            return ::crux::fail(crux_status_.error());                                             \
    } while (false)
