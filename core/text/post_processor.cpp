#include "core/text/post_processor.h"

#include "core/base/text_util.h"
#include "core/text/added_tokens.h"

namespace crux::text {

namespace {

constexpr int kMaxDepth = 16;
constexpr std::size_t kMaxSpecials = 64;

Failure malformed() {
    return fail(ErrorCode::Corrupt, "the post_processor of tokenizer.json is malformed");
}

/// Appends the ids that the template's "special_tokens" gives for `name`.
Status addSpecial(const Json& value, const std::string& name, std::vector<std::int32_t>& out) {
    const auto table = value.find("special_tokens");
    if (table == value.end() || !table->is_object() || !table->contains(name))
        return fail(ErrorCode::Corrupt,
                    cat("the template of tokenizer.json names \"", name, "\" without its id"));
    const Json& entry = (*table)[name];
    if (!entry.is_object() || !entry.contains("ids") || !entry["ids"].is_array())
        return malformed();
    for (const Json& id : entry["ids"]) {
        if (!id.is_number_unsigned() || id.get<std::uint64_t>() > kMaxTokenId ||
            out.size() >= kMaxSpecials)
            return malformed();
        out.push_back(id.get<std::int32_t>());
    }
    return {};
}

Status addTemplate(const Json& value, PostProcessor& post) {
    const auto single = value.find("single");
    if (single == value.end() || !single->is_array())
        return malformed();
    std::vector<std::int32_t> before;
    std::vector<std::int32_t> after;
    int texts = 0;
    for (const Json& step : *single) {
        if (!step.is_object() || step.size() != 1)
            return malformed();
        const Json& body = step.begin().value();
        if (step.begin().key() == "Sequence") {
            ++texts;
            continue;
        }
        if (step.begin().key() != "SpecialToken" || !body.is_object())
            return malformed();
        CRUX_TRY(name, jsonString(body, "id"));
        CRUX_TRY_VOID(addSpecial(value, name, texts == 0 ? before : after));
    }
    if (texts != 1)
        return malformed();
    // A later step of a sequence wraps what the earlier ones gave.
    post.before.insert(post.before.begin(), before.begin(), before.end());
    post.after.insert(post.after.end(), after.begin(), after.end());
    return {};
}

Status add(const Json& value, PostProcessor& post, int depth) {
    if (!value.is_object() || depth > kMaxDepth)
        return malformed();
    CRUX_TRY(type, jsonString(value, "type"));
    if (type == "ByteLevel")
        return {};
    if (type == "TemplateProcessing")
        return addTemplate(value, post);
    if (type != "Sequence")
        return fail(ErrorCode::Unsupported,
                    cat("the post-processor \"", type, "\" is not supported"), "tokenizer.json");
    const auto steps = value.find("processors");
    if (steps == value.end() || !steps->is_array())
        return malformed();
    for (const Json& step : *steps)
        CRUX_TRY_VOID(add(step, post, depth + 1));
    return {};
}

} // namespace

Result<PostProcessor> PostProcessor::fromJson(const Json& value) {
    PostProcessor post;
    if (!value.is_null())
        CRUX_TRY_VOID(add(value, post, 0));
    return post;
}

} // namespace crux::text
