#include "ui/widgets/tall_scroll.h"

#include "ui/widgets/theme.h"

#include <QEvent>

#include <algorithm>

namespace crux::ui {

namespace {
constexpr int kLeastScrollHeight = 4 * metrics::kRow;
}

TallScroll::TallScroll(QWidget* column, QWidget* parent)
    : QScrollArea(parent) {
    setFrameShape(QFrame::NoFrame);
    setWidgetResizable(true);
    setFocusPolicy(Qt::NoFocus); // what is in it takes the focus and is scrolled to
    setWidget(column);
}

int TallScroll::missingHeight() const {
    const int width = viewport()->width();
    const int wanted = widget()->hasHeightForWidth() ? widget()->heightForWidth(width)
                                                     : widget()->sizeHint().height();
    return wanted - viewport()->height();
}

QSize TallScroll::sizeHint() const {
    return widget()->sizeHint();
}

QSize TallScroll::minimumSizeHint() const {
    const QSize least = widget()->minimumSizeHint();
    return {least.width() + metrics::kScrollBar, std::min(least.height(), kLeastScrollHeight)};
}

bool TallScroll::event(QEvent* event) {
    if (event->type() == QEvent::LayoutRequest)
        updateGeometry(); // the column has another size
    return QScrollArea::event(event);
}

} // namespace crux::ui
