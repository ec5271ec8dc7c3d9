// A text that remembers, for each of its bytes, which bytes of the original it came from.
#pragma once

#include "core/text/tokenizer.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace crux::text {

/// A stretch of original text, perhaps changed by normalisation. As long as nothing was changed it
/// is a view and costs nothing; afterwards it owns its bytes and one origin range a byte.
/// Of a changed character the first byte stands for the whole original range and the others for
/// the empty range behind it, so that tokens never overlap. Borrows the original text.
class AlignedText {
public:
    /// Unchanged text that lies at byte `base` of the original.
    explicit AlignedText(std::string_view original, std::size_t base = 0)
        : m_view(original)
        , m_base(static_cast<std::int32_t>(base)) {}
    /// An empty, changed text to append to.
    static AlignedText empty();

    std::string_view view() const { return m_changed ? std::string_view(m_bytes) : m_view; }
    bool changed() const { return m_changed; }
    /// Original range of the bytes [begin,end); begin <= end <= size.
    ByteSpan span(std::size_t begin, std::size_t end) const;
    /// The part [begin,end) on its own.
    AlignedText slice(std::size_t begin, std::size_t end) const;

    /// Appends `bytes` as one unit that stands for `origin`. Only on a text made by empty().
    void append(std::string_view bytes, ByteSpan origin);
    /// Appends the part [begin,end) of `other` with its origins.
    void appendFrom(const AlignedText& other, std::size_t begin, std::size_t end);

private:
    std::string_view m_view;
    std::int32_t m_base = 0;
    bool m_changed = false;
    std::string m_bytes;
    std::vector<ByteSpan> m_origin; ///< one for each byte of m_bytes
};

/// The text with ill-formed UTF-8 replaced, one U+FFFD for each maximal ill-formed part.
AlignedText alignedUtf8(std::string_view text);

} // namespace crux::text
