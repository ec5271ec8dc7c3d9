// The Rollouts dock (UX.md 3.1): the curve of right rollouts over the shown trajectory, pass@k with
// and without its critical token, both as tables too, and the texts at the cursor.
#pragma once

#include "ui/model/session.h"
#include "ui/widgets/pass_plot.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace crux::ui {

class CurveTableModel;
class EmptyState;
class PassTableModel;
class RolloutAnswers;
class RolloutPlot;
class SearchService;

/// Owner: MainWindow. GUI thread. Updates while a search draws, as often as the store is asked.
class RolloutsDock : public QWidget {
    Q_OBJECT
public:
    enum class View { Curve, PassAtK };

    RolloutsDock(Session& session, SearchService& search, QWidget* parent = nullptr);

    void setView(View view);
    void setTableShown(bool shown);
    void setOverData(bool all); ///< pass@k: of the shown trajectory, or the mean of all
    void setHover(int token);   ///< from the heat map

    RolloutPlot& plot() { return *m_plot; }
    PassPlot& passPlot() { return *m_pass; }
    RolloutAnswers& answers() { return *m_answers; }
    CurveTableModel& table() { return *m_curveTable; }
    QString factsText() const;
    QString emptyTitle() const; ///< "" while something is shown

Q_SIGNALS:
    void launchRequested();  ///< the launch sheet
    void hovered(int token); ///< in the curve
    void addModelRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildStrip(QWidget* strip);
    void buildBody();
    void refresh();
    void refreshStrip();
    void refreshSets();
    void refreshEmpty();
    void refreshPass();
    void askPassOverData();
    void showEmptyPass(bool running);
    void giveTableRoom();
    void saveState();
    void restoreState();
    QString facts() const;
    QString searchingText() const;

    Session& m_session;
    SearchService& m_search;
    QToolButton *m_curveButton, *m_passButton, *m_tableButton, *m_launch;
    QComboBox *m_scope, *m_sets;
    QLabel *m_facts, *m_state;
    QPushButton* m_run;
    QStackedWidget* m_stack; ///< empty | body
    EmptyState* m_empty;
    QSplitter* m_split;
    QStackedWidget* m_views; ///< curve, its table, pass@k, its table, empty pass@k
    RolloutPlot* m_plot;
    QTableView* m_curveView;
    CurveTableModel* m_curveTable;
    PassPlot* m_pass;
    QTableView* m_passView;
    PassTableModel* m_passTable;
    EmptyState* m_passEmpty;
    RolloutAnswers* m_answers;
    View m_view = View::Curve;
    bool m_table = false, m_overData = false, m_filling = false;
    std::vector<PassCurve> m_dataCurves; ///< means over the project, when asked for
    quint64 m_passRequest = 0;
    std::pair<std::int64_t, std::size_t> m_passStamp{-1, 0}; ///< what m_dataCurves were made of
};

} // namespace crux::ui
