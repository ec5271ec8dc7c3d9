#include "ui/dialogs/key_settings.h"

#include "ui/widgets/theme.h"

#include <algorithm>

namespace crux::ui {

namespace {

QString plain(QString text) {
    return text.remove(QLatin1Char('&'));
}

} // namespace

KeyTable::KeyTable(ActionRegistry& registry, bool editable, QObject* parent)
    : QAbstractTableModel(parent)
    , m_registry(registry)
    , m_editable(editable) {
    setFilter({});
    connect(&registry, &ActionRegistry::keysChanged, this, [this] {
        if (!m_rows.empty())
            Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    });
}

void KeyTable::setFilter(const QString& words) {
    beginResetModel();
    m_rows.clear();
    const QStringList parts = words.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const ActionEntry& entry : m_registry.entries()) {
        if (!m_editable && entry.action->shortcuts().isEmpty())
            continue;
        const QString text = plain(entry.action->text()) + QLatin1Char(' ') + plain(entry.menu) +
                             QLatin1Char(' ') + ActionRegistry::scopeName(entry.scope) +
                             QLatin1Char(' ') + ActionRegistry::keysText(*entry.action);
        if (std::all_of(parts.begin(), parts.end(), [&text](const QString& part) {
                return text.contains(part, Qt::CaseInsensitive);
            }))
            m_rows.push_back(entry.id);
    }
    endResetModel();
}

const ActionEntry* KeyTable::entry(int row) const {
    return row >= 0 && row < rowCount() ? m_registry.entry(m_rows[static_cast<std::size_t>(row)])
                                        : nullptr;
}

int KeyTable::rowOf(const QString& id) const {
    const auto found = std::find(m_rows.begin(), m_rows.end(), id);
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

QString KeyTable::setKeys(int row, const QList<QKeySequence>& keys) {
    const ActionEntry* changed = entry(row);
    if (!changed)
        return {};
    QStringList holders;
    for (const QString& id : m_registry.setKeys(changed->id, keys))
        if (const QAction* holder = m_registry.action(id))
            holders << plain(holder->text());
    return holders.join(QStringLiteral(", "));
}

void KeyTable::resetRow(int row) {
    if (const ActionEntry* changed = entry(row))
        m_registry.setKeys(changed->id, changed->defaultKeys);
}

int KeyTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int KeyTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant KeyTable::data(const QModelIndex& index, int role) const {
    const ActionEntry* shown = entry(index.row());
    if (!shown)
        return {};
    if (role == Qt::FontRole && index.column() == Keys && m_editable &&
        shown->action->shortcuts() != shown->defaultKeys)
        return fonts::uiDemi(); // changed from the default
    if (role == Qt::ToolTipRole && index.column() == Keys && m_editable)
        return tr("Default: %1")
            .arg(QKeySequence::listToString(shown->defaultKeys, QKeySequence::NativeText));
    if (role != Qt::DisplayRole)
        return {};
    switch (index.column()) {
    case Action:
        return plain(shown->action->text());
    case Menu:
        return plain(shown->menu);
    case Where:
        return ActionRegistry::scopeName(shown->scope);
    case Keys:
        return ActionRegistry::keysText(*shown->action);
    default:
        return {};
    }
}

QVariant KeyTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Action:
        return tr("Action");
    case Menu:
        return tr("Menu");
    case Where:
        return tr("Where");
    case Keys:
        return tr("Keys");
    default:
        return {};
    }
}

} // namespace crux::ui
