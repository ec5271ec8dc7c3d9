// Tables of rows, as every dock and dialog shows them.
#pragma once

#include "ui/widgets/theme.h"

class QTableView;

namespace crux::ui {

/// One row is chosen at a time; stripes instead of a grid, no wrapping, no row heads, Tab leaves
/// the table.
void showRows(QTableView& table, int rowHeight = metrics::kRow);

} // namespace crux::ui
