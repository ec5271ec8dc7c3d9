#include "core/engine/train/collate.h"

#include <algorithm>
#include <span>

namespace crux::engine::train {

namespace {

/// Sharing costs a mask and a copy of keys and values; short beginnings are not worth it.
constexpr std::int64_t kLeastShared = 16;
/// How many earlier sequences are looked at: samples of a question lie together.
constexpr std::size_t kLookBack = 8;

std::int64_t commonLength(std::span<const std::int32_t> a, std::span<const std::int32_t> b) {
    const auto [end, ignored] = std::mismatch(
        a.begin(), a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())),
        b.begin());
    return end - a.begin();
}

/// Fills one pack. Owner: packExamples.
class PackBuilder {
public:
    PackBuilder(const PackOptions& options, Pack& pack)
        : m_options(options)
        , m_pack(pack) {}

    void add(const TrainSequence& sequence, std::int64_t example, bool rejected) {
        const std::span<const std::int32_t> ids(sequence.ids.data(), sequence.ids.size() - 1);
        const SharedPrefix shared = sharedPrefix(ids);
        const auto index = m_pack.batch.sequences.size();
        m_pack.batch.add(ids, -1, shared);
        m_sequences.push_back(ids);
        constexpr int kPositionBits = 24; // more than any context
        const std::int64_t key = (2 * example + (rejected ? 1 : 0)) << kPositionBits;
        for (std::int64_t t = shared.length; t < static_cast<std::int64_t>(ids.size()); ++t)
            m_pack.rowKeys.push_back(key + t);
        PackedCompletion completion{example, rejected,
                                    static_cast<std::int64_t>(m_pack.rows.size()),
                                    sequence.completionTokens()};
        for (std::int64_t t = sequence.promptTokens;
             t < static_cast<std::int64_t>(sequence.ids.size()); ++t) {
            m_pack.rows.push_back(m_pack.batch.row(index, t - 1));
            m_pack.targets.push_back(sequence.ids[static_cast<std::size_t>(t)]);
        }
        m_pack.completions.push_back(completion);
        m_pack.tokens += static_cast<std::int64_t>(sequence.ids.size());
    }

private:
    /// The longest beginning of an earlier sequence, leaving at least one row of its own.
    SharedPrefix sharedPrefix(std::span<const std::int32_t> ids) const {
        SharedPrefix best;
        if (!m_options.sharePrompts)
            return best;
        const std::size_t from =
            m_sequences.size() > kLookBack ? m_sequences.size() - kLookBack : 0;
        for (std::size_t i = from; i < m_sequences.size(); ++i) {
            const std::int64_t length = std::min(commonLength(m_sequences[i], ids),
                                                 static_cast<std::int64_t>(ids.size()) - 1);
            if (length >= kLeastShared && length > best.length)
                best = {static_cast<int>(i), length};
        }
        return best;
    }

    const PackOptions& m_options;
    Pack& m_pack;
    std::vector<std::span<const std::int32_t>> m_sequences;
};

std::int64_t tokensOf(const TrainExample& example, bool rejected) {
    return static_cast<std::int64_t>(example.chosen.ids.size() +
                                     (rejected ? example.rejected.ids.size() : 0));
}

} // namespace

std::vector<Pack> packExamples(const std::vector<TrainExample>& data,
                               const std::vector<std::int64_t>& which, const PackOptions& options) {
    std::vector<Pack> packs;
    std::size_t next = 0;
    while (next < which.size()) {
        Pack& pack = packs.emplace_back();
        PackBuilder builder(options, pack);
        do {
            const TrainExample& example = data[static_cast<std::size_t>(which[next])];
            if (!pack.completions.empty() &&
                pack.tokens + tokensOf(example, options.rejected) > options.mostTokens)
                break;
            builder.add(example.chosen, which[next], false);
            if (options.rejected)
                builder.add(example.rejected, which[next], true);
            ++next;
        } while (next < which.size());
    }
    return packs;
}

} // namespace crux::engine::train
