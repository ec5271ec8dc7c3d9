#include "ui/model/model_folder.h"

#include "core/base/clock.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/text_util.h"
#include "core/text/tokenizer.h"

#include <algorithm>
#include <cstring>
#include <system_error>

namespace crux::ui {

namespace {

constexpr std::uint64_t kConfigLimit = std::uint64_t{16} << 20;
constexpr std::uint64_t kHeaderLimit = std::uint64_t{100} << 20;

Result<Json> readConfig(const Path& file) {
    CRUX_TRY(text, readFile(file, kConfigLimit));
    Result<Json> parsed = parseJson(text);
    if (!parsed.ok() || !parsed->is_object())
        return fail(ErrorCode::Corrupt,
                    cat(file.filename().string(),
                        " is not a JSON object; take the folder from its source again."),
                    file.string());
    return parsed;
}

std::int64_t integerOr(const Json& object, const char* key, std::int64_t otherwise) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>()
                                                               : otherwise;
}

std::string textOr(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Elements and dtype of one safetensors file from its header.
Status readHeader(const Path& file, std::int64_t& parameters, std::string& dtype) {
    CRUX_TRY(mapped, MappedFile::open(file));
    const auto bytes = mapped.bytes();
    std::uint64_t length = 0;
    if (bytes.size() < sizeof length)
        return fail(ErrorCode::Corrupt, cat(file.filename().string(), " is cut short."),
                    file.string());
    std::memcpy(&length, bytes.data(), sizeof length);
    if (length > kHeaderLimit || length > bytes.size() - sizeof length)
        return fail(ErrorCode::Corrupt,
                    cat(file.filename().string(), " has a damaged header; copy it again."),
                    file.string());
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()) + sizeof length,
                                length);
    const Result<Json> header = parseJson(text);
    if (!header.ok() || !header->is_object())
        return fail(ErrorCode::Corrupt,
                    cat(file.filename().string(), " has a damaged header; copy it again."),
                    file.string());
    for (const auto& [name, tensor] : header->items()) {
        if (name == "__metadata__" || !tensor.is_object() || !tensor.contains("shape") ||
            !tensor["shape"].is_array())
            continue;
        std::int64_t count = 1;
        for (const Json& size : tensor["shape"])
            count *= size.is_number_integer() ? size.get<std::int64_t>() : 0;
        parameters += count;
        if (dtype.empty())
            dtype = textOr(tensor, "dtype");
    }
    return {};
}

std::string dtypeName(const std::string& stored) {
    if (stored == "BF16")
        return "bfloat16";
    if (stored == "F16")
        return "float16";
    return stored == "F32" ? "float32" : stored;
}

Status readWeights(ModelFolder& facts) {
    std::error_code code;
    bool pickle = false;
    std::vector<Path> files;
    for (const auto& entry : std::filesystem::directory_iterator(facts.path, code)) {
        const std::string extension = entry.path().extension().string();
        if (extension == ".safetensors")
            files.push_back(entry.path());
        pickle = pickle || extension == ".bin" || extension == ".pt" || extension == ".pth";
    }
    if (files.empty())
        return fail(pickle ? ErrorCode::Unsupported : ErrorCode::NotFound,
                    pickle ? cat("\"", facts.name,
                                 "\" holds pickle weights only, which can run code; use its "
                                 "safetensors files instead.")
                           : cat("\"", facts.name,
                                 "\" holds no safetensors file; copy the weights into it."),
                    facts.path.string());
    std::string dtype;
    for (const Path& file : files) {
        facts.sizeBytes += static_cast<std::int64_t>(std::filesystem::file_size(file, code));
        CRUX_TRY_VOID(readHeader(file, facts.parameters, dtype));
    }
    facts.storedDType = dtypeName(dtype);
    return {};
}

} // namespace

Result<ModelFolder> readModelFolder(const Path& folder) {
    std::error_code code;
    ModelFolder facts;
    facts.path = std::filesystem::absolute(folder, code).lexically_normal();
    if (!std::filesystem::is_directory(facts.path, code))
        return fail(ErrorCode::NotFound,
                    cat("\"", folder.string(), "\" is not a folder; choose a model folder."),
                    folder.string());
    facts.name = facts.path.filename().empty() ? facts.path.parent_path().filename().string()
                                               : facts.path.filename().string();
    const Path adapter = facts.path / "adapter_config.json";
    const Path model = facts.path / "config.json";
    if (std::filesystem::exists(adapter, code)) {
        CRUX_TRY(config, readConfig(adapter));
        facts.isAdapter = true;
        facts.rank = static_cast<std::int32_t>(integerOr(config, "r", 0));
        const auto alpha = config.find("lora_alpha");
        facts.alpha = alpha != config.end() && alpha->is_number() ? alpha->get<double>() : 0;
        facts.basePath = textOr(config, "base_model_name_or_path");
    } else if (std::filesystem::exists(model, code)) {
        CRUX_TRY(config, readConfig(model));
        const auto list = config.find("architectures");
        if (list != config.end() && list->is_array() && !list->empty() && list->front().is_string())
            facts.architecture = list->front().get<std::string>();
        facts.vocabularySize = static_cast<std::int32_t>(integerOr(config, "vocab_size", 0));
        facts.contextLength =
            static_cast<std::int32_t>(integerOr(config, "max_position_embeddings", 0));
        facts.hasTokenizer = text::hasTokenizer(facts.path);
    } else {
        return fail(ErrorCode::NotFound,
                    cat("\"", facts.name,
                        "\" has neither config.json nor adapter_config.json; choose a model or "
                        "adapter folder."),
                    facts.path.string());
    }
    CRUX_TRY_VOID(readWeights(facts));
    return facts;
}

Result<RegisteredModel> hashModelFolder(const ModelFolder& folder) {
    RegisteredModel result;
    store::ModelRecord& record = result.model;
    record.name = folder.name;
    record.path = folder.path.string();
    record.architecture = folder.architecture;
    record.storedDType = folder.storedDType;
    record.parameters = folder.parameters;
    record.sizeBytes = folder.sizeBytes;
    record.vocabularySize = folder.vocabularySize;
    record.contextLength = folder.contextLength;
    record.createdMs = nowMs();
    CRUX_TRY(weights, hashWeightsFolder(folder.path));
    record.weightsHash = weights;
    if (!folder.hasTokenizer)
        return result;
    CRUX_TRY(hash, hashTokenizerFolder(folder.path));
    record.tokenizerHash = hash;
    CRUX_TRY(tokenizer, text::loadTokenizer(folder.path));
    result.vocabulary.tokenizerHash = hash;
    const std::int32_t size = tokenizer->vocabularySize();
    for (std::int32_t id = 0; id < size; ++id) {
        result.vocabulary.pieces.push_back(tokenizer->pieceBytes(id));
        result.vocabulary.special.push_back(tokenizer->isSpecial(id));
    }
    return result;
}

Result<store::AdapterRecord> hashAdapterFolder(const ModelFolder& folder) {
    store::AdapterRecord record;
    record.name = folder.name;
    record.path = folder.path.string();
    record.rank = folder.rank;
    record.alpha = folder.alpha;
    record.sizeBytes = folder.sizeBytes;
    record.createdMs = nowMs();
    CRUX_TRY(hash, hashWeightsFolder(folder.path));
    record.hash = hash;
    return record;
}

} // namespace crux::ui
