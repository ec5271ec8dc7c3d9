#include "app/cli/interrupt.h"

#include <csignal>

namespace crux::cli {

namespace {

// A handler may only touch lock-free atomics; the token's flag is one, reached by a raw pointer.
const CancelToken* g_token = nullptr;

void onSignal(int signal) {
    if (g_token)
        g_token->cancel();
    std::signal(signal, SIG_DFL);
}

} // namespace

CancelToken cancelOnInterrupt() {
    static const CancelToken token;
    g_token = &token;
    struct sigaction action {};
    action.sa_handler = onSignal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = 0; // no restart: a blocked read returns at once
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    return token;
}

bool interrupted() {
    return g_token && g_token->cancelled();
}

} // namespace crux::cli
