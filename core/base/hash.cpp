#include "core/base/hash.h"

#include "core/base/text_util.h"

#include <algorithm>
#include <array>
#include <system_error>
#include <vector>

#include <xxhash.h>

namespace crux {

namespace {

/// Streams bytes into one XXH3-128 fingerprint.
class Hasher {
public:
    Hasher()
        : m_state(XXH3_createState()) {
        CRUX_CHECK(m_state != nullptr);
        XXH3_128bits_reset(m_state);
    }
    Hasher(const Hasher&) = delete;
    Hasher& operator=(const Hasher&) = delete;
    ~Hasher() { XXH3_freeState(m_state); }

    void add(std::span<const std::byte> bytes) {
        XXH3_128bits_update(m_state, bytes.data(), bytes.size());
    }
    void add(std::string_view text) { add(std::as_bytes(std::span(text))); }
    /// Name and content of one file; the separator keeps ("ab","c") apart from ("a","bc").
    void addNamed(std::string_view name, std::span<const std::byte> bytes) {
        add(name);
        add(cat("\n", bytes.size(), "\n"));
        add(bytes);
    }
    std::string hex() const {
        XXH128_canonical_t canonical;
        XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(m_state));
        return toHex({reinterpret_cast<const char*>(canonical.digest), sizeof canonical.digest});
    }

private:
    XXH3_state_t* m_state;
};

Result<std::vector<Path>> filesOf(const Path& folder) {
    std::error_code code;
    std::vector<Path> files;
    std::filesystem::directory_iterator it(folder, code);
    if (code)
        return fail(errorCodeFromErrno(code.value()),
                    cat("cannot read the folder ", folder.string(), ": ", code.message()),
                    folder.string(), code.message());
    for (const std::filesystem::directory_iterator end; it != end; it.increment(code)) {
        if (code)
            break;
        if (it->is_regular_file(code))
            files.push_back(it->path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

Result<std::string> hashNamed(const std::vector<Path>& files) {
    Hasher hasher;
    for (const Path& file : files) {
        CRUX_TRY(mapped, MappedFile::open(file));
        hasher.addNamed(file.filename().string(), mapped.bytes());
    }
    return hasher.hex();
}

} // namespace

std::string hashBytes(std::span<const std::byte> bytes) {
    Hasher hasher;
    hasher.add(bytes);
    return hasher.hex();
}

std::string hashText(std::string_view text) {
    return hashBytes(std::as_bytes(std::span(text)));
}

Result<std::string> hashFile(const Path& path) {
    CRUX_TRY(mapped, MappedFile::open(path));
    return hashBytes(mapped.bytes());
}

Result<std::string> hashWeightsFolder(const Path& folder) {
    CRUX_TRY(all, filesOf(folder));
    std::erase_if(all, [](const Path& file) {
        const std::string name = file.filename().string();
        return name != "config.json" && name != "adapter_config.json" &&
               file.extension() != ".safetensors";
    });
    const bool hasWeights = std::any_of(all.begin(), all.end(), [](const Path& file) {
        return file.extension() == ".safetensors";
    });
    if (!hasWeights)
        return fail(ErrorCode::NotFound,
                    cat("the folder ", folder.string(), " holds no .safetensors file"),
                    folder.string());
    return hashNamed(all);
}

Result<std::string> hashTokenizerFolder(const Path& folder) {
    const auto has = [&](const char* name) {
        std::error_code code;
        return std::filesystem::is_regular_file(folder / name, code);
    };
    std::vector<Path> files;
    if (has("tokenizer.model"))
        files = {folder / "tokenizer.model"};
    else if (has("tokenizer.json"))
        files = {folder / "tokenizer.json"};
    else if (has("vocab.json") && has("merges.txt"))
        files = {folder / "merges.txt", folder / "vocab.json"};
    else
        return fail(ErrorCode::NotFound,
                    cat("the folder ", folder.string(),
                        " holds no tokenizer.model, tokenizer.json or vocab.json + merges.txt"),
                    folder.string());
    if (has("tokenizer_config.json"))
        files.push_back(folder / "tokenizer_config.json");
    return hashNamed(files);
}

} // namespace crux
