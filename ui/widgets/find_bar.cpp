#include "ui/widgets/find_bar.h"

#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/theme_notifier.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QStyle>
#include <QToolButton>

namespace crux::ui {

namespace {
constexpr int kFieldWidth = 260;
}

FindBar::FindBar(QWidget* parent)
    : QWidget(parent)
    , m_field(new QLineEdit(this))
    , m_case(new QToolButton(this))
    , m_previous(makeIconButton(QStringLiteral("go-up"), tr("Previous match (Shift+Enter)"), this))
    , m_next(makeIconButton(QStringLiteral("go-down"), tr("Next match (Enter)"), this))
    , m_count(makeLabel(LabelKind::Second, this))
    , m_sign(new QLabel(this)) {
    m_field->setFont(fonts::fixed());
    m_field->setPlaceholderText(tr("find in the text"));
    m_field->setAccessibleName(tr("Find in the text"));
    m_field->setClearButtonEnabled(true);
    m_field->setMaximumWidth(kFieldWidth);
    m_field->addAction(icon(QStringLiteral("edit-find"), IconInk::Second),
                       QLineEdit::LeadingPosition);
    m_field->installEventFilter(this);
    m_case->setText(QStringLiteral("Aa"));
    m_case->setCheckable(true);
    m_case->setAutoRaise(true);
    m_case->setToolTip(tr("Match upper and lower case"));
    m_case->setAccessibleName(m_case->toolTip());
    m_case->setMinimumSize(metrics::kSmallToolButton, metrics::kSmallToolButton);
    auto* shut = makeIconButton(QStringLiteral("dialog-cancel"), tr("Close (Esc)"), this);
    const auto cross = [this, shut] {
        shut->setIcon(style()->standardIcon(QStyle::SP_TitleBarCloseButton));
    };
    cross();
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, this, cross);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(8, 4, 8, 4);
    row->setSpacing(4);
    row->addWidget(m_field, 1);
    row->addWidget(m_case);
    row->addWidget(m_previous);
    row->addWidget(m_next);
    row->addSpacing(4);
    row->addWidget(m_sign);
    row->addWidget(m_count);
    row->addStretch(1);
    row->addWidget(shut);
    connect(m_field, &QLineEdit::textChanged, this, &FindBar::changed);
    connect(m_case, &QToolButton::toggled, this, &FindBar::changed);
    connect(m_next, &QToolButton::clicked, this, [this] { Q_EMIT stepped(1); });
    connect(m_previous, &QToolButton::clicked, this, [this] { Q_EMIT stepped(-1); });
    connect(shut, &QToolButton::clicked, this, &FindBar::close);
    setCount(0, 0);
    hide();
}

void FindBar::open() {
    show();
    m_field->setFocus(Qt::ShortcutFocusReason);
    m_field->selectAll();
}

void FindBar::close() {
    hide();
    Q_EMIT closed();
}

QString FindBar::query() const {
    return isHidden() ? QString() : m_field->text();
}

bool FindBar::matchCase() const {
    return m_case->isChecked();
}

void FindBar::setCount(int current, int total) {
    const bool asked = !m_field->text().isEmpty();
    const QString all = format::integer(total);
    m_count->setText(!asked         ? QString()
                     : total == 0   ? tr("not found")
                     : current == 0 ? tr("%1 found").arg(all)
                                    : tr("%1 of %2").arg(format::integer(current), all));
    m_sign->setVisible(asked && total == 0); // a sign and a word, not a colour
    m_sign->setPixmap(marks::severityPixmap(Severity::Warning, devicePixelRatioF()));
    m_next->setEnabled(total > 0);
    m_previous->setEnabled(total > 0);
    m_field->setAccessibleDescription(m_count->text());
}

QString FindBar::countText() const {
    return m_count->text();
}

bool FindBar::eventFilter(QObject* watched, QEvent* event) {
    if (watched != m_field || event->type() != QEvent::KeyPress)
        return QWidget::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    switch (key->key()) {
    case Qt::Key_Return:
    case Qt::Key_Enter:
        Q_EMIT stepped(key->modifiers() & Qt::ShiftModifier ? -1 : 1);
        return true;
    case Qt::Key_Escape:
        close();
        return true;
    default:
        return QWidget::eventFilter(watched, event);
    }
}

} // namespace crux::ui
