// What the kinds of export share while they write, and the kinds that live in files of their own.
// Internal to the room.
#pragma once

#include "core/interop/export.h"
#include "core/store/records.h"

#include <map>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace crux::interop {

struct Exporter {
    const store::Project& project;
    const ExportOptions& options;
    std::ostream& out;
    std::int64_t written = 0;
    std::map<std::string, std::int64_t> leftOut; ///< why something was, how often

    /// One row of a list or lines of JSON; `separator` stands between two rows.
    void write(const std::string& row, const char* separator);
    void leave(const std::string& why, std::int64_t count = 1) { leftOut[why] += count; }
};

/// Texts of ids by the vocabulary that the project keeps; none without one.
class PieceTexts {
public:
    static Result<std::optional<PieceTexts>> of(const store::Project& project,
                                                const std::string& tokenizerHash);
    /// Special tokens leave no text; bytes that are no characters become U+FFFD.
    std::string text(const std::vector<std::int32_t>& ids, std::size_t from = 0) const;
    /// Of one token, special ones by their name.
    std::string token(std::int32_t id) const;

private:
    store::VocabularyRecord m_vocabulary;
};

/// prompt + response, and the place of tokens in it.
struct TextOfTrajectory {
    store::TrajectoryRecord record;
    std::string text;

    bool laid() const {
        return !record.ids.empty() && record.offsets.size() == 2 * record.ids.size();
    }
    std::size_t begin(std::int32_t position) const; ///< byte where the token begins
    std::size_t end(std::int32_t position) const;
    std::string before(std::int32_t position) const { return text.substr(0, begin(position)); }
    std::string token(std::int32_t position) const;
};
Result<TextOfTrajectory> textOfTrajectory(const store::Project& project, TrajectoryId id);

/// Name of the model that drew or answered: as said by the import, or registered with these
/// weights.
Result<std::string> modelNameOf(const store::Project& project,
                                const store::TrajectoryRecord& trajectory,
                                const std::string& weightsHash);

// All trajectories of one question at once.
Status exportPaperSampling(Exporter& exporter, const std::vector<TrajectoryId>& ids);
Status exportPaperChecked(Exporter& exporter, const std::vector<TrajectoryId>& ids);
Status exportPaperRollouts(Exporter& exporter, const std::vector<TrajectoryId>& ids);
Status exportPaperWithout(Exporter& exporter, const std::vector<TrajectoryId>& ids);
// One trajectory.
Status exportPtsTokens(Exporter& exporter, TrajectoryId id);
Status exportPtsEvents(Exporter& exporter, TrajectoryId id);
Status exportPtsPairs(Exporter& exporter, TrajectoryId id);
Status exportCliff(Exporter& exporter, TrajectoryId id);
Status exportCliffTable(Exporter& exporter, TrajectoryId id);
Status exportCliffPairs(Exporter& exporter, TrajectoryId id);
Status exportCliffPairsHard(Exporter& exporter, TrajectoryId id);

} // namespace crux::interop
