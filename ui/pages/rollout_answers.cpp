#include "ui/pages/rollout_answers.h"

#include "core/spec/intervals.h"
#include "ui/model/session.h"
#include "ui/model/snapshot_loader.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace crux::ui {

namespace {

constexpr int kBar = 44;     ///< px of a bar of all rollouts
constexpr int kNarrow = 320; ///< px without room for where each was drawn

/// Badge, answer and bar of a group; texts in the fixed font.
class AnswerDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return {60, metrics::kRow};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        QStyleOptionViewItem plain = option;
        initStyleOption(&plain, index);
        const QString text = plain.text;
        plain.text.clear();
        const QStyle* style = option.widget ? option.widget->style() : QApplication::style();
        style->drawControl(QStyle::CE_ItemViewItem, &plain, painter, option.widget);
        const bool isText = index.data(RolloutAnswersModel::TextRole).toBool();
        const Theme& theme = Theme::current();
        painter->save();
        QRectF box =
            QRectF(option.rect).adjusted(metrics::kCellPadding, 0, -metrics::kCellPadding, 0);
        if (!isText && index.column() == RolloutAnswersModel::Answer) {
            marks::paintVerdict(
                *painter, QRectF(box.left(), box.top(), metrics::kBadge, box.height()),
                static_cast<Verdict>(index.data(RolloutAnswersModel::VerdictRole).toInt()),
                Source::Sampled);
            box.setLeft(box.left() + metrics::kBadge + 6);
        }
        if (!isText && index.column() == RolloutAnswersModel::Count)
            box.setRight(paintBar(*painter, box, index));
        const bool fixed = isText && index.column() == RolloutAnswersModel::Answer;
        painter->setFont(fixed ? fonts::fixed()
                         : !isText && index.column() == RolloutAnswersModel::Answer
                             ? fonts::uiDemi()
                             : fonts::ui());
        painter->setPen(isText && !fixed ? theme.secondText : theme.text);
        const auto flags = static_cast<int>(index.data(Qt::TextAlignmentRole).toInt());
        painter->drawText(
            box, flags,
            painter->fontMetrics().elidedText(text, Qt::ElideRight, static_cast<int>(box.width())));
        painter->restore();
    }

private:
    /// Returns where the number ends: left of the bar.
    static double paintBar(QPainter& painter, const QRectF& box, const QModelIndex& index) {
        const Theme& theme = Theme::current();
        const double share = index.data(RolloutAnswersModel::ShareRole).toDouble();
        const auto verdict =
            static_cast<Verdict>(index.data(RolloutAnswersModel::VerdictRole).toInt());
        const QRectF track(box.right() - kBar, box.center().y() - 3, kBar, 7);
        painter.fillRect(track, theme.chartGrid);
        painter.fillRect(QRectF(track.left(), track.top(), std::max(2.0, kBar * share), 7),
                         verdict == Verdict::Right   ? theme.right
                         : verdict == Verdict::Wrong ? theme.wrong
                                                     : theme.noAnswer);
        return track.left() - 6;
    }
};

/// Those that the point of the curve counts: indices 0 .. most-1.
Result<std::vector<store::RolloutAnswer>> answersUpTo(const store::Project& project,
                                                      TrajectoryId id, RolloutSetId set,
                                                      int position, std::int32_t most) {
    CRUX_TRY(answers, store::rolloutAnswers(project, id, set, position));
    for (store::RolloutAnswer& answer : answers)
        std::erase_if(answer.members, [most](const auto& member) { return member.index >= most; });
    std::erase_if(answers, [](const auto& answer) { return answer.members.empty(); });
    std::stable_sort(answers.begin(), answers.end(), [](const auto& a, const auto& b) {
        return a.members.size() > b.members.size();
    });
    return answers;
}

} // namespace

RolloutAnswers::RolloutAnswers(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_model(new RolloutAnswersModel(this))
    , m_title(makeElided(LabelKind::Demi, this))
    , m_count(makeLabel(LabelKind::Plain, this))
    , m_origin(makeLabel(LabelKind::Hint, this))
    , m_stack(new QStackedWidget(this))
    , m_tree(new QTreeView(m_stack))
    , m_empty(new EmptyState(m_stack)) {
    m_tree->setModel(m_model);
    m_tree->setItemDelegate(new AnswerDelegate(m_tree));
    m_tree->setUniformRowHeights(true);
    m_tree->setAlternatingRowColors(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    m_tree->setIndentation(metrics::kTreeIndent);
    m_tree->setAccessibleName(tr("Rollouts by answer"));
    QHeaderView* header = m_tree->header();
    header->setStretchLastSection(false);
    header->setSectionsMovable(false);
    header->setFixedHeight(metrics::kHeader);
    header->setMinimumSectionSize(24);
    header->setSectionResizeMode(RolloutAnswersModel::Answer, QHeaderView::Stretch);
    header->resizeSection(RolloutAnswersModel::Count, 88);
    header->resizeSection(RolloutAnswersModel::Origin, 84);
    m_stack->addWidget(m_tree);
    m_stack->addWidget(m_empty);
    m_origin->setWordWrap(true);

    auto* head = new QHBoxLayout;
    head->setContentsMargins(8, 4, 8, 0);
    head->setSpacing(8);
    head->addWidget(m_title, 1);
    head->addWidget(m_count);
    auto* second = new QHBoxLayout;
    second->setContentsMargins(8, 0, 8, 4);
    second->addWidget(m_origin, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(head);
    column->addLayout(second);
    column->addWidget(makeRule(this));
    column->addWidget(m_stack, 1);
    connect(&session, &Session::cursorChanged, this, &RolloutAnswers::refresh);
    connect(&session, &Session::currentChanged, this, &RolloutAnswers::refresh);
    connect(&session, &Session::rolloutsChanged, this, &RolloutAnswers::refresh);
    refresh();
}

QString RolloutAnswers::words() const {
    return m_title->text() + QLatin1Char('\n') + m_count->text() + QLatin1Char('\n') +
           m_origin->text();
}

void RolloutAnswers::refresh() {
    const SnapshotPtr current = m_session.current();
    const int position = m_session.cursor();
    const auto* here = current && current->rollouts ? current->rollouts->at(position) : nullptr;
    const quint64 mine = ++m_request;
    if (!here || here->count.total == 0) {
        m_shown = {};
        m_model->clear();
        return updateHead(position);
    }
    const TrajectoryId id = current->record.id;
    const RolloutSetId set = current->rollouts->set;
    if (m_shown == std::tuple(id.value, set.value, position, here->count.total))
        return;
    m_session.read<std::vector<store::RolloutAnswer>>(
        this,
        [id, set, position, most = here->count.total](const store::Project& project) {
            return answersUpTo(project, id, set, position, most);
        },
        [this, mine, position](Result<std::vector<store::RolloutAnswer>> answers) {
            if (mine == m_request)
                take(std::move(answers), position);
        });
}

void RolloutAnswers::take(Result<std::vector<store::RolloutAnswer>> answers, int position) {
    const SnapshotPtr current = m_session.current();
    if (!current || !current->rollouts)
        return;
    if (!answers)
        return m_session.post(noticeFromError(answers.error(), tr("Rollouts were not read.")));
    // Groups that were unfolded stay so while more rollouts come.
    QStringList unfolded;
    for (int row = 0; row < m_model->rowCount(); ++row)
        if (const QModelIndex index = m_model->index(row, 0); m_tree->isExpanded(index))
            unfolded << index.data().toString();
    m_model->setAnswers(std::move(*answers), position, current->record.promptTokens);
    for (int row = 0; row < m_model->rowCount(); ++row)
        if (const QModelIndex index = m_model->index(row, 0);
            unfolded.contains(index.data().toString()))
            m_tree->expand(index);
    const auto* here = current->rollouts->at(position);
    m_shown = {current->record.id.value, current->rollouts->set.value, position,
               here ? here->count.total : 0};
    updateHead(position);
}

void RolloutAnswers::updateHead(int position) {
    const SnapshotPtr current = m_session.current();
    const bool token =
        current && position >= 0 && position < static_cast<int>(current->tokens.size());
    const bool prompt = token && position < current->record.promptTokens;
    m_title->setText(!token   ? tr("Rollouts")
                     : prompt ? tr("From the bare prompt")
                              : tr("After %1 %2")
                                    .arg(responsePosition(current->record, position))
                                    .arg(format::visibleBlanks(
                                        current->tokens[static_cast<std::size_t>(position)].text)));
    const int total = m_model->total(), right = m_model->right();
    if (total == 0) {
        m_count->clear();
        m_origin->setText(QString());
        const auto* here = current && current->rollouts ? current->rollouts->at(position) : nullptr;
        m_empty->setTexts(tr("No rollouts start here"),
                          here ? tr("The response is over at this token, so every rollout of it "
                                    "ends as the trajectory does.")
                               : tr("Click a point of the curve, or search the trajectory (R)."));
        m_stack->setCurrentWidget(m_empty);
        return;
    }
    const Interval interval = wilson(right, total);
    m_count->setText(tr("%1 of %2 right [%3, %4]")
                         .arg(right)
                         .arg(total)
                         .arg(format::brief(interval.low), format::brief(interval.high)));
    const int own = total - m_model->shared();
    m_origin->setText(m_model->shared() == 0
                          ? tr("all drawn here")
                          : tr("%1 drawn here, %2 shared from earlier prefixes (exact reuse)")
                                .arg(own)
                                .arg(m_model->shared()));
    m_stack->setCurrentWidget(m_tree);
}

/// Where it is narrow the texts need the room; tool tips still say where each was drawn.
void RolloutAnswers::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_tree->setColumnHidden(RolloutAnswersModel::Origin, width() < kNarrow);
}

} // namespace crux::ui
