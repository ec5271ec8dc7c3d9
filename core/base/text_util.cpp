#include "core/base/text_util.h"

#include <cstdint>
#include <cstring>

namespace crux {

namespace {

struct Utf8Step {
    std::size_t length; ///< bytes of the sequence, or of the maximal ill-formed part
    bool valid;
};

/// Well-formed ranges of the second byte, Unicode 15 table 3-7.
bool secondByteFits(unsigned char first, unsigned char second) {
    switch (first) {
    case 0xE0:
        return second >= 0xA0 && second <= 0xBF;
    case 0xED:
        return second >= 0x80 && second <= 0x9F;
    case 0xF0:
        return second >= 0x90 && second <= 0xBF;
    case 0xF4:
        return second >= 0x80 && second <= 0x8F;
    default:
        return second >= 0x80 && second <= 0xBF;
    }
}

Utf8Step utf8Step(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(at);
    if (first < 0x80)
        return {1, true};
    const std::size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                               : first >= 0xE0 && first <= 0xEF ? 3
                               : first >= 0xF0 && first <= 0xF4 ? 4
                                                                : 0;
    if (length == 0)
        return {1, false};
    for (std::size_t i = 1; i < length; ++i) {
        if (at + i >= text.size())
            return {i, false};
        const bool fits =
            i == 1 ? secondByteFits(first, byte(at + 1)) : (byte(at + i) & 0xC0) == 0x80;
        if (!fits)
            return {i, false};
    }
    return {length, true};
}

/// ASCII bytes from `at` on, as far as whole words of eight are.
std::size_t asciiFrom(std::string_view text, std::size_t at) {
    const std::size_t begin = at;
    for (std::uint64_t word = 0; at + sizeof word <= text.size(); at += sizeof word) {
        std::memcpy(&word, text.data() + at, sizeof word);
        if ((word & 0x8080808080808080u) != 0)
            break;
    }
    return at - begin;
}

} // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    std::size_t begin = 0;
    while (true) {
        const std::size_t end = text.find(separator, begin);
        parts.push_back(text.substr(begin, end == std::string_view::npos ? end : end - begin));
        if (end == std::string_view::npos)
            return parts;
        begin = end + 1;
    }
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlanks = " \t\r\n\f\v";
    const std::size_t begin = text.find_first_not_of(kBlanks);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::size_t firstInvalidUtf8(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        if (const std::size_t plain = asciiFrom(text, at); plain > 0) { // most of most texts
            at += plain;
            continue;
        }
        const Utf8Step step = utf8Step(text, at);
        if (!step.valid)
            return at;
        at += step.length;
    }
    return std::string_view::npos;
}

std::string withReplacedUtf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::size_t at = 0;
    while (at < text.size()) {
        const Utf8Step step = utf8Step(text, at);
        if (step.valid)
            out.append(text.substr(at, step.length));
        else
            out.append("\xEF\xBF\xBD");
        at += step.length;
    }
    return out;
}

std::string toHex(std::string_view bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto value = static_cast<unsigned char>(c);
        out.push_back(kDigits[value >> 4]);
        out.push_back(kDigits[value & 15]);
    }
    return out;
}

} // namespace crux
