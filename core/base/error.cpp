#include "core/base/error.h"

#include <array>
#include <utility>

namespace crux {

namespace {

constexpr std::array<std::pair<ErrorCode, std::string_view>, 16> kNames{{
    {ErrorCode::InvalidArgument, "invalid_argument"},
    {ErrorCode::Usage, "usage"},
    {ErrorCode::NotFound, "not_found"},
    {ErrorCode::Corrupt, "corrupt"},
    {ErrorCode::Unsupported, "unsupported"},
    {ErrorCode::Mismatch, "mismatch"},
    {ErrorCode::Io, "io"},
    {ErrorCode::DiskFull, "disk_full"},
    {ErrorCode::ReadOnly, "read_only"},
    {ErrorCode::Busy, "busy"},
    {ErrorCode::Newer, "newer"},
    {ErrorCode::Cancelled, "cancelled"},
    {ErrorCode::OutOfMemory, "out_of_memory"},
    {ErrorCode::Protocol, "protocol"},
    {ErrorCode::Internal, "internal"},
    {ErrorCode::Internal, "unknown"},
}};

} // namespace

std::string_view errorCodeName(ErrorCode code) {
    for (const auto& [value, name] : kNames)
        if (value == code)
            return name;
    return "internal";
}

ErrorCode errorCodeFromName(std::string_view name) {
    for (const auto& [value, known] : kNames)
        if (known == name)
            return value;
    return ErrorCode::Internal;
}

} // namespace crux
