// The filter of the Trajectories dock: a field with a live check, one chip a term, undo, reset.
#pragma once

#include <QHash>
#include <QStringList>
#include <QWidget>

class QCompleter;
class QLabel;
class QLineEdit;
class QToolButton;
class QHBoxLayout;
class QStandardItemModel;

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
    void toggleTerm(const QString& term); ///< adds it, or takes it away where it is there
    /// Values of a field for completion: the answer to valuesWanted().
    void setValues(const QString& field, const QStringList& values);
    void forgetValues(); ///< the project's rows changed
    /// Texts that would be put in at the cursor now, for tests.
    QStringList suggestions() const;
    void complete(bool asked = false); ///< `asked`: by Ctrl+Space
    void undoLast();
    void reset();
    bool canUndo() const { return !m_history.isEmpty(); }
    QString fault() const; ///< what stands under the field, "" when it is sound
    QLineEdit* field() const { return m_field; }

Q_SIGNALS:
    void expressionChanged(const QString& expression);
    void valuesWanted(const QString& field);
    void saveSliceRequested();
    void columnsRequested(const QPoint& global);
    void exportRequested();

private:
    bool check(const QString& text);
    void showState(bool sound, const QString& text);
    void insertSuggestion(int row);
    void apply(const QString& expression, bool remember);
    void rebuildChips();

    QLineEdit* m_field;
    QCompleter* m_completer;
    QStandardItemModel* m_suggestions;
    QHash<QString, QStringList> m_values; ///< by field
    QWidget* m_faultRow;
    QLabel* m_sign;
    QLabel* m_fault;
    bool m_sound = true;
    QWidget* m_chips;
    QHBoxLayout* m_chipRow;
    QToolButton* m_undo;
    QToolButton* m_reset;
    QToolButton* m_slice;
    QString m_expression;
    QStringList m_history;
};

} // namespace crux::ui
