// Oniguruma's regular expression syntax turned into PCRE2's.
#include "core/text/regex.h"

#include "core/base/text_util.h"

namespace crux::text {

namespace {

constexpr std::string_view kWordItems = "\\p{Alphabetic}\\p{M}\\p{N}\\p{Pc}";

Failure refused(std::string_view what, std::string_view pattern) {
    return fail(ErrorCode::Unsupported,
                cat("the tokenizer's pattern uses ", what, ", which Crux does not read"),
                std::string(pattern));
}

/// Walks a pattern once and writes the other syntax. One use, on one thread.
class SyntaxWriter {
public:
    explicit SyntaxWriter(std::string_view pattern)
        : m_pattern(pattern) {}

    Result<std::string> run() {
        while (m_at < m_pattern.size())
            CRUX_TRY_VOID(step());
        return std::move(m_out);
    }

private:
    Status step() {
        const std::string_view rest = m_pattern.substr(m_at);
        if (rest[0] == '\\')
            return escape();
        if (m_inClass)
            return classCharacter(rest);
        if (rest.starts_with("(?m"))
            return refused("(?m)", m_pattern);
        if (rest[0] == '[') {
            m_inClass = true;
            copy(rest.starts_with("[^") ? 2 : 1);
            if (m_at < m_pattern.size() && m_pattern[m_at] == ']')
                copy(1); // a literal ] in the first place
            return {};
        }
        copy(1);
        return {};
    }

    Status classCharacter(std::string_view rest) {
        if (rest.starts_with("[:")) {
            const std::size_t end = rest.find(":]");
            if (end == std::string_view::npos)
                return refused("an unfinished class", m_pattern);
            copy(end + 2);
            return {};
        }
        if (rest[0] == '[')
            return refused("a class inside a class", m_pattern);
        if (rest.starts_with("&&"))
            return refused("an intersection of classes", m_pattern);
        if (rest[0] == ']')
            m_inClass = false;
        copy(1);
        return {};
    }

    Status escape() {
        if (m_at + 1 >= m_pattern.size())
            return refused("a lone backslash", m_pattern);
        const char kind = m_pattern[m_at + 1];
        m_at += 2;
        switch (kind) {
        case 's':
            m_out += "\\p{White_Space}"; // PCRE2's own \s also takes U+180E
            return {};
        case 'S':
            m_out += "\\P{White_Space}";
            return {};
        case 'w':
            m_out += m_inClass ? std::string(kWordItems) : cat("[", kWordItems, "]");
            return {};
        case 'h':
            m_out += m_inClass ? "0-9a-fA-F" : "[0-9a-fA-F]"; // Oniguruma: a hexadecimal digit
            return {};
        case 'W':
        case 'H':
            if (m_inClass)
                return refused(cat("\\", kind, " in a class"), m_pattern);
            m_out += kind == 'W' ? cat("[^", kWordItems, "]") : std::string("[^0-9a-fA-F]");
            return {};
        case 'u':
            return unicodeEscape();
        default:
            m_out += '\\';
            m_out += kind;
            return {};
        }
    }

    Status unicodeEscape() {
        const std::string_view digits = m_pattern.substr(m_at, 4);
        if (digits.size() < 4 ||
            digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
            return refused("an unfinished \\u", m_pattern);
        m_out += cat("\\x{", digits, "}");
        m_at += 4;
        return {};
    }

    void copy(std::size_t count) {
        m_out.append(m_pattern.substr(m_at, count));
        m_at += count;
    }

    std::string_view m_pattern;
    std::size_t m_at = 0;
    bool m_inClass = false;
    std::string m_out;
};

} // namespace

Result<std::string> toPcre2Syntax(std::string_view pattern) {
    // As it stands this searches a long run of blanks once from each of its blanks; anchored to
    // the run's start it finds the same matches in linear time (a greedy match leaves no line end
    // behind it in the same run).
    if (pattern == "\\s+$")
        pattern = "(?<!\\s)\\s+$";
    return SyntaxWriter(pattern).run();
}

} // namespace crux::text
