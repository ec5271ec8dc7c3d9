#include "core/spec/steps.h"

#include <algorithm>

namespace crux {

namespace {

bool isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool endsSentence(std::string_view text, std::string_view next) {
    std::string_view body = text;
    while (!body.empty() && (isBlank(body.back()) || body.back() == '"' || body.back() == ')'))
        body.remove_suffix(1);
    if (body.empty())
        return false;
    const char last = body.back();
    if (last != '.' && last != '!' && last != '?')
        return false;
    return isBlank(text.back()) || next.empty() || isBlank(next.front());
}

bool hasLineEnd(std::string_view text) {
    return text.find('\n') != std::string_view::npos;
}

} // namespace

std::vector<std::int32_t> stepFirsts(std::span<const std::string_view> tokens,
                                     std::int32_t promptTokens) {
    const auto count = static_cast<std::int32_t>(tokens.size());
    const std::int32_t first = std::clamp(promptTokens, 0, count);
    const auto at = [&](std::int32_t i) {
        return i < count ? tokens[static_cast<std::size_t>(i)] : std::string_view();
    };
    bool byLine = false;
    for (std::int32_t i = first; i + 1 < count && !byLine; ++i)
        byLine = hasLineEnd(at(i));
    std::vector<std::int32_t> firsts;
    std::int32_t begin = first;
    for (std::int32_t i = first; i < count; ++i) {
        if (i == begin)
            firsts.push_back(begin);
        // Empty lines belong to the step before them.
        const bool ends = byLine ? hasLineEnd(at(i)) && !at(i + 1).starts_with('\n')
                                 : endsSentence(at(i), at(i + 1));
        if (ends)
            begin = i + 1;
    }
    return firsts;
}

std::int32_t stepOf(std::span<const std::int32_t> firsts, std::int32_t position) {
    const auto above = std::upper_bound(firsts.begin(), firsts.end(), position);
    return static_cast<std::int32_t>(above - firsts.begin());
}

} // namespace crux
