#include "core/engine/safetensors_writer.h"

#include "core/base/check.h"
#include "core/base/json.h"

#include <algorithm>

namespace crux::engine {

Status writeSafetensors(const Path& file, std::vector<TensorBytes> tensors,
                        const std::map<std::string, std::string>& metadata) {
    std::sort(tensors.begin(), tensors.end(),
              [](const TensorBytes& a, const TensorBytes& b) { return a.name < b.name; });
    Json header = Json::object();
    if (!metadata.empty())
        header["__metadata__"] = metadata;
    std::size_t offset = 0;
    for (const TensorBytes& tensor : tensors) {
        CRUX_CHECK(!header.contains(tensor.name));
        header[tensor.name] = {{"dtype", tensor.dtype},
                               {"shape", tensor.shape},
                               {"data_offsets", {offset, offset + tensor.bytes.size()}}};
        offset += tensor.bytes.size();
    }
    std::string text = dumpJson(header);
    constexpr std::size_t kAlignment = 8; // the data begins at a multiple of it
    text.append((kAlignment - text.size() % kAlignment) % kAlignment, ' ');
    std::string bytes;
    bytes.reserve(8 + text.size() + offset);
    for (int i = 0; i < 8; ++i)
        bytes.push_back(
            static_cast<char>((static_cast<std::uint64_t>(text.size()) >> (8 * i)) & 0xff));
    bytes += text;
    for (const TensorBytes& tensor : tensors)
        bytes.append(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
    return writeFileAtomically(file, bytes);
}

} // namespace crux::engine
