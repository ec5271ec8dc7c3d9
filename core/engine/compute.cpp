#include "core/engine/compute.h"

#include "core/base/machine_memory.h"
#include "core/base/text_util.h"
#include "core/engine/cuda_library.h"

#include <ATen/Parallel.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <c10/util/Exception.h>
#include <torch/cuda.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <new>
#include <thread>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace crux::engine {

namespace {

bool cpuHasBfloat16() {
#if defined(__x86_64__)
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    const bool amx = __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (edx & (1u << 22)) != 0;
    return amx || __builtin_cpu_supports("avx512bf16");
#elif defined(__aarch64__)
    return (getauxval(AT_HWCAP2) & (1ul << 14)) != 0; // HWCAP2_BF16
#else
    return false;
#endif
}

bool isLackOfMemory(const std::string& text) {
    return text.find("out of memory") != std::string::npos ||
           text.find("STATUS_ALLOC_FAILED") != std::string::npos || // cuBLAS's and cuDNN's
           text.find("not enough memory") != std::string::npos ||
           text.find("can't allocate memory") != std::string::npos;
}

/// Why an "auto" device is the CPU.
std::string whyNoCuda() {
    return loadCudaLibrary().empty() ? "the driver has no device for it, or is too old"
                                     : loadCudaLibrary();
}

bool cudaIsThere() {
    return loadCudaLibrary().empty() && torch::cuda::is_available();
}

/// "NVIDIA H100 80GB HBM3", as the driver tells it; the order is that of the bus, so a choice made
/// by CUDA_VISIBLE_DEVICES leaves it open.
std::string cudaModelName(int index, int count) {
    std::error_code code;
    std::vector<Path> folders;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/driver/nvidia/gpus", code))
        folders.push_back(entry.path());
    if (std::ssize(folders) != count)
        return "CUDA device";
    std::sort(folders.begin(), folders.end());
    const auto text = readFile(folders[static_cast<std::size_t>(index)] / "information", 1 << 16);
    constexpr std::string_view kKey = "Model:";
    const std::size_t begin = text.ok() ? text->find(kKey) : std::string::npos;
    if (begin == std::string::npos)
        return "CUDA device";
    const std::size_t name = text->find_first_not_of(" \t", begin + kKey.size());
    return text->substr(name, text->find('\n', name) - name);
}

} // namespace

std::int64_t freeDeviceBytes(at::Device device) {
    if (device.is_cpu())
        return machineMemory().available;
    auto* allocator = at::getDeviceAllocator(device.type());
    const auto index = device.has_index() ? device.index() : c10::DeviceIndex{0};
    const auto stats = allocator->getDeviceStats(index);
    const auto all = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    return static_cast<std::int64_t>(allocator->getMemoryInfo(index).first) +
           stats.reserved_bytes[all].current - stats.allocated_bytes[all].current;
}

Result<at::Device> deviceFromName(const std::string& name) {
    const bool cuda = name != "cpu" && cudaIsThere();
    if (name == "cpu" || (name == "auto" && !cuda))
        return at::Device(at::kCPU);
    if (name == "auto" || name == "cuda")
        return cuda ? Result<at::Device>(at::Device(at::kCUDA, 0))
                    : fail(ErrorCode::Unsupported,
                           cat("no CUDA device can be used here (", whyNoCuda(),
                               "): choose the device cpu or auto"));
    int index = -1;
    if (name.starts_with("cuda:")) {
        const char* end = name.data() + name.size();
        const auto parsed = std::from_chars(name.data() + 5, end, index);
        if (parsed.ec != std::errc() || parsed.ptr != end)
            index = -1;
    }
    if (index < 0)
        return fail(ErrorCode::InvalidArgument,
                    cat("\"", name, "\" is no device: auto, cpu, cuda or cuda:N"));
    const auto count = cuda ? static_cast<int>(torch::cuda::device_count()) : 0;
    if (index >= count)
        return fail(ErrorCode::Unsupported,
                    cat("the device ", name, " is not there: ", count, " CUDA devices were found"));
    return at::Device(at::kCUDA, static_cast<at::DeviceIndex>(index));
}

bool hasNativeBfloat16(at::Device device) {
    if (!device.is_cpu()) // every CUDA device that LibTorch >= 2.11 runs on computes in bf16
        return true;
    static const bool native = cpuHasBfloat16();
    return native;
}

Result<at::ScalarType> computeDType(const std::string& name, at::ScalarType stored,
                                    std::int64_t parameters, at::Device device) {
    if (name == "float32")
        return at::kFloat;
    if (name == "bfloat16")
        return at::kBFloat16;
    if (name != "auto")
        return fail(ErrorCode::InvalidArgument,
                    cat("\"", name, "\" is no dtype: auto, float32 or bfloat16"));
    constexpr std::int64_t kSmallModel = 100'000'000;
    const bool full = stored == at::kFloat || stored == at::kDouble || parameters < kSmallModel ||
                      !hasNativeBfloat16(device);
    return full ? at::kFloat : at::kBFloat16;
}

at::ScalarType activationDType(at::ScalarType dtype, at::Device device) {
    return dtype == at::kBFloat16 && !hasNativeBfloat16(device) ? at::kFloat : dtype;
}

std::string dtypeName(at::ScalarType dtype) {
    switch (dtype) {
    case at::kFloat:
        return "float32";
    case at::kBFloat16:
        return "bfloat16";
    case at::kHalf:
        return "float16";
    case at::kDouble:
        return "float64";
    default:
        return at::toString(dtype);
    }
}

ComputeScope::ComputeScope(int threads)
    : m_previousThreads(at::get_num_threads())
    , m_previousGrad(at::GradMode::is_enabled()) {
    at::GradMode::set_enabled(false);
    if (threads > 0 && threads != m_previousThreads)
        at::set_num_threads(threads);
}

ComputeScope::~ComputeScope() {
    at::GradMode::set_enabled(m_previousGrad);
    if (at::get_num_threads() != m_previousThreads)
        at::set_num_threads(m_previousThreads);
}

Error errorOfCurrentException(const std::string& what) {
    const auto lack = [&](const char* text) {
        return Error{ErrorCode::OutOfMemory,
                     cat(what, ": there is not enough memory; close other programs, or choose a "
                               "smaller model or bfloat16"),
                     {},
                     text};
    };
    try {
        throw;
    } catch (const c10::OutOfMemoryError& error) {
        return lack(error.what_without_backtrace());
    } catch (const c10::Error& error) {
        const std::string text = error.what_without_backtrace();
        if (isLackOfMemory(text))
            return lack(text.c_str());
        return {ErrorCode::Internal,
                cat(what, ": the tensor library failed: ", text.substr(0, text.find('\n'))),
                {},
                error.what()};
    } catch (const std::bad_alloc& error) {
        return lack(error.what());
    } catch (const std::exception& error) {
        const std::string text = error.what();
        if (isLackOfMemory(text))
            return lack(text.c_str());
        return {ErrorCode::Internal, cat(what, ": ", text.substr(0, text.find('\n'))), {}, text};
    } catch (...) {
        return {ErrorCode::Internal, cat(what, ": an unknown failure"), {}, {}};
    }
}

std::vector<DeviceInfo> devices() {
    std::vector<DeviceInfo> all;
    const bool native = hasNativeBfloat16(at::kCPU);
    DeviceInfo cpu;
    cpu.name = "cpu";
    cpu.description = cat(std::max(1u, std::thread::hardware_concurrency()), " hardware threads, ",
                          at::get_cpu_capability(), native ? ", native bfloat16" : "");
    const MachineMemory memory = machineMemory();
    cpu.memoryBytes = memory.total;
    cpu.freeBytes = memory.available;
    cpu.dtypes = {"float32", "bfloat16"};
    cpu.preferredDType = native ? "bfloat16" : "float32";
    all.push_back(std::move(cpu));
    const auto count = cudaIsThere() ? torch::cuda::device_count() : 0;
    for (c10::DeviceIndex i = 0; i < static_cast<c10::DeviceIndex>(count); ++i) {
        DeviceInfo cuda;
        cuda.name = cat("cuda:", static_cast<int>(i));
        cuda.description = cudaModelName(i, count);
        cuda.dtypes = {"float32", "bfloat16"};
        cuda.preferredDType = "bfloat16";
        try {
            const auto [free, total] = at::getDeviceAllocator(at::kCUDA)->getMemoryInfo(i);
            cuda.freeBytes = static_cast<std::int64_t>(free);
            cuda.memoryBytes = static_cast<std::int64_t>(total);
        } catch (const std::exception&) { // sizes stay 0: another process may hold the device
            cuda.description += ", memory unknown";
        }
        all.push_back(std::move(cuda));
    }
    return all;
}

DeviceMemory deviceMemory(const std::string& name, bool restartPeak) {
    const auto device = deviceFromName(name);
    if (!device.ok())
        return {};
    if (device->is_cpu()) {
        constexpr const char* kStatus = "/proc/self/status";
        const DeviceMemory memory{kilobyteLine(kStatus, "VmRSS:"), kilobyteLine(kStatus, "VmHWM:")};
        if (restartPeak)
            std::ofstream("/proc/self/clear_refs") << "5";
        return memory;
    }
    auto* allocator = at::getDeviceAllocator(device->type());
    const auto all = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    const auto bytes = allocator->getDeviceStats(device->index()).allocated_bytes[all];
    if (restartPeak)
        allocator->resetPeakStats(device->index());
    return {bytes.current, bytes.peak};
}

std::string backendVersion() {
    // The version header lacks the variant; whether CUDA was built in says it.
    return cat(TORCH_VERSION, cudaIsThere() ? "+cuda" : "+cpu");
}

} // namespace crux::engine
