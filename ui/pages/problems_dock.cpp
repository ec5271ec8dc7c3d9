#include "ui/pages/problems_dock.h"

#include "ui/model/problem_model.h"
#include "ui/pages/row_filter_field.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/row_table.h"
#include "ui/widgets/theme.h"

#include <QButtonGroup>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QMenu>
#include <QPainter>
#include <QPushButton>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QToolButton>
#include <QVBoxLayout>

namespace crux::ui {

namespace {

/// Severity sign, and the object as a link.
class ProblemDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        QStyleOptionViewItem adapted = option;
        const bool link = index.column() == ProblemModel::Object &&
                          index.data(ProblemModel::JobRole).toLongLong() > 0;
        if (link) {
            adapted.font.setUnderline(true);
            adapted.palette.setColor(QPalette::Text, Theme::current().link);
            adapted.palette.setColor(QPalette::HighlightedText, Theme::current().link);
        }
        QStyledItemDelegate::paint(painter, adapted, index);
        if (index.column() == ProblemModel::SeverityColumn) {
            const auto severity =
                static_cast<Notice::Severity>(index.data(ProblemModel::SeverityRole).toInt());
            marks::paintSeverity(*painter, QRectF(option.rect),
                                 severity == Notice::Severity::Error     ? Severity::Error
                                 : severity == Notice::Severity::Warning ? Severity::Warning
                                                                         : Severity::Information);
        }
    }
};

} // namespace

ProblemsDock::ProblemsDock(ProblemModel& model, QWidget* parent)
    : QWidget(parent)
    , m_model(model)
    , m_stack(new QStackedWidget(this))
    , m_table(new QTableView(m_stack))
    , m_empty(new EmptyState(m_stack)) {
    auto* strip = new QWidget(this);
    strip->setMinimumHeight(metrics::kDockStrip); // grows by a fault of the filter
    auto* row = new QHBoxLayout(strip);
    row->setContentsMargins(4, 4, 4, 4);
    row->setSpacing(0);
    auto* group = new QButtonGroup(strip);
    const auto segment = [&](const char* place, ProblemModel::Show show) {
        auto* button = new QToolButton(strip);
        button->setCheckable(true);
        button->setProperty("segment", QLatin1String(place));
        button->setFixedHeight(metrics::kSmallToolButton);
        group->addButton(button);
        row->addWidget(button);
        connect(button, &QToolButton::clicked, this, [this, show] { m_model.setShow(show); });
        return button;
    };
    m_all = segment("first", ProblemModel::Show::All);
    m_errors = segment("middle", ProblemModel::Show::Errors);
    m_warnings = segment("last", ProblemModel::Show::Warnings);
    m_all->setChecked(true);
    auto* filter = new RowFilterField(ProblemModel::filterFields(), tr("severity=error …"),
                                      tr("Filter of the problems"), strip);
    connect(filter, &RowFilterField::changed, this,
            [this](const store::RowFilter& rows) { m_model.setFilter(rows); });
    row->addSpacing(8);
    row->addWidget(filter, 1);
    row->addSpacing(8);
    m_copy = new QToolButton(strip);
    m_copy->setIcon(icon(QStringLiteral("edit-copy")));
    m_copy->setText(tr("Copy details"));
    m_copy->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_copy->setAutoRaise(true);
    row->addWidget(m_copy);
    auto* clear =
        makeIconButton(QStringLiteral("edit-clear-all"), tr("Clear what this window met"), strip);
    row->addWidget(clear);
    connect(m_copy, &QToolButton::clicked, this, [this] {
        if (m_table->currentIndex().isValid())
            QGuiApplication::clipboard()->setText(m_model.details(m_table->currentIndex().row()));
    });
    connect(clear, &QToolButton::clicked, this, [this] { m_model.clearSession(); });

    m_table->setModel(&m_model);
    m_table->setItemDelegate(new ProblemDelegate(m_table));
    showRows(*m_table, metrics::kTallRow);
    m_table->setAccessibleName(tr("Problems"));
    auto* header = m_table->horizontalHeader();
    header->setMinimumSectionSize(20);
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setSectionResizeMode(ProblemModel::What, QHeaderView::Stretch);
    header->resizeSection(ProblemModel::SeverityColumn, 24);
    header->resizeSection(ProblemModel::Time, 56);
    header->resizeSection(ProblemModel::Object, 140);
    header->resizeSection(ProblemModel::Fix, 130);

    m_empty->setTexts(tr("No problems"),
                      tr("Errors and warnings of this project are listed here."));
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(strip);
    column->addWidget(m_stack, 1);

    connect(&m_model, &ProblemModel::countsChanged, this, &ProblemsDock::update);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &ProblemsDock::placeButtons);
    connect(m_table, &QTableView::clicked, this, [this](const QModelIndex& at) {
        if (at.column() == ProblemModel::Object && m_model.jobAt(at.row()))
            Q_EMIT jobRequested(m_model.jobAt(at.row()).value);
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this,
            [this] { m_copy->setEnabled(m_table->currentIndex().isValid()); });
    update();
    placeButtons();
}

void ProblemsDock::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    m_model.markSeen();
}

void ProblemsDock::update() {
    using Show = ProblemModel::Show;
    m_all->setText(tr("All %1").arg(m_model.count(Show::All)));
    m_errors->setText(tr("Errors %1").arg(m_model.count(Show::Errors)));
    m_warnings->setText(tr("Warnings %1").arg(m_model.count(Show::Warnings)));
    m_stack->setCurrentWidget(m_model.count(Show::All) > 0 ? static_cast<QWidget*>(m_table)
                                                           : m_empty);
    m_copy->setEnabled(m_table->currentIndex().isValid());
}

void ProblemsDock::placeButtons() {
    for (int row = 0; row < m_model.rowCount(); ++row) {
        const QModelIndex at = m_model.index(row, ProblemModel::Fix);
        const QString text = at.data(ProblemModel::FixRole).toString();
        if (text.isEmpty())
            continue;
        auto* holder = new QWidget(m_table);
        auto* layout = new QHBoxLayout(holder);
        layout->setContentsMargins(4, 2, 4, 2);
        const auto remedies = m_model.remediesAt(row);
        auto* button = new QPushButton(remedies.empty() ? text : tr("Start again"), holder);
        layout->addWidget(button);
        layout->addStretch(1);
        if (remedies.empty()) {
            connect(button, &QPushButton::clicked, this, [this, row] { m_model.runFix(row); });
        } else {
            auto* menu = new QMenu(button);
            menu->setToolTipsVisible(true);
            for (std::size_t i = 0; i < remedies.size(); ++i)
                menu->addAction(remedies[i].text, this,
                                [this, row, i] { m_model.startRemedyAt(row, i); })
                    ->setToolTip(remedies[i].tip);
            menu->addAction(text, this, [this, row] { m_model.runFix(row); });
            button->setMenu(menu);
        }
        m_table->setIndexWidget(at, holder);
    }
}

} // namespace crux::ui
