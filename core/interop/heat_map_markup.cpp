// HTML and LaTeX of a HeatMapDocument.
#include "core/base/text_util.h"
#include "core/interop/heat_map_document.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace crux::interop {

namespace {

std::string withoutLineEnds(std::string text) {
    std::erase(text, '\n');
    std::erase(text, '\r');
    return text;
}

/// The marks of the window as paths; pages of several heat maps use one set. No glyph of a font is
/// relied on.
constexpr const char* kMarkDefinitions =
    "<svg width=\"0\" height=\"0\" style=\"position:absolute\" aria-hidden=\"true\"><defs>"
    "<path id=\"candidate\" d=\"M1 1h8L5 7.2z\" fill=\"none\" stroke=\"currentColor\" "
    "stroke-width=\"1.5\"/>"
    "<path id=\"critical\" d=\"M0 0h10L5 8z\" fill=\"currentColor\"/>"
    "<path id=\"forced\" d=\"M5 0l5 5l-5 5l-5-5z\" fill=\"currentColor\"/>"
    "<path id=\"bookmark\" d=\"M5 0l1.5 3.4l3.5.4l-2.6 2.4l.7 3.6l-3.1-1.8l-3.1 1.8l.7-3.6L0 3.8"
    "l3.5-.4z\" fill=\"currentColor\"/>"
    "<path id=\"fork\" d=\"M5 10V5.5L1 .7M5 5.5L9 .7\" fill=\"none\" stroke=\"currentColor\" "
    "stroke-width=\"1.5\"/></defs></svg>";

std::string htmlMark(const char* name) {
    return cat("<svg width=\"10\" height=\"10\"><use href=\"#", name, "\"/></svg>");
}

/// What stands above a token, side by side.
std::string htmlMarks(const HeatMapToken& token) {
    std::string marks;
    if (token.critical)
        marks += htmlMark("critical");
    else if (token.candidate)
        marks += htmlMark("candidate");
    if (token.forced)
        marks += htmlMark("forced");
    if (token.bookmark)
        marks += htmlMark("bookmark");
    if (token.forks > 0)
        marks += cat(htmlMark("fork"), "<b>", token.forks, "</b>");
    return marks.empty() ? marks : "<i>" + marks + "</i>";
}

std::string htmlToken(const HeatMapToken& token) {
    std::string classes = "t";
    const std::pair<bool, const char*> flags[] = {{token.special, " special"},
                                                  {token.fill.empty(), " none"},
                                                  {token.label, " label"},
                                                  {token.slip, " slip"}};
    for (const auto& [set, name] : flags)
        classes += set ? name : "";
    std::string style, lines;
    if (!token.fill.empty())
        style = cat("background-color:", token.fill,
                    token.ink.empty() ? "" : cat(";color:", token.ink), ";");
    if (!token.under.empty())
        lines = cat("0 3px 0 ", token.under);
    if (!token.answer.empty())
        lines += cat(lines.empty() ? "0 2px 0 " : ",0 5px 0 ", token.answer);
    if (!lines.empty())
        style += cat("box-shadow:", lines);
    const std::string shown = withoutLineEnds(token.text);
    std::string out =
        cat("<span class=\"", classes, "\"", style.empty() ? "" : cat(" style=\"", style, "\""),
            " title=\"", escapedMarkup(token.tip), "\">", htmlMarks(token),
            escapedMarkup(shown.empty() ? "↵" : shown), "</span>");
    if (token.text.find('\n') != std::string::npos)
        out += "<br>\n";
    return out;
}

/// The marks that occur, each with its word.
std::string htmlMarkKey(const std::vector<HeatMapToken>& tokens) {
    const auto any = [&](auto has) { return std::any_of(tokens.begin(), tokens.end(), has); };
    std::string key;
    const auto add = [&](bool occurs, const char* mark, const char* word) {
        if (occurs)
            key += cat("<em>", htmlMark(mark), " ", word, "</em> ");
    };
    add(any([](const auto& t) { return t.candidate && !t.critical; }), "candidate", "candidate");
    add(any([](const auto& t) { return t.critical; }), "critical", "critical token");
    add(any([](const auto& t) { return t.forced; }), "forced", "forced token");
    add(any([](const auto& t) { return t.forks > 0; }), "fork", "branches");
    add(any([](const auto& t) { return t.bookmark; }), "bookmark", "bookmark");
    return key;
}

std::string htmlLegend(const HeatMapDocument& document) {
    const HeatMapLegend& legend = document.legend;
    std::string ramp, ticks;
    for (const std::string& colour : legend.ramp)
        ramp += (ramp.empty() ? "" : ",") + colour;
    for (const auto& [at, text] : legend.ticks)
        ticks += cat("<u style=\"left:", at * 100, "%\">", escapedMarkup(text), "</u>");
    std::string words = escapedMarkup(legend.note);
    if (!legend.under.empty())
        words += cat(words.empty() ? "" : " · ", "line below: ", escapedMarkup(legend.under));
    return cat("<p class=\"legend\">", escapedMarkup(legend.low),
               " <i style=\"background:linear-gradient(90deg,", ramp, ")\">", ticks, "</i> ",
               escapedMarkup(legend.high), "</p><p class=\"small\">", htmlMarkKey(document.tokens),
               words, "</p>\n");
}

/// The colours of a page that differ from the style sheet's.
std::string pageColours(const HeatMapDocument& document) {
    return cat("body{background:", document.background, ";color:", document.ink,
               "}.t{border-color:", document.background, "}.small{color:", document.secondInk,
               "}.t.none{background:repeating-linear-gradient(45deg,", document.background,
               " 0 3px,", document.hatch, " 3px 4px)}.t.label{border-left-color:", document.ink,
               "}.t i,em svg{color:", document.ink, "}");
}

/// "#fff5eb" -> "FFF5EB"
std::string latexColour(const std::string& hex) {
    std::string out = hex.substr(std::min<std::size_t>(1, hex.size()));
    for (char& c : out)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

} // namespace

std::string escapedLatex(const std::string& text) {
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
           ".map{font:14px/32px monospace;white-space:pre-wrap;padding-top:12px}"
           ".t{position:relative;padding:2px 0;border-right:1px solid #fff}"
           ".t i{position:absolute;left:0;right:0;top:-12px;height:12px;line-height:12px;"
           "text-align:center;white-space:nowrap;font-style:normal}"
           ".t i svg,em svg{vertical-align:0;margin-right:1px}.t i b{font:bold 10px sans-serif}"
           "em{font-style:normal;margin-right:1em}"
           ".t.special{outline:1px dotted "
           "#555}.t.none{background:repeating-linear-gradient(45deg,#fff 0 3px,#b4b4b4 3px 4px)}"
           ".t.label{border-left:3px solid #1a1a1a}.t.slip{text-decoration:underline 2px}"
           ".legend i{display:inline-block;position:relative;width:220px;height:12px;border:1px "
           "solid #8a8a8a;vertical-align:-2px;margin-bottom:18px}"
           ".legend u{position:absolute;top:14px;transform:translateX(-50%);font:11px sans-serif;"
           "text-decoration:none;white-space:nowrap}"
           ".small{color:#555;font-size:13px}section{border-top:1px solid #c8c8c8;padding:1em 0}"
           "table{border-collapse:collapse}td,th{border-bottom:1px solid #c8c8c8;padding:.2em .8em "
           ".2em 0;text-align:left}";
}

std::string heatMapHtmlBody(const HeatMapDocument& document) {
    std::string out = cat(kMarkDefinitions, "<section><h2>", escapedMarkup(document.title),
                          "</h2><p>", escapedMarkup(document.question), "</p><p class=\"small\">",
                          escapedMarkup(document.facts), "</p>\n<div class=\"map\">");
    for (const HeatMapToken& token : document.tokens)
        out += htmlToken(token);
    return out + "</div>\n" + htmlLegend(document) +
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

namespace {

/// Defined where the document has none of its own, so that a paper may draw the marks its way.
constexpr const char* kLatexMarks =
    "\\providecommand{\\cruxmark}[1]{\\makebox[0pt][l]{\\raisebox{2.1ex}{\\tiny #1}}}\n"
    "\\providecommand{\\cruxcandidate}{$\\triangledown$}\n"
    "\\providecommand{\\cruxcritical}{$\\blacktriangledown$}\n"
    "\\providecommand{\\cruxforced}{$\\blacklozenge$}\n"
    "\\providecommand{\\cruxfork}[1]{$\\pitchfork$#1}\n"
    "\\providecommand{\\cruxbookmark}{$\\bigstar$}\n"
    "\\providecommand{\\cruxlabel}{\\rule[-0.4ex]{1.5pt}{2.2ex}}\n"
    "\\providecommand{\\cruxunder}[2]{{\\setbox0=\\hbox{#2}\\rlap{\\raisebox{-1.1ex}"
    "{\\textcolor[HTML]{#1}{\\rule{\\wd0}{1.5pt}}}}\\box0}}\n";

std::string latexMarks(const HeatMapToken& token) {
    std::string marks;
    if (token.critical)
        marks += "\\cruxcritical";
    else if (token.candidate)
        marks += "\\cruxcandidate";
    if (token.forced)
        marks += "\\cruxforced";
    if (token.bookmark)
        marks += "\\cruxbookmark";
    if (token.forks > 0)
        marks += cat("\\cruxfork{", token.forks, "}");
    return marks.empty() ? marks : cat("\\cruxmark{", marks, "}");
}

std::string latexToken(const HeatMapToken& token) {
    const std::string text = escapedLatex(withoutLineEnds(token.text));
    if (text.empty())
        return {};
    const std::string fill = latexColour(token.fill.empty() ? "#ffffff" : token.fill);
    std::string cell =
        cat("\\colorbox[HTML]{", fill, "}{\\strut ",
            token.ink.empty() ? text
                              : cat("\\textcolor[HTML]{", latexColour(token.ink), "}{", text, "}"),
            "}");
    for (const std::string& line : {token.answer, token.under})
        if (!line.empty())
            cell = cat("\\cruxunder{", latexColour(line), "}{", cell, "}");
    return cat(latexMarks(token), token.label ? "\\cruxlabel{}" : "", cell, "\\allowbreak%\n");
}

/// Both ends in words, the ramp, what is marked.
std::string latexLegend(const HeatMapDocument& document) {
    const HeatMapLegend& legend = document.legend;
    const auto any = [&](auto has) {
        return std::any_of(document.tokens.begin(), document.tokens.end(), has);
    };
    std::string out = "\\par{\\footnotesize " + escapedLatex(legend.low) + "\\ ";
    for (const std::string& colour : legend.ramp)
        out += cat("\\colorbox[HTML]{", latexColour(colour), "}{\\strut\\ }");
    out += "\\ " + escapedLatex(legend.high);
    const auto add = [&](bool occurs, const char* mark, const char* word) {
        if (occurs)
            out += cat("; ", mark, "\\ ", word);
    };
    add(any([](const auto& t) { return t.candidate && !t.critical; }), "\\cruxcandidate{}",
        "candidate");
    add(any([](const auto& t) { return t.critical; }), "\\cruxcritical{}", "critical\\ token");
    add(any([](const auto& t) { return t.forced; }), "\\cruxforced{}", "forced\\ token");
    add(any([](const auto& t) { return t.forks > 0; }), "\\cruxfork{n}", "branches");
    add(any([](const auto& t) { return t.bookmark; }), "\\cruxbookmark{}", "bookmark");
    if (!legend.note.empty())
        out += "; " + escapedLatex(legend.note);
    if (!legend.under.empty())
        out += escapedLatex("; line below: " + legend.under);
    return out + "}\n";
}

} // namespace

std::string heatMapLatex(const HeatMapDocument& document) {
    std::string out =
        cat("% ", withoutLineEnds(document.title), "; ", withoutLineEnds(document.provenance),
            "\n% needs \\usepackage{xcolor,amssymb}\n", kLatexMarks,
            "{\\ttfamily\\setlength{\\fboxsep}{1pt}\\noindent\n");
    for (const HeatMapToken& token : document.tokens) {
        out += latexToken(token);
        if (token.text.find('\n') != std::string::npos)
            out += "\\par\\noindent\n";
    }
    return out + "}\n" + latexLegend(document);
}

} // namespace crux::interop
