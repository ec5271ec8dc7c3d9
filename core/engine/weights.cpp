#include "core/engine/weights.h"

#include "core/base/text_util.h"
#include "core/engine/compute.h"
#include "core/engine/safetensors.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <set>
#include <thread>

namespace crux::engine {

namespace {

Result<at::ScalarType> scalarTypeOf(const StoredTensor& tensor, const std::string& name) {
    if (tensor.dtype == "F32")
        return at::kFloat;
    if (tensor.dtype == "BF16")
        return at::kBFloat16;
    if (tensor.dtype == "F16")
        return at::kHalf;
    return fail(ErrorCode::Unsupported,
                cat(tensor.file, ": tensor \"", name, "\" has dtype ", tensor.dtype,
                    "; Crux reads F32, BF16 and F16"),
                tensor.file);
}

/// Takes tensors out of the mapped files one by one, in the compute dtype, on the device.
class TensorTaker {
public:
    TensorTaker(const StoredTensors& stored, const Path& folder, at::Device device)
        : m_stored(stored)
        , m_folder(folder)
        , m_device(device) {}

    /// The tensor of exactly this shape. In place when nothing has to change.
    Result<at::Tensor> take(const std::string& name, at::IntArrayRef shape, at::ScalarType dtype) {
        const auto found = m_stored.find(name);
        if (found == m_stored.end())
            return fail(ErrorCode::Corrupt,
                        cat(m_folder.string(), ": tensor \"", name, "\" is missing"),
                        m_folder.string());
        const StoredTensor& tensor = found->second;
        m_taken.insert(name);
        if (at::IntArrayRef(tensor.shape) != shape)
            return fail(ErrorCode::Mismatch,
                        cat(tensor.file, ": tensor \"", name, "\" has shape ",
                            at::IntArrayRef(tensor.shape), " where config.json asks for ", shape),
                        tensor.file);
        CRUX_TRY(storedType, scalarTypeOf(tensor, name));
        // Never written to: weights are constant, and the mapping is read-only anyway.
        void* data = const_cast<std::byte*>(tensor.bytes.data());
        constexpr std::uintptr_t kAlignment = 4; // pairs of bfloat16 are read as words
        const bool aligned = reinterpret_cast<std::uintptr_t>(data) % kAlignment == 0;
        if (!aligned) {
            at::Tensor copy = at::empty(shape, storedType);
            std::memcpy(copy.data_ptr(), data, tensor.bytes.size());
            releaseMappedPages(tensor.bytes);
            return copy.to(m_device, dtype);
        }
        const at::Tensor inPlace = at::from_blob(data, shape, at::TensorOptions(storedType));
        if (m_device.is_cpu() && storedType == dtype) {
            m_kept.insert(tensor.owner);
            return inPlace;
        }
        return converted(inPlace, tensor, dtype);
    }

    /// A matrix for products: bfloat16 stays as it is stored where float32 is asked for on the CPU
    /// (wide_products.h computes with it exactly).
    Result<at::Tensor> takeMatrix(const std::string& name, at::IntArrayRef shape,
                                  at::ScalarType dtype) {
        const auto found = m_stored.find(name);
        const bool keep = m_device.is_cpu() && dtype == at::kFloat && found != m_stored.end() &&
                          found->second.dtype == "BF16";
        return take(name, shape, keep ? at::kBFloat16 : dtype);
    }

    /// A tensor that nobody took would have changed the result: refused by name.
    Status refuseRest(bool tiedHead) const {
        for (const auto& [name, tensor] : m_stored) {
            if (m_taken.contains(name) || name.ends_with("rotary_emb.inv_freq") ||
                (tiedHead && name == "lm_head.weight"))
                continue;
            return fail(ErrorCode::Unsupported,
                        cat(tensor.file, ": tensor \"", name,
                            "\" has no place in the model that config.json describes"),
                        tensor.file);
        }
        return {};
    }

    std::vector<std::shared_ptr<const void>> kept() const { return {m_kept.begin(), m_kept.end()}; }

private:
    /// Copied piece by piece, each piece's pages of the file let go at once: a big table must not
    /// lie in memory twice.
    at::Tensor converted(const at::Tensor& from, const StoredTensor& tensor, at::ScalarType dtype) {
        constexpr std::int64_t kPieceBytes = 8 << 20;
        at::Tensor to = at::empty(from.sizes(), at::TensorOptions(dtype).device(m_device));
        const std::int64_t rows = from.size(0);
        const auto rowBytes =
            static_cast<std::int64_t>(tensor.bytes.size()) / std::max<std::int64_t>(rows, 1);
        const std::int64_t step =
            std::max<std::int64_t>(1, kPieceBytes / std::max<std::int64_t>(rowBytes, 1));
        for (std::int64_t begin = 0; begin < rows; begin += step) {
            const std::int64_t end = std::min(begin + step, rows);
            to.slice(0, begin, end).copy_(from.slice(0, begin, end));
            releaseMappedPages(
                tensor.bytes.subspan(static_cast<std::size_t>(begin * rowBytes),
                                     static_cast<std::size_t>((end - begin) * rowBytes)));
        }
        return to;
    }

    const StoredTensors& m_stored;
    const Path& m_folder;
    at::Device m_device;
    std::set<std::string> m_taken;
    std::set<std::shared_ptr<const MappedFile>> m_kept;
};

/// What tensors are taken as.
struct LoadDTypes {
    at::ScalarType matrices, activations;
};

Result<LinearWeight> takeLinear(TensorTaker& taker, const std::string& name, std::int64_t out,
                                std::int64_t in, bool bias, const LoadDTypes& dtypes) {
    LinearWeight linear;
    CRUX_TRY(weight, taker.takeMatrix(name + ".weight", {out, in}, dtypes.matrices));
    linear.weight = std::move(weight);
    if (bias) {
        CRUX_TRY(value, taker.take(name + ".bias", {out}, dtypes.activations));
        linear.bias = std::move(value);
    }
    return linear;
}

Result<LayerWeights> takeLayer(TensorTaker& taker, const ModelConfig& config, std::int64_t index,
                               const LoadDTypes& dtypes) {
    const std::string prefix = cat("model.layers.", index, ".");
    const std::int64_t hidden = config.hiddenSize;
    const std::int64_t queries = config.heads * config.headDim;
    const std::int64_t keys = config.kvHeads * config.headDim;
    const bool bias = config.queryKeyValueBias;
    LayerWeights layer;
    struct Part {
        LinearWeight* linear;
        const char* name;
        std::int64_t out, in;
        bool bias;
    };
    const std::array<Part, 7> parts{
        Part{&layer.q, "self_attn.q_proj", queries, hidden, bias},
        Part{&layer.k, "self_attn.k_proj", keys, hidden, bias},
        Part{&layer.v, "self_attn.v_proj", keys, hidden, bias},
        Part{&layer.o, "self_attn.o_proj", hidden, queries, config.outputBias},
        Part{&layer.gate, "mlp.gate_proj", config.intermediateSize, hidden, config.mlpBias},
        Part{&layer.up, "mlp.up_proj", config.intermediateSize, hidden, config.mlpBias},
        Part{&layer.down, "mlp.down_proj", hidden, config.intermediateSize, config.mlpBias}};
    for (const Part& part : parts) {
        CRUX_TRY(linear,
                 takeLinear(taker, prefix + part.name, part.out, part.in, part.bias, dtypes));
        *part.linear = std::move(linear);
    }
    CRUX_TRY(inputNorm, taker.take(prefix + "input_layernorm.weight", {hidden}, at::kFloat));
    CRUX_TRY(postNorm,
             taker.take(prefix + "post_attention_layernorm.weight", {hidden}, at::kFloat));
    layer.inputNorm = std::move(inputNorm);
    layer.postNorm = std::move(postNorm);
    return layer;
}

Result<LlamaWeights> takeWeights(TensorTaker& taker, const ModelConfig& config,
                                 const LoadDTypes& dtypes) {
    LlamaWeights weights;
    const std::array<std::int64_t, 2> table{config.vocabularySize, config.hiddenSize};
    CRUX_TRY(embedding, taker.takeMatrix("model.embed_tokens.weight", table, dtypes.matrices));
    CRUX_TRY(finalNorm, taker.take("model.norm.weight", {config.hiddenSize}, at::kFloat));
    weights.embedding = std::move(embedding);
    weights.finalNorm = std::move(finalNorm);
    weights.head = weights.embedding;
    if (!config.tiedHead) {
        CRUX_TRY(head, taker.takeMatrix("lm_head.weight", table, dtypes.matrices));
        weights.head = std::move(head);
    }
    for (std::int64_t i = 0; i < config.layers; ++i) {
        CRUX_TRY(layer, takeLayer(taker, config, i, dtypes));
        weights.layers.push_back(std::move(layer));
    }
    return weights;
}

void countTensor(const at::Tensor& tensor, ModelInfo& info) {
    if (!tensor.defined())
        return;
    info.parameters += tensor.numel();
    info.weightBytes += static_cast<std::int64_t>(tensor.nbytes());
}

ModelInfo infoOf(const ModelConfig& config, const LlamaWeights& weights, at::ScalarType dtype,
                 at::Device device) {
    ModelInfo info;
    info.architecture = config.architecture;
    info.vocabularySize = static_cast<std::int32_t>(config.vocabularySize);
    info.contextLength = static_cast<std::int32_t>(config.contextLength);
    info.eosIds = config.eosIds;
    info.bosId = config.bosId;
    info.storedDType = config.storedDType;
    info.dtype = dtypeName(dtype);
    info.device = device.str();
    countTensor(weights.embedding, info);
    countTensor(weights.finalNorm, info);
    if (!weights.head.is_same(weights.embedding))
        countTensor(weights.head, info);
    for (const LayerWeights& layer : weights.layers) {
        countTensor(layer.inputNorm, info);
        countTensor(layer.postNorm, info);
        for (const LinearWeight* linear : linearsOf(layer)) {
            countTensor(linear->weight, info);
            countTensor(linear->bias, info);
        }
    }
    return info;
}

Result<std::shared_ptr<LoadedModel>> assemble(const Path& folder, const ComputeOptions& options);

} // namespace

const LoraPair* LoraTable::find(int adapter) const {
    if (adapter < 0)
        return nullptr;
    // Tables are replaced, pairs are not: the next table holds the same ones.
    const std::shared_ptr<const Pairs> pairs = std::atomic_load(&m_pairs);
    const auto index = static_cast<std::size_t>(adapter);
    return index < pairs->size() ? (*pairs)[index].get() : nullptr;
}

void LoraTable::put(std::size_t adapter, LoraPair pair) {
    auto next = std::make_shared<Pairs>(*std::atomic_load(&m_pairs));
    next->resize(std::max(next->size(), adapter + 1));
    if (pair.present())
        (*next)[adapter] = std::make_shared<const LoraPair>(std::move(pair));
    std::atomic_store(&m_pairs, std::shared_ptr<const Pairs>(std::move(next)));
}

namespace {

MergedWeight merged(std::initializer_list<LinearWeight*> linears) {
    std::vector<at::Tensor> weights, biases;
    for (const LinearWeight* linear : linears) {
        weights.push_back(linear->weight);
        if (linear->bias.defined())
            biases.push_back(linear->bias);
    }
    MergedWeight made{at::cat(weights), {}};
    if (biases.size() == weights.size())
        made.bias = at::cat(biases);
    std::int64_t row = 0;
    for (LinearWeight* linear : linears) {
        const std::int64_t end = row + linear->weight.size(0);
        linear->weight = made.weight.slice(0, row, end);
        if (made.bias.defined())
            linear->bias = made.bias.slice(0, row, end);
        row = end;
    }
    return made;
}

} // namespace

void mergeLinears(LlamaWeights& weights) {
    for (LayerWeights& layer : weights.layers) {
        layer.qkv = merged({&layer.q, &layer.k, &layer.v});
        layer.gateUp = merged({&layer.gate, &layer.up});
    }
}

std::array<const LinearWeight*, kLinearsPerLayer> linearsOf(const LayerWeights& layer) {
    return {&layer.q, &layer.k, &layer.v, &layer.o, &layer.gate, &layer.up, &layer.down};
}

std::array<LinearWeight*, kLinearsPerLayer> linearsOf(LayerWeights& layer) {
    return {&layer.q, &layer.k, &layer.v, &layer.o, &layer.gate, &layer.up, &layer.down};
}

Result<std::shared_ptr<LoadedModel>> LoadedModel::load(const Path& folder,
                                                       const ComputeOptions& options) {
    return guarded(cat("cannot load the model ", folder.string()),
                   [&] { return assemble(folder, options); });
}

namespace {

Result<std::shared_ptr<LoadedModel>> assemble(const Path& folder, const ComputeOptions& options) {
    const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    if (options.threads < 0 || options.threads > 4096)
        return fail(ErrorCode::InvalidArgument,
                    cat(options.threads, " threads: give a number from 1 to 4096, or 0 for all"));
    std::error_code code;
    if (!std::filesystem::is_directory(folder, code))
        return fail(ErrorCode::NotFound, cat(folder.string(), " is not a folder"), folder.string());
    CRUX_TRY(config, readModelConfig(folder));
    CRUX_TRY(device, deviceFromName(options.device));
    CRUX_TRY(stored, openModelTensors(folder));
    const auto embedding = stored.find("model.embed_tokens.weight");
    if (embedding == stored.end())
        return fail(ErrorCode::Corrupt,
                    cat(folder.string(), ": tensor \"model.embed_tokens.weight\" is missing"),
                    folder.string());
    CRUX_TRY(storedType, scalarTypeOf(embedding->second, embedding->first));
    std::int64_t parameters = 0;
    for (const auto& [name, tensor] : stored) {
        CRUX_TRY(type, scalarTypeOf(tensor, name));
        parameters += static_cast<std::int64_t>(tensor.bytes.size() / c10::elementSize(type));
    }
    CRUX_TRY(dtype, computeDType(options.dtype, storedType, parameters, device));
    const ComputeScope scope(options.threads > 0 ? options.threads : cores);
    TensorTaker taker(stored, folder, device);
    CRUX_TRY(weights, takeWeights(taker, config, {dtype, activationDType(dtype, device)}));
    CRUX_TRY_VOID(taker.refuseRest(config.tiedHead));
    if (!device.is_cpu())
        mergeLinears(weights);
    config.storedDType = dtypeName(storedType);
    auto model = LoadedModel::fromWeights(std::move(config), std::move(weights), dtype, device);
    model->keep(taker.kept(), folder, options.threads > 0 ? options.threads : cores);
    return model;
}

} // namespace

std::shared_ptr<LoadedModel> LoadedModel::fromWeights(ModelConfig config, LlamaWeights weights,
                                                      at::ScalarType dtype, at::Device device) {
    std::shared_ptr<LoadedModel> model(new LoadedModel());
    model->m_info = infoOf(config, weights, dtype, device);
    model->m_config = std::move(config);
    model->m_weights = std::move(weights);
    model->m_dtype = dtype;
    model->m_activations = activationDType(dtype, device);
    model->m_device = device;
    model->m_threads = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    return model;
}

void LoadedModel::keep(std::vector<std::shared_ptr<const void>> mappings, const Path& folder,
                       int threads) {
    m_mappings = std::move(mappings);
    m_folder = folder;
    m_threads = threads;
}

Failure notNumbers(const LoadedModel& model, int adapter) {
    const std::string folder = model.folder().string();
    return fail(ErrorCode::Corrupt,
                cat("The model", folder.empty() ? "" : " ", folder,
                    adapter >= 0 ? " with its adapter" : "",
                    " computes values that are not numbers: its weights are damaged, or too large "
                    "for the dtype."));
}

int LoadedModel::attachPairs(const std::vector<std::vector<LoraPair>>& pairsByLayer) {
    CRUX_CHECK(pairsByLayer.size() == m_weights.layers.size());
    const auto index = static_cast<std::size_t>(m_adapterCount);
    for (std::size_t i = 0; i < pairsByLayer.size(); ++i) {
        const auto linears = linearsOf(m_weights.layers[i]);
        CRUX_CHECK(pairsByLayer[i].size() == linears.size());
        for (std::size_t j = 0; j < linears.size(); ++j)
            linears[j]->lora.put(index, pairsByLayer[i][j]);
    }
    m_adapterFolders.resize(index + 1);
    return m_adapterCount++;
}

RopeTables LoadedModel::ropeTables(std::int64_t positions) const {
    const std::lock_guard lock(m_ropeMutex);
    if (m_rope.cos.defined() && m_rope.cos.size(0) >= positions)
        return m_rope;
    const auto rows = static_cast<std::int64_t>(
        std::bit_ceil(static_cast<std::uint64_t>(std::max<std::int64_t>(positions, 256))));
    std::vector<double> frequencies = ropeInverseFrequencies(m_config);
    const at::Tensor inverse = at::tensor(frequencies, at::kDouble);            // [hd/2]
    const at::Tensor angle = at::outer(at::arange(rows, at::kDouble), inverse); // [rows, hd/2]
    m_rope.cos = angle.cos().to(m_device, at::kFloat);
    m_rope.sin = angle.sin().to(m_device, at::kFloat);
    return m_rope;
}

Result<std::shared_ptr<LoadedModel>> asLoaded(const ModelRef& ref) {
    auto loaded = std::dynamic_pointer_cast<LoadedModel>(ref.model);
    if (!loaded)
        return fail(ErrorCode::InvalidArgument, "no model was given to compute with");
    if (ref.adapter < -1 || ref.adapter >= loaded->adapterCount())
        return fail(ErrorCode::InvalidArgument, cat("the model has no adapter ", ref.adapter, ": ",
                                                    loaded->adapterCount(), " are attached"));
    return loaded;
}

Result<std::shared_ptr<Model>> Model::load(const Path& folder, const ComputeOptions& options) {
    CRUX_TRY(model, LoadedModel::load(folder, options));
    return std::shared_ptr<Model>(std::move(model));
}

} // namespace crux::engine
