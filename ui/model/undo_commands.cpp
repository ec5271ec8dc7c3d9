#include "ui/model/undo_commands.h"

#include "core/store/repositories.h"
#include "ui/model/session.h"

#include <QCoreApplication>
#include <QUndoStack>

#include <algorithm>

namespace crux::ui {

namespace {

QString words(const char* text) {
    return QCoreApplication::translate("Undo", text);
}

} // namespace

/// Shared with the writer thread, which runs the commands of one stack in order: no lock needed.
struct LabelCommand::State {
    TrajectoryId trajectory;
    int position = -1;
    std::string kind;
    std::vector<store::LabelRecord> before;
    LabelId made;
};

LabelCommand::LabelCommand(Session& session, TrajectoryId trajectory, int position,
                           const QString& kind, std::vector<store::LabelRecord> before)
    : QUndoCommand(words(kind.isEmpty() ? QT_TRANSLATE_NOOP("Undo", "remove label")
                                        : QT_TRANSLATE_NOOP("Undo", "label")))
    , m_session(session)
    , m_state(std::make_shared<State>()) {
    m_state->trajectory = trajectory;
    m_state->position = position;
    m_state->kind = kind.toStdString();
    m_state->before = std::move(before);
}

void LabelCommand::redo() {
    m_session.write(nullptr, [state = m_state](const store::Project& project) {
        return project.write([&]() -> Status {
            for (const auto& label : state->before)
                CRUX_TRY_VOID(store::removeLabel(project, label.id));
            state->made = {};
            if (state->kind.empty())
                return {};
            store::LabelRecord label;
            label.trajectoryId = state->trajectory;
            label.position = state->position;
            label.kind = state->kind;
            CRUX_TRY(id, store::addLabel(project, label));
            state->made = id;
            return {};
        });
    });
}

void LabelCommand::undo() {
    m_session.write(nullptr, [state = m_state](const store::Project& project) {
        return project.write([&]() -> Status {
            if (state->made)
                CRUX_TRY_VOID(store::removeLabel(project, state->made));
            for (auto& label : state->before) {
                store::LabelRecord again = label;
                again.id = {};
                CRUX_TRY(id, store::addLabel(project, again));
                label.id = id;
            }
            return {};
        });
    });
}

NoteCommand::NoteCommand(Session& session, const store::NoteRecord& before, const QString& text)
    : QUndoCommand(words(text.isEmpty() ? QT_TRANSLATE_NOOP("Undo", "remove note")
                                        : QT_TRANSLATE_NOOP("Undo", "note")))
    , m_session(session)
    , m_before(before.text)
    , m_after(text.toStdString())
    , m_note(std::make_shared<store::NoteRecord>(before)) {}

void NoteCommand::apply(const std::string& text) {
    m_session.write(nullptr, [note = m_note, text](const store::Project& project) -> Status {
        if (text.empty()) {
            if (note->id)
                CRUX_TRY_VOID(store::removeNote(project, note->id));
            note->id = {};
            return {};
        }
        store::NoteRecord row = *note;
        row.text = text;
        CRUX_TRY(id, store::saveNote(project, row));
        note->id = id;
        return {};
    });
}

void NoteCommand::redo() {
    apply(m_after);
}
void NoteCommand::undo() {
    apply(m_before);
}

MarkCommand::MarkCommand(Session& session, const store::MarkRecord& existing)
    : m_session(session)
    , m_adds(!existing.id)
    , m_mark(std::make_shared<store::MarkRecord>(existing)) {
    setText(words(existing.position >= 0 ? QT_TRANSLATE_NOOP("Undo", "bookmark")
                                         : QT_TRANSLATE_NOOP("Undo", "mark")));
}

void MarkCommand::apply(bool marked) {
    m_session.write(nullptr, [mark = m_mark, marked](const store::Project& project) -> Status {
        if (!marked) {
            if (mark->id)
                CRUX_TRY_VOID(store::removeMark(project, mark->id));
            mark->id = {};
            return {};
        }
        CRUX_TRY(id, store::addMark(project, *mark));
        mark->id = id;
        return {};
    });
}

void MarkCommand::redo() {
    apply(m_adds);
}
void MarkCommand::undo() {
    apply(!m_adds);
}

namespace {

void setDeleted(Session& session, const std::vector<BranchId>& branches, bool deleted) {
    session.write(nullptr, [branches, deleted](const store::Project& project) {
        return project.write([&]() -> Status {
            for (const BranchId id : branches)
                CRUX_TRY_VOID(store::setBranchDeleted(project, id, deleted));
            return {};
        });
    });
}

} // namespace

BranchTrashCommand::BranchTrashCommand(Session& session, std::vector<BranchId> branches,
                                       const QString& text)
    : QUndoCommand(text)
    , m_session(session)
    , m_branches(std::move(branches)) {}

void BranchTrashCommand::redo() {
    setDeleted(m_session, m_branches, true);
}
void BranchTrashCommand::undo() {
    setDeleted(m_session, m_branches, false);
}

BranchesCreatedCommand::BranchesCreatedCommand(Session& session, TrajectoryId root,
                                               std::vector<BranchId> branches)
    : QUndoCommand(words(QT_TRANSLATE_NOOP("Undo", "new branch")))
    , m_session(session)
    , m_root(root)
    , m_branches(std::move(branches)) {}

void BranchesCreatedCommand::redo() {
    if (!std::exchange(m_fresh, false))
        setDeleted(m_session, m_branches, false);
}

void BranchesCreatedCommand::undo() {
    const SnapshotPtr pane = m_session.branchPane();
    const SnapshotPtr current = m_session.current();
    if (pane && current && current->record.rootId == m_root)
        for (const auto& branch : current->branches)
            if (branch.childId == pane->record.id &&
                std::find(m_branches.begin(), m_branches.end(), branch.id) != m_branches.end())
                m_session.openBranchPane(TrajectoryId{});
    setDeleted(m_session, m_branches, true);
}

MainPathCommand::MainPathCommand(Session& session, TrajectoryId root, TrajectoryId before,
                                 TrajectoryId after)
    : QUndoCommand(words(QT_TRANSLATE_NOOP("Undo", "main path")))
    , m_session(session)
    , m_root(root)
    , m_before(before)
    , m_after(after) {}

void MainPathCommand::apply(TrajectoryId path) {
    const TrajectoryId root = m_root;
    m_session.write(nullptr, [root, path](const store::Project& project) {
        return store::setMainPath(project, root, path == root ? TrajectoryId{} : path);
    });
}

void MainPathCommand::redo() {
    apply(m_after);
}
void MainPathCommand::undo() {
    apply(m_before);
}

DiffCommand::DiffCommand(Session& session, TrajectoryId upper, TrajectoryId lower)
    : QUndoCommand(words(QT_TRANSLATE_NOOP("Undo", "comparison of branches")))
    , m_session(session)
    , m_upper(upper)
    , m_lower(lower) {}

void DiffCommand::redo() {
    m_session.openDiff(m_upper, m_lower);
}
void DiffCommand::undo() {
    m_session.closeDiff();
}

namespace {

/// Positions count tokens: where there are none yet, what is said of one is said of the trajectory.
int placeOf(Session& session, const TrajectorySnapshot& shown, int position) {
    if (position < 0 || !shown.record.ids.empty())
        return position;
    Notice notice;
    notice.title = words(QT_TRANSLATE_NOOP("Undo", "It was put on the trajectory as a whole."));
    notice.text = words(QT_TRANSLATE_NOOP(
        "Undo", "This trajectory is not tokenised yet, so its words have no positions. Scoring "
                "it does that."));
    session.post(notice);
    return -1;
}

} // namespace

void toggleLabel(Session& session, int position, const QString& kind) {
    const SnapshotPtr current = session.current();
    if (!current || session.readOnly())
        return;
    position = placeOf(session, *current, position);
    std::vector<store::LabelRecord> before;
    bool same = false;
    for (const auto& label : current->labels)
        if (label.position == position) {
            before.push_back(label);
            same = same || label.kind == kind.toStdString();
        }
    session.undoStack().push(new LabelCommand(session, current->record.id, position,
                                              same ? QString() : kind, std::move(before)));
}

void toggleMark(Session& session, int position) {
    const SnapshotPtr current = session.current();
    if (!current || session.readOnly())
        return;
    position = placeOf(session, *current, position);
    store::MarkRecord mark;
    mark.trajectoryId = current->record.id;
    mark.position = position;
    for (const auto& existing : current->marks)
        if (existing.position == position)
            mark = existing;
    session.undoStack().push(new MarkCommand(session, mark));
}

void toggleTrajectoryMark(Session& session, TrajectoryId trajectory) {
    if (session.readOnly())
        return;
    session.read<std::vector<store::MarkRecord>>(
        &session,
        [trajectory](const store::Project& project) { return store::marks(project, trajectory); },
        [&session, trajectory](const Result<std::vector<store::MarkRecord>>& marks) {
            store::MarkRecord mark;
            mark.trajectoryId = trajectory;
            if (marks)
                for (const auto& existing : *marks)
                    if (existing.position < 0)
                        mark = existing;
            session.undoStack().push(new MarkCommand(session, mark));
        });
}

void removeLabel(Session& session, const store::LabelRecord& label) {
    if (!session.readOnly() && label.id)
        session.undoStack().push(
            new LabelCommand(session, label.trajectoryId, label.position, QString(), {label}));
}

void removeMark(Session& session, const store::MarkRecord& mark) {
    if (!session.readOnly() && mark.id)
        session.undoStack().push(new MarkCommand(session, mark));
}

void saveNoteAt(Session& session, int position, const QString& text) {
    const SnapshotPtr current = session.current();
    if (!current || session.readOnly())
        return;
    position = placeOf(session, *current, position);
    store::NoteRecord note;
    note.trajectoryId = current->record.id;
    note.position = position;
    for (const auto& existing : current->notes)
        if (existing.position == position)
            note = existing;
    editNote(session, note, text);
}

void editNote(Session& session, const store::NoteRecord& note, const QString& text) {
    if (session.readOnly() || note.text == text.toStdString())
        return;
    session.undoStack().push(new NoteCommand(session, note, text));
}

void trashBranches(Session& session, std::vector<BranchId> branches) {
    if (session.readOnly() || branches.empty())
        return;
    session.undoStack().push(new BranchTrashCommand(
        session, std::move(branches), words(QT_TRANSLATE_NOOP("Undo", "move branch to trash"))));
}

void makeMainPath(Session& session, TrajectoryId root, TrajectoryId path) {
    const SnapshotPtr current = session.current();
    if (!current || session.readOnly())
        return;
    TrajectoryId before = root;
    for (const auto& branch : current->branches)
        if (branch.rootId == root && branch.mainPath)
            before = branch.childId;
    if (before != path)
        session.undoStack().push(new MainPathCommand(session, root, before, path));
}

void compareBranches(Session& session, TrajectoryId upper, TrajectoryId lower) {
    session.undoStack().push(new DiffCommand(session, upper, lower));
}

void closeComparison(Session& session) {
    QUndoStack& stack = session.undoStack();
    const QUndoCommand* last = stack.index() > 0 ? stack.command(stack.index() - 1) : nullptr;
    if (dynamic_cast<const DiffCommand*>(last))
        stack.undo();
    else
        session.closeDiff();
}

} // namespace crux::ui
