#include "core/spec/sampling.h"

#include "core/base/text_util.h"

#include <cmath>
#include <limits>

namespace crux {

namespace {

constexpr int kMaxNewTokensLimit = 1 << 20;
constexpr int kMaxSamples = 4096;

Failure wrongField(const char* field, const std::string& rule) {
    return fail(ErrorCode::InvalidArgument,
                cat("The sampling field \"", field, "\" must be ", rule, "."), field);
}

Status readReal(const Json& value, const char* field, double& out) {
    if (!value.is_number())
        return wrongField(field, "a number");
    out = value.get<double>();
    return {};
}

Status readInt(const Json& value, const char* field, int& out) {
    if (!value.is_number_integer())
        return wrongField(field, "a whole number");
    const auto number = value.get<std::int64_t>();
    if (number < std::numeric_limits<int>::min() || number > std::numeric_limits<int>::max())
        return wrongField(field, "a whole number of 32 bits");
    out = static_cast<int>(number);
    return {};
}

Status readSeed(const Json& value, std::uint64_t& out) {
    if (!value.is_number_integer() ||
        (!value.is_number_unsigned() && value.get<std::int64_t>() < 0))
        return wrongField("seed", "a whole number, 0 or more");
    out = value.get<std::uint64_t>();
    return {};
}

Status readStops(const Json& value, std::vector<std::string>& out) {
    if (!value.is_array())
        return wrongField("stop", "a list of texts");
    for (const Json& item : value) {
        if (!item.is_string())
            return wrongField("stop", "a list of texts");
        out.push_back(item.get<std::string>());
    }
    return {};
}

Status readBanned(const Json& value, std::vector<std::int32_t>& out) {
    if (!value.is_array())
        return wrongField("banned_ids", "a list of token ids");
    for (const Json& item : value) {
        int id = 0;
        CRUX_TRY_VOID(readInt(item, "banned_ids", id));
        out.push_back(id);
    }
    return {};
}

Status readField(const std::string& key, const Json& value, SamplingParams& out) {
    if (key == "temperature")
        return readReal(value, "temperature", out.temperature);
    if (key == "top_p")
        return readReal(value, "top_p", out.topP);
    if (key == "top_k")
        return readInt(value, "top_k", out.topK);
    if (key == "max_new_tokens")
        return readInt(value, "max_new_tokens", out.maxNewTokens);
    if (key == "samples")
        return readInt(value, "samples", out.samples);
    if (key == "seed")
        return readSeed(value, out.seed);
    if (key == "stop")
        return readStops(value, out.stop);
    if (key == "banned_ids")
        return readBanned(value, out.bannedIds);
    return fail(ErrorCode::InvalidArgument,
                cat("Sampling has no field \"", key,
                    "\"; it has temperature, top_p, top_k, max_new_tokens, samples, seed, stop "
                    "and banned_ids."),
                key);
}

} // namespace

std::vector<SamplingPreset> samplingPresets() {
    SamplingParams greedy;
    greedy.temperature = 0;
    SamplingParams paper; // REFERENCE.md 0.2: start-up sampling, GSM8K prompts, Llama-3-8B
    paper.temperature = 0.5;
    paper.topP = 0.95;
    // The paper's two, and the same after a single line end: a model that goes on unasked writes
    // its next question in the form of the prompts that it was trained on.
    paper.stop = {"\n\nQuestion:", "\n\nProblem:", "\nQuestion:", "\n Question:", "\nProblem:"};
    SamplingParams rollouts = paper;
    rollouts.samples = 64;
    SamplingParams demo; // the word-problem model ends an answer with a line end of its own
    demo.maxNewTokens = 256;
    demo.stop = {"\n"};
    SamplingParams demoGreedy = demo;
    demoGreedy.temperature = 0;
    return {{"greedy", greedy},
            {"paper sampling", paper},
            {"paper rollouts", rollouts},
            {"demo", demo},
            {"demo greedy", demoGreedy}};
}

Json toJson(const SamplingParams& params) {
    return Json{{"temperature", params.temperature},
                {"top_p", params.topP},
                {"top_k", params.topK},
                {"max_new_tokens", params.maxNewTokens},
                {"samples", params.samples},
                {"seed", params.seed},
                {"stop", params.stop},
                {"banned_ids", params.bannedIds}};
}

Result<SamplingParams> samplingFromJson(const Json& object) {
    if (!object.is_object())
        return fail(ErrorCode::InvalidArgument, "Sampling parameters must be a JSON object.");
    SamplingParams params;
    for (const auto& [key, value] : object.items())
        CRUX_TRY_VOID(readField(key, value, params));
    CRUX_TRY_VOID(validate(params));
    return params;
}

Status validate(const SamplingParams& params) {
    if (!std::isfinite(params.temperature) || params.temperature < 0 || params.temperature > 100)
        return wrongField("temperature", "between 0 (greedy) and 100");
    if (!(params.topP > 0 && params.topP <= 1))
        return wrongField("top_p", "above 0 and at most 1 (off)");
    if (params.topK < 0)
        return wrongField("top_k", "0 (off) or more");
    if (params.maxNewTokens < 1 || params.maxNewTokens > kMaxNewTokensLimit)
        return wrongField("max_new_tokens", cat("between 1 and ", kMaxNewTokensLimit));
    if (params.samples < 1 || params.samples > kMaxSamples)
        return wrongField("samples", cat("between 1 and ", kMaxSamples));
    for (const std::string& stop : params.stop)
        if (stop.empty())
            return wrongField("stop", "a list of texts that are not empty");
    for (const std::int32_t id : params.bannedIds)
        if (id < 0)
            return wrongField("banned_ids", "a list of token ids, 0 or more");
    return {};
}

std::string_view finishReasonName(FinishReason reason) {
    switch (reason) {
    case FinishReason::Eos:
        return "eos";
    case FinishReason::Stop:
        return "stop";
    case FinishReason::Length:
        return "length";
    case FinishReason::Cancelled:
        return "cancelled";
    }
    return "length";
}

} // namespace crux
