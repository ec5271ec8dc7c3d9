// The Next-token view of the Branches dock: an icicle of what may follow at the cursor, read from
// stored alternatives, branches and rollouts; deeper levels are asked of the model in memory.
#pragma once

#include "ui/widgets/icicle.h"

class QLabel;
class QSpinBox;
class QStackedWidget;
class QToolButton;

namespace crux::ui {

class EmptyState;
class Session;

/// Owner: the Branches dock. GUI thread. Reads only while it is shown.
class NextTokenPane : public QWidget {
    Q_OBJECT
public:
    NextTokenPane(Session& session, ForceService& force, QWidget* parent = nullptr);

    Icicle& icicle() { return *m_icicle; }
    void setDepth(int levels);
    int depth() const;
    QString emptyTitle() const;

Q_SIGNALS:
    void forceRequested(int position, const std::vector<std::int32_t>& ids);
    void pathRequested(crux::TrajectoryId path); ///< a branch that holds the block
    void depthChanged(int levels);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void follow();
    void read();
    void take(NextTokenTree tree);
    void askDeeper(const std::vector<int>& way);
    void updateHead();
    void menu(const std::vector<int>& way, const QPoint& global);

    Session& m_session;
    ForceService& m_force;
    Icicle* m_icicle;
    QLabel* m_way;
    QSpinBox* m_levels;
    QToolButton* m_out;
    QStackedWidget* m_stack;
    EmptyState* m_empty;
    QString m_state; ///< what the worker is asked, or its fault
    quint64 m_token = 0;
    bool m_stale = true, m_computed = false;
};

} // namespace crux::ui
