#include "ui/dialogs/training_data_pane.h"

#include "ui/model/session.h"
#include "ui/model/training_example.h"
#include "ui/model/view_settings.h"
#include "ui/widgets/format.h"
#include "ui/widgets/heat_data.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/token_view.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace crux::ui {

TrainingDataPane::TrainingDataPane(Session& session, QWidget* parent)
    : QWidget(parent)
    , m_session(session) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    column->addWidget(makeLabel(LabelKind::Demi, this, tr("Rows")));
    column->addWidget(makeRule(this));
    m_lines = new CheckList(this);
    column->addWidget(m_lines);
    column->addSpacing(8);

    auto* head = new QHBoxLayout;
    head->setSpacing(4);
    m_title = makeLabel(LabelKind::Demi, this, tr("Examples"));
    m_previous = makeIconButton(QStringLiteral("go-previous"), tr("Previous example"), this);
    m_next = makeIconButton(QStringLiteral("go-next"), tr("Next example"), this);
    head->addWidget(m_title, 1);
    head->addWidget(m_previous);
    head->addWidget(m_next);
    column->addLayout(head);
    column->addWidget(makeRule(this));
    m_why = makeLabel(LabelKind::Second, this);
    m_why->setWordWrap(true);
    column->addWidget(m_why);
    m_chosenHead = addHead();
    m_chosen = addView(tr("Tokens of the chosen answer"));
    m_rejectedHead = addHead();
    m_rejected = addView(tr("Tokens of the rejected answer"));
    m_legend =
        makeLabel(LabelKind::Hint, this,
                  tr("Colour: weight of a token in the loss, pale 0, strong 1. Tokens of the "
                     "prompt carry no loss."));
    m_legend->setWordWrap(true);
    column->addWidget(m_legend);
    column->addStretch(0);
    connect(m_previous, &QToolButton::clicked, this, [this] { showExample(m_at - 1); });
    connect(m_next, &QToolButton::clicked, this, [this] { showExample(m_at + 1); });
    setExamples(Json::array(), {});
}

QLabel* TrainingDataPane::addHead() {
    auto* label = makeLabel(LabelKind::Second, this);
    static_cast<QVBoxLayout*>(layout())->addWidget(label);
    return label;
}

TokenView* TrainingDataPane::addView(const QString& name) {
    auto* view = new TokenView(this);
    view->setAccessibleName(name);
    view->setMinimumHeight(2 * metrics::kLine);
    static_cast<QVBoxLayout*>(layout())->addWidget(view, 1);
    return view;
}

void TrainingDataPane::setExamples(const Json& examples, const QString& why) {
    m_examples = examples;
    m_why->setText(why);
    m_why->setVisible(examples.empty() && !why.isEmpty());
    showExample(std::clamp(m_at, 0, std::max(0, this->examples() - 1)));
}

void TrainingDataPane::showExample(int example) {
    const bool any = !m_examples.empty();
    m_at = any ? std::clamp(example, 0, examples() - 1) : 0;
    m_previous->setEnabled(any && m_at > 0);
    m_next->setEnabled(any && m_at + 1 < examples());
    for (QWidget* part : {static_cast<QWidget*>(m_chosenHead), static_cast<QWidget*>(m_chosen),
                          static_cast<QWidget*>(m_legend)})
        part->setVisible(any);
    const bool pair = any && m_examples[static_cast<std::size_t>(m_at)].contains("rejected");
    m_rejectedHead->setVisible(pair);
    m_rejected->setVisible(pair);
    m_title->setText(tr("Examples"));
    if (!any)
        return;
    const Json& row = m_examples[static_cast<std::size_t>(m_at)];
    m_title->setText(tr("Example %1 of %2: row %3")
                         .arg(m_at + 1)
                         .arg(examples())
                         .arg(format::integer(row.value("row", std::int64_t{0}))));
    const auto origin = [&](const char* key) {
        if (row.contains(key))
            return tr("trajectory %1").arg(row.at(key).get<std::int64_t>());
        return tr("line %1").arg(row.value("line", std::int64_t{0}));
    };
    fill(m_chosen, m_chosenHead, row.at("chosen"),
         pair ? tr("Chosen, %1").arg(origin("chosen_id")) : origin("chosen_id"));
    if (pair)
        fill(m_rejected, m_rejectedHead, row.at("rejected"),
             tr("Rejected, %1").arg(origin("rejected_id")));
}

void TrainingDataPane::fill(TokenView* view, QLabel* head, const Json& sequence,
                            const QString& what) {
    HeatOptions options = HeatOptions::from(m_session.view());
    options.layer = Layer::Imported;
    options.importedLayer = QLatin1String(kWeightLayer);
    options.underline.reset();
    options.granularity = Granularity::Token;
    options.scale = ScaleMode::Absolute;
    view->setData(std::make_shared<const HeatData>(trainingExample(sequence), std::move(options)));
    const int prompt = sequence.value("prompt_tokens", 0);
    const int all = sequence.value("tokens", prompt);
    QString words = tr("%1: %2 tokens with loss after %3 of the prompt")
                        .arg(what, format::integer(all - prompt), format::integer(prompt));
    double low = 1, high = 1;
    for (const Json& weight : sequence.value("weights", Json::array()))
        if (weight.is_number()) {
            low = std::min(low, weight.get<double>());
            high = std::max(high, weight.get<double>());
        }
    if (low < 1 || high > 1)
        words += tr("; weights %1 to %2").arg(format::probability(low), format::number(high));
    head->setText(words);
}

} // namespace crux::ui
