#include "ui/pages/heat_map_banner.h"

#include "ui/model/job_model.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

namespace crux::ui {

namespace {

QString faultWords(TokenFault fault) {
    switch (fault) {
    case TokenFault::NoTexts:
        return HeatMapBanner::tr("It was imported as token ids whose texts no model here knows. "
                                 "The model you choose tokenises its text and scores it.");
    case TokenFault::OtherTokenizer:
        return HeatMapBanner::tr("Its token ids belong to a tokenizer that no model here has. "
                                 "Stored values are shown; no token can be forced.");
    case TokenFault::NotSpelled:
        return HeatMapBanner::tr("The stored token ids do not spell its text. Values may stand "
                                 "under the wrong words; no token can be forced.");
    case TokenFault::OtherScores:
        return HeatMapBanner::tr("The stored scores belong to other tokens than these and are not "
                                 "shown.");
    case TokenFault::None:
        break;
    }
    return {};
}

} // namespace

HeatMapBanner::HeatMapBanner(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_sign(new QLabel(this))
    , m_text(makeLabel(LabelKind::Plain, this))
    , m_button(new QPushButton(this)) {
    m_text->setWordWrap(true);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 6, 8, 6);
    row->setSpacing(8);
    row->addWidget(m_sign, 0, Qt::AlignVCenter);
    row->addWidget(m_text, 1);
    row->addWidget(m_button, 0, Qt::AlignVCenter);
    connect(m_button, &QPushButton::clicked, this, [this] {
        const SnapshotPtr current = m_session.current();
        const bool tokens = current && current->fault != TokenFault::None;
        tokens ? Q_EMIT retokeniseRequested() : Q_EMIT scoreRequested();
    });
    hide();
}

void HeatMapBanner::refresh() {
    const SnapshotPtr current = m_session.current();
    const bool fault = current && current->fault != TokenFault::None;
    // A branch gets its scores with its tokens; imported values are shown in their own right.
    const bool unscored = current && !fault && current->scores.s.empty() &&
                          current->layers.empty() && current->forkPosition < 0;
    const bool ambiguous = current && !fault && current->answers.size() > 1;
    dropAnswers();
    if (fault)
        offerTokens(*current);
    else if (ambiguous)
        offerAnswers(*current);
    else if (unscored)
        offerScoring();
    m_warns = fault;
    m_sign->setPixmap(marks::severityPixmap(fault ? Severity::Warning : Severity::Information,
                                            devicePixelRatioF()));
    setVisible(fault || ambiguous || unscored);
    update();
}

void HeatMapBanner::dropAnswers() {
    for (QPushButton* button : m_answers)
        button->deleteLater();
    m_answers.clear();
}

/// A button for each different answer; the places themselves are underlined in the text.
void HeatMapBanner::offerAnswers(const TrajectorySnapshot& snapshot) {
    m_text->setText(tr("Several answers stand in this response, and its verdict depends on which "
                       "one counts. The answer is:"));
    m_button->hide();
    if (m_session.readOnly())
        return;
    constexpr std::size_t kMost = 4; // the view stays as narrow as it was
    QStringList offered;
    for (auto range = snapshot.answers.rbegin(); range != snapshot.answers.rend(); ++range) {
        QString text;
        for (int i = range->first; i <= range->last; ++i)
            text += snapshot.tokens[static_cast<std::size_t>(i)].text;
        text = text.simplified();
        if (text.isEmpty() || offered.contains(text) || m_answers.size() == kMost)
            continue;
        offered << text;
        auto* button = new QPushButton(fontMetrics()
                                           .elidedText(text, Qt::ElideMiddle, 64)
                                           .replace(QLatin1Char('&'), QStringLiteral("&&")),
                                       this);
        button->setToolTip(tr("Grade the response by this answer. Any other place can be chosen in "
                              "the text with Ctrl+B."));
        button->setAccessibleName(tr("The answer is %1").arg(text));
        connect(button, &QPushButton::clicked, this,
                [this, first = range->first, last = range->last] {
                    Q_EMIT answerRequested(first, last);
                });
        static_cast<QHBoxLayout*>(layout())->insertWidget(2, button, 0, Qt::AlignVCenter);
        m_answers.insert(m_answers.begin(), button);
    }
}

void HeatMapBanner::offerTokens(const TrajectorySnapshot& snapshot) {
    m_text->setText(faultWords(snapshot.fault));
    m_button->setText(tr("Tokenise again…"));
    m_button->setIcon({});
    m_button->setToolTip(tr("Scores it with new tokens, made by the model you choose"));
    // Imported values and branches are tied to the ids that are there.
    m_button->setVisible(!m_session.readOnly() && snapshot.layers.empty() &&
                         snapshot.branches.empty());
}

void HeatMapBanner::offerScoring() {
    const ProjectFacts& facts = m_session.facts();
    const auto* set = facts.scoreSet(m_session.scoreSet());
    const std::int64_t left =
        std::max<std::int64_t>(0, facts.trajectories - (set ? set->scored : 0));
    QString text = set ? tr("This trajectory has no scores in the set shown.")
                       : tr("These trajectories have no scores. The heat map shows s_t once a "
                            "positive and a negative model have read them.");
    const double seconds = secondsPerScoredRow(facts.jobs) * static_cast<double>(left);
    if (seconds > 0 && !set)
        text += QLatin1Char(' ') + tr("About %1.").arg(format::duration(seconds));
    m_text->setText(text);
    m_button->setIcon(icon(QStringLiteral("speedometer")));
    m_button->setText(set || left == 0 ? tr("Score…")
                                       : tr("Score %1 trajectories…").arg(format::integer(left)));
    m_button->setToolTip({});
    m_button->setVisible(!m_session.readOnly());
}

QString HeatMapBanner::text() const {
    return isVisibleTo(parentWidget()) ? m_text->text() : QString();
}

void HeatMapBanner::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), m_warns ? theme.errorNotice : theme.base);
    painter.fillRect(QRect(0, 0, 4, height()), m_warns ? theme.warning : theme.accent);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.line);
}

} // namespace crux::ui
