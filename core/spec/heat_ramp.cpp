#include "core/spec/heat_ramp.h"

#include "core/base/text_util.h"

#include <algorithm>
#include <cmath>

namespace crux {

namespace {

std::uint8_t between(std::uint8_t a, std::uint8_t b, double share) {
    return static_cast<std::uint8_t>(std::lround(a + (b - a) * share));
}

} // namespace

Rgb criticalityColour(double criticality) {
    const double scaled =
        std::clamp(criticality, 0.0, 1.0) * static_cast<double>(kCriticalityStops.size() - 1);
    const auto index = std::min(static_cast<std::size_t>(scaled), kCriticalityStops.size() - 2);
    const double share = scaled - static_cast<double>(index);
    const Rgb& low = kCriticalityStops[index];
    const Rgb& high = kCriticalityStops[index + 1];
    return {between(low.red, high.red, share), between(low.green, high.green, share),
            between(low.blue, high.blue, share)};
}

std::string hexColour(Rgb colour) {
    const std::string bytes{static_cast<char>(colour.red), static_cast<char>(colour.green),
                            static_cast<char>(colour.blue)};
    return "#" + toHex(bytes);
}

} // namespace crux
