#include "ui/dialogs/check_list.h"

#include "ui/widgets/labels.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace crux::ui {

CheckList::CheckList(QWidget* parent)
    : QWidget(parent) {
    m_column = new QVBoxLayout(this);
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(4);
    m_column->addStretch(1); // room that is kept for lines to come stays below them
}

void CheckList::setLines(const std::vector<CheckLine>& lines) {
    if (lines == m_lines)
        return;
    m_lines = lines;
    qDeleteAll(findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
    for (const CheckLine& line : lines) {
        auto* row = new QWidget(this);
        auto* layout = new QHBoxLayout(row);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(6);
        auto* sign = new QLabel(row);
        sign->setPixmap(marks::severityPixmap(line.severity, devicePixelRatioF()));
        auto* text = makeLabel(LabelKind::Plain, row, line.text);
        text->setWordWrap(true);
        layout->addWidget(sign, 0, Qt::AlignTop);
        layout->addWidget(text, 1);
        m_column->insertWidget(m_column->count() - 1, row);
    }
}

} // namespace crux::ui
