#include "core/text/bpe_model.h"

#include "core/base/text_util.h"
#include "core/text/byte_alphabet.h"
#include "core/text/utf8.h"

#include <limits>
#include <mutex>
#include <queue>
#include <shared_mutex>

namespace crux::text {

namespace {

/// Up to this many symbols a scan for the lowest rank beats a heap.
constexpr std::size_t kShortWord = 48;
/// Longer words are not worth remembering.
constexpr std::size_t kCachedBytes = 64;
constexpr std::size_t kShards = 16;
constexpr std::size_t kWordsPerShard = 8192;
constexpr std::int32_t kNoRank = std::numeric_limits<std::int32_t>::max();
constexpr std::uint64_t kEmptyKey = ~std::uint64_t{0};

std::uint64_t pairKey(std::int32_t left, std::int32_t right) {
    return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 |
           static_cast<std::uint32_t>(right);
}

std::string fallbackName(std::size_t byte) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    return cat("<0x", kDigits[byte >> 4], kDigits[byte & 15], ">");
}

} // namespace

MergeTable::MergeTable(std::size_t expected) {
    std::size_t size = 16;
    while (size < expected * 2)
        size *= 2;
    m_slots.assign(size, Slot{kEmptyKey, {}});
    m_mask = size - 1;
}

std::size_t MergeTable::slotOf(std::uint64_t key) const {
    std::uint64_t mixed = key * 0x9E3779B97F4A7C15ULL;
    mixed ^= mixed >> 32;
    std::size_t slot = static_cast<std::size_t>(mixed) & m_mask;
    while (m_slots[slot].key != key && m_slots[slot].key != kEmptyKey)
        slot = (slot + 1) & m_mask;
    return slot;
}

void MergeTable::put(std::int32_t left, std::int32_t right, Merge merge) {
    const std::uint64_t key = pairKey(left, right);
    m_slots[slotOf(key)] = {key, merge};
}

MergeTable::Merge MergeTable::find(std::int32_t left, std::int32_t right) const {
    return m_slots[slotOf(pairKey(left, right))].merge; // an empty slot holds "does not merge"
}

/// Words already encoded, in shards with a lock each. A full shard stays as it is: the words that
/// come first in natural text are also the most frequent ones.
class BpeModel::Cache {
public:
    bool get(std::string_view word, std::vector<WordPiece>& out) const {
        const Shard& shard = m_shards[TextHash{}(word) % kShards];
        const std::shared_lock lock(shard.mutex);
        const auto it = shard.words.find(word);
        if (it == shard.words.end())
            return false;
        out.insert(out.end(), it->second.begin(), it->second.end());
        return true;
    }
    void put(std::string_view word, const WordPiece* pieces, std::size_t count) {
        Shard& shard = m_shards[TextHash{}(word) % kShards];
        const std::unique_lock lock(shard.mutex);
        if (shard.words.size() < kWordsPerShard)
            shard.words.try_emplace(std::string(word), pieces, pieces + count);
    }

private:
    struct Shard {
        mutable std::shared_mutex mutex;
        std::unordered_map<std::string, std::vector<WordPiece>, TextHash, std::equal_to<>>
            words; // guarded by mutex
    };
    std::array<Shard, kShards> m_shards;
};

BpeModel::BpeModel()
    : m_cache(std::make_unique<Cache>()) {}
BpeModel::BpeModel(BpeModel&&) noexcept = default;
BpeModel& BpeModel::operator=(BpeModel&&) noexcept = default;
BpeModel::~BpeModel() = default;

Result<BpeModel> BpeModel::make(Vocabulary names,
                                const std::vector<std::pair<std::string, std::string>>& merges,
                                BpeOptions options) {
    BpeModel model;
    model.m_options = std::move(options);
    model.m_names = std::move(names);
    if (!model.m_options.unkToken.empty()) {
        model.m_unk = model.find(model.m_options.unkToken);
        if (model.m_unk < 0)
            return fail(ErrorCode::Corrupt, cat("the unknown token \"", model.m_options.unkToken,
                                                "\" is not in the vocabulary"));
    }
    CRUX_TRY_VOID(model.addMerges(merges));
    model.indexSymbols();
    return model;
}

Status BpeModel::addMerges(const std::vector<std::pair<std::string, std::string>>& merges) {
    m_merges = MergeTable(merges.size());
    std::int32_t rank = 0;
    for (const auto& [left, right] : merges) {
        const std::int32_t leftId = find(left);
        const std::int32_t rightId = find(right);
        const std::int32_t product = find(left + right);
        if (leftId < 0 || rightId < 0 || product < 0)
            return fail(ErrorCode::Corrupt,
                        cat("merge ", rank + 1, " names \"",
                            leftId < 0    ? left
                            : rightId < 0 ? right
                                          : left + right,
                            "\", which the vocabulary lacks; fetch the tokenizer again"));
        m_merges.put(leftId, rightId, {rank++, product});
    }
    return {};
}

void BpeModel::indexSymbols() {
    for (std::size_t byte = 0; byte < 256; ++byte) {
        m_byteSymbols[byte] = find(byteAlphabet()[byte]);
        m_fallbackBytes[byte] = find(fallbackName(byte));
    }
    if (!m_options.byteLevel || !m_options.ignoreMerges)
        return;
    m_words.reserve(m_names.size());
    for (const auto& [name, id] : m_names)
        if (auto bytes = bytesOfName(name))
            m_words.emplace(std::move(*bytes), id);
}

std::int32_t BpeModel::find(std::string_view name) const {
    const auto it = m_names.find(name);
    return it == m_names.end() ? -1 : it->second;
}

/// Handles the unknown character at `at` and returns its length.
std::size_t BpeModel::addUnknown(std::string_view word, std::size_t at,
                                 std::vector<WordPiece>& symbols) const {
    const std::size_t length = m_options.byteLevel ? 1 : utf8Length(word[at]);
    const auto begin = static_cast<std::uint32_t>(at);
    if (m_options.byteFallback && !m_options.byteLevel) {
        bool all = true;
        for (std::size_t i = 0; i < length; ++i)
            all = all && m_fallbackBytes[static_cast<unsigned char>(word[at + i])] >= 0;
        for (std::uint32_t i = 0; all && i < length; ++i)
            symbols.push_back(
                {m_fallbackBytes[static_cast<unsigned char>(word[at + i])], begin + i, 1});
        if (all)
            return length;
    }
    if (m_unk < 0)
        return length;
    if (m_options.fuseUnk && !symbols.empty() && symbols.back().id == m_unk &&
        symbols.back().begin + symbols.back().length == begin)
        symbols.back().length += static_cast<std::uint32_t>(length);
    else
        symbols.push_back({m_unk, begin, static_cast<std::uint32_t>(length)});
    return length;
}

void BpeModel::split(std::string_view word, std::vector<WordPiece>& symbols) const {
    for (std::size_t at = 0; at < word.size();) {
        const std::size_t length = m_options.byteLevel ? 1 : utf8Length(word[at]);
        const std::int32_t id = m_options.byteLevel
                                    ? m_byteSymbols[static_cast<unsigned char>(word[at])]
                                    : find(word.substr(at, length));
        if (id < 0) {
            at += addUnknown(word, at, symbols);
            continue;
        }
        symbols.push_back({id, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(length)});
        at += length;
    }
}

namespace {
/// Of two symbols as one; an unknown character left out between them belongs to it.
std::uint32_t lengthWith(const WordPiece& left, const WordPiece& right) {
    return right.begin + right.length - left.begin;
}
} // namespace

void BpeModel::mergeShort(std::vector<WordPiece>& symbols) const {
    std::array<MergeTable::Merge, kShortWord> merges; // of symbol i with symbol i + 1
    std::size_t count = symbols.size();
    const auto look = [&](std::size_t i) {
        merges[i] =
            i + 1 < count ? m_merges.find(symbols[i].id, symbols[i + 1].id) : MergeTable::Merge{};
        if (merges[i].rank < 0)
            merges[i].rank = kNoRank;
    };
    for (std::size_t i = 0; i < count; ++i)
        look(i);
    while (count > 1) {
        std::size_t best = 0;
        for (std::size_t i = 1; i + 1 < count; ++i)
            if (merges[i].rank < merges[best].rank)
                best = i;
        if (merges[best].rank == kNoRank)
            break;
        symbols[best].id = merges[best].id;
        symbols[best].length = lengthWith(symbols[best], symbols[best + 1]);
        for (std::size_t i = best + 1; i + 1 < count; ++i) {
            symbols[i] = symbols[i + 1];
            merges[i] = merges[i + 1];
        }
        --count;
        look(best);
        if (best > 0)
            look(best - 1);
    }
    symbols.resize(count);
}

void BpeModel::mergeLong(std::vector<WordPiece>& symbols) const {
    constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
    struct Candidate {
        std::int32_t rank;
        std::uint32_t at;
        std::int32_t id;
        bool operator>(const Candidate& other) const {
            return rank != other.rank ? rank > other.rank : at > other.at;
        }
    };
    const auto count = static_cast<std::uint32_t>(symbols.size());
    std::vector<std::uint32_t> next(count);
    std::vector<std::uint32_t> previous(count);
    std::priority_queue<Candidate, std::vector<Candidate>, std::greater<>> queue;
    const auto look = [&](std::uint32_t left, std::uint32_t right) {
        if (const auto merge = m_merges.find(symbols[left].id, symbols[right].id); merge.rank >= 0)
            queue.push({merge.rank, left, merge.id});
    };
    for (std::uint32_t i = 0; i < count; ++i) {
        previous[i] = i == 0 ? kNone : i - 1;
        next[i] = i + 1 < count ? i + 1 : kNone;
        if (i + 1 < count)
            look(i, i + 1);
    }
    while (!queue.empty()) {
        const Candidate best = queue.top();
        queue.pop();
        WordPiece& left = symbols[best.at];
        const std::uint32_t right = next[best.at];
        if (left.length == 0 || right == kNone ||
            m_merges.find(left.id, symbols[right].id).id != best.id)
            continue; // one of the two was merged meanwhile
        left.id = best.id;
        left.length = lengthWith(left, symbols[right]);
        symbols[right].length = 0;
        next[best.at] = next[right];
        if (next[right] != kNone) {
            previous[next[right]] = best.at;
            look(best.at, next[right]);
        }
        if (previous[best.at] != kNone)
            look(previous[best.at], best.at);
    }
    std::erase_if(symbols, [](const WordPiece& piece) { return piece.length == 0; });
}

void BpeModel::encodeWord(std::string_view word, std::vector<WordPiece>& out) const {
    if (word.empty())
        return;
    const bool cached = word.size() <= kCachedBytes;
    if (cached && m_cache->get(word, out))
        return;
    std::vector<WordPiece> symbols;
    const Vocabulary& whole = m_options.byteLevel ? m_words : m_names;
    const auto it = m_options.ignoreMerges ? whole.find(word) : whole.end();
    if (it != whole.end()) {
        symbols.push_back({it->second, 0, static_cast<std::uint32_t>(word.size())});
    } else {
        symbols.reserve(word.size());
        split(word, symbols);
        if (symbols.size() <= kShortWord)
            mergeShort(symbols);
        else
            mergeLong(symbols);
    }
    if (cached)
        m_cache->put(word, symbols.data(), symbols.size());
    out.insert(out.end(), symbols.begin(), symbols.end());
}

} // namespace crux::text
