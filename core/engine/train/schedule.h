// What a training run does at which step, as pure functions of (seed, step): the learning rate and
// the order of the examples. Nothing of it is state, so a resumed run needs none of it stored.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace crux::engine::train {

enum class Decay { Constant, Linear, Cosine };

/// As Hugging Face's schedulers: warm-up from 0 (the first step's rate is 0 when there is a
/// warm-up), then linear to 0, half a cosine to 0, or constant.
struct LearningRate {
    double peak = 0;
    Decay decay = Decay::Linear;
    std::int64_t warmupSteps = 0, totalSteps = 0;
    /// Of the optimiser step with this 0-based number.
    double at(std::int64_t step) const;
};

/// Which examples an optimiser step takes. An epoch goes once through all of them, in an order
/// drawn from (seed, epoch) or as they stand; its last step may have fewer.
class ExampleOrder {
public:
    /// `perStep`: batch * accumulation.
    ExampleOrder(std::int64_t examples, std::int64_t perStep, bool shuffle, std::uint64_t seed);

    std::int64_t stepsPerEpoch() const;
    /// Steps of so many (possibly not whole) epochs, rounded up.
    std::int64_t stepsOf(double epochs) const;
    /// Examples of the 0-based step, in order.
    std::vector<std::int64_t> at(std::int64_t step) const;
    /// Epochs done after so many steps.
    double epochAfter(std::int64_t steps) const;

private:
    std::int64_t m_examples, m_perStep;
    bool m_shuffle;
    std::uint64_t m_seed;
    // the order of the epoch asked for last
    mutable std::int64_t m_epoch = -1;
    mutable std::vector<std::int64_t> m_order;
};

} // namespace crux::engine::train
