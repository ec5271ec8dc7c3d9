// The model being trained: a base with the tensors that training changes. LoRA pairs are float32
// masters beside a base of any precision; with all parameters trained the masters are float32
// copies of the weights. Computing happens in the base's dtype, from copies renewed after each
// step.
#pragma once

#include "core/engine/train/train.h"
#include "core/engine/weights.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

namespace crux::engine::train {

/// One tensor that is trained. Name: PEFT's for LoRA, the model's own otherwise.
struct Parameter {
    std::string name;
    at::Tensor value;    ///< wide, on the device
    at::Tensor gradient; ///< the same shape; zero between steps
    bool decay = true;   ///< weight decay applies (not to norms and biases)
};

inline constexpr int kNotTrained = -1;

/// Where the parameters of one linear lie; kNotTrained where it has none.
struct LinearParameters {
    int loraA = kNotTrained, loraB = kNotTrained;
    int weight = kNotTrained, bias = kNotTrained;
    at::Tensor a, b; ///< LoRA in the compute dtype
};

struct LayerParameters {
    std::array<LinearParameters, kLinearsPerLayer> linears;
    int inputNorm = kNotTrained, postNorm = kNotTrained;
};

/// PEFT's names of the linears, in the order of linearsOf(): "self_attn.q_proj", ...
extern const std::array<const char*, kLinearsPerLayer> kLinearNames;

/// Owner: one Trainer. Not thread-safe.
class TrainableModel {
public:
    /// Fresh LoRA pairs (A kaiming-uniform with a = sqrt 5 as PEFT draws it, here from the seed's
    /// own stream; B zero), or those of `options.startAdapter`.
    static Result<std::unique_ptr<TrainableModel>> withLora(std::shared_ptr<LoadedModel> base,
                                                            const TrainOptions& options);
    /// All parameters, on a copy of the weights.
    static Result<std::unique_ptr<TrainableModel>> withAll(std::shared_ptr<LoadedModel> base);

    const LoadedModel& base() const { return *m_base; }
    /// What is computed in: the base's dtype of activations. Its matrices may lie in bfloat16 as
    /// they are stored; widened(matrix) is what a product takes.
    at::ScalarType dtype() const { return m_base->activations(); }
    at::Tensor widened(const at::Tensor& matrix) const { return matrix.to(dtype()); }
    std::vector<Parameter>& parameters() { return m_parameters; }
    const std::vector<Parameter>& parameters() const { return m_parameters; }
    const LayerParameters& layer(std::size_t i) const { return m_layers[i]; }
    bool trainsAll() const { return m_embedding != kNotTrained; }
    /// Parameter of the embedding, the final norm and the head (the embedding's when tied).
    int embedding() const { return m_embedding; }
    int finalNorm() const { return m_finalNorm; }
    int head() const { return m_head; }
    double loraScale() const { return m_scale; }
    double dropout() const { return m_dropout; }
    /// Adapter of the base that the reference model uses; -1: bare.
    int referenceAdapter() const { return m_referenceAdapter; }

    at::Tensor gradient(int parameter) {
        return parameter == kNotTrained
                   ? at::Tensor()
                   : m_parameters[static_cast<std::size_t>(parameter)].gradient;
    }
    /// Copies the masters into what is computed with.
    void refresh();
    void zeroGradients();

private:
    TrainableModel() = default;
    int add(std::string name, at::Tensor value, bool decay);
    void addMatrix(const std::string& name, LinearWeight& linear, LinearParameters& to);

    std::shared_ptr<LoadedModel> m_base;
    std::vector<Parameter> m_parameters;
    std::vector<LayerParameters> m_layers;
    std::vector<at::Tensor> m_computed; ///< all parameters: the tensor of each that computes
    int m_embedding = kNotTrained, m_finalNorm = kNotTrained, m_head = kNotTrained;
    double m_scale = 1, m_dropout = 0;
    int m_referenceAdapter = -1;
};

} // namespace crux::engine::train
