#include "core/base/text_util.h"
#include "core/spec/verdict.h"
#include "core/store/filter.h"
#include "core/store/filter_lexer.h"
#include "core/store/filter_tree.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace crux::store {

const std::vector<FilterFieldFacts>& filterFieldFacts() {
    using F = FilterField;
    using K = FilterValueKind;
    static const std::vector<FilterFieldFacts> facts{
        {"verdict", F::Verdict, K::Verdict, "right, wrong, no_answer or ungraded"},
        {"min_s", F::MinS, K::Number, "lowest contrastive score of the response"},
        {"candidates", F::Candidates, K::Number, "number of critical-token candidates"},
        {"tokens", F::Tokens, K::Number, "tokens of the response"},
        {"branches", F::Branches, K::Number, "branches grown from the trajectory"},
        {"dataset", F::Dataset, K::Text, "name of the data set"},
        {"question", F::Question, K::Text, "text of the question"},
        {"text", F::Text, K::Text, "text of the response"},
        {"answer", F::Answer, K::Text, "extracted answer"},
        {"extracted", F::Answer, K::Text, "extracted answer"},
        {"reason", F::Reason, K::Text,
         "reason code of the verdict: exact, different, ambiguous .."},
        {"gold", F::Gold, K::Text, "gold answer, any of several"},
        {"model", F::Model, K::Text, "model that wrote the response"},
        {"sampled_by", F::SampledBy, K::Text, "adapter or model of this project that sampled it"},
        {"source", F::Source, K::Source, "imported, sampled or forced"},
        {"label", F::Label, K::Text, "human verdict given last"},
        {"note", F::Note, K::TextOrYesNo, "text of its notes, or yes / no"},
        {"marked", F::Marked, K::YesNo, "yes or no"},
        {"sample", F::Sample, K::Number, "index among the samples of its question"},
        {"id", F::Id, K::Number, "number of the trajectory"},
        {"samples", F::Samples, K::Number, "graded samples of its question"},
        {"pass", F::Pass, K::Number, "share of right ones among the samples of its question"},
        {"slip", F::Slip, K::YesNo, "a planted slip is known: yes or no"},
        {"rollouts", F::Rollouts, K::Number, "rollouts stored from its prefixes"},
        {"searched", F::Searched, K::YesNo, "searched for critical tokens: yes or no"},
        {"crit", F::Critical, K::Number, "number of critical tokens found by rollouts"},
        {"crit.token", F::CritToken, K::Text, "a critical token found by rollouts"},
        {"crit.pos", F::CritPosition, K::Number, "its position in the response, from 1"},
        {"crit.rel", F::CritRelative, K::Number, "its position in percent of the response"},
        {"crit.step", F::CritStep, K::Number, "its step, from 1"},
        {"crit.s", F::CritScore, K::Number, "its contrastive score"},
        {"crit.hit", F::CritHit, K::YesNo, "it is a candidate by s_t too: yes or no"},
        {"crit.confirmed", F::CritConfirmed, K::YesNo, "fresh rollouts confirm it: yes or no"},
        {"crit.method", F::CritMethod, K::Text, "critical, pivotal, cliff or bisect"},
        {"crit.before", F::CritBefore, K::Number, "share of right rollouts before it"},
        {"crit.at", F::CritAt, K::Number, "share of right rollouts with it"},
        {"crit.with", F::CritWith, K::Number, "pass rate of fresh rollouts with it"},
        {"crit.without", F::CritWithout, K::Number, "pass rate with the token banned"},
        {"cand.token", F::CandToken, K::Text, "a candidate by s_t"},
        {"cand.pos", F::CandPosition, K::Number, "its position in the response, from 1"},
        {"cand.rel", F::CandRelative, K::Number, "its position in percent of the response"},
        {"cand.step", F::CandStep, K::Number, "its step, from 1"},
        {"cand.s", F::CandScore, K::Number, "its contrastive score"},
        {"cand.hit", F::CandHit, K::YesNo, "rollouts found it critical too: yes or no"},
    };
    return facts;
}

namespace {

using Kind = FilterToken::Kind;

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

bool isKeyword(const FilterToken& token, std::string_view word) {
    return token.kind == Kind::Word && lower(token.text) == word;
}

bool readNumber(const std::string& text, double& number) {
    const char* end = text.data() + text.size();
    const auto [rest, problem] = std::from_chars(text.data(), end, number);
    return problem == std::errc() && rest == end && std::isfinite(number);
}

FilterOp opFromText(const std::string& text) {
    if (text == "=")
        return FilterOp::Equal;
    if (text == "!=")
        return FilterOp::NotEqual;
    if (text == "<")
        return FilterOp::Less;
    if (text == "<=")
        return FilterOp::LessEqual;
    if (text == ">")
        return FilterOp::Greater;
    if (text == ">=")
        return FilterOp::GreaterEqual;
    return FilterOp::Contains;
}

bool isOrdering(FilterOp op) {
    return op != FilterOp::Equal && op != FilterOp::NotEqual && op != FilterOp::Contains;
}

std::optional<bool> yesNo(const std::string& text) {
    const std::string word = lower(text);
    if (word == "yes" || word == "true" || word == "1")
        return true;
    if (word == "no" || word == "false" || word == "0")
        return false;
    return {};
}

std::optional<Source> sourceFromName(const std::string& text) {
    for (const Source source : {Source::Imported, Source::Sampled, Source::Forced})
        if (sourceName(source) == text)
            return source;
    return {};
}

std::string fieldNames(const std::vector<FilterFieldFacts>& fields) {
    std::string names;
    for (const FilterFieldFacts& facts : fields)
        names += (names.empty() ? "" : ", ") + std::string(facts.name);
    return names;
}

/// Recursive descent; brackets are counted, so that hostile input cannot exhaust the stack.
class Parser {
public:
    Parser(std::vector<FilterToken> tokens, const std::vector<FilterFieldFacts>& fields)
        : m_tokens(std::move(tokens))
        , m_fields(fields) {}

    Result<FilterNode> all() {
        if (peek().kind == Kind::End)
            return FilterNode{FilterNode::Kind::And, {}, {}};
        CRUX_TRY(node, disjunction());
        if (peek().kind != Kind::End)
            return filterFault(peek().column, "\"and\", \"or\" or the end");
        return node;
    }

private:
    const FilterToken& peek() const { return m_tokens[m_at]; }
    const FilterToken& take() { return m_tokens[m_at++]; }

    Result<FilterNode> disjunction() {
        FilterNode node{FilterNode::Kind::Or, {}, {}};
        while (true) {
            CRUX_TRY(part, conjunction());
            node.children.push_back(std::move(part));
            if (!isKeyword(peek(), "or"))
                break;
            take();
        }
        if (node.children.size() == 1)
            return FilterNode(std::move(node.children.front()));
        return node;
    }

    /// Terms side by side are joined by "and" too: two words are a search for both.
    Result<FilterNode> conjunction() {
        FilterNode node{FilterNode::Kind::And, {}, {}};
        while (true) {
            CRUX_TRY(part, negation());
            node.children.push_back(std::move(part));
            if (isKeyword(peek(), "and"))
                take();
            else if (peek().kind == Kind::End || peek().kind == Kind::Close ||
                     isKeyword(peek(), "or"))
                break;
        }
        if (node.children.size() == 1)
            return FilterNode(std::move(node.children.front()));
        return node;
    }

    Result<FilterNode> negation() {
        if (++m_depth > kMaxFilterDepth)
            return filterFault(peek().column, cat("at most ", kMaxFilterDepth, " nested brackets"));
        Result<FilterNode> node = innerNegation();
        --m_depth;
        return node;
    }

    Result<FilterNode> innerNegation() {
        if (isKeyword(peek(), "not") && m_tokens[m_at + 1].kind != Kind::Op) {
            take();
            FilterNode node{FilterNode::Kind::Not, {}, {}};
            CRUX_TRY(inner, negation());
            node.children.push_back(std::move(inner));
            return node;
        }
        if (peek().kind != Kind::Open)
            return term();
        take();
        CRUX_TRY(inner, disjunction());
        if (peek().kind != Kind::Close)
            return filterFault(peek().column, "a closing bracket");
        take();
        return inner;
    }

    Result<FilterNode> term() {
        const FilterToken& first = peek();
        if ((first.kind != Kind::Word && first.kind != Kind::Quoted) || isKeyword(first, "and") ||
            isKeyword(first, "or"))
            return filterFault(first.column, "a field such as verdict, or a word to search for");
        if (++m_terms > kMaxTerms)
            return filterFault(first.column, cat("at most ", kMaxTerms, " terms"));
        take();
        FilterNode node;
        if (first.kind == Kind::Quoted || peek().kind != Kind::Op) {
            node.comparison.text = first.text;
            return node;
        }
        const auto facts =
            std::find_if(m_fields.begin(), m_fields.end(), [&](const FilterFieldFacts& candidate) {
                return candidate.name == lower(first.text);
            });
        if (facts == m_fields.end())
            return filterFault(first.column, cat("a known field instead of \"", first.text,
                                                 "\": one of ", fieldNames(m_fields)));
        const FilterToken& op = take();
        const FilterToken& value = peek();
        if (value.kind != Kind::Word && value.kind != Kind::Quoted)
            return filterFault(value.column, cat("a value after \"", facts->name, op.text, "\""));
        take();
        node.comparison.field = facts->field;
        node.comparison.op = opFromText(op.text);
        node.comparison.fieldName = std::string(facts->name);
        node.comparison.opText = op.text;
        node.comparison.text = value.text;
        CRUX_TRY_VOID(readValue(*facts, op, value, node.comparison));
        return node;
    }

    static Status readValue(const FilterFieldFacts& facts, const FilterToken& op,
                            const FilterToken& value, FilterComparison& comparison) {
        const bool number = facts.kind == FilterValueKind::Number;
        if (isOrdering(comparison.op) && !number)
            return filterFault(op.column, cat("=, != or ~ after \"", facts.name, "\""));
        if (comparison.op == FilterOp::Contains && facts.kind != FilterValueKind::Text &&
            facts.kind != FilterValueKind::TextOrYesNo)
            return filterFault(op.column,
                               cat("a comparison other than ~ after \"", facts.name, "\""));
        comparison.isNumber = true;
        switch (facts.kind) {
        case FilterValueKind::Number:
            if (!readNumber(value.text, comparison.number))
                return filterFault(value.column,
                                   cat("a number after \"", facts.name, op.text, "\""));
            return {};
        case FilterValueKind::Verdict: {
            const auto verdict = verdictFromName(lower(value.text));
            if (!verdict)
                return filterFault(value.column, "right, wrong, no_answer or ungraded");
            comparison.number = static_cast<int>(*verdict);
            return {};
        }
        case FilterValueKind::Source: {
            const auto source = sourceFromName(lower(value.text));
            if (!source)
                return filterFault(value.column, "imported, sampled or forced");
            comparison.number = static_cast<int>(*source);
            return {};
        }
        case FilterValueKind::YesNo: {
            const auto flag = yesNo(value.text);
            if (!flag)
                return filterFault(value.column, "yes or no");
            comparison.number = *flag ? 1 : 0;
            return {};
        }
        case FilterValueKind::TextOrYesNo: {
            const auto flag =
                comparison.op == FilterOp::Contains ? std::nullopt : yesNo(value.text);
            comparison.isNumber = flag.has_value();
            comparison.number = flag.value_or(false) ? 1 : 0;
            return {};
        }
        case FilterValueKind::Text:
            comparison.isNumber = false;
            return {};
        }
        return {};
    }

    std::vector<FilterToken> m_tokens;
    const std::vector<FilterFieldFacts>& m_fields;
    std::size_t m_at = 0;
    int m_depth = 0;
    int m_terms = 0;
    static constexpr int kMaxTerms = 200; // SQLite's own limit on expressions lies higher
};

} // namespace

Result<FilterNode> parseFilterTree(std::string_view expression) {
    return parseFilterTree(expression, filterFieldFacts());
}

Result<FilterNode> parseFilterTree(std::string_view expression,
                                   const std::vector<FilterFieldFacts>& fields) {
    CRUX_TRY(tokens, lexFilter(expression));
    return Parser(std::move(tokens), fields).all();
}

Status parseFilter(std::string_view expression) {
    const auto tree = parseFilterTree(expression);
    if (!tree.ok())
        return fail(tree.error());
    return {};
}

std::vector<FilterTerm> filterTerms(std::string_view expression) {
    const auto tree = parseFilterTree(expression);
    if (!tree.ok())
        return {};
    std::vector<const FilterNode*> parts;
    if (tree->kind == FilterNode::Kind::And)
        for (const FilterNode& child : tree->children)
            parts.push_back(&child);
    else
        parts.push_back(&*tree);
    std::vector<FilterTerm> terms;
    for (const FilterNode* part : parts) {
        if (part->kind != FilterNode::Kind::Compare)
            return {};
        const FilterComparison& c = part->comparison;
        terms.push_back({c.fieldName, c.opText, c.text});
    }
    return terms;
}

std::string filterTermText(const FilterTerm& term) {
    const bool plain =
        !term.value.empty() && std::all_of(term.value.begin(), term.value.end(), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                   c == '_' || c == '.' || c == '-';
        });
    return cat(term.field, term.op, plain ? term.value : quotedForFilter(term.value));
}

std::string filterAnd(const std::string& expression, const std::string& term) {
    if (expression.empty() || term.empty())
        return expression + term;
    if (filterHas(expression, term))
        return expression;
    const auto tree = parseFilterTree(expression);
    const bool brackets = tree.ok() && tree->kind == FilterNode::Kind::Or;
    return brackets ? cat("(", expression, ") and ", term) : cat(expression, " and ", term);
}

bool filterHas(const std::string& expression, const std::string& term) {
    const auto there = filterTerms(expression), wanted = filterTerms(term);
    return !wanted.empty() && std::all_of(wanted.begin(), wanted.end(), [&](const auto& one) {
        return std::find(there.begin(), there.end(), one) != there.end();
    });
}

std::string filterWithout(const std::string& expression, const std::string& term) {
    if (!filterHas(expression, term))
        return expression;
    const auto removed = filterTerms(term);
    std::string kept;
    for (const FilterTerm& one : filterTerms(expression))
        if (std::find(removed.begin(), removed.end(), one) == removed.end())
            kept += cat(kept.empty() ? "" : " and ", filterTermText(one));
    return kept;
}

std::string quotedForFilter(std::string_view text) {
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            quoted += '\\';
        if (c == '\n' || c == '\t') {
            quoted += c == '\n' ? "\\n" : "\\t";
            continue;
        }
        quoted += c;
    }
    return quoted + "\"";
}

std::vector<std::pair<std::string, std::string>> filterFields() {
    std::vector<std::pair<std::string, std::string>> fields;
    for (const FilterFieldFacts& facts : filterFieldFacts())
        fields.emplace_back(facts.name, facts.doc);
    return fields;
}

} // namespace crux::store
