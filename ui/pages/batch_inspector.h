// The batch inspector (UX.md 3.7, 3.6): the rows of one training step, and of the chosen row both
// completions as heat maps of weight, log-ratio or contribution to the loss.
#pragma once

#include "ui/model/step_view.h"

#include <QWidget>

#include <optional>

class QComboBox;
class QLabel;
class QSplitter;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace crux::ui {

class EmptyState;
class RunBoard;
class Session;
class StepRowModel;
class TokenView;

/// Owner: MainWindow's dock. GUI thread; the session's reader does the reading.
class BatchInspector : public QWidget {
    Q_OBJECT
public:
    BatchInspector(Session& session, RunBoard& board, QWidget* parent = nullptr);

    QTableView* table() const { return m_table; }
    const StepView& step() const { return m_step; }
    const StepTokens& tokens() const { return m_tokens; }
    TokenView* chosen() const { return m_sides[0].view; }
    TokenView* rejected() const { return m_sides[1].view; }
    QString headline() const;
    QString emptyTitle() const;         ///< "" while rows are shown
    void setLayer(const QString& name); ///< one of step_layers
    QString layer() const { return m_layer; }

    QString tokenFacts() const; ///< all values of the token at the cursor, "" without one

Q_SIGNALS:
    void trajectoryRequested(qint64 id); ///< a completion was opened

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    /// One completion: its line of facts and its text.
    struct Side {
        QWidget* box = nullptr;
        QLabel *badge = nullptr, *title = nullptr, *facts = nullptr;
        QToolButton *fold = nullptr, *open = nullptr;
        TokenView* view = nullptr;
        std::optional<bool> unfolded; ///< as the user has it
    };
    void buildHead();
    Side buildSide(const QString& name);
    void load();
    void loadRow();
    void take(StepView view);
    void showTokens();
    void setUnfolded(const Side& side, bool unfolded);
    void giveRoom();
    void showSide(const Side& side, const StepCompletion& completion, const QString& name);
    void showTokenFacts(const TokenView& view, int token);
    void updateLayers();
    void updateEmpty();
    void go(int direction);
    void goKept();

    Session& m_session;
    RunBoard& m_board;
    QWidget* m_head;
    QLabel *m_title, *m_facts, *m_scale, *m_noTokens, *m_tokenFacts;
    QToolButton *m_previous, *m_next, *m_nearest;
    QComboBox* m_layers;
    QStackedWidget *m_stack, *m_tokenStack;
    EmptyState* m_empty;
    QSplitter* m_split;
    QTableView* m_table;
    StepRowModel* m_model;
    Side m_sides[2];
    StepView m_step;
    StepTokens m_tokens;
    QString m_layer;
    quint64 m_token = 0, m_rowToken = 0;
    bool m_reading = false, m_filling = false, m_splitByUser = false;
};

} // namespace crux::ui
