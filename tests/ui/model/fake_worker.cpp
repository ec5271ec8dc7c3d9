// Stands in for crux-worker in tests. CRUX_FAKE_WORKER chooses how it behaves: well | crash | hang
// | flood | half_line | version | twice | no_hello | garbage.
#include "core/base/json.h"
#include "core/spec/protocol.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>

namespace {

using crux::Json;

void say(const Json& message) {
    std::cout << crux::dumpJson(message) << '\n' << std::flush;
}

[[noreturn]] void hang() {
    std::string line;
    while (std::getline(std::cin, line)) {
    }
    for (;;)
        std::raise(SIGSTOP);
}

/// A continuation of four tokens; with "wait" in force_text, or when 999 is banned, it ends only
/// when it is cancelled. Sample i is said to be trajectory 100 + i.
void continueFrom(const Json& request) {
    const auto id = request["id"];
    const Json& params = request["params"];
    Json ids = params.value("force_ids", Json::array());
    Json pieces = Json::array();
    for (std::size_t i = 0; i < ids.size(); ++i)
        pieces.push_back(" forced");
    const Json sampling = params.value("sampling", Json::object());
    const int samples = sampling.value("samples", 1);
    const auto tell = [&](int sample, const Json& moreIds, const Json& morePieces) {
        say(crux::protocol::notification("progress",
                                         {{"id", id},
                                          {"sample", sample},
                                          {"trajectory_id", samples > 1 ? 100 + sample : 0},
                                          {"ids", moreIds},
                                          {"pieces", morePieces}}));
    };
    for (int sample = 0; sample < samples; ++sample) {
        tell(sample, ids, pieces);
        tell(sample, Json{11 + sample, 12}, Json{" one", " two"});
    }
    std::string line;
    const Json banned = params.value("ban_ids", Json::array());
    if (params.value("force_text", std::string()) == "wait" ||
        std::find(banned.begin(), banned.end(), Json(999)) != banned.end())
        while (std::getline(std::cin, line)) {
            const auto next = crux::parseJson(line);
            if (!next.ok() || next->value("method", std::string()) != "cancel")
                continue;
            say(crux::protocol::reply((*next)["id"], Json{{"cancelled", true}}));
            break;
        }
    say(crux::protocol::reply(id, Json{{"branches", Json::array()}}));
}

} // namespace

int main() {
    const char* chosen = std::getenv("CRUX_FAKE_WORKER");
    const std::string behaviour = chosen ? chosen : "well";
    if (behaviour == "no_hello")
        hang();
    std::string line;
    while (std::getline(std::cin, line)) {
        const auto parsed = crux::parseJson(line);
        if (!parsed.ok())
            return 3;
        const Json& request = *parsed;
        const std::string method = request.value("method", std::string());
        if (method == "hello") {
            const int version = behaviour == "version" ? 99 : crux::protocol::kVersion;
            std::cerr << "fake worker is up\n" << std::flush;
            say(crux::protocol::reply(request["id"], {{"protocol", version},
                                                      {"device", "cpu"},
                                                      {"dtype", "float32"},
                                                      {"threads", 2},
                                                      {"memory_bytes", 1024}}));
            continue;
        }
        if (method == "shutdown") {
            say(crux::protocol::reply(request["id"], Json::object()));
            return 0;
        }
        if (method == "continue") {
            continueFrom(request);
            continue;
        }
        if (method != "work") {
            say(crux::protocol::reply(request["id"], Json::object()));
            continue;
        }
        say(crux::protocol::notification("progress", {{"id", request["id"]}, {"step", 1}}));
        if (behaviour == "crash") {
            std::cerr << "about to fall over\n" << std::flush;
            std::raise(SIGKILL);
        }
        if (behaviour == "hang")
            hang();
        if (behaviour == "flood")
            for (int i = 0; i < 5000; ++i)
                std::cerr << "line " << i << '\n';
        if (behaviour == "garbage")
            std::cout << "this is no JSON\n[1,2\n" << std::flush;
        if (behaviour == "half_line") {
            std::cout << "{\"jsonrpc\":\"2.0\",\"id\":" << std::flush;
            return 7;
        }
        say(crux::protocol::reply(request["id"], Json{{"answer", 42}}));
        if (behaviour == "twice")
            say(crux::protocol::reply(request["id"], Json{{"answer", 43}}));
    }
    return 0;
}
