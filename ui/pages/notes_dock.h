// The Notes dock: notes, labels, bookmarks and marks as links, and a field for the note at the
// cursor.
#pragma once

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;
class QTableView;

namespace crux::ui {

class EmptyState;
class NotesFilter;
class NotesModel;
class RowFilterField;
class Session;

/// Owner: MainWindow's dock. GUI thread. Edits go through the undo stack.
class NotesDock : public QWidget {
    Q_OBJECT
public:
    explicit NotesDock(Session& session, QWidget* parent = nullptr);
    NotesModel& model() { return *m_model; }
    QTableView* table() const { return m_table; }
    RowFilterField& filter() { return *m_field; }
    /// Puts the cursor into the note of the token at `position` (-1: of the trajectory).
    void editNoteAt(int position);

private:
    void openRow(const QModelIndex& at);
    void removeRow(const QModelIndex& at);
    void showNote();
    void save();
    void updateEmpty();

    Session& m_session;
    NotesModel* m_model;
    NotesFilter* m_filter;
    RowFilterField* m_field;
    QStackedWidget* m_stack;
    QTableView* m_table;
    EmptyState* m_empty;
    QLabel* m_place;
    QPlainTextEdit* m_text;
    QPushButton* m_save;
    int m_position = -1;
};

} // namespace crux::ui
