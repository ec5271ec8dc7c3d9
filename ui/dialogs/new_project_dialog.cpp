#include "ui/dialogs/new_project_dialog.h"

#include "ui/widgets/labels.h"

#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace crux::ui {

NewProjectDialog::NewProjectDialog(QWidget* parent)
    : FormDialog(tr("New project"), tr("Create project"), parent) {
    m_name = new QLineEdit(this);
    m_name->setMaxLength(120);
    m_folder = new PathField(PathField::Kind::Folder, tr("Folder of the project"), this);
    m_file = makeLabel(LabelKind::Second, this);
    m_file->setWordWrap(true);
    addField(tr("Name"), m_name);
    addField(tr("Folder"), m_folder,
             tr("A local disk is best: a project on a network folder serves one machine only."));
    addField(tr("File"), m_file);
    body()->addStretch(1);
    m_folder->setPath(documentsFolder());
    connect(m_name, &QLineEdit::textChanged, this, &NewProjectDialog::check);
    connect(m_folder, &PathField::changed, this, &NewProjectDialog::check);
    resize(560, sizeHint().height());
    check();
}

void NewProjectDialog::setFolder(const QString& folder) {
    m_folder->setPath(folder);
}

void NewProjectDialog::setName(const QString& name) {
    m_name->setText(name);
}

QString NewProjectDialog::projectFile() const {
    QString name = m_name->text().trimmed();
    if (!name.endsWith(QLatin1String(".crux")))
        name += QLatin1String(".crux");
    return QDir(m_folder->path()).filePath(name);
}

void NewProjectDialog::check() {
    const QString name = m_name->text().trimmed();
    QString nameError;
    QString folderError;
    if (name.contains(QLatin1Char('/')) || name.contains(QLatin1Char('\\')) ||
        name.startsWith(QLatin1Char('.')))
        nameError = tr("A name has no slash and does not begin with a dot.");
    const QFileInfo folder(m_folder->path());
    if (!folder.isDir())
        folderError = tr("This folder does not exist. Choose one that does.");
    else if (!folder.isWritable())
        folderError = tr("This folder cannot be written to. Choose another.");
    else if (!name.isEmpty() && nameError.isEmpty() && QFileInfo::exists(projectFile()))
        nameError = tr("%1 exists already. Choose another name, or open it instead.")
                        .arg(QFileInfo(projectFile()).fileName());
    setFieldError(m_name, nameError);
    setFieldError(m_folder, folderError);
    m_file->setText(name.isEmpty() ? QString() : QDir::toNativeSeparators(projectFile()));
    if (name.isEmpty())
        setReason(tr("Give the project a name."));
    else if (!nameError.isEmpty() || !folderError.isEmpty())
        setReason(tr("Correct the marked field first."));
    else
        setReason({});
}

} // namespace crux::ui
