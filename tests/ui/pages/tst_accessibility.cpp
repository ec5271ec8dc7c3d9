// What UX.md 3.13 promises, over every view and dialog of the window: names, target sizes, tab
// order, a visible focus, tool tips that Esc takes away, a table behind the charts.
#include "tests/ui/model/project_fixture.h"
#include "ui/dialogs/dialog_list.h"
#include "ui/dialogs/values_dialog.h"
#include "ui/main_window.h"
#include "ui/pages/heat_map_view.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/token_view.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QAbstractSpinBox>
#include <QAccessible>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QDockWidget>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSettings>
#include <QTableView>
#include <QToolTip>

#include <memory>

using namespace crux;
using namespace crux::ui;

namespace {

QString nameOf(QWidget* widget) {
    QAccessibleInterface* face = QAccessible::queryAccessibleInterface(widget);
    return face ? face->text(QAccessible::Name) : QString();
}

QString describe(const QWidget* widget) {
    QStringList path;
    for (const QWidget* at = widget; at && path.size() < 4; at = at->parentWidget())
        path.prepend(QString::fromLatin1(at->metaObject()->className()) + QLatin1Char(' ') +
                     at->objectName());
    const auto* button = qobject_cast<const QAbstractButton*>(widget);
    return path.join(QStringLiteral(" > ")) +
           (button ? QStringLiteral(" “%1”").arg(button->text()) : QString());
}

bool isQtsOwn(const QWidget* widget) { // parts of Qt's widgets, which name themselves
    return widget->objectName().startsWith(QLatin1String("qt_")) ||
           widget->inherits("QLineEditIconButton"); // the sign inside a field
}

/// Widgets a pointer or the keyboard can reach now.
template <typename T> QList<T*> reachable(QWidget* root) {
    QList<T*> found;
    for (T* widget : root->findChildren<T*>())
        if (widget->isVisible() && widget->window() == root->window() && !isQtsOwn(widget) &&
            !widget->visibleRegion().isEmpty())
            found << widget;
    return found;
}

/// Tab stops of `root` in the order Tab visits them.
QList<QWidget*> tabStops(QWidget* root) {
    QList<QWidget*> stops;
    for (QWidget* at = root->nextInFocusChain(); at && at != root; at = at->nextInFocusChain())
        if (root->isAncestorOf(at) && at->window() == root->window() && at->isVisible() &&
            at->isEnabled() && (at->focusPolicy() & Qt::TabFocus) && !at->focusProxy() &&
            !isQtsOwn(at) && !at->visibleRegion().isEmpty())
            stops << at;
    return stops;
}

int accentPixels(QWidget* window, const QRect& where) {
    const QImage image = window->grab(where).toImage();
    const QRgb accent = Theme::current().accent.rgb();
    int count = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            count += image.pixel(x, y) == accent ? 1 : 0;
    return count;
}

} // namespace

class TestAccessibility : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void everythingHasAName();
    void targetsAre24();
    void tabFollowsReading();
    void focusIsSeen();
    void escapeTakesToolTipsAway();
    void valuesStandInATable();

private:
    /// Calls `look` with the window in each perspective, each dock in front once, and every dialog.
    void everywhere(const std::function<void(QWidget*)>& look);

    QTemporaryDir m_settings;
    test::FilledProject m_project;
    std::unique_ptr<MainWindow> m_window;
};

void TestAccessibility::initTestCase() {
    QCoreApplication::setOrganizationName(QStringLiteral("crux-test"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path());
    initResources();
    applyTheme(*qApp, ThemeName::Light);
    QAccessible::setActive(true);
    QVERIFY(m_project.fill());
    m_window = std::make_unique<MainWindow>();
    m_window->show();
    m_window->activateWindow();
    QVERIFY(test::openAndWait(m_window->session(), m_project.file));
    QTRY_VERIFY_WITH_TIMEOUT(m_window->session().current() != nullptr, 20'000);
}

void TestAccessibility::everywhere(const std::function<void(QWidget*)>& look) {
    for (const Perspective perspective :
         {Perspective::Explore, Perspective::Train, Perspective::Data}) {
        m_window->setPerspective(perspective);
        m_window->resetLayout();
        QApplication::processEvents();
        look(m_window.get());
    }
    m_window->setPerspective(Perspective::Explore);
    for (const QString& name : m_window->dockNames()) {
        m_window->raiseDock(name);
        QApplication::processEvents();
        look(m_window->dock(name));
    }
    m_window->resetLayout();
    for (const DialogEntry& entry :
         allDialogs(m_window->session(), m_window->actions(), m_window->search())) {
        const std::unique_ptr<QDialog> dialog(entry.make(m_window.get()));
        QVERIFY(dialog);
        dialog->setObjectName(entry.name);
        dialog->show();
        QApplication::processEvents();
        look(dialog.get());
    }
}

void TestAccessibility::everythingHasAName() {
    QStringList nameless;
    everywhere([&](QWidget* root) {
        QWidgetList all;
        for (auto* button : reachable<QAbstractButton>(root)) {
            if (button->text().isEmpty() && button->toolTip().isEmpty())
                nameless << QStringLiteral("no tool tip: ") + describe(button);
            all << button;
        }
        for (auto* field : reachable<QLineEdit>(root))
            if (!qobject_cast<QAbstractSpinBox*>(field->parentWidget()) &&
                !qobject_cast<QComboBox*>(field->parentWidget()))
                all << field;
        for (auto* box : reachable<QComboBox>(root))
            all << box;
        for (auto* box : reachable<QAbstractSpinBox>(root))
            all << box;
        for (auto* view : reachable<QAbstractItemView>(root))
            if (!view->inherits("QHeaderView") && !view->inherits("QComboBoxListView"))
                all << view;
        for (auto* text : reachable<QPlainTextEdit>(root))
            all << text;
        for (QWidget* widget : std::as_const(all))
            if (nameOf(widget).isEmpty())
                nameless << QStringLiteral("no name: ") + describe(widget);
    });
    nameless.removeDuplicates();
    QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join(QLatin1Char('\n'))));
}

/// WCAG 2.5.8: 24 x 24, or smaller where a circle of 24 around its middle holds no other target.
void TestAccessibility::targetsAre24() {
    QStringList small;
    everywhere([&](QWidget* root) {
        const auto buttons = reachable<QAbstractButton>(root);
        for (auto* button : buttons) {
            if (button->width() >= metrics::kTarget && button->height() >= metrics::kTarget)
                continue;
            const QPointF middle = button->mapTo(button->window(), button->rect().center());
            for (auto* other : buttons) {
                const QRectF box(QPointF(other->mapTo(other->window(), QPoint(0, 0))),
                                 QSizeF(other->size()));
                const QPointF nearest(std::clamp(middle.x(), box.left(), box.right()),
                                      std::clamp(middle.y(), box.top(), box.bottom()));
                if (other != button && QLineF(middle, nearest).length() < metrics::kTarget / 2.0)
                    small << QStringLiteral("%1x%2 beside another: %3")
                                 .arg(button->width())
                                 .arg(button->height())
                                 .arg(describe(button));
            }
            if (button->height() < 14)
                small << QStringLiteral("%1 high: %2").arg(button->height()).arg(describe(button));
        }
    });
    small.removeDuplicates();
    QVERIFY2(small.isEmpty(), qPrintable(small.join(QLatin1Char('\n'))));
}

/// Down and to the right: a stop never lies above and left of the one before it.
void TestAccessibility::tabFollowsReading() {
    QStringList faults;
    everywhere([&](QWidget* root) {
        if (root == m_window.get())
            return; // its docks are looked at one by one; F6 goes from one to the next
        const QList<QWidget*> stops = tabStops(root);
        QStringList
            back; // a ring in reading order goes back once, from its last place to the first
        for (qsizetype i = 1; i < stops.size(); ++i) {
            const QRect before(stops[i - 1]->mapTo(root, QPoint(0, 0)), stops[i - 1]->size());
            const QRect now(stops[i]->mapTo(root, QPoint(0, 0)), stops[i]->size());
            const bool above = now.bottom() < before.top();
            const bool sameLine = !above && now.top() < before.bottom();
            if ((above && now.left() <= before.right()) ||
                (sameLine && now.right() < before.left()))
                back << describe(stops[i]) + QStringLiteral("\n    after ") +
                            describe(stops[i - 1]);
        }
        if (back.size() > 1)
            faults << back;
    });
    faults.removeDuplicates();
    QVERIFY2(faults.isEmpty(), qPrintable(faults.join(QLatin1Char('\n'))));
}

void TestAccessibility::focusIsSeen() {
    QStringList unseen;
    everywhere([&](QWidget* root) {
        root->window()->activateWindow();
        if (!QTest::qWaitForWindowActive(root->window()))
            return;
        root->window()->setAttribute(Qt::WA_KeyboardFocusChange); // as after a first Tab
        for (QWidget* stop : tabStops(root)) {
            const auto* view = qobject_cast<QAbstractItemView*>(stop);
            if (view && !view->currentIndex().isValid())
                continue; // the ring is around the chosen row
            const QRect around = QRect(stop->mapTo(stop->window(), QPoint(0, 0)), stop->size())
                                     .adjusted(-4, -4, 4, 4)
                                     .intersected(stop->window()->rect());
            stop->clearFocus();
            QApplication::processEvents();
            const int without = accentPixels(stop->window(), around);
            stop->setFocus(Qt::TabFocusReason);
            QApplication::processEvents();
            if (stop->hasFocus() && accentPixels(stop->window(), around) <= without)
                unseen << describe(stop);
        }
    });
    unseen.removeDuplicates();
    QVERIFY2(unseen.isEmpty(), qPrintable(unseen.join(QLatin1Char('\n'))));
}

void TestAccessibility::escapeTakesToolTipsAway() {
    m_window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_window.get()));
    TokenView* text = m_window->heatMap().focusedText();
    text->setFocus(); // a change of focus would take the tip away by itself
    QToolTip::showText(QPoint(100, 100), QStringLiteral("a tip"), m_window.get());
    QTRY_VERIFY(QToolTip::isVisible());
    QSignalSpy stops(text, &TokenView::stopRequested);
    QTest::keyClick(text, Qt::Key_Escape);
    QTRY_VERIFY(!QToolTip::isVisible());
    QCOMPARE(stops.size(), 0); // the key did that alone
    QTest::keyClick(text, Qt::Key_Escape);
    QCOMPARE(stops.size(), 1);
}

void TestAccessibility::valuesStandInATable() {
    const HeatDataPtr data = m_window->heatMap().focusedData();
    QVERIFY(data);
    ValuesDialog dialog(m_window->session(), data);
    dialog.show();
    QCOMPARE(dialog.table()->model()->rowCount(), data->count());
    dialog.table()->sortByColumn(TokenValuesModel::FirstLayer, Qt::AscendingOrder);
    const int lowest = data->promptTokens() + 1;
    QCOMPARE(dialog.table()->model()->index(0, TokenValuesModel::FirstLayer).data().toString(),
             QStringLiteral(".0100"));
    dialog.table()->setCurrentIndex(dialog.table()->model()->index(0, 0));
    QCOMPARE(m_window->session().cursor(), lowest);
    QVERIFY(dialog.asText().startsWith(QStringLiteral("Position\tStep\tToken\tId\ts_t")));
    QCOMPARE(dialog.asText().count(QLatin1Char('\n')), data->count() + 1);
}

QTEST_MAIN(TestAccessibility)
#include "tst_accessibility.moc"
