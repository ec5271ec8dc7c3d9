// The Corpus dock (UX.md 3.1): which tokens are critical over all trajectories, where they stand,
// at which s_t, and how candidates agree with rollouts. Every bar and row adds a term to the filter
// or takes it away again.
#pragma once

#include "ui/pages/corpus_tables.h"

#include <QWidget>

class QComboBox;
class QLabel;
class QSplitter;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace crux::ui {

class BarChart;
class CorpusModel;
class EmptyState;
class Session;

/// Owner: MainWindow's dock. GUI thread.
class CorpusDock : public QWidget {
    Q_OBJECT
public:
    explicit CorpusDock(Session& session, QWidget* parent = nullptr);

    CorpusModel& model() { return *m_model; }
    void setFilter(const QString& expression); ///< of the Trajectories dock
    QTableView* tokenTable() const { return m_tokens; }
    QTableView* agreementTable() const { return m_agreement; }
    QTableView* barTable() const { return m_bars; }
    BarChart* chart(store::CorpusBar what) const;
    QString emptyTitle() const; ///< "" while there are numbers
    QString headline() const;   ///< "1 204 candidates in 1 100 of 2 300 trajectories"

Q_SIGNALS:
    void termToggled(const QString& term);
    void scoreRequested();
    void searchRequested();
    void undoFilterRequested();

protected:
    void resizeEvent(QResizeEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    QWidget* buildStrip();
    QWidget* buildNumbers();
    QWidget* buildAgreement();
    void choose();      ///< the combos' choices go to the model
    void showChoices(); ///< and back
    void showNumbers();
    void markChosen();
    void updateEmpty();
    void updateStatus();
    QString tokensWord() const;

    Session& m_session;
    CorpusModel* m_model;
    CorpusTokenModel* m_tokenModel;
    CorpusBarsModel* m_barModel;
    AgreementModel* m_agreementModel;
    QComboBox *m_of, *m_method, *m_dataset, *m_source, *m_scoreSet, *m_truth;
    QToolButton *m_follow, *m_asTable, *m_cancel;
    QLabel *m_status, *m_agreementNote;
    QSplitter* m_split; ///< numbers and agreement
    QStackedWidget *m_stack, *m_histograms, *m_agreementStack;
    QTableView *m_tokens, *m_bars, *m_agreement;
    BarChart *m_relative, *m_scores, *m_steps;
    EmptyState* m_empty;
    QString m_filter;
    bool m_filling = false;
};

} // namespace crux::ui
