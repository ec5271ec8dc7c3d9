// A column of widgets that scrolls where its room is too low.
#pragma once

#include <QScrollArea>

namespace crux::ui {

/// As wide as its column at least, and as high as it would like to be; lower rooms get a scroll
/// bar, and so do narrower ones, where a window leaves less than that. Owner: its parent; takes the
/// column. GUI thread.
class TallScroll : public QScrollArea {
    Q_OBJECT
public:
    explicit TallScroll(QWidget* column, QWidget* parent = nullptr);

    /// Height the column lacks at its present width, words wrapped; negative: there is room left.
    int missingHeight() const;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent* event) override;
};

} // namespace crux::ui
