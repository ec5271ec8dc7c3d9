#include "core/engine/sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace crux::engine {

namespace {

constexpr float kNever = std::numeric_limits<float>::infinity();
// Only as much of the vocabulary is sorted as the draw needs: first the weights within this factor
// of the largest, then within its square, and so on.
constexpr float kStep = 1.0f / 64;
constexpr float kSmallest = 1e-37f;

} // namespace

Sampler::Sampler(const SamplingParams& params, const RowKernels& kernels)
    : m_temperature(params.temperature)
    , m_topP(params.topP)
    , m_topK(params.topK)
    , m_kernels(&kernels) {}

double Sampler::logNormaliser(std::span<const float> logits) const {
    const auto size = static_cast<std::int64_t>(logits.size());
    const float largest = m_kernels->maximum(logits.data(), size);
    return largest + std::log(m_kernels->sumExp(logits.data(), size, largest, 1.0f, nullptr));
}

float Sampler::logp(std::span<const float> logits, std::int32_t id) const {
    return static_cast<float>(logits[static_cast<std::size_t>(id)] - logNormaliser(logits));
}

std::optional<Draw> Sampler::draw(std::span<const float> logits, double uniform,
                                  std::span<const std::int32_t> banned) {
    std::span<const float> allowed = logits;
    if (!banned.empty()) {
        m_allowed.assign(logits.begin(), logits.end());
        for (const std::int32_t id : banned)
            if (id >= 0 && static_cast<std::size_t>(id) < m_allowed.size())
                m_allowed[static_cast<std::size_t>(id)] = -kNever;
        allowed = m_allowed;
    }
    if (!prepare(allowed))
        return std::nullopt;
    const std::int32_t id = choose(uniform);
    return Draw{id, logp(logits, id)};
}

std::optional<Draw> Sampler::draw(const LogitHead& head, double uniform) const {
    const auto drawn = [&head](std::size_t i) {
        return Draw{head.ids[i],
                    static_cast<float>(static_cast<double>(head.logits[i]) - head.logSum)};
    };
    const double largest = head.logits.empty() ? kNever : head.logits[0];
    if (!std::isfinite(largest) || !std::isfinite(head.logSum))
        return std::nullopt;
    if (m_temperature <= 0)
        return drawn(0);
    const auto weight = [&](std::size_t i) {
        return std::exp((static_cast<double>(head.logits[i]) - largest) / m_temperature);
    };
    std::size_t kept = std::numeric_limits<std::size_t>::max();
    double mass = head.mass;
    if (m_topK > 0) {
        kept = static_cast<std::size_t>(m_topK);
        if (kept > head.logits.size())
            return std::nullopt;
        mass = 0;
        for (std::size_t i = 0; i < kept; ++i)
            mass += weight(i);
    }
    if (m_topP < 1) {
        const double wanted = m_topP * mass;
        double reached = 0;
        std::size_t count = 0;
        while (reached < wanted && count < kept) {
            if (count == head.logits.size())
                return std::nullopt;
            reached += weight(count++);
        }
        kept = count;
        mass = reached;
    }
    const double target = uniform * mass;
    double reached = 0;
    for (std::size_t i = 0; i < std::min(kept, head.logits.size()); ++i) {
        reached += weight(i);
        if (reached > target || i + 1 == kept)
            return drawn(i);
    }
    return std::nullopt;
}

bool Sampler::drawAll(std::span<const float> logits, std::span<const double> uniforms,
                      std::span<std::int32_t> ids) {
    if (!prepare(logits))
        return false;
    for (std::size_t i = 0; i < uniforms.size(); ++i)
        ids[i] = choose(uniforms[i]);
    return true;
}

/// Weights of the row, and what truncation leaves of it; false when no logit is finite.
bool Sampler::prepare(std::span<const float> logits) {
    const auto size = static_cast<std::int64_t>(logits.size());
    const float largest = m_kernels->maximum(logits.data(), size);
    if (!std::isfinite(largest))
        return false;
    if (m_temperature <= 0) {
        const auto best = std::find(logits.begin(), logits.end(), largest);
        m_greedy = static_cast<std::int32_t>(best - logits.begin());
        return true;
    }
    m_weights.resize(logits.size());
    const double all = m_kernels->sumExp(logits.data(), size, largest,
                                         static_cast<float>(1.0 / m_temperature), m_weights.data());
    if (!std::isfinite(all))
        return false;
    m_sorted.clear();
    m_threshold = kNever;

    auto kept = std::numeric_limits<std::size_t>::max();
    double mass = all;
    if (m_topK > 0 && static_cast<std::size_t>(m_topK) < logits.size()) {
        kept = static_cast<std::size_t>(m_topK);
        mass = 0;
        for (std::size_t i = 0; i < kept; ++i)
            if (const Candidate* next = candidate(i))
                mass += static_cast<double>(next->weight);
    }
    if (m_topP < 1) {
        const double wanted = m_topP * mass;
        std::size_t count = 0;
        double reached = 0;
        while (count < kept) {
            const Candidate* next = candidate(count);
            if (!next)
                break;
            reached += static_cast<double>(next->weight);
            ++count;
            if (reached >= wanted)
                break;
        }
        kept = count;
        mass = reached;
    }
    m_kept = kept;
    m_mass = mass;
    return true;
}

/// Inverse CDF over what is kept.
std::int32_t Sampler::choose(double uniform) {
    if (m_temperature <= 0)
        return m_greedy;
    const double target = uniform * m_mass;
    double reached = 0;
    std::int32_t last = candidate(0)->id;
    for (std::size_t i = 0; i < m_kept; ++i) {
        const Candidate* next = candidate(i);
        if (!next)
            break; // rounding kept the sum just below the target: the last one it is
        last = next->id;
        reached += static_cast<double>(next->weight);
        if (reached > target)
            break;
    }
    return last;
}

const Sampler::Candidate* Sampler::candidate(std::size_t index) {
    while (index >= m_sorted.size())
        if (!extend())
            return nullptr;
    return &m_sorted[index];
}

bool Sampler::extend() {
    if (m_threshold == 0)
        return false;
    const float upper = m_threshold;
    m_threshold = upper == kNever ? kStep : upper * kStep;
    if (m_threshold < kSmallest)
        m_threshold = 0;
    const auto before = static_cast<std::ptrdiff_t>(m_sorted.size());
    for (std::size_t id = 0; id < m_weights.size(); ++id)
        if (m_weights[id] >= m_threshold && m_weights[id] < upper && m_weights[id] > 0)
            m_sorted.push_back({m_weights[id], static_cast<std::int32_t>(id)});
    std::sort(m_sorted.begin() + before, m_sorted.end(),
              [](const Candidate& a, const Candidate& b) {
                  return a.weight != b.weight ? a.weight > b.weight : a.id < b.id;
              });
    return true;
}

} // namespace crux::engine
