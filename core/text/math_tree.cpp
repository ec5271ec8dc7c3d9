#include "core/text/math_tree.h"

#include <algorithm>
#include <utility>

namespace crux::text {

int MathTree::add(MathKind kind, std::span<const int> children, int detail) {
    MathNode node;
    node.kind = kind;
    node.detail = static_cast<std::uint8_t>(detail);
    node.first = static_cast<int>(m_children.size());
    node.count = static_cast<int>(children.size());
    for (const int child : children)
        node.depth = std::max(node.depth, m_nodes[static_cast<std::size_t>(child)].depth + 1);
    m_depth = std::max(m_depth, node.depth);
    m_children.insert(m_children.end(), children.begin(), children.end());
    m_nodes.push_back(node);
    return static_cast<int>(m_nodes.size()) - 1;
}

int MathTree::number(Rational value) {
    const int id = add(MathKind::Number, {});
    m_nodes.back().payload = static_cast<int>(m_numbers.size());
    m_numbers.push_back(std::move(value));
    return id;
}

int MathTree::constant(MathConstant constant) {
    return add(MathKind::Constant, {}, static_cast<int>(constant));
}

int MathTree::named(MathKind kind, std::string name, int detail) {
    const int id = add(kind, {}, detail);
    m_nodes.back().payload = static_cast<int>(m_names.size());
    m_names.push_back(std::move(name));
    return id;
}

int MathTree::group(char open, char close, std::span<const int> children) {
    const int id = add(MathKind::Group, children);
    m_nodes.back().open = open;
    m_nodes.back().close = close;
    return id;
}

} // namespace crux::text
