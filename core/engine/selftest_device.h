// The part of the self test that holds a device against the CPU: the same random models with the
// same adapters on both, through the engine's own facade.
#pragma once

#include "core/engine/check_report.h"

namespace crux::engine {

/// Everything that a model is asked for, in one dtype of the device against float32 on the CPU.
Status checkDevice(const std::string& device, const std::string& dtype, CheckReport& report);

/// Stock operations on the CPU, which are what devices compute with, against the CPU's own.
Status checkStockOperations(CheckReport& report);

} // namespace crux::engine
