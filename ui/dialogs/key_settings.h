// The table of actions and their keys: for the key sheet (F1) and the settings.
#pragma once

#include "ui/model/action_registry.h"

#include <QAbstractTableModel>

#include <vector>

namespace crux::ui {

/// Reads the registry; `editable` also lists actions without keys and marks changed ones. Owner:
/// the dialog. GUI thread.
class KeyTable : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Action, Menu, Where, Keys, ColumnCount };
    KeyTable(ActionRegistry& registry, bool editable, QObject* parent);

    /// Only actions whose text, menu, place or keys contain every word.
    void setFilter(const QString& words);
    /// Sets the keys of a row. Returns the texts of the actions that have them already (nothing is
    /// changed then), else "".
    QString setKeys(int row, const QList<QKeySequence>& keys);
    void resetRow(int row);
    int rowOf(const QString& id) const;      ///< -1: not listed
    const ActionEntry* entry(int row) const; ///< nullptr: no such row

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    ActionRegistry& m_registry;
    std::vector<QString> m_rows; ///< ids
    bool m_editable;
};

} // namespace crux::ui
