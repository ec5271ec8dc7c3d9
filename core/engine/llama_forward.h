// The LLaMA forward pass of many sequences at once, packed without padding: one matrix of all
// tokens for every linear and norm; attention sequence by sequence on the CPU, of all at once on a
// device. Scoring only; decoding has its
// own.
#pragma once

#include "core/engine/packed_linears.h"
#include "core/engine/shared_prefixes.h"
#include "core/engine/weights.h"

#include <span>
#include <vector>

namespace crux::engine {

/// The rows of one sequence. What it shares with an earlier sequence is not computed again:
/// `context` names those rows, in order of position.
struct PackedSequence {
    RowRange rows; ///< its own; may be empty
    std::vector<RowRange> context;
    std::int64_t firstPosition = 0; ///< of rows.begin: the context's length
};

/// Sequences laid one after the other; each lies in one AdapterRows.
struct PackedBatch {
    std::vector<std::int32_t> tokens;
    std::vector<PackedSequence> sequences;
    std::vector<AdapterRows> adapters;

    /// Appends a sequence (contiguous rows of an adapter are merged into one range). The first
    /// `shared.length` ids are those of sequence `shared.leader`, which has the same adapter.
    void add(std::span<const std::int32_t> ids, int adapter, SharedPrefix shared = {});
    std::int64_t rows() const { return static_cast<std::int64_t>(tokens.size()); }
    /// Row of a sequence's token, its own or one it shares.
    std::int64_t row(std::size_t sequence, std::int64_t position) const;
};

/// Whose operations compute: the CPU has its own kernels; stock ones are what devices use, and the
/// CPU where the self test compares the two.
enum class Operations { OfDevice, Stock };

/// The residual stream after the last block, before the final norm: [rows, hidden] float32.
/// Breathes and is cancelled between blocks. Throws what LibTorch throws.
Result<at::Tensor> forwardPacked(const LoadedModel& model, const PackedBatch& batch,
                                 const CancelToken& cancel, const Breath& breathe = {},
                                 Operations operations = Operations::OfDevice);

/// The final norm of some rows: [n, hidden] in the dtype of activations, ready for the vocabulary.
at::Tensor finalNormRows(const LoadedModel& model, const at::Tensor& residual,
                         const std::vector<std::int64_t>& rows);

} // namespace crux::engine
