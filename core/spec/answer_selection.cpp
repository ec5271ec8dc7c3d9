#include "core/spec/answer_selection.h"

#include <algorithm>

namespace crux {

namespace {

/// Answers of one verdict, in the order of countAnswers.
std::vector<AnswerCount> ofVerdict(const std::vector<AnswerCount>& all, Verdict verdict) {
    std::vector<AnswerCount> some;
    std::copy_if(all.begin(), all.end(), std::back_inserter(some),
                 [&](const AnswerCount& count) { return count.verdict == verdict; });
    return some;
}

void take(const AnswerCount& count, int perAnswer, std::vector<std::size_t>& out) {
    const std::size_t most =
        perAnswer == 0 ? count.members.size()
                       : std::min(count.members.size(), static_cast<std::size_t>(perAnswer));
    out.insert(out.end(), count.members.begin(),
               count.members.begin() + static_cast<std::ptrdiff_t>(most));
}

/// How many of the wrong answers, most frequent first, are taken: until they hold the share topP of
/// all wrong samples, the one that reaches it included; those after the first only if they repeat.
std::size_t negativesTaken(const std::vector<AnswerCount>& wrong, const SelectionRule& rule) {
    std::size_t total = 0;
    for (const AnswerCount& count : wrong)
        total += count.members.size();
    std::size_t taken = 0, mass = 0;
    while (taken < wrong.size() &&
           static_cast<double>(mass) < rule.negativeTopP * static_cast<double>(total)) {
        const std::size_t size = wrong[taken].members.size();
        if (taken > 0 && size < static_cast<std::size_t>(rule.negativeRepeats))
            break;
        mass += size;
        ++taken;
    }
    return taken;
}

/// Why a question has no answer of the verdict.
std::string absence(std::span<const GradedAnswer> answers, Verdict wanted) {
    if (answers.empty())
        return "no_samples";
    const auto all = [&](auto&& test) { return std::all_of(answers.begin(), answers.end(), test); };
    if (all([](const GradedAnswer& a) { return a.verdict == Verdict::Ungraded; }))
        return "ungraded";
    if (all([](const GradedAnswer& a) {
            return a.verdict == Verdict::NoAnswer || a.verdict == Verdict::Ungraded;
        }))
        return "no_answer_only";
    return wanted == Verdict::Right ? "no_right" : "no_wrong";
}

} // namespace

std::vector<AnswerCount> countAnswers(std::span<const GradedAnswer> answers) {
    std::vector<AnswerCount> counts;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const GradedAnswer& one = answers[i];
        if (one.verdict != Verdict::Right && one.verdict != Verdict::Wrong)
            continue;
        const auto found = std::find_if(counts.begin(), counts.end(), [&](const auto& count) {
            return count.answer == one.answer && count.verdict == one.verdict;
        });
        if (found == counts.end())
            counts.push_back({one.answer, one.verdict, {i}});
        else
            found->members.push_back(i);
    }
    std::stable_sort(counts.begin(), counts.end(), [](const AnswerCount& a, const AnswerCount& b) {
        return a.members.size() > b.members.size();
    });
    return counts;
}

QuestionSelection selectAnswers(std::span<const GradedAnswer> answers, const SelectionRule& rule) {
    const std::vector<AnswerCount> counts = countAnswers(answers);
    const std::vector<AnswerCount> right = ofVerdict(counts, Verdict::Right);
    const std::vector<AnswerCount> wrong = ofVerdict(counts, Verdict::Wrong);
    QuestionSelection chosen;
    const auto positives = static_cast<std::size_t>(std::max(0, rule.positiveTopK));
    for (std::size_t k = 0; k < std::min(right.size(), positives); ++k)
        take(right[k], rule.perAnswer, chosen.positive);
    const std::size_t negatives = negativesTaken(wrong, rule);
    for (std::size_t k = 0; k < negatives; ++k)
        take(wrong[k], rule.perAnswer, chosen.negative);
    const auto pairs = static_cast<std::size_t>(std::max(0, rule.preferenceTopK));
    for (std::size_t k = 0; k < std::min({right.size(), wrong.size(), pairs}); ++k) {
        std::vector<std::size_t> better, worse;
        take(right[k], rule.perAnswer, better);
        take(wrong[k], rule.perAnswer, worse);
        for (std::size_t i = 0; i < std::min(better.size(), worse.size()); ++i)
            chosen.pairs.push_back({better[i], worse[i]});
    }
    if (chosen.positive.empty())
        chosen.noPositive = positives == 0 ? "off" : absence(answers, Verdict::Right);
    if (chosen.negative.empty())
        chosen.noNegative = rule.negativeTopP <= 0 ? "off" : absence(answers, Verdict::Wrong);
    if (chosen.pairs.empty())
        chosen.noPair =
            pairs == 0 ? "off" : absence(answers, right.empty() ? Verdict::Right : Verdict::Wrong);
    return chosen;
}

} // namespace crux
