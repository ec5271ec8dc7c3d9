#include "ui/model/training_example.h"

#include "ui/model/snapshot_loader.h"

#include <algorithm>
#include <limits>

namespace crux::ui {

namespace {

template <typename T> std::vector<T> listOf(const Json& from, const char* key) {
    std::vector<T> list;
    const auto found = from.find(key);
    if (found != from.end() && found->is_array())
        for (const Json& value : *found)
            if (!value.is_null())
                list.push_back(value.get<T>());
    return list;
}

} // namespace

SnapshotPtr trainingExample(const Json& sequence) {
    auto made = std::make_shared<TrajectorySnapshot>();
    const auto pieces = listOf<std::string>(sequence, "pieces");
    made->record.ids = listOf<std::int32_t>(sequence, "ids");
    const auto count = static_cast<std::int32_t>(made->record.ids.size());
    made->record.promptTokens = std::clamp(sequence.value("prompt_tokens", 0), 0, count);
    std::int32_t byte = 0;
    for (std::int32_t i = 0; i < count; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const std::string piece = at < pieces.size() ? pieces[at] : std::string();
        TokenCell cell;
        cell.id = made->record.ids[at];
        cell.text = QString::fromStdString(piece);
        cell.byteBegin = byte;
        cell.byteEnd = byte += static_cast<std::int32_t>(piece.size());
        made->tokens.push_back(std::move(cell));
        (i < made->record.promptTokens ? made->record.prompt : made->record.response) += piece;
    }
    made->steps = splitSteps(made->tokens, made->record.promptTokens);
    store::LayerRecord layer;
    layer.name = kWeightLayer;
    layer.kind = "high_is_hot"; // what counts most stands out
    std::vector<float> values(made->record.ids.size(), std::numeric_limits<float>::quiet_NaN());
    const auto weights = listOf<float>(sequence, "weights");
    for (auto i = static_cast<std::size_t>(made->record.promptTokens); i < values.size(); ++i) {
        const std::size_t at = i - static_cast<std::size_t>(made->record.promptTokens);
        values[i] = weights.empty() ? 1.0f : at < weights.size() ? weights[at] : values[i];
        if (values[i] > layer.maximum)
            layer.maximum = values[i];
    }
    made->layers.emplace_back(std::move(layer), std::move(values));
    return made;
}

} // namespace crux::ui
