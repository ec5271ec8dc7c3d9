// The second half of MathGrammar: numbers, names, functions and everything in brackets.
#include "core/text/math_grammar.h"
#include "core/text/math_vectors.h"
#include "core/text/math_words.h"

#include <algorithm>
#include <array>
#include <utility>

namespace crux::text {

using Kind = MathToken::Kind;

MathGrammar::Node MathGrammar::atom() {
    const MathToken* token = peek();
    if (!token)
        return std::nullopt;
    const Level level(*this);
    if (!mayGoOn())
        return std::nullopt;
    switch (token->kind) {
    case Kind::Number:
        return number();
    case Kind::BaseNumber:
        ++m_at;
        return m_tree.named(MathKind::BaseNumber, token->text, token->base);
    case Kind::Name:
        return name();
    case Kind::Command:
        return command();
    case Kind::Word:
        return std::nullopt;
    case Kind::Symbol:
        break;
    }
    switch (token->sign) {
    case '(':
    case '[':
    case symbol::kAngleOpen:
        return group(token->sign);
    case '{':
    case symbol::kSetOpen:
        return setGroup();
    case '|':
        return bars('|');
    case symbol::kAbsOpen:
        return bars(symbol::kAbsClose);
    default:
        return std::nullopt;
    }
}

/// A whole number at token `at`, braced or not; moves `at` behind it.
const Rational* MathGrammar::wholeNumberAt(std::size_t& at) const {
    const bool braced = at < m_tokens.size() && m_tokens[at].is('{');
    const std::size_t place = at + (braced ? 1 : 0);
    const bool found = place < m_tokens.size() && m_tokens[place].kind == Kind::Number &&
                       m_tokens[place].isInteger &&
                       (!braced || (place + 1 < m_tokens.size() && m_tokens[place + 1].is('}')));
    at = place + (braced ? 2 : 1);
    return found ? &m_tokens[place].value : nullptr;
}

/// A number; with a proper fraction of whole numbers behind it (\frac{1}{2} or " 1/2"), a mixed
/// one.
MathGrammar::Node MathGrammar::number() {
    const MathToken& token = *peek();
    ++m_at;
    const int whole = m_tree.number(token.value);
    if (!token.isInteger || !peek())
        return whole;
    std::size_t end = m_at;
    const Rational* top = nullptr;
    const Rational* bottom = nullptr;
    if (atCommand("frac")) {
        ++end;
        top = wholeNumberAt(end);
        bottom = top ? wholeNumberAt(end) : nullptr;
    } else if (peek()->kind == Kind::Number && peek()->spaceBefore && peek(1) && peek(1)->is('/')) {
        top = wholeNumberAt(end);
        ++end;
        bottom = top ? wholeNumberAt(end) : nullptr;
    }
    if (!bottom || *top == 0 || *top >= *bottom)
        return whole;
    m_at = end;
    return m_tree.number(token.value + *top / *bottom);
}

/// The subscript at the cursor as it is written: "1", "n+1".
std::string MathGrammar::subscript() {
    const auto written = [](const MathToken& token) {
        return token.kind == Kind::Number   ? token.value.str()
               : token.kind == Kind::Symbol ? std::string(1, token.sign)
                                            : token.text;
    };
    std::string text;
    if (!at('{')) {
        if (peek())
            text = written(*peek());
        m_at += peek() ? 1 : 0;
        return text;
    }
    int depth = 0;
    do {
        depth += at('{') ? 1 : at('}') ? -1 : 0;
        if (!at('{') && !at('}'))
            text += written(*peek());
        ++m_at;
    } while (depth > 0 && peek());
    return text;
}

MathGrammar::Node MathGrammar::name() {
    std::string text = peek()->text;
    ++m_at;
    if (take('_'))
        text += "_" + subscript();
    else if (text == "e" && !at('\''))
        return m_tree.constant(MathConstant::E);
    else if (text == "i" && !at('\''))
        return m_tree.constant(MathConstant::I);
    while (take('\''))
        text += '\'';
    return m_tree.named(MathKind::Variable, std::move(text));
}

MathGrammar::Node MathGrammar::command() {
    const std::string_view text = peek()->text;
    ++m_at;
    if (text == "pi")
        return m_tree.constant(MathConstant::Pi);
    if (text == "infty")
        return m_tree.constant(MathConstant::Infinity);
    if (text == "emptyset")
        return m_tree.constant(MathConstant::EmptySet);
    if (text == "reals")
        return m_tree.constant(MathConstant::Reals);
    if (text == "frac")
        return fraction(MathKind::Quotient);
    if (text == "binom")
        return fraction(MathKind::Function);
    if (text == "sqrt")
        return root();
    if (text == "lfloor" || text == "lceil") {
        const Node inner = sum();
        if (!inner || !takeCommand(text == "lfloor" ? "rfloor" : "rceil"))
            return std::nullopt;
        return m_tree.function(text == "lfloor" ? MathFunction::Floor : MathFunction::Ceil,
                               {*inner});
    }
    if (text == "begin")
        return matrix();
    const auto known = mathFunctionFromName(text);
    return known ? function(*known) : std::nullopt;
}

/// \frac{a}{b} and \binom{n}{k}.
MathGrammar::Node MathGrammar::fraction(MathKind kind) {
    const Node top = argument();
    const Node bottom = top ? argument() : std::nullopt;
    if (!bottom)
        return std::nullopt;
    if (kind == MathKind::Quotient)
        return makeQuotient(m_tree, *top, *bottom);
    return m_tree.function(MathFunction::Binomial, {*top, *bottom});
}

/// An argument of a command or an exponent: braced, in brackets, or one token.
MathGrammar::Node MathGrammar::argument() {
    const Level level(*this);
    if (!mayGoOn() || !peek())
        return std::nullopt;
    if (at('{'))
        return setGroup();
    if (peek()->kind == Kind::Number) { // never a mixed number
        const int found = m_tree.number(peek()->value);
        ++m_at;
        return found;
    }
    return peek()->kind == Kind::Name || peek()->kind == Kind::Command || at('(') ? atom()
                                                                                  : std::nullopt;
}

MathGrammar::Node MathGrammar::root() {
    Node degree = m_tree.number(2);
    if (take('[')) {
        degree = sum();
        if (!degree || !take(']'))
            return std::nullopt;
    }
    const Node inner = argument();
    return inner ? Node(m_tree.function(MathFunction::Root, {*inner, *degree})) : std::nullopt;
}

/// Everything a function is applied to: bracketed, or the product that follows up to the next sign
/// or function (\sin 2x \cos x).
std::optional<std::vector<int>> MathGrammar::functionArguments() {
    if (at('(')) {
        const Node found = group('(');
        if (!found)
            return std::nullopt;
        const auto children = m_tree.children(*found);
        if (m_tree.kind(*found) == MathKind::Group && m_tree.node(*found).open == '(')
            return std::vector<int>(children.begin(), children.end());
        return std::vector<int>{*found};
    }
    const bool negative = take('-');
    std::vector<int> factors;
    do {
        const Node next = power();
        if (!next)
            return std::nullopt;
        factors.push_back(*next);
        if (!mayGoOn())
            return std::nullopt;
    } while (startsFactor() &&
             !(peek()->kind == Kind::Command && mathFunctionFromName(peek()->text)));
    const int product = makeProduct(m_tree, factors);
    return std::vector<int>{negative ? makeNegative(m_tree, product) : product};
}

/// The base written below \log; 10 when there is none, as MATH has it.
MathGrammar::Node MathGrammar::logarithmBase() {
    return take('_') ? argument() : m_tree.number(10);
}

MathGrammar::Node MathGrammar::function(MathFunction function) {
    const Level level(*this);
    if (!mayGoOn())
        return std::nullopt;
    const bool isLog = function == MathFunction::Log;
    const Node base = isLog ? logarithmBase() : m_tree.number(0);
    const bool isRaised = base && take('^');
    const Node raisedTo = isRaised ? exponent() : m_tree.number(1);
    if (!raisedTo)
        return std::nullopt;
    auto arguments = base ? functionArguments() : std::nullopt;
    if (!arguments)
        return std::nullopt;
    constexpr std::array<std::pair<MathFunction, MathFunction>, 6> kInverses = {
        {{MathFunction::Sin, MathFunction::Arcsin},
         {MathFunction::Cos, MathFunction::Arccos},
         {MathFunction::Tan, MathFunction::Arctan},
         {MathFunction::Cot, MathFunction::Arccot},
         {MathFunction::Sec, MathFunction::Arcsec},
         {MathFunction::Csc, MathFunction::Arccsc}}};
    const auto inverse = std::find_if(kInverses.begin(), kInverses.end(),
                                      [&](const auto& pair) { return pair.first == function; });
    const bool isInverse = isRaised && inverse != kInverses.end() && isMinusOne(*raisedTo);
    if (isInverse)
        function = inverse->second;
    if (isLog && arguments->size() == 1)
        arguments->push_back(*base);
    const int applied = m_tree.add(MathKind::Function, *arguments, static_cast<int>(function));
    return isRaised && !isInverse ? m_tree.add(MathKind::Power, {applied, *raisedTo}) : applied;
}

bool MathGrammar::isMinusOne(int id) const {
    return m_tree.kind(id) == MathKind::Negative &&
           m_tree.kind(m_tree.child(id, 0)) == MathKind::Number &&
           m_tree.value(m_tree.child(id, 0)) == 1;
}

/// ( ) [ ] and < >: one element is just bracketed, more are a tuple or an interval.
MathGrammar::Node MathGrammar::group(char open) {
    const Level level(*this);
    if (!mayGoOn())
        return std::nullopt;
    ++m_at;
    const int bars = std::exchange(m_bars, 0);
    const bool inSet = std::exchange(m_inSet, false);
    MathJoin join = MathJoin::Comma;
    const auto found = elements(join);
    m_bars = bars;
    m_inSet = inSet;
    if (!found)
        return std::nullopt;
    const char close = take(')') ? ')' : take(']') ? ']' : take(symbol::kAngleClose) ? '>' : '\0';
    if (!close)
        return std::nullopt;
    if (open == symbol::kAngleOpen)
        open = '<';
    const bool matches = (open == '(' && close == ')') || (open == '[' && close == ']') ||
                         (open == '<' && close == '>');
    if (found->size() == 1)
        return matches ? Node(found->front()) : std::nullopt;
    if (join == MathJoin::Or)
        return m_tree.add(MathKind::List, *found, static_cast<int>(join));
    return m_tree.group(open, close, *found);
}

/// \{ \} and { }: one element in plain braces is grouped, anything else is a set; "such that" keeps
/// only the condition.
MathGrammar::Node MathGrammar::setGroup() {
    const Level level(*this);
    if (!mayGoOn())
        return std::nullopt;
    const bool isSet = at(symbol::kSetOpen);
    ++m_at;
    const char close = isSet ? symbol::kSetClose : '}';
    if (take(close))
        return m_tree.constant(MathConstant::EmptySet);
    const int bars = std::exchange(m_bars, 0);
    const bool inSet = std::exchange(m_inSet, isSet);
    MathJoin join = MathJoin::Comma;
    auto found = elements(join);
    if (found && isSet && (take('|') || take(':'))) {
        const Node condition = list();
        found = condition ? std::optional(std::vector<int>{*condition}) : std::nullopt;
    }
    if (found && takeCommand("choose")) {
        const Node below = sum();
        found = below && found->size() == 1
                    ? std::optional(std::vector<int>{
                          m_tree.function(MathFunction::Binomial, {found->front(), *below})})
                    : std::nullopt;
    }
    m_bars = bars;
    m_inSet = inSet;
    if (!found || !take(close))
        return std::nullopt;
    const bool isCondition = m_tree.kind(found->front()) == MathKind::Relation ||
                             m_tree.kind(found->front()) == MathKind::List;
    if (found->size() == 1 && (!isSet || isCondition))
        return found->front();
    return m_tree.group('{', '}', *found);
}

/// |x|: the bars of one bracket level nest by counting only.
MathGrammar::Node MathGrammar::bars(char close) {
    const Level level(*this);
    if (!mayGoOn())
        return std::nullopt;
    ++m_at;
    ++m_bars;
    const Node inner = sum();
    --m_bars;
    if (!inner || !take(close))
        return std::nullopt;
    return m_tree.function(MathFunction::Abs, {*inner});
}

/// \begin{pmatrix} a & b \\ c & d \end{pmatrix} and its kin; a determinant has no place here.
MathGrammar::Node MathGrammar::matrix() {
    constexpr std::array<std::string_view, 6> kEnvironments = {"pmatrix", "bmatrix",     "matrix",
                                                               "Bmatrix", "smallmatrix", "array"};
    const Level level(*this);
    const std::string environment = m_tokens[m_at - 1].environment;
    if (!mayGoOn() ||
        std::find(kEnvironments.begin(), kEnvironments.end(), environment) == kEnvironments.end())
        return std::nullopt;
    const int bars = std::exchange(m_bars, 0);
    std::vector<int> entries;
    std::size_t columns = 0;
    std::size_t inRow = 0;
    while (!atCommand("end")) {
        const Node entry = relation();
        if (!entry)
            return std::nullopt;
        entries.push_back(*entry);
        ++inRow;
        if (take('&'))
            continue;
        if (columns != 0 && inRow != columns)
            return std::nullopt;
        columns = std::exchange(inRow, 0);
        if (!take(symbol::kRowBreak) && !atCommand("end"))
            return std::nullopt;
    }
    m_bars = bars;
    ++m_at;
    if (entries.empty() || inRow != 0 || columns > 64)
        return std::nullopt;
    return entries.size() == 1 ? entries.front()
                               : m_tree.add(MathKind::Matrix, entries, static_cast<int>(columns));
}

} // namespace crux::text
