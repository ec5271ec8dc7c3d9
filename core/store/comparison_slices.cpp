// Parts of a comparison: accuracy on parts of the questions, and where two answers part.
#include "core/base/text_util.h"
#include "core/store/comparison.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace crux::store {

namespace {

constexpr std::size_t kMostValues = 50; ///< of one property; more is an id, not a slice

EvaluationStats statsOn(const ComparedColumn& column, const std::vector<std::size_t>& questions) {
    std::vector<EvaluatedQuestion> rows;
    for (const std::size_t i : questions)
        if (column.rows[i])
            rows.push_back(*column.rows[i]);
    BootstrapOptions quick;
    quick.replicates = 500;
    return statsOf(rows, quick);
}

void addPart(const Comparison& comparison, std::string by, std::string value,
             std::vector<std::size_t> questions, std::vector<ComparedSlice>& slices) {
    if (questions.empty() || questions.size() == comparison.questions.size())
        return;
    ComparedSlice slice{std::move(by), std::move(value), std::move(questions), {}};
    for (const ComparedColumn& column : comparison.columns)
        slice.stats.push_back(statsOn(column, slice.questions));
    slices.push_back(std::move(slice));
}

/// Properties that the question set has written beside its questions.
void addProperties(const Comparison& comparison, std::vector<ComparedSlice>& slices) {
    std::map<std::string, std::map<std::string, std::vector<std::size_t>>> parts;
    for (std::size_t i = 0; i < comparison.questions.size(); ++i)
        for (const auto& [key, value] : comparison.questions[i].meta.items())
            if (value.is_string() || value.is_number() || value.is_boolean())
                parts[key][value.is_string() ? value.get<std::string>() : value.dump()].push_back(
                    i);
    for (auto& [key, values] : parts)
        if (values.size() <= kMostValues)
            for (auto& [value, questions] : values)
                addPart(comparison, key, value, std::move(questions), slices);
}

/// Thirds by the mean length of the baseline's answers.
void addLengths(const Comparison& comparison, std::vector<ComparedSlice>& slices) {
    std::vector<std::pair<double, std::size_t>> lengths;
    for (std::size_t i = 0; i < comparison.questions.size(); ++i)
        if (const auto& row = comparison.columns[0].rows[i]; row && row->samples() > 0) {
            double sum = 0;
            for (const std::int32_t tokens : row->tokens)
                sum += tokens;
            lengths.emplace_back(sum / static_cast<double>(row->samples()), i);
        }
    std::sort(lengths.begin(), lengths.end());
    if (lengths.empty() || lengths.front().first == lengths.back().first)
        return;
    for (std::size_t part = 0, begin = 0; part < 3; ++part) {
        std::size_t end = lengths.size() * (part + 1) / 3;
        while (end > 0 && end < lengths.size() && lengths[end].first == lengths[end - 1].first)
            ++end; // equal lengths stay together
        if (end <= begin)
            continue;
        std::vector<std::size_t> questions;
        for (std::size_t i = begin; i < end; ++i)
            questions.push_back(lengths[i].second);
        std::sort(questions.begin(), questions.end());
        addPart(comparison, "answer length",
                cat(lengths[begin].first, " - ", lengths[end - 1].first, " tokens"),
                std::move(questions), slices);
        begin = end;
    }
}

/// Questions of which the filter finds a trajectory.
Status addSaved(const Project& project, const Comparison& comparison,
                std::vector<ComparedSlice>& parts) {
    CRUX_TRY(saved, slices(project));
    CRUX_TRY(sets, scoreSets(project));
    for (const auto& [name, filter] : saved) {
        TrajectoryQuery query;
        query.filter = filter;
        if (!sets.empty())
            query.scoreSet = sets.back().id;
        const auto ids = trajectoryIds(project, query);
        if (!ids.ok())
            continue; // a filter of an older program
        CRUX_TRY(answers, answersOf(project, *ids));
        std::unordered_set<std::int64_t> found;
        for (const AnswerRecord& answer : answers)
            found.insert(answer.questionId.value);
        std::vector<std::size_t> questions;
        for (std::size_t i = 0; i < comparison.questions.size(); ++i)
            if (found.count(comparison.questions[i].id.value) > 0)
                questions.push_back(i);
        addPart(comparison, "slice", name, std::move(questions), parts);
    }
    return {};
}

std::string tokenAt(const TrajectoryRecord& t, std::size_t index) {
    if (index >= t.ids.size() || t.offsets.size() != 2 * t.ids.size())
        return {};
    const std::string whole = t.prompt + t.response;
    const auto begin = static_cast<std::size_t>(t.offsets[2 * index]);
    const auto end = static_cast<std::size_t>(t.offsets[2 * index + 1]);
    return end <= whole.size() && begin <= end ? whole.substr(begin, end - begin) : std::string();
}

} // namespace

Result<std::vector<ComparedSlice>> slicesOf(const Project& project, const Comparison& comparison) {
    std::vector<ComparedSlice> slices;
    addProperties(comparison, slices);
    addLengths(comparison, slices);
    CRUX_TRY_VOID(addSaved(project, comparison, slices));
    return slices;
}

Result<Divergence> firstDivergence(const Project& project, TrajectoryId baseline,
                                   TrajectoryId candidate) {
    CRUX_TRY(a, trajectory(project, baseline));
    CRUX_TRY(b, trajectory(project, candidate));
    Divergence found;
    const auto parts =
        std::mismatch(a.response.begin(), a.response.end(), b.response.begin(), b.response.end());
    found.byte = static_cast<std::size_t>(parts.first - a.response.begin());
    const bool byIds = !a.ids.empty() && !b.ids.empty() && a.tokenizerHash == b.tokenizerHash;
    if (!byIds) {
        constexpr std::size_t kShown = 20;
        if (a.response == b.response)
            return found;
        found.baseline = withReplacedUtf8(a.response.substr(found.byte, kShown));
        found.candidate = withReplacedUtf8(b.response.substr(found.byte, kShown));
        return found;
    }
    const std::size_t fromA = static_cast<std::size_t>(a.promptTokens);
    const std::size_t fromB = static_cast<std::size_t>(b.promptTokens);
    std::size_t same = 0;
    while (fromA + same < a.ids.size() && fromB + same < b.ids.size() &&
           a.ids[fromA + same] == b.ids[fromB + same])
        ++same;
    if (fromA + same == a.ids.size() && fromB + same == b.ids.size())
        return found;
    found.position = static_cast<std::int32_t>(fromA + same);
    found.responseToken = static_cast<std::int32_t>(same);
    found.baseline = withReplacedUtf8(tokenAt(a, fromA + same));
    found.candidate = withReplacedUtf8(tokenAt(b, fromB + same));
    return found;
}

} // namespace crux::store
