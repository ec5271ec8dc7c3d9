// Who holds which KV block, and which prefixes are known. Numbers only; the memory is the
// backend's.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

namespace crux::engine {

class DecodeBackend;

/// Reference counts of KV blocks under a limit. Owner: one DecodeSession (guarded by its lock).
class KvPool {
public:
    KvPool(DecodeBackend& backend, std::int64_t limitBytes);

    /// A block nobody else holds, or -1 at the limit.
    std::int32_t acquire();
    void retain(std::int32_t block);
    void release(std::int32_t block);
    bool shared(std::int32_t block) const { return m_counts[static_cast<std::size_t>(block)] > 1; }
    void setLimit(std::int64_t bytes);
    std::int32_t limit() const { return m_limit; }
    std::int32_t held() const { return m_held; }

private:
    DecodeBackend& m_backend;
    std::int32_t m_limit = 0; ///< blocks
    std::int32_t m_held = 0;
    std::vector<std::int32_t> m_counts;
    std::vector<std::int32_t> m_free;
};

/// The blocks of one sequence and how many of its positions they hold.
struct KvSequence {
    std::vector<std::int32_t> blocks;
    std::int64_t length = 0;
};

/// Known prefixes as a tree of blocks, one root an adapter; the least recently used leave first.
/// Owner: one DecodeSession (guarded by its lock). Blocks in the tree are never written: who
/// extends a partly filled one copies it first.
class PrefixCache {
public:
    PrefixCache(KvPool& pool, std::int32_t limitBlocks);
    ~PrefixCache();

    /// The longest known prefix of `ids`; its blocks are retained for the caller.
    KvSequence match(int adapter, std::span<const std::int32_t> ids);
    /// Remembers the blocks of ids[0 .. sequence.length).
    void insert(int adapter, std::span<const std::int32_t> ids, const KvSequence& sequence);
    /// Drops the least recently used leaf that no sequence holds; false when there is none.
    bool evictOne();
    void setLimit(std::int32_t limitBlocks) { m_limit = limitBlocks; }
    std::int32_t size() const { return m_size; } ///< blocks in the tree

private:
    struct Node {
        std::vector<std::int32_t> ids; ///< at most kKvBlockTokens
        std::int32_t block = -1;
        std::uint64_t lastUsed = 0;
        Node* parent = nullptr;
        std::vector<std::unique_ptr<Node>> children;
    };
    Node& root(int adapter);
    void findOldestLeaf(Node& node, Node*& oldest) const;
    void releaseAll(Node& node);

    KvPool& m_pool;
    std::int32_t m_limit;
    std::int32_t m_size = 0;
    std::uint64_t m_clock = 0;
    std::map<int, std::unique_ptr<Node>> m_roots;
};

} // namespace crux::engine
