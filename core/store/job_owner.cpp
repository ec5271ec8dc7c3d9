#include "core/store/job_owner.h"

#include "core/base/text_util.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <unistd.h>

namespace crux::store {

namespace {

std::string hostName() {
    std::array<char, 256> name{};
    if (::gethostname(name.data(), name.size() - 1) != 0)
        return "localhost";
    return name.data();
}

} // namespace

std::string thisOwner() {
    return cat(hostName(), ":", ::getpid());
}

bool ownerIsGone(const std::string& owner) {
    const std::size_t colon = owner.rfind(':');
    if (colon == std::string::npos || owner.substr(0, colon) != hostName())
        return false;
    pid_t pid = 0;
    const char* end = owner.data() + owner.size();
    const auto [rest, problem] = std::from_chars(owner.data() + colon + 1, end, pid);
    if (problem != std::errc() || rest != end || pid <= 0)
        return false;
    return ::kill(pid, 0) != 0 && errno == ESRCH;
}

} // namespace crux::store
