#include "ui/widgets/heat_map_export.h"

#include "ui/widgets/heat_map_page.h"
#include "ui/widgets/marks.h"

#include <QCoreApplication>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace crux::ui {
namespace {

struct HeatMapExportWords {
    Q_DECLARE_TR_FUNCTIONS(HeatMapExportWords)
};

constexpr double kHead = 52, kLegendRoom = 32, kMargin = 8, kRampWidth = 240, kPaneGap = 16;
constexpr int kLeastWidth = 320;
constexpr double kKeyRow = 18;

/// One legend tells of both: same colours for the same numbers.
bool sameScale(const HeatData& a, const HeatData& b) {
    return a.scale().meaning().name == b.scale().meaning().name &&
           a.scale().mode() == b.scale().mode() && a.options().palette == b.options().palette &&
           a.threshold() == b.threshold() && a.snapshot().scoreSet.id == b.snapshot().scoreSet.id;
}

} // namespace

std::optional<HeatExportFormat> heatExportFormat(const QString& file) {
    static const std::pair<const char*, HeatExportFormat> kEndings[] = {
        {".svg", HeatExportFormat::Svg},  {".pdf", HeatExportFormat::Pdf},
        {".png", HeatExportFormat::Png},  {".html", HeatExportFormat::Html},
        {".htm", HeatExportFormat::Html}, {".tex", HeatExportFormat::Latex},
    };
    for (const auto& [ending, format] : kEndings)
        if (file.endsWith(QLatin1String(ending), Qt::CaseInsensitive))
            return format;
    return std::nullopt;
}

HeatDataPtr recoloured(const HeatDataPtr& data, ThemeName theme, PaletteName palette) {
    HeatOptions options = data->options();
    options.theme = theme;
    options.palette = palette;
    return std::make_shared<const HeatData>(data->snapshotPtr(), std::move(options),
                                            data->relation());
}

HeatMapExport::HeatMapExport(std::vector<HeatDataPtr> panes, HeatExportOptions options)
    : m_options(std::move(options))
    , m_font(HeatFont::at(m_options.shown.empty() ? m_options.zoom : m_options.shownZoom,
                          m_options.proportional)) {
    for (const TokenLayout& layout : m_options.shown)
        m_options.width = std::max(kLeastWidth, static_cast<int>(std::ceil(layout.width())));
    for (HeatDataPtr& data : panes) {
        Pane pane;
        pane.data = std::move(data);
        if (m_panes.size() < m_options.shown.size()) {
            pane.layout = m_options.shown[m_panes.size()];
        } else {
            pane.layout.setText(pane.data->snapshotPtr());
            pane.layout.setFolded(0, !m_options.prompt);
        }
        pane.layout.setMetrics(m_font.metrics()); // fonts belong to this thread
        pane.layout.setWidth(m_options.width);
        m_panes.push_back(std::move(pane));
    }
    place();
}

HeatMapExport::HeatMapExport(HeatDataPtr pane, HeatExportOptions options)
    : HeatMapExport(std::vector<HeatDataPtr>{std::move(pane)}, std::move(options)) {}

void HeatMapExport::place() {
    double top = 0;
    for (std::size_t i = 0; i < m_panes.size(); ++i) {
        Pane& pane = m_panes[i];
        pane.top = top;
        pane.legend = i + 1 == m_panes.size() || !sameScale(*pane.data, *m_panes[i + 1].data);
        pane.legendHeight = pane.legend ? kLegendRoom + paintMarkKey(nullptr, pane, 0) +
                                              provenanceHeight(*pane.data) + kMargin
                                        : 0;
        top += kHead + pane.layout.height() + 4 + pane.legendHeight +
               (i + 1 == m_panes.size() ? 0 : kPaneGap);
    }
    m_height = top;
}

QSize HeatMapExport::size() const {
    return {m_options.width, static_cast<int>(std::ceil(m_height))};
}

QString HeatMapExport::title() const {
    return heatMapTitle(*m_panes.front().data);
}

/// The ids and names are what a picture is kept for: they wrap, and are never cut off.
double HeatMapExport::provenanceHeight(const HeatData& data) const {
    return QFontMetricsF(fonts::small())
        .boundingRect(QRectF(0, 0, m_options.width - 2 * kMargin, 10'000), Qt::TextWordWrap,
                      heatMapProvenance(data))
        .height();
}

void HeatMapExport::paintHead(QPainter& painter, const Pane& pane) const {
    const Theme& theme = Theme::of(pane.data->options().theme);
    const TrajectorySnapshot& s = pane.data->snapshot();
    const double room = m_options.width - 2 * kMargin;
    marks::paintVerdict(painter, QRectF(kMargin, pane.top + 6, 16, 16), s.record.verdict,
                        s.record.source, false, theme);
    const auto line = [&](double x, double y, const QFont& font, const QColor& color,
                          const QString& text) {
        painter.setFont(font);
        painter.setPen(color);
        painter.drawText(QRectF(x, pane.top + y, room - (x - kMargin), 20),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(text, Qt::ElideRight,
                                                          static_cast<int>(room - (x - kMargin))));
    };
    line(32, 4, fonts::title(), theme.text, heatMapTitle(*pane.data));
    line(kMargin, 26, fonts::ui(), theme.secondText,
         QString::fromStdString(s.question.text).simplified());
}

void HeatMapExport::paintLegend(QPainter& painter, const Pane& pane) const {
    const Theme& theme = Theme::of(pane.data->options().theme);
    const ColorScale& scale = pane.data->scale();
    const double top = pane.top + kHead + pane.layout.height() + 4;
    painter.setFont(fonts::ui());
    painter.setPen(theme.text);
    const double low = QFontMetricsF(fonts::ui()).horizontalAdvance(scale.meaning().lowWords);
    painter.drawText(QPointF(kMargin, top + 12), scale.meaning().lowWords);
    const double left = kMargin + low + 10;
    // As steps of one colour each: a vector picture needs no pixel ramp.
    constexpr int kSteps = 48;
    for (int i = 0; i < kSteps; ++i)
        painter.fillRect(
            QRectF(left + i * kRampWidth / kSteps, top + 3, kRampWidth / kSteps + 0.2, 10),
            heatMapRampColor(scale, (i + 0.5) / kSteps));
    painter.drawText(QPointF(left + kRampWidth + 10, top + 12), scale.meaning().highWords);
    painter.setFont(fonts::small());
    painter.setPen(theme.secondText);
    for (const auto& [at, text] : scale.ticks())
        painter.drawText(QRectF(left + at * kRampWidth - 30, top + 14, 60, 14), Qt::AlignCenter,
                         text);
    const double below = top + kLegendRoom + paintMarkKey(&painter, pane, top + kLegendRoom);
    painter.setFont(fonts::small());
    painter.setPen(theme.secondText);
    painter.drawText(QRectF(kMargin, below, m_options.width - 2 * kMargin,
                            provenanceHeight(*pane.data) + kMargin),
                     Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap,
                     heatMapProvenance(*pane.data));
}

/// The marks that occur, each with its word, in rows. Returns their height; only measures without a
/// painter.
double HeatMapExport::paintMarkKey(QPainter* painter, const Pane& pane, double top) const {
    const Theme& theme = Theme::of(pane.data->options().theme);
    const QFontMetricsF font(fonts::small());
    double x = kMargin, height = 0;
    const auto add = [&](Mark mark, const QString& word) {
        const double width = 14 + font.horizontalAdvance(word);
        if (height == 0 || x + width > m_options.width - kMargin) {
            x = kMargin;
            height += kKeyRow;
        }
        if (painter) {
            const double y = top + height - kKeyRow;
            marks::paint(*painter, mark, QPointF(x, y + 3), theme.text, theme.base);
            painter->setFont(fonts::small());
            painter->setPen(theme.secondText);
            painter->drawText(QPointF(x + 14, y + 3 + font.ascent() - 2), word);
        }
        x += width + 16;
    };
    const HeatData& data = *pane.data;
    const auto any = [&](auto has) {
        for (int t = 0; t < data.count(); ++t)
            if (has(data.marks(t)))
                return true;
        return false;
    };
    if (any([](const TokenMarks& m) { return m.candidate && !m.critical; }))
        add(Mark::Candidate, HeatMapExportWords::tr("candidate"));
    if (any([](const TokenMarks& m) { return m.critical; }))
        add(Mark::Critical, HeatMapExportWords::tr("critical token"));
    if (any([](const TokenMarks& m) { return m.forced; }))
        add(Mark::Forced, HeatMapExportWords::tr("forced token"));
    if (any([](const TokenMarks& m) { return m.forks > 0; }))
        add(Mark::Fork, HeatMapExportWords::tr("branches"));
    if (any([](const TokenMarks& m) { return m.bookmark; }))
        add(Mark::Bookmark, HeatMapExportWords::tr("bookmark"));
    return height;
}

void HeatMapExport::paint(QPainter& painter, const QRectF& visible, bool asText) const {
    const QRectF whole(QPointF(0, 0), size());
    const QRectF shown = visible.isNull() ? whole : visible;
    painter.fillRect(whole, Theme::of(m_panes.front().data->options().theme).base);
    for (const Pane& pane : m_panes) {
        paintHead(painter, pane);
        const double top = pane.top + kHead;
        painter.save();
        painter.translate(0, top);
        HeatPaintState state;
        state.blanks = m_options.blanks;
        state.asText = asText;
        HeatPainter(*pane.data, pane.layout, m_font)
            .paint(painter, pane.layout.lineAt(shown.top() - top) - 1,
                   pane.layout.lineAt(shown.bottom() - top) + 1, state);
        painter.restore();
        if (pane.legend)
            paintLegend(painter, pane);
    }
}

QByteArray HeatMapExport::svg() const {
    return svgOf(facts(), [this](QPaintDevice& device) {
        QPainter painter(&device);
        paint(painter, {}, true);
    });
}

QByteArray HeatMapExport::pdf() const {
    return pdfOf(facts(), [this](QPaintDevice& device) {
        QPainter painter(&device);
        paint(painter, {}, true);
    });
}

QByteArray HeatMapExport::png() const {
    return pngOf(facts(), m_options.pngScale, [this](QPaintDevice& device) {
        QPainter painter(&device);
        painter.setRenderHint(QPainter::TextAntialiasing);
        paint(painter);
    });
}

PictureFacts HeatMapExport::facts() const {
    return {size(), title(), heatMapProvenance(*m_panes.front().data)};
}

QByteArray HeatMapExport::html() const {
    std::vector<interop::HeatMapDocument> pages;
    for (const Pane& pane : m_panes)
        pages.push_back(heatMapPage(*pane.data, m_options.prompt));
    return QByteArray::fromStdString(interop::heatMapHtml(title().toStdString(), pages));
}

QByteArray HeatMapExport::latex() const {
    std::string text;
    for (const Pane& pane : m_panes)
        text += interop::heatMapLatex(heatMapPage(*pane.data, m_options.prompt));
    return QByteArray::fromStdString(text);
}

QByteArray HeatMapExport::bytes(HeatExportFormat format) const {
    switch (format) {
    case HeatExportFormat::Svg:
        return svg();
    case HeatExportFormat::Pdf:
        return pdf();
    case HeatExportFormat::Png:
        return png();
    case HeatExportFormat::Html:
        return html();
    case HeatExportFormat::Latex:
        return latex();
    }
    return {};
}

Status HeatMapExport::save(const QString& file) const {
    const auto format = heatExportFormat(file);
    if (!format)
        return fail(ErrorCode::Usage,
                    "The heat map was not written to " + file.toStdString() +
                        ": its name must end in .svg, .pdf, .png, .html or .tex.");
    const QByteArray content = bytes(*format);
    if (content.isEmpty())
        return fail(ErrorCode::OutOfMemory, "There is not enough memory for a picture of this "
                                            "size. Choose SVG or a smaller width.");
    return writeWhole(file, content, QStringLiteral("The heat map"));
}

} // namespace crux::ui
