// The grammar of answers: tokens to a tree, by recursive descent with counted depth. Operators are
// in math_grammar.cpp, atoms in math_atoms.cpp. Internal to the parser.
#pragma once

#include "core/text/math_lexer.h"
#include "core/text/math_tree.h"

#include <optional>
#include <span>

namespace crux::text {

class MathGrammar {
public:
    MathGrammar(MathTree& tree, std::span<const MathToken> tokens, MathWork& work)
        : m_tree(tree)
        , m_tokens(tokens)
        , m_work(work) {}

    /// The root of the whole input; nothing when it does not end where the tokens end.
    std::optional<int> whole();

private:
    using Node = std::optional<int>;
    static constexpr int kMaxDepth = 128;

    /// Counts one level of brackets, exponents or functions for as long as it lives.
    class Level {
    public:
        explicit Level(MathGrammar& grammar)
            : m_grammar(grammar) {
            ++m_grammar.m_depth;
        }
        ~Level() { --m_grammar.m_depth; }
        Level(const Level&) = delete;
        Level& operator=(const Level&) = delete;

    private:
        MathGrammar& m_grammar;
    };

    const MathToken* peek(std::size_t ahead = 0) const {
        return m_at + ahead < m_tokens.size() ? &m_tokens[m_at + ahead] : nullptr;
    }
    bool at(char sign) const { return peek() && peek()->is(sign); }
    bool atCommand(std::string_view name) const { return peek() && peek()->isCommand(name); }
    bool take(char sign) {
        if (!at(sign))
            return false;
        ++m_at;
        return true;
    }
    bool takeCommand(std::string_view name) {
        if (!atCommand(name))
            return false;
        ++m_at;
        return true;
    }
    bool takeSeparator(MathJoin& join);
    bool mayGoOn() { return m_depth <= kMaxDepth && m_work.spend(1) && !m_tree.isTooLarge(); }

    // Operators, loosest first.
    std::optional<std::vector<int>> elements(MathJoin& join);
    Node list();
    Node relation();
    Node setTerm();
    Node ratio();
    Node sum();
    Node product();
    Node unary();
    Node power();
    Node exponent();
    Node inBase(int digits);
    Node raised(int base);
    bool startsFactor() const;

    // Atoms.
    Node atom();
    Node number();
    const Rational* wholeNumberAt(std::size_t& at) const;
    Node name();
    std::string subscript();
    Node command();
    Node function(MathFunction function);
    std::optional<std::vector<int>> functionArguments();
    Node logarithmBase();
    bool isMinusOne(int id) const;
    Node root();
    Node argument();
    Node fraction(MathKind kind);
    Node group(char open);
    Node setGroup();
    Node bars(char close);
    Node matrix();

    MathTree& m_tree;
    std::span<const MathToken> m_tokens;
    MathWork& m_work;
    std::size_t m_at = 0;
    int m_depth = 0;
    int m_bars = 0;       // |x| that are open in this bracket
    bool m_inSet = false; // between { }, where | and : mean "such that"
};

} // namespace crux::text
