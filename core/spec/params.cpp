#include "core/spec/params.h"

#include "core/base/text_util.h"
#include "core/spec/param_makers.h"
#include "core/spec/train_params.h"

#include <algorithm>
#include <cmath>

namespace crux {

using namespace make_param;

namespace {

std::vector<ParamDef> importTable() {
    std::vector<ParamDef> table{
        {"inputs", ParamType::TextList, nullptr, {}, {}, {}, "Files to read, in this order."},
        text("kind", "auto",
             "Form of the files, as `crux-cli import --kind help` lists them; auto looks at them."),
        text("dataset", "", "Name of the dataset to add to; empty takes the first file's name."),
        text("split", "", "Split the questions belong to, such as train or test."),
        choice("task", {"gsm8k", "math", "none"}, "How answers are extracted and graded."),
        choice("profile", {"crux", "authors", "minerva"}, "Rule set of the grader."),
        text("template", "gsm8k",
             "Prompt template put around a question where a row carries no prompt of its own."),
        text("question_column", "", "Column of the question; empty finds it by its usual names."),
        text("response_column", "", "Column of the response; empty finds it by its usual names."),
        text("answer_column", "", "Column of the gold answer; empty finds it by its usual names."),
        text("verdict_column", "",
             "Column of a published verdict; empty finds it by its usual names."),
        text("id_column", "", "Column of the question's id; empty finds it by its usual names."),
        text("model_column", "",
             "Column naming the model that answered; empty finds it by its usual names."),
        text("tokenizer", "",
             "Folder of the tokenizer that made the files, or a registered model; kinds that name "
             "tokens by their text need it, and empty takes that of the project's models. Given, "
             "every trajectory gets its token ids at once."),
        choice("bad_lines", {"keep", "refuse"},
               "keep takes the good lines and reports the bad ones; refuse takes nothing."),
        integer("limit", 0, 0, 1e12, "Stop after this many rows; 0 reads all."),
    };
    return table;
}

std::vector<ParamDef> scoreTable() {
    return {
        text("score_set", "", "Name of the score set; empty makes one from the adapters' names."),
        text("model", "",
             "Base model: a folder, or the name or id of a registered one; may be left out when "
             "positive and negative are whole models."),
        text("positive", nullptr,
             "Positive model: an adapter of `model` or a whole model; a folder, a name or an id."),
        text("negative", nullptr,
             "Negative model: an adapter of `model` or a whole model; a folder, a name or an id."),
        choice("policy", {"none", "base"},
               "Score the bare base model too, and rank the alternatives by it."),
        real("beta", 1.0, 0.0, 16.0,
             "Strength of the contrast: s = softmax((1+beta) logits+ - beta logits-)."),
        integer("top_k", 20, 0, 200, "Alternatives kept for every position."),
        text("where", "", "Filter expression choosing trajectories; empty takes all."),
        text("dataset", "", "Only trajectories of the dataset of this name; empty takes all."),
        text("training_set", "",
             "Only trajectories of this set of training data, by name or id, pairs first; newest "
             "takes the newest pairs, empty takes all."),
        boolean("details", false, "Store entropies and ranks too (slower, larger)."),
        boolean("retokenize", false,
                "Tokenise again where the stored ids came from another tokenizer."),
        integer("batch_tokens", 16384, 256, 1 << 22,
                "Tokens scored and written together; a killed job repeats at most so many."),
    };
}

std::vector<ParamDef> searchTable() {
    return {
        text(
            "model", "",
            "Model that draws the rollouts: a folder, or the name or id of a registered one; empty "
            "takes the only registered one."),
        text("adapter", "",
             "Adapter on it: a folder, a name or an id; empty draws with the bare "
             "model."),
        text("where", "verdict=wrong or verdict=no_answer",
             "Filter expression choosing trajectories; empty takes all."),
        text("dataset", "", "Only trajectories of the dataset of this name; empty takes all."),
        text("trajectories", "",
             "Ids of trajectories, such as 12,15,20, instead of a filter; empty filters."),
        integer("limit", 0, 0, 1e12, "Search only the first so many of them; 0 searches all."),
        choice(
            "method", {"critical", "pivotal", "cliff", "bisect", "curve"},
            "critical: all wrong here and below low_share after; pivotal: a change of the chance "
            "by gap, up or down; cliff: a tested drop; bisect: critical by halving; curve: no "
            "token, only the shares by position."),
        choice("rule", {"paper", "authors"},
               "critical: paper finds none where a later position recovers; authors falls back on "
               "the last candidate their scan had reset."),
        choice("mode", {"economical", "exhaustive"},
               "economical draws what the verdict rests on and shares rollouts between prefixes; "
               "exhaustive draws every rollout of every position on its own. Same verdicts."),
        choice("potentials", {"draw", "imported"},
               "draw samples rollouts; imported takes the shares that came with the trajectories "
               "and needs no model (critical, cliff and bisect)."),
        integer("n", 64, 1, 4096, "Rollouts of a position."),
        integer("points", 0, 0, 1 << 20,
                "So many evenly spaced positions get n rollouts beside those the method asks for; "
                "curve: 0 is every position."),
        text("positions", "",
             "curve: only these response positions, such as 0,12,34 (-1: the bare prompt)."),
        real("low_share", 0.05, 0.001, 1.0,
             "critical and bisect: later positions stay below this share of right rollouts."),
        real("gap", 0.2, 0.001, 1.0, "pivotal: least change of the chance of ending right."),
        real("minimum", 0.2, 0.0, 1.0,
             "pivotal: questions whose bare prompt ends right less often are not searched."),
        real("maximum", 0.8, 0.0, 1.0,
             "pivotal: questions whose bare prompt ends right more often are not searched."),
        real("drop", 0.1, 0.0, 1.0, "cliff: least drop d0 of the share of right rollouts."),
        real("z", 1.645, 0.0, 10.0, "cliff: quantile of the one-sided test; 1.645 is 5 %."),
        boolean("verify", true,
                "bisect: look at every later position too; without, the verdict assumes that the "
                "chance never recovers and says so."),
        integer("confirm", 256, 0, 4096,
                "critical and bisect: fresh rollouts that confirm the token found; 0 draws none."),
        boolean(
            "without", false,
            "Ban the token found, draw n replacements with one rollout each, and compare pass@k "
            "with and without it."),
        choice("replacement", {"sampler", "full_softmax"},
               "How replacements are drawn: as the rollouts are, or at temperature 1 from all "
               "tokens as the authors' script does."),
        real("temperature", 0.5, 0.0, 100.0, "Sampling temperature of the rollouts; 0 is greedy."),
        real("top_p", 0.95, 0.0001, 1.0, "Nucleus mass of the rollouts; 1 is off."),
        integer("top_k", 0, 0, 1 << 30, "Only so many most likely tokens; 0 is off."),
        integer("max_new_tokens", 1024, 1, 1 << 20,
                "Longest response, tokens of the trajectory before the rollout included."),
        ParamDef{"stop",
                 ParamType::TextList,
                 Json::array({"\n\nQuestion:", "\n\nProblem:"}),
                 {},
                 {},
                 {},
                 "Texts that end a rollout, themselves left out."},
        integer("seed", 0, 0, 9007199254740992.0, "Seed of all random draws."),
        integer("batch", 64, 1, 4096,
                "Rollouts drawn at once; changes no result. Fewer are tried when memory runs out."),
        integer("memory", 0, 0, 1 << 24,
                "Most megabytes of keys and values; 0 takes a quarter of the machine's. Rollouts "
                "that do not fit wait for others to end; changes no result."),
        boolean("retokenize", false,
                "Tokenise again where the stored ids came from another tokenizer."),
    };
}

std::vector<ParamDef> sampleTable() {
    return {
        text("model", "",
             "Model that answers: a folder, or the name or id of a registered one; empty takes the "
             "only registered one."),
        text("adapter", "",
             "Adapter on it: a folder, a name or an id; empty samples the bare model."),
        text("dataset", "",
             "Dataset whose questions are answered, by name or id; empty takes the only one."),
        text("questions", "",
             "Questions by the ids their dataset gives them, such as 600,612; empty takes all."),
        text("where", "",
             "Only questions that have a trajectory matching this filter expression, such as "
             "verdict=wrong; empty takes all."),
        integer("limit", 0, 0, 1e12, "Only the first so many questions; 0 takes all."),
        integer("n", 64, 1, 4096,
                "Answers to each question, those included that the same settings drew before."),
        text("template", "",
             "Prompt template: gsm8k, math, math_sampling (the authors' start-up form) or "
             "wordproblems; empty takes the dataset's own."),
        integer("shots", -1, -1, 64,
                "Worked examples before the question; 0 is the plain training prompt, -1 the "
                "paper's number: 8 for gsm8k, 4 for math, 0 for other templates."),
        text("shots_from", "builtin",
             "Where the examples come from: builtin (Crux's own), train (questions with a solution "
             "of the dataset's train split) or a JSON Lines file of question and response."),
        choice("prompt_end", {"auto", "strip", "keep"},
               "White space at the end of the prompt: strip takes it off, as the authors' sampling "
               "does; auto strips it where there are examples."),
        choice("bos", {"auto", "none"},
               "auto begins as the tokenizer's configuration says; none leaves BOS out, as the "
               "authors' sampling does."),
        real("temperature", 0.5, 0.0, 100.0, "Sampling temperature; 0 is greedy."),
        real("top_p", 0.95, 0.0001, 1.0, "Nucleus mass; 1 is off."),
        integer("top_k", 0, 0, 1 << 30, "Only so many most likely tokens; 0 is off."),
        integer("max_new_tokens", 1024, 1, 1 << 20, "Longest answer."),
        ParamDef{"stop",
                 ParamType::TextList,
                 Json::array(),
                 {},
                 {},
                 {},
                 "Texts that end an answer, themselves left out; none given takes those of the "
                 "prompt template."},
        boolean("no_stop", false, "No stop text at all: answers end at EOS or at their length."),
        integer("seed", 0, 0, 9007199254740992.0, "Seed of all random draws."),
        integer("batch", 64, 1, 4096,
                "Answers drawn at once; changes no result. Fewer are tried when memory runs out."),
        integer(
            "memory", 0, 0, 1 << 24,
            "Most megabytes of keys and values; 0 takes a quarter of the machine's. Answers that "
            "do not fit wait for others to end; changes no result."),
        choice("profile", {"crux", "authors", "minerva"}, "Rule set of the grader."),
        boolean("select", true,
                "At the end, choose positive, negative and preference data from these answers by "
                "the paper's rules (crux-cli spec select)."),
    };
}

/// Those of a sample job, greedy: how the paper evaluates.
std::vector<ParamDef> evaluateTable() {
    std::vector<ParamDef> table;
    for (ParamDef& def : sampleTable()) {
        if (def.name == "select")
            continue;
        if (def.name == "n") {
            def.defaultValue = 1;
            def.doc = "Samples of each question; more than one need a temperature.";
        } else if (def.name == "temperature") {
            def.defaultValue = 0.0;
        } else if (def.name == "model") {
            def.doc = "Model that is evaluated: a folder, or the name or id of a registered one; "
                      "empty takes the only registered one.";
        } else if (def.name == "adapter") {
            def.doc = "Adapter on it: a folder (such as a checkpoint's), a name or an id; empty "
                      "evaluates the bare model.";
        }
        table.push_back(std::move(def));
    }
    table.insert(table.begin() + 2, text("name", "",
                                         "Name of the evaluation; empty takes that of "
                                         "model and adapter."));
    return table;
}

std::vector<ParamDef> compareTable() {
    return {
        ParamDef{"evaluations",
                 ParamType::TextList,
                 Json::array(),
                 {},
                 {},
                 {},
                 "Evaluations by id or name, the baseline first; empty takes the oldest complete "
                 "one and all that are comparable with it."},
        boolean(
            "common", false,
            "Compare the questions that question sets share, and evaluations that were cut off, "
            "instead of refusing them."),
        boolean("any_decoding", false,
                "Compare evaluations of different prompts or decodings instead of refusing them."),
        choice("show", {"changed", "all", "fixed", "broken", "both_wrong", "no_answer", "none"},
               "Questions that are listed one by one."),
        real("confidence", 0.95, 0.5, 0.9999, "Of all intervals."),
        integer("replicates", 2000, 100, 1'000'000, "Of the bootstrap over questions."),
        integer("seed", 0, 0, 9007199254740992.0, "Seed of the bootstrap."),
    };
}

std::vector<ParamDef> selectTable() {
    return {
        text("where", "", "Filter expression choosing trajectories; empty takes all."),
        text("model", "",
             "Without what other models than this wrote (name, id or folder); empty takes the only "
             "registered one. Anyone's where the filter names sampled_by, model or source, or "
             "where the model "
             "wrote none."),
        text("dataset", "",
             "Only trajectories of the dataset of this name or id; empty takes all."),
        text("name", "", "Name of the sets; empty makes one from dataset and model."),
        integer(
            "positive_top_k", 1, 0, 4096,
            "Positive data: so many of a question's most frequent right answers; 0 makes none."),
        real("negative_top_p", 0.5, 0.0, 1.0,
             "Negative data: a question's most frequent wrong answers until they make up this "
             "share of its wrong ones; 0 makes none."),
        integer("negative_repeats", 2, 1, 4096,
                "Negative data: a wrong answer after the first must occur so often."),
        integer("preference_top_k", 1, 0, 4096,
                "Preference data: pairs of the k-th most frequent right and wrong answers, k = 1 "
                "up to this; 0 makes none."),
        integer("per_answer", 1, 0, 4096,
                "Responses taken of each chosen answer, the first drawn first; 0 takes all."),
    };
}

const char* typeWords(ParamType type) {
    switch (type) {
    case ParamType::Integer:
        return "a whole number";
    case ParamType::Real:
        return "a number";
    case ParamType::Text:
    case ParamType::FilePath:
        return "a text";
    case ParamType::Boolean:
        return "true or false";
    case ParamType::Choice:
        return "one of its choices";
    case ParamType::TextList:
        return "a list of texts";
    }
    return "another type";
}

bool hasType(const Json& value, ParamType type) {
    switch (type) {
    case ParamType::Integer:
        return value.is_number_integer() ||
               (value.is_number_float() && std::floor(value.get<double>()) == value.get<double>());
    case ParamType::Real:
        return value.is_number();
    case ParamType::Text:
    case ParamType::FilePath:
    case ParamType::Choice:
        return value.is_string();
    case ParamType::Boolean:
        return value.is_boolean();
    case ParamType::TextList:
        return value.is_array() && std::all_of(value.begin(), value.end(),
                                               [](const Json& item) { return item.is_string(); });
    }
    return false;
}

std::string aJob(std::string_view kind) {
    return cat(kind == "import" || kind == "evaluate" ? "an " : "a ", kind, " job");
}

Failure wrong(std::string_view kind, const ParamDef& def, const std::string& rule) {
    return fail(ErrorCode::InvalidArgument,
                cat("The parameter \"", def.name, "\" of ", aJob(kind), " must be ", rule, "."),
                def.name);
}

Status checkValue(std::string_view kind, const ParamDef& def, const Json& value) {
    if (!hasType(value, def.type))
        return wrong(kind, def, typeWords(def.type));
    if (def.type == ParamType::Choice && std::find(def.choices.begin(), def.choices.end(),
                                                   value.get<std::string>()) == def.choices.end()) {
        std::string list;
        for (const std::string& name : def.choices)
            list += (list.empty() ? "" : ", ") + name;
        return wrong(kind, def, "one of " + list);
    }
    if (value.is_number()) {
        const double number = value.get<double>();
        if (!std::isfinite(number) || (def.minimum && number < *def.minimum) ||
            (def.maximum && number > *def.maximum))
            return wrong(kind, def, cat("between ", *def.minimum, " and ", *def.maximum));
    }
    return {};
}

} // namespace

std::vector<std::string> jobKinds() {
    return {"compare", "evaluate", "import", "sample", "score", "search", "select", "train"};
}

Result<std::vector<ParamDef>> paramTable(std::string_view kind) {
    if (kind == "compare")
        return compareTable();
    if (kind == "evaluate")
        return evaluateTable();
    if (kind == "import")
        return importTable();
    if (kind == "sample")
        return sampleTable();
    if (kind == "score")
        return scoreTable();
    if (kind == "search")
        return searchTable();
    if (kind == "select")
        return selectTable();
    if (kind == "train")
        return trainTable();
    std::string kinds;
    for (const std::string& name : jobKinds())
        kinds += (kinds.empty() ? "" : ", ") + name;
    return fail(ErrorCode::NotFound,
                cat("There is no job kind \"", kind, "\"; the kinds are ", kinds, "."),
                std::string(kind));
}

Result<Json> completeSpec(std::string_view kind, const Json& asGiven) {
    CRUX_TRY(table, paramTable(kind));
    const Json given = kind == "train" ? withTrainPreset(asGiven) : asGiven;
    if (!given.is_object())
        return fail(ErrorCode::InvalidArgument,
                    cat("The parameters of ", aJob(kind), " must be a JSON object."));
    for (const auto& [key, value] : given.items())
        if (std::none_of(table.begin(), table.end(),
                         [&key = key](const ParamDef& def) { return def.name == key; }))
            return fail(ErrorCode::InvalidArgument,
                        cat("There is no parameter \"", key, "\" of ", aJob(kind),
                            "; `crux-cli spec ", kind, "` lists them."),
                        key);
    Json complete = Json::object();
    for (const ParamDef& def : table) {
        const auto found = given.find(def.name);
        if (found == given.end() || found->is_null()) {
            if (def.defaultValue.is_null())
                return fail(ErrorCode::InvalidArgument,
                            cat("The parameter \"", def.name, "\" is missing, which ", aJob(kind),
                                " needs: ", def.doc),
                            def.name);
            complete[def.name] = def.defaultValue;
            continue;
        }
        CRUX_TRY_VOID(checkValue(kind, def, *found));
        complete[def.name] = def.type == ParamType::Integer
                                 ? Json(static_cast<std::int64_t>(found->get<double>()))
                                 : *found;
    }
    return complete;
}

} // namespace crux
