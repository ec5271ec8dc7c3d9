// The sentencepiece module: the only file that names the library. Built as a shared module, opened
// with dlopen(RTLD_LOCAL|RTLD_DEEPBIND) by sentencepiece_module.cpp, never linked (see there).
#include "core/text/sentencepiece_abi.h"

#include <sentencepiece_processor.h>

#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace sentencepiece::logging {
void SetMinLogLevel(
    int level); // exported by the library, declared in none of its installed headers
}

/// The library's own flag object; only its address is of interest.
extern "C" char FLAGS_minloglevel;

namespace {

using Processor = sentencepiece::SentencePieceProcessor;

/// Above FATAL: the module reports by return value and must not write to the program's stderr.
constexpr int kSilent = 4;

const Processor& processor(const void* model) {
    return *static_cast<const Processor*>(model);
}

void give(CruxSentencepieceBytes receiver, void* user, const std::string& text) {
    receiver(user, text.data(), text.size());
}

/// Runs `body`, which returns a Status, and turns its failures and exceptions into the C form.
template <typename Body> int guarded(CruxSentencepieceBytes error, void* user, Body&& body) {
    try {
        const auto status = body();
        if (status.ok())
            return 0;
        give(error, user, status.ToString());
    } catch (const std::exception& caught) {
        give(error, user, caught.what());
    }
    return 1;
}

void* openModel(const char* bytes, std::size_t size, CruxSentencepieceBytes error, void* user) {
    auto model = std::make_unique<Processor>();
    const int failed = guarded(error, user, [&] {
        sentencepiece::logging::SetMinLogLevel(kSilent);
        return model->LoadFromSerializedProto(absl::string_view(bytes, size));
    });
    return failed ? nullptr : model.release();
}

void closeModel(void* model) {
    delete static_cast<Processor*>(model);
}

int encode(const void* model, const char* text, std::size_t size, CruxSentencepiecePieces pieces,
           CruxSentencepieceBytes error, void* user) {
    return guarded(error, user, [&] {
        sentencepiece::ImmutableSentencePieceText result;
        const auto status =
            processor(model).Encode(absl::string_view(text, size), result.mutable_proto());
        if (!status.ok())
            return status;
        std::vector<CruxSentencepiecePiece> found;
        found.reserve(result.pieces_size());
        for (std::size_t i = 0; i < result.pieces_size(); ++i) {
            const auto piece = result.pieces(static_cast<int>(i));
            found.push_back({static_cast<std::int32_t>(piece.id()), piece.begin(), piece.end()});
        }
        pieces(user, found.data(), found.size());
        return status;
    });
}

int decode(const void* model, const std::int32_t* ids, std::size_t count,
           CruxSentencepieceBytes text, CruxSentencepieceBytes error, void* user) {
    return guarded(error, user, [&] {
        std::string result;
        const auto status = processor(model).Decode(std::vector<int>(ids, ids + count), &result);
        if (status.ok())
            give(text, user, result);
        return status;
    });
}

CruxSentencepieceKind kind(const void* model, std::int32_t id) {
    const Processor& p = processor(model);
    if (p.IsControl(id))
        return CruxSentencepieceControl;
    if (p.IsUnknown(id))
        return CruxSentencepieceUnknown;
    if (p.IsByte(id))
        return CruxSentencepieceByte;
    return p.IsUnused(id) ? CruxSentencepieceUnused : CruxSentencepieceNormal;
}

void name(const void* model, std::int32_t id, CruxSentencepieceBytes receiver, void* user) {
    give(receiver, user, processor(model).IdToPiece(id));
}

/// Where references to FLAGS_minloglevel go from here: the module and its library are looked up in
/// the same scopes.
const void* logLevelFlag() {
    return &FLAGS_minloglevel;
}

} // namespace

const CruxSentencepieceApi* crux_sentencepiece_api() {
    static const CruxSentencepieceApi kApi = {
        kCruxSentencepieceVersion,
        openModel,
        closeModel,
        encode,
        decode,
        [](const void* model) { return std::int32_t{processor(model).GetPieceSize()}; },
        [](const void* model) { return std::int32_t{processor(model).bos_id()}; },
        [](const void* model) { return std::int32_t{processor(model).eos_id()}; },
        kind,
        name,
        logLevelFlag,
    };
    return &kApi;
}
