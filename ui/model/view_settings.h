// How trajectories are drawn: layer, scale, palette, zoom ... One per window, kept in the project.
#pragma once

#include <QObject>
#include <QString>

#include <optional>

namespace crux::ui {

enum class Layer { Score, PPositive, PNegative, LogRatio, Entropy, PolicyLogp, Imported, Rollouts };
enum class Granularity { Token, Word, Step };
enum class ScaleMode { Absolute, Log10, Percentile };
enum class PaletteName { Orange, Cividis, Grey, UnderlineOnly, Buckets, HighContrast };

class ViewSettings : public QObject {
    Q_OBJECT
public:
    explicit ViewSettings(QObject* parent = nullptr);

    Layer layer = Layer::Score;
    QString importedLayer;          ///< name, when layer or underline is Imported
    std::optional<Layer> underline; ///< second layer as a 3 px underline
    Granularity granularity = Granularity::Token;
    ScaleMode scale = ScaleMode::Absolute;
    PaletteName palette = PaletteName::Orange;
    bool sameScaleInPanes = true; ///< padlock
    bool showBlanks = false;      ///< W: glyphs for blanks
    bool proportional = false;    ///< Shift+W: text in the UI's family, else on a fixed grid
    bool linkedPanes = true;
    double zoom = 1.0;               ///< 0.5 .. 4
    std::optional<double> threshold; ///< overrides the score set's
    double effectiveThreshold = 0;   ///< what the views use now

    /// Call after changing fields; emits changed() once.
    void notify();
    QString toJson() const;
    void fromJson(const QString& json); ///< unknown or broken text: keeps the defaults

Q_SIGNALS:
    void changed();
};

} // namespace crux::ui
