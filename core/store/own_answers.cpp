#include "core/store/own_answers.h"

#include "core/base/text_util.h"
#include "core/store/filter.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace crux::store {

namespace {

/// Whether a field of this name stands before an operator.
bool saysField(std::string_view where, std::string_view field) {
    for (std::size_t at = where.find(field); at != std::string_view::npos;
         at = where.find(field, at + 1)) {
        const auto letter = [&](std::size_t i) {
            return i < where.size() &&
                   (std::isalnum(static_cast<unsigned char>(where[i])) != 0 || where[i] == '_');
        };
        std::size_t next = at + field.size();
        if ((at > 0 && letter(at - 1)) || letter(next))
            continue;
        while (next < where.size() && where[next] == ' ')
            ++next;
        if (next < where.size() && std::string_view("=!~<>").find(where[next]) != std::string::npos)
            return true;
    }
    return false;
}

Result<std::string> nameOf(const Project& project, const std::string& wanted) {
    CRUX_TRY(all, models(project));
    if (wanted.empty())
        return all.size() == 1 ? all.front().name : std::string();
    for (const ModelRecord& row : all)
        if (cat(row.id.value) == wanted || row.name == wanted || row.path == wanted)
            return row.name;
    return std::string(); // a folder that is not registered yet
}

} // namespace

Result<OwnAnswers> ownAnswers(const Project& project, const std::string& where,
                              const std::string& model, ScoreSetId scoreSet) {
    CRUX_TRY_VOID(parseFilter(where));
    OwnAnswers all{where, {}, {}};
    for (const char* field : {"sampled_by", "model", "source"})
        if (saysField(where, field))
            return all;
    CRUX_TRY(name, nameOf(project, model));
    if (name.empty())
        return all;
    TrajectoryQuery query;
    query.scoreSet = scoreSet;
    // Imported answers often do not tell; they are taken for the model's own.
    query.filter =
        filterAnd(where, cat("(sampled_by=", quotedForFilter(name), " or sampled_by=\"\")"));
    CRUX_TRY(own, trajectoryIds(project, query));
    if (own.empty()) {
        all.fallback = name;
        return all;
    }
    return OwnAnswers{query.filter, name, {}};
}

Result<bool> onlyTestQuestions(const Project& project, const std::vector<AnswerRecord>& answers) {
    std::set<std::int64_t> tests;
    CRUX_TRY(all, datasets(project));
    for (const DatasetRecord& row : all)
        if (row.split == "test")
            tests.insert(row.id.value);
    return !answers.empty() && std::all_of(answers.begin(), answers.end(), [&](const auto& answer) {
        return tests.contains(answer.datasetId.value);
    });
}

} // namespace crux::store
