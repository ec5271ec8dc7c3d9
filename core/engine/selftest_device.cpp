#include "core/engine/selftest_device.h"

#include "core/engine/compute.h"
#include "core/engine/llama_forward.h"
#include "core/engine/random_model.h"
#include "core/engine/vocabulary_pass.h"
#include "core/engine/weights.h"

#include <torch/torch.h>

#include <algorithm>

namespace crux::engine {

namespace {

/// Log-probabilities and entropies, by dtype; shares of the same where tokens are compared. The
/// random models' logits are large, and bfloat16 keeps 8 bits of them: an H200 differs by up to
/// 0.26 nats at the least likely token from float32 on a CPU, by 0.02 in probabilities.
struct Tolerance {
    double nats, probability, sameIds;
};

Tolerance toleranceOf(const std::string& dtype) {
    return dtype == "float32" ? Tolerance{1e-3, 1e-3, 0.95} : Tolerance{0.4, 0.08, 0};
}

struct Shape {
    const char* name;
    ModelConfig config;
};

/// Every option of the architecture is in one of them; the last is what flash attention takes.
std::vector<Shape> shapes() {
    std::vector<Shape> all{{"grouped heads, biases on q k v, tied", smallRandomConfig()}};
    ModelConfig config = smallRandomConfig();
    config.heads = config.kvHeads = 3;
    config.headDim = 24;
    config.tiedHead = false;
    config.queryKeyValueBias = config.outputBias = config.mlpBias = true;
    config.rope.kind = RopeKind::Llama3;
    config.rope.factor = 8;
    config.rope.originalContextLength = 64;
    all.push_back({"llama3 rotation, all biases, own head", config});
    config = smallRandomConfig();
    config.hiddenSize = 128;
    config.heads = 4;
    config.kvHeads = 2;
    config.headDim = 64;
    config.queryKeyValueBias = false;
    config.contextLength = 2048;
    config.vocabularySize = 9001; // rows so long that a GPU keeps them
    config.rope.kind = RopeKind::Linear;
    config.rope.factor = 2;
    all.push_back({"heads of 64, stretched rotation, long rows", config});
    return all;
}

/// Sequences of uneven lengths; some begin alike, one is short.
std::vector<Ids> someSequences(std::int64_t vocabulary) {
    std::vector<Ids> all{randomIds(90, vocabulary, 1), randomIds(33, vocabulary, 2),
                         randomIds(2, vocabulary, 3)};
    for (const unsigned seed : {4u, 5u, 6u}) {
        Ids ids(all[0].begin(), all[0].begin() + 40 + seed);
        const Ids more = randomIds(10 + 7 * seed, vocabulary, seed);
        ids.insert(ids.end(), more.begin(), more.end());
        all.push_back(std::move(ids));
    }
    return all;
}

/// The same low-rank pairs for every device; some linears have none.
int attachPairs(LoadedModel& model, std::uint64_t seed) {
    at::Generator generator = at::detail::createCPUGenerator(seed);
    std::vector<std::vector<LoraPair>> all;
    for (const LayerWeights& layer : model.weights().layers) {
        std::vector<LoraPair>& pairs = all.emplace_back();
        for (const LinearWeight* linear : linearsOf(layer)) {
            const std::int64_t out = linear->weight.size(0), in = linear->weight.size(1);
            const at::Tensor a =
                at::randn({4, in}, generator, at::kFloat) / std::sqrt(static_cast<double>(in));
            const at::Tensor b = at::randn({out, 4}, generator, at::kFloat) * 0.2;
            LoraPair pair;
            if (pairs.size() != 3) {
                pair.a = a.to(model.device(), model.activations());
                pair.b = b.to(model.device(), model.activations());
                pair.scale = 0.5 + static_cast<double>(pairs.size()) / 4;
            }
            pairs.push_back(std::move(pair));
        }
    }
    return model.attachPairs(all);
}

std::vector<float> joined(const std::vector<std::vector<float>>& parts) {
    std::vector<float> all;
    for (const auto& part : parts)
        all.insert(all.end(), part.begin(), part.end());
    return all;
}

template <typename Facts, typename T>
std::vector<T> joined(const std::vector<Facts>& facts, std::vector<T> Facts::*member) {
    std::vector<T> all;
    for (const Facts& one : facts)
        all.insert(all.end(), (one.*member).begin(), (one.*member).end());
    return all;
}

template <typename T> std::size_t sameOf(const std::vector<T>& a, const std::vector<T>& b) {
    std::size_t same = 0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        same += a[i] == b[i] ? 1 : 0;
    return same;
}

/// One shape in one dtype on the device, and in float32 on the CPU.
class DeviceChecks {
public:
    static Result<DeviceChecks> make(const Shape& shape, const std::string& device,
                                     const std::string& dtype, CheckReport& report) {
        ComputeOptions plain, asked;
        plain.device = "cpu";
        plain.dtype = "float32";
        asked.device = device;
        asked.dtype = dtype;
        DeviceChecks made(report, toleranceOf(dtype));
        made.m_label = cat(device, " ", dtype, ", ", shape.name, ": ");
        CRUX_TRY(cpu, makeRandomModel(shape.config, plain, 31));
        CRUX_TRY(there, makeRandomModel(shape.config, asked, 31));
        for (const std::uint64_t seed : {41u, 42u}) {
            attachPairs(*cpu, seed);
            attachPairs(*there, seed);
        }
        made.m_models = {cpu, there};
        return made;
    }

    Status run() {
        CRUX_TRY_VOID(scores());
        CRUX_TRY_VOID(contrast());
        CRUX_TRY_VOID(next());
        CRUX_TRY_VOID(rollouts());
        if (m_models[0]->config().contextLength > 1500)
            CRUX_TRY_VOID(longPrefix());
        if (m_tolerance.sameIds > 0)
            CRUX_TRY_VOID(draws());
        return {};
    }

private:
    DeviceChecks(CheckReport& report, Tolerance tolerance)
        : m_report(&report)
        , m_tolerance(tolerance) {}

    std::int64_t vocabulary() const { return m_models[0]->config().vocabularySize; }

    Status scores() {
        const auto sequences = someSequences(vocabulary());
        for (const int adapter : {-1, 0}) {
            std::vector<std::vector<TokenFacts>> found;
            for (const auto& model : m_models) {
                LogprobRequest request;
                request.model = {model, adapter};
                request.topK = 4;
                CRUX_TRY(facts, scoreTokens(request, sequences));
                found.push_back(std::move(facts));
            }
            const std::string name =
                cat(m_label, adapter < 0 ? "bare model, " : "with an adapter, ");
            const auto worst = [&](std::vector<float> TokenFacts::*member) {
                return worstDifference(joined(found[0], member), joined(found[1], member));
            };
            m_report->compare(name + "log-probabilities", worst(&TokenFacts::logp),
                              m_tolerance.nats);
            m_report->compare(name + "entropies", worst(&TokenFacts::entropy), m_tolerance.nats);
            const auto ranks = joined(found[0], &TokenFacts::rank);
            if (m_tolerance.sameIds > 0)
                m_report->count(name + "ranks", sameOf(ranks, joined(found[1], &TokenFacts::rank)),
                                ranks.size(), m_tolerance.sameIds);
            m_report->compare(name + "log-probabilities of the best four",
                              worst(&TokenFacts::topLogp), m_tolerance.nats);
        }
        return {};
    }

    Status contrast() {
        const auto sequences = someSequences(vocabulary());
        std::vector<std::vector<ContrastFacts>> found;
        for (const auto& model : m_models) {
            ContrastRequest request;
            request.positive = {model, 0};
            request.negative = {model, 1};
            request.policy = {model, -1};
            request.topK = 3;
            request.details = true;
            CRUX_TRY(facts, scoreContrast(request, sequences));
            found.push_back(std::move(facts));
        }
        const auto worst = [&](std::vector<float> ContrastFacts::*member) {
            return worstDifference(joined(found[0], member), joined(found[1], member));
        };
        m_report->compare(m_label + "contrastive scores", worst(&ContrastFacts::s),
                          m_tolerance.probability);
        m_report->compare(
            m_label + "probabilities of positive and negative",
            std::max(worst(&ContrastFacts::pPositive), worst(&ContrastFacts::pNegative)),
            m_tolerance.probability);
        m_report->compare(m_label + "log-probabilities of the policy",
                          worst(&ContrastFacts::logpPolicy), m_tolerance.nats);
        if (m_tolerance.sameIds > 0)
            m_report->compare(m_label + "scores of alternatives", worst(&ContrastFacts::topS),
                              m_tolerance.probability);
        return {};
    }

    Status next() {
        std::vector<std::vector<float>> found;
        for (const auto& model : m_models) {
            ContrastRequest request;
            request.positive = {model, 0};
            request.negative = {model, 1};
            request.policy = {model, -1};
            const Ids include = randomIds(20, vocabulary(), 8);
            CRUX_TRY(rows, nextTokens(request, randomIds(50, vocabulary(), 7), 0, include));
            std::vector<float>& values = found.emplace_back();
            for (const NextTokenRow& row : rows)
                for (const float value : {row.p, row.pPositive, row.pNegative, row.s})
                    values.push_back(value);
        }
        m_report->compare(m_label + "next tokens after a prefix",
                          worstDifference(found[0], found[1]), m_tolerance.probability);
        return {};
    }

    /// Log-probabilities of forced ids after prefixes of one text, as a batch of rollouts has them.
    Result<std::vector<float>> forcedLogp(const std::shared_ptr<LoadedModel>& model,
                                          std::size_t length, int batch) const {
        const Ids text = randomIds(length, vocabulary(), 9);
        std::vector<GenerateJob> jobs;
        for (unsigned i = 0; i < 24; ++i) {
            const auto end = static_cast<std::ptrdiff_t>(length - i % 5);
            jobs.push_back({Ids(text.begin(), text.begin() + end),
                            randomIds(3 + i, vocabulary(), 100 + i),
                            cat("selftest/", i),
                            0,
                            {}});
        }
        GenerateRequest request;
        request.model = {model, 0};
        request.eosIds = {-1};
        request.sampling.maxNewTokens = 3;
        request.maxBatch = batch;
        for (GenerateJob& job : jobs) // forced by steps of a batch, not as one run
            job.maxNewTokens = static_cast<int>(job.forced.size());
        CRUX_TRY(made, generate(request, jobs));
        std::vector<std::vector<float>> all;
        for (Generated& one : made)
            all.push_back(std::move(one.logp));
        return joined(all);
    }

    Status rollouts() {
        CRUX_TRY(reference, forcedLogp(m_models[0], 100, 24));
        for (const int batch : {1, 24}) {
            CRUX_TRY(found, forcedLogp(m_models[1], 100, batch));
            m_report->compare(cat(m_label, "rollouts of one prefix, batch ", batch),
                              worstDifference(reference, found), m_tolerance.nats);
        }
        return {};
    }

    /// So long a common beginning that a device reads it once for all rows of the batch.
    Status longPrefix() {
        CRUX_TRY(reference, sampledLogp(m_models[0], 1200, {}));
        CRUX_TRY(found, sampledLogp(m_models[1], 1200, reference.first));
        m_report->compare(m_label + "rollouts of one prefix of 1200 tokens",
                          worstDifference(reference.second, found.second), m_tolerance.nats);
        return {};
    }

    /// Ids and log-probabilities of rollouts drawn a token a step, or of the given ids by steps:
    /// each is asked for as the next token of what came before.
    Result<std::pair<std::vector<Ids>, std::vector<float>>>
    sampledLogp(const std::shared_ptr<LoadedModel>& model, std::size_t length,
                const std::vector<Ids>& given) const {
        constexpr int kSteps = 4, kRows = 12;
        const Ids text = randomIds(length, vocabulary(), 10);
        std::vector<Ids> rows(kRows, text);
        std::vector<float> logp;
        GenerateRequest request;
        request.model = {model, -1};
        request.eosIds = {-1};
        for (int step = 0; step < kSteps; ++step) {
            std::vector<GenerateJob> jobs;
            for (std::size_t i = 0; i < rows.size(); ++i) {
                jobs.push_back({rows[i], {}, cat("selftest/", i), 2, {}});
                if (!given.empty())
                    jobs.back().forced.push_back(given[i][length + static_cast<std::size_t>(step)]);
            }
            CRUX_TRY(made, generate(request, jobs));
            for (std::size_t i = 0; i < rows.size(); ++i) {
                rows[i].push_back(made[i].ids[0]);
                logp.push_back(made[i].logp[0]);
            }
        }
        return std::pair{rows, logp};
    }

    /// Ids of the same seeds, greedy and drawn; and the draws along one text.
    Status draws() {
        for (const double temperature : {0.0, 1.0}) {
            std::vector<Ids> found;
            for (const auto& model : m_models) {
                std::vector<GenerateJob> jobs;
                for (unsigned i = 0; i < 40; ++i)
                    jobs.push_back(
                        {randomIds(1 + i, vocabulary(), 12), {}, cat("draw/", i), 0, {}});
                GenerateRequest request;
                request.model = {model, 1};
                request.sampling.temperature = temperature;
                request.sampling.topP = temperature > 0 ? 0.9 : 1;
                request.sampling.maxNewTokens = 16;
                request.maxBatch = 16;
                CRUX_TRY(made, generate(request, jobs));
                Ids& all = found.emplace_back();
                for (Generated& one : made) {
                    one.ids.resize(16, -1);
                    all.insert(all.end(), one.ids.begin(), one.ids.end());
                }
            }
            // After one token that differs, the rest of its job does too.
            m_report->count(cat(m_label, temperature > 0 ? "sampled" : "greedy", " tokens"),
                            sameOf(found[0], found[1]), found[0].size(), m_tolerance.sameIds);
        }
        std::vector<FollowedDraws> followed;
        for (const auto& model : m_models) {
            FollowRequest request;
            request.model = {model, 0};
            for (int i = 0; i < 16; ++i)
                request.streamPaths.push_back(cat("follow/", i));
            CRUX_TRY(made, drawAlong(request, randomIds(120, vocabulary(), 13)));
            followed.push_back(std::move(made));
        }
        m_report->count(m_label + "draws along a text",
                        sameOf(followed[0].drawn, followed[1].drawn), followed[0].drawn.size(),
                        m_tolerance.sameIds);
        m_report->compare(m_label + "log-probabilities along a text",
                          worstDifference(followed[0].logp, followed[1].logp), m_tolerance.nats);
        return {};
    }

    CheckReport* m_report;
    Tolerance m_tolerance;
    std::string m_label;
    std::vector<std::shared_ptr<LoadedModel>> m_models; ///< CPU, device
};

} // namespace

Status checkDevice(const std::string& device, const std::string& dtype, CheckReport& report) {
    for (const Shape& shape : shapes()) {
        CRUX_TRY(checks, DeviceChecks::make(shape, device, dtype, report));
        if (const Status status = checks.run(); !status.ok())
            report.failed(cat(device, " ", dtype, ", ", shape.name), status.error());
    }
    return {};
}

Status checkStockOperations(CheckReport& report) {
    for (const Shape& shape : shapes()) {
        ComputeOptions plain;
        plain.device = "cpu";
        plain.dtype = "float32";
        CRUX_TRY(model, makeRandomModel(shape.config, plain, 33));
        LlamaWeights together = model->weights();
        mergeLinears(together);
        const auto merged =
            LoadedModel::fromWeights(shape.config, together, at::kFloat, at::Device(at::kCPU));
        for (LoadedModel* one : {model.get(), merged.get()})
            attachPairs(*one, 43);
        const ComputeScope scope(model->threads());
        const auto sequences = someSequences(shape.config.vocabularySize);
        PackedBatch batch;
        SharedPrefixes prefixes;
        for (const Ids& ids : sequences)
            batch.add(ids, 0, prefixes.add(ids));
        CRUX_TRY(own, forwardPacked(*model, batch, {}));
        CRUX_TRY(stock, forwardPacked(*merged, batch, {}, {}, Operations::Stock));
        const at::Tensor scale = own.abs().max();
        report.compare(cat("packed forward by stock operations against own, ", shape.name),
                       ((own - stock).abs().max() / scale).item<double>(), 1e-5);
    }
    return {};
}

} // namespace crux::engine
