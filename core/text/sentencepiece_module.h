// Opens the sentencepiece module. libsentencepiece and libc10 both export FLAGS_minloglevel with
// different types and sizes; linked into one program one writes over the other's neighbour without
// a word. So the library lives behind a module opened RTLD_LOCAL|RTLD_DEEPBIND.
#pragma once

#include "core/base/result.h"
#include "core/text/sentencepiece_abi.h"

namespace crux::text {

/// The module's functions; opened once for each process and never closed. Looked for beside the
/// program, in ../lib and ../lib/crux of it, then in the build folder. Thread-safe.
Result<const CruxSentencepieceApi*> sentencepieceModule();

} // namespace crux::text
