// The heat map as shown, as a file: SVG, PDF and PNG drawn with HeatPainter, HTML and LaTeX by
// core/interop; each with legend, palette name, score set and trajectory id.
#pragma once

#include "core/base/result.h"
#include "ui/widgets/heat_data.h"
#include "ui/widgets/heat_painter.h"
#include "ui/widgets/picture_file.h"
#include "ui/widgets/token_layout.h"

#include <QByteArray>
#include <QSize>
#include <QString>

#include <optional>
#include <vector>

class QPainter;

namespace crux::ui {

struct HeatExportOptions {
    int width = 720;     ///< px of the picture at 96 dpi
    double pngScale = 2; ///< device pixels a px
    double zoom = 1;
    bool blanks = false;
    bool proportional = false;
    bool prompt = false; ///< with the prompt's tokens, else one folded line
    /// Width, text size and folds of each pane as the window has them; then `width`, `zoom` and
    /// `prompt` say nothing. Empty: all steps open.
    std::vector<TokenLayout> shown;
    double shownZoom = 1;
};

enum class HeatExportFormat { Svg, Pdf, Png, Html, Latex };
/// From a file name's ending: .svg, .pdf, .png, .html/.htm, .tex.
std::optional<HeatExportFormat> heatExportFormat(const QString& file);

/// The same heat map in another theme's colours, or another palette's.
HeatDataPtr recoloured(const HeatDataPtr& data, ThemeName theme, PaletteName palette);

/// Lays out and draws the panes one below the other, each with a head; panes of one scale share the
/// legend. Use it on the thread that made it (fonts belong to their thread); any thread will do.
class HeatMapExport {
public:
    /// `panes` holds no null and at least one.
    explicit HeatMapExport(std::vector<HeatDataPtr> panes, HeatExportOptions options = {});
    explicit HeatMapExport(HeatDataPtr pane, HeatExportOptions options = {});

    QSize size() const; ///< px at 96 dpi
    /// Lines outside `visible` (picture coordinates; null: all) are left out.
    /// `asText` keeps words as text, as vector files need it.
    void paint(QPainter& painter, const QRectF& visible = {}, bool asText = false) const;
    QByteArray svg() const;
    QByteArray pdf() const;
    QByteArray png() const; ///< empty: no memory for a picture of this size
    QByteArray html() const;
    QByteArray latex() const;
    /// Writes the file whole or not at all; the ending chooses the format.
    Status save(const QString& file) const;

    QString title() const; ///< of the first pane

private:
    struct Pane {
        HeatDataPtr data;
        TokenLayout layout;
        double top = 0;      ///< of its head
        bool legend = false; ///< a legend stands below it
        double legendHeight = 0;
    };
    void place();
    PictureFacts facts() const;
    double provenanceHeight(const HeatData& data) const;
    void paintHead(QPainter& painter, const Pane& pane) const;
    void paintLegend(QPainter& painter, const Pane& pane) const;
    double paintMarkKey(QPainter* painter, const Pane& pane, double top) const;
    QByteArray bytes(HeatExportFormat format) const;

    HeatExportOptions m_options;
    HeatFont m_font;
    std::vector<Pane> m_panes;
    double m_height = 0;
};

} // namespace crux::ui
