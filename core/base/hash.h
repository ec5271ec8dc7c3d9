// Content fingerprints (XXH3, 128 bit, hex): what made a row, not a security measure.
#pragma once

#include "core/base/files.h"

#include <span>
#include <string>

namespace crux {

/// 32 hex digits of the bytes.
std::string hashBytes(std::span<const std::byte> bytes);
std::string hashText(std::string_view text);

/// Fingerprint of one file's content.
Result<std::string> hashFile(const Path& path);

/// Fingerprint of a model or adapter folder: names and contents of config.json /
/// adapter_config.json and of every *.safetensors file, in sorted order. Independent of where the
/// folder lies.
Result<std::string> hashWeightsFolder(const Path& folder);

/// Fingerprint of the tokenizer files of a folder (tokenizer.model, else tokenizer.json, else
/// vocab.json + merges.txt, plus tokenizer_config.json).
Result<std::string> hashTokenizerFolder(const Path& folder);

} // namespace crux
