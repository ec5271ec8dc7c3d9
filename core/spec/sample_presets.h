// Presets of the sample job: differences from its table of parameters, shared by the launch sheet
// and the command line.
#pragma once

#include "core/base/json.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace crux {

struct SamplePreset {
    std::string name; ///< "paper", "authors", "small CPU", "demo"
    std::string doc;  ///< one sentence
    Json spec;        ///< of a job kind "sample", every parameter that the preset settles
};

/// All presets for one model and kind of task. `model` is a name or folder: the paper's temperature
/// is one a model (REFERENCE.md 0.2), that of Llama-3-8B for models it does not name.
std::vector<SamplePreset> samplePresets(std::string_view model, bool math);

/// By name, whatever the case, "-" or "_" for a space; the Error lists the names.
Result<SamplePreset> samplePreset(std::string_view name, std::string_view model, bool math);

/// The paper's start-up temperature; none for models that it does not name.
std::optional<double> paperTemperature(std::string_view model, bool math);

} // namespace crux
