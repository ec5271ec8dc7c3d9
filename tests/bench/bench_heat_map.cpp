// Frame times of a 4,000-token heat map as full repaints into a QImage: a scroll step (nothing
// cached moves along) and a recolour (new colours for every token, then the repaint). Goal: p95 at
// most 16 ms each. Painting is one thread that waits for nothing, so the goal is held against its
// CPU time; the wall time of a busy machine and the bare fill of the same image stand beside it.
#include "ui/widgets/heat_painter.h"
#include "ui/widgets/score_ribbon.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/token_view.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <memory>
#include <vector>

using namespace crux;
using namespace crux::ui;

namespace {

constexpr int kTokens = 4000, kFrames = 200;
constexpr double kGoalMs = 16;

/// A long response: words of three to nine letters, about twelve tokens a step.
std::shared_ptr<TrajectorySnapshot> longTrajectory() {
    auto s = std::make_shared<TrajectorySnapshot>();
    s->record.id = TrajectoryId{1};
    s->record.verdict = Verdict::Wrong;
    s->threshold = 0.05;
    s->steps.push_back({0, -1});
    unsigned state = 12345;
    const auto next = [&state] { return state = state * 1664525U + 1013904223U; };
    for (int i = 0; i < kTokens; ++i) {
        TokenCell cell;
        cell.id = i;
        cell.step = 1 + i / 12;
        const int letters = 3 + static_cast<int>(next() >> 16) % 7;
        cell.text = QLatin1Char(' ');
        for (int k = 0; k < letters; ++k)
            cell.text += QLatin1Char(static_cast<char>('a' + (next() >> 16) % 26));
        if (i % 12 == 11)
            cell.text = QStringLiteral(".\n");
        if (cell.step >= static_cast<int>(s->steps.size()))
            s->steps.push_back({i, i});
        s->steps.back().last = i;
        s->tokens.push_back(cell);
        const float score = static_cast<float>((next() >> 8) & 0xFFFF) / 65535.0F;
        s->scores.s.push_back(score);
        s->scores.pPositive.push_back(score);
        s->scores.pNegative.push_back(1 - score);
        if (score < s->threshold)
            s->candidates.push_back(i);
    }
    return s;
}

double percentile95(std::vector<double> ms) {
    std::sort(ms.begin(), ms.end());
    return ms[static_cast<std::size_t>(std::ceil(0.95 * static_cast<double>(ms.size()))) - 1];
}

double cpuMs() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return 1e3 * static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e6;
}

struct FrameTimes {
    double cpu = 0, wall = 0; ///< p95, ms
};

template <typename Frame> FrameTimes measure(Frame frame) {
    std::vector<double> cpu, wall;
    for (int i = 0; i < kFrames; ++i) {
        QElapsedTimer clock;
        clock.start();
        const double before = cpuMs();
        frame(i);
        cpu.push_back(cpuMs() - before);
        wall.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
    }
    return {percentile95(cpu), percentile95(wall)};
}

bool report(const char* what, FrameTimes p95, double goal) {
    std::printf("%-40s p95 %7.3f ms cpu, %7.3f ms wall   goal %4.1f ms   %s\n", what, p95.cpu,
                p95.wall, goal, p95.cpu <= goal ? "reached" : "MISSED");
    return p95.cpu <= goal;
}

} // namespace

int main(int argc, char** argv) {
    if (qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    applyTheme(app, ThemeName::Light);
    const auto snapshot = longTrajectory();
    TokenView view;
    view.resize(900, 860);
    view.setAttribute(Qt::WA_DontShowOnScreen);
    HeatOptions options;
    view.setData(std::make_shared<const HeatData>(snapshot, options));
    view.setCursor(10);
    view.show();
    QApplication::processEvents();
    ScoreRibbon ribbon;
    ribbon.resize(900, metrics::kRibbon);
    ribbon.setData(view.data());

    QImage image(view.size(), QImage::Format_RGB32);
    const auto repaint = [&] { view.viewport()->render(&image, {}, {}, QWidget::RenderFlags()); };
    repaint();
    const FrameTimes fill = measure([&](int i) { image.fill(i % 2 ? Qt::white : Qt::black); });
    std::printf(
        "heat map of %d tokens, %dx%d px, %d frames; a bare fill of the image: p95 %.3f ms\n",
        kTokens, image.width(), image.height(), kFrames, fill.cpu);
    QScrollBar* bar = view.verticalScrollBar();
    bool good = report("scroll, full repaint", measure([&](int i) {
                           bar->setValue(bar->maximum() * i / kFrames);
                           repaint();
                       }),
                       kGoalMs);
    const Layer layers[] = {Layer::Score, Layer::PPositive, Layer::LogRatio};
    good &= report("recolour (new layer) and full repaint", measure([&](int i) {
                       options.layer = layers[i % 3];
                       view.setData(std::make_shared<const HeatData>(snapshot, options));
                       repaint();
                   }),
                   kGoalMs);
    good &= report("cursor move and full repaint", measure([&](int) {
                       view.moveCursor(TokenView::Move::Right);
                       repaint();
                   }),
                   kGoalMs);
    QImage strip(ribbon.size(), QImage::Format_RGB32);
    good &= report("score ribbon, full repaint", measure([&](int i) {
                       ribbon.setCursor(i);
                       ribbon.render(&strip);
                   }),
                   kGoalMs);
    return good ? 0 : 1;
}
