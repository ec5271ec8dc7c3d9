#include "ui/pages/notes_dock.h"

#include "ui/model/notes_model.h"
#include "ui/model/session.h"
#include "ui/model/snapshot_loader.h"
#include "ui/model/text_format.h"
#include "ui/model/undo_commands.h"
#include "ui/pages/row_filter_field.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/row_table.h"
#include "ui/widgets/theme.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace crux::ui {

NotesDock::NotesDock(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_model(new NotesModel(session, this))
    , m_filter(new NotesFilter(*m_model, this))
    , m_field(new RowFilterField(NotesModel::filterFields(), tr("kind=label and label=agree …"),
                                 tr("Filter of the notes"), this))
    , m_stack(new QStackedWidget(this))
    , m_table(new QTableView(m_stack))
    , m_empty(new EmptyState(m_stack))
    , m_place(makeLabel(LabelKind::Second, this))
    , m_text(new QPlainTextEdit(this))
    , m_save(new QPushButton(tr("Save note"), this)) {
    m_table->setModel(m_filter);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(NotesModel::Trajectory, Qt::AscendingOrder);
    showRows(*m_table);
    m_table->setAccessibleName(tr("Notes, bookmarks and marks"));
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->setColumnWidth(NotesModel::Kind, 80);
    m_table->setColumnWidth(NotesModel::Trajectory, 76);
    m_table->setColumnWidth(NotesModel::Position, 60);
    m_table->setColumnWidth(NotesModel::Token, 84);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    m_text->setFixedHeight(72);
    m_text->setAccessibleName(tr("Note at the cursor"));
    m_text->setTabChangesFocus(true);

    auto* form = new QVBoxLayout;
    form->setContentsMargins(8, 6, 8, 8);
    form->setSpacing(4);
    auto* line = new QHBoxLayout;
    line->addWidget(m_place, 1);
    line->addWidget(m_save);
    form->addLayout(line);
    form->addWidget(m_text);
    auto* filter = new QHBoxLayout;
    filter->setContentsMargins(4, 4, 4, 4);
    filter->addWidget(m_field);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(filter);
    column->addWidget(m_stack, 1);
    column->addWidget(makeRule(this));
    column->addLayout(form);

    auto* remove = new QAction(tr("Remove"), m_table);
    remove->setShortcut(Qt::Key_Delete);
    remove->setShortcutContext(Qt::WidgetShortcut);
    m_table->addAction(remove);
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(remove, &QAction::triggered, this, [this] { removeRow(m_table->currentIndex()); });
    connect(m_table, &QTableView::activated, this, &NotesDock::openRow);
    connect(m_table, &QTableView::clicked, this, &NotesDock::openRow);
    connect(m_save, &QPushButton::clicked, this, &NotesDock::save);
    connect(m_empty, &EmptyState::triggered, this, [this] {
        if (m_model->rowCount() > 0)
            m_field->field()->clear();
        else
            m_text->setFocus();
    });
    connect(m_model, &QAbstractItemModel::modelReset, this, &NotesDock::updateEmpty);
    connect(m_field, &RowFilterField::changed, this, [this](const store::RowFilter& rows) {
        m_filter->setFilter(rows);
        updateEmpty();
    });
    connect(&session, &Session::currentChanged, this, &NotesDock::showNote);
    connect(&session, &Session::currentChanged, this, &NotesDock::updateEmpty);
    connect(&session, &Session::cursorChanged, this, [this] {
        if (!m_text->document()->isModified())
            showNote();
    });
    updateEmpty();
    showNote();
}

void NotesDock::updateEmpty() {
    const bool shown = m_filter->rowCount() > 0;
    const bool hidden = !shown && m_model->rowCount() > 0;
    m_stack->setCurrentWidget(shown ? static_cast<QWidget*>(m_table) : m_empty);
    if (hidden) {
        m_empty->setTexts(
            tr("Nothing fits this filter"),
            tr("%n note(s), labels and marks are in the project.", nullptr, m_model->rowCount()));
        m_empty->setAction(tr("Reset the filter"), QStringLiteral("edit-clear-all"));
        m_empty->setReason({});
        return;
    }
    m_empty->setTexts(tr("No notes"),
                      tr("Notes (C), labels (A, X, E) and bookmarks (B) of tokens are listed "
                         "here."));
    m_empty->setAction(tr("Write a note"), QStringLiteral("edit-comment"));
    m_empty->setReason(m_session.current() ? QString() : tr("No trajectory is open."));
}

void NotesDock::editNoteAt(int position) {
    m_position = position;
    m_text->document()->setModified(false);
    showNote();
    m_text->setFocus(Qt::ShortcutFocusReason);
}

void NotesDock::showNote() {
    const auto current = m_session.current();
    m_save->setEnabled(current && !m_session.readOnly());
    m_text->setEnabled(current != nullptr);
    m_position = current ? m_session.cursor() : -1;
    QString text;
    if (current)
        for (const auto& note : current->notes)
            if (note.position == m_position)
                text = QString::fromStdString(note.text);
    if (!current)
        m_place->clear();
    else
        m_place->setText(tr("Trajectory %1, position %2")
                             .arg(text_format::integer(current->record.id.value))
                             .arg(responsePosition(current->record, m_position)));
    if (m_text->toPlainText() != text)
        m_text->setPlainText(text);
    m_text->document()->setModified(false);
}

void NotesDock::save() {
    saveNoteAt(m_session, m_position, m_text->toPlainText().trimmed());
    m_text->document()->setModified(false);
}

void NotesDock::openRow(const QModelIndex& at) {
    const NotesModel::Row* entry = m_model->row(m_filter->mapToSource(at).row());
    if (!entry)
        return;
    const auto current = m_session.current();
    const int position = entry->position;
    if (current && current->record.id == entry->trajectory) {
        if (position >= 0)
            m_session.setCursor(position);
        return;
    }
    if (position >= 0)
        connect(
            &m_session, &Session::currentChanged, this,
            [this, position] { m_session.setCursor(position); },
            static_cast<Qt::ConnectionType>(Qt::QueuedConnection | Qt::SingleShotConnection));
    m_session.openTrajectory(entry->trajectory);
}

void NotesDock::removeRow(const QModelIndex& at) {
    const NotesModel::Row* entry = m_model->row(m_filter->mapToSource(at).row());
    if (!entry)
        return;
    switch (entry->what) {
    case NotesModel::What::Note:
        return editNote(m_session, entry->note, QString());
    case NotesModel::What::Mark:
    case NotesModel::What::Bookmark:
        return removeMark(m_session, entry->mark);
    case NotesModel::What::Label:
        return removeLabel(m_session, entry->label);
    }
}

} // namespace crux::ui
