#include "ui/dialogs/model_choice.h"

#include "ui/dialogs/background.h"

#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>

namespace crux::ui {

namespace {
enum ItemRole { ModelRole = Qt::UserRole, AdapterRole, SideRole, ContextRole };
}

ModelChoice::ModelChoice(Offer offer, const QString& title, QWidget* parent)
    : QWidget(parent)
    , m_offer(offer) {
    m_combo = new QComboBox(this);
    m_combo->setEditable(true);
    m_combo->setInsertPolicy(QComboBox::NoInsert);
    m_combo->setAccessibleName(title);
    m_combo->setMinimumWidth(270);
    m_combo->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_combo->lineEdit()->setPlaceholderText(tr("registered name or folder"));
    auto* browse = new QPushButton(tr("Folder…"), this);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    row->addWidget(m_combo, 1);
    row->addWidget(browse);
    setFocusProxy(m_combo);
    connect(m_combo, &QComboBox::editTextChanged, this, &ModelChoice::edited);
    connect(browse, &QPushButton::clicked, this, [this, title] {
        const QString folder = QFileDialog::getExistingDirectory(this, title);
        if (!folder.isEmpty())
            m_combo->setEditText(QDir::toNativeSeparators(folder));
    });
}

void ModelChoice::setFacts(const ProjectFacts& facts, ModelId base) {
    const QString before = m_combo->currentText();
    const QSignalBlocker quiet(m_combo);
    m_combo->clear();
    if (m_offer != Offer::Adapters)
        for (const store::ModelRecord& model : facts.models) {
            m_combo->addItem(QString::fromStdString(model.name));
            m_combo->setItemData(m_combo->count() - 1,
                                 QVariant::fromValue<qlonglong>(model.id.value), ModelRole);
            m_combo->setItemData(m_combo->count() - 1, model.contextLength, ContextRole);
        }
    if (m_offer != Offer::Models)
        for (const store::AdapterRecord& adapter : facts.adapters) {
            if (base && adapter.modelId != base)
                continue;
            m_combo->addItem(QString::fromStdString(adapter.name));
            const int index = m_combo->count() - 1;
            m_combo->setItemData(index, QVariant::fromValue<qlonglong>(adapter.id.value),
                                 AdapterRole);
            m_combo->setItemData(index, QString::fromStdString(adapter.role), SideRole);
        }
    m_combo->setCurrentIndex(-1);
    m_combo->setEditText(before);
    if (before.isEmpty() && m_offer == Offer::Models && m_combo->count() == 1)
        m_combo->setCurrentIndex(0);
}

void ModelChoice::chooseRole(const std::string& role) {
    if (!m_combo->currentText().isEmpty())
        return;
    const int index = m_combo->findData(QString::fromStdString(role), SideRole);
    if (index >= 0)
        m_combo->setCurrentIndex(index);
}

void ModelChoice::choose(ModelId model, AdapterId adapter) {
    const int at =
        adapter ? m_combo->findData(QVariant::fromValue<qlonglong>(adapter.value), AdapterRole)
                : m_combo->findData(QVariant::fromValue<qlonglong>(model.value), ModelRole);
    if (at >= 0)
        m_combo->setCurrentIndex(at);
}

void ModelChoice::setText(const QString& text) {
    m_combo->setEditText(text);
}

QString ModelChoice::text() const {
    return m_combo->currentText().trimmed();
}

int ModelChoice::itemIndex() const {
    return m_combo->findText(text(), Qt::MatchExactly | Qt::MatchCaseSensitive);
}

ModelId ModelChoice::model() const {
    const int index = itemIndex();
    return {index < 0 ? 0 : m_combo->itemData(index, ModelRole).toLongLong()};
}

AdapterId ModelChoice::adapter() const {
    const int index = itemIndex();
    return {index < 0 ? 0 : m_combo->itemData(index, AdapterRole).toLongLong()};
}

std::int32_t ModelChoice::contextLength() const {
    const int index = itemIndex();
    if (index >= 0)
        return m_combo->itemData(index, ContextRole).toInt();
    return m_folder ? m_folder->contextLength : 0;
}

std::string ModelChoice::value() const {
    // Names are unique enough for people only; adapters and models have separate ids, so a name is
    // what the job's resolver can tell apart, a folder what it registers.
    if (text().isEmpty() || itemIndex() >= 0)
        return text().toStdString();
    return m_folder ? m_folder->path.string() : QDir(text()).absolutePath().toStdString();
}

void ModelChoice::edited() {
    ++m_generation;
    m_folder.reset();
    m_fault.clear();
    m_looking = false;
    if (!text().isEmpty() && itemIndex() < 0) {
        m_looking = true;
        const int generation = m_generation;
        runInBackground<Result<ModelFolder>>(
            this, [folder = Path(text().toStdString())] { return readModelFolder(folder); },
            [this, generation](Result<ModelFolder> result) {
                if (generation != m_generation)
                    return;
                m_looking = false;
                if (!result.ok())
                    m_fault = QString::fromStdString(result.error().message);
                else if (m_offer == Offer::Models && result->isAdapter)
                    m_fault = tr("This is an adapter folder. Choose a model folder.");
                else if (m_offer == Offer::Adapters && !result->isAdapter)
                    m_fault = tr("This is a model folder. Choose an adapter folder.");
                else
                    m_folder = std::move(result).value();
                Q_EMIT changed();
            });
    }
    Q_EMIT changed();
}

} // namespace crux::ui
