// engine::selftest: what must hold on a machine without Qt and without files. Makes its own random
// weights; compares kernels with double precision, devices with the CPU, LoRA with merged weights
// and cached decoding with the full forward.
#include "core/base/text_util.h"
#include "core/engine/check_report.h"
#include "core/engine/compute.h"
#include "core/engine/cpu_decoder.h"
#include "core/engine/decode_session.h"
#include "core/engine/random_model.h"
#include "core/engine/sampler.h"
#include "core/engine/selftest_device.h"
#include "core/engine/torch_decoder.h"
#include "core/engine/weights.h"

#include <torch/torch.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <numeric>
#include <random>

namespace crux::engine {

namespace {

constexpr double kFloatTolerance = 1e-3;  // log-probabilities, float32
constexpr double kNarrowTolerance = 0.15; // the same where activations are rounded to bf16
constexpr double kKernelTolerance = 5e-6; // relative to the sum of absolute products

using Report = std::function<void(const std::string& line)>;

/// The checks of one call. Owner: that call. A check that cannot run counts as failed, with the
/// reason.
class Selftest {
public:
    Selftest(ComputeOptions options, const Report& report)
        : m_options(std::move(options))
        , m_report(report) {}

    Result<SelftestTotals> run();

private:
    void compare(const std::string& name, double worst, double tolerance) {
        m_report.compare(name, worst, tolerance);
    }
    void expect(const std::string& name, bool ok, const std::string& detail) {
        m_report.expect(name, ok, detail);
    }
    void skip(const std::string& name, const std::string& why) { m_report.skip(name, why); }
    void failed(const std::string& name, const Error& error) { m_report.failed(name, error); }

    void kernels();
    void kernelLevel(const RowKernels& level);
    void samplerRules();
    void headDraws();
    void contrastVector();
    Status modelChecks(const std::string& dtype);
    Status loraAgainstMerged(const std::string& dtype);
    Status invariance(const std::shared_ptr<LoadedModel>& model, const std::string& label);
    Status stockAgainstOwn();
    Status sharedPrefix(const std::shared_ptr<LoadedModel>& model, const std::string& label,
                        double tolerance);

    ComputeOptions withDType(const std::string& dtype) const;

    ComputeOptions m_options;
    CheckReport m_report;
};

Result<std::vector<float>> scoredLogp(const std::shared_ptr<Model>& model, int adapter,
                                      const Ids& ids) {
    LogprobRequest request;
    request.model = {model, adapter};
    const std::vector<Ids> sequences{ids};
    CRUX_TRY(facts, scoreTokens(request, sequences));
    return std::vector<float>(facts[0].logp.begin() + 1, facts[0].logp.end());
}

/// The same numbers from the KV cache: everything after the first token is forced.
Result<std::vector<float>> decodedLogp(const std::shared_ptr<Model>& model, int adapter,
                                       const Ids& ids) {
    GenerateRequest request;
    request.model = {model, adapter};
    request.eosIds = {-1};
    request.sampling.maxNewTokens = static_cast<int>(ids.size()) - 1;
    const std::vector<GenerateJob> jobs{{{ids[0]}, Ids(ids.begin() + 1, ids.end()), "selftest", 0}};
    CRUX_TRY(made, generate(request, jobs));
    return made[0].logp;
}

/// Logits after rollouts of 0 .. 6 own tokens of one long prefix, in one forward pass or in one
/// each.
Result<std::vector<float>> rolloutLogits(DecodeSession& session, const Ids& prefix, bool together) {
    std::vector<Ids> rollouts;
    std::vector<KvSequence> sequences(7);
    std::vector<DecodeSegment> segments;
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        rollouts.push_back(prefix);
        for (std::size_t own = 0; own < i; ++own)
            rollouts[i].push_back(static_cast<std::int32_t>(3 + i + own));
        const auto known = std::span(rollouts[i]).first(rollouts[i].size() - 1);
        {
            const std::lock_guard lock(session.mutex());
            sequences[i] = session.open(-1, known);
        }
        CRUX_TRY_VOID(session.prefill(sequences[i], known, -1, {}));
        const std::lock_guard lock(session.mutex());
        session.remember(-1, known, sequences[i]);
        if (!session.makeRoom(sequences[i], sequences[i].length + 1))
            return fail(ErrorCode::OutOfMemory, "The KV cache is full.");
        segments.push_back(
            {std::span(rollouts[i]).last(1), sequences[i].length, sequences[i].blocks, 0});
    }
    std::vector<float> all;
    const std::lock_guard lock(session.mutex());
    const auto add = [&](std::span<const DecodeSegment> some) {
        const float* logits = session.backend().forward(some, -1);
        all.insert(all.end(), logits,
                   logits + static_cast<std::int64_t>(some.size()) * session.vocabularySize());
    };
    if (together)
        add(segments);
    else
        for (const DecodeSegment& segment : segments)
            add({&segment, 1});
    for (KvSequence& sequence : sequences)
        session.close(sequence);
    return all;
}

ComputeOptions Selftest::withDType(const std::string& dtype) const {
    ComputeOptions made = m_options;
    made.dtype = dtype;
    return made;
}

void Selftest::kernelLevel(const RowKernels& level) {
    constexpr std::int64_t kRows = 9, kColumns = 13, kInner = 203;
    std::mt19937 engine(1);
    std::uniform_real_distribution<float> value(-1, 1);
    std::vector<float> x(kRows * kInner), w(kColumns * kInner);
    for (auto* values : {&x, &w})
        for (float& number : *values)
            number = fromBfloat16(toBfloat16(value(engine))); // exact in both types
    std::vector<Bfloat16> x16(x.size()), w16(w.size());
    level.toBfloat16(x.data(), static_cast<std::int64_t>(x.size()), x16.data());
    level.toBfloat16(w.data(), static_cast<std::int64_t>(w.size()), w16.data());
    for (const bool narrow : {false, true}) {
        std::vector<float> all(kRows * kColumns), alone(kRows * kColumns);
        LinearArgs args;
        args.x = narrow ? static_cast<const void*>(x16.data()) : x.data();
        args.w = narrow ? static_cast<const void*>(w16.data()) : w.data();
        args.xStride = args.k = kInner;
        args.rows = kRows;
        args.columns = args.outStride = kColumns;
        args.out = all.data();
        const auto linear = narrow ? level.linearBfloat16 : level.linearFloat;
        linear(args, 0, kColumns);
        double worst = 0;
        for (std::int64_t row = 0; row < kRows; ++row) {
            for (std::int64_t column = 0; column < kColumns; ++column) {
                double sum = 0, scale = 0;
                for (std::int64_t i = 0; i < kInner; ++i) {
                    const double product = double{x[static_cast<std::size_t>(row * kInner + i)]} *
                                           w[static_cast<std::size_t>(column * kInner + i)];
                    sum += product;
                    scale += std::fabs(product);
                }
                worst = std::max(
                    worst, std::fabs(all[static_cast<std::size_t>(row * kColumns + column)] - sum) /
                               scale);
            }
            LinearArgs one = args;
            one.rows = 1;
            one.x = narrow ? static_cast<const void*>(x16.data() + row * kInner)
                           : x.data() + row * kInner;
            one.out = alone.data() + row * kColumns;
            linear(one, 0, 4);
            linear(one, 4, kColumns);
        }
        const std::string name = cat("kernels ", level.name, narrow ? " bfloat16" : " float32");
        compare(name + ", matrix product against double", worst, kKernelTolerance);
        expect(name + ", a row alone equals it in a batch",
               std::memcmp(all.data(), alone.data(), all.size() * sizeof(float)) == 0,
               "bit for bit");
    }
}

void Selftest::kernels() {
    for (const char* name : {"portable", "avx2", "avx512", "avx512bf16"}) {
        if (const RowKernels* level = rowKernelsNamed(name))
            kernelLevel(*level);
        else
            skip(cat("kernels ", name), "this CPU has it not");
    }
}

void Selftest::samplerRules() {
    std::vector<float> logits;
    for (const double p : {0.1, 0.5, 0.3, 0.1})
        logits.push_back(static_cast<float>(std::log(p)));
    SamplingParams params;
    params.topP = 0.6;
    Sampler nucleus(params);
    const auto below = nucleus.draw(logits, 0.62), above = nucleus.draw(logits, 0.63);
    expect("sampler, the token that crosses top-p is kept",
           below && above && below->id == 1 && above->id == 2, "");
    params.temperature = 0;
    const std::vector<float> ties{1, 4, 4, 2};
    const auto greedy = Sampler(params).draw(ties, 0.9);
    expect("sampler, greedy ties go to the lowest id", greedy && greedy->id == 1, "");
    headDraws();
}

/// What the best tokens of a row decide is what the row decides.
void Selftest::headDraws() {
    constexpr std::size_t kIds = 1500, kHead = 100;
    std::mt19937 engine(17);
    std::normal_distribution<float> value(0, 3);
    std::size_t decided = 0, same = 0;
    for (int round = 0; round < 400; ++round) {
        SamplingParams params;
        params.temperature = std::array{1.0, 0.7, 0.0, 1.3}[static_cast<std::size_t>(round % 4)];
        params.topK = round % 5 == 0 ? 20 : 0;
        params.topP = round % 3 == 0 ? 0.8 : 1;
        std::vector<float> row(kIds), best;
        for (float& logit : row)
            logit = std::round(8 * value(engine)) / 8; // with ties
        std::vector<std::int32_t> order(kIds);
        std::iota(order.begin(), order.end(), 0);
        const auto at = [&row](std::int32_t id) { return row[static_cast<std::size_t>(id)]; };
        std::stable_sort(order.begin(), order.end(),
                         [&](std::int32_t a, std::int32_t b) { return at(a) > at(b); });
        for (std::size_t i = 0; i < kHead; ++i)
            best.push_back(at(order[i]));
        LogitHead head{best, std::span(order).first(kHead), 0, 0};
        double sum = 0;
        for (const float logit : row) {
            sum += std::exp(double{logit} - best[0]);
            if (params.temperature > 0)
                head.mass += std::exp((double{logit} - best[0]) / params.temperature);
        }
        head.logSum = best[0] + std::log(sum);
        const double uniform = (engine() % 100000 + 0.5) / 100000;
        Sampler sampler(params);
        const auto few = sampler.draw(head, uniform);
        const auto all = sampler.draw(row, uniform);
        decided += few ? 1 : 0;
        same += few && all && few->id == all->id && std::fabs(few->logp - all->logp) < 1e-4 ? 1 : 0;
    }
    expect("sampler, the best tokens of a row give its draw", same == decided && decided > 250,
           cat(same, " of ", decided, " decided of 400"));
}

/// A model whose one layer adds nothing and whose head gives fixed logits: REFERENCE.md A.6's CE
/// vector.
void Selftest::contrastVector() {
    const std::string name = "contrastive scores of the built-in vector";
    const auto fixed = [this](std::array<float, 3> logits) -> Result<std::shared_ptr<LoadedModel>> {
        CRUX_TRY(device, deviceFromName(m_options.device));
        ModelConfig config = smallRandomConfig();
        config.vocabularySize = 3;
        config.hiddenSize = 64;
        config.layers = 1;
        config.rmsNormEps = 1e-12;
        config.tiedHead = false;
        config.queryKeyValueBias = false;
        LlamaWeights weights;
        weights.embedding = at::ones({3, 64}, at::kFloat).to(device);
        const std::int64_t queries = config.heads * config.headDim,
                           keys = config.kvHeads * config.headDim;
        const std::int64_t inner = config.intermediateSize;
        const auto zeros = [&device](std::int64_t out, std::int64_t in) {
            LinearWeight made;
            made.weight = at::zeros({out, in}, at::kFloat).to(device);
            return made;
        };
        const at::Tensor ones = at::ones({64}, at::kFloat).to(device);
        weights.layers.push_back({ones, zeros(queries, 64), zeros(keys, 64), zeros(keys, 64),
                                  zeros(64, queries), ones, zeros(inner, 64), zeros(inner, 64),
                                  zeros(64, inner)});
        weights.finalNorm = at::ones({64}, at::kFloat).to(device);
        weights.head =
            (at::tensor(std::vector<float>(logits.begin(), logits.end())).view({3, 1}) / 64.0)
                .expand({3, 64})
                .contiguous()
                .to(device);
        return LoadedModel::fromWeights(config, std::move(weights), at::kFloat, device);
    };
    const auto positive = fixed({2, 1, 0}), negative = fixed({0, 1, 2});
    if (!positive || !negative)
        return failed(name, positive ? negative.error() : positive.error());
    ContrastRequest request;
    request.positive = {*positive, -1};
    request.negative = {*negative, -1};
    const std::vector<Ids> sequences{{0, 0}, {0, 1}, {0, 2}};
    const auto facts = scoreContrast(request, sequences);
    if (!facts)
        return failed(name, facts.error());
    const double expected[] = {.9503302, .0473142, .0023556};
    double worst = 0;
    for (std::size_t i = 0; i < 3; ++i)
        worst = std::max(worst, std::fabs((*facts)[i].s[1] - expected[i]));
    compare(name, worst, 2e-6);
}

Status Selftest::invariance(const std::shared_ptr<LoadedModel>& model, const std::string& label) {
    const std::int64_t vocabulary = model->config().vocabularySize;
    std::vector<GenerateJob> jobs;
    const Ids trajectory = randomIds(40, vocabulary, 3);
    for (std::size_t i = 0; i < 64; ++i)
        jobs.push_back(
            {Ids(trajectory.begin(), trajectory.begin() + 1 + static_cast<std::ptrdiff_t>(i % 40)),
             {},
             cat("selftest/", i),
             0});
    GenerateRequest request;
    request.model = {model, -1};
    request.sampling.maxNewTokens = 24;
    std::vector<std::vector<Generated>> runs;
    for (const int batch : {64, 3, 1}) {
        request.maxBatch = batch;
        CRUX_TRY(made, generate(request, jobs));
        runs.push_back(std::move(made));
    }
    std::size_t sameIds = 0, sameBits = 0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const bool ids = runs[0][i].ids == runs[1][i].ids && runs[0][i].ids == runs[2][i].ids;
        sameIds += ids ? 1 : 0;
        sameBits +=
            ids && runs[0][i].logp == runs[1][i].logp && runs[0][i].logp == runs[2][i].logp ? 1 : 0;
    }
    if (model->device().is_cpu()) {
        expect(label + ", batches of 1, 3 and 64 draw the same", sameBits == jobs.size(),
               cat(sameBits, " of ", jobs.size(), " equal bit for bit"));
    } else {
        // Rounding may turn a draw that falls on a border: most must agree, all is not promised.
        expect(label + ", batches of 1, 3 and 64 draw the same", sameIds * 10 >= jobs.size() * 8,
               cat(sameIds, " of ", jobs.size(), " with equal ids, 80 % asked for on this device"));
    }
    return {};
}

/// The reference is float32 on the CPU with W + s B A merged exactly from the values that the
/// tested model holds, so that in bf16 the difference is that model's own rounding alone.
Status Selftest::loraAgainstMerged(const std::string& dtype) {
    const double tolerance = dtype == "float32" ? kFloatTolerance : kNarrowTolerance;
    CRUX_TRY(base, makeRandomModel(smallRandomConfig(), withDType(dtype), 7));
    ComputeOptions exact;
    exact.device = "cpu";
    exact.dtype = "float32";
    CRUX_TRY(merged, makeRandomModel(smallRandomConfig(), exact, 7));
    at::Generator generator = at::detail::createCPUGenerator(8);
    const at::NoGradGuard noGrad;
    const auto wide = [](const at::Tensor& t) { return t.to(at::kCPU, at::kFloat); };
    at::Tensor embedding = merged->weights().embedding; // the same storage: changed in place
    embedding.copy_(wide(base->weights().embedding));
    std::vector<std::vector<LoraPair>> pairs;
    for (std::size_t layer = 0; layer < base->weights().layers.size(); ++layer) {
        std::vector<LoraPair> made;
        const auto targets = linearsOf(merged->weights().layers[layer]);
        const auto sources = linearsOf(base->weights().layers[layer]);
        for (std::size_t i = 0; i < targets.size(); ++i) {
            at::Tensor weight = targets[i]->weight, bias = targets[i]->bias;
            const std::int64_t out = weight.size(0), in = weight.size(1);
            const auto place = [&](const at::Tensor& t) {
                return t.to(base->device(), base->activations());
            };
            LoraPair pair;
            pair.a = place(at::randn({5, in}, generator, at::kFloat) /
                           std::sqrt(static_cast<double>(in)));
            pair.b = place(at::randn({out, 5}, generator, at::kFloat) * 0.1);
            pair.scale = 1.5;
            weight.copy_(wide(sources[i]->weight) +
                         pair.scale * at::mm(wide(pair.b), wide(pair.a)));
            if (bias.defined())
                bias.copy_(wide(sources[i]->bias));
            made.push_back(std::move(pair));
        }
        pairs.push_back(std::move(made));
    }
    const int adapter = base->attachPairs(pairs);
    const Ids ids = randomIds(60, base->config().vocabularySize, 4);
    CRUX_TRY(scoredMerged, scoredLogp(merged, -1, ids));
    CRUX_TRY(scored, scoredLogp(base, adapter, ids));
    CRUX_TRY(decoded, decodedLogp(base, adapter, ids));
    CRUX_TRY(bare, scoredLogp(base, -1, ids));
    compare(cat("LoRA against merged weights, ", dtype, ", scoring"),
            worstDifference(scored, scoredMerged), tolerance);
    compare(cat("LoRA against merged weights, ", dtype, ", decoding"),
            worstDifference(decoded, scoredMerged), tolerance);
    const double effect = worstDifference(bare, scored);
    expect(cat("LoRA changes the model, ", dtype), effect > 10 * kFloatTolerance,
           cat("by ", effect));
    return {};
}

Status Selftest::modelChecks(const std::string& dtype) {
    const double tolerance = dtype == "float32" ? kFloatTolerance : kNarrowTolerance;
    CRUX_TRY(model, makeRandomModel(smallRandomConfig(), withDType(dtype), 5));
    const std::string label = cat(model->info().device, " ", dtype);
    const Ids ids = randomIds(90, model->config().vocabularySize, 6);
    CRUX_TRY(scored, scoredLogp(model, -1, ids));
    CRUX_TRY(decoded, decodedLogp(model, -1, ids));
    compare(label + ", cached decoding against the full forward", worstDifference(decoded, scored),
            tolerance);
    CRUX_TRY_VOID(invariance(model, label));
    CRUX_TRY_VOID(sharedPrefix(model, label, tolerance));
    ComputeOptions plain;
    plain.device = "cpu";
    plain.dtype = "float32";
    CRUX_TRY(onCpu, makeRandomModel(smallRandomConfig(), plain, 5));
    CRUX_TRY(reference, scoredLogp(onCpu, -1, ids));
    compare(label + ", scores against float32 on the CPU", worstDifference(scored, reference),
            tolerance);
    return loraAgainstMerged(dtype);
}

/// The stock-op decoder on the CPU against the own kernels: two programs for one answer.
Status Selftest::stockAgainstOwn() {
    ComputeOptions plain;
    plain.device = "cpu";
    plain.dtype = "float32";
    CRUX_TRY(model, makeRandomModel(smallRandomConfig(), plain, 9));
    const std::int64_t vocabulary = model->config().vocabularySize;
    DecodeSession own(std::make_unique<CpuDecoder>(*model), vocabulary, 1 << 24, 256);
    DecodeSession stock(std::make_unique<TorchDecoder>(*model), vocabulary, 1 << 24, 256);
    double worst = 0;
    for (const std::size_t length : {1, 17, 64}) {
        const Ids ids = randomIds(length, vocabulary, 10);
        CRUX_TRY(a, own.logitsAfter(ids, -1));
        CRUX_TRY(b, stock.logitsAfter(ids, -1));
        worst = std::max(worst, worstDifference(a, b));
    }
    compare("own decoder against stock operations on the CPU", worst, kFloatTolerance);
    const Ids prefix = randomIds(100, vocabulary, 11);
    CRUX_TRY(alone, rolloutLogits(own, prefix, false));
    CRUX_TRY(together, rolloutLogits(own, prefix, true));
    CRUX_TRY(stockTogether, rolloutLogits(stock, prefix, true));
    expect("rollouts of one prefix alone equal those in a batch, own decoder",
           std::memcmp(alone.data(), together.data(), alone.size() * sizeof(float)) == 0,
           "bit for bit");
    compare("rollouts of one prefix, own decoder against stock operations",
            worstDifference(together, stockTogether), kFloatTolerance);
    return {};
}

/// What rows read together because they share a prefix equals what each reads alone.
Status Selftest::sharedPrefix(const std::shared_ptr<LoadedModel>& model, const std::string& label,
                              double tolerance) {
    DecodeSession session(makeDecodeBackend(*model), model->config().vocabularySize, 1 << 24, 64);
    const Ids prefix = randomIds(100, model->config().vocabularySize, 12);
    CRUX_TRY(alone, rolloutLogits(session, prefix, false));
    CRUX_TRY(together, rolloutLogits(session, prefix, true));
    compare(label + ", rollouts of one prefix alone and together", worstDifference(alone, together),
            tolerance);
    return {};
}

Result<SelftestTotals> Selftest::run() {
    CRUX_TRY(device, deviceFromName(m_options.device));
    m_options.device = device.str();
    kernels();
    samplerRules();
    contrastVector();
    if (const Status status = stockAgainstOwn(); !status)
        failed("own decoder against stock operations on the CPU", status.error());
    std::vector<std::string> dtypes{"float32", "bfloat16"};
    if (m_options.dtype != "auto")
        dtypes = {m_options.dtype};
    for (const std::string& dtype : dtypes)
        if (const Status status = modelChecks(dtype); !status)
            failed(cat("checks in ", dtype), status.error());
    if (const Status status = checkStockOperations(m_report); !status)
        failed("stock operations against own", status.error());
    if (!device.is_cpu())
        for (const std::string& dtype : dtypes)
            if (const Status status = checkDevice(m_options.device, dtype, m_report); !status)
                failed(cat("the device against the CPU in ", dtype), status.error());
    return m_report.totals();
}

} // namespace

Result<SelftestTotals> selftest(const ComputeOptions& options, const Report& report) {
    return guarded("The self test", [&] { return Selftest(options, report).run(); });
}

} // namespace crux::engine
