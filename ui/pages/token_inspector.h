// The Token inspector dock (UX.md 3.3): the token at the cursor, its alternatives, two-token
// comparison, and everything that forces another token.
#pragma once

#include "ui/pages/alternatives_model.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;
class QVBoxLayout;

namespace crux::ui {

class ActionRegistry;
class EmptyState;
class ForceBar;
class SearchService;
class Session;
class TokenCard;
class TokenCompare;

/// View state of the generation bar in the project (store::uiState): {"preset", "sampling"}.
inline constexpr const char* kSamplingStateKey = "inspector.sampling";

/// Reads Session (snapshot, cursor) and acts through ForceService. Owner: MainWindow's dock. GUI
/// thread. Faults of the worker stand in the dock as text.
class TokenInspector : public QWidget {
    Q_OBJECT
public:
    TokenInspector(Session& session, ForceService& force, SearchService& search,
                   QWidget* parent = nullptr);

    /// Moves the focus into the alternatives (Enter in the heat map).
    void focusAlternatives();
    /// Adds the keys of the alternatives table (pick 1-9, force, force only, typed text, stop)
    /// under the scope Alternatives; they act while the table has the focus. Call once.
    void registerActions(ActionRegistry& registry);
    /// Enter, Shift+Enter: what the buttons do with the selected row.
    void forceSelected(bool continueAfter);
    /// Ctrl+Enter: rollouts after the selected token. Another one than the original becomes a
    /// branch first, if none begins with it yet.
    void rolloutsOfSelected();
    /// Esc: stops the running generation, else goes back from the comparison.
    void stopOrBack();

    // for tests and the screenshot walk
    AlternativesModel& model() { return *m_model; }
    ForceBar& bar() { return *m_bar; }
    bool comparing() const;
    void pickRow(int row); ///< as if the user had chosen it
    QString emptyTitle() const;

Q_SIGNALS:
    void loadModelRequested(); ///< the empty state's action

private:
    void buildAlternatives(QVBoxLayout& column);
    void refresh();
    void refreshRows();
    void refreshReason();
    void refreshTop();
    void loadVocabulary();
    void askForMore(int topK);
    void askForShares();
    void refreshRolloutsButton();
    void drawAfterBranch(BranchId branch);
    void updatePreview(const QString& text);
    void saveSampling();
    void restoreSampling();
    void chooseFirstSampling();
    int selectedRow() const;
    bool hasToken() const;
    QString textBefore(int position) const;

    Session& m_session;
    ForceService& m_force;
    SearchService& m_search;
    QStackedWidget* m_stack; ///< empty state | content
    EmptyState* m_empty;
    QStackedWidget* m_top; ///< card | comparison
    TokenCard* m_card;
    TokenCompare* m_compare;
    QLabel* m_tableTitle;
    QLabel* m_tableSub;
    QComboBox* m_count;
    QPushButton* m_more;
    QStackedWidget* m_tableStack; ///< table | empty state
    QTableView* m_table;
    EmptyState* m_tableEmpty;
    ForceBar* m_bar;
    AlternativesModel* m_model;

    VocabularyPtr m_vocabulary;
    std::string m_vocabularyHash;
    std::vector<AlternativeRow> m_asked; ///< worker's rows for m_askedKey
    std::pair<std::int64_t, int> m_askedKey{0, -1};
    std::pair<std::int64_t, int> m_shownKey{0, -1};
    QString m_askState;    ///< "asking the model" or its fault
    bool m_picked = false; ///< the user chose the selected row
    bool m_restoring = false;
    bool m_drawAfterForce = false; ///< the branch that is being made gets rollouts
    quint64 m_shareRequest = 0;
};

} // namespace crux::ui
