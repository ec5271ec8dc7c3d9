// Crux: what can go wrong because of a user, a file or another process.
#pragma once

#include <string>
#include <string_view>

namespace crux {

/// Kind of failure. The window maps it to a translated sentence, the command line to an exit code.
enum class ErrorCode {
    InvalidArgument, ///< a value outside what is allowed
    Usage,           ///< the command line itself is wrong (exit 2)
    NotFound,        ///< a file, row or name that is not there
    Corrupt,         ///< bytes that do not mean what they claim
    Unsupported,     ///< understood, but outside what Crux computes
    Mismatch,        ///< two things that must agree do not (vocabularies, shapes, hashes)
    Io,              ///< the operating system refused
    DiskFull,
    ReadOnly,
    Busy,  ///< another process holds it
    Newer, ///< written by a newer Crux
    Cancelled,
    OutOfMemory,
    Protocol, ///< a peer process broke the agreed form
    Internal, ///< our own fault
};

/// Stable lower-case name of a code ("not_found"), used in JSON and in the job table.
std::string_view errorCodeName(ErrorCode code);
ErrorCode errorCodeFromName(std::string_view name);

/// One failure. `message` is one sentence for a person: what failed, on what, what to do.
/// `where` names the object (a path, "line 12", a job); `detail` is copyable English for a report.
struct Error {
    ErrorCode code = ErrorCode::Internal;
    std::string message;
    std::string where;
    std::string detail;
};

} // namespace crux
