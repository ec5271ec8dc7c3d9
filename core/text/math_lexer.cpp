#include "core/text/math_lexer.h"

#include "core/base/text_util.h"
#include "core/text/math_number.h"
#include "core/text/math_words.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <array>

namespace crux::text {

namespace {

using Kind = MathToken::Kind;

/// The digit that a raised or lowered character stands for ('-' and '+' too), 0 when it is none.
char scriptDigit(std::int32_t codePoint, bool raised) {
    if (raised && (codePoint == 0xB2 || codePoint == 0xB3))
        return static_cast<char>('0' + codePoint - 0xB0);
    if (raised && codePoint == 0xB9)
        return '1';
    const std::int32_t base = raised ? 0x2070 : 0x2080;
    if (codePoint >= base && codePoint <= base + 9)
        return static_cast<char>('0' + codePoint - base);
    if (codePoint == base + 0xA)
        return '+';
    return codePoint == base + 0xB ? '-' : '\0';
}

/// The text in ASCII: signs above it by their LaTeX names, runs of raised digits as ^{..}. Nothing
/// for characters without a meaning here.
std::optional<std::string> asciiText(std::string_view text) {
    std::string out;
    char script = 0; // ^ or _ while in such a run
    for (std::size_t at = 0; at < text.size(); at += utf8Length(text[at])) {
        const std::int32_t point = utf8CodePoint(text, at);
        const char raised = point < 0x80 ? '\0' : scriptDigit(point, true);
        const char lowered = point < 0x80 ? '\0' : scriptDigit(point, false);
        const char wanted = raised ? '^' : lowered ? '_' : '\0';
        if (script && wanted != script) {
            out += '}';
            script = 0;
        }
        if (wanted) {
            if (!script)
                out.append(1, wanted).append("{");
            script = wanted;
            out += raised ? raised : lowered;
        } else if (point < 0x80) {
            if (point == 0)
                return std::nullopt;
            out += text[at];
        } else if (const auto name = asciiOfCharacter(point)) {
            out += *name;
        } else {
            return std::nullopt;
        }
    }
    if (script)
        out += '}';
    return out;
}

/// Words that answers use and that are no product of variables.
bool isPlainWord(std::string_view lower) {
    constexpr std::array<std::string_view, 12> kWords = {"yes", "no",   "odd", "all", "any", "not",
                                                         "the", "none", "is",  "are", "has", "to"};
    return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

class Lexer {
public:
    Lexer(std::string_view text, const LexRules& rules, bool textMode)
        : m_text(text)
        , m_rules(rules)
        , m_textMode(textMode) {}

    bool run();
    std::vector<MathToken> take() { return std::move(m_tokens); }

private:
    char peek(std::size_t ahead = 0) const {
        return m_at + ahead < m_text.size() ? m_text[m_at + ahead] : '\0';
    }
    std::string_view rest() const { return m_text.substr(m_at); }
    MathToken& push(Kind kind, std::string text = {});
    void pushSymbol(char sign) { push(Kind::Symbol).sign = sign; }
    void pushWord(std::string_view words, bool isText);

    bool step();
    bool readCommand();
    bool readArgument(const LatexCommand& command);
    bool readEnvironment(std::string_view name);
    bool bracedText(std::string_view& content);
    void readTextBlock(std::string_view content);
    bool readNumber();
    std::size_t logBaseLength() const;
    bool readBaseNumber();
    void readLetters();
    bool splitLetters(std::string_view run);
    void symbolSeen(char sign);

    std::string_view m_text;
    LexRules m_rules;
    bool m_textMode = false;
    std::size_t m_at = 0;
    bool m_space = false;
    bool m_bold = false;
    int m_brackets = 0; // round, square and set brackets that are open
    int m_environments = 0;
    int m_arguments = 0;                 // arguments that a \frac before still wants
    std::vector<int> m_argumentsOutside; // the same, for each open brace
    std::vector<MathToken> m_tokens;
};

MathToken& Lexer::push(Kind kind, std::string text) {
    MathToken token;
    token.kind = kind;
    token.text = std::move(text);
    token.spaceBefore = m_space;
    m_space = false;
    if (m_arguments > 0 && kind != Kind::Symbol)
        --m_arguments;
    m_tokens.push_back(std::move(token));
    return m_tokens.back();
}

void Lexer::pushWord(std::string_view words, bool isText) {
    std::string lower;
    for (const char c : trimmed(words)) {
        const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '~';
        if (!blank)
            lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        else if (!lower.empty() && lower.back() != ' ')
            lower += ' ';
    }
    if (lower.empty())
        return;
    if (lower == "and" || lower == "or" || lower == "percent") {
        if (lower == "percent")
            return pushSymbol('%');
        push(Kind::Command, lower);
        return;
    }
    push(Kind::Word, std::move(lower)).isText = isText;
}

/// Brackets decide whether commas separate; braces carry the count of \frac's arguments.
void Lexer::symbolSeen(char sign) {
    if (sign == '(' || sign == '[' || sign == symbol::kSetOpen)
        ++m_brackets;
    if (sign == ')' || sign == ']' || sign == symbol::kSetClose)
        m_brackets = std::max(0, m_brackets - 1);
    if (sign == '{') {
        m_argumentsOutside.push_back(std::max(0, m_arguments - 1));
        m_arguments = 0;
    }
    if (sign == '}' && !m_argumentsOutside.empty()) {
        m_arguments = m_argumentsOutside.back();
        m_argumentsOutside.pop_back();
    }
}

/// The braced text at the cursor, without its braces.
bool Lexer::bracedText(std::string_view& content) {
    while (peek() == ' ')
        ++m_at;
    if (peek() != '{')
        return false;
    int depth = 0;
    for (std::size_t at = m_at; at < m_text.size(); ++at) {
        depth += m_text[at] == '{' ? 1 : m_text[at] == '}' ? -1 : 0;
        if (depth == 0) {
            content = m_text.substr(m_at + 1, at - m_at - 1);
            m_at = at + 1;
            return true;
        }
    }
    return false;
}

/// \text{..}: words, unless there are digits, signs or brackets in it.
void Lexer::readTextBlock(std::string_view content) {
    const auto isWordy = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == ' ' || c == '.' ||
               c == '-' || c == '\'' || c == '~' || c == '\n';
    };
    if (std::all_of(content.begin(), content.end(), isWordy)) {
        std::string_view words = trimmed(content);
        while (words.ends_with('.'))
            words.remove_suffix(1);
        pushWord(words, true);
        return;
    }
    Lexer inner(content, m_rules, true);
    if (!inner.run()) {
        pushWord(content, true);
        return;
    }
    for (MathToken& token : inner.m_tokens)
        m_tokens.push_back(std::move(token));
}

bool Lexer::readEnvironment(std::string_view name) {
    std::string_view environment;
    if (!bracedText(environment))
        return false;
    if (name == "begin" && environment == "array") { // {ccc}
        std::string_view columns;
        bracedText(columns);
    }
    m_environments += name == "begin" ? 1 : -1;
    push(Kind::Command, std::string(name)).environment = std::string(environment);
    return true;
}

bool Lexer::readArgument(const LatexCommand& command) {
    std::string_view content;
    if (!bracedText(content))
        return command.role == LatexCommand::Role::Bold; // \vec v
    const std::string_view name = trimmed(content);
    if (command.role == LatexCommand::Role::Text) {
        readTextBlock(content);
    } else if (command.role == LatexCommand::Role::Roman) {
        if (mathFunctionFromName(name))
            push(Kind::Command, std::string(name));
        else if (name == "e" || name == "i" || name == "d")
            push(Kind::Name, std::string(name));
        else
            readTextBlock(content);
    } else {
        // The letter of a vector; what is not a letter is read as usual.
        if (name.size() == 1 &&
            ((name[0] >= 'a' && name[0] <= 'z') || (name[0] >= 'A' && name[0] <= 'Z')))
            push(Kind::Name, (name == "e" || name == "i" ? "\\mathbf " : "") + std::string(name));
        else
            m_at = static_cast<std::size_t>(content.data() - m_text.data()) - 1;
    }
    return true;
}

bool Lexer::readCommand() {
    std::size_t end = m_at + 1;
    const auto isLetter = [&](std::size_t i) {
        return i < m_text.size() &&
               ((m_text[i] >= 'a' && m_text[i] <= 'z') || (m_text[i] >= 'A' && m_text[i] <= 'Z'));
    };
    if (m_environments == 0 && peek(1) == '\\' && isLetter(m_at + 2)) { // escaped twice
        ++m_at;
        return true;
    }
    while (isLetter(end))
        ++end;
    if (end == m_at + 1 && end < m_text.size())
        ++end;
    const std::string_view name = m_text.substr(m_at + 1, end - m_at - 1);
    // "\0" and "\-1" stand in matrices whose "\\" lost a half on its way.
    if (name.size() == 1 && (name[0] == '-' || (name[0] >= '0' && name[0] <= '9'))) {
        ++m_at;
        pushSymbol(symbol::kRowBreak);
        return true;
    }
    const LatexCommand command = latexCommand(name);
    m_at = end;
    switch (command.role) {
    case LatexCommand::Role::Skip:
        m_space = m_space || name == " " || name == "quad" || name == "qquad";
        return true;
    case LatexCommand::Role::Text:
    case LatexCommand::Role::Roman:
    case LatexCommand::Role::Bold:
        return readArgument(command);
    case LatexCommand::Role::Symbol:
        pushSymbol(command.sign);
        symbolSeen(command.sign);
        return true;
    case LatexCommand::Role::Name:
        push(Kind::Name, cat("\\", name));
        return true;
    case LatexCommand::Role::Command:
        break;
    case LatexCommand::Role::Unknown:
        return false;
    }
    if (command.name == "begin" || command.name == "end")
        return readEnvironment(command.name);
    if (command.name == "mathbb") {
        std::string_view set;
        if (!bracedText(set) || set != "R")
            return false;
        push(Kind::Command, "reals");
        return true;
    }
    push(Kind::Command, std::string(command.name));
    if (command.name == "frac" || command.name == "binom")
        m_arguments = 2;
    return true;
}

bool Lexer::readBaseNumber() {
    BaseDigits found;
    if (m_arguments > 0 || !readBaseDigits(m_text, m_at, found))
        return false;
    push(Kind::BaseNumber, std::move(found.digits)).base = found.base;
    m_at = found.end;
    return true;
}

/// \log_28 is the logarithm of 8 to the base 2: how many digits behind "\log_" are the base when the
/// argument has to come from among them; 0 elsewhere.
std::size_t Lexer::logBaseLength() const {
    const std::size_t count = m_tokens.size();
    if (count < 2 || !m_tokens[count - 1].is('_') || !m_tokens[count - 2].isCommand("log"))
        return 0;
    const std::size_t end = std::min(m_text.find_first_not_of("0123456789", m_at), m_text.size());
    const std::size_t next = std::min(m_text.find_first_not_of(' ', end), m_text.size());
    const char after = next < m_text.size() ? m_text[next] : '\0';
    const bool hasArgument = (after >= 'a' && after <= 'z') || (after >= 'A' && after <= 'Z') ||
                             (after >= '0' && after <= '9') ||
                             (after != 0 && std::string_view("({\\|").find(after) != std::string_view::npos);
    if (hasArgument || end - m_at < 2)
        return 0;
    return m_text.substr(m_at).starts_with("10") && end - m_at > 2 ? 2 : 1;
}

bool Lexer::readNumber() {
    if (m_arguments > 0 && peek() != '.') { // \frac12: one digit an argument
        const int digit = peek() - '0';
        MathToken& token = push(Kind::Number);
        token.value = digit;
        token.isInteger = true;
        ++m_at;
        return true;
    }
    if (const std::size_t length = logBaseLength(); length > 0) {
        MathToken& token = push(Kind::Number);
        token.value = Integer(std::string(m_text.substr(m_at, length)));
        token.isInteger = true;
        m_at += length;
        return true;
    }
    DecimalLiteral literal;
    const bool isScript = !m_tokens.empty() && (m_tokens.back().is('_') || m_tokens.back().is('^'));
    const Thousands thousands = isScript                               ? Thousands::None
                                : m_rules.thousands && m_brackets == 0 ? Thousands::Commas
                                                                       : Thousands::Spaces;
    if (!readDecimal(m_text, m_at, thousands, literal))
        return false;
    MathToken& token = push(Kind::Number);
    token.value = std::move(literal.value);
    token.isInteger = literal.isInteger;
    m_at = literal.end;
    return true;
}

/// "sinx", "2pi", "pir": a known name beside one letter.
bool Lexer::splitLetters(std::string_view run) {
    for (std::size_t length = run.size() - 1; length >= 2; --length) {
        const std::string_view head = run.substr(0, length);
        const std::string_view tail = run.substr(length);
        const bool isKnown = head == "pi" || head == "sqrt" || mathFunctionFromName(head);
        if (!isKnown || (tail.size() > 1 && tail != "pi"))
            continue;
        push(Kind::Command, std::string(head));
        push(tail == "pi" ? Kind::Command : Kind::Name, std::string(tail));
        return true;
    }
    return false;
}

void Lexer::readLetters() {
    std::size_t end = m_at;
    while (end < m_text.size() && ((m_text[end] >= 'a' && m_text[end] <= 'z') ||
                                   (m_text[end] >= 'A' && m_text[end] <= 'Z')))
        ++end;
    const std::string_view run = m_text.substr(m_at, end - m_at);
    m_at = end;
    std::string lower(run);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    const bool behindNumber = !m_tokens.empty() && m_tokens.back().kind == Kind::Number;
    const bool isUnit =
        run.size() > 1 && behindNumber && !unitOf(run).empty() && peek() != '(' && peek() != '{';
    if (m_textMode || isUnit || isPlainWord(lower)) {
        pushWord(run, m_textMode);
    } else if (run.size() == 1) {
        push(Kind::Name, std::string(run));
    } else if (lower == "pi" || lower == "sqrt" || lower == "choose") {
        push(Kind::Command, lower);
    } else if (lower == "infinity" || lower == "inf" || run == "oo") {
        push(Kind::Command, "infty");
    } else if (mathFunctionFromName(run) || mathFunctionFromName(lower)) {
        push(Kind::Command, mathFunctionFromName(run) ? std::string(run) : lower);
    } else if (splitLetters(run)) {
        return;
    } else if (run.size() >= 4 || lower == "and" || lower == "or" ||
               (behindNumber &&
                (lower == "st" || lower == "nd" || lower == "rd" || lower == "th"))) {
        pushWord(run, false);
    } else {
        for (const char c : run)
            push(Kind::Name, std::string(1, c));
    }
}

bool Lexer::step() {
    const char c = peek();
    const bool isDigit = c >= '0' && c <= '9';
    if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '~') {
        m_space = true;
        ++m_at;
        return true;
    }
    if (c == '\\')
        return readCommand();
    if ((isDigit || (c >= 'A' && c <= 'Z')) && !m_textMode && readBaseNumber())
        return true;
    if (isDigit || (c == '.' && peek(1) >= '0' && peek(1) <= '9'))
        return readNumber();
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
        readLetters();
        return true;
    }
    ++m_at;
    constexpr std::array<std::pair<std::string_view, char>, 5> kPairs = {
        {{"<=", symbol::kLessEqual},
         {">=", symbol::kGreaterEqual},
         {"!=", symbol::kNotEqual},
         {"**", '^'},
         {"+-", symbol::kPlusMinus}}};
    for (const auto& [written, sign] : kPairs)
        if (m_text.substr(m_at - 1).starts_with(written)) {
            ++m_at;
            pushSymbol(sign);
            return true;
        }
    if (c == '$' || c == '"' || c == '`')
        return true;
    if (c == '.') // a full stop; in the middle of an answer it means nothing known
        return rest().find_first_not_of(" \t\r\n.)}]$'\"") == std::string_view::npos;
    constexpr std::string_view kSigns = "+-*/^_!,;:()[]{}|=<>&%'";
    if (kSigns.find(c) == std::string_view::npos)
        return false;
    pushSymbol(c == ';' ? ',' : c);
    symbolSeen(c);
    return true;
}

bool Lexer::run() {
    while (m_at < m_text.size())
        if (!step())
            return false;
    return true;
}

} // namespace

std::optional<std::vector<MathToken>> lexMath(std::string_view text, const LexRules& rules) {
    if (text.size() > kMaxMathBytes || firstInvalidUtf8(text) != std::string_view::npos)
        return std::nullopt;
    const auto ascii = asciiText(text);
    if (!ascii)
        return std::nullopt;
    Lexer lexer(*ascii, rules, false);
    if (!lexer.run())
        return std::nullopt;
    return lexer.take();
}

} // namespace crux::text
