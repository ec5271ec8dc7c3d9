#include "core/store/filter_lexer.h"

#include "core/base/text_util.h"

namespace crux::store {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kOperatorStart = "=!<>~";

/// Reads words one by one; keeps the column in characters, not bytes.
class Lexer {
public:
    explicit Lexer(std::string_view text)
        : m_text(text) {}

    Result<std::vector<FilterToken>> all() {
        std::vector<FilterToken> tokens;
        while (true) {
            CRUX_TRY(token, next());
            tokens.push_back(std::move(token));
            if (tokens.back().kind == FilterToken::Kind::End)
                return tokens;
        }
    }

private:
    using Kind = FilterToken::Kind;

    char peek() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
    char take() {
        const char c = m_text[m_at++];
        if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) // not a continuation byte
            ++m_column;
        return c;
    }

    Result<FilterToken> next() {
        while (m_at < m_text.size() && kBlanks.find(peek()) != std::string_view::npos)
            take();
        FilterToken token;
        token.column = m_column;
        if (m_at >= m_text.size())
            return token;
        const char c = peek();
        if (c == '(' || c == ')') {
            token.kind = c == '(' ? Kind::Open : Kind::Close;
            token.text = take();
            return token;
        }
        if (c == '"' || c == '\'')
            return quoted(std::move(token));
        if (kOperatorStart.find(c) != std::string_view::npos)
            return op(std::move(token));
        token.kind = Kind::Word;
        while (m_at < m_text.size() && !endsWord(peek()))
            token.text += take();
        return token;
    }

    static bool endsWord(char c) {
        return kBlanks.find(c) != std::string_view::npos ||
               kOperatorStart.find(c) != std::string_view::npos || c == '(' || c == ')' || c == '"';
    }

    /// Inside quotes, \" and \\ stand for themselves, \n and \t for line end and tab.
    Result<FilterToken> quoted(FilterToken token) {
        token.kind = Kind::Quoted;
        const char quote = take();
        while (m_at < m_text.size()) {
            const char c = take();
            if (c == quote)
                return token;
            if (c != '\\' || m_at >= m_text.size()) {
                token.text += c;
                continue;
            }
            const char escaped = take();
            token.text += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped;
        }
        return filterFault(m_column, cat("a closing ", quote));
    }

    Result<FilterToken> op(FilterToken token) {
        token.kind = Kind::Op;
        token.text = take();
        if (peek() == '=' && (token.text == "!" || token.text == "<" || token.text == ">"))
            token.text += take();
        else if (peek() == '=' && token.text == "=")
            take(); // == is = to whoever programs
        if (token.text == "!")
            return filterFault(m_column, "= after !");
        return token;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
    std::size_t m_column = 1;
};

} // namespace

Failure filterFault(std::size_t column, const std::string& expected) {
    return fail(ErrorCode::InvalidArgument,
                cat("the filter is not understood at column ", column, ": expected ", expected),
                cat("column ", column));
}

Result<std::vector<FilterToken>> lexFilter(std::string_view expression) {
    if (const auto bad = firstInvalidUtf8(expression); bad != std::string_view::npos)
        return filterFault(bad + 1, "valid UTF-8");
    return Lexer(expression).all();
}

} // namespace crux::store
