// The banner above a heat map that shows less than it could: stored tokens that disagree with a
// tokenizer (UX.md 3.12), no scores yet (3.11), or a verdict that waits for the user: several
// answers stand there. What is so, what still works, and what can be done.
#pragma once

#include "ui/model/session.h"

#include <QWidget>

#include <vector>

class QLabel;
class QPushButton;

namespace crux::ui {

/// Hidden while there is nothing to say. Owner: HeatMapView. GUI thread.
class HeatMapBanner : public QWidget {
    Q_OBJECT
public:
    HeatMapBanner(Session& session, QWidget* parent);
    /// For the trajectory the session shows.
    void refresh();
    QString text() const; ///< "" while hidden
    QPushButton* button() const { return m_button; }
    /// One a possible answer; empty unless the extraction is ambiguous.
    const std::vector<QPushButton*>& answerButtons() const { return m_answers; }

Q_SIGNALS:
    void retokeniseRequested();
    void scoreRequested();
    void answerRequested(int first, int last); ///< these tokens are the answer

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void offerScoring();
    void offerTokens(const TrajectorySnapshot& snapshot);
    void offerAnswers(const TrajectorySnapshot& snapshot);
    void dropAnswers();

    Session& m_session;
    QLabel *m_sign, *m_text;
    QPushButton* m_button;
    std::vector<QPushButton*> m_answers;
    bool m_warns = false; ///< else it informs
};

} // namespace crux::ui
