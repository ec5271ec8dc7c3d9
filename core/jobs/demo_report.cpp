// report.html of the demo's main job.
#include "core/base/text_util.h"
#include "core/base/version.h"
#include "core/interop/heat_map_document.h"
#include "core/jobs/demo.h"
#include "core/store/repositories.h"

#include <cmath>
#include <iomanip>

namespace crux::jobs {

namespace {

using interop::escapedMarkup;

constexpr std::size_t kPairsShown = 8;

constexpr const char* kPageStyle =
    "body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1a1a;background:#fff}table{border-collapse:collapse;margin:1rem 0}"
    "th,td{padding:.25rem .6rem;border-bottom:1px solid #ddd;text-align:left}"
    "td.n{text-align:right;font-variant-numeric:tabular-nums}code{background:#f3f3f3;"
    "padding:0 .2rem;white-space:pre}.right{color:#0072b2}.wrong{color:#d55e00;font-weight:600}"
    ".pair{border-left:4px solid #ddd;padding-left:1rem;margin:1.5rem 0}";

std::string shown(const std::string& piece) {
    std::string text;
    for (const char c : piece)
        text += c == '\n' ? std::string("\\n") : std::string(1, c);
    return "<code>" + escapedMarkup(text) + "</code>";
}

std::string number(float value) {
    if (std::isnan(value))
        return "&ndash;";
    if (value >= 1e-4f || value <= 0)
        return cat(std::fixed, std::setprecision(4), value);
    const int exponent = static_cast<int>(std::floor(std::log10(value))); // as the window: 1.7e-9
    return cat(std::fixed, std::setprecision(1), value / std::pow(10.0, exponent), "e&minus;",
               -exponent);
}

std::string forkRow(const DemoFork& fork) {
    return cat("<tr><td class=n>", fork.trajectory.value, "</td><td class=n>", fork.position,
               "</td><td>", shown(fork.wrongPiece), "</td><td class=n>", number(fork.s),
               "</td><td>", shown(fork.rightPiece), "</td><td class=n>", escapedMarkup(fork.before),
               "</td><td class=n>", escapedMarkup(fork.after), "</td><td class=n>",
               escapedMarkup(fork.gold),
               "</td><td class=", fork.right ? "right>&#10003; right" : "wrong>&#10007; wrong",
               "</td></tr>\n");
}

Result<std::string> pair(const store::Project& project, const DemoFork& fork, ScoreSetId set) {
    CRUX_TRY(before, interop::heatMapDocument(project, fork.trajectory, set));
    CRUX_TRY(after, interop::heatMapDocument(project, fork.branch, set));
    after.title = cat("After forcing: trajectory ", fork.branch.value);
    const auto index = static_cast<std::size_t>(fork.position);
    CRUX_TRY(row, store::trajectory(project, fork.branch));
    const auto first = static_cast<std::size_t>(std::max(0, row.promptTokens));
    if (index >= first && index - first < after.tokens.size())
        after.tokens[index - first].forced = true;
    return cat("<div class=pair>\n", interop::heatMapHtmlBody(before),
               interop::heatMapHtmlBody(after), "</div>\n");
}

} // namespace

Result<std::string> demoReport(const store::Project& project, const DemoFigures& figures,
                               ScoreSetId scoreSet) {
    std::string page =
        cat("<!doctype html>\n<html lang=en><head><meta charset=utf-8><title>Crux: the demo's main "
            "job</title>\n<style>",
            kPageStyle, interop::heatMapStyle(), "</style></head><body>\n",
            "<h1>Where wrong solutions go wrong</h1>\n<p>Word problems solved by a model of 2.9 M "
            "parameters. Each wrong solution has a <em>slip</em>: the first token that "
            "departs from every right solution. The contrastive score s<sub>t</sub> of a "
            "positive and a negative adapter should be lowest there.</p>\n<ul>\n");
    for (const std::string& sentence : sentences(figures))
        page += "<li>" + escapedMarkup(sentence) + "</li>\n";
    page += "</ul>\n<h2>The right token forced at slips</h2>\n<table><thead><tr><th>trajectory<th>"
            "position<th>slip<th>s<sub>t</sub><th>forced<th>answer before<th>after<th>gold<th>"
            "verdict</tr></thead><tbody>\n";
    for (const DemoFork& fork : figures.forks)
        page += forkRow(fork);
    page +=
        cat("</tbody></table>\n<h2>Heat maps</h2>\n<p>Each pair shows a wrong trajectory and its "
            "continuation after the forced token; darker is more critical. Positions in the "
            "table are absolute and counted from 0.</p>\n");
    for (std::size_t i = 0; i < std::min(kPairsShown, figures.forks.size()); ++i) {
        CRUX_TRY(section, pair(project, figures.forks[i], scoreSet));
        page += section;
    }
    return page + cat("<p><small>Crux ", crux::kVersion, ", ", escapedMarkup(figures.device), ", ",
                      escapedMarkup(figures.dtype), "</small></p>\n</body></html>\n");
}

} // namespace crux::jobs
