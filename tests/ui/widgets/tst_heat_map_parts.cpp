// What stands around the text: ribbon, legend, pane, question header, exports.
#include "tests/ui/widgets/heat_fixture.h"
#include "ui/model/snapshot_loader.h"
#include "ui/widgets/heat_map_export.h"
#include "ui/widgets/heat_map_pane.h"
#include "ui/widgets/question_header.h"
#include "ui/widgets/scale_legend.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest/QtTest>

#include <numeric>

using namespace crux;
using namespace crux::ui;

class TestHeatMapParts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { applyTheme(*qApp, ThemeName::Light); }
    void ribbonPositionsAreInverse();
    void ribbonBrushSelectsInTheText();
    void ribbonClickMovesTheCursor();
    void ribbonSharesAnAxis();
    void legendCountsAndWords();
    void legendThresholdFollowsTheMouse();
    void rightTrajectoriesHaveNoCandidates();
    void overviewJumps();
    void headerSaysWhatTheRecordSays();
    void headerFoldsTo52();
    void svgIsWellFormedAndSaysWhatItIs();
    void htmlHasASpanForEachToken();
    void pngHasTheColours();
    void latexHasTheShownColours();
    void pairsShareALegendWhenTheyShareAScale();
    void printIsGreyOnWhite();
    void pdfIsOnePage();
    void exportRefusesAnUnknownEnding();
    void exportReportsAnUnwritableFolder();
};

void TestHeatMapParts::ribbonPositionsAreInverse() {
    const auto s = test::tutorSnapshot();
    ScoreRibbon ribbon;
    ribbon.resize(652, 100);
    ribbon.setData(test::heat(s));
    for (int t = s->record.promptTokens; t < int(s->tokens.size()); ++t)
        QCOMPARE(ribbon.tokenAt(ribbon.xOf(t)), t);
    QCOMPARE(ribbon.tokenAt(-50), s->record.promptTokens); // the prompt has no place here
    QCOMPARE(ribbon.tokenAt(9999), int(s->tokens.size()) - 1);
}

void TestHeatMapParts::ribbonBrushSelectsInTheText() {
    const auto s = test::tutorSnapshot();
    HeatMapPane pane;
    pane.resize(652, 500);
    pane.setData(test::heat(s));
    pane.show();
    ScoreRibbon* ribbon = pane.ribbon();
    const int from = s->record.promptTokens + 10, to = from + 7;
    const auto at = [&](int t) { return QPoint(qRound(ribbon->xOf(t)), 40); };
    QTest::mousePress(ribbon, Qt::LeftButton, {}, at(to));
    QMouseEvent move(QEvent::MouseMove, at(from), ribbon->mapToGlobal(at(from)), Qt::NoButton,
                     Qt::LeftButton, {});
    QApplication::sendEvent(ribbon, &move);
    QTest::mouseRelease(ribbon, Qt::LeftButton, {}, at(from));
    QCOMPARE(pane.text()->selectionFirst(), from); // dragged backwards: still in order
    QCOMPARE(pane.text()->selectionLast(), to);
    QString text;
    for (int t = from; t <= to; ++t)
        text += s->tokens[std::size_t(t)].text;
    QCOMPARE(pane.text()->selectedText(), text);
}

void TestHeatMapParts::ribbonClickMovesTheCursor() {
    const auto s = test::tutorSnapshot();
    HeatMapPane pane;
    pane.resize(652, 300);
    pane.setData(test::heat(s));
    pane.show();
    QSignalSpy moved(&pane, &HeatMapPane::cursorMoved);
    const int last = int(s->tokens.size()) - 2;
    QTest::mouseClick(pane.ribbon(), Qt::LeftButton, {},
                      QPoint(qRound(pane.ribbon()->xOf(last)), 40));
    QCOMPARE(moved.count(), 1);
    QCOMPARE(pane.text()->cursor(), last);
    QVERIFY(pane.text()->viewport()->rect().contains(pane.text()->cellInViewport(last).center()));
}

void TestHeatMapParts::ribbonSharesAnAxis() {
    const auto s = test::tutorSnapshot();
    ScoreRibbon a, b;
    a.resize(652, 100);
    b.resize(652, 100);
    a.setData(test::heat(s));
    b.setData(test::heat(s));
    const int own = int(s->tokens.size()) - s->record.promptTokens;
    b.setAxisLength(2 * own);
    const int first = s->record.promptTokens;
    QVERIFY(b.xOf(first + own - 1) < a.xOf(first + own - 1) - 100);
    a.setAxisLength(2 * own);
    QCOMPARE(a.xOf(first + 20), b.xOf(first + 20));
}

void TestHeatMapParts::legendCountsAndWords() {
    const auto s = test::tutorSnapshot();
    ScaleLegend legend;
    legend.resize(660, 52);
    const HeatDataPtr data = test::heat(s);
    legend.setData(data);
    legend.setThresholdOrigin(QStringLiteral("origin"));
    const std::vector<int> bins = legend.histogram();
    QCOMPARE(bins.size(), std::size_t(32));
    QCOMPARE(std::accumulate(bins.begin(), bins.end(), 0), data->count() - data->promptTokens());
    QCOMPARE(legend.candidateText(), QStringLiteral("s_t < 0.05: 2 tokens"));
    QCOMPARE(legend.noteText(), QStringLiteral("origin"));
    HeatOptions byStep;
    byStep.granularity = Granularity::Step;
    byStep.threshold = 0.02;
    legend.setData(std::make_shared<const HeatData>(s, byStep));
    QCOMPARE(legend.candidateText(), QStringLiteral("s_t < 0.02: 1 token"));
    QCOMPARE(legend.noteText(), QStringLiteral("lowest of each step · threshold set by hand"));
    HeatOptions tiny;
    tiny.threshold = 0.000012;
    legend.setData(std::make_shared<const HeatData>(s, tiny));
    QVERIFY(legend.candidateText().startsWith(QStringLiteral("s_t < 1.2e−5")));
    HeatOptions ratio;
    ratio.layer = Layer::LogRatio;
    legend.setData(std::make_shared<const HeatData>(s, ratio));
    QCOMPARE(legend.thresholdX(), -1.0); // the threshold belongs to s_t
}

void TestHeatMapParts::legendThresholdFollowsTheMouse() {
    ScaleLegend legend;
    legend.resize(660, 52);
    legend.setData(test::heat(test::tutorSnapshot()));
    legend.show();
    QSignalSpy changed(&legend, &ScaleLegend::thresholdChanged);
    const QPoint handle(qRound(legend.thresholdX()), 12);
    const QPoint target(qRound(legend.rampRect().left() + 0.5 * legend.rampRect().width()), 12);
    QTest::mousePress(&legend, Qt::LeftButton, {}, handle);
    QMouseEvent move(QEvent::MouseMove, target, legend.mapToGlobal(target), Qt::NoButton,
                     Qt::LeftButton, {});
    QApplication::sendEvent(&legend, &move);
    QTest::mouseRelease(&legend, Qt::LeftButton, {}, target);
    QCOMPARE(changed.count(), 1);
    QVERIFY(std::abs(changed[0][0].toDouble() - 0.5) < 0.01);
    // Away from the handle nothing moves.
    QTest::mousePress(&legend, Qt::LeftButton, {}, target + QPoint(60, 0));
    QApplication::sendEvent(&legend, &move);
    QTest::mouseRelease(&legend, Qt::LeftButton, {}, target);
    QCOMPARE(changed.count(), 1);
    QTest::keyClick(&legend, Qt::Key_Right);
    QCOMPARE(changed.count(), 2);
    QVERIFY(changed[1][0].toDouble() > 0.05);
}

void TestHeatMapParts::rightTrajectoriesHaveNoCandidates() {
    const auto s = test::tutorSnapshot();
    s->record.verdict = Verdict::Right;
    s->candidates.clear();
    HeatOptions options;
    options.threshold = 0.5;
    const auto data = std::make_shared<const HeatData>(s, options);
    QVERIFY(data->candidates().empty());
    ScaleLegend legend;
    legend.setData(data);
    QCOMPARE(legend.candidateText(), QStringLiteral("no candidates"));
}

void TestHeatMapParts::overviewJumps() {
    HeatMapPane pane;
    pane.resize(652, 260);
    pane.setData(test::heat(test::tutorSnapshot()));
    pane.show();
    auto* strip = pane.findChild<OverviewStrip*>();
    QVERIFY(strip);
    QCOMPARE(strip->width(), 20);
    QScrollBar* bar = pane.text()->verticalScrollBar();
    QVERIFY(bar->maximum() > 0);
    QTest::mouseClick(strip, Qt::LeftButton, {}, QPoint(10, strip->height() - 1));
    QCOMPARE(bar->value(), bar->maximum());
    QTest::mouseClick(strip, Qt::LeftButton, {}, QPoint(10, 0));
    QCOMPARE(bar->value(), 0);
}

void TestHeatMapParts::headerSaysWhatTheRecordSays() {
    const auto s = test::tutorSnapshot();
    s->record.provenance.params["temperature"] = 0.5;
    s->record.provenance.params["top_p"] = 0.95;
    s->record.provenance.seed = 17;
    QuestionHeader header;
    header.setSnapshot(s);
    QCOMPARE(header.titleText(), QStringLiteral("Trajectory 2\u202F117"));
    QCOMPARE(header.placeText(), QStringLiteral("question 641 of gsm8k-train · sample 17"));
    const QString facts = header.factsText();
    for (const QString& part :
         {QStringLiteral("Gold 130"), QStringLiteral("Extracted 290, wrong"),
          QStringLiteral("Llama-3.2-3B + sft-r8"), QStringLiteral("T 0.5"),
          QStringLiteral("top-p 0.95"), QStringLiteral("seed 17"), QStringLiteral("124 tokens")})
        QVERIFY2(facts.contains(part), qPrintable(part + QStringLiteral(" in ") + facts));
    s->question.externalId = "text:1552ed0c"; // a question that came without an id
    s->questionNumber = 12;
    header.setSnapshot(s);
    QCOMPARE(header.placeText(), QStringLiteral("question 12 of gsm8k-train · sample 17"));
    s->record.extracted.clear();
    s->record.verdict = Verdict::NoAnswer;
    header.setSnapshot(s);
    QVERIFY(header.factsText().contains(QStringLiteral("no answer found")));
}

void TestHeatMapParts::headerFoldsTo52() {
    QuestionHeader header;
    header.setSnapshot(test::tutorSnapshot());
    header.resize(600, 112);
    header.show();
    QCOMPARE(header.height(), 112);
    QTest::mouseClick(&header, Qt::LeftButton, {}, QPoint(12, 38));
    QVERIFY(header.isFolded());
    QCOMPARE(header.height(), 52);
}

void TestHeatMapParts::svgIsWellFormedAndSaysWhatItIs() {
    const HeatMapExport picture(test::heat(test::tutorSnapshot()));
    const QByteArray svg = picture.svg();
    QXmlStreamReader reader(svg);
    QString all;
    while (!reader.atEnd())
        if (reader.readNext() == QXmlStreamReader::Characters)
            all += reader.text();
    QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
    for (const char* words :
         {"Trajectory 2", "palette orange", "pos-r8 / neg-r8", "threshold 0.05", "owed", "lessons"})
        QVERIFY2(all.contains(QLatin1String(words)), words);
    QVERIFY(svg.toLower().contains("#f16b14") || svg.toLower().contains("#f16a14") ||
            svg.toLower().contains("#f16913"));
}

void TestHeatMapParts::htmlHasASpanForEachToken() {
    const auto s = test::tutorSnapshot();
    s->tokens.back().text = QStringLiteral("<script>\"x\"&'");
    const HeatMapExport page(test::heat(s));
    const QString html = QString::fromUtf8(page.html());
    QCOMPARE(html.count(QStringLiteral("<span")), int(s->tokens.size()) - s->record.promptTokens);
    QVERIFY(!html.contains(QStringLiteral("<script")));
    QVERIFY(!html.contains(QStringLiteral("http"))); // self-contained
    QVERIFY(html.contains(QStringLiteral("critical")));
    QVERIFY(html.contains(QStringLiteral("palette orange")));
    QVERIFY(html.contains(QStringLiteral("s_t .0014")));
}

void TestHeatMapParts::pngHasTheColours() {
    const HeatMapExport picture(test::heat(test::tutorSnapshot()));
    QImage image;
    QVERIFY(image.loadFromData(picture.png(), "PNG"));
    QCOMPARE(image.width(), 2 * picture.size().width());
    const QRgb wanted =
        ramps::sequential(PaletteName::Orange, ThemeName::Light, 1 - 0.0014F).fill.rgb();
    int hits = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            hits += image.pixel(x, y) == wanted;
    QVERIFY2(hits > 500, qPrintable(QString::number(hits))); // the cell of " owed"
    QVERIFY(image.text(QStringLiteral("Description")).contains(QStringLiteral("orange")));
}

void TestHeatMapParts::latexHasTheShownColours() {
    HeatOptions options;
    options.palette = PaletteName::Grey;
    const auto s = test::tutorSnapshot();
    const auto data = std::make_shared<const HeatData>(s, options);
    const QString latex = QString::fromUtf8(HeatMapExport(data).latex());
    const int slip = test::find(*s, QStringLiteral(" owed"));
    QVERIFY(latex.contains(QColor(data->fill(slip)).name().mid(1).toUpper()));
    QVERIFY(latex.contains(QStringLiteral("palette grey")));
    const QString owed = latex.mid(latex.lastIndexOf(QStringLiteral("\n\\cruxmark"),
                                                     latex.indexOf(QStringLiteral("\\ owed"))));
    QVERIFY2(owed.startsWith(QStringLiteral("\n\\cruxmark{\\cruxcandidate")),
             qPrintable(owed.left(80)));
    QVERIFY(latex.contains(QStringLiteral("\\ \\$"))); // special characters are escaped
}

void TestHeatMapParts::pairsShareALegendWhenTheyShareAScale() {
    const auto upper = test::tutorSnapshot(), lower = test::tutorSnapshot(QStringLiteral(" had"));
    lower->record.id = TrajectoryId{2118};
    const int fork = sharedPrefix(*upper, *lower);
    const PaneRelation relation{fork, fork, false};
    const auto first = std::make_shared<const HeatData>(upper, HeatOptions{}, relation);
    const auto alike = std::make_shared<const HeatData>(lower, HeatOptions{}, relation);
    HeatOptions own;
    own.threshold = 0.9;
    const auto other = std::make_shared<const HeatData>(lower, own, relation);
    const auto legends = [](const std::vector<HeatDataPtr>& panes) {
        return QString::fromUtf8(HeatMapExport(panes).svg()).count(QStringLiteral("not critical"));
    };
    QCOMPARE(legends({first, alike}), 1);
    QCOMPARE(legends({first, other}), 2);
    const QString html = QString::fromUtf8(HeatMapExport({first, alike}).html());
    QCOMPARE(html.count(QStringLiteral("<section>")), 2);
    QVERIFY(html.contains(QStringLiteral("2\u202F118")));
}

void TestHeatMapParts::printIsGreyOnWhite() {
    const HeatDataPtr dark = test::heat(test::tutorSnapshot(), ThemeName::Dark);
    const HeatDataPtr print = recoloured(dark, ThemeName::Light, PaletteName::Grey);
    QCOMPARE(print->snapshotPtr(), dark->snapshotPtr());
    QImage image;
    QVERIFY(image.loadFromData(HeatMapExport(print).png(), "PNG"));
    QCOMPARE(QColor(image.pixel(2, 2)), QColor(Qt::white));
    const QColor cell(print->fill(test::find(print->snapshot(), QStringLiteral(" owed"))));
    QVERIFY(cell.red() == cell.green() && cell.green() == cell.blue());
}

void TestHeatMapParts::pdfIsOnePage() {
    const QByteArray pdf = HeatMapExport(test::heat(test::tutorSnapshot())).pdf();
    QVERIFY(pdf.startsWith("%PDF-"));
    QCOMPARE(pdf.count("/Type /Page\n"), 1);
}

void TestHeatMapParts::exportRefusesAnUnknownEnding() {
    QTemporaryDir dir;
    const HeatMapExport picture(test::heat(test::tutorSnapshot()));
    const Status status = picture.save(dir.filePath(QStringLiteral("a.bmp")));
    QVERIFY(!status.ok());
    QVERIFY(status.error().message.find(".svg") != std::string::npos);
    for (const char* name : {"a.svg", "a.png", "a.HTML", "a.pdf", "a.tex"})
        QVERIFY(picture.save(dir.filePath(QLatin1String(name))).ok());
}

void TestHeatMapParts::exportReportsAnUnwritableFolder() {
    const HeatMapExport picture(test::heat(test::tutorSnapshot()));
    const Status status = picture.save(QStringLiteral("/no/such/folder/a.svg"));
    QVERIFY(!status.ok());
    QVERIFY(status.error().message.find("/no/such/folder/a.svg") != std::string::npos);
}

QTEST_MAIN(TestHeatMapParts)
#include "tst_heat_map_parts.moc"
