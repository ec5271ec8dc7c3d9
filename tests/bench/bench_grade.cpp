// Speed of grading: real GSM8K solutions through `crux-cli grade`, the process as a whole, against
// the grading rule alone, parsing the same lines alone, and a Python script that reads the lines
// and applies a rule of two regular expressions.
//   bench_grade [--lines N] [--solutions FILE]
#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/base/json.h"
#include "core/base/text_util.h"
#include "core/text/grade.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

using namespace crux;

namespace {

constexpr double kTarget = 50'000; // answers a second

/// {"response","answer"} of every stored solution of a file of model solutions.
std::vector<std::string> linesOf(const Path& file) {
    std::vector<std::string> lines;
    std::ifstream in(file);
    for (std::string text; std::getline(in, text);) {
        const auto row = parseJson(text);
        if (!row || !row->contains("ground_truth"))
            continue;
        for (const auto& [key, value] : row->items())
            if (value.is_object() && value.contains("solution"))
                lines.push_back(dumpJson(
                    Json{{"response", value["solution"]}, {"answer", (*row)["ground_truth"]}}));
    }
    return lines;
}

double rate(std::size_t lines, double ms) {
    return static_cast<double>(lines) / ms * 1000;
}

} // namespace

int main(int argc, char** argv) {
    std::size_t count = 200'000;
    Path solutions = cat(CRUX_SOURCE_DIR, "/../shared/data/gsm8k/model_solutions.jsonl");
    for (int i = 1; i + 1 < argc; i += 2) {
        if (std::strcmp(argv[i], "--lines") == 0)
            count = static_cast<std::size_t>(std::max(1, std::atoi(argv[i + 1])));
        else if (std::strcmp(argv[i], "--solutions") == 0)
            solutions = argv[i + 1];
    }
    const std::vector<std::string> lines = linesOf(solutions);
    if (lines.empty()) {
        std::printf("skipped: no solutions in %s; name a file with --solutions\n",
                    solutions.c_str());
        return 0;
    }
    const Path folder = std::filesystem::temp_directory_path() / cat("crux-bench-grade-", nowMs());
    std::filesystem::create_directories(folder);
    const Path input = folder / "in.jsonl";
    {
        std::ofstream out(input);
        for (std::size_t i = 0; i < count; ++i)
            out << lines[i % lines.size()] << '\n';
    }
    double start = steadyMs();
    std::size_t fields = 0;
    for (std::size_t i = 0; i < count; ++i)
        fields += parseJson(lines[i % lines.size()])->size();
    const double parsing = steadyMs() - start;
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const std::string& line : lines) {
        const auto row = parseJson(line);
        pairs.emplace_back((*row)["response"].get<std::string>(),
                           text::gsm8kGold((*row)["answer"].get<std::string>()));
    }
    start = steadyMs();
    std::size_t right = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const auto& [response, gold] = pairs[i % pairs.size()];
        right +=
            text::grade(text::GradeTask::Gsm8k, text::GradeProfile::Crux, response, gold).verdict ==
                    Verdict::Right
                ? 1
                : 0;
    }
    const double grading = steadyMs() - start;
    std::printf("%zu answers of %zu solutions, %zu right\n", count, lines.size(), right);
    std::printf("  parsing the lines alone: %.0f/s; grading alone: %.0f/s\n",
                rate(fields / 2, parsing), rate(count, grading));
    const std::string cli = cat(CRUX_BINARY_DIR, "/bin/crux-cli grade --task gsm8k ",
                                input.string(), " > ", (folder / "out.jsonl").string());
    double best = 0;
    for (int round = 0; round < 3; ++round) {
        start = steadyMs();
        if (std::system(cli.c_str()) != 0)
            return 1;
        best = std::max(best, rate(count, steadyMs() - start));
    }
    std::printf("  crux-cli grade: %.0f answers/s (target %.0f)%s\n", best, kTarget,
                best < kTarget ? "  MISSED" : "");
    std::fflush(stdout);
    if (const char* python = std::getenv("CRUX_PEER_PYTHON"); python && *python) {
        const std::string peer = cat(python, " ", CRUX_SOURCE_DIR, "/tests/bench/peer_grade.py ",
                                     input.string(), " > ", (folder / "peer.jsonl").string());
        start = steadyMs();
        if (std::system(peer.c_str()) == 0) {
            const double theirs = rate(count, steadyMs() - start);
            std::printf("  Python, two regular expressions: %.0f answers/s: ours is %.1f x\n",
                        theirs, best / theirs);
        }
    }
    std::filesystem::remove_all(folder);
    return best < kTarget ? 1 : 0;
}
