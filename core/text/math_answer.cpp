#include "core/text/math_answer.h"

#include "core/base/text_util.h"
#include "core/text/math_grammar.h"
#include "core/text/math_words.h"

#include <algorithm>
#include <array>
#include <span>

namespace crux::text {

namespace {

using Kind = MathToken::Kind;
using Role = LatexCommand::Role;

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool isBlank(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/// The command whose backslash stands at `at`: its letters, or one sign.
std::string_view commandAt(std::string_view text, std::size_t at) {
    std::size_t end = at + 1;
    while (end < text.size() && isLetter(text[end]))
        ++end;
    return text.substr(at + 1, std::max<std::size_t>(end - at - 1, 1));
}

/// Ends of an answer that are Markdown, punctuation or mathematics' delimiters.
std::string_view withoutEdges(std::string_view text) {
    for (std::size_t size = 0; size != text.size();) {
        size = text.size();
        text = trimmed(text);
        if (text.starts_with("*") || text.starts_with("`") || text.starts_with("$") ||
            text.starts_with(":"))
            text.remove_prefix(1);
        if (text.ends_with("*") || text.ends_with("`") || text.ends_with("$") ||
            (text.ends_with(".") && !text.ends_with("..")) || text.ends_with(","))
            text.remove_suffix(1);
    }
    return text;
}

std::span<const MathToken> withoutTrailing(std::span<const MathToken> tokens) {
    while (!tokens.empty() && (tokens.back().is(',') || tokens.back().is('\'')))
        tokens = tokens.first(tokens.size() - 1);
    return tokens;
}

bool isIntroduction(const MathToken& token) {
    constexpr std::array<std::string_view, 14> kWords = {
        "approximately", "about", "exactly", "roughly", "around", "nearly",   "the", "is",
        "equals",        "equal", "answer",  "just",    "only",   "answer is"};
    return token.kind == Kind::Word &&
           std::find(kWords.begin(), kWords.end(), token.text) != kWords.end();
}

/// "approximately 5", "Area of the triangle = 5" without what comes before the 5.
std::span<const MathToken> withoutIntroduction(std::span<const MathToken> tokens) {
    while (!tokens.empty() && isIntroduction(tokens.front()))
        tokens = tokens.subspan(1);
    if (tokens.empty() || tokens.front().kind != Kind::Word)
        return tokens;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].is('=') || tokens[i].is(':'))
            return tokens.subspan(i + 1);
        if (tokens[i].kind != Kind::Word && tokens[i].kind != Kind::Name)
            break;
    }
    return tokens;
}

/// The one form of a unit phrase; empty when a word of it is no unit.
std::string unitOfTokens(std::span<const MathToken> tokens) {
    std::string form;
    for (const MathToken& token : tokens)
        for (std::string_view rest = token.text; !rest.empty();) {
            const std::size_t end = std::min(rest.find_first_of(" -./"), rest.size());
            const std::string_view word = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            if (word.empty() || isUnitFiller(word))
                continue;
            const std::string_view unit = unitOf(word);
            if (unit.empty())
                return {};
            form.append(form.empty() ? "" : " ").append(unit);
        }
    return form;
}

/// Where the words behind the mathematics begin; tokens.size() when there are none.
std::size_t unitBegin(std::span<const MathToken> tokens) {
    std::size_t begin = 0;
    while (begin < tokens.size() && tokens[begin].kind != Kind::Word)
        ++begin;
    if (begin == 0 || begin == tokens.size())
        return tokens.size();
    for (std::size_t i = begin; i < tokens.size(); ++i) {
        const MathToken& token = tokens[i];
        const bool isExponent =
            token.kind == Kind::Number &&
            (tokens[i - 1].is('^') || (i >= 2 && tokens[i - 1].is('{') && tokens[i - 2].is('^')));
        const bool belongs = token.kind == Kind::Word || token.kind == Kind::Name || isExponent ||
                             token.is('/') || token.is('^') || token.is('*') || token.is('-') ||
                             token.is('{') || token.is('}') || token.is('(') || token.is(')');
        if (!belongs)
            return tokens.size();
    }
    // "(5 cm" would lose its bracket: only what is closed before the unit counts.
    const bool isAttached = !tokens[begin].spaceBefore && !tokens[begin].isText &&
                            unitOf(tokens[begin].text).empty() && tokens[begin].text.size() > 2;
    return isAttached ? tokens.size() : begin;
}

/// "5 m", "3 m/s", "4 s^2": a number and units of one letter to the end.
bool endsInLetterUnit(std::span<const MathToken> tokens, std::size_t& begin) {
    begin = 0;
    while (begin < tokens.size() && tokens[begin].kind != Kind::Name)
        ++begin;
    if (begin == 0 || begin == tokens.size() || !tokens[begin].spaceBefore)
        return false;
    bool expectsUnit = true;
    for (std::size_t i = begin; i < tokens.size(); ++i) {
        if (expectsUnit && (tokens[i].kind != Kind::Name || unitOf(tokens[i].text).empty()))
            return false;
        if (!expectsUnit && !tokens[i].is('/') && !tokens[i].is('^') &&
            tokens[i].kind != Kind::Number)
            return false;
        expectsUnit = tokens[i].is('/');
    }
    return !expectsUnit;
}

std::optional<int> parsed(MathTree& tree, std::span<const MathToken> tokens, MathWork& work) {
    return tokens.empty() ? std::nullopt : MathGrammar(tree, tokens, work).whole();
}

} // namespace

std::string tidyMath(std::string_view answer) {
    answer = withoutEdges(answer);
    std::string out;
    for (std::size_t at = 0; at < answer.size();) {
        const char c = answer[at];
        if (c == '\\' && at + 1 < answer.size()) {
            const std::string_view name = commandAt(answer, at);
            at += 1 + name.size();
            if (name == "\\") {
                out += "\\\\";
            } else if (name == "dfrac" || name == "tfrac" || name == "cfrac") {
                out += "\\frac";
            } else if (latexCommand(name).role == Role::Skip) {
                const bool isSpace =
                    name == " " || name == "quad" || name == "qquad" || name == "space";
                if (name == ",") // between digits it groups thousands
                    out += "\\,";
                else if (isSpace && !out.empty() && !isBlank(out.back()))
                    out += ' ';
                else if (name == "!" && at < answer.size() && answer[at] == ',') // 1\!,234
                    out += "\\!";
            } else {
                out.append("\\").append(name);
            }
            continue;
        }
        ++at;
        if (c == '$')
            continue;
        if (!isBlank(c))
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    return std::string(withoutEdges(out));
}

std::string mathKey(std::string_view tidied) {
    std::string key;
    for (std::size_t at = 0; at < tidied.size();) {
        const char c = tidied[at];
        if (c == '\\' && at + 1 < tidied.size()) {
            const std::string_view name = commandAt(tidied, at);
            at += 1 + name.size();
            const Role role = latexCommand(name).role;
            if (role != Role::Skip && role != Role::Text && role != Role::Roman)
                key.append("\\").append(name);
            continue;
        }
        const bool parts = isBlank(c) && at > 0 && isDigit(tidied[at - 1]) &&
                           at + 1 < tidied.size() && isDigit(tidied[at + 1]);
        if (!isBlank(c) || parts)
            key += c;
        ++at;
    }
    while (key.size() >= 2 && key.front() == '{' && key.back() == '}' &&
           std::string_view(key).substr(1, key.size() - 2).find_first_of("{}") ==
               std::string_view::npos)
        key = key.substr(1, key.size() - 2);
    return key;
}

std::string wordsKey(std::string_view tidied) {
    std::string key;
    for (std::size_t at = 0; at < tidied.size();) {
        const char c = tidied[at];
        if (c == '\\' && at + 1 < tidied.size()) {
            const std::string_view name = commandAt(tidied, at);
            at += 1 + name.size();
            const Role role = latexCommand(name).role;
            if (role == Role::Command || role == Role::Name || role == Role::Symbol)
                key.append(name);
            continue;
        }
        ++at;
        const bool isHigh = static_cast<unsigned char>(c) >= 0x80;
        const bool isMinus = c == '-' && at < tidied.size() && isDigit(tidied[at]);
        if (isDigit(c) || isLetter(c) || isHigh || isMinus)
            key += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        else if (isBlank(c))
            for (const std::string_view article : {"the", "an", "a"})
                if (key == article)
                    key.clear();
    }
    return key;
}

char leadingChoice(std::string_view tidied) {
    std::string plain;
    for (std::size_t at = 0; at < tidied.size() && plain.size() < 24;) {
        if (tidied[at] == '\\' && at + 1 < tidied.size()) {
            const std::string_view name = commandAt(tidied, at);
            const Role role = latexCommand(name).role;
            if (role != Role::Text && role != Role::Roman && role != Role::Bold &&
                role != Role::Skip)
                plain += '\\';
            at += 1 + name.size();
            continue;
        }
        if (tidied[at] != '{' && tidied[at] != '}' && !(plain.empty() && isBlank(tidied[at])))
            plain += tidied[at];
        ++at;
    }
    std::string_view text = plain;
    for (const std::string_view word : {"option ", "Option ", "choice ", "Choice "})
        if (text.starts_with(word))
            text.remove_prefix(word.size());
    const bool bracketed = text.starts_with('(');
    if (bracketed)
        text.remove_prefix(1);
    if (text.empty() || text[0] < 'A' || text[0] > 'J')
        return 0;
    const char next = text.size() > 1 ? text[1] : '\0';
    const bool ends =
        bracketed ? next == ')' : next == '\0' || next == ')' || next == '.' || next == ':';
    return ends ? text[0] : '\0';
}

char choiceLetter(std::string_view tidied) {
    const std::string key = wordsKey(tidied);
    const char letter = leadingChoice(tidied);
    return key.size() == 1 ? letter : '\0';
}

MathAnswer readMathAnswer(std::string_view tidied, MathTree& tree, const LexRules& rules,
                          MathWork& work) {
    MathAnswer answer;
    const auto lexed = lexMath(tidied, rules);
    if (!lexed)
        return answer;
    std::span<const MathToken> tokens = withoutIntroduction(withoutTrailing(*lexed));
    const std::size_t begin = unitBegin(tokens);
    if (begin < tokens.size()) {
        answer.unit = unitOfTokens(tokens.subspan(begin));
        tokens = tokens.first(begin);
    }
    if (std::any_of(tokens.begin(), tokens.end(),
                    [](const MathToken& token) { return token.kind == Kind::Word; })) {
        answer.form = MathAnswer::Form::Words;
        return answer;
    }
    const auto root = parsed(tree, tokens, work);
    if (!root)
        return answer;
    answer.form = MathAnswer::Form::Expression;
    answer.root = *root;
    if (std::size_t letters = 0; endsInLetterUnit(tokens, letters)) {
        answer.bareRoot = parsed(tree, tokens.first(letters), work).value_or(-1);
        answer.bareUnit = unitOfTokens(tokens.subspan(letters));
    }
    return answer;
}

bool hasThousandsComma(std::string_view text) {
    for (std::size_t at = text.find(','); at != std::string_view::npos; at = text.find(',', at + 1))
        if (at > 0 && isDigit(text[at - 1]) && at + 3 < text.size() && isDigit(text[at + 1]) &&
            isDigit(text[at + 2]) && isDigit(text[at + 3]))
            return true;
    return false;
}

} // namespace crux::text
