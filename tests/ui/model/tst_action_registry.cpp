// Actions under ids, rebinding without clashes, and the words of the palette.
#include "support/test_paths.h"
#include "ui/model/action_registry.h"

#include <QSettings>
#include <QTemporaryDir>

using namespace crux::ui;

class TestActionRegistry : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() {
        QCoreApplication::setOrganizationName(QStringLiteral("crux-test"));
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
    }
    void runsAndExplains();
    void keysAreRebound();
    void fuzzyWords_data();
    void fuzzyWords();
    void betterMatchesFirst();

private:
    static ActionRegistry::Spec spec(const char* id, ActionScope scope, const char* key) {
        ActionRegistry::Spec made;
        made.id = QLatin1String(id);
        made.text = QLatin1String(id);
        made.scope = scope;
        made.keys = QStringList{QLatin1String(key)};
        return made;
    }
    QTemporaryDir m_folder;
};

void TestActionRegistry::runsAndExplains() {
    ActionRegistry registry;
    int runs = 0;
    QString why = QStringLiteral("nothing is open");
    auto entry = spec("a.run", ActionScope::Global, "Ctrl+R");
    entry.run = [&] { ++runs; };
    entry.reason = [&] { return why; };
    QAction* action = registry.add(std::move(entry));
    registry.update();
    QVERIFY(!action->isEnabled());
    QVERIFY(action->toolTip().contains(why));
    why.clear();
    registry.update();
    action->trigger();
    QCOMPARE(runs, 1);
    QCOMPARE(registry.action(QStringLiteral("a.run")), action);
    QVERIFY(!registry.action(QStringLiteral("b")));
}

void TestActionRegistry::keysAreRebound() {
    ActionRegistry registry;
    registry.add(spec("tree.next", ActionScope::Branches, "N"));
    registry.add(spec("map.next", ActionScope::HeatMap, "N"));
    registry.add(spec("all.open", ActionScope::Global, "Ctrl+O"));
    const QList<QKeySequence> open{QKeySequence(QStringLiteral("Ctrl+O"))};
    QCOMPARE(registry.setKeys(QStringLiteral("map.next"), open),
             QStringList{QStringLiteral("all.open")});
    QVERIFY(registry.setKeys(QStringLiteral("map.next"), {QKeySequence(QStringLiteral("P"))})
                .isEmpty());
    ActionRegistry again;
    QAction* next = again.add(spec("map.next", ActionScope::HeatMap, "N"));
    again.loadKeys();
    QCOMPARE(next->shortcut(), QKeySequence(QStringLiteral("P")));
    again.resetKeys();
    QCOMPARE(next->shortcut(), QKeySequence(QStringLiteral("N")));
}

void TestActionRegistry::fuzzyWords_data() {
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("matches");
    const QString text = QStringLiteral("Next candidate confirmed by rollouts");
    QTest::addRow("any order") << QStringLiteral("roll cand") << text << true;
    QTest::addRow("inside a word") << QStringLiteral("firmed") << text << true;
    QTest::addRow("letters in order") << QStringLiteral("cnd") << text << true;
    QTest::addRow("a word is missing") << QStringLiteral("cand export") << text << false;
    QTest::addRow("empty") << QString() << text << true;
}

void TestActionRegistry::fuzzyWords() {
    QFETCH(QString, query);
    QFETCH(QString, text);
    QFETCH(bool, matches);
    const FuzzyMatch match = fuzzyMatch(query, text);
    QCOMPARE(match.score >= 0, matches);
    for (const auto& [start, length] : match.hits)
        QVERIFY(start >= 0 && length > 0 && start + length <= text.size());
}

void TestActionRegistry::betterMatchesFirst() {
    const auto score = [](const char* text) {
        return fuzzyMatch(QStringLiteral("score"), QLatin1String(text)).score;
    };
    QVERIFY(score("Score") > score("Scores of all"));
    QVERIFY(score("Scores of all") > score("Underscore"));
    QVERIFY(score("Underscore") > score("Show corner edge"));
}

QTEST_MAIN(TestActionRegistry)
#include "tst_action_registry.moc"
