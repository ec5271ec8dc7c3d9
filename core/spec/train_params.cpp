#include "core/spec/train_params.h"

#include "core/spec/param_makers.h"

namespace crux {

using namespace make_param;

namespace {

const Json& allLinears() {
    static const Json kAll{"q_proj",    "k_proj",  "v_proj",   "o_proj",
                           "gate_proj", "up_proj", "down_proj"};
    return kAll;
}

void addData(std::vector<ParamDef>& table) {
    table.push_back(
        choice("method", {"sft", "dpo", "cdpo", "rpo", "simpo", "tdpo"},
               "sft: supervised; dpo and its losses; cdpo: token-level contrastive "
               "DPO (the paper); rpo: DPO + NLL; simpo: no reference; tdpo: token-level "
               "KL."));
    table.push_back(choice("preset", {"paper", "authors", "small_cpu"},
                           "Values for what is left out: the paper's, the authors' code's, or ones "
                           "for a small model on a CPU."));
    table.push_back(text("name", "", "Name of the run and of the adapter it makes."));
    table.push_back(text("model", "",
                         "Base model: a folder, or the name or id of a registered one; empty takes "
                         "the only registered one."));
    table.push_back(text("data", "",
                         "Training data: name or id of a set of the project, or a TRL JSON Lines "
                         "file; empty takes the newest set of the kind the method needs."));
    table.push_back(choice("role", {"auto", "positive", "negative", "policy"},
                           "What the adapter is for; auto takes it from the data (sft on the "
                           "positive or negative set), else policy."));
    table.push_back(text("score_set", "",
                         "cdpo: score set, by name or id, whose s_t weigh the tokens; empty takes "
                         "the newest, unless the data carries weights."));
    table.push_back(integer("eval_rows", 0, 0, 1e9,
                            "The last so many rows are kept for evaluation, as the authors do; 0 "
                            "evaluates nothing."));
    table.push_back(integer("eval_steps", 200, 1, 1e9, "Evaluate every so many steps."));
    table.push_back(integer("max_prompt", 512, 1, 1 << 24,
                            "Rows whose prompt has so many tokens or more are dropped."));
    table.push_back(
        integer("max_length", 1024, 2, 1 << 24, "Rows of so many tokens or more are dropped."));
    table.push_back(integer("limit", 0, 0, 1e12, "Only the first so many rows; 0 takes all."));
    table.push_back(text("end", "eos",
                         "What ends a completion that does not end so already: eos, none, or a "
                         "text."));
}

void addLoss(std::vector<ParamDef>& table) {
    table.push_back(choice("loss", {"sigmoid", "robust", "hinge", "ipo", "ipo_sum", "sigmoid_norm"},
                           "dpo, cdpo and rpo: TRL's names; with label_smoothing, sigmoid is DPO + "
                           "label smoothing; ipo divides by length as TRL >= 1 does, ipo_sum does "
                           "not; sigmoid_norm is DPO on means."));
    table.push_back(real("beta", 0.1, 1e-6, 1e6, "Strength of the preference loss."));
    table.push_back(real("label_smoothing", 0, 0, 0.5, "Share of pairs taken as mislabelled."));
    table.push_back(
        choice("cdpo_form", {"paper", "authors"},
               "paper: sums inside one sigmoid; authors: a sigmoid at each position, as "
               "the authors' code computes."));
    table.push_back(choice("cdpo_weights", {"rejected", "both"},
                           "Weights 1 - s_t on the rejected tokens only (the paper), or s_t on the "
                           "chosen ones too."));
    table.push_back(real("alpha_pair", 1, 0, 1e6, "rpo: weight of the pair loss."));
    table.push_back(real("alpha_nll", 1, 0, 1e6, "rpo: weight of the chosen completions' NLL."));
    table.push_back(choice("nll_norm", {"sequence", "batch_token"},
                           "rpo: NLL as the mean over each completion, or over the batch's tokens "
                           "as TRL's sft loss."));
    table.push_back(real("gamma", 1, 0, 1e6, "simpo: target margin, after beta."));
    table.push_back(choice("tdpo_version", {"1", "2"}, "tdpo: version of the loss."));
    table.push_back(real("tdpo_alpha", 0.5, 0, 1e6, "tdpo 2: weight of the difference of KL."));
    table.push_back(real("ld_alpha", -1, -1, 1,
                         "LD-DPO: weight of the tokens beyond the shorter completion; -1 is off."));
    table.push_back(
        choice("reference", {"base", "start"},
               "Frozen model of the log-ratios: the bare base, or the model as training "
               "found it."));
}

void addModel(std::vector<ParamDef>& table) {
    table.push_back(choice("trained", {"lora", "all"}, "A LoRA adapter, or all parameters."));
    table.push_back(text("start_adapter", "",
                         "Adapter to go on from: a folder, a name or an id; empty begins a fresh "
                         "one."));
    table.push_back(integer("rank", 16, 1, 4096, "LoRA: rank r."));
    table.push_back(real("alpha", 32, 1e-6, 1e6, "LoRA: alpha; the scale is alpha / r."));
    table.push_back(real("dropout", 0, 0, 0.99, "LoRA: dropout on its input."));
    table.push_back({"targets",
                     ParamType::TextList,
                     allLinears(),
                     {},
                     {},
                     {},
                     "LoRA: linears that get a pair."});
    table.push_back(boolean("rslora", false, "LoRA: scale alpha / sqrt(r) instead."));
}

void addOptimiser(std::vector<ParamDef>& table) {
    table.push_back(real("learning_rate", 4e-5, 1e-12, 1, "Peak learning rate of AdamW."));
    table.push_back(choice("schedule", {"linear", "cosine", "constant"},
                           "Decay of the learning rate after the warm-up."));
    table.push_back(integer("warmup_steps", 0, 0, 1e9, "Steps of warm-up; 0 uses warmup_ratio."));
    table.push_back(real("warmup_ratio", 0.1, 0, 1, "Warm-up as a share of all steps."));
    table.push_back(real("weight_decay", 0.01, 0, 10, "Weight decay of AdamW."));
    table.push_back(real("clip", 1, 0, 1e9, "Largest norm of the gradient; 0 does not clip."));
    table.push_back(integer("batch", 2, 1, 4096, "Rows computed together."));
    table.push_back(integer("accumulation", 4, 1, 65536, "Batches that make one step."));
    table.push_back(real("epochs", 3, 0, 1e6, "Times through the data."));
    table.push_back(integer("max_steps", 0, 0, 1e12, "Steps, whatever epochs says; 0 is off."));
    table.push_back(boolean("shuffle", true, "Draw the order of the rows anew each epoch."));
    table.push_back(integer("seed", 0, 0, 9007199254740992.0,
                            "Seed of the order, of LoRA's start and of dropout."));
}

void addRun(std::vector<ParamDef>& table) {
    table.push_back(integer("save_steps", 100, 1, 1e9, "Write a checkpoint every so many steps."));
    table.push_back(integer("keep_last", 2, 1, 1e6, "Checkpoints kept, beside the best."));
    table.push_back(boolean("keep_best", true,
                            "With evaluation: the adapter of the lowest eval_loss is the result."));
    table.push_back(boolean("checkpointing", true,
                            "Compute activations again on the way back: less memory, more work."));
    table.push_back(
        integer("pack_tokens", 8192, 64, 1 << 24, "Most tokens in one pass; bounds memory."));
    table.push_back(integer("token_rows", 2, 0, 64,
                            "Rows of a step, those of the highest loss, whose token values the "
                            "project keeps (at most 64 MiB a run); 0 keeps none."));
    table.push_back(
        boolean("share_prompts", true, "Compute what completions of one prompt share once."));
    table.push_back({"output",
                     ParamType::FilePath,
                     "",
                     {},
                     {},
                     {},
                     "Folder of checkpoints; empty takes one beside the project."});
}

Json paperSft() {
    return {{"rank", 8},
            {"alpha", 16},
            {"dropout", 0.1},
            {"targets", {"gate_proj", "up_proj", "down_proj"}},
            {"learning_rate", 3e-4},
            {"schedule", "cosine"},
            {"warmup_steps", 100},
            {"weight_decay", 0.0},
            {"batch", 6},
            {"accumulation", 1},
            {"epochs", 1},
            {"eval_rows", 300},
            {"eval_steps", 200}};
}

Json smallCpu(std::string_view method) {
    Json made{{"checkpointing", false}, {"batch", 8},         {"accumulation", 2},
              {"save_steps", 50},       {"warmup_steps", 10}, {"eval_rows", 0}};
    if (method == "sft")
        made.update({{"rank", 8},
                     {"alpha", 16},
                     {"dropout", 0.1},
                     {"targets", {"gate_proj", "up_proj", "down_proj"}},
                     {"learning_rate", 2e-3},
                     {"schedule", "cosine"},
                     {"weight_decay", 0.0},
                     {"epochs", 3}});
    else
        made.update({{"learning_rate", 5e-4}, {"epochs", 2}});
    return made;
}

} // namespace

std::vector<ParamDef> trainTable() {
    std::vector<ParamDef> table;
    addData(table);
    addLoss(table);
    addModel(table);
    addOptimiser(table);
    addRun(table);
    return table;
}

std::vector<std::string> trainPresets() {
    return {"paper", "authors", "small_cpu"};
}

Json trainPreset(std::string_view preset, std::string_view method) {
    Json made = Json::object();
    if (preset == "small_cpu")
        made = smallCpu(method);
    else if ((preset == "paper" || preset == "authors") && method == "sft")
        made = paperSft();
    if (preset == "authors" && method == "cdpo")
        made["cdpo_form"] = "authors";
    if (method == "simpo") { // REFERENCE.md A.2
        made["beta"] = 2.0;
        if (preset != "small_cpu")
            made["learning_rate"] = 1e-6;
    }
    return made;
}

Json withTrainPreset(const Json& given) {
    if (!given.is_object())
        return given;
    const auto word = [&given](const char* key, const char* otherwise) -> std::string {
        const auto found = given.find(key);
        return found != given.end() && found->is_string() ? found->get<std::string>() : otherwise;
    };
    Json made = trainPreset(word("preset", "paper"), word("method", "sft"));
    for (const auto& [key, value] : given.items())
        if (!value.is_null())
            made[key] = value;
    return made;
}

} // namespace crux
