#include "app/cli/text_codec.h"

namespace crux::cli {

Result<TextCodecPtr> TextCodec::open(const Path&) {
    return TextCodecPtr();
}

std::string TextCodec::missingText(const Path&) {
    return "This build holds the engine alone, without tokenizers; give \"ids\".";
}

} // namespace crux::cli
