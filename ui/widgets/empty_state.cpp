#include "ui/widgets/empty_state.h"

#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace crux::ui {

namespace {
constexpr int kSentenceWidth = 400;
}

EmptyState::EmptyState(QWidget* parent)
    : QWidget(parent) {
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_title = makeLabel(LabelKind::ItemTitle, this);
    m_sentence = makeLabel(LabelKind::Second, this);
    m_button = new QPushButton(this);
    m_button->hide();
    m_note = makeLabel(LabelKind::Second, this);
    m_note->hide();
    for (QLabel* label : {m_title, m_sentence, m_note}) {
        label->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
        label->setWordWrap(true);
        label->setMaximumWidth(kSentenceWidth);
        label->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    }
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(8);
    column->addStretch(1);
    const auto addCentred = [column](QWidget* widget) {
        auto* row = new QHBoxLayout;
        row->addStretch(1);
        row->addWidget(widget, 1000);
        row->addStretch(1);
        column->addLayout(row);
    };
    addCentred(m_title);
    addCentred(m_sentence);
    column->addSpacing(4);
    column->addWidget(m_button, 0, Qt::AlignHCenter);
    addCentred(m_note);
    column->addStretch(1);
    connect(m_button, &QPushButton::clicked, this, &EmptyState::triggered);
}

void EmptyState::setTexts(const QString& title, const QString& sentence) {
    m_title->setText(title);
    m_sentence->setText(sentence);
    setAccessibleName(title);
    setAccessibleDescription(sentence);
}

void EmptyState::setAction(const QString& text, const QString& iconName, bool primary) {
    m_button->setText(text);
    m_button->setVisible(!text.isEmpty());
    m_iconName = iconName;
    m_button->setIcon(
        iconName.isEmpty() ? QIcon() : icon(iconName, primary ? IconInk::OnAccent : IconInk::Text));
    if (primary) {
        makePrimary(m_button);
    } else if (m_button->property("primary").toBool()) {
        m_button->setProperty("primary", false); // the same place had another action before
        m_button->update();
    }
}

void EmptyState::setHint(const QString& hint) {
    m_hint = hint;
    updateNote();
}

void EmptyState::setReason(const QString& reason) {
    m_reason = reason;
    m_button->setEnabled(reason.isEmpty());
    updateNote();
}

void EmptyState::updateNote() {
    const QString text = m_reason.isEmpty() ? m_hint : m_reason;
    m_note->setText(text);
    m_note->setVisible(!text.isEmpty());
}

QString EmptyState::title() const {
    return m_title->text();
}

QString EmptyState::reason() const {
    return m_reason;
}

} // namespace crux::ui
