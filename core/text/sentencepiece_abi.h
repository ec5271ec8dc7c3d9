// C interface between Crux and its sentencepiece module (sentencepiece_plugin.cpp). Plain C types
// only: the two sides may see different symbols of the same name, which is why the module exists.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {

/// One token: id and the byte range of the input it stands for.
struct CruxSentencepiecePiece {
    std::int32_t id;
    std::uint32_t begin;
    std::uint32_t end;
};

/// What a piece is, as the model file marks it.
enum CruxSentencepieceKind {
    CruxSentencepieceNormal = 0,
    CruxSentencepieceUnknown = 1,
    CruxSentencepieceControl = 2,
    CruxSentencepieceByte = 3,
    CruxSentencepieceUnused = 4,
};

/// Receives bytes that live only during the call.
typedef void (*CruxSentencepieceBytes)(void* user, const char* bytes, std::size_t size);
typedef void (*CruxSentencepiecePieces)(void* user, const CruxSentencepiecePiece* pieces,
                                        std::size_t count);

/// Functions of the module. All are thread-safe on an open model; none throws. Those that return
/// int give 0 on success and otherwise call `error` with a reason.
struct CruxSentencepieceApi {
    std::int32_t version; ///< kCruxSentencepieceVersion of the module
    void* (*open)(const char* bytes, std::size_t size, CruxSentencepieceBytes error, void* user);
    void (*close)(void* model);
    int (*encode)(const void* model, const char* text, std::size_t size,
                  CruxSentencepiecePieces pieces, CruxSentencepieceBytes error, void* user);
    int (*decode)(const void* model, const std::int32_t* ids, std::size_t count,
                  CruxSentencepieceBytes text, CruxSentencepieceBytes error, void* user);
    std::int32_t (*size)(const void* model);
    std::int32_t (*bos)(const void* model);
    std::int32_t (*eos)(const void* model);
    CruxSentencepieceKind (*kind)(const void* model, std::int32_t id);
    void (*name)(const void* model, std::int32_t id, CruxSentencepieceBytes name, void* user);
    /// Address that FLAGS_minloglevel has for the module and its library: for the test that
    /// proves it apart from libc10's.
    const void* (*logLevelFlag)();
};

/// The module's only exported function.
const CruxSentencepieceApi* crux_sentencepiece_api();
}

inline constexpr std::int32_t kCruxSentencepieceVersion = 1;
