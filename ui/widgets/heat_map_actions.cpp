#include "ui/widgets/heat_map_actions.h"

#include <QClipboard>
#include <QGuiApplication>

namespace crux::ui {

HeatMapActions::HeatMapActions(QObject* parent)
    : QObject(parent) {
    addMoves();
    addRequests();
    addViewKeys();
}

void HeatMapActions::attach(TokenView* view) {
    for (QAction* action : m_actions)
        view->addAction(action);
    view->setContextMenuPolicy(Qt::DefaultContextMenu);
    connect(view, &TokenView::focused, this, [this, view] { m_target = view; });
    if (!m_target)
        m_target = view;
}

QAction* HeatMapActions::action(const QString& objectName) const {
    for (QAction* action : m_actions)
        if (action->objectName() == objectName)
            return action;
    return nullptr;
}

QAction* HeatMapActions::add(const char* name, const QString& text, const QList<QKeySequence>& keys,
                             std::function<void(TokenView&)> run) {
    auto* action = new QAction(text, this);
    action->setObjectName(QStringLiteral("heatmap.") + QLatin1String(name));
    action->setShortcuts(keys);
    // Plain letters work only while the text has the focus.
    action->setShortcutContext(Qt::WidgetShortcut);
    connect(action, &QAction::triggered, this, [this, run = std::move(run)] {
        if (m_target && m_target->data())
            run(*m_target);
    });
    m_actions.push_back(action);
    return action;
}

void HeatMapActions::addMoves() {
    using Move = TokenView::Move;
    struct Entry {
        const char* name;
        QString text;
        QList<QKeySequence> keys;
        Move move;
    };
    const Entry entries[] = {
        {"previous_token", tr("Previous token"), {Qt::Key_Left}, Move::Left},
        {"next_token", tr("Next token"), {Qt::Key_Right}, Move::Right},
        {"previous_word", tr("Previous word"), {Qt::CTRL | Qt::Key_Left}, Move::WordLeft},
        {"next_word", tr("Next word"), {Qt::CTRL | Qt::Key_Right}, Move::WordRight},
        {"line_up", tr("Line up"), {Qt::Key_Up}, Move::Up},
        {"line_down", tr("Line down"), {Qt::Key_Down}, Move::Down},
        {"line_start", tr("Start of line"), {Qt::Key_Home}, Move::LineStart},
        {"line_end", tr("End of line"), {Qt::Key_End}, Move::LineEnd},
        {"first_token", tr("First token"), {Qt::CTRL | Qt::Key_Home}, Move::First},
        {"last_token", tr("Last token"), {Qt::CTRL | Qt::Key_End}, Move::Last},
        {"next_candidate", tr("Next candidate"), {Qt::Key_N}, Move::NextCandidate},
        {"previous_candidate",
         tr("Previous candidate"),
         {Qt::SHIFT | Qt::Key_N},
         Move::PreviousCandidate},
        {"next_fork", tr("Next fork"), {Qt::Key_F}, Move::NextFork},
        {"previous_fork", tr("Previous fork"), {Qt::SHIFT | Qt::Key_F}, Move::PreviousFork},
    };
    for (const Entry& entry : entries)
        add(entry.name, entry.text, entry.keys,
            [move = entry.move](TokenView& view) { view.moveCursor(move); });
}

void HeatMapActions::addRequests() {
    const auto atCursor = [](auto request) {
        return [request](TokenView& view) {
            // A trajectory without any token can still be labelled, as a whole.
            if (view.cursor() >= 0 || view.data()->count() == 0)
                request(view.cursor());
        };
    };
    const auto label = [&](const char* kind) {
        return atCursor([this, text = QString::fromLatin1(kind)](int token) {
            Q_EMIT labelRequested(token, text);
        });
    };
    add("alternatives", tr("Alternatives of this token"), {Qt::Key_Return, Qt::Key_Enter},
        [this](TokenView& view) {
            if (view.cursor() >= 0)
                Q_EMIT alternativesRequested(view.cursor());
        });
    add("agree", tr("Agree: this is the error"), {Qt::Key_A}, label("agree"));
    add("reject", tr("Reject: this is no error"), {Qt::Key_X}, label("reject"));
    add("elsewhere", tr("The error is elsewhere"), {Qt::Key_E}, label("elsewhere"));
    add("bookmark", tr("Bookmark"), {Qt::Key_B},
        atCursor([this](int token) { Q_EMIT bookmarkRequested(token); }));
    add("comment", tr("Comment…"), {Qt::Key_C},
        atCursor([this](int token) { Q_EMIT commentRequested(token); }));
    add("search", tr("Search critical token by rollouts"), {Qt::Key_R},
        [this](TokenView&) { Q_EMIT searchRequested(); });
    add("rollouts", tr("Rollouts at the candidates or the selection"), {Qt::SHIFT | Qt::Key_R},
        [this](TokenView&) { Q_EMIT rolloutsHereRequested(); });
    add("answer", tr("Use as the extracted answer"), {Qt::CTRL | Qt::Key_B},
        [this](TokenView& view) {
            const bool range = view.selectionFirst() >= 0;
            if (range || view.cursor() >= 0)
                Q_EMIT answerRequested(range ? view.selectionFirst() : view.cursor(),
                                       range ? view.selectionLast() : view.cursor());
        });
    add("copy", tr("Copy text"), {QKeySequence::Copy},
        [](TokenView& view) { QGuiApplication::clipboard()->setText(view.selectedText()); });
    add("provenance", tr("Copy provenance"), {Qt::CTRL | Qt::SHIFT | Qt::Key_C},
        [this](TokenView&) { Q_EMIT provenanceRequested(); });
    add("values", tr("Values as a table…"), {Qt::CTRL | Qt::Key_T},
        [this](TokenView&) { Q_EMIT valuesRequested(); });
}

void HeatMapActions::addViewKeys() {
    add("layer", tr("Next layer"), {Qt::Key_V}, [this](TokenView&) { Q_EMIT layerCycled(); });
    add("granularity", tr("Token, word or step"), {Qt::Key_G},
        [this](TokenView&) { Q_EMIT granularityCycled(); });
    add("blanks", tr("Show blanks"), {Qt::Key_W}, [this](TokenView&) { Q_EMIT blanksToggled(); });
    add("proportional", tr("Proportional text"), {Qt::SHIFT | Qt::Key_W},
        [this](TokenView&) { Q_EMIT proportionalToggled(); });
    add("threshold_down", tr("Lower threshold"), {Qt::Key_BracketLeft},
        [this](TokenView&) { Q_EMIT thresholdStepped(-1); });
    add("threshold_up", tr("Higher threshold"), {Qt::Key_BracketRight},
        [this](TokenView&) { Q_EMIT thresholdStepped(1); });
    add("fold_step", tr("Fold or unfold this step"), {Qt::Key_Z}, [](TokenView& view) {
        if (view.cursor() >= 0)
            view.toggleFold(
                view.data()->snapshot().tokens[static_cast<std::size_t>(view.cursor())].step);
    });
    add("fold_all", tr("Fold or unfold all steps"), {Qt::SHIFT | Qt::Key_Z},
        [](TokenView& view) { view.foldAll(!view.layout().isFolded(1)); });
}

} // namespace crux::ui
