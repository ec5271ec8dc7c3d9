// Notes, bookmarks and marks of the project as one list of links, and the labels of the trajectory
// that is open. Owner: the Notes dock. Thread: GUI.
#pragma once

#include "core/store/records.h"

#include <QAbstractTableModel>
#include <QTimer>

#include <vector>

namespace crux::ui {

class Session;

class NotesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Kind, Trajectory, Position, Text, ColumnCount };
    enum class What { Note, Bookmark, Mark, Label };
    enum Role {
        TrajectoryRole = Qt::UserRole + 1, ///< qint64
        PositionRole,                      ///< absolute, -1 none
        WhatRole,                          ///< int What
    };
    struct Row {
        What what = What::Note;
        TrajectoryId trajectory;
        std::int32_t position = -1;
        std::int32_t promptTokens = 0; ///< to count the position from 1 in the response
        QString text;
        std::int64_t createdMs = 0;
        store::NoteRecord note; ///< of a Note
        bool operator==(const Row& other) const {
            return what == other.what && trajectory == other.trajectory &&
                   position == other.position && text == other.text && note.id == other.note.id;
        }
    };

    explicit NotesModel(Session& session, QObject* parent = nullptr);
    void setRows(std::vector<Row> rows);
    const Row* row(int index) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void reload();
    Session& m_session;
    std::vector<Row> m_rows;
    quint64 m_token = 0;
};

} // namespace crux::ui
