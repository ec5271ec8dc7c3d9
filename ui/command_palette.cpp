#include "ui/command_palette.h"

#include "core/store/repositories.h"
#include "ui/model/action_registry.h"
#include "ui/model/run_board.h"
#include "ui/model/session.h"
#include "ui/model/text_format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace crux::ui {

namespace {

constexpr int kRowsShown = 10;
constexpr int kWidth = 640;
constexpr int kFound = 30;

enum Role { MenuRole = Qt::UserRole + 1, KeysRole, ReasonRole, HitsRole, EntryRole, IconRole };

QString quoted(QString text) {
    return QLatin1Char('"') + text.remove(QLatin1Char('"')) + QLatin1Char('"');
}

/// Text with underlined hits, reason behind it, menu and keys on the right.
class PaletteDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {100, metrics::kPaletteRow};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const Theme& theme = Theme::current();
        const bool chosen = option.state & QStyle::State_Selected;
        const QRect box = option.rect;
        painter->save();
        if (chosen) {
            painter->fillRect(box, theme.selection);
            painter->setPen(QPen(theme.accent, 2));
            painter->drawRect(box.adjusted(1, 1, -1, -1));
        }
        const QString reason = index.data(ReasonRole).toString();
        const QString iconName = index.data(IconRole).toString();
        if (!iconName.isEmpty())
            icon(iconName).paint(painter, QRect(box.left() + 12, box.center().y() - 8, 16, 16),
                                 Qt::AlignCenter,
                                 reason.isEmpty() ? QIcon::Normal : QIcon::Disabled);
        painter->setFont(fonts::ui());
        painter->setPen(reason.isEmpty() ? theme.text : theme.disabledText);
        const int right = box.right() - 12;
        const QRect keys(right - 130, box.top(), 130, box.height());
        painter->drawText(keys, Qt::AlignRight | Qt::AlignVCenter, index.data(KeysRole).toString());
        painter->setPen(reason.isEmpty() ? theme.secondText : theme.disabledText);
        painter->drawText(QRect(right - 210, box.top(), 90, box.height()),
                          Qt::AlignLeft | Qt::AlignVCenter, index.data(MenuRole).toString());
        painter->setPen(reason.isEmpty() ? theme.text : theme.disabledText);
        drawHits(painter,
                 QRect(box.left() + 40, box.top(), right - 220 - box.left() - 40, box.height()),
                 index, reason);
        painter->restore();
    }

private:
    static void drawHits(QPainter* painter, const QRect& box, const QModelIndex& index,
                         const QString& reason) {
        const QString text = index.data().toString();
        const QVariantList hits = index.data(HitsRole).toList();
        QFont plain = fonts::ui(), hit = fonts::uiDemi();
        hit.setUnderline(true);
        int x = box.left();
        qsizetype at = 0;
        const auto draw = [&](const QString& part, const QFont& font) {
            if (part.isEmpty() || x >= box.right())
                return;
            painter->setFont(font);
            const QFontMetrics sizes(font);
            const QString shown = sizes.elidedText(part, Qt::ElideRight, box.right() - x);
            painter->drawText(QRect(x, box.top(), box.right() - x, box.height()),
                              Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, shown);
            x += sizes.horizontalAdvance(shown);
        };
        for (qsizetype i = 0; i + 1 < hits.size(); i += 2) {
            const qsizetype start = hits.at(i).toInt(), length = hits.at(i + 1).toInt();
            if (start < at)
                continue;
            draw(text.mid(at, start - at), plain);
            draw(text.mid(start, length), hit);
            at = start + length;
        }
        draw(text.mid(at), plain);
        if (!reason.isEmpty())
            draw(QStringLiteral("  — ") + reason, plain);
    }
};

} // namespace

CommandPalette::CommandPalette(QWidget* parent)
    : QDialog(parent, Qt::Dialog | Qt::FramelessWindowHint)
    , m_field(new QLineEdit(this))
    , m_count(makeLabel(LabelKind::Second, this))
    , m_list(new QListView(this))
    , m_model(new QStandardItemModel(this)) {
    m_field->addAction(icon(QStringLiteral("edit-find"), IconInk::Second),
                       QLineEdit::LeadingPosition);
    m_field->setFixedHeight(30);
    m_field->installEventFilter(this);
    m_list->setModel(m_model);
    m_list->setItemDelegate(new PaletteDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setFixedHeight(kRowsShown * metrics::kPaletteRow);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setAccessibleName(tr("Matches"));
    auto* top = new QHBoxLayout;
    top->setContentsMargins(8, 8, 12, 8);
    top->setSpacing(12);
    top->addWidget(m_field, 1);
    top->addWidget(m_count);
    auto* foot = new QHBoxLayout;
    foot->setContentsMargins(12, 4, 12, 6);
    foot->setSpacing(16);
    for (const QString& hint : {tr("Up, Down choose"), tr("Enter runs"), tr("Esc closes")})
        foot->addWidget(makeLabel(LabelKind::Hint, this, hint));
    m_keysHint = makeLabel(LabelKind::Hint, this, tr("Alt+Enter sets its keys"));
    foot->addWidget(m_keysHint);
    foot->addStretch(1);
    foot->addWidget(makeLabel(LabelKind::Hint, this, tr("words in any order")));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(1, 1, 1, 1);
    column->setSpacing(0);
    column->addLayout(top);
    column->addWidget(m_list);
    column->addLayout(foot);
    setFixedWidth(kWidth);
    connect(m_field, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(m_list, &QListView::clicked, this, [this] { runCurrent(); });
}

void CommandPalette::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.window);
    painter.setPen(theme.controlBorder);
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

void CommandPalette::open(const QString& placeholder) {
    m_keysHint->setVisible(m_session == nullptr); // places have no keys
    m_field->setPlaceholderText(placeholder);
    m_field->setAccessibleName(placeholder);
    m_field->clear();
    filter();
    adjustSize();
    if (parentWidget()) {
        const QRect frame = parentWidget()->window()->geometry();
        move(frame.center().x() - width() / 2, frame.top() + 66);
    }
    show();
    m_field->setFocus();
}

void CommandPalette::showActions(ActionRegistry& registry) {
    registry.update();
    m_session = nullptr;
    m_entries.clear();
    for (const ActionEntry& entry : registry.entries()) {
        PaletteEntry row;
        row.text = entry.action->text().remove(QLatin1Char('&'));
        row.menu = entry.menu;
        row.keys = entry.action->shortcut().toString(QKeySequence::NativeText);
        row.reason = entry.reason ? entry.reason() : QString();
        if (row.reason.isEmpty() && !entry.action->isEnabled())
            row.reason = tr("not available now");
        row.words = entry.words.join(QLatin1Char(' '));
        row.icon = entry.icon;
        row.id = entry.id;
        row.run = [action = entry.action] { action->trigger(); };
        m_entries.push_back(std::move(row));
    }
    m_fixed = m_entries.size();
    open(tr("Run an action"));
}

void CommandPalette::showGoTo(Session& session) {
    m_session = &session;
    m_entries.clear();
    m_fixed = 0;
    open(tr("Go to trajectory number, words of a question, or name of a run"));
}

void CommandPalette::setQuery(const QString& text) {
    m_field->setText(text);
}

int CommandPalette::shownCount() const {
    return m_model->rowCount();
}

QString CommandPalette::shownText(int row) const {
    return m_model->index(row, 0).data().toString();
}

void CommandPalette::filter() {
    const QString query = m_field->text().trimmed();
    if (m_session)
        return searchTrajectories(query);
    std::vector<std::pair<int, int>> order; // score, entry
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        const PaletteEntry& entry = m_entries[i];
        FuzzyMatch match = query.isEmpty() ? FuzzyMatch{0, {}} : fuzzyMatch(query, entry.text);
        if (match.score < 0) // also by its menu and related words, behind the others
            match.score = fuzzyMatch(query, entry.text + QLatin1Char(' ') + entry.menu +
                                                QLatin1Char(' ') + entry.words)
                                      .score >= 0
                              ? 1
                              : -1;
        if (match.score >= 0)
            order.emplace_back(match.score, static_cast<int>(i));
    }
    std::stable_sort(order.begin(), order.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    fill(order, query);
    m_count->setText(
        tr("%1 of %n action(s)", nullptr, static_cast<int>(m_fixed)).arg(order.size()));
}

void CommandPalette::fill(const std::vector<std::pair<int, int>>& order, const QString& query) {
    m_model->clear();
    for (const auto& [score, index] : order) {
        const PaletteEntry& entry = m_entries[static_cast<std::size_t>(index)];
        auto* item = new QStandardItem(entry.text);
        QVariantList hits;
        if (!query.isEmpty())
            for (const auto& [start, length] : fuzzyMatch(query, entry.text).hits)
                hits << start << length;
        item->setData(hits, HitsRole);
        item->setData(entry.menu, MenuRole);
        item->setData(entry.keys, KeysRole);
        item->setData(entry.reason, ReasonRole);
        item->setData(entry.icon, IconRole);
        item->setData(index, EntryRole);
        item->setEditable(false);
        item->setData(QStringList{entry.text, entry.menu, entry.keys, entry.reason}.join(
                          QStringLiteral(", ")),
                      Qt::AccessibleTextRole);
        m_model->appendRow(item);
    }
    m_list->setCurrentIndex(m_model->index(0, 0));
}

void CommandPalette::searchTrajectories(const QString& query) {
    const quint64 mine = ++m_search;
    Session* session = m_session;
    bool isNumber = false;
    const qint64 number = query.toLongLong(&isNumber);
    store::TrajectoryQuery wanted;
    if (!query.isEmpty() && !isNumber) {
        QStringList terms;
        for (const QString& word : query.split(QLatin1Char(' '), Qt::SkipEmptyParts))
            terms << QStringLiteral("question~") + quoted(word);
        wanted.filter = terms.join(QStringLiteral(" and ")).toStdString();
    }
    using Found = std::vector<store::TrajectorySummary>;
    session->read<Found>(
        this,
        [wanted, isNumber, number,
         set = session->scoreSet()](const store::Project& project) -> Result<Found> {
            std::vector<TrajectoryId> ids;
            if (isNumber) {
                ids.push_back(TrajectoryId{number});
            } else {
                CRUX_TRY(all, store::trajectoryIds(project, wanted));
                ids = std::move(all);
                if (ids.size() > kFound)
                    ids.resize(kFound);
            }
            return store::trajectorySummaries(project, ids, set);
        },
        [this, mine, session, query](Result<Found> found) {
            if (mine != m_search || !m_session)
                return;
            m_entries.clear();
            std::vector<std::pair<int, int>> order;
            addRuns(*session, query, order);
            if (found)
                for (const auto& row : *found) {
                    PaletteEntry entry;
                    entry.text = QStringLiteral("%1  %2").arg(
                        text_format::integer(row.id.value),
                        QString::fromStdString(row.question).simplified());
                    entry.menu = QString::fromStdString(row.datasetName);
                    entry.keys = text_format::verdictWord(row.verdict);
                    entry.icon = QStringLiteral("view-list-text");
                    entry.run = [session, id = row.id] { session->openTrajectory(id); };
                    order.emplace_back(0, static_cast<int>(m_entries.size()));
                    m_entries.push_back(std::move(entry));
                }
            fill(order, query);
            m_count->setText(order.empty()
                                 ? tr("nothing found")
                                 : tr("%n found", nullptr, static_cast<int>(order.size())));
        });
}

/// Training runs whose names have all the words; without words the list is of trajectories.
void CommandPalette::addRuns(const Session& session, const QString& query,
                             std::vector<std::pair<int, int>>& order) {
    const QStringList words = query.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (const store::JobRecord& job : session.facts().jobs) {
        const QString name = RunBoard::nameOf(job);
        const bool fits = std::all_of(words.begin(), words.end(), [&](const QString& word) {
            return name.contains(word, Qt::CaseInsensitive);
        });
        if (job.kind != "train" || words.isEmpty() || !fits)
            continue;
        PaletteEntry entry;
        entry.text = name;
        entry.menu = tr("run");
        entry.keys = text_format::jobStateWord(job.state);
        entry.icon = QStringLiteral("office-chart-line");
        entry.run = [this, id = job.id.value] { Q_EMIT runWanted(id); };
        order.emplace_back(0, static_cast<int>(m_entries.size()));
        m_entries.push_back(std::move(entry));
    }
}

QString CommandPalette::shownReason(int row) const {
    return m_model->index(row, 0).data(ReasonRole).toString();
}

const PaletteEntry* CommandPalette::currentEntry() const {
    const QModelIndex index = m_list->currentIndex();
    const auto at = static_cast<std::size_t>(index.data(EntryRole).toInt());
    return index.isValid() && at < m_entries.size() ? &m_entries[at] : nullptr;
}

/// Also of an action that cannot run now.
void CommandPalette::askForKeys() {
    const PaletteEntry* entry = currentEntry();
    if (!entry || entry->id.isEmpty())
        return;
    const QString id = entry->id;
    hide();
    Q_EMIT keysWanted(id);
}

void CommandPalette::runCurrent() {
    const PaletteEntry* entry = currentEntry();
    if (!entry || !entry->reason.isEmpty() || !entry->run)
        return;
    const auto run = entry->run;
    hide();
    // After the palette is gone: the action may open a dialog of its own.
    QTimer::singleShot(0, parentWidget() ? static_cast<QObject*>(parentWidget()) : this, run);
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const int row = m_list->currentIndex().row(), count = m_model->rowCount();
        const auto go = [&](int to) {
            if (count > 0)
                m_list->setCurrentIndex(m_model->index(std::clamp(to, 0, count - 1), 0));
            return true;
        };
        switch (key) {
        case Qt::Key_Down:
            return go(row + 1);
        case Qt::Key_Up:
            return go(row - 1);
        case Qt::Key_PageDown:
            return go(row + kRowsShown);
        case Qt::Key_PageUp:
            return go(row - kRowsShown);
        case Qt::Key_Return:
        case Qt::Key_Enter:
            static_cast<QKeyEvent*>(event)->modifiers() & Qt::AltModifier ? askForKeys()
                                                                          : runCurrent();
            return true;
        default:
            break;
        }
    }
    return QDialog::eventFilter(watched, event);
}

/// A click into the window behind closes it, as Esc does.
bool CommandPalette::event(QEvent* event) {
    if (event->type() == QEvent::WindowDeactivate && isVisible())
        hide();
    return QDialog::event(event);
}

} // namespace crux::ui
