#include "ui/model/live_branch.h"

#include "ui/model/snapshot_loader.h"

#include <algorithm>
#include <limits>

namespace crux::ui {

namespace {

template <typename T>
void cut(std::vector<T>& values, std::size_t count, std::size_t total, T none) {
    if (values.empty())
        return;
    values.resize(std::min(values.size(), count));
    values.resize(total, none);
}

} // namespace

LiveBranch::LiveBranch(SnapshotPtr parent, int position)
    : m_parent(std::move(parent))
    , m_position(position) {}

void LiveBranch::setForced(const std::vector<std::int32_t>& ids, const QStringList& texts) {
    m_forcedIds = ids;
    m_forcedTexts = texts;
}

void LiveBranch::append(const std::vector<std::int32_t>& ids, const QStringList& texts) {
    // The worker sends the forced tokens first; they are shown from the moment they are chosen.
    std::size_t skip = 0;
    if (!m_started && !m_forcedIds.empty() && ids.size() >= m_forcedIds.size() &&
        std::equal(m_forcedIds.begin(), m_forcedIds.end(), ids.begin())) {
        skip = m_forcedIds.size();
        m_forcedTexts = texts.mid(0, static_cast<qsizetype>(skip));
    }
    m_started = m_started || !ids.empty();
    m_ids.insert(m_ids.end(), ids.begin() + static_cast<std::ptrdiff_t>(skip), ids.end());
    m_texts += texts.mid(static_cast<qsizetype>(skip));
    while (m_texts.size() < static_cast<qsizetype>(m_ids.size()))
        m_texts += QString();
}

SnapshotPtr LiveBranch::snapshot() const {
    auto live = std::make_shared<TrajectorySnapshot>();
    const auto prefix = static_cast<std::size_t>(m_position);
    live->record = m_parent->record;
    auto& record = live->record;
    record.id = m_trajectory;
    record.source = Source::Forced;
    record.verdict = Verdict::Ungraded;
    record.verdictReason.clear();
    record.extracted.clear();
    record.extractedBegin = record.extractedEnd = -1;
    record.answerSpans.clear();
    record.slip = -1;
    live->question = m_parent->question;
    live->datasetName = m_parent->datasetName;
    live->scoreSet = m_parent->scoreSet;
    live->threshold = m_parent->threshold;

    live->tokens.assign(m_parent->tokens.begin(),
                        m_parent->tokens.begin() + static_cast<std::ptrdiff_t>(prefix));
    record.ids.resize(std::min(record.ids.size(), prefix));
    record.offsets.resize(std::min(record.offsets.size(), 2 * prefix));
    std::int32_t bytes = prefix > 0 ? live->tokens.back().byteEnd : 0;
    const auto push = [&](std::int32_t id, const QString& text) {
        TokenCell cell;
        cell.id = id;
        cell.text = text;
        cell.byteBegin = bytes;
        bytes += static_cast<std::int32_t>(text.toUtf8().size());
        cell.byteEnd = bytes;
        live->tokens.push_back(std::move(cell));
        record.ids.push_back(id);
        record.offsets.push_back(live->tokens.back().byteBegin);
        record.offsets.push_back(bytes);
    };
    for (std::size_t i = 0; i < m_forcedIds.size(); ++i) {
        live->forcedPositions.push_back(static_cast<std::int32_t>(live->tokens.size()));
        push(m_forcedIds[i], m_forcedTexts.value(static_cast<qsizetype>(i)));
    }
    for (std::size_t i = 0; i < m_ids.size(); ++i)
        push(m_ids[i], m_texts.value(static_cast<qsizetype>(i)));
    live->steps = splitSteps(live->tokens, record.promptTokens);
    live->forkPosition = m_position;

    // Tokens without a score yet are NaN, which every view draws hatched.
    live->scores = m_parent->scores;
    const std::size_t total = live->tokens.size();
    const float none = std::numeric_limits<float>::quiet_NaN();
    auto& s = live->scores;
    for (auto* values : {&s.s, &s.pPositive, &s.pNegative, &s.logpPolicy, &s.entropyPositive,
                         &s.entropyNegative, &s.entropyPolicy})
        cut(*values, prefix, total, none);
    for (auto* values : {&s.rankPositive, &s.rankNegative, &s.rankPolicy})
        cut(*values, prefix, total, std::int32_t{-1});
    return live;
}

} // namespace crux::ui
