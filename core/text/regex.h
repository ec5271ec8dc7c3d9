// Regular expressions as tokenizer.json writes them (Oniguruma's syntax), on PCRE2 with JIT.
#pragma once

#include "core/base/result.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct pcre2_real_code_8;

namespace crux::text {

/// The same pattern in PCRE2's syntax. Refuses constructs whose meaning differs (nested or
/// intersected classes, (?m), \W or \H inside a class), naming them.
Result<std::string> toPcre2Syntax(std::string_view pattern);

/// A compiled pattern. Immutable, thread-safe, cheap to copy. Subjects must be valid UTF-8.
/// A search that passes PCRE2's limits counts as "no match", so a hostile pattern or text costs
/// bounded time and splits coarser instead of hanging.
class Regex {
public:
    struct Match {
        std::size_t begin = 0;
        std::size_t end = 0;
    };

    static Result<Regex> compile(std::string_view pattern);
    /// A pattern that matches `literal` itself.
    static Result<Regex> literal(std::string_view text);

    /// Leftmost match at or after byte `from`.
    std::optional<Match> find(std::string_view subject, std::size_t from) const;
    /// All matches in order, as Oniguruma's iterator gives them: an empty match right behind the
    /// last match is not accepted.
    template <typename Visit> void forEach(std::string_view subject, Visit&& visit) const;

private:
    static Result<Regex> compilePcre2(const std::string& pattern, std::string_view shown);

    std::shared_ptr<const pcre2_real_code_8> m_code;
};

template <typename Visit> void Regex::forEach(std::string_view subject, Visit&& visit) const {
    std::size_t from = 0;
    std::size_t lastEnd = std::string_view::npos;
    while (from <= subject.size()) {
        const std::optional<Match> match = find(subject, from);
        if (!match)
            return;
        if (match->begin == match->end && match->end == lastEnd) {
            if (from == subject.size())
                return;
            do {
                ++from;
            } while (from < subject.size() &&
                     (static_cast<unsigned char>(subject[from]) & 0xC0) == 0x80);
            continue;
        }
        from = lastEnd = match->end;
        visit(*match);
    }
}

} // namespace crux::text
