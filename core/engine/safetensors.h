// safetensors files: one, or shards named by an index. The header is checked whole before a byte of
// a tensor is used: the file is hostile until proven sound. Pickle files are refused.
#pragma once

#include "core/base/files.h"
#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace crux::engine {

/// One tensor of a file: its bytes lie in the mapping, which `owner` keeps alive.
struct StoredTensor {
    std::string dtype;               ///< as in the header: "F32", "BF16", "F16", ...
    std::vector<std::int64_t> shape; ///< every extent >= 0
    std::span<const std::byte> bytes;
    std::shared_ptr<const MappedFile> owner;
    std::string file; ///< for messages
};

/// Tensors by name.
using StoredTensors = std::map<std::string, StoredTensor>;

/// Maps one file and checks its header. Corrupt: truncated, overlapping, with holes or bytes left
/// over, shapes that do not fit their bytes, a name twice. The header may be 100 MB at most.
Result<StoredTensors> openSafetensors(const Path& file);

/// All tensors of a model folder: model.safetensors, else the shards of
/// model.safetensors.index.json. Unsupported when only pickle files are there.
Result<StoredTensors> openModelTensors(const Path& folder);

/// Tells the kernel that the mapped bytes were copied and need not stay in memory.
void releaseMappedPages(std::span<const std::byte> bytes);

} // namespace crux::engine
