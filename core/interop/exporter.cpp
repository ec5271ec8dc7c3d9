#include "core/interop/exporter.h"

#include "core/base/text_util.h"
#include "core/store/repositories.h"
#include "core/store/rollout_sets.h"

namespace crux::interop {

void Exporter::write(const std::string& row, const char* separator) {
    if (written > 0)
        out << separator;
    out << row;
    ++written;
}

Result<std::optional<PieceTexts>> PieceTexts::of(const store::Project& project,
                                                 const std::string& tokenizerHash) {
    auto stored = store::vocabulary(project, tokenizerHash);
    if (!stored.ok())
        return stored.error().code == ErrorCode::NotFound
                   ? Result<std::optional<PieceTexts>>(std::optional<PieceTexts>())
                   : Result<std::optional<PieceTexts>>(fail(stored.error()));
    PieceTexts pieces;
    pieces.m_vocabulary = std::move(stored).value();
    return std::optional<PieceTexts>(std::move(pieces));
}

std::string PieceTexts::text(const std::vector<std::int32_t>& ids, std::size_t from) const {
    return withReplacedUtf8(store::piecesText(m_vocabulary, std::span(ids).subspan(from)));
}

std::string PieceTexts::token(std::int32_t id) const {
    const auto at = static_cast<std::size_t>(id);
    return id >= 0 && at < m_vocabulary.pieces.size() ? withReplacedUtf8(m_vocabulary.pieces[at])
                                                      : std::string();
}

std::size_t TextOfTrajectory::begin(std::int32_t position) const {
    return static_cast<std::size_t>(record.offsets[2 * static_cast<std::size_t>(position)]);
}

std::size_t TextOfTrajectory::end(std::int32_t position) const {
    return static_cast<std::size_t>(record.offsets[2 * static_cast<std::size_t>(position) + 1]);
}

std::string TextOfTrajectory::token(std::int32_t position) const {
    return text.substr(begin(position), end(position) - begin(position));
}

Result<TextOfTrajectory> textOfTrajectory(const store::Project& project, TrajectoryId id) {
    CRUX_TRY(record, store::trajectory(project, id));
    TextOfTrajectory whole{std::move(record), {}};
    whole.text = whole.record.prompt + whole.record.response;
    return whole;
}

Result<std::string> modelNameOf(const store::Project& project,
                                const store::TrajectoryRecord& trajectory,
                                const std::string& weightsHash) {
    if (weightsHash.empty())
        return trajectory.sourceModel;
    CRUX_TRY(models, store::models(project));
    for (const store::ModelRecord& model : models)
        if (model.weightsHash == weightsHash)
            return model.name;
    return trajectory.sourceModel;
}

} // namespace crux::interop
