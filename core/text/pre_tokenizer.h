// Pre-tokenizers of tokenizer.json: cut a normalised text into the words that BPE works on.
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/text/aligned_text.h"
#include "core/text/regex.h"

#include <deque>
#include <memory>
#include <vector>

namespace crux::text {

/// A part [begin,end) of a text that outlives it.
struct Chunk {
    const AlignedText* text = nullptr;
    std::size_t begin = 0;
    std::size_t end = 0;

    std::string_view view() const { return text->view().substr(begin, end - begin); }
    bool operator==(const Chunk&) const = default;
};

/// Keeps the texts that steps had to change (a space put before a word) while chunks point there.
using ChunkArena = std::deque<AlignedText>;

/// One cutting step. Immutable and thread-safe.
class PreTokenizerStep {
public:
    virtual ~PreTokenizerStep() = default;
    virtual void apply(const Chunk& chunk, std::vector<Chunk>& out, ChunkArena& arena) const = 0;
};

/// What Split does with a match.
enum class SplitBehavior { Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous };

/// Cuts one chunk by a pattern as the `tokenizers` library does; empty parts are left out.
void splitChunk(const Regex& pattern, SplitBehavior behavior, bool invert, const Chunk& chunk,
                std::vector<Chunk>& out);

/// The steps of a file in order.
class PreTokenizer {
public:
    /// Reads the "pre_tokenizer" value: Sequence, Split, Digits, ByteLevel (last), Metaspace and
    /// null; any other kind is refused by name.
    static Result<PreTokenizer> fromJson(const Json& value);
    /// GPT-2's ByteLevel step, for vocab.json + merges.txt.
    static Result<PreTokenizer> byteLevelOnly(bool addPrefixSpace);
    /// One isolated split by `pattern`, then bytes; for vocab.json + merges.txt of other families.
    static Result<PreTokenizer> splitThenBytes(std::string_view pattern);

    std::vector<Chunk> apply(const AlignedText& text, ChunkArena& arena) const;
    /// True when the words' symbols are bytes in GPT-2's alphabet.
    bool byteLevel() const { return m_byteLevel; }
    /// True when a step may put a space before the text.
    bool addsPrefix() const { return m_addsPrefix; }

private:
    Status add(const Json& value, int depth);
    Status addSplit(const Json& value);
    Status addByteLevel(bool addPrefixSpace, bool useRegex);
    Status addMetaspace(const Json& value);

    std::vector<std::shared_ptr<const PreTokenizerStep>> m_steps;
    bool m_byteLevel = false;
    bool m_addsPrefix = false;
};

} // namespace crux::text
