#include "ui/pages/filter_bar.h"

#include "core/store/filter.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QAction>
#include <QCompleter>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QStringListModel>
#include <QToolButton>
#include <QVBoxLayout>

namespace crux::ui {

namespace {

constexpr int kChipText = 150; ///< px of a term; longer ones are elided

QString termText(const store::FilterTerm& term) {
    QString value = QString::fromStdString(term.value);
    const bool plain = !value.isEmpty() && std::all_of(value.begin(), value.end(), [](QChar c) {
        return c.isLetterOrNumber() || c == QLatin1Char('_') || c == QLatin1Char('.') ||
               c == QLatin1Char('-');
    });
    if (!plain)
        value = QLatin1Char('"') + value + QLatin1Char('"');
    return QString::fromStdString(term.field) + QString::fromStdString(term.op) + value;
}

/// Completes the word under the cursor, not the whole line.
class WordCompleter : public QCompleter {
public:
    using QCompleter::QCompleter;
    QStringList splitPath(const QString& path) const override {
        return {path.section(QLatin1Char(' '), -1)};
    }
    QString pathFromIndex(const QModelIndex& index) const override {
        const auto* edit = qobject_cast<const QLineEdit*>(widget());
        const QString text = edit ? edit->text() : QString();
        const qsizetype space = text.lastIndexOf(QLatin1Char(' '));
        return text.left(space + 1) + index.data().toString();
    }
};

} // namespace

FilterBar::FilterBar(QWidget* parent)
    : QWidget(parent)
    , m_field(new QLineEdit(this))
    , m_faultRow(new QWidget(this))
    , m_fault(makeLabel(LabelKind::Plain, m_faultRow))
    , m_chips(new QWidget(this))
    , m_undo(makeIconButton(QStringLiteral("edit-undo"), tr("Undo last filter"), m_chips))
    , m_reset(new QToolButton(m_chips)) {
    m_field->addAction(icon(QStringLiteral("view-filter"), IconInk::Second),
                       QLineEdit::LeadingPosition);
    m_field->setPlaceholderText(tr("verdict=wrong and min_s<0.1 …"));
    m_field->setAccessibleName(tr("Filter of the trajectories"));
    m_field->setClearButtonEnabled(true);
    QStringList fields;
    QStringList help;
    for (const auto& [name, doc] : store::filterFields()) {
        fields << QString::fromStdString(name);
        help << QStringLiteral("%1  %2").arg(QString::fromStdString(name),
                                             QString::fromStdString(doc));
    }
    m_field->setToolTip(tr("Terms joined with and, or, not. Fields:") + QLatin1Char('\n') +
                        help.join(QLatin1Char('\n')));
    auto* completer = new WordCompleter(fields, m_field);
    completer->setCaseSensitivity(Qt::CaseInsensitive);
    m_field->setCompleter(completer);

    auto* slice = makeIconButton(QStringLiteral("bookmark-new"), tr("Save as slice…"), this);
    m_slice = slice;
    auto* columns = makeIconButton(QStringLiteral("configure"), tr("Columns…"), this);
    auto* exporting =
        makeIconButton(QStringLiteral("document-export"), tr("Export these rows…"), this);
    connect(slice, &QToolButton::clicked, this, &FilterBar::saveSliceRequested);
    connect(columns, &QToolButton::clicked, this, [this, columns] {
        Q_EMIT columnsRequested(columns->mapToGlobal(QPoint(0, columns->height())));
    });
    connect(exporting, &QToolButton::clicked, this, &FilterBar::exportRequested);

    auto* top = new QHBoxLayout;
    top->setContentsMargins(4, 4, 4, 4);
    top->setSpacing(4);
    top->addWidget(m_field, 1);
    top->addSpacing(8);
    for (auto* button : {slice, columns, exporting})
        top->addWidget(button);

    auto* faultLayout = new QHBoxLayout(m_faultRow);
    faultLayout->setContentsMargins(8, 0, 8, 4);
    faultLayout->setSpacing(6);
    auto* sign = new QLabel(m_faultRow);
    sign->setPixmap(marks::severityPixmap(Severity::Error, devicePixelRatioF()));
    faultLayout->addWidget(sign, 0, Qt::AlignTop);
    m_fault->setWordWrap(true);
    faultLayout->addWidget(m_fault, 1);
    m_faultRow->hide();

    auto* strip = new QHBoxLayout(m_chips);
    strip->setContentsMargins(4, 0, 4, 4);
    strip->setSpacing(4);
    m_chipRow = new QHBoxLayout;
    m_chipRow->setSpacing(4);
    strip->addLayout(m_chipRow);
    strip->addStretch(1);
    strip->addWidget(m_undo);
    m_reset->setText(tr("Reset"));
    m_reset->setAutoRaise(true);
    m_reset->setFont(fonts::small());
    strip->addWidget(m_reset);
    m_chips->setFixedHeight(metrics::kChipStrip);
    m_chips->hide();

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(top);
    column->addWidget(m_faultRow);
    column->addWidget(m_chips);

    connect(m_field, &QLineEdit::textEdited, this, [this](const QString& text) { check(text); });
    connect(m_field, &QLineEdit::returnPressed, this,
            [this] { apply(m_field->text().trimmed(), true); });
    connect(m_field, &QLineEdit::textChanged, this, [this](const QString& text) {
        if (text.isEmpty() && !m_expression.isEmpty() && m_field->hasFocus())
            apply({}, true); // the field's own clear button
    });
    connect(m_undo, &QToolButton::clicked, this, &FilterBar::undoLast);
    connect(m_reset, &QToolButton::clicked, this, &FilterBar::reset);
    rebuildChips();
}

bool FilterBar::check(const QString& text) {
    const Status status =
        text.trimmed().isEmpty() ? Status() : store::parseFilter(text.toStdString());
    if (!status.ok()) {
        const QString where = QString::fromStdString(status.error().where);
        m_fault->setText(where.isEmpty()
                             ? QString::fromStdString(status.error().message)
                             : QStringLiteral("%1 (%2)").arg(
                                   QString::fromStdString(status.error().message), where));
    }
    m_faultRow->setVisible(!status.ok());
    return status.ok();
}

QString FilterBar::fault() const {
    return m_faultRow->isVisibleTo(this) ? m_fault->text() : QString();
}

void FilterBar::setExpression(const QString& expression) {
    m_field->setText(expression);
    apply(expression.trimmed(), true);
}

void FilterBar::restore(const QString& expression) {
    m_field->setText(expression);
    apply(expression.trimmed(), false);
    m_history.clear();
    rebuildChips();
}

void FilterBar::apply(const QString& expression, bool remember) {
    if (!check(expression) || expression == m_expression)
        return;
    if (remember)
        m_history << m_expression;
    m_expression = expression;
    m_field->setText(expression);
    rebuildChips();
    Q_EMIT expressionChanged(expression);
}

void FilterBar::addTerm(const QString& term) {
    if (term.isEmpty() || m_expression.contains(term))
        return;
    const bool alternatives = m_expression.contains(QStringLiteral(" or "));
    const QString base = alternatives ? QStringLiteral("(%1)").arg(m_expression) : m_expression;
    setExpression(base.isEmpty() ? term : base + QStringLiteral(" and ") + term);
}

void FilterBar::undoLast() {
    if (m_history.isEmpty())
        return;
    const QString before = m_history.takeLast();
    m_field->setText(before);
    apply(before, false);
    rebuildChips();
}

void FilterBar::reset() {
    m_field->clear();
    apply({}, true);
}

void FilterBar::rebuildChips() {
    while (QLayoutItem* item = m_chipRow->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        delete item;
    }
    const auto terms = store::filterTerms(m_expression.toStdString());
    for (std::size_t i = 0; i < terms.size(); ++i) {
        auto* chip = new QToolButton(m_chips);
        const QString term = termText(terms[i]);
        chip->setFont(fonts::small());
        chip->setText(QFontMetrics(fonts::small()).elidedText(term, Qt::ElideMiddle, kChipText) +
                      QStringLiteral("  ×"));
        chip->setFixedHeight(metrics::kChip);
        chip->setToolTip(tr("Remove this term") + QLatin1Char('\n') + term);
        chip->setAccessibleName(tr("Remove %1").arg(termText(terms[i])));
        connect(chip, &QToolButton::clicked, this, [this, i] {
            QStringList kept;
            const auto all = store::filterTerms(m_expression.toStdString());
            for (std::size_t k = 0; k < all.size(); ++k)
                if (k != i)
                    kept << termText(all[k]);
            setExpression(kept.join(QStringLiteral(" and ")));
        });
        m_chipRow->addWidget(chip);
    }
    m_chips->setVisible(!m_expression.isEmpty() || !m_history.isEmpty());
    m_undo->setEnabled(!m_history.isEmpty());
    m_reset->setEnabled(!m_expression.isEmpty());
    m_slice->setEnabled(!m_expression.isEmpty());
}

} // namespace crux::ui
