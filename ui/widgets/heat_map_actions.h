// The keys of the heat map (UX.md 3.8) as actions: rebindable, searchable, and alive only while a
// token view has the focus.
#pragma once

#include "ui/widgets/token_view.h"

#include <QAction>
#include <QList>
#include <QObject>
#include <QPointer>

#include <functional>

namespace crux::ui {

/// One set for all panes; an action works on the view that had the focus last. Owner: HeatMapView.
/// Object names ("heatmap.next_candidate") are stable: key settings refer to them.
class HeatMapActions : public QObject {
    Q_OBJECT
public:
    explicit HeatMapActions(QObject* parent = nullptr);

    void attach(TokenView* view);
    TokenView* target() const { return m_target; }
    void setTarget(TokenView* view) { m_target = view; }
    QList<QAction*> actions() const { return m_actions; }
    QAction* action(const QString& objectName) const;

Q_SIGNALS:
    void alternativesRequested(int token);
    void labelRequested(int token, const QString& kind); ///< agree | reject | elsewhere
    void bookmarkRequested(int token);
    void commentRequested(int token);
    void searchRequested();       ///< R: critical token of this trajectory by rollouts
    void rolloutsHereRequested(); ///< Shift+R: rollouts at the selected tokens or all candidates
    void answerRequested(int first, int last); ///< these tokens are the answer
    void provenanceRequested();                ///< of what the view shows, to the clipboard
    void valuesRequested();                    ///< the numbers as a table
    void layerCycled();
    void granularityCycled();
    void blanksToggled();
    void proportionalToggled();
    void thresholdStepped(int direction);

private:
    QAction* add(const char* name, const QString& text, const QList<QKeySequence>& keys,
                 std::function<void(TokenView&)> run);
    void addMoves();
    void addRequests();
    void addViewKeys();

    QList<QAction*> m_actions;
    QPointer<TokenView> m_target;
};

} // namespace crux::ui
