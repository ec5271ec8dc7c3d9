#include "core/engine/train/optimizer.h"

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

void AdamW::step(std::vector<Parameter>& parameters, double learningRate) {
    ++m_steps;
    const auto steps = static_cast<double>(m_steps);
    const double firstBias = 1 - std::pow(m_beta1, steps);
    const double secondBias = std::sqrt(1 - std::pow(m_beta2, steps));
    for (std::size_t i = 0; i < parameters.size(); ++i) {
        Parameter& parameter = parameters[i];
        if (parameter.decay && m_decay > 0)
            parameter.value.mul_(1 - learningRate * m_decay);
        m_first[i].lerp_(parameter.gradient, 1 - m_beta1);
        m_second[i].mul_(m_beta2).addcmul_(parameter.gradient, parameter.gradient, 1 - m_beta2);
        const at::Tensor denominator = m_second[i].sqrt().div_(secondBias).add_(m_epsilon);
        parameter.value.addcdiv_(m_first[i], denominator, -learningRate / firstBias);
    }
}

double clipGradients(std::vector<Parameter>& parameters, double most) {
    double squares = 0;
    for (const Parameter& parameter : parameters) {
        const double norm = parameter.gradient.norm().item<double>();
        squares += norm * norm;
    }
    const double norm = std::sqrt(squares);
    if (most > 0 && std::isfinite(norm)) {
        const double scale = most / (norm + 1e-6); // torch.nn.utils.clip_grad_norm_
        if (scale < 1)
            for (Parameter& parameter : parameters)
                parameter.gradient.mul_(scale);
    }
    return norm;
}

} // namespace crux::engine::train
