#include "core/engine/train/optimizer.h"

#include "core/engine/device_ops.h"

#include <torch/torch.h>

#include <cmath>

namespace crux::engine::train {

AdamW::AdamW(const std::vector<Parameter>& parameters, const TrainOptions& options)
    : m_beta1(options.beta1)
    , m_beta2(options.beta2)
    , m_epsilon(options.epsilon)
    , m_decay(options.weightDecay) {
    for (const Parameter& parameter : parameters) {
        m_first.push_back(at::zeros_like(parameter.value));
        m_second.push_back(at::zeros_like(parameter.value));
    }
}

namespace {

/// Tensors of one step that are worked on together: one call each instead of one a tensor. On the
/// CPU a call costs nothing beside its work, and the denominators of a group cost memory.
constexpr std::int64_t kElementsTogether = std::int64_t{64} << 20;

bool together(const Parameter& parameter) {
    return !parameter.value.is_cpu();
}

} // namespace

void AdamW::step(std::vector<Parameter>& parameters, double learningRate) {
    ++m_steps;
    const auto steps = static_cast<double>(m_steps);
    const double firstBias = 1 - std::pow(m_beta1, steps);
    const double secondBias = std::sqrt(1 - std::pow(m_beta2, steps));
    for (std::size_t begin = 0; begin < parameters.size();) {
        std::vector<at::Tensor> values, gradients, decayed, first, second;
        std::int64_t elements = 0;
        std::size_t i = begin;
        do {
            Parameter& parameter = parameters[i];
            if (parameter.decay && m_decay > 0)
                decayed.push_back(parameter.value);
            values.push_back(parameter.value);
            gradients.push_back(parameter.gradient);
            first.push_back(m_first[i]);
            second.push_back(m_second[i]);
            elements += parameter.value.numel();
            ++i;
        } while (i < parameters.size() && together(parameters[i]) &&
                 elements + parameters[i].value.numel() <= kElementsTogether);
        begin = i;
        if (!decayed.empty())
            at::_foreach_mul_(decayed, 1 - learningRate * m_decay);
        at::_foreach_lerp_(first, gradients, 1 - m_beta1);
        at::_foreach_mul_(second, m_beta2);
        at::_foreach_addcmul_(second, gradients, gradients, 1 - m_beta2);
        std::vector<at::Tensor> denominators = at::_foreach_sqrt(second);
        at::_foreach_div_(denominators, secondBias);
        at::_foreach_add_(denominators, m_epsilon);
        at::_foreach_addcdiv_(values, first, denominators, -learningRate / firstBias);
    }
}

namespace {

/// The norm of each gradient; those on a device are waited for once.
std::vector<double> norms(const std::vector<Parameter>& parameters) {
    std::vector<double> all;
    std::vector<at::Tensor> onDevice;
    for (const Parameter& parameter : parameters)
        if (together(parameter))
            onDevice.push_back(parameter.gradient);
        else
            all.push_back(parameter.gradient.norm().item<double>());
    if (onDevice.empty())
        return all;
    const auto more = toHost<double>(at::stack(at::_foreach_norm(onDevice)), at::kDouble);
    all.insert(all.end(), more.begin(), more.end());
    return all;
}

} // namespace

double clipGradients(std::vector<Parameter>& parameters, double most) {
    double squares = 0;
    for (const double norm : norms(parameters))
        squares += norm * norm;
    const double norm = std::sqrt(squares);
    if (most > 0 && std::isfinite(norm)) {
        const double scale = most / (norm + 1e-6); // torch.nn.utils.clip_grad_norm_
        if (scale < 1) {
            std::vector<at::Tensor> gradients;
            for (Parameter& parameter : parameters)
                gradients.push_back(parameter.gradient);
            at::_foreach_mul_(gradients, scale);
        }
    }
    return norm;
}

} // namespace crux::engine::train
