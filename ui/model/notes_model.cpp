#include "ui/model/notes_model.h"

#include "core/store/repositories.h"
#include "ui/model/session.h"
#include "ui/model/snapshot_loader.h"
#include "ui/model/text_format.h"

#include <algorithm>
#include <functional>
#include <tuple>

namespace crux::ui {

namespace {

using Rows = std::vector<NotesModel::Row>;

constexpr int kReloadMs = 300; ///< a running job writes several times a second
constexpr std::size_t kMostRows = 20'000;

Result<Rows> readRows(const store::Project& project) {
    Rows rows;
    CRUX_TRY(notes, store::notes(project, TrajectoryId{}));
    CRUX_TRY(marks, store::marks(project, TrajectoryId{}));
    CRUX_TRY(labels, store::labelsOf(project, TrajectoryId{}));
    const auto add = [&](NotesModel::What what, const auto& record, const std::string& text) {
        NotesModel::Row row;
        row.what = what;
        row.trajectory = record.trajectoryId;
        row.position = record.position;
        row.text = QString::fromStdString(text);
        row.createdMs = record.createdMs;
        rows.push_back(std::move(row));
        return std::ref(rows.back());
    };
    for (const auto& note : notes)
        add(NotesModel::What::Note, note, note.text).get().note = note;
    for (const auto& label : labels)
        add(NotesModel::What::Label, label, label.kind).get().label = label;
    for (const auto& mark : marks)
        add(mark.position >= 0 ? NotesModel::What::Bookmark : NotesModel::What::Mark, mark, {})
            .get()
            .mark = mark;
    std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
        return std::tuple(a.trajectory.value, a.position) <
               std::tuple(b.trajectory.value, b.position);
    });
    if (rows.size() > kMostRows)
        rows.resize(kMostRows);
    for (auto& row : rows) {
        auto place = store::annotatedPlace(project, row.trajectory, row.position);
        if (!place)
            continue;
        row.place = std::move(*place);
        if (row.what == NotesModel::What::Mark) // the question's first words say most
            row.text = QString::fromStdString(row.place.question).left(160).simplified();
    }
    return rows;
}

QString whatWord(NotesModel::What what) {
    switch (what) {
    case NotesModel::What::Note:
        return NotesModel::tr("Note");
    case NotesModel::What::Bookmark:
        return NotesModel::tr("Bookmark");
    case NotesModel::What::Mark:
        return NotesModel::tr("Mark");
    case NotesModel::What::Label:
        return NotesModel::tr("Label");
    }
    return {};
}

int shownPosition(const NotesModel::Row& row) {
    return row.position - row.place.promptTokens + 1;
}

} // namespace

NotesModel::NotesModel(Session& session, QObject* parent)
    : QAbstractTableModel(parent)
    , m_session(session) {
    m_later.setSingleShot(true);
    m_later.setInterval(kReloadMs);
    connect(&m_later, &QTimer::timeout, this, &NotesModel::reload);
    connect(&session, &Session::projectOpened, this, &NotesModel::reload);
    connect(&session, &Session::dataChanged, this, [this] {
        if (!m_later.isActive())
            m_later.start();
    });
    connect(&session, &Session::projectClosed, this, [this] { setRows({}); });
    reload();
}

void NotesModel::reload() {
    if (!m_session.isOpen())
        return;
    const quint64 mine = ++m_token;
    m_session.read<Rows>(
        this, [](const store::Project& project) { return readRows(project); },
        [this, mine](Result<Rows> rows) {
            if (mine == m_token && rows)
                setRows(std::move(*rows));
        });
}

QString NotesModel::labelWord(const std::string& kind) {
    return kind == "agree"       ? tr("agree: this is the error")
           : kind == "reject"    ? tr("reject: this is no error")
           : kind == "elsewhere" ? tr("the error is elsewhere")
                                 : QString::fromStdString(kind);
}

const std::vector<store::RowField>& NotesModel::filterFields() {
    using K = store::RowField::Kind;
    static const std::vector<store::RowField> fields{
        {K::Text, "kind", "note, label, bookmark or mark"},
        {K::Text, "text", "text of the note"},
        {K::Text, "label", "agree, reject, elsewhere"},
        {K::Text, "token", "token it stands at"},
        {K::Text, "question", "text of the question"},
        {K::Text, "verdict", "right, wrong, no_answer or ungraded"},
        {K::Number, "pos", "position in the response, from 1"},
        {K::Number, "trajectory", "number of the trajectory"},
    };
    return fields;
}

store::RowValue NotesModel::filterValue(const Row& row, std::size_t field) {
    static constexpr std::string_view kKinds[] = {"note", "bookmark", "mark", "label"};
    switch (field) {
    case 0:
        return std::string(kKinds[static_cast<int>(row.what)]);
    case 1:
        return row.note.text;
    case 2:
        return row.label.kind;
    case 3:
        return row.place.token;
    case 4:
        return row.place.question;
    case 5:
        return std::string(verdictName(row.place.verdict));
    case 6:
        return row.position < 0 ? -1.0 : static_cast<double>(shownPosition(row));
    default:
        return static_cast<double>(row.trajectory.value);
    }
}

NotesFilter::NotesFilter(NotesModel& model, QObject* parent)
    : QSortFilterProxyModel(parent)
    , m_model(model) {
    setSourceModel(&model);
    setSortRole(NotesModel::SortRole);
}

void NotesFilter::setFilter(store::RowFilter filter) {
    m_filter = std::move(filter);
    invalidateFilter();
}

bool NotesFilter::filterAcceptsRow(int row, const QModelIndex&) const {
    const NotesModel::Row* entry = m_model.row(row);
    return entry && m_filter.matches([entry](std::size_t field) {
        return NotesModel::filterValue(*entry, field);
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
        return QString::fromStdString(entry->place.question);
    case Qt::FontRole:
        return {};
    case SortRole:
        return index.column() == Trajectory ? QVariant::fromValue<qint64>(entry->trajectory.value)
               : index.column() == Position ? QVariant(entry->position)
                                            : data(index, Qt::DisplayRole);
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
        return whatWord(entry->what);
    case Trajectory:
        return text_format::integer(entry->trajectory.value);
    case Position:
        return entry->position < 0 ? QString() : QString::number(shownPosition(*entry));
    case Token:
        return text_format::visible(readableBytes(entry->place.token));
    case Text:
        return entry->what == What::Label
                   ? labelWord(entry->label.kind)
                   : QString(entry->text).replace(QLatin1Char('\n'), QLatin1Char(' '));
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
    case Token:
        return tr("Token");
    case Text:
        return tr("Text");
    default:
        return {};
    }
}

} // namespace crux::ui
