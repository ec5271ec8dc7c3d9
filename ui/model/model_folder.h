// What a model or adapter folder says about itself, read without LibTorch: for the dialogs' live
// checks and for registering a folder in the project.
#pragma once

#include "core/base/files.h"
#include "core/base/result.h"
#include "core/store/records.h"

#include <string>

namespace crux::ui {

/// Facts of config.json or adapter_config.json. `isAdapter` says which half is filled.
struct ModelFolder {
    bool isAdapter = false;
    Path path;        ///< absolute
    std::string name; ///< last part of the path
    // model
    std::string architecture, storedDType;
    std::int32_t vocabularySize = 0, contextLength = 0;
    std::int64_t parameters = 0; ///< from the safetensors headers
    bool hasTokenizer = false;
    // adapter
    std::int32_t rank = 0;
    double alpha = 0;
    std::string basePath; ///< as its configuration says, may be elsewhere now
    // both
    std::int64_t sizeBytes = 0; ///< of the safetensors files
};

/// Quick (configuration and headers, no weights). Errors are one sentence: not a folder, neither
/// config.json nor adapter_config.json, pickle weights only, unreadable configuration.
Result<ModelFolder> readModelFolder(const Path& folder);

/// As rows for the project. Reads every byte for the hashes: seconds to minutes, never on the GUI
/// thread.
struct RegisteredModel {
    store::ModelRecord model;
    store::VocabularyRecord vocabulary; ///< empty hash: the folder has no tokenizer
};
Result<RegisteredModel> hashModelFolder(const ModelFolder& folder);
Result<store::AdapterRecord> hashAdapterFolder(const ModelFolder& folder);

} // namespace crux::ui
