// Rows of one JSON document, whatever its shape. Internal to the room.
#pragma once

#include "core/interop/row_source.h"

namespace crux::interop {

/// How rows stand in a JSON document:
/// - One: the document is the row
/// - List: `[row, ..]`
/// - Keyed: `{"ID": row, ..}`, as the paper's checked files; the row gets its key
/// - Groups: `{"config": .., "pos": {"ID": row, ..}, "neg": {..}}`, the paper's SFT selection
/// - Columns: `{"config": .., "prompt": [..], "chosen": [..], ..}`, the paper's preference files
enum class DocumentShape { One, List, Keyed, Groups, Columns };

/// Looks at the first members; a document cut short is Corrupt when it is read, not here.
Result<DocumentShape> shapeOf(const Path& file);

/// Memory for one row, whatever the document's size (but for One: 256 MiB at most). Columns of
/// different lengths are refused here, with their names. Keys and groups come in the row's fields
/// kKeyField and kGroupField.
Result<std::unique_ptr<RowSource>> openDocument(const Path& file);

} // namespace crux::interop
