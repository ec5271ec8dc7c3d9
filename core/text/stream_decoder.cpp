#include "core/base/text_util.h"
#include "core/text/tokenizer.h"
#include "core/text/utf8.h"

namespace crux::text {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Bytes at the end that begin a character and may still be completed.
std::size_t unfinishedTail(std::string_view bytes) {
    for (std::size_t length = 1; length <= 3 && length <= bytes.size(); ++length) {
        const std::string_view tail = bytes.substr(bytes.size() - length);
        const auto first = static_cast<unsigned char>(tail.front());
        if ((first & 0xC0) == 0x80)
            continue;
        const bool begins = first >= 0xC2 && first <= 0xF4 && utf8Length(tail.front()) > length;
        return begins && withReplacedUtf8(tail) == kReplacement ? length : 0;
    }
    return 0;
}

} // namespace

std::string StreamDecoder::push(std::int32_t id) {
    m_pending += m_tokenizer->pieceBytes(id);
    const std::size_t ready = m_pending.size() - unfinishedTail(m_pending);
    std::string text = withReplacedUtf8(std::string_view(m_pending).substr(0, ready));
    m_pending.erase(0, ready);
    return text;
}

std::string StreamDecoder::flush() {
    return std::exchange(m_pending, {});
}

} // namespace crux::text
