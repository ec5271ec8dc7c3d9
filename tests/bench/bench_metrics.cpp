// Frame times of a metrics panel as full repaints into a QImage, with a million steps: one run, and
// ten runs, raw and smoothed. Each frame shows another range, so that nothing drawn before serves.
// Goal (UX.md 3.14): at most 50 ms. Also what a million new points cost before they can be drawn.
#include "ui/widgets/metric_plot.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QImage>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

using namespace crux;
using namespace crux::ui;

namespace {

constexpr int kPoints = 1'000'000, kFrames = 60;
constexpr double kGoalMs = 50;

struct Run {
    StepGrid grid;
    MetricValues values;
};

/// A falling, noisy loss with spikes.
Run noisyRun(unsigned seed) {
    Run run;
    unsigned state = seed * 2654435761U + 1;
    for (int step = 1; step <= kPoints; ++step) {
        state = state * 1664525U + 1013904223U;
        const double noise = static_cast<double>(state >> 8) / (1 << 24) - 0.5;
        const double level = 0.3 + 0.05 * seed + std::exp(-step / 2e5);
        run.grid.steps.push_back(step);
        run.values.append(
            static_cast<float>(level + 0.2 * noise + (state % 50'000 == 0 ? 2.0 : 0.0)));
    }
    return run;
}

PlotContent contentOf(const std::vector<Run>& runs, int count) {
    PlotContent content;
    content.title = QStringLiteral("loss");
    content.axis = QStringLiteral("step");
    for (int i = 0; i < count; ++i) {
        const Run& run = runs[static_cast<std::size_t>(i)];
        PlotCurve curve;
        curve.run = i + 1;
        curve.name = QStringLiteral("run %1").arg(i + 1);
        curve.slot = i;
        curve.x = &run.grid.steps;
        curve.raw = &run.values.raw();
        curve.rawExtremes = &run.values.rawExtremes();
        curve.smooth = &run.values.smooth(run.grid, 20);
        curve.smoothExtremes = &run.values.smoothExtremes(run.grid, 20);
        content.curves.push_back(curve);
    }
    return content;
}

bool report(const char* what, std::vector<double> ms) {
    std::sort(ms.begin(), ms.end());
    const double p95 =
        ms[static_cast<std::size_t>(std::ceil(0.95 * static_cast<double>(ms.size()))) - 1];
    std::printf("%-48s p95 %7.2f ms   %.2f of the %.0f ms allowed   %s\n", what, p95, p95 / kGoalMs,
                kGoalMs, p95 <= kGoalMs ? "reached" : "MISSED");
    return p95 <= kGoalMs;
}

} // namespace

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    applyTheme(app, ThemeName::Light);
    std::vector<Run> runs;
    for (unsigned i = 0; i < 10; ++i)
        runs.push_back(noisyRun(i));
    QElapsedTimer clock;
    clock.start();
    runs[0].values.rawExtremes();
    runs[0].values.smoothExtremes(runs[0].grid, 20);
    std::printf("a million new points made ready: %.2f ms\n",
                static_cast<double>(clock.nsecsElapsed()) / 1e6);
    bool good = true;
    for (const QSize size : {QSize(400, 240), QSize(1200, 700)})
        for (const int count : {1, 10}) {
            MetricPlot plot;
            plot.setAttribute(Qt::WA_DontShowOnScreen);
            plot.resize(size);
            plot.setContent(contentOf(runs, count), 0, kPoints);
            plot.show();
            QApplication::processEvents();
            QImage image(size, QImage::Format_RGB32);
            std::vector<double> zoomed, hovered;
            for (int i = 0; i < kFrames; ++i) {
                clock.start();
                plot.setRange(i * 1000.0, kPoints - i * 2000.0);
                plot.render(&image);
                zoomed.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
                clock.start();
                plot.setHover(i * 5000.0);
                plot.render(&image);
                hovered.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
            }
            char what[80];
            std::snprintf(what, sizeof what, "%d x %d px, %d x %d points, new range", size.width(),
                          size.height(), count, kPoints);
            good &= report(what, zoomed);
            std::snprintf(what, sizeof what, "%d x %d px, %d x %d points, hover", size.width(),
                          size.height(), count, kPoints);
            good &= report(what, hovered);
        }
    return good ? 0 : 1;
}
