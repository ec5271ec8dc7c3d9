#include "core/engine/safetensors.h"

#include "core/base/json.h"
#include "core/base/text_util.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <string_view>

#include <sys/mman.h>
#include <unistd.h>

namespace crux::engine {

namespace {

constexpr std::uint64_t kMostHeaderBytes = 100'000'000; // as the format's own library

Failure corrupt(const Path& file, const std::string& why) {
    return fail(ErrorCode::Corrupt, cat(file.string(), ": ", why), file.string());
}

/// Bytes of one element; 0 for a type that is not known.
std::uint64_t elementBytes(std::string_view dtype) {
    if (dtype == "F64" || dtype == "I64" || dtype == "U64" || dtype == "C64")
        return 8;
    if (dtype == "F32" || dtype == "I32" || dtype == "U32")
        return 4;
    if (dtype == "F16" || dtype == "BF16" || dtype == "I16" || dtype == "U16")
        return 2;
    if (dtype == "I8" || dtype == "U8" || dtype == "BOOL" || dtype.starts_with("F8_"))
        return 1;
    return 0;
}

/// Parses an object whose values nest at most `depth` deep; a key twice in one object is refused.
Result<Json> parseUniqueKeys(std::string_view text, int depth, const Path& file) {
    std::vector<std::set<std::string>> keys;
    std::string twice;
    bool deep = false;
    const auto watch = [&](int level, Json::parse_event_t event, Json& parsed) {
        if (event == Json::parse_event_t::object_start) {
            keys.emplace_back();
            deep = deep || level >= depth;
        } else if (event == Json::parse_event_t::object_end) {
            keys.pop_back();
        } else if (event == Json::parse_event_t::array_start) {
            deep = deep || level >= depth;
        } else if (event == Json::parse_event_t::key && twice.empty()) {
            auto name = parsed.get<std::string>();
            if (!keys.back().insert(name).second)
                twice = std::move(name);
        }
        return !deep;
    };
    Json parsed = Json::parse(text.begin(), text.end(), watch, false);
    if (deep)
        return corrupt(file, "its header nests too deeply");
    if (parsed.is_discarded() || !parsed.is_object())
        return corrupt(file, "its header is not a JSON object; download the file again");
    if (!twice.empty())
        return corrupt(file, cat("the header names \"", twice, "\" twice"));
    return parsed;
}

struct Extent {
    std::uint64_t begin = 0, end = 0;
    std::string name;
};

/// Reads one header entry: dtype, shape and place agree with each other and with the file's size.
Result<StoredTensor> readEntry(const std::string& name, const Json& entry, const Path& file,
                               std::span<const std::byte> data, Extent& extent) {
    const auto bad = [&](const std::string& why) {
        return corrupt(file, cat("tensor \"", name, "\" ", why));
    };
    if (!entry.is_object() || !entry.contains("dtype") || !entry["dtype"].is_string() ||
        !entry.contains("shape") || !entry["shape"].is_array() || !entry.contains("data_offsets") ||
        !entry["data_offsets"].is_array() || entry["data_offsets"].size() != 2)
        return bad("lacks dtype, shape or data_offsets");
    StoredTensor tensor;
    tensor.dtype = entry["dtype"].get<std::string>();
    tensor.file = file.string();
    std::uint64_t size = elementBytes(tensor.dtype);
    if (size == 0)
        return bad(cat("has the unknown dtype \"", tensor.dtype.substr(0, 40), "\""));
    if (entry["shape"].size() > 8)
        return bad("has more than 8 dimensions");
    for (const Json& one : entry["shape"]) {
        constexpr std::uint64_t kMost = std::uint64_t{1} << 48;
        if (!one.is_number_unsigned() || one.get<std::uint64_t>() > kMost)
            return bad("has a shape that is not whole numbers");
        const auto length = one.get<std::uint64_t>();
        if (length != 0 && size > kMost / length)
            return bad("claims an impossible size");
        size *= length;
        tensor.shape.push_back(static_cast<std::int64_t>(length));
    }
    const Json& offsets = entry["data_offsets"];
    if (!offsets[0].is_number_unsigned() || !offsets[1].is_number_unsigned())
        return bad("has offsets that are not whole numbers");
    extent = {offsets[0].get<std::uint64_t>(), offsets[1].get<std::uint64_t>(), name};
    if (extent.begin > extent.end || extent.end > data.size())
        return bad(cat("lies at bytes ", extent.begin, " to ", extent.end, " of ", data.size(),
                       ": the file is truncated or its header lies; download it again"));
    if (extent.end - extent.begin != size)
        return bad(cat("has ", extent.end - extent.begin, " bytes where its shape needs ", size));
    tensor.bytes = data.subspan(extent.begin, size);
    return tensor;
}

/// The data must be covered exactly once, as the format demands.
Status checkCover(std::vector<Extent>& extents, std::uint64_t size, const Path& file) {
    std::sort(extents.begin(), extents.end(), [](const Extent& a, const Extent& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::uint64_t reached = 0;
    for (const Extent& extent : extents) {
        if (extent.begin < reached)
            return corrupt(file, cat("tensor \"", extent.name, "\" overlaps another"));
        if (extent.begin > reached)
            return corrupt(file, cat("there is a hole before tensor \"", extent.name, "\""));
        reached = extent.end;
    }
    if (reached != size)
        return corrupt(file, cat(size - reached, " bytes at the end belong to no tensor"));
    return {};
}

/// A shard's name as an index may give it: relative, without "..".
bool isPlainRelative(const std::string& name) {
    const Path path(name);
    if (name.empty() || name.find('\0') != std::string::npos || path.is_absolute())
        return false;
    return std::none_of(path.begin(), path.end(), [](const Path& part) { return part == ".."; });
}

Result<StoredTensors> openShards(const Path& folder, const Path& indexFile) {
    CRUX_TRY(text, readFile(indexFile, kMostHeaderBytes));
    CRUX_TRY(index, parseUniqueKeys(text, 3, indexFile));
    if (!index.contains("weight_map") || !index["weight_map"].is_object() ||
        index["weight_map"].empty())
        return corrupt(indexFile, "\"weight_map\" is missing or empty");
    std::map<std::string, StoredTensors> shards;
    StoredTensors all;
    for (const auto& [name, place] : index["weight_map"].items()) {
        if (!place.is_string() || !isPlainRelative(place.get<std::string>()))
            return corrupt(indexFile,
                           cat("tensor \"", name, "\" is said to lie in ",
                               dumpJson(place).substr(0, 200), ", outside the model's folder"));
        const auto shardName = place.get<std::string>();
        auto shard = shards.find(shardName);
        if (shard == shards.end()) {
            CRUX_TRY(opened, openSafetensors(folder / shardName));
            shard = shards.emplace(shardName, std::move(opened)).first;
        }
        const auto found = shard->second.find(name);
        if (found == shard->second.end())
            return corrupt(indexFile, cat("tensor \"", name, "\" is not in ", shardName,
                                          " as the index says"));
        all.emplace(name, found->second);
    }
    return all;
}

} // namespace

Result<StoredTensors> openSafetensors(const Path& file) {
    CRUX_TRY(mapped, MappedFile::open(file));
    const auto owner = std::make_shared<const MappedFile>(std::move(mapped));
    const std::span<const std::byte> bytes = owner->bytes();
    if (bytes.size() < 8)
        return corrupt(file, "the file is too short to be a safetensors file; download it again");
    std::uint64_t headerBytes = 0;
    for (int i = 7; i >= 0; --i)
        headerBytes =
            headerBytes << 8 | static_cast<std::uint64_t>(bytes[static_cast<std::size_t>(i)]);
    if (headerBytes > kMostHeaderBytes)
        return corrupt(
            file, cat("claims a header of ", headerBytes, " bytes: it is not a safetensors file"));
    if (headerBytes > bytes.size() - 8)
        return corrupt(file, "the file ends within its header: it is truncated; download it again");
    const std::string_view header(reinterpret_cast<const char*>(bytes.data()) + 8, headerBytes);
    CRUX_TRY(entries, parseUniqueKeys(header, 3, file));
    const std::span<const std::byte> data = bytes.subspan(8 + headerBytes);
    StoredTensors tensors;
    std::vector<Extent> extents;
    for (const auto& [name, entry] : entries.items()) {
        if (name == "__metadata__")
            continue;
        Extent extent;
        CRUX_TRY(tensor, readEntry(name, entry, file, data, extent));
        tensor.owner = owner;
        tensors.emplace(name, std::move(tensor));
        extents.push_back(std::move(extent));
    }
    CRUX_TRY_VOID(checkCover(extents, data.size(), file));
    return tensors;
}

Result<StoredTensors> openModelTensors(const Path& folder) {
    std::error_code code;
    const Path single = folder / "model.safetensors";
    if (std::filesystem::exists(single, code))
        return openSafetensors(single);
    const Path index = folder / "model.safetensors.index.json";
    if (std::filesystem::exists(index, code))
        return openShards(folder, index);
    std::filesystem::directory_iterator entries(folder, code);
    if (!code)
        for (const auto& entry : entries) {
            const std::string extension = entry.path().extension().string();
            if (extension == ".bin" || extension == ".pt" || extension == ".pth")
                return fail(ErrorCode::Unsupported,
                            cat(entry.path().string(), ": pickle files are refused: they run code; "
                                                       "convert the model to safetensors"),
                            entry.path().string());
        }
    return fail(
        ErrorCode::NotFound,
        cat(folder.string(), " holds neither model.safetensors nor model.safetensors.index.json"),
        folder.string());
}

void releaseMappedPages(std::span<const std::byte> bytes) {
    const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data());
    const std::uintptr_t first = (begin + page - 1) / page * page;
    const std::uintptr_t last = (begin + bytes.size()) / page * page;
    if (last > first)
        ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

} // namespace crux::engine
