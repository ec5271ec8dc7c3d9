#include "core/engine/train/reference.h"

#include "core/base/text_util.h"
#include "core/engine/safetensors.h"
#include "core/engine/safetensors_writer.h"

#include <algorithm>
#include <cstring>
#include <optional>

namespace crux::engine::train {

namespace {

/// chosen and rejected of each example, one after the other.
template <typename Visit>
void eachCompletion(const std::vector<TrainExample>& data, Visit&& visit) {
    for (std::size_t i = 0; i < data.size(); ++i) {
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

/// What a cache file holds, or nothing: a file that does not fit is computed anew.
std::optional<ReferenceLogp> readCache(const Path& file, const std::vector<TrainExample>& data) {
    std::error_code code;
    if (!std::filesystem::is_regular_file(file, code))
        return std::nullopt;
    const auto stored = openSafetensors(file);
    if (!stored.ok())
        return std::nullopt;
    const auto found = stored->find("logp");
    std::size_t total = 0;
    eachCompletion(data, [&](std::size_t, const TrainSequence& sequence, bool) {
        total += static_cast<std::size_t>(sequence.completionTokens());
    });
    if (found == stored->end() || found->second.dtype != "F32" ||
        found->second.bytes.size() != total * sizeof(float))
        return std::nullopt;
    ReferenceLogp made = emptyFor(data);
    std::size_t at = 0;
    eachCompletion(data, [&](std::size_t i, const TrainSequence& sequence, bool rejected) {
        std::vector<float>& to = place(made, i, rejected);
        to.resize(static_cast<std::size_t>(sequence.completionTokens()));
        std::memcpy(to.data(), found->second.bytes.data() + at * sizeof(float),
                    to.size() * sizeof(float));
        at += to.size();
    });
    return made;
}

Status writeCache(const Path& file, const std::vector<TrainExample>& data, ReferenceLogp& made) {
    std::vector<float> all;
    eachCompletion(data, [&](std::size_t i, const TrainSequence&, bool rejected) {
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

} // namespace

Result<ReferenceLogp> referenceLogp(const ModelRef& model, const std::vector<TrainExample>& data,
                                    const Path& cache, const std::string& key,
                                    const CancelToken& cancel, const PrepareProgress& progress) {
    const Path file = cache / cat("reference-", key, ".safetensors");
    if (!cache.empty())
        if (auto kept = readCache(file, data))
            return std::move(*kept);
    ReferenceLogp made = emptyFor(data);
    LogprobRequest request;
    request.model = model;
    request.entropy = request.rank = false;
    const auto total = static_cast<std::int64_t>(data.size());
    constexpr std::size_t kAtOnce = 64; // examples; the scorer packs them
    for (std::size_t begin = 0; begin < data.size(); begin += kAtOnce) {
        const std::size_t end = std::min(begin + kAtOnce, data.size());
        const std::vector<TrainExample> some(data.begin() + static_cast<std::ptrdiff_t>(begin),
                                             data.begin() + static_cast<std::ptrdiff_t>(end));
        std::vector<Ids> sequences;
        eachCompletion(some, [&](std::size_t, const TrainSequence& sequence, bool) {
            sequences.push_back(sequence.ids);
        });
        CRUX_TRY(facts, scoreTokens(request, sequences, cancel));
        if (cancel.cancelled() || facts.size() != sequences.size())
            return fail(ErrorCode::Cancelled, "stopped while the reference was computed");
        std::size_t next = 0;
        eachCompletion(some, [&](std::size_t i, const TrainSequence& sequence, bool rejected) {
            const std::vector<float>& logp = facts[next++].logp;
            place(made, begin + i, rejected)
                .assign(logp.begin() + sequence.promptTokens, logp.end());
        });
        if (progress)
            progress(static_cast<std::int64_t>(end), total);
    }
    if (!cache.empty())
        CRUX_TRY_VOID(writeCache(file, data, made));
    return made;
}

} // namespace crux::engine::train
