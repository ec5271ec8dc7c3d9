// Small steps of the forward pass for devices where a call costs more than its work: each in as few
// stock operations as there are. Any device; the CPU's own kernels (fused_ops, row_kernels) are
// elsewhere. Internal to core/engine.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>
#include <vector>

namespace crux::engine {

/// Numbers of the host as [n] int64 on the device, by one copy that nobody waits for.
at::Tensor onDevice(std::span<const std::int64_t> values, at::Device device);

/// x / rms(x) * weight in `dtype`; x wide. `inverse` [rows,1] is 1 / rms.
at::Tensor normRows(const at::Tensor& x, const at::Tensor& weight, double eps, at::ScalarType dtype,
                    at::Tensor* inverse = nullptr);

/// Angles of some rows for rotateHalves: [rows, 1, dim].
struct Turns {
    at::Tensor cos; ///< (cos, cos)
    at::Tensor sin; ///< (-sin, sin)
};
/// cos, sin [rows, dim/2].
Turns turnsOf(const at::Tensor& cos, const at::Tensor& sin);
/// Rotates [rows, heads, dim] (Hugging Face's half-split form); back with `turns.sin` negated.
at::Tensor rotateHalves(const at::Tensor& x, const Turns& turns);

/// Float32 logits [rows, vocabulary] of hidden states in any dtype: unrounded on CUDA too.
at::Tensor wideLogits(const at::Tensor& hidden, const at::Tensor& head);

/// The tensor's numbers on the host.
template <typename T> std::vector<T> toHost(const at::Tensor& tensor, at::ScalarType type) {
    const at::Tensor host = tensor.to(at::kCPU, type).contiguous();
    const T* data = static_cast<const T*>(host.const_data_ptr());
    return std::vector<T>(data, data + host.numel());
}

} // namespace crux::engine
