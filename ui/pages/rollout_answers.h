// Lower part of the Rollouts dock: the rollouts at the cursor's position, grouped by their answers.
#pragma once

#include "ui/model/rollout_answers_model.h"
#include "ui/model/trajectory_snapshot.h"

#include <QWidget>

class QLabel;
class QStackedWidget;
class QTreeView;

namespace crux::ui {

class EmptyState;
class Session;

/// Reads Session (snapshot, cursor) and the store. Owner: RolloutsDock. GUI thread.
class RolloutAnswers : public QWidget {
    Q_OBJECT
public:
    explicit RolloutAnswers(Session& session, QWidget* parent = nullptr);

    RolloutAnswersModel& model() { return *m_model; }
    QTreeView* tree() { return m_tree; }
    /// What the heads say, for tests and screen readers.
    QString words() const;
    /// Asks the store again: the cursor moved, or rollouts came.
    void refresh();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void take(Result<std::vector<store::RolloutAnswer>> answers, int position);
    void updateHead(int position);

    Session& m_session;
    RolloutAnswersModel* m_model;
    QLabel *m_title, *m_count, *m_origin;
    QStackedWidget* m_stack;
    QTreeView* m_tree;
    EmptyState* m_empty;
    quint64 m_request = 0;
    std::tuple<std::int64_t, std::int64_t, int, std::int32_t> m_shown{}; ///< what is listed
};

} // namespace crux::ui
