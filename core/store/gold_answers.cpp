#include "core/store/gold_answers.h"

#include <algorithm>

namespace crux::store {

namespace {
constexpr const char* kKey = "golds";
}

std::vector<std::string> goldAnswers(const QuestionRecord& question) {
    std::vector<std::string> golds;
    if (!question.gold.empty())
        golds.push_back(question.gold);
    const auto all = question.meta.find(kKey);
    if (all == question.meta.end() || !all->is_array())
        return golds;
    for (const Json& gold : *all)
        if (gold.is_string() && std::find(golds.begin(), golds.end(), gold) == golds.end())
            golds.push_back(gold.get<std::string>());
    return golds;
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
