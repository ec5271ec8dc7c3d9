// Normalizers of tokenizer.json: text in, changed text with byte origins out.
#pragma once

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/text/aligned_text.h"

#include <memory>
#include <vector>

namespace crux::text {

/// One normalising step. Immutable and thread-safe.
class NormalizerStep {
public:
    virtual ~NormalizerStep() = default;
    virtual AlignedText apply(AlignedText text) const = 0;
};

/// The steps of a file in order; none for null.
class Normalizer {
public:
    /// Reads the "normalizer" value. Kinds outside NFC, NFD, NFKC, NFKD, Prepend, Replace, Strip
    /// and Sequence are refused by name.
    static Result<Normalizer> fromJson(const Json& value);

    AlignedText apply(AlignedText text) const;
    bool empty() const { return m_steps.empty(); }
    /// True when a step puts a space mark before the text ("Prepend" of U+2581).
    bool prependsSpaceMark() const { return m_prependsSpaceMark; }

    /// Adds a Unicode normal form ("NFC", ...) by name; for vocab.json + merges.txt.
    Status addForm(const std::string& name);

private:
    Status add(const Json& value, int depth);

    std::vector<std::shared_ptr<const NormalizerStep>> m_steps;
    bool m_prependsSpaceMark = false;
};

/// A Unicode normal form of `text` with origins. `compose`: NFC/NFKC; `compatibility`: NFKC/NFKD.
AlignedText unicodeNormalForm(AlignedText text, bool compose, bool compatibility);

} // namespace crux::text
