// Docks, tool bar and layouts of the main window.
#include "ui/command_palette.h"
#include "ui/main_window.h"
#include "ui/model/run_metrics.h"
#include "ui/notice_bar.h"
#include "ui/pages/batch_inspector.h"
#include "ui/pages/branches_dock.h"
#include "ui/pages/config_dock.h"
#include "ui/pages/corpus_dock.h"
#include "ui/pages/data_page.h"
#include "ui/pages/first_steps.h"
#include "ui/pages/heat_map_view.h"
#include "ui/pages/jobs_dock.h"
#include "ui/pages/metrics_view.h"
#include "ui/pages/notes_dock.h"
#include "ui/pages/problems_dock.h"
#include "ui/pages/project_dock.h"
#include "ui/pages/rollouts_dock.h"
#include "ui/pages/runs_dock.h"
#include "ui/pages/start_page.h"
#include "ui/pages/token_inspector.h"
#include "ui/pages/trajectories_dock.h"
#include "ui/status_strip.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/tab_order.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QDockWidget>
#include <QLayout>
#include <QLineEdit>
#include <QMenu>
#include <QResizeEvent>
#include <QScrollArea>
#include <QStackedWidget>
#include <QTimer>
#include <QToolBar>
#include <QToolButton>

#include <algorithm>
#include <utility>

namespace crux::ui {

namespace {

constexpr int kLayoutVersion = 3; ///< raised when docks come: older layouts would hide them
constexpr int kGoToWidth = 320;
constexpr int kLeastCentre = 520, kLeastLeft = 240, kLeastRight = 360, kLowWindow = 640,
              kMiddlingWindow = 920;

/// A field that is a button: a click opens the go-to list.
class GoToField : public QLineEdit {
public:
    using QLineEdit::QLineEdit;
    std::function<void()> pressed;
    QSize sizeHint() const override { return {kGoToWidth, QLineEdit::sizeHint().height()}; }

protected:
    void mousePressEvent(QMouseEvent*) override { pressed(); }
    void keyPressEvent(QKeyEvent*) override { pressed(); }
};

} // namespace

QDockWidget* MainWindow::addDock(const QString& name, const QString& title, QWidget* content,
                                 Qt::DockWidgetArea area) {
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(QStringLiteral("dock.") + name);
    // An explicit minimum stands in for the content's own: a notice may not push the window off
    // the screen.
    content->setMinimumSize(160, 96);
    dock->setWidget(content);
    addDockWidget(area, dock);
    m_docks.insert(name, dock);
    m_dockOrder << name;
    connect(dock, &QDockWidget::visibilityChanged, this, [this, content](bool shown) {
        updateHiddenLayers();
        if (shown)
            orderTabsByPlace(content);
    });
    return dock;
}

void MainWindow::buildDocks() {
    setDockNestingEnabled(true);
    setTabPosition(Qt::AllDockWidgetAreas, QTabWidget::South);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    addDock(QStringLiteral("trajectories"), tr("Trajectories"), m_trajectories,
            Qt::LeftDockWidgetArea);
    addDock(QStringLiteral("project"), tr("Project"), m_project, Qt::LeftDockWidgetArea);
    addDock(QStringLiteral("notes"), tr("Notes"), m_notes, Qt::LeftDockWidgetArea);
    addDock(QStringLiteral("corpus"), tr("Corpus"), m_corpus, Qt::BottomDockWidgetArea);
    addDock(QStringLiteral("rollouts"), tr("Rollouts"), m_rollouts, Qt::BottomDockWidgetArea);
    addDock(QStringLiteral("jobs"), tr("Jobs"), m_jobs, Qt::BottomDockWidgetArea);
    addDock(QStringLiteral("problems"), tr("Problems"), m_problems, Qt::BottomDockWidgetArea);
    addDock(QStringLiteral("inspector"), tr("Token inspector"), m_inspector,
            Qt::RightDockWidgetArea);
    addDock(QStringLiteral("branches"), tr("Branches"), m_branches, Qt::RightDockWidgetArea);
    addDock(QStringLiteral("runs"), tr("Runs"), m_runs, Qt::LeftDockWidgetArea);
    addDock(QStringLiteral("batch"), tr("Batch inspector"), m_batch, Qt::BottomDockWidgetArea);
    addDock(QStringLiteral("config"), tr("Compare configuration"), m_config,
            Qt::BottomDockWidgetArea);
    auto* steps = new QScrollArea(this); // a low dock scrolls the list
    steps->setFrameShape(QFrame::NoFrame);
    steps->setWidgetResizable(true);
    steps->setWidget(m_firstSteps);
    addDock(QStringLiteral("firststeps"), tr("First steps"), steps, Qt::RightDockWidgetArea);

    m_noticeRow = new QToolBar(tr("Notice"), this);
    m_noticeRow->setObjectName(QStringLiteral("notice"));
    m_noticeRow->setMovable(false);
    m_noticeRow->toggleViewAction()->setVisible(false);
    m_noticeRow->setContentsMargins(0, 0, 0, 0);
    m_noticeRow->addWidget(m_notice);
}

void MainWindow::buildToolBar() {
    m_tools = new QToolBar(tr("Tools"), this);
    m_tools->setObjectName(QStringLiteral("tools"));
    m_tools->setMovable(false);
    m_tools->setFixedHeight(metrics::kToolBar);
    m_tools->setIconSize({metrics::kIcon, metrics::kIcon});
    m_tools->toggleViewAction()->setVisible(false);
    m_tools->layout()->setContentsMargins(6, 4, 6, 4);
    const auto place = [this](const char* id, bool text) {
        QAction* action = m_actions.action(QLatin1String(id));
        m_tools->addAction(action);
        if (auto* button = qobject_cast<QToolButton*>(m_tools->widgetForAction(action))) {
            button->setToolButtonStyle(text ? Qt::ToolButtonTextBesideIcon
                                            : Qt::ToolButtonIconOnly);
            button->setFixedHeight(metrics::kToolButton);
            button->setAccessibleName(action->text().remove(QLatin1Char('&')));
        }
    };
    for (const char* id : {"view.explore", "view.train", "view.compare", "view.data"})
        place(id, true);
    m_tools->addSeparator();
    place("go.back", false);
    place("go.forward", false);
    m_tools->addSeparator();
    place("edit.undo", false);
    place("edit.redo", false);
    m_tools->addSeparator();
    place("jobs.sample", true);
    place("jobs.score", true);
    place("jobs.search", true);
    place("file.export", true);
    auto* stretch = new QWidget(m_tools);
    stretch->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    m_tools->addWidget(stretch);
    auto* goTo = new GoToField(m_tools);
    goTo->setReadOnly(true);
    goTo->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    goTo->setMinimumWidth(kGoToWidth / 2);
    goTo->setMaximumWidth(kGoToWidth);
    goTo->setPlaceholderText(tr("Go to question or trajectory") + QStringLiteral("    Ctrl+K"));
    goTo->setAccessibleName(tr("Go to question or trajectory"));
    goTo->addAction(icon(QStringLiteral("edit-find"), IconInk::Second), QLineEdit::LeadingPosition);
    goTo->pressed = [this] { m_actions.action(QStringLiteral("go.to"))->trigger(); };
    m_goTo = goTo;
    m_tools->addWidget(goTo);
    addToolBar(Qt::TopToolBarArea, m_tools);
    addToolBarBreak(Qt::TopToolBarArea);
    addToolBar(Qt::TopToolBarArea, m_noticeRow);
    m_noticeRow->hide();
}

void MainWindow::applyDefaultLayout() {
    for (const QString& name : m_dockOrder) {
        m_docks[name]->setFloating(false);
        m_docks[name]->hide();
    }
    const auto dock = [this](const char* name) { return m_docks[QLatin1String(name)]; };
    const auto put = [&](const char* name, Qt::DockWidgetArea area) {
        addDockWidget(area, dock(name));
    };
    if (m_perspective == Perspective::Start) {
        put("firststeps", Qt::RightDockWidgetArea);
        dock("firststeps")->setVisible(!FirstSteps::dismissed());
        resizeDocks({dock("firststeps")}, {320}, Qt::Horizontal);
        return;
    }
    if (m_perspective == Perspective::Train)
        return applyTrainLayout();
    for (const char* name : {"rollouts", "corpus", "jobs", "problems"})
        put(name, Qt::BottomDockWidgetArea);
    tabifyDockWidget(dock("rollouts"), dock("corpus"));
    tabifyDockWidget(dock("corpus"), dock("jobs"));
    tabifyDockWidget(dock("jobs"), dock("problems"));
    // Docks of the Train perspective have their places here too, for who opens them.
    for (const char* name : {"batch", "config"}) {
        put(name, Qt::BottomDockWidgetArea);
        tabifyDockWidget(dock("problems"), dock(name));
    }
    if (m_perspective == Perspective::Data) {
        dock("jobs")->show();
        dock("problems")->show();
        dock("jobs")->raise();
        resizeDocks({dock("jobs")}, {220}, Qt::Vertical);
        return;
    }
    for (const char* name : {"trajectories", "project", "notes"})
        put(name, Qt::LeftDockWidgetArea);
    put("inspector", Qt::RightDockWidgetArea);
    put("branches", Qt::RightDockWidgetArea);
    splitDockWidget(dock("inspector"), dock("branches"), Qt::Vertical);
    tabifyDockWidget(dock("trajectories"), dock("project"));
    tabifyDockWidget(dock("project"), dock("notes"));
    put("runs", Qt::LeftDockWidgetArea);
    tabifyDockWidget(dock("notes"), dock("runs"));
    for (const char* name : {"trajectories", "project", "notes", "rollouts", "corpus", "jobs",
                             "problems", "inspector", "branches"})
        dock(name)->show();
    dock("trajectories")->raise();
    dock("rollouts")->raise();
    resizeDocks({dock("trajectories"), dock("inspector")}, {512, 472}, Qt::Horizontal);
    resizeDocks({dock("inspector"), dock("branches")}, {580, 300}, Qt::Vertical);
    resizeDocks({dock("rollouts")}, {264}, Qt::Vertical);
}

/// Runs and the project's lineage at the left, jobs and the rows of a step below the curves.
void MainWindow::applyTrainLayout() {
    const auto dock = [this](const char* name) { return m_docks[QLatin1String(name)]; };
    for (const char* name : {"runs", "project"})
        addDockWidget(Qt::LeftDockWidgetArea, dock(name));
    tabifyDockWidget(dock("runs"), dock("project"));
    for (const char* name : {"jobs", "problems", "notes", "batch", "config"})
        addDockWidget(Qt::BottomDockWidgetArea, dock(name));
    splitDockWidget(dock("jobs"), dock("batch"), Qt::Horizontal);
    tabifyDockWidget(dock("jobs"), dock("problems"));
    tabifyDockWidget(dock("problems"), dock("notes"));
    tabifyDockWidget(dock("batch"), dock("config"));
    for (const char* name : {"runs", "project", "jobs", "problems", "notes", "batch", "config"})
        dock(name)->show();
    for (const char* name : {"runs", "jobs", "batch"})
        dock(name)->raise();
    resizeDocks({dock("runs")}, {std::clamp(width() / 4, kLeastLeft, 404)}, Qt::Horizontal);
    resizeDocks({dock("jobs"), dock("batch")}, {596, 592}, Qt::Horizontal);
    resizeDocks({dock("jobs")}, {std::clamp(height() * 9 / 20, 180, 440)}, Qt::Vertical);
}

/// The default layout on a small screen: the text keeps the height and the width it needs.
void MainWindow::fitDocks() {
    QDockWidget* inspector = m_docks[QStringLiteral("inspector")];
    QDockWidget* branches = m_docks[QStringLiteral("branches")];
    if (m_perspective == Perspective::Explore && height() < kLowWindow) {
        for (QDockWidget* dock : std::as_const(m_docks))
            if (dockWidgetArea(dock) == Qt::BottomDockWidgetArea)
                dock->hide();
        tabifyDockWidget(inspector, branches);
        inspector->raise();
    } else if (m_perspective == Perspective::Explore && height() < kMiddlingWindow) {
        resizeDocks({inspector, branches}, {3 * height() / 4, height() / 4}, Qt::Vertical);
    }
    shareWidth();
}

/// The docks at the left and right that are seen, nullptr where there is none.
std::pair<QDockWidget*, QDockWidget*> MainWindow::sideDocks() const {
    QDockWidget* left = nullptr;
    QDockWidget* right = nullptr;
    for (const QString& name : m_dockOrder) {
        QDockWidget* dock = m_docks[name];
        if (dock->isFloating() || !dock->isVisibleTo(this) || dock->visibleRegion().isEmpty())
            continue;
        const Qt::DockWidgetArea area = dockWidgetArea(dock);
        if (area == Qt::LeftDockWidgetArea && !left)
            left = dock;
        if (area == Qt::RightDockWidgetArea && !right)
            right = dock;
    }
    return {left, right};
}

/// A narrower window takes its width from the docks at the sides, down to what is of use; a wider
/// one gives it back.
void MainWindow::shareWidth() {
    if (m_perspective != Perspective::Explore)
        return;
    const auto [left, right] = sideDocks();
    if (!left || !right)
        return;
    const QSize wanted =
        m_sidesWanted.isValid() ? m_sidesWanted : QSize(left->width(), right->width());
    const int room = width() - kLeastCentre, sides = wanted.width() + wanted.height();
    if (sides <= room) {
        if (m_sidesWanted.isValid())
            resizeDocks({left, right}, {wanted.width(), wanted.height()}, Qt::Horizontal);
        m_sidesWanted = QSize();
        return;
    }
    m_sidesWanted = wanted;
    const double share = static_cast<double>(std::max(room, 0)) / sides;
    resizeDocks({left, right},
                {std::max(kLeastLeft, static_cast<int>(wanted.width() * share)),
                 std::max(kLeastRight, static_cast<int>(wanted.height() * share))},
                Qt::Horizontal);
}

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    if (event->size().width() != event->oldSize().width())
        QTimer::singleShot(0, this, &MainWindow::shareWidth); // after the docks have theirs
}

void MainWindow::resetLayout() {
    m_layouts.remove(static_cast<int>(m_perspective));
    m_foldedBottom.clear();
    m_sidesWanted = QSize();
    applyDefaultLayout();
    fitDocks();
}

void MainWindow::setPerspective(Perspective perspective) {
    const bool same = m_perspective == perspective && m_painted;
    if (!same && m_painted && m_perspective != Perspective::Start)
        m_layouts.insert(static_cast<int>(m_perspective), saveState(kLayoutVersion));
    m_perspective = perspective;
    m_pages->setCurrentWidget(perspective == Perspective::Start  ? static_cast<QWidget*>(m_start)
                              : perspective == Perspective::Data ? static_cast<QWidget*>(m_data)
                              : perspective == Perspective::Train
                                  ? static_cast<QWidget*>(m_metricsView)
                                  : m_heatMap);
    m_runMetrics->setShown(perspective == Perspective::Train);
    for (const auto& [id, which] :
         {std::pair{"view.explore", Perspective::Explore},
          std::pair{"view.train", Perspective::Train}, std::pair{"view.data", Perspective::Data}})
        m_actions.action(QLatin1String(id))->setChecked(perspective == which);
    if (same)
        return;
    m_foldedBottom.clear();
    const bool noticeShown = m_noticeRow->isVisibleTo(this);
    const QByteArray saved = m_layouts.value(static_cast<int>(perspective));
    if (saved.isEmpty() || !restoreState(saved, kLayoutVersion)) {
        applyDefaultLayout();
        fitDocks();
    }
    m_noticeRow->setVisible(noticeShown);
    if (perspective == Perspective::Explore && m_session.branchPane())
        foldBottom(true);
    if (m_session.isOpen() && perspective != Perspective::Start)
        m_session.setUiState(QStringLiteral("perspective"),
                             perspective == Perspective::Data    ? QStringLiteral("data")
                             : perspective == Perspective::Train ? QStringLiteral("train")
                                                                 : QStringLiteral("explore"));
    updateTitle();
    updateHiddenLayers();
    m_actions.update(); // Back, Forward and Export mean what is seen
}

void MainWindow::saveLayout() {
    if (!m_session.isOpen() || m_perspective == Perspective::Start)
        return;
    foldBottom(false);
    m_layouts.insert(static_cast<int>(m_perspective), saveState(kLayoutVersion));
    const auto text = [this](Perspective which) {
        return QString::fromLatin1(m_layouts.value(static_cast<int>(which)).toBase64());
    };
    m_session.setUiState(QStringLiteral("layout"), text(Perspective::Explore));
    m_session.setUiState(QStringLiteral("layout_data"), text(Perspective::Data));
    m_session.setUiState(QStringLiteral("layout_train"), text(Perspective::Train));
    m_session.setUiState(QStringLiteral("window"), QString::fromLatin1(saveGeometry().toBase64()));
}

void MainWindow::restoreLayout() {
    m_layouts.clear();
    const auto bytes = [this](const char* key) {
        return QByteArray::fromBase64(m_session.uiState(QLatin1String(key)).toLatin1());
    };
    if (const QByteArray saved = bytes("layout"); !saved.isEmpty())
        m_layouts.insert(static_cast<int>(Perspective::Explore), saved);
    if (const QByteArray saved = bytes("layout_data"); !saved.isEmpty())
        m_layouts.insert(static_cast<int>(Perspective::Data), saved);
    if (const QByteArray saved = bytes("layout_train"); !saved.isEmpty())
        m_layouts.insert(static_cast<int>(Perspective::Train), saved);
    if (const QByteArray geometry = bytes("window"); !geometry.isEmpty())
        restoreGeometry(geometry);
}

void MainWindow::setFocusMode(bool on) {
    if (on) {
        m_beforeFocus = saveState(kLayoutVersion);
        for (auto* dock : std::as_const(m_docks))
            dock->hide();
        m_tools->hide();
    } else if (!m_beforeFocus.isEmpty()) {
        restoreState(std::exchange(m_beforeFocus, {}), kLayoutVersion);
        m_tools->show();
    }
}

/// While a branch stands under its original the panes need the height: the docks below fold away
/// and return with one pane.
void MainWindow::foldBottom(bool fold) {
    if (fold && m_foldedBottom.isEmpty() && m_perspective == Perspective::Explore) {
        for (const QString& name : m_dockOrder) {
            QDockWidget* dock = m_docks[name];
            if (dock->isVisibleTo(this) && !dock->isFloating() &&
                dockWidgetArea(dock) == Qt::BottomDockWidgetArea) {
                m_foldedBottom << name;
                dock->hide();
            }
        }
    } else if (!fold) {
        for (const QString& name : std::exchange(m_foldedBottom, {}))
            m_docks[name]->show();
    }
}

void MainWindow::raiseDock(const QString& name) {
    QDockWidget* dock = m_docks.value(name);
    if (!dock)
        return;
    if (m_perspective == Perspective::Start && m_session.isOpen())
        setPerspective(Perspective::Explore);
    dock->show();
    dock->raise();
}

QStringList MainWindow::dockNames() const {
    return m_dockOrder;
}

/// A dock that belongs to Explore: its absence is worth an icon in the status bar.
bool MainWindow::isLayer(const QString& name) {
    return name != QLatin1String("firststeps") && name != QLatin1String("runs") &&
           name != QLatin1String("batch") && name != QLatin1String("config");
}

void MainWindow::updateHiddenLayers() {
    QStringList hidden;
    if (m_perspective == Perspective::Explore)
        for (const QString& name : m_dockOrder)
            if (isLayer(name) && m_docks[name]->isHidden())
                hidden << m_docks[name]->windowTitle();
    m_status->setHiddenLayers(hidden);
}

void MainWindow::nextDock() {
    QList<QWidget*> stops{m_pages->currentWidget()};
    for (const QString& name : m_dockOrder)
        if (m_docks[name]->isVisible() && !m_docks[name]->visibleRegion().isEmpty())
            stops << m_docks[name]->widget();
    const auto holds = [](const QWidget* stop) {
        const QWidget* focus = QApplication::focusWidget();
        return focus && (focus == stop || stop->isAncestorOf(focus));
    };
    const auto at = std::find_if(stops.begin(), stops.end(), holds);
    QWidget* next = at == stops.end() || at + 1 == stops.end() ? stops.first() : *(at + 1);
    // The first child that takes keys, in tab order.
    for (QWidget* child = next->nextInFocusChain(); child && child != next;
         child = child->nextInFocusChain())
        if (next->isAncestorOf(child) && child->isVisible() && child->isEnabled() &&
            (child->focusPolicy() & Qt::TabFocus)) {
            child->setFocus(Qt::TabFocusReason);
            return;
        }
}

void MainWindow::showPalette() {
    m_palette->showActions(m_actions);
}

} // namespace crux::ui
