#include "ui/widgets/question_header.h"

#include "core/store/gold_answers.h"
#include "ui/model/text_format.h"
#include "ui/model/verdict_command.h"
#include "ui/widgets/format.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/verdict_reason.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QTextLayout>
#include <QToolButton>

#include <cmath>

namespace crux::ui {
namespace {

constexpr int kTitleHeight = 28, kTextLine = 20, kTextLines = 3;
constexpr double kTextLeft = 24;

/// Draws wrapped text; the last line that fits is elided.
void drawWrapped(QPainter& painter, const QString& text, const QFont& font, QPointF at,
                 double width, int lines) {
    QTextLayout layout(text, font);
    layout.beginLayout();
    const QFontMetricsF metrics(font);
    for (int i = 0; i < lines; ++i) {
        QTextLine line = layout.createLine();
        if (!line.isValid())
            break;
        line.setLineWidth(width);
        QString shown = text.mid(line.textStart(), line.textLength()).trimmed();
        if (i == lines - 1 && line.textStart() + line.textLength() < text.size())
            shown =
                metrics.elidedText(text.mid(line.textStart()).simplified(), Qt::ElideRight, width);
        const double y =
            at.y() + i * kTextLine + (kTextLine + metrics.ascent() - metrics.descent()) / 2;
        painter.setFont(font);
        painter.drawText(QPointF(at.x(), std::round(y)), shown);
    }
    layout.endLayout();
}

QString shortNumber(double value) {
    return QString::number(value, 'g', 4);
}

} // namespace

QuestionHeader::QuestionHeader(QWidget* parent)
    : QWidget(parent)
    , m_previous(makeIconButton(QStringLiteral("go-up"), tr("Previous trajectory (Ctrl+Up)"), this))
    , m_next(makeIconButton(QStringLiteral("go-down"), tr("Next trajectory (Ctrl+Down)"), this))
    , m_bookmark(makeIconButton(QStringLiteral("bookmark-new"), tr("Mark this trajectory"), this))
    , m_note(makeIconButton(QStringLiteral("edit-comment"), tr("Note on this trajectory"), this)) {
    setFocusPolicy(Qt::TabFocus);
    setFixedHeight(metrics::kQuestionHeader);
    connect(m_previous, &QToolButton::clicked, this, &QuestionHeader::previousRequested);
    connect(m_next, &QToolButton::clicked, this, &QuestionHeader::nextRequested);
    connect(m_bookmark, &QToolButton::clicked, this, &QuestionHeader::bookmarkRequested);
    connect(m_note, &QToolButton::clicked, this, &QuestionHeader::noteRequested);
}

void QuestionHeader::setSnapshot(SnapshotPtr snapshot) {
    if (!snapshot || !m_snapshot || snapshot->record.id != m_snapshot->record.id)
        m_agreement.reset(); // of another trajectory
    m_snapshot = std::move(snapshot);
    for (QToolButton* button : {m_previous, m_next, m_bookmark, m_note})
        button->setVisible(m_snapshot != nullptr);
    updateWords();
    update();
}

void QuestionHeader::setAgreement(const std::optional<TrajectoryAgreement>& agreement) {
    m_agreement = agreement;
    updateWords();
    update();
}

void QuestionHeader::updateWords() {
    if (!m_snapshot) {
        setAccessibleName(tr("Question"));
        setToolTip({});
        return;
    }
    const QString question = QString::fromStdString(m_snapshot->question.text);
    setAccessibleName(titleText() + QStringLiteral(", ") + placeText());
    setAccessibleDescription(question + QStringLiteral(" ") + factsText());
    QString tip = QStringLiteral("<p>") + question.toHtmlEscaped() + QStringLiteral("</p><p>") +
                  factsText().toHtmlEscaped() + QStringLiteral("</p>");
    if (!m_snapshot->record.verdictReason.empty())
        tip += QStringLiteral("<p>") +
               tr("Verdict: %1 (%2)")
                   .arg(marks::verdictWord(m_snapshot->record.verdict),
                        QString::fromStdString(m_snapshot->record.verdictReason).toHtmlEscaped()) +
               QStringLiteral("</p>");
    setToolTip(tip);
}

void QuestionHeader::setFolded(bool folded) {
    if (folded == m_folded)
        return;
    m_folded = folded;
    setFixedHeight(folded ? metrics::kQuestionFolded : metrics::kQuestionHeader);
    update();
    Q_EMIT foldedChanged(folded);
}

QString QuestionHeader::titleText() const {
    return m_snapshot ? tr("Trajectory %1").arg(format::integer(m_snapshot->record.id.value))
                      : QString();
}

QString QuestionHeader::placeText() const {
    if (!m_snapshot)
        return {};
    const std::string& id = m_snapshot->question.externalId;
    const QString question = m_snapshot->questionNumber > 0
                                 ? format::integer(m_snapshot->questionNumber)
                             : id.empty() ? format::integer(m_snapshot->question.id.value)
                                          : QString::fromStdString(id);
    QStringList parts;
    parts << (m_snapshot->datasetName.isEmpty()
                  ? tr("question %1").arg(question)
                  : tr("question %1 of %2").arg(question, m_snapshot->datasetName));
    parts << tr("sample %1").arg(m_snapshot->record.sampleIndex + 1);
    for (const auto& label : m_snapshot->labels)
        if (label.position < 0)
            parts << tr("label %1").arg(QString::fromStdString(label.kind));
    return parts.join(QStringLiteral(" · "));
}

QString QuestionHeader::extractedText() const {
    const auto& record = m_snapshot->record;
    const QString why = record.verdictReason == "no_answer" ? QString()
                        : isByHand(*m_snapshot)             ? tr("by hand")
                                                : verdictReasonWords(record.verdictReason);
    const QString because =
        why.isEmpty() ? QString() : QStringLiteral(" (") + why + QLatin1Char(')');
    if (record.extracted.empty() && record.verdict == Verdict::Ungraded)
        return tr("not graded") + because;
    if (record.extracted.empty() && record.verdict == Verdict::NoAnswer)
        return tr("no answer found") + because;
    const QString answer =
        record.extracted.empty()
            ? QString()
            : text_format::extractedText(record.verdict, record.extracted) + QStringLiteral(", ");
    return answer + marks::verdictWord(record) + because;
}

/// All right answers; a dash for none.
QString QuestionHeader::goldText() const {
    const QString gold = text_format::goldText(store::goldAnswers(m_snapshot->question));
    return gold.isEmpty() ? QString(format::kDash) : gold;
}

QString QuestionHeader::samplingText() const {
    if (!m_snapshot)
        return {};
    const auto& record = m_snapshot->record;
    QStringList parts;
    if (!record.sourceModel.empty())
        parts << QString::fromStdString(record.sourceModel);
    // From the record of what was run, never from the current settings.
    const Json& params = record.provenance.params;
    const auto number = [&](const char* key) -> std::optional<double> {
        const auto it = params.is_object() ? params.find(key) : params.end();
        return it != params.end() && it->is_number() ? std::optional(it->get<double>())
                                                     : std::nullopt;
    };
    if (const auto t = number("temperature"))
        parts << (*t == 0 ? tr("greedy") : QStringLiteral("T ") + shortNumber(*t));
    if (const auto p = number("top_p"); p && *p < 1)
        parts << QStringLiteral("top-p ") + shortNumber(*p);
    if (const auto k = number("top_k"); k && *k > 0)
        parts << QStringLiteral("top-k ") + shortNumber(*k);
    if (const auto prompt = params.is_object() ? params.find("prompt") : params.end();
        prompt != params.end() && prompt->is_object() && prompt->value("shots", 0) > 0)
        parts << tr("%1 examples").arg(prompt->value("shots", 0));
    if (record.source != Source::Imported && record.provenance.seed != 0)
        parts << tr("seed %1").arg(record.provenance.seed);
    if (record.source == Source::Imported)
        parts << tr("imported");
    const auto tokens = static_cast<qint64>(m_snapshot->tokens.size()) - record.promptTokens;
    parts << tr("%1 tokens").arg(format::integer(std::max<qint64>(0, tokens)));
    return parts.join(QStringLiteral(" · "));
}

QString QuestionHeader::agreementText() const {
    if (!m_snapshot || !m_agreement)
        return {};
    const TrajectoryAgreement& a = *m_agreement;
    QStringList parts;
    if (a.rank)
        parts << tr("rank %1 of %2 by s_t")
                     .arg(format::number(*a.rank, std::floor(*a.rank) == *a.rank ? 0 : 1))
                     .arg(a.scored);
    if (a.rhoDrop)
        parts << tr("ρ(s_t, drop) %1").arg(format::change(*a.rhoDrop, false));
    return parts.join(QStringLiteral(" · "));
}

/// "candidate at 34 = critical token at 34", or how far apart; empty: not searched.
QString QuestionHeader::criticalText() const {
    const RolloutFactsPtr rollouts = m_snapshot ? m_snapshot->rollouts : nullptr;
    const auto* verdict = rollouts ? rollouts->verdict() : nullptr;
    if (!verdict)
        return {};
    const auto shown = [&](int position) { return position - m_snapshot->record.promptTokens + 1; };
    const auto* found = rollouts->critical();
    if (!found)
        return verdict->position < 0
                   ? tr("no critical token by rollouts")
                   : tr("token at %1 not confirmed by rollouts").arg(shown(verdict->position));
    int nearest = -1;
    for (const std::int32_t candidate : m_snapshot->candidates)
        if (nearest < 0 ||
            std::abs(candidate - found->position) < std::abs(nearest - found->position))
            nearest = candidate;
    if (nearest < 0)
        return tr("critical token at %1").arg(shown(found->position));
    if (nearest == found->position)
        return tr("candidate at %1 = critical token at %1").arg(shown(nearest));
    return tr("candidate at %1, critical token at %2: %n apart", nullptr,
              std::abs(nearest - found->position))
        .arg(shown(nearest))
        .arg(shown(found->position));
}

QString QuestionHeader::factsText() const {
    if (!m_snapshot)
        return {};
    return tr("Gold %1").arg(goldText()) + QStringLiteral("  ") +
           tr("Extracted %1").arg(extractedText()) +
           (criticalText().isEmpty() ? QString() : QStringLiteral("  ·  ") + criticalText()) +
           QStringLiteral("  ·  ") + samplingText() +
           (agreementText().isEmpty() ? QString() : QStringLiteral("  ·  ") + agreementText());
}

QRectF QuestionHeader::arrowRect() const {
    return {6, kTitleHeight + 4, 12, 12};
}

void QuestionHeader::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    painter.fillRect(rect(), theme.window);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.line);
    if (!m_snapshot)
        return;
    const auto& record = m_snapshot->record;
    marks::paintVerdict(painter, QRectF(6, 6, 16, 16), record.verdict, record.source);
    double x = 30;
    const int buttons = m_previous->x();
    const auto put = [&](const QString& text, const QFont& font, const QColor& color) {
        painter.setFont(font);
        painter.setPen(color);
        const int room = std::max(0, static_cast<int>(buttons - x - 4));
        const QString shown = painter.fontMetrics().elidedText(text, Qt::ElideRight, room);
        painter.drawText(QRectF(x, 0, room, kTitleHeight), Qt::AlignLeft | Qt::AlignVCenter, shown);
        x += painter.fontMetrics().horizontalAdvance(shown) + 8;
    };
    put(titleText(), fonts::title(), theme.text);
    QString place = placeText();
    if (m_folded)
        place += QStringLiteral(" · ") + tr("gold %1").arg(goldText()) + QStringLiteral(" · ") +
                 samplingText();
    put(place, fonts::ui(), theme.secondText);

    marks::paintArrow(painter, arrowRect(), !m_folded, theme.text);
    const QString question = QString::fromStdString(m_snapshot->question.text).simplified();
    painter.setPen(m_folded ? theme.secondText : theme.text);
    drawWrapped(painter, question, m_folded ? fonts::ui() : fonts::question(),
                QPointF(kTextLeft, kTitleHeight), width() - kTextLeft - 8,
                m_folded ? 1 : kTextLines);
    if (!m_folded)
        paintFacts(painter, kTitleHeight + kTextLines * kTextLine);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(theme.accent, 2));
        painter.drawRect(arrowRect().adjusted(-3, -3, 3, 3));
    }
}

void QuestionHeader::paintFacts(QPainter& painter, double y) const {
    const Theme& theme = Theme::current();
    double x = kTextLeft;
    const auto put = [&](const QString& text, bool strong, double gap) {
        painter.setFont(strong ? fonts::uiDemi() : fonts::ui());
        painter.setPen(strong ? theme.text : theme.secondText);
        const int room = std::max(0, static_cast<int>(width() - x - 8));
        const QString shown = painter.fontMetrics().elidedText(text, Qt::ElideRight, room);
        painter.drawText(QRectF(x, y, room, kTextLine), Qt::AlignLeft | Qt::AlignVCenter, shown);
        x += painter.fontMetrics().horizontalAdvance(shown) + gap;
    };
    put(tr("Gold"), false, 4);
    put(goldText(), true, 12);
    put(tr("Extracted"), false, 4);
    put(extractedText(), true, 10);
    if (const QString critical = criticalText(); !critical.isEmpty()) {
        put(QStringLiteral("·"), false, 8);
        if (m_snapshot->rollouts->critical()) {
            marks::paint(painter, Mark::Critical, QPointF(x, y + 6), theme.text);
            x += 14;
        }
        put(critical, true, 10);
    }
    put(QStringLiteral("·"), false, 8);
    put(samplingText(), false, 8);
    if (const QString agreement = agreementText(); !agreement.isEmpty()) {
        put(QStringLiteral("·"), false, 8);
        put(agreement, false, 0);
    }
}

void QuestionHeader::mousePressEvent(QMouseEvent* event) {
    // The whole left margin is the arrow's target: 24 px wide, the design's smallest.
    if (event->position().x() < kTextLeft && event->position().y() >= kTitleHeight)
        setFolded(!m_folded);
}

void QuestionHeader::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Space || event->key() == Qt::Key_Return)
        setFolded(!m_folded);
    else
        QWidget::keyPressEvent(event);
}

void QuestionHeader::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    placeButtons();
}

void QuestionHeader::placeButtons() {
    int x = width() - 4;
    for (QToolButton* button : {m_note, m_bookmark, m_next, m_previous}) {
        const int size = metrics::kSmallToolButton;
        x -= size + 8;
        button->setGeometry(x + 4, 2, size, size);
    }
}

} // namespace crux::ui
