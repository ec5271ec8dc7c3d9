// A field for the filter language over rows in memory: checked while one types, the fault below it
// with a sign. For the Notes and Problems docks.
#pragma once

#include "core/store/row_filter.h"

#include <QWidget>

#include <vector>

class QLabel;
class QLineEdit;

namespace crux::ui {

/// Owner: a dock. GUI thread. A broken expression leaves the rows as they are.
class RowFilterField : public QWidget {
    Q_OBJECT
public:
    RowFilterField(std::vector<store::RowField> fields, const QString& placeholder,
                   const QString& name, QWidget* parent = nullptr);
    QLineEdit* field() const { return m_field; }
    QString fault() const; ///< "" when the expression is sound
    bool isEmpty() const;

Q_SIGNALS:
    void changed(const crux::store::RowFilter& filter);

private:
    void apply();
    const std::vector<store::RowField> m_fields;
    QLineEdit* m_field;
    QLabel *m_sign, *m_fault;
};

} // namespace crux::ui
