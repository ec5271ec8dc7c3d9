#include "ui/pages/heat_map_view.h"
#include "ui/model/snapshot_loader.h"

#include "core/store/repositories.h"
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

QToolButton* segment(const QString& text, const char* place, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setText(text);
    button->setCheckable(true);
    button->setProperty("segment", QLatin1String(place));
    button->setToolButtonStyle(Qt::ToolButtonTextOnly);
    button->setFixedHeight(metrics::kSmallToolButton);
    return button;
}

/// Combo data: the layer and, for imported ones, its name.
QStringList layerKey(Layer layer, const QString& imported) {
    return {QString::number(static_cast<int>(layer)), imported};
}

} // namespace

HeatMapView::HeatMapView(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_actions(new HeatMapActions(this))
    , m_header(new QuestionHeader(this))
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

void HeatMapView::buildLayerBar(QWidget* bar) {
    bar->setFixedHeight(metrics::kToolBar);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(8, 0, 8, 0);
    row->setSpacing(8);
    m_layer = new QComboBox(bar);
    m_layer->setMinimumWidth(96);
    m_layer->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_layer->setMinimumContentsLength(7);
    m_layer->setAccessibleName(tr("Layer"));
    m_layer->setToolTip(tr("What the cells are coloured by (V)"));
    m_underline = new QComboBox(bar);
    m_underline->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_underline->setMinimumContentsLength(5);
    m_underline->setAccessibleName(tr("Underline"));
    m_underline->setToolTip(tr("A second layer as a line below the cells"));
    m_layerLabel = makeLabel(LabelKind::Second, bar, tr("Layer"));
    m_underlineLabel = makeLabel(LabelKind::Second, bar, tr("Underline"));
    m_layerLabel->setMinimumWidth(1); // hidden rather than a reason for a wider window
    m_underlineLabel->setMinimumWidth(1);
    m_layerLabel->setBuddy(m_layer);
    m_underlineLabel->setBuddy(m_underline);
    row->addWidget(m_layerLabel);
    row->addWidget(m_layer);
    row->addWidget(m_underlineLabel);
    row->addWidget(m_underline);
    auto* segments = new QHBoxLayout;
    segments->setSpacing(0);
    const std::pair<QString, const char*> names[] = {
        {tr("Token"), "first"}, {tr("Word"), "middle"}, {tr("Step"), "last"}};
    for (int i = 0; i < 3; ++i) {
        QToolButton* button = segment(names[i].first, names[i].second, bar);
        button->setToolTip(tr("Colour by token, by the hottest token of a word, or of a step (G)"));
        m_granularity->addButton(button, i);
        segments->addWidget(button);
    }
    row->addLayout(segments);
    m_linked = makeIconButton(QStringLiteral("view-split-top-bottom"),
                              tr("Scroll both panes together"), bar);
    m_linked->setCheckable(true);
    row->addWidget(m_linked);
    m_diff = makeIconButton(QStringLiteral("vcs-diff"),
                            tr("Compare two branches (D in Branches); again to close"), bar);
    m_diff->setCheckable(true);
    row->addWidget(m_diff);
    row->addStretch(1);
    m_blanks = makeIconButton(QStringLiteral("text-field"), tr("Show blanks (W)"), bar);
    m_blanks->setCheckable(true);
    row->addWidget(m_blanks);
    QFrame* rule = makeRule(bar, true);
    rule->setFixedHeight(20);
    row->addWidget(rule);
    m_zoomOut = makeIconButton(QStringLiteral("list-remove"), tr("Smaller text (Ctrl+-)"), bar);
    m_zoomIn = makeIconButton(QStringLiteral("list-add"), tr("Larger text (Ctrl++)"), bar);
    m_zoomText = makeLabel(LabelKind::Plain, bar);
    m_zoomText->setAlignment(Qt::AlignCenter);
    m_zoomText->setMinimumWidth(40);
    row->addWidget(m_zoomOut);
    row->addWidget(m_zoomText);
    row->addWidget(m_zoomIn);
}

void HeatMapView::connectAll() {
    ViewSettings& view = m_session.view();
    connect(&m_session, &Session::dataChanged, this, &HeatMapView::readAgreement);
    connect(&m_session, &Session::currentChanged, this, &HeatMapView::readAgreement);
    connect(&m_session, &Session::currentChanged, this, [this] {
        loadReference();
        rebuild();
    });
    connect(&m_session, &Session::branchPaneChanged, this, &HeatMapView::rebuild);
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

void HeatMapView::connectBar(ViewSettings& view) {
    connect(m_layer, &QComboBox::activated, this, [this, &view](int index) {
        const QStringList key = m_layer->itemData(index).toStringList();
        view.layer = static_cast<Layer>(key[0].toInt());
        view.importedLayer = key[1];
        view.notify();
    });
    connect(m_underline, &QComboBox::activated, this, [this, &view](int index) {
        const QStringList key = m_underline->itemData(index).toStringList();
        if (key.isEmpty()) {
            view.underline.reset();
        } else {
            view.underline = static_cast<Layer>(key[0].toInt());
            if (*view.underline == Layer::Imported)
                view.importedLayer = key[1];
        }
        view.notify();
    });
    connect(m_granularity, &QButtonGroup::idClicked, this, [&view](int id) {
        view.granularity = static_cast<Granularity>(id);
        view.notify();
    });
    const auto toggleBlanks = [&view] {
        view.showBlanks = !view.showBlanks;
        view.notify();
    };
    connect(m_blanks, &QToolButton::clicked, this, toggleBlanks);
    connect(m_actions, &HeatMapActions::blanksToggled, this, toggleBlanks);
    connect(m_linked, &QToolButton::clicked, this, [&view](bool on) {
        view.linkedPanes = on;
        view.notify();
    });
    connect(m_diff, &QToolButton::clicked, this, [this] {
        m_diff->setChecked(m_session.diffShown()); // the session says, not the click
        Q_EMIT diffToggled();
    });
    connect(m_zoomOut, &QToolButton::clicked, this, &HeatMapView::zoomOut);
    connect(m_zoomIn, &QToolButton::clicked, this, &HeatMapView::zoomIn);
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
    connect(m_header, &QuestionHeader::noteRequested, this,
            [this] { Q_EMIT commentRequested(-1); });
    connect(m_actions, &HeatMapActions::alternativesRequested, this,
            &HeatMapView::alternativesRequested);
    connect(m_actions, &HeatMapActions::labelRequested, this, &HeatMapView::labelRequested);
    connect(m_actions, &HeatMapActions::bookmarkRequested, this, &HeatMapView::bookmarkRequested);
    connect(m_actions, &HeatMapActions::commentRequested, this, &HeatMapView::commentRequested);
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
        pane->text()->setShowBlanks(view.showBlanks);
    }
}

void HeatMapView::fillLayerCombos() {
    const ViewSettings& view = m_session.view();
    const auto layers = m_shown ? availableLayers(*m_shown) : decltype(availableLayers(*m_shown)){};
    QList<QStringList> keys;
    for (const auto& [layer, name] : layers)
        keys << layerKey(layer, name);
    if (keys != m_layerKeys) { // refilled only then: an open list survives streaming updates
        m_layerKeys = keys;
        m_layer->clear();
        m_underline->clear();
        m_underline->addItem(tr("none"), QStringList());
        for (const auto& [layer, name] : layers) {
            m_layer->addItem(layerLabel(layer, name), layerKey(layer, name));
            m_underline->addItem(layerLabel(layer, name), layerKey(layer, name));
        }
    }
    const auto indexOf = [&](Layer layer) {
        const QString name = layer == Layer::Imported ? view.importedLayer : QString();
        return static_cast<int>(keys.indexOf(layerKey(layer, name)));
    };
    m_layer->setCurrentIndex(indexOf(view.layer));
    m_underline->setCurrentIndex(view.underline ? indexOf(*view.underline) + 1 : 0);
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

void HeatMapView::showMenu(const QPoint& global) {
    QMenu menu(this);
    for (const char* name : {"alternatives", "", "agree", "reject", "elsewhere", "", "bookmark",
                             "comment", "copy", "", "fold_step", "fold_all"}) {
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

void HeatMapView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitBar();
}

/// Where the bar is narrow the combos speak for themselves (their names stay accessible).
void HeatMapView::fitBar() {
    for (QLabel* label : {m_layerLabel, m_underlineLabel})
        label->setVisible(true);
    m_bar->layout()->activate();
    const bool fits = m_bar->layout()->sizeHint().width() <= width();
    for (QLabel* label : {m_layerLabel, m_underlineLabel})
        label->setVisible(fits);
}

void HeatMapView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape)
        Q_EMIT stopRequested();
    else
        QWidget::keyPressEvent(event);
}

} // namespace crux::ui
