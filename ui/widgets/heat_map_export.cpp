#include "ui/widgets/heat_map_export.h"

#include "core/base/version.h"
#include "ui/widgets/format.h"
#include "ui/widgets/marks.h"

#include <QBuffer>
#include <QCoreApplication>
#include <QFile>
#include <QImage>
#include <QPainter>
#include <QSaveFile>
#include <QSvgGenerator>

#include <cmath>

namespace crux::ui {
namespace {

struct ExportWords {
    Q_DECLARE_TR_FUNCTIONS(ExportWords)
};

constexpr double kHead = 52, kLegendHeight = 56, kMargin = 8, kRampWidth = 240;

QString modeWord(ScaleMode mode) {
    switch (mode) {
    case ScaleMode::Absolute:
        return ExportWords::tr("absolute scale");
    case ScaleMode::Log10:
        return ExportWords::tr("log10 scale, clamped at 0.0001");
    case ScaleMode::Percentile:
        return ExportWords::tr("percentile scale");
    }
    return {};
}

/// Text and attribute values of the HTML page.
QString escaped(const QString& text) {
    QString out = text.toHtmlEscaped();
    out.replace(QLatin1Char('\''), QLatin1String("&#39;"));
    return out;
}

double rampHeat(const LayerMeaning& meaning, double at) {
    return meaning.diverging ? 2 * at - 1 : meaning.lowIsHot ? 1 - at : at;
}

QColor rampColor(const ColorScale& scale, double at) {
    const double heat = rampHeat(scale.meaning(), at);
    return scale.meaning().diverging ? ramps::diverging(heat).fill
                                     : ramps::sequential(scale.palette(), scale.theme(), heat).fill;
}

} // namespace

std::optional<HeatExportFormat> heatExportFormat(const QString& file) {
    const QString name = file.toLower();
    if (name.endsWith(QLatin1String(".svg")))
        return HeatExportFormat::Svg;
    if (name.endsWith(QLatin1String(".png")))
        return HeatExportFormat::Png;
    if (name.endsWith(QLatin1String(".html")) || name.endsWith(QLatin1String(".htm")))
        return HeatExportFormat::Html;
    return std::nullopt;
}

HeatMapExport::HeatMapExport(HeatDataPtr data, HeatExportOptions options)
    : m_data(std::move(data))
    , m_options(options)
    , m_font(HeatFont::at(options.zoom)) {
    m_layout.setMetrics(LayoutMetrics::zoomed(options.zoom, m_font.advance));
    m_layout.setText(m_data->snapshotPtr());
    m_layout.setFolded(0, !options.prompt);
    m_layout.setWidth(options.width);
}

double HeatMapExport::legendTop() const {
    return kHead + m_layout.height() + 4;
}

QSize HeatMapExport::size() const {
    return {m_options.width, static_cast<int>(std::ceil(legendTop() + kLegendHeight))};
}

QString HeatMapExport::title() const {
    const TrajectorySnapshot& s = m_data->snapshot();
    QStringList parts{ExportWords::tr("Trajectory %1").arg(format::integer(s.record.id.value))};
    if (!s.datasetName.isEmpty())
        parts << s.datasetName;
    parts << marks::verdictWord(s.record.verdict);
    return parts.join(QStringLiteral(" · "));
}

QString HeatMapExport::provenance() const {
    const TrajectorySnapshot& s = m_data->snapshot();
    QStringList parts;
    parts << (s.scoreSet.id ? ExportWords::tr("score set %1 (β %2)")
                                  .arg(QString::fromStdString(s.scoreSet.name),
                                       QString::number(s.scoreSet.beta, 'g', 4))
                            : ExportWords::tr("not scored"));
    parts << ExportWords::tr("layer %1").arg(m_data->scale().meaning().name);
    parts << ExportWords::tr("palette %1").arg(ramps::paletteName(m_data->options().palette));
    parts << modeWord(m_data->scale().mode());
    if (m_data->hasScores())
        parts << ExportWords::tr("threshold %1").arg(QString::number(m_data->threshold(), 'g', 3));
    parts << QStringLiteral("Crux ") + QLatin1String(kVersion);
    return parts.join(QStringLiteral(" · "));
}

void HeatMapExport::paintLegend(QPainter& painter, double top) const {
    const Theme& theme = Theme::of(m_data->options().theme);
    const ColorScale& scale = m_data->scale();
    painter.setFont(fonts::ui());
    painter.setPen(theme.text);
    const QFontMetricsF font(fonts::ui());
    const double low = font.horizontalAdvance(scale.meaning().lowWords);
    painter.drawText(QPointF(kMargin, top + 12), scale.meaning().lowWords);
    const double left = kMargin + low + 10;
    // As steps of one colour each: a vector picture needs no pixel ramp.
    constexpr int kSteps = 48;
    for (int i = 0; i < kSteps; ++i)
        painter.fillRect(
            QRectF(left + i * kRampWidth / kSteps, top + 3, kRampWidth / kSteps + 0.2, 10),
            rampColor(scale, (i + 0.5) / kSteps));
    painter.drawText(QPointF(left + kRampWidth + 10, top + 12), scale.meaning().highWords);
    painter.setFont(fonts::small());
    painter.setPen(theme.secondText);
    for (const auto& [at, text] : scale.ticks())
        painter.drawText(QRectF(left + at * kRampWidth - 30, top + 14, 60, 14), Qt::AlignCenter,
                         text);
    painter.drawText(
        QRectF(kMargin, top + 32, m_options.width - 2 * kMargin, 16),
        Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(provenance(), Qt::ElideRight, m_options.width - 16));
}

void HeatMapExport::paint(QPainter& painter) const {
    const Theme& theme = Theme::of(m_data->options().theme);
    const TrajectorySnapshot& s = m_data->snapshot();
    painter.fillRect(QRectF(QPointF(0, 0), size()), theme.base);
    marks::paintVerdict(painter, QRectF(kMargin, 6, 16, 16), s.record.verdict, s.record.source);
    painter.setFont(fonts::title());
    painter.setPen(theme.text);
    painter.drawText(QRectF(32, 4, m_options.width - 40, 20), Qt::AlignLeft | Qt::AlignVCenter,
                     title());
    painter.setFont(fonts::ui());
    painter.setPen(theme.secondText);
    const QString question = QString::fromStdString(s.question.text).simplified();
    painter.drawText(
        QRectF(kMargin, 26, m_options.width - 2 * kMargin, 20), Qt::AlignLeft | Qt::AlignVCenter,
        painter.fontMetrics().elidedText(question, Qt::ElideRight, m_options.width - 16));
    painter.save();
    painter.translate(0, kHead);
    HeatPaintState state;
    state.blanks = m_options.blanks;
    HeatPainter(*m_data, m_layout, m_font)
        .paint(painter, 0, static_cast<int>(m_layout.lines().size()) - 1, state);
    painter.restore();
    paintLegend(painter, legendTop());
}

QByteArray HeatMapExport::svg() const {
    QBuffer buffer;
    QSvgGenerator generator;
    generator.setOutputDevice(&buffer);
    generator.setResolution(96);
    generator.setSize(size());
    generator.setViewBox(QRect(QPoint(0, 0), size()));
    generator.setTitle(title());
    generator.setDescription(provenance());
    QPainter painter(&generator);
    paint(painter);
    painter.end();
    return buffer.data();
}

QByteArray HeatMapExport::png() const {
    QImage image(size() * m_options.pngScale, QImage::Format_RGB32);
    image.setDevicePixelRatio(m_options.pngScale);
    image.setText(QStringLiteral("Title"), title());
    image.setText(QStringLiteral("Description"), provenance());
    QPainter painter(&image);
    painter.setRenderHint(QPainter::TextAntialiasing);
    paint(painter);
    painter.end();
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    image.save(&buffer, "PNG");
    return bytes;
}

QByteArray HeatMapExport::html() const {
    const Theme& theme = Theme::of(m_data->options().theme);
    const TrajectorySnapshot& s = m_data->snapshot();
    const ColorScale& scale = m_data->scale();
    QString page;
    page +=
        QStringLiteral("<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>%1</title>\n"
                       "<style>body{font:14px sans-serif;margin:24px;background:%2;color:%3}"
                       "pre{font:14px/2.2 monospace;white-space:pre-wrap}"
                       "pre span{padding:3px 0;margin-right:1px}"
                       ".n{outline:1px dashed %4}.c{border-top:3px solid %3}"
                       ".f{border-top:3px double %3}.s{outline:1px dotted %3}"
                       ".l i{display:inline-block;width:5px;height:12px}"
                       ".p{color:%5;font-size:12px}</style></head>\n<body>\n")
            .arg(escaped(title()), theme.base.name(), theme.text.name(), theme.hatch.name(),
                 theme.secondText.name());
    page += QStringLiteral("<h1 style=\"font-size:18px\">%1</h1>\n<p>%2</p>\n<pre>")
                .arg(escaped(title()), escaped(QString::fromStdString(s.question.text)));
    const int first = m_options.prompt ? 0 : std::max(0, m_data->promptTokens());
    for (int t = first; t < m_data->count(); ++t) {
        const TokenMarks& marksOf = m_data->marks(t);
        QStringList classes;
        if (!m_data->scored(t))
            classes << QStringLiteral("n");
        if (marksOf.candidate || marksOf.critical)
            classes << QStringLiteral("c");
        if (marksOf.forced)
            classes << QStringLiteral("f");
        if (s.tokens[static_cast<std::size_t>(t)].special)
            classes << QStringLiteral("s");
        const QString style =
            m_data->scored(t)
                ? QStringLiteral(" style=\"background:%1;color:%2\"")
                      .arg(QColor(m_data->fill(t)).name(), QColor(m_data->ink(t)).name())
                : QString();
        const QString css =
            classes.isEmpty() ? QString()
                              : QStringLiteral(" class=\"%1\"").arg(classes.join(QLatin1Char(' ')));
        page += QStringLiteral("<span%1%2 title=\"").arg(css, style) +
                escaped(m_data->describe(t)) + QStringLiteral("\">") +
                escaped(s.tokens[static_cast<std::size_t>(t)].text) + QStringLiteral("</span>");
    }
    page += QStringLiteral("</pre>\n<p class=\"l\">") + escaped(scale.meaning().lowWords) +
            QLatin1Char(' ');
    for (int i = 0; i < 48; ++i)
        page += QStringLiteral("<i style=\"background:%1\"></i>")
                    .arg(rampColor(scale, (i + 0.5) / 48).name());
    QStringList ticks;
    for (const auto& tick : scale.ticks())
        ticks << tick.second;
    page += QLatin1Char(' ') + escaped(scale.meaning().highWords) + QStringLiteral(" (") +
            escaped(ticks.join(QStringLiteral(" · "))) + QStringLiteral(")</p>\n<p class=\"p\">") +
            escaped(provenance()) + QStringLiteral("</p>\n</body></html>\n");
    return page.toUtf8();
}

Status HeatMapExport::save(const QString& file) const {
    const auto kind = heatExportFormat(file);
    if (!kind)
        return fail(ErrorCode::Usage, "The heat map was not written to " + file.toStdString() +
                                          ": its name must end in .svg, .png or .html.");
    QSaveFile out(file);
    const QByteArray bytes = *kind == HeatExportFormat::Svg   ? svg()
                             : *kind == HeatExportFormat::Png ? png()
                                                              : html();
    if (!out.open(QIODevice::WriteOnly) || out.write(bytes) != bytes.size() || !out.commit())
        return fail(ErrorCode::Io, "The heat map could not be written to " + file.toStdString() +
                                       ": " + out.errorString().toStdString() +
                                       ". Choose another folder or free some space.");
    return {};
}

} // namespace crux::ui
