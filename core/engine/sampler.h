// One token from one row of logits. Order of truncation: temperature, then top-k, then top-p (the
// smallest set of most likely tokens whose mass reaches p, the crossing token included),
// renormalised. Torch-free.
#pragma once

#include "core/engine/decode_backend.h"
#include "core/engine/row_kernels.h"
#include "core/spec/sampling.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace crux::engine {

struct Draw {
    std::int32_t id = 0;
    float logp = 0; ///< under the untempered softmax over the whole vocabulary, banned ids included
};

/// Draws by inverse CDF over the kept tokens in descending probability, ties by id, from one
/// uniform: a pure function of (logits, uniform, banned). Temperature 0 is greedy, ties to the
/// lowest id. Cheap to copy; one object a thread (it keeps scratch memory).
class Sampler {
public:
    explicit Sampler(const SamplingParams& params, const RowKernels& kernels = rowKernels());

    /// Nothing when no finite logit is left (a broken model, or all ids banned).
    std::optional<Draw> draw(std::span<const float> logits, double uniform,
                             std::span<const std::int32_t> banned = {});
    /// The same from the best tokens of the row. Nothing when they do not decide it: the draw lies
    /// among the others, truncation reaches beyond them, or no logit is finite.
    std::optional<Draw> draw(const LogitHead& head, double uniform) const;
    /// The ids that `draw` gives for each of many uniforms, the row looked at once. False: no
    /// finite logit is left.
    bool drawAll(std::span<const float> logits, std::span<const double> uniforms,
                 std::span<std::int32_t> ids);
    /// log sum exp over the row.
    double logNormaliser(std::span<const float> logits) const;
    /// log p(id) under the untempered softmax.
    float logp(std::span<const float> logits, std::int32_t id) const;

private:
    struct Candidate {
        float weight;
        std::int32_t id;
    };
    bool extend();
    const Candidate* candidate(std::size_t index);
    bool prepare(std::span<const float> logits);
    std::int32_t choose(double uniform);

    double m_temperature;
    double m_topP;
    int m_topK;
    const RowKernels* m_kernels;

    std::vector<float> m_allowed; ///< logits without the banned ones
    std::vector<float> m_weights; ///< exp((logit - max) / temperature)
    std::vector<Candidate> m_sorted;
    float m_threshold = 0; ///< all weights >= this are in m_sorted
    // of the row that prepare() saw
    std::int32_t m_greedy = -1; ///< the choice at temperature 0
    std::size_t m_kept = 0;     ///< candidates left by top-k and top-p
    double m_mass = 0;          ///< their weight
};

} // namespace crux::engine
