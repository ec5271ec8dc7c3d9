// One line that explains what only a pair of panes shows: hatch, dimmed prefix, first difference.
#pragma once

#include <QWidget>

namespace crux::ui {

/// Child of HeatMapView, visible while two panes are. GUI thread.
class PairKey : public QWidget {
    Q_OBJECT
public:
    explicit PairKey(QWidget* parent = nullptr);

    /// `firstDifference`: position as shown, from 1.
    void setFacts(int sharedTokens, int firstDifference);
    QStringList words() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    int m_shared = 0, m_difference = 0;
};

} // namespace crux::ui
