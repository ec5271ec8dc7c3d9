// crux-cli contrast: contrastive scores s_t of every token (REFERENCE.md 0.1); low = critical.
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/scored_lines.h"
#include "core/base/text_util.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace crux::cli {

namespace {

struct ContrastOptions {
    std::string input, model, positive, negative;
    double beta = 1.0;
};

/// The two sides of the contrast. `text` is the side whose tokenizer reads {"text"}.
struct Sides {
    LoadedModel positive, negative, text;
};

/// Wrong usage is told before a model is loaded.
Status checkNamed(const char* option, const Path& folder, const std::string& model) {
    if (!model.empty() || !isAdapterFolder(folder))
        return {};
    return fail(ErrorCode::Usage,
                cat(option, " ", folder.string(),
                    " is an adapter, so --model must name the model it belongs to."));
}

/// `base`: the model of the adapters, null when neither side is one.
Result<LoadedModel> openSide(const Path& folder, const LoadedModel* base,
                             const CommonOptions& common) {
    if (!isAdapterFolder(folder)) {
        if (base && std::filesystem::weakly_canonical(folder) ==
                        std::filesystem::weakly_canonical(base->folder))
            return *base;
        return loadModel(common, folder, {});
    }
    LoadedModel side = *base;
    CRUX_TRY(index, side.ref.model->attachAdapter(folder));
    side.ref.adapter = index;
    return side;
}

Status sameVocabulary(const Sides& sides) {
    const std::int32_t left = sides.positive.ref.model->info().vocabularySize;
    const std::int32_t right = sides.negative.ref.model->info().vocabularySize;
    if (left != right)
        return fail(ErrorCode::Mismatch,
                    cat("The vocabularies differ: ", sides.positive.folder.string(), " has ", left,
                        " tokens and ", sides.negative.folder.string(), " has ", right,
                        "; a contrast needs two models of one vocabulary."));
    const TextCodecPtr& a = sides.positive.codec;
    const TextCodecPtr& b = sides.negative.codec;
    if (!a || !b || a == b)
        return {};
    for (std::int32_t id = 0; id < std::max(a->size(), b->size()); ++id) {
        const std::string first = id < a->size() ? a->name(id) : std::string();
        const std::string second = id < b->size() ? b->name(id) : std::string();
        if (first != second)
            return fail(ErrorCode::Mismatch,
                        cat("The tokenizers differ at id ", id, ": \"", first, "\" in ",
                            sides.positive.folder.string(), " and \"", second, "\" in ",
                            sides.negative.folder.string(),
                            "; a contrast needs two models of one vocabulary."));
    }
    return {};
}

Result<Sides> openSides(const ContrastOptions& options, const CommonOptions& common) {
    std::optional<LoadedModel> base;
    CRUX_TRY_VOID(checkNamed("--positive", options.positive, options.model));
    CRUX_TRY_VOID(checkNamed("--negative", options.negative, options.model));
    const bool needsBase = isAdapterFolder(options.positive) || isAdapterFolder(options.negative);
    if (!options.model.empty() && needsBase) {
        CRUX_TRY(loaded, loadModel(common, options.model, {}));
        base = std::move(loaded);
    }
    Sides sides;
    CRUX_TRY(positive, openSide(options.positive, base ? &*base : nullptr, common));
    CRUX_TRY(negative, openSide(options.negative, base ? &*base : nullptr, common));
    sides.positive = std::move(positive);
    sides.negative = std::move(negative);
    CRUX_TRY_VOID(sameVocabulary(sides));
    sides.text = sides.positive.codec ? sides.positive : sides.negative;
    if (!sides.text.codec && !options.model.empty()) {
        CRUX_TRY(codec, TextCodec::open(options.model));
        sides.text.codec = std::move(codec);
    }
    return sides;
}

Status runContrast(const ContrastOptions& options, const Session& session) {
    CRUX_TRY(sides, openSides(options, session.common));
    engine::ContrastRequest request;
    request.positive = sides.positive.ref;
    request.negative = sides.negative.ref;
    request.beta = options.beta;
    const CancelToken cancel = cancelOnInterrupt();
    return scoreLines(options.input, sides.text,
                      [&](std::span<const engine::Ids> sequences) -> Result<std::vector<Json>> {
                          CRUX_TRY(facts, engine::scoreContrast(request, sequences, cancel));
                          std::vector<Json> answers;
                          for (std::size_t i = 0; i < sequences.size(); ++i)
                              answers.push_back({{"ids", sequences[i]},
                                                 {"scores", floatsJson(facts[i].s)},
                                                 {"p_positive", floatsJson(facts[i].pPositive)},
                                                 {"p_negative", floatsJson(facts[i].pNegative)}});
                          return answers;
                      });
}

} // namespace

void addContrast(CLI::App& app, Session& session) {
    auto options = std::make_shared<ContrastOptions>();
    CLI::App* command = app.add_subcommand(
        "contrast", "Contrastive score of every token of a text: low = critical");
    command->add_option("input", options->input,
                        "File of lines {\"text\"} or {\"ids\"}; left out: stdin");
    command->add_option("--model", options->model,
                        "Model folder the adapters belong to; not needed for two whole models");
    command->add_option("--positive", options->positive, "Positive adapter or whole model folder")
        ->required();
    command->add_option("--negative", options->negative, "Negative adapter or whole model folder")
        ->required();
    command->add_option("--beta", options->beta, "Strength of the contrast")
        ->check(CLI::Range(0.0, 1000.0))
        ->capture_default_str();
    addCommonOptions(*command, session.common);
    command->footer(
        "Gives {\"ids\",\"scores\",\"p_positive\",\"p_negative\"}, null at 0, where\n"
        "score = softmax((1+beta) logits_positive - beta logits_negative) at the token.\n"
        "Example:\n"
        "  crux-cli contrast --model FOLDER --positive FOLDER/positive --negative FOLDER/negative "
        "\\\n"
        "      trajectories.jsonl > scores.jsonl");
    setBody(*command, session, [options, &session] { return runContrast(*options, session); });
}

} // namespace crux::cli
