// HTML and LaTeX of a HeatMapDocument.
#include "core/base/text_util.h"
#include "core/interop/heat_map_document.h"

#include <cctype>
#include <utility>

namespace crux::interop {

namespace {

std::string withoutLineEnds(std::string text) {
    std::erase(text, '\n');
    std::erase(text, '\r');
    return text;
}

std::string htmlToken(const HeatMapToken& token) {
    std::string classes = "t";
    const std::pair<bool, const char*> flags[] = {{token.special, " special"},
                                                  {token.fill.empty(), " none"},
                                                  {token.candidate, " candidate"},
                                                  {token.forced, " forced"},
                                                  {token.slip, " slip"}};
    for (const auto& [set, name] : flags)
        classes += set ? name : "";
    std::string style;
    if (!token.fill.empty())
        style = cat(" style=\"background:", token.fill,
                    token.ink.empty() ? "" : cat(";color:", token.ink), "\"");
    const std::string shown = withoutLineEnds(token.text);
    std::string out =
        cat("<span class=\"", classes, "\"", style, " title=\"", escapedMarkup(token.tip), "\">",
            escapedMarkup(shown.empty() ? "↵" : shown), "</span>");
    if (token.text.find('\n') != std::string::npos)
        out += "<br>\n";
    return out;
}

std::string htmlLegend(const HeatMapLegend& legend) {
    std::string ramp;
    for (const std::string& colour : legend.ramp)
        ramp += (ramp.empty() ? "" : ",") + colour;
    return cat("<p class=\"legend\">", escapedMarkup(legend.low),
               " <i style=\"background:linear-gradient(90deg,", ramp, ")\"></i> ",
               escapedMarkup(legend.high),
               "</p><p class=\"small\">bar above a token: ", escapedMarkup(legend.note), "</p>\n");
}

/// The colours of a page that differ from the style sheet's.
std::string pageColours(const HeatMapDocument& document) {
    return cat("body{background:", document.background, ";color:", document.ink,
               "}.t{border-color:", document.background, "}.small{color:", document.secondInk,
               "}.t.none{background:repeating-linear-gradient(45deg,", document.background,
               " 0 3px,", document.hatch, " 3px 4px)}.t.candidate{box-shadow:0 -3px 0 ",
               document.ink, "}");
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

/// "#fff5eb" -> "FFF5EB"
std::string latexColour(const std::string& hex) {
    std::string out = hex.substr(std::min<std::size_t>(1, hex.size()));
    for (char& c : out)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
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
    return out + "</div>\n" + htmlLegend(document.legend) +
           cat("<p class=\"small\">", escapedMarkup(document.provenance), "</p></section>\n");
}

std::string heatMapHtmlHead(const std::string& title, const HeatMapDocument& first) {
    return cat("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>",
               escapedMarkup(title), "</title><style>", heatMapStyle(), pageColours(first),
               "</style></head><body>\n<h1>", escapedMarkup(title), "</h1>\n");
}

std::string heatMapHtmlFoot() {
    return "</body></html>\n";
}

std::string heatMapHtml(const std::string& title, const std::vector<HeatMapDocument>& documents) {
    std::string out =
        heatMapHtmlHead(title, documents.empty() ? HeatMapDocument() : documents.front());
    for (const HeatMapDocument& document : documents)
        out += heatMapHtmlBody(document);
    return out + heatMapHtmlFoot();
}

std::string heatMapLatex(const HeatMapDocument& document) {
    std::string out =
        cat("% ", withoutLineEnds(document.title), "; ", withoutLineEnds(document.provenance),
            "\n% needs \\usepackage[HTML]{xcolor}\n",
            "{\\ttfamily\\setlength{\\fboxsep}{1pt}\\noindent\n");
    for (const HeatMapToken& token : document.tokens) {
        const std::string text = latexEscaped(withoutLineEnds(token.text));
        const std::string fill = latexColour(token.fill.empty() ? "#ffffff" : token.fill);
        const std::string marked = token.candidate ? cat("\\underline{", text, "}") : text;
        if (!text.empty())
            out += cat("\\colorbox[HTML]{", fill, "}{\\strut ",
                       token.ink.empty()
                           ? marked
                           : cat("\\textcolor[HTML]{", latexColour(token.ink), "}{", marked, "}"),
                       "}\\allowbreak%\n");
        if (token.text.find('\n') != std::string::npos)
            out += "\\par\\noindent\n";
    }
    out += "}\n\\par{\\footnotesize " + latexEscaped(document.legend.low) + "\\ ";
    for (const std::string& colour : document.legend.ramp)
        out += cat("\\colorbox[HTML]{", latexColour(colour), "}{\\strut\\ }");
    return out + cat("\\ ", latexEscaped(document.legend.high), "; ", latexEscaped("underlined: "),
                     latexEscaped(document.legend.note), "}\n");
}

} // namespace crux::interop
