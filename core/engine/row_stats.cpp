#include "core/engine/row_stats.h"

#include "core/engine/fused_ops.h"

#include <algorithm>

namespace crux::engine {

void RunningSoftmax::add(const float* logits, std::int64_t size, bool entropy) {
    const float most = fused::maximum(logits, size);
    if (most > shift) {
        if (sum > 0) {
            const double lowered = static_cast<double>(shift) - static_cast<double>(most);
            const double factor = std::exp(lowered);
            weighted = factor * (weighted + lowered * sum);
            sum *= factor;
        }
        shift = most;
    }
    if (entropy) {
        float moment = 0;
        sum += static_cast<double>(fused::sumExpWeighted(logits, size, shift, moment));
        weighted += static_cast<double>(moment);
    } else {
        sum += static_cast<double>(fused::sumExp(logits, size, shift));
    }
}

namespace {

bool better(const TopEntry& a, const TopEntry& b) {
    return a.key > b.key || (a.key == b.key && a.id < b.id);
}

} // namespace

void TopList::add(const TopEntry& entry) {
    if (m_entries.size() == m_k) {
        std::pop_heap(m_entries.begin(), m_entries.end(), better);
        m_entries.back() = entry;
    } else {
        m_entries.push_back(entry);
    }
    std::push_heap(m_entries.begin(), m_entries.end(), better);
    m_worst = m_entries.front().key;
}

std::vector<TopEntry> TopList::sorted() const {
    std::vector<TopEntry> all = m_entries;
    std::sort(all.begin(), all.end(), better);
    return all;
}

} // namespace crux::engine
