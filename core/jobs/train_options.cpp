#include "core/jobs/train_options.h"

namespace crux::jobs {

namespace {

using engine::train::PairLoss;

PairLoss pairLoss(const Json& spec) {
    const auto method = spec.at("method").get<std::string>();
    if (method == "simpo")
        return PairLoss::SimPo;
    if (method == "tdpo")
        return spec.at("tdpo_version") == "1" ? PairLoss::Tdpo1 : PairLoss::Tdpo2;
    if (method == "cdpo" && spec.at("cdpo_form") == "authors")
        return PairLoss::AuthorsTokens;
    const auto loss = spec.at("loss").get<std::string>();
    if (loss == "robust")
        return PairLoss::Robust;
    if (loss == "hinge")
        return PairLoss::Hinge;
    if (loss == "ipo")
        return PairLoss::Ipo;
    if (loss == "ipo_sum")
        return PairLoss::IpoSum;
    if (loss == "sigmoid_norm")
        return PairLoss::SigmoidNorm;
    return PairLoss::Sigmoid;
}

engine::train::PreferenceOptions preference(const Json& spec) {
    engine::train::PreferenceOptions o;
    o.loss = pairLoss(spec);
    o.beta = spec.at("beta").get<double>();
    o.labelSmoothing = spec.at("label_smoothing").get<double>();
    o.tdpoAlpha = spec.at("tdpo_alpha").get<double>();
    o.ldAlpha = spec.at("ld_alpha").get<double>();
    if (spec.at("method") == "simpo")
        o.gamma = spec.at("gamma").get<double>();
    if (spec.at("method") == "rpo") {
        o.alphaPair = spec.at("alpha_pair").get<double>();
        o.alphaNll = spec.at("alpha_nll").get<double>();
    }
    if (spec.at("nll_norm") == "batch_token")
        o.nllNorm = engine::train::NllNorm::BatchToken;
    return o;
}

} // namespace

engine::train::TrainOptions trainOptions(const Json& spec) {
    engine::train::TrainOptions o;
    o.supervised = spec.at("method") == "sft";
    o.preference = preference(spec);
    if (spec.at("reference") == "start")
        o.reference = engine::train::ReferenceModel::Start;
    o.allParameters = spec.at("trained") == "all";
    o.lora.rank = spec.at("rank").get<int>();
    o.lora.alpha = spec.at("alpha").get<double>();
    o.lora.dropout = o.allParameters ? 0 : spec.at("dropout").get<double>();
    o.lora.rankStabilised = spec.at("rslora").get<bool>();
    o.lora.targets = spec.at("targets").get<std::vector<std::string>>();
    o.learningRate = spec.at("learning_rate").get<double>();
    o.weightDecay = spec.at("weight_decay").get<double>();
    o.clipNorm = spec.at("clip").get<double>();
    const auto schedule = spec.at("schedule").get<std::string>();
    o.decay = schedule == "cosine"     ? engine::train::Decay::Cosine
              : schedule == "constant" ? engine::train::Decay::Constant
                                       : engine::train::Decay::Linear;
    o.warmupRatio = spec.at("warmup_ratio").get<double>();
    o.warmupSteps = spec.at("warmup_steps").get<std::int64_t>();
    o.batch = spec.at("batch").get<int>();
    o.accumulation = spec.at("accumulation").get<int>();
    o.epochs = spec.at("epochs").get<double>();
    o.maxSteps = spec.at("max_steps").get<std::int64_t>();
    o.shuffle = spec.at("shuffle").get<bool>();
    o.seed = spec.at("seed").get<std::uint64_t>();
    o.checkpointing = spec.at("checkpointing").get<bool>();
    o.packTokens = spec.at("pack_tokens").get<std::int64_t>();
    o.sharePrompts = spec.at("share_prompts").get<bool>();
    return o;
}

} // namespace crux::jobs
