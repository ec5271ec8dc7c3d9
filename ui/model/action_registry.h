// Every QAction of the window under a stable id: menus, tool bar, shortcut sheet and command
// palette read from here. Keys can be rebound and are kept in the user's settings. Owner:
// MainWindow. Thread: GUI.
#pragma once

#include <QAction>
#include <QHash>
#include <QKeySequence>
#include <QObject>
#include <QStringList>

#include <functional>
#include <vector>

namespace crux::ui {

/// Where an action's keys work. Plain letters belong to one view only (UX.md 3.8).
enum class ActionScope { Global, Trajectories, HeatMap, Alternatives, Branches, Jobs };

struct ActionEntry {
    QString id;   ///< "file.open"
    QString menu; ///< translated menu title
    ActionScope scope = ActionScope::Global;
    QAction* action = nullptr;
    QString icon; ///< freedesktop name, empty: none
    QList<QKeySequence> defaultKeys;
    std::function<QString()>
        reason;        ///< why it is disabled, as text; empty function: no reason known
    QStringList words; ///< further words the palette finds it by ("pivotal token")
};

class ActionRegistry : public QObject {
    Q_OBJECT
public:
    explicit ActionRegistry(QObject* parent = nullptr);

    struct Spec {
        QString id, menu, text;
        ActionScope scope = ActionScope::Global;
        QString icon;
        QStringList keys; ///< portable text, e.g. "Ctrl+Shift+P"
        std::function<void()> run;
        std::function<QString()> reason; ///< asked by update(): not empty = disabled
        bool checkable = false;
        QStringList words;
    };
    QAction* add(Spec spec);
    /// Lists an action another object owns (its object name is the id; it keeps its own context).
    void adopt(QAction* action, const QString& menu, ActionScope scope);

    QAction* action(const QString& id) const; ///< nullptr: no such id
    const ActionEntry* entry(const QString& id) const;
    const std::vector<ActionEntry>& entries() const { return m_entries; }
    /// "Ctrl+Z, Alt+Backspace" in the platform's form.
    static QString keysText(const QAction& action);
    static QString scopeName(ActionScope scope);

    /// Asks every reason again and enables or disables.
    void update();
    /// Rebinds; returns the ids that would clash in the same scope, and changes nothing then.
    QStringList setKeys(const QString& id, const QList<QKeySequence>& keys);
    void resetKeys();
    /// Reads and writes user-chosen keys ("keys/ID") in QSettings.
    void loadKeys();

Q_SIGNALS:
    void keysChanged();

private:
    void applyToolTip(ActionEntry& entry);
    void saveKeys(const ActionEntry& entry) const;
    std::vector<ActionEntry> m_entries;
    QHash<QString, int> m_byId;
};

/// Where the words of a query hit a text, in any order; empty: no match. A word matches as a whole,
/// at a word's start, inside one, or as its letters in order within one word (weakest).
struct FuzzyMatch {
    int score = -1;                        ///< -1: no match; higher is better
    std::vector<std::pair<int, int>> hits; ///< start, length; ascending
};
FuzzyMatch fuzzyMatch(const QString& query, const QString& text);

} // namespace crux::ui
