// Ctrl+Shift+P: every action by words in any order; Ctrl+K: go to a question, trajectory or slice.
#pragma once

#include <QDialog>
#include <QIcon>

#include <functional>
#include <vector>

class QLabel;
class QLineEdit;
class QListView;
class QStandardItemModel;

namespace crux::ui {

class ActionRegistry;
class Session;

/// One line of the palette. `reason` not empty: shown disabled, with it.
struct PaletteEntry {
    QString text, menu, keys, reason, words, icon;
    QString id; ///< of the action; empty: a place to go to
    std::function<void()> run;
};

/// Frameless, over the window, no dimming. Owner: MainWindow; one at a time. GUI thread.
class CommandPalette : public QDialog {
    Q_OBJECT
public:
    explicit CommandPalette(QWidget* parent = nullptr);

    void showActions(ActionRegistry& registry);
    void showGoTo(Session& session);
    void setQuery(const QString& text); ///< as typed
    int shownCount() const;
    QString shownText(int row) const;
    /// Why the entry cannot run now, as shown behind its text.
    QString shownReason(int row) const;

Q_SIGNALS:
    void keysWanted(const QString& actionId); ///< Alt+Enter: set the keys of this action
    void runWanted(qint64 job);               ///< a training run was chosen in the go-to list

protected:
    bool event(QEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void open(const QString& placeholder);
    void filter();
    void fill(const std::vector<std::pair<int, int>>& order, const QString& query);
    void searchTrajectories(const QString& query);
    void addRuns(const Session& session, const QString& query,
                 std::vector<std::pair<int, int>>& order);
    void runCurrent();
    void askForKeys();
    const PaletteEntry* currentEntry() const;

    QLineEdit* m_field;
    QLabel *m_count, *m_keysHint;
    QListView* m_list;
    QStandardItemModel* m_model;
    std::vector<PaletteEntry> m_entries;
    std::size_t m_fixed = 0;      ///< entries that are not search results
    Session* m_session = nullptr; ///< set while it is a go-to list
    quint64 m_search = 0;
};

} // namespace crux::ui
