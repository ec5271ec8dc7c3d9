// The dock of first steps: a short list that ticks itself from what the open project holds.
#pragma once

#include "ui/pages/project_summary.h"

#include <QWidget>

#include <array>

class QLabel;
class QProgressBar;
class QPushButton;

namespace crux::ui {

class Session;

/// Owner: MainWindow's dock. GUI thread. Reads ProjectSummary after every change of the project.
class FirstSteps : public QWidget {
    Q_OBJECT
public:
    enum Step { Import, LoadModels, Score, Inspect, Branch, StepCount };

    explicit FirstSteps(Session& session, QWidget* parent = nullptr);

    /// Steps done according to these facts.
    static std::array<bool, StepCount> stepsDone(const ProjectSummary& facts);
    void setFacts(const ProjectSummary& facts, const QString& projectName);
    int doneCount() const;
    /// The first step not done, StepCount when all are.
    int nextStep() const;

    /// The user hid the list (kept in the user's settings).
    static bool dismissed();

Q_SIGNALS:
    void stepRequested(int step); ///< its button was pressed
    void hideRequested();

private:
    struct Row {
        QLabel* sign;
        QLabel* title;
        QLabel* text;
        QPushButton* button;
    };
    QWidget* buildRow(int step);
    void refresh();
    void show();
    void noteCursor();

    Session& m_session;
    QLabel* m_head;
    QLabel* m_project;
    QProgressBar* m_progress;
    std::array<Row, StepCount> m_rows{};
    std::array<bool, StepCount> m_done{};
    bool m_inspected = false;
};

} // namespace crux::ui
