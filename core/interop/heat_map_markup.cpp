// HTML, SVG and LaTeX of a HeatMapDocument.
#include "core/base/text_util.h"
#include "core/interop/heat_map_document.h"
#include "core/spec/heat_ramp.h"

#include <cmath>
#include <iomanip>

namespace crux::interop {

namespace {

constexpr double kAdvance = 8.4; // px of one fixed character at 10.5 pt, 96 dpi
constexpr int kLineHeight = 32;  // mark lane 12 + cell 20
constexpr int kMargin = 16;
constexpr const char* kInk = "#1a1a1a";

std::string number(double value, int digits = 1) {
    std::ostringstream out;
    out << std::fixed << std::setprecision(digits) << value;
    return std::move(out).str();
}

std::string fillOf(const HeatMapToken& token) {
    return hexColour(criticalityColour(1 - token.value));
}

std::size_t characters(std::string_view text) {
    std::size_t count = 0;
    for (const char c : text)
        count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    return count;
}

std::string withoutLineEnds(std::string text) {
    std::erase(text, '\n');
    std::erase(text, '\r');
    return text;
}

std::string marksOf(const HeatMapToken& token) {
    std::string marks;
    if (token.forced)
        marks += "◆";
    if (token.candidate)
        marks += "▽";
    return marks;
}

std::string legendText(const HeatMapDocument& document) {
    std::string text = "s_t: 0 critical … 1 not critical; ▽ candidate";
    if (document.threshold >= 0)
        text += cat(" (lowest, and s_t < ", number(document.threshold, 4), ")");
    return cat(text, "; palette ", kCriticalityPaletteName);
}

std::string htmlToken(const HeatMapToken& token) {
    std::string classes = "t";
    if (token.special)
        classes += " special";
    if (std::isnan(token.value))
        classes += " none";
    if (token.candidate)
        classes += " candidate";
    if (token.forced)
        classes += " forced";
    if (token.slip)
        classes += " slip";
    const std::string style =
        std::isnan(token.value) ? std::string() : cat(" style=\"background:", fillOf(token), "\"");
    const std::string shown = withoutLineEnds(token.text);
    std::string out =
        cat("<span class=\"", classes, "\"", style, " title=\"", escapedMarkup(token.tip), "\">",
            escapedMarkup(shown.empty() ? "↵" : shown), "</span>");
    if (token.text.find('\n') != std::string::npos)
        out += "<br>\n";
    return out;
}

std::string htmlLegend(const HeatMapDocument& document) {
    std::string ramp;
    for (std::size_t i = kCriticalityStops.size(); i-- > 0;)
        ramp += (ramp.empty() ? "" : ",") + hexColour(kCriticalityStops[i]);
    return cat("<p class=\"legend\">critical 0 <i style=\"background:linear-gradient(90deg,", ramp,
               ")\"></i> 1 not critical</p><p class=\"small\">",
               escapedMarkup(legendText(document)), "</p>\n");
}

/// Where each token goes: column and line, wrapped at tokens, real line ends kept.
struct Placed {
    const HeatMapToken* token;
    std::string text;
    int column, line;
};

std::vector<Placed> placed(const HeatMapDocument& document, int columns) {
    std::vector<Placed> out;
    int column = 0;
    int line = 0;
    for (const HeatMapToken& token : document.tokens) {
        const std::string text = withoutLineEnds(token.text);
        const int width = static_cast<int>(characters(text));
        if (column > 0 && column + width > columns) {
            column = 0;
            ++line;
        }
        out.push_back({&token, text, column, line});
        column += width;
        if (token.text.find('\n') != std::string::npos) {
            column = 0;
            ++line;
        }
    }
    return out;
}

std::string svgToken(const Placed& cell, int top) {
    const double x = kMargin + cell.column * kAdvance;
    const int y = top + cell.line * kLineHeight;
    const double width = static_cast<double>(characters(cell.text)) * kAdvance;
    std::string out = cat("<g><title>", escapedMarkup(cell.token->tip), "</title>");
    out += cat("<rect x=\"", number(x), "\" y=\"", y + 12, "\" width=\"",
               number(std::max(0.0, width - 1)), "\" height=\"20\" fill=\"",
               std::isnan(cell.token->value) ? "url(#hatch)" : fillOf(*cell.token), "\"/>");
    if (const std::string marks = marksOf(*cell.token); !marks.empty())
        out += cat("<text class=\"mark\" x=\"", number(x + width / 2), "\" y=\"", y + 10, "\">",
                   marks, "</text>");
    out += cat("<text class=\"cell\" xml:space=\"preserve\" x=\"", number(x), "\" y=\"", y + 27,
               "\" textLength=\"", number(width), "\">", escapedMarkup(cell.text), "</text></g>\n");
    return out;
}

std::string svgLegend(const HeatMapDocument& document, int y) {
    std::string out = "<defs><linearGradient id=\"ramp\">";
    const std::size_t count = kCriticalityStops.size();
    for (std::size_t i = 0; i < count; ++i)
        out += cat("<stop offset=\"",
                   number(static_cast<double>(i) / static_cast<double>(count - 1), 2),
                   "\" stop-color=\"", hexColour(kCriticalityStops[count - 1 - i]), "\"/>");
    out += "</linearGradient></defs>\n";
    out += cat("<text class=\"small\" x=\"", kMargin, "\" y=\"", y,
               "\">critical 0</text><rect x=\"", kMargin + 64, "\" y=\"", y - 10,
               "\" width=\"200\" height=\"12\" fill=\"url(#ramp)\" stroke=\"#8a8a8a\"/><text "
               "class=\"small\" x=\"",
               kMargin + 270, "\" y=\"", y, "\">1 not critical</text>\n");
    out += cat("<text class=\"small\" x=\"", kMargin, "\" y=\"", y + 18, "\">",
               escapedMarkup(legendText(document)), "</text>\n");
    return out + cat("<text class=\"small\" x=\"", kMargin, "\" y=\"", y + 36, "\">",
                     escapedMarkup(document.provenance), "</text>\n");
}

std::string latexEscaped(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (std::string_view("#$%&_{}").find(c) != std::string_view::npos)
            out += '\\', out += c;
        else if (c == '\\')
            out += "\\textbackslash{}";
        else if (c == '~' || c == '^')
            out += cat("\\", c, "{}");
        else if (c == ' ')
            out += "\\ ";
        else
            out += c;
    }
    return out;
}

} // namespace

std::string escapedMarkup(const std::string& text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        default:
            // XML 1.0 forbids other control characters, escaped or not.
            out += static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t' ? '?' : c;
        }
    }
    return out;
}

std::string heatMapStyle() {
    return "body{font:15px/1.5 sans-serif;color:#1a1a1a;background:#fff;max-width:60em;margin:2em "
           "auto;padding:0 1em}"
           ".map{font:14px/32px monospace;white-space:pre-wrap}.t{padding:2px 0;border-right:1px "
           "solid #fff}"
           ".t.special{outline:1px dotted "
           "#555}.t.none{background:repeating-linear-gradient(45deg,#fff 0 3px,#b4b4b4 3px 4px)}"
           ".t.candidate{box-shadow:0 -3px 0 #1a1a1a}.t.forced{box-shadow:0 -3px 0 "
           "#0072b2}.t.slip{text-decoration:underline 2px}"
           ".legend i{display:inline-block;width:200px;height:12px;border:1px solid "
           "#8a8a8a;vertical-align:-2px}"
           ".small{color:#555;font-size:13px}section{border-top:1px solid #c8c8c8;padding:1em 0}"
           "table{border-collapse:collapse}td,th{border-bottom:1px solid #c8c8c8;padding:.2em .8em "
           ".2em 0;text-align:left}";
}

std::string heatMapHtmlBody(const HeatMapDocument& document) {
    std::string out = cat("<section><h2>", escapedMarkup(document.title), "</h2><p>",
                          escapedMarkup(document.question), "</p><p class=\"small\">",
                          escapedMarkup(document.facts), "</p>\n<div class=\"map\">");
    for (const HeatMapToken& token : document.tokens)
        out += htmlToken(token);
    return out + "</div>\n" + htmlLegend(document) +
           cat("<p class=\"small\">", escapedMarkup(document.provenance), "</p></section>\n");
}

std::string heatMapHtml(const std::string& title, const std::vector<HeatMapDocument>& documents) {
    std::string out =
        cat("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>",
            escapedMarkup(title), "</title><style>", heatMapStyle(), "</style></head><body>\n<h1>",
            escapedMarkup(title), "</h1>\n");
    for (const HeatMapDocument& document : documents)
        out += heatMapHtmlBody(document);
    return out + "</body></html>\n";
}

std::string heatMapSvg(const HeatMapDocument& document, int columns) {
    const std::vector<Placed> cells = placed(document, columns);
    const int lines = cells.empty() ? 1 : cells.back().line + 1;
    const int top = 64;
    const int height = top + lines * kLineHeight + 84;
    const int width = 2 * kMargin + static_cast<int>(columns * kAdvance);
    std::string out = cat(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", width, "\" height=\"", height,
        "\" viewBox=\"0 0 ", width, " ", height,
        "\">\n<style>.cell{font:14px 'Noto Sans Mono',monospace;fill:", kInk,
        "}.mark{font:10px sans-serif;text-anchor:middle;fill:", kInk,
        "}.small{font:11px 'Noto Sans',sans-serif;fill:#555}.head{font:bold 13px 'Noto "
        "Sans',sans-serif;fill:",
        kInk,
        "}</style>\n<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" "
        "patternUnits=\"userSpaceOnUse\" "
        "patternTransform=\"rotate(45)\"><line x1=\"0\" y1=\"0\" x2=\"0\" y2=\"6\" "
        "stroke=\"#b4b4b4\"/></pattern></defs>\n"
        "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text class=\"head\" x=\"",
        kMargin, "\" y=\"26\">", escapedMarkup(document.title), "</text><text class=\"small\" x=\"",
        kMargin, "\" y=\"46\">", escapedMarkup(document.facts), "</text>\n");
    for (const Placed& cell : cells)
        out += svgToken(cell, top);
    return out + svgLegend(document, height - 56) + "</svg>\n";
}

std::string heatMapLatex(const HeatMapDocument& document) {
    std::string out = cat("% ", document.title, "; ", document.provenance,
                          "\n% needs \\usepackage[HTML]{xcolor}\n",
                          "{\\ttfamily\\setlength{\\fboxsep}{1pt}\\noindent\n");
    for (const HeatMapToken& token : document.tokens) {
        const std::string text = latexEscaped(withoutLineEnds(token.text));
        std::string hex = std::isnan(token.value) ? "#FFFFFF" : fillOf(token);
        for (char& c : hex)
            c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        if (!text.empty())
            out += cat("\\colorbox[HTML]{", hex.substr(1), "}{\\strut ",
                       token.candidate ? cat("\\underline{", text, "}") : text, "}\\allowbreak%\n");
        if (token.text.find('\n') != std::string::npos)
            out += "\\par\\noindent\n";
    }
    return out +
           cat("}\n\\par{\\footnotesize ",
               latexEscaped(
                   "s_t: pale 1 (not critical) to orange 0 (critical); underlined: candidate."),
               "}\n");
}

} // namespace crux::interop
