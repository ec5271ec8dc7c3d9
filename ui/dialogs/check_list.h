// Live checks of a launch sheet: sign and sentence, a line each.
#pragma once

#include "ui/widgets/marks.h"

#include <QWidget>

#include <vector>

class QVBoxLayout;

namespace crux::ui {

struct CheckLine {
    Severity severity = Severity::Passed;
    QString text;
    bool operator==(const CheckLine&) const = default;
};

/// Owner: its dialog. GUI thread.
class CheckList : public QWidget {
    Q_OBJECT
public:
    explicit CheckList(QWidget* parent = nullptr);
    void setLines(const std::vector<CheckLine>& lines);
    const std::vector<CheckLine>& lines() const { return m_lines; }

private:
    QVBoxLayout* m_column;
    std::vector<CheckLine> m_lines;
};

} // namespace crux::ui
