// Rows that are a question with its answers: all kinds of import but rollouts and pivotal tokens.
#include "core/interop/import_writer.h"
#include "core/interop/takers.h"

#include "core/base/text_util.h"
#include "core/store/repositories.h"

#include <map>
#include <utility>

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
        m_datasetName = datasetName;
        m_file = file;
        m_sets.clear();
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
        if (!parsed->trainAs.empty() && !m_context.dryRun)
            CRUX_TRY_VOID(addTrainingRow(*parsed, added->ids, place));
        ++report.kept;
        report.present += added->any ? 0 : 1;
        return {};
    }

    /// Rows of training data become the sets that `select` would have made of them.
    Status endFile() override {
        if (m_context.dryRun)
            return {};
        for (const auto& [kind, rows] : std::exchange(m_sets, {})) {
            store::PairSetRecord set;
            set.name = m_datasetName;
            set.rule = Json{{"kind", kind},
                            {"import", m_kind.kind},
                            {"file", m_file.filename().string()},
                            {"dataset", m_datasetName}};
            CRUX_TRY_VOID(addSet(set, rows));
        }
        return m_writer.finish();
    }
    DatasetId dataset() const override { return m_writer.dataset(); }

private:
    Status addTrainingRow(const ParsedRow& row, const std::vector<TrajectoryId>& ids,
                          const Place& place) {
        store::PairRecord pair;
        pair.chosen = ids.front();
        CRUX_TRY(chosenWeights, weightsFor(ids.front(), row.answers.front(), place));
        pair.chosenWeights = std::move(chosenWeights);
        if (ids.size() > 1) {
            pair.rejected = ids[1];
            CRUX_TRY(rejectedWeights, weightsFor(ids[1], row.answers[1], place));
            pair.rejectedWeights = std::move(rejectedWeights);
        }
        m_sets[row.trainAs].push_back(std::move(pair));
        return {};
    }

    /// Weights that do not fit the tokens are no use; where there are no tokens yet, training will
    /// see.
    Result<std::vector<float>> weightsFor(TrajectoryId id, const ParsedAnswer& answer,
                                          const Place& place) {
        if (answer.weights.empty())
            return answer.weights;
        CRUX_TRY(record, store::trajectory(m_context.project, id));
        const auto tokens = record.ids.size() - static_cast<std::size_t>(record.promptTokens);
        if (record.ids.empty() || tokens == answer.weights.size())
            return answer.weights;
        m_context.faults.warn(place, cat("kept, but without its ", answer.weights.size(),
                                         " weights: its response has ", tokens, " tokens"));
        return std::vector<float>();
    }

    Status addSet(const store::PairSetRecord& set, const std::vector<store::PairRecord>& rows) {
        CRUX_TRY(id, store::addPairSet(m_context.project, set, rows));
        static_cast<void>(id);
        m_context.report.trainingRows += std::ssize(rows);
        return {};
    }

    TakerContext m_context;
    KindContext m_kind;
    ImportWriter m_writer;
    std::string m_datasetName;
    Path m_file;
    std::map<std::string, std::vector<store::PairRecord>> m_sets; ///< of this file, by kind
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
    if (kind == "lm-eval" || kind == "inspect")
        return evaluationTaker(context);
    return tableTaker(context);
}

bool needsTokenizer(const std::string& kind) {
    return kind == "paper-ce" || kind == "paper-rollouts" || kind == "pts";
}

} // namespace crux::interop
