// Pictures of the Corpus dock and of the views of the Branches dock.
#include "app/crux/screenshots.h"
#include "ui/main_window.h"
#include "ui/model/corpus_model.h"
#include "ui/model/trajectory_table_model.h"
#include "ui/pages/branches_dock.h"
#include "ui/pages/corpus_dock.h"
#include "ui/pages/filter_bar.h"
#include "ui/pages/trajectories_dock.h"

#include <QDockWidget>
#include <QLineEdit>
#include <QTableView>
#include <QToolButton>

namespace crux::ui {

namespace {
constexpr int kCountMs = 20'000;
} // namespace

void ScreenshotWalk::walkCorpus() {
    CorpusDock& corpus = m_window.corpus();
    FilterBar& filter = m_window.trajectories().filter();
    const auto counted = [&] {
        waitFor([&] { return !corpus.model().counting(); }, kCountMs);
        settle();
        waitFor([&] { return !corpus.model().counting(); }, kCountMs);
    };
    filter.reset();
    m_window.resetLayout();
    m_window.raiseDock(QStringLiteral("corpus"));
    counted();
    if (!corpus.emptyTitle().isEmpty())
        fail(QStringLiteral("the corpus view: ") + corpus.emptyTitle());
    shoot(QStringLiteral("corpus"));
    // A bar and a token chosen: both stand in the filter and are marked.
    if (const QModelIndex first = corpus.tokenTable()->model()->index(0, 0); first.isValid())
        filter.toggleTerm(first.data(TermRole).toString());
    counted();
    shoot(QStringLiteral("corpus-filtered"));
    filter.reset();
    CorpusChoice choice = corpus.model().choice();
    const CorpusChoice before = choice;
    choice.tokens = store::CorpusTokens::Critical;
    corpus.model().setChoice(choice);
    counted();
    shootWidget(m_window.dock(QStringLiteral("corpus")), QStringLiteral("dock-corpus-critical"));
    choice.truth = store::Truth::Slips;
    corpus.model().setChoice(choice);
    counted();
    for (auto* button : corpus.findChildren<QToolButton*>())
        if (button->isCheckable() &&
            button->accessibleName() == CorpusDock::tr("Show the histograms as a table"))
            button->setChecked(true);
    shootWidget(m_window.dock(QStringLiteral("corpus")), QStringLiteral("dock-corpus-table"));
    for (auto* button : corpus.findChildren<QToolButton*>())
        if (button->accessibleName() == CorpusDock::tr("Show the histograms as a table"))
            button->setChecked(false);
    corpus.model().setChoice(before);
    m_window.raiseDock(QStringLiteral("trajectories"));
    filter.field()->setText(QStringLiteral("verdict=wrong and crit.tok"));
    filter.field()->setFocus();
    filter.complete();
    shoot(QStringLiteral("filter-typing"));
    filter.reset();
}

void ScreenshotWalk::walkBranchViews() {
    m_window.raiseDock(QStringLiteral("branches"));
    BranchesDock& branches = m_window.branches();
    const std::pair<BranchesDock::View, const char*> views[] = {
        {BranchesDock::View::Graph, "graph"},
        {BranchesDock::View::NextToken, "next-token"},
        {BranchesDock::View::Forks, "forks"}};
    for (const auto& [view, name] : views) {
        branches.setView(view);
        settle();
        if (view == BranchesDock::View::NextToken)
            waitFor([&] { return !branches.nextTokens().icicle().tree().first.empty(); }, kCountMs);
        shootWidget(m_window.dock(QStringLiteral("branches")),
                    QStringLiteral("dock-branches-") + QLatin1String(name));
    }
    branches.setView(BranchesDock::View::Outline);
}

} // namespace crux::ui
