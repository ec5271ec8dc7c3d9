#include "app/cli/parser_rules.h"

#include "core/base/text_util.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>

namespace crux::cli {

namespace {

template <typename Number> std::string checkWhole(const std::string& text) {
    Number value{};
    const char* const end = text.data() + text.size();
    const char* const begin = text.data() + (text.rfind('+', 0) == 0 ? 1 : 0);
    const auto [rest, problem] = std::from_chars(begin, end, value);
    if (problem == std::errc() && rest == end)
        return {};
    if (problem == std::errc::result_out_of_range || text.rfind('-', 0) == 0)
        return cat("must be from ", std::numeric_limits<Number>::min(), " to ",
                   std::numeric_limits<Number>::max(), ", not ", text);
    return cat("must be a whole number, not \"", text, "\"");
}

std::string checkGiven(const std::string& text) {
    return text.empty() ? "must not be empty" : std::string();
}

std::string checkFinite(const std::string& text) {
    char* rest = nullptr;
    const double value = std::strtod(text.c_str(), &rest);
    const bool number = !text.empty() && *rest == '\0';
    return number && std::isfinite(value) ? std::string()
                                          : cat("must be a finite number, not \"", text, "\"");
}

/// What the library's name of an option's type says, such as "INT:INT in [1 - 4096]" or
/// "TEXT:{a,b}".
struct TypeWords {
    std::string word;   ///< N, X or TEXT
    std::string values; ///< "1 to 4096", "a, b or c", or empty
};

std::string orList(const std::string& list) {
    std::string out;
    const auto parts = split(list, ',');
    for (std::size_t i = 0; i < parts.size(); ++i)
        out += cat(i == 0 ? "" : i + 1 == parts.size() ? " or " : ", ", parts[i]);
    return out;
}

TypeWords wordsOf(const std::string& type) {
    TypeWords words;
    const std::string base = type.substr(0, type.find(':'));
    words.word = base == "INT" || base == "UINT" ? "N" : base == "FLOAT" ? "X" : base;
    if (const auto from = type.find(" in ["); from != std::string::npos) {
        const std::string range = type.substr(from + 5, type.rfind(']') - from - 5);
        if (const auto dash = range.find(" - "); dash != std::string::npos)
            words.values = cat(range.substr(0, dash), " to ", range.substr(dash + 3));
    } else if (const auto brace = type.find(":{"); brace != std::string::npos) {
        words.values = orList(type.substr(brace + 2, type.rfind('}') - brace - 2));
    }
    return words;
}

/// "--n N" on the left; range, choices and default follow the description.
class HelpStyle : public CLI::Formatter {
public:
    std::string make_option_name(const CLI::Option* option, bool positional) const override {
        std::string name = CLI::Formatter::make_option_name(option, positional);
        for (auto at = name.find("{false}"); at != std::string::npos; at = name.find("{false}"))
            name.erase(at, 7);
        return name;
    }
    std::string make_option_opts(const CLI::Option* option) const override {
        if (option->get_type_size() == 0)
            return {};
        std::string text = cat(" ", wordsOf(option->get_type_name()).word);
        if (option->get_expected_max() == CLI::detail::expected_max_vector_size)
            text += " ...";
        if (option->get_required())
            text += " (required)";
        return text;
    }
    std::string make_option_desc(const CLI::Option* option) const override {
        const std::string description = option->get_description();
        if (option->get_type_size() == 0)
            return description;
        std::string more = wordsOf(option->get_type_name()).values;
        if (!more.empty() && description.find(more) != std::string::npos)
            more.clear();
        if (const std::string value = option->get_default_str(); !value.empty())
            more += cat(more.empty() ? "" : "; ", "default ", value);
        return more.empty() ? description : cat(description, " (", more, ")");
    }
};

void applyTo(CLI::App& app, const std::shared_ptr<HelpStyle>& style) {
    app.formatter(style);
    for (CLI::Option* option : app.get_options()) {
        const std::string type = option->get_type_name();
        const std::string base = type.substr(0, type.find(':'));
        if (base == "INT")
            option->check(CLI::Validator(checkWhole<std::int64_t>, ""));
        else if (base == "UINT")
            option->check(CLI::Validator(checkWhole<std::uint64_t>, ""));
        else if (base == "FLOAT")
            option->check(CLI::Validator(checkFinite, ""));
        // A file or folder that must be named; an empty input is stdin.
        const bool input = option->get_name(true) == "input";
        if (base == "TEXT" && !input && (option->get_positional() || option->get_required()))
            option->check(CLI::Validator(checkGiven, ""));
    }
    for (CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        applyTo(*command, style);
}

} // namespace

void applyParserRules(CLI::App& app) {
    applyTo(app, std::make_shared<HelpStyle>());
}

std::string unknownCommand(const CLI::App& app, int argc, const char* const* argv) {
    const CLI::App* group = &app;
    std::string said;
    for (int i = 1; i < argc && argv[i][0] != '-'; ++i) {
        const std::string name = argv[i];
        const auto all = group->get_subcommands([](const CLI::App*) { return true; });
        if (all.empty())
            return {};
        const auto found = std::find_if(all.begin(), all.end(), [&](const CLI::App* command) {
            return command->check_name(name);
        });
        if (found == all.end())
            return cat("There is no command \"", said, name, "\" (see crux-cli ", said, "--help)");
        said += name + " ";
        group = *found;
    }
    return {};
}

} // namespace crux::cli
