// Rows that are a question with its answers: all kinds of import but rollouts and pivotal tokens.
#include "core/interop/import_writer.h"
#include "core/interop/takers.h"

namespace crux::interop {

namespace {

class TableTaker : public RowTaker {
public:
    explicit TableTaker(const TakerContext& context)
        : m_context(context)
        , m_kind{context.options, context.facts.kind, context.facts.mapping}
        , m_writer(context.project, context.options, context.facts.kind,
                   gradingOf(context.options).value(), context.tokenizer, context.dryRun) {}

    Status beginFile(const std::string& datasetName, const Path& file, FileForm) override {
        return m_writer.useDataset(datasetName, file);
    }

    Status take(const Row& row, const Place& place) override {
        ImportReport& report = m_context.report;
        const auto parsed = parseRow(m_kind, row.object);
        if (!parsed.ok())
            return m_context.faults.reject(place, parsed.error().message);
        const std::string& split = m_context.options.split;
        if (!split.empty() && !parsed->split.empty() && parsed->split != split) {
            ++report.skipped;
            return {};
        }
        const auto added = m_writer.add(*parsed, place, report);
        if (!added.ok())
            return isRowFault(added.error().code)
                       ? m_context.faults.reject(place, added.error().message)
                       : Status(fail(added.error()));
        for (const std::string& warning : added->warnings)
            m_context.faults.warn(place, warning);
        ++report.kept;
        report.present += added->any ? 0 : 1;
        return {};
    }

    Status endFile() override { return m_context.dryRun ? Status() : m_writer.finish(); }
    DatasetId dataset() const override { return m_writer.dataset(); }

private:
    TakerContext m_context;
    KindContext m_kind;
    ImportWriter m_writer;
};

} // namespace

std::unique_ptr<RowTaker> tableTaker(const TakerContext& context) {
    return std::make_unique<TableTaker>(context);
}

std::unique_ptr<RowTaker> takerFor(const TakerContext& context) {
    const std::string& kind = context.facts.kind;
    if (kind == "paper-rollouts")
        return rolloutTaker(context);
    if (kind == "rollouts")
        return storedRolloutTaker(context);
    if (kind == "pts")
        return ptsTaker(context);
    return tableTaker(context);
}

bool needsTokenizer(const std::string& kind) {
    return kind == "paper-ce" || kind == "paper-rollouts" || kind == "pts";
}

} // namespace crux::interop
