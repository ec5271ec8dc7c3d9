#include "app/cli/text_codec.h"

#include "core/base/text_util.h"
#include "core/text/tokenizer.h"

namespace crux::cli {

namespace {

class FolderCodec final : public TextCodec {
public:
    explicit FolderCodec(text::TokenizerPtr tokenizer)
        : m_tokenizer(std::move(tokenizer)) {}

    std::vector<std::int32_t> encode(const std::string& text) const override {
        return m_tokenizer->encode(text, true).ids;
    }
    std::string bytes(std::int32_t id) const override {
        return m_tokenizer->isSpecial(id) ? std::string() : m_tokenizer->pieceBytes(id);
    }
    std::string name(std::int32_t id) const override { return m_tokenizer->pieceName(id); }
    std::int32_t size() const override { return m_tokenizer->vocabularySize(); }

private:
    text::TokenizerPtr m_tokenizer;
};

} // namespace

Result<TextCodecPtr> TextCodec::open(const Path& folder) {
    if (!text::hasTokenizer(folder))
        return TextCodecPtr();
    CRUX_TRY(tokenizer, text::loadTokenizer(folder));
    return TextCodecPtr(std::make_shared<FolderCodec>(std::move(tokenizer)));
}

std::string TextCodec::missingText(const Path& folder) {
    return cat("The folder ", folder.string(),
               " holds no tokenizer, so text cannot be used; give \"ids\".");
}

} // namespace crux::cli
