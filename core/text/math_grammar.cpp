#include "core/text/math_grammar.h"

#include "core/text/math_number.h"
#include "core/text/math_vectors.h"
#include "core/text/math_words.h"

namespace crux::text {

namespace {

std::optional<MathRelation> relationOf(const MathToken& token) {
    if (token.kind != MathToken::Kind::Symbol)
        return std::nullopt;
    switch (token.sign) {
    case '=':
        return MathRelation::Equal;
    case '<':
        return MathRelation::Less;
    case '>':
        return MathRelation::Greater;
    case symbol::kLessEqual:
        return MathRelation::LessEqual;
    case symbol::kGreaterEqual:
        return MathRelation::GreaterEqual;
    case symbol::kNotEqual:
        return MathRelation::NotEqual;
    case symbol::kIn:
        return MathRelation::In;
    case symbol::kAbout:
        return MathRelation::About;
    default:
        return std::nullopt;
    }
}

} // namespace

std::optional<int> MathGrammar::whole() {
    const Node root = list();
    if (!root || m_at != m_tokens.size() || m_tree.isTooLarge() || m_work.spent())
        return std::nullopt;
    return root;
}

/// ",", "and", "or", ", and".
bool MathGrammar::takeSeparator(MathJoin& join) {
    bool found = take(',');
    if (takeCommand("and")) {
        join = MathJoin::And;
        found = true;
    } else if (takeCommand("or")) {
        join = MathJoin::Or;
        found = true;
    }
    return found;
}

std::optional<std::vector<int>> MathGrammar::elements(MathJoin& join) {
    std::vector<int> found;
    do {
        const Node next = relation();
        if (!next)
            return std::nullopt;
        found.push_back(*next);
    } while (takeSeparator(join) && peek()); // a comma at the very end separates nothing
    return found;
}

MathGrammar::Node MathGrammar::list() {
    MathJoin join = MathJoin::Comma;
    const auto found = elements(join);
    if (!found)
        return std::nullopt;
    return found->size() == 1 ? found->front()
                              : m_tree.add(MathKind::List, *found, static_cast<int>(join));
}

MathGrammar::Node MathGrammar::relation() {
    if (!mayGoOn())
        return std::nullopt;
    Node left = setTerm();
    std::vector<int> chain;
    while (left && peek()) {
        const auto kind = relationOf(*peek());
        if (!kind)
            break;
        ++m_at;
        const Node right = setTerm();
        if (!right)
            return std::nullopt;
        chain.push_back(m_tree.add(MathKind::Relation, {*left, *right}, static_cast<int>(*kind)));
        left = right;
    }
    if (!left || chain.empty())
        return left;
    return chain.size() == 1 ? chain.front()
                             : m_tree.add(MathKind::List, chain, static_cast<int>(MathJoin::Chain));
}

MathGrammar::Node MathGrammar::setTerm() {
    Node left = ratio();
    while (left) {
        const MathKind kind = at(symbol::kUnion)          ? MathKind::Union
                              : at(symbol::kIntersection) ? MathKind::Intersection
                              : at(symbol::kDifference)   ? MathKind::Difference
                                                          : MathKind::Number;
        if (kind == MathKind::Number)
            return left;
        ++m_at;
        const Node right = ratio();
        if (!right)
            return std::nullopt;
        left = m_tree.add(kind, {*left, *right});
    }
    return left;
}

/// 3:4 is a quotient; 1:2:3 a group of its own.
MathGrammar::Node MathGrammar::ratio() {
    const Node first = sum();
    if (!first || m_inSet || !at(':'))
        return first;
    std::vector<int> parts{*first};
    while (take(':')) {
        const Node next = sum();
        if (!next)
            return std::nullopt;
        parts.push_back(*next);
    }
    return parts.size() == 2 ? m_tree.add(MathKind::Quotient, parts)
                             : m_tree.group(':', ':', parts);
}

MathGrammar::Node MathGrammar::sum() {
    std::vector<int> terms;
    Node next = product();
    while (next) {
        terms.push_back(*next);
        if (!mayGoOn())
            return std::nullopt;
        if (take('+')) {
            next = product();
        } else if (take('-')) {
            next = product();
            if (next)
                next = makeNegative(m_tree, *next);
        } else if (at(symbol::kPlusMinus) || at(symbol::kMinusPlus)) {
            const int lowerFirst = at(symbol::kMinusPlus) ? 1 : 0;
            ++m_at;
            next = product();
            if (next)
                next = m_tree.add(MathKind::PlusMinus, {*next}, lowerFirst);
        } else {
            return makeSum(m_tree, terms);
        }
    }
    return std::nullopt;
}

/// A factor that stands beside another without a sign between them.
bool MathGrammar::startsFactor() const {
    const MathToken* token = peek();
    if (!token)
        return false;
    switch (token->kind) {
    case MathToken::Kind::Name:
        return true;
    case MathToken::Kind::Number: { // "(2)3" is a product, "2 3" and "x3" are mistakes
        const MathToken& before = m_tokens[m_at - 1];
        return before.is(')') || before.is('}') || before.is(']');
    }
    case MathToken::Kind::Command:
        return token->text != "and" && token->text != "or" && token->text != "end" &&
               token->text != "choose" && token->text != "rfloor" && token->text != "rceil";
    case MathToken::Kind::Symbol:
        return token->is('(') || token->is('[') || token->is('{') || token->is(symbol::kAbsOpen) ||
               (token->is('|') && m_bars == 0 && !m_inSet);
    default:
        return false;
    }
}

MathGrammar::Node MathGrammar::product() {
    std::vector<int> factors;
    Node next = unary();
    while (next) {
        factors.push_back(*next);
        if (!mayGoOn())
            return std::nullopt;
        if (take('*')) {
            next = unary();
        } else if (take('/')) {
            next = unary();
            if (!next)
                return std::nullopt;
            factors = {makeQuotient(m_tree, makeProduct(m_tree, factors), *next)};
            next = factors.back();
            factors.pop_back();
        } else if (startsFactor()) {
            next = power();
        } else {
            return makeProduct(m_tree, factors);
        }
    }
    return std::nullopt;
}

MathGrammar::Node MathGrammar::unary() {
    const Level level(*this);
    if (!mayGoOn())
        return std::nullopt;
    if (take('+'))
        return unary();
    if (take('-')) {
        const Node inner = unary();
        return inner ? Node(makeNegative(m_tree, *inner)) : std::nullopt;
    }
    if (at(symbol::kPlusMinus) || at(symbol::kMinusPlus)) {
        const int lowerFirst = at(symbol::kMinusPlus) ? 1 : 0;
        ++m_at;
        const Node inner = unary();
        return inner ? Node(m_tree.add(MathKind::PlusMinus, {*inner}, lowerFirst)) : std::nullopt;
    }
    return power();
}

MathGrammar::Node MathGrammar::power() {
    Node base = atom();
    while (base && mayGoOn()) {
        if (take('!'))
            base = m_tree.add(MathKind::Factorial, {*base});
        else if (take('%'))
            base = m_tree.add(MathKind::Percent, {*base});
        else if (take(symbol::kDegree))
            base = m_tree.add(MathKind::Degrees, {*base});
        else if (take('^'))
            base = raised(*base);
        else if (at('_'))
            base = inBase(*base);
        else
            return base;
    }
    return std::nullopt;
}

/// (1011)_2: digits in brackets with their base below.
MathGrammar::Node MathGrammar::inBase(int digits) {
    const bool isWhole =
        m_tree.kind(digits) == MathKind::Number && denominator(m_tree.value(digits)) == 1;
    std::string written = isWhole ? numerator(m_tree.value(digits)).str() : std::string();
    ++m_at;
    const std::string base = subscript();
    BaseDigits found;
    if (!isWhole || !readBaseDigits(written + "_" + base, 0, found) ||
        found.end != written.size() + 1 + base.size())
        return std::nullopt;
    return m_tree.named(MathKind::BaseNumber, std::move(found.digits), found.base);
}

/// What stands behind "^": a braced expression or a signed atom; powers of powers from the right.
MathGrammar::Node MathGrammar::exponent() {
    const Level level(*this);
    if (!mayGoOn())
        return std::nullopt;
    const bool negative = take('-');
    if (!negative)
        take('+');
    Node found = argument();
    if (found && take('^')) {
        const Node higher = exponent();
        found = higher ? Node(m_tree.add(MathKind::Power, {*found, *higher})) : std::nullopt;
    }
    if (!found)
        return std::nullopt;
    return negative ? m_tree.add(MathKind::Negative, {*found}) : *found;
}

/// base^..: a degree sign, the transpose of a tuple (which stands for a column anyway) or a power.
MathGrammar::Node MathGrammar::raised(int base) {
    if (take(symbol::kDegree))
        return m_tree.add(MathKind::Degrees, {base});
    if (at('{') && peek(1) && peek(1)->is(symbol::kDegree) && peek(2) && peek(2)->is('}')) {
        m_at += 3;
        return m_tree.add(MathKind::Degrees, {base});
    }
    const Node found = exponent();
    if (!found)
        return std::nullopt;
    const bool isTransposed = m_tree.kind(base) == MathKind::Group &&
                              m_tree.kind(*found) == MathKind::Variable &&
                              m_tree.name(*found) == "T";
    return isTransposed ? base : m_tree.add(MathKind::Power, {base, *found});
}

} // namespace crux::text
