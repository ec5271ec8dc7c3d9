// The room's own thin layer over SQLiteCpp: one connection with its statement cache, statements as
// scoped Query objects, exceptions turned to Errors at one place. Only the .cpp files of core/store
// include it.
#pragma once

#include "core/store/project.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <sqlite3.h>

#include <bit>
#include <concepts>
#include <cstring>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crux::store {

static_assert(std::endian::native == std::endian::little, "blobs are little-endian");

struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
/// SQLiteCpp's own Statement hides its handle and binds no 64-bit lengths; hence the plain one.
using StatementPtr = std::unique_ptr<sqlite3_stmt, Finalize>;

/// State behind a Project. Owner: Project. One thread at a time.
struct Project::Impl {
    Path file;
    bool readOnly = false;
    std::string readOnlyReason;
    bool localDisk = true;
    std::unique_ptr<SQLite::Database> database;
    int writeDepth = 0; ///< nested write() calls
    /// errno of the last failed statement: SQLite forgets it when the statement is reset.
    mutable int systemErrno = 0;
    /// Prepared statements that are not in use, by their text.
    std::map<std::string, StatementPtr, std::less<>> statements;

    sqlite3* handle() const { return database->getHandle(); }
    ~Impl() { statements.clear(); }
};

/// Whether `part` stands in `text`, the case of ASCII letters aside: crux_contains of SQL.
bool containsText(std::string_view text, std::string_view part);

/// One use of a prepared statement: taken from the cache, reset and given back at scope end.
/// Throws SQLite::Exception; use inside guarded().
class Query {
public:
    Query(Project::Impl& impl, std::string_view sql);
    Query(const Project& project, std::string_view sql)
        : Query(project.impl(), sql) {}
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    /// Binds to the next free parameter.
    Query& bind(std::string_view text);
    Query& bind(double value);
    Query& bindNull();
    Query& bindBlob(const void* data, std::size_t bytes);
    template <std::integral T> Query& bind(T value) {
        return bindInt(static_cast<std::int64_t>(value));
    }
    /// A strong id; none becomes NULL.
    template <typename Tag> Query& bind(StrongId<Tag> id) {
        return id ? bindInt(id.value) : bindNull();
    }
    template <typename T> Query& bindArray(const std::vector<T>& values) {
        static_assert(sizeof(T) == 4);
        return bindBlob(values.data(), values.size() * sizeof(T));
    }
    template <typename... Values> Query& bindAll(const Values&... values) {
        (bind(values), ...);
        return *this;
    }

    bool step(); ///< true: a row is there
    void run();  ///< to the end
    /// To be bound and run again.
    void again();

    bool isNull(int column) const;
    std::int64_t integer(int column) const;
    std::int32_t integer32(int column) const { return static_cast<std::int32_t>(integer(column)); }
    double real(int column) const;
    std::string text(int column) const;
    std::span<const std::byte> blob(int column) const; ///< valid until the next step
    bool flag(int column) const { return integer(column) != 0; }
    template <typename Id> Id id(int column) const { return Id{integer(column)}; }
    template <typename T> std::vector<T> array(int column) const {
        static_assert(sizeof(T) == 4);
        const auto bytes = blob(column);
        std::vector<T> values(bytes.size() / sizeof(T));
        if (!values.empty())
            std::memcpy(values.data(), bytes.data(), values.size() * sizeof(T));
        return values;
    }

private:
    Query& bindInt(std::int64_t value);
    Query& checked(int code);
    [[noreturn]] void throwError(int code) const;
    Project::Impl& m_impl;
    StatementPtr m_statement;
    int m_next = 1;
    std::string m_sql;
};

/// Error of the connection's last failure, as one sentence naming the file.
Error sqlError(const Project::Impl& impl, const SQLite::Exception& exception);
Error sqlError(const Path& file, int code, int extendedCode, int systemErrno, std::string detail);

/// Runs `body` (returning a Result or Status) and turns SQLite's exceptions to Errors.
template <typename Body> auto guarded(const Project& project, Body&& body) -> decltype(body()) {
    try {
        return body();
    } catch (const SQLite::Exception& exception) {
        return fail(sqlError(project.impl(), exception));
    } catch (const std::bad_alloc&) {
        return fail(ErrorCode::OutOfMemory,
                    "not enough memory for a row of " + project.file().string(),
                    project.file().string());
    }
}

/// One transaction around `body`, which returns a Status. The repositories take const Projects (a
/// connection is not part of what a project "is"), hence this free function.
Status writing(const Project& project, const std::function<Status()>& body);

/// The same for a body that returns a value.
template <typename T>
Result<T> writingValue(const Project& project, const std::function<Result<T>()>& body) {
    std::optional<T> value;
    CRUX_TRY_VOID(writing(project, [&]() -> Status {
        auto result = body();
        if (!result.ok())
            return fail(result.error());
        value = std::move(result).value();
        return {};
    }));
    return std::move(*value);
}

inline std::int64_t lastRow(const Project& project) {
    return project.impl().database->getLastInsertRowid();
}
inline int changedRows(const Project& project) {
    return project.impl().database->getChanges();
}

Failure noSuchRow(const Project& project, std::string_view what, std::int64_t id);

/// SQL functions of Crux: crux_contains(text, part), crux_count_below(blob, first, threshold).
void registerFunctions(SQLite::Database& database);

/// Stored JSON back to a value; what cannot be read becomes an empty object (checkProject names
/// it).
Json storedJson(const std::string& text);

/// Row of provenance for it, made when new.
std::int64_t provenanceRow(const Project& project, const Provenance& provenance);
Provenance provenanceOf(const Project& project, std::int64_t id);
/// Row of provenance for it whatever version of the program wrote it, made when new: for work that
/// a newer version goes on with.
std::int64_t provenanceRowOfAnyVersion(const Project& project, const Provenance& provenance);

} // namespace crux::store
