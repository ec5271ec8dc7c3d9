// What a self test tells: one line a check, and how many passed. Torch-free.
#pragma once

#include "core/base/text_util.h"
#include "core/engine/engine.h"

#include <cmath>
#include <functional>
#include <span>
#include <string>

namespace crux::engine {

/// Owner: one call of a self test. A check that cannot run counts as failed, with the reason.
class CheckReport {
public:
    using Line = std::function<void(const std::string& line)>;
    explicit CheckReport(const Line& line)
        : m_line(line) {}

    void expect(const std::string& name, bool ok, const std::string& detail) {
        ++(ok ? m_totals.passed : m_totals.failed);
        m_line(cat(ok ? "pass  " : "FAIL  ", name, detail.empty() ? "" : ": ", detail));
    }
    void compare(const std::string& name, double worst, double tolerance) {
        expect(name, worst <= tolerance,
               cat("largest difference ", worst, ", allowed ", tolerance));
    }
    /// `equal` of `all` agree; at least `share` of them must.
    void count(const std::string& name, std::size_t equal, std::size_t all, double share) {
        expect(name, static_cast<double>(equal) >= share * static_cast<double>(all),
               cat(equal, " of ", all, " equal, ", 100 * share, " % asked for"));
    }
    void skip(const std::string& name, const std::string& why) {
        ++m_totals.skipped;
        m_line(cat("skip  ", name, ": ", why));
    }
    void failed(const std::string& name, const Error& error) { expect(name, false, error.message); }
    const SelftestTotals& totals() const { return m_totals; }

private:
    const Line& m_line;
    SelftestTotals m_totals;
};

/// Infinite when the lengths differ or a number stands beside none; two NaN are alike.
inline double worstDifference(std::span<const float> a, std::span<const float> b) {
    if (a.size() != b.size())
        return INFINITY;
    double worst = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::isnan(a[i]) && std::isnan(b[i]))
            continue;
        const double difference = std::fabs(double{a[i]} - b[i]);
        worst = std::isnan(difference) ? INFINITY : std::max(worst, difference);
    }
    return worst;
}

} // namespace crux::engine
