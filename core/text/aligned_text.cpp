#include "core/text/aligned_text.h"

#include "core/base/text_util.h"

namespace crux::text {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Length of the maximal ill-formed part at the start of `text` (1 to 3 bytes).
std::size_t illFormedLength(std::string_view text) {
    std::size_t length = 1;
    while (length < 3 && length < text.size() &&
           withReplacedUtf8(text.substr(0, length + 1)) == kReplacement)
        ++length;
    return length;
}

} // namespace

AlignedText AlignedText::empty() {
    AlignedText text{std::string_view()};
    text.m_changed = true;
    return text;
}

ByteSpan AlignedText::span(std::size_t begin, std::size_t end) const {
    if (!m_changed)
        return {m_base + static_cast<std::int32_t>(begin), m_base + static_cast<std::int32_t>(end)};
    if (begin < end)
        return {m_origin[begin].begin, m_origin[end - 1].end};
    const std::int32_t at = begin < m_origin.size() ? m_origin[begin].begin
                            : !m_origin.empty()     ? m_origin.back().end
                                                    : m_base;
    return {at, at};
}

AlignedText AlignedText::slice(std::size_t begin, std::size_t end) const {
    if (!m_changed)
        return AlignedText(m_view.substr(begin, end - begin),
                           static_cast<std::size_t>(m_base) + begin);
    AlignedText part = empty();
    part.m_base = span(begin, begin).begin;
    part.appendFrom(*this, begin, end);
    return part;
}

void AlignedText::append(std::string_view bytes, ByteSpan origin) {
    m_bytes.append(bytes);
    for (std::size_t i = 0; i < bytes.size(); ++i)
        m_origin.push_back(i == 0 ? origin : ByteSpan{origin.end, origin.end});
}

void AlignedText::appendFrom(const AlignedText& other, std::size_t begin, std::size_t end) {
    m_bytes.append(other.view().substr(begin, end - begin));
    if (other.m_changed) {
        m_origin.insert(m_origin.end(), other.m_origin.begin() + static_cast<std::ptrdiff_t>(begin),
                        other.m_origin.begin() + static_cast<std::ptrdiff_t>(end));
        return;
    }
    for (std::size_t i = begin; i < end; ++i)
        m_origin.push_back(other.span(i, i + 1));
}

AlignedText alignedUtf8(std::string_view text) {
    std::size_t invalid = firstInvalidUtf8(text);
    if (invalid == std::string_view::npos)
        return AlignedText(text);
    const AlignedText original(text);
    AlignedText out = AlignedText::empty();
    std::size_t at = 0;
    while (invalid != std::string_view::npos) {
        out.appendFrom(original, at, at + invalid);
        at += invalid;
        const std::size_t length = illFormedLength(text.substr(at));
        out.append(kReplacement, original.span(at, at + length));
        at += length;
        invalid = firstInvalidUtf8(text.substr(at));
    }
    out.appendFrom(original, at, text.size());
    return out;
}

} // namespace crux::text
