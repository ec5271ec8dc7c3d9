// NFC, NFD, NFKC and NFKD with byte origins, in linear time (utf8proc_map sorts a long run of
// combining marks in quadratic time, so the sorting is done here).
#include "core/text/normalizer.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <array>
#include <span>
#include <utf8proc.h>

namespace crux::text {

namespace {

constexpr std::uint16_t kNoCombination = 0xFFFF;
constexpr std::uint16_t kSecondOfPair = 0x8000;
constexpr std::size_t kMaxDecomposition = 32; // the longest of Unicode is 18

/// The `tokenizers` library (0.23.3) normalises by Unicode 9: to it these later characters are
/// starters without decomposition. A model sees the ids that library gave it, so Crux does the
/// same. Found by comparing the library with Unicode 14 character by character.
struct CodeRange {
    std::int32_t first;
    std::int32_t last;
};
constexpr std::array<CodeRange, 42> kAfterUnicode9 = {
    {{0x7FD, 0x7FD},     {0x898, 0x89F},     {0x8CA, 0x8D3},     {0x9FE, 0x9FE},
     {0xC3C, 0xC3C},     {0xD3B, 0xD3C},     {0xEBA, 0xEBA},     {0x1715, 0x1715},
     {0x1ABF, 0x1ACE},   {0x1DF6, 0x1DFA},   {0x32FF, 0x32FF},   {0xA7F2, 0xA7F4},
     {0xA82C, 0xA82C},   {0xAB69, 0xAB69},   {0x10781, 0x10785}, {0x10787, 0x107B0},
     {0x107B2, 0x107BA}, {0x10D24, 0x10D27}, {0x10EAB, 0x10EAC}, {0x10F46, 0x10F50},
     {0x10F82, 0x10F85}, {0x11070, 0x11070}, {0x1133B, 0x1133B}, {0x1145E, 0x1145E},
     {0x11839, 0x1183A}, {0x11930, 0x11930}, {0x11938, 0x11938}, {0x1193D, 0x1193E},
     {0x11943, 0x11943}, {0x119E0, 0x119E0}, {0x11A34, 0x11A34}, {0x11A47, 0x11A47},
     {0x11A99, 0x11A99}, {0x11D42, 0x11D42}, {0x11D44, 0x11D45}, {0x11D97, 0x11D97},
     {0x16FF0, 0x16FF1}, {0x1E130, 0x1E136}, {0x1E2AE, 0x1E2AE}, {0x1E2EC, 0x1E2EF},
     {0x1F16C, 0x1F16C}, {0x1FBF0, 0x1FBF9}}};

bool isAfterUnicode9(std::int32_t c) {
    if (c < kAfterUnicode9.front().first)
        return false;
    const auto next = std::upper_bound(
        kAfterUnicode9.begin(), kAfterUnicode9.end(), c,
        [](std::int32_t value, const CodeRange& range) { return value < range.first; });
    return c <= std::prev(next)->last;
}

int combiningClass(std::int32_t c) {
    return isAfterUnicode9(c) ? 0 : utf8proc_get_property(c)->combining_class;
}

/// Whether a composition may join `c` to the character before it.
bool joinsBackwards(std::int32_t c) {
    if ((c >= 0x1161 && c <= 0x1175) || (c >= 0x11A8 && c <= 0x11C2)) // Hangul vowels and finals
        return true;
    if (isAfterUnicode9(c))
        return false;
    const auto* property = utf8proc_get_property(c);
    return property->combining_class != 0 ||
           (property->comb_index != kNoCombination && property->comb_index >= kSecondOfPair);
}

/// Works through a text segment by segment: a character that nothing before it can join, and all
/// that follow and may join it. One use, on one thread.
class FormWriter {
public:
    FormWriter(const AlignedText& text, bool compose, bool compatibility)
        : m_text(text)
        , m_view(text.view())
        , m_decompose(UTF8PROC_DECOMPOSE | (compatibility ? UTF8PROC_COMPAT : utf8proc_option_t{}))
        , m_compose(compose) {}

    AlignedText run() {
        std::size_t begin = 0;
        std::size_t at = 0;
        while (at < m_view.size()) {
            const std::span<const std::int32_t> parts = decompose(at);
            if (at > begin && !joinsBackwards(parts[0])) {
                finish(begin, at);
                begin = at;
                // finish() keeps m_parts; only the segment's points were consumed
            }
            m_points.insert(m_points.end(), parts.begin(), parts.end());
            at += utf8Length(m_view[at]);
        }
        finish(begin, m_view.size());
        return std::move(m_out);
    }

private:
    std::span<const std::int32_t> decompose(std::size_t at) {
        const std::int32_t c = utf8CodePoint(m_view, at);
        int lastClass = 0;
        const auto count =
            c < 0x80 || isAfterUnicode9(c)
                ? utf8proc_ssize_t{0}
                : utf8proc_decompose_char(c, m_parts.data(),
                                          static_cast<utf8proc_ssize_t>(m_parts.size()),
                                          static_cast<utf8proc_option_t>(m_decompose), &lastClass);
        if (count <= 0 || static_cast<std::size_t>(count) > m_parts.size()) {
            m_parts[0] = c;
            return {m_parts.data(), 1};
        }
        return {m_parts.data(), static_cast<std::size_t>(count)};
    }

    void finish(std::size_t begin, std::size_t end) {
        if (m_points.empty())
            return;
        sortMarks();
        auto length = static_cast<utf8proc_ssize_t>(m_points.size());
        if (m_compose && length > 1)
            length = utf8proc_normalize_utf32(
                m_points.data(), length,
                static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
        m_bytes.clear();
        for (utf8proc_ssize_t i = 0; i < length; ++i)
            appendUtf8(m_bytes, m_points[static_cast<std::size_t>(i)]);
        if (m_bytes == m_view.substr(begin, end - begin))
            m_out.appendFrom(m_text, begin, end);
        else
            m_out.append(m_bytes, m_text.span(begin, end));
        m_points.clear();
    }

    /// Canonical ordering: marks between two starters by combining class, stably.
    void sortMarks() {
        auto at = m_points.begin();
        while (at != m_points.end()) {
            const auto first =
                std::find_if(at, m_points.end(), [](auto c) { return combiningClass(c) != 0; });
            const auto last =
                std::find_if(first, m_points.end(), [](auto c) { return combiningClass(c) == 0; });
            std::stable_sort(first, last, [](std::int32_t a, std::int32_t b) {
                return combiningClass(a) < combiningClass(b);
            });
            at = last;
        }
    }

    const AlignedText& m_text;
    std::string_view m_view;
    int m_decompose;
    bool m_compose;
    std::array<utf8proc_int32_t, kMaxDecomposition> m_parts{};
    std::vector<utf8proc_int32_t> m_points;
    std::string m_bytes;
    AlignedText m_out = AlignedText::empty();
};

/// First byte that could change under the form: NFC leaves everything below U+0300 alone, the
/// others everything below U+0080.
bool isUntouched(std::string_view text, bool compose, bool compatibility) {
    const unsigned char limit = compose && !compatibility ? 0xCC : 0x80;
    return std::all_of(text.begin(), text.end(),
                       [limit](char c) { return static_cast<unsigned char>(c) < limit; });
}

} // namespace

AlignedText unicodeNormalForm(AlignedText text, bool compose, bool compatibility) {
    if (isUntouched(text.view(), compose, compatibility))
        return text;
    AlignedText formed = FormWriter(text, compose, compatibility).run();
    return formed.view() == text.view() ? std::move(text) : std::move(formed);
}

} // namespace crux::text
