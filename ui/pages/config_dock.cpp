#include "ui/pages/config_dock.h"

#include "ui/model/config_diff_model.h"
#include "ui/model/run_board.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

namespace crux::ui {

namespace {
constexpr int kKeysWidth = 120;
}

ConfigDock::ConfigDock(RunBoard& board, QWidget* parent)
    : QWidget(parent)
    , m_model(new ConfigDiffModel(board, this))
    , m_stack(new QStackedWidget(this))
    , m_table(new QTableView(m_stack))
    , m_empty(new EmptyState(m_stack)) {
    auto* strip = new QWidget(this);
    strip->setFixedHeight(metrics::kDockStrip);
    auto* row = new QHBoxLayout(strip);
    row->setContentsMargins(8, 4, 4, 4);
    row->setSpacing(8);
    m_only = new QCheckBox(tr("differences only"), strip);
    m_only->setChecked(m_model->differencesOnly());
    m_keys = new QLineEdit(strip);
    m_keys->setPlaceholderText(tr("parameters, e.g. rate|beta"));
    m_keys->setAccessibleName(tr("Parameters whose names match"));
    m_keys->setClearButtonEnabled(true);
    m_keys->setMinimumWidth(kKeysWidth);
    m_note = makeElided(LabelKind::Second, strip);
    row->addWidget(m_only);
    row->addWidget(m_keys);
    row->addWidget(m_note, 1);
    m_table->setModel(m_model);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setAccessibleName(tr("Configurations of the shown runs"));
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(metrics::kRow);
    m_table->horizontalHeader()->setFixedHeight(metrics::kHeader);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setDefaultSectionSize(150);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(strip);
    column->addWidget(makeRule(this));
    column->addWidget(m_stack, 1);
    connect(m_only, &QCheckBox::toggled, m_model, &ConfigDiffModel::setDifferencesOnly);
    connect(m_keys, &QLineEdit::textChanged, m_model, &ConfigDiffModel::setKeys);
    connect(m_model, &QAbstractItemModel::modelReset, this, &ConfigDock::update);
    update();
}

void ConfigDock::update() {
    const bool any = m_model->rowCount() > 0;
    m_stack->setCurrentWidget(any ? static_cast<QWidget*>(m_table) : m_empty);
    const QString keys = m_keys->text();
    m_note->setText(!QRegularExpression(keys).isValid() ? tr("\u26a0 this is no regular expression")
                    : m_model->runs() > 1
                        ? tr("%n parameter(s) differ", nullptr, m_model->differences())
                        : QString());
    if (any)
        return;
    if (m_model->runs() == 0)
        m_empty->setTexts(tr("No run is shown"),
                          tr("Tick runs in the table of runs to see how they were configured."));
    else if (m_model->differences() == 0)
        m_empty->setTexts(tr("Nothing differs"),
                          tr("The shown runs have the same value for every parameter."));
    else
        m_empty->setTexts(tr("No parameter fits"), tr("Their names do not match the expression."));
    m_empty->setAction({});
}

QString ConfigDock::emptyTitle() const {
    return m_stack->currentWidget() == m_empty ? m_empty->title() : QString();
}

} // namespace crux::ui
