// The heat map's text as painted and driven: colours at known cells in both themes, keys, folds,
// hover, accessibility.
#include "tests/ui/widgets/heat_fixture.h"
#include "ui/widgets/heat_map_actions.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/token_view.h"

#include <QAccessible>
#include <QApplication>
#include <QScrollBar>
#include <QSignalSpy>
#include <QtTest/QtTest>

using namespace crux;
using namespace crux::ui;

namespace {

/// A view with its actions, shown and active.
struct Stage {
    HeatMapActions actions;
    TokenView view;
    std::shared_ptr<TrajectorySnapshot> snapshot = test::tutorSnapshot();

    explicit Stage(ThemeName theme = ThemeName::Light, QSize size = {640, 420}) {
        view.resize(size);
        actions.attach(&view);
        view.setData(test::heat(snapshot, theme));
        view.show();
        view.activateWindow();
        view.setFocus();
        QVERIFY2(QTest::qWaitForWindowActive(&view), "the view did not become active");
    }
    int at(const QString& text) const { return test::find(*snapshot, text); }
    QColor pixel(QPoint p) {
        const QImage image = view.viewport()->grab().toImage();
        return image.pixelColor(p * image.devicePixelRatio());
    }
    /// Fill of a token's cell, read in its upper right corner, where no glyph reaches.
    QColor cellColor(int token) {
        const QRect cell = view.cellInViewport(token);
        return pixel(cell.topRight() + QPoint(-1, 1));
    }
};

} // namespace

class TestTokenView : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void cellsHaveTheirColour_data();
    void cellsHaveTheirColour();
    void dimmedPrefixIsMixedWithBase();
    void plainTextWhileSpaceIsHeld();
    void ringMovesWithTheCursor();
    void arrowKeysMove();
    void candidatesAndForks();
    void requestsLeaveAsSignals();
    void foldingByGutterAndKey();
    void cursorOpensAFoldedStep();
    void recolouringKeepsTheLayout();
    void granularityGivesTheLowest();
    void proportionalTextTakesItsWidth();
    void accessibleCells();
    void escapeStops();
};

void TestTokenView::initTestCase() {
    applyTheme(*qApp, ThemeName::Light);
    QAccessible::setActive(true);
}

void TestTokenView::cellsHaveTheirColour_data() {
    QTest::addColumn<ThemeName>("theme");
    QTest::addColumn<QColor>("hot");
    QTest::newRow("light") << ThemeName::Light << QColor(0xF1, 0x69, 0x13);
    QTest::newRow("dark") << ThemeName::Dark << QColor(0xFD, 0xAE, 0x6B);
}

void TestTokenView::cellsHaveTheirColour() {
    QFETCH(ThemeName, theme);
    QFETCH(QColor, hot);
    applyTheme(*qApp, theme);
    Stage stage(theme);
    const QColor owed = stage.cellColor(stage.at(QStringLiteral(" owed"))); // s_t .0014
    const auto near = [](const QColor& a, const QColor& b) {
        return std::abs(a.red() - b.red()) + std::abs(a.green() - b.green()) +
                   std::abs(a.blue() - b.blue()) <
               8;
    };
    QVERIFY2(near(owed, hot), qPrintable(owed.name()));
    for (const QString& word :
         {QStringLiteral("First"), QStringLiteral(" bill"), QStringLiteral("So")}) {
        const int token = stage.at(word);
        const CellColor wanted = ramps::sequential(
            PaletteName::Orange, theme, 1 - stage.snapshot->scores.s[std::size_t(token)]);
        QCOMPARE(stage.cellColor(token), wanted.fill);
    }
    QCOMPARE(stage.pixel({600, 410}), Theme::of(theme).base);
    applyTheme(*qApp, ThemeName::Light);
}

void TestTokenView::dimmedPrefixIsMixedWithBase() {
    Stage stage;
    const int fork = stage.at(QStringLiteral(" owed"));
    PaneRelation relation;
    relation.sharedTokens = relation.firstDifference = fork;
    stage.view.setData(std::make_shared<const HeatData>(stage.snapshot, HeatOptions{}, relation));
    // The steps before the last shared one fold to one line, the one before the fork stays.
    QCOMPARE(stage.view.layout().lines().front().kind, TokenLayout::LineKind::FoldedPrefix);
    const int tutor = fork - 1;
    const QColor full = ramps::sequential(PaletteName::Orange, ThemeName::Light,
                                          1 - stage.snapshot->scores.s[std::size_t(tutor)])
                            .fill;
    QCOMPARE(stage.cellColor(tutor), mixed(full, Theme::light().base, 0.5));
    const QRect cell = stage.view.cellInViewport(fork);
    QCOMPARE(stage.pixel({cell.left() - 1, cell.top() + 4}), Theme::light().accent);
}

void TestTokenView::plainTextWhileSpaceIsHeld() {
    Stage stage;
    const int owed = stage.at(QStringLiteral(" owed"));
    QTest::keyPress(&stage.view, Qt::Key_Space);
    QCOMPARE(stage.cellColor(owed), Theme::light().base);
    QTest::keyRelease(&stage.view, Qt::Key_Space);
    QVERIFY(stage.cellColor(owed) != Theme::light().base);
}

void TestTokenView::ringMovesWithTheCursor() {
    Stage stage;
    const int bill = stage.at(QStringLiteral(" bill"));
    const QRect cell = stage.view.cellInViewport(bill);
    const QPoint ring(cell.center().x(), cell.top() - 1);
    QVERIFY(stage.pixel(ring) != Theme::light().accent);
    QTest::mouseClick(stage.view.viewport(), Qt::LeftButton, {}, cell.center());
    QCOMPARE(stage.view.cursor(), bill);
    QCOMPARE(stage.pixel(ring), Theme::light().accent);
}

void TestTokenView::arrowKeysMove() {
    Stage stage;
    QSignalSpy moved(&stage.view, &TokenView::cursorMoved);
    QTest::keyClick(&stage.view, Qt::Key_Right);
    QCOMPARE(stage.view.cursor(), stage.snapshot->record.promptTokens); // the first key shows it
    QTest::keyClick(&stage.view, Qt::Key_Right);
    QCOMPARE(stage.view.cursor(), stage.snapshot->record.promptTokens + 1);
    QTest::keyClick(&stage.view, Qt::Key_Left);
    QCOMPARE(stage.view.cursor(), stage.snapshot->record.promptTokens);
    QTest::keyClick(&stage.view, Qt::Key_End);
    QCOMPARE(stage.view.cursor(), stage.snapshot->steps[1].last);
    QTest::keyClick(&stage.view, Qt::Key_Home);
    QTest::keyClick(&stage.view, Qt::Key_Down);
    QCOMPARE(stage.view.cursor(), stage.snapshot->steps[2].first);
    QTest::keyClick(&stage.view, Qt::Key_Up);
    QCOMPARE(stage.view.cursor(), stage.snapshot->steps[1].first);
    stage.view.setCursor(stage.at(QStringLiteral(" $")));
    QTest::keyClick(&stage.view, Qt::Key_Right, Qt::ControlModifier);
    const QString& text = stage.snapshot->tokens[std::size_t(stage.view.cursor())].text;
    QVERIFY(text.startsWith(QLatin1Char(' ')) || text == QLatin1String("\n"));
    QTest::keyClick(&stage.view, Qt::Key_End, Qt::ControlModifier);
    QCOMPARE(stage.view.cursor(), int(stage.snapshot->tokens.size()) - 1);
    QVERIFY(moved.count() >= 7);
}

void TestTokenView::candidatesAndForks() {
    Stage stage;
    const int bill = stage.at(QStringLiteral(" bill")), owed = stage.at(QStringLiteral(" owed"));
    QTest::keyClick(&stage.view, Qt::Key_N);
    QCOMPARE(stage.view.cursor(), bill);
    QTest::keyClick(&stage.view, Qt::Key_N);
    QCOMPARE(stage.view.cursor(), owed);
    QTest::keyClick(&stage.view, Qt::Key_N); // none after it: stays
    QCOMPARE(stage.view.cursor(), owed);
    QTest::keyClick(&stage.view, Qt::Key_N, Qt::ShiftModifier);
    QCOMPARE(stage.view.cursor(), bill);
    QTest::keyClick(&stage.view, Qt::Key_F);
    QCOMPARE(stage.view.cursor(), owed);
}

void TestTokenView::requestsLeaveAsSignals() {
    Stage stage;
    const int owed = stage.at(QStringLiteral(" owed"));
    stage.view.setCursor(owed);
    QSignalSpy labels(&stage.actions, &HeatMapActions::labelRequested);
    QSignalSpy alternatives(&stage.actions, &HeatMapActions::alternativesRequested);
    QSignalSpy bookmarks(&stage.actions, &HeatMapActions::bookmarkRequested);
    QSignalSpy layers(&stage.actions, &HeatMapActions::layerCycled);
    QTest::keyClick(&stage.view, Qt::Key_A);
    QTest::keyClick(&stage.view, Qt::Key_X);
    QTest::keyClick(&stage.view, Qt::Key_E);
    QTest::keyClick(&stage.view, Qt::Key_Return);
    QTest::keyClick(&stage.view, Qt::Key_B);
    QTest::keyClick(&stage.view, Qt::Key_V);
    QCOMPARE(labels.count(), 3);
    QCOMPARE(labels[0], (QVariantList{owed, QStringLiteral("agree")}));
    QCOMPARE(labels[2], (QVariantList{owed, QStringLiteral("elsewhere")}));
    QCOMPARE(alternatives.count(), 1);
    QCOMPARE(bookmarks.count(), 1);
    QCOMPARE(layers.count(), 1);
}

void TestTokenView::foldingByGutterAndKey() {
    Stage stage;
    const int token = stage.snapshot->steps[3].first;
    const QRect cell = stage.view.cellInViewport(token);
    QTest::mouseClick(stage.view.viewport(), Qt::LeftButton, {}, {10, cell.center().y()});
    QVERIFY(!stage.view.layout().isVisible(token));
    QTest::mouseClick(stage.view.viewport(), Qt::LeftButton, {}, {10, cell.center().y()});
    QVERIFY(stage.view.layout().isVisible(token));
    stage.view.setCursor(token);
    QTest::keyClick(&stage.view, Qt::Key_Z);
    QVERIFY(stage.view.layout().isFolded(3));
}

void TestTokenView::cursorOpensAFoldedStep() {
    Stage stage(ThemeName::Light, {640, 120});
    stage.view.foldAll(true);
    const int owed = stage.at(QStringLiteral(" owed"));
    stage.view.setCursor(owed);
    QVERIFY(stage.view.layout().isVisible(owed));
    QVERIFY(stage.view.viewport()->rect().contains(stage.view.cellInViewport(owed)));
}

void TestTokenView::recolouringKeepsTheLayout() {
    Stage stage;
    (void)stage.view.layout().lines();
    const int revision = stage.view.layout().revision();
    HeatOptions options;
    options.scale = ScaleMode::Log10;
    stage.view.setData(std::make_shared<const HeatData>(stage.snapshot, options));
    (void)stage.view.layout().lines();
    QCOMPARE(stage.view.layout().revision(), revision);
}

void TestTokenView::granularityGivesTheLowest() {
    const auto snapshot = test::tutorSnapshot();
    HeatOptions options;
    options.granularity = Granularity::Step;
    const HeatData data(snapshot, options);
    const int owed = test::find(*snapshot, QStringLiteral(" owed"));
    QCOMPARE(data.value(snapshot->steps[5].first), 0.0014F);
    QCOMPARE(data.value(snapshot->steps[5].last), 0.0014F);
    QCOMPARE(data.score(owed), 0.0014F);
    QVERIFY(data.value(snapshot->steps[1].first) > 0.0014F);
}

void TestTokenView::proportionalTextTakesItsWidth() {
    Stage stage;
    const int grid = static_cast<int>(stage.view.layout().lines().size());
    stage.view.setProportional(true);
    const TokenLayout& layout = stage.view.layout();
    const TextMeasure measure(fonts::heatText(1));
    int cells = 0;
    for (int t = stage.snapshot->record.promptTokens; t < stage.view.data()->count(); ++t) {
        const QString& text = stage.snapshot->tokens[static_cast<std::size_t>(t)].text;
        const auto boxes = layout.rects(t);
        QVERIFY2(!boxes.empty() && boxes.front().right() <= layout.width(), qPrintable(text));
        QCOMPARE(layout.tokenAt(boxes.front().center()), t);
        if (text.contains(QLatin1Char('\n')))
            continue;
        QCOMPARE(boxes.front().width(), std::ceil(measure.width(text)) - 1);
        ++cells;
    }
    QVERIFY(cells > 80);
    QVERIFY(static_cast<int>(layout.lines().size()) <= grid); // narrower than the fixed font
    stage.view.setProportional(false);
    QCOMPARE(static_cast<int>(layout.lines().size()), grid);
}

void TestTokenView::accessibleCells() {
    Stage stage;
    const int owed = stage.at(QStringLiteral(" owed"));
    stage.view.setCursor(owed);
    QAccessibleInterface* table = QAccessible::queryAccessibleInterface(&stage.view);
    QVERIFY(table);
    QCOMPARE(table->role(), QAccessible::Table);
    QCOMPARE(table->childCount(), int(stage.snapshot->tokens.size()));
    QAccessibleInterface* cell = table->child(owed);
    QVERIFY(cell);
    QCOMPARE(cell->role(), QAccessible::Cell);
    QCOMPARE(cell->text(QAccessible::Name), QStringLiteral("␣owed"));
    QCOMPARE(cell->text(QAccessible::Value), QStringLiteral(".0014"));
    const QString said = cell->text(QAccessible::Description);
    const int shown = owed - stage.snapshot->record.promptTokens + 1;
    QVERIFY2(said.contains(QStringLiteral("position %1").arg(shown)), qPrintable(said));
    QVERIFY2(said.contains(QStringLiteral("candidate")), qPrintable(said));
    QVERIFY2(said.contains(QStringLiteral("3 branches")), qPrintable(said));
    QVERIFY(cell->state().focused);
    QVERIFY(cell->tableCellInterface());
    QCOMPARE(cell->tableCellInterface()->rowIndex(), 5);
    QCOMPARE(table->tableInterface()->cellAt(5, cell->tableCellInterface()->columnIndex()), cell);
}

void TestTokenView::escapeStops() {
    Stage stage;
    QSignalSpy stopped(&stage.view, &TokenView::stopRequested);
    QTest::keyClick(&stage.view, Qt::Key_Escape);
    QCOMPARE(stopped.count(), 1);
}

QTEST_MAIN(TestTokenView)
#include "tst_token_view.moc"
