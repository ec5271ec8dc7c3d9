// Model files of random weights, for benchmarks of a shape.
#pragma once

#include "core/base/files.h"
#include "core/base/json.h"

#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace crux::benchmark {

/// Near-normal numbers, quick: a sum of four uniform bytes of xorshift.
class QuickNormal {
public:
    float next() {
        m_state ^= m_state << 13;
        m_state ^= m_state >> 7;
        m_state ^= m_state << 17;
        const auto sum = static_cast<float>((m_state & 255) + (m_state >> 8 & 255) +
                                            (m_state >> 16 & 255) + (m_state >> 24 & 255));
        return (sum - 510.0f) / 147.8f;
    }

private:
    std::uint64_t m_state = 88172645463325252ull;
};

struct TensorPlan {
    std::string name;
    std::vector<std::int64_t> shape;
    float deviation = 0; ///< 0: all ones
};

/// One safetensors file of random tensors, written in order.
inline void writeTensors(const Path& file, const std::vector<TensorPlan>& plans, bool half) {
    Json header = Json::object();
    std::uint64_t offset = 0;
    const auto count = [](const TensorPlan& plan) {
        std::uint64_t n = 1;
        for (auto length : plan.shape)
            n *= static_cast<std::uint64_t>(length);
        return n;
    };
    for (const TensorPlan& plan : plans) {
        const std::uint64_t bytes = count(plan) * (half ? 2 : 4);
        header[plan.name] = {{"dtype", half ? "BF16" : "F32"},
                             {"shape", plan.shape},
                             {"data_offsets", {offset, offset + bytes}}};
        offset += bytes;
    }
    std::string text = header.dump();
    text.resize((text.size() + 63) / 64 * 64, ' ');
    std::ofstream out(file, std::ios::binary);
    const std::uint64_t size = text.size();
    out.write(reinterpret_cast<const char*>(&size), 8);
    out << text;
    QuickNormal normal;
    std::vector<char> buffer;
    for (const TensorPlan& plan : plans) {
        buffer.resize(count(plan) * (half ? 2 : 4));
        for (std::uint64_t i = 0; i < count(plan); ++i) {
            const float value = plan.deviation == 0 ? 1.0f : normal.next() * plan.deviation;
            std::uint32_t bits;
            std::memcpy(&bits, &value, 4);
            bits >>= half ? 16 : 0;
            std::memcpy(buffer.data() + i * (half ? 2 : 4), &bits, half ? 2 : 4);
        }
        out.write(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    }
}

} // namespace crux::benchmark
