#include "core/base/log.h"

#include <atomic>
#include <cstdio>
#include <mutex>

namespace crux {

namespace {

std::mutex sinkMutex;
LogSink installedSink; // guarded by sinkMutex
std::atomic<LogLevel> minimumLevel{LogLevel::Info};

const char* levelName(LogLevel level) {
    switch (level) {
    case LogLevel::Debug:
        return "debug";
    case LogLevel::Info:
        return "info";
    case LogLevel::Warning:
        return "warning";
    case LogLevel::Error:
        return "error";
    }
    return "info";
}

} // namespace

void setLogSink(LogSink sink) {
    const std::lock_guard lock(sinkMutex);
    installedSink = std::move(sink);
}

void setLogLevel(LogLevel minimum) {
    minimumLevel = minimum;
}

void logMessage(LogLevel level, std::string_view text) {
    if (level < minimumLevel.load())
        return;
    const std::lock_guard lock(sinkMutex);
    if (installedSink) {
        installedSink(level, text);
        return;
    }
    std::fprintf(stderr, "%s: %.*s\n", levelName(level), static_cast<int>(text.size()),
                 text.data());
}

} // namespace crux
