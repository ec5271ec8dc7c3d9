#include "core/engine/train/schedule.h"

#include "core/base/check.h"
#include "core/base/rng.h"
#include "core/base/text_util.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace crux::engine::train {

double LearningRate::at(std::int64_t step) const {
    if (step < warmupSteps)
        return peak * static_cast<double>(step) / static_cast<double>(warmupSteps);
    const auto left = static_cast<double>(std::max<std::int64_t>(1, totalSteps - warmupSteps));
    const double done = static_cast<double>(step - warmupSteps) / left;
    switch (decay) {
    case Decay::Constant:
        return peak;
    case Decay::Linear:
        return peak * std::max(0.0, 1 - done);
    case Decay::Cosine:
        return peak * std::max(0.0, 0.5 * (1 + std::cos(std::numbers::pi * done)));
    }
    return peak;
}

ExampleOrder::ExampleOrder(std::int64_t examples, std::int64_t perStep, bool shuffle,
                           std::uint64_t seed)
    : m_examples(examples)
    , m_perStep(perStep)
    , m_shuffle(shuffle)
    , m_seed(seed) {
    CRUX_CHECK(examples > 0 && perStep > 0);
}

std::int64_t ExampleOrder::stepsPerEpoch() const {
    return (m_examples + m_perStep - 1) / m_perStep;
}

std::int64_t ExampleOrder::stepsOf(double epochs) const {
    return std::max<std::int64_t>(
        1, static_cast<std::int64_t>(std::ceil(epochs * static_cast<double>(stepsPerEpoch()))));
}

std::vector<std::int64_t> ExampleOrder::at(std::int64_t step) const {
    const std::int64_t epoch = step / stepsPerEpoch();
    if (epoch != m_epoch) {
        m_order.resize(static_cast<std::size_t>(m_examples));
        std::iota(m_order.begin(), m_order.end(), std::int64_t{0});
        if (m_shuffle) { // Fisher-Yates, the draw of each place keyed by that place
            const RandomStream draws(cat("train/order/", epoch), m_seed);
            for (std::int64_t i = m_examples - 1; i > 0; --i) {
                const auto place = static_cast<std::size_t>(i);
                const auto other = static_cast<std::size_t>(
                    draws.uniform(static_cast<std::uint64_t>(i)) * static_cast<double>(i + 1));
                std::swap(m_order[place], m_order[other]);
            }
        }
        m_epoch = epoch;
    }
    const std::int64_t begin = step % stepsPerEpoch() * m_perStep;
    const std::int64_t end = std::min(begin + m_perStep, m_examples);
    return {m_order.begin() + begin, m_order.begin() + end};
}

double ExampleOrder::epochAfter(std::int64_t steps) const {
    return static_cast<double>(steps) / static_cast<double>(stepsPerEpoch());
}

} // namespace crux::engine::train
