#include "core/text/plain_expression.h"

#include "core/text/math_exact.h"
#include "core/text/math_lexer.h"
#include "core/text/math_number.h"

#include <array>
#include <string>
#include <utility>

namespace crux::text {

namespace {

using Node = std::optional<int>;

struct Call {
    std::string_view name;
    MathFunction function;
};
constexpr std::array<Call, 28> kCalls = {{{"sin", MathFunction::Sin},
                                          {"cos", MathFunction::Cos},
                                          {"tan", MathFunction::Tan},
                                          {"cot", MathFunction::Cot},
                                          {"sec", MathFunction::Sec},
                                          {"csc", MathFunction::Csc},
                                          {"asin", MathFunction::Arcsin},
                                          {"acos", MathFunction::Arccos},
                                          {"atan", MathFunction::Arctan},
                                          {"acot", MathFunction::Arccot},
                                          {"sinh", MathFunction::Sinh},
                                          {"cosh", MathFunction::Cosh},
                                          {"tanh", MathFunction::Tanh},
                                          {"log", MathFunction::Ln},
                                          {"ln", MathFunction::Ln},
                                          {"exp", MathFunction::Exp},
                                          {"sqrt", MathFunction::Root},
                                          {"Abs", MathFunction::Abs},
                                          {"floor", MathFunction::Floor},
                                          {"ceiling", MathFunction::Ceil},
                                          {"binomial", MathFunction::Binomial},
                                          {"abs", MathFunction::Abs},
                                          {"Max", MathFunction::Max},
                                          {"Min", MathFunction::Min},
                                          {"max", MathFunction::Max},
                                          {"min", MathFunction::Min},
                                          {"lcm", MathFunction::Lcm},
                                          {"gcd", MathFunction::Gcd}}};

bool takes(MathFunction function, std::size_t arguments) {
    switch (function) {
    case MathFunction::Max:
    case MathFunction::Min:
        return true;
    case MathFunction::Binomial:
    case MathFunction::Gcd:
    case MathFunction::Lcm:
        return arguments == 2;
    default:
        return arguments == 1;
    }
}

class PlainReader {
public:
    PlainReader(std::string_view text, MathTree& tree, MathWork& work)
        : m_text(text)
        , m_tree(tree)
        , m_work(work) {}

    Node whole() {
        const Node found = exclusiveOr();
        skipBlanks();
        return found && m_at == m_text.size() && !m_tree.isTooLarge() ? found : std::nullopt;
    }

private:
    static constexpr int kMaxDepth = 100;

    void skipBlanks() {
        while (m_at < m_text.size() && m_text[m_at] == ' ')
            ++m_at;
    }
    bool take(std::string_view sign) {
        skipBlanks();
        if (!m_text.substr(m_at).starts_with(sign))
            return false;
        m_at += sign.size();
        return true;
    }
    bool mayGoOn() { return m_depth < kMaxDepth && m_work.spend(1) && !m_tree.isTooLarge(); }

    Node exclusiveOr();
    Node sum();
    Node product();
    Node unary();
    Node power();
    Node postfix();
    Node atom();
    Node number();
    Node name();
    Node call(std::string_view name);

    std::string_view m_text;
    MathTree& m_tree;
    MathWork& m_work;
    std::size_t m_at = 0;
    int m_depth = 0;
};

/// Weaker than "+", and defined for whole numbers alone.
Node PlainReader::exclusiveOr() {
    Node left = sum();
    while (left && take("^")) {
        const Node right = sum();
        const auto a = right ? exactValue(m_tree, *left, 0, m_work) : std::nullopt;
        const auto b = a ? exactValue(m_tree, *right, 0, m_work) : std::nullopt;
        const auto fits = [](const Rational& value) {
            return denominator(value) == 1 && abs(numerator(value)) < (Integer(1) << 62);
        };
        if (!b || !fits(*a) || !fits(*b))
            return std::nullopt;
        left = m_tree.number(
            Integer(static_cast<long long>(numerator(*a)) ^ static_cast<long long>(numerator(*b))));
    }
    return left;
}

Node PlainReader::sum() {
    std::vector<int> terms;
    Node next = product();
    while (next && mayGoOn()) {
        terms.push_back(*next);
        if (take("+")) {
            next = product();
        } else if (take("-")) {
            next = product();
            if (next)
                next = m_tree.add(MathKind::Negative, {*next});
        } else {
            return terms.size() == 1 ? terms.front() : m_tree.add(MathKind::Sum, terms);
        }
    }
    return std::nullopt;
}

Node PlainReader::product() {
    Node left = unary();
    while (left && mayGoOn()) {
        const bool divides = take("/");
        if (!divides && (m_text.substr(m_at).starts_with("**") || !take("*")))
            return left;
        const Node right = unary();
        if (!right)
            return std::nullopt;
        left = m_tree.add(divides ? MathKind::Quotient : MathKind::Product, {*left, *right});
    }
    return std::nullopt;
}

Node PlainReader::unary() {
    ++m_depth;
    Node found;
    if (mayGoOn()) {
        if (take("-")) {
            found = unary();
            if (found)
                found = m_tree.add(MathKind::Negative, {*found});
        } else {
            found = take("+") ? unary() : power();
        }
    }
    --m_depth;
    return found;
}

Node PlainReader::power() {
    const Node base = postfix();
    if (!base || !take("**"))
        return base;
    const Node exponent = unary();
    return exponent ? Node(m_tree.add(MathKind::Power, {*base, *exponent})) : std::nullopt;
}

Node PlainReader::postfix() {
    Node found = atom();
    if (found && take("!")) // "!!" is sympy's double factorial, which no answer needs
        return mayGoOn() ? Node(m_tree.add(MathKind::Factorial, {*found})) : std::nullopt;
    return found;
}

Node PlainReader::atom() {
    if (take("(")) {
        const Node inner = exclusiveOr();
        return inner && take(")") ? inner : std::nullopt;
    }
    if (m_at >= m_text.size())
        return std::nullopt;
    const char c = m_text[m_at];
    if ((c >= '0' && c <= '9') || c == '.')
        return number();
    return name();
}

Node PlainReader::number() {
    const char next = m_at + 1 < m_text.size() ? m_text[m_at + 1] : '\0';
    const bool isOctal = m_text[m_at] == '0' && next >= '0' && next <= '9'; // refused by Python
    if (isOctal || (m_text[m_at] == '.' && !(next >= '0' && next <= '9')))
        return std::nullopt;
    DecimalLiteral literal;
    const std::string_view digits = m_text.substr(m_at, m_text.find('\\', m_at) - m_at); // no LaTeX
    if (!readDecimal(digits, 0, Thousands::None, literal))
        return std::nullopt;
    m_at += literal.end;
    return m_tree.number(std::move(literal.value));
}

Node PlainReader::name() {
    const auto isNamePart = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '_';
    };
    const std::size_t begin = m_at;
    while (m_at < m_text.size() && isNamePart(m_text[m_at]))
        ++m_at;
    const std::string_view text = m_text.substr(begin, m_at - begin);
    if (text.empty())
        return std::nullopt;
    if (take("("))
        return call(text);
    if (text == "pi")
        return m_tree.constant(MathConstant::Pi);
    if (text == "E")
        return m_tree.constant(MathConstant::E);
    if (text == "I")
        return m_tree.constant(MathConstant::I);
    // Names of sympy's that are no symbols.
    constexpr std::array<std::string_view, 9> kTaken = {"N",     "S",    "O",   "Q", "beta",
                                                        "gamma", "zeta", "and", "or"};
    for (const std::string_view taken : kTaken)
        if (text == taken)
            return std::nullopt;
    return m_tree.named(MathKind::Variable, std::string(text));
}

Node PlainReader::call(std::string_view name) {
    ++m_depth;
    std::vector<int> arguments;
    do {
        const Node next = mayGoOn() ? exclusiveOr() : std::nullopt;
        if (!next)
            return std::nullopt;
        arguments.push_back(*next);
    } while (take(","));
    --m_depth;
    if (!take(")"))
        return std::nullopt;
    if (name == "factorial" && arguments.size() == 1)
        return m_tree.add(MathKind::Factorial, arguments);
    if (name == "log" && arguments.size() == 2)
        return m_tree.add(MathKind::Function, arguments, static_cast<int>(MathFunction::Log));
    for (const Call& known : kCalls) {
        if (known.name != name || !takes(known.function, arguments.size()))
            continue;
        if (known.function == MathFunction::Root)
            arguments.push_back(m_tree.number(2));
        return m_tree.add(MathKind::Function, arguments, static_cast<int>(known.function));
    }
    return std::nullopt;
}

} // namespace

std::optional<int> readPlainExpression(std::string_view text, MathTree& tree, MathWork& work) {
    return text.size() > kMaxMathBytes ? std::nullopt : PlainReader(text, tree, work).whole();
}

} // namespace crux::text
