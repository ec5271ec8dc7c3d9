#include "app/cli/progress_bar.h"

#include "core/base/clock.h"
#include "core/base/text_util.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace crux::cli {

namespace {
constexpr int kWidth = 30;
constexpr double kIntervalMs = 100;
} // namespace

ProgressBar::ProgressBar(std::string unit)
    : m_unit(std::move(unit))
    , m_terminal(::isatty(STDERR_FILENO) == 1) {}

ProgressBar::~ProgressBar() {
    clear();
}

void ProgressBar::update(std::int64_t done, std::int64_t total, const std::string& note) {
    const double now = steadyMs();
    if (!m_terminal || (now - m_lastMs < kIntervalMs && done != total))
        return;
    m_lastMs = now;
    std::string line;
    if (total > 0) {
        const double share =
            std::clamp(static_cast<double>(done) / static_cast<double>(total), 0., 1.);
        const auto filled = static_cast<std::size_t>(share * kWidth);
        line = cat("[", std::string(filled, '#'), std::string(kWidth - filled, '.'), "] ",
                   static_cast<int>(share * 100), " %");
        if (!m_unit.empty())
            line += cat("  ", done, "/", total, " ", m_unit);
    } else if (!m_unit.empty()) {
        line = cat(done, " ", m_unit);
    }
    if (!note.empty())
        line += (line.empty() ? "" : "  ") + note;
    std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
    std::fflush(stderr);
    m_drawn = true;
}

void ProgressBar::clear() {
    if (m_drawn)
        std::fputs("\r\x1b[K", stderr);
    m_drawn = false;
}

} // namespace crux::cli
