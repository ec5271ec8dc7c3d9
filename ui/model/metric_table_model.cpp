#include "ui/model/metric_table_model.h"

#include "ui/model/run_board.h"
#include "ui/model/text_format.h"

#include <algorithm>
#include <cmath>

namespace crux::ui {

MetricTableModel::MetricTableModel(RunBoard& board, RunMetrics& metrics, QObject* parent)
    : QAbstractTableModel(parent)
    , m_board(board)
    , m_metrics(metrics) {
    connect(&metrics, &RunMetrics::changed, this, &MetricTableModel::refresh);
    connect(&board, &RunBoard::selectedChanged, this, &MetricTableModel::refresh);
}

const RunSeries* MetricTableModel::series() const {
    return m_metrics.run(m_run);
}

/// Rows are added while a run goes on; another run or other metrics are another table.
void MetricTableModel::refresh() {
    const JobId run = m_board.selected();
    const RunSeries* now = m_metrics.run(run);
    std::vector<std::string> names;
    if (now)
        for (const auto& [name, values] : now->metrics)
            if (name != "epoch" && name != "num_tokens")
                names.push_back(name);
    // What was trained on first, evaluations after.
    std::stable_partition(names.begin(), names.end(),
                          [](const std::string& name) { return !name.starts_with("eval_"); });
    const int rows = now ? static_cast<int>(now->training.steps.size()) : 0;
    if (run != m_run || names != m_names || rows < m_rows) {
        beginResetModel();
        m_run = run;
        m_names = std::move(names);
        m_rows = rows;
        endResetModel();
    } else if (rows > m_rows) {
        beginInsertRows({}, m_rows, rows - 1);
        m_rows = rows;
        endInsertRows();
    }
}

int MetricTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_rows;
}

int MetricTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : FirstMetric + static_cast<int>(m_names.size());
}

std::int64_t MetricTableModel::stepOf(int row) const {
    const RunSeries* run = series();
    return run && row >= 0 && row < m_rows
               ? static_cast<std::int64_t>(run->training.steps[static_cast<std::size_t>(row)])
               : -1;
}

float MetricTableModel::value(int row, const std::string& metric) const {
    const RunSeries* run = series();
    const MetricValues* values = run ? run->metric(metric) : nullptr;
    if (!values)
        return kAbsent;
    auto at = static_cast<std::ptrdiff_t>(row);
    if (const StepGrid& grid = run->gridOf(metric); &grid != &run->training) {
        const double step = run->training.steps[static_cast<std::size_t>(row)];
        at = grid.indexOf(step);
        if (at < 0 || grid.steps[static_cast<std::size_t>(at)] != step)
            return kAbsent;
    }
    return static_cast<std::size_t>(at) < values->raw().size()
               ? values->raw()[static_cast<std::size_t>(at)]
               : kAbsent;
}

QVariant MetricTableModel::data(const QModelIndex& index, int role) const {
    const RunSeries* run = series();
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (!index.isValid() || !run || role != Qt::DisplayRole)
        return {};
    const auto row = static_cast<std::size_t>(index.row());
    const auto number = [](double value, int digits) {
        return text_format::shortExponent(QString::number(value, 'g', digits))
            .replace(QLatin1Char('-'), QChar(0x2212));
    };
    switch (index.column()) {
    case Step:
        return text_format::integer(static_cast<qint64>(run->training.steps[row]));
    case Epoch:
        return number(run->training.epochs[row], 4);
    case Tokens:
        return text_format::integer(static_cast<qint64>(run->training.tokens[row]));
    case Minutes:
        return number(run->training.minutes[row], 4);
    default:
        break;
    }
    const float shown =
        value(index.row(), m_names[static_cast<std::size_t>(index.column() - FirstMetric)]);
    return std::isnan(shown)   ? tr("no number")
           : std::isinf(shown) ? QString()
                               : number(static_cast<double>(shown), 5);
}

QVariant MetricTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Step:
        return tr("Step");
    case Epoch:
        return tr("Epoch");
    case Tokens:
        return tr("Tokens");
    case Minutes:
        return tr("Minutes");
    default:
        return section - FirstMetric < static_cast<int>(m_names.size())
                   ? QString::fromStdString(
                         m_names[static_cast<std::size_t>(section - FirstMetric)])
                   : QString();
    }
}

} // namespace crux::ui
