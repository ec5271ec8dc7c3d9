#include "ui/dialogs/models_dialog.h"

#include "core/store/repositories.h"
#include "ui/dialogs/background.h"
#include "ui/dialogs/check_list.h"
#include "ui/widgets/format.h"

#include <QComboBox>
#include <QFileInfo>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace crux::ui {

ModelsDialog::ModelsDialog(Session& session, QWidget* parent)
    : FormDialog(tr("Add model or adapter"), tr("Add"), parent)
    , m_session(session) {
    addText(tr("A model folder holds config.json, safetensors and a tokenizer, as on Hugging Face; "
               "an adapter folder "
               "is a PEFT LoRA. The files stay where they are."));
    m_folder = new PathField(PathField::Kind::Folder, tr("Model or adapter folder"), this);
    addField(tr("Folder"), m_folder);
    m_name = new QLineEdit(this);
    addField(tr("Name"), m_name);
    m_base = new QComboBox(this);
    addField(tr("Base model"), m_base);
    m_role = new QComboBox(this);
    m_role->addItem(tr("positive"), QStringLiteral("positive"));
    m_role->addItem(tr("negative"), QStringLiteral("negative"));
    m_role->addItem(tr("policy"), QStringLiteral("policy"));
    m_role->addItem(tr("other"), QStringLiteral("other"));
    addField(tr("Role"), m_role);
    addHeading(tr("What was found"));
    m_facts = new CheckList(this);
    addWide(m_facts);
    body()->addStretch(1);
    connect(m_folder, &PathField::changed, this, &ModelsDialog::look);
    connect(&session, &Session::factsChanged, this, &ModelsDialog::fillBases);
    fillBases();
    show();
    resize(580, 380);
}

void ModelsDialog::setFolder(const QString& folder) {
    m_folder->setPath(folder);
}

void ModelsDialog::fillBases() {
    const QVariant before = m_base->currentData();
    m_base->clear();
    for (const store::ModelRecord& model : m_session.facts().models)
        m_base->addItem(QString::fromStdString(model.name),
                        QVariant::fromValue<qlonglong>(model.id.value));
    m_base->setCurrentIndex(std::max(0, m_base->findData(before)));
    show();
}

void ModelsDialog::look() {
    const int generation = ++m_generation;
    m_found.reset();
    m_fault.clear();
    const QString folder = m_folder->edit()->text().trimmed();
    m_looking = !folder.isEmpty();
    if (m_looking)
        m_done.clear();
    show();
    if (!m_looking)
        return;
    runInBackground<Result<ModelFolder>>(
        this, [path = Path(folder.toStdString())] { return readModelFolder(path); },
        [this, generation](Result<ModelFolder> result) {
            if (generation != m_generation)
                return;
            m_looking = false;
            if (result.ok()) {
                m_found = std::move(result).value();
                m_name->setText(QString::fromStdString(m_found->name));
                const QString name = m_name->text().toLower();
                const char* role = name.contains(QLatin1String("pos"))   ? "positive"
                                   : name.contains(QLatin1String("neg")) ? "negative"
                                                                         : "other";
                m_role->setCurrentIndex(m_role->findData(QLatin1String(role)));
            } else {
                m_fault = QString::fromStdString(result.error().message);
            }
            show();
        });
}

void ModelsDialog::show() {
    const bool adapter = m_found && m_found->isAdapter;
    setFieldError(m_folder, m_fault);
    setFieldVisible(m_base, adapter);
    setFieldVisible(m_role, adapter);
    setFieldVisible(m_name, m_found.has_value());
    std::vector<CheckLine> lines;
    if (m_found && adapter) {
        lines.push_back({Severity::Passed, tr("LoRA adapter, r %1, α %2, %3")
                                               .arg(m_found->rank)
                                               .arg(m_found->alpha)
                                               .arg(format::bytes(m_found->sizeBytes))});
        lines.push_back({Severity::Information,
                         tr("made for %1").arg(QString::fromStdString(m_found->basePath))});
    } else if (m_found) {
        lines.push_back({Severity::Passed, tr("%1, %2 parameters, %3, %4")
                                               .arg(QString::fromStdString(m_found->architecture),
                                                    format::integer(m_found->parameters),
                                                    QString::fromStdString(m_found->storedDType),
                                                    format::bytes(m_found->sizeBytes))});
        lines.push_back(
            m_found->hasTokenizer
                ? CheckLine{Severity::Passed, tr("tokenizer found, %1 vocabulary entries")
                                                  .arg(format::integer(m_found->vocabularySize))}
                : CheckLine{Severity::Warning,
                            tr("no tokenizer: only token ids can be used with it")});
    }
    if (!m_done.isEmpty())
        lines.push_back({Severity::Passed, m_done});
    if (lines.empty())
        lines.push_back({Severity::Information, tr("nothing yet")});
    m_facts->setLines(lines);
    if (!m_session.isOpen())
        setReason(tr("Open a project first."));
    else if (m_session.readOnly())
        setReason(tr("The project is open read-only: models cannot be added."));
    else if (m_busy)
        setReason(tr("Reading the weights to know them again…"));
    else if (m_looking)
        setReason(tr("Looking at the folder…"));
    else if (!m_fault.isEmpty())
        setReason(tr("Correct the marked field first."));
    else if (!m_found)
        setReason(m_done.isEmpty() ? tr("Choose a folder.")
                                   : tr("Choose another folder, or close."));
    else if (adapter && m_base->count() == 0)
        setReason(tr("Add its base model first."));
    else
        setReason({});
}

void ModelsDialog::accept() {
    if (!m_found || m_busy)
        return;
    ModelFolder folder = *m_found;
    folder.name =
        m_name->text().trimmed().isEmpty() ? folder.name : m_name->text().trimmed().toStdString();
    m_busy = true;
    show();
    if (folder.isAdapter)
        registerAdapter(folder);
    else
        registerModel(folder);
}

void ModelsDialog::registerModel(const ModelFolder& folder) {
    runInBackground<Result<RegisteredModel>>(
        this, [folder] { return hashModelFolder(folder); },
        [this, folder](Result<RegisteredModel> result) {
            const QString name = QString::fromStdString(folder.name);
            if (!result.ok())
                return finished(fail(result.error()), name);
            m_session.write(
                this,
                [made = std::move(result).value()](const store::Project& project) -> Status {
                    if (!made.vocabulary.tokenizerHash.empty())
                        CRUX_TRY_VOID(store::saveVocabulary(project, made.vocabulary));
                    CRUX_TRY(id, store::upsertModel(project, made.model));
                    static_cast<void>(id);
                    return {};
                },
                [this, name](Status status) { finished(status, name); });
        });
}

void ModelsDialog::registerAdapter(const ModelFolder& folder) {
    const ModelId base{m_base->currentData().toLongLong()};
    const std::string role = m_role->currentData().toString().toStdString();
    runInBackground<Result<store::AdapterRecord>>(
        this, [folder] { return hashAdapterFolder(folder); },
        [this, folder, base, role](Result<store::AdapterRecord> result) {
            const QString name = QString::fromStdString(folder.name);
            if (!result.ok())
                return finished(fail(result.error()), name);
            store::AdapterRecord record = std::move(result).value();
            record.modelId = base;
            record.role = role;
            m_session.write(
                this,
                [record](const store::Project& project) -> Status {
                    CRUX_TRY(id, store::upsertAdapter(project, record));
                    static_cast<void>(id);
                    return {};
                },
                [this, name](Status status) { finished(status, name); });
        });
}

void ModelsDialog::finished(const Status& status, const QString& name) {
    m_busy = false;
    if (!status.ok()) {
        m_fault = QString::fromStdString(status.error().message);
        show();
        return;
    }
    m_done = tr("%1 was added").arg(name);
    m_folder->setPath({});
    Q_EMIT registered(name);
}

void ModelsDialog::reject() {
    if (!m_busy) // an interrupted hash leaves nothing behind, but the user would not know
        FormDialog::reject();
}

} // namespace crux::ui
