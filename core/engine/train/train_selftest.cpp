// trainSelftest: what must hold of training on a machine without files. Losses against the numbers
// of REFERENCE.md A.6; gradients of whole models against central differences in double precision;
// narrower precisions and the device against them; a few steps on the device against the CPU.
#include "core/base/text_util.h"
#include "core/engine/check_report.h"
#include "core/engine/compute.h"
#include "core/engine/random_model.h"
#include "core/engine/train/optimizer.h"
#include "core/engine/train/recipe.h"

#include <torch/torch.h>

#include <cmath>
#include <filesystem>
#include <random>

namespace crux::engine::train {

namespace {

using Report = std::function<void(const std::string& line)>;

/// One way to train, with a name for the report.
struct Case {
    std::string name;
    TrainOptions options;
};

TrainOptions plainOptions() {
    TrainOptions options;
    options.lora.rank = 3;
    options.lora.alpha = 6;
    options.lora.targets = {"q_proj",    "k_proj",  "v_proj",   "o_proj",
                            "gate_proj", "up_proj", "down_proj"};
    options.batch = 4;
    options.packTokens = 4096;
    options.seed = 11;
    return options;
}

Case caseOf(const std::string& name, bool supervised, PairLoss loss) {
    Case made{name, plainOptions()};
    made.options.supervised = supervised;
    made.options.preference.loss = loss;
    made.options.preference.beta = 0.7;
    return made;
}

/// Pairs that share their prompts, with weights, in sizes that no kernel likes.
std::vector<TrainExample> someExamples(std::int64_t vocabulary, bool pairs) {
    std::mt19937 engine(3);
    const auto draw = [&](std::size_t count) {
        Ids ids;
        while (ids.size() < count)
            ids.push_back(static_cast<std::int32_t>(engine() % static_cast<unsigned>(vocabulary)));
        return ids;
    };
    std::vector<TrainExample> data;
    for (std::size_t i = 0; i < 4; ++i) {
        const Ids prompt = draw(17 + i);
        TrainExample example;
        for (TrainSequence* sequence : {&example.chosen, &example.rejected}) {
            sequence->ids = prompt;
            const Ids more = draw(sequence == &example.chosen ? 5 + i : 9 - i);
            sequence->ids.insert(sequence->ids.end(), more.begin(), more.end());
            sequence->promptTokens = static_cast<std::int32_t>(prompt.size());
            for (std::size_t t = 0; t < more.size() && i % 2 == 0; ++t)
                sequence->weights.push_back(static_cast<float>(engine() % 100) / 100);
        }
        if (!pairs)
            example.rejected = {};
        data.push_back(std::move(example));
    }
    return data;
}

/// The same weights in another precision.
std::shared_ptr<LoadedModel> converted(const LoadedModel& from, at::ScalarType dtype,
                                       at::Device device) {
    const at::ScalarType wide = wideType(dtype), activations = activationDType(dtype, device);
    LlamaWeights made;
    made.embedding = from.weights().embedding.to(device, dtype);
    made.head = from.config().tiedHead ? made.embedding : from.weights().head.to(device, dtype);
    made.finalNorm = from.weights().finalNorm.to(device, wide);
    for (const LayerWeights& layer : from.weights().layers) {
        LayerWeights to;
        to.inputNorm = layer.inputNorm.to(device, wide);
        to.postNorm = layer.postNorm.to(device, wide);
        const auto sources = linearsOf(layer);
        const auto targets = linearsOf(to);
        for (std::size_t j = 0; j < sources.size(); ++j) {
            targets[j]->weight = sources[j]->weight.to(device, dtype);
            if (sources[j]->bias.defined())
                targets[j]->bias = sources[j]->bias.to(device, activations);
        }
        made.layers.push_back(std::move(to));
    }
    return LoadedModel::fromWeights(from.config(), std::move(made), dtype, device);
}

/// A model to differentiate: random weights, LoRA's B not zero.
class Probe {
public:
    static Result<Probe> make(const Case& which, const LoadedModel& weights, at::ScalarType dtype,
                              at::Device device) {
        Probe probe;
        probe.m_options = which.options;
        const auto base = converted(weights, dtype, device);
        auto model = which.options.allParameters ? TrainableModel::withAll(base)
                                                 : TrainableModel::withLora(base, which.options);
        if (!model.ok())
            return fail(model.error());
        probe.m_model = std::move(model).value();
        at::Generator draws = at::detail::createCPUGenerator(5);
        if (!which.options.allParameters)
            for (Parameter& parameter : probe.m_model->parameters())
                parameter.value.copy_(at::randn(parameter.value.sizes(), draws, at::kDouble) * 0.1);
        probe.m_model->refresh();
        probe.m_data = someExamples(weights.config().vocabularySize, !which.options.supervised);
        probe.m_reference.chosen.resize(probe.m_data.size());
        probe.m_reference.rejected.resize(probe.m_data.size());
        for (std::size_t i = 0; i < probe.m_data.size(); ++i) {
            const TrainExample& example = probe.m_data[i];
            probe.m_reference.chosen[i].assign(
                static_cast<std::size_t>(example.chosen.completionTokens()), -5.5f);
            if (!which.options.supervised)
                probe.m_reference.rejected[i].assign(
                    static_cast<std::size_t>(example.rejected.completionTokens()), -5.6f);
        }
        return probe;
    }

    TrainableModel& model() { return *m_model; }

    Result<double> loss(bool backward) {
        m_model->zeroGradients();
        const CancelToken cancel;
        // "backward" also where only the value is wanted: dropout is part of the function.
        const RecipeInput input{*m_model, m_options, m_data, m_reference, true, 77, cancel};
        const std::vector<std::int64_t> all{0, 1, 2, 3};
        static_cast<void>(backward);
        auto outcome = m_options.supervised                 ? runSupervised(input, all)
                       : needsKl(m_options.preference.loss) ? runTokenLevel(input, all)
                                                            : runPreference(input, all);
        if (!outcome.ok())
            return fail(outcome.error());
        return outcome->loss;
    }

private:
    TrainOptions m_options;
    std::unique_ptr<TrainableModel> m_model;
    std::vector<TrainExample> m_data;
    ReferenceLogp m_reference;
};

/// The checks of one call. Owner: that call.
class TrainSelftest {
public:
    TrainSelftest(ComputeOptions options, const Report& report)
        : m_options(std::move(options))
        , m_report(report) {}

    Result<SelftestTotals> run();

private:
    void expect(const std::string& name, bool ok, const std::string& detail) {
        m_report.expect(name, ok, detail);
    }
    void compare(const std::string& name, double worst, double tolerance) {
        m_report.compare(name, worst, tolerance);
    }
    void lossVectors();
    void differences(const Case& which, const LoadedModel& weights, at::Device device);
    void precision(const Case& which, const LoadedModel& weights, at::ScalarType dtype,
                   at::Device device, double tolerance);
    Status stepsAgainstCpu(const Case& which, const LoadedModel& weights, at::Device device);
    Status resume(const LoadedModel& weights, at::Device device);

    ComputeOptions m_options;
    CheckReport m_report;
};

void TrainSelftest::lossVectors() {
    const std::vector<double> chosen{-.5, -1, -.2}, chosenReference{-.6, -1.2, -.4};
    const std::vector<double> rejected{-.9, -.3}, rejectedReference{-.7, -.4};
    const std::vector<double> weights{.8, .1}, chosenKl{.02, .02, .01}, rejectedKl{.05, .03};
    struct Vector {
        PairLoss loss;
        double expected, beta = .1, smoothing = 0, gamma = 0, nll = 0, ld = -1;
        bool weighted = false;
    };
    const Vector vectors[] = {{PairLoss::Sigmoid, .6635971},
                              {PairLoss::Sigmoid, .6695971, .1, .1},
                              {PairLoss::Robust, .6560971, .1, .1},
                              {PairLoss::Hinge, .94},
                              {PairLoss::Ipo, 22.8802778},
                              {PairLoss::IpoSum, 19.36},
                              {PairLoss::SigmoidNorm, .6823725},
                              {PairLoss::Sigmoid, 1.2302638, .1, 0, 0, 1},
                              {PairLoss::SimPo, 1.2649658, 2, 0, 1},
                              {PairLoss::Sigmoid, .6684596, .1, 0, 0, 0, .5},
                              {PairLoss::Tdpo1, .6650533},
                              {PairLoss::Tdpo2, .6643249},
                              {PairLoss::Sigmoid, .6611752, .1, 0, 0, 0, -1, true},
                              {PairLoss::AuthorsTokens, .6866831, .1, 0, 0, 0, -1, true}};
    double worst = 0;
    for (const Vector& vector : vectors) {
        PreferenceOptions options;
        options.loss = vector.loss;
        options.beta = vector.beta;
        options.labelSmoothing = vector.smoothing;
        options.gamma = vector.gamma;
        options.alphaNll = vector.nll;
        options.ldAlpha = vector.ld;
        PairTokens pair{{chosen, chosenReference, {}, chosenKl, 3},
                        {rejected, rejectedReference, {}, rejectedKl, 3}};
        if (vector.weighted)
            pair.rejected.weights = weights;
        BatchFacts facts;
        facts.add(pair);
        worst =
            std::max(worst, std::fabs(preferenceLoss(options, pair, facts).loss - vector.expected));
    }
    compare(cat("losses of ", std::size(vectors), " built-in vectors"), worst, 1e-6);
}

void TrainSelftest::differences(const Case& which, const LoadedModel& weights, at::Device device) {
    const std::string name = cat("gradients against differences, ", which.name);
    auto probe = Probe::make(which, weights, at::kDouble, device);
    if (!probe.ok())
        return expect(name, false, probe.error().message);
    const auto first = probe->loss(true);
    if (!first.ok())
        return expect(name, false, first.error().message);
    std::vector<at::Tensor> gradients;
    for (const Parameter& parameter : probe->model().parameters())
        gradients.push_back(parameter.gradient.clone());
    at::Generator draws = at::detail::createCPUGenerator(9);
    double worst = 0, most = 0;
    std::string where;
    for (std::size_t i = 0; i < gradients.size(); ++i) {
        Parameter& parameter = probe->model().parameters()[i];
        const at::Tensor kept = parameter.value.clone();
        // A direction in this tensor that sees every element.
        const at::Tensor direction =
            at::randn(kept.sizes(), draws, at::kDouble).sign().to(kept.device());
        constexpr double kStep = 1e-5;
        double values[2];
        for (const int side : {0, 1}) {
            parameter.value.copy_(kept + direction * (side == 0 ? kStep : -kStep));
            probe->model().refresh();
            values[side] = probe->loss(false).value();
        }
        parameter.value.copy_(kept);
        const double slope = (values[0] - values[1]) / (2 * kStep);
        const double mine = (gradients[i] * direction).sum().item<double>();
        const double difference = std::fabs(slope - mine) / std::max(1e-2, std::fabs(slope));
        most = std::max(most, std::fabs(slope));
        if (difference > worst) {
            worst = difference;
            where = parameter.name;
        }
    }
    expect(
        name, worst <= 1e-5 && most > 1e-3,
        cat(gradients.size(), " tensors, largest relative difference ", worst, " (", where, ")"));
}

void TrainSelftest::precision(const Case& which, const LoadedModel& weights, at::ScalarType dtype,
                              at::Device device, double tolerance) {
    const std::string name =
        cat("gradients in ", dtypeName(dtype), " against float64, ", which.name);
    auto exact = Probe::make(which, weights, at::kDouble, at::kCPU);
    auto probe = Probe::make(which, weights, dtype, device);
    if (!exact.ok() || !probe.ok())
        return expect(name, false, (exact.ok() ? probe.error() : exact.error()).message);
    const auto a = exact->loss(true), b = probe->loss(true);
    if (!a.ok() || !b.ok())
        return expect(name, false, (a.ok() ? b.error() : a.error()).message);
    double difference = 0, norm = 0;
    for (std::size_t i = 0; i < exact->model().parameters().size(); ++i) {
        const at::Tensor one = exact->model().parameters()[i].gradient;
        const at::Tensor two = probe->model().parameters()[i].gradient.to(at::kCPU, at::kDouble);
        difference += (one - two).square().sum().item<double>();
        norm += one.square().sum().item<double>();
    }
    compare(name, std::max(std::sqrt(difference / norm), std::fabs(*a - *b) / std::fabs(*a)),
            tolerance);
}

Status TrainSelftest::stepsAgainstCpu(const Case& which, const LoadedModel& weights,
                                      at::Device device) {
    constexpr int kSteps = 8;
    std::vector<std::vector<double>> losses;
    for (const at::Device where : {at::Device(at::kCPU), device}) {
        TrainOptions options = which.options;
        options.learningRate = 5e-3;
        options.weightDecay = 0.01;
        options.batch = 2;
        options.maxSteps = kSteps;
        if (!options.allParameters)
            options.lora.dropout = 0.1;
        CRUX_TRY(trainer, Trainer::make(converted(weights, at::kFloat, where), options,
                                        someExamples(weights.config().vocabularySize, true), {}));
        std::vector<double>& made = losses.emplace_back();
        for (int i = 0; i < kSteps; ++i) {
            CRUX_TRY(report, trainer->step({}));
            made.push_back(report.loss);
        }
    }
    double worst = 0;
    for (std::size_t i = 0; i < losses[0].size(); ++i)
        worst = std::max(worst, std::fabs(losses[0][i] - losses[1][i]) /
                                    std::max(1.0, std::fabs(losses[0][i])));
    compare(cat(kSteps, " steps on this device against the CPU, ", which.name), worst, 2e-3);
    if (which.name == "DPO LoRA")
        expect("DPO lowers its loss", losses[1].back() < losses[1].front(),
               cat(losses[1].front(), " -> ", losses[1].back()));
    return {};
}

/// A folder of its own that goes with the scope.
class PassingFolder {
public:
    PassingFolder() {
        std::random_device entropy;
        m_path = std::filesystem::temp_directory_path() / cat("crux-selftest-", entropy());
    }
    ~PassingFolder() {
        std::error_code code;
        std::filesystem::remove_all(m_path, code);
    }
    PassingFolder(const PassingFolder&) = delete;
    PassingFolder& operator=(const PassingFolder&) = delete;
    const Path& path() const { return m_path; }

private:
    Path m_path;
};

/// A run that is saved, begun anew from the folder and ended gives what an uninterrupted one gives;
/// and the adapter in that folder is the model that the trainer holds, here and on the CPU.
Status TrainSelftest::resume(const LoadedModel& weights, at::Device device) {
    TrainOptions options = caseOf("", false, PairLoss::Sigmoid).options;
    options.learningRate = 5e-3;
    options.batch = 2;
    options.maxSteps = 6;
    options.lora.dropout = 0.1;
    const auto data = someExamples(weights.config().vocabularySize, true);
    const PassingFolder folder;
    const Path checkpoint = folder.path() / "checkpoint";
    std::vector<double> straight, resumed;
    for (const bool again : {false, true}) {
        CRUX_TRY(trainer, Trainer::make(converted(weights, at::kFloat, device), options, data, {}));
        if (again)
            CRUX_TRY_VOID(trainer->restore(checkpoint));
        while (trainer->stepsDone() < 6) {
            if (!again && trainer->stepsDone() == 3)
                CRUX_TRY_VOID(trainer->save(checkpoint, {}));
            CRUX_TRY(report, trainer->step({}));
            if (report.step > 3)
                (again ? resumed : straight).push_back(report.loss);
        }
    }
    double worst = straight.size() == resumed.size() ? 0 : INFINITY;
    for (std::size_t i = 0; i < std::min(straight.size(), resumed.size()); ++i)
        worst = std::max(worst, std::fabs(straight[i] - resumed[i]));
    compare("a resumed run against an uninterrupted one", worst, device.is_cpu() ? 0 : 1e-4);
    std::vector<std::vector<float>> logps;
    for (const at::Device where : {at::Device(at::kCPU), device}) {
        const auto model = converted(weights, at::kFloat, where);
        CRUX_TRY(adapter, model->attachAdapter(checkpoint));
        LogprobRequest request;
        request.model = {model, adapter};
        const std::vector<Ids> ids{data[0].chosen.ids};
        CRUX_TRY(facts, scoreTokens(request, ids));
        logps.push_back(std::move(facts[0].logp));
    }
    compare("the saved adapter on this device and on the CPU", worstDifference(logps[0], logps[1]),
            1e-3);
    return {};
}

Result<SelftestTotals> TrainSelftest::run() {
    CRUX_TRY(device, deviceFromName(m_options.device));
    const ComputeScope scope(m_options.threads);
    ComputeOptions plain;
    plain.device = "cpu";
    plain.dtype = "float32";
    ModelConfig config = smallRandomConfig();
    config.layers = 2;
    CRUX_TRY(weights, makeRandomModel(config, plain, 21));
    lossVectors();
    Case dropout = caseOf("SFT LoRA with dropout", true, PairLoss::Sigmoid);
    dropout.options.lora.dropout = 0.2;
    dropout.options.checkpointing = false;
    Case all = caseOf("SFT of all parameters", true, PairLoss::Sigmoid);
    all.options.allParameters = true;
    Case rpo = caseOf("RPO of all parameters", false, PairLoss::Sigmoid);
    rpo.options.allParameters = true;
    rpo.options.preference.alphaNll = 0.5;
    Case unshared = caseOf("IPO LoRA, nothing shared", false, PairLoss::Ipo);
    unshared.options.sharePrompts = false;
    const Case cases[] = {dropout,
                          all,
                          rpo,
                          unshared,
                          caseOf("cDPO LoRA", false, PairLoss::Sigmoid),
                          caseOf("cDPO LoRA, authors' code", false, PairLoss::AuthorsTokens),
                          caseOf("SimPO LoRA", false, PairLoss::SimPo),
                          caseOf("TDPO1 LoRA", false, PairLoss::Tdpo1)};
    setVocabularyRowsAtOnce(7); // several pieces, an uneven last one
    for (const Case& which : cases)
        differences(which, *weights, device);
    setVocabularyRowsAtOnce(0);
    for (const Case& which : {cases[0], cases[2], cases[7]}) {
        precision(which, *weights, at::kFloat, device, 1e-4);
        precision(which, *weights, at::kBFloat16, device, 0.1);
    }
    config.hiddenSize = 128;
    config.headDim = 64; // what flash attention takes
    config.heads = 4;
    CRUX_TRY(wider, makeRandomModel(config, plain, 22));
    if (!device.is_cpu())
        for (const Case& which : cases) {
            precision(which, *wider, at::kFloat, device, 1e-4);
            precision(which, *wider, at::kBFloat16, device, 0.1);
        }
    for (const Case& which :
         {caseOf("DPO LoRA", false, PairLoss::Sigmoid), caseOf("SFT LoRA", true, PairLoss::Sigmoid),
          cases[1], cases[2], cases[5], cases[6], cases[7]})
        if (const Status status = stepsAgainstCpu(which, *weights, device); !status.ok())
            expect(cat("steps of ", which.name), false, status.error().message);
    if (const Status status = resume(*weights, device); !status.ok())
        expect("a resumed run against an uninterrupted one", false, status.error().message);
    return m_report.totals();
}

} // namespace

Result<SelftestTotals> trainSelftest(const ComputeOptions& options, const Report& report) {
    return guarded("The self test of training",
                   [&] { return TrainSelftest(options, report).run(); });
}

} // namespace crux::engine::train
