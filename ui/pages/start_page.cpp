#include "ui/pages/start_page.h"

#include "core/base/version.h"
#include "ui/model/session.h"
#include "ui/pages/action_row.h"
#include "ui/pages/demo_card.h"
#include "ui/pages/recent_projects.h"
#include "ui/pages/system_check.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QDesktopServices>
#include <QFileInfo>
#include <QFrame>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QTimer>
#include <QUrl>
#include <QVBoxLayout>

namespace crux::ui {

namespace {

constexpr int kLeftWidth = 580;
constexpr int kRightWidth = 488;
constexpr int kColumnGap = 48;
constexpr int kTopMargin = 72;
constexpr int kSideMargin = 96;

QFrame* framed(QWidget* parent) {
    auto* frame = new QFrame(parent);
    frame->setFrameShape(QFrame::Box);
    frame->setFrameShadow(QFrame::Plain);
    frame->setForegroundRole(QPalette::Mid);
    return frame;
}

} // namespace

StartPage::StartPage(Session& session, QWidget* parent)
    : QScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    m_recent = new RecentProjects(this);
    m_recent->follow(session);
    auto* page = new QWidget(this);
    page->setAutoFillBackground(true);
    page->setBackgroundRole(QPalette::Base);
    auto* outer = new QVBoxLayout(page);
    outer->setContentsMargins(kSideMargin, kTopMargin, 24, 32);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(kColumnGap);
    columns->addWidget(buildLeft(), kLeftWidth);
    columns->addWidget(buildRight(), kRightWidth);
    columns->addStretch(1);
    outer->addLayout(columns);
    outer->addStretch(1);
    auto* rule = makeRule(page);
    rule->setMaximumWidth(kLeftWidth + kColumnGap + kRightWidth);
    outer->addWidget(rule);
    outer->addSpacing(8);
    outer->addWidget(makeLabel(LabelKind::Second, page,
                               tr("No network port is opened. A project is one file.")));
    setWidget(page);
    connect(m_recent, &QAbstractItemModel::modelReset, this, &StartPage::updateButtons);
    connect(m_recent, &QAbstractItemModel::rowsRemoved, this, &StartPage::updateButtons);
    updateButtons();
}

QWidget* StartPage::buildLeft() {
    auto* left = new QWidget(this);
    left->setMinimumWidth(440);
    left->setMaximumWidth(kLeftWidth);
    left->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* head = new QHBoxLayout;
    head->setSpacing(12);
    head->addWidget(makeLabel(LabelKind::PageTitle, left, QStringLiteral("Crux")));
    head->addWidget(makeLabel(LabelKind::Second, left, QLatin1String(kVersion)), 1,
                    Qt::AlignBottom);
    column->addLayout(head);
    auto* motto = makeLabel(
        LabelKind::Second, left,
        tr("Find the tokens that decide whether a reasoning trajectory ends right or wrong."));
    motto->setWordWrap(true);
    column->addWidget(motto);
    column->addSpacing(24);

    auto* list = framed(left);
    auto* rows = new QVBoxLayout(list);
    rows->setContentsMargins(1, 1, 1, 1);
    rows->setSpacing(0);
    const auto add = [&](const char* iconName, const QString& title, const QString& text,
                         const QString& key, void (StartPage::*wanted)()) {
        auto* row = new ActionRow(QLatin1String(iconName), title, text, list);
        row->setShortcutText(QKeySequence(key).toString(QKeySequence::NativeText));
        if (rows->count() > 0)
            rows->addWidget(makeRule(list));
        rows->addWidget(row);
        connect(row, &ActionRow::clicked, this, wanted);
    };
    add("document-open", tr("Open project…"), tr("a .crux file"), QStringLiteral("Ctrl+O"),
        &StartPage::openRequested);
    add("document-new", tr("New project…"), tr("choose a folder and a name"),
        QStringLiteral("Ctrl+N"), &StartPage::newRequested);
    add("document-import", tr("Import trajectories…"),
        tr("JSONL or CSV into a new project, with a preview"), QStringLiteral("Ctrl+Shift+I"),
        &StartPage::importRequested);
    add("media-playback-start", tr("Open demo"),
        tr("stored scores and a small model, runs on a CPU"), QStringLiteral("Ctrl+Shift+D"),
        &StartPage::demoRequested);
    column->addWidget(list);
    column->addSpacing(40);

    column->addWidget(makeLabel(LabelKind::ItemTitle, left, tr("Recent projects")));
    column->addSpacing(8);
    m_table = new QTableView(left);
    m_table->setModel(m_recent);
    m_table->setAccessibleName(tr("Recent projects"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(metrics::kTallRow);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Interactive);
    const std::array<int, RecentProjects::ColumnCount> widths{150, 88, 72, 176, 90};
    for (int i = 0; i < RecentProjects::ColumnCount; ++i)
        m_table->setColumnWidth(i, widths[static_cast<std::size_t>(i)]);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_table->setMinimumHeight(metrics::kHeader + 8 * metrics::kTallRow + 2);
    m_noRecent = new EmptyState(left);
    m_noRecent->setTexts(tr("No project was opened yet"),
                         tr("Projects you open or make are listed here, the newest first."));
    m_noRecent->setAction(tr("Open project…"), QStringLiteral("document-open"));
    m_recentStack = new QStackedWidget(left);
    m_recentStack->addWidget(m_table);
    auto* frame = framed(m_recentStack);
    auto* inside = new QVBoxLayout(frame);
    inside->setContentsMargins(1, 1, 1, 1);
    inside->addWidget(m_noRecent);
    m_recentStack->addWidget(frame);
    connect(m_noRecent, &EmptyState::triggered, this, &StartPage::openRequested);
    column->addWidget(m_recentStack);
    column->addSpacing(8);
    m_open = makePrimary(new QPushButton(tr("Open"), left));
    m_folder = new QPushButton(tr("Show in folder"), left);
    m_remove = new QPushButton(tr("Remove from list"), left);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_open);
    buttons->addWidget(m_folder);
    buttons->addWidget(m_remove);
    buttons->addStretch(1);
    column->addLayout(buttons);
    column->addStretch(1);

    connect(m_table, &QTableView::activated, this, &StartPage::openSelected);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &StartPage::updateButtons);
    connect(m_open, &QPushButton::clicked, this, &StartPage::openSelected);
    connect(m_folder, &QPushButton::clicked, this, [this] {
        const int row = selectedRow();
        if (row >= 0)
            QDesktopServices::openUrl(QUrl::fromLocalFile(
                QFileInfo(m_recent->projects()[static_cast<std::size_t>(row)].file)
                    .absolutePath()));
    });
    connect(m_remove, &QPushButton::clicked, this, [this] { m_recent->remove(selectedRow()); });
    return left;
}

QWidget* StartPage::buildRight() {
    auto* right = new QWidget(this);
    right->setMinimumWidth(380);
    right->setMaximumWidth(kRightWidth);
    right->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_demo = new DemoCard(right);
    m_demo->setMinimumHeight(260);
    column->addWidget(m_demo);
    column->addSpacing(40);
    column->addWidget(makeLabel(LabelKind::ItemTitle, right, tr("System check")));
    column->addSpacing(8);
    m_check = new SystemCheck(right);
    column->addWidget(m_check);
    column->addStretch(1);
    connect(m_demo, &DemoCard::openDemo, this, &StartPage::demoRequested);
    connect(m_demo, &DemoCard::openStudy, this, &StartPage::studyRequested);
    return right;
}

void StartPage::showEvent(QShowEvent* event) {
    QScrollArea::showEvent(event);
    m_recent->reload();
    if (!m_table->currentIndex().isValid() && m_recent->rowCount() > 0)
        m_table->setCurrentIndex(m_recent->index(0, 0));
    if (m_checked)
        return;
    m_checked = true; // after the first paint, so that the window is there at once
    QTimer::singleShot(0, m_check, &SystemCheck::check);
}

int StartPage::selectedRow() const {
    const QModelIndex index = m_table->currentIndex();
    return index.isValid() && index.row() < m_recent->rowCount() ? index.row() : -1;
}

void StartPage::updateButtons() {
    const bool some = selectedRow() >= 0, any = m_recent->rowCount() > 0;
    m_recentStack->setCurrentIndex(any ? 0 : 1);
    for (QPushButton* button : {m_open, m_folder, m_remove}) {
        button->setVisible(any);
        button->setEnabled(some);
    }
}

void StartPage::openSelected() {
    const int row = selectedRow();
    if (row >= 0)
        Q_EMIT projectChosen(m_recent->projects()[static_cast<std::size_t>(row)].file);
}

} // namespace crux::ui
