#include "ui/pages/heat_map_view.h"
#include "ui/model/snapshot_loader.h"

#include "core/store/repositories.h"
#include "ui/pages/heat_map_banner.h"
#include "ui/pages/heat_map_pair_key.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/find_bar.h"
#include "ui/widgets/format.h"
#include "ui/widgets/heat_map_actions.h"
#include "ui/widgets/heat_map_pane.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/layer_values.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/question_header.h"
#include "ui/widgets/scale_legend.h"
#include "ui/widgets/theme_notifier.h"

#include <QApplication>
#include <QButtonGroup>
#include <QComboBox>
#include <QFrame>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace crux::ui {
namespace {

constexpr double kZoomStep = 1.1, kThresholdStep = 1.25;
constexpr std::size_t kReferenceValues = 4096; // percentiles need no more

} // namespace

HeatMapView::HeatMapView(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_actions(new HeatMapActions(this))
    , m_header(new QuestionHeader(this))
    , m_banner(new HeatMapBanner(session, this))
    , m_bar(new QWidget(this))
    , m_content(new QWidget(this))
    , m_empty(new EmptyState(this))
    , m_granularity(new QButtonGroup(this))
    , m_find(new FindBar(this))
    , m_panes(new QSplitter(Qt::Vertical, this))
    , m_pane(new HeatMapPane(m_panes))
    , m_branch(new HeatMapPane(m_panes))
    , m_pairKey(new PairKey(this))
    , m_legend(new ScaleLegend(this)) {
    buildLayerBar(m_bar);
    m_panes->setChildrenCollapsible(false);
    m_branch->hide();
    m_pairKey->hide();
    auto* content = new QVBoxLayout(m_content);
    auto* column = new QVBoxLayout(this);
    for (QVBoxLayout* layout : {content, column}) {
        layout->setContentsMargins(0, 0, 0, 0);
        layout->setSpacing(0);
    }
    content->addWidget(m_header);
    content->addWidget(m_banner);
    content->addWidget(m_bar);
    content->addWidget(m_find);
    content->addWidget(m_panes, 1);
    content->addWidget(m_pairKey);
    content->addWidget(m_legend);
    column->addWidget(m_content, 1);
    column->addWidget(m_empty, 1);
    m_empty->setTexts(tr("No trajectory open"),
                      tr("Choose a row in Trajectories to see its tokens with their scores."));
    m_legend->setThresholdOrigin(tr("1st percentile of the data set"));
    setFocusProxy(m_pane->text());
    m_actions->attach(m_pane->text());
    m_actions->attach(m_branch->text());
    connectPane(m_pane);
    connectPane(m_branch);
    connectAll();
    connectFind();
    rebuild();
}

HeatMapView::~HeatMapView() = default;

void HeatMapView::connectAll() {
    ViewSettings& view = m_session.view();
    connect(&m_session, &Session::dataChanged, this, &HeatMapView::readAgreement);
    connect(&m_session, &Session::currentChanged, this, &HeatMapView::readAgreement);
    connect(&m_session, &Session::currentChanged, this, [this] {
        loadReference();
        rebuild();
    });
    connect(&m_session, &Session::branchPaneChanged, this, &HeatMapView::rebuild);
    connect(&m_session, &Session::rolloutsChanged, this, &HeatMapView::rebuild);
    connect(&m_session, &Session::scoreSetChanged, this, &HeatMapView::loadReference);
    connect(&m_session, &Session::cursorChanged, this, &HeatMapView::moveTo);
    connect(&view, &ViewSettings::changed, this, &HeatMapView::rebuild);
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, this, &HeatMapView::rebuild);

    // One cursor in two panes: both rings are live while either has the focus.
    connect(qApp, &QApplication::focusChanged, this, [this](QWidget*, QWidget* now) {
        const bool live = now == m_pane->text() || now == m_branch->text() ||
                          (now && now == m_find->field()); // Enter steps from there
        m_pane->text()->setRingLive(live);
        m_branch->text()->setRingLive(live);
    });
    connectBar(view);
    connectLegend(view);
    connectRequests(view);
}

void HeatMapView::connectLegend(ViewSettings& view) {
    connect(m_legend, &ScaleLegend::thresholdChanged, this, &HeatMapView::setThreshold);
    connect(m_legend, &ScaleLegend::thresholdReset, this, [&view] {
        view.threshold.reset();
        view.notify();
    });
    connect(m_legend, &ScaleLegend::scaleModeChosen, this, [this, &view](ScaleMode mode) {
        view.scale = mode;
        loadReference();
        view.notify();
    });
    connect(m_legend, &ScaleLegend::lockToggled, this, [&view](bool locked) {
        view.sameScaleInPanes = locked;
        view.notify();
    });
}

void HeatMapView::connectRequests(ViewSettings& view) {
    connect(m_header, &QuestionHeader::previousRequested, this, &HeatMapView::previousRequested);
    connect(m_header, &QuestionHeader::nextRequested, this, &HeatMapView::nextRequested);
    connect(m_header, &QuestionHeader::bookmarkRequested, this,
            [this] { Q_EMIT bookmarkRequested(-1); });
    connect(m_banner, &HeatMapBanner::retokeniseRequested, this, &HeatMapView::retokeniseRequested);
    connect(m_banner, &HeatMapBanner::scoreRequested, this, &HeatMapView::scoreRequested);
    connect(m_banner, &HeatMapBanner::answerRequested, this, &HeatMapView::answerRequested);
    connect(&m_session, &Session::factsChanged, m_banner, &HeatMapBanner::refresh);
    connect(m_header, &QuestionHeader::noteRequested, this,
            [this] { Q_EMIT commentRequested(-1); });
    connect(m_actions, &HeatMapActions::alternativesRequested, this,
            &HeatMapView::alternativesRequested);
    connect(m_actions, &HeatMapActions::labelRequested, this, &HeatMapView::labelRequested);
    connect(m_actions, &HeatMapActions::bookmarkRequested, this, &HeatMapView::bookmarkRequested);
    connect(m_actions, &HeatMapActions::commentRequested, this, &HeatMapView::commentRequested);
    connect(m_actions, &HeatMapActions::searchRequested, this, &HeatMapView::searchRequested);
    connect(m_actions, &HeatMapActions::rolloutsHereRequested, this,
            [this] { Q_EMIT rolloutsRequested(positionsToDraw()); });
    connect(m_actions, &HeatMapActions::answerRequested, this, &HeatMapView::answerRequested);
    connect(m_actions, &HeatMapActions::provenanceRequested, this,
            &HeatMapView::provenanceRequested);
    connect(m_actions, &HeatMapActions::valuesRequested, this, &HeatMapView::valuesRequested);
    connect(m_actions, &HeatMapActions::layerCycled, this, &HeatMapView::cycleLayer);
    connect(m_actions, &HeatMapActions::granularityCycled, this, [&view] {
        view.granularity = static_cast<Granularity>((static_cast<int>(view.granularity) + 1) % 3);
        view.notify();
    });
    connect(m_actions, &HeatMapActions::thresholdStepped, this, &HeatMapView::stepThreshold);
}

void HeatMapView::connectPane(HeatMapPane* pane) {
    connect(pane, &HeatMapPane::cursorMoved, this,
            [this](int token) { m_session.setCursor(token); });
    connect(pane, &HeatMapPane::stopRequested, this, &HeatMapView::stopRequested);
    connect(pane->text(), &TokenView::activated, this, &HeatMapView::alternativesRequested);
    connect(pane->text(), &TokenView::menuRequested, this,
            [this](int, const QPoint& global) { showMenu(global); });
    connect(pane->text(), &TokenView::zoomRequested, this,
            [this](double factor) { setZoom(m_session.view().zoom * factor); });
    HeatMapPane* other = pane == m_pane ? m_branch : m_pane;
    connect(pane->text()->verticalScrollBar(), &QScrollBar::valueChanged, this,
            [this, other](int value) {
                if (m_syncing || !m_branch->isVisible() || !m_session.view().linkedPanes)
                    return;
                m_syncing = true;
                other->text()->verticalScrollBar()->setValue(value);
                m_syncing = false;
            });
}

void HeatMapView::rebuild() {
    const SnapshotPtr current = m_session.current();
    const SnapshotPtr below = current ? m_session.branchPane() : nullptr;
    m_content->setVisible(current != nullptr);
    m_empty->setVisible(current == nullptr);
    const bool paired = below != nullptr;
    if (paired != m_paired) { // a pair needs the height: the question folds and comes back
        m_panes->setSizes({1, 1});
        if (paired)
            m_unfoldAfterPair = !m_header->isFolded();
        if (paired || m_unfoldAfterPair)
            m_header->setFolded(paired);
        m_paired = paired;
    }
    m_legend->setPaired(paired, m_session.diffShown());
    m_branch->setVisible(paired);
    m_pairKey->setVisible(paired);
    m_pane->setHeadVisible(paired);
    m_branch->setHeadVisible(paired);
    m_linked->setVisible(paired);
    m_diff->setVisible(paired || (current && !current->branches.empty()));
    fitBar();

    HeatDataPtr upperData, lowerData;
    if (current) {
        PaneRelation upper, lower;
        if (paired) {
            upper.sharedTokens = lower.sharedTokens = sharedPrefix(*current, *below);
            upper.firstDifference = lower.firstDifference = upper.sharedTokens;
            lower.streaming = m_session.paneIsLive();
        }
        HeatOptions options = paneOptions(*current);
        upperData = std::make_shared<const HeatData>(current, options, upper);
        if (paired && !m_session.view().sameScaleInPanes && !m_session.diffShown()) {
            options = paneOptions(*below);
            options.threshold.reset(); // its own, as its score set says
        }
        if (paired)
            lowerData = std::make_shared<const HeatData>(below, options, lower);
    }
    m_header->setSnapshot(current);
    m_banner->refresh();
    m_pane->setData(upperData);
    m_branch->setData(lowerData);
    const auto length = [](const HeatDataPtr& heat) {
        return heat ? heat->count() - heat->promptTokens() : 0;
    };
    const int axis = paired ? std::max(length(upperData), length(lowerData)) : 0;
    m_pane->ribbon()->setAxisLength(axis);
    m_branch->ribbon()->setAxisLength(axis);
    m_legend->setData(upperData);
    if (upperData)
        m_session.view().effectiveThreshold = upperData->threshold();
    m_shown = current;
    applySettings();
    updateHeads();
    updatePairKey();
    updateFind();
    moveTo(m_session.cursor());
    if (lowerData && lowerData->relation().streaming) // the growing end stays in view
        m_branch->text()->reveal(lowerData->count() - 1);
}

/// Percentiles are ranked in the data set where its scores are known, else in `snapshot`; panes
/// with one scale take the options of the upper one.
HeatOptions HeatMapView::paneOptions(const TrajectorySnapshot& snapshot) const {
    HeatOptions options = HeatOptions::from(m_session.view());
    if (options.scale != ScaleMode::Percentile)
        return options;
    if (options.layer == Layer::Score && m_referenceSet && m_referenceSet == snapshot.scoreSet.id) {
        options.reference = m_reference;
    } else {
        options.reference = layerValues(options.layer, options.importedLayer, snapshot);
        const auto prompt = std::clamp<std::ptrdiff_t>(
            snapshot.record.promptTokens, 0, static_cast<std::ptrdiff_t>(options.reference.size()));
        options.reference.erase(options.reference.begin(), options.reference.begin() + prompt);
        options.referenceIsResponse = true;
    }
    return options;
}

void HeatMapView::applySettings() {
    const ViewSettings& view = m_session.view();
    fillLayerCombos();
    m_granularity->button(static_cast<int>(view.granularity))->setChecked(true);
    m_blanks->setChecked(view.showBlanks);
    m_linked->setChecked(view.linkedPanes);
    m_diff->setChecked(m_session.diffShown());
    m_legend->setScaleMode(view.scale);
    m_legend->setLocked(view.sameScaleInPanes);
    m_zoomText->setText(tr("%1 %").arg(static_cast<int>(std::lround(view.zoom * 100))));
    for (HeatMapPane* pane : {m_pane, m_branch}) {
        pane->text()->setZoom(view.zoom);
        pane->text()->setProportional(view.proportional);
        pane->text()->setShowBlanks(view.showBlanks);
    }
}

void HeatMapView::loadReference() {
    const ScoreSetId set = m_session.scoreSet();
    if (m_session.view().scale != ScaleMode::Percentile || set == m_referenceSet || !set)
        return;
    m_session.read<std::vector<float>>(
        this,
        [set](const store::Project& project) {
            return store::scoreQuantiles(project, set, kReferenceValues);
        },
        [this, set](Result<std::vector<float>> values) {
            if (!values)
                return; // the percentile then stays within the response, and the legend says so
            m_reference = std::move(*values);
            m_referenceSet = set;
            rebuild();
        });
}

void HeatMapView::moveTo(int position) {
    m_syncing = true; // both panes show the position; neither drags the other's scroll bar
    m_pane->setCursor(position);
    if (m_session.branchPane())
        m_branch->setCursor(position);
    m_syncing = false;
    updateFindCount();
}

/// Brushed tokens of the response, else every candidate with the position before it: what it costs
/// shows between the two.
std::vector<int> HeatMapView::positionsToDraw() const {
    const TokenView* text = m_pane->text();
    const HeatDataPtr heat = text->data();
    std::vector<int> positions;
    if (!heat)
        return positions;
    const int first = heat->promptTokens() - 1;
    if (text->selectionFirst() >= 0)
        for (int token = std::max(first, text->selectionFirst()); token <= text->selectionLast();
             ++token)
            positions.push_back(token);
    else
        for (const int token : heat->candidates()) {
            positions.push_back(std::max(first, token - 1));
            positions.push_back(token);
        }
    std::sort(positions.begin(), positions.end());
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    return positions;
}

void HeatMapView::showMenu(const QPoint& global) {
    QMenu menu(this);
    for (const char* name :
         {"alternatives", "",         "agree", "reject",    "elsewhere",  "",       "bookmark",
          "comment",      "copy",     "",      "answer",    "provenance", "values", "",
          "search",       "rollouts", "",      "fold_step", "fold_all",   "",       "blanks",
          "proportional"}) {
        if (*name == 0)
            menu.addSeparator();
        else
            menu.addAction(m_actions->action(QStringLiteral("heatmap.") + QLatin1String(name)));
    }
    menu.exec(global);
}

HeatDataPtr HeatMapView::focusedData() const {
    return focusedText()->data();
}

std::vector<HeatDataPtr> HeatMapView::shownData() const {
    std::vector<HeatDataPtr> shown;
    for (const HeatMapPane* pane : {m_pane, m_branch})
        if (pane->text()->data())
            shown.push_back(pane->text()->data());
    return shown;
}

std::vector<TokenLayout> HeatMapView::shownLayouts() const {
    std::vector<TokenLayout> shown;
    for (const HeatMapPane* pane : {m_pane, m_branch})
        if (pane->text()->data())
            shown.push_back(pane->text()->layout());
    return shown;
}

TokenView* HeatMapView::focusedText() const {
    TokenView* target = m_actions->target();
    return target && target->isVisibleTo(this) ? target : m_pane->text();
}

void HeatMapView::setThresholdOrigin(const QString& words) {
    m_legend->setThresholdOrigin(words);
}

void HeatMapView::setZoom(double zoom) {
    m_session.view().zoom = std::clamp(zoom, 0.5, 4.0);
    m_session.view().notify();
}

void HeatMapView::zoomIn() {
    setZoom(m_session.view().zoom * kZoomStep);
}

void HeatMapView::zoomOut() {
    setZoom(m_session.view().zoom / kZoomStep);
}

void HeatMapView::zoomReset() {
    setZoom(1);
}

void HeatMapView::cycleLayer() {
    if (m_layer->count() == 0)
        return;
    const int next = (m_layer->currentIndex() + 1) % m_layer->count();
    m_layer->setCurrentIndex(next);
    Q_EMIT m_layer->activated(next);
}

void HeatMapView::stepThreshold(int direction) {
    const double now = std::max(1e-4, m_session.view().effectiveThreshold);
    setThreshold(direction > 0 ? now * kThresholdStep : now / kThresholdStep);
}

void HeatMapView::setThreshold(double value) {
    m_session.view().threshold = std::clamp(value, 0.0, 1.0);
    m_session.view().notify();
}

void HeatMapView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape)
        Q_EMIT stopRequested();
    else
        QWidget::keyPressEvent(event);
}

} // namespace crux::ui
