#include "core/spec/verdict.h"

namespace crux {

std::string_view verdictName(Verdict verdict) {
    switch (verdict) {
    case Verdict::Ungraded:
        return "ungraded";
    case Verdict::Right:
        return "right";
    case Verdict::Wrong:
        return "wrong";
    case Verdict::NoAnswer:
        return "no_answer";
    }
    return "ungraded";
}

std::optional<Verdict> verdictFromName(std::string_view name) {
    for (const Verdict verdict :
         {Verdict::Ungraded, Verdict::Right, Verdict::Wrong, Verdict::NoAnswer})
        if (verdictName(verdict) == name)
            return verdict;
    return std::nullopt;
}

std::string_view sourceName(Source source) {
    switch (source) {
    case Source::Imported:
        return "imported";
    case Source::Sampled:
        return "sampled";
    case Source::Forced:
        return "forced";
    }
    return "imported";
}

} // namespace crux
