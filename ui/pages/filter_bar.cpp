#include "ui/pages/filter_bar.h"

#include "core/store/filter.h"
#include "core/store/filter_completion.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QAbstractItemView>
#include <QAction>
#include <QCompleter>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QStandardItemModel>
#include <QToolButton>
#include <QVBoxLayout>

namespace crux::ui {

namespace {

constexpr int kChipText = 150; ///< px of a term; longer ones are elided

QString termText(const store::FilterTerm& term) {
    return QString::fromStdString(store::filterTermText(term));
}

/// While suggestions are listed, the keys that choose one are the list's.
class FilterField : public QLineEdit {
public:
    using QLineEdit::QLineEdit;
    QCompleter* completer = nullptr;
    std::function<void()> asked;

protected:
    void keyPressEvent(QKeyEvent* event) override {
        if (event->key() == Qt::Key_Space && event->modifiers() == Qt::ControlModifier)
            return asked();
        QAbstractItemView* list = completer ? completer->popup() : nullptr;
        const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter ||
                           event->key() == Qt::Key_Tab;
        if (list && list->isVisible()) {
            if (event->key() == Qt::Key_Escape || (enter && list->currentIndex().isValid()))
                return event->ignore();
            if (enter)
                list->hide();
        }
        QLineEdit::keyPressEvent(event);
    }
};

constexpr int kMostSuggestions = 40;
enum SuggestionRole { InsertRole = Qt::UserRole + 1, BeginRole };

} // namespace

FilterBar::FilterBar(QWidget* parent)
    : QWidget(parent)
    , m_field(new FilterField(this))
    , m_completer(new QCompleter(this))
    , m_suggestions(new QStandardItemModel(this))
    , m_faultRow(new QWidget(this))
    , m_sign(new QLabel(m_faultRow))
    , m_fault(makeLabel(LabelKind::Plain, m_faultRow))
    , m_chips(new QWidget(this))
    , m_undo(makeIconButton(QStringLiteral("edit-undo"), tr("Undo last filter"), m_chips))
    , m_reset(new QToolButton(m_chips)) {
    m_field->addAction(icon(QStringLiteral("view-filter"), IconInk::Second),
                       QLineEdit::LeadingPosition);
    m_field->setPlaceholderText(tr("verdict=wrong and min_s<0.1 …"));
    m_field->setAccessibleName(tr("Filter of the trajectories"));
    m_field->setClearButtonEnabled(true);
    QStringList help;
    for (const auto& [name, doc] : store::filterFields())
        help << QStringLiteral("%1  %2").arg(QString::fromStdString(name),
                                             QString::fromStdString(doc));
    m_field->setToolTip(tr("Terms joined with and, or, not; Ctrl+Space lists what may follow. "
                           "Fields:") +
                        QLatin1Char('\n') + help.join(QLatin1Char('\n')));
    m_completer->setModel(m_suggestions);
    m_completer->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    m_completer->setWidget(m_field);
    m_completer->setMaxVisibleItems(12);
    auto* field = static_cast<FilterField*>(m_field);
    field->completer = m_completer;
    field->asked = [this] { complete(true); };
    connect(m_completer, qOverload<const QModelIndex&>(&QCompleter::activated), this,
            [this](const QModelIndex& at) { insertSuggestion(at.row()); });

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
    faultLayout->addWidget(m_sign, 0, Qt::AlignTop);
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

    connect(m_field, &QLineEdit::textEdited, this, [this](const QString& text) {
        check(text);
        complete();
    });
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

/// Sign and words below the field: a fault, or that Enter applies what is typed.
void FilterBar::showState(bool sound, const QString& text) {
    m_sound = sound;
    m_sign->setPixmap(
        marks::severityPixmap(sound ? Severity::Passed : Severity::Error, devicePixelRatioF()));
    m_fault->setText(text);
    m_faultRow->setVisible(!text.isEmpty());
}

bool FilterBar::check(const QString& text) {
    const Status status =
        text.trimmed().isEmpty() ? Status() : store::parseFilter(text.toStdString());
    if (!status.ok())
        showState(false, QString::fromStdString(status.error().message));
    else
        showState(true,
                  text.trimmed() == m_expression ? QString() : tr("Understood: Enter applies it."));
    return status.ok();
}

QString FilterBar::fault() const {
    return !m_sound && m_faultRow->isVisibleTo(this) ? m_fault->text() : QString();
}

void FilterBar::complete(bool asked) {
    const QString text = m_field->text();
    const int cursor = m_field->cursorPosition();
    const auto found = store::completeFilter(
        text.toStdString(), static_cast<std::size_t>(text.left(cursor).toUtf8().size()));
    const auto position = [&](std::size_t bytes) { // of characters, from bytes
        return QString::fromUtf8(text.toUtf8().left(static_cast<qsizetype>(bytes))).size();
    };
    m_suggestions->clear();
    const auto add = [&](const QString& insert, const QString& doc, std::size_t begin) {
        if (m_suggestions->rowCount() >= kMostSuggestions)
            return;
        auto* item =
            new QStandardItem(doc.isEmpty() ? insert : QStringLiteral("%1   %2").arg(insert, doc));
        item->setData(insert, InsertRole);
        item->setData(position(begin), BeginRole);
        m_suggestions->appendRow(item);
    };
    for (const auto& suggestion : found.suggestions)
        add(QString::fromStdString(suggestion.text), QString::fromStdString(suggestion.doc),
            suggestion.begin);
    if (!found.valuesOf.empty()) {
        const QString field = QString::fromStdString(found.valuesOf);
        if (!m_values.contains(field)) {
            m_values.insert(field, {}); // asked once
            Q_EMIT valuesWanted(field);
        }
        const QString prefix = QString::fromStdString(found.prefix);
        for (const QString& value : m_values.value(field))
            if (value.contains(prefix, Qt::CaseInsensitive) && value != prefix)
                add(QString::fromStdString(store::filterTermText({{}, {}, value.toStdString()})),
                    {}, found.begin);
    }
    // Unasked, a list of every field would stand in the way of plain words.
    const bool wordBegun = cursor > 0 && !text.at(cursor - 1).isSpace();
    if (m_suggestions->rowCount() == 0 || (!asked && !wordBegun) || !m_field->isVisible() ||
        !m_field->hasFocus()) {
        m_completer->popup()->hide();
        return;
    }
    m_completer->popup()->setCurrentIndex({});
    QRect place = m_field->rect();
    place.setWidth(std::max(280, place.width()));
    m_completer->complete(place);
}

QStringList FilterBar::suggestions() const {
    QStringList list;
    for (int row = 0; row < m_suggestions->rowCount(); ++row)
        list << m_suggestions->item(row)->data(InsertRole).toString();
    return list;
}

void FilterBar::setValues(const QString& field, const QStringList& values) {
    m_values.insert(field, values);
    complete();
}

void FilterBar::forgetValues() {
    m_values.clear();
}

void FilterBar::insertSuggestion(int row) {
    const QStandardItem* item = m_suggestions->item(row);
    if (!item)
        return;
    const QString insert = item->data(InsertRole).toString();
    const int begin = item->data(BeginRole).toInt();
    const QString text = m_field->text();
    const bool joiner = insert == QLatin1String("and") || insert == QLatin1String("or");
    const QString put = joiner ? insert + QLatin1Char(' ') : insert;
    m_field->setText(text.left(begin) + put + text.mid(m_field->cursorPosition()));
    m_field->setCursorPosition(begin + static_cast<int>(put.size()));
    check(m_field->text());
    complete(); // a field is followed by its operators, an operator by its values
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
    m_completer->popup()->hide();
    if (!check(expression) || expression == m_expression)
        return;
    if (remember)
        m_history << m_expression;
    m_expression = expression;
    showState(true, {});
    m_field->setText(expression);
    rebuildChips();
    Q_EMIT expressionChanged(expression);
}

void FilterBar::addTerm(const QString& term) {
    const std::string with = store::filterAnd(m_expression.toStdString(), term.toStdString());
    setExpression(QString::fromStdString(with));
}

void FilterBar::toggleTerm(const QString& term) {
    if (term.isEmpty())
        return;
    const std::string now = m_expression.toStdString(), wanted = term.toStdString();
    setExpression(QString::fromStdString(store::filterHas(now, wanted)
                                             ? store::filterWithout(now, wanted)
                                             : store::filterAnd(now, wanted)));
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
