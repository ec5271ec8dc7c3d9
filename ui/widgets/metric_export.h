// The panels of the Metrics view as a file, in the light theme: SVG and PDF as vectors, PNG at twice
// the size.
#pragma once

#include "core/base/result.h"

#include <QString>

namespace crux::ui {

class MetricGrid;

/// Drawn as shown, under a line that names the runs; written whole or not at all. The form is that
/// of the file's ending (svg, pdf, png). Unsupported for others; Io when the file can't be written.
Status exportPanels(MetricGrid& grid, const QString& file, const QString& caption);

} // namespace crux::ui
