#include "ui/pages/next_token_pane.h"

#include "ui/model/session.h"
#include "ui/model/snapshot_loader.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QSpinBox>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

namespace crux::ui {

namespace {
constexpr int kMost = 40; ///< tokens of a level
constexpr int kAskedRows = 20;
} // namespace

NextTokenPane::NextTokenPane(Session& session, ForceService& force, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_force(force)
    , m_icicle(new Icicle(this))
    , m_way(makeElided(LabelKind::Second, this))
    , m_levels(new QSpinBox(this))
    , m_out(makeIconButton(QStringLiteral("go-up"), tr("Zoom out (Backspace)"), this))
    , m_stack(new QStackedWidget(this))
    , m_empty(new EmptyState(m_stack)) {
    m_levels->setRange(1, 5);
    m_levels->setValue(3);
    m_levels->setAccessibleName(tr("Levels"));
    m_levels->setToolTip(tr("How many tokens deep"));
    auto* head = new QHBoxLayout;
    head->setContentsMargins(8, 2, 4, 2);
    head->setSpacing(4);
    head->addWidget(m_way, 1);
    head->addWidget(m_out);
    head->addWidget(makeLabel(LabelKind::Second, this, tr("levels")));
    head->addWidget(m_levels);
    m_stack->addWidget(m_icicle);
    m_stack->addWidget(m_empty);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addWidget(m_stack, 1);

    connect(&session, &Session::currentChanged, this, &NextTokenPane::follow);
    connect(&session, &Session::cursorChanged, this, &NextTokenPane::follow);
    connect(&session, &Session::dataChanged, this, [this] {
        if (!m_computed) // what the model was asked for is kept as long as its place is shown
            follow();
    });
    connect(m_levels, &QSpinBox::valueChanged, this, [this](int levels) {
        m_icicle->setDepth(levels);
        follow();
        Q_EMIT depthChanged(levels);
    });
    connect(m_out, &QToolButton::clicked, m_icicle, &Icicle::zoomOut);
    connect(m_icicle, &Icicle::zoomed, this, [this] {
        m_state.clear();
        updateHead();
    });
    connect(m_icicle, &Icicle::currentMoved, this, &NextTokenPane::updateHead);
    connect(m_icicle, &Icicle::deeperWanted, this, &NextTokenPane::askDeeper);
    connect(m_icicle, &Icicle::menuWanted, this, &NextTokenPane::menu);
    connect(m_empty, &EmptyState::triggered, this, [this] { askDeeper({}); });
    m_icicle->setDepth(m_levels->value());
    updateHead();
}

void NextTokenPane::setDepth(int levels) {
    m_levels->setValue(levels);
}

int NextTokenPane::depth() const {
    return m_levels->value();
}

QString NextTokenPane::emptyTitle() const {
    return m_stack->currentWidget() == m_empty ? m_empty->title() : QString();
}

void NextTokenPane::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_stale)
        read();
}

void NextTokenPane::follow() {
    m_stale = true;
    if (isVisible())
        read();
}

void NextTokenPane::read() {
    m_stale = m_computed = false;
    const quint64 mine = ++m_token;
    const auto current = m_session.current();
    const int position = m_session.cursor();
    if (!current || position < 1)
        return take({});
    m_session.read<NextTokenTree>(
        this,
        [id = current->record.id, set = m_session.scoreSet(), position,
         depth = m_levels->value()](const store::Project& project) {
            return loadNextTokens(project, id, set, position, depth, kMost);
        },
        [this, mine](Result<NextTokenTree> tree) {
            if (mine == m_token && tree)
                take(std::move(*tree));
        });
}

void NextTokenPane::take(NextTokenTree tree) {
    m_icicle->setTree(std::move(tree));
    const bool filled = !m_icicle->tree().first.empty();
    m_stack->setCurrentWidget(filled ? static_cast<QWidget*>(m_icicle) : m_empty);
    m_empty->setTexts(tr("No next tokens are stored here"),
                      tr("They come with scores (alternatives) or with rollouts from this place."));
    const bool token = m_session.current() && m_session.cursor() >= 1;
    m_empty->setAction(token ? tr("Ask the model") : QString());
    m_empty->setReason(token ? m_force.unavailableReason() : tr("No token is chosen."));
    updateHead();
}

void NextTokenPane::updateHead() {
    const NextTokenTree& tree = m_icicle->tree();
    const auto current = m_session.current();
    m_out->setEnabled(!m_icicle->root().empty());
    if (!current || tree.position < 0)
        return m_way->setText({});
    QString text = tr("at position %1").arg(responsePosition(current->record, tree.position));
    std::vector<int> part;
    for (const int index : m_icicle->root()) {
        part.push_back(index);
        if (const NextToken* node = nodeAt(tree, part))
            text += QStringLiteral(" › ") + format::visibleBlanks(node->text);
    }
    if (!m_state.isEmpty())
        text += QStringLiteral(" · ") + m_state;
    m_way->setText(text);
}

/// What the model says of a place that nothing is stored about.
void NextTokenPane::askDeeper(const std::vector<int>& way) {
    const NextTokenTree tree = m_icicle->tree();
    const auto current = m_session.current();
    if (!current)
        return;
    const TrajectoryId id = tree.trajectory ? tree.trajectory : current->record.id;
    const int position = tree.trajectory ? tree.position : m_session.cursor();
    if (const QString reason = m_force.unavailableReason(); !reason.isEmpty()) {
        m_state = reason;
        return updateHead();
    }
    m_state = tr("asking the model…");
    updateHead();
    m_force.nextTokens(id, position, idsAlong(tree, way), kAskedRows, this,
                       [this, way, id, position](Result<std::vector<AlternativeRow>> rows) {
                           const NextTokenTree& now = m_icicle->tree();
                           const bool there = !now.trajectory ||
                                              (now.trajectory == id && now.position == position);
                           m_state =
                               rows ? QString() : QString::fromStdString(rows.error().message);
                           if (rows && there) {
                               NextTokenTree filled = now;
                               filled.trajectory = id;
                               filled.position = position;
                               addComputed(filled, way, *rows);
                               m_computed = true;
                               take(std::move(filled));
                           }
                           updateHead();
                       });
}

void NextTokenPane::menu(const std::vector<int>& way, const QPoint& global) {
    const NextTokenTree tree = m_icicle->tree();
    const NextToken* node = nodeAt(tree, way);
    if (!node)
        return;
    QMenu menu;
    menu.addAction(tr("Zoom in"), this, [this, way] { m_icicle->zoomTo(way); });
    if (node->path)
        menu.addAction(tr("Show this path"), this,
                       [this, path = node->path] { Q_EMIT pathRequested(path); });
    QAction* force =
        menu.addAction(way.size() > 1 ? tr("Force these tokens and continue")
                                      : tr("Force this token and continue"),
                       this, [this, ids = idsAlong(tree, way), position = tree.position] {
                           Q_EMIT forceRequested(position, ids);
                       });
    const QString reason = m_force.unavailableReason();
    force->setEnabled(reason.isEmpty() && !(way.size() == 1 && node->original));
    force->setToolTip(reason);
    menu.exec(global);
}

} // namespace crux::ui
