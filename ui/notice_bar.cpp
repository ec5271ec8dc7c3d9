#include "ui/notice_bar.h"

#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace crux::ui {

NoticeBar::NoticeBar(QWidget* parent)
    : QFrame(parent)
    , m_sign(new QLabel(this))
    , m_title(makeElided(LabelKind::Demi, this))
    , m_text(makeElided(LabelKind::Plain, this))
    , m_action(new QPushButton(this))
    , m_details(new QPushButton(this))
    , m_copy(new QPushButton(icon(QStringLiteral("edit-copy")), tr("Copy details"), this))
    , m_box(new QPlainTextEdit(this)) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_text->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_box->setReadOnly(true);
    m_box->setFont(fonts::fixed());
    m_box->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_box->setAccessibleName(tr("Details"));
    m_close = makeIconButton(QStringLiteral("dialog-cancel"), tr("Close this notice"), this);
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    row->addWidget(m_sign);
    row->addWidget(m_title);
    row->addWidget(m_text, 1);
    for (auto* button : {m_action, m_details, m_copy})
        row->addWidget(button);
    row->addWidget(m_close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(16, 6, 8, 6);
    column->setSpacing(6);
    column->addLayout(row);
    auto* boxRow = new QHBoxLayout;
    boxRow->setContentsMargins(24, 0, 4, 6);
    boxRow->addWidget(m_box);
    column->addLayout(boxRow);
    m_box->hide();
    connect(m_close, &QToolButton::clicked, this, &NoticeBar::closed);
    connect(m_details, &QPushButton::clicked, this,
            [this] { showDetails(!m_box->isVisibleTo(this)); });
    connect(m_copy, &QPushButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(
            QStringList{m_notice.title, m_notice.text, m_notice.details}.join(QLatin1Char('\n')));
    });
    connect(m_action, &QPushButton::clicked, this, [this] {
        const auto action = m_notice.action; // it may show another notice
        Q_EMIT closed();
        if (action)
            action();
    });
}

void NoticeBar::showNotice(const Notice& notice) {
    m_notice = notice;
    m_close->setIcon(style()->standardIcon(QStyle::SP_TitleBarCloseButton)); // in today's colours
    m_sign->setPixmap(marks::severityPixmap(
        notice.severity == Notice::Severity::Error     ? Severity::Error
        : notice.severity == Notice::Severity::Warning ? Severity::Warning
                                                       : Severity::Information,
        devicePixelRatioF()));
    m_title->setText(notice.title);
    m_text->setText(notice.text);
    m_text->setToolTip(notice.text);
    m_action->setVisible(!notice.actionText.isEmpty());
    m_action->setText(notice.actionText);
    m_details->setVisible(!notice.details.isEmpty());
    m_copy->setVisible(!notice.details.isEmpty());
    m_box->setPlainText(notice.details);
    const auto lines = std::clamp<qsizetype>(notice.details.count(QLatin1Char('\n')) + 1, 1, 8);
    m_box->setFixedHeight(static_cast<int>(lines) * QFontMetrics(m_box->font()).lineSpacing() + 16);
    showDetails(false);
    update();
}

void NoticeBar::showDetails(bool shown) {
    m_box->setVisible(shown);
    m_details->setText(shown ? tr("Hide details") : tr("Show details"));
    m_details->setIcon(icon(shown ? QStringLiteral("go-up") : QStringLiteral("go-down")));
    updateGeometry();
    Q_EMIT resized();
}

void NoticeBar::paintEvent(QPaintEvent*) {
    const Theme& theme = Theme::current();
    QPainter painter(this);
    const bool error = m_notice.severity == Notice::Severity::Error;
    painter.fillRect(rect(), error ? theme.errorNotice : theme.base);
    painter.fillRect(QRect(0, 0, 4, height()), error ? theme.errorEdge
                                               : m_notice.severity == Notice::Severity::Warning
                                                   ? theme.warning
                                                   : theme.accent);
    painter.setPen(theme.line);
    painter.drawLine(0, height() - 1, width(), height() - 1);
}

} // namespace crux::ui
