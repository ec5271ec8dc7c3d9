// Log lines: to stderr by default; a program may install another sink (the worker keeps the last
// 200 lines, the window shows them). Never stdout: that carries data.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace crux {

enum class LogLevel { Debug, Info, Warning, Error };

using LogSink = std::function<void(LogLevel, std::string_view)>;

/// Replaces the sink for the whole process. Thread-safe; the sink itself must be too.
void setLogSink(LogSink sink);
void setLogLevel(LogLevel minimum);
void logMessage(LogLevel level, std::string_view text);
inline void logDebug(std::string_view text) {
    logMessage(LogLevel::Debug, text);
}
inline void logInfo(std::string_view text) {
    logMessage(LogLevel::Info, text);
}
inline void logWarning(std::string_view text) {
    logMessage(LogLevel::Warning, text);
}
inline void logError(std::string_view text) {
    logMessage(LogLevel::Error, text);
}

} // namespace crux
