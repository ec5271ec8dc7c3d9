#include "ui/model/view_settings.h"

#include "core/base/json.h"

#include <algorithm>

namespace crux::ui {

namespace {

/// Reads an enum stored by its number; anything else keeps the present value.
template <typename Enum>
void readEnum(const Json& object, const char* key, Enum last, Enum& value) {
    const auto found = object.find(key);
    if (found == object.end() || !found->is_number_integer())
        return;
    const auto number = found->get<std::int64_t>();
    if (number >= 0 && number <= static_cast<std::int64_t>(last))
        value = static_cast<Enum>(number);
}

void readFlag(const Json& object, const char* key, bool& value) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_boolean())
        value = found->get<bool>();
}

} // namespace

ViewSettings::ViewSettings(QObject* parent)
    : QObject(parent) {}

void ViewSettings::notify() {
    Q_EMIT changed();
}

QString ViewSettings::toJson() const {
    Json object{{"layer", static_cast<int>(layer)},
                {"granularity", static_cast<int>(granularity)},
                {"scale", static_cast<int>(scale)},
                {"palette", static_cast<int>(palette)},
                {"imported_layer", importedLayer.toStdString()},
                {"same_scale", sameScaleInPanes},
                {"blanks", showBlanks},
                {"proportional", proportional},
                {"linked", linkedPanes},
                {"zoom", zoom}};
    if (underline)
        object["underline"] = static_cast<int>(*underline);
    if (threshold)
        object["threshold"] = *threshold;
    return QString::fromStdString(dumpJson(object));
}

void ViewSettings::fromJson(const QString& json) {
    const auto parsed = parseJson(json.toStdString());
    if (!parsed || !parsed->is_object())
        return;
    const Json& object = *parsed;
    readEnum(object, "layer", Layer::Rollouts, layer);
    readEnum(object, "granularity", Granularity::Step, granularity);
    readEnum(object, "scale", ScaleMode::Percentile, scale);
    readEnum(object, "palette", PaletteName::HighContrast, palette);
    readFlag(object, "same_scale", sameScaleInPanes);
    readFlag(object, "blanks", showBlanks);
    readFlag(object, "proportional", proportional);
    readFlag(object, "linked", linkedPanes);
    if (const auto name = jsonString(object, "imported_layer"); name.ok())
        importedLayer = QString::fromStdString(*name);
    underline.reset();
    if (object.contains("underline")) {
        Layer second = Layer::Score;
        readEnum(object, "underline", Layer::Rollouts, second);
        underline = second;
    }
    if (const auto value = jsonDouble(object, "zoom"); value.ok())
        zoom = std::clamp(*value, 0.5, 4.0);
    threshold.reset();
    if (const auto value = jsonDouble(object, "threshold"); value.ok())
        threshold = std::clamp(*value, 0.0, 1.0);
    notify();
}

} // namespace crux::ui
