// The fields of the launch sheet of training: making them, filling them, showing those that say
// something.
#include "core/spec/params.h"
#include "core/spec/train_params.h"
#include "ui/dialogs/check_list.h"
#include "ui/dialogs/spec_form.h"
#include "ui/dialogs/train_dialog.h"
#include "ui/dialogs/train_words.h"
#include "ui/dialogs/training_data_pane.h"
#include "ui/widgets/focus_ring.h"
#include "ui/widgets/format.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/theme.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace crux::ui {

namespace {

constexpr int kLeftWidth = 500, kRightWidth = 320;
constexpr int kLeastHeight = 6 * metrics::kFormRow;

/// One of the sheet's two columns. Scrolls down only: as wide as its fields need, which come and
/// go. It asks for little height, so that the sheet around it has no scroll bar of its own.
class ColumnArea : public QScrollArea {
public:
    ColumnArea(int leastWidth, QWidget* parent)
        : QScrollArea(parent)
        , m_leastWidth(leastWidth) {
        setWidgetResizable(true);
        setFrameShape(QFrame::NoFrame);
        setFocusPolicy(Qt::NoFocus); // what is in it takes the focus and is scrolled to
        setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        auto* content = new QWidget(this);
        m_column = new QVBoxLayout(content);
        m_column->setContentsMargins(0, 0, 12, 0);
        m_column->setSpacing(4);
        setWidget(content);
        content->setAutoFillBackground(false);
        viewport()->setAutoFillBackground(false);
    }
    QVBoxLayout* column() const { return m_column; }
    QSize minimumSizeHint() const override {
        return {std::max(m_leastWidth, widget()->minimumSizeHint().width() + metrics::kScrollBar),
                kLeastHeight};
    }
    QSize sizeHint() const override { return minimumSizeHint(); }

protected:
    bool event(QEvent* event) override {
        if (event->type() == QEvent::LayoutRequest)
            updateGeometry();
        return QScrollArea::event(event);
    }

private:
    int m_leastWidth;
    QVBoxLayout* m_column;
};

QString nameOf(const std::string& text) {
    return QString::fromStdString(text);
}

bool isText(const ParamDef& def) {
    return def.type == ParamType::Text || def.type == ParamType::TextList ||
           def.type == ParamType::FilePath;
}

/// Fills a combo and keeps what was chosen, else takes `wanted`.
void refill(QComboBox* box, const QList<QPair<QString, QString>>& items, const QString& wanted) {
    const QString before = box->currentData().toString();
    const QSignalBlocker quiet(box);
    box->clear();
    for (const auto& [text, data] : items)
        box->addItem(text, data);
    const int kept = before.isEmpty() ? -1 : box->findData(before);
    box->setCurrentIndex(std::max(0, kept >= 0 ? kept : box->findData(wanted)));
}

} // namespace

void TrainDialog::buildHead() {
    m_method = combo(tr("Method"));
    m_preset = combo(tr("Preset"));
    auto* row = new QWidget(this);
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(8);
    line->addWidget(m_method, 1);
    auto* label = makeLabel(LabelKind::Plain, row, tr("Preset"));
    label->setBuddy(m_preset);
    line->addWidget(label);
    line->addWidget(m_preset, 1);
    addField(tr("Method"), row);
    m_differences = makeLabel(LabelKind::Second, this);
    m_differences->setWordWrap(true);
    m_differences->setTextFormat(Qt::RichText);
    m_differences->setTextInteractionFlags(Qt::TextBrowserInteraction);
    m_differences->setAccessibleName(tr("Differences from the preset"));
    new FocusRing(m_differences); // its links are reached by keyboard
    addField(QString(), m_differences);
    connect(m_differences, &QLabel::linkActivated, this,
            [this](const QString& key) { resetParam(key.toStdString()); });
    connect(m_method, &QComboBox::activated, this, [this] {
        fillPresets();
        fillData();
        applyPreset();
    });
    connect(m_preset, &QComboBox::activated, this, [this] { applyPreset(); });
}

QComboBox* TrainDialog::combo(const QString& name) {
    auto* box = new QComboBox(this);
    box->setAccessibleName(name);
    box->setMinimumContentsLength(12);
    box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    return box;
}

void TrainDialog::buildColumns() {
    auto* both = new QWidget(this);
    auto* line = new QHBoxLayout(both);
    line->setContentsMargins(0, 8, 0, 0);
    line->setSpacing(16);
    auto* left = new ColumnArea(kLeftWidth, both);
    auto* right = new ColumnArea(kRightWidth, both);
    line->addWidget(left, 0);
    line->addWidget(makeRule(both, true));
    line->addWidget(right, 1);
    addWide(both, 1);
    setColumn(left->column());
    buildWhat(left->column());
    buildParams();
    left->column()->addStretch(1);
    setColumn(right->column());
    buildRight(right->column());
    setColumn(nullptr);
}

void TrainDialog::buildWhat(QVBoxLayout*) {
    addHeading(tr("Model"));
    m_model = new ModelChoice(ModelChoice::Offer::Models, tr("Base model"), this);
    m_start = new ModelChoice(ModelChoice::Offer::Adapters, tr("Adapter to go on from"), this);
    addField(tr("Base model"), m_model);
    addField(tr("Goes on from"), m_start, tr("empty: a fresh adapter"));
    m_name = new QLineEdit(this);
    m_name->setPlaceholderText(tr("made from the method"));
    addField(tr("Name"), m_name, tr("of the run and of the adapter it makes"));

    addHeading(tr("Data"));
    m_data = combo(tr("Data"));
    addField(tr("Rows"), m_data);
    m_filter = new QLineEdit(this);
    m_filter->setFont(fonts::fixed());
    m_filter->setPlaceholderText(tr("all, or for example source=sampled"));
    addField(tr("Chosen from"), m_filter,
             tr("by answer frequency as in the paper; “Choose training data…” offers other rules"));
    m_file = new PathField(PathField::Kind::OpenFiles, tr("Training data"), this);
    m_file->setFilter(tr("JSON Lines (*.jsonl *.json);;All files (*)"));
    addField(tr("File"), m_file, tr("TRL's columns: prompt, completion or chosen and rejected"));
    m_scores = combo(tr("Weights of the tokens"));
    addField(tr("Weights"), m_scores);
    m_positive = combo(tr("Positive model"));
    m_negative = combo(tr("Negative model"));
    addField(tr("Positive model"), m_positive);
    addField(tr("Negative model"), m_negative);

    connect(m_model, &ModelChoice::changed, this, [this] {
        m_start->setFacts(m_session.facts(), m_model->model());
        fillScores();
        changed();
    });
    connect(m_start, &ModelChoice::changed, this, &TrainDialog::changed);
    for (QComboBox* box : {m_data, m_scores, m_positive, m_negative})
        connect(box, &QComboBox::activated, this, [this] {
            fillScores();
            changed();
        });
    connect(m_filter, &QLineEdit::textEdited, this, &TrainDialog::changed);
    connect(m_file, &PathField::changed, this, &TrainDialog::changed);
    connect(m_name, &QLineEdit::textEdited, this, &TrainDialog::check);
}

void TrainDialog::buildParams() {
    m_step = combo(tr("Parameters of"));
    addField(tr("Parameters of"), m_step);
    connect(m_step, &QComboBox::activated, this,
            [this] { showStep(m_step->currentData().toString().toStdString()); });
    m_form = new SpecForm("train", this);
    connect(m_form, &SpecForm::edited, this, &TrainDialog::changed);
    const std::vector<ParamDef> table = trainTable();
    for (const ParamGroup& group : trainParamGroups()) {
        auto& shown = m_groups.emplace_back();
        shown.first.push_back(addHeading(group.heading));
        for (const ParamRow& row : group.rows) {
            auto* box = new QWidget(this);
            auto* line = new QHBoxLayout(box);
            line->setContentsMargins(0, 0, 0, 0);
            line->setSpacing(6);
            std::vector<ParamField*> fields;
            for (const std::string& name : row.params) {
                const auto def = std::find_if(table.begin(), table.end(),
                                              [&](const ParamDef& d) { return d.name == name; });
                fields.push_back(addParam(*def, box, row.params.size() == 1));
                if (name != row.params.back())
                    line->addSpacing(8);
            }
            if (!isText(fields.back()->def()))
                line->addStretch(1);
            addField(row.title, box);
            shown.second.insert(shown.second.end(), fields.begin(), fields.end());
            m_rows.emplace_back(box, std::move(fields));
        }
    }
}

/// A field with its word before it, unless it is the row's only one.
ParamField* TrainDialog::addParam(const ParamDef& def, QWidget* row, bool alone) {
    auto* line = static_cast<QHBoxLayout*>(row->layout());
    auto* field = new ParamField(def, trainWords(def.name), row);
    if (!alone && def.type != ParamType::Boolean) {
        auto* word = makeLabel(LabelKind::Second, row, field->words().label);
        word->setBuddy(field);
        word->setObjectName(QStringLiteral("word-") + nameOf(def.name));
        line->addWidget(word);
    }
    line->addWidget(field, isText(def) ? 1 : 0);
    return m_form->add(def.name.c_str(), field, field->words().label, field->words().tip,
                       tr("empty"));
}

void TrainDialog::buildRight(QVBoxLayout* column) {
    m_pane = new TrainingDataPane(m_session, this);
    column->addWidget(m_pane, 1);
    addHeading(tr("Before the start"));
    m_checks = new CheckList(this);
    column->addWidget(m_checks);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    m_offer = new QPushButton(tr("Compute the scores first"), this);
    m_measure = new QPushButton(tr("Measure a few steps"), this);
    m_measure->setToolTip(tr("The worker runs a few steps of this run and stores nothing"));
    for (QPushButton* button : {m_offer, m_measure}) {
        button->setAutoDefault(false);
        buttons->addWidget(button);
    }
    buttons->addStretch(1);
    column->addLayout(buttons);
    connect(m_offer, &QPushButton::clicked, this, &TrainDialog::computeScoresFirst);
    connect(m_measure, &QPushButton::clicked, this, &TrainDialog::measure);
}

// --- filling

void TrainDialog::fillFromFacts() {
    const ProjectFacts& facts = m_session.facts();
    m_model->setFacts(facts);
    m_start->setFacts(facts, m_model->model());
    fillData();
    fillScores();
    check();
}

void TrainDialog::fillMethods() {
    for (const char* method : {"sft", "dpo", "cdpo", "rpo", "simpo", "tdpo"})
        m_method->addItem(methodWord(method), QLatin1String(method));
}

void TrainDialog::fillPresets() {
    QList<QPair<QString, QString>> items;
    for (const std::string& preset : trainPresets())
        items.append({presetWord(preset, method()), nameOf(preset)});
    if (!m_session.uiState(QStringLiteral("train.last.") + nameOf(method())).isEmpty())
        items.append({presetWord("last", method()), QStringLiteral("last")});
    refill(m_preset, items, usesDemo() ? QStringLiteral("small_cpu") : QStringLiteral("paper"));
}

/// Sets that the method can train on, newest first; then what makes rows.
void TrainDialog::fillData() {
    const bool pairs = method() != "sft";
    QList<QPair<QString, QString>> items;
    const auto& sets = m_session.facts().pairSets;
    for (auto set = sets.rbegin(); set != sets.rend(); ++set) {
        if ((set->kind() == "preference") != pairs)
            continue;
        const QString kind = set->kind() == "sft_pos"   ? tr("positive")
                             : set->kind() == "sft_neg" ? tr("negative")
                                                        : tr("pairs");
        items.append(
            {tr("%1: %2, %3 rows").arg(nameOf(set->name), kind, format::integer(set->pairs)),
             QStringLiteral("set:%1").arg(set->id.value)});
    }
    items.append({tr("chosen by the paper's rules, before the run"), QStringLiteral("rules")});
    items.append({tr("a file of TRL's JSON Lines"), QStringLiteral("file")});
    refill(m_data, items, items.front().second);
}

void TrainDialog::fillScores() {
    const ProjectFacts& facts = m_session.facts();
    QList<QPair<QString, QString>> scores;
    if (dataSource() == Data::File) {
        scores.append({tr("those of the file"), QStringLiteral("file")});
    } else {
        if (dataSource() == Data::Set)
            for (auto set = facts.scoreSets.rbegin(); set != facts.scoreSets.rend(); ++set)
                scores.append({tr("scores “%1”").arg(nameOf(set->name)),
                               QStringLiteral("set:%1").arg(set->id.value)});
        scores.append({tr("scores computed before the run"), QStringLiteral("compute")});
    }
    refill(m_scores, scores, scores.front().second);
    for (const auto& [box, role] :
         {std::pair{m_positive, "positive"}, std::pair{m_negative, "negative"}}) {
        QList<QPair<QString, QString>> sides;
        QString there;
        for (auto adapter = facts.adapters.rbegin(); adapter != facts.adapters.rend(); ++adapter) {
            if (m_model->model() && adapter->modelId != m_model->model())
                continue;
            const QString id = QStringLiteral("adapter:%1").arg(adapter->id.value);
            sides.append({nameOf(adapter->name), id});
            if (adapter->role == role && there.isEmpty())
                there = id;
        }
        sides.prepend({role == std::string_view("positive")
                           ? tr("trained first, SFT on the positive data")
                           : tr("trained first, SFT on the negative data"),
                       QStringLiteral("train")});
        refill(box, sides, there.isEmpty() ? QStringLiteral("train") : there);
    }
    QList<QPair<QString, QString>> steps{{tr("this run"), QStringLiteral("run")}};
    if (computesScores() && trainsSide(m_positive))
        steps.append({tr("the positive model's SFT"), QStringLiteral("positive")});
    if (computesScores() && trainsSide(m_negative))
        steps.append({tr("the negative model's SFT"), QStringLiteral("negative")});
    refill(m_step, steps, QStringLiteral("run"));
    const std::string shown = m_step->currentData().toString().toStdString();
    if (shown != m_shown)
        showStep(shown);
}

/// Fields that say nothing about this run are hidden, with headings that have none left.
void TrainDialog::showFields() {
    const bool cdpo = method() == "cdpo", file = dataSource() == Data::File;
    setFieldVisible(m_filter, dataSource() == Data::Rules);
    setFieldVisible(m_file, file);
    setFieldVisible(m_scores, cdpo);
    setFieldVisible(m_positive, computesScores());
    setFieldVisible(m_negative, computesScores());
    setFieldVisible(m_step, m_step->count() > 1);
    const Json now = stepSpec(m_shown);
    const auto used = [&](const ParamField* field) {
        return isTrainParamUsed(field->def().name, now) &&
               !(field->def().name == "role" && m_shown != "run");
    };
    for (const auto& [box, fields] : m_rows) {
        for (ParamField* field : fields) {
            field->setVisible(used(field));
            if (auto* word =
                    box->findChild<QLabel*>(QStringLiteral("word-") + nameOf(field->def().name)))
                word->setVisible(used(field));
        }
        setFieldVisible(box, std::any_of(fields.begin(), fields.end(), used));
    }
    for (const auto& [headings, fields] : m_groups)
        for (QWidget* heading : headings)
            heading->setVisible(std::any_of(fields.begin(), fields.end(), used));
}

} // namespace crux::ui
