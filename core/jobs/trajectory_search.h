// The search of one trajectory: what it still needs drawn, what it has, and its verdict. It asks,
// the job draws for many at once.
#pragma once

#include "core/engine/critical/departures.h"
#include "core/engine/critical/detector.h"
#include "core/jobs/rollout_drawer.h"
#include "core/jobs/search_options.h"
#include "core/jobs/search_target.h"
#include "core/store/project.h"

#include <memory>
#include <optional>
#include <set>
#include <tuple>

namespace crux::jobs {

/// Whose rollouts and verdicts are made: rows of the project.
struct SearchRows {
    RolloutSetId rolloutSet;
    SearchId search;
    JobId job;
};

/// Owner: one job, which outlives it with its options. Not thread-safe.
class TrajectorySearch {
public:
    /// Reads what is stored of the trajectory's prefixes and finds where each random stream leaves
    /// it (one pass of the model).
    static Result<std::unique_ptr<TrajectorySearch>>
    open(const store::Project& project, const engine::ModelRef& model, const SearchOptions& options,
         const SearchRows& rows, SearchTarget target, const CancelToken& cancel,
         const engine::Breath& breathe);

    const SearchTarget& target() const { return m_target; }

    /// Rollouts to draw next, at most `most` >= 1, all of which may be drawn together; those given
    /// before are not given again.
    Result<std::vector<PlannedRollout>> next(const store::Project& project, std::size_t most);
    /// After next() gave none: the verdict stands, nothing is under way.
    bool decided() const { return m_decision && m_underWay.empty(); }
    /// A rollout of this trajectory's prefixes that was drawn and stored.
    void take(const store::RolloutRecord& record);
    /// Verdict and shares into the project, in one transaction.
    Status save(const store::Project& project, const engine::ModelRef& model);

private:
    TrajectorySearch(const SearchOptions& options, const SearchRows& rows, SearchTarget target);
    Status follow(const engine::ModelRef& model, const CancelToken& cancel,
                  const engine::Breath& breathe);
    Status readStored(const store::Project& project, const std::string& variant);
    Status decide(const store::Project& project);
    std::int32_t bannedToken() const;
    const critical::Departures* departures() const {
        return m_options.economical ? &*m_departures : nullptr;
    }
    Status planMore(const store::Project& project);
    void plan(std::span<const critical::Draw> draws);
    void planReplacements();
    const critical::Finding* subject() const;
    std::vector<store::SearchFindingRecord> findings() const;
    store::SearchFindingRecord record(const critical::Finding& finding) const;
    void addSubjectFacts(store::SearchFindingRecord& record) const;
    Status addCliffFacts(std::vector<store::SearchFindingRecord>& records,
                         const engine::ModelRef& model) const;
    std::vector<store::RolloutEstimate> estimates() const;

    const SearchOptions& m_options;
    const SearchRows m_rows;
    SearchTarget m_target;
    critical::OutcomeTable m_table;
    std::optional<critical::Departures> m_departures;
    std::unique_ptr<critical::Detector> m_detector;
    std::optional<critical::Decision> m_decision;
    std::vector<std::optional<store::RolloutRecord>> m_replacements; ///< by index
    std::vector<PlannedRollout> m_planned; ///< not given yet, the next one last
    /// Planned and not taken yet: index, position it starts from, whether it replaces.
    std::set<std::tuple<int, int, bool>> m_underWay;
};

} // namespace crux::jobs
