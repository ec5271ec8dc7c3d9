// The layer bar of the heat map and what gives way where the view is small: the rest of
// HeatMapView.
#include "ui/pages/heat_map_view.h"
#include "ui/widgets/heat_map_actions.h"
#include "ui/widgets/heat_map_pane.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/layer_values.h"
#include "ui/widgets/question_header.h"
#include "ui/widgets/theme.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include <vector>

namespace crux::ui {
namespace {

constexpr int kLowHeight = 440; ///< below it the question would take the text's room

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
    m_values = makeIconButton(QStringLiteral("table"), tr("Values as a table (Ctrl+T)"), bar);
    row->addWidget(m_values);
    connect(m_values, &QToolButton::clicked, this, &HeatMapView::valuesRequested);
    m_zoomRule = makeRule(bar, true);
    m_zoomRule->setFixedHeight(20);
    row->addWidget(m_zoomRule);
    m_zoomOut = makeIconButton(QStringLiteral("list-remove"), tr("Smaller text (Ctrl+-)"), bar);
    m_zoomIn = makeIconButton(QStringLiteral("list-add"), tr("Larger text (Ctrl++)"), bar);
    m_zoomText = makeLabel(LabelKind::Plain, bar);
    m_zoomText->setAlignment(Qt::AlignCenter);
    m_zoomText->setMinimumWidth(40);
    row->addWidget(m_zoomOut);
    row->addWidget(m_zoomText);
    row->addWidget(m_zoomIn);
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
    connect(m_actions, &HeatMapActions::proportionalToggled, this, [&view] {
        view.proportional = !view.proportional;
        view.notify();
    });
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

void HeatMapView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitBar();
    fitHeader();
}

/// What is also reached by keys or the menu gives way where the bar is narrow, the least needed
/// first; the combos speak for themselves (their names stay accessible).
void HeatMapView::fitBar() {
    const std::vector<QList<QWidget*>> order{{m_layerLabel, m_underlineLabel},
                                             {m_zoomOut, m_zoomText, m_zoomIn, m_zoomRule},
                                             {m_underline},
                                             {m_values, m_blanks}};
    for (const auto& group : order)
        for (QWidget* widget : group)
            widget->setVisible(true);
    for (const auto& group : order) {
        m_bar->layout()->activate();
        if (m_bar->layout()->sizeHint().width() <= width())
            return;
        for (QWidget* widget : group)
            widget->setVisible(false);
    }
}

/// A low window keeps its room for the text: the question folds to one line and comes back.
void HeatMapView::fitHeader() {
    const bool low = height() < kLowHeight;
    if (low == m_low)
        return;
    m_low = low;
    if (low)
        m_unfoldWhenHigh = !m_header->isFolded();
    if (low || (m_unfoldWhenHigh && !m_paired))
        m_header->setFolded(low);
}

} // namespace crux::ui
