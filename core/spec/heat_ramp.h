// The criticality ramp (UX.md 3.10) as numbers, for exports that have no Qt: light theme,
// criticality 1 - s_t in [0,1], linear between six stops; ink #1A1A1A keeps >= 5.6:1 throughout.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace crux {

struct Rgb {
    std::uint8_t red = 0, green = 0, blue = 0;
    bool operator==(const Rgb&) const = default;
};

inline constexpr std::array<Rgb, 6> kCriticalityStops{{{0xFF, 0xF5, 0xEB},
                                                       {0xFE, 0xE6, 0xCE},
                                                       {0xFD, 0xD0, 0xA2},
                                                       {0xFD, 0xAE, 0x6B},
                                                       {0xFD, 0x8D, 0x3C},
                                                       {0xF1, 0x69, 0x13}}};
inline constexpr const char* kCriticalityPaletteName = "orange";

/// Colour of a criticality; values outside [0,1] are clamped.
Rgb criticalityColour(double criticality);
/// "#fff5eb"
std::string hexColour(Rgb colour);

} // namespace crux
