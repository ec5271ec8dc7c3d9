#include "core/text/bpe_tokenizer.h"

#include "core/base/text_util.h"

namespace crux::text {

namespace {

/// Tokenizer over BPE parts. Owns them; immutable after make, so any thread may use it.
class BpeTokenizer final : public Tokenizer {
public:
    BpeTokenizer(BpeParts parts, const TokenizerConfig& config);

    Encoding encode(std::string_view text, bool special) const override;
    std::string decode(std::span<const std::int32_t> ids, bool keepSpecial) const override;
    std::string pieceBytes(std::int32_t id) const override;
    std::string pieceName(std::int32_t id) const override {
        return known(id) ? m_names[at(id)] : "";
    }
    bool isSpecial(std::int32_t id) const override {
        const AddedToken* token = m_added.find(id);
        return token && token->special;
    }
    std::int32_t vocabularySize() const override {
        return static_cast<std::int32_t>(m_names.size());
    }
    std::int32_t bosId() const override { return m_bos; }
    std::int32_t eosId() const override { return m_eos; }
    bool addsBos() const override {
        const auto& before = m_parts.post.before;
        return m_bos >= 0 && std::find(before.begin(), before.end(), m_bos) != before.end();
    }
    bool addsDummyPrefix() const override {
        return m_parts.normalizer.prependsSpaceMark() || m_parts.preTokenizer.addsPrefix();
    }

private:
    static std::size_t at(std::int32_t id) { return static_cast<std::size_t>(id); }
    bool known(std::int32_t id) const {
        return id >= 0 && at(id) < m_names.size() && m_exists[at(id)];
    }
    std::int32_t idOf(const std::string& name) const;
    /// The library decodes a "normalized" added token to its normalised content.
    std::string decodedName(std::int32_t id) const {
        const AddedToken* token = m_added.find(id);
        if (!token || !token->normalized || m_parts.normalizer.empty())
            return m_names[at(id)];
        return std::string(m_parts.normalizer.apply(AlignedText(token->content)).view());
    }
    void nameIds();
    void encodePlain(const AlignedText& text, Encoding& out) const;

    BpeParts m_parts;
    AddedTokens m_added;
    std::vector<std::string> m_names; ///< by id
    std::vector<bool> m_exists;       ///< false for holes
    std::int32_t m_bos = -1;
    std::int32_t m_eos = -1;
};

BpeTokenizer::BpeTokenizer(BpeParts parts, const TokenizerConfig& config)
    : m_parts(std::move(parts))
    , m_added(std::move(m_parts.added), m_parts.normalizer) {
    nameIds();
    m_bos = idOf(config.bosToken);
    m_eos = idOf(config.eosToken);
}

void BpeTokenizer::nameIds() {
    std::int32_t last = -1;
    for (const auto& [name, id] : m_parts.model.names())
        last = std::max(last, id);
    for (const AddedToken& token : m_added.all())
        last = std::max(last, token.id);
    m_names.resize(at(last + 1));
    m_exists.resize(m_names.size());
    for (const auto& [name, id] : m_parts.model.names()) {
        m_names[at(id)] = name;
        m_exists[at(id)] = true;
    }
    for (const AddedToken& token : m_added.all()) { // they win over the vocabulary's names
        m_names[at(token.id)] = token.content;
        m_exists[at(token.id)] = true;
    }
}

std::int32_t BpeTokenizer::idOf(const std::string& name) const {
    if (name.empty())
        return -1;
    for (const AddedToken& token : m_added.all())
        if (token.content == name)
            return token.id;
    return m_parts.model.find(name);
}

/// Encodes normalised text without added tokens.
void BpeTokenizer::encodePlain(const AlignedText& text, Encoding& out) const {
    ChunkArena arena;
    std::vector<WordPiece> pieces;
    for (const Chunk& chunk : m_parts.preTokenizer.apply(text, arena)) {
        pieces.clear();
        m_parts.model.encodeWord(chunk.view(), pieces);
        for (const WordPiece& piece : pieces) {
            const std::size_t begin = chunk.begin + piece.begin;
            out.ids.push_back(piece.id);
            out.spans.push_back(chunk.text->span(begin, begin + piece.length));
        }
    }
}

Encoding BpeTokenizer::encode(std::string_view text, bool special) const {
    const AlignedText valid = alignedUtf8(text);
    Encoding out;
    const auto addToken = [&](std::int32_t id, ByteSpan span) {
        out.ids.push_back(id);
        out.spans.push_back(span);
    };
    const auto end = static_cast<std::int32_t>(text.size());
    if (special)
        for (const std::int32_t id : m_parts.post.before)
            addToken(id, {0, 0});
    for (const TokenPart& raw : m_added.splitRaw(valid.view())) {
        if (raw.id >= 0) {
            addToken(raw.id, valid.span(raw.begin, raw.end));
            continue;
        }
        const AlignedText normal = m_parts.normalizer.apply(valid.slice(raw.begin, raw.end));
        for (const TokenPart& part : m_added.splitNormalized(normal.view())) {
            if (part.id >= 0)
                addToken(part.id, normal.span(part.begin, part.end));
            else
                encodePlain(normal.slice(part.begin, part.end), out);
        }
    }
    if (special)
        for (const std::int32_t id : m_parts.post.after)
            addToken(id, {end, end});
    return out;
}

std::string BpeTokenizer::decode(std::span<const std::int32_t> ids, bool keepSpecial) const {
    std::vector<std::string> names;
    names.reserve(ids.size());
    for (const std::int32_t id : ids)
        if (known(id) && (keepSpecial || !isSpecial(id)))
            names.push_back(decodedName(id));
    return names.empty() ? std::string() : m_parts.decoder.decode(std::move(names));
}

std::string BpeTokenizer::pieceBytes(std::int32_t id) const {
    if (!known(id))
        return {};
    return isSpecial(id) ? m_names[at(id)] : m_parts.decoder.pieceBytes(m_names[at(id)]);
}

} // namespace

Result<TokenizerPtr> makeBpeTokenizer(BpeParts parts, const TokenizerConfig& config) {
    return TokenizerPtr(std::make_shared<BpeTokenizer>(std::move(parts), config));
}

} // namespace crux::text
