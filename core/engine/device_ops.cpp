#include "core/engine/device_ops.h"

#include <torch/torch.h>

#include <tuple>

namespace crux::engine {

at::Tensor onDevice(std::span<const std::int64_t> values, at::Device device) {
    const at::Tensor host =
        at::tensor(at::ArrayRef<std::int64_t>(values.data(), values.size()), at::kLong);
    // From pinned memory the copy waits in the device's queue, not the caller in line for it.
    return device.is_cpu() ? host : host.pin_memory().to(device, /*non_blocking=*/true);
}

at::Tensor normRows(const at::Tensor& x, const at::Tensor& weight, double eps, at::ScalarType dtype,
                    at::Tensor* inverse) {
    if (x.is_cuda()) {
        auto [out, scale] = at::_fused_rms_norm(x, {x.size(-1)}, weight, eps);
        if (inverse != nullptr)
            *inverse = scale;
        return out.to(dtype);
    }
    const at::Tensor scale = (x.square().mean(-1, true) + eps).rsqrt_();
    if (inverse != nullptr)
        *inverse = scale;
    return (x * scale).mul_(weight).to(dtype);
}

Turns turnsOf(const at::Tensor& cos, const at::Tensor& sin) {
    return {at::cat({cos, cos}, -1).unsqueeze(1), at::cat({-sin, sin}, -1).unsqueeze(1)};
}

at::Tensor rotateHalves(const at::Tensor& x, const Turns& turns) {
    const std::int64_t half = x.size(-1) / 2;
    const at::Tensor swapped = at::cat({x.narrow(-1, half, half), x.narrow(-1, 0, half)}, -1);
    return (x * turns.cos)
        .addcmul_(swapped.to(turns.sin.scalar_type()), turns.sin)
        .to(x.scalar_type());
}

at::Tensor wideLogits(const at::Tensor& hidden, const at::Tensor& head) {
    if (hidden.is_cuda() && hidden.scalar_type() == at::kBFloat16)
        return at::mm(hidden, head.t(), at::kFloat);
    const at::Tensor logits = at::mm(hidden, head.to(hidden.scalar_type()).t());
    return logits.scalar_type() == at::kDouble ? logits : logits.to(at::kFloat);
}

} // namespace crux::engine
