#include "core/interop/evaluation_report.h"

#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/store/gold_answers.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <map>
#include <set>

namespace crux::interop {

namespace {

using store::Comparison;
using store::EvaluatedQuestion;
using store::EvaluationRecord;
using store::PairedResult;

Json intervalJson(const Interval& interval) {
    return {interval.low, interval.high};
}

template <typename Points> Json passJson(const Points& points) {
    Json list = Json::array();
    for (const PassAtK& point : points)
        list.push_back(
            {{"k", point.k}, {"value", point.mean}, {"interval", {point.low, point.high}}});
    return list;
}

void addStats(Json& line, const store::EvaluationStats& stats) {
    line["accuracy"] = jsonNumber(stats.accuracy);
    line["interval"] = stats.questions > 0 ? intervalJson(stats.interval) : Json();
    line["interval_method"] = stats.wilson ? "wilson" : "bootstrap over questions";
    line["pass_at_k"] = passJson(stats.pass);
    Json majority = Json::array();
    for (const store::MajorityAtK& point : stats.majority)
        majority.push_back({{"k", point.k}, {"value", point.value}});
    line["maj_at_k"] = std::move(majority);
    line["no_answer_rate"] = jsonNumber(stats.noAnswerRate);
    line["mean_tokens"] = jsonNumber(stats.meanTokens);
}

/// Name, model, checkpoint and counts: no row is read.
Result<Json> headJson(const store::Project& project, const EvaluationRecord& e) {
    Json line{{"evaluation", e.id.value},
              {"name", e.name},
              {"source", e.source},
              {"dataset", nullptr},
              {"questions", e.questions.size()},
              {"evaluated", e.counts.questions},
              {"complete", e.complete},
              {"samples_each", e.samples},
              {"samples", e.counts.samples()},
              {"right", e.counts.right},
              {"wrong", e.counts.wrong},
              {"no_answer", e.counts.noAnswer},
              {"ungraded", e.counts.ungraded},
              {"skipped", e.counts.skipped},
              {"tokens", e.counts.tokens},
              {"seconds", e.seconds},
              {"grader", e.grader},
              {"decoding", e.decoding},
              {"question_set", e.setHash}};
    CRUX_TRY(datasets, store::datasets(project));
    for (const store::DatasetRecord& dataset : datasets)
        if (dataset.id == e.datasetId)
            line["dataset"] = dataset.name;
    if (e.checkpointId) {
        CRUX_TRY(checkpoint, store::checkpoint(project, e.checkpointId));
        line["run"] = checkpoint.jobId.value;
        line["step"] = checkpoint.step;
    }
    return line;
}

std::string changeOf(const PairedResult& pair, std::size_t question) {
    const std::pair<const char*, const std::vector<std::size_t>*> parts[] = {
        {"both_right", &pair.bothRight},
        {"fixed", &pair.fixed},
        {"broken", &pair.broken},
        {"both_wrong", &pair.bothWrong},
        {"only_baseline", &pair.onlyBaseline},
        {"only_candidate", &pair.onlyCandidate},
        {"ungraded", &pair.ungraded}};
    for (const auto& [name, members] : parts)
        if (std::binary_search(members->begin(), members->end(), question))
            return name;
    return "neither";
}

Json namesOf(const Comparison& comparison, const std::vector<std::size_t>& questions) {
    Json list = Json::array();
    for (const std::size_t i : questions)
        list.push_back(comparison.questions[i].externalId);
    return list;
}

Json cellJson(const Comparison& comparison, const std::vector<std::size_t>& questions) {
    return {{"count", questions.size()}, {"questions", namesOf(comparison, questions)}};
}

Json pairJson(const Comparison& comparison, const PairedResult& pair) {
    Json line{{"compared", pair.counts.total()},
              {"baseline_accuracy", jsonNumber(pair.baselineAccuracy)},
              {"candidate_accuracy", jsonNumber(pair.candidateAccuracy)},
              {"difference", jsonNumber(pair.difference)},
              {"difference_interval", intervalJson(pair.interval)},
              {"difference_method", pair.newcombe ? "newcombe paired" : "bootstrap over questions"},
              {"bootstrap_interval", intervalJson(pair.bootstrap)},
              {"mcnemar",
               {{"fixed", pair.counts.fixed},
                {"broken", pair.counts.broken},
                {"mid_p", pair.mcnemarMidP},
                {"exact_p", pair.mcnemarExact}}},
              {"nothing_changed", pair.counts.fixed == 0 && pair.counts.broken == 0}};
    line["table"] = {{"both_right", cellJson(comparison, pair.bothRight)},
                     {"fixed", cellJson(comparison, pair.fixed)},
                     {"broken", cellJson(comparison, pair.broken)},
                     {"both_wrong", cellJson(comparison, pair.bothWrong)}};
    line["only_baseline"] = namesOf(comparison, pair.onlyBaseline);
    line["only_candidate"] = namesOf(comparison, pair.onlyCandidate);
    line["ungraded"] = namesOf(comparison, pair.ungraded);
    return line;
}

/// "RRW": which columns have a question right, and how many questions do so; the most disputed
/// first.
Json gridJson(const Comparison& comparison) {
    std::map<std::string, std::vector<std::size_t>> patterns;
    for (std::size_t i = 0; i < comparison.questions.size(); ++i) {
        std::string pattern;
        for (const store::ComparedColumn& column : comparison.columns)
            pattern += !column.rows[i] || column.rows[i]->graded() == 0 ? '-'
                       : store::questionIsRight(*column.rows[i])        ? 'R'
                                                                        : 'W';
        patterns[pattern].push_back(i);
    }
    const auto dispute = [](const std::string& pattern) {
        return std::min(std::count(pattern.begin(), pattern.end(), 'R'),
                        std::count(pattern.begin(), pattern.end(), 'W'));
    };
    std::vector<std::pair<std::string, std::vector<std::size_t>>> sorted(patterns.begin(),
                                                                         patterns.end());
    std::stable_sort(sorted.begin(), sorted.end(), [&](const auto& a, const auto& b) {
        return dispute(a.first) > dispute(b.first);
    });
    Json grid = Json::array();
    for (const auto& [pattern, questions] : sorted)
        grid.push_back({{"pattern", pattern},
                        {"count", questions.size()},
                        {"questions", namesOf(comparison, questions)}});
    return grid;
}

/// The most frequent answer's text: that of the first sample which gave it.
Result<std::string> shownAnswer(const store::Project& project, const EvaluatedQuestion& row) {
    std::map<std::int32_t, int> counts;
    for (const std::int32_t answer : row.answers)
        if (answer >= 0)
            ++counts[answer];
    int most = 0;
    std::int32_t leader = -1;
    for (const auto& [answer, count] : counts)
        if (count > most) {
            most = count;
            leader = answer;
        }
    for (std::size_t i = 0; i < row.samples() && leader >= 0; ++i)
        if (row.answers[i] == leader) {
            CRUX_TRY(answers, store::answersOf(project, {row.trajectories[i]}));
            return answers.front().answer;
        }
    return std::string();
}

} // namespace

Result<Json> evaluationJson(const store::Project& project, const EvaluationRecord& record,
                            bool details) {
    CRUX_TRY(line, headJson(project, record));
    CRUX_TRY(rows, store::evaluatedQuestions(project, record));
    addStats(line, store::statsOf(rows));
    if (details)
        line["provenance"] = {{"weights_hash", record.provenance.weightsHash},
                              {"adapter_hash", record.provenance.adapterHash},
                              {"tokenizer_hash", record.provenance.tokenizerHash},
                              {"seed", record.provenance.seed},
                              {"dtype", record.provenance.dtype},
                              {"device", record.provenance.device},
                              {"program_version", record.provenance.programVersion}};
    return line;
}

Status evaluationLines(const store::Project& project, const EvaluationRecord& record,
                       const std::function<void(const Json&)>& line) {
    CRUX_TRY(rows, store::evaluatedQuestions(project, record));
    for (const EvaluatedQuestion& row : rows) {
        CRUX_TRY(question, store::question(project, row.questionId));
        CRUX_TRY(answers, store::answersOf(project, row.trajectories));
        Json samples = Json::array();
        for (std::size_t i = 0; i < row.samples(); ++i) {
            const auto found = std::find_if(answers.begin(), answers.end(), [&](const auto& one) {
                return one.id == row.trajectories[i];
            });
            samples.push_back({{"trajectory", row.trajectories[i].value},
                               {"answer", found == answers.end() ? std::string() : found->answer},
                               {"verdict", verdictName(row.verdicts[i])},
                               {"tokens", row.tokens[i]}});
        }
        line({{"evaluation", record.id.value},
              {"question_id", question.externalId},
              {"gold", store::goldJson(store::goldAnswers(question))},
              {"right", row.count(Verdict::Right)},
              {"samples", row.samples()},
              {"answers", std::move(samples)}});
    }
    return {};
}

Result<Json> comparisonJson(const store::Project& project, const Comparison& comparison) {
    Json all;
    for (const store::ComparedColumn& column : comparison.columns) {
        CRUX_TRY(line, headJson(project, column.evaluation));
        addStats(line, column.stats);
        all.push_back(std::move(line));
    }
    Json made{{"baseline", all[0]}, {"candidates", Json::array()}};
    bool changed = false;
    for (const PairedResult& pair : comparison.pairs) {
        Json line = all[pair.column];
        line.update(pairJson(comparison, pair));
        changed = changed || !line["nothing_changed"].get<bool>();
        made["candidates"].push_back(std::move(line));
    }
    made["nothing_changed"] = !changed;
    if (comparison.columns.size() > 2)
        made["grid"] = gridJson(comparison);
    CRUX_TRY(slices, store::slicesOf(project, comparison));
    made["slices"] = Json::array();
    for (const store::ComparedSlice& slice : slices) {
        Json columns = Json::array();
        for (std::size_t i = 0; i < slice.stats.size(); ++i)
            columns.push_back({{"evaluation", comparison.columns[i].evaluation.id.value},
                               {"questions", slice.stats[i].questions},
                               {"accuracy", jsonNumber(slice.stats[i].accuracy)},
                               {"interval", intervalJson(slice.stats[i].interval)}});
        made["slices"].push_back({{"by", slice.by},
                                  {"value", slice.value},
                                  {"questions", slice.questions.size()},
                                  {"columns", std::move(columns)}});
    }
    made["refused"] = Json::array();
    for (const store::RefusedEvaluation& one : comparison.refused)
        made["refused"].push_back({{"evaluation", one.evaluation.id.value},
                                   {"name", one.evaluation.name},
                                   {"reason", one.reason}});
    made["cautions"] = comparison.cautions;
    return made;
}

Result<std::vector<std::size_t>> shownQuestions(const Comparison& comparison,
                                                const std::string& show) {
    std::set<std::size_t> chosen;
    const auto add = [&](const std::vector<std::size_t>& some) {
        chosen.insert(some.begin(), some.end());
    };
    for (const PairedResult& pair : comparison.pairs) {
        if (show == "fixed" || show == "changed")
            add(pair.fixed);
        if (show == "broken" || show == "changed")
            add(pair.broken);
        if (show == "changed") {
            add(pair.onlyBaseline);
            add(pair.onlyCandidate);
        }
        if (show == "both_wrong")
            add(pair.bothWrong);
    }
    for (std::size_t i = 0; i < comparison.questions.size(); ++i) {
        bool wanted = show == "all";
        for (const store::ComparedColumn& column : comparison.columns)
            wanted = wanted || (show == "no_answer" && column.rows[i] &&
                                column.rows[i]->count(Verdict::NoAnswer) > 0);
        if (wanted)
            chosen.insert(i);
    }
    return std::vector<std::size_t>(chosen.begin(), chosen.end());
}

Result<Json> comparedQuestionJson(const store::Project& project, const Comparison& comparison,
                                  std::size_t question) {
    const store::QuestionRecord& asked = comparison.questions[question];
    Json line{{"question_id", asked.externalId},
              {"question", asked.text},
              {"gold", store::goldJson(store::goldAnswers(asked))},
              {"columns", Json::array()},
              {"changes", Json::array()}};
    for (const store::ComparedColumn& column : comparison.columns) {
        const auto& row = column.rows[question];
        Json cell{{"evaluation", column.evaluation.id.value}, {"samples", 0}};
        if (row) {
            CRUX_TRY(answer, shownAnswer(project, *row));
            cell["samples"] = row->samples();
            cell["right"] = row->count(Verdict::Right);
            cell["no_answer"] = row->count(Verdict::NoAnswer);
            cell["answer"] = answer;
            Json ids = Json::array();
            for (const TrajectoryId id : row->trajectories)
                ids.push_back(id.value);
            cell["trajectories"] = std::move(ids);
        }
        line["columns"].push_back(std::move(cell));
    }
    for (const PairedResult& pair : comparison.pairs) {
        Json change{{"evaluation", comparison.columns[pair.column].evaluation.id.value},
                    {"change", changeOf(pair, question)},
                    {"first_divergence", nullptr}};
        const auto& a = comparison.columns[0].rows[question];
        const auto& b = comparison.columns[pair.column].rows[question];
        if (a && b && a->samples() > 0 && b->samples() > 0) {
            CRUX_TRY(parts, store::firstDivergence(project, a->trajectories.front(),
                                                   b->trajectories.front()));
            const bool same =
                parts.position < 0 && parts.baseline.empty() && parts.candidate.empty();
            if (!same)
                change["first_divergence"] = {
                    {"sample", 0},
                    {"position", parts.position < 0 ? Json() : Json(parts.position)},
                    {"response_token",
                     parts.responseToken < 0 ? Json() : Json(parts.responseToken)},
                    {"byte", parts.byte},
                    {"baseline", parts.baseline},
                    {"candidate", parts.candidate}};
        }
        line["changes"].push_back(std::move(change));
    }
    return line;
}

} // namespace crux::interop
