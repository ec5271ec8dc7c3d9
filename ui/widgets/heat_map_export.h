// Pictures of a heat map: SVG, PNG and self-contained HTML, each with legend, palette name, score
// set and trajectory id. Draws with HeatPainter, so a picture is what the window shows.
#pragma once

#include "core/base/result.h"
#include "ui/widgets/heat_data.h"
#include "ui/widgets/heat_painter.h"
#include "ui/widgets/token_layout.h"

#include <QByteArray>
#include <QSize>
#include <QString>

class QPainter;

namespace crux::ui {

struct HeatExportOptions {
    int width = 720;     ///< px of the picture at 96 dpi
    double pngScale = 2; ///< device pixels a px
    double zoom = 1;
    bool blanks = false;
    bool prompt = false; ///< with the prompt's tokens, else one folded line
};

enum class HeatExportFormat { Svg, Png, Html };
/// From a file name's ending: .svg, .png, .html/.htm.
std::optional<HeatExportFormat> heatExportFormat(const QString& file);

/// Lays out and draws one heat map with head and legend. Pure; GUI thread for fonts.
class HeatMapExport {
public:
    HeatMapExport(HeatDataPtr data, HeatExportOptions options = {});

    QSize size() const; ///< px at 96 dpi
    void paint(QPainter& painter) const;
    QByteArray svg() const;
    QByteArray png() const;
    QByteArray html() const;
    /// Writes the file whole or not at all; the ending chooses the format.
    Status save(const QString& file) const;

    QString title() const;      ///< "Trajectory 2 117 · gsm8k-train · wrong"
    QString provenance() const; ///< score set, beta, palette, scale mode, threshold, program

private:
    double legendTop() const;
    void paintLegend(QPainter& painter, double top) const;

    HeatDataPtr m_data;
    HeatExportOptions m_options;
    HeatFont m_font;
    TokenLayout m_layout;
};

} // namespace crux::ui
