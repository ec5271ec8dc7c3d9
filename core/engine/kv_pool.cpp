#include "core/engine/kv_pool.h"

#include "core/base/check.h"
#include "core/engine/decode_backend.h"
#include "core/engine/row_kernels.h"

#include <algorithm>
#include <limits>

namespace crux::engine {

KvPool::KvPool(DecodeBackend& backend, std::int64_t limitBytes)
    : m_backend(backend) {
    setLimit(limitBytes);
}

void KvPool::setLimit(std::int64_t bytes) {
    const std::int64_t blocks = bytes / std::max<std::int64_t>(1, m_backend.blockBytes());
    m_limit = static_cast<std::int32_t>(
        std::clamp<std::int64_t>(blocks, 1, std::numeric_limits<std::int32_t>::max()));
}

std::int32_t KvPool::acquire() {
    if (m_held >= m_limit)
        return -1;
    if (m_free.empty()) {
        const auto next = static_cast<std::int32_t>(m_counts.size());
        if (!m_backend.growTo(next + 1)) {
            m_limit = std::max<std::int32_t>(1, m_held); // as if it had been the limit
            return -1;
        }
        m_counts.push_back(0);
        m_free.push_back(next);
    }
    const std::int32_t block = m_free.back();
    m_free.pop_back();
    m_counts[static_cast<std::size_t>(block)] = 1;
    ++m_held;
    return block;
}

void KvPool::retain(std::int32_t block) {
    ++m_counts[static_cast<std::size_t>(block)];
}

void KvPool::release(std::int32_t block) {
    std::int32_t& count = m_counts[static_cast<std::size_t>(block)];
    CRUX_CHECK(count > 0);
    if (--count == 0) {
        m_free.push_back(block);
        --m_held;
    }
}

PrefixCache::PrefixCache(KvPool& pool, std::int32_t limitBlocks)
    : m_pool(pool)
    , m_limit(limitBlocks) {}

PrefixCache::~PrefixCache() {
    for (auto& [adapter, node] : m_roots)
        releaseAll(*node);
}

void PrefixCache::releaseAll(Node& node) {
    for (auto& child : node.children)
        releaseAll(*child);
    if (node.block >= 0)
        m_pool.release(node.block);
}

PrefixCache::Node& PrefixCache::root(int adapter) {
    auto& node = m_roots[adapter];
    if (!node)
        node = std::make_unique<Node>();
    return *node;
}

KvSequence PrefixCache::match(int adapter, std::span<const std::int32_t> ids) {
    KvSequence found;
    Node* node = &root(adapter);
    ++m_clock;
    for (;;) {
        const auto rest = ids.subspan(static_cast<std::size_t>(found.length));
        Node* best = nullptr;
        std::ptrdiff_t bestCommon = 0;
        for (const auto& child : node->children) {
            const auto [end, _] =
                std::mismatch(child->ids.begin(), child->ids.end(), rest.begin(), rest.end());
            if (end - child->ids.begin() > bestCommon) {
                best = child.get();
                bestCommon = end - child->ids.begin();
            }
        }
        if (!best)
            return found;
        best->lastUsed = m_clock;
        m_pool.retain(best->block);
        found.blocks.push_back(best->block);
        found.length += bestCommon;
        if (bestCommon < kKvBlockTokens)
            return found;
        node = best;
    }
}

void PrefixCache::insert(int adapter, std::span<const std::int32_t> ids,
                         const KvSequence& sequence) {
    Node* node = &root(adapter);
    ++m_clock;
    ids = ids.first(static_cast<std::size_t>(sequence.length));
    for (std::size_t i = 0; i * kKvBlockTokens < ids.size(); ++i) {
        const auto begin = i * kKvBlockTokens;
        const auto part =
            ids.subspan(begin, std::min<std::size_t>(kKvBlockTokens, ids.size() - begin));
        Node* next = nullptr;
        for (const auto& child : node->children) {
            const auto common = std::min(child->ids.size(), part.size());
            if (!std::equal(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(common),
                            child->ids.begin()))
                continue;
            next = child.get();
            if (child->ids.size() < part.size()) { // ours holds more of the same
                m_pool.retain(sequence.blocks[i]);
                m_pool.release(child->block);
                child->block = sequence.blocks[i];
                child->ids.assign(part.begin(), part.end());
            }
            break;
        }
        if (!next) {
            auto made = std::make_unique<Node>();
            made->ids.assign(part.begin(), part.end());
            made->block = sequence.blocks[i];
            made->parent = node;
            m_pool.retain(made->block);
            ++m_size;
            next = made.get();
            node->children.push_back(std::move(made));
        }
        next->lastUsed = m_clock;
        node = next;
    }
    while (m_size > m_limit && evictOne()) {
    }
}

void PrefixCache::findOldestLeaf(Node& node, Node*& oldest) const {
    for (auto& child : node.children)
        findOldestLeaf(*child, oldest);
    const bool evictable = node.children.empty() && node.block >= 0 && !m_pool.shared(node.block);
    if (evictable && (!oldest || node.lastUsed < oldest->lastUsed))
        oldest = &node;
}

bool PrefixCache::evictOne() {
    Node* oldest = nullptr;
    for (auto& [adapter, node] : m_roots)
        findOldestLeaf(*node, oldest);
    if (!oldest)
        return false;
    m_pool.release(oldest->block);
    --m_size;
    auto& siblings = oldest->parent->children;
    std::erase_if(siblings, [oldest](const auto& child) { return child.get() == oldest; });
    return true;
}

} // namespace crux::engine
