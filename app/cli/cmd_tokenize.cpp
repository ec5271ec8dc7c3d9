// crux-cli tokenize and detokenize: text to token ids with byte offsets, and back.
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/json_lines.h"
#include "app/cli/progress_bar.h"
#include "core/base/text_util.h"
#include "core/text/tokenizer.h"

#include <CLI/CLI.hpp>

#include <functional>
#include <memory>

namespace crux::cli {

namespace {

struct TokenizeOptions {
    std::string input, tokenizer;
    bool noSpecial = false, skipSpecial = false;
};

using LineFunction = std::function<Result<Json>(const Json&)>;

Status eachLine(const std::string& input, const LineFunction& answer) {
    CRUX_TRY(reader, LineReader::open(input));
    LineWriter writer;
    ProgressBar bar("lines");
    for (;;) {
        CRUX_TRY(line, reader.next());
        if (!line)
            break;
        const auto object = objectOfLine(*line);
        const Result<Json> made = object.ok() ? answer(*object) : fail(object.error());
        if (made.ok())
            writer.write(*made);
        else
            writer.writeError(line->number, made.error());
        if (reader.wouldWait())
            CRUX_TRY_VOID(writer.flush());
        bar.update(writer.lines(), 0);
    }
    bar.clear();
    writer.noteErrors();
    return writer.flush();
}

Status runTokenize(const TokenizeOptions& options) {
    CRUX_TRY(tokenizer, text::loadTokenizer(options.tokenizer));
    return eachLine(options.input, [&](const Json& object) -> Result<Json> {
        CRUX_TRY(text, jsonString(object, "text"));
        const text::Encoding encoding = tokenizer->encode(text, !options.noSpecial);
        Json pieces = Json::array(), offsets = Json::array();
        for (const std::int32_t id : encoding.ids)
            pieces.push_back(tokenizer->pieceName(id));
        for (const text::ByteSpan& span : encoding.spans)
            offsets.push_back({span.begin, span.end});
        return Json{
            {"ids", encoding.ids}, {"pieces", std::move(pieces)}, {"offsets", std::move(offsets)}};
    });
}

Status runDetokenize(const TokenizeOptions& options) {
    CRUX_TRY(tokenizer, text::loadTokenizer(options.tokenizer));
    return eachLine(options.input, [&](const Json& object) -> Result<Json> {
        CRUX_TRY(ids, idsOf(object, "ids"));
        for (std::size_t i = 0; i < ids.size(); ++i)
            if (ids[i] >= tokenizer->vocabularySize())
                return fail(ErrorCode::InvalidArgument,
                            cat("Token id ", ids[i], " at index ", i, " is out of range: the ",
                                "tokenizer has ids 0 to ", tokenizer->vocabularySize() - 1, "."));
        return Json{{"text", tokenizer->decode(ids, !options.skipSpecial)}};
    });
}

} // namespace

void addTokenize(CLI::App& app, Session& session) {
    auto options = std::make_shared<TokenizeOptions>();
    CLI::App* command =
        app.add_subcommand("tokenize", "Text to token ids, pieces and byte offsets");
    command->add_option("input", options->input, "File of lines {\"text\"}; left out: stdin");
    command->add_option("--tokenizer", options->tokenizer, "Folder with the tokenizer's files")
        ->required();
    command->add_flag("--no-special", options->noSpecial, "Add no BOS or EOS");
    command->footer(
        "Gives {\"ids\",\"pieces\",\"offsets\"}; offsets are [begin,end) in bytes of the text.\n"
        "Example:\n  echo '{\"text\":\"Hello\"}' | crux-cli tokenize --tokenizer FOLDER");
    setBody(*command, session, [options] { return runTokenize(*options); });
}

void addDetokenize(CLI::App& app, Session& session) {
    auto options = std::make_shared<TokenizeOptions>();
    CLI::App* command = app.add_subcommand("detokenize", "Token ids to text");
    command->add_option("input", options->input, "File of lines {\"ids\"}; left out: stdin");
    command->add_option("--tokenizer", options->tokenizer, "Folder with the tokenizer's files")
        ->required();
    command->add_flag("--skip-special", options->skipSpecial, "Leave special tokens out");
    command->footer(
        "Gives {\"text\"}.\n"
        "Example:\n  echo '{\"ids\":[1,2,3]}' | crux-cli detokenize --tokenizer FOLDER");
    setBody(*command, session, [options] { return runDetokenize(*options); });
}

} // namespace crux::cli
