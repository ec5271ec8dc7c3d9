// Charts as files: the ending chooses the form, pictures are vectors in light colours, the CSV
// holds the numbers.
#include "ui/widgets/bar_chart.h"
#include "ui/widgets/chart_export.h"
#include "ui/widgets/pass_plot.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest/QtTest>

using namespace crux;
using namespace crux::ui;

class TestChartExport : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY(m_folder.isValid()); }
    void cleanup() { applyTheme(*qApp, ThemeName::Light); }
    void numbersAsCsv();
    void picturesAreVectorsInLightColours();
    void nothingDrawnIsSaid();

private:
    QByteArray saved(ChartSource& chart, const QString& name) {
        const QString file = m_folder.filePath(name);
        if (!saveChart(chart, file, {480, 240}).ok())
            return {};
        QFile in(file);
        return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
    }
    QTemporaryDir m_folder;
};

void TestChartExport::numbersAsCsv() {
    BarChart bars(QStringLiteral("Position"));
    bars.setBars(
        {{3, {}, false, QStringLiteral("0 – 5 %")}, {1, {}, false, QStringLiteral("a \"b\", c")}});
    QCOMPARE(saved(bars, QStringLiteral("bars.csv")),
             QByteArray("range,count\n0 – 5 %,3\n\"a \"\"b\"\", c\",1\n"));
    PassPlot plot;
    plot.setCurves({{QStringLiteral("without it"), 0, true, {{1, 0.5, 0.25, 0.75}}},
                    {QStringLiteral("with"), 1, false, {{2, 0.125, 0, 0}}}});
    QCOMPARE(saved(plot, QStringLiteral("pass.csv")),
             QByteArray("curve,k,pass_at_k,low,high\nwithout it,1,0.5,0.25,0.75\n"
                        "with,2,0.125,,\n"));
}

void TestChartExport::picturesAreVectorsInLightColours() {
    applyTheme(*qApp, ThemeName::Dark);
    PassPlot plot;
    plot.resize(300, 200);
    plot.setCurves({{QStringLiteral("without it"), 0, false, {{1, 0.5, 0, 0}, {2, 0.75, 0, 0}}}});
    BarChart bars(QStringLiteral("Position"));
    bars.setBars({{3, {}, false, QStringLiteral("0 – 5 %")}});
    for (ChartSource* chart :
         {static_cast<ChartSource*>(&plot), static_cast<ChartSource*>(&bars)}) {
        const QByteArray svg = saved(*chart, QStringLiteral("chart.svg")).toLower();
        QVERIFY(svg.contains("<path") || svg.contains("<rect") || svg.contains("<polyline"));
        QVERIFY(!svg.contains("<image"));
        QVERIFY(svg.contains(Theme::light().base.name().toLatin1()));
        QVERIFY(!svg.contains(Theme::dark().base.name().toLatin1()));
        QVERIFY(saved(*chart, QStringLiteral("chart.PDF")).startsWith("%PDF"));
        const QImage png = QImage::fromData(saved(*chart, QStringLiteral("chart.png")), "PNG");
        QCOMPARE(png.size(), QSize(960, 480)); // two device pixels a px
    }
    QCOMPARE(Theme::current().name, ThemeName::Dark); // the window keeps its own
    QVERIFY(plot.grab().toImage().pixelColor(2, 60) == Theme::dark().base);
}

void TestChartExport::nothingDrawnIsSaid() {
    BarChart bars(QStringLiteral("Position"));
    bars.setBars({{0, {}, false, QStringLiteral("0 – 5 %")}});
    QVERIFY(!hasNumbers(bars));
    QCOMPARE(saveChart(bars, m_folder.filePath(QStringLiteral("no.svg")), {480, 240}).error().code,
             ErrorCode::NotFound);
    QVERIFY(!QFile::exists(m_folder.filePath(QStringLiteral("no.svg"))));
    bars.setBars({{1, {}, false, QStringLiteral("0 – 5 %")}});
    QCOMPARE(saveChart(bars, m_folder.filePath(QStringLiteral("no.bmp")), {480, 240}).error().code,
             ErrorCode::Usage);
    QCOMPARE(saveChart(bars, m_folder.filePath(QStringLiteral("absent/no.csv")), {480, 240})
                 .error()
                 .code,
             ErrorCode::Io);
}

QTEST_MAIN(TestChartExport)
#include "tst_chart_export.moc"
