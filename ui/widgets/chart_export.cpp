#include "ui/widgets/chart_export.h"

#include "core/interop/csv_reader.h"
#include "ui/widgets/picture_file.h"
#include "ui/widgets/theme_scope.h"

#include <QApplication>
#include <QClipboard>
#include <QCoreApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QSettings>
#include <QStandardPaths>
#include <QWidget>

#include <array>

namespace crux::ui {

namespace {

struct ChartWords {
    Q_DECLARE_TR_FUNCTIONS(ChartWords)
};

constexpr QSize kLeastFigure{480, 240}; ///< of a figure
constexpr double kChartPngScale = 2;
constexpr const char* kChartFolderKey = "chartExport/folder";

struct ChartFormatFacts {
    ChartFormat format;
    const char* ending;
};
constexpr std::array<ChartFormatFacts, 4> kChartFormats{{{ChartFormat::Svg, "svg"},
                                                         {ChartFormat::Pdf, "pdf"},
                                                         {ChartFormat::Png, "png"},
                                                         {ChartFormat::Csv, "csv"}}};

QString chartEnding(ChartFormat format) {
    return QLatin1String(kChartFormats[static_cast<std::size_t>(format)].ending);
}

QByteArray csvOf(const ChartSource& chart) {
    std::string text;
    for (const QStringList& row : chart.chartNumbers()) {
        for (qsizetype i = 0; i < row.size(); ++i)
            text += (i > 0 ? "," : "") + interop::csvCell(row[i].toStdString());
        text += "\n";
    }
    return QByteArray::fromStdString(text);
}

/// "pass@k by k" -> "pass-k-by-k"
QString chartFileName(const QString& title) {
    QString name;
    for (const QChar c : title)
        if (c.isLetterOrNumber())
            name += c.toLower();
        else if (!name.isEmpty() && !name.endsWith(QLatin1Char('-')))
            name += QLatin1Char('-');
    while (name.endsWith(QLatin1Char('-')))
        name.chop(1);
    return name.isEmpty() ? QStringLiteral("chart") : name;
}

QString chartFolder() {
    const QString kept = QSettings().value(QLatin1String(kChartFolderKey)).toString();
    if (QFileInfo(kept).isDir())
        return kept;
    const QString documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    return QFileInfo(documents).isDir() ? documents : QDir::homePath();
}

QSize figureSize(const QWidget& widget) {
    return widget.size().expandedTo(kLeastFigure);
}

} // namespace

std::optional<ChartFormat> chartFormat(const QString& file) {
    for (const ChartFormatFacts& one : kChartFormats)
        if (QFileInfo(file).suffix().compare(QLatin1String(one.ending), Qt::CaseInsensitive) == 0)
            return one.format;
    return std::nullopt;
}

bool hasNumbers(const ChartSource& chart) {
    return chart.chartNumbers().size() > 1;
}

QByteArray chartBytes(ChartSource& chart, ChartFormat format, QSize size) {
    if (format == ChartFormat::Csv)
        return csvOf(chart);
    const PictureFacts facts{size, chart.chartTitle(),
                             QStringLiteral("Crux ") + QCoreApplication::applicationVersion()};
    const PicturePainter paint = [&](QPaintDevice& device) { chart.paintChart(device, size); };
    QByteArray bytes;
    {
        const ThemeScope paper(ThemeName::Light);
        bytes = format == ChartFormat::Svg   ? svgOf(facts, paint)
                : format == ChartFormat::Pdf ? pdfOf(facts, paint)
                                             : pngOf(facts, kChartPngScale, paint);
    }
    chart.afterPaintChart();
    return bytes;
}

Status saveChart(ChartSource& chart, const QString& file, QSize size) {
    const auto format = chartFormat(file);
    if (!format)
        return fail(ErrorCode::Usage, "The chart was not written to " + file.toStdString() +
                                          ": its name must end in .svg, .pdf, .png or .csv.");
    if (!hasNumbers(chart))
        return fail(ErrorCode::NotFound, "The chart was not written: nothing is drawn in it yet.");
    const QByteArray bytes = chartBytes(chart, *format, size);
    if (bytes.isEmpty())
        return fail(ErrorCode::OutOfMemory,
                    "There is not enough memory for a picture of this size. Choose SVG.");
    return writeWhole(file, bytes, QStringLiteral("The chart"));
}

void exportChart(QWidget* widget, ChartSource& chart, ChartFormat format) {
    QStringList filters;
    for (const ChartFormatFacts& one : kChartFormats)
        filters << QStringLiteral("%1 (*.%2)")
                       .arg(QString::fromLatin1(one.ending).toUpper(), QLatin1String(one.ending));
    QString chosen = filters[static_cast<qsizetype>(format)];
    QString file = QFileDialog::getSaveFileName(widget, ChartWords::tr("Export chart"),
                                                chartFolder() + QLatin1Char('/') +
                                                    chartFileName(chart.chartTitle()) +
                                                    QLatin1Char('.') + chartEnding(format),
                                                filters.join(QStringLiteral(";;")), &chosen);
    if (file.isEmpty())
        return;
    if (!chartFormat(file)) // a name without an ending takes the kind that was chosen
        file += QLatin1Char('.') +
                QString::fromLatin1(kChartFormats[static_cast<std::size_t>(std::max<qsizetype>(
                                                      0, filters.indexOf(chosen)))]
                                        .ending);
    QSettings().setValue(QLatin1String(kChartFolderKey), QFileInfo(file).absolutePath());
    if (const Status saved = saveChart(chart, file, figureSize(*widget)); saved.ok())
        Q_EMIT ChartExports::instance().written(file);
    else
        Q_EMIT ChartExports::instance().failed(saved.error());
}

void offerChartMenu(QWidget* widget, ChartSource& chart) {
    widget->setContextMenuPolicy(Qt::CustomContextMenu);
    QObject::connect(
        widget, &QWidget::customContextMenuRequested, widget, [widget, &chart](QPoint at) {
            auto* menu = new QMenu(widget);
            menu->setAttribute(Qt::WA_DeleteOnClose);
            const bool any = hasNumbers(chart);
            for (const ChartFormatFacts& one : kChartFormats) {
                QAction* action = menu->addAction(
                    ChartWords::tr("Export as %1…").arg(QString::fromLatin1(one.ending).toUpper()));
                action->setEnabled(any);
                QObject::connect(
                    action, &QAction::triggered, widget,
                    [widget, &chart, format = one.format] { exportChart(widget, chart, format); });
            }
            menu->addSeparator();
            QAction* numbers = menu->addAction(ChartWords::tr("Copy the numbers"));
            numbers->setEnabled(any);
            QObject::connect(numbers, &QAction::triggered, widget, [&chart] {
                QApplication::clipboard()->setText(QString::fromUtf8(csvOf(chart)));
            });
            menu->popup(widget->mapToGlobal(at));
        });
}

ChartExports& ChartExports::instance() {
    static ChartExports exports;
    return exports;
}

} // namespace crux::ui
