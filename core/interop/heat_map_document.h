// A heat map as a value without Qt: what the window, crux-cli and the demo's report write as HTML
// and LaTeX. Colours are resolved in it, so that one writer serves every layer, palette and theme.
#pragma once

#include "core/base/result.h"
#include "core/store/project.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace crux::interop {

struct HeatMapToken {
    std::string text;     ///< readable UTF-8; a line end is "\n"
    std::string tip;      ///< values in words, shown on hover
    std::string fill;     ///< "#fff5eb"; empty: no value (hatched)
    std::string ink;      ///< text colour on `fill`; empty: the document's
    std::string under;    ///< colour of the second layer's line below the cell; empty: none
    std::string answer;   ///< colour of the line below the extracted answer; empty: no part of it
    bool special = false; ///< dotted box
    bool candidate = false;
    bool critical = false; ///< confirmed by rollouts: the filled triangle
    bool forced = false;
    bool bookmark = false;
    bool label = false; ///< human verdict: bar at the left edge
    int forks = 0;      ///< branches that leave here
    bool slip = false;  ///< planted critical token, where the data says it
};

/// What the colours mean: both ends in words with the ramp between them.
struct HeatMapLegend {
    std::string low, high;         ///< "0 critical", "1 not critical"
    std::vector<std::string> ramp; ///< colours from `low` to `high`, evenly spaced
    std::vector<std::pair<double, std::string>> ticks; ///< numbers along the ramp, places 0..1
    std::string note;                                  ///< threshold, scale, palette name
    std::string under; ///< what the line below the cells means; empty: none is drawn
};

/// One trajectory with the values of one layer.
struct HeatMapDocument {
    std::string title;      ///< "Trajectory 2117"
    std::string question;   ///< full text
    std::string facts;      ///< gold, extracted, verdict
    std::string provenance; ///< score set, models, beta, program version
    std::string background = "#ffffff", ink = "#1a1a1a", secondInk = "#555555", hatch = "#b4b4b4";
    HeatMapLegend legend;
    std::vector<HeatMapToken> tokens;
};

/// Reads one trajectory (response tokens only) with the scores of a set, coloured by s_t in the
/// light theme's ramp; without scores every token is hatched. NotFound for an unknown id.
Result<HeatMapDocument> heatMapDocument(const store::Project& project, TrajectoryId id,
                                        ScoreSetId scoreSet);

/// Escapes &, <, > and quotes.
std::string escapedMarkup(const std::string& text);
/// Escapes what LaTeX reads as commands; blanks are kept.
std::string escapedLatex(const std::string& text);
/// The style sheet that heatMapHtmlBody needs once a page (light colours).
std::string heatMapStyle();
/// One <section>: head, tokens as spans, legend. For a page of several.
std::string heatMapHtmlBody(const HeatMapDocument& document);
/// Begin and end of a self-contained page in the colours of `first`; between them come the bodies.
std::string heatMapHtmlHead(const std::string& title, const HeatMapDocument& first);
std::string heatMapHtmlFoot();
/// Self-contained page of one or more heat maps.
std::string heatMapHtml(const std::string& title, const std::vector<HeatMapDocument>& documents);
/// A LaTeX fragment with \colorbox cells (needs xcolor, amssymb for the marks, and fontenc T1).
std::string heatMapLatex(const HeatMapDocument& document);

} // namespace crux::interop
