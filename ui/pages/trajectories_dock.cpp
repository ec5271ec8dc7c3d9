#include "ui/pages/trajectories_dock.h"

#include "core/store/corpus.h"
#include "core/store/filter.h"
#include "core/store/repositories.h"
#include "ui/model/action_registry.h"
#include "ui/model/session.h"
#include "ui/model/text_format.h"
#include "ui/model/trajectory_table_model.h"
#include "ui/model/undo_commands.h"
#include "ui/model/view_settings.h"
#include "ui/pages/filter_bar.h"
#include "ui/pages/trajectory_delegate.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/row_table.h"
#include "ui/widgets/theme.h"

#include <QGuiApplication>
#include <QHeaderView>
#include <QInputDialog>
#include <QLineEdit>
#include <QMenu>
#include <QPointer>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QToolTip>
#include <QUndoStack>
#include <QVBoxLayout>

#include <algorithm>
#include <functional>
#include <utility>

namespace crux::ui {

using Column = TrajectoryTableModel::Column;

namespace {

struct ColumnWidth {
    int column, width;
    bool shown;
};
constexpr ColumnWidth kWidths[] = {
    {Column::Number, 44, true},
    {Column::Verdict, 24, true},
    {Column::Question, 128, true},
    {Column::Scores, 74, true},
    {Column::Answer, 52, true},
    {Column::Gold, 44, true},
    {Column::MinS, 58, true},
    {Column::Branches, 26, true},
    {Column::Tokens, 56, false},
    {Column::Candidates, 76, false},
    {Column::FirstCandidate, 80, false},
    {Column::Dataset, 90, false},
    {Column::Sample, 56, false},
    {Column::SourceModel, 96, false},
    {Column::Label, 70, false},
    {Column::Flags, 80, false},
    {Column::Critical, 92, true},
};

qint64 questionsOf(const ProjectFacts& facts) {
    qint64 count = 0;
    for (const store::DatasetRecord& dataset : facts.datasets)
        count += dataset.questions;
    return count;
}
/// One filter after another; `apply` sets it without a new command.
class FilterCommand : public QUndoCommand {
public:
    FilterCommand(std::function<void(const QString&)> apply, QString before, QString after)
        : QUndoCommand(TrajectoriesDock::tr("filter"))
        , m_apply(std::move(apply))
        , m_before(std::move(before))
        , m_after(std::move(after)) {}
    void undo() override { m_apply(m_before); }
    void redo() override {
        if (!std::exchange(m_fresh, false))
            m_apply(m_after);
    }

private:
    std::function<void(const QString&)> m_apply;
    QString m_before, m_after;
    bool m_fresh = true;
};

} // namespace

TrajectoriesDock::TrajectoriesDock(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_model(new TrajectoryTableModel(session, this))
    , m_filter(new FilterBar(this))
    , m_stack(new QStackedWidget(this))
    , m_table(new QTableView(m_stack))
    , m_empty(new EmptyState(m_stack)) {
    m_table->setModel(m_model);
    m_table->setItemDelegate(new TrajectoryDelegate(session.view(), m_table));
    showRows(*m_table);
    m_table->setAccessibleName(tr("Trajectories"));
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    m_table->horizontalHeader()->setMinimumSectionSize(20);
    m_table->horizontalHeader()->setSectionsMovable(true);
    m_table->horizontalHeader()->setFixedHeight(metrics::kHeader);
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    for (const ColumnWidth& entry : kWidths) {
        m_table->setColumnWidth(
            entry.column,
            std::max(entry.width, m_table->horizontalHeader()->sectionSizeHint(entry.column)));
        m_table->setColumnHidden(entry.column, !entry.shown);
    }
    m_table->horizontalHeader()->moveSection(Column::Critical, Column::Branches);
    m_table->horizontalHeader()->setSectionResizeMode(Column::Question, QHeaderView::Stretch);

    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_filter);
    column->addWidget(m_stack, 1);

    connect(m_table->horizontalHeader(), &QHeaderView::sectionClicked, this, [this](int section) {
        const bool again =
            m_model->sortColumn() == section && m_model->sortOrder() == Qt::AscendingOrder;
        m_model->sort(section, again ? Qt::DescendingOrder : Qt::AscendingOrder);
        m_table->horizontalHeader()->setSortIndicatorShown(true);
        m_table->horizontalHeader()->setSortIndicator(m_model->sortColumn(), m_model->sortOrder());
        m_session.setUiState(QStringLiteral("sort"), m_model->sortState());
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) {
                if (!m_selecting && now.isValid())
                    openRow(now.row());
            });
    connect(m_table, &QWidget::customContextMenuRequested, this, &TrajectoriesDock::cellMenu);
    connect(m_table, &QTableView::clicked, this, [this](const QModelIndex& at) {
        if (QGuiApplication::keyboardModifiers() & Qt::ControlModifier)
            m_filter->toggleTerm(at.data(TrajectoryTableModel::FilterRole).toString());
    });
    connect(m_filter, &FilterBar::expressionChanged, this, &TrajectoriesDock::filterEdited);
    connect(m_filter, &FilterBar::valuesWanted, this, &TrajectoriesDock::readValues);
    connect(&session, &Session::dataChanged, m_filter, &FilterBar::forgetValues);
    connect(m_filter, &FilterBar::columnsRequested, this, &TrajectoriesDock::showColumns);
    connect(m_filter, &FilterBar::exportRequested, this, &TrajectoriesDock::exportRequested);
    connect(m_filter, &FilterBar::saveSliceRequested, this, &TrajectoriesDock::saveSlice);
    connect(m_model, &TrajectoryTableModel::loaded, this, [this] {
        updateEmpty();
        followCurrent();
        Q_EMIT shownChanged(m_model->rowCount(), m_model->total());
    });
    connect(m_model, &TrajectoryTableModel::failed, this, [this](const Error& error) {
        m_session.post(noticeFromError(error, tr("The trajectories were not listed.")));
    });
    connect(m_empty, &EmptyState::triggered, this, [this] {
        if (!m_filter->expression().isEmpty())
            m_filter->canUndo() ? m_filter->undoLast() : m_filter->reset();
        else
            m_offersSampling ? Q_EMIT sampleRequested() : Q_EMIT importRequested();
    });
    connect(&session, &Session::factsChanged, this, [this] {
        if (m_stack->currentWidget() == m_empty)
            updateEmpty();
    });
    connect(&session, &Session::projectOpened, this, &TrajectoriesDock::restore);
    connect(&session, &Session::currentChanged, this, &TrajectoriesDock::followCurrent);
    connect(&session.view(), &ViewSettings::changed, m_table->viewport(),
            qOverload<>(&QWidget::update));
    updateEmpty();
}

/// Values of a field's rows, for completion.
void TrajectoriesDock::readValues(const QString& field) {
    if (!m_session.isOpen())
        return;
    const ScoreSetId set = m_session.scoreSet();
    m_session.read<std::vector<std::string>>(
        this,
        [set, name = field.toStdString()](const store::Project& project) {
            constexpr std::size_t kMost = 500;
            return store::filterValues(project, name, set, kMost);
        },
        [this, field](const Result<std::vector<std::string>>& values) {
            QStringList list;
            if (values)
                for (const std::string& value : *values)
                    list << QString::fromStdString(value);
            m_filter->setValues(field, list);
        });
}

void TrajectoriesDock::restore() {
    m_filterByUser = false;
    m_filter->restore(m_session.uiState(QStringLiteral("filter")));
    m_filterByUser = true;
    m_lastFilter = m_filter->expression();
    m_model->setFilter(m_filter->expression());
    Q_EMIT filterChanged(m_filter->expression());
    m_model->setSortState(m_session.uiState(QStringLiteral("sort")));
    if (m_model->sortColumn() >= 0)
        m_table->horizontalHeader()->setSortIndicator(m_model->sortColumn(), m_model->sortOrder());
    const QStringList shown =
        m_session.uiState(QStringLiteral("columns")).split(QLatin1Char(','), Qt::SkipEmptyParts);
    if (!shown.isEmpty())
        for (const ColumnWidth& entry : kWidths)
            m_table->setColumnHidden(entry.column, !shown.contains(QString::number(entry.column)));
}

void TrajectoriesDock::filterEdited(const QString& expression) {
    m_model->setFilter(expression);
    m_session.setUiState(QStringLiteral("filter"), expression);
    Q_EMIT filterChanged(expression);
    const QString before = std::exchange(m_lastFilter, expression);
    if (!m_filterByUser || !m_session.isOpen())
        return;
    m_session.undoStack().push(new FilterCommand(
        [guard = QPointer<TrajectoriesDock>(this)](const QString& wanted) {
            if (!guard)
                return;
            guard->m_filterByUser = false;
            guard->m_filter->setExpression(wanted);
            guard->m_filterByUser = true;
        },
        before, expression));
}

void TrajectoriesDock::saveColumns() {
    QStringList shown;
    for (int column = 0; column < TrajectoryTableModel::ColumnCount; ++column)
        if (!m_table->isColumnHidden(column))
            shown << QString::number(column);
    m_session.setUiState(QStringLiteral("columns"), shown.join(QLatin1Char(',')));
}

void TrajectoriesDock::showColumns(const QPoint& global) {
    QMenu menu;
    for (int column = 0; column < TrajectoryTableModel::ColumnCount; ++column) {
        const QString title =
            m_model->headerData(column, Qt::Horizontal, Qt::AccessibleTextRole).toString();
        QAction* action = menu.addAction(title);
        action->setCheckable(true);
        action->setChecked(!m_table->isColumnHidden(column));
        action->setEnabled(column != Column::Number);
        connect(action, &QAction::toggled, this, [this, column](bool on) {
            m_table->setColumnHidden(column, !on);
            saveColumns();
        });
    }
    menu.exec(global);
}

void TrajectoriesDock::saveSlice() {
    const QString filter = m_filter->expression();
    bool accepted = false;
    const QString name = QInputDialog::getText(this, tr("Save as slice"), tr("Name of the slice"),
                                               QLineEdit::Normal, filter.left(60), &accepted)
                             .trimmed();
    if (!accepted || name.isEmpty())
        return;
    m_session.write(this,
                    [name = name.toStdString(),
                     filter = filter.toStdString()](const store::Project& project) -> Status {
                        CRUX_TRY(id, store::saveSlice(project, name, filter));
                        static_cast<void>(id);
                        return {};
                    });
}

void TrajectoriesDock::openRow(int row) {
    const TrajectoryId id = m_model->idAt(row);
    const auto current = m_session.current();
    // The shown one too, where another is on its way: Down and at once Up stay here.
    if (id && (m_session.wanted() != id || !current || current->record.id != id))
        m_session.openTrajectory(id);
}

void TrajectoriesDock::select(TrajectoryId id) {
    const int row = m_model->rowOf(id);
    if (row < 0)
        return;
    m_selecting = true;
    m_table->setCurrentIndex(m_model->index(row, Column::Number));
    m_table->scrollTo(m_model->index(row, Column::Number), QAbstractItemView::EnsureVisible);
    m_selecting = false;
}

void TrajectoriesDock::followCurrent() {
    // A list read anew while the chosen trajectory still loads keeps the choice.
    if (m_model->rowOf(m_session.wanted()) >= 0)
        return select(m_session.wanted());
    const auto current = m_session.current();
    if (current) {
        select(m_model->rowOf(current->record.id) >= 0 ? current->record.id
                                                       : current->record.rootId);
        return;
    }
    // A project opens on the trajectory it was closed with, else on the first row.
    if (!m_session.isOpen() || m_model->rowCount() == 0)
        return;
    const TrajectoryId last{m_session.uiState(QStringLiteral("current")).toLongLong()};
    m_session.openTrajectory(m_model->rowOf(last) >= 0 ? last : m_model->idAt(0));
}

void TrajectoriesDock::goToRow(int row) {
    if (row >= 0 && row < m_model->rowCount())
        m_table->setCurrentIndex(m_model->index(row, Column::Number));
}

void TrajectoriesDock::step(int rows) {
    const int count = m_model->rowCount();
    if (count == 0)
        return;
    const int now = m_table->currentIndex().isValid() ? m_table->currentIndex().row() : -1;
    m_table->setCurrentIndex(m_model->index(std::clamp(now + rows, 0, count - 1), Column::Number));
}

void TrajectoriesDock::focusFilter() {
    m_filter->field()->setFocus(Qt::ShortcutFocusReason);
    m_filter->field()->selectAll();
}

QString TrajectoriesDock::emptyTitle() const {
    return m_stack->currentWidget() == m_empty ? m_empty->title() : QString();
}

void TrajectoriesDock::updateEmpty() {
    if (m_model->rowCount() > 0) {
        m_stack->setCurrentWidget(m_table);
        return;
    }
    m_empty->setReason({});
    m_offersSampling = false;
    if (!m_filter->expression().isEmpty()) {
        const bool needsScores = m_session.facts().scoreSets.empty() &&
                                 (m_filter->expression().contains(QStringLiteral("min_s")) ||
                                  m_filter->expression().contains(QStringLiteral("crit")));
        m_empty->setTexts(
            tr("No trajectory matches this filter"),
            needsScores ? tr("min_s needs scores, and none of the trajectories is scored yet.")
                        : tr("%1 trajectories are in the project, none fits the filter.")
                              .arg(text_format::integer(std::max<qint64>(m_model->total(), 0))));
        m_empty->setAction(tr("Undo last filter"), QStringLiteral("edit-undo"));
    } else if (const qint64 questions = questionsOf(m_session.facts()); questions > 0) {
        m_offersSampling = true;
        m_empty->setTexts(tr("No trajectories"),
                          tr("A trajectory is one generated solution. A model can answer the "
                             "project's %1 questions, or they come from files.")
                              .arg(text_format::integer(questions)));
        m_empty->setAction(tr("Sample answers…"), QStringLiteral("media-playback-start"), true);
        if (m_session.readOnly())
            m_empty->setReason(tr("The project is open for reading only."));
    } else {
        m_empty->setTexts(tr("No trajectories"),
                          tr("A trajectory is one generated solution of a question. They come from "
                             "files."));
        m_empty->setAction(tr("Import…"), QStringLiteral("document-import"), true);
        if (m_session.isOpen() && m_session.readOnly())
            m_empty->setReason(tr("The project is open for reading only."));
    }
    m_stack->setCurrentWidget(m_empty);
}

void TrajectoriesDock::cellMenu(const QPoint& position) {
    const QModelIndex at = m_table->indexAt(position);
    if (!at.isValid())
        return;
    QMenu menu;
    const QString term = at.data(TrajectoryTableModel::FilterRole).toString();
    if (!term.isEmpty())
        menu.addAction(
            tr("Filter: %1").arg(QString(term).replace(QLatin1Char('&'), QStringLiteral("&&"))) +
                QStringLiteral("\tCtrl+Return"),
            this, [this, term] { m_filter->addTerm(term); });
    const TrajectoryId id = m_model->idAt(at.row());
    menu.addAction(tr("Mark or unmark"), this, [this, id] { toggleTrajectoryMark(m_session, id); });
    menu.addSeparator();
    QAction* train = menu.addAction(tr("Train on the filtered trajectories…"), this,
                                    [this] { Q_EMIT trainRequested(m_filter->expression()); });
    train->setEnabled(m_session.isOpen() && !m_session.readOnly());
    menu.exec(m_table->viewport()->mapToGlobal(position));
}

void TrajectoriesDock::labelMenu() {
    if (!m_session.current())
        return;
    QMenu menu;
    const auto add = [&](const QString& text, const QString& kind) {
        menu.addAction(text, this, [this, kind] { toggleLabel(m_session, -1, kind); });
    };
    add(tr("Agree with the verdict"), QStringLiteral("agree"));
    add(tr("Reject the verdict"), QStringLiteral("reject"));
    add(tr("The error is elsewhere"), QStringLiteral("elsewhere"));
    const QRect row = m_table->visualRect(m_table->currentIndex());
    menu.exec(m_table->viewport()->mapToGlobal(row.bottomLeft()));
}

void TrajectoriesDock::registerActions(ActionRegistry& registry) {
    const QString menu = tr("Go");
    const auto add = [&](const char* id, const QString& text, const QStringList& keys,
                         std::function<void()> run) {
        ActionRegistry::Spec spec;
        spec.id = QStringLiteral("trajectories.") + QLatin1String(id);
        spec.menu = menu;
        spec.text = text;
        spec.scope = ActionScope::Trajectories;
        spec.keys = keys;
        spec.run = std::move(run);
        m_table->addAction(registry.add(std::move(spec)));
    };
    add("down", tr("Next row"), {QStringLiteral("J")}, [this] { step(1); });
    add("up", tr("Previous row"), {QStringLiteral("K")}, [this] { step(-1); });
    add("open", tr("Open the row"), {QStringLiteral("Return"), QStringLiteral("Enter")}, [this] {
        if (m_table->currentIndex().isValid()) {
            openRow(m_table->currentIndex().row());
            Q_EMIT opened();
        }
    });
    add("peek", tr("Peek at the question"), {QStringLiteral("Space")}, [this] {
        const QModelIndex at = m_table->currentIndex();
        if (const auto* row = at.isValid() ? m_model->summary(at.row()) : nullptr)
            QToolTip::showText(
                m_table->viewport()->mapToGlobal(m_table->visualRect(at).bottomLeft()),
                QString::fromStdString(row->question), m_table);
    });
    add("mark", tr("Mark or unmark the row"), {QStringLiteral("M")}, [this] {
        if (m_table->currentIndex().isValid())
            toggleTrajectoryMark(m_session, m_model->idAt(m_table->currentIndex().row()));
    });
    add("label", tr("Label menu"), {QStringLiteral("L")}, [this] { labelMenu(); });
    add("filter_value", tr("Filter by the value of this cell"), {QStringLiteral("Ctrl+Return")},
        [this] {
            const QString term =
                m_table->currentIndex().data(TrajectoryTableModel::FilterRole).toString();
            m_filter->toggleTerm(term);
        });
    add("filter", tr("Type to filter"), {QStringLiteral("/")}, [this] { focusFilter(); });
}

} // namespace crux::ui
