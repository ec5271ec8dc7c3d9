#include "ui/dialogs/values_dialog.h"

#include "ui/model/session.h"
#include "ui/widgets/format.h"
#include "ui/widgets/heat_map_page.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/layer_values.h"
#include "ui/widgets/row_table.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHeaderView>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

#include <limits>

namespace crux::ui {

namespace {

std::vector<float> asFloats(const std::vector<std::int32_t>& ranks, std::size_t count) {
    std::vector<float> out(count, std::numeric_limits<float>::quiet_NaN());
    for (std::size_t i = 0; i < std::min(count, ranks.size()); ++i)
        if (ranks[i] > 0)
            out[i] = static_cast<float>(ranks[i]);
    return out;
}

} // namespace

TokenValuesModel::TokenValuesModel(HeatDataPtr data, QObject* parent)
    : QAbstractTableModel(parent)
    , m_data(std::move(data)) {
    const TrajectorySnapshot& s = m_data->snapshot();
    for (const auto& [layer, imported] : availableLayers(s)) {
        const LayerMeaning meaning = layerMeaning(layer, imported, s);
        m_layers.push_back(
            {meaning.name, meaning.probability, false, layerValues(layer, imported, s)});
    }
    const std::pair<QString, const std::vector<std::int32_t>*> ranks[] = {
        {tr("rank pos"), &s.scores.rankPositive},
        {tr("rank neg"), &s.scores.rankNegative},
        {tr("rank policy"), &s.scores.rankPolicy}};
    for (const auto& [name, values] : ranks)
        if (!values->empty())
            m_layers.push_back({name, false, true, asFloats(*values, s.tokens.size())});
}

int TokenValuesModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_data->count();
}

int TokenValuesModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : marksColumn() + 1;
}

QString TokenValuesModel::text(int token, int column) const {
    const TokenCell& cell = m_data->snapshot().tokens[static_cast<std::size_t>(token)];
    switch (column) {
    case Position: {
        const int shown = m_data->shownPosition(token);
        return shown > 0 ? QString::number(shown) : tr("prompt");
    }
    case Step:
        return cell.step > 0 ? QString::number(cell.step) : QString(format::kDash);
    case Token:
        return format::visibleBlanks(cell.text);
    case Id:
        return cell.id >= 0 ? QString::number(cell.id) : QString(format::kDash);
    default:
        break;
    }
    if (column == marksColumn())
        return m_data->markWords(token);
    const LayerColumn& layer = m_layers[static_cast<std::size_t>(column - FirstLayer)];
    const float value = layer.values[static_cast<std::size_t>(token)];
    if (!ColorScale::isScored(value))
        return QString(format::kDash);
    if (layer.probability)
        return format::probability(value);
    return format::number(value, layer.whole ? 0 : 2);
}

QVariant TokenValuesModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const int column = index.column();
    switch (role) {
    case Qt::DisplayRole:
        return text(index.row(), column);
    case Qt::FontRole:
        return column == Token ? QVariant(fonts::fixed()) : QVariant();
    case Qt::TextAlignmentRole:
        return static_cast<int>(
            (column == Token || column == marksColumn() ? Qt::AlignLeft : Qt::AlignRight) |
            Qt::AlignVCenter);
    case kSortRole:
        if (column == Position)
            return index.row();
        if (column >= FirstLayer && column < marksColumn()) {
            const float value = m_layers[static_cast<std::size_t>(column - FirstLayer)]
                                    .values[static_cast<std::size_t>(index.row())];
            // What has no value sorts behind everything.
            return ColorScale::isScored(value) ? static_cast<double>(value)
                                               : std::numeric_limits<double>::max();
        }
        if (column == Step || column == Id)
            return text(index.row(), column).toInt();
        return text(index.row(), column);
    default:
        return {};
    }
}

QVariant TokenValuesModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return data(index(0, section), role);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Position:
        return tr("Position");
    case Step:
        return tr("Step");
    case Token:
        return tr("Token");
    case Id:
        return tr("Id");
    default:
        return section == marksColumn()
                   ? tr("Marks")
                   : m_layers[static_cast<std::size_t>(section - FirstLayer)].name;
    }
}

ValuesDialog::ValuesDialog(Session& session, HeatDataPtr heat, QWidget* parent)
    : FormDialog(tr("Values of %1").arg(heatMapTitle(*heat)), QString(), parent)
    , m_session(session)
    , m_model(new TokenValuesModel(std::move(heat), this))
    , m_sorted(new QSortFilterProxyModel(this))
    , m_table(new QTableView(this)) {
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(TokenValuesModel::kSortRole);
    m_table->setModel(m_sorted);
    m_table->setAccessibleName(tr("Values of every token"));
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(TokenValuesModel::Position, Qt::AscendingOrder);
    showRows(*m_table);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->resizeColumnsToContents();
    m_table->setColumnWidth(TokenValuesModel::Token, 120);
    m_table->horizontalHeader()->setStretchLastSection(true);
    addWide(m_table, 1);
    auto* copy = new QPushButton(icon(QStringLiteral("edit-copy")), tr("Copy table"), this);
    addLeftButton(copy);
    setNote(tr("Choosing a row moves the cursor; a column head sorts."));
    connect(copy, &QPushButton::clicked, this,
            [this] { QGuiApplication::clipboard()->setText(asText()); });
    follow(session.cursor());
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) {
                if (now.isValid() && m_session.current())
                    m_session.setCursor(m_sorted->mapToSource(now).row());
            });
    connect(&session, &Session::cursorChanged, this, &ValuesDialog::follow);
    connect(&session, &Session::projectClosed, this, &QDialog::close);
    constexpr int kMost = 1240, kFrames = 60; // margins, frame, scroll bar
    resize(std::clamp(m_table->horizontalHeader()->length() + kFrames, 860, kMost), 560);
}

void ValuesDialog::follow(int token) {
    const QModelIndex row = m_sorted->mapFromSource(m_model->index(token, 0));
    if (row.isValid() && row.row() != m_table->currentIndex().row())
        m_table->setCurrentIndex(row);
}

QString ValuesDialog::asText() const {
    QStringList lines;
    QStringList head;
    for (int column = 0; column < m_sorted->columnCount(); ++column)
        head << m_sorted->headerData(column, Qt::Horizontal).toString();
    lines << head.join(QLatin1Char('\t'));
    for (int row = 0; row < m_sorted->rowCount(); ++row) {
        QStringList cells;
        for (int column = 0; column < m_sorted->columnCount(); ++column)
            cells << m_sorted->index(row, column).data().toString();
        lines << cells.join(QLatin1Char('\t'));
    }
    return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

} // namespace crux::ui
