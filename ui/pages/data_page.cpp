#include "ui/pages/data_page.h"

#include "core/store/repositories.h"
#include "ui/model/provenance_text.h"
#include "ui/model/session.h"
#include "ui/pages/project_tree.h"
#include "ui/pages/questions_model.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QAction>
#include <QClipboard>
#include <QDateTime>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QStandardItemModel>
#include <QTableView>
#include <QTreeView>
#include <QVBoxLayout>

namespace crux::ui {

namespace {

enum DatasetColumn {
    Name,
    Split,
    Kind,
    Questions,
    Trajectories,
    Imported,
    SourceFile,
    DatasetColumnCount
};

void dress(QTableView& table) {
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.setSelectionMode(QAbstractItemView::SingleSelection);
    table.setAlternatingRowColors(true);
    table.setShowGrid(false);
    table.setWordWrap(false);
    table.setFrameShape(QFrame::NoFrame);
    table.verticalHeader()->hide();
    table.verticalHeader()->setDefaultSectionSize(metrics::kRow);
    table.horizontalHeader()->setHighlightSections(false);
    table.horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
}

/// Title strip, rule, content.
QWidget* panel(QLabel* title, QWidget* content, QWidget* parent) {
    auto* box = new QWidget(parent);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    title->setContentsMargins(8, 4, 8, 4);
    title->setMinimumHeight(metrics::kDockTitle);
    column->addWidget(title);
    column->addWidget(makeRule(box));
    column->addWidget(content, 1);
    return box;
}

} // namespace

DataPage::DataPage(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session) {
    m_stack = new QStackedWidget(this);
    m_empty = new EmptyState(m_stack);
    auto* content = new QWidget(m_stack);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildStrip());
    column->addWidget(makeRule(content));
    auto* splitter = new QSplitter(Qt::Vertical, content);
    splitter->addWidget(buildDatasets());
    splitter->addWidget(buildBottom());
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 5);
    splitter->setChildrenCollapsible(false);
    column->addWidget(splitter, 1);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(content);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_stack);

    connect(m_empty, &EmptyState::triggered, this, &DataPage::importRequested);
    connect(&session, &Session::factsChanged, this, &DataPage::refresh);
    connect(&session, &Session::projectOpened, this, &DataPage::refresh);
    connect(&session, &Session::projectClosed, this, &DataPage::refresh);
    connect(&session, &Session::scoreSetChanged, this, &DataPage::refresh);
    refresh();
}

QWidget* DataPage::buildStrip() {
    auto* strip = new QWidget(this);
    auto* row = new QHBoxLayout(strip);
    row->setContentsMargins(8, 6, 8, 6);
    row->setSpacing(4);
    const auto add = [&](const char* iconName, const QString& text) {
        auto* button = new QPushButton(icon(QLatin1String(iconName)), text, strip);
        row->addWidget(button);
        return button;
    };
    m_import = add("document-import", tr("Import…"));
    m_addModel = add("list-add", tr("Add model…"));
    m_sample = add("media-playback-start", tr("Sample answers…"));
    m_select = add("view-filter", tr("Choose training data…"));
    m_score = add("speedometer", tr("Score…"));
    row->addSpacing(12);
    m_show = add("view-list-text", tr("Show trajectories"));
    m_locate = add("edit-find", tr("Locate…"));
    m_remove = add("trash-empty", tr("Remove…"));
    row->addStretch(1);
    connect(m_import, &QPushButton::clicked, this, &DataPage::importRequested);
    connect(m_addModel, &QPushButton::clicked, this, &DataPage::addModelRequested);
    connect(m_score, &QPushButton::clicked, this, &DataPage::scoreRequested);
    connect(m_select, &QPushButton::clicked, this, &DataPage::selectRequested);
    connect(m_sample, &QPushButton::clicked, this, [this] {
        Q_EMIT sampleRequested(datasetRow() >= 0 ? m_datasetModel->item(datasetRow(), Name)->text()
                                                 : QString());
    });
    connect(m_remove, &QPushButton::clicked, this, &DataPage::removeChosen);
    connect(m_show, &QPushButton::clicked, this, [this] {
        if (datasetRow() >= 0)
            Q_EMIT showTrajectories(QStringLiteral("dataset=\"%1\"")
                                        .arg(m_datasetModel->item(datasetRow(), Name)->text()));
    });
    connect(m_locate, &QPushButton::clicked, this, [this] {
        const QModelIndex name = m_tree->currentIndex().siblingAtColumn(ProjectTree::Name);
        const qint64 id = name.data(ProjectTree::IdRole).toLongLong();
        const bool model = name.data(ProjectTree::KindRole).toInt() == ProjectTree::Model;
        Q_EMIT locateRequested(model ? id : 0, model ? 0 : id);
    });
    return strip;
}

QWidget* DataPage::buildDatasets() {
    m_datasetModel = new QStandardItemModel(0, DatasetColumnCount, this);
    m_datasetModel->setHorizontalHeaderLabels({tr("Dataset"), tr("Split"), tr("Kind"),
                                               tr("Questions"), tr("Trajectories"), tr("Imported"),
                                               tr("Source")});
    for (const int column : {Questions, Trajectories})
        m_datasetModel->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight |
                                                                       Qt::AlignVCenter);
    m_datasets = new QTableView(this);
    m_datasets->setModel(m_datasetModel);
    m_datasets->setAccessibleName(tr("Datasets"));
    dress(*m_datasets);
    const std::array<int, DatasetColumnCount> widths{240, 80, 110, 90, 100, 130, 300};
    for (int i = 0; i < DatasetColumnCount; ++i)
        m_datasets->setColumnWidth(i, widths[static_cast<std::size_t>(i)]);
    m_datasets->horizontalHeader()->setStretchLastSection(true);
    connect(m_datasets->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &DataPage::datasetChosen);
    return panel(makeLabel(LabelKind::Demi, this, tr("Datasets")), m_datasets, this);
}

QWidget* DataPage::buildBottom() {
    m_questionModel = new QuestionsModel(m_session, this);
    m_questions = new QTableView(this);
    m_questions->setModel(m_questionModel);
    m_questions->setAccessibleName(tr("Questions"));
    dress(*m_questions);
    m_questions->setColumnWidth(QuestionsModel::Id, 72);
    m_questions->horizontalHeader()->setSectionResizeMode(QuestionsModel::Question,
                                                          QHeaderView::Stretch);
    m_questionTitle = makeLabel(LabelKind::Demi, this, tr("Questions"));
    m_treeModel = new ProjectTree(
        ProjectTree::Lineage | ProjectTree::ScoreSets | ProjectTree::TrainingData, this);
    m_tree = new QTreeView(this);
    m_tree->setTextElideMode(Qt::ElideMiddle);
    m_tree->setModel(m_treeModel);
    m_tree->setAccessibleName(tr("Models, score sets and training data"));
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setIndentation(metrics::kTreeIndent);
    m_tree->setUniformRowHeights(true);
    m_tree->setAlternatingRowColors(true);
    m_tree->header()->setStretchLastSection(false);
    m_tree->header()->setSectionResizeMode(ProjectTree::Name, QHeaderView::Stretch);
    connect(m_tree->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &DataPage::updateButtons);
    m_copy = new QAction(icon(QStringLiteral("edit-copy")), tr("Copy provenance"), m_tree);
    m_copy->setShortcut(QKeySequence::Copy);
    m_copy->setShortcutContext(Qt::WidgetShortcut);
    m_tree->addAction(m_copy);
    m_tree->setContextMenuPolicy(Qt::ActionsContextMenu);
    connect(m_copy, &QAction::triggered, this, [this] {
        if (const QString text = provenance(); !text.isEmpty())
            QGuiApplication::clipboard()->setText(text);
    });

    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->addWidget(panel(m_questionTitle, m_questions, splitter));
    splitter->addWidget(
        panel(makeLabel(LabelKind::Demi, this, tr("Models, score sets and training data")), m_tree,
              splitter));
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    return splitter;
}

void DataPage::refresh() {
    const ProjectFacts& facts = m_session.facts();
    const bool empty = !m_session.isOpen() || (facts.datasets.empty() && facts.models.empty());
    if (!m_session.isOpen()) {
        m_empty->setTexts(tr("No project is open"), tr("Open or make one from the start page."));
        m_empty->setAction({});
    } else if (empty) {
        m_empty->setTexts(
            tr("This project is empty"),
            tr("Trajectories come from JSONL or CSV files; the raw text is kept byte for byte."));
        m_empty->setAction(tr("Import trajectories…"), QStringLiteral("document-import"), true);
        m_empty->setReason(m_session.readOnly() ? tr("The project is open read-only.") : QString());
    }
    m_stack->setCurrentIndex(empty ? 0 : 1);
    const qint64 kept =
        datasetRow() >= 0 ? m_datasetModel->item(datasetRow(), Name)->data().toLongLong() : 0;
    m_datasetModel->removeRows(0, m_datasetModel->rowCount());
    int current = facts.datasets.empty() ? -1 : 0;
    for (const store::DatasetRecord& dataset : facts.datasets) {
        const QString imported = QLocale().toString(
            QDateTime::fromMSecsSinceEpoch(dataset.createdMs), QLocale::ShortFormat);
        QList<QStandardItem*> items;
        for (const QString& text :
             {QString::fromStdString(dataset.name), QString::fromStdString(dataset.split),
              QString::fromStdString(dataset.kind), format::integer(dataset.questions),
              format::integer(dataset.trajectories), imported,
              QString::fromStdString(dataset.sourcePath)}) {
            items << new QStandardItem(text);
            items.last()->setEditable(false);
            items.last()->setToolTip(text);
        }
        for (const int column : {Questions, Trajectories})
            items[column]->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        items[Name]->setData(QVariant::fromValue<qlonglong>(dataset.id.value));
        items[Questions]->setData(QVariant::fromValue<qlonglong>(dataset.questions));
        if (dataset.id.value == kept)
            current = m_datasetModel->rowCount();
        m_datasetModel->appendRow(items);
    }
    if (current >= 0)
        m_datasets->setCurrentIndex(m_datasetModel->index(current, 0));
    m_treeModel->setFacts(facts, m_session.scoreSet());
    m_tree->expandAll();
    updateButtons();
}

int DataPage::datasetRow() const {
    const QModelIndex index = m_datasets->currentIndex();
    return index.isValid() && index.row() < m_datasetModel->rowCount() ? index.row() : -1;
}

void DataPage::datasetChosen() {
    const int row = datasetRow();
    const auto& datasets = m_session.facts().datasets;
    if (row < 0 || static_cast<std::size_t>(row) >= datasets.size())
        return;
    const store::DatasetRecord& dataset = datasets[static_cast<std::size_t>(row)];
    m_questionTitle->setText(
        tr("Questions of %1, %2")
            .arg(QString::fromStdString(dataset.name), format::integer(dataset.questions)));
    m_questionModel->setDataset(dataset.id, dataset.questions);
    m_tree->setCurrentIndex({});
    updateButtons();
}

void DataPage::updateButtons() {
    const bool writable = m_session.isOpen() && !m_session.readOnly();
    const int kind = m_tree->currentIndex()
                         .siblingAtColumn(ProjectTree::Name)
                         .data(ProjectTree::KindRole)
                         .toInt();
    const bool model = kind == ProjectTree::Model || kind == ProjectTree::Adapter;
    const bool pairs = kind == ProjectTree::PairSet;
    const int row = datasetRow();
    const bool answerable =
        row >= 0 && m_datasetModel->item(row, Questions)->data().toLongLong() > 0;
    const QString reason = writable ? QString() : tr("The project is open read-only.");
    for (QPushButton* button : {m_import, m_addModel, m_score})
        button->setEnabled(writable);
    m_sample->setEnabled(writable && answerable);
    m_sample->setToolTip(!writable    ? reason
                         : answerable ? QString()
                                      : tr("The chosen dataset has no question"));
    m_select->setEnabled(writable && m_session.facts().trajectories > 0);
    m_select->setToolTip(m_session.facts().trajectories > 0 ? reason
                                                            : tr("There are no trajectories yet"));
    m_show->setEnabled(datasetRow() >= 0);
    m_locate->setEnabled(writable && model);
    m_locate->setToolTip(model ? reason : tr("Choose a model or an adapter first"));
    m_remove->setEnabled(writable && (model || pairs || datasetRow() >= 0));
    m_remove->setToolTip(reason);
    m_copy->setEnabled(!provenance().isEmpty());
}

/// Of the chosen model, adapter or score set.
QString DataPage::provenance() const {
    const QModelIndex name = m_tree->currentIndex().siblingAtColumn(ProjectTree::Name);
    const qint64 id = name.data(ProjectTree::IdRole).toLongLong();
    switch (name.data(ProjectTree::KindRole).toInt()) {
    case ProjectTree::Model:
        return provenanceText(m_session.facts(), ModelId{id});
    case ProjectTree::Adapter:
        return provenanceText(m_session.facts(), AdapterId{id});
    case ProjectTree::ScoreSet:
        return provenanceText(m_session.facts(), ScoreSetId{id});
    default:
        return {};
    }
}

QString DataPage::removalQuestion() const {
    const QModelIndex name = m_tree->currentIndex().siblingAtColumn(ProjectTree::Name);
    const int kind = name.data(ProjectTree::KindRole).toInt();
    if (kind == ProjectTree::Model)
        return tr("Remove the model %1 from the project? Its files stay where they are.")
            .arg(name.data().toString());
    if (kind == ProjectTree::Adapter)
        return tr("Remove the adapter %1 from the project? Its files stay where they are.")
            .arg(name.data().toString());
    if (kind == ProjectTree::PairSet)
        return tr("Remove the training data %1? Its trajectories stay.")
            .arg(name.data().toString());
    if (datasetRow() < 0)
        return {};
    return tr("Remove the dataset %1? Its %2 trajectories go with their scores, branches, labels "
              "and notes. This cannot "
              "be undone.")
        .arg(m_datasetModel->item(datasetRow(), Name)->text(),
             m_datasetModel->item(datasetRow(), Trajectories)->text());
}

void DataPage::removeChosen() {
    const QString question = removalQuestion();
    if (question.isEmpty())
        return;
    QMessageBox box(QMessageBox::Question, tr("Remove"), question, QMessageBox::NoButton, this);
    QPushButton* remove = box.addButton(tr("Remove"), QMessageBox::DestructiveRole);
    box.setDefaultButton(box.addButton(tr("Keep"), QMessageBox::RejectRole));
    box.exec();
    if (box.clickedButton() != remove)
        return;
    const QModelIndex name = m_tree->currentIndex().siblingAtColumn(ProjectTree::Name);
    const int kind = name.data(ProjectTree::KindRole).toInt();
    const qint64 id =
        kind == ProjectTree::Model || kind == ProjectTree::Adapter || kind == ProjectTree::PairSet
            ? name.data(ProjectTree::IdRole).toLongLong()
            : m_datasetModel->item(datasetRow(), Name)->data().toLongLong();
    m_session.write(this, [kind, id](const store::Project& project) -> Status {
        if (kind == ProjectTree::Model)
            return store::removeModel(project, ModelId{id});
        if (kind == ProjectTree::Adapter)
            return store::removeAdapter(project, AdapterId{id});
        if (kind == ProjectTree::PairSet)
            return store::removePairSet(project, PairSetId{id});
        return store::removeDataset(project, DatasetId{id});
    });
}

} // namespace crux::ui
