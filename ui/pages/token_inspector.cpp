#include "ui/pages/token_inspector.h"

#include "core/store/repositories.h"
#include "ui/model/action_registry.h"
#include "ui/model/search_service.h"
#include "ui/model/session.h"
#include "ui/model/snapshot_loader.h"
#include "ui/model/view_settings.h"
#include "ui/pages/alternatives_delegate.h"
#include "ui/pages/force_bar.h"
#include "ui/pages/token_card.h"
#include "ui/pages/token_compare.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/format.h"
#include "ui/widgets/icons.h"
#include "ui/widgets/labels.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/row_table.h"
#include "ui/widgets/tall_scroll.h"
#include "ui/widgets/theme.h"
#include "ui/widgets/theme_notifier.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>

namespace crux::ui {

namespace {

constexpr int kMostAlternatives = 200;
constexpr int kContextTokens = 8;
constexpr int kLeastTable = metrics::kHeader + 4 * metrics::kRow, kEmptyTable = 160;
constexpr const char* kDemoSettingKey = "demo"; ///< set by the demo builder

/// Live branches of this path at `position`, by their first forced id.
std::vector<std::pair<std::int32_t, int>> branchesAt(const TrajectorySnapshot& snapshot,
                                                     int position) {
    std::vector<std::pair<std::int32_t, int>> counts;
    for (const store::BranchRecord& branch : snapshot.branches) {
        if (branch.deleted || branch.parentId != snapshot.record.id ||
            branch.forkPosition != position || branch.forcedIds.empty())
            continue;
        const auto found = std::find_if(counts.begin(), counts.end(), [&branch](const auto& entry) {
            return entry.first == branch.forcedIds.front();
        });
        if (found == counts.end())
            counts.emplace_back(branch.forcedIds.front(), 1);
        else
            ++found->second;
    }
    return counts;
}

} // namespace

TokenInspector::TokenInspector(Session& session, ForceService& force, SearchService& search,
                               QWidget* parent)
    : QWidget(parent)
    , m_session(session)
    , m_force(force)
    , m_search(search) {
    m_stack = new QStackedWidget(this);
    m_empty = new EmptyState(m_stack);
    auto* content = new QWidget(m_stack);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(new TallScroll(content, m_stack)); // a low dock scrolls
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_stack);

    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    m_top = new QStackedWidget(content);
    m_top->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    m_card = new TokenCard(m_top);
    m_compare = new TokenCompare(m_top);
    m_top->addWidget(m_card);
    m_top->addWidget(m_compare);
    column->addWidget(m_top);
    column->addWidget(makeRule(content));
    buildAlternatives(*column);
    column->addWidget(makeRule(content));
    m_bar = new ForceBar(content);
    column->addWidget(m_bar);

    connect(&session, &Session::currentChanged, this, &TokenInspector::refresh);
    connect(&session, &Session::branchPaneChanged, this, &TokenInspector::refreshTop);
    connect(&session, &Session::cursorChanged, this, &TokenInspector::refresh);
    connect(&session, &Session::projectOpened, this, &TokenInspector::restoreSampling);
    connect(&session, &Session::projectClosed, this, &TokenInspector::refresh);
    connect(&session.view(), &ViewSettings::changed, this, [this] {
        refreshTop();
        m_table->viewport()->update();
    });
    connect(&force, &ForceService::changed, this, &TokenInspector::refreshReason);
    connect(&force, &ForceService::finished, this, [this](BranchId branch) {
        if (std::exchange(m_drawAfterForce, false))
            drawAfterBranch(branch);
    });
    connect(&session, &Session::rolloutsChanged, this, [this] {
        askForShares();
        refreshTop();
    });
    connect(&session, &Session::dataChanged, this, &TokenInspector::askForShares);
    connect(&search, &SearchService::changed, this, &TokenInspector::refreshRolloutsButton);
    connect(m_bar, &ForceBar::forceRollouts, this, &TokenInspector::rolloutsOfSelected);
    connect(&ThemeNotifier::instance(), &ThemeNotifier::themeChanged, this,
            &TokenInspector::refreshTop);
    connect(m_compare, &TokenCompare::backToToken, this, [this] {
        m_picked = false;
        refreshTop();
    });
    connect(m_empty, &EmptyState::triggered, this, &TokenInspector::loadModelRequested);
    connect(m_bar, &ForceBar::forceAndContinue, this, [this] { forceSelected(true); });
    connect(m_bar, &ForceBar::forceOnly, this, [this] { forceSelected(false); });
    connect(m_bar, &ForceBar::previewWanted, this, &TokenInspector::updatePreview);
    connect(m_bar, &ForceBar::forceText, this, [this](const QString& text) {
        if (hasToken() && m_bar->reason().isEmpty())
            m_force.forceText(m_session.cursor(), text, true, m_bar->sampling());
    });
    connect(m_bar, &ForceBar::ban, this, [this](int samples) {
        SamplingParams sampling = m_bar->sampling();
        sampling.samples = samples;
        if (hasToken())
            m_force.banTokens(m_session.cursor(),
                              {originalRow(*m_session.current(), m_session.cursor()).id}, sampling);
    });
    connect(m_bar, &ForceBar::escape, this, [this] {
        if (m_force.running())
            m_force.stop();
        else
            m_table->setFocus();
    });
    connect(m_bar, &ForceBar::samplingChanged, this, [this] {
        m_model->setSampling(m_bar->sampling());
        saveSampling();
    });
    m_model->setSampling(m_bar->sampling());
    if (session.isOpen())
        restoreSampling();
    refresh();
}

void TokenInspector::buildAlternatives(QVBoxLayout& column) {
    auto* head = new QHBoxLayout;
    head->setContentsMargins(8, 4, 4, 4);
    head->setSpacing(4);
    m_tableTitle = makeLabel(LabelKind::Demi, this);
    m_tableSub = makeLabel(LabelKind::Second, this);
    m_tableSub->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_count = new QComboBox(this);
    m_count->setAccessibleName(tr("How many alternatives"));
    for (const int count : {20, 50, 100, kMostAlternatives})
        m_count->addItem(tr("top %1").arg(count), count);
    m_more = new QPushButton(tr("More…"), this);
    head->addWidget(m_tableTitle);
    head->addSpacing(4);
    head->addWidget(m_tableSub, 1);
    head->addWidget(m_count);
    head->addWidget(m_more);
    column.addLayout(head);

    m_model = new AlternativesModel(this);
    m_table = new QTableView(this);
    m_table->setModel(m_model);
    m_table->setItemDelegate(new AlternativesDelegate(m_session.view(), m_table));
    showRows(*m_table);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->verticalHeader()->setMinimumSectionSize(metrics::kRow);
    m_table->setAccessibleName(tr("Alternatives"));
    QHeaderView* header = m_table->horizontalHeader();
    header->setHighlightSections(false);
    header->setMinimumSectionSize(24);
    header->setFixedHeight(metrics::kHeader);
    const std::array<int, AlternativesModel::ColumnCount> widths{20, 96, 48, 50, 50,
                                                                 50, 76, 84, 24};
    for (int section = 0; section < AlternativesModel::ColumnCount; ++section)
        header->resizeSection(section, widths[static_cast<std::size_t>(section)]);
    header->setSectionResizeMode(AlternativesModel::Token, QHeaderView::Stretch);
    m_tableEmpty = new EmptyState(this);
    m_tableStack = new QStackedWidget(this);
    m_tableStack->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Ignored);
    m_tableStack->addWidget(m_table);
    m_tableStack->addWidget(m_tableEmpty);
    column.addWidget(makeRule(this));
    column.addWidget(m_tableStack, 1);

    // Without rollouts their column would only take the tokens' room.
    const auto fitColumns = [this] {
        bool any = false;
        for (int row = 0; row < m_model->rowCount() && !any; ++row)
            any = m_model->index(row, AlternativesModel::Rollouts)
                      .data()
                      .toString()
                      .contains(QLatin1Char('/'));
        m_table->setColumnHidden(AlternativesModel::Rollouts, !any);
    };
    connect(m_model, &QAbstractItemModel::modelReset, this, fitColumns);
    connect(m_model, &QAbstractItemModel::dataChanged, this, fitColumns);
    connect(m_count, &QComboBox::activated, this,
            [this] { askForMore(m_count->currentData().toInt()); });
    connect(m_more, &QPushButton::clicked, this, [this] { askForMore(kMostAlternatives); });
    connect(m_tableEmpty, &EmptyState::triggered, this,
            [this] { askForMore(m_count->currentData().toInt()); });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this] {
        if (!m_restoring)
            m_picked = true;
        refreshTop();
        refreshReason();
    });
    connect(m_table, &QTableView::clicked, this, [this] {
        m_picked = true;
        refreshTop();
    });
}

void TokenInspector::registerActions(ActionRegistry& registry) {
    const QString menu = tr("Token");
    const auto add = [&](const char* id, const QString& text, const QStringList& keys,
                         std::function<void()> run) {
        ActionRegistry::Spec spec;
        spec.id = QLatin1String(id);
        spec.menu = menu;
        spec.text = text;
        spec.scope = ActionScope::Alternatives;
        spec.keys = keys;
        spec.run = std::move(run);
        m_table->addAction(registry.add(std::move(spec)));
    };
    for (int key = 1; key <= 9; ++key)
        add(qPrintable(QStringLiteral("inspector.pick%1").arg(key)),
            tr("Pick alternative %1").arg(key), {QString::number(key)},
            [this, key] { pickRow(m_model->rowOfKey(key)); });
    add("inspector.forceContinue", tr("Force token and continue"),
        {QStringLiteral("Return"), QStringLiteral("Enter")}, [this] { forceSelected(true); });
    add("inspector.forceOnly", tr("Force token only"),
        {QStringLiteral("Shift+Return"), QStringLiteral("Shift+Enter")},
        [this] { forceSelected(false); });
    add("inspector.forceRollouts", tr("Rollouts after the token"),
        {QStringLiteral("Ctrl+Return"), QStringLiteral("Ctrl+Enter")},
        [this] { rolloutsOfSelected(); });
    add("inspector.typedText", tr("Force typed text"), {QStringLiteral("T")},
        [this] { m_bar->focusTypedText(); });
    add("inspector.stop", tr("Stop generation"), {QStringLiteral("Esc")}, [this] { stopOrBack(); });
}

void TokenInspector::stopOrBack() {
    if (m_force.running()) {
        m_force.stop();
        return;
    }
    m_picked = false;
    refreshTop();
}

bool TokenInspector::hasToken() const {
    const SnapshotPtr snapshot = m_session.current();
    return snapshot && m_session.cursor() >= 0 &&
           static_cast<std::size_t>(m_session.cursor()) < snapshot->tokens.size();
}

QString TokenInspector::textBefore(int position) const {
    QString text;
    const SnapshotPtr snapshot = m_session.current();
    for (int i = std::max(0, position - kContextTokens); i < position; ++i)
        text += snapshot->tokens[static_cast<std::size_t>(i)].text;
    return text;
}

void TokenInspector::refresh() {
    if (!hasToken()) {
        m_shownKey = {0, -1};
        m_model->clear();
        if (!m_session.isOpen())
            m_empty->setTexts(tr("No token is selected"),
                              tr("Open a project to look at its tokens."));
        else if (!m_session.current())
            m_empty->setTexts(tr("No token is selected"),
                              tr("Choose a trajectory, then a token in its heat map."));
        else
            m_empty->setTexts(
                tr("No token is selected"),
                tr("Click a token in the heat map, or press N for the next candidate."));
        m_stack->setCurrentWidget(m_empty);
        return;
    }
    m_stack->setCurrentIndex(1);
    loadVocabulary();
    const std::pair<std::int64_t, int> key{m_session.current()->record.id.value,
                                           m_session.cursor()};
    if (key != m_shownKey) {
        m_picked = false;
        m_askState.clear();
        m_shownKey = key;
    }
    m_bar->setContext(textBefore(m_session.cursor()),
                      originalRow(*m_session.current(), m_session.cursor()).text);
    refreshRows();
    refreshTop();
    refreshReason();
}

void TokenInspector::loadVocabulary() {
    const std::string hash = m_session.current()->record.tokenizerHash;
    if (hash.empty() || hash == m_vocabularyHash)
        return;
    m_vocabularyHash = hash;
    m_vocabulary.reset();
    m_session.read<store::VocabularyRecord>(
        this, [hash](const store::Project& project) { return store::vocabulary(project, hash); },
        [this, hash](Result<store::VocabularyRecord> result) {
            if (hash != m_vocabularyHash || !result.ok())
                return; // ids stand in for the pieces
            m_vocabulary =
                std::make_shared<const store::VocabularyRecord>(std::move(result).value());
            if (hasToken())
                refresh();
        });
}

void TokenInspector::refreshRows() {
    const SnapshotPtr snapshot = m_session.current();
    const int position = m_session.cursor();
    const int keep = selectedRow() >= 0 && m_picked ? m_model->row(selectedRow()).id : -1;
    std::vector<AlternativeRow> rows = storedAlternatives(*snapshot, position, m_vocabulary);
    const int stored = static_cast<int>(rows.size());
    const bool asked = m_askedKey == m_shownKey && static_cast<int>(m_asked.size()) > stored;
    if (asked)
        rows = m_asked;
    const int wanted = m_count->currentData().toInt();
    if (static_cast<int>(rows.size()) > wanted)
        rows.resize(static_cast<std::size_t>(wanted));
    const bool none = rows.empty();
    m_restoring = true;
    m_model->setRows(std::move(rows), originalRow(*snapshot, position),
                     branchesAt(*snapshot, position));
    int row = keep >= 0 ? m_model->rowOfId(keep) : -1;
    if (row < 0)
        row = m_model->firstOther();
    if (row >= 0)
        m_table->setCurrentIndex(m_model->index(row, 0));
    m_restoring = false;
    askForShares();

    m_tableTitle->setText(tr("Alternatives at %1").arg(positionText(*snapshot, position)));
    QString sub = asked ? tr("%1 from the model").arg(m_asked.size()) : tr("%1 stored").arg(stored);
    if (!m_askState.isEmpty())
        sub = m_askState;
    m_tableSub->setText(sub);
    m_tableSub->setToolTip(sub);
    const bool unscored = none && !asked;
    m_tableStack->setCurrentIndex(unscored ? 1 : 0);
    m_tableStack->setMinimumHeight(unscored ? kEmptyTable : kLeastTable);
    if (unscored) {
        m_tableEmpty->setTexts(tr("No alternatives are stored here"),
                               tr("They come with the scores, or now from a model in memory."));
        m_tableEmpty->setAction(tr("Ask the model"));
        m_tableEmpty->setReason(m_force.unavailableReason());
        m_tableEmpty->setHint(m_askState);
    }
}

void TokenInspector::refreshTop() {
    if (!hasToken())
        return;
    const SnapshotPtr snapshot = m_session.current();
    const int position = m_session.cursor();
    const AlternativeRow original = originalRow(*snapshot, position);
    const bool candidate = std::find(snapshot->candidates.begin(), snapshot->candidates.end(),
                                     position) != snapshot->candidates.end();
    const int row = selectedRow();
    std::optional<AlternativeRow> other;
    bool forced = false;
    if (m_picked && row >= 0 && !m_model->isOriginal(row)) {
        other = m_model->row(row);
    } else if (const SnapshotPtr branch = m_session.branchPane();
               !m_picked && branch && sharedPrefix(*snapshot, *branch) == position &&
               position < static_cast<int>(branch->tokens.size())) {
        other = originalRow(*branch, position);
        const int listed = m_model->rowOfId(other->id);
        if (listed >= 0)
            other = m_model->row(listed);
        forced = branch->forkPosition == position;
    }
    if (other && other->id == original.id)
        other.reset();
    if (other) {
        const QString place = tr("Position %1, step %2")
                                  .arg(positionText(*snapshot, position))
                                  .arg(snapshot->tokens[static_cast<std::size_t>(position)].step);
        m_compare->setPair(place, original, *other, forced, candidate, scoreSetText(*snapshot));
        m_top->setCurrentWidget(m_compare);
    } else {
        m_card->setToken(*snapshot, position, m_session.view(), m_vocabulary);
        m_top->setCurrentWidget(m_card);
    }
    m_top->setFixedHeight(m_top->currentWidget()->sizeHint().height());
}

void TokenInspector::refreshReason() {
    if (!hasToken()) {
        m_bar->setReason(tr("No token is selected."));
        return;
    }
    QString reason = m_force.unavailableReason();
    if (m_session.readOnly())
        reason = tr("The project is open read-only: a branch could not be stored.");
    else if (m_session.cursor() < m_session.current()->record.promptTokens)
        reason = tr("This token belongs to the prompt. Move the cursor into the response to force "
                    "another.");
    m_bar->setReason(reason);
    const int row = selectedRow();
    m_bar->setTokenReason(
        row >= 0 && m_model->isOriginal(row)
            ? tr("The selected token is the original one. Choose another to force it.")
        : row < 0 ? tr("No alternative is selected. Type a text, or ask the model.")
                  : QString());
    m_more->setEnabled(m_force.unavailableReason().isEmpty());
    m_more->setToolTip(m_more->isEnabled()
                           ? tr("Up to 200 alternatives, computed by the model in memory")
                           : m_force.unavailableReason());
}

int TokenInspector::selectedRow() const {
    const QModelIndex index = m_table->currentIndex();
    return index.isValid() && index.row() < m_model->rowCount() ? index.row() : -1;
}

void TokenInspector::pickRow(int row) {
    if (row < 0 || row >= m_model->rowCount())
        return;
    m_picked = true;
    m_table->setCurrentIndex(m_model->index(row, 0));
    refreshTop();
    refreshReason();
}

bool TokenInspector::comparing() const {
    return m_top->currentWidget() == m_compare;
}

QString TokenInspector::emptyTitle() const {
    return m_stack->currentWidget() == m_empty ? m_empty->title() : QString();
}

void TokenInspector::focusAlternatives() {
    if (hasToken() && m_tableStack->currentIndex() == 0)
        m_table->setFocus(Qt::ShortcutFocusReason);
}

void TokenInspector::askForMore(int topK) {
    if (!hasToken())
        return;
    m_count->setCurrentIndex(std::max(0, m_count->findData(topK)));
    const int stored = static_cast<int>(
        storedAlternatives(*m_session.current(), m_session.cursor(), m_vocabulary).size());
    const bool have = m_askedKey == m_shownKey && static_cast<int>(m_asked.size()) >= topK;
    if (topK <= stored || have) {
        refreshRows();
        return;
    }
    if (!m_force.unavailableReason().isEmpty()) {
        m_askState = m_force.unavailableReason();
        refreshRows();
        return;
    }
    m_askState = tr("asking the model…");
    refreshRows();
    const std::pair<std::int64_t, int> key = m_shownKey;
    m_force.alternatives(m_session.cursor(), topK, this,
                         [this, key](Result<std::vector<AlternativeRow>> result) {
                             if (key != m_shownKey)
                                 return; // the cursor went on
                             if (result.ok()) {
                                 m_asked = std::move(result).value();
                                 m_askedKey = key;
                                 m_askState.clear();
                             } else {
                                 m_askState = QString::fromStdString(result.error().message);
                             }
                             refreshRows();
                             refreshReason();
                         });
}

void TokenInspector::forceSelected(bool continueAfter) {
    const int row = selectedRow();
    if (!hasToken() || row < 0 || !m_bar->reason().isEmpty())
        return;
    m_force.forceTokens(m_session.cursor(), {m_model->row(row).id}, continueAfter,
                        m_bar->sampling());
}

void TokenInspector::updatePreview(const QString& text) {
    m_force.tokenise(text, this, [this, text](Result<TokenisedText> result) {
        if (text != m_bar->typedText())
            return; // typed on
        if (result.ok())
            m_bar->setPreview(std::move(result).value());
        else
            m_bar->setPreview(std::nullopt, QString::fromStdString(result.error().message));
    });
}

void TokenInspector::saveSampling() {
    if (m_restoring || !m_session.isOpen() || m_session.readOnly())
        return;
    const Json state{{"preset", m_bar->presetName().toStdString()},
                     {"sampling", toJson(m_bar->sampling())}};
    m_session.setUiState(QLatin1String(kSamplingStateKey), QString::fromStdString(dumpJson(state)));
}

void TokenInspector::restoreSampling() {
    const std::string stored = m_session.uiState(QLatin1String(kSamplingStateKey)).toStdString();
    if (stored.empty())
        chooseFirstSampling();
    const Result<Json> state = parseJson(stored); // a broken state keeps the defaults
    if (state.ok() && state->is_object()) {
        const Result<SamplingParams> params =
            samplingFromJson(state->value("sampling", Json::object()));
        const auto preset = state->find("preset");
        if (params.ok()) {
            m_restoring = true;
            m_bar->setSampling(*params, preset != state->end() && preset->is_string()
                                            ? QString::fromStdString(preset->get<std::string>())
                                            : QString());
            m_restoring = false;
        }
    }
    refresh();
}

void TokenInspector::chooseFirstSampling() {
    // The demo's answers end with a line end, which only its own presets stop at.
    m_session.read<std::string>(
        this,
        [](const store::Project& project) { return store::setting(project, kDemoSettingKey); },
        [this](Result<std::string> demo) {
            m_restoring = true;
            m_bar->choosePreset(demo.ok() && !demo->empty() ? QStringLiteral("demo greedy")
                                                            : QStringLiteral("paper sampling"));
            m_restoring = false;
        });
}

} // namespace crux::ui
