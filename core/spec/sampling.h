// How tokens are drawn: torch-free words shared by dialogs, worker, engine and the command line.
#pragma once

#include "core/base/json.h"

#include <cstdint>
#include <string>
#include <vector>

namespace crux {

/// Sampling parameters. Defaults are the paper's start-up sampling but for temperature (1.0).
struct SamplingParams {
    double temperature = 1.0; ///< 0 = greedy
    double topP = 1.0;        ///< nucleus mass in (0,1]; 1 = off
    int topK = 0;             ///< 0 = off
    int maxNewTokens = 1024;  ///< >= 1
    int samples = 1;          ///< n, >= 1
    std::uint64_t seed = 0;
    std::vector<std::string> stop;       ///< text is cut before the first of these
    std::vector<std::int32_t> bannedIds; ///< banned at the first new position only

    bool operator==(const SamplingParams&) const = default;
};

/// A named preset ("greedy", "paper sampling", "paper rollouts", "demo").
struct SamplingPreset {
    std::string name;
    SamplingParams params;
};
std::vector<SamplingPreset> samplingPresets();

Json toJson(const SamplingParams& params);
/// Unknown keys and values out of range are refused by name.
Result<SamplingParams> samplingFromJson(const Json& object);
/// Refuses values out of range with one sentence naming the field.
Status validate(const SamplingParams& params);

enum class FinishReason { Eos, Stop, Length, Cancelled };
std::string_view finishReasonName(FinishReason reason);

} // namespace crux
