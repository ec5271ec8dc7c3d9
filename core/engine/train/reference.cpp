#include "core/engine/train/reference.h"

#include "core/base/text_util.h"
#include "core/engine/safetensors.h"
#include "core/engine/safetensors_writer.h"

#include <cstring>

namespace crux::engine::train {

namespace {

/// A stretch of the examples, whose log-probabilities are computed and stored together.
struct Piece {
    std::size_t begin, end;
};

/// chosen and rejected of each example of a piece, one after the other.
template <typename Visit>
void eachCompletion(const std::vector<TrainExample>& data, Piece piece, Visit&& visit) {
    for (std::size_t i = piece.begin; i < piece.end; ++i) {
        visit(i, data[i].chosen, false);
        if (!data[i].rejected.ids.empty())
            visit(i, data[i].rejected, true);
    }
}

std::vector<float>& place(ReferenceLogp& made, std::size_t example, bool rejected) {
    return rejected ? made.rejected[example] : made.chosen[example];
}

ReferenceLogp emptyFor(const std::vector<TrainExample>& data) {
    ReferenceLogp made;
    made.chosen.resize(data.size());
    made.rejected.resize(data.size());
    return made;
}

/// As many examples as one call of the scorer packs well, few enough that little is lost when the
/// process dies.
Piece pieceFrom(const std::vector<TrainExample>& data, std::size_t begin) {
    constexpr std::size_t kMostExamples = 64, kMostTokens = 32768;
    std::size_t end = begin, tokens = 0;
    while (end < data.size() && end - begin < kMostExamples && tokens < kMostTokens) {
        tokens += data[end].chosen.ids.size() + data[end].rejected.ids.size();
        ++end;
    }
    return {begin, end};
}

/// Takes what a file holds for the piece; false: a file that does not fit is computed anew.
bool readPiece(const Path& file, const std::vector<TrainExample>& data, Piece piece,
               ReferenceLogp& made) {
    std::error_code code;
    if (!std::filesystem::is_regular_file(file, code))
        return false;
    const auto stored = openSafetensors(file);
    if (!stored.ok())
        return false;
    const auto found = stored->find("logp");
    std::size_t total = 0;
    eachCompletion(data, piece, [&](std::size_t, const TrainSequence& sequence, bool) {
        total += static_cast<std::size_t>(sequence.completionTokens());
    });
    if (found == stored->end() || found->second.dtype != "F32" ||
        found->second.bytes.size() != total * sizeof(float))
        return false;
    std::size_t at = 0;
    eachCompletion(data, piece, [&](std::size_t i, const TrainSequence& sequence, bool rejected) {
        std::vector<float>& to = place(made, i, rejected);
        to.resize(static_cast<std::size_t>(sequence.completionTokens()));
        std::memcpy(to.data(), found->second.bytes.data() + at * sizeof(float),
                    to.size() * sizeof(float));
        at += to.size();
    });
    return true;
}

Status writePiece(const Path& file, const std::vector<TrainExample>& data, Piece piece,
                  ReferenceLogp& made) {
    std::vector<float> all;
    eachCompletion(data, piece, [&](std::size_t i, const TrainSequence&, bool rejected) {
        const std::vector<float>& from = place(made, i, rejected);
        all.insert(all.end(), from.begin(), from.end());
    });
    std::error_code code;
    std::filesystem::create_directories(file.parent_path(), code);
    return writeSafetensors(
        file,
        {{"logp", "F32", {static_cast<std::int64_t>(all.size())}, std::as_bytes(std::span(all))}},
        {});
}

Status computePiece(const LogprobRequest& request, const std::vector<TrainExample>& data,
                    Piece piece, const CancelToken& cancel, ReferenceLogp& made) {
    std::vector<Ids> sequences;
    eachCompletion(data, piece, [&](std::size_t, const TrainSequence& sequence, bool) {
        sequences.push_back(sequence.ids);
    });
    CRUX_TRY(facts, scoreTokens(request, sequences, cancel));
    if (cancel.cancelled() || facts.size() != sequences.size())
        return fail(ErrorCode::Cancelled, "stopped while the reference was computed");
    std::size_t next = 0;
    eachCompletion(data, piece, [&](std::size_t i, const TrainSequence& sequence, bool rejected) {
        const std::vector<float>& logp = facts[next++].logp;
        place(made, i, rejected).assign(logp.begin() + sequence.promptTokens, logp.end());
    });
    return {};
}

} // namespace

Result<ReferenceLogp> referenceLogp(const ModelRef& model, const std::vector<TrainExample>& data,
                                    const Path& cache, const std::string& key,
                                    const CancelToken& cancel, const PrepareProgress& progress) {
    const Path file = cache / cat("reference-", key, ".safetensors");
    ReferenceLogp made = emptyFor(data);
    const Piece whole{0, data.size()};
    if (!cache.empty() && readPiece(file, data, whole, made))
        return made;
    LogprobRequest request;
    request.model = model;
    request.entropy = request.rank = false;
    std::vector<Path> parts;
    for (Piece piece = pieceFrom(data, 0); piece.begin < data.size();
         piece = pieceFrom(data, piece.end)) {
        parts.push_back(cache / cat("reference-", key, ".", piece.begin, ".safetensors"));
        if (!cache.empty() && readPiece(parts.back(), data, piece, made))
            continue;
        CRUX_TRY_VOID(computePiece(request, data, piece, cancel, made));
        if (!cache.empty())
            CRUX_TRY_VOID(writePiece(parts.back(), data, piece, made));
        if (progress)
            progress(static_cast<std::int64_t>(piece.end), static_cast<std::int64_t>(data.size()));
    }
    if (cache.empty())
        return made;
    CRUX_TRY_VOID(writePiece(file, data, whole, made));
    for (const Path& part : parts) {
        std::error_code code;
        std::filesystem::remove(part, code);
    }
    return made;
}

} // namespace crux::engine::train
