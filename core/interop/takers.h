// Takers of rows by kind of import. Internal to the room.
#pragma once

#include "core/interop/import_inputs.h"
#include "core/interop/import_tokens.h"
#include "core/interop/row_taker.h"

#include <memory>

namespace crux::interop {

/// What every taker is told. All references and the tokenizer are borrowed from the import's run.
struct TakerContext {
    const store::Project& project;
    const ImportOptions& options;
    const InputFacts& facts;
    const ImportTokenizer* tokenizer; ///< null: none
    bool dryRun;                      ///< rows are checked, nothing is written
    ImportReport& report;
    RowFaults& faults;
};

std::unique_ptr<RowTaker> takerFor(const TakerContext& context);

/// Questions and answers (table_taker.cpp).
std::unique_ptr<RowTaker> tableTaker(const TakerContext& context);
/// The paper's rollouts (rollout_taker.cpp).
std::unique_ptr<RowTaker> rolloutTaker(const TakerContext& context);
/// Crux's own export of rollouts (stored_rollout_taker.cpp).
std::unique_ptr<RowTaker> storedRolloutTaker(const TakerContext& context);
/// Pivotal tokens of codelion/pts (pts_taker.cpp).
std::unique_ptr<RowTaker> ptsTaker(const TakerContext& context);
/// Logs of lm-eval and inspect_ai (evaluation_taker.cpp).
std::unique_ptr<RowTaker> evaluationTaker(const TakerContext& context);

/// True for kinds whose rows say where tokens stand by text alone.
bool needsTokenizer(const std::string& kind);

} // namespace crux::interop
