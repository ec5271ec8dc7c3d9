#include "ui/pages/token_card.h"

#include "ui/model/text_format.h"
#include "ui/widgets/color_scale.h"
#include "ui/widgets/format.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace crux::ui {

namespace {

constexpr int kChipHeight = 32;
constexpr int kChipPadding = 10;
constexpr int kChipMaxText = 24;
constexpr int kLabelBar = 4;

template <typename T> std::optional<T> at(const std::vector<T>& values, int position) {
    if (position < 0 || static_cast<std::size_t>(position) >= values.size())
        return std::nullopt;
    return values[static_cast<std::size_t>(position)];
}

QString probabilityAt(const std::vector<float>& values, int position) {
    return format::probability(at(values, position).value_or(-1.0F));
}

QString rankAt(const std::vector<std::int32_t>& values, int position) {
    const int rank = at(values, position).value_or(-1);
    return rank > 0 ? format::integer(rank) : QString(format::kDash);
}

QString entropyAt(const std::vector<float>& values, int position) {
    const float entropy = at(values, position).value_or(-1.0F);
    if (std::isnan(entropy) || entropy < 0)
        return QString(format::kDash);
    return TokenCard::tr("%1 nats").arg(format::number(entropy, 2));
}

QString bytesOf(const TrajectorySnapshot& snapshot, const TokenCell& cell) {
    const std::string all = snapshot.record.prompt + snapshot.record.response;
    const auto size = static_cast<std::int32_t>(all.size());
    if (cell.byteBegin < 0 || cell.byteEnd <= cell.byteBegin || cell.byteEnd > size)
        return QString(format::kDash);
    const QByteArray bytes(all.data() + cell.byteBegin, cell.byteEnd - cell.byteBegin);
    const QByteArray hex = bytes.left(12).toHex(' ').toUpper();
    return QString::fromLatin1(hex) + (bytes.size() > 12 ? QStringLiteral(" …") : QString());
}

} // namespace

QString positionText(const TrajectorySnapshot& snapshot, int position) {
    const int inResponse = position - snapshot.record.promptTokens;
    if (inResponse < 0)
        return TokenCard::tr("prompt %1").arg(format::integer(position + 1));
    return format::integer(inResponse + 1);
}

QString scoreSetText(const TrajectorySnapshot& snapshot) {
    if (!snapshot.scoreSet.id)
        return TokenCard::tr("No score set: this trajectory is not scored");
    return TokenCard::tr("Score set %1").arg(text_format::scoreSetName(snapshot.scoreSet));
}

TokenChip::TokenChip(QWidget* parent)
    : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void TokenChip::setToken(const QString& text, double score, bool labelled,
                         const ViewSettings& view) {
    m_text = format::visibleBlanks(text);
    setToolTip(m_text.size() > kChipMaxText ? m_text : QString());
    if (m_text.size() > kChipMaxText)
        m_text = m_text.left(kChipMaxText - 1) + QStringLiteral("…");
    m_score = score;
    m_labelled = labelled;
    m_palette = view.palette;
    m_scale = view.scale == ScaleMode::Percentile ? ScaleMode::Absolute : view.scale;
    setAccessibleName(tr("Token %1").arg(m_text));
    updateGeometry();
    update();
}

QSize TokenChip::sizeHint() const {
    const int text = QFontMetrics(fonts::fixedLarge()).horizontalAdvance(m_text);
    return {std::max(kChipHeight, text + 2 * kChipPadding + kLabelBar), kChipHeight};
}

void TokenChip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Theme& theme = Theme::current();
    QColor ink = theme.text;
    if (m_score >= 0) {
        const ColorScale scale(LayerMeaning{}, m_scale, m_palette, theme.name);
        const CellColor cell = scale.color(m_score);
        painter.fillRect(rect(), cell.fill);
        ink = cell.ink;
    } else {
        painter.fillRect(rect(), theme.base);
        marks::paintHatch(painter, rect(), theme.hatch);
    }
    if (m_labelled)
        painter.fillRect(QRect(0, 0, kLabelBar, height()), ink);
    painter.setFont(fonts::fixedLarge());
    painter.setPen(ink);
    painter.drawText(rect().adjusted(m_labelled ? kLabelBar : 0, 0, 0, 0), Qt::AlignCenter, m_text);
}

TokenCard::TokenCard(QWidget* parent)
    : QWidget(parent) {
    m_chip = new TokenChip(this);
    m_place = new QLabel(this);
    m_place->setTextFormat(Qt::RichText);
    m_bytes = new QLabel(this);
    m_bytes->setTextFormat(Qt::RichText);
    m_bytes->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_standingMark = new QLabel(this);
    m_standing = makeLabel(LabelKind::Demi, this);
    m_standingMore = makeElided(LabelKind::Second, this);
    m_scoreSet = makeElided(LabelKind::Second, this);

    auto* place = new QVBoxLayout;
    place->setSpacing(4);
    place->addWidget(m_place);
    place->addWidget(m_bytes);
    auto* standingRow = new QHBoxLayout;
    standingRow->setSpacing(4);
    standingRow->addStretch();
    standingRow->addWidget(m_standingMark);
    standingRow->addWidget(m_standing);
    auto* standing = new QVBoxLayout;
    standing->setSpacing(4);
    standing->addLayout(standingRow);
    standing->addStretch(1);
    auto* top = new QHBoxLayout;
    top->setSpacing(12);
    top->addWidget(m_chip, 0, Qt::AlignVCenter);
    top->addLayout(place);
    top->addStretch(1);
    top->addLayout(standing);

    auto* grid = new QGridLayout;
    buildGrid(*grid);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 12, 8, 8);
    column->setSpacing(8);
    column->addLayout(top);
    column->addWidget(m_standingMore); // in the whole width: shares and what else it is
    column->addLayout(grid);
    column->addWidget(m_scoreSet);
}

void TokenCard::buildGrid(QGridLayout& grid) {
    static const char* const kCaptions[ValueCount] = {
        QT_TR_NOOP("s_t"),         QT_TR_NOOP("p_pos"),       QT_TR_NOOP("p_neg"),
        QT_TR_NOOP("rank pos"),    QT_TR_NOOP("rank neg"),    QT_TR_NOOP("rank policy"),
        QT_TR_NOOP("entropy pos"), QT_TR_NOOP("entropy neg"), QT_TR_NOOP("log p_pos/p_neg")};
    grid.setHorizontalSpacing(8);
    grid.setVerticalSpacing(4);
    for (int value = 0; value < ValueCount; ++value) {
        const int row = value % 3;
        const int column = value / 3 * 3; // caption, value, gap
        m_captions[static_cast<std::size_t>(value)] = makeLabel(LabelKind::Second, this);
        m_captions[static_cast<std::size_t>(value)]->setText(tr(kCaptions[value]));
        auto* number = makeLabel(value == S ? LabelKind::Demi : LabelKind::Plain, this);
        number->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
        number->setTextInteractionFlags(Qt::TextSelectableByMouse);
        number->setAccessibleName(tr(kCaptions[value]));
        m_values[static_cast<std::size_t>(value)] = number;
        grid.addWidget(m_captions[static_cast<std::size_t>(value)], row, column);
        grid.addWidget(number, row, column + 1);
    }
    for (const int gap : {2, 5}) {
        grid.setColumnMinimumWidth(gap, 12);
        grid.setColumnStretch(gap, 0);
    }
    for (const int numbers : {1, 4, 7})
        grid.setColumnStretch(numbers, 1);
}

void TokenCard::setToken(const TrajectorySnapshot& snapshot, int position, const ViewSettings& view,
                         const VocabularyPtr& vocabulary) {
    if (position < 0 || static_cast<std::size_t>(position) >= snapshot.tokens.size())
        return;
    const TokenCell& cell = snapshot.tokens[static_cast<std::size_t>(position)];
    const float score = at(snapshot.scores.s, position).value_or(-1.0F);
    const bool labelled =
        std::any_of(snapshot.labels.begin(), snapshot.labels.end(),
                    [position](const auto& label) { return label.position == position; });
    m_chip->setToken(cell.text, score == score ? score : -1, labelled, view);

    const QString second = Theme::current().secondText.name();
    const int prompt = snapshot.record.promptTokens;
    const int total = static_cast<int>(snapshot.tokens.size()) - prompt;
    const auto bold = [](const QString& text) { return QStringLiteral("<b>%1</b>").arg(text); };
    const auto dim = [&second](const QString& text) {
        return QStringLiteral("<span style=\"color:%1\">%2</span>")
            .arg(second, text.toHtmlEscaped());
    };
    QString place = position < prompt
                        ? dim(tr("prompt position")) + QLatin1Char(' ') +
                              bold(format::integer(position + 1)) + QLatin1Char(' ') +
                              dim(tr("of %1").arg(format::integer(prompt)))
                        : dim(tr("position")) + QLatin1Char(' ') +
                              bold(format::integer(position - prompt + 1)) + QLatin1Char(' ') +
                              dim(tr("of %1").arg(format::integer(total)));
    if (position >= prompt)
        place += dim(QStringLiteral(" · ") + tr("step %1").arg(cell.step));
    place += dim(QStringLiteral(" · ") + tr("id")) + QStringLiteral(" %1").arg(cell.id);
    m_place->setText(place);
    QString bytes = dim(tr("bytes")) + QStringLiteral(" <span style=\"font-family:'%1'\">%2</span>")
                                           .arg(fonts::fixed().family(), bytesOf(snapshot, cell));
    m_bytes->setText(bytes);

    setStanding(snapshot, position);
    setValues(snapshot, position);
    QString set = scoreSetText(snapshot);
    if (snapshot.scoreSet.id && vocabulary)
        set += QStringLiteral(" · ") +
               tr("%1 vocabulary entries")
                   .arg(format::integer(static_cast<qint64>(vocabulary->pieces.size())));
    m_scoreSet->setText(set);
}

/// "rollouts 28/64 → 0/64": before the token and with it.
QString TokenCard::rolloutWords(const TrajectorySnapshot& snapshot, int position) {
    if (!snapshot.rollouts)
        return {};
    const auto words = [&](int at) {
        const store::RolloutEstimate* estimate = snapshot.rollouts->at(at);
        return estimate
                   ? QStringLiteral("%1/%2").arg(estimate->count.right).arg(estimate->count.total)
                   : QString();
    };
    const QString before = words(position - 1), with = words(position);
    if (with.isEmpty())
        return {};
    return before.isEmpty() ? tr("rollouts %1").arg(with)
                            : tr("rollouts %1 → %2").arg(before, with);
}

void TokenCard::setStanding(const TrajectorySnapshot& snapshot, int position) {
    const auto has = [position](const std::vector<std::int32_t>& list) {
        return std::find(list.begin(), list.end(), position) != list.end();
    };
    QStringList words;
    std::optional<Mark> mark;
    const auto* critical = snapshot.rollouts ? snapshot.rollouts->critical() : nullptr;
    if (critical && critical->position == position) {
        words << tr("critical token");
        mark = Mark::Critical;
    }
    if (has(snapshot.candidates)) {
        words << tr("candidate");
        mark = mark.value_or(Mark::Candidate);
    }
    if (has(snapshot.forcedPositions)) {
        words << tr("forced token");
        mark = mark.value_or(Mark::Forced);
    }
    if (snapshot.record.slip == position)
        words << tr("planted slip");
    m_standingMark->setVisible(mark.has_value());
    if (mark)
        m_standingMark->setPixmap(marks::markPixmap(*mark, devicePixelRatioF()));
    m_standing->setText(words.isEmpty() ? QString() : words.takeFirst());
    for (const auto& [forkPosition, count] : snapshot.forks)
        if (forkPosition == position && count > 0)
            words << tr("%n branch(es)", nullptr, count);
    if (const QString shares = rolloutWords(snapshot, position); !shares.isEmpty())
        words.prepend(shares);
    m_standingMore->setText(words.join(QStringLiteral(" · ")));
    m_standingMore->setVisible(!words.isEmpty());
}

void TokenCard::setValues(const TrajectorySnapshot& snapshot, int position) {
    const store::ScoreRecord& scores = snapshot.scores;
    const auto set = [this](Value value, const QString& text) {
        m_values[static_cast<std::size_t>(value)]->setText(text);
    };
    set(S, probabilityAt(scores.s, position));
    set(PPos, probabilityAt(scores.pPositive, position));
    set(PNeg, probabilityAt(scores.pNegative, position));
    set(RankPos, rankAt(scores.rankPositive, position));
    set(RankNeg, rankAt(scores.rankNegative, position));
    set(RankPolicy, rankAt(scores.rankPolicy, position));
    set(EntropyPos, entropyAt(scores.entropyPositive, position));
    set(EntropyNeg, entropyAt(scores.entropyNegative, position));
    const float positive = at(scores.pPositive, position).value_or(-1.0F);
    const float negative = at(scores.pNegative, position).value_or(-1.0F);
    set(LogRatio, positive > 0 && negative > 0
                      ? format::number(std::log(static_cast<double>(positive) / negative), 2)
                      : QString(format::kDash));
}

QString TokenCard::plainText() const {
    QStringList lines;
    for (std::size_t i = 0; i < ValueCount; ++i)
        lines << m_captions[i]->text() + QLatin1Char('\t') + m_values[i]->text();
    lines << m_scoreSet->text();
    return lines.join(QLatin1Char('\n'));
}

} // namespace crux::ui
