#include "ui/pages/row_filter_field.h"

#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QVBoxLayout>

namespace crux::ui {

RowFilterField::RowFilterField(std::vector<store::RowField> fields, const QString& placeholder,
                               const QString& name, QWidget* parent)
    : QWidget(parent)
    , m_fields(std::move(fields))
    , m_field(new QLineEdit(this))
    , m_sign(new QLabel(this))
    , m_fault(makeLabel(LabelKind::Plain, this)) {
    m_field->addAction(icon(QStringLiteral("view-filter"), IconInk::Second),
                       QLineEdit::LeadingPosition);
    m_field->setPlaceholderText(placeholder);
    m_field->setAccessibleName(name);
    m_field->setClearButtonEnabled(true);
    QStringList help;
    for (const store::RowField& field : m_fields)
        help << QStringLiteral("%1  %2").arg(QString::fromStdString(field.name),
                                             QString::fromStdString(field.doc));
    m_field->setToolTip(tr("Terms joined with and, or, not. Fields:") + QLatin1Char('\n') +
                        help.join(QLatin1Char('\n')));
    m_sign->setPixmap(marks::severityPixmap(Severity::Error, devicePixelRatioF()));
    m_fault->setWordWrap(true);
    auto* faults = new QHBoxLayout;
    faults->setContentsMargins(4, 0, 4, 0);
    faults->setSpacing(6);
    faults->addWidget(m_sign, 0, Qt::AlignTop);
    faults->addWidget(m_fault, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(m_field);
    column->addLayout(faults);
    m_sign->hide();
    m_fault->hide();
    connect(m_field, &QLineEdit::textChanged, this, &RowFilterField::apply);
}

QString RowFilterField::fault() const {
    return m_fault->isVisibleTo(this) ? m_fault->text() : QString();
}

bool RowFilterField::isEmpty() const {
    return m_field->text().trimmed().isEmpty();
}

void RowFilterField::apply() {
    const auto filter = store::RowFilter::make(m_field->text().trimmed().toStdString(), m_fields);
    m_fault->setText(filter.ok() ? QString() : QString::fromStdString(filter.error().message));
    m_fault->setVisible(!filter.ok());
    m_sign->setVisible(!filter.ok());
    if (filter.ok())
        Q_EMIT changed(*filter);
}

} // namespace crux::ui
