// What one device does, by the engine alone on folders that are there, one figure a line ("FIGURE
// name value unit"): tests/bench/gpu.sh runs it beside transformers + peft on the same files.
//   bench_device rate     --device D
//   bench_device score    --device D --model F --positive F --negative F --ids FILE [--out FILE]
//   bench_device generate --device D --model F --ids FILE [--n 64] [--batch 64] [--new 128]
//                         [--temperature 1]
//   bench_device train    --device D --model F --pairs FILE --method sft|dpo|cdpo [--steps 20]
//                         [--batch 8] [--checkpointing 0|1] [--save FOLDER]
// --ids: a JSON list of lists of ids. --pairs: a list of {prompt, right, wrong}, lists of ids.
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/text_util.h"
#include "core/engine/engine.h"
#include "core/engine/product_rate.h"
#include "core/engine/train/train.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>

using namespace crux;
using namespace crux::engine;

namespace {

using Arguments = std::map<std::string, std::string>;

void figure(const std::string& name, double value, const char* unit) {
    std::printf("FIGURE %s %.6g %s\n", name.c_str(), value, unit);
    std::fflush(stdout);
}

std::string given(const Arguments& arguments, const char* key, const char* otherwise) {
    const auto found = arguments.find(key);
    return found == arguments.end() ? otherwise : found->second;
}

int number(const Arguments& arguments, const char* key, const char* otherwise) {
    return std::atoi(given(arguments, key, otherwise).c_str());
}

Result<Json> readJson(const std::string& file) {
    CRUX_TRY(text, readFile(file));
    return parseJson(text);
}

/// What a device is asked to hold, by the tensors on it.
double gibibytes(std::int64_t bytes) {
    return static_cast<double>(bytes) / (1024.0 * 1024 * 1024);
}

Result<std::shared_ptr<Model>> load(const Arguments& arguments) {
    ComputeOptions options;
    options.device = given(arguments, "device", "cpu");
    options.dtype = given(arguments, "dtype", "auto");
    const double begin = steadyMs();
    CRUX_TRY(model, Model::load(given(arguments, "model", ""), options));
    std::printf("%s, %lld parameters in %s on %s\n", model->info().architecture.c_str(),
                static_cast<long long>(model->info().parameters), model->info().dtype.c_str(),
                model->info().device.c_str());
    figure("load", (steadyMs() - begin) / 1000, "s");
    return model;
}

Status rate(const Arguments& arguments) {
    for (const bool narrow : {true, false})
        figure(narrow ? "matmul_bfloat16" : "matmul_float32",
               productRate(narrow, 0, given(arguments, "device", "cpu")) / 1000, "TFLOP/s");
    return {};
}

Status score(const Arguments& arguments) {
    CRUX_TRY(model, load(arguments));
    CRUX_TRY(json, readJson(given(arguments, "ids", "")));
    const auto sequences = json.get<std::vector<Ids>>();
    ContrastRequest request;
    CRUX_TRY(positive, model->attachAdapter(given(arguments, "positive", "")));
    CRUX_TRY(negative, model->attachAdapter(given(arguments, "negative", "")));
    request.positive = {model, positive};
    request.negative = {model, negative};
    std::size_t tokens = 0;
    for (const Ids& ids : sequences)
        tokens += ids.size();
    const std::string device = model->info().device;
    for (const bool everything : {false, true}) {
        request.details = everything;
        request.topK = everything ? 20 : 0;
        const std::string name = everything ? "score_with_top20" : "score";
        const DeviceMemory before = deviceMemory(device, true);
        double best = 1e300;
        for (int attempt = 0; attempt < 4; ++attempt) { // the first makes handles and caches
            const double begin = steadyMs();
            CRUX_TRY(facts, scoreContrast(request, sequences));
            best = std::min(best, steadyMs() - begin);
            if (attempt == 0 && !everything && arguments.contains("out"))
                std::ofstream(given(arguments, "out", "")) << Json(facts.at(0).s).dump();
        }
        const double perSecond = static_cast<double>(tokens) / best * 1000;
        figure(name, perSecond, "tokens/s");
        figure(name + "_achieved",
               4.0 * static_cast<double>(model->info().parameters) * perSecond / 1e12, "TFLOP/s");
        figure(name + "_memory_above_weights",
               gibibytes(deviceMemory(device).peakBytes - before.nowBytes), "GiB");
    }
    return {};
}

Status generateAll(const Arguments& arguments) {
    CRUX_TRY(model, load(arguments));
    CRUX_TRY(json, readJson(given(arguments, "ids", "")));
    const auto prompts = json.get<std::vector<Ids>>();
    std::vector<GenerateJob> jobs;
    for (std::size_t i = 0; i < prompts.size(); ++i)
        for (int k = 0; k < number(arguments, "n", "64"); ++k)
            jobs.push_back({prompts[i], {}, cat("bench/", i, "/", k), 0, {}});
    GenerateRequest request;
    request.model = {model, -1};
    request.sampling.temperature = std::atof(given(arguments, "temperature", "1").c_str());
    request.maxBatch = number(arguments, "batch", "64");
    request.eosIds = {-1};                                          // as many tokens as asked for
    for (const int length : {4, number(arguments, "new", "128")}) { // first to warm up
        request.sampling.maxNewTokens = length;
        deviceMemory(model->info().device, true);
        const double begin = steadyMs();
        CRUX_TRY(made, generate(request, jobs));
        const double seconds = (steadyMs() - begin) / 1000;
        std::size_t tokens = 0;
        for (const Generated& one : made)
            tokens += one.ids.size();
        if (length == 4)
            continue;
        figure("generate", static_cast<double>(tokens) / seconds, "tokens/s");
        figure("generate_memory", gibibytes(deviceMemory(model->info().device).peakBytes), "GiB");
        if (arguments.contains("out"))
            std::ofstream(given(arguments, "out", "")) << Json(made[0].ids).dump();
    }
    return {};
}

train::TrainSequence sequenceOf(const Json& row, const char* side) {
    train::TrainSequence made;
    made.ids = row.at("prompt").get<Ids>();
    made.promptTokens = static_cast<std::int32_t>(made.ids.size());
    for (const Json& id : row.at(side))
        made.ids.push_back(id.get<std::int32_t>());
    return made;
}

Status trainSteps(const Arguments& arguments) {
    CRUX_TRY(model, load(arguments));
    CRUX_TRY(json, readJson(given(arguments, "pairs", "")));
    const std::string method = given(arguments, "method", "dpo");
    std::vector<train::TrainExample> rows;
    for (const Json& row : json) {
        train::TrainExample example{sequenceOf(row, "right"), sequenceOf(row, "wrong")};
        if (method == "cdpo")
            for (std::int64_t t = 0; t < example.rejected.completionTokens(); ++t)
                example.rejected.weights.push_back(0.25f + 0.5f * static_cast<float>(t % 2));
        rows.push_back(std::move(example));
    }
    train::TrainOptions options;
    options.supervised = method == "sft";
    options.lora.rank = 16;
    options.lora.alpha = 32;
    options.lora.targets = {"q_proj",    "k_proj",  "v_proj",   "o_proj",
                            "gate_proj", "up_proj", "down_proj"};
    options.batch = number(arguments, "batch", "8");
    options.maxSteps = number(arguments, "steps", "20");
    options.shuffle = false;
    options.checkpointing = number(arguments, "checkpointing", "0") != 0;
    options.baseFolder = given(arguments, "model", "");
    const DeviceMemory before = deviceMemory(model->info().device, true);
    CRUX_TRY(trainer, train::Trainer::make(model, options, std::move(rows), {}));
    const CancelToken cancel;
    double begin = steadyMs();
    CRUX_TRY_VOID(trainer->prepareReference({}, cancel));
    figure("train_" + method + "_reference", (steadyMs() - begin) / 1000, "s");
    std::int64_t tokens = 0;
    std::string losses;
    for (int step = 0; step < options.maxSteps; ++step) {
        if (step == 2) // two to warm up
            begin = steadyMs();
        CRUX_TRY(report, trainer->step(cancel));
        if (step >= 2)
            tokens += report.tokens;
        if (!report.finite)
            return fail(ErrorCode::Internal, "the loss is not a number");
        char text[32];
        std::snprintf(text, sizeof text, " %.4f", report.loss);
        losses += text;
    }
    const double seconds = (steadyMs() - begin) / 1000;
    std::printf("losses of %s:%s\n", method.c_str(), losses.c_str());
    figure("train_" + method, static_cast<double>(tokens) / seconds, "tokens/s");
    figure("train_" + method + "_memory_above_weights",
           gibibytes(deviceMemory(model->info().device).peakBytes - before.nowBytes), "GiB");
    if (arguments.contains("save")) {
        const Path checkpoint = given(arguments, "save", "") + ".checkpoint";
        begin = steadyMs();
        CRUX_TRY_VOID(trainer->save(checkpoint, {}));
        figure("train_" + method + "_save", (steadyMs() - begin) / 1000, "s");
        CRUX_TRY_VOID(train::exportCheckpoint(checkpoint, given(arguments, "save", "")));
    }
    return {};
}

} // namespace

int main(int argc, char** argv) {
    const std::map<std::string, Status (*)(const Arguments&)> modes{
        {"rate", rate}, {"score", score}, {"generate", generateAll}, {"train", trainSteps}};
    Arguments arguments;
    for (int i = 2; i + 1 < argc; i += 2)
        arguments[std::string(argv[i]).substr(2)] = argv[i + 1];
    const auto mode = modes.find(argc > 1 ? argv[1] : "");
    if (mode == modes.end()) {
        std::fprintf(stderr, "bench_device: name rate, score, generate or train (its source says "
                             "with what)\n");
        return 2;
    }
    const Status status = mode->second(arguments);
    if (!status.ok())
        std::fprintf(stderr, "bench_device: %s\n", status.error().message.c_str());
    return status.ok() ? 0 : 1;
}
