#include "ui/widgets/tab_order.h"

#include <QList>
#include <QWidget>

#include <algorithm>

namespace crux::ui {

namespace {

struct Stop {
    QWidget* widget;
    QRect place;
};

QList<Stop> stopsOf(QWidget* root) {
    QList<Stop> stops;
    for (QWidget* widget : root->findChildren<QWidget*>())
        if (widget->window() == root->window() && (widget->focusPolicy() & Qt::TabFocus) &&
            !widget->focusProxy())
            stops.append({widget, QRect(widget->mapTo(root, QPoint(0, 0)), widget->size())});
    return stops;
}

void chain(const QList<Stop>& stops) {
    for (qsizetype i = 1; i < stops.size(); ++i)
        QWidget::setTabOrder(stops[i - 1].widget, stops[i].widget);
}

} // namespace

void orderTabsAsAdded(QWidget* root) {
    chain(stopsOf(root));
}

void orderTabsByPlace(QWidget* root) {
    QList<Stop> stops = stopsOf(root);
    std::stable_sort(stops.begin(), stops.end(), [](const Stop& a, const Stop& b) {
        return a.place.center().y() < b.place.center().y();
    });
    // A line: what has its middle within the first of the line.
    for (auto line = stops.begin(); line != stops.end();) {
        const int bottom = line->place.bottom();
        const auto end = std::find_if(line, stops.end(), [bottom](const Stop& stop) {
            return stop.place.center().y() > bottom;
        });
        std::stable_sort(line, end, [](const Stop& a, const Stop& b) {
            return a.place.left() < b.place.left();
        });
        line = end;
    }
    chain(stops);
}

} // namespace crux::ui
