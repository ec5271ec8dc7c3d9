#include "ui/dialogs/settings_dialog.h"

#include "ui/dialogs/close_dialog.h"
#include "ui/dialogs/key_settings.h"
#include "ui/model/session.h"
#include "ui/model/view_settings.h"
#include "ui/widgets/color_scale.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/translations.h"

#include <QApplication>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QPushButton>
#include <QSettings>
#include <QStyle>
#include <QTableView>
#include <QVBoxLayout>

namespace crux::ui {

void settings::applyAppearance() {
    const QSettings stored;
    const QString theme = stored.value(QLatin1String(kTheme), QStringLiteral("light")).toString();
    bool dark = theme == QLatin1String("dark");
    if (theme == QLatin1String("system")) // the platform's own palette, before ours is set
        dark = QApplication::style() &&
               QApplication::style()->standardPalette().color(QPalette::Window).lightness() < 128;
    if (auto* app = qobject_cast<QApplication*>(QCoreApplication::instance()))
        applyTheme(*app, dark ? ThemeName::Dark : ThemeName::Light);
}

void settings::applyWindowScale() {
    const double scale = QSettings().value(QLatin1String(kWindowScale), 1.0).toDouble();
    if (scale >= 0.5 && scale <= 4.0 && scale != 1.0 &&
        !qEnvironmentVariableIsSet("QT_SCALE_FACTOR"))
        qputenv("QT_SCALE_FACTOR", QByteArray::number(scale));
}

SettingsDialog::SettingsDialog(Session& session, ActionRegistry& actions, QWidget* parent)
    : FormDialog(tr("Settings"), QString(), parent)
    , m_session(session) {
    buildAppearance();
    buildKeys(actions);
    resize(640, 640);
}

void SettingsDialog::buildAppearance() {
    const QSettings stored;
    addHeading(tr("Appearance"));
    const auto combo = [this] {
        auto* box = new QComboBox(this);
        box->setFixedWidth(270);
        return box;
    };
    m_theme = combo();
    m_theme->addItem(tr("light"), QStringLiteral("light"));
    m_theme->addItem(tr("dark"), QStringLiteral("dark"));
    m_theme->setCurrentIndex(
        std::max(0, m_theme->findData(Theme::current().isDark() ? QStringLiteral("dark")
                                                                : QStringLiteral("light"))));
    addField(tr("Theme"), m_theme);
    m_palette = combo();
    for (const PaletteName palette :
         {PaletteName::Orange, PaletteName::Cividis, PaletteName::Grey, PaletteName::UnderlineOnly,
          PaletteName::Buckets, PaletteName::HighContrast})
        m_palette->addItem(ramps::paletteName(palette), static_cast<int>(palette));
    m_palette->setCurrentIndex(m_palette->findData(static_cast<int>(m_session.view().palette)));
    addField(tr("Heat colours"), m_palette,
             tr("kept with the project; the name is written into exports"));
    m_size = combo();
    for (const int percent : {90, 100, 110, 125, 150, 175, 200, 250, 300})
        m_size->addItem(tr("%1 %").arg(percent), percent / 100.0);
    const int size =
        m_size->findData(stored.value(QLatin1String(settings::kWindowScale), 1.0).toDouble());
    m_size->setCurrentIndex(size >= 0 ? size : m_size->findData(1.0));
    addField(tr("Size of text"), m_size, tr("with rows and buttons, from the next start on"));
    m_language = combo();
    m_language->addItem(tr("the system's"), QString());
    for (const QString& code : languages()) {
        const QString name = code == QLatin1String("en") ? QStringLiteral("English")
                                                         : QLocale(code).nativeLanguageName();
        m_language->addItem(name.isEmpty() ? code : name, code);
    }
    m_language->setCurrentIndex(std::max(
        0, m_language->findData(stored.value(QLatin1String(settings::kLanguage)).toString())));
    addField(tr("Language"), m_language, tr("from the next start on"));

    m_close = combo();
    for (const CloseChoice choice :
         {CloseChoice::Ask, CloseChoice::Keep, CloseChoice::Stop, CloseChoice::Cancel})
        m_close->addItem(closeChoiceText(choice), static_cast<int>(choice));
    m_close->setCurrentIndex(m_close->findData(static_cast<int>(rememberedCloseChoice())));
    addField(tr("Running job"), m_close, tr("when the window is closed"));

    connect(m_close, &QComboBox::activated, this, [this] {
        rememberCloseChoice(static_cast<CloseChoice>(m_close->currentData().toInt()));
    });
    connect(m_theme, &QComboBox::activated, this, [this] {
        QSettings().setValue(QLatin1String(settings::kTheme), m_theme->currentData());
        settings::applyAppearance();
    });
    connect(m_palette, &QComboBox::activated, this, [this] {
        m_session.view().palette = static_cast<PaletteName>(m_palette->currentData().toInt());
        m_session.view().notify();
    });
    connect(m_size, &QComboBox::activated, this, [this] {
        QSettings().setValue(QLatin1String(settings::kWindowScale), m_size->currentData());
    });
    connect(m_language, &QComboBox::activated, this, [this] {
        QSettings().setValue(QLatin1String(settings::kLanguage), m_language->currentData());
    });
}

void SettingsDialog::buildKeys(ActionRegistry& actions) {
    addHeading(tr("Keys"));
    m_find = new QLineEdit(this);
    m_find->setPlaceholderText(tr("find an action or a key"));
    m_find->setClearButtonEnabled(true);
    m_find->setAccessibleName(m_find->placeholderText());
    addWide(m_find);
    m_keys = new KeyTable(actions, true, this);
    m_table = new QTableView(this);
    m_table->setModel(m_keys);
    m_table->setAccessibleName(tr("Keys"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(metrics::kRow);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setColumnWidth(KeyTable::Action, 250);
    m_table->setColumnWidth(KeyTable::Menu, 80);
    m_table->setColumnWidth(KeyTable::Where, 100);
    m_table->horizontalHeader()->setStretchLastSection(true);
    addWide(m_table, 1);
    auto* line = new QWidget(this);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 4, 0, 0);
    m_edit = new QKeySequenceEdit(line);
    m_edit->setAccessibleName(tr("New keys of the chosen action"));
    m_edit->setEnabled(false);
    auto* reset = new QPushButton(tr("Default"), line);
    auto* resetAll = new QPushButton(tr("All to default"), line);
    row->addWidget(makeLabel(LabelKind::Plain, line, tr("New keys")));
    row->addWidget(m_edit, 1);
    row->addWidget(reset);
    row->addWidget(resetAll);
    addWide(line);
    m_conflict = makeLabel(LabelKind::Plain, this);
    m_conflict->setWordWrap(true);
    addWide(m_conflict);

    connect(m_find, &QLineEdit::textChanged, m_keys, &KeyTable::setFilter);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &SettingsDialog::keyChosen);
    connect(m_keys, &QAbstractItemModel::modelReset, this, &SettingsDialog::keyChosen);
    connect(m_edit, &QKeySequenceEdit::editingFinished, this, &SettingsDialog::keyEdited);
    connect(reset, &QPushButton::clicked, this, [this] {
        m_keys->resetRow(m_table->currentIndex().row());
        keyChosen();
    });
    connect(resetAll, &QPushButton::clicked, this, [this, &actions] {
        actions.resetKeys();
        keyChosen();
    });
}

void SettingsDialog::showKeysOf(const QString& actionId) {
    m_find->clear();
    const QModelIndex row = m_keys->index(m_keys->rowOf(actionId), KeyTable::Action);
    if (!row.isValid())
        return;
    m_table->setCurrentIndex(row);
    m_table->scrollTo(row, QAbstractItemView::PositionAtCenter);
    m_edit->setFocus();
}

void SettingsDialog::keyChosen() {
    const ActionEntry* entry = m_keys->entry(m_table->currentIndex().row());
    m_edit->setEnabled(entry != nullptr);
    m_edit->setKeySequence(entry ? entry->action->shortcut() : QKeySequence());
    m_conflict->clear();
}

void SettingsDialog::keyEdited() {
    const int row = m_table->currentIndex().row();
    const ActionEntry* entry = m_keys->entry(row);
    if (!entry || m_edit->keySequence() == entry->action->shortcut())
        return;
    QList<QKeySequence> keys = entry->action->shortcuts(); // the further ones stay
    if (keys.isEmpty())
        keys << m_edit->keySequence();
    else
        keys[0] = m_edit->keySequence();
    const QString holder = m_keys->setKeys(row, keys);
    m_conflict->setText(
        holder.isEmpty()
            ? QString()
            : tr("%1 is taken by “%2”. Change that first.")
                  .arg(m_edit->keySequence().toString(QKeySequence::NativeText), holder));
}

} // namespace crux::ui
