// The tables of the Corpus dock: token strings with their bars, the bars of the histograms as rows,
// and the agreement of candidates with rollouts. Every row that stands for trajectories carries the
// filter term that selects them.
#pragma once

#include "core/store/corpus.h"

#include <QAbstractTableModel>
#include <QStyledItemDelegate>

namespace crux::ui {

enum CorpusRole {
    TermRole = Qt::UserRole + 1, ///< QString; empty: nothing to filter by
    ShareRole,                   ///< double 0..1: length of the row's bar
    ChosenRole,                  ///< bool: its term is in the filter
};

/// Token strings, most frequent first.
class CorpusTokenModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Token, Count, Trajectories, MeanS, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    void setTokens(std::vector<store::CorpusToken> tokens, store::CorpusTokens of);
    void setFilter(const QString& expression);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<store::CorpusToken> m_tokens;
    store::CorpusTokens m_of = store::CorpusTokens::Candidates;
    QString m_filter;
};

/// One bar of a histogram in words.
struct CorpusBarRow {
    store::CorpusBar what = store::CorpusBar::Relative;
    QString range, tip, term;
    qint64 count = 0;
};
/// All bars of one histogram of a summary.
std::vector<CorpusBarRow> corpusBars(const store::CorpusSummary& summary, store::CorpusTokens of,
                                     store::CorpusBar what);
/// Texts of the edges below a histogram.
QStringList corpusEdges(store::CorpusBar what);

/// The table twin of the histograms.
class CorpusBarsModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { What, Range, Count, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    void setRows(std::vector<CorpusBarRow> rows);
    void setFilter(const QString& expression);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    std::vector<CorpusBarRow> m_rows;
    QString m_filter;
};

/// What candidates are worth against rollouts or slips.
class AgreementModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { Measure, Value, Interval, Counts, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;
    void setTotals(const AgreementTotals& totals, store::Truth truth, int window);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    struct Row {
        QString measure, value, interval, counts, tip, term;
    };
    void add(const QString& measure, const CountOf& count, const QString& tip,
             const QString& term = {});
    void add(const QString& measure, const MeanOf& mean, const QString& tip);
    std::vector<Row> m_rows;
};

/// Paints the bar behind a count; a chosen row's bar is hatched.
class CountBarDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
};

} // namespace crux::ui
