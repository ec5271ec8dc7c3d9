#include "core/text/grade.h"

#include "core/base/text_util.h"
#include "core/text/grade_rules.h"

#include <algorithm>

namespace crux::text {

namespace {

/// Start of the last line that begins with "A:", or npos.
std::size_t lastAnswerLine(std::string_view text) {
    std::size_t from = std::string_view::npos;
    while (true) {
        const std::size_t at = text.rfind("A:", from);
        if (at == std::string_view::npos || at == 0 || text[at - 1] == '\n')
            return at;
        from = at - 1;
    }
}

} // namespace

GradeTask gradeTaskFor(std::string_view promptTemplate, std::string_view kind) {
    constexpr auto npos = std::string_view::npos;
    const bool math = promptTemplate.find("math") != npos || kind.find("math") != npos;
    return math ? GradeTask::Math : GradeTask::Gsm8k;
}

Grade gradeAny(GradeTask task, GradeProfile profile, std::string_view response,
               std::span<const std::string> golds) {
    Grade first = grade(task, profile, response, golds.empty() ? std::string_view() : golds[0]);
    for (std::size_t i = 1; i < golds.size() && first.verdict != Verdict::Right; ++i)
        if (Grade other = grade(task, profile, response, golds[i]); other.verdict == Verdict::Right)
            return other;
    return first;
}

Grade gradeAnswer(GradeTask task, const std::string& answer, std::span<const std::string> golds) {
    // Written the way each task writes a final answer, so that one rule serves both.
    const std::string written =
        task == GradeTask::Math ? "\\boxed{" + answer + "}" : "#### " + answer;
    Grade grade = gradeAny(task, GradeProfile::Crux, written, golds);
    grade.extractedBegin = grade.extractedEnd = -1; // of the text made up here
    return grade;
}

Result<GradeTask> gradeTaskFromName(std::string_view name) {
    if (name == "gsm8k")
        return GradeTask::Gsm8k;
    if (name == "math")
        return GradeTask::Math;
    return fail(ErrorCode::InvalidArgument,
                cat("there is no grading task \"", name, "\"; use gsm8k or math"));
}

Result<GradeProfile> gradeProfileFromName(std::string_view name) {
    if (name == "crux")
        return GradeProfile::Crux;
    if (name == "authors")
        return GradeProfile::Authors;
    if (name == "minerva")
        return GradeProfile::Minerva;
    return fail(ErrorCode::InvalidArgument,
                cat("there is no grading profile \"", name, "\"; use crux, authors or minerva"));
}

std::string gsm8kGold(std::string_view answerField) {
    std::string_view gold = answerField;
    if (const std::size_t mark = gold.rfind("####"); mark != std::string_view::npos)
        gold = gold.substr(mark + 4);
    else if (const std::size_t line = lastAnswerLine(gold); line != std::string_view::npos)
        gold = gold.substr(line + 2);
    std::string text(trimmed(gold));
    std::erase(text, ',');
    return text;
}

std::string_view beforeNextQuestion(std::string_view response) {
    const std::size_t end =
        std::min({response.find("\n\nQuestion:"), response.find("\n\nProblem:"), response.size()});
    return response.substr(0, end);
}

std::string lowerAscii(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

bool findLastBoxed(std::string_view text, TextRange& content) {
    std::size_t at = std::string_view::npos;
    for (const std::string_view name : {"\\boxed{", "\\fbox{"})
        if (const std::size_t found = text.rfind(name); found != std::string_view::npos)
            if (at == std::string_view::npos || found + name.size() > at)
                at = found + name.size();
    if (at == std::string_view::npos)
        return false;
    int depth = 1;
    for (std::size_t end = at; end < text.size(); ++end) {
        if (text[end] == '\\') {
            ++end; // an escaped brace is no brace
            continue;
        }
        depth += text[end] == '{' ? 1 : text[end] == '}' ? -1 : 0;
        if (depth == 0) {
            content = {at, end};
            return true;
        }
    }
    return false;
}

Grade madeGrade(Verdict verdict, std::string reason, std::string extracted, std::size_t begin,
                std::size_t end) {
    Grade grade;
    grade.verdict = verdict;
    grade.reason = std::move(reason);
    grade.extracted = std::move(extracted);
    grade.extractedBegin = static_cast<int>(begin);
    grade.extractedEnd = static_cast<int>(end);
    return grade;
}

Grade grade(GradeTask task, GradeProfile profile, std::string_view response,
            std::string_view gold) {
    if (trimmed(gold).empty()) {
        Grade ungraded;
        ungraded.verdict = Verdict::Ungraded;
        ungraded.reason = "no_gold";
        return ungraded;
    }
    const bool isMath = task == GradeTask::Math;
    switch (profile) {
    case GradeProfile::Authors:
        return isMath ? gradeMathAuthors(response, gold) : gradeGsm8kAuthors(response, gold);
    case GradeProfile::Minerva:
        return isMath ? gradeMathMinerva(response, gold) : gradeGsm8kMinerva(response, gold);
    case GradeProfile::Crux:
        break;
    }
    return isMath ? gradeMathCrux(response, gold) : gradeGsm8kCrux(response, gold);
}

} // namespace crux::text
