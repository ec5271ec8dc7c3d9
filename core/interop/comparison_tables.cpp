// Evaluations and comparisons as tables: for a terminal, a spreadsheet and a paper.
#include "core/base/text_util.h"
#include "core/interop/csv_reader.h"
#include "core/interop/evaluation_report.h"
#include "core/interop/heat_map_document.h"
#include "core/store/gold_answers.h"

#include <algorithm>
#include <cstdio>

namespace crux::interop {

namespace {

std::string shownNumber(const Json& value, const char* format, double scale = 1) {
    if (!value.is_number())
        return "-";
    char text[64];
    std::snprintf(text, sizeof text, format, value.get<double>() * scale);
    return text;
}

std::string percent(const Json& value) {
    return shownNumber(value, "%.1f", 100);
}

std::string percents(const Json& interval) {
    return interval.is_array() ? cat("[", percent(interval[0]), ", ", percent(interval[1]), "]")
                               : "-";
}

/// Characters, not bytes.
std::size_t widthOf(const std::string& text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

/// The first column to the left, the others to the right; two blanks between.
std::string laidOut(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths.resize(std::max(widths.size(), row.size()));
            widths[i] = std::max(widths[i], widthOf(row[i]));
        }
    std::string table;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string blanks(widths[i] - widthOf(row[i]), ' ');
            table += cat(i == 0 ? "" : "  ", i == 0 ? row[i] : blanks,
                         i == 0 ? (row.size() > 1 ? blanks : std::string()) : row[i]);
        }
        table += "\n";
    }
    return table;
}

std::string atLargestK(const Json& points) {
    return points.empty() ? "-" : cat(percent(points.back()["value"]), " @", points.back()["k"]);
}

std::string stateOf(const Json& e) {
    return e["complete"].get<bool>() ? std::string()
                                     : cat("cut off: ", e["evaluated"], " of ", e["questions"]);
}

std::vector<std::string> rightOf(const Json& e) {
    return {cat(e["right"], "/",
                e["right"].get<std::int64_t>() + e["wrong"].get<std::int64_t>() +
                    e["no_answer"].get<std::int64_t>()),
            percent(e["accuracy"]), percents(e["interval"])};
}

} // namespace

std::string evaluationTable(const std::vector<Json>& evaluations) {
    std::vector<std::vector<std::string>> rows{{"id  evaluation", "step", "right", "accuracy %",
                                                "95 %", "pass@k %", "maj@k %", "no answer %",
                                                "tokens", "seconds", ""}};
    for (const Json& e : evaluations) {
        std::vector<std::string> row{cat(e["evaluation"], "  ", e["name"].get<std::string>()),
                                     e.contains("step") ? e["step"].dump() : std::string("-")};
        for (std::string& cell : rightOf(e))
            row.push_back(std::move(cell));
        row.insert(row.end(), {atLargestK(e["pass_at_k"]), atLargestK(e["maj_at_k"]),
                               percent(e["no_answer_rate"]), shownNumber(e["mean_tokens"], "%.1f"),
                               shownNumber(e["seconds"], "%.1f"), stateOf(e)});
        rows.push_back(std::move(row));
    }
    return laidOut(rows);
}

std::string comparisonTable(const Json& c) {
    std::vector<std::vector<std::string>> rows{{"evaluation", "right", "accuracy %", "95 %",
                                                "difference", "95 %", "fixed", "broken", "mid-p",
                                                "both right", "both wrong"}};
    std::vector<std::string> first{cat(c["baseline"]["name"].get<std::string>(), " (baseline)")};
    for (std::string& cell : rightOf(c["baseline"]))
        first.push_back(std::move(cell));
    rows.push_back(std::move(first));
    for (const Json& e : c["candidates"]) {
        std::vector<std::string> row{e["name"].get<std::string>()};
        for (std::string& cell : rightOf(e))
            row.push_back(std::move(cell));
        const Json& table = e["table"];
        row.insert(row.end(),
                   {shownNumber(e["difference"], "%+.1f", 100), percents(e["difference_interval"]),
                    table["fixed"]["count"].dump(), table["broken"]["count"].dump(),
                    shownNumber(e["mcnemar"]["mid_p"], "%.3g"), table["both_right"]["count"].dump(),
                    table["both_wrong"]["count"].dump()});
        rows.push_back(std::move(row));
    }
    std::string text = laidOut(rows);
    if (c["nothing_changed"].get<bool>())
        text += "No question changed.\n";
    for (const Json& caution : c["cautions"])
        text += cat("Caution: ", caution.get<std::string>(), "\n");
    for (const Json& one : c["refused"])
        text += cat("Not compared: ", one["reason"].get<std::string>(), "\n");
    return text;
}

Result<std::string> comparisonCsv(const store::Project& project,
                                  const store::Comparison& comparison) {
    std::string table = "question_id,question,gold";
    for (const store::ComparedColumn& column : comparison.columns) {
        const std::string name = column.evaluation.name;
        for (const char* what : {"right", "samples", "answer"})
            table += "," + csvCell(cat(name, " #", column.evaluation.id.value, " ", what));
    }
    for (std::size_t i = 1; i < comparison.columns.size(); ++i)
        table += "," + csvCell(cat("change #", comparison.columns[i].evaluation.id.value));
    table += "\r\n";
    for (std::size_t i = 0; i < comparison.questions.size(); ++i) {
        CRUX_TRY(line, comparedQuestionJson(project, comparison, i));
        table += cat(csvCell(line["question_id"].get<std::string>()), ",",
                     csvCell(line["question"].get<std::string>()), ",",
                     csvCell(store::goldLine(store::goldAnswers(comparison.questions[i]))));
        for (const Json& cell : line["columns"])
            table += cat(",", cell.contains("right") ? cell["right"].dump() : "", ",",
                         cell["samples"].dump(), ",", csvCell(cell.value("answer", std::string())));
        for (const Json& change : line["changes"])
            table += "," + change["change"].get<std::string>();
        table += "\r\n";
    }
    return table;
}

std::string comparisonLatex(const Json& c) {
    const auto cells = [](const Json& e) {
        return cat(escapedLatex(e["name"].get<std::string>()), " & ", percent(e["accuracy"]), " & ",
                   percents(e["interval"]));
    };
    std::string table = "% Crux: evaluations";
    const auto name = [&](const Json& e) {
        table += cat(" ", e["evaluation"], " (question set ",
                     e["question_set"].get<std::string>().substr(0, 8), ", grader ",
                     e["grader"].get<std::string>(), ")");
    };
    name(c["baseline"]);
    for (const Json& e : c["candidates"])
        name(e);
    table += "\n\\begin{tabular}{lrlrlrrr}\n\\toprule\n"
             "Checkpoint & Acc.\\ (\\%) & 95\\,\\% CI & $\\Delta$ & 95\\,\\% CI & Fixed & Broken & "
             "mid-$p$ \\\\\n\\midrule\n";
    table += cells(c["baseline"]) + " & -- & -- & -- & -- & -- \\\\\n";
    for (const Json& e : c["candidates"])
        table += cat(cells(e), " & $", shownNumber(e["difference"], "%+.1f", 100), "$ & ",
                     percents(e["difference_interval"]), " & ", e["mcnemar"]["fixed"], " & ",
                     e["mcnemar"]["broken"], " & ", shownNumber(e["mcnemar"]["mid_p"], "%.3g"),
                     " \\\\\n");
    return table + "\\bottomrule\n\\end{tabular}\n";
}

} // namespace crux::interop
