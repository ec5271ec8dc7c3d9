#include "core/store/filter_completion.h"

#include "core/store/filter_tree.h"

#include <algorithm>

namespace crux::store {

namespace {

struct Word {
    enum class Kind { Plain, Quoted, Op, Bracket } kind = Kind::Plain;
    std::string text; ///< of a quoted one: its content
    std::size_t begin = 0, end = 0;
    bool open = false; ///< a quote without its end
};

bool isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}
bool isOp(char c) {
    return std::string_view("=!<>~").find(c) != std::string_view::npos;
}
bool isBracket(char c) {
    return c == '(' || c == ')';
}

Word readQuoted(std::string_view text, std::size_t begin) {
    Word word{Word::Kind::Quoted, {}, begin, text.size(), true};
    for (std::size_t at = begin + 1; at < text.size(); ++at) {
        if (text[at] == text[begin]) {
            word.end = at + 1;
            word.open = false;
            return word;
        }
        if (text[at] == '\\' && at + 1 < text.size())
            ++at;
        word.text += text[at];
    }
    return word;
}

/// Forgiving twin of lexFilter: whatever is typed becomes words.
std::vector<Word> words(std::string_view text) {
    std::vector<Word> list;
    for (std::size_t at = 0; at < text.size();) {
        if (isBlank(text[at])) {
            ++at;
            continue;
        }
        if (text[at] == '"' || text[at] == '\'') {
            list.push_back(readQuoted(text, at));
            at = list.back().end;
            continue;
        }
        Word word;
        word.begin = at;
        if (isBracket(text[at])) {
            word.kind = Word::Kind::Bracket;
            ++at;
        } else if (isOp(text[at])) {
            word.kind = Word::Kind::Op;
            while (at < text.size() && isOp(text[at]))
                ++at;
        } else {
            while (at < text.size() && !isBlank(text[at]) && !isOp(text[at]) &&
                   !isBracket(text[at]) && text[at] != '"')
                ++at;
        }
        word.end = at;
        word.text = text.substr(word.begin, at - word.begin);
        list.push_back(std::move(word));
    }
    return list;
}

std::string lower(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return text;
}

const FilterFieldFacts* fieldNamed(const std::string& name) {
    for (const FilterFieldFacts& facts : filterFieldFacts())
        if (facts.name == lower(name))
            return &facts;
    return nullptr;
}

bool isJoiner(const Word& word) {
    const std::string text = lower(word.text);
    return word.kind == Word::Kind::Plain && (text == "and" || text == "or" || text == "not");
}

void addFields(FilterCompletion& out, const std::string& prefix, std::size_t begin) {
    // Names that begin with it come first; then those that hold it, as "token" in crit.token.
    for (const bool start : {true, false})
        for (const FilterFieldFacts& facts : filterFieldFacts()) {
            const std::size_t at = facts.name.find(prefix);
            if (at == std::string_view::npos || (at == 0) != start || facts.name == prefix)
                continue;
            if (start || prefix.size() > 1)
                out.suggestions.push_back({std::string(facts.name), std::string(facts.doc), begin});
        }
}

void addOperators(FilterCompletion& out, const FilterFieldFacts& facts, std::size_t begin) {
    const auto add = [&](const char* op, const char* doc) {
        out.suggestions.push_back({op, doc, begin});
    };
    using K = FilterValueKind;
    add("=", "is");
    add("!=", "is not");
    if (facts.kind == K::Text || facts.kind == K::TextOrYesNo)
        add("~", "holds this text");
    if (facts.kind != K::Number)
        return;
    add("<", "below");
    add("<=", "at most");
    add(">", "above");
    add(">=", "at least");
}

void addValues(FilterCompletion& out, const FilterFieldFacts& facts, const std::string& prefix,
               std::size_t begin) {
    const auto add = [&](std::initializer_list<const char*> values) {
        for (const char* value : values)
            if (std::string_view(value).starts_with(lower(prefix)) && value != prefix)
                out.suggestions.push_back({value, {}, begin});
    };
    switch (facts.kind) {
    case FilterValueKind::Verdict:
        return add({"right", "wrong", "no_answer", "ungraded"});
    case FilterValueKind::Source:
        return add({"imported", "sampled", "forced"});
    case FilterValueKind::YesNo:
    case FilterValueKind::TextOrYesNo:
        return add({"yes", "no"});
    case FilterValueKind::Text:
        out.valuesOf = facts.name;
        out.prefix = prefix;
        out.begin = begin;
        return;
    case FilterValueKind::Number:
        return;
    }
}

void addJoiners(FilterCompletion& out, const std::string& prefix, std::size_t begin) {
    for (const char* joiner : {"and", "or"})
        if (std::string_view(joiner).starts_with(prefix) && joiner != prefix)
            out.suggestions.push_back({joiner, {}, begin});
}

/// Whether what ends with word `last` is a whole term, so that "and" may follow.
bool endsTerm(const std::vector<Word>& list, std::size_t last) {
    const Word& word = list[last];
    if (word.kind == Word::Kind::Bracket)
        return word.text == ")";
    if (word.kind == Word::Kind::Op || word.open)
        return false;
    return word.kind == Word::Kind::Quoted || !isJoiner(word);
}

} // namespace

FilterCompletion completeFilter(std::string_view expression, std::size_t cursor) {
    const std::string_view typed = expression.substr(0, std::min(cursor, expression.size()));
    const std::vector<Word> list = words(typed);
    FilterCompletion out;
    out.begin = typed.size();
    if (list.empty()) {
        addFields(out, {}, typed.size());
        return out;
    }
    const std::size_t last = list.size() - 1;
    const Word& word = list[last];
    const bool touching = word.end == typed.size();
    const auto fieldOf = [&](std::size_t op) -> const FilterFieldFacts* {
        return op > 0 ? fieldNamed(list[op - 1].text) : nullptr;
    };
    if (word.kind == Word::Kind::Op) {
        if (const auto* facts = fieldOf(last))
            addValues(out, *facts, {}, typed.size());
        return out;
    }
    const bool value = last > 0 && list[last - 1].kind == Word::Kind::Op;
    if (value && touching && (word.open || word.kind == Word::Kind::Plain)) {
        if (const auto* facts = fieldOf(last - 1))
            addValues(out, *facts, word.text, word.begin);
        return out;
    }
    if (touching && word.kind == Word::Kind::Plain) {
        if (last > 0 && endsTerm(list, last - 1))
            addJoiners(out, lower(word.text), word.begin);
        if (const auto* facts = fieldNamed(word.text))
            addOperators(out, *facts, typed.size());
        addFields(out, lower(word.text), word.begin);
        return out;
    }
    if (touching && word.kind == Word::Kind::Quoted)
        return out;
    if (!value && word.kind == Word::Kind::Plain)
        if (const auto* facts = fieldNamed(word.text)) {
            addOperators(out, *facts, typed.size());
            return out;
        }
    if (endsTerm(list, last))
        addJoiners(out, {}, typed.size());
    else if (!word.open)
        addFields(out, {}, typed.size());
    return out;
}

} // namespace crux::store
