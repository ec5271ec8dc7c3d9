#include "core/engine/model_texts.h"

namespace crux::engine {

Status copyModelTexts(const Path& from, const Path& to) {
    constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 28;
    for (const char* name : {"config.json", "generation_config.json", "tokenizer.model",
                             "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
                             "added_tokens.json", "vocab.json", "merges.txt"}) {
        std::error_code code;
        if (!std::filesystem::is_regular_file(from / name, code))
            continue;
        CRUX_TRY(bytes, readFile(from / name, kMostBytes));
        CRUX_TRY_VOID(writeFileAtomically(to / name, bytes));
    }
    return {};
}

} // namespace crux::engine
