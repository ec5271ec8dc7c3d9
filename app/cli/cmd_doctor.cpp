// crux-cli doctor: what this machine offers.
#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "core/base/text_util.h"
#include "core/base/version.h"
#include "core/engine/engine.h"
#include "core/spec/protocol.h"

#include <CLI/CLI.hpp>

#include <sys/utsname.h>
#include <unistd.h>

#include <iostream>
#include <memory>
#include <thread>

namespace crux::cli {

namespace {

Json doctorFacts() {
    utsname system{};
    ::uname(&system);
    const auto pages = static_cast<std::int64_t>(::sysconf(_SC_PHYS_PAGES));
    Json facts{{"crux", crux::kVersion},
               {"protocol", protocol::kVersion},
               {"backend", "LibTorch " + engine::backendVersion()},
               {"system", cat(system.sysname, " ", system.release, " ", system.machine)},
               {"threads", std::thread::hardware_concurrency()},
               {"memory_bytes", pages * static_cast<std::int64_t>(::sysconf(_SC_PAGESIZE))},
               {"projects", false},
               {"devices", Json::array()}};
#ifdef CRUX_HAS_TEXT
    facts["projects"] = true;
#endif
    for (const engine::DeviceInfo& device : engine::devices())
        facts["devices"].push_back({{"name", device.name},
                                    {"description", device.description},
                                    {"memory_bytes", device.memoryBytes},
                                    {"free_bytes", device.freeBytes},
                                    {"dtypes", device.dtypes},
                                    {"preferred_dtype", device.preferredDType}});
    return facts;
}

std::string gibibytes(const Json& bytes) {
    const double value = bytes.get<double>() / (1024.0 * 1024 * 1024);
    char text[32];
    std::snprintf(text, sizeof text, "%.1f GiB", value);
    return text;
}

void printFacts(const Json& facts) {
    std::cout << "crux      " << facts["crux"].get<std::string>() << " (worker protocol "
              << facts["protocol"] << (facts["projects"].get<bool>() ? "" : ", engine only")
              << ")\n"
              << "backend   " << facts["backend"].get<std::string>() << "\n"
              << "system    " << facts["system"].get<std::string>() << "\n"
              << "threads   " << facts["threads"] << "\n"
              << "memory    " << gibibytes(facts["memory_bytes"]) << "\n";
    for (const Json& device : facts["devices"]) {
        std::string dtypes;
        for (const Json& dtype : device["dtypes"])
            dtypes += (dtypes.empty() ? "" : ", ") + dtype.get<std::string>();
        std::cout << "device    " << device["name"].get<std::string>() << ": "
                  << device["description"].get<std::string>() << ", "
                  << gibibytes(device["memory_bytes"]) << " (" << gibibytes(device["free_bytes"])
                  << " free), " << dtypes << "; auto uses "
                  << device["preferred_dtype"].get<std::string>() << "\n";
    }
}

} // namespace

void addDoctor(CLI::App& app, Session& session) {
    auto asJson = std::make_shared<bool>(false);
    CLI::App* command = app.add_subcommand(
        "doctor", "What this machine offers: versions, devices, memory, threads, dtypes");
    command->add_flag("--json", *asJson, "One JSON object instead of lines for people");
    command->footer("Example:\n  crux-cli doctor --json");
    setBody(*command, session, [asJson]() -> Status {
        const Json facts = doctorFacts();
        if (*asJson)
            std::cout << dumpJson(facts) << std::endl;
        else
            printFacts(facts);
        return {};
    });
}

} // namespace crux::cli
