#include "ui/model/metric_series.h"

#include <algorithm>

namespace crux::ui {

namespace {
constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
constexpr std::ptrdiff_t kPointsAColumn = 4;
constexpr std::size_t kCrowded = 32; ///< points of a column that its extremes stand for

/// As std::upper_bound, where the answer is expected about `guess` elements after `begin`.
template <typename Iterator>
Iterator upperBoundNear(Iterator begin, Iterator end, double value, std::ptrdiff_t guess) {
    std::ptrdiff_t step = std::max<std::ptrdiff_t>(1, guess);
    for (bool first = true; end - begin > step && !(value < begin[step]); first = false) {
        begin += step;
        step = first ? 8 : 2 * step; // columns are alike: a few more, or far more
    }
    return std::upper_bound(begin, end - begin > step ? begin + step : end, value);
}
} // namespace

const std::vector<double>& StepGrid::axis(RunAxis which) const {
    switch (which) {
    case RunAxis::Epoch:
        return epochs;
    case RunAxis::Tokens:
        return tokens;
    case RunAxis::Time:
        return minutes;
    case RunAxis::Step:
        break;
    }
    return steps;
}

std::int64_t StepGrid::last() const {
    return steps.empty() ? -1 : static_cast<std::int64_t>(steps.back());
}

std::ptrdiff_t StepGrid::indexOf(double step) const {
    return std::upper_bound(steps.begin(), steps.end(), step) - steps.begin() - 1;
}

void Extremes::clear() {
    m_low.clear();
    m_high.clear();
}

void Extremes::extend(const std::vector<float>& values) {
    for (std::size_t begin = m_low.size() * kBlock; begin + kBlock <= values.size();
         begin += kBlock) {
        std::uint32_t low = kNone, high = kNone;
        for (std::size_t i = begin; i < begin + kBlock; ++i) {
            if (!std::isfinite(values[i]))
                continue;
            if (low == kNone || values[i] < values[low])
                low = static_cast<std::uint32_t>(i);
            if (high == kNone || values[i] > values[high])
                high = static_cast<std::uint32_t>(i);
        }
        m_low.push_back(low);
        m_high.push_back(high);
    }
}

bool Extremes::of(const std::vector<float>& values, std::size_t begin, std::size_t end,
                  std::size_t& lowest, std::size_t& highest) const {
    constexpr float kInfinite = std::numeric_limits<float>::infinity();
    float least = kInfinite, most = -kInfinite; // what is not finite is never below nor above
    const auto take = [&](std::size_t low, std::size_t high) {
        if (const float value = values[low]; value < least && value > -kInfinite) {
            least = value;
            lowest = low;
        }
        if (const float value = values[high]; value > most && value < kInfinite) {
            most = value;
            highest = high;
        }
    };
    std::size_t i = begin;
    while (i < end) {
        const std::size_t block = i / kBlock;
        if (i % kBlock == 0 && i + kBlock <= end && block < m_low.size()) {
            if (m_low[block] != kNone)
                take(m_low[block], m_high[block]);
            i += kBlock;
            continue;
        }
        for (const std::size_t stop = std::min(end, (block + 1) * kBlock); i < stop; ++i)
            take(i, i);
    }
    return least < kInfinite;
}

void MetricValues::pad(std::size_t size) {
    if (m_raw.size() < size)
        m_raw.resize(size, kAbsent);
}

const Extremes& MetricValues::rawExtremes() const {
    m_rawExtremes.extend(m_raw);
    return m_rawExtremes;
}

const std::vector<float>& MetricValues::smooth(const StepGrid& grid, double halfLife) const {
    if (halfLife <= 0)
        return m_raw;
    if (halfLife != m_halfLife) {
        m_halfLife = halfLife;
        m_smooth.clear();
        m_smoothExtremes.clear();
        m_sum = m_weight = m_lastStep = 0;
    }
    double distance = -1, fade = 0; // most points lie one distance apart: one power for them all
    for (std::size_t i = m_smooth.size(); i < m_raw.size() && i < grid.steps.size(); ++i) {
        const auto value = static_cast<double>(m_raw[i]);
        if (std::isfinite(value)) {
            if (const double back = grid.steps[i] - m_lastStep; back != distance) {
                distance = back;
                fade = std::exp2(-distance / halfLife);
            }
            m_sum = m_sum * fade + value;
            m_weight = m_weight * fade + 1;
            m_lastStep = grid.steps[i];
            m_smooth.push_back(static_cast<float>(m_sum / m_weight));
        } else {
            m_smooth.push_back(m_raw[i]);
        }
    }
    return m_smooth;
}

const Extremes& MetricValues::smoothExtremes(const StepGrid& grid, double halfLife) const {
    if (halfLife <= 0)
        return rawExtremes();
    m_smoothExtremes.extend(smooth(grid, halfLife));
    return m_smoothExtremes;
}

float MetricValues::last() const {
    for (auto value = m_raw.rbegin(); value != m_raw.rend(); ++value)
        if (std::isfinite(*value))
            return *value;
    return std::numeric_limits<float>::quiet_NaN();
}

void thinned(const std::vector<double>& x, const std::vector<float>& y, const Extremes& extremes,
             double lower, double upper, int columns, std::vector<double>& outX,
             std::vector<double>& outY, bool peaks) {
    outX.clear();
    outY.clear();
    const std::size_t count = std::min(x.size(), y.size());
    const auto xEnd = x.begin() + static_cast<std::ptrdiff_t>(count);
    const auto put = [&](std::size_t i) {
        if (!std::isfinite(y[i]))
            return;
        outX.push_back(x[i]);
        outY.push_back(static_cast<double>(y[i]));
    };
    const auto first = std::lower_bound(x.begin(), xEnd, lower);
    const auto last = std::upper_bound(first, xEnd, upper);
    for (auto before = first; before != x.begin();) // the nearest point that has a value
        if (--before; std::isfinite(y[static_cast<std::size_t>(before - x.begin())])) {
            put(static_cast<std::size_t>(before - x.begin()));
            break;
        }
    const int pixels = std::max(columns, 1);
    auto at = first;
    if (last - first <= kPointsAColumn * pixels) {
        for (; at != last; ++at)
            put(static_cast<std::size_t>(at - x.begin()));
    }
    std::ptrdiff_t taken = 0; // points of the column before
    for (int column = 1; column <= pixels && at != last; ++column) {
        const double edge = lower + (upper - lower) * column / pixels;
        const auto end = column == pixels ? last : upperBoundNear(at, last, edge, taken + 1);
        taken = end - at;
        if (end == at)
            continue;
        const auto begin = static_cast<std::size_t>(at - x.begin());
        const auto stop = static_cast<std::size_t>(end - x.begin());
        at = end;
        if (!peaks) {
            put(stop - 1);
            continue;
        }
        std::size_t low = 0, high = 0;
        if (extremes.of(y, begin, stop, low, high)) {
            const std::size_t points[] = {begin, std::min(low, high), std::max(low, high),
                                          stop - 1};
            const bool crowded = stop - begin > kCrowded;
            for (std::size_t k = crowded ? 1 : 0; k < (crowded ? 3U : 4U); ++k)
                if (k == 0 || points[k] != points[k - 1])
                    put(points[k]);
        }
    }
    for (auto after = last; after != xEnd; ++after)
        if (std::isfinite(y[static_cast<std::size_t>(after - x.begin())])) {
            put(static_cast<std::size_t>(after - x.begin()));
            break;
        }
}

} // namespace crux::ui
