#include "core/jobs/sample_report.h"

#include "core/base/clock.h"
#include "core/base/text_util.h"
#include "core/spec/answer_selection.h"
#include "core/spec/intervals.h"
#include "core/store/repositories.h"

#include <cmath>
#include <map>
#include <set>

namespace crux::jobs {

namespace {

constexpr const char* kNoted = "samples"; ///< object of the event

std::string percent(std::int64_t part, std::int64_t whole) {
    const double tenths =
        std::round(1000.0 * static_cast<double>(part) / static_cast<double>(whole));
    return cat(tenths / 10, " %");
}

Json questionLine(const store::Project& project, std::span<const store::AnswerRecord> answers,
                  const std::string& dataset) {
    AnswerTally tally;
    std::vector<GradedAnswer> graded;
    for (const store::AnswerRecord& answer : answers) {
        tally.add(answer.verdict, answer.tokens);
        graded.push_back({answer.answer, answer.verdict});
    }
    Json line{{"dataset", dataset}};
    const auto question = store::question(project, answers[0].questionId);
    line["question_id"] = question.ok() ? question->externalId : cat(answers[0].questionId.value);
    line.update(tally.json());
    line["answers"] = Json::array();
    for (const AnswerCount& count : countAnswers(graded))
        line["answers"].push_back({{"answer", count.answer},
                                   {"count", count.members.size()},
                                   {"verdict", verdictName(count.verdict)}});
    return line;
}

std::string datasetName(const store::Project& project, DatasetId id) {
    const auto all = store::datasets(project);
    if (all.ok())
        for (const store::DatasetRecord& row : *all)
            if (row.id == id)
                return row.name;
    return {};
}

} // namespace

void AnswerTally::add(Verdict verdict, std::int32_t tokensOfIt) {
    ++(verdict == Verdict::Right      ? right
       : verdict == Verdict::Wrong    ? wrong
       : verdict == Verdict::NoAnswer ? noAnswer
                                      : ungraded);
    tokens += tokensOfIt;
}

Json AnswerTally::json() const {
    Json line{{"samples", total()},    {"right", right},        {"wrong", wrong},
              {"no_answer", noAnswer}, {"ungraded", ungraded},  {"accuracy", nullptr},
              {"interval", nullptr},   {"mean_tokens", nullptr}};
    if (graded() > 0) {
        const Interval interval = wilson(static_cast<int>(right), static_cast<int>(graded()));
        line["accuracy"] = static_cast<double>(right) / static_cast<double>(graded());
        line["interval"] = {interval.low, interval.high};
    }
    if (total() > 0)
        line["mean_tokens"] = static_cast<double>(tokens) / static_cast<double>(total());
    return line;
}

std::string AnswerTally::words() const {
    if (graded() == 0)
        return total() == 0 ? "nothing drawn yet" : "not graded, no gold answer";
    return cat(percent(right, graded()), " right, ", percent(noAnswer, graded()),
               " without an answer");
}

Status noteSampleSets(const JobContext& context, const std::string& message,
                      const std::vector<SampleSetKey>& sets, int n,
                      const std::vector<QuestionId>& questions) {
    store::JobEventRecord event;
    event.jobId = context.job.id;
    event.timeMs = nowMs();
    event.level = "info";
    event.message = message;
    event.object = kNoted;
    Json list = Json::array(), ids = Json::array();
    for (const SampleSetKey& set : sets)
        list.push_back({{"dataset", set.dataset.value}, {"key", set.keyHead}});
    for (const QuestionId id : questions)
        ids.push_back(id.value);
    event.detail = dumpJson({{"sets", list}, {"n", n}, {"questions", ids}});
    return store::addEvent(context.project, event);
}

Result<NotedSamples> notedSamples(const store::Project& project, JobId job) {
    NotedSamples noted;
    std::int64_t after = 0;
    for (;;) {
        constexpr std::int64_t kPage = 500;
        CRUX_TRY(events, store::events(project, job, after, kPage));
        for (const store::JobEventRecord& event : events) {
            after = std::max(after, event.id);
            if (event.object != kNoted)
                continue;
            const auto detail = parseJson(event.detail);
            if (!detail.ok() || !detail->is_object())
                continue;
            noted = {};
            noted.n = detail->value("n", 0);
            for (const Json& set : detail->value("sets", Json::array()))
                noted.sets.push_back({DatasetId{set.value("dataset", std::int64_t{0})},
                                      set.value("key", std::string())});
            for (const Json& id : detail->value("questions", Json::array()))
                noted.questions.push_back(QuestionId{id.get<std::int64_t>()});
        }
        if (std::ssize(events) < kPage)
            return noted;
    }
}

Result<std::vector<Json>> sampleLines(const store::Project& project, JobId job) {
    CRUX_TRY(noted, notedSamples(project, job));
    if (noted.sets.empty())
        return std::vector<Json>();
    const std::set<QuestionId> questions(noted.questions.begin(), noted.questions.end());
    std::vector<Json> lines;
    AnswerTally all;
    for (const SampleSetKey& set : noted.sets) {
        CRUX_TRY(answers, store::answersWithKey(project, set.dataset, set.keyHead));
        std::erase_if(answers, [&](const store::AnswerRecord& answer) {
            return answer.sampleIndex >= noted.n || !questions.count(answer.questionId);
        });
        const std::string name = datasetName(project, set.dataset);
        const std::span<const store::AnswerRecord> rows(answers);
        for (std::size_t begin = 0; begin < rows.size();) {
            std::size_t end = begin;
            for (; end < rows.size() && rows[end].questionId == rows[begin].questionId; ++end)
                all.add(rows[end].verdict, rows[end].tokens);
            lines.push_back(questionLine(project, rows.subspan(begin, end - begin), name));
            begin = end;
        }
    }
    Json total = all.json();
    total["questions"] = lines.size();
    total["tokens"] = all.tokens;
    CRUX_TRY(row, store::job(project, job));
    total["tokens_per_second"] =
        row.tokensPerSecond > 0 ? jsonNumber(row.tokensPerSecond) : Json(nullptr);
    lines.push_back(std::move(total));
    return lines;
}

} // namespace crux::jobs
