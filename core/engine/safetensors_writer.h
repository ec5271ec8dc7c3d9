// Writing safetensors files: adapters, whole models and the state of an optimiser. Torch-free: the
// caller hands in bytes that stay where they are until the file is written.
#pragma once

#include "core/base/files.h"
#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace crux::engine {

/// One tensor to be written; `bytes` are little-endian, row by row.
struct TensorBytes {
    std::string name;
    std::string dtype; ///< "F32", "BF16", "F64", "I64"
    std::vector<std::int64_t> shape;
    std::span<const std::byte> bytes;
};

/// Writes the file aside, fsyncs and renames it: old or new, never half. Tensors come in the order
/// of their names, so that equal contents give equal files. Metadata is what other programs look at
/// ({"format": "pt"} for transformers and peft).
Status writeSafetensors(const Path& file, std::vector<TensorBytes> tensors,
                        const std::map<std::string, std::string>& metadata);

} // namespace crux::engine
