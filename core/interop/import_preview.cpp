#include "core/base/text_util.h"
#include "core/interop/import_inputs.h"
#include "core/interop/takers.h"

namespace crux::interop {

namespace {

constexpr std::size_t kCellBytes = 200;
constexpr std::size_t kRejectsKept = 100;

/// Cut at a character, with an ellipsis.
std::string cellText(const Json& object, const std::string& column) {
    const auto it = object.find(column);
    if (it == object.end() || it->is_null())
        return {};
    std::string text = it->is_string() ? it->get<std::string>() : dumpJson(*it);
    if (text.size() <= kCellBytes)
        return text;
    std::size_t end = kCellBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        --end;
    return text.substr(0, end) + "\xE2\x80\xA6";
}

/// Looks through one file; false when the limit of rows ended it.
Result<bool> lookThrough(const Path& input, const KindContext& context, const InputFacts& facts,
                         std::size_t rowsShown, std::int64_t rowsLookedAt, ImportPreview& preview) {
    CRUX_TRY(source, openRows(input, facts.forms.at(input.string())));
    while (true) {
        CRUX_TRY(row, source->next());
        if (!row)
            return true;
        if (preview.rowsSeen >= rowsLookedAt)
            return false;
        ++preview.rowsSeen;
        std::string fault = row->fault;
        if (fault.empty()) {
            const Status checked = checkRow(context, row->object);
            fault = checked.ok() ? std::string() : checked.error().message;
        }
        if (!fault.empty()) {
            ++preview.rejectedCount;
            if (preview.rejected.size() < kRejectsKept)
                preview.rejected.push_back(
                    {input.string(), row->line,
                     row->name.empty() ? fault : cat(row->name, ": ", fault)});
            continue;
        }
        if (preview.rows.size() >= rowsShown)
            continue;
        std::vector<std::string> cells;
        for (const std::string& column : facts.columns)
            cells.push_back(cellText(row->object, column));
        preview.rows.push_back(std::move(cells));
    }
}

} // namespace

Result<ImportPreview> previewImport(const ImportOptions& options, std::size_t rowsShown,
                                    std::int64_t rowsLookedAt) {
    CRUX_TRY_VOID(checkOptions(options));
    CRUX_TRY(facts, lookAtInputs(options));
    ImportPreview preview;
    preview.kind = facts.kind;
    preview.columns = facts.columns;
    preview.mapping = facts.mapping;
    preview.totalBytes = facts.totalBytes;
    preview.needsTokenizer = needsTokenizer(facts.kind);
    preview.complete = true;
    const KindContext context{options, facts.kind, facts.mapping};
    for (const Path& input : options.inputs) {
        if (facts.kind == "cliff" && input.extension() == ".csv")
            continue;
        CRUX_TRY(whole, lookThrough(input, context, facts, rowsShown, rowsLookedAt, preview));
        if (!whole) {
            preview.complete = false;
            break;
        }
    }
    return preview;
}

} // namespace crux::interop
