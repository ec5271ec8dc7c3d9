#include "ui/widgets/layer_values.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>

namespace crux::ui {
namespace {

struct LayerWords {
    Q_DECLARE_TR_FUNCTIONS(LayerWords)
};

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
constexpr double kLogRatioClamp = 5, kEntropyClamp = 4, kLogpClamp = -10;

const std::pair<store::LayerRecord, std::vector<float>>*
importedLayer(const TrajectorySnapshot& snapshot, const QString& name) {
    for (const auto& layer : snapshot.layers)
        if (QString::fromStdString(layer.first.name) == name)
            return &layer;
    return nullptr;
}

/// Sized to the tokens; `keep` tells which stored numbers are values.
template <typename Keep>
std::vector<float> fitted(const std::vector<float>& stored, std::size_t tokens, Keep keep) {
    std::vector<float> out(tokens, kNone);
    for (std::size_t i = 0; i < std::min(tokens, stored.size()); ++i)
        if (!std::isnan(stored[i]) && keep(stored[i]))
            out[i] = stored[i];
    return out;
}

bool hasValue(const std::vector<float>& values) {
    return std::any_of(values.begin(), values.end(), [](float v) { return !std::isnan(v); });
}

std::vector<float> logRatio(const TrajectorySnapshot& snapshot) {
    const auto& scores = snapshot.scores;
    std::vector<float> out(snapshot.tokens.size(), kNone);
    const std::size_t n = std::min({out.size(), scores.pPositive.size(), scores.pNegative.size()});
    for (std::size_t i = 0; i < n; ++i)
        if (scores.pPositive[i] > 0 && scores.pNegative[i] > 0)
            out[i] = std::log(scores.pPositive[i]) - std::log(scores.pNegative[i]);
    return out;
}

std::vector<float> rolloutShares(const TrajectorySnapshot& snapshot) {
    std::vector<float> out(snapshot.tokens.size(), kNone);
    if (snapshot.rollouts)
        for (const store::RolloutEstimate& estimate : snapshot.rollouts->curve)
            if (estimate.position >= 0 && estimate.position < std::ssize(out))
                out[static_cast<std::size_t>(estimate.position)] =
                    static_cast<float>(estimate.share());
    return out;
}

bool startsWord(const TrajectorySnapshot& snapshot, std::size_t i) {
    const QString& text = snapshot.tokens[i].text;
    if (snapshot.tokens[i].special || text.isEmpty() || text.front().isSpace())
        return true;
    const QString& before = snapshot.tokens[i - 1].text;
    return snapshot.tokens[i - 1].special || before.isEmpty() || before.back().isSpace();
}

} // namespace

QString layerLabel(Layer layer, const QString& imported) {
    switch (layer) {
    case Layer::Score:
        return QStringLiteral("s_t");
    case Layer::PPositive:
        return QStringLiteral("p_pos");
    case Layer::PNegative:
        return QStringLiteral("p_neg");
    case Layer::LogRatio:
        return QStringLiteral("log p_pos/p_neg");
    case Layer::Entropy:
        return LayerWords::tr("entropy");
    case Layer::PolicyLogp:
        return LayerWords::tr("policy log-prob");
    case Layer::Imported:
        return imported.isEmpty() ? LayerWords::tr("imported layer") : imported;
    case Layer::Rollouts:
        return LayerWords::tr("rollouts right");
    }
    return {};
}

LayerMeaning layerMeaning(Layer layer, const QString& imported,
                          const TrajectorySnapshot& snapshot) {
    LayerMeaning m;
    m.layer = layer;
    m.name = layerLabel(layer, imported);
    switch (layer) {
    case Layer::Score:
        m.probability = true;
        m.lowWords = LayerWords::tr("critical");
        m.highWords = LayerWords::tr("not critical");
        break;
    case Layer::PPositive:
        m.probability = true;
        m.lowWords = LayerWords::tr("unlikely");
        m.highWords = LayerWords::tr("likely");
        break;
    case Layer::PNegative:
        // What the negative model likes is what stands out.
        m.probability = true;
        m.lowIsHot = false;
        m.lowWords = LayerWords::tr("unlikely");
        m.highWords = LayerWords::tr("likely");
        break;
    case Layer::LogRatio:
        m.diverging = true;
        m.low = -kLogRatioClamp;
        m.high = kLogRatioClamp;
        m.lowWords = LayerWords::tr("negative model");
        m.highWords = LayerWords::tr("positive model");
        break;
    case Layer::Entropy:
        m.high = kEntropyClamp;
        m.lowIsHot = false;
        m.lowWords = LayerWords::tr("sure");
        m.highWords = LayerWords::tr("undecided (nats)");
        break;
    case Layer::PolicyLogp:
        m.low = kLogpClamp;
        m.high = 0;
        m.lowWords = LayerWords::tr("unlikely");
        m.highWords = LayerWords::tr("likely");
        break;
    case Layer::Imported:
        if (const auto* found = importedLayer(snapshot, imported)) {
            m.low = found->first.minimum;
            m.high = found->first.maximum;
            m.lowWords = QString::fromStdString(found->first.lowMeans);
            m.highWords = QString::fromStdString(found->first.highMeans);
            m.probability = m.low >= 0 && m.high <= 1;
            m.diverging = found->first.kind == "signed";
            m.lowIsHot = found->first.kind != "high_is_hot";
        }
        if (m.lowWords.isEmpty())
            m.lowWords = LayerWords::tr("low");
        if (m.highWords.isEmpty())
            m.highWords = LayerWords::tr("high");
        break;
    case Layer::Rollouts:
        m.probability = true;
        m.lowWords = LayerWords::tr("all wrong after");
        m.highWords = LayerWords::tr("all right after");
        break;
    }
    return m;
}

std::vector<float> layerValues(Layer layer, const QString& imported,
                               const TrajectorySnapshot& snapshot) {
    const auto& scores = snapshot.scores;
    const std::size_t n = snapshot.tokens.size();
    const auto any = [](float) { return true; };
    const auto notNegative = [](float v) { return v >= 0; };
    switch (layer) {
    case Layer::Score:
        return fitted(scores.s, n, notNegative);
    case Layer::PPositive:
        return fitted(scores.pPositive, n, notNegative);
    case Layer::PNegative:
        return fitted(scores.pNegative, n, notNegative);
    case Layer::LogRatio:
        return logRatio(snapshot);
    case Layer::Entropy: {
        auto policy = fitted(scores.entropyPolicy, n, notNegative);
        return hasValue(policy) ? policy : fitted(scores.entropyPositive, n, notNegative);
    }
    case Layer::PolicyLogp:
        return fitted(scores.logpPolicy, n, [](float v) { return v <= 0; });
    case Layer::Imported:
        if (const auto* found = importedLayer(snapshot, imported))
            return fitted(found->second, n, any);
        break;
    case Layer::Rollouts:
        return rolloutShares(snapshot);
    }
    return std::vector<float>(n, kNone);
}

std::vector<std::pair<Layer, QString>> availableLayers(const TrajectorySnapshot& snapshot) {
    std::vector<std::pair<Layer, QString>> out{{Layer::Score, QString()}};
    for (const Layer layer :
         {Layer::PPositive, Layer::PNegative, Layer::LogRatio, Layer::Entropy, Layer::PolicyLogp})
        if (hasValue(layerValues(layer, QString(), snapshot)))
            out.emplace_back(layer, QString());
    if (hasValue(rolloutShares(snapshot)))
        out.emplace_back(Layer::Rollouts, QString());
    for (const auto& layer : snapshot.layers)
        if (hasValue(layer.second))
            out.emplace_back(Layer::Imported, QString::fromStdString(layer.first.name));
    return out;
}

std::vector<int> tokenGroups(const TrajectorySnapshot& snapshot, Granularity granularity) {
    std::vector<int> groups(snapshot.tokens.size());
    int group = 0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const bool newStep = i > 0 && snapshot.tokens[i].step != snapshot.tokens[i - 1].step;
        const bool begins = granularity == Granularity::Token ||
                            (granularity == Granularity::Word && i > 0 && startsWord(snapshot, i));
        if (i > 0 && (newStep || begins))
            ++group;
        groups[i] = group;
    }
    return groups;
}

std::vector<float> groupedValues(const std::vector<float>& values, const std::vector<int>& groups,
                                 const LayerMeaning& meaning) {
    if (groups.empty())
        return values;
    const auto hotter = [&](float a, float b) {
        if (meaning.diverging)
            return std::abs(a) > std::abs(b);
        return meaning.lowIsHot ? a < b : a > b;
    };
    std::vector<float> best(static_cast<std::size_t>(groups.back()) + 1, kNone);
    for (std::size_t i = 0; i < values.size(); ++i) {
        float& top = best[static_cast<std::size_t>(groups[i])];
        if (!std::isnan(values[i]) && (std::isnan(top) || hotter(values[i], top)))
            top = values[i];
    }
    std::vector<float> out(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        out[i] = best[static_cast<std::size_t>(groups[i])];
    return out;
}

} // namespace crux::ui
