// One trajectory drawn: head line (in pairs), score ribbon, text, overview strip, all on one
// cursor.
#pragma once

#include "ui/widgets/overview_strip.h"
#include "ui/widgets/score_ribbon.h"
#include "ui/widgets/token_view.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace crux::ui {

/// What the head line of a pane says.
struct PaneHead {
    Verdict verdict = Verdict::Ungraded;
    Source source = Source::Sampled;
    bool running = false, mainPath = false;
    QString title; ///< demi-bold: "main path", "branch 4"
    QString lead;  ///< text colour: "290, wrong"
    QString facts; ///< second text colour: "126 tokens · 43 tokens/s"
};

/// Child of HeatMapView, owns its three views. GUI thread.
class HeatMapPane : public QWidget {
    Q_OBJECT
public:
    explicit HeatMapPane(QWidget* parent = nullptr);

    void setData(HeatDataPtr heat);
    void setHead(const PaneHead& head);
    void setHeadVisible(bool visible); ///< also takes the lower ribbon of a pane
    void setCursor(int token);
    TokenView* text() const { return m_text; }
    ScoreRibbon* ribbon() const { return m_ribbon; }
    QPushButton* stopButton() const { return m_stop; }
    const PaneHead& head() const { return m_head; }
    bool headVisible() const;

Q_SIGNALS:
    void cursorMoved(int token);
    void stopRequested();

private:
    class HeadLine;
    PaneHead m_head;
    HeadLine* m_headLine;
    QPushButton* m_stop;
    QLabel* m_stopHint;
    ScoreRibbon* m_ribbon;
    TokenView* m_text;
    OverviewStrip* m_overview;
};

} // namespace crux::ui
