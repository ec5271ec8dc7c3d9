// Notes, labels, bookmarks and marks of the project as one list of links. Owner: the Notes dock.
// Thread: GUI; the reader thread does the reading.
#pragma once

#include "core/store/annotated_place.h"
#include "core/store/row_filter.h"

#include <QAbstractTableModel>
#include <QSortFilterProxyModel>
#include <QTimer>

#include <vector>

namespace crux::ui {

class Session;

class NotesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Kind, Trajectory, Position, Token, Text, ColumnCount };
    enum class What { Note, Bookmark, Mark, Label };
    enum Role {
        TrajectoryRole = Qt::UserRole + 1, ///< qint64
        PositionRole,                      ///< absolute, -1 none
        WhatRole,                          ///< int What
        SortRole,
    };
    struct Row {
        What what = What::Note;
        TrajectoryId trajectory;
        std::int32_t position = -1;
        store::AnnotatedPlace place;
        QString text; ///< the note; the label's kind; the question of a mark
        std::int64_t createdMs = 0;
        store::NoteRecord note;   ///< of a Note
        store::LabelRecord label; ///< of a Label
        store::MarkRecord mark;   ///< of a Bookmark or Mark
        bool operator==(const Row& other) const {
            return what == other.what && trajectory == other.trajectory &&
                   position == other.position && text == other.text && note.id == other.note.id &&
                   label.id == other.label.id && mark.id == other.mark.id;
        }
    };

    explicit NotesModel(Session& session, QObject* parent = nullptr);
    void setRows(std::vector<Row> rows);
    const Row* row(int index) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    /// "agree" as the window says it; other texts stay.
    static QString labelWord(const std::string& kind);
    /// Fields of the filter language over these rows, and a row's values.
    static const std::vector<store::RowField>& filterFields();
    static store::RowValue filterValue(const Row& row, std::size_t field);

private:
    void reload();
    Session& m_session;
    std::vector<Row> m_rows;
    quint64 m_token = 0;
    QTimer m_later;
};

/// The rows that an expression of the filter language selects.
class NotesFilter : public QSortFilterProxyModel {
    Q_OBJECT
public:
    explicit NotesFilter(NotesModel& model, QObject* parent = nullptr);
    void setFilter(store::RowFilter filter);

protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;

private:
    NotesModel& m_model;
    store::RowFilter m_filter;
};

} // namespace crux::ui
