#include "ui/pages/rollout_tables.h"

#include "core/spec/intervals.h"
#include "ui/widgets/format.h"
#include "ui/widgets/theme.h"

#include <algorithm>

namespace crux::ui {

namespace {

QString share(double value) {
    QString text = QString::number(value, 'f', 3);
    if (text.startsWith(QLatin1String("0.")))
        text.remove(0, 1);
    return text;
}

} // namespace

CurveTableModel::CurveTableModel(QObject* parent)
    : QAbstractTableModel(parent) {}

void CurveTableModel::setSnapshot(SnapshotPtr snapshot) {
    beginResetModel();
    m_snapshot = std::move(snapshot);
    endResetModel();
}

const store::RolloutEstimate& CurveTableModel::estimate(int row) const {
    return m_snapshot->rollouts->curve[static_cast<std::size_t>(row)];
}

int CurveTableModel::tokenAt(int row) const {
    return row >= 0 && row < rowCount() ? estimate(row).position : -1;
}

int CurveTableModel::rowOf(int token) const {
    const auto* found =
        m_snapshot && m_snapshot->rollouts ? m_snapshot->rollouts->at(token) : nullptr;
    return found ? static_cast<int>(found - m_snapshot->rollouts->curve.data()) : -1;
}

int CurveTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_snapshot || !m_snapshot->rollouts
               ? 0
               : static_cast<int>(m_snapshot->rollouts->curve.size());
}

int CurveTableModel::columnCount(const QModelIndex&) const {
    return ColumnCount;
}

QString CurveTableModel::noteOf(const store::RolloutEstimate& at) const {
    QStringList words;
    const auto* critical = m_snapshot->rollouts->critical();
    if (critical && critical->position == at.position)
        words << (critical->confirmed ? tr("critical token, confirmed") : tr("critical token"));
    if (std::find(m_snapshot->candidates.begin(), m_snapshot->candidates.end(), at.position) !=
        m_snapshot->candidates.end())
        words << tr("candidate");
    if (m_snapshot->rollouts->firstAllWrong == at.position)
        words << tr("first all-wrong prefix");
    if (at.curtailed)
        words << tr("stopped at a success");
    return words.join(QStringLiteral(", "));
}

QVariant CurveTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const int column = index.column();
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(
            (column == Token || column == Note ? Qt::AlignLeft : Qt::AlignRight) |
            Qt::AlignVCenter);
    if (role == Qt::FontRole && column == Token)
        return fonts::fixed();
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    const store::RolloutEstimate& at = estimate(index.row());
    const Interval interval = wilson(at.count.right, at.count.total);
    const int prompt = m_snapshot->record.promptTokens;
    switch (column) {
    case Position:
        return format::integer(at.position - prompt + 1);
    case Token:
        return at.position < prompt
                   ? tr("bare prompt")
                   : format::visibleBlanks(
                         m_snapshot->tokens[static_cast<std::size_t>(at.position)].text);
    case Right:
        return QString::number(at.count.right);
    case Total:
        return QString::number(at.count.total);
    case Share:
        return share(at.share());
    case Low:
        return share(interval.low);
    case High:
        return share(interval.high);
    case Note:
        return noteOf(at);
    default:
        return {};
    }
}

QVariant CurveTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(
            (section == Token || section == Note ? Qt::AlignLeft : Qt::AlignRight) |
            Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    switch (section) {
    case Position:
        return tr("Position");
    case Token:
        return tr("Token");
    case Right:
        return tr("Right");
    case Total:
        return tr("n");
    case Share:
        return tr("Share");
    case Low:
        return role == Qt::ToolTipRole ? tr("Lower end of the 95 % Wilson interval") : tr("Low");
    case High:
        return role == Qt::ToolTipRole ? tr("Upper end of the 95 % Wilson interval") : tr("High");
    case Note:
        return tr("Note");
    default:
        return {};
    }
}

PassTableModel::PassTableModel(QObject* parent)
    : QAbstractTableModel(parent) {}

void PassTableModel::setCurves(std::vector<PassCurve> curves) {
    beginResetModel();
    m_curves = std::move(curves);
    endResetModel();
}

int PassTableModel::rowCount(const QModelIndex& parent) const {
    std::size_t rows = 0;
    if (!parent.isValid())
        for (const PassCurve& curve : m_curves)
            rows = std::max(rows, curve.points.size());
    return static_cast<int>(rows);
}

int PassTableModel::columnCount(const QModelIndex&) const {
    return 1 + static_cast<int>(m_curves.size());
}

QVariant PassTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    if (index.column() == 0)
        return index.row() + 1;
    const PassCurve& curve = m_curves[static_cast<std::size_t>(index.column() - 1)];
    const auto row = static_cast<std::size_t>(index.row());
    if (row >= curve.points.size())
        return QString(format::kDash); // no value for k > n
    const PassCurve::Point& point = curve.points[row];
    return curve.band ? QStringLiteral("%1 [%2, %3]")
                            .arg(share(point.mean), share(point.low), share(point.high))
                      : share(point.mean);
}

QVariant PassTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    return section == 0 ? QStringLiteral("k")
                        : m_curves[static_cast<std::size_t>(section - 1)].name;
}

} // namespace crux::ui
