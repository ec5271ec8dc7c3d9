#include "ui/dialogs/form_dialog.h"

#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/tab_order.h"
#include "ui/widgets/tall_scroll.h"
#include "ui/widgets/theme.h"

#include <QDir>
#include <QEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScreen>
#include <QStandardPaths>
#include <QVBoxLayout>

#include <algorithm>

namespace crux::ui {

namespace {
const QString kPathSeparator = QStringLiteral(" ; ");
constexpr int kWindowFrame = 40; ///< title and border of the window manager
} // namespace

PathField::PathField(Kind kind, const QString& title, QWidget* parent)
    : QWidget(parent)
    , m_kind(kind)
    , m_title(title) {
    m_edit = new QLineEdit(this);
    m_edit->setAccessibleName(title);
    m_edit->setMinimumWidth(270);
    auto* browse = new QPushButton(tr("Browse…"), this);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_edit, 1);
    row->addWidget(browse);
    setFocusProxy(m_edit);
    connect(m_edit, &QLineEdit::textChanged, this, &PathField::changed);
    connect(browse, &QPushButton::clicked, this, &PathField::browse);
}

QString PathField::path() const {
    return QDir::cleanPath(m_edit->text().trimmed());
}

QStringList PathField::paths() const {
    QStringList paths;
    for (const QString& part : m_edit->text().split(kPathSeparator, Qt::SkipEmptyParts))
        paths << QDir::cleanPath(part.trimmed());
    return paths;
}

void PathField::setPath(const QString& path) {
    m_edit->setText(QDir::toNativeSeparators(path));
}

void PathField::browse() {
    const QString start = paths().value(0);
    switch (m_kind) {
    case Kind::Folder: {
        const QString folder = QFileDialog::getExistingDirectory(this, m_title, start);
        if (!folder.isEmpty())
            setPath(folder);
        return;
    }
    case Kind::OpenFiles: {
        const QStringList files = QFileDialog::getOpenFileNames(this, m_title, start, m_filter);
        if (!files.isEmpty())
            m_edit->setText(files.join(kPathSeparator));
        return;
    }
    case Kind::SaveFile: {
        const QString file = QFileDialog::getSaveFileName(this, m_title, start, m_filter, nullptr,
                                                          QFileDialog::DontConfirmOverwrite);
        if (!file.isEmpty())
            setPath(file);
        return;
    }
    }
}

QString documentsFolder() {
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    return QFileInfo(folder).isDir() ? folder : QDir::homePath();
}

FormDialog::FormDialog(const QString& title, const QString& primaryText, QWidget* parent)
    : QDialog(parent) {
    setWindowTitle(title);
    setSizeGripEnabled(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* page = new QWidget(this);
    m_body = m_column = new QVBoxLayout(page);
    m_body->setContentsMargins(16, 12, 16, 12);
    m_body->setSpacing(4);
    m_scroll = new TallScroll(page, this);
    column->addWidget(m_scroll, 1);
    column->addWidget(makeRule(this));
    m_buttons = new QHBoxLayout;
    m_buttons->setContentsMargins(16, 12, 16, 12);
    m_buttons->setSpacing(8);
    m_reasonSign = new QLabel(this);
    m_reasonText = makeLabel(LabelKind::Second, this);
    m_reasonText->setWordWrap(true);
    m_buttons->addWidget(m_reasonSign);
    m_buttons->addWidget(m_reasonText, 1);
    if (!primaryText.isEmpty()) {
        m_cancel = new QPushButton(tr("Cancel"), this);
        m_primary = makePrimary(new QPushButton(primaryText, this));
        m_primary->setDefault(true);
        m_buttons->addWidget(m_cancel);
        m_buttons->addWidget(m_primary);
        connect(m_primary, &QPushButton::clicked, this, &FormDialog::accept);
    } else {
        m_cancel = new QPushButton(tr("Close"), this);
        m_primary = m_cancel;
        m_cancel->setDefault(true);
        m_buttons->addWidget(m_cancel);
    }
    connect(m_cancel, &QPushButton::clicked, this, &FormDialog::reject);
    column->addLayout(m_buttons);
    updateReason();
}

void FormDialog::showEvent(QShowEvent* event) {
    QDialog::showEvent(event);
    orderTabsByPlace(this); // fields were added after the buttons
    grow();
}

bool FormDialog::event(QEvent* event) {
    const bool done = QDialog::event(event);
    if (event->type() == QEvent::LayoutRequest && isVisible())
        grow();
    return done;
}

/// Checks and faults come while fields are filled, and wrap: the sheet takes the lines they need,
/// as far as the screen goes.
void FormDialog::grow() {
    layout()->activate();
    const int missing = m_scroll->missingHeight();
    if (missing > 0 && screen())
        resize(width(),
               std::max(height(), std::min(height() + missing,
                                           screen()->availableGeometry().height() - kWindowFrame)));
}

QWidget* FormDialog::addHeading(const QString& text) {
    auto* heading = new QWidget(this);
    auto* column = new QVBoxLayout(heading);
    column->setContentsMargins(0, m_column->count() > 0 ? 8 : 0, 0, 4);
    column->setSpacing(4);
    column->addWidget(makeLabel(LabelKind::Demi, heading, text));
    column->addWidget(makeRule(heading));
    m_column->addWidget(heading);
    return heading;
}

void FormDialog::addText(const QString& text) {
    auto* label = makeLabel(LabelKind::Second, this, text);
    label->setWordWrap(true);
    m_column->addWidget(label);
}

void FormDialog::addWide(QWidget* widget, int stretch) {
    m_column->addWidget(widget, stretch);
}

void FormDialog::addField(const QString& label, QWidget* field, const QString& hint) {
    Field parts;
    parts.row = new QWidget(this);
    auto* name = makeLabel(LabelKind::Plain, parts.row, label);
    name->setMinimumWidth(metrics::kFormLabel);
    name->setBuddy(field);
    if (field->accessibleName().isEmpty())
        field->setAccessibleName(label);
    parts.sign = new QLabel(parts.row);
    parts.sign->setPixmap(marks::severityPixmap(Severity::Error, devicePixelRatioF()));
    parts.error = makeLabel(LabelKind::Plain, parts.row);
    parts.error->setWordWrap(true);
    const bool fixedWidth = field->maximumWidth() < QWIDGETSIZE_MAX;
    auto* fieldRow = new QHBoxLayout;
    fieldRow->setSpacing(8);
    fieldRow->addWidget(field, fixedWidth ? 0 : 1);
    if (fixedWidth)
        fieldRow->addStretch(1);
    auto* errorRow = new QHBoxLayout;
    errorRow->setSpacing(4);
    errorRow->addWidget(parts.sign, 0, Qt::AlignTop);
    errorRow->addWidget(parts.error, 1);
    auto* right = new QVBoxLayout;
    right->setSpacing(2);
    right->addLayout(fieldRow);
    if (!hint.isEmpty()) {
        auto* text = makeLabel(LabelKind::Hint, parts.row, hint);
        text->setWordWrap(true);
        right->addWidget(text);
    }
    right->addLayout(errorRow);
    auto* line = new QHBoxLayout(parts.row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(12);
    auto* nameColumn = new QVBoxLayout;
    nameColumn->addSpacing(4);
    nameColumn->addWidget(name);
    nameColumn->addStretch(1);
    line->addLayout(nameColumn);
    line->addLayout(right, 1);
    parts.sign->hide();
    parts.error->hide();
    m_fields.insert(field, parts);
    m_column->addWidget(parts.row);
}

void FormDialog::setFieldError(const QWidget* field, const QString& error) {
    const Field parts = m_fields.value(field);
    if (!parts.error)
        return;
    parts.error->setText(error);
    parts.error->setVisible(!error.isEmpty());
    parts.sign->setVisible(!error.isEmpty());
    const_cast<QWidget*>(field)->setAccessibleDescription(error);
}

void FormDialog::setFieldVisible(const QWidget* field, bool visible) {
    const Field parts = m_fields.value(field);
    if (parts.row)
        parts.row->setVisible(visible);
}

QString FormDialog::fieldError(const QWidget* field) const {
    const Field parts = m_fields.value(field);
    return parts.error ? parts.error->text() : QString();
}

void FormDialog::setReason(const QString& reason) {
    m_reason = reason;
    updateReason();
}

void FormDialog::setNote(const QString& note) {
    m_note = note;
    updateReason();
}

QString FormDialog::reason() const {
    return m_reason;
}

void FormDialog::updateReason() {
    m_primary->setEnabled(m_reason.isEmpty());
    const QString text = m_reason.isEmpty() ? m_note : m_reason;
    m_reasonText->setText(text);
    m_reasonSign->setVisible(!m_reason.isEmpty());
    m_reasonSign->setPixmap(marks::severityPixmap(Severity::Information, devicePixelRatioF()));
    m_primary->setAccessibleDescription(m_reason);
}

void FormDialog::addLeftButton(QPushButton* button) {
    m_buttons->insertWidget(0, button);
}

} // namespace crux::ui
