#include "ui/dialogs/import_dialog.h"

#include "core/text/prompts.h"
#include "core/text/tokenizer.h"
#include "ui/dialogs/background.h"
#include "ui/model/session.h"
#include "ui/widgets/format.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QComboBox>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableWidget>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>
#include <array>

namespace crux::ui {

namespace {

constexpr int kPreviewDelayMs = 250;
constexpr int kRowsShown = 5;
constexpr int kMostRejectedShown = 100;

/// Roles the dialog lets the user map, with the job parameter each goes to.
struct Role {
    const char* role;
    const char* parameter;
    const char* title;
};
constexpr std::array<Role, 6> kRoles{
    {{"question", "question_column", QT_TRANSLATE_NOOP("crux::ui::ImportDialog", "Question")},
     {"response", "response_column", QT_TRANSLATE_NOOP("crux::ui::ImportDialog", "Response")},
     {"gold", "answer_column", QT_TRANSLATE_NOOP("crux::ui::ImportDialog", "Gold answer")},
     {"verdict", "verdict_column", QT_TRANSLATE_NOOP("crux::ui::ImportDialog", "Verdict")},
     {"id", "id_column", QT_TRANSLATE_NOOP("crux::ui::ImportDialog", "Question id")},
     {"model", "model_column", QT_TRANSLATE_NOOP("crux::ui::ImportDialog", "Source model")}}};

} // namespace

ImportDialog::ImportDialog(Session& session, QWidget* parent)
    : FormDialog(tr("Import trajectories"), tr("Import"), parent)
    , m_session(session) {
    m_timer = new QTimer(this);
    m_timer->setSingleShot(true);
    m_timer->setInterval(kPreviewDelayMs);
    connect(m_timer, &QTimer::timeout, this, &ImportDialog::startPreview);
    buildFields();
    buildPreview();
    resize(860, 720);
    updateReason();
}

void ImportDialog::buildFields() {
    m_files = new PathField(PathField::Kind::OpenFiles, tr("Files to import"), this);
    m_files->setFilter(tr("Trajectories (*.jsonl *.json *.csv *.tsv *.txt);;All files (*)"));
    addField(tr("Files"), m_files);
    m_kind = new QComboBox(this);
    m_kind->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_kind->setMinimumContentsLength(40);
    m_kind->addItem(tr("found by looking at the files"), QStringLiteral("auto"));
    for (const auto& [name, sentence] : interop::importKinds()) {
        if (name == "auto")
            continue;
        const QString title = QString::fromStdString(name);
        m_kind->addItem(tr("%1: %2").arg(title, QString::fromStdString(sentence)), title);
    }
    addField(tr("Kind"), m_kind);
    m_dataset = new QLineEdit(this);
    m_dataset->setPlaceholderText(tr("name of the first file"));
    addField(tr("Dataset"), m_dataset);
    m_template = new QComboBox(this);
    for (const text::PromptTemplate& shape : text::promptTemplates())
        m_template->addItem(QString::fromStdString(shape.name), QString::fromStdString(shape.name));
    addField(tr("Prompt template"), m_template,
             tr("put around a question where a row has no prompt of its own"));
    m_task = new QComboBox(this);
    m_task->addItem(tr("GSM8K answers"), QStringLiteral("gsm8k"));
    m_task->addItem(tr("MATH answers"), QStringLiteral("math"));
    m_task->addItem(tr("no grading"), QStringLiteral("none"));
    addField(tr("Grading"), m_task);
    m_tokenizer = new PathField(PathField::Kind::Folder, tr("Folder of the tokenizer"), this);
    m_tokenizer->edit()->setPlaceholderText(tr("that of the project's models"));
    addField(tr("Tokenizer"), m_tokenizer,
             tr("needed where files name tokens by their text; a folder or a registered model"));
    m_badLines = new QComboBox(this);
    m_badLines->addItem(tr("keep the good lines, report the bad ones"), QStringLiteral("keep"));
    m_badLines->addItem(tr("refuse the whole import"), QStringLiteral("refuse"));
    addField(tr("Bad lines"), m_badLines);

    connect(m_files, &PathField::changed, this, &ImportDialog::schedulePreview);
    for (QComboBox* combo : {m_kind, m_template, m_task, m_badLines})
        connect(combo, &QComboBox::activated, this, &ImportDialog::schedulePreview);
    connect(m_tokenizer, &PathField::changed, this, &ImportDialog::checkTokenizer);
    connect(m_dataset, &QLineEdit::textEdited, this, [this] { m_datasetTyped = true; });
}

void ImportDialog::buildPreview() {
    addHeading(tr("Columns"));
    m_mappingPanel = new QWidget(this);
    auto* grid = new QGridLayout(m_mappingPanel);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(4);
    int index = 0;
    for (const Role& role : kRoles) {
        auto* combo = new QComboBox(m_mappingPanel);
        combo->setAccessibleName(tr(role.title));
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        grid->addWidget(makeLabel(LabelKind::Plain, m_mappingPanel, tr(role.title)), index / 3,
                        index % 3 * 2);
        grid->addWidget(combo, index / 3, index % 3 * 2 + 1);
        grid->setColumnStretch(index % 3 * 2 + 1, 1);
        m_mapping.insert(QLatin1String(role.role), combo);
        connect(combo, &QComboBox::activated, this, &ImportDialog::schedulePreview);
        ++index;
    }
    addWide(m_mappingPanel);

    addHeading(tr("First rows"));
    m_table = new QTableWidget(this);
    m_table->setAccessibleName(tr("First rows"));
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(metrics::kRow);
    m_table->setMinimumHeight(metrics::kHeader + kRowsShown * metrics::kRow + 16);
    m_noRows = makeLabel(LabelKind::Second, m_table->viewport(),
                         tr("The first rows stand here once files are chosen."));
    auto* middle = new QVBoxLayout(m_table->viewport());
    middle->addWidget(m_noRows, 0, Qt::AlignCenter);
    addWide(m_table, 1);
    m_countsSign = new QLabel(this);
    m_counts = makeLabel(LabelKind::Plain, this);
    m_counts->setWordWrap(true);
    auto* line = new QWidget(this);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 4, 0, 0);
    row->setSpacing(6);
    row->addWidget(m_countsSign, 0, Qt::AlignTop);
    row->addWidget(m_counts, 1);
    addWide(line);
    m_rejected = new QPlainTextEdit(this);
    m_rejected->setReadOnly(true);
    m_rejected->setAccessibleName(tr("Rejected rows"));
    m_rejected->setFont(fonts::fixedSmall());
    m_rejected->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_rejected->setMaximumHeight(96);
    m_rejected->hide();
    addWide(m_rejected);
    addText(tr("The raw text of every response is kept byte for byte."));
}

void ImportDialog::setFiles(const QStringList& files) {
    m_files->edit()->setText(files.join(QStringLiteral(" ; ")));
}

interop::ImportOptions ImportDialog::options() const {
    interop::ImportOptions options;
    options.kind = m_kind->currentData().toString().toStdString();
    for (const QString& file : m_files->paths())
        options.inputs.emplace_back(file.toStdString());
    options.dataset = m_dataset->text().trimmed().toStdString();
    options.promptTemplate = m_template->currentData().toString().toStdString();
    options.task = m_task->currentData().toString().toStdString();
    options.tokenizer = m_tokenizer->edit()->text().trimmed().toStdString();
    options.skipBadLines = m_badLines->currentData().toString() == QLatin1String("keep");
    for (auto it = m_mapping.begin(); it != m_mapping.end(); ++it)
        if (!it.value()->currentData().toString().isEmpty())
            options.columns[it.key().toStdString()] =
                it.value()->currentData().toString().toStdString();
    return options;
}

Json ImportDialog::spec() const {
    const interop::ImportOptions chosen = options();
    Json inputs = Json::array();
    for (const Path& file : chosen.inputs)
        inputs.push_back(std::filesystem::absolute(file).string());
    Json spec{{"inputs", inputs},
              {"kind", chosen.kind},
              {"dataset", chosen.dataset},
              {"template", chosen.promptTemplate},
              {"task", chosen.task},
              {"bad_lines", chosen.skipBadLines ? "keep" : "refuse"},
              {"tokenizer", chosen.tokenizer}};
    for (const Role& role : kRoles) {
        const auto found = chosen.columns.find(role.role);
        if (found != chosen.columns.end())
            spec[role.parameter] = found->second;
    }
    return spec;
}

void ImportDialog::schedulePreview() {
    ++m_generation;
    m_fault.clear();
    setFieldError(m_files, {});
    m_running = true;
    updateReason();
    m_timer->start();
}

void ImportDialog::startPreview() {
    const QStringList files = m_files->paths();
    for (const QString& file : files)
        if (!QFileInfo(file).isFile()) {
            m_running = false;
            m_preview.reset();
            m_fault = tr("%1 is not there. Choose an existing file.").arg(file);
            setFieldError(m_files, m_fault);
            updateReason();
            return;
        }
    if (files.isEmpty()) {
        m_running = false;
        m_preview.reset();
        updateReason();
        return;
    }
    const int generation = m_generation;
    runInBackground<Result<interop::ImportPreview>>(
        this, [options = options()] { return interop::previewImport(options, kRowsShown); },
        [this, generation](Result<interop::ImportPreview> result) {
            if (generation == m_generation)
                showPreview(std::move(result));
        });
}

void ImportDialog::showPreview(Result<interop::ImportPreview> result) {
    m_running = false;
    if (!result.ok()) {
        m_preview.reset();
        m_fault = QString::fromStdString(result.error().message);
        setFieldError(m_files, m_fault);
        m_table->clear();
        m_table->setRowCount(0);
        m_table->setColumnCount(0);
        m_noRows->show();
    } else {
        m_preview = std::move(result).value();
        if (!m_datasetTyped)
            m_dataset->setPlaceholderText(QFileInfo(m_files->paths().value(0)).completeBaseName());
        fillMapping(*m_preview);
        showRows(*m_preview);
    }
    updateReason();
    Q_EMIT previewed();
}

void ImportDialog::fillMapping(const interop::ImportPreview& preview) {
    for (auto it = m_mapping.begin(); it != m_mapping.end(); ++it) {
        QComboBox* combo = it.value();
        const auto used = preview.mapping.find(it.key().toStdString());
        const QString chosen =
            used == preview.mapping.end() ? QString() : QString::fromStdString(used->second);
        combo->clear();
        combo->addItem(chosen.isEmpty() ? tr("none") : tr("by its name"), QString());
        for (const std::string& column : preview.columns)
            combo->addItem(QString::fromStdString(column), QString::fromStdString(column));
        combo->setCurrentIndex(std::max(0, combo->findData(chosen)));
    }
    m_mappingPanel->setEnabled(!preview.columns.empty());
}

void ImportDialog::showRows(const interop::ImportPreview& preview) {
    m_table->clear();
    m_noRows->hide();
    m_table->setColumnCount(static_cast<int>(preview.columns.size()));
    m_table->setRowCount(static_cast<int>(preview.rows.size()));
    for (int column = 0; column < m_table->columnCount(); ++column) {
        const std::string& name = preview.columns[static_cast<std::size_t>(column)];
        QString title = QString::fromStdString(name);
        for (const Role& role : kRoles) {
            const auto used = preview.mapping.find(role.role);
            if (used != preview.mapping.end() && used->second == name)
                title = tr("%1 → %2").arg(title, tr(role.title));
        }
        auto* header = new QTableWidgetItem(title);
        header->setTextAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        m_table->setHorizontalHeaderItem(column, header);
        m_table->setColumnWidth(column, 160);
    }
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const auto& cells = preview.rows[static_cast<std::size_t>(row)];
        for (int column = 0;
             column < m_table->columnCount() && column < static_cast<int>(cells.size()); ++column) {
            const QString text = QString::fromStdString(cells[static_cast<std::size_t>(column)]);
            auto* item = new QTableWidgetItem(
                format::visibleBlanks(text).replace(QChar(0x2423), QLatin1Char(' ')));
            item->setToolTip(text);
            m_table->setItem(row, column, item);
        }
    }
    QString counts =
        preview.complete
            ? tr("%1 rows").arg(format::integer(preview.rowsSeen))
            : tr("the first %1 rows were looked at").arg(format::integer(preview.rowsSeen));
    if (preview.rejectedCount > 0)
        counts += QStringLiteral(", ") +
                  tr("%1 would be rejected:").arg(format::integer(preview.rejectedCount));
    else
        counts += QStringLiteral(", ") + tr("none rejected");
    m_counts->setText(tr("Kind %1 · %2").arg(QString::fromStdString(preview.kind), counts));
    m_countsSign->setPixmap(marks::severityPixmap(
        preview.rejectedCount > 0 ? Severity::Warning : Severity::Passed, devicePixelRatioF()));
    QStringList lines;
    for (const interop::RejectedRow& row : preview.rejected) {
        if (lines.size() >= kMostRejectedShown)
            break;
        const QString file = QFileInfo(QString::fromStdString(row.file)).fileName();
        lines << (row.line > 0 ? tr("%1, line %2: %3")
                                     .arg(file)
                                     .arg(row.line)
                                     .arg(QString::fromStdString(row.reason))
                               : tr("%1: %2").arg(file, QString::fromStdString(row.reason)));
    }
    m_rejected->setPlainText(lines.join(QLatin1Char('\n')));
    m_rejected->setVisible(!lines.isEmpty());
}

/// A folder is looked at, a name is one of the project's models.
void ImportDialog::checkTokenizer() {
    const QString named = m_tokenizer->edit()->text().trimmed();
    const auto& models = m_session.facts().models;
    const auto hasName = [&](const store::ModelRecord& model) {
        return QString::fromStdString(model.name) == named ||
               QString::number(model.id.value) == named;
    };
    m_tokenizerFault.clear();
    if (!named.isEmpty() && std::none_of(models.begin(), models.end(), hasName)) {
        if (!QFileInfo(named).isDir())
            m_tokenizerFault = tr("There is no such folder, and no registered model of this name.");
        else if (!text::hasTokenizer(named.toStdString()))
            m_tokenizerFault = tr("This folder holds no tokenizer.model, tokenizer.json or "
                                  "vocab.json with merges.txt.");
    }
    setFieldError(m_tokenizer, m_tokenizerFault);
    updateReason();
}

/// True when the files need a tokenizer and neither the field nor the project names one.
bool ImportDialog::tokenizerMissing() const {
    const auto& models = m_session.facts().models;
    return m_preview && m_preview->needsTokenizer &&
           m_tokenizer->edit()->text().trimmed().isEmpty() &&
           std::none_of(models.begin(), models.end(),
                        [](const auto& model) { return !model.tokenizerHash.empty(); });
}

void ImportDialog::updateReason() {
    if (m_session.isOpen() && m_session.readOnly())
        setReason(tr("The project is open read-only: nothing can be imported."));
    else if (m_files->paths().isEmpty())
        setReason(tr("Choose one or more files."));
    else if (m_running)
        setReason(tr("Looking at the files…"));
    else if (!m_fault.isEmpty() || !m_preview)
        setReason(tr("The files cannot be imported as they are."));
    else if (m_preview->rowsSeen == 0 || m_preview->rejectedCount >= m_preview->rowsSeen)
        setReason(tr("No row can be imported. Map the columns, or choose another kind."));
    else if (!m_tokenizerFault.isEmpty())
        setReason(tr("Correct the marked field first."));
    else if (tokenizerMissing())
        setReason(
            tr("These files name tokens by their text: choose the tokenizer that made them."));
    else if (m_badLines->currentData().toString() == QLatin1String("refuse") &&
             m_preview->rejectedCount > 0)
        setReason(tr("Bad lines are refused, and there are some."));
    else
        setReason({});
    setNote(tr("%1 to read, as a job that can be cancelled")
                .arg(format::bytes(m_preview ? m_preview->totalBytes : 0)));
}

void ImportDialog::accept() {
    if (m_session.isOpen()) {
        const QString name = m_dataset->text().trimmed().isEmpty()
                                 ? QFileInfo(m_files->paths().value(0)).completeBaseName()
                                 : m_dataset->text().trimmed();
        m_session.enqueueJob(QStringLiteral("import"), spec(), tr("import %1").arg(name));
    }
    FormDialog::accept();
}

} // namespace crux::ui
