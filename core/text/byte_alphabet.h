// GPT-2's alphabet: each byte written as one printable character ("Ġ" for a space).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace crux::text {

/// The character that stands for each byte, in UTF-8.
const std::array<std::string, 256>& byteAlphabet();
/// Bytes of a name written in the alphabet; nothing when a character is outside it.
std::optional<std::string> bytesOfName(std::string_view name);
/// The name of `bytes` in the alphabet.
std::string nameOfBytes(std::string_view bytes);

} // namespace crux::text
