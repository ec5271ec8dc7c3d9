#include "core/store/rollout_sets.h"

#include "core/store/repositories.h"

#include <algorithm>

namespace crux::store {

bool independentRollouts(const Json& params) {
    const auto found = params.find(kIndependentRollouts);
    return found != params.end() && found->is_boolean() && found->get<bool>();
}

std::vector<std::string> rolloutStops(const Json& params) {
    std::vector<std::string> stops;
    const auto found = params.find("stop");
    if (found != params.end() && found->is_array())
        for (const Json& stop : *found)
            if (stop.is_string() && !stop.get_ref<const std::string&>().empty())
                stops.push_back(stop.get<std::string>());
    return stops;
}

std::size_t followedTokens(const RolloutRecord& rollout, std::span<const std::int32_t> ids) {
    const auto first = std::clamp<std::ptrdiff_t>(rollout.position + 1, 0, std::ssize(ids));
    const auto rest = ids.subspan(static_cast<std::size_t>(first));
    return static_cast<std::size_t>(
        std::mismatch(rollout.ids.begin(), rollout.ids.end(), rest.begin(), rest.end()).first -
        rollout.ids.begin());
}

std::string piecesText(const VocabularyRecord& vocabulary, std::span<const std::int32_t> ids) {
    std::string text;
    for (const std::int32_t id : ids) {
        const auto at = static_cast<std::size_t>(id);
        if (id >= 0 && at < vocabulary.pieces.size() && !vocabulary.special[at])
            text += vocabulary.pieces[at];
    }
    return text;
}

std::string cutAtStops(std::string text, const std::vector<std::string>& stops) {
    std::size_t end = text.size();
    for (const std::string& stop : stops)
        end = std::min(end, text.find(stop));
    text.resize(end);
    return text;
}

} // namespace crux::store
