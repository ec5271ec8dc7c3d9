#include "core/jobs/search_options.h"

#include "core/base/text_util.h"
#include "core/engine/critical/bisect.h"
#include "core/engine/critical/cliff.h"
#include "core/engine/critical/curve.h"
#include "core/engine/critical/pivotal.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace crux::jobs {

namespace {

/// Raised when the same parameters would draw other rollouts than before.
constexpr int kDrawFormat = 1;

/// "0, 12,-1" -> positions, rising. What is no number was refused before: see checkPositions().
std::vector<int> positionList(const std::string& list) {
    std::vector<int> positions;
    for (const std::string_view part : split(list, ','))
        if (const std::string_view word = trimmed(part); !word.empty())
            positions.push_back(std::atoi(std::string(word).c_str()));
    std::sort(positions.begin(), positions.end());
    return positions;
}

/// The method itself, without the curve beside it.
std::unique_ptr<critical::Detector> tokenDetector(const SearchOptions& o, std::vector<float> logp) {
    if (o.method == "pivotal")
        return std::make_unique<critical::PivotalDetector>(
            critical::PivotalOptions{o.n, o.gap, o.minimum, o.maximum, o.economical},
            std::move(logp));
    if (o.method == "cliff")
        return std::make_unique<critical::CliffDetector>(critical::CliffOptions{o.n, o.drop, o.z});
    if (o.method == "bisect" && o.economical)
        return std::make_unique<critical::BisectDetector>(
            critical::BisectOptions{o.n, o.lowShare, o.verify});
    return std::make_unique<critical::CriticalDetector>(
        critical::CriticalOptions{o.n, o.lowShare, o.rule, o.economical});
}

} // namespace

int SearchOptions::fresh() const {
    return std::max(looksForLoss() ? confirm : 0, without ? n : 0);
}

int SearchOptions::tolerance() const {
    return looksForLoss() ? critical::toleranceOf(n, lowShare) : n;
}

std::unique_ptr<critical::Detector> SearchOptions::detector(std::vector<float> logp) const {
    if (method == "curve")
        return std::make_unique<critical::CurveDetector>(
            critical::CurveOptions{n, positions, points});
    auto searching = tokenDetector(*this, std::move(logp));
    if (points == 0)
        return searching;
    return std::make_unique<critical::CurveDetector>(critical::CurveOptions{n, {}, points},
                                                     std::move(searching));
}

Json SearchOptions::rolloutParams() const {
    return {{"temperature", sampling.temperature},
            {"top_p", sampling.topP},
            {"top_k", sampling.topK},
            {"max_new_tokens", sampling.maxNewTokens},
            {"stop", sampling.stop},
            {"grader", "crux"},
            {"draws", kDrawFormat}};
}

Json SearchOptions::searchParams() const {
    Json own{{"method", method}, {"n", n}, {"mode", economical ? "economical" : "exhaustive"}};
    if (looksForLoss())
        own.update({{"low_share", lowShare}, {"confirm", confirm}});
    if (method == "critical")
        own["rule"] = rule == critical::CriticalRule::Authors ? "authors" : "paper";
    if (method == "bisect")
        own["verify"] = verify;
    if (method == "pivotal")
        own.update({{"gap", gap}, {"minimum", minimum}, {"maximum", maximum}});
    if (method == "cliff")
        own.update({{"drop", drop}, {"z", z}});
    if (points > 0)
        own["points"] = points;
    if (!positions.empty())
        own["positions"] = positions;
    if (imported)
        return {{"search", own}, {"potentials", "imported"}};
    if (without)
        own["without"] =
            replacement == critical::ReplacementDraw::Sampler ? "sampler" : "full_softmax";
    return {{"search", own}, {"rollouts", rolloutParams()}};
}

std::string SearchOptions::variant(std::int32_t banned) const {
    return cat("ban ", banned,
               replacement == critical::ReplacementDraw::FullSoftmax ? " full" : "");
}

Status checkSearchSpec(const Json& spec) {
    const auto list = spec.at("positions").get<std::string>();
    for (const std::string_view part : split(list, ',')) {
        const std::string_view word = trimmed(part);
        int position = 0;
        const auto [end, problem] =
            std::from_chars(word.data(), word.data() + word.size(), position);
        if (!list.empty() &&
            (problem != std::errc() || end != word.data() + word.size() || position < -1))
            return fail(ErrorCode::InvalidArgument,
                        cat("\"", word,
                            "\" in the list of positions is none; write response positions such "
                            "as 0,12,34, or -1 for the bare prompt."),
                        "positions");
    }
    const bool curve = spec.at("method") == "curve";
    if (!list.empty() && !curve)
        return fail(ErrorCode::InvalidArgument,
                    "Only the method curve takes a list of positions; the others choose their own.",
                    "positions");
    if (curve && (spec.at("without").get<bool>() || spec.at("potentials") == "imported"))
        return fail(ErrorCode::InvalidArgument,
                    "The method curve finds no token, so it draws rollouts and bans none; leave "
                    "out \"without\" and imported potentials.",
                    "method");
    return {};
}

SearchOptions searchOptions(const Json& spec) {
    SearchOptions o;
    o.method = spec.at("method").get<std::string>();
    if (spec.at("rule") == "authors")
        o.rule = critical::CriticalRule::Authors;
    o.economical = spec.at("mode") == "economical";
    o.imported = spec.at("potentials") == "imported";
    o.n = spec.at("n").get<int>();
    o.points = spec.at("points").get<int>();
    o.positions = positionList(spec.at("positions").get<std::string>());
    o.lowShare = spec.at("low_share").get<double>();
    o.gap = spec.at("gap").get<double>();
    o.minimum = spec.at("minimum").get<double>();
    o.maximum = spec.at("maximum").get<double>();
    o.drop = spec.at("drop").get<double>();
    o.z = spec.at("z").get<double>();
    o.verify = spec.at("verify").get<bool>();
    o.confirm = spec.at("confirm").get<int>();
    o.without = spec.at("without").get<bool>();
    if (spec.at("replacement") == "full_softmax")
        o.replacement = critical::ReplacementDraw::FullSoftmax;
    o.sampling.temperature = spec.at("temperature").get<double>();
    o.sampling.topP = spec.at("top_p").get<double>();
    o.sampling.topK = spec.at("top_k").get<int>();
    o.sampling.maxNewTokens = spec.at("max_new_tokens").get<int>();
    o.sampling.stop = spec.at("stop").get<std::vector<std::string>>();
    o.sampling.seed = spec.at("seed").get<std::uint64_t>();
    o.batch = spec.at("batch").get<int>();
    o.kvBytes = spec.at("memory").get<std::int64_t>() << 20;
    if (o.imported) { // nothing is drawn
        o.confirm = 0;
        o.without = false;
    }
    return o;
}

} // namespace crux::jobs
