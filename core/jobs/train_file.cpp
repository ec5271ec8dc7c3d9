#include "core/jobs/train_file.h"

#include "core/base/text_util.h"
#include "core/interop/line_reader.h"

#include <algorithm>
#include <cmath>

namespace crux::jobs {

using engine::train::TrainExample;

namespace {

/// Reads one row's columns; remembers the first fault.
class RowColumns {
public:
    explicit RowColumns(const Json& row)
        : m_row(row) {}

    bool has(const char* key) const {
        const auto found = m_row.find(key);
        return found != m_row.end() && !found->is_null();
    }

    std::string text(const char* key) {
        const auto found = m_row.find(key);
        if (found == m_row.end() || found->is_null())
            blame(cat("the field \"", key, "\" is missing"));
        else if (found->is_array())
            blame(cat("the field \"", key,
                      "\" is a list of messages; Crux trains on plain text: render the chat "
                      "template first"));
        else if (!found->is_string())
            blame(cat("the field \"", key, "\" is not a text"));
        else
            return found->get<std::string>();
        return {};
    }

    std::vector<std::int32_t> ids(const std::string& key) {
        std::vector<std::int32_t> made;
        const auto found = m_row.find(key);
        if (found == m_row.end() || found->is_null())
            return made;
        if (!found->is_array())
            blame(cat("the field \"", key, "\" is not a list of token ids"));
        else
            for (const Json& value : *found) {
                if (!value.is_number_integer() || value.get<double>() < 0 ||
                    value.get<double>() > 1e9) {
                    blame(cat("the field \"", key, "\" holds something that is no token id"));
                    break;
                }
                made.push_back(value.get<std::int32_t>());
            }
        return made;
    }

    std::vector<float> weights(const std::string& key) {
        std::vector<float> made;
        const auto found = m_row.find(key);
        if (found == m_row.end() || found->is_null())
            return made;
        if (!found->is_array())
            blame(cat("the field \"", key, "\" is not a list of numbers"));
        else
            for (const Json& value : *found) {
                // null: a token without a score counts in full
                if (!value.is_number() && !value.is_null()) {
                    blame(cat("the field \"", key, "\" holds something that is no number"));
                    break;
                }
                made.push_back(value.is_null() ? 1.0f : value.get<float>());
            }
        return made;
    }

    CompletionText completion(const std::string& key, const std::string& prompt) {
        CompletionText made;
        made.prompt = prompt;
        made.completion = text(key.c_str());
        made.ids = ids(key + "_token_ids");
        made.weights = weights(key + "_weights");
        if (!made.weights.empty() && !made.ids.empty() && made.weights.size() != made.ids.size())
            blame(cat("\"", key, "_weights\" has ", made.weights.size(), " values for ",
                      made.ids.size(), " token ids"));
        return made;
    }

    void blame(std::string sentence) {
        if (m_fault.empty())
            m_fault = std::move(sentence);
    }
    const std::string& fault() const { return m_fault; }

private:
    const Json& m_row;
    std::string m_fault;
};

/// TRL's implicit prompt: the longest common beginning, a space before the parting left to the
/// completions.
std::size_t implicitPrompt(const std::string& chosen, const std::string& rejected) {
    const std::size_t most = std::min(chosen.size(), rejected.size());
    std::size_t length = 0;
    while (length < most && chosen[length] == rejected[length])
        ++length;
    while (length > 0 && length < most &&
           (static_cast<unsigned char>(chosen[length]) & 0xC0) == 0x80) // inside a character
        --length;
    if (length > 0 && chosen[length - 1] == ' ')
        --length;
    return length;
}

Result<TrainExample> rowOf(const Json& line, const RowMaker& maker, std::string& reason,
                           std::string& fault) {
    RowColumns columns(line);
    if (!maker.pairs()) {
        const bool chosen = !columns.has("completion") && columns.has("chosen");
        const CompletionText one =
            columns.completion(chosen ? "chosen" : "completion", columns.text("prompt"));
        fault = columns.fault();
        return fault.empty() ? maker.single(one, reason) : Result<TrainExample>(TrainExample{});
    }
    const bool given = columns.has("prompt");
    const std::string prompt = given ? columns.text("prompt") : std::string();
    CompletionText chosen = columns.completion("chosen", prompt);
    CompletionText rejected = columns.completion("rejected", prompt);
    fault = columns.fault();
    if (!fault.empty())
        return TrainExample{};
    if (!given) {
        const std::size_t length = implicitPrompt(chosen.completion, rejected.completion);
        for (CompletionText* side : {&chosen, &rejected}) {
            side->prompt = side->completion.substr(0, length);
            side->completion.erase(0, length);
        }
    }
    return maker.pair(chosen, rejected, reason);
}

} // namespace

Status readTrainFile(const Path& file, const RowMaker& maker, std::int64_t limit, TrainData& data) {
    auto lines = interop::LineReader::open(file);
    if (!lines.ok())
        return fail(lines.error().code,
                    cat("The training file cannot be read: ", lines.error().message),
                    file.string());
    for (;;) {
        if (limit > 0 && data.given >= limit)
            break;
        CRUX_TRY(next, lines->next());
        if (!next)
            break;
        const std::string& line = next->text;
        const std::int64_t number = next->number;
        if (!next->tooLong && trimmed(line).empty())
            continue;
        const auto bad = [&](const std::string& why) {
            return fail(ErrorCode::InvalidArgument,
                        cat("Line ", number, " of ", file.string(), ": ", why, "."), file.string());
        };
        if (next->tooLong)
            return bad(cat("the line is longer than ", kMaxLineBytes >> 20, " MiB"));
        const auto row = parseJson(line);
        if (!row.ok() || !row->is_object())
            return bad(row.ok() ? "not a JSON object" : row.error().message);
        ++data.given;
        std::string reason, fault;
        CRUX_TRY(example, rowOf(*row, maker, reason, fault));
        if (!fault.empty())
            return bad(fault);
        for (const auto* side : {&example.chosen, &example.rejected})
            if (!side->weights.empty() &&
                static_cast<std::int64_t>(side->weights.size()) != side->completionTokens())
                return bad(cat(side->weights.size(), " weights do not fit ",
                               side->completionTokens(),
                               " tokens of this model's tokenizer; give the token ids too"));
        if (!reason.empty()) {
            ++data.dropped[reason];
            continue;
        }
        data.rows.push_back(std::move(example));
        data.sources.push_back({{}, {}, number});
    }
    return {};
}

} // namespace crux::jobs
