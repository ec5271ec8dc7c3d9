#include "core/engine/cuda_library.h"

#include "core/base/log.h"
#include "core/base/text_util.h"

#include <c10/core/impl/DeviceGuardImplInterface.h>

#include <filesystem>

#include <dlfcn.h>
#include <link.h>

namespace crux::engine {

namespace {

/// The folder that the tensor library in use was loaded from.
std::filesystem::path libraryFolder() {
    void* library = ::dlopen("libtorch_cpu.so", RTLD_NOW | RTLD_NOLOAD);
    link_map* map = nullptr;
    if (library == nullptr || ::dlinfo(library, RTLD_DI_LINKMAP, &map) != 0 || map == nullptr)
        return {};
    const std::filesystem::path folder = std::filesystem::path(map->l_name).parent_path();
    ::dlclose(library); // counts only: it stays loaded
    return folder;
}

std::string load() {
    if (c10::impl::hasDeviceGuardImpl(c10::DeviceType::CUDA))
        return {}; // linked in, or preloaded
    void* driver = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (driver == nullptr)
        return "there is no NVIDIA driver (libcuda.so.1)";
    const std::filesystem::path file = libraryFolder() / "libtorch_cuda.so";
    std::error_code code;
    if (!std::filesystem::exists(file, code))
        return cat("the LibTorch in ", libraryFolder().string(), " was built without CUDA");
    // Global: what it registers refers to itself by name. Never closed.
    if (::dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
        const char* why = ::dlerror();
        return cat(file.string(), " cannot be loaded: ", why != nullptr ? why : "no reason given");
    }
    return {};
}

} // namespace

const std::string& loadCudaLibrary() {
    static const std::string why = [] {
        std::string reason = load();
        if (reason.find("cannot be loaded") != std::string::npos)
            logWarning("CUDA is not used: " + reason);
        return reason;
    }();
    return why;
}

} // namespace crux::engine
