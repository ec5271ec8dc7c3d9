#include "ui/pages/runs_dock.h"

#include "core/store/records.h"
#include "ui/model/run_board.h"
#include "ui/model/run_table_model.h"
#include "ui/model/session.h"
#include "ui/pages/row_filter_field.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/row_table.h"
#include "ui/widgets/run_style.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/theme_notifier.h"

#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace crux::ui {

namespace {
constexpr int kSample = 24, kSign = 18;
}

void RunDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
    const bool name = index.column() == RunTableModel::Name;
    if (!name && index.column() != RunTableModel::State)
        return QStyledItemDelegate::paint(painter, option, index);
    // Room for the drawing is made by an icon that has nothing in it.
    QStyleOptionViewItem shown = option;
    initStyleOption(&shown, index);
    const int wide = name ? kSample : kSign;
    QPixmap room(wide, metrics::kIcon);
    room.fill(Qt::transparent);
    shown.icon = QIcon(room);
    shown.decorationSize = room.size();
    shown.features |= QStyleOptionViewItem::HasDecoration;
    const QStyle* style = option.widget->style();
    style->drawControl(QStyle::CE_ItemViewItem, &shown, painter, option.widget);
    const QRect box =
        style->subElementRect(QStyle::SE_ItemViewItemDecoration, &shown, option.widget);
    if (!name)
        return marks::paintJobState(
            *painter, QRectF(box),
            static_cast<store::JobState>(index.data(RunTableModel::StateRole).toInt()));
    if (index.data(RunTableModel::ShownRole).toBool())
        paintRunSample(*painter, QRectF(box).adjusted(1, 0, -3, 0),
                       index.data(RunTableModel::SlotRole).toInt());
}

RunsDock::RunsDock(Session& session, RunBoard& board, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_board(board)
    , m_model(new RunTableModel(session, board, this))
    , m_rows(new RunFilter(*m_model, this))
    , m_filter(new RowFilterField(RunTableModel::filterFields(), tr("method=cDPO and loss<0.5"),
                                  tr("Filter runs"), this))
    , m_stack(new QStackedWidget(this))
    , m_table(new QTableView(m_stack))
    , m_empty(new EmptyState(m_stack)) {
    m_table->setModel(m_rows);
    m_table->setItemDelegate(new RunDelegate(m_table));
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(RunTableModel::Started, Qt::DescendingOrder);
    showRows(*m_table);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setAccessibleName(tr("Training runs"));
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    QHeaderView* header = m_table->horizontalHeader();
    header->setFixedHeight(metrics::kHeader);
    header->setHighlightSections(false);
    header->setSectionsMovable(true);
    const std::pair<int, int> widths[] = {
        {RunTableModel::Name, 140},    {RunTableModel::State, 80},    {RunTableModel::Method, 52},
        {RunTableModel::Base, 100},    {RunTableModel::Data, 100},    {RunTableModel::Steps, 60},
        {RunTableModel::Loss, 58},     {RunTableModel::BestEval, 96}, {RunTableModel::Margin, 58},
        {RunTableModel::Accuracy, 62}, {RunTableModel::Adapter, 100}, {RunTableModel::Started, 84}};
    for (const auto& [column, width] : widths)
        header->resizeSection(column, width);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_filter);
    column->addWidget(m_stack, 1);

    connect(m_filter, &RowFilterField::changed, this, [this](const store::RowFilter& filter) {
        m_rows->setFilter(filter);
        updateEmpty();
    });
    const auto chosen = [this](const QModelIndex& index) {
        if (const JobId id{index.data(RunTableModel::IdRole).toLongLong()}; id)
            m_board.select(id);
    };
    connect(m_table, &QTableView::activated, this, chosen);
    connect(m_table, &QTableView::doubleClicked, this, chosen);
    connect(m_table, &QWidget::customContextMenuRequested, this, &RunsDock::contextMenu);
    connect(&board, &RunBoard::selectedChanged, this, [this] {
        const int row = m_model->rowOf(m_board.selected());
        if (row >= 0)
            m_table->selectRow(m_rows->mapFromSource(m_model->index(row, 0)).row());
    });
    connect(m_rows, &QAbstractItemModel::modelReset, this, &RunsDock::updateEmpty);
    connect(m_rows, &QAbstractItemModel::rowsInserted, this, &RunsDock::updateEmpty);
    connect(m_rows, &QAbstractItemModel::rowsRemoved, this, &RunsDock::updateEmpty);
    connect(&session, &Session::factsChanged, this, &RunsDock::updateEmpty);
    connect(&session, &Session::projectClosed, this, &RunsDock::updateEmpty);
    connect(m_empty, &EmptyState::triggered, this, [this] {
        m_model->rowCount() > 0 ? m_filter->field()->clear() : Q_EMIT trainRequested();
    });
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, m_table,
            [this] { m_table->viewport()->update(); });
    updateEmpty();
}

void RunsDock::updateEmpty() {
    const bool none = m_model->rowCount() == 0;
    m_stack->setCurrentWidget(m_rows->rowCount() > 0 ? static_cast<QWidget*>(m_table) : m_empty);
    m_filter->setVisible(!none);
    if (none) {
        m_empty->setTexts(
            tr("Nothing was trained yet"),
            tr("Every training run gets a row here, with its state and its numbers."));
        m_empty->setAction(tr("Train\u2026"), QStringLiteral("run-build"));
        m_empty->setReason(!m_session.isOpen()    ? tr("No project is open.")
                           : m_session.readOnly() ? tr("The project is open for reading only.")
                                                  : QString());
    } else {
        m_empty->setTexts(tr("No run fits the filter"), tr("The project has other runs."));
        m_empty->setAction(tr("Reset the filter"), QStringLiteral("edit-clear-all"));
        m_empty->setReason({});
    }
}

QString RunsDock::emptyTitle() const {
    return m_stack->currentWidget() == m_empty ? m_empty->title() : QString();
}

void RunsDock::contextMenu(const QPoint& at) {
    const QModelIndex index = m_table->indexAt(at);
    const JobId id{index.data(RunTableModel::IdRole).toLongLong()};
    if (!id)
        return;
    QMenu menu;
    const bool shown = m_board.isShown(id);
    connect(menu.addAction(shown ? tr("Hide its curves") : tr("Show its curves")),
            &QAction::triggered, this, [this, id, shown] { m_board.setShown(id, !shown); });
    connect(menu.addAction(tr("Show only this run")), &QAction::triggered, this,
            [this, id] { m_board.showOnly({id}); });
    connect(menu.addAction(tr("Show the job")), &QAction::triggered, this,
            [this, id] { Q_EMIT jobRequested(id.value); });
    menu.exec(m_table->viewport()->mapToGlobal(at));
}

} // namespace crux::ui
