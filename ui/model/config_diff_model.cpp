#include "ui/model/config_diff_model.h"

#include "core/spec/params.h"
#include "core/store/records.h"
#include "ui/model/run_board.h"
#include "ui/model/text_format.h"

#include <QFont>

#include <algorithm>
#include <set>

namespace crux::ui {

namespace {

/// What the run's job worked with: its spec, with the defaults it left unsaid.
Json whole(const Json& given) {
    auto complete = completeSpec("train", given);
    return complete.ok() ? std::move(*complete) : given;
}

QString valueWords(const Json* value) {
    if (!value)
        return QStringLiteral("\u2013");
    if (value->is_string())
        return QString::fromStdString(value->get<std::string>());
    if (value->is_number_float())
        return text_format::shortExponent(QString::number(value->get<double>(), 'g', 6))
            .replace(QLatin1Char('-'), QChar(0x2212));
    return QString::fromStdString(dumpJson(*value));
}

} // namespace

ConfigDiffModel::ConfigDiffModel(RunBoard& board, QObject* parent)
    : QAbstractTableModel(parent)
    , m_board(board) {
    connect(&board, &RunBoard::shownChanged, this, &ConfigDiffModel::refresh);
    refresh();
}

void ConfigDiffModel::setDifferencesOnly(bool on) {
    m_onlyDifferent = on;
    refresh();
}

void ConfigDiffModel::setKeys(const QString& expression) {
    m_keys = QRegularExpression(expression, QRegularExpression::CaseInsensitiveOption);
    refresh();
}

const Json* ConfigDiffModel::value(const Row& row, int run) const {
    const Json& spec = m_specs[static_cast<std::size_t>(run)].values;
    const auto found = spec.is_object() ? spec.find(row.key) : spec.end();
    return spec.is_object() && found != spec.end() ? &*found : nullptr;
}

void ConfigDiffModel::refresh() {
    beginResetModel();
    m_specs.clear();
    m_rows.clear();
    m_differences = 0;
    std::set<std::string> keys;
    for (const JobId id : m_board.shown())
        if (const store::JobRecord* run = m_board.run(id)) {
            m_specs.push_back({id, RunBoard::nameOf(*run), whole(run->spec)});
            if (m_specs.back().values.is_object())
                for (const auto& [key, ignored] : m_specs.back().values.items())
                    keys.insert(key);
        }
    const bool byName = m_keys.isValid() && !m_keys.pattern().isEmpty();
    for (const std::string& key : keys) {
        Row row{key, false};
        for (int run = 1; run < runs(); ++run) {
            const Json *first = value(row, 0), *other = value(row, run);
            row.differs = row.differs || !first != !other || (first && *first != *other);
        }
        m_differences += row.differs ? 1 : 0;
        if ((m_onlyDifferent && runs() > 1 && !row.differs) ||
            (byName && !m_keys.match(QString::fromStdString(key)).hasMatch()))
            continue;
        m_rows.push_back(std::move(row));
    }
    endResetModel();
}

int ConfigDiffModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ConfigDiffModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : 1 + runs();
}

QVariant ConfigDiffModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    if (index.column() == 0)
        return role == Qt::DisplayRole ? QString::fromStdString(row.key) : QVariant();
    const Json* shown = value(row, index.column() - 1);
    const Json* first = value(row, 0);
    const bool other = index.column() > 1 && (!shown != !first || (shown && *shown != *first));
    if (role == Qt::FontRole && other) {
        QFont bold;
        bold.setWeight(QFont::DemiBold);
        return bold;
    }
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    QString text = valueWords(shown);
    if (other && shown && first && shown->is_number() && first->is_number()) {
        const double change = shown->get<double>() - first->get<double>();
        const Json made(change);
        text += QStringLiteral("  (%1%2)")
                    .arg(change > 0 ? QStringLiteral("+") : QString(), valueWords(&made));
    }
    return text;
}

QVariant ConfigDiffModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    return section == 0        ? tr("Parameter")
           : section <= runs() ? m_specs[static_cast<std::size_t>(section - 1)].name
                               : QString();
}

} // namespace crux::ui
