// One line that explains what only a pair of panes shows: hatch, dimmed prefix, first difference.
#pragma once

#include <QStringList>
#include <QWidget>

#include <utility>
#include <vector>

namespace crux::ui {

/// Child of HeatMapView, visible while two panes are. GUI thread.
class PairKey : public QWidget {
    Q_OBJECT
public:
    explicit PairKey(QWidget* parent = nullptr);

    /// `firstDifference`: position as shown, from 1; 0: the panes hold the same tokens. `unscored`:
    /// tokens wait for their score.
    void setFacts(int sharedTokens, int firstDifference, bool unscored);
    QStringList words() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    enum class Sample { Hatch, Dimmed, Bar };
    std::vector<std::pair<Sample, QString>> entries() const;

    int m_shared = 0, m_difference = 0;
    bool m_unscored = false;
};

} // namespace crux::ui
