#include "ui/model/notes_model.h"

#include "core/store/repositories.h"
#include "ui/model/session.h"
#include "ui/model/text_format.h"

#include <algorithm>
#include <map>

namespace crux::ui {

namespace {

using Rows = std::vector<NotesModel::Row>;

Result<Rows> readRows(const store::Project& project, TrajectoryId current) {
    Rows rows;
    CRUX_TRY(notes, store::notes(project, TrajectoryId{}));
    CRUX_TRY(marks, store::marks(project, TrajectoryId{}));
    for (auto& note : notes) {
        NotesModel::Row row;
        row.what = NotesModel::What::Note;
        row.trajectory = note.trajectoryId;
        row.position = note.position;
        row.text = QString::fromStdString(note.text);
        row.createdMs = note.createdMs;
        row.note = std::move(note);
        rows.push_back(std::move(row));
    }
    for (const auto& mark : marks) {
        NotesModel::Row row;
        row.what = mark.position >= 0 ? NotesModel::What::Bookmark : NotesModel::What::Mark;
        row.trajectory = mark.trajectoryId;
        row.position = mark.position;
        row.createdMs = mark.createdMs;
        rows.push_back(std::move(row));
    }
    if (current) {
        CRUX_TRY(labels, store::labelsOf(project, current));
        for (const auto& label : labels) {
            NotesModel::Row row;
            row.what = NotesModel::What::Label;
            row.trajectory = label.trajectoryId;
            row.position = label.position;
            row.text = QString::fromStdString(label.kind);
            row.createdMs = label.createdMs;
            rows.push_back(std::move(row));
        }
    }
    // The question's first words say more than a number; the prompt's length makes positions count.
    std::map<std::int64_t, store::TrajectoryRecord> records;
    for (auto& row : rows) {
        auto found = records.find(row.trajectory.value);
        if (found == records.end()) {
            auto record = store::trajectory(project, row.trajectory);
            if (!record)
                continue;
            found = records.emplace(row.trajectory.value, std::move(*record)).first;
        }
        row.promptTokens = found->second.promptTokens;
        if (row.what == NotesModel::What::Mark)
            if (const auto question = store::question(project, found->second.questionId);
                question.ok())
                row.text = QString::fromStdString(question->text).left(160).simplified();
    }
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return std::tuple(a.trajectory.value, a.position) <
               std::tuple(b.trajectory.value, b.position);
    });
    return rows;
}

} // namespace

NotesModel::NotesModel(Session& session, QObject* parent)
    : QAbstractTableModel(parent)
    , m_session(session) {
    connect(&session, &Session::projectOpened, this, &NotesModel::reload);
    connect(&session, &Session::dataChanged, this, &NotesModel::reload);
    connect(&session, &Session::currentChanged, this, &NotesModel::reload);
    connect(&session, &Session::projectClosed, this, [this] { setRows({}); });
    reload();
}

void NotesModel::reload() {
    if (!m_session.isOpen())
        return;
    const quint64 mine = ++m_token;
    const auto current = m_session.current();
    const TrajectoryId id = current ? current->record.id : TrajectoryId{};
    m_session.read<Rows>(
        this, [id](const store::Project& project) { return readRows(project, id); },
        [this, mine](Result<Rows> rows) {
            if (mine == m_token && rows)
                setRows(std::move(*rows));
        });
}

void NotesModel::setRows(std::vector<Row> rows) {
    if (rows == m_rows)
        return;
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

const NotesModel::Row* NotesModel::row(int index) const {
    return index >= 0 && index < rowCount() ? &m_rows[static_cast<std::size_t>(index)] : nullptr;
}

int NotesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int NotesModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant NotesModel::data(const QModelIndex& index, int role) const {
    const Row* entry = index.isValid() ? row(index.row()) : nullptr;
    if (!entry)
        return {};
    switch (role) {
    case TrajectoryRole:
        return QVariant::fromValue<qint64>(entry->trajectory.value);
    case PositionRole:
        return entry->position;
    case WhatRole:
        return static_cast<int>(entry->what);
    case Qt::ToolTipRole:
        return entry->text;
    case Qt::TextAlignmentRole:
        return int((index.column() == Trajectory || index.column() == Position ? Qt::AlignRight
                                                                               : Qt::AlignLeft) |
                   Qt::AlignVCenter);
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    switch (index.column()) {
    case Kind:
        switch (entry->what) {
        case What::Note:
            return tr("Note");
        case What::Bookmark:
            return tr("Bookmark");
        case What::Mark:
            return tr("Mark");
        case What::Label:
            return tr("Label");
        }
        return {};
    case Trajectory:
        return text_format::integer(entry->trajectory.value);
    case Position:
        return entry->position < 0 ? QString()
                                   : QString::number(entry->position - entry->promptTokens + 1);
    case Text:
        return QString(entry->text).replace(QLatin1Char('\n'), QLatin1Char(' '));
    default:
        return {};
    }
}

QVariant NotesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Kind:
        return tr("Kind");
    case Trajectory:
        return tr("Trajectory");
    case Position:
        return tr("Position");
    case Text:
        return tr("Text");
    default:
        return {};
    }
}

} // namespace crux::ui
