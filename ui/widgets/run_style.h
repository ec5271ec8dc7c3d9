// How a training run is drawn, everywhere: five colours, each with every dash and marker, so that
// no two of 25 runs look the same and colour never stands alone.
#pragma once

#include "ui/widgets/theme.h"

#include <QPointF>
#include <QRectF>

class QPainter;

namespace crux::ui {

/// Colour, dash and marker of a slot (0 .. 24); 0 .. 4 are the theme's own.
RunSlot runStyle(int slot, const Theme& theme = Theme::current());
/// The marker of a slot, hollow, centred at `at`.
void paintRunMarker(QPainter& painter, const RunSlot& style, QPointF at, const QColor& fill);
/// A short piece of the run's line with its marker, for legends and tables.
void paintRunSample(QPainter& painter, const QRectF& box, int slot);

} // namespace crux::ui
