#include "ui/dialogs/train_words.h"

#include <QCoreApplication>

namespace crux::ui {

namespace {

struct TrainWords {
    Q_DECLARE_TR_FUNCTIONS(TrainWords)
};

using Choices = std::vector<std::pair<std::string, QString>>;

ParamWords lossWords(const std::string& param) {
    if (param == "loss")
        return {TrainWords::tr("loss"),
                TrainWords::tr("Shape of the preference loss; with label smoothing, sigmoid is DPO "
                               "+ label smoothing."),
                Choices{{"sigmoid", TrainWords::tr("sigmoid")},
                        {"robust", TrainWords::tr("robust")},
                        {"hinge", TrainWords::tr("hinge")},
                        {"ipo", TrainWords::tr("IPO, by length")},
                        {"ipo_sum", TrainWords::tr("IPO, sums")},
                        {"sigmoid_norm", TrainWords::tr("sigmoid, by length")}}};
    if (param == "beta")
        return {QStringLiteral("β"), TrainWords::tr("Strength of the preference loss."), {}};
    if (param == "label_smoothing")
        return {TrainWords::tr("label smoothing"),
                TrainWords::tr("Share of pairs taken as mislabelled."),
                {}};
    if (param == "cdpo_form")
        return {
            TrainWords::tr("form"),
            TrainWords::tr("The paper sums tokens inside one sigmoid; the authors' code takes a "
                           "sigmoid at each position."),
            Choices{{"paper", TrainWords::tr("paper: sums")},
                    {"authors", TrainWords::tr("authors' code: by position")}}};
    if (param == "cdpo_weights")
        return {
            TrainWords::tr("weights"),
            TrainWords::tr("1 − s_t on the rejected tokens alone, or s_t on the chosen ones too."),
            Choices{{"rejected", TrainWords::tr("rejected only")},
                    {"both", TrainWords::tr("both sides")}}};
    if (param == "alpha_pair")
        return {TrainWords::tr("α of the pair"), TrainWords::tr("Weight of the pair loss."), {}};
    if (param == "alpha_nll")
        return {TrainWords::tr("α of NLL"),
                TrainWords::tr("Weight of the chosen completions' negative log-likelihood."),
                {}};
    if (param == "nll_norm")
        return {TrainWords::tr("NLL by"),
                TrainWords::tr("Mean over each completion, or over the tokens of the batch."),
                Choices{{"sequence", TrainWords::tr("completion")},
                        {"batch_token", TrainWords::tr("batch")}}};
    if (param == "gamma")
        return {QStringLiteral("γ"), TrainWords::tr("Target margin, after β."), {}};
    if (param == "tdpo_version")
        return {TrainWords::tr("version"), TrainWords::tr("Version of the loss."),
                Choices{{"1", TrainWords::tr("TDPO1")}, {"2", TrainWords::tr("TDPO2")}}};
    if (param == "tdpo_alpha")
        return {QStringLiteral("α"), TrainWords::tr("Weight of the difference of KL."), {}};
    if (param == "ld_alpha")
        return {TrainWords::tr("LD-DPO α"),
                TrainWords::tr("Weight of the tokens beyond the shorter completion; −1 is off."),
                {}};
    return {TrainWords::tr("reference"), TrainWords::tr("Frozen model of the log-ratios."),
            Choices{{"base", TrainWords::tr("bare base")},
                    {"start", TrainWords::tr("as training found it")}}};
}

ParamWords dataWords(const std::string& param) {
    if (param == "max_prompt")
        return {TrainWords::tr("longest prompt"),
                TrainWords::tr("Rows whose prompt has so many tokens or more are dropped."),
                {}};
    if (param == "max_length")
        return {TrainWords::tr("longest row"),
                TrainWords::tr("Rows of so many tokens or more are dropped."),
                {}};
    if (param == "limit")
        return {TrainWords::tr("first rows"),
                TrainWords::tr("Only the first so many rows; 0 takes all."),
                {}};
    if (param == "eval_rows")
        return {
            TrainWords::tr("evaluation rows"),
            TrainWords::tr("The last so many rows are kept for evaluation; 0 evaluates nothing."),
            {}};
    if (param == "eval_steps")
        return {TrainWords::tr("every"), TrainWords::tr("Evaluate every so many steps."), {}};
    if (param == "role")
        return {TrainWords::tr("role"),
                TrainWords::tr("What the adapter is for; auto takes it from the data."),
                Choices{{"auto", TrainWords::tr("auto")},
                        {"positive", TrainWords::tr("positive model")},
                        {"negative", TrainWords::tr("negative model")},
                        {"policy", TrainWords::tr("policy model")}}};
    return {TrainWords::tr("end"),
            TrainWords::tr("What ends a completion that does not end so already: eos, none, or a "
                           "text, where \\n is a line end."),
            {}};
}

ParamWords loraWords(const std::string& param) {
    if (param == "trained")
        return {TrainWords::tr("trained"), TrainWords::tr("A LoRA adapter, or all parameters."),
                Choices{{"lora", TrainWords::tr("LoRA adapter")},
                        {"all", TrainWords::tr("all parameters")}}};
    if (param == "rank")
        return {TrainWords::tr("rank"), TrainWords::tr("Rank r of the LoRA pairs."), {}};
    if (param == "alpha")
        return {QStringLiteral("α"), TrainWords::tr("LoRA's α; the scale is α / r."), {}};
    if (param == "dropout")
        return {TrainWords::tr("dropout"), TrainWords::tr("Dropout on LoRA's input."), {}};
    if (param == "rslora")
        return {TrainWords::tr("rsLoRA"), TrainWords::tr("Scale by α / √r instead."), {}};
    return {TrainWords::tr("linears"),
            TrainWords::tr("Linears that get a LoRA pair, such as q_proj or down_proj."),
            {}};
}

ParamWords optimiserWords(const std::string& param) {
    if (param == "learning_rate")
        return {
            TrainWords::tr("learning rate"), TrainWords::tr("Highest learning rate of AdamW."), {}};
    if (param == "schedule")
        return {TrainWords::tr("decay"),
                TrainWords::tr("Decay of the learning rate after the warm-up."),
                Choices{{"linear", TrainWords::tr("linear")},
                        {"cosine", TrainWords::tr("cosine")},
                        {"constant", TrainWords::tr("constant")}}};
    if (param == "warmup_steps")
        return {TrainWords::tr("warm-up steps"),
                TrainWords::tr("Steps of warm-up; 0 takes the share."),
                {}};
    if (param == "warmup_ratio")
        return {TrainWords::tr("or share"), TrainWords::tr("Warm-up as a share of all steps."), {}};
    if (param == "weight_decay")
        return {TrainWords::tr("weight decay"), TrainWords::tr("Weight decay of AdamW."), {}};
    if (param == "clip")
        return {TrainWords::tr("clip"),
                TrainWords::tr("Largest norm of the gradient; 0 does not clip."),
                {}};
    if (param == "batch")
        return {TrainWords::tr("rows"), TrainWords::tr("Rows computed together."), {}};
    if (param == "accumulation")
        return {TrainWords::tr("times"), TrainWords::tr("Batches that make one step."), {}};
    if (param == "epochs")
        return {TrainWords::tr("epochs"), TrainWords::tr("Times through the data."), {}};
    if (param == "max_steps")
        return {TrainWords::tr("or steps"),
                TrainWords::tr("Steps, whatever the epochs say; 0 is off."),
                {}};
    if (param == "shuffle")
        return {TrainWords::tr("shuffle"),
                TrainWords::tr("Draw the order of the rows anew each epoch."),
                {}};
    return {TrainWords::tr("seed"),
            TrainWords::tr("Seed of the order, of LoRA's start and of dropout."),
            {}};
}

ParamWords runWords(const std::string& param) {
    if (param == "save_steps")
        return {TrainWords::tr("every"), TrainWords::tr("Steps between two checkpoints."), {}};
    if (param == "keep_last")
        return {TrainWords::tr("keep"), TrainWords::tr("Checkpoints kept, beside the best."), {}};
    if (param == "keep_best")
        return {TrainWords::tr("best is the result"),
                TrainWords::tr("With evaluation: the adapter of the lowest evaluation loss is the "
                               "result."),
                {}};
    if (param == "checkpointing")
        return {TrainWords::tr("compute activations again"),
                TrainWords::tr("On the way back: less memory, more work."),
                {}};
    if (param == "pack_tokens")
        return {TrainWords::tr("tokens a pass"),
                TrainWords::tr("Most tokens in one pass; bounds the memory."),
                {}};
    if (param == "share_prompts")
        return {TrainWords::tr("share prompts"),
                TrainWords::tr("Compute once what completions of one prompt share."),
                {}};
    return {TrainWords::tr("folder"),
            TrainWords::tr("Folder of the checkpoints; empty takes one beside the project."),
            {}};
}

bool isOneOf(const std::string& name, std::initializer_list<const char*> names) {
    for (const char* one : names)
        if (name == one)
            return true;
    return false;
}

} // namespace

QString methodWord(const std::string& method) {
    if (method == "sft")
        return TrainWords::tr("SFT");
    if (method == "cdpo")
        return TrainWords::tr("cDPO, contrastive");
    if (method == "rpo")
        return TrainWords::tr("RPO: DPO + NLL");
    if (method == "simpo")
        return TrainWords::tr("SimPO");
    return method == "tdpo" ? TrainWords::tr("TDPO") : TrainWords::tr("DPO");
}

QString presetWord(const std::string& preset, const std::string& method) {
    if (preset == "small_cpu")
        return TrainWords::tr("Small CPU");
    if (preset == "last")
        return TrainWords::tr("Last used");
    if (method == "cdpo")
        return preset == "authors" ? TrainWords::tr("cDPO, contrastive (authors' code)")
                                   : TrainWords::tr("cDPO, contrastive (paper)");
    return preset == "authors" ? TrainWords::tr("Authors' code") : TrainWords::tr("Paper");
}

ParamWords trainWords(const std::string& param) {
    if (isOneOf(param, {"loss", "beta", "label_smoothing", "cdpo_form", "cdpo_weights",
                        "alpha_pair", "alpha_nll", "nll_norm", "gamma", "tdpo_version",
                        "tdpo_alpha", "ld_alpha", "reference"}))
        return lossWords(param);
    if (isOneOf(param,
                {"max_prompt", "max_length", "limit", "eval_rows", "eval_steps", "role", "end"}))
        return dataWords(param);
    if (isOneOf(param, {"trained", "rank", "alpha", "dropout", "rslora", "targets"}))
        return loraWords(param);
    if (isOneOf(param, {"save_steps", "keep_last", "keep_best", "checkpointing", "pack_tokens",
                        "share_prompts", "output"}))
        return runWords(param);
    return optimiserWords(param);
}

bool isTrainParamUsed(const std::string& param, const Json& spec) {
    const std::string method = spec.value("method", std::string("sft"));
    const bool lora = spec.value("trained", std::string("lora")) == "lora";
    const bool fresh = spec.value("start_adapter", std::string()).empty();
    if (isOneOf(param, {"beta", "reference", "ld_alpha"}))
        return method != "sft" && (method != "simpo" || param == "beta");
    if (isOneOf(param, {"loss", "label_smoothing"}))
        return isOneOf(method, {"dpo", "cdpo", "rpo"});
    if (isOneOf(param, {"cdpo_form", "cdpo_weights"}))
        return method == "cdpo";
    if (isOneOf(param, {"alpha_pair", "alpha_nll", "nll_norm"}))
        return method == "rpo";
    if (param == "gamma")
        return method == "simpo";
    if (isOneOf(param, {"tdpo_version", "tdpo_alpha"}))
        return method == "tdpo";
    if (isOneOf(param, {"rank", "alpha", "rslora", "targets"}))
        return lora && fresh;
    if (param == "dropout")
        return lora;
    if (param == "role")
        return method == "sft";
    if (isOneOf(param, {"eval_steps", "keep_best"})) {
        const auto rows = spec.find("eval_rows");
        return rows != spec.end() && rows->is_number() && rows->get<double>() > 0;
    }
    return true;
}

QList<ParamGroup> trainParamGroups() {
    return {{TrainWords::tr("Loss"),
             {{TrainWords::tr("cDPO"), {"cdpo_form", "cdpo_weights"}},
              {TrainWords::tr("Preference"), {"loss", "beta", "label_smoothing"}},
              {TrainWords::tr("SimPO"), {"gamma"}},
              {TrainWords::tr("RPO"), {"alpha_pair", "alpha_nll", "nll_norm"}},
              {TrainWords::tr("TDPO"), {"tdpo_version", "tdpo_alpha"}},
              {TrainWords::tr("Log-ratios"), {"reference", "ld_alpha"}}}},
            {TrainWords::tr("Rows"),
             {{TrainWords::tr("Tokens"), {"max_prompt", "max_length"}},
              {TrainWords::tr("Taken"), {"limit", "end"}},
              {TrainWords::tr("Evaluation"), {"eval_rows", "eval_steps"}},
              {QString(), {"keep_best"}}}},
            {TrainWords::tr("LoRA"),
             {{TrainWords::tr("Trained"), {"trained", "role"}},
              {TrainWords::tr("Pairs"), {"rank", "alpha", "dropout"}},
              {TrainWords::tr("Linears"), {"targets"}},
              {QString(), {"rslora"}}}},
            {TrainWords::tr("Optimiser"),
             {{TrainWords::tr("AdamW"), {"learning_rate", "weight_decay", "clip"}},
              {TrainWords::tr("Schedule"), {"schedule", "warmup_steps", "warmup_ratio"}},
              {TrainWords::tr("A step"), {"batch", "accumulation"}},
              {TrainWords::tr("Length"), {"epochs", "max_steps"}},
              {TrainWords::tr("Order"), {"seed", "shuffle"}}}},
            {TrainWords::tr("Run"),
             {{TrainWords::tr("Checkpoints"), {"save_steps", "keep_last"}},
              {TrainWords::tr("Memory"), {"pack_tokens", "checkpointing"}},
              {QString(), {"share_prompts"}},
              {TrainWords::tr("Folder"), {"output"}}}}};
}

} // namespace crux::ui
