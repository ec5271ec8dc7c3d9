// The text grid as pure geometry: wrapping, line ends, folds, hit testing, moving up and down.
#include "tests/ui/widgets/heat_fixture.h"
#include "ui/widgets/token_layout.h"

#include <QtTest/QtTest>

using namespace crux;
using namespace crux::ui;

namespace {

/// Steps of tokens; step 0 is the prompt.
std::shared_ptr<TrajectorySnapshot> steps(const QList<QStringList>& texts) {
    auto s = std::make_shared<TrajectorySnapshot>();
    for (int step = 0; step < texts.size(); ++step) {
        if (step == 1)
            s->record.promptTokens = static_cast<std::int32_t>(s->tokens.size());
        for (const QString& text : texts[step])
            test::appendToken(*s, text, step);
    }
    return s;
}

/// A layout that holds `columns` columns.
TokenLayout layoutOf(SnapshotPtr snapshot, int columns) {
    TokenLayout layout;
    layout.setText(std::move(snapshot));
    const LayoutMetrics m;
    layout.setWidth(m.textLeft() + m.right + columns * m.advance + 1);
    return layout;
}

QString shape(const TokenLayout& layout) {
    QStringList lines;
    for (const auto& line : layout.lines()) {
        QStringList parts;
        for (int i = 0; i < line.segments; ++i) {
            const auto& s = layout.segment(line.firstSegment + i);
            parts << QStringLiteral("%1@%2+%3").arg(s.token).arg(s.column).arg(s.columns);
        }
        lines << parts.join(QLatin1Char(' '));
    }
    return lines.join(QLatin1Char('|'));
}

} // namespace

class TestTokenLayout : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void tokensWrapAsWholeCells();
    void lineEndsStayAndBreak();
    void longTokenBreaksBetweenCharacters();
    void wideAndCombiningCharacters();
    void everyTokenHasACell();
    void linesAre32High();
    void hitTestFindsEveryCell();
    void foldedStepIsOneLine();
    void foldedPromptShowsItsSpecialToken();
    void sharedPrefixFoldsToOneLine();
    void upAndDownKeepTheColumn();
    void widerByAPixelKeepsTheLayout();
    void emptyTokenIsClickable();
};

void TestTokenLayout::tokensWrapAsWholeCells() {
    const auto s = steps({{},
                          {QStringLiteral("aaa"), QStringLiteral(" bbb"), QStringLiteral(" cccc"),
                           QStringLiteral(" d")}});
    QCOMPARE(shape(layoutOf(s, 8)), QStringLiteral("0@0+3 1@3+4|2@0+5 3@5+2"));
    QCOMPARE(shape(layoutOf(s, 40)), QStringLiteral("0@0+3 1@3+4 2@7+5 3@12+2"));
}

void TestTokenLayout::lineEndsStayAndBreak() {
    // Line ends of one token and of the next share the line they end; text after them is below.
    const auto s = steps({{},
                          {QStringLiteral("a.\n"), QStringLiteral("\n"), QStringLiteral("b"),
                           QStringLiteral("\nc")}});
    QCOMPARE(shape(layoutOf(s, 20)), QStringLiteral("0@0+2 0@2+1 1@3+1|2@0+1 3@1+1|3@0+1"));
    // The last token stands on two lines and has a cell on each.
    QCOMPARE(layoutOf(s, 20).rects(3).size(), std::size_t(2));
}

void TestTokenLayout::longTokenBreaksBetweenCharacters() {
    const auto s = steps({{}, {QStringLiteral("ab"), QString(20, QLatin1Char('x'))}});
    QCOMPARE(shape(layoutOf(s, 8)), QStringLiteral("0@0+2|1@0+8|1@0+8|1@0+4"));
}

void TestTokenLayout::wideAndCombiningCharacters() {
    QCOMPARE(columnsOf(QStringLiteral("日本")), 4);
    QCOMPARE(columnsOf(QStringLiteral("e\u0301")), 1);
    QCOMPARE(columnsOf(QString::fromUtf8("\xF0\x9F\x98\x80")), 2);
    QCOMPARE(columnsOf(QStringLiteral("é")), 1);
}

void TestTokenLayout::everyTokenHasACell() {
    const auto s = test::tutorSnapshot();
    for (const int columns : {9, 20, 63, 200}) {
        TokenLayout layout = layoutOf(s, columns);
        layout.setFolded(0, false);
        int widest = 0;
        for (const auto& line : layout.lines())
            for (int i = 0; i < line.segments; ++i) {
                const auto& segment = layout.segment(line.firstSegment + i);
                widest = std::max(widest, segment.column + segment.columns);
            }
        QVERIFY(widest <= layout.columns());
        for (int t = 0; t < static_cast<int>(s->tokens.size()); ++t)
            QVERIFY2(!layout.rects(t).empty(), qPrintable(QString::number(t)));
    }
}

void TestTokenLayout::linesAre32High() {
    const TokenLayout layout = layoutOf(test::tutorSnapshot(), 60);
    QCOMPARE(layout.metrics().line(), 32.0);
    QCOMPARE(layout.lineTop(3) - layout.lineTop(2), 32.0);
    const QRectF cell =
        layout.rects(test::find(*test::tutorSnapshot(), QStringLiteral("First"))).front();
    QCOMPARE(cell.height(), 20.0);
    QCOMPARE(cell.left(), 56.0); // gutter 48 and 8 after it
    QCOMPARE(cell.top(), layout.lineTop(1) + 12);
}

void TestTokenLayout::hitTestFindsEveryCell() {
    const auto s = test::tutorSnapshot();
    const TokenLayout layout = layoutOf(s, 40);
    for (int t = s->record.promptTokens; t < static_cast<int>(s->tokens.size()); ++t)
        for (const QRectF& cell : layout.rects(t)) {
            QCOMPARE(layout.tokenAt(cell.center()), t);
            QCOMPARE(layout.tokenAt(cell.topLeft() - QPointF(0, 6)), t); // its mark lane
        }
    QCOMPARE(layout.tokenAt({10, 40}), -1);
    QVERIFY(layout.tokenAt({10, 40}, true) >= 0);
}

void TestTokenLayout::foldedStepIsOneLine() {
    const auto s = test::tutorSnapshot();
    TokenLayout layout = layoutOf(s, 40);
    const std::size_t open = layout.lines().size();
    const int hidden = s->steps[3].first;
    QVERIFY(layout.isVisible(hidden));
    layout.setFolded(3, true);
    QVERIFY(!layout.isVisible(hidden));
    const int line = layout.lineOf(hidden);
    QCOMPARE(layout.lines()[std::size_t(line)].kind, TokenLayout::LineKind::FoldedStep);
    QVERIFY(layout.lines().size() < open);
    layout.setFolded(3, false);
    QCOMPARE(layout.lines().size(), open);
}

void TestTokenLayout::foldedPromptShowsItsSpecialToken() {
    const auto s = test::tutorSnapshot();
    const TokenLayout layout = layoutOf(s, 60);
    QCOMPARE(layout.lines().front().kind, TokenLayout::LineKind::FoldedPrompt);
    QVERIFY(layout.isVisible(0));
    QVERIFY(!layout.isVisible(1));
}

void TestTokenLayout::sharedPrefixFoldsToOneLine() {
    const auto s = test::tutorSnapshot();
    TokenLayout layout = layoutOf(s, 60);
    layout.setSharedSteps(3, true);
    const auto& first = layout.lines().front();
    QCOMPARE(first.kind, TokenLayout::LineKind::FoldedPrefix);
    QCOMPARE(first.step, 1);
    QCOMPARE(first.lastStep, 3);
    QCOMPARE(layout.lines()[1].step, 4);
    layout.setSharedSteps(3, false);
    QCOMPARE(layout.lines().front().kind, TokenLayout::LineKind::FoldedPrompt);
}

void TestTokenLayout::upAndDownKeepTheColumn() {
    const auto s = steps({{},
                          {QStringLiteral("aa"), QStringLiteral("bb"), QStringLiteral("\n")},
                          {QStringLiteral("cccc"), QStringLiteral("\n")},
                          {QStringLiteral("d"), QStringLiteral("e"), QStringLiteral("f")}});
    TokenLayout layout = layoutOf(s, 20);
    const double x = layout.centreX(1);
    QCOMPARE(layout.tokenBelow(1, x), 3);
    QCOMPARE(layout.tokenBelow(3, x), 7); // "f" is nearest to the column of "bb"
    QCOMPARE(layout.tokenAbove(7, x), 3);
    QCOMPARE(layout.tokenAbove(0, x), 0);
    layout.setFolded(2, true); // a folded line has no cell to stand on
    QCOMPARE(layout.tokenBelow(1, x), 7);
    QCOMPARE(layout.firstOnLine(1), 0);
    QCOMPARE(layout.lastOnLine(0), 2);
}

void TestTokenLayout::widerByAPixelKeepsTheLayout() {
    TokenLayout layout = layoutOf(test::tutorSnapshot(), 40);
    (void)layout.lines();
    const int revision = layout.revision();
    layout.setWidth(layout.width() + 1);
    (void)layout.lines();
    QCOMPARE(layout.revision(), revision);
    layout.setWidth(layout.width() + 100);
    (void)layout.lines();
    QCOMPARE(layout.revision(), revision + 1);
}

void TestTokenLayout::emptyTokenIsClickable() {
    const auto s = steps({{}, {QStringLiteral("a"), QString(), QStringLiteral("b")}});
    const TokenLayout layout = layoutOf(s, 20);
    QCOMPARE(shape(layout), QStringLiteral("0@0+1 1@1+1 2@2+1"));
    QCOMPARE(layout.tokenAt(layout.rects(1).front().center()), 1);
}

QTEST_GUILESS_MAIN(TestTokenLayout)
#include "tst_token_layout.moc"
