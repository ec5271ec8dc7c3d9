// How long OpenMP's threads spin for each other: about as long as putting one to sleep and waking
// it takes. libgomp's default is more than a hundred times that, which costs a program many times
// its speed once other programs want the cores too.
//
// libgomp reads its environment in its constructor and offers no call for it later. So the program
// restarts itself once with the variable set, before the constructors of its libraries have run
// (they are most of what starting takes). A user's own GOMP_SPINCOUNT or OMP_WAIT_POLICY stays.
#include <cstddef>
#include <cstring>

#include <unistd.h>

#if defined(__GLIBC__) && defined(__linux__)

namespace {

constexpr char kSpins[] = "GOMP_SPINCOUNT=2000"; // 20 microseconds
constexpr std::size_t kMostVariables = 16384;

bool begins(const char* entry, const char* name) {
    return std::strncmp(entry, name, std::strlen(name)) == 0;
}

/// No allocation and no stream here: the C library has not been set up yet.
void restartWithShortWaits(int, char** argv, char** environment) {
    std::size_t count = 0;
    for (; environment[count]; ++count)
        if (begins(environment[count], "GOMP_SPINCOUNT=") ||
            begins(environment[count], "OMP_WAIT_POLICY="))
            return;
    static const char* extended[kMostVariables + 2];
    static char program[4096];
    const ssize_t length = ::readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0 || count > kMostVariables)
        return;
    std::memcpy(extended, environment, count * sizeof(char*));
    extended[count] = kSpins;
    ::execve(program, argv, const_cast<char* const*>(extended)); // on failure goes on as it is
}

} // namespace

extern "C" {
__attribute__((section(".preinit_array"),
               used)) void (*cruxRestart)(int, char**, char**) = restartWithShortWaits;
}

#endif
