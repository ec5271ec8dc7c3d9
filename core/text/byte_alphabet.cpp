#include "core/text/byte_alphabet.h"

#include "core/text/utf8.h"

namespace crux::text {

namespace {

/// Code points run to 0x100 + 67: printable bytes keep theirs, the others follow from 0x100 on.
constexpr std::int32_t kFirstStandIn = 0x100;
constexpr std::int32_t kAlphabetEnd = kFirstStandIn + 68;

bool isPrintable(int byte) {
    return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

struct Alphabet {
    std::array<std::string, 256> names;
    std::array<int, kAlphabetEnd> bytes; ///< by code point, -1 outside the alphabet

    Alphabet() {
        bytes.fill(-1);
        std::int32_t standIn = kFirstStandIn;
        for (int byte = 0; byte < 256; ++byte) {
            const std::int32_t codePoint = isPrintable(byte) ? byte : standIn++;
            appendUtf8(names[static_cast<std::size_t>(byte)], codePoint);
            bytes[static_cast<std::size_t>(codePoint)] = byte;
        }
    }
};

const Alphabet& alphabet() {
    static const Alphabet kAlphabet;
    return kAlphabet;
}

} // namespace

const std::array<std::string, 256>& byteAlphabet() {
    return alphabet().names;
}

std::optional<std::string> bytesOfName(std::string_view name) {
    std::string bytes;
    bytes.reserve(name.size());
    for (std::size_t at = 0; at < name.size(); at += utf8Length(name[at])) {
        const std::int32_t codePoint = utf8CodePoint(name, at);
        const int byte =
            codePoint < kAlphabetEnd ? alphabet().bytes[static_cast<std::size_t>(codePoint)] : -1;
        if (byte < 0)
            return std::nullopt;
        bytes.push_back(static_cast<char>(byte));
    }
    return bytes;
}

std::string nameOfBytes(std::string_view bytes) {
    std::string name;
    for (const char c : bytes)
        name += byteAlphabet()[static_cast<unsigned char>(c)];
    return name;
}

} // namespace crux::text
