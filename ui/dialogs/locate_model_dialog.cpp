#include "ui/dialogs/locate_model_dialog.h"

#include "core/base/hash.h"
#include "core/store/repositories.h"
#include "ui/dialogs/background.h"
#include "ui/dialogs/check_list.h"
#include "ui/model/model_folder.h"

#include <QDir>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace crux::ui {

LocateModelDialog::LocateModelDialog(Session& session, const QString& name, const QString& path,
                                     const QString& hash, QWidget* parent)
    : FormDialog(tr("Locate %1").arg(name), tr("Use this folder"), parent)
    , m_session(session)
    , m_hash(hash) {
    addText(tr("%1 is no longer at %2. Stored scores and branches are not affected.")
                .arg(name, QDir::toNativeSeparators(path)));
    m_folder = new PathField(PathField::Kind::Folder, tr("Where %1 is now").arg(name), this);
    addField(tr("Folder"), m_folder);
    m_checks = new CheckList(this);
    addWide(m_checks);
    body()->addStretch(1);
    connect(m_folder, &PathField::changed, this, &LocateModelDialog::look);
    show();
    resize(560, sizeHint().height());
}

LocateModelDialog::LocateModelDialog(Session& session, const store::ModelRecord& model,
                                     QWidget* parent)
    : LocateModelDialog(session, QString::fromStdString(model.name),
                        QString::fromStdString(model.path),
                        QString::fromStdString(model.weightsHash), parent) {
    m_model = model;
}

LocateModelDialog::LocateModelDialog(Session& session, const store::AdapterRecord& adapter,
                                     QWidget* parent)
    : LocateModelDialog(session, QString::fromStdString(adapter.name),
                        QString::fromStdString(adapter.path), QString::fromStdString(adapter.hash),
                        parent) {
    m_adapter = adapter;
    m_isAdapter = true;
}

void LocateModelDialog::setFolder(const QString& folder) {
    m_folder->setPath(folder);
}

void LocateModelDialog::look() {
    const int generation = ++m_generation;
    m_foundHash.clear();
    m_fault.clear();
    m_looking = !m_folder->edit()->text().trimmed().isEmpty();
    show();
    if (!m_looking)
        return;
    runInBackground<Result<std::string>>(
        this,
        [path = Path(m_folder->path().toStdString()),
         adapter = m_isAdapter]() -> Result<std::string> {
            CRUX_TRY(folder, readModelFolder(path));
            if (folder.isAdapter != adapter)
                return fail(ErrorCode::Mismatch,
                            adapter ? "This folder holds a model, not an adapter."
                                    : "This folder holds an adapter, not a model.");
            return hashWeightsFolder(folder.path);
        },
        [this, generation](Result<std::string> result) {
            if (generation != m_generation)
                return;
            m_looking = false;
            if (result.ok())
                m_foundHash = *result;
            else
                m_fault = QString::fromStdString(result.error().message);
            show();
            Q_EMIT looked();
        });
}

void LocateModelDialog::show() {
    setFieldError(m_folder, m_fault);
    std::vector<CheckLine> lines;
    const bool same = !m_foundHash.empty() && QString::fromStdString(m_foundHash) == m_hash;
    if (!m_foundHash.empty())
        lines.push_back(
            same ? CheckLine{Severity::Passed, tr("The weights are the same as before.")}
                 : CheckLine{
                       Severity::Warning,
                       tr("The weights differ from those the stored scores were made with. New "
                          "scores and branches would not be comparable.")});
    m_checks->setLines(lines);
    primaryButton()->setText(m_foundHash.empty() || same ? tr("Use this folder")
                                                         : tr("Use it all the same"));
    if (m_looking)
        setReason(tr("Reading the weights to compare them…"));
    else if (m_foundHash.empty())
        setReason(m_fault.isEmpty() ? tr("Choose the folder.")
                                    : tr("Correct the marked field first."));
    else
        setReason({});
}

void LocateModelDialog::accept() {
    const std::string path = QFileInfo(m_folder->path()).absoluteFilePath().toStdString();
    const bool same = QString::fromStdString(m_foundHash) == m_hash;
    // The same weights keep their row, to which scores and branches refer; others get a row of
    // their own.
    store::ModelRecord model = m_model;
    store::AdapterRecord adapter = m_adapter;
    model.path = adapter.path = path;
    model.weightsHash = adapter.hash = m_foundHash;
    m_session.write(
        this,
        [same, isAdapter = m_isAdapter, model, adapter](const store::Project& project) -> Status {
            if (same)
                return isAdapter ? store::moveAdapter(project, adapter.id, adapter.path)
                                 : store::moveModel(project, model.id, model.path);
            if (isAdapter) {
                CRUX_TRY(id, store::upsertAdapter(project, adapter));
                static_cast<void>(id);
            } else {
                CRUX_TRY(id, store::upsertModel(project, model));
                static_cast<void>(id);
            }
            return {};
        });
    FormDialog::accept();
}

} // namespace crux::ui
