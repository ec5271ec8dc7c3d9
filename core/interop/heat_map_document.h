// A heat map as a value without Qt: what crux-cli and the demo's report write as HTML, SVG or
// LaTeX. The window exports its own painting; both carry legend, palette name and provenance.
#pragma once

#include "core/base/result.h"
#include "core/store/project.h"

#include <cstdint>
#include <string>
#include <vector>

namespace crux::interop {

struct HeatMapToken {
    std::string text;     ///< readable UTF-8; a line end is "\n"
    std::string tip;      ///< values in words, shown on hover
    double value = 0;     ///< s_t; NaN: no score (hatched)
    bool special = false; ///< dotted box
    bool candidate = false;
    bool forced = false;
    bool slip = false; ///< planted critical token, where the data says it
};

/// One trajectory's response with its scores.
struct HeatMapDocument {
    std::string title;      ///< "Trajectory 2117"
    std::string question;   ///< full text
    std::string facts;      ///< gold, extracted, verdict
    std::string provenance; ///< score set, models, beta, program version
    double threshold = -1;  ///< candidate threshold, < 0: none
    std::vector<HeatMapToken> tokens;
};

/// Reads one trajectory (response tokens only) with the scores of a set; without scores every token
/// is hatched. NotFound for an unknown id.
Result<HeatMapDocument> heatMapDocument(const store::Project& project, TrajectoryId id,
                                        ScoreSetId scoreSet);

/// Escapes &, <, > and quotes.
std::string escapedMarkup(const std::string& text);
/// The style sheet that heatMapHtmlBody needs once a page.
std::string heatMapStyle();
/// One <section>: head, tokens as spans, legend. For a page of several.
std::string heatMapHtmlBody(const HeatMapDocument& document);
/// Self-contained page of one or more heat maps.
std::string heatMapHtml(const std::string& title, const std::vector<HeatMapDocument>& documents);
/// One picture, wrapped at `columns` characters of a fixed font.
std::string heatMapSvg(const HeatMapDocument& document, int columns = 76);
/// A LaTeX fragment with \colorbox cells (needs xcolor with [HTML], and fontenc T1).
std::string heatMapLatex(const HeatMapDocument& document);

} // namespace crux::interop
