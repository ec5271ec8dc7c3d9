// Charts as files: SVG, PDF and PNG in the light theme, CSV of the numbers behind them. Every chart
// offers them in its context menu; the window offers them in the command palette.
#pragma once

#include "core/base/result.h"

#include <QByteArray>
#include <QObject>
#include <QSize>
#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

class QPaintDevice;
class QWidget;

namespace crux::ui {

/// What a chart widget offers to be exported. Lives in the GUI thread.
class ChartSource {
public:
    virtual ~ChartSource() = default;
    virtual QString chartTitle() const = 0;
    /// Column names, then rows; numbers with '.' whatever the language. One row or none: there is
    /// nothing to export.
    virtual std::vector<QStringList> chartNumbers() const = 0;
    /// Draws on the device in Theme::current(), without what belongs to the pointer.
    virtual void paintChart(QPaintDevice& device, QSize size) = 0;
    /// Called after paintChart() with the window's theme back: undoes what drawing left.
    virtual void afterPaintChart() {}
};

enum class ChartFormat { Svg, Pdf, Png, Csv };
/// From a file name's ending.
std::optional<ChartFormat> chartFormat(const QString& file);
bool hasNumbers(const ChartSource& chart);
/// `size` px at 96 dpi.
QByteArray chartBytes(ChartSource& chart, ChartFormat format, QSize size);
/// Writes the file whole or not at all; the ending chooses the format.
Status saveChart(ChartSource& chart, const QString& file, QSize size);

/// Asks for a file beginning with `format` and writes it; the size is that of the widget, or more
/// where it is too small for a figure. What came of it is told by ChartExports.
void exportChart(QWidget* widget, ChartSource& chart, ChartFormat format);
/// Gives the widget the context menu of charts. `chart` lives as long as it.
void offerChartMenu(QWidget* widget, ChartSource& chart);

/// Tells of exports, from whatever chart. Owner: itself (static). GUI thread.
class ChartExports : public QObject {
    Q_OBJECT
public:
    static ChartExports& instance();

Q_SIGNALS:
    void written(const QString& file);
    void failed(const crux::Error& error);

private:
    ChartExports() = default;
};

} // namespace crux::ui
