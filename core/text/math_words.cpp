#include "core/text/math_words.h"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace crux::text {

namespace {

using Role = LatexCommand::Role;

template <typename Value> using Table = std::unordered_map<std::string_view, Value>;

const Table<MathFunction>& functionTable() {
    using F = MathFunction;
    static const Table<F> table = {
        {"sin", F::Sin},       {"cos", F::Cos},       {"tan", F::Tan},
        {"tg", F::Tan},        {"cot", F::Cot},       {"sec", F::Sec},
        {"csc", F::Csc},       {"arcsin", F::Arcsin}, {"asin", F::Arcsin},
        {"arccos", F::Arccos}, {"acos", F::Arccos},   {"arctan", F::Arctan},
        {"atan", F::Arctan},   {"arccot", F::Arccot}, {"arcsec", F::Arcsec},
        {"arccsc", F::Arccsc}, {"sinh", F::Sinh},     {"cosh", F::Cosh},
        {"tanh", F::Tanh},     {"ln", F::Ln},         {"log", F::Log},
        {"lg", F::Log},        {"exp", F::Exp},       {"abs", F::Abs},
        {"floor", F::Floor},   {"ceil", F::Ceil},     {"gcd", F::Gcd},
        {"lcm", F::Lcm},       {"min", F::Min},       {"max", F::Max},
        {"Re", F::Re},         {"Im", F::Im},         {"overline", F::Conjugate},
        {"bar", F::Conjugate},
    };
    return table;
}

const Table<LatexCommand>& commandTable() {
    static const Table<LatexCommand> table = [] {
        Table<LatexCommand> made;
        const auto all = [&](Role role, std::initializer_list<std::string_view> names) {
            for (const std::string_view name : names)
                made[name] = {role, 0, name};
        };
        all(Role::Skip, {"left",      "right",       "middle", "big",       "Big",
                         "bigg",      "Bigg",        "bigl",   "bigr",      "Bigl",
                         "Bigr",      "biggl",       "biggr",  "Biggl",     "Biggr",
                         "!",         ",",           ";",      ":",         ">",
                         " ",         "space",       "quad",   "qquad",     "displaystyle",
                         "textstyle", "scriptstyle", "limits", "nolimits",  "rm",
                         "bf",        "it",          "boxed",  "fbox",      "$",
                         "(",         ")",           "[",      "]",         "angle",
                         "triangle",  "therefore",   "hfill",  "underline", "mathstrut",
                         "/",         "\n"});
        all(Role::Text, {"text", "textbf", "textit", "textrm", "textsf", "texttt", "mbox", "hbox",
                         "textnormal", "emph"});
        all(Role::Roman, {"mathrm", "operatorname", "mathsf", "mathtt", "mathit"});
        all(Role::Bold, {"mathbf", "boldsymbol", "bold", "vec", "hat", "overrightarrow", "mathcal",
                         "mathfrak", "bm"});
        all(Role::Name,
            {"alpha", "beta",     "gamma", "delta",  "epsilon", "varepsilon", "zeta", "eta",
             "theta", "vartheta", "iota",  "kappa",  "lambda",  "mu",         "nu",   "xi",
             "rho",   "sigma",    "tau",   "phi",    "varphi",  "chi",        "psi",  "omega",
             "Gamma", "Delta",    "Theta", "Lambda", "Xi",      "Sigma",      "Phi",  "Psi",
             "Omega", "ell",      "prime", "star"});
        all(Role::Command, {"sqrt", "binom", "pi", "lfloor", "rfloor", "lceil", "rceil", "begin",
                            "end", "choose", "overline", "bar", "mathbb", "cfrac"});
        for (const std::string_view name : {"frac", "dfrac", "tfrac", "cfrac"})
            made[name] = {Role::Command, 0, "frac"};
        for (const std::string_view name : {"dbinom", "tbinom"})
            made[name] = {Role::Command, 0, "binom"};
        for (const std::string_view name : {"infty", "infinity"})
            made[name] = {Role::Command, 0, "infty"};
        for (const std::string_view name : {"emptyset", "varnothing"})
            made[name] = {Role::Command, 0, "emptyset"};
        for (const auto& [name, function] : functionTable())
            made[name] = {Role::Command, 0, name};
        const auto sign = [&](char value, std::initializer_list<std::string_view> names) {
            for (const std::string_view name : names)
                made[name] = {Role::Symbol, value, name};
        };
        sign('*', {"cdot", "times", "ast", "*"});
        sign('_', {"_"});
        sign('/', {"div"});
        sign('%', {"%"});
        sign('&', {"&"});
        sign('|', {"mid", "vert", "|"});
        sign(symbol::kAbsOpen, {"lvert"});
        sign(symbol::kAbsClose, {"rvert"});
        sign(symbol::kSetOpen, {"{", "lbrace"});
        sign(symbol::kSetClose, {"}", "rbrace"});
        sign(symbol::kAngleOpen, {"langle"});
        sign(symbol::kAngleClose, {"rangle"});
        sign('<', {"lt"});
        sign('>', {"gt"});
        sign(':', {"colon"});
        sign(symbol::kLessEqual, {"le", "leq", "leqslant"});
        sign(symbol::kGreaterEqual, {"ge", "geq", "geqslant"});
        sign(symbol::kNotEqual, {"ne", "neq"});
        sign(symbol::kIn, {"in"});
        sign(symbol::kAbout, {"approx", "simeq"});
        sign(symbol::kPlusMinus, {"pm"});
        sign(symbol::kMinusPlus, {"mp"});
        sign(symbol::kUnion, {"cup"});
        sign(symbol::kIntersection, {"cap"});
        sign(symbol::kDifference, {"setminus", "backslash"});
        sign(symbol::kDegree, {"circ", "degree"});
        sign(symbol::kRowBreak, {"\\", "cr"});
        return made;
    }();
    return table;
}

const Table<std::string_view>& unitTable() {
    static const Table<std::string_view> table = [] {
        Table<std::string_view> made;
        const auto unit = [&](std::string_view form,
                              std::initializer_list<std::string_view> names) {
            made[form] = form;
            for (const std::string_view name : names)
                made[name] = form;
        };
        unit("millimeter", {"mm", "millimeters", "millimetre", "millimetres"});
        unit("centimeter", {"cm", "centimeters", "centimetre", "centimetres"});
        unit("meter", {"m", "meters", "metre", "metres"});
        unit("kilometer", {"km", "kilometers", "kilometre", "kilometres"});
        unit("inch", {"in", "inches"});
        unit("foot", {"ft", "feet"});
        unit("yard", {"yd", "yds", "yards"});
        unit("mile", {"mi", "miles"});
        unit("second", {"s", "sec", "secs", "seconds"});
        unit("minute", {"min", "mins", "minutes"});
        unit("hour", {"h", "hr", "hrs", "hours"});
        unit("day", {"days"});
        unit("week", {"weeks"});
        unit("month", {"months"});
        unit("year", {"yr", "yrs", "years"});
        unit("milligram", {"mg", "milligrams"});
        unit("gram", {"g", "gm", "grams"});
        unit("kilogram", {"kg", "kgs", "kilograms"});
        unit("pound", {"lb", "lbs", "pounds"});
        unit("ounce", {"oz", "ounces"});
        unit("ton", {"tons"});
        unit("milliliter", {"ml", "mL", "milliliters"});
        unit("liter", {"l", "L", "liters", "litre", "litres"});
        unit("gallon", {"gal", "gallons"});
        unit("cup", {"cups"});
        unit("dollar", {"dollars", "usd"});
        unit("cent", {"cents"});
        unit("degree", {"deg", "degrees"});
        unit("radian", {"rad", "radians"});
        unit("mile hour", {"mph"});
        unit("kilometer hour", {"kph"});
        return made;
    }();
    return table;
}

struct Character {
    std::int32_t codePoint;
    std::string_view ascii;
};

// Sorted by code point.
constexpr Character kCharacters[] = {
    {0xA0, " "},
    {0xA2, ""},
    {0xA3, ""},
    {0xA5, ""},
    {0xB0, "^\\circ "},
    {0xB1, "\\pm "},
    {0xB7, "\\cdot "},
    {0xBC, "\\frac{1}{4}"},
    {0xBD, "\\frac{1}{2}"},
    {0xBE, "\\frac{3}{4}"},
    {0xD7, "\\times "},
    {0xF7, "\\div "},
    {0x391, "A"},
    {0x393, "\\Gamma "},
    {0x394, "\\Delta "},
    {0x398, "\\Theta "},
    {0x3A3, "\\Sigma "},
    {0x3A6, "\\Phi "},
    {0x3A9, "\\Omega "},
    {0x3B1, "\\alpha "},
    {0x3B2, "\\beta "},
    {0x3B3, "\\gamma "},
    {0x3B4, "\\delta "},
    {0x3B5, "\\epsilon "},
    {0x3B8, "\\theta "},
    {0x3BB, "\\lambda "},
    {0x3BC, "\\mu "},
    {0x3C0, "\\pi "},
    {0x3C1, "\\rho "},
    {0x3C3, "\\sigma "},
    {0x3C4, "\\tau "},
    {0x3C6, "\\phi "},
    {0x3C9, "\\omega "},
    {0x2002, " "},
    {0x2003, " "},
    {0x2009, "\\,"},
    {0x200A, " "},
    {0x200B, ""},
    {0x200C, ""},
    {0x200D, ""},
    {0x2010, "-"},
    {0x2011, "-"},
    {0x2012, "-"},
    {0x2013, "-"},
    {0x2014, "-"},
    {0x2018, ""},
    {0x2019, "'"},
    {0x201C, ""},
    {0x201D, ""},
    {0x2022, "\\cdot "},
    {0x2026, "\\dots "},
    {0x202F, "\\,"},
    {0x2032, "'"},
    {0x2044, "/"},
    {0x2061, ""},
    {0x2062, ""},
    {0x20AC, ""},
    {0x20B9, ""},
    {0x211D, "\\mathbb{R}"},
    {0x2153, "\\frac{1}{3}"},
    {0x2154, "\\frac{2}{3}"},
    {0x2155, "\\frac{1}{5}"},
    {0x2159, "\\frac{1}{6}"},
    {0x215B, "\\frac{1}{8}"},
    {0x2205, "\\emptyset "},
    {0x2208, "\\in "},
    {0x2212, "-"},
    {0x2213, "\\mp "},
    {0x2215, "/"},
    {0x2216, "\\setminus "},
    {0x2217, "*"},
    {0x2219, "\\cdot "},
    {0x221A, "\\sqrt "},
    {0x221B, "\\sqrt[3]"},
    {0x221E, "\\infty "},
    {0x2220, ""},
    {0x2223, "|"},
    {0x2229, "\\cap "},
    {0x222A, "\\cup "},
    {0x2236, ":"},
    {0x2248, "\\approx "},
    {0x2260, "\\ne "},
    {0x2264, "\\le "},
    {0x2265, "\\ge "},
    {0x22C5, "\\cdot "},
    {0x2308, "\\lceil "},
    {0x2309, "\\rceil "},
    {0x230A, "\\lfloor "},
    {0x230B, "\\rfloor "},
    {0x27E8, "\\langle "},
    {0x27E9, "\\rangle "},
    {0x2A7D, "\\le "},
    {0x2A7E, "\\ge "},
    {0xFEFF, ""},
    {0xFF05, "%"},
    {0xFF0B, "+"},
    {0xFF0D, "-"},
};

} // namespace

std::optional<MathFunction> mathFunctionFromName(std::string_view name) {
    const auto found = functionTable().find(name);
    if (found == functionTable().end())
        return std::nullopt;
    return found->second;
}

LatexCommand latexCommand(std::string_view name) {
    const auto found = commandTable().find(name);
    return found == commandTable().end() ? LatexCommand() : found->second;
}

std::optional<std::string_view> asciiOfCharacter(std::int32_t codePoint) {
    const auto* const found = std::lower_bound(
        std::begin(kCharacters), std::end(kCharacters), codePoint,
        [](const Character& c, std::int32_t wanted) { return c.codePoint < wanted; });
    if (found == std::end(kCharacters) || found->codePoint != codePoint)
        return std::nullopt;
    return found->ascii;
}

std::string_view unitOf(std::string_view word) {
    const auto found = unitTable().find(word);
    return found == unitTable().end() ? std::string_view() : found->second;
}

bool isUnitFiller(std::string_view word) {
    constexpr std::array<std::string_view, 9> kFillers = {"square", "sq", "cubic", "cu",  "per",
                                                          "of",     "a",  "an",    "each"};
    return std::find(kFillers.begin(), kFillers.end(), word) != kFillers.end();
}

} // namespace crux::text
