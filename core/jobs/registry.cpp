#include "core/jobs/registry.h"

#include "core/base/clock.h"
#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/engine/safetensors.h"
#include "core/store/repositories.h"

#include <algorithm>

namespace crux::jobs {

namespace {

/// Facts of the weight files' headers alone: nothing is loaded.
struct WeightFacts {
    std::int64_t parameters = 0, bytes = 0;
    std::string dtype;
};

std::string dtypeName(const std::string& safetensorsName) {
    if (safetensorsName == "F32")
        return "float32";
    if (safetensorsName == "BF16")
        return "bfloat16";
    return safetensorsName == "F16" ? "float16" : safetensorsName;
}

Result<WeightFacts> weightFacts(const Path& folder) {
    WeightFacts facts;
    std::vector<Path> files;
    std::error_code code;
    for (const auto& entry : std::filesystem::directory_iterator(folder, code))
        if (entry.path().extension() == ".safetensors")
            files.push_back(entry.path());
    if (files.empty())
        return fail(ErrorCode::NotFound,
                    cat("The folder ", folder.string(),
                        " holds no *.safetensors file; pickled weights (.bin, .pt) are not read."),
                    folder.string());
    std::sort(files.begin(), files.end());
    for (const Path& file : files) {
        CRUX_TRY(tensors, engine::openSafetensors(file)); // a header that lies is refused here
        for (const auto& [name, tensor] : tensors) {
            std::int64_t size = 1;
            for (const std::int64_t extent : tensor.shape)
                size *= extent;
            facts.parameters += size;
            if (facts.dtype.empty())
                facts.dtype = dtypeName(tensor.dtype);
        }
        facts.bytes += static_cast<std::int64_t>(std::filesystem::file_size(file, code));
    }
    return facts;
}

Result<Json> configOf(const Path& folder, const char* name) {
    CRUX_TRY(bytes, readFile(folder / name, 64u << 20));
    auto config = parseJson(bytes);
    if (!config.ok() || !config->is_object())
        return fail(ErrorCode::Corrupt,
                    cat("The file ", (folder / name).string(), " is not a JSON object."),
                    (folder / name).string());
    return *config;
}

std::int32_t smallInt(const Json& config, const char* key) {
    const auto found = config.find(key);
    return found != config.end() && found->is_number_integer() ? found->get<std::int32_t>() : 0;
}

std::string nameOr(const std::string& name, const Path& folder) {
    if (!name.empty())
        return name;
    const Path last = folder.has_filename() ? folder.filename() : folder.parent_path().filename();
    return last.string();
}

Path absolutePath(const Path& folder) {
    std::error_code code;
    const Path canonical = std::filesystem::weakly_canonical(folder, code);
    return code ? folder : canonical;
}

bool isAdapter(const Path& folder) {
    std::error_code code;
    return std::filesystem::exists(folder / "adapter_config.json", code);
}

/// The row of this id or name among those that `fits`; null when there is none. InvalidArgument
/// when several have the name: which of them was meant, nobody can know.
template <typename Record, typename Fits>
Result<const Record*> named(const std::vector<Record>& rows, const std::string& text,
                            const char* kind, const Fits& fits) {
    const Record* found = nullptr;
    std::string ids;
    int count = 0;
    for (const Record& row : rows) {
        if (!fits(row))
            continue;
        if (cat(row.id.value) == text)
            return &row;
        if (row.name != text)
            continue;
        found = &row;
        ids += cat(count++ > 0 ? ", " : "", row.id.value);
    }
    if (count > 1)
        return fail(ErrorCode::InvalidArgument,
                    cat(count, " ", kind, "s are called \"", text,
                        "\": name the one you mean by its id (", ids, ")."),
                    text);
    return found;
}

} // namespace

Status saveVocabularyOf(const store::Project& project, const text::Tokenizer& tokenizer,
                        const std::string& tokenizerHash) {
    if (store::vocabulary(project, tokenizerHash).ok())
        return {};
    store::VocabularyRecord record;
    record.tokenizerHash = tokenizerHash;
    for (std::int32_t id = 0; id < tokenizer.vocabularySize(); ++id) {
        record.pieces.push_back(tokenizer.pieceBytes(id));
        record.special.push_back(tokenizer.isSpecial(id));
    }
    return store::saveVocabulary(project, record);
}

Result<ModelId> registerModel(const store::Project& project, const Path& folder,
                              const std::string& name) {
    const Path path = absolutePath(folder);
    CRUX_TRY(config, configOf(path, "config.json"));
    CRUX_TRY(weights, weightFacts(path));
    store::ModelRecord record;
    record.path = path.string();
    record.name = nameOr(name, path);
    const Json architectures = config.value("architectures", Json::array());
    if (architectures.is_array() && !architectures.empty() && architectures[0].is_string())
        record.architecture = architectures[0].get<std::string>();
    record.storedDType = weights.dtype;
    record.parameters = weights.parameters;
    record.sizeBytes = weights.bytes;
    record.vocabularySize = smallInt(config, "vocab_size");
    record.contextLength = smallInt(config, "max_position_embeddings");
    record.createdMs = nowMs();
    CRUX_TRY(weightsHash, hashWeightsFolder(path));
    record.weightsHash = std::move(weightsHash);
    if (text::hasTokenizer(path)) {
        CRUX_TRY(tokenizer, text::loadTokenizer(path));
        CRUX_TRY(tokenizerHash, hashTokenizerFolder(path));
        record.tokenizerHash = std::move(tokenizerHash);
        CRUX_TRY_VOID(saveVocabularyOf(project, *tokenizer, record.tokenizerHash));
    }
    return store::upsertModel(project, record);
}

Result<AdapterId> registerAdapter(const store::Project& project, const Path& folder, ModelId base,
                                  const std::string& role, const std::string& name,
                                  AdapterId parent) {
    const Path path = absolutePath(folder);
    CRUX_TRY(config, configOf(path, "adapter_config.json"));
    CRUX_TRY(weights, weightFacts(path));
    CRUX_TRY(model, store::model(project, base));
    store::AdapterRecord record;
    record.modelId = model.id;
    record.parentId = parent;
    record.path = path.string();
    record.name = nameOr(name, path);
    record.role = role;
    record.rank = smallInt(config, "r");
    const auto alpha = config.find("lora_alpha");
    record.alpha = alpha != config.end() && alpha->is_number() ? alpha->get<double>() : 0;
    record.sizeBytes = weights.bytes;
    record.createdMs = nowMs();
    CRUX_TRY(hash, hashWeightsFolder(path));
    record.hash = std::move(hash);
    return store::upsertAdapter(project, record);
}

Result<Registrations> Registrations::of(const store::Project& project) {
    Registrations now;
    CRUX_TRY(models, store::models(project));
    for (const store::ModelRecord& row : models)
        now.m_models.insert(row.id.value);
    CRUX_TRY(adapters, store::adapters(project));
    for (const store::AdapterRecord& row : adapters)
        now.m_adapters.insert(row.id.value);
    return now;
}

void Registrations::takeBackNewer(const store::Project& project) const {
    const auto adapters = store::adapters(project);
    const auto models = store::models(project);
    if (!adapters.ok() || !models.ok())
        return;
    for (const store::AdapterRecord& row : *adapters)
        if (!m_adapters.contains(row.id.value))
            static_cast<void>(store::removeAdapter(project, row.id));
    for (const store::ModelRecord& row : *models)
        if (!m_models.contains(row.id.value))
            static_cast<void>(store::removeModel(project, row.id));
}

Result<ModelId> resolveModel(const store::Project& project, const std::string& text) {
    CRUX_TRY(rows, store::models(project));
    CRUX_TRY(row, named(rows, text, "model", [](const auto&) { return true; }));
    if (row)
        return registerModel(project, row->path, row->name); // its files may have changed
    std::error_code code;
    if (!std::filesystem::is_directory(text, code))
        return fail(ErrorCode::NotFound,
                    cat("\"", text,
                        "\" is neither a registered model nor a folder; give a model "
                        "folder, or the name or id of a registered model."),
                    text);
    const Path path = absolutePath(text);
    for (const store::ModelRecord& known : rows)
        if (known.path == path.string())
            return registerModel(project, path, known.name);
    return registerModel(project, path, {});
}

namespace {

/// The model an adapter folder belongs to where nobody named one: that of its only record, else the
/// only registered model.
Result<ModelId> ownerOf(const store::Project& project,
                        const std::vector<store::AdapterRecord>& rows, const Path& path) {
    std::set<std::int64_t> owners;
    for (const store::AdapterRecord& row : rows)
        if (row.path == path.string())
            owners.insert(row.modelId.value);
    if (owners.empty()) {
        CRUX_TRY(all, store::models(project));
        for (const store::ModelRecord& row : all)
            owners.insert(row.id.value);
    }
    if (owners.size() == 1)
        return ModelId{*owners.begin()};
    return fail(ErrorCode::InvalidArgument,
                cat("\"", path.string(),
                    "\" is an adapter, so the job needs \"model\": the model it "
                    "belongs to."),
                path.string());
}

} // namespace

Result<ModelChoice> resolveSide(const store::Project& project, const std::string& text,
                                ModelId base, const std::string& role) {
    CRUX_TRY(rows, store::adapters(project));
    CRUX_TRY(owned, named(rows, text, "adapter",
                          [&](const auto& row) { return !base || row.modelId == base; }));
    if (owned) {
        CRUX_TRY(id,
                 registerAdapter(project, owned->path, owned->modelId, owned->role, owned->name));
        return ModelChoice{owned->modelId, id};
    }
    std::error_code code;
    if (!std::filesystem::is_directory(text, code) || !isAdapter(text)) {
        CRUX_TRY(model, resolveModel(project, text));
        return ModelChoice{model, {}};
    }
    const Path path = absolutePath(text);
    if (!base) {
        CRUX_TRY(owner, ownerOf(project, rows, path));
        return resolveSide(project, text, owner, role);
    }
    for (const store::AdapterRecord& row : rows)
        if (row.path == path.string() && row.modelId == base) {
            CRUX_TRY(id, registerAdapter(project, path, base, row.role, row.name));
            return ModelChoice{base, id};
        }
    CRUX_TRY(id, registerAdapter(project, path, base, role, {}));
    return ModelChoice{base, id};
}

} // namespace crux::jobs
