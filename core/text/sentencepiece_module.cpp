#include "core/text/sentencepiece_module.h"

#include "core/base/files.h"
#include "core/base/text_util.h"

#include <dlfcn.h>
#include <string>
#include <system_error>
#include <vector>

namespace crux::text {

namespace {

constexpr const char* kModuleName = "crux_sentencepiece.so";

std::vector<Path> candidates() {
    std::vector<Path> found;
    std::error_code ignored;
    const Path program = std::filesystem::read_symlink("/proc/self/exe", ignored);
    if (!ignored) {
        const Path folder = program.parent_path();
        for (const char* place : {".", "../lib", "../lib/crux"})
            found.push_back(folder / place / kModuleName);
    }
    found.push_back(Path(CRUX_PLUGIN_DIR) / kModuleName);
    return found;
}

/// DEEPBIND lets the module and its library see their own symbols first; AddressSanitizer refuses
/// it, so sanitizer builds do without (they do not load LibTorch beside it).
int openFlags() {
#ifdef CRUX_SANITIZED
    return RTLD_NOW | RTLD_LOCAL;
#else
    return RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND;
#endif
}

Result<const CruxSentencepieceApi*> openModule() {
    std::string reasons = "not found";
    for (const Path& path : candidates()) {
        std::error_code ignored;
        if (!std::filesystem::exists(path, ignored))
            continue;
        void* handle = dlopen(path.c_str(), openFlags());
        if (!handle) {
            const char* why = dlerror();
            reasons = why ? why : "dlopen failed";
            continue;
        }
        using Entry = const CruxSentencepieceApi* (*)();
        const auto entry = reinterpret_cast<Entry>(dlsym(handle, "crux_sentencepiece_api"));
        if (const CruxSentencepieceApi* api = entry ? entry() : nullptr;
            api && api->version == kCruxSentencepieceVersion)
            return api;
        dlclose(handle);
        reasons = "of another version of Crux";
    }
    return fail(ErrorCode::NotFound,
                cat("the module ", kModuleName,
                    " for sentencepiece tokenizers cannot be opened; reinstall Crux"),
                kModuleName, reasons);
}

} // namespace

Result<const CruxSentencepieceApi*> sentencepieceModule() {
    static const Result<const CruxSentencepieceApi*> kModule = openModule();
    return kModule;
}

} // namespace crux::text
