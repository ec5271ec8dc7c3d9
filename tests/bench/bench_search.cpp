// Search for critical tokens by rollouts, and plain sampling, on the demo's model: wall time,
// sampled tokens and verdicts of the economical search against our own brute force, transformers
// `generate` from every prefix and a llama.cpp server with parallel slots and prompt cache, all in
// one run.
//   bench_search [--trajectories N] [--brute N] [--peer N] [--questions N] [--n N] [--threads N]
//                [--shape 0.1b] [--peers transformers,llama_cpp]
// --threads holds for the peers too; 0: all cores.
#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/jobs/facade.h"
#include "core/store/repositories.h"
#include "core/text/tokenizer.h"
#include "random_tensors.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <map>
#include <set>
#include <sys/wait.h>

using namespace crux;

namespace {

struct Options {
    std::size_t trajectories = 32; ///< searched economically
    std::size_t brute = 4;         ///< of these, searched by brute force too
    std::size_t peer = 1;          ///< of these, searched by the peers
    std::size_t questions = 64;    ///< for plain sampling
    int n = 64;
    int threads = 0;
    int batch = 0; ///< 0: the search job's default
    bool large = false;
    std::string peers = "transformers,llama_cpp";
};

[[noreturn]] void quit(const std::string& why) {
    std::fprintf(stderr, "bench_search: %s\n", why.c_str());
    std::exit(1);
}
template <typename T> T take(Result<T> result) {
    if (!result.ok())
        quit(result.error().message);
    return std::move(result).value();
}

/// Of all threads: what to read while other programs use the machine.
double cpuSeconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

Options optionsOf(int argc, char** argv) {
    Options o;
    const auto count = [](const char* text) {
        return static_cast<std::size_t>(std::max(0, std::atoi(text)));
    };
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string key = argv[i];
        if (key == "--trajectories")
            o.trajectories = count(argv[i + 1]);
        else if (key == "--brute")
            o.brute = count(argv[i + 1]);
        else if (key == "--peer")
            o.peer = count(argv[i + 1]);
        else if (key == "--questions")
            o.questions = count(argv[i + 1]);
        else if (key == "--n")
            o.n = static_cast<int>(count(argv[i + 1]));
        else if (key == "--threads")
            o.threads = static_cast<int>(count(argv[i + 1]));
        else if (key == "--batch")
            o.batch = static_cast<int>(count(argv[i + 1]));
        else if (key == "--shape")
            o.large = true;
        else if (key == "--peers")
            o.peers = argv[i + 1];
        else
            quit("unknown option " + key);
    }
    o.brute = std::min(o.brute, o.trajectories);
    o.peer = std::min(o.peer, o.trajectories);
    return o;
}

std::string demo(const char* part) {
    return cat(CRUX_SOURCE_DIR, "/resources/demo/", part);
}

std::vector<Json> linesOf(const char* file) {
    std::vector<Json> rows;
    const std::string bytes = take(readFile(demo(file)));
    for (const std::string_view line : split(bytes, '\n'))
        if (!line.empty())
            rows.push_back(take(parseJson(line)));
    return rows;
}

/// The first wrong trajectory of each question.
std::vector<Json> wrongTrajectories(std::size_t most) {
    std::vector<Json> rows;
    std::set<std::int64_t> questions;
    for (Json& row : linesOf("trajectories.jsonl"))
        if (rows.size() < most && !row.at("correct").get<bool>() &&
            questions.insert(row.at("question_id").get<std::int64_t>()).second)
            rows.push_back(std::move(row));
    return rows;
}

/// A folder that goes with its owner.
class TempFolder {
public:
    TempFolder()
        : m_path(std::filesystem::temp_directory_path() / cat("crux-bench-search-", nowMs())) {
        std::filesystem::create_directories(m_path);
    }
    ~TempFolder() {
        std::error_code code;
        std::filesystem::remove_all(m_path, code);
    }
    const Path& path() const { return m_path; }

private:
    Path m_path;
};

/// What one search of some trajectories took.
struct Outcome {
    double seconds = 0, cpu = 0;
    std::int64_t tokens = 0, rollouts = 0;
    std::vector<int> positions; ///< critical token, -1: none
};

std::int64_t numberBefore(const std::string& text, const std::string& word) {
    const std::size_t at = text.find(word);
    if (at == std::string::npos)
        return 0;
    const std::size_t begin = text.rfind(' ', at - 2);
    return std::atoll(text.c_str() + begin + 1);
}

/// One search job in a project of its own: nothing is found ready.
Outcome search(const Path& file, const Path& model, const std::vector<Json>& rows,
               jobs::ModelCache& models, const Json& extra) {
    auto opened = store::Project::open(file, store::OpenMode::Create);
    auto project = take(std::move(opened));
    take(jobs::registerModel(*project, model, "model"));
    store::DatasetRecord dataset;
    dataset.name = "words";
    const DatasetId set = take(store::addDataset(*project, dataset));
    std::vector<TrajectoryId> ids;
    for (const Json& row : rows) {
        store::QuestionRecord question;
        question.datasetId = set;
        question.externalId = row.at("id").get<std::string>();
        question.text = row.at("prompt").get<std::string>();
        question.gold = row.at("answer").get<std::string>();
        store::TrajectoryRecord t;
        t.datasetId = set;
        t.questionId = take(store::addQuestion(*project, question));
        t.prompt = question.text;
        t.response = row.at("response").get<std::string>();
        t.ids = row.at("ids").get<std::vector<std::int32_t>>();
        t.promptTokens = row.at("prompt_tokens").get<std::int32_t>();
        t.verdict = Verdict::Wrong;
        ids.push_back(take(store::addTrajectory(*project, t)));
    }
    Json spec{{"where", ""},  {"method", "critical"}, {"confirm", 0},
              {"top_p", 1.0}, {"temperature", 1.0},   {"stop", {"\n"}}};
    spec.update(extra);
    const JobId id = take(store::addJob(*project, "search", spec, "bench"));
    jobs::RunnerOptions runner;
    runner.owner = jobs::ownerName();
    const double start = steadyMs(), cpu = cpuSeconds();
    const auto job = take(jobs::runThisJob(*project, id, models, runner, {}));
    Outcome outcome;
    outcome.seconds = (steadyMs() - start) / 1000;
    outcome.cpu = cpuSeconds() - cpu;
    if (job.state != store::JobState::Done)
        quit(job.error ? job.error->message : job.message);
    outcome.tokens = numberBefore(job.message, " tokens drawn");
    outcome.rollouts = numberBefore(job.message, " rollouts of");
    for (const TrajectoryId trajectory : ids) {
        const auto found = take(store::findingsOf(*project, trajectory));
        outcome.positions.push_back(found.empty() ? -1 : found[0].position);
    }
    return outcome;
}

/// What a peer wrote: {"seconds", "tokens", "positions"} of each trajectory, or of all samples.
Json runPeer(const Path& folder, const std::string& script, const std::string& arguments) {
    const char* python = std::getenv("CRUX_PEER_PYTHON");
    if (!python || !*python) {
        std::printf("  %s is left out: CRUX_PEER_PYTHON names no Python (tests/bench/run.sh makes "
                    "one).\n",
                    script.c_str());
        return {};
    }
    const Path out = folder / "peer.json";
    const std::string command = cat(python, " ", CRUX_SOURCE_DIR, "/tests/bench/", script, " ",
                                    folder.string(), " ", out.string(), " ", arguments);
    constexpr int kSkipped = 77; // said why itself
    if (const int status = std::system(command.c_str()); status != 0) {
        if (!WIFEXITED(status) || WEXITSTATUS(status) != kSkipped)
            std::printf("  %s failed; its figures are left out.\n", script.c_str());
        return {};
    }
    const auto text = readFile(out);
    const auto parsed = text.ok() ? parseJson(*text) : Result<Json>(Json());
    return parsed.ok() ? *parsed : Json();
}

void printPeerGreedy(const Json& peer, std::size_t asked) {
    if (peer.is_object() && peer.at("greedy").is_number())
        std::printf("  %s: %d of %zu greedy continuations the same as ours\n",
                    peer.at("name").get<std::string>().c_str(), peer.at("greedy").get<int>(),
                    asked);
}

void printPeerSearch(const Json& peer, const Outcome& ours, std::size_t searched) {
    if (!peer.is_object())
        return;
    const auto& rows = peer.at("search");
    if (rows.empty())
        return;
    double seconds = 0, cpu = 0, tokens = 0;
    std::size_t equal = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        seconds += rows[i].at("seconds").get<double>();
        cpu += rows[i].at("cpu").get<double>();
        tokens += rows[i].at("tokens").get<double>();
        equal += rows[i].at("position").get<int>() == ours.positions[i] ? 1 : 0;
    }
    const auto count = static_cast<double>(rows.size()), all = static_cast<double>(searched);
    std::printf("  %s, %zu trajectories: %.1f s (%.1f CPU s) and %.0f tokens each, %.0f tokens/s = "
                "%.0f x our time (%.0f x our CPU s), %.1f x our tokens; %zu of %zu verdicts the "
                "same (its own random numbers)\n",
                peer.at("name").get<std::string>().c_str(), rows.size(), seconds / count,
                cpu / count, tokens / count, tokens / seconds,
                seconds / count / (ours.seconds / all), cpu / count / (ours.cpu / all),
                tokens / count / (static_cast<double>(ours.tokens) / all), equal, rows.size());
}

void writePeerInput(const Path& folder, const Path& model, const std::vector<Json>& rows,
                    const std::vector<Json>& questions, const std::vector<Json>& greedy,
                    const Options& options, int maxNewTokens) {
    Json input{{"model", model.string()},    {"n", options.n},
               {"threads", options.threads}, {"max_new_tokens", maxNewTokens},
               {"stop_ids", {2, 3}},         {"trajectories", Json::array()},
               {"prompts", Json::array()},   {"greedy", Json(greedy)}};
    for (const Json& row : rows)
        input["trajectories"].push_back({{"ids", row.at("ids")},
                                         {"prompt_tokens", row.at("prompt_tokens")},
                                         {"answer", row.at("answer")}});
    for (const Json& question : questions)
        input["prompts"].push_back(question);
    std::ofstream(folder / "input.json") << input.dump();
}

/// The most likely continuations of some prompts: what every program should find.
std::vector<Json> greedyOf(const engine::ModelRef& model, const std::vector<Json>& rows) {
    constexpr std::size_t kPrompts = 8;
    std::vector<engine::GenerateJob> jobs;
    for (std::size_t i = 0; i < std::min(rows.size(), kPrompts); ++i) {
        auto prefix = rows[i].at("ids").get<engine::Ids>();
        prefix.resize(rows[i].at("prompt_tokens").get<std::size_t>());
        jobs.push_back({prefix, {}, cat("greedy/", i), 0});
    }
    engine::GenerateRequest request;
    request.model = model;
    request.sampling.temperature = 0;
    request.sampling.maxNewTokens = 24;
    request.stopIds = {3};
    const auto made = take(engine::generate(request, jobs));
    std::vector<Json> found;
    for (std::size_t i = 0; i < jobs.size(); ++i)
        found.push_back({{"prefix", jobs[i].prefix}, {"ids", made[i].ids}});
    return found;
}

struct Sampled {
    double seconds = 0, cpu = 0;
    std::size_t tokens = 0;
};

/// n samples of every prompt by engine::generate, as the sampling job draws them.
Sampled sample(const engine::ModelRef& model, const std::vector<Json>& prompts, int n,
               int maxNewTokens, int batch) {
    std::vector<engine::GenerateJob> jobs;
    for (std::size_t q = 0; q < prompts.size(); ++q)
        for (int i = 0; i < n; ++i)
            jobs.push_back({prompts[q].get<engine::Ids>(), {}, cat("bench/q", q, "/r", i), 0});
    engine::GenerateRequest request;
    request.model = model;
    request.sampling.maxNewTokens = maxNewTokens;
    request.stopIds = {3};
    request.maxBatch = batch;
    const double start = steadyMs(), cpu = cpuSeconds();
    const auto made = take(engine::generate(request, jobs));
    Sampled sampled;
    sampled.seconds = (steadyMs() - start) / 1000;
    sampled.cpu = cpuSeconds() - cpu;
    for (const auto& one : made)
        sampled.tokens += one.ids.size() + (one.finish == FinishReason::Length ? 0 : 1);
    return sampled;
}

void printPeerSampling(const Json& peer, const Sampled& own) {
    if (!peer.is_object() || !peer.contains("sample") || peer.at("sample").is_null())
        return;
    const double seconds = peer.at("sample").at("seconds").get<double>();
    const double tokens = peer.at("sample").at("tokens").get<double>();
    const double cpu = peer.at("sample").at("cpu").get<double>();
    const auto ownTokens = static_cast<double>(own.tokens);
    std::printf("  %s, %d prompts: %.1f s, %.0f tokens/s (%.0f a CPU second): ours is %.1f x (%.1f "
                "x a CPU second)\n",
                peer.at("name").get<std::string>().c_str(),
                peer.at("sample").at("prompts").get<int>(), seconds, tokens / seconds, tokens / cpu,
                ownTokens / own.seconds / (tokens / seconds), ownTokens / own.cpu / (tokens / cpu));
}

void compareSearch(const Options& options, const TempFolder& folder, const Path& model,
                   const std::vector<Json>& rows, const std::vector<Json>& prompts,
                   int maxNewTokens) {
    jobs::ModelCache models(engine::ComputeOptions{"cpu", "auto", options.threads});
    Json extra{{"n", options.n}, {"max_new_tokens", maxNewTokens}};
    if (options.batch > 0)
        extra["batch"] = options.batch;
    const std::vector<Json> one(rows.begin(), rows.begin() + 1);
    search(folder.path() / "warm.crux", model, one, models, extra); // loads the model
    const Outcome quick = search(folder.path() / "economical.crux", model, rows, models, extra);
    const auto count = static_cast<double>(rows.size());
    std::printf("  crux economical, %zu trajectories: %.2f s = %.3f s each (%.3f CPU s), %lld "
                "rollouts, %.0f tokens each (%.0f tokens/s)\n",
                rows.size(), quick.seconds, quick.seconds / count, quick.cpu / count,
                static_cast<long long>(quick.rollouts), static_cast<double>(quick.tokens) / count,
                static_cast<double>(quick.tokens) / quick.seconds);
    std::fflush(stdout);
    if (options.brute > 0) {
        const std::vector<Json> few(rows.begin(),
                                    rows.begin() + static_cast<std::ptrdiff_t>(options.brute));
        const Outcome part = few.size() == rows.size()
                                 ? quick
                                 : search(folder.path() / "part.crux", model, few, models, extra);
        extra["mode"] = "exhaustive";
        const Outcome brute = search(folder.path() / "brute.crux", model, few, models, extra);
        std::size_t equal = 0;
        for (std::size_t i = 0; i < few.size(); ++i)
            equal += brute.positions[i] == quick.positions[i] ? 1 : 0;
        const auto fewCount = static_cast<double>(few.size());
        std::printf("  crux exhaustive, %zu trajectories: %.2f s each, %.0f tokens each (%.0f "
                    "tokens/s) = %.1f x the time and %.1f x the tokens of the economical search; "
                    "%zu of %zu verdicts the same\n",
                    few.size(), brute.seconds / fewCount,
                    static_cast<double>(brute.tokens) / fewCount,
                    static_cast<double>(brute.tokens) / brute.seconds, brute.seconds / part.seconds,
                    static_cast<double>(brute.tokens) / static_cast<double>(part.tokens), equal,
                    few.size());
        std::fflush(stdout);
    }
    const engine::ModelRef ref{
        take(engine::Model::load(model, engine::ComputeOptions{"cpu", "auto", options.threads})),
        -1};
    Sampled own;
    if (!prompts.empty()) {
        sample(ref, {prompts[0]}, 4, 8, 64);
        constexpr int kJobsDefault = 64; // of the sampling job
        const int batch = options.batch > 0 ? options.batch : kJobsDefault;
        own = sample(ref, prompts, options.n, maxNewTokens, batch);
        const auto tokens = static_cast<double>(own.tokens);
        std::printf("  crux sampling, %zu prompts x %d: %.2f s, %zu tokens, %.0f tokens/s (%.0f a "
                    "CPU second)\n",
                    prompts.size(), options.n, own.seconds, own.tokens, tokens / own.seconds,
                    tokens / own.cpu);
        std::fflush(stdout);
    }
    const std::vector<Json> greedy = greedyOf(ref, rows);
    writePeerInput(folder.path(), model, rows, prompts, greedy, options, maxNewTokens);
    for (const std::string_view name : split(options.peers, ',')) {
        const Json peer =
            runPeer(folder.path(), cat("peer_", name, ".py"), std::to_string(options.peer));
        printPeerGreedy(peer, greedy.size());
        printPeerSearch(peer, quick, rows.size());
        printPeerSampling(peer, own);
        std::fflush(stdout);
    }
}

/// Random weights of a LLaMA of 85 million parameters over the demo's vocabulary. `gain`: how far
/// its distribution is from flat.
void writeLargeModel(const Path& folder, float gain) {
    constexpr std::int64_t kHidden = 768, kInner = 2048, kLayers = 12, kVocabulary = 400;
    std::filesystem::create_directories(folder);
    std::vector<benchmark::TensorPlan> plans{
        {"model.embed_tokens.weight", {kVocabulary, kHidden}, 1},
        {"model.norm.weight", {kHidden}, 0},
        {"lm_head.weight", {kVocabulary, kHidden}, gain}};
    const auto linear = [&](const std::string& name, std::int64_t out, std::int64_t in) {
        plans.push_back({name + ".weight", {out, in}, 1 / std::sqrt(static_cast<float>(in))});
    };
    for (std::int64_t i = 0; i < kLayers; ++i) {
        const std::string at = cat("model.layers.", i, ".");
        plans.push_back({at + "input_layernorm.weight", {kHidden}, 0});
        plans.push_back({at + "post_attention_layernorm.weight", {kHidden}, 0});
        for (const char* name : {"q_proj", "k_proj", "v_proj", "o_proj"})
            linear(cat(at, "self_attn.", name), kHidden, kHidden);
        linear(at + "mlp.gate_proj", kInner, kHidden);
        linear(at + "mlp.up_proj", kInner, kHidden);
        linear(at + "mlp.down_proj", kHidden, kInner);
    }
    benchmark::writeTensors(folder / "model.safetensors", plans, true);
    const Json config = {{"architectures", {"LlamaForCausalLM"}},
                         {"model_type", "llama"},
                         {"hidden_size", kHidden},
                         {"intermediate_size", kInner},
                         {"num_hidden_layers", kLayers},
                         {"num_attention_heads", 12},
                         {"num_key_value_heads", 12},
                         {"head_dim", 64},
                         {"vocab_size", kVocabulary},
                         {"max_position_embeddings", 512},
                         {"rms_norm_eps", 1e-6},
                         {"rope_theta", 10000.0},
                         {"hidden_act", "silu"},
                         {"tie_word_embeddings", false},
                         {"torch_dtype", "bfloat16"},
                         {"bos_token_id", 1},
                         {"eos_token_id", 2}};
    std::ofstream(folder / "config.json") << config.dump(1);
}

/// A random model of about 0.1 billion parameters with the demo's tokenizer. Trajectories are its
/// own samples; each one's "right" answer is that of another sample, so that some rollouts end
/// right.
void benchLarge(const Options& options) {
    const TempFolder folder;
    const Path model = folder.path() / "model";
    writeLargeModel(model, 0.12f);
    for (const char* file : {"tokenizer.model", "tokenizer_config.json"})
        if (std::filesystem::exists(Path(demo("model")) / file))
            std::filesystem::copy_file(Path(demo("model")) / file, model / file);
    constexpr int kNewTokens = 32;
    std::vector<Json> rows = wrongTrajectories(options.trajectories);
    const engine::ModelRef ref{
        take(engine::Model::load(model, engine::ComputeOptions{"cpu", "auto", options.threads})),
        -1};
    const auto tokenizer = take(text::loadTokenizer(model));
    std::vector<engine::GenerateJob> jobs;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto prefix = rows[i].at("ids").get<engine::Ids>();
        prefix.resize(rows[i].at("prompt_tokens").get<std::size_t>());
        jobs.push_back({prefix, {}, cat("own/", i), kNewTokens});
    }
    engine::GenerateRequest request;
    request.model = ref;
    request.stopIds = {3};
    const auto made = take(engine::generate(request, jobs));
    std::printf("random 0.1B shape (%.0f M parameters, %s): trajectories are its own samples\n",
                static_cast<double>(ref.model->info().parameters) / 1e6,
                ref.model->info().dtype.c_str());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        engine::Ids ids = jobs[i].prefix;
        ids.insert(ids.end(), made[i].ids.begin(), made[i].ids.end());
        rows[i]["ids"] = ids;
        rows[i]["response"] = tokenizer->decode(made[i].ids, true);
        rows[i]["answer"] = "7";
    }
    compareSearch(options, folder, model, rows, {}, kNewTokens);
}

} // namespace

int main(int argc, char** argv) {
    const Options options = optionsOf(argc, argv);
    if (options.large) {
        benchLarge(options);
        return 0;
    }
    const TempFolder folder;
    std::vector<Json> prompts;
    std::set<std::int64_t> seen;
    for (const Json& row : linesOf("trajectories.jsonl")) {
        if (prompts.size() == options.questions ||
            !seen.insert(row.at("question_id").get<std::int64_t>()).second)
            continue;
        const auto& ids = row.at("ids");
        prompts.push_back(Json(std::vector<std::int32_t>(
            ids.begin(), ids.begin() + row.at("prompt_tokens").get<int>())));
    }
    std::printf("demo model, n = %d\n", options.n);
    compareSearch(options, folder, demo("model"), wrongTrajectories(options.trajectories), prompts,
                  128);
    return 0;
}
