#include "core/text/sentencepiece_tokenizer.h"

#include "core/base/text_util.h"
#include "core/text/aligned_text.h"
#include "core/text/decoder.h"
#include "core/text/sentencepiece_module.h"

namespace crux::text {

namespace {

constexpr std::string_view kSpaceMark = "\xE2\x96\x81"; // U+2581, sentencepiece's space
/// Largest vocabulary accepted; more is a lying file.
constexpr std::int32_t kMaxVocabulary = 1 << 22;

void receiveText(void* user, const char* bytes, std::size_t size) {
    static_cast<std::string*>(user)->assign(bytes, size);
}

/// What one call of the module hands back.
struct Received {
    std::vector<CruxSentencepiecePiece> pieces;
    std::string error;
};

void receivePieces(void* user, const CruxSentencepiecePiece* pieces, std::size_t count) {
    static_cast<Received*>(user)->pieces.assign(pieces, pieces + count);
}
void receiveError(void* user, const char* bytes, std::size_t size) {
    static_cast<Received*>(user)->error.assign(bytes, size);
}

/// Tokenizer of a tokenizer.model. Owns the model inside the module; immutable after open, so any
/// thread may use it. Not for special tokens in text: sentencepiece reads "<s>" as plain text.
class SentencepieceTokenizer final : public Tokenizer {
public:
    SentencepieceTokenizer(const CruxSentencepieceApi& api, void* model)
        : m_api(api)
        , m_model(model) {}
    ~SentencepieceTokenizer() override { m_api.close(m_model); }
    SentencepieceTokenizer(const SentencepieceTokenizer&) = delete;
    SentencepieceTokenizer& operator=(const SentencepieceTokenizer&) = delete;

    Status prepare(const std::string& where, const TokenizerConfig& config);

    Encoding encode(std::string_view text, bool special) const override;
    std::string decode(std::span<const std::int32_t> ids, bool keepSpecial) const override;
    std::string pieceBytes(std::int32_t id) const override {
        return inRange(id) ? m_pieces[static_cast<std::size_t>(id)].bytes : std::string();
    }
    std::string pieceName(std::int32_t id) const override {
        return inRange(id) ? m_pieces[static_cast<std::size_t>(id)].name : std::string();
    }
    bool isSpecial(std::int32_t id) const override {
        return inRange(id) && m_pieces[static_cast<std::size_t>(id)].special;
    }
    std::int32_t vocabularySize() const override {
        return static_cast<std::int32_t>(m_pieces.size());
    }
    std::int32_t bosId() const override { return m_bos; }
    std::int32_t eosId() const override { return m_eos; }
    bool addsBos() const override { return m_addBos; }
    bool addsDummyPrefix() const override { return m_dummyPrefix; }

private:
    struct Piece {
        std::string name;
        std::string bytes;
        bool special = false;
        bool byte = false;
    };

    bool inRange(std::int32_t id) const { return id >= 0 && id < vocabularySize(); }
    void spreadByteSpans(std::vector<CruxSentencepiecePiece>& pieces) const;

    const CruxSentencepieceApi& m_api; // borrowed from the module, which is never closed
    void* m_model;                     // owned
    std::vector<Piece> m_pieces;
    std::int32_t m_bos = -1;
    std::int32_t m_eos = -1;
    bool m_addBos = false;
    bool m_addEos = false;
    bool m_dummyPrefix = false;
};

Status SentencepieceTokenizer::prepare(const std::string& where, const TokenizerConfig& config) {
    const std::int32_t size = m_api.size(m_model);
    if (size <= 0 || size > kMaxVocabulary)
        return fail(ErrorCode::Corrupt,
                    cat("tokenizer.model has ", size, " pieces; fetch the file again"), where);
    m_pieces.resize(static_cast<std::size_t>(size));
    for (std::int32_t id = 0; id < size; ++id) {
        Piece& piece = m_pieces[static_cast<std::size_t>(id)];
        m_api.name(m_model, id, receiveText, &piece.name);
        const CruxSentencepieceKind kind = m_api.kind(m_model, id);
        piece.special = kind == CruxSentencepieceControl || kind == CruxSentencepieceUnknown;
        piece.byte = kind == CruxSentencepieceByte && byteOfFallbackName(piece.name) >= 0;
        if (piece.byte) {
            piece.bytes.assign(1, static_cast<char>(byteOfFallbackName(piece.name)));
            continue;
        }
        piece.bytes = withSpaces(piece.name, kSpaceMark);
    }
    m_bos = m_api.bos(m_model);
    m_eos = m_api.eos(m_model);
    m_addBos = m_bos >= 0 && config.addBos.value_or(true);
    m_addEos = m_eos >= 0 && config.addEos.value_or(false);
    // The flag itself is inside the library's private protocol buffer, so ask a word.
    const Encoding probe = encode("a", false);
    m_dummyPrefix = !probe.ids.empty() && pieceName(probe.ids.front()).starts_with(kSpaceMark);
    return {};
}

/// The library gives the whole character's range to its last byte piece; when a run of byte pieces
/// covers as many bytes as it has pieces, each gets its own.
void SentencepieceTokenizer::spreadByteSpans(std::vector<CruxSentencepiecePiece>& pieces) const {
    std::size_t first = 0;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        const bool byte =
            inRange(pieces[i].id) && m_pieces[static_cast<std::size_t>(pieces[i].id)].byte;
        if (!byte) {
            first = i + 1;
            continue;
        }
        if (pieces[i].begin == pieces[i].end)
            continue;
        const std::size_t count = i + 1 - first;
        const std::uint32_t begin = pieces[i].begin;
        if (pieces[i].end - begin == count)
            for (std::size_t k = 0; k < count; ++k) {
                pieces[first + k].begin = begin + static_cast<std::uint32_t>(k);
                pieces[first + k].end = begin + static_cast<std::uint32_t>(k) + 1;
            }
        first = i + 1;
    }
}

Encoding SentencepieceTokenizer::encode(std::string_view text, bool special) const {
    const AlignedText valid = alignedUtf8(text);
    const std::string_view view = valid.view();
    Received received;
    Encoding out;
    if (m_api.encode(m_model, view.data(), view.size(), receivePieces, receiveError, &received))
        received.pieces.clear();
    spreadByteSpans(received.pieces);
    if (special && m_addBos) {
        out.ids.push_back(m_bos);
        out.spans.push_back({0, 0});
    }
    for (const CruxSentencepiecePiece& piece : received.pieces) {
        out.ids.push_back(piece.id);
        out.spans.push_back(valid.span(piece.begin, piece.end));
    }
    if (special && m_addEos) {
        const auto end = static_cast<std::int32_t>(text.size());
        out.ids.push_back(m_eos);
        out.spans.push_back({end, end});
    }
    return out;
}

/// The library has no switch for special tokens: control pieces never give text, <unk> does.
std::string SentencepieceTokenizer::decode(std::span<const std::int32_t> ids, bool) const {
    std::vector<std::int32_t> known;
    known.reserve(ids.size());
    for (const std::int32_t id : ids)
        if (inRange(id))
            known.push_back(id);
    std::string text;
    const auto ignoreError = [](void*, const char*, std::size_t) {};
    m_api.decode(m_model, known.data(), known.size(), receiveText, ignoreError, &text);
    return text;
}

} // namespace

Result<TokenizerPtr> openSentencepiece(std::string_view bytes, const std::string& where,
                                       const TokenizerConfig& config) {
    CRUX_TRY(api, sentencepieceModule());
    Received received;
    void* model = api->open(bytes.data(), bytes.size(), receiveError, &received);
    if (!model)
        return fail(ErrorCode::Corrupt,
                    "tokenizer.model is not a sentencepiece model; fetch the file again", where,
                    received.error);
    auto tokenizer = std::make_shared<SentencepieceTokenizer>(*api, model);
    CRUX_TRY_VOID(tokenizer->prepare(where, config));
    return TokenizerPtr(std::move(tokenizer));
}

} // namespace crux::text
