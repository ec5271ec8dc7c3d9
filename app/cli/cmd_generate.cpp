// crux-cli generate: continuations of prompts, one line a sample.
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/interrupt.h"
#include "app/cli/json_lines.h"
#include "app/cli/model_input.h"
#include "app/cli/progress_bar.h"
#include "core/base/text_util.h"

#include <CLI/CLI.hpp>

#include <memory>

namespace crux::cli {

namespace {

struct GenerateOptions {
    std::string input, model, adapter;
    SamplingParams sampling;
    std::int64_t memoryMb = 0;
};

/// Text of new ids as it grows, and where a stop string begins in it.
struct Continuation {
    std::string text;
    std::vector<std::size_t> ends; ///< byte after each id
    std::size_t stopAt = std::string::npos;
};

/// Appends ids not seen yet and looks for stop strings in what they may have completed.
void extend(Continuation& made, const TextCodec& codec, std::span<const std::int32_t> ids,
            const std::vector<std::string>& stops) {
    for (std::size_t i = made.ends.size(); i < ids.size(); ++i) {
        const std::size_t before = made.text.size();
        made.text += codec.bytes(ids[i]);
        made.ends.push_back(made.text.size());
        for (const std::string& stop : stops) {
            const std::size_t from = before >= stop.size() ? before - stop.size() + 1 : 0;
            made.stopAt = std::min(made.stopAt, made.text.find(stop, from));
        }
    }
}

Json sampleJson(std::size_t index, const engine::Generated& made, const TextCodecPtr& codec,
                const std::vector<std::string>& stops) {
    engine::Ids ids = made.ids;
    Json text = nullptr;
    if (codec) {
        Continuation all;
        extend(all, *codec, ids, stops);
        if (all.stopAt != std::string::npos) {
            const auto kept = std::upper_bound(all.ends.begin(), all.ends.end(), all.stopAt);
            ids.resize(static_cast<std::size_t>(kept - all.ends.begin()));
            all.text.resize(all.stopAt);
        }
        text = withReplacedUtf8(all.text);
    }
    return Json{{"index", index},
                {"ids", ids},
                {"text", std::move(text)},
                {"finish_reason", finishReasonName(made.finish)}};
}

/// One prompt to its samples. The random numbers hang on the line's number and the sample's index.
Result<std::vector<Json>> generateLine(const LineReader::Line& line, const LoadedModel& model,
                                       const GenerateOptions& options,
                                       const SamplingParams& sampling, const CancelToken& cancel) {
    CRUX_TRY(object, objectOfLine(line));
    CRUX_TRY(prefix, idsOfLine(object, "prompt", model));
    std::vector<engine::GenerateJob> jobs;
    for (int i = 0; i < sampling.samples; ++i)
        jobs.push_back({prefix, {}, cat("generate/", line.number, "/", i), 0, {}});
    std::vector<Continuation> texts(jobs.size());
    engine::GenerateRequest request;
    request.model = model.ref;
    request.sampling = sampling;
    request.kvBytes = options.memoryMb << 20;
    if (!sampling.stop.empty())
        request.stop = [&](std::size_t job, std::span<const std::int32_t> ids) {
            extend(texts[job], *model.codec, ids, sampling.stop);
            return texts[job].stopAt != std::string::npos;
        };
    CRUX_TRY(made, engine::generate(request, jobs, cancel));
    if (cancel.cancelled())
        return fail(ErrorCode::Cancelled, "Stopped by a signal; the samples made so far are out.");
    std::vector<Json> answers;
    for (std::size_t i = 0; i < made.size(); ++i)
        answers.push_back(sampleJson(i, made[i], model.codec, sampling.stop));
    return answers;
}

Status runGenerate(const GenerateOptions& options, const Session& session) {
    SamplingParams sampling = options.sampling;
    sampling.seed = session.common.seed;
    CRUX_TRY_VOID(validate(sampling));
    CRUX_TRY(model, loadModel(session.common, options.model, options.adapter));
    if (!sampling.stop.empty() && !model.codec)
        return fail(ErrorCode::InvalidArgument,
                    cat("--stop needs a tokenizer. ", TextCodec::missingText(options.model)));
    CRUX_TRY(reader, LineReader::open(options.input));
    const CancelToken cancel = cancelOnInterrupt();
    LineWriter writer;
    ProgressBar bar("samples");
    for (;;) {
        CRUX_TRY(line, reader.next());
        if (!line)
            break;
        const auto answers = generateLine(*line, model, options, sampling, cancel);
        if (!answers.ok() && answers.error().code == ErrorCode::Cancelled)
            return fail(answers.error());
        if (answers.ok())
            for (const Json& answer : *answers)
                writer.write(answer);
        else
            writer.writeError(line->number, answers.error());
        CRUX_TRY_VOID(writer.flush());
        bar.update(writer.lines(), 0);
    }
    bar.clear();
    writer.noteErrors();
    return {};
}

void addSamplingOptions(CLI::App& command, SamplingParams& sampling) {
    command.add_option("--max-new-tokens", sampling.maxNewTokens, "Longest continuation")
        ->check(CLI::Range(1, 1 << 20))
        ->capture_default_str();
    command.add_option("--temperature", sampling.temperature, "0 = greedy")
        ->check(CLI::Range(0.0, 100.0))
        ->capture_default_str();
    command.add_option("--top-p", sampling.topP, "Nucleus mass; 1 = off")
        ->check(CLI::Validator(
            [](const std::string& text) {
                double value = 0;
                const bool good = CLI::detail::lexical_cast(text, value) && value > 0 && value <= 1;
                return good ? std::string() : "must be above 0 and at most 1, not " + text;
            },
            ""))
        ->capture_default_str();
    command.add_option("--top-k", sampling.topK, "Only the K most likely tokens; 0 = off")
        ->check(CLI::Range(0, 1 << 30))
        ->capture_default_str();
    command.add_option("--n,-n", sampling.samples, "Samples of each prompt")
        ->check(CLI::Range(1, 4096))
        ->capture_default_str();
    command
        .add_option("--stop", sampling.stop,
                    "Texts that end a continuation, itself left out; may be given several times")
        ->check(CLI::Validator(
            [](const std::string& text) {
                return text.empty() ? std::string("must not be empty") : std::string();
            },
            ""));
}

} // namespace

void addGenerate(CLI::App& app, Session& session) {
    auto options = std::make_shared<GenerateOptions>();
    CLI::App* command = app.add_subcommand("generate", "Continue prompts, one line a sample");
    command->add_option("input", options->input,
                        "File of lines {\"prompt\"} or {\"ids\"}; left out: stdin");
    command->add_option("--model", options->model, "Hugging Face model folder")->required();
    command->add_option("--adapter", options->adapter, "PEFT LoRA folder put on the model");
    addSamplingOptions(*command, options->sampling);
    command
        ->add_option("--memory", options->memoryMb,
                     "Most megabytes of keys and values; 0 = a quarter of the machine's")
        ->check(CLI::Range(0, 1 << 24))
        ->capture_default_str();
    addCommonOptions(*command, session.common);
    command->footer(
        "Gives {\"index\",\"ids\",\"text\",\"finish_reason\"}: new tokens only, without EOS, cut\n"
        "before a stop text; finish_reason is eos, stop or length. Without a tokenizer in the\n"
        "folder \"text\" is null. The same seed gives the same samples.\n"
        "Example:\n"
#ifdef CRUX_HAS_TEXT
        "  echo '{\"prompt\":\"Once upon a time\"}' | crux-cli generate --model FOLDER \\\n"
#else // this build reads ids only
        "  echo '{\"ids\":[1,2,3]}' | crux-cli generate --model FOLDER \\\n"
#endif
        "      --temperature 0.8 --top-p 0.95 --n 4 --max-new-tokens 60");
    setBody(*command, session, [options, &session] { return runGenerate(*options, session); });
}

} // namespace crux::cli
