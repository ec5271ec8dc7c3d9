// A progress bar on stderr, drawn only when stderr is a terminal and at most ten times a second.
#pragma once

#include <cstdint>
#include <string>

namespace crux::cli {

class ProgressBar {
public:
    /// `unit`: "lines", "trajectories"; empty where the note says what is done.
    explicit ProgressBar(std::string unit);
    ~ProgressBar(); ///< clears what it drew
    ProgressBar(const ProgressBar&) = delete;
    ProgressBar& operator=(const ProgressBar&) = delete;

    /// `total` 0: not known. `note` follows the numbers, such as "1,200 tokens/s".
    void update(std::int64_t done, std::int64_t total, const std::string& note = {});
    void clear();

private:
    std::string m_unit;
    bool m_terminal = false, m_drawn = false;
    double m_lastMs = -1e9;
};

} // namespace crux::cli
