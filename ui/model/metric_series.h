// Numbers of a training run as the charts need them: one grid of steps for all metrics logged
// together, values beside it, a running mean, and extremes of any stretch without looking at every
// point. Pure values; no Qt.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace crux::ui {

enum class RunAxis { Step, Epoch, Tokens, Time };

/// A step at which a metric was not logged; NaN is a step at which it was no number.
inline constexpr float kAbsent = std::numeric_limits<float>::infinity();

/// The steps of metrics that are logged together. All vectors have one length; each ascends.
struct StepGrid {
    std::vector<double> steps, epochs, tokens, minutes; ///< minutes since the run's first point
    std::int64_t firstMs = 0;

    const std::vector<double>& axis(RunAxis which) const;
    std::int64_t last() const; ///< last step, -1: none
    /// Index of the last step not after `step`; -1: none.
    std::ptrdiff_t indexOf(double step) const;
};

/// Lowest and highest of every block of points.
class Extremes {
public:
    /// Takes up what `values` has beyond what was seen before.
    void extend(const std::vector<float>& values);
    void clear();
    /// Indices of the lowest and the highest finite value in [begin, end); false: none is finite.
    bool of(const std::vector<float>& values, std::size_t begin, std::size_t end,
            std::size_t& lowest, std::size_t& highest) const;

private:
    static constexpr std::size_t kBlock = 64;
    std::vector<std::uint32_t> m_low, m_high; ///< of full blocks; kNone: nothing finite
};

/// One metric on a grid.
class MetricValues {
public:
    /// Absent up to `size`.
    void pad(std::size_t size);
    void append(float value) { m_raw.push_back(value); }

    const std::vector<float>& raw() const { return m_raw; }
    /// Mean with weights that halve every `halfLife` steps back, over all points before any is left
    /// out for drawing; not biased to its start. 0 half-life: the values themselves.
    const std::vector<float>& smooth(const StepGrid& grid, double halfLife) const;
    const Extremes& rawExtremes() const;
    const Extremes& smoothExtremes(const StepGrid& grid, double halfLife) const;
    float last() const; ///< last finite value, NaN: none

private:
    std::vector<float> m_raw;
    // what is derived, extended when asked for
    mutable std::vector<float> m_smooth;
    mutable Extremes m_rawExtremes, m_smoothExtremes;
    mutable double m_halfLife = -1, m_sum = 0, m_weight = 0, m_lastStep = 0;
};

/// Points to draw of a curve between `lower` and `upper`, at most four a pixel column: first,
/// lowest, highest and last, so that no peak is lost; of a crowded column the lowest and the
/// highest, between which the others lie. One point beyond either end, so that lines
/// run out of the picture. Without `peaks` one point a column, its last: enough for a running mean
/// whose raw values are drawn beside it. `x` ascends.
void thinned(const std::vector<double>& x, const std::vector<float>& y, const Extremes& extremes,
             double lower, double upper, int columns, std::vector<double>& outX,
             std::vector<double>& outY, bool peaks = true);

} // namespace crux::ui
