#include "core/text/regex.h"

#include "core/base/text_util.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace crux::text {

namespace {

constexpr std::size_t kMaxPatternBytes = 64 * 1024;
constexpr std::uint32_t kMatchLimit = 50'000'000;
constexpr std::uint32_t kHeapLimitKib = 64 * 1024;
constexpr std::size_t kJitStackBytes = std::size_t{8} << 20;

/// What a thread needs to match: made once, freed with the thread.
struct MatchScratch {
    MatchScratch()
        : data(pcre2_match_data_create(1, nullptr))
        , context(pcre2_match_context_create(nullptr))
        , stack(pcre2_jit_stack_create(32 * 1024, kJitStackBytes, nullptr)) {
        CRUX_CHECK(data && context);
        pcre2_set_match_limit(context, kMatchLimit);
        pcre2_set_heap_limit(context, kHeapLimitKib);
        if (stack)
            pcre2_jit_stack_assign(context, nullptr, stack);
    }
    ~MatchScratch() {
        pcre2_match_data_free(data);
        pcre2_match_context_free(context);
        pcre2_jit_stack_free(stack);
    }
    MatchScratch(const MatchScratch&) = delete;
    MatchScratch& operator=(const MatchScratch&) = delete;

    pcre2_match_data* data;
    pcre2_match_context* context;
    pcre2_jit_stack* stack;
};

MatchScratch& scratch() {
    thread_local MatchScratch own;
    return own;
}

PCRE2_SPTR bytesOf(std::string_view text) {
    static constexpr char kNothing = 0;
    return reinterpret_cast<PCRE2_SPTR>(text.data() ? text.data() : &kNothing);
}

} // namespace

Result<Regex> Regex::compile(std::string_view pattern) {
    if (pattern.size() > kMaxPatternBytes)
        return fail(ErrorCode::Unsupported, "the tokenizer's pattern is longer than 64 KiB");
    CRUX_TRY(translated, toPcre2Syntax(pattern));
    return compilePcre2(translated, pattern);
}

Result<Regex> Regex::literal(std::string_view text) {
    if (text.size() > kMaxPatternBytes)
        return fail(ErrorCode::Unsupported, "the tokenizer's pattern is longer than 64 KiB");
    std::string escaped;
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x80 && !isalnum(static_cast<unsigned char>(c)))
            escaped += '\\';
        escaped += c;
    }
    return compilePcre2(escaped, text);
}

Result<Regex> Regex::compilePcre2(const std::string& pattern, std::string_view shown) {
    int error = 0;
    PCRE2_SIZE at = 0;
    pcre2_compile_context* context = pcre2_compile_context_create(nullptr);
    CRUX_CHECK(context);
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    // Oniguruma's ^ and $ are those of lines; unset names and depth keep hostile patterns cheap.
    pcre2_set_parens_nest_limit(context, 64);
    pcre2_code* code = pcre2_compile(bytesOf(pattern), pattern.size(),
                                     PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE, &error, &at, context);
    pcre2_compile_context_free(context);
    if (!code) {
        PCRE2_UCHAR message[200] = {};
        pcre2_get_error_message(error, message, sizeof message);
        return fail(ErrorCode::Corrupt,
                    cat("the tokenizer's pattern \"", withReplacedUtf8(shown.substr(0, 60)),
                        "\" is not a regular expression Crux can read"),
                    {}, reinterpret_cast<const char*>(message));
    }
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); // without JIT the interpreter does the same
    Regex regex;
    regex.m_code =
        std::shared_ptr<const pcre2_real_code_8>(code, [](const pcre2_real_code_8* owned) {
            pcre2_code_free(const_cast<pcre2_real_code_8*>(owned));
        });
    return regex;
}

std::optional<Regex::Match> Regex::find(std::string_view subject, std::size_t from) const {
    MatchScratch& own = scratch();
    const int rc = pcre2_match(m_code.get(), bytesOf(subject), subject.size(), from,
                               PCRE2_NO_UTF_CHECK, own.data, own.context);
    if (rc < 0)
        return std::nullopt;
    const PCRE2_SIZE* range = pcre2_get_ovector_pointer(own.data);
    if (range[0] > range[1]) // \K inside a lookahead
        return std::nullopt;
    return Match{range[0], range[1]};
}

} // namespace crux::text
