#include "ui/pages/corpus_tables.h"

#include "core/spec/intervals.h"
#include "core/store/filter.h"
#include "ui/model/snapshot_loader.h"
#include "ui/widgets/format.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QApplication>
#include <QPainter>

#include <cmath>

namespace crux::ui {

namespace {

bool chosen(const QString& filter, const QString& term) {
    return !term.isEmpty() && !filter.isEmpty() &&
           store::filterHas(filter.toStdString(), term.toStdString());
}

QString edgeText(double value) {
    return value == 0 || value == 1 ? QString::number(value) : format::brief(value);
}

QString intervalText(double low, double high) {
    return QStringLiteral("%1 %2 %3")
        .arg(format::number(low), QString(format::kDash), format::number(high));
}

} // namespace

// --- token strings

void CorpusTokenModel::setTokens(std::vector<store::CorpusToken> tokens, store::CorpusTokens of) {
    beginResetModel();
    m_tokens = std::move(tokens);
    m_of = of;
    endResetModel();
}

void CorpusTokenModel::setFilter(const QString& expression) {
    m_filter = expression;
    if (!m_tokens.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

int CorpusTokenModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_tokens.size());
}

int CorpusTokenModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CorpusTokenModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const store::CorpusToken& token = m_tokens[static_cast<std::size_t>(index.row())];
    const auto term = [&] {
        return QString::fromStdString(
            store::corpusTerm(m_of, store::CorpusBar::Token, 0, token.text));
    };
    switch (role) {
    case TermRole:
        return term();
    case ShareRole:
        return static_cast<double>(token.count) /
               static_cast<double>(std::max<std::int64_t>(m_tokens.front().count, 1));
    case ChosenRole:
        return chosen(m_filter, term());
    case Qt::FontRole:
        return index.column() == Token ? QVariant(fonts::fixed()) : QVariant();
    case Qt::TextAlignmentRole:
        return int((index.column() == Token ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    case Qt::ToolTipRole:
        return tr("%1 of them in %2 trajectories. Enter or a click filters: %3")
            .arg(format::integer(token.count), format::integer(token.trajectories), term());
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    switch (index.column()) {
    case Token:
        return format::visibleBlanks(readableBytes(token.text));
    case Count:
        return format::integer(token.count);
    case Trajectories:
        return format::integer(token.trajectories);
    case MeanS:
        return format::probability(token.meanS);
    default:
        return {};
    }
}

QVariant CorpusTokenModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == Token ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Token:
        return tr("Token");
    case Count:
        return tr("Count");
    case Trajectories:
        return tr("Trajectories");
    case MeanS:
        return tr("mean s_t");
    default:
        return {};
    }
}

// --- histograms

std::vector<CorpusBarRow> corpusBars(const store::CorpusSummary& summary, store::CorpusTokens of,
                                     store::CorpusBar what) {
    std::vector<CorpusBarRow> rows;
    const auto add = [&](std::size_t bar, std::int64_t count, const QString& range) {
        CorpusBarRow row;
        row.what = what;
        row.range = range;
        row.count = count;
        row.term = QString::fromStdString(store::corpusTerm(of, what, bar));
        row.tip =
            CorpusBarsModel::tr("%1: %n token(s)", nullptr, static_cast<int>(count)).arg(range);
        rows.push_back(std::move(row));
    };
    const QString dash = QLatin1Char(' ') + format::kDash + QLatin1Char(' ');
    switch (what) {
    case store::CorpusBar::Relative:
        for (std::size_t i = 0; i < summary.relative.size(); ++i)
            add(i, summary.relative[i],
                QStringLiteral("%1%2%3 %")
                    .arg(100 * i / store::kRelativeBars)
                    .arg(dash)
                    .arg(100 * (i + 1) / store::kRelativeBars));
        break;
    case store::CorpusBar::Step:
        for (std::size_t i = 0; i < summary.steps.size(); ++i)
            add(i, summary.steps[i],
                i + 1 < summary.steps.size() ? CorpusBarsModel::tr("step %1").arg(i + 1)
                                             : CorpusBarsModel::tr("step %1 or later").arg(i + 1));
        break;
    case store::CorpusBar::Score:
        for (std::size_t i = 0; i < summary.scores.size(); ++i)
            add(i, summary.scores[i],
                QStringLiteral("s_t %1%2%3")
                    .arg(edgeText(store::kScoreEdges[i]), dash,
                         edgeText(store::kScoreEdges[i + 1])));
        break;
    case store::CorpusBar::Token:
        break;
    }
    return rows;
}

QStringList corpusEdges(store::CorpusBar what) {
    QStringList edges;
    switch (what) {
    case store::CorpusBar::Relative:
        for (std::size_t i = 0; i <= store::kRelativeBars; ++i)
            edges << (i % 5 == 0 ? QStringLiteral("%1 %").arg(100 * i / store::kRelativeBars)
                                 : QString());
        break;
    case store::CorpusBar::Step:
        for (std::size_t i = 0; i < store::kStepBars; ++i)
            edges << (i + 1 < store::kStepBars ? QString::number(i + 1)
                                               : QString::number(i + 1) + QLatin1Char('+'));
        break;
    case store::CorpusBar::Score:
        for (const double edge : store::kScoreEdges)
            edges << edgeText(edge);
        break;
    case store::CorpusBar::Token:
        break;
    }
    return edges;
}

void CorpusBarsModel::setRows(std::vector<CorpusBarRow> rows) {
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

void CorpusBarsModel::setFilter(const QString& expression) {
    m_filter = expression;
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

int CorpusBarsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int CorpusBarsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant CorpusBarsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const CorpusBarRow& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case TermRole:
        return row.term;
    case ShareRole: {
        qint64 most = 1;
        for (const CorpusBarRow& other : m_rows)
            if (other.what == row.what)
                most = std::max(most, other.count);
        return static_cast<double>(row.count) / static_cast<double>(most);
    }
    case ChosenRole:
        return chosen(m_filter, row.term);
    case Qt::ToolTipRole:
        return tr("Enter or a click filters: %1").arg(row.term);
    case Qt::TextAlignmentRole:
        return int((index.column() == Count ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    switch (index.column()) {
    case What:
        return row.what == store::CorpusBar::Relative ? tr("Position in the response")
               : row.what == store::CorpusBar::Step   ? tr("Step")
                                                      : tr("Contrastive score");
    case Range:
        return row.range;
    case Count:
        return format::integer(row.count);
    default:
        return {};
    }
}

QVariant CorpusBarsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == What ? tr("Histogram") : section == Range ? tr("Bar") : tr("Count");
}

// --- agreement

void AgreementModel::add(const QString& measure, const CountOf& count, const QString& tip,
                         const QString& term) {
    Row row{measure, QString(format::kDash), {}, {}, tip, count.n > 0 ? term : QString()};
    if (count.n > 0) {
        const crux::Interval ends = wilson(static_cast<int>(count.k), static_cast<int>(count.n));
        row.value = format::number(*count.share());
        row.interval = intervalText(ends.low, ends.high);
        row.counts = tr("%1 of %2").arg(format::integer(count.k), format::integer(count.n));
    }
    m_rows.push_back(std::move(row));
}

void AgreementModel::add(const QString& measure, const MeanOf& mean, const QString& tip) {
    Row row{measure, QString(format::kDash), {}, {}, tip, {}};
    if (mean.count > 0) {
        row.value = format::change(mean.mean, false);
        if (mean.count > 1)
            row.interval = intervalText(mean.low, mean.high);
        row.counts = tr("%n trajectory(s)", nullptr, static_cast<int>(mean.count));
    }
    m_rows.push_back(std::move(row));
}

void AgreementModel::setTotals(const AgreementTotals& totals, store::Truth truth, int window) {
    beginResetModel();
    m_rows.clear();
    const bool slips = truth == store::Truth::Slips;
    const bool confirmed = truth == store::Truth::Confirmed;
    const QString found = slips ? tr("planted slips") : tr("critical tokens by rollouts");
    const auto term = [&](const char* text) {
        return slips ? QString()
                     : QLatin1String(text) +
                           (confirmed ? QStringLiteral(" and crit.confirmed=yes") : QString());
    };
    const QString candidateTerm = slips || confirmed ? QString() : QStringLiteral("cand.hit=yes");
    add(tr("Precision"), totals.precision, tr("Candidates that are %1").arg(found), candidateTerm);
    add(tr("Precision, ±%1 tokens").arg(window), totals.precisionNear,
        tr("Candidates with one of the %1 at most %2 tokens away").arg(found).arg(window));
    add(tr("Recall"), totals.recall, tr("Of the %1, those that are candidates").arg(found),
        term("crit.hit=yes"));
    add(tr("Recall, ±%1 tokens").arg(window), totals.recallNear,
        tr("Of the %1, those with a candidate at most %2 tokens away").arg(found).arg(window));
    add(tr("Missed"), {totals.recall.n - totals.recall.k, totals.recall.n},
        tr("Of the %1, those that are no candidates").arg(found), term("crit.hit=no"));
    add(tr("Lowest s_t of all"), totals.first,
        tr("Of the %1, those with the lowest s_t of their response").arg(found));
    add(tr("Among the 5 lowest"), totals.top5, tr("Rank by s_t at most 5"));
    add(tr("Among the 10 lowest"), totals.top10, tr("Rank by s_t at most 10"));
    Row rank{tr("Median rank by s_t"),
             QString(format::kDash),
             {},
             {},
             tr("Rank 1 is the lowest s_t of the response; equal scores share their mean rank"),
             {}};
    if (totals.medianRank)
        rank.value = format::number(*totals.medianRank, 1);
    m_rows.push_back(std::move(rank));
    add(tr("ρ of s_t and share right"), totals.rhoShare,
        tr("Spearman's rank correlation of s_t and the share of right rollouts by position, "
           "mean over trajectories with its 95 % interval"));
    add(tr("ρ of s_t and drop"), totals.rhoDrop,
        tr("Spearman's rank correlation of s_t and the drop of the share at that token; "
           "negative: a low s_t goes with a drop"));
    endResetModel();
}

int AgreementModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int AgreementModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant AgreementModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    switch (role) {
    case TermRole:
        return row.term;
    case Qt::ToolTipRole:
        return row.term.isEmpty()
                   ? row.tip
                   : row.tip + QLatin1Char('\n') + tr("Enter or a click filters: %1").arg(row.term);
    case Qt::TextAlignmentRole:
        return int((index.column() == Measure ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    case Qt::FontRole:
        return index.column() == Value ? QVariant(fonts::uiDemi()) : QVariant();
    case Qt::DisplayRole:
        break;
    default:
        return {};
    }
    const QString* const texts[] = {&row.measure, &row.value, &row.interval, &row.counts};
    return *texts[index.column()];
}

QVariant AgreementModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return int((section == Measure ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Measure:
        return tr("Measure");
    case Value:
        return tr("Value");
    case Interval:
        return tr("95 %");
    case Counts:
        return tr("Of");
    default:
        return {};
    }
}

// --- bars in cells

void CountBarDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                             const QModelIndex& index) const {
    QStyleOptionViewItem item = option;
    initStyleOption(&item, index);
    const QString text = std::exchange(item.text, QString());
    const QWidget* view = option.widget;
    QStyle* style = view ? view->style() : QApplication::style();
    style->drawControl(QStyle::CE_ItemViewItem, &item, painter, view);
    const Theme& theme = Theme::current();
    const QFontMetrics metrics(option.font);
    const double number = metrics.horizontalAdvance(QStringLiteral("00 000")) + 8;
    const QRectF room =
        QRectF(option.rect).adjusted(4, 6, -std::min(number, option.rect.width() * 0.6), -6);
    const double width = std::round(index.data(ShareRole).toDouble() * std::max(room.width(), 0.0));
    if (width >= 1) {
        const QRectF bar(room.left(), room.top(), width, room.height());
        painter->fillRect(bar, theme.accent);
        if (index.data(ChosenRole).toBool())
            marks::paintHatch(*painter, bar, theme.base);
    }
    painter->setPen(theme.text);
    painter->setFont(option.font);
    painter->drawText(option.rect.adjusted(0, 0, -6, 0), Qt::AlignRight | Qt::AlignVCenter, text);
}

} // namespace crux::ui
