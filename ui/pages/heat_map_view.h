// The centre of Explore: question, layer bar, one pane or two (a branch below its original), the
// legend. Draws what Session shows and ViewSettings ask for.
#pragma once

#include "ui/model/session.h"
#include "ui/model/view_settings.h"
#include "ui/widgets/heat_data.h"
#include "ui/widgets/token_find.h"
#include "ui/widgets/token_layout.h"

#include <QElapsedTimer>
#include <QWidget>

class QButtonGroup;
class QComboBox;
class QFrame;
class QLabel;
class QSplitter;
class QToolButton;

namespace crux::ui {

class EmptyState;
class FindBar;
class HeatMapActions;
class HeatMapBanner;
class HeatMapPane;
class PairKey;
class QuestionHeader;
class ScaleLegend;
class TokenView;

/// Owner: MainWindow. GUI thread. Session and ViewSettings are borrowed and outlive the view. What
/// it cannot do itself leaves as signals; positions in signals are absolute token indices.
class HeatMapView : public QWidget {
    Q_OBJECT
public:
    explicit HeatMapView(Session& session, QWidget* parent = nullptr);
    ~HeatMapView() override;

    /// The actions of the keys, for the palette, the key sheet and rebinding.
    HeatMapActions& actions() { return *m_actions; }
    QuestionHeader& header() { return *m_header; }
    HeatMapPane& pane() { return *m_pane; }
    HeatMapPane& branchPane() { return *m_branch; }
    ScaleLegend& legend() { return *m_legend; }
    /// Data of the pane that had the focus last; nullptr when nothing is shown.
    HeatDataPtr focusedData() const;
    /// What is drawn, upper pane first; empty when nothing is shown. For exports.
    std::vector<HeatDataPtr> shownData() const;
    /// Their lines: width, text size, folds.
    std::vector<TokenLayout> shownLayouts() const;
    /// The text of that pane, for Ctrl+G and find.
    TokenView* focusedText() const;
    /// What stands where no trajectory is shown.
    EmptyState& emptyState() { return *m_empty; }
    HeatMapBanner& banner() { return *m_banner; }

    /// Find in the text of the focused pane (Ctrl+F); steps wrap around.
    void openFind();
    void findStep(int toward);
    bool finding() const; ///< the bar is open with a query
    FindBar& findBar() { return *m_find; }

    void zoomIn();
    void zoomOut();
    void zoomReset();
    /// Words for where the untouched threshold comes from.
    void setThresholdOrigin(const QString& words);

Q_SIGNALS:
    void alternativesRequested(int position);
    void labelRequested(int position, const QString& kind); ///< agree | reject | elsewhere
    void bookmarkRequested(int position);                   ///< -1: the trajectory
    void commentRequested(int position);                    ///< -1: the trajectory
    void searchRequested();
    void rolloutsRequested(const std::vector<int>& positions); ///< selected, else all candidates
    void previousRequested();
    void nextRequested();
    void stopRequested();                      ///< Esc, or Stop of the pane that is written
    void diffToggled();                        ///< the button that compares branches
    void answerRequested(int first, int last); ///< by hand
    void provenanceRequested();
    void valuesRequested();
    void retokeniseRequested(); ///< the banner's actions
    void scoreRequested();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildLayerBar(QWidget* bar);
    void connectAll();
    void connectBar(ViewSettings& view);
    void connectLegend(ViewSettings& view);
    void connectRequests(ViewSettings& view);
    void connectPane(HeatMapPane* pane);
    void rebuild(); ///< new data for both panes from session and settings
    HeatOptions paneOptions(const TrajectorySnapshot& snapshot) const;
    void applySettings(); ///< settings into the controls
    void fillLayerCombos();
    void updateHeads();
    void readAgreement(); ///< candidates of the current trajectory against rollouts
    void updatePairKey();
    void loadReference(); ///< sorted scores of the set, for the percentile scale
    void fitBar();
    void fitHeader();
    void connectFind();
    void updateFind();
    void updateFindCount();
    void showMatch(TokenMatch match);
    void moveTo(int position);
    std::vector<int> positionsToDraw() const;
    void showMenu(const QPoint& global);
    void setZoom(double zoom);
    void cycleLayer();
    void stepThreshold(int direction);
    void setThreshold(double value);

    Session& m_session;
    HeatMapActions* m_actions;
    QuestionHeader* m_header;
    HeatMapBanner* m_banner;
    QWidget* m_bar;
    QWidget* m_content;
    EmptyState* m_empty;
    QComboBox *m_layer, *m_underline;
    QButtonGroup* m_granularity;
    QToolButton *m_blanks, *m_values, *m_linked, *m_diff, *m_zoomOut, *m_zoomIn;
    QFrame* m_zoomRule;
    QLabel *m_layerLabel, *m_underlineLabel, *m_zoomText;
    FindBar* m_find;
    QSplitter* m_panes;
    HeatMapPane *m_pane, *m_branch;
    PairKey* m_pairKey;
    ScaleLegend* m_legend;
    SnapshotPtr m_shown;
    QList<QStringList> m_layerKeys; ///< what the combos hold
    std::vector<float> m_reference;
    ScoreSetId m_referenceSet;
    QElapsedTimer m_streamClock;
    int m_findFrom = 0; ///< token from where a query that is typed is searched
    int m_streamTokens = 0;
    double m_tokensPerSecond = 0;
    bool m_syncing = false, m_paired = false, m_unfoldAfterPair = false, m_low = false,
         m_unfoldWhenHigh = false;
};

} // namespace crux::ui
