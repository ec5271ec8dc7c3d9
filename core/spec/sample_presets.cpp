#include "core/spec/sample_presets.h"

#include "core/base/text_util.h"

#include <algorithm>
#include <cctype>

namespace crux {

namespace {

/// Lower case, letters and digits only: "Meta-Llama-3-8B" -> "metallama38b".
std::string plain(std::string_view text) {
    std::string out;
    for (const char c : text)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

struct Temperatures {
    const char* model; ///< as plain() has it
    double gsm8k, math;
};
constexpr Temperatures kPaper[] = {
    {"llama38b", 0.5, 0.1}, {"llama370b", 0.85, 0.15}, {"deepseekmath7b", 1.0, 0.3},
    {"qwen257b", 0.9, 0.5}, {"qwen2532b", 1.1, 0.7},
};

/// REFERENCE.md 0.2: start-up sampling. Template and stop texts are the data set's own: those of
/// GSM8K and MATH are the paper's.
Json paperSpec(std::string_view model, bool math) {
    const double other = math ? kPaper[0].math : kPaper[0].gsm8k;
    return {{"n", 64},
            {"template", ""},
            {"shots", -1},
            {"prompt_end", "auto"},
            {"bos", "auto"},
            {"temperature", paperTemperature(model, math).value_or(other)},
            {"top_p", 0.95},
            {"top_k", 0},
            {"max_new_tokens", 1024},
            {"stop", Json::array()},
            {"no_stop", false},
            {"batch", 64},
            {"profile", "crux"}};
}

Json changed(Json spec, const Json& changes) {
    spec.update(changes);
    return spec;
}

} // namespace

std::optional<double> paperTemperature(std::string_view model, bool math) {
    const std::string name = plain(model);
    for (const Temperatures& row : kPaper)
        if (name.find(row.model) != std::string::npos)
            return math ? row.math : row.gsm8k;
    return std::nullopt;
}

std::vector<SamplePreset> samplePresets(std::string_view model, bool math) {
    const Json paper = paperSpec(model, math);
    return {
        {"paper",
         "The paper's start-up sampling: 64 answers, 8 (GSM8K) or 4 (MATH) worked examples, top-p "
         "0.95, its temperature for the model.",
         paper},
        {"authors",
         "As the authors' scripts do it: no BOS, the prompt's last blank taken off, their MATH "
         "form, their grader.",
         changed(paper, {{"template", math ? "math_sampling" : ""},
                         {"prompt_end", "strip"},
                         {"bos", "none"},
                         {"profile", "authors"}})},
        {"small CPU", "For a machine without a GPU: 16 short answers to the plain training prompt.",
         changed(paper, {{"n", 16}, {"shots", 0}, {"max_new_tokens", 256}, {"batch", 16}})},
        {"demo",
         "The word-problem model of the demo: 64 answers at temperature 1, ended by a line end.",
         changed(paper, {{"template", "wordproblems"},
                         {"shots", 0},
                         {"temperature", 1.0},
                         {"top_p", 1.0},
                         {"max_new_tokens", 256},
                         {"stop", Json::array({"\n"})}})},
    };
}

Result<SamplePreset> samplePreset(std::string_view name, std::string_view model, bool math) {
    std::string names;
    for (SamplePreset& preset : samplePresets(model, math)) {
        if (plain(preset.name) == plain(name))
            return std::move(preset);
        names += (names.empty() ? "" : ", ") + preset.name;
    }
    return fail(ErrorCode::InvalidArgument,
                cat("There is no sample preset \"", name, "\"; the presets are ", names, "."));
}

} // namespace crux
