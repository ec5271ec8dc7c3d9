// crux-cli spec: the parameters of a job kind, one JSON object each.
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "core/spec/params.h"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>

namespace crux::cli {

namespace {

const char* typeName(ParamType type) {
    switch (type) {
    case ParamType::Integer:
        return "integer";
    case ParamType::Real:
        return "real";
    case ParamType::Text:
        return "text";
    case ParamType::Boolean:
        return "boolean";
    case ParamType::Choice:
        return "choice";
    case ParamType::FilePath:
        return "path";
    case ParamType::TextList:
        return "list of texts";
    }
    return "text";
}

Json rangeOf(const ParamDef& def) {
    if (!def.choices.empty())
        return def.choices;
    if (!def.minimum && !def.maximum)
        return nullptr;
    return Json::array(
        {def.minimum ? Json(*def.minimum) : Json(), def.maximum ? Json(*def.maximum) : Json()});
}

Status runSpec(const std::string& kind) {
    const auto table = paramTable(kind);
    if (!table.ok()) // a word of the command line that does not exist
        return fail(ErrorCode::Usage, table.error().message);
    for (const ParamDef& def : *table)
        std::cout << dumpJson({{"name", def.name},
                               {"type", typeName(def.type)},
                               {"default", def.defaultValue},
                               {"required", def.defaultValue.is_null()},
                               {"range", rangeOf(def)},
                               {"doc", def.doc}})
                  << "\n";
    return {};
}

} // namespace

void addSpec(CLI::App& app, Session& session) {
    auto kind = std::make_shared<std::string>();
    CLI::App* command =
        app.add_subcommand("spec", "The parameters of a job kind: name, type, default, range, doc");
    std::string kinds;
    for (const std::string& name : jobKinds())
        kinds += (kinds.empty() ? "" : ", ") + name;
    command->add_option("kind", *kind, "One of " + kinds)->required();
    command->footer("This is the schema of --spec job.json; leave out what the default says.\n"
                    "Example:\n  crux-cli spec score");
    setBody(*command, session, [kind] { return runSpec(*kind); });
}

} // namespace crux::cli
