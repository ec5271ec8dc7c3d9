#include "core/engine/train/training_checks.h"

#include "core/base/rng.h"
#include "core/base/text_util.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <set>

namespace crux::engine::train {

namespace {

Failure refuse(const std::string& sentence) {
    return fail(ErrorCode::InvalidArgument, sentence);
}

/// 128 bits from two salted 64-bit hashes: a fingerprint, not a security measure.
class Fingerprint {
public:
    void add(std::uint64_t value) {
        m_low = step(m_low, value);
        m_high = step(m_high, value ^ 0xA5A5A5A5A5A5A5A5ull);
    }
    void add(const std::string& text) { add(hashPath(text)); }
    void add(const TrainSequence& sequence) {
        add(static_cast<std::uint64_t>(sequence.promptTokens));
        add(sequence.ids.size());
        for (const std::int32_t id : sequence.ids)
            add(static_cast<std::uint64_t>(static_cast<std::uint32_t>(id)));
    }
    void addWeights(const TrainSequence& sequence) {
        add(sequence.weights.size());
        for (const float weight : sequence.weights)
            add(std::bit_cast<std::uint32_t>(weight));
    }
    std::string hex() const {
        char text[33];
        std::snprintf(text, sizeof text, "%016llx%016llx", static_cast<unsigned long long>(m_low),
                      static_cast<unsigned long long>(m_high));
        return text;
    }

private:
    static std::uint64_t step(std::uint64_t state, std::uint64_t value) {
        state = (state ^ value) * 0xBF58476D1CE4E5B9ull;
        return state ^ (state >> 29);
    }
    std::uint64_t m_low = 0x243F6A8885A308D3ull, m_high = 0x13198A2E03707344ull;
};

Status checkSequence(const ModelInfo& model, const TrainSequence& sequence, std::size_t row,
                     const char* which) {
    const std::string where = cat("example ", row + 1, " (", which, ")");
    const auto length = static_cast<std::int64_t>(sequence.ids.size());
    if (sequence.promptTokens < 1)
        return refuse(cat(where, " has no prompt token: the first completion token needs one "
                                 "before it"));
    if (sequence.completionTokens() < 1)
        return refuse(cat(where, " has an empty completion"));
    if (model.contextLength > 0 && length > model.contextLength)
        return refuse(cat(where, " has ", length, " tokens, more than the model's context of ",
                          model.contextLength));
    for (const std::int32_t id : sequence.ids)
        if (id < 0 || id >= model.vocabularySize)
            return refuse(cat(where, " has the token id ", id, ", outside the vocabulary of ",
                              model.vocabularySize));
    if (!sequence.weights.empty() &&
        static_cast<std::int64_t>(sequence.weights.size()) != sequence.completionTokens())
        return refuse(cat(where, " has ", sequence.weights.size(), " weights for ",
                          sequence.completionTokens(), " completion tokens"));
    for (const float weight : sequence.weights)
        if (!std::isfinite(weight))
            return refuse(cat(where, " has a weight that is no number"));
    return {};
}

Status checkPreference(const TrainOptions& options) {
    const PreferenceOptions& p = options.preference;
    if (!(p.beta > 0) || !std::isfinite(p.beta))
        return refuse("beta must be above 0");
    if (!(p.labelSmoothing >= 0) || p.labelSmoothing > 1 ||
        (p.loss == PairLoss::Robust && p.labelSmoothing >= 0.5))
        return refuse("label smoothing must be from 0 to 1, and below 0.5 for the robust loss");
    if (p.ldAlpha > 1)
        return refuse("the weight of LD-DPO's tail must be from 0 to 1");
    if (p.ldAlpha >= 0 && p.loss == PairLoss::AuthorsTokens)
        return refuse("LD-DPO weighs sums of log-ratios; the authors' cDPO loss has none");
    if (options.allParameters && needsKl(p.loss))
        return refuse("TDPO needs the frozen model at every step: train a LoRA adapter");
    return {};
}

} // namespace

Status checkOptions(const TrainOptions& o) {
    if (!(o.learningRate > 0) || o.learningRate > 1)
        return refuse("the learning rate must be above 0 and at most 1");
    if (o.batch < 1 || o.accumulation < 1)
        return refuse("batch and accumulation must be at least 1");
    if (o.maxSteps <= 0 && !(o.epochs > 0))
        return refuse("a run needs epochs or steps");
    if (!(o.weightDecay >= 0) || !(o.clipNorm >= 0))
        return refuse("weight decay and the clipping norm cannot be negative");
    if (!(o.warmupRatio >= 0) || o.warmupRatio > 1 || o.warmupSteps < 0)
        return refuse("the warm-up must be a share from 0 to 1, or a number of steps");
    if (o.allParameters && !o.startAdapter.empty())
        return refuse("a start adapter goes with LoRA, not with training all parameters");
    if (!o.allParameters) {
        if (o.startAdapter.empty() && (o.lora.rank < 1 || o.lora.rank > 4096))
            return refuse("the rank of LoRA must be from 1 to 4096");
        if (!(o.lora.dropout >= 0) || o.lora.dropout >= 1)
            return refuse("LoRA's dropout must be from 0 to below 1");
        if (o.startAdapter.empty() && !(o.lora.alpha > 0))
            return refuse("LoRA's alpha must be above 0");
    }
    return o.supervised ? Status() : checkPreference(o);
}

Status checkExamples(const ModelInfo& model, const TrainOptions& options,
                     const std::vector<TrainExample>& data) {
    if (data.empty())
        return refuse("there is nothing to train on: the data is empty");
    for (std::size_t row = 0; row < data.size(); ++row) {
        CRUX_TRY_VOID(checkSequence(model, data[row].chosen, row, "chosen"));
        if (options.supervised)
            continue;
        if (data[row].rejected.ids.empty())
            return refuse(cat("example ", row + 1,
                              " has no rejected completion; this method trains on pairs"));
        CRUX_TRY_VOID(checkSequence(model, data[row].rejected, row, "rejected"));
        if (data[row].chosen.ids == data[row].rejected.ids)
            return refuse(cat("example ", row + 1, " prefers a completion to itself"));
    }
    return {};
}

std::string fingerprintOf(const TrainOptions& o, const std::vector<TrainExample>& training,
                          const std::vector<TrainExample>& evaluation, const std::string& dtype,
                          std::int64_t totalSteps) {
    const PreferenceOptions& p = o.preference;
    const Json options{o.supervised,
                       static_cast<int>(p.loss),
                       p.beta,
                       p.labelSmoothing,
                       p.gamma,
                       p.tdpoAlpha,
                       p.alphaPair,
                       p.alphaNll,
                       static_cast<int>(p.nllNorm),
                       p.ldAlpha,
                       static_cast<int>(o.reference),
                       o.allParameters,
                       o.lora.rank,
                       o.lora.alpha,
                       o.lora.dropout,
                       o.lora.rankStabilised,
                       o.lora.targets,
                       o.startAdapter.string(),
                       o.learningRate,
                       o.weightDecay,
                       o.beta1,
                       o.beta2,
                       o.epsilon,
                       o.clipNorm,
                       static_cast<int>(o.decay),
                       o.warmupRatio,
                       o.warmupSteps,
                       o.batch,
                       o.accumulation,
                       totalSteps,
                       o.shuffle,
                       o.seed,
                       o.packTokens,
                       o.sharePrompts,
                       o.baseIdentity,
                       dtype};
    Fingerprint made;
    made.add(dumpJson(options));
    for (const auto* data : {&training, &evaluation}) {
        made.add(data->size());
        for (const TrainExample& example : *data)
            for (const TrainSequence* sequence : {&example.chosen, &example.rejected}) {
                made.add(*sequence);
                made.addWeights(*sequence);
            }
    }
    return made.hex();
}

std::string referenceKey(const TrainOptions& options, const std::vector<TrainExample>& data,
                         const std::string& dtype) {
    Fingerprint made;
    made.add(dtype);
    made.add(options.baseIdentity);
    made.add(options.reference == ReferenceModel::Start ? options.startAdapter.string()
                                                        : std::string());
    for (const TrainExample& example : data) {
        made.add(example.chosen);
        made.add(example.rejected);
    }
    return made.hex();
}

} // namespace crux::engine::train
