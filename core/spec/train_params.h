// Parameters of a training job and its presets. A preset gives values for what a spec leaves out;
// the table gives the rest.
#pragma once

#include "core/spec/params.h"

#include <string>
#include <string_view>
#include <vector>

namespace crux {

std::vector<ParamDef> trainTable();

/// "paper", "authors", "small_cpu".
std::vector<std::string> trainPresets();

/// What a preset says for a method, as a spec: only the parameters that differ from the table's
/// defaults. Empty for names that are none.
Json trainPreset(std::string_view preset, std::string_view method);

/// `given` with what its preset (or the default one) says for the method where it says nothing.
/// The default preset is "paper".
Json withTrainPreset(const Json& given);

} // namespace crux
