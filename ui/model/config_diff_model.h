// Configurations of runs side by side: a row a parameter, a column a run, by default only rows
// that differ; numbers with their difference from the first run. Owner: ConfigDock. Thread: GUI.
#pragma once

#include "core/base/ids.h"
#include "core/base/json.h"

#include <QAbstractTableModel>
#include <QRegularExpression>

#include <vector>

namespace crux::ui {

class RunBoard;

class ConfigDiffModel : public QAbstractTableModel {
    Q_OBJECT
public:
    ConfigDiffModel(RunBoard& board, QObject* parent = nullptr);

    void setDifferencesOnly(bool on);
    bool differencesOnly() const { return m_onlyDifferent; }
    /// Parameters whose name matches; an invalid or empty expression takes all.
    void setKeys(const QString& expression);
    int differences() const { return m_differences; } ///< rows that differ, whatever is shown
    int runs() const { return static_cast<int>(m_specs.size()); }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Spec {
        JobId run;
        QString name;
        Json values;
    };
    struct Row {
        std::string key;
        bool differs = false;
    };
    void refresh();
    const Json* value(const Row& row, int run) const; ///< nullptr: the run does not have it

    RunBoard& m_board;
    std::vector<Spec> m_specs;
    std::vector<Row> m_rows;
    QRegularExpression m_keys;
    bool m_onlyDifferent = true;
    int m_differences = 0;
};

} // namespace crux::ui
