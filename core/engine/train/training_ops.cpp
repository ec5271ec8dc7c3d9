#include "core/engine/train/training_ops.h"

#include "core/engine/device_ops.h"
#include "core/engine/train/training_kernels.h"

#include <torch/torch.h>

#include <algorithm>
#include <optional>

namespace crux::engine::train {

namespace {

/// [T, heads, dim] -> [1, heads, T, dim], kv heads repeated for the queries that share them.
at::Tensor headsFirst(const at::Tensor& x, std::int64_t repeat) {
    const at::Tensor turned = x.transpose(0, 1).unsqueeze(0);
    return repeat == 1 ? turned : turned.repeat_interleave(repeat, 1);
}

/// The way back: gradients of repeated heads add up.
at::Tensor tokensFirst(const at::Tensor& x, std::int64_t repeat) {
    at::Tensor heads = x.squeeze(0); // [heads, T, dim]
    if (repeat != 1)
        heads = heads.view({heads.size(0) / repeat, repeat, heads.size(1), heads.size(2)}).sum(1);
    return heads.transpose(0, 1);
}

std::optional<at::Tensor> asOptional(const at::Tensor& tensor) {
    return tensor.defined() ? std::optional<at::Tensor>(tensor) : std::nullopt;
}

std::uint64_t mix(std::uint64_t x) { // SplitMix64
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ull;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBull;
    return x ^ (x >> 31);
}

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15ull;

/// x >> bits without the sign, on 64-bit integers taken as unsigned.
at::Tensor shifted(const at::Tensor& x, int bits) {
    return at::__rshift__(x, bits).bitwise_and_((std::int64_t{1} << (64 - bits)) - 1);
}

at::Tensor mixed(at::Tensor x) {
    x = at::bitwise_xor(x, shifted(x, 30)) * static_cast<std::int64_t>(0xBF58476D1CE4E5B9ull);
    x = at::bitwise_xor(x, shifted(x, 27)) * static_cast<std::int64_t>(0x94D049BB133111EBull);
    return at::bitwise_xor(x, shifted(x, 31));
}

constexpr std::int64_t kLanes = 4; ///< 16 bits of each 64-bit word decide one element

template <typename T>
void fillMask(const at::Tensor& rowKeys, std::uint64_t salt, std::uint32_t threshold, double kept,
              at::Tensor& mask) {
    const auto* keys = rowKeys.const_data_ptr<std::int64_t>();
    T* out = mask.data_ptr<T>();
    const std::int64_t rows = mask.size(0), columns = mask.size(1);
    const T one = static_cast<T>(static_cast<float>(kept)), none = static_cast<T>(0.0f);
    at::parallel_for(0, rows, 8, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
            const std::uint64_t key = mix(static_cast<std::uint64_t>(keys[row]) ^ salt);
            T* line = out + row * columns;
            for (std::int64_t c = 0; c < columns; c += kLanes) {
                const std::uint64_t word =
                    mix(key + static_cast<std::uint64_t>(c / kLanes) * kGolden);
                for (std::int64_t lane = 0; lane < std::min(kLanes, columns - c); ++lane)
                    line[c + lane] =
                        (static_cast<std::uint32_t>(word >> (16 * lane)) & 0xFFFFu) < threshold
                            ? none
                            : one;
            }
        }
    });
}

/// Calls body(tag) with a value of the element type and returns true where the CPU's own kernels
/// can work: they know float32 and bfloat16.
template <typename Body> bool onCpu(const at::Tensor& tensor, at::ScalarType dtype, Body&& body) {
    if (!tensor.is_cpu() || (dtype != at::kFloat && dtype != at::kBFloat16))
        return false;
    if (dtype == at::kBFloat16)
        body(kernels::Half{});
    else
        body(float{});
    return true;
}

template <typename T> T* writable(const at::Tensor& tensor) {
    return static_cast<T*>(tensor.data_ptr());
}
template <typename T> const T* readable(const at::Tensor& tensor) {
    return static_cast<const T*>(tensor.const_data_ptr());
}

constexpr std::int64_t kRowsAThread = 8, kElementsAThread = 1 << 13;

} // namespace

at::ScalarType wideType(at::ScalarType dtype) {
    return dtype == at::kDouble ? at::kDouble : at::kFloat;
}

at::Tensor rmsNorm(const at::Tensor& x, const at::Tensor& weight, double eps, at::ScalarType dtype,
                   at::Tensor& inverse) {
    at::Tensor out;
    const bool done = onCpu(x, dtype, [&](auto tag) {
        using T = decltype(tag);
        const std::int64_t rows = x.size(0), size = x.size(1);
        out = at::empty({rows, size}, dtype);
        inverse = at::empty({rows, 1}, at::kFloat);
        at::parallel_for(0, rows, kRowsAThread, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i)
                writable<float>(inverse)[i] =
                    kernels::rmsNormRow(readable<float>(x) + i * size, readable<float>(weight), eps,
                                        size, writable<T>(out) + i * size);
        });
    });
    return done ? out : normRows(x, weight, eps, dtype, &inverse);
}

at::Tensor rmsNormBackward(const at::Tensor& dy, const at::Tensor& x, const at::Tensor& weight,
                           const at::Tensor& inverse, at::Tensor weightGradient) {
    if (x.is_cuda()) {
        const bool trained = weightGradient.defined();
        auto [dx, dWeight] = at::_fused_rms_norm_backward(dy.to(x.scalar_type()), x, {x.size(-1)},
                                                          inverse, weight, {true, trained});
        if (trained)
            weightGradient.add_(dWeight);
        return dx;
    }
    if (weightGradient.defined())
        weightGradient.add_((dy.to(x.scalar_type()) * (x * inverse)).sum(0));
    at::Tensor dx;
    const bool done = onCpu(x, dy.scalar_type(), [&](auto tag) {
        using T = decltype(tag);
        const std::int64_t rows = x.size(0), size = x.size(1);
        dx = at::empty({rows, size}, at::kFloat);
        at::parallel_for(0, rows, kRowsAThread, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i)
                kernels::rmsNormBackwardRow(readable<T>(dy) + i * size,
                                            readable<float>(x) + i * size, readable<float>(weight),
                                            readable<float>(inverse)[i], size,
                                            writable<float>(dx) + i * size);
        });
    });
    if (done)
        return dx;
    const at::Tensor unit = x * inverse; // [rows, hidden]
    const at::Tensor scaled = dy.to(x.scalar_type()) * weight;
    const at::Tensor along = (scaled * unit).mean(-1, true);
    return (scaled - unit * along).mul_(inverse);
}

at::Tensor siluMultiply(const at::Tensor& gate, const at::Tensor& up) {
    at::Tensor out;
    const bool done = onCpu(gate, gate.scalar_type(), [&](auto tag) {
        using T = decltype(tag);
        out = at::empty_like(gate);
        at::parallel_for(
            0, gate.numel(), kElementsAThread, [&](std::int64_t begin, std::int64_t end) {
                kernels::siluMultiply(readable<T>(gate) + begin, readable<T>(up) + begin,
                                      end - begin, writable<T>(out) + begin);
            });
    });
    return done ? out : at::silu(gate).mul_(up);
}

GateGradients siluMultiplyBackward(const at::Tensor& dy, const at::Tensor& gate,
                                   const at::Tensor& up) {
    GateGradients made;
    const bool done = onCpu(gate, gate.scalar_type(), [&](auto tag) {
        using T = decltype(tag);
        made = {at::empty_like(gate), at::empty_like(up)};
        at::parallel_for(
            0, gate.numel(), kElementsAThread, [&](std::int64_t begin, std::int64_t end) {
                kernels::siluBackward(readable<T>(dy) + begin, readable<T>(gate) + begin,
                                      readable<T>(up) + begin, end - begin,
                                      writable<T>(made.gate) + begin, writable<T>(made.up) + begin);
            });
    });
    if (done)
        return made;
    return {at::silu_backward(dy * up, gate), dy * at::silu(gate)};
}

at::Tensor rotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin, double sign) {
    const std::int64_t dim = x.size(-1), half = dim / 2;
    at::Tensor out;
    const bool done = onCpu(x, x.scalar_type(), [&](auto tag) {
        using T = decltype(tag);
        const std::int64_t rows = x.size(0), heads = x.size(1);
        out = at::empty({rows, heads, dim}, x.scalar_type());
        at::parallel_for(0, rows, kRowsAThread, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t i = begin; i < end; ++i)
                for (std::int64_t h = 0; h < heads; ++h) {
                    const std::int64_t at = (i * heads + h) * dim;
                    kernels::rotateHead(readable<T>(x) + at, readable<float>(cos) + i * half,
                                        readable<float>(sin) + i * half, static_cast<float>(sign),
                                        dim, writable<T>(out) + at);
                }
        });
    });
    if (done)
        return out;
    const at::Tensor wide = x.to(cos.scalar_type());
    const at::Tensor first = wide.slice(-1, 0, half), second = wide.slice(-1, half);
    const at::Tensor turned = sign < 0 ? -sin : sin;
    return at::cat({first * cos - second * turned, second * cos + first * turned}, -1)
        .to(x.scalar_type());
}

at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                  const at::Tensor& mask, AttentionState& state) {
    const std::int64_t repeat = q.size(1) / k.size(1);
    const at::Tensor queries = headsFirst(q, 1);
    const at::Tensor keys = headsFirst(k, repeat), values = headsFirst(v, repeat);
    std::tie(state.out, state.logSumExp) = at::_scaled_dot_product_flash_attention_for_cpu(
        queries, keys, values, 0.0, !mask.defined(), asOptional(mask));
    return state.out.squeeze(0).transpose(0, 1);
}

AttentionGradients attendBackward(const at::Tensor& dOut, const at::Tensor& q, const at::Tensor& k,
                                  const at::Tensor& v, const at::Tensor& mask,
                                  const AttentionState& state) {
    const std::int64_t repeat = q.size(1) / k.size(1);
    const at::Tensor incoming = headsFirst(dOut, 1);
    const auto [dq, dk, dv] = at::_scaled_dot_product_flash_attention_for_cpu_backward(
        incoming, headsFirst(q, 1), headsFirst(k, repeat), headsFirst(v, repeat), state.out,
        state.logSumExp, 0.0, !mask.defined(), asOptional(mask));
    return {tokensFirst(dq, 1), tokensFirst(dk, repeat), tokensFirst(dv, repeat)};
}

at::Tensor dropoutMask(const at::Tensor& rowKeys, std::uint64_t salt, std::int64_t columns,
                       double p, at::ScalarType dtype) {
    const auto threshold = static_cast<std::uint32_t>(p * 65536.0 + 0.5);
    const double kept = 1 / (1 - p);
    if (rowKeys.is_cpu()) {
        at::Tensor mask = at::empty({rowKeys.size(0), columns}, dtype);
        if (dtype == at::kFloat)
            fillMask<float>(rowKeys, salt, threshold, kept, mask);
        else if (dtype == at::kBFloat16)
            fillMask<at::BFloat16>(rowKeys, salt, threshold, kept, mask);
        else
            mask.copy_(dropoutMask(rowKeys, salt, columns, p, at::kFloat));
        return mask;
    }
    const std::int64_t words = (columns + kLanes - 1) / kLanes;
    const at::Tensor key = mixed(at::bitwise_xor(rowKeys, static_cast<std::int64_t>(salt)));
    const at::Tensor counter =
        at::arange(words, rowKeys.options()) * static_cast<std::int64_t>(kGolden);
    const at::Tensor word = mixed(key.unsqueeze(1) + counter.unsqueeze(0)); // [rows, words]
    std::vector<at::Tensor> lanes;
    for (int lane = 0; lane < kLanes; ++lane)
        lanes.push_back(at::__rshift__(word, 16 * lane).bitwise_and_(0xFFFF));
    const at::Tensor values = at::stack(lanes, -1).view({rowKeys.size(0), words * kLanes});
    return (values.slice(1, 0, columns) >= static_cast<std::int64_t>(threshold))
        .to(dtype)
        .mul_(kept);
}

} // namespace crux::engine::train
