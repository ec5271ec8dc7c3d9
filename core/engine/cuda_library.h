// LibTorch's CUDA half, loaded when it is first asked for: a program that grades, imports or
// computes on the CPU never pays for opening cuBLAS, and one built where there was no CUDA uses the
// GPU of the machine it runs on. Torch-free.
#pragma once

#include <string>

namespace crux::engine {

/// Loads libtorch_cuda from beside the libtorch_cpu in use, once; needs a driver. Must come before
/// anything else asks LibTorch for CUDA, which remembers the answer. Thread-safe.
/// Empty when it is loaded; else why not, as a clause ("there is no NVIDIA driver").
const std::string& loadCudaLibrary();

} // namespace crux::engine
