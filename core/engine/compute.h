// The border of LibTorch: devices and dtypes by name, threads and grad mode of a call, exceptions
// turned into Errors. Internal to core/engine.
#pragma once

#include "core/engine/weights.h"

#include <exception>
#include <string>

namespace crux::engine {

/// "auto", "cpu", "cuda", "cuda:N" -> a device that is there. InvalidArgument, Unsupported.
Result<at::Device> deviceFromName(const std::string& name);

/// The rule of DESIGN.md section 6: "auto" is float32 for models stored in float32 or under 100 M
/// parameters, otherwise bfloat16 where the device has it natively.
Result<at::ScalarType> computeDType(const std::string& name, at::ScalarType stored,
                                    std::int64_t parameters, at::Device device);

/// What a model of this dtype computes with between its matrices: float32 too where bfloat16
/// products would be emulated.
at::ScalarType activationDType(at::ScalarType dtype, at::Device device);

/// AVX512-BF16 or AMX-BF16 (or Arm's BF16) on the CPU, compute capability 8 on CUDA.
bool hasNativeBfloat16(at::Device device);

std::string dtypeName(at::ScalarType dtype);

/// Memory of the device that a call may still take, what its allocator keeps for us included.
std::int64_t freeDeviceBytes(at::Device device);

/// For the length of a call: no autograd, and the thread count the model was loaded with.
class ComputeScope {
public:
    explicit ComputeScope(int threads);
    ~ComputeScope();
    ComputeScope(const ComputeScope&) = delete;
    ComputeScope& operator=(const ComputeScope&) = delete;

private:
    int m_previousThreads;
    bool m_previousGrad;
};

/// The Error of the exception being handled: OutOfMemory for lack of memory, else Internal.
Error errorOfCurrentException(const std::string& what);

/// Runs `work` (returning a Result) and turns whatever LibTorch throws into an Error.
template <typename Work> auto guarded(const std::string& what, Work&& work) -> decltype(work()) {
    try {
        return work();
    } catch (...) {
        return fail(errorOfCurrentException(what));
    }
}

} // namespace crux::engine
