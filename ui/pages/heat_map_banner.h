// The banner above a heat map that shows less than it could: stored tokens that disagree with a
// tokenizer (UX.md 3.12), or no scores yet (3.11). What is so, what still works, and the one
// action.
#pragma once

#include "ui/model/session.h"

#include <QWidget>

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

Q_SIGNALS:
    void retokeniseRequested();
    void scoreRequested();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void offerScoring();
    void offerTokens(const TrajectorySnapshot& snapshot);

    Session& m_session;
    QLabel *m_sign, *m_text;
    QPushButton* m_button;
    bool m_warns = false; ///< else it informs
};

} // namespace crux::ui
