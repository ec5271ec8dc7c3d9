#include "core/text/authors_number.h"

#include "core/base/text_util.h"
#include "core/text/authors_strip.h"
#include "core/text/math_exact.h"
#include "core/text/math_sample.h"
#include "core/text/plain_expression.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace crux::text {

namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// The script's is_digit() and the float behind it. Only the gold's percent sign is taken off
/// before the reading.
bool scriptNumber(std::string_view text, bool isGold, double& value) {
    std::string plain(text);
    std::erase(plain, ',');
    if (isGold)
        std::erase(plain, '%');
    return pythonFloat(plain, value);
}

bool isScriptDigit(std::string_view text) {
    std::string plain(text);
    std::erase(plain, ',');
    std::erase(plain, '%');
    double value = 0;
    return pythonFloat(plain, value);
}

/// A factorial that sympy works out and a Python float holds as infinity, which is close to itself.
bool overflowsAsPython(const MathTree& tree, int id, MathWork& work) {
    constexpr int kLargestKnown = 1700, kLargestInTime = 1'000'000;
    const auto of = tree.kind(id) == MathKind::Factorial
                        ? exactValue(tree, tree.child(id, 0), 0, work)
                        : std::nullopt;
    return of && denominator(*of) == 1 && *of > kLargestKnown && *of <= kLargestInTime;
}

bool hasExtreme(const MathTree& tree, int id, MathWork& work) {
    if (!work.spend(1))
        return false;
    const MathNode& node = tree.node(id);
    const auto function = static_cast<MathFunction>(node.detail);
    if (node.kind == MathKind::Function &&
        (function == MathFunction::Min || function == MathFunction::Max))
        return true;
    for (const int child : tree.children(id))
        if (hasExtreme(tree, child, work))
            return true;
    return false;
}

/// simplify(a - b) == 0, or both real numbers within 1e-3.
const char* symbolicEqual(std::string_view given, std::string_view gold) {
    MathTree tree;
    MathWork work;
    const auto left = readPlainExpression(given, tree, work);
    const auto right = left ? readPlainExpression(gold, tree, work) : std::nullopt;
    if (!right)
        return nullptr;
    const auto exactLeft = exactValue(tree, *left, 0, work);
    const auto exactRight = exactValue(tree, *right, 0, work);
    if (exactLeft && exactRight && *exactLeft == *exactRight)
        return "exact";
    if (overflowsAsPython(tree, *left, work) && overflowsAsPython(tree, *right, work))
        return "numeric";
    if (isClosed(tree, *left, work) && isClosed(tree, *right, work)) {
        const auto a = closedValue(tree, {*left, 0}, work);
        const auto b = closedValue(tree, {*right, 0}, work);
        const bool areReal = a && b && std::abs(a->value.imag()) <= 16 * a->error &&
                             std::abs(b->value.imag()) <= 16 * b->error;
        if (areReal && isCloseAsPython(static_cast<double>(a->value.real()),
                                       static_cast<double>(b->value.real()), 1e-3))
            return "numeric";
    }
    // Symbols are complex numbers, but where the least of some is asked for.
    const bool isReal = hasExtreme(tree, *left, work) || hasExtreme(tree, *right, work);
    const SampleDomain domain = isReal ? SampleDomain::Real : SampleDomain::Anywhere;
    return sampledEqual(tree, {*left, 0}, {*right, 0}, false, domain, work) == SampleVerdict::Equal
               ? "sampled"
               : nullptr;
}

/// "a=b" as "a - (b)".
std::string differenceOf(std::string_view equation) {
    const std::size_t equals = equation.find('=');
    return cat(trimmed(equation.substr(0, equals)), " - (", trimmed(equation.substr(equals + 1)),
               ")");
}

const char* authorsEqual(std::string_view given, std::string_view gold, const char* written,
                         int depth) {
    if (given == gold || given == authorsStrip(gold))
        return written;
    if (isScriptDigit(given) && isScriptDigit(gold)) {
        double a = 0;
        double b = 0;
        if (scriptNumber(given, false, a) && scriptNumber(gold, true, b)) {
            if (isCloseAsPython(b, a, 1e-4))
                return "numeric";
            return isCloseAsPython(b / 100, a, 1e-4) || isCloseAsPython(b * 100, a, 1e-4)
                       ? "percent"
                       : nullptr;
        }
    }
    if (given.empty() || depth > 2)
        return nullptr;
    const auto equations = std::count(given.begin(), given.end(), '=');
    const auto goldEquations = std::count(gold.begin(), gold.end(), '=');
    const auto leftOf = [](std::string_view text) {
        return trimmed(text.substr(0, text.find('=')));
    };
    const auto rightOf = [](std::string_view text) { return text.substr(text.find('=') + 1); };
    if (equations == 1 && goldEquations == 1) {
        const std::string left = differenceOf(given);
        const std::string right = differenceOf(gold);
        for (const std::string& side : {left, cat("-(", left, ")")})
            if (const char* reason = symbolicEqual(side, right))
                return reason;
    } else if (equations == 1 && leftOf(given).size() <= 2 && goldEquations == 0) {
        if (const char* reason = authorsEqual(rightOf(given), gold, written, depth + 1))
            return reason;
    } else if (goldEquations == 1 && leftOf(gold).size() <= 2 && equations == 0) {
        if (const char* reason = authorsEqual(given, rightOf(gold), written, depth + 1))
            return reason;
    }
    return symbolicEqual(given, gold);
}

} // namespace

Stripped withoutSigns(std::string_view text, std::initializer_list<std::string_view> signs) {
    Stripped out;
    for (std::size_t at = 0; at < text.size();) {
        const auto* const sign =
            std::find_if(signs.begin(), signs.end(),
                         [&](std::string_view one) { return text.substr(at).starts_with(one); });
        if (sign != signs.end()) {
            at += sign->size();
            continue;
        }
        out.text.push_back(text[at]);
        out.origin.push_back(at);
        ++at;
    }
    return out;
}

bool findAuthorsNumber(std::string_view text, bool first, TextRange& found) {
    bool any = false;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        if (text[end] == '-')
            ++end;
        const std::size_t whole = end;
        while (end < text.size() && isDigit(text[end]))
            ++end;
        const bool point = end + 1 < text.size() && text[end] == '.' && isDigit(text[end + 1]);
        if (point)
            for (++end; end < text.size() && isDigit(text[end]);)
                ++end;
        if (end == whole) {
            ++at;
            continue;
        }
        found = {at, end};
        any = true;
        if (first)
            return true;
        at = end;
    }
    return any;
}

bool pythonFloat(std::string_view text, double& value) {
    const std::string_view core = trimmed(text);
    std::string plain;
    for (std::size_t i = 0; i < core.size(); ++i) {
        const bool separates = core[i] == '_' && i > 0 && isDigit(core[i - 1]) &&
                               i + 1 < core.size() && isDigit(core[i + 1]);
        if (!separates)
            plain += core[i] >= 'A' && core[i] <= 'Z' ? static_cast<char>(core[i] + 32) : core[i];
    }
    std::string_view unsigned_ = plain;
    if (unsigned_.starts_with('-') || unsigned_.starts_with('+'))
        unsigned_.remove_prefix(1);
    constexpr std::array<std::string_view, 3> kWords = {"inf", "infinity", "nan"};
    const bool isWord = std::find(kWords.begin(), kWords.end(), unsigned_) != kWords.end();
    // strtod reads hexadecimal and nan(..); float() does not.
    if (unsigned_.empty() ||
        (!isWord && unsigned_.find_first_not_of("0123456789.e+-") != std::string_view::npos))
        return false;
    char* end = nullptr;
    value = std::strtod(plain.c_str(), &end);
    return *end == '\0' && end != plain.c_str();
}

bool isCloseAsPython(double a, double b, double relative) {
    if (a == b)
        return true;
    if (!std::isfinite(a) || !std::isfinite(b))
        return false;
    return std::abs(a - b) <= relative * std::max(std::abs(a), std::abs(b));
}

const char* authorsEqual(std::string_view given, std::string_view gold, const char* written) {
    return authorsEqual(given, gold, written, 0);
}

} // namespace crux::text
