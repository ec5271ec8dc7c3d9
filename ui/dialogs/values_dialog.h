// The numbers behind the ribbon and the heat map as a table: the twin that needs no colour and no
// pointer (UX.md 3.13). Rows sort by any column; a row moves the cursor of the window.
#pragma once

#include "ui/dialogs/form_dialog.h"
#include "ui/widgets/heat_data.h"

#include <QAbstractTableModel>

class QSortFilterProxyModel;
class QTableView;

namespace crux::ui {

class Session;

/// One row a token, one column a layer that has values. Immutable. Owner: the dialog. GUI thread.
class TokenValuesModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Position, Step, Token, Id, FirstLayer };
    static constexpr int kSortRole = Qt::UserRole + 1;

    TokenValuesModel(HeatDataPtr data, QObject* parent);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct LayerColumn {
        QString name;
        bool probability = false, whole = false;
        std::vector<float> values;
    };
    int marksColumn() const { return FirstLayer + static_cast<int>(m_layers.size()); }
    QString text(int token, int column) const;

    HeatDataPtr m_data;
    std::vector<LayerColumn> m_layers;
};

/// Not modal: it stays beside the heat map. Owner: its opener. GUI thread.
class ValuesDialog : public FormDialog {
    Q_OBJECT
public:
    /// `heat`: what the pane shows.
    ValuesDialog(Session& session, HeatDataPtr heat, QWidget* parent = nullptr);
    /// The rows as shown, parted by tabs, with a head line.
    QString asText() const;
    QTableView* table() const { return m_table; }

private:
    void follow(int token);

    Session& m_session;
    TokenValuesModel* m_model;
    QSortFilterProxyModel* m_sorted;
    QTableView* m_table;
};

} // namespace crux::ui
