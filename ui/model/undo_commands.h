// What Ctrl+Z takes back: labels, notes, marks, branches, comparisons. Each command is pushed on
// Session::undoStack() by the functions at the end; it writes through the writer thread, and the
// views follow the data. Owner: the stack. Thread: GUI. A refused write becomes a notice.
#pragma once

#include "core/store/records.h"

#include <QString>
#include <QUndoCommand>

#include <memory>
#include <vector>

namespace crux::ui {

class Session;

/// Replaces the rows of one kind at one place by others. What stood there comes back with undo.
class LabelCommand : public QUndoCommand {
public:
    /// `kind` empty removes; `before`: the labels at this place now.
    LabelCommand(Session& session, TrajectoryId trajectory, int position, const QString& kind,
                 std::vector<store::LabelRecord> before);
    void undo() override;
    void redo() override;

private:
    struct State;
    Session& m_session;
    std::shared_ptr<State> m_state;
};

class NoteCommand : public QUndoCommand {
public:
    /// `before.id` none: a new note. `text` empty removes it.
    NoteCommand(Session& session, const store::NoteRecord& before, const QString& text);
    void undo() override;
    void redo() override;

private:
    void apply(const std::string& text);
    Session& m_session;
    std::string m_before, m_after;
    std::shared_ptr<store::NoteRecord> m_note; ///< its id as the writer thread last knew it
};

class MarkCommand : public QUndoCommand {
public:
    /// `existing.id` set: removes that mark, else adds one at its place.
    MarkCommand(Session& session, const store::MarkRecord& existing);
    void undo() override;
    void redo() override;

private:
    void apply(bool marked);
    Session& m_session;
    bool m_adds;
    std::shared_ptr<store::MarkRecord> m_mark;
};

/// Soft delete of branches, taken back by undo.
class BranchTrashCommand : public QUndoCommand {
public:
    BranchTrashCommand(Session& session, std::vector<BranchId> branches, const QString& text);
    void undo() override;
    void redo() override;

private:
    Session& m_session;
    std::vector<BranchId> m_branches;
};

/// Pushed after branches were written: undo puts them into the trash, the first redo does nothing.
class BranchesCreatedCommand : public QUndoCommand {
public:
    BranchesCreatedCommand(Session& session, TrajectoryId root, std::vector<BranchId> branches);
    void undo() override;
    void redo() override;

private:
    Session& m_session;
    TrajectoryId m_root;
    std::vector<BranchId> m_branches;
    bool m_fresh = true;
};

class MainPathCommand : public QUndoCommand {
public:
    MainPathCommand(Session& session, TrajectoryId root, TrajectoryId before, TrajectoryId after);
    void undo() override;
    void redo() override;

private:
    void apply(TrajectoryId path);
    Session& m_session;
    TrajectoryId m_root, m_before, m_after;
};

/// Two paths side by side; undo returns to what was shown before.
class DiffCommand : public QUndoCommand {
public:
    DiffCommand(Session& session, TrajectoryId upper, TrajectoryId lower);
    void undo() override;
    void redo() override;

private:
    Session& m_session;
    TrajectoryId m_upper, m_lower;
};

// --- what views call; each works on Session::current()

/// Sets the human verdict at `position` (-1: the trajectory): agree | reject | elsewhere | own
/// text. The same kind again removes it.
void toggleLabel(Session& session, int position, const QString& kind);
/// Bookmark of a token, or mark of the trajectory (-1).
void toggleMark(Session& session, int position);
/// Mark of any trajectory of the table.
void toggleTrajectoryMark(Session& session, TrajectoryId trajectory);
/// Removes rows of any trajectory, as the Notes dock lists them.
void removeLabel(Session& session, const store::LabelRecord& label);
void removeMark(Session& session, const store::MarkRecord& mark);
void saveNoteAt(Session& session, int position, const QString& text);
void editNote(Session& session, const store::NoteRecord& note, const QString& text);
void trashBranches(Session& session, std::vector<BranchId> branches);
void makeMainPath(Session& session, TrajectoryId root, TrajectoryId path);
void compareBranches(Session& session, TrajectoryId upper, TrajectoryId lower);
/// Takes the comparison back where it was the last thing done (so that redo shows it again).
void closeComparison(Session& session);

} // namespace crux::ui
