#include "core/store/sql.h"

#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/store/token_functions.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace crux::store {

Query::Query(Project::Impl& impl, std::string_view sql)
    : m_impl(impl)
    , m_sql(sql) {
    if (const auto it = impl.statements.find(sql); it != impl.statements.end()) {
        m_statement = std::move(it->second);
        impl.statements.erase(it);
        return;
    }
    sqlite3_stmt* statement = nullptr;
    checked(sqlite3_prepare_v3(impl.handle(), m_sql.data(), static_cast<int>(m_sql.size()),
                               SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
    m_statement.reset(statement);
}

Query::~Query() {
    sqlite3_reset(m_statement.get());
    sqlite3_clear_bindings(m_statement.get());
    constexpr std::size_t kCached = 200;
    if (m_impl.statements.size() < kCached)
        m_impl.statements.emplace(std::move(m_sql), std::move(m_statement));
}

Query& Query::checked(int code) {
    if (code != SQLITE_OK)
        throwError(code);
    return *this;
}

void Query::throwError(int code) const {
    m_impl.systemErrno = sqlite3_system_errno(m_impl.handle());
    throw SQLite::Exception(m_impl.handle(), code);
}

Query& Query::bind(std::string_view text) {
    return checked(sqlite3_bind_text64(m_statement.get(), m_next++,
                                       text.data() == nullptr ? "" : text.data(), text.size(),
                                       SQLITE_TRANSIENT, SQLITE_UTF8));
}

Query& Query::bind(double value) {
    return checked(sqlite3_bind_double(m_statement.get(), m_next++, value));
}

Query& Query::bindNull() {
    return checked(sqlite3_bind_null(m_statement.get(), m_next++));
}

Query& Query::bindBlob(const void* data, std::size_t bytes) {
    if (bytes == 0)
        return checked(sqlite3_bind_zeroblob(m_statement.get(), m_next++, 0));
    return checked(sqlite3_bind_blob64(m_statement.get(), m_next++, data, bytes, SQLITE_TRANSIENT));
}

Query& Query::bindInt(std::int64_t value) {
    return checked(sqlite3_bind_int64(m_statement.get(), m_next++, value));
}

bool Query::step() {
    const int code = sqlite3_step(m_statement.get());
    if (code == SQLITE_ROW)
        return true;
    if (code != SQLITE_DONE)
        throwError(code);
    return false;
}

void Query::run() {
    while (step()) {
    }
}

void Query::again() {
    sqlite3_reset(m_statement.get());
    sqlite3_clear_bindings(m_statement.get());
    m_next = 1;
}

bool Query::isNull(int column) const {
    return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL;
}

std::int64_t Query::integer(int column) const {
    return sqlite3_column_int64(m_statement.get(), column);
}

double Query::real(int column) const {
    return sqlite3_column_double(m_statement.get(), column);
}

std::string Query::text(int column) const {
    const auto bytes = blob(column);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::span<const std::byte> Query::blob(int column) const {
    const void* data = sqlite3_column_blob(m_statement.get(), column);
    const int bytes = sqlite3_column_bytes(m_statement.get(), column);
    return {static_cast<const std::byte*>(data), static_cast<std::size_t>(bytes)};
}

Error sqlError(const Path& file, int code, int extendedCode, int systemErrno, std::string detail) {
    const std::string name = file.string();
    const auto error = [&](ErrorCode kind, std::string message) {
        return Error{kind, std::move(message), name, std::move(detail)};
    };
    // A limit on file sizes and a full disk reach SQLite as plain I/O errors; errno tells.
    const bool full = code == SQLITE_IOERR && systemErrno != 0 &&
                      errorCodeFromErrno(systemErrno) == ErrorCode::DiskFull;
    if (code == SQLITE_FULL || full)
        return error(ErrorCode::DiskFull, cat("the disk is full: ", name,
                                              " was not changed; free some space and try again"));
    switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return error(ErrorCode::Busy,
                     cat("another process is writing to ", name, "; try again in a moment"));
    case SQLITE_READONLY:
        return error(ErrorCode::ReadOnly, cat(name, " cannot be written: the file or its folder "
                                                    "is write-protected"));
    case SQLITE_CORRUPT:
        return error(ErrorCode::Corrupt, cat(name, " is damaged; open a backup of it, or ask "
                                                   "`crux-cli project check` what is readable"));
    case SQLITE_NOTADB:
        return error(ErrorCode::Corrupt, cat(name, " is not a Crux project"));
    case SQLITE_INTERRUPT:
        return error(ErrorCode::Cancelled, "the query was cancelled");
    case SQLITE_NOMEM:
        return error(ErrorCode::OutOfMemory, cat("not enough memory to read ", name));
    case SQLITE_TOOBIG:
        return error(ErrorCode::InvalidArgument,
                     cat("a value is too large to be stored in ", name));
    case SQLITE_CANTOPEN:
        return error(ErrorCode::Io, cat("cannot open ", name, "; check its path and permissions"));
    case SQLITE_IOERR:
        return error(ErrorCode::Io, cat("cannot read or write ", name, ": ",
                                        systemErrno != 0 ? systemErrorText(systemErrno)
                                                         : std::string("input/output error")));
    case SQLITE_CONSTRAINT:
        return error(ErrorCode::InvalidArgument,
                     cat("a row for ", name, " contradicts rows that are there (",
                         extendedCode == SQLITE_CONSTRAINT_FOREIGNKEY
                             ? "it names a missing row, or "
                               "a row that is still used"
                             : "it is there already",
                         ")"));
    default:
        return error(ErrorCode::Internal, cat("the project ", name, " refused a request"));
    }
}

Error sqlError(const Project::Impl& impl, const SQLite::Exception& exception) {
    int systemErrno = std::exchange(impl.systemErrno, 0);
    if (systemErrno == 0 && impl.database)
        systemErrno = sqlite3_system_errno(impl.handle());
    const int code = exception.getErrorCode() & 0xFF;
    return sqlError(impl.file, code, exception.getExtendedErrorCode(), systemErrno,
                    exception.what());
}

Failure noSuchRow(const Project& project, std::string_view what, std::int64_t id) {
    return fail(ErrorCode::NotFound,
                cat("there is no ", what, " ", id, " in ", project.file().string()),
                cat(what, " ", id));
}

Json storedJson(const std::string& text) {
    auto parsed = parseJson(text);
    return parsed.ok() ? std::move(parsed).value() : Json::object();
}

bool containsText(std::string_view text, std::string_view part) {
    const auto alike = [](char a, char b) {
        return std::tolower(static_cast<unsigned char>(a)) ==
               std::tolower(static_cast<unsigned char>(b));
    };
    return part.empty() ||
           std::search(text.begin(), text.end(), part.begin(), part.end(), alike) != text.end();
}

namespace {

std::string_view textArgument(sqlite3_value* value) {
    const auto* text = static_cast<const char*>(sqlite3_value_blob(value));
    return {text == nullptr ? "" : text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

/// crux_contains(text, part): ASCII case aside.
void containsFunction(sqlite3_context* context, int, sqlite3_value** arguments) {
    const std::string_view text = textArgument(arguments[0]);
    const std::string_view part = textArgument(arguments[1]);
    sqlite3_result_int(context, containsText(text, part));
}

/// crux_count_below(float32 blob, first index, threshold): NaN is never below.
void countBelowFunction(sqlite3_context* context, int, sqlite3_value** arguments) {
    const auto* data = static_cast<const char*>(sqlite3_value_blob(arguments[0]));
    const auto count = static_cast<std::size_t>(sqlite3_value_bytes(arguments[0])) / sizeof(float);
    const auto first = static_cast<std::size_t>(std::max(0, sqlite3_value_int(arguments[1])));
    const double threshold = sqlite3_value_double(arguments[2]);
    int below = 0;
    for (std::size_t i = first; i < count; ++i) {
        float value = 0;
        std::memcpy(&value, data + i * sizeof(float), sizeof value);
        below += static_cast<double>(value) < threshold ? 1 : 0;
    }
    sqlite3_result_int(context, below);
}

} // namespace

void registerFunctions(SQLite::Database& database) {
    constexpr int kFlags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    database.check(sqlite3_create_function_v2(database.getHandle(), "crux_contains", 2, kFlags,
                                              nullptr, containsFunction, nullptr, nullptr,
                                              nullptr));
    database.check(sqlite3_create_function_v2(database.getHandle(), "crux_count_below", 3, kFlags,
                                              nullptr, countBelowFunction, nullptr, nullptr,
                                              nullptr));
    registerTokenFunctions(database);
}

std::int64_t provenanceRow(const Project& project, const Provenance& p) {
    const std::string params = dumpJson(p.params);
    const std::string hash =
        hashText(dumpJson(Json{p.weightsHash, p.adapterHash, p.tokenizerHash, params, p.seed,
                               p.dtype, p.device, p.programVersion}));
    Query find(project, "SELECT id FROM provenance WHERE hash = ?");
    if (find.bind(hash).step())
        return find.integer(0);
    Query insert(project,
                 "INSERT INTO provenance(hash, weights_hash, adapter_hash, tokenizer_hash, params,"
                 " seed, dtype, device, program_version) VALUES (?,?,?,?,?,?,?,?,?)");
    insert.bindAll(hash, p.weightsHash, p.adapterHash, p.tokenizerHash, params, p.seed, p.dtype,
                   p.device, p.programVersion);
    insert.run();
    return lastRow(project);
}

std::int64_t provenanceRowOfAnyVersion(const Project& project, const Provenance& p) {
    Query find(project, "SELECT id FROM provenance WHERE weights_hash = ? AND adapter_hash = ? AND"
                        " tokenizer_hash = ? AND params = ? AND seed = ? AND dtype = ? AND"
                        " device = ? ORDER BY id LIMIT 1");
    find.bindAll(p.weightsHash, p.adapterHash, p.tokenizerHash, dumpJson(p.params), p.seed, p.dtype,
                 p.device);
    return find.step() ? find.integer(0) : provenanceRow(project, p);
}

Provenance provenanceOf(const Project& project, std::int64_t id) {
    Provenance p;
    Query query(project, "SELECT weights_hash, adapter_hash, tokenizer_hash, params, seed, dtype,"
                         " device, program_version FROM provenance WHERE id = ?");
    if (!query.bind(id).step())
        return p;
    p.weightsHash = query.text(0);
    p.adapterHash = query.text(1);
    p.tokenizerHash = query.text(2);
    p.params = storedJson(query.text(3));
    p.seed = static_cast<std::uint64_t>(query.integer(4));
    p.dtype = query.text(5);
    p.device = query.text(6);
    p.programVersion = query.text(7);
    return p;
}

} // namespace crux::store
