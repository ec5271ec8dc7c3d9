#include "core/store/gold_answers.h"

#include <algorithm>

namespace crux::store {

namespace {
constexpr const char* kKey = "golds";
}

std::vector<std::string> goldAnswers(const QuestionRecord& question) {
    return goldAnswers(question.gold, question.meta);
}

std::vector<std::string> goldAnswers(const std::string& gold, const Json& meta) {
    std::vector<std::string> golds;
    if (!gold.empty())
        golds.push_back(gold);
    const auto all = meta.find(kKey);
    if (all == meta.end() || !all->is_array())
        return golds;
    for (const Json& other : *all)
        if (other.is_string() && std::find(golds.begin(), golds.end(), other) == golds.end())
            golds.push_back(other.get<std::string>());
    return golds;
}

Json goldJson(const std::vector<std::string>& golds) {
    return golds.size() > 1 ? Json(golds) : Json(golds.empty() ? std::string() : golds.front());
}

std::string goldLine(const std::vector<std::string>& golds, std::string_view between) {
    std::string line;
    for (const std::string& gold : golds)
        line.append(line.empty() ? std::string_view() : between).append(gold);
    return line;
}

void setGoldAnswers(QuestionRecord& question, const std::vector<std::string>& golds) {
    std::vector<std::string> kept;
    for (const std::string& gold : golds)
        if (!gold.empty() && std::find(kept.begin(), kept.end(), gold) == kept.end())
            kept.push_back(gold);
    question.gold = kept.empty() ? std::string() : kept.front();
    question.meta.erase(kKey);
    if (kept.size() > 1)
        question.meta[kKey] = kept;
}

} // namespace crux::store
