#include "ui/dialogs/shortcuts_sheet.h"

#include "ui/dialogs/key_settings.h"
#include "ui/widgets/theme.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QTableView>
#include <QVBoxLayout>

namespace crux::ui {

ShortcutsSheet::ShortcutsSheet(ActionRegistry& actions, QWidget* parent)
    : FormDialog(tr("Keys"), QString(), parent) {
    auto* find = new QLineEdit(this);
    find->setPlaceholderText(tr("find an action or a key"));
    find->setAccessibleName(find->placeholderText());
    find->setClearButtonEnabled(true);
    addWide(find);
    auto* model = new KeyTable(actions, false, this);
    auto* table = new QTableView(this);
    table->setModel(model);
    table->setAccessibleName(tr("Keys"));
    table->setSelectionBehavior(QAbstractItemView::SelectRows);
    table->setAlternatingRowColors(true);
    table->setShowGrid(false);
    table->verticalHeader()->hide();
    table->verticalHeader()->setDefaultSectionSize(metrics::kRow);
    table->horizontalHeader()->setHighlightSections(false);
    table->setColumnWidth(KeyTable::Action, 270);
    table->setColumnWidth(KeyTable::Menu, 80);
    table->setColumnWidth(KeyTable::Where, 100);
    table->horizontalHeader()->setStretchLastSection(true);
    addWide(table, 1);
    addText(tr("Plain letters act while the heat map, a table or a tree has the focus. Keys are "
               "changed in Settings."));
    connect(find, &QLineEdit::textChanged, model, &KeyTable::setFilter);
    resize(640, 620);
}

} // namespace crux::ui
