// Head lines of the panes: the words of HeatMapView.
#include "core/store/corpus.h"
#include "ui/model/snapshot_loader.h"
#include "ui/model/text_format.h"
#include "ui/pages/heat_map_pair_key.h"
#include "ui/pages/heat_map_view.h"
#include "ui/widgets/format.h"
#include "ui/widgets/heat_map_pane.h"
#include "ui/widgets/marks.h"
#include "ui/widgets/question_header.h"

namespace crux::ui {
namespace {

/// Number of a branch in its tree, counted in the order they were made; 0: none.
int branchNumber(const TrajectorySnapshot& snapshot, TrajectoryId child) {
    int number = 0;
    for (const auto& branch : snapshot.branches) {
        ++number;
        if (branch.childId == child)
            return number;
    }
    return 0;
}

QString tokensText(const TrajectorySnapshot& s, int from) {
    const int count = static_cast<int>(s.tokens.size()) - from;
    return count == 1 ? HeatMapView::tr("1 token")
                      : HeatMapView::tr("%1 tokens").arg(format::integer(std::max(0, count)));
}

QString tokenText(const TrajectorySnapshot& s, int position) {
    return position >= 0 && position < static_cast<int>(s.tokens.size())
               ? format::visibleBlanks(s.tokens[static_cast<std::size_t>(position)].text)
               : QString();
}

QString answerText(const TrajectorySnapshot& s) {
    const QString word = marks::verdictWord(s.record);
    return s.record.extracted.empty()
               ? word
               : text_format::extractedText(s.record.verdict, s.record.extracted) +
                     QStringLiteral(", ") + word;
}

} // namespace

void HeatMapView::updateHeads() {
    const SnapshotPtr below = m_session.branchPane();
    if (!m_shown || !below)
        return;
    const bool live = m_session.paneIsLive();
    const int number = branchNumber(*m_shown, m_shown->record.id);
    const auto title = [](int branch) {
        return branch == 0 ? tr("main path") : tr("branch %1").arg(branch);
    };
    PaneHead upper;
    upper.verdict = m_shown->record.verdict;
    upper.source = m_shown->record.source;
    upper.mainPath = number == 0;
    upper.title = title(number);
    upper.lead = answerText(*m_shown);
    upper.facts = tokensText(*m_shown, m_shown->record.promptTokens);
    m_pane->setHead(upper);

    const int fork = sharedPrefix(*m_shown, *below);
    PaneHead lower;
    lower.verdict = below->record.verdict;
    lower.source = below->record.source;
    lower.running = live;
    const int own = branchNumber(*below, below->record.id);
    lower.title = own > 0 ? title(own) : tr("new branch");
    const QString from = tokenText(*m_shown, fork), to = tokenText(*below, fork);
    if (!from.isEmpty() && !to.isEmpty())
        lower.lead =
            (m_session.diffShown() ? tr("%2 against %1 at %3") : tr("%1 replaced by %2 at %3"))
                .arg(from, to)
                .arg(fork - m_shown->record.promptTokens + 1);
    if (!live)
        lower.lead +=
            (lower.lead.isEmpty() ? QString() : QStringLiteral(" · ")) + answerText(*below);
    lower.facts = tokensText(*below, m_session.diffShown() ? below->record.promptTokens : fork);
    // Speed as measured between the first and the last streamed snapshot.
    const int tokens = static_cast<int>(below->tokens.size());
    if (live && (!m_streamClock.isValid() || tokens < m_streamTokens)) {
        m_streamClock.start();
        m_streamTokens = tokens;
        m_tokensPerSecond = 0;
    } else if (live && m_streamClock.elapsed() > 200 && tokens > m_streamTokens) {
        m_tokensPerSecond =
            1000.0 * (tokens - m_streamTokens) / static_cast<double>(m_streamClock.elapsed());
    }
    if (!live)
        m_streamClock.invalidate();
    else if (m_tokensPerSecond > 0)
        lower.facts +=
            QStringLiteral(" · ") + tr("%1 tokens/s").arg(format::number(m_tokensPerSecond, 0));
    m_branch->setHead(lower);
}

void HeatMapView::updatePairKey() {
    const HeatDataPtr lower = m_branch->text()->data();
    if (!lower)
        return;
    const int shared = lower->relation().sharedTokens - lower->promptTokens();
    const bool alike = lower->relation().sharedTokens ==
                       std::max(lower->count(), static_cast<int>(m_shown->tokens.size()));
    bool unscored = lower->relation().streaming;
    for (int t = lower->relation().sharedTokens; t < lower->count() && !unscored; ++t)
        unscored = !lower->scored(t);
    m_pairKey->setFacts(std::max(0, shared), alike ? 0 : shared + 1, unscored);
}

void HeatMapView::readAgreement() {
    const SnapshotPtr current = m_session.current();
    if (!current || !m_session.isOpen() || m_session.paneIsLive())
        return;
    const TrajectoryId id = current->record.id;
    store::AgreementQuery query;
    query.scoreSet = m_session.scoreSet();
    using Row = std::optional<store::AgreementRow>;
    m_session.read<Row>(
        this,
        [id, query](const store::Project& project) {
            return store::trajectoryAgreement(project, id, query);
        },
        [this, id](const Result<Row>& row) {
            const SnapshotPtr now = m_session.current();
            if (now && now->record.id == id)
                m_header->setAgreement(row.ok() && *row ? std::optional((*row)->numbers)
                                                        : std::nullopt);
        });
}

} // namespace crux::ui
