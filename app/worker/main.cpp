// crux-worker: the background core of the window, one process a device. Speaks core/spec/protocol.h
// on stdin and stdout; everything else it says goes to stderr.
#include "app/worker/line_channel.h"
#include "app/worker/server.h"
#include "core/base/log.h"
#include "core/base/version.h"

#include <CLI/CLI.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

namespace {

/// Keeps the real stdout for the protocol and points descriptor 1 at stderr, so that no library can
/// print into the stream.
int setStdoutAside() {
    const int stream = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (stream >= 0)
        ::dup2(STDERR_FILENO, STDOUT_FILENO);
    return stream;
}

} // namespace

int main(int argc, char** argv) {
    CLI::App app{"The background core of Crux: started by the window, speaks JSON-RPC lines on "
                 "stdin and stdout.",
                 "crux-worker"};
    crux::engine::ComputeOptions options;
    app.add_option("--device", options.device, "auto, cpu, cuda or cuda:N");
    app.add_option("--dtype", options.dtype, "auto, float32 or bfloat16")
        ->check(CLI::IsMember({"auto", "float32", "bfloat16"}));
    app.add_option("--threads", options.threads, "CPU threads; 0 = all cores")
        ->check(CLI::Range(0, 4096));
    app.set_version_flag("--version", std::string("crux-worker ") + crux::kVersion);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& complaint) {
        app.exit(complaint, std::cout, std::cerr);
        return complaint.get_exit_code() == 0 ? 0 : 2;
    }
    const int stream = setStdoutAside();
    if (stream < 0) {
        std::fputs("crux-worker: the standard output is closed; start it from the window\n",
                   stderr);
        return 1;
    }
    crux::worker::watchSignals();
    crux::worker::LineChannel channel(STDIN_FILENO, stream);
    crux::worker::Server server(channel, options);
    channel.start([&server](const crux::worker::LineChannel::Line* line, bool bySignal) {
        server.accept(line, bySignal);
    });
    const int status = server.run();
    channel.close();
    return status;
}
