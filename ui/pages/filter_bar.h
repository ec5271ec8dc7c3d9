// The filter of the Trajectories dock: a field with a live check, one chip a term, undo, reset.
#pragma once

#include <QStringList>
#include <QWidget>

class QLabel;
class QLineEdit;
class QToolButton;
class QHBoxLayout;

namespace crux::ui {

/// Owner: the Trajectories dock. GUI thread. A broken expression is never applied; its fault stands
/// under the field with a sign.
class FilterBar : public QWidget {
    Q_OBJECT
public:
    explicit FilterBar(QWidget* parent = nullptr);

    QString expression() const { return m_expression; } ///< the one in use
    void setExpression(const QString& expression);      ///< applies it if it is sound
    void restore(const QString& expression); ///< of a project just opened; forgets what was before
    void addTerm(const QString& term);
    void undoLast();
    void reset();
    bool canUndo() const { return !m_history.isEmpty(); }
    QString fault() const; ///< what stands under the field, "" when it is sound
    QLineEdit* field() const { return m_field; }

Q_SIGNALS:
    void expressionChanged(const QString& expression);
    void saveSliceRequested();
    void columnsRequested(const QPoint& global);
    void exportRequested();

private:
    bool check(const QString& text);
    void apply(const QString& expression, bool remember);
    void rebuildChips();

    QLineEdit* m_field;
    QWidget* m_faultRow;
    QLabel* m_fault;
    QWidget* m_chips;
    QHBoxLayout* m_chipRow;
    QToolButton* m_undo;
    QToolButton* m_reset;
    QToolButton* m_slice;
    QString m_expression;
    QStringList m_history;
};

} // namespace crux::ui
