// The look of stock controls: sizes of the design, flat fills in both themes, marks in their
// colours.
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/theme_notifier.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenuBar>
#include <QPainter>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QSpinBox>
#include <QSplitter>
#include <QStyle>
#include <QTableWidget>
#include <QTreeWidget>
#include <QtTest/QtTest>

using namespace crux;
using namespace crux::ui;

class TestTheme : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void controlsAre24High();
    void rowsAndHeadersAre24High();
    void barsAreThin();
    void switchingTellsThePainters();
    void primaryButtonIsFlatAccent_data();
    void primaryButtonIsFlatAccent();
    void longNamesAreElidedInTheMiddle();
    void rowsHaveOneRing();
    void badgesSayVerdictByColourAndSourceByShape();
};

void TestTheme::controlsAre24High() {
    applyTheme(*qApp, ThemeName::Light);
    QPushButton button(QStringLiteral("Button"));
    QLineEdit field;
    QComboBox combo;
    combo.addItem(QStringLiteral("absolute"));
    QSpinBox spin;
    for (const QWidget* control : {static_cast<QWidget*>(&button), static_cast<QWidget*>(&field),
                                   static_cast<QWidget*>(&combo), static_cast<QWidget*>(&spin)})
        QCOMPARE(control->sizeHint().height(), 24);
}

void TestTheme::rowsAndHeadersAre24High() {
    QTableWidget table(2, 2);
    table.show();
    QCOMPARE(table.horizontalHeader()->sizeHint().height(), 24);
    QCOMPARE(table.rowHeight(0), 24);
    QTreeWidget tree;
    auto* item = new QTreeWidgetItem(&tree, {QStringLiteral("node")});
    tree.show();
    QCOMPARE(tree.visualItemRect(item).height(), 24);
    QCOMPARE(tree.indentation(), 16);
    QMenuBar menu;
    menu.addMenu(QStringLiteral("File"));
    QCOMPARE(menu.sizeHint().height(), 24);
}

void TestTheme::barsAreThin() {
    QScrollBar bar;
    QCOMPARE(bar.sizeHint().width(), 12);
    QSplitter splitter;
    QCOMPARE(splitter.handleWidth(), 4);
    QCOMPARE(qApp->style()->pixelMetric(QStyle::PM_DockWidgetSeparatorExtent), 4);
    QCOMPARE(qApp->style()->pixelMetric(QStyle::PM_IndicatorWidth), 14);
}

void TestTheme::switchingTellsThePainters() {
    QSignalSpy changed(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged);
    applyTheme(*qApp, ThemeName::Dark);
    QCOMPARE(changed.count(), 1);
    QVERIFY(Theme::current().isDark());
    QCOMPARE(qApp->palette().color(QPalette::Base), QColor(0x1E, 0x1E, 0x1E));
    QCOMPARE(qApp->palette().color(QPalette::Disabled, QPalette::Text), QColor(0xA0, 0xA0, 0xA0));
    applyTheme(*qApp, ThemeName::Light);
    QCOMPARE(qApp->palette().color(QPalette::Window), QColor(0xF0, 0xF0, 0xF0));
}

void TestTheme::primaryButtonIsFlatAccent_data() {
    QTest::addColumn<ThemeName>("theme");
    QTest::newRow("light") << ThemeName::Light;
    QTest::newRow("dark") << ThemeName::Dark;
}

void TestTheme::primaryButtonIsFlatAccent() {
    QFETCH(ThemeName, theme);
    applyTheme(*qApp, theme);
    QPushButton button(QStringLiteral("x"));
    button.setProperty("primary", true);
    button.resize(120, 24);
    button.show();
    const QImage image = button.grab().toImage();
    const QColor accent = Theme::of(theme).accent;
    QCOMPARE(image.pixelColor(20, 4), accent); // flat: the same at top and bottom
    QCOMPARE(image.pixelColor(20, 20), accent);
    button.setEnabled(false);
    QCOMPARE(button.grab().toImage().pixelColor(20, 12), Theme::of(theme).window);
    applyTheme(*qApp, ThemeName::Light);
}

void TestTheme::longNamesAreElidedInTheMiddle() {
    const QString name = QString(60, QLatin1Char('m')) + QStringLiteral("-3B-instruct");
    QMenu menu;
    menu.addAction(name + name + name);
    QVERIFY2(menu.sizeHint().width() <= metrics::kMenuWidth + 20,
             qPrintable(QString::number(menu.sizeHint().width())));
    // A label that gives way does not widen its window.
    QWidget window;
    auto* row = new QHBoxLayout(&window);
    QLabel* label = makeElided(LabelKind::Plain, &window, name + name);
    row->addWidget(label);
    QVERIFY(window.minimumSizeHint().width() < 120);
    QCOMPARE(label->text(), name + name); // what is read aloud is whole
    QComboBox combo;
    combo.addItem(name);
    combo.resize(120, 24);
    combo.show();
    QVERIFY(!combo.grab().isNull());
    QCOMPARE(combo.view()->textElideMode(), Qt::ElideMiddle);
}

void TestTheme::rowsHaveOneRing() {
    QTableWidget table(3, 3);
    table.verticalHeader()->hide();
    table.setShowGrid(false);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.resize(400, 200);
    table.show();
    table.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&table));
    table.setFocus();
    table.setCurrentCell(1, 1);
    const QImage image = table.viewport()->grab().toImage();
    const QColor accent = Theme::light().accent;
    const QRect middle(table.columnViewportPosition(1), table.rowViewportPosition(1),
                       table.columnWidth(1), table.rowHeight(1));
    QCOMPARE(image.pixelColor(middle.center().x(), middle.top()), accent);
    QCOMPARE(image.pixelColor(middle.center().x(), middle.bottom()), accent);
    QVERIFY(image.pixelColor(middle.left(), middle.center().y()) !=
            accent); // no ring between cells
    QCOMPARE(image.pixelColor(0, middle.center().y()), accent);
}

void TestTheme::badgesSayVerdictByColourAndSourceByShape() {
    const auto draw = [](Verdict verdict, Source source) {
        return marks::verdictPixmap(verdict, source, false, 1).toImage();
    };
    const QPoint edge(8, 3); // inside every shape, above the glyph
    QCOMPARE(draw(Verdict::Right, Source::Sampled).pixelColor(edge), Theme::light().right);
    QCOMPARE(draw(Verdict::Wrong, Source::Imported).pixelColor(edge), Theme::light().wrong);
    QCOMPARE(draw(Verdict::NoAnswer, Source::Forced).pixelColor(8, 2).rgb(),
             Theme::light().noAnswer.rgb());
    // Near the corner of its 14 x 14 box only the square is filled.
    const QPoint corner(3, 3);
    QCOMPARE(draw(Verdict::Right, Source::Imported).pixelColor(corner).alpha(), 255);
    QVERIFY(draw(Verdict::Right, Source::Sampled).pixelColor(2, 2).alpha() < 128);
    QCOMPARE(draw(Verdict::Right, Source::Forced).pixelColor(2, 2).alpha(), 0);
}

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
