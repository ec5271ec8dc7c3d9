#include "core/jobs/answer_sets.h"

#include "core/base/text_util.h"
#include "core/store/repositories.h"

#include <map>

namespace crux::jobs {

namespace {

/// One set while it is made.
struct Draft {
    std::string kind;
    Json rule;
    std::vector<store::PairRecord> rows;
    std::int64_t kept = 0; ///< questions
    std::map<std::string, std::vector<std::int64_t>> dropped;

    void addQuestion(QuestionId question, const std::string& reason) {
        if (reason.empty())
            ++kept;
        else
            dropped[reason].push_back(question.value);
    }
};

const char* reasonWords(const std::string& reason) {
    if (reason == "no_right")
        return "no right answer";
    if (reason == "no_wrong")
        return "no wrong answer";
    if (reason == "no_answer_only")
        return "no answer found in any sample";
    if (reason == "ungraded")
        return "no gold answer";
    return "no samples";
}

std::string sentenceOf(const Draft& draft, std::int64_t questions) {
    std::string sentence =
        cat(draft.kind, ": ", draft.kept, " of ", questions, " questions kept, ", draft.rows.size(),
            draft.kind == "preference" ? " pairs" : " trajectories");
    for (const auto& [reason, list] : draft.dropped)
        sentence += cat("; ", list.size(), " dropped: ", reasonWords(reason));
    return sentence;
}

void addQuestion(std::span<const store::AnswerRecord> answers, const SelectionRule& rule,
                 Draft& positive, Draft& negative, Draft& preference) {
    std::vector<GradedAnswer> graded;
    for (const store::AnswerRecord& answer : answers)
        graded.push_back({answer.answer, answer.verdict});
    const QuestionSelection chosen = selectAnswers(graded, rule);
    const QuestionId question = answers[0].questionId;
    for (const std::size_t i : chosen.positive)
        positive.rows.push_back({answers[i].id, {}, {}, {}});
    for (const std::size_t i : chosen.negative)
        negative.rows.push_back({answers[i].id, {}, {}, {}});
    for (const QuestionSelection::Pair& pair : chosen.pairs)
        preference.rows.push_back({answers[pair.chosen].id, answers[pair.rejected].id, {}, {}});
    positive.addQuestion(question, chosen.noPositive);
    negative.addQuestion(question, chosen.noNegative);
    preference.addQuestion(question, chosen.noPair);
}

Result<StoredAnswerSet> storeDraft(const store::Project& project, const Draft& draft,
                                   std::int64_t questions, const std::string& name,
                                   const Json& facts) {
    StoredAnswerSet stored;
    stored.sentence = sentenceOf(draft, questions);
    Json& rule = stored.set.rule;
    rule = draft.rule;
    rule.update(facts);
    rule["kind"] = draft.kind;
    rule["questions"] = questions;
    rule["kept"] = draft.kept;
    rule["dropped"] = Json::array();
    for (const auto& [reason, list] : draft.dropped)
        rule["dropped"].push_back({{"reason", reason}, {"questions", list}});
    stored.set.name = name;
    stored.set.pairs = std::ssize(draft.rows);
    if (draft.rows.empty())
        return stored;
    CRUX_TRY(id, store::addPairSet(project, stored.set, draft.rows));
    CRUX_TRY(row, store::pairSet(project, id));
    stored.set = std::move(row);
    return stored;
}

} // namespace

SelectionRule selectionRule(const Json& spec) {
    SelectionRule rule;
    rule.positiveTopK = spec.at("positive_top_k").get<int>();
    rule.negativeTopP = spec.at("negative_top_p").get<double>();
    rule.negativeRepeats = spec.at("negative_repeats").get<int>();
    rule.preferenceTopK = spec.at("preference_top_k").get<int>();
    rule.perAnswer = spec.at("per_answer").get<int>();
    return rule;
}

Result<std::vector<StoredAnswerSet>>
storeAnswerSets(const store::Project& project, const std::vector<store::AnswerRecord>& answers,
                const SelectionRule& rule, const std::string& name, const Json& facts) {
    Draft positive{
        "sft_pos", {{"top_k", rule.positiveTopK}, {"per_answer", rule.perAnswer}}, {}, 0, {}};
    Draft negative{"sft_neg",
                   {{"top_p", rule.negativeTopP},
                    {"repeats", rule.negativeRepeats},
                    {"per_answer", rule.perAnswer}},
                   {},
                   0,
                   {}};
    Draft preference{
        "preference", {{"top_k", rule.preferenceTopK}, {"per_answer", rule.perAnswer}}, {}, 0, {}};
    std::int64_t questions = 0;
    const std::span<const store::AnswerRecord> all(answers);
    for (std::size_t begin = 0; begin < all.size();) {
        std::size_t end = begin;
        while (end < all.size() && all[end].questionId == all[begin].questionId)
            ++end;
        addQuestion(all.subspan(begin, end - begin), rule, positive, negative, preference);
        ++questions;
        begin = end;
    }
    std::vector<StoredAnswerSet> stored;
    for (const auto& [draft, wanted] :
         {std::pair<const Draft*, bool>{&positive, rule.positiveTopK > 0},
          {&negative, rule.negativeTopP > 0},
          {&preference, rule.preferenceTopK > 0}}) {
        if (!wanted)
            continue;
        CRUX_TRY(one, storeDraft(project, *draft, questions, name, facts));
        stored.push_back(std::move(one));
    }
    return stored;
}

} // namespace crux::jobs
