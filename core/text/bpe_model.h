// The BPE model of tokenizer.json: merges the symbols of one word by rank.
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace crux::text {

/// Finds by string_view without making a string.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};
using Vocabulary = std::unordered_map<std::string, std::int32_t, TextHash, std::equal_to<>>;

/// A token inside a word: id and the bytes [begin, begin+length) of the word.
struct WordPiece {
    std::int32_t id;
    std::uint32_t begin;
    std::uint32_t length;
};

/// Rank and product of a pair of ids, in one flat table.
class MergeTable {
public:
    struct Merge {
        std::int32_t rank = -1; ///< -1: the pair does not merge
        std::int32_t id = -1;
    };
    explicit MergeTable(std::size_t expected = 0);
    /// A pair given twice keeps its last rank.
    void put(std::int32_t left, std::int32_t right, Merge merge);
    Merge find(std::int32_t left, std::int32_t right) const;

private:
    struct Slot {
        std::uint64_t key;
        Merge merge;
    };
    std::size_t slotOf(std::uint64_t key) const;

    std::vector<Slot> m_slots;
    std::size_t m_mask = 0;
};

/// How words are read and what happens to unknown characters.
struct BpeOptions {
    bool byteLevel = false;    ///< symbols are bytes, names in GPT-2's alphabet
    bool ignoreMerges = false; ///< a word that is a token is taken whole
    bool byteFallback = false; ///< unknown characters become <0xNN> tokens
    bool fuseUnk = false;
    std::string unkToken; ///< empty: unknown characters are left out
};

/// Vocabulary and merges. Immutable after load and thread-safe (the word cache is sharded and
/// locked); fails only at load.
class BpeModel {
public:
    /// Reads the "model" value of tokenizer.json; other kinds than BPE are refused by name.
    static Result<BpeModel> fromJson(const Json& value, bool byteLevel);
    /// `merges` in order of rank, names as in the vocabulary.
    static Result<BpeModel> make(Vocabulary names,
                                 const std::vector<std::pair<std::string, std::string>>& merges,
                                 BpeOptions options);
    BpeModel(BpeModel&&) noexcept;
    BpeModel& operator=(BpeModel&&) noexcept;
    ~BpeModel();

    /// Appends the tokens of `word`, valid UTF-8 (or raw bytes when byte-level).
    void encodeWord(std::string_view word, std::vector<WordPiece>& out) const;

    std::int32_t find(std::string_view name) const; ///< -1 when there is none
    const Vocabulary& names() const { return m_names; }
    bool byteFallback() const { return m_options.byteFallback; }

private:
    class Cache;
    BpeModel();

    Status addMerges(const std::vector<std::pair<std::string, std::string>>& merges);
    void indexSymbols();
    void split(std::string_view word, std::vector<WordPiece>& symbols) const;
    std::size_t addUnknown(std::string_view word, std::size_t at,
                           std::vector<WordPiece>& symbols) const;
    void mergeShort(std::vector<WordPiece>& symbols) const;
    void mergeLong(std::vector<WordPiece>& symbols) const;

    BpeOptions m_options;
    Vocabulary m_names;
    Vocabulary m_words; ///< byte-level: by raw bytes; otherwise empty
    MergeTable m_merges;
    std::int32_t m_unk = -1;
    std::array<std::int32_t, 256> m_byteSymbols{};   ///< byte-level: id of each byte, -1 none
    std::array<std::int32_t, 256> m_fallbackBytes{}; ///< ids of <0xNN>, -1 none
    std::unique_ptr<Cache> m_cache;
};

} // namespace crux::text
