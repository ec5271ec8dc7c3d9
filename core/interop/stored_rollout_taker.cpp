// Crux's own export of rollouts, back onto trajectories that begin with the same ids.
#include "core/base/text_util.h"
#include "core/interop/import_writer.h"
#include "core/interop/rollout_rows.h"
#include "core/interop/takers.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <map>

namespace crux::interop {

namespace {

class StoredRolloutTaker : public RowTaker {
public:
    explicit StoredRolloutTaker(const TakerContext& context)
        : m_context(context) {}

    /// The data set must be there: rollouts alone do not make one.
    Status beginFile(const std::string& datasetName, const Path& file, FileForm) override {
        m_trajectory = {};
        m_dataset = {};
        CRUX_TRY(all, store::datasets(m_context.project));
        for (const store::DatasetRecord& known : all)
            if (known.name == datasetName || (m_context.options.dataset.empty() && all.size() == 1))
                m_dataset = known.id;
        if (!m_dataset)
            return fail(ErrorCode::NotFound,
                        cat("there is no dataset \"", datasetName,
                            "\"; name the one whose trajectories the rollouts of ", file.string(),
                            " belong to"),
                        file.string());
        return {};
    }

    Status take(const Row& row, const Place& place) override {
        auto parsed = parseStoredRollout(row.object);
        if (!parsed.ok())
            return m_context.faults.reject(place, parsed.error().message);
        CRUX_TRY(there, find(*parsed));
        if (!there)
            return m_context.faults.reject(place, cat("no trajectory of the question \"",
                                                      parsed->questionId.substr(0, 80),
                                                      "\" begins with its prefix ids"));
        ++m_context.report.kept;
        if (m_context.dryRun)
            return {};
        const std::string made = dumpJson(parsed->madeBy.params) + parsed->madeBy.weightsHash +
                                 parsed->madeBy.adapterHash + cat(parsed->madeBy.seed);
        RolloutSetId& set = m_sets[made];
        if (!set) {
            parsed->madeBy.tokenizerHash = m_tokenizerHash;
            CRUX_TRY(added, store::addRolloutSet(m_context.project, parsed->madeBy));
            set = added;
        }
        CRUX_TRY(added,
                 store::saveRollouts(m_context.project, m_trajectory, set, {parsed->rollout}));
        m_context.report.rollouts += added;
        m_context.report.present += added == 0 ? 1 : 0;
        return {};
    }

    DatasetId dataset() const override { return m_dataset; }

private:
    /// The trajectory of the row before it serves while it fits: exports go by trajectory.
    Result<bool> find(const StoredRollout& row) {
        const auto fits = [&](const std::vector<std::int32_t>& ids) {
            return row.prefixIds.size() <= ids.size() &&
                   std::equal(row.prefixIds.begin(), row.prefixIds.end(), ids.begin());
        };
        if (m_trajectory && row.questionId == m_questionId && fits(m_ids))
            return true;
        m_trajectory = {};
        CRUX_TRY(question, store::findQuestion(m_context.project, m_dataset, row.questionId));
        if (!question)
            return false;
        CRUX_TRY(ids, store::trajectoriesOf(m_context.project, question->id));
        for (const TrajectoryId id : ids) {
            CRUX_TRY(record, store::trajectory(m_context.project, id));
            if (!fits(record.ids))
                continue;
            m_trajectory = id;
            m_questionId = row.questionId;
            m_ids = std::move(record.ids);
            m_tokenizerHash = record.tokenizerHash;
            return true;
        }
        return false;
    }

    TakerContext m_context;
    DatasetId m_dataset;
    TrajectoryId m_trajectory;
    std::string m_questionId, m_tokenizerHash;
    std::vector<std::int32_t> m_ids;
    std::map<std::string, RolloutSetId> m_sets;
};

} // namespace

std::unique_ptr<RowTaker> storedRolloutTaker(const TakerContext& context) {
    return std::make_unique<StoredRolloutTaker>(context);
}

} // namespace crux::interop
