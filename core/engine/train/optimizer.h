// AdamW (arXiv 1711.05101) as torch.optim.AdamW computes it, and clipping by the global norm.
#pragma once

#include "core/engine/train/trainable_model.h"

#include <cstdint>
#include <vector>

namespace crux::engine::train {

/// Owner: one Trainer. Moments lie beside the parameters, in their order.
class AdamW {
public:
    AdamW(const std::vector<Parameter>& parameters, const TrainOptions& options);

    /// One step with this learning rate on the gradients that are there.
    void step(std::vector<Parameter>& parameters, double learningRate);
    std::int64_t steps() const { return m_steps; }

    std::vector<at::Tensor>& first() { return m_first; }
    std::vector<at::Tensor>& second() { return m_second; }
    const std::vector<at::Tensor>& first() const { return m_first; }
    const std::vector<at::Tensor>& second() const { return m_second; }
    void setSteps(std::int64_t steps) { m_steps = steps; }

private:
    double m_beta1, m_beta2, m_epsilon, m_decay;
    std::int64_t m_steps = 0;
    std::vector<at::Tensor> m_first, m_second;
};

/// The norm of all gradients together, before they are scaled down to `most` (0: left alone).
/// Not finite when one of them is not.
double clipGradients(std::vector<Parameter>& parameters, double most);

} // namespace crux::engine::train
