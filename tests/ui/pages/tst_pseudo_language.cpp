// The window in a made-up language, a third longer than English and in brackets: what shows without
// brackets is not translated, what does not fit is clipped (STYLE.md 4). The same look at sizes:
// a 1920 x 1080 screen at 200 % leaves 960 x 540.
#include "tests/ui/model/project_fixture.h"
#include "ui/dialogs/dialog_list.h"
#include "ui/main_window.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/theme.h"

#include <QAbstractButton>
#include <QAbstractItemView>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QDockWidget>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QPushButton>
#include <QRadioButton>
#include <QRegularExpression>
#include <QSettings>
#include <QToolButton>
#include <QTranslator>

#include <memory>

using namespace crux;
using namespace crux::ui;

namespace {

/// "Open" -> "[Ópéñ ~~]"; placeholders, mnemonics and line ends stay.
class PseudoLanguage : public QTranslator {
public:
    bool isEmpty() const override { return false; }
    QString translate(const char*, const char* source, const char*, int) const override {
        const QString text = QString::fromUtf8(source);
        QString out = QStringLiteral("[");
        for (qsizetype i = 0; i < text.size(); ++i) {
            const bool placeholder = text[i] == QLatin1Char('%') && i + 1 < text.size();
            if (placeholder) {
                out += text[i];
                out += text[++i];
                continue;
            }
            out += accented(text[i]);
        }
        return out + QLatin1Char(' ') + QString(text.size() / 3 + 1, QLatin1Char('~')) +
               QLatin1Char(']');
    }

private:
    static QChar accented(QChar c) {
        static const QString from = QStringLiteral("aeioucnsyzAEIOU");
        static const QString to = QStringLiteral("áéíóúçñšýžÁÉÍÓÚ");
        const qsizetype at = from.indexOf(c);
        return at < 0 ? c : to[at];
    }
};

/// Words that are no language: names of formulas, of the program, of the fixture's rows.
bool isData(const QString& text) {
    static const QRegularExpression word(QStringLiteral("[A-Za-z]{3,}"));
    static const QSet<QString> known{
        QStringLiteral("Crux"),     QStringLiteral("log"),          QStringLiteral("pos"),
        QStringLiteral("neg"),      QStringLiteral("tiny"),         QStringLiteral("words"),
        QStringLiteral("test"),     QStringLiteral("models"),       QStringLiteral("English"),
        QStringLiteral("Deutsch"),  QStringLiteral("min"),          QStringLiteral("crux"),
        QStringLiteral("Qt"),       QStringLiteral("gsm"),          QStringLiteral("math"),
        QStringLiteral("sampling"), QStringLiteral("wordproblems"), QStringLiteral("minerva"),
        QStringLiteral("top"),      QStringLiteral("nQuestion"),    QStringLiteral("nProblem"),
        QStringLiteral("verdict"),  QStringLiteral("wrong")};
    auto matches = word.globalMatch(text);
    while (matches.hasNext())
        if (!known.contains(matches.next().captured()))
            return false;
    return true;
}

bool translated(const QString& text) {
    return text.contains(QLatin1Char('[')) || isData(text);
}

QString place(const QWidget* widget) {
    return QString::fromLatin1(widget->metaObject()->className()) + QStringLiteral(" in ") +
           (widget->parentWidget()
                ? QString::fromLatin1(widget->parentWidget()->metaObject()->className())
                : QString());
}

void collectTexts(QWidget* root, QStringList& found) {
    const auto add = [&](const QWidget* widget, const QString& text) {
        if (!translated(text))
            found << QStringLiteral("“%1” (%2)").arg(text.left(80), place(widget));
    };
    for (const auto* widget : root->findChildren<QWidget*>()) {
        if (!widget->isVisibleTo(root) || widget->objectName().startsWith(QLatin1String("qt_")))
            continue;
        add(widget, widget->accessibleName());
        if (const auto* label = qobject_cast<const QLabel*>(widget))
            add(widget, label->text());
        if (const auto* button = qobject_cast<const QAbstractButton*>(widget))
            add(widget, button->text());
        if (const auto* field = qobject_cast<const QLineEdit*>(widget))
            add(widget, field->placeholderText());
        if (const auto* box = qobject_cast<const QComboBox*>(widget))
            for (int i = 0; i < box->count(); ++i)
                add(widget, box->itemText(i));
        if (const auto* header = qobject_cast<const QHeaderView*>(widget);
            header && header->model() && header->orientation() == Qt::Horizontal)
            for (int i = 0; i < header->count(); ++i)
                add(widget,
                    header->model()->headerData(i, Qt::Horizontal, Qt::DisplayRole).toString());
    }
}

/// Texts that do not fit where they stand; what elides itself shows its whole text in a tool tip.
void collectClipped(QWidget* root, QStringList& found) {
    const auto tell = [&](const QWidget* widget, const QString& text, QSize needed) {
        found << QStringLiteral("“%1” needs %2x%3, has %4x%5 (%6)")
                     .arg(text.left(60))
                     .arg(needed.width())
                     .arg(needed.height())
                     .arg(widget->width())
                     .arg(widget->height())
                     .arg(place(widget));
    };
    for (const auto* label : root->findChildren<QLabel*>()) {
        if (!label->isVisible() || label->text().isEmpty() || label->visibleRegion().isEmpty() ||
            label->property("elides").toBool() || !label->toolTip().isEmpty())
            continue;
        const QRect room = label->contentsRect();
        if (label->wordWrap()) {
            constexpr int kSlack = 4; // leading of the last line
            if (const int height = label->heightForWidth(label->width());
                height > label->height() + kSlack)
                tell(label, label->text(), {label->width(), height});
        } else if (const QSize text = label->sizeHint();
                   text.width() > room.width() + 1 || text.height() > label->height() + 1) {
            tell(label, label->text(), text);
        }
    }
    for (const auto* button : root->findChildren<QAbstractButton*>()) {
        if (!button->isVisible() || button->text().isEmpty() || button->visibleRegion().isEmpty() ||
            button->objectName().startsWith(QLatin1String("qt_")))
            continue;
        const int text = button->fontMetrics().horizontalAdvance(button->text());
        const auto* tool = qobject_cast<const QToolButton*>(button);
        if (tool && (tool->toolButtonStyle() == Qt::ToolButtonIconOnly ||
                     button->text().contains(QChar(0x2026))))
            continue; // icons alone, or elided with the whole text in the tool tip
        if (text > button->width() || button->fontMetrics().height() > button->height())
            tell(button, button->text(), {text, button->fontMetrics().height()});
    }
}

} // namespace

class TestPseudoLanguage : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void everyTextIsTranslated();
    void nothingIsClipped_data();
    void nothingIsClipped();

private:
    std::unique_ptr<MainWindow> opened(QSize size);
    void everywhere(MainWindow& window, const std::function<void(QWidget*)>& look);

    QTemporaryDir m_settings;
    test::FilledProject m_project;
    PseudoLanguage m_language;
};

void TestPseudoLanguage::initTestCase() {
    QCoreApplication::setOrganizationName(QStringLiteral("crux-test"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_settings.path());
    initResources();
    applyTheme(*qApp, ThemeName::Light);
    QVERIFY(m_project.fill());
}

std::unique_ptr<MainWindow> TestPseudoLanguage::opened(QSize size) {
    auto window = std::make_unique<MainWindow>();
    window->resize(size);
    window->show();
    if (!test::openAndWait(window->session(), m_project.file) ||
        !QTest::qWaitFor([&] { return window->session().current() != nullptr; }, 20'000))
        return nullptr;
    window->resize(size); // the project remembers another one
    QApplication::processEvents();
    return window;
}

void TestPseudoLanguage::everywhere(MainWindow& window, const std::function<void(QWidget*)>& look) {
    for (const Perspective perspective :
         {Perspective::Explore, Perspective::Train, Perspective::Data}) {
        window.setPerspective(perspective);
        window.resetLayout();
        QApplication::processEvents();
        look(&window);
    }
    window.setPerspective(Perspective::Explore);
    // A low screen has room for a few docks at a time, not for every one at once.
    const QStringList docks = window.height() < 640 ? QStringList() : window.dockNames();
    for (const QString& name : docks) {
        window.raiseDock(name);
        QApplication::processEvents();
        look(window.dock(name));
    }
    window.resetLayout();
    for (const DialogEntry& entry :
         allDialogs(window.session(), window.actions(), window.search())) {
        const std::unique_ptr<QDialog> dialog(entry.make(&window));
        QVERIFY(dialog);
        dialog->show();
        QApplication::processEvents();
        look(dialog.get());
    }
}

void TestPseudoLanguage::everyTextIsTranslated() {
    QCoreApplication::installTranslator(&m_language);
    QStringList found;
    {
        const auto window = opened({1600, 1000});
        QVERIFY(window);
        everywhere(*window, [&](QWidget* root) { collectTexts(root, found); });
        for (const ActionEntry& entry : window->actions().entries())
            if (!translated(entry.action->text()) || !translated(entry.menu))
                found << QStringLiteral("action %1 “%2” in “%3”")
                             .arg(entry.id, entry.action->text(), entry.menu);
    }
    QCoreApplication::removeTranslator(&m_language);
    found.removeDuplicates();
    QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
}

void TestPseudoLanguage::nothingIsClipped_data() {
    QTest::addColumn<QSize>("size");
    QTest::addColumn<bool>("pseudo");
    QTest::newRow("English, 1280 x 800") << QSize(1280, 800) << false;
    QTest::newRow("a third longer, 1600 x 1000") << QSize(1600, 1000) << true;
    QTest::newRow("1920 x 1080 at 200 %") << QSize(960, 540) << false;
}

void TestPseudoLanguage::nothingIsClipped() {
    QFETCH(QSize, size);
    QFETCH(bool, pseudo);
    if (pseudo)
        QCoreApplication::installTranslator(&m_language);
    QStringList found;
    {
        const auto window = opened(size);
        QVERIFY(window);
        QCOMPARE(window->size(), size);
        everywhere(*window, [&](QWidget* root) { collectClipped(root, found); });
    }
    QCoreApplication::removeTranslator(&m_language);
    found.removeDuplicates();
    QVERIFY2(found.isEmpty(), qPrintable(found.join(QLatin1Char('\n'))));
}

QTEST_MAIN(TestPseudoLanguage)
#include "tst_pseudo_language.moc"
