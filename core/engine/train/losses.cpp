#include "core/engine/train/losses.h"

#include "core/base/check.h"

#include <algorithm>
#include <cmath>

namespace crux::engine::train {

namespace {

/// A loss of two numbers (sums or means of log-ratios) and its derivatives.
struct Scalar {
    double value = 0, byChosen = 0, byRejected = 0;
};

/// -(1-e) log sigmoid(x) - e log sigmoid(-x)
double smoothed(double x, double e) {
    return -(1 - e) * logSigmoid(x) - e * logSigmoid(-x);
}
double smoothedSlope(double x, double e) {
    return sigmoid(x) - (1 - e);
}

/// From a function of x = beta * (chosen - rejected).
Scalar ofMargin(double value, double slope, double beta) {
    return {value, slope * beta, -slope * beta};
}

Scalar scalarLoss(const PreferenceOptions& o, double chosen, double rejected) {
    const double x = o.beta * (chosen - rejected);
    const double e = o.labelSmoothing;
    switch (o.loss) {
    case PairLoss::Robust: {
        const double value = (-(1 - e) * logSigmoid(x) + e * logSigmoid(-x)) / (1 - 2 * e);
        const double slope = (-(1 - e) * (1 - sigmoid(x)) - e * sigmoid(x)) / (1 - 2 * e);
        return ofMargin(value, slope, o.beta);
    }
    case PairLoss::Hinge:
        return ofMargin(std::max(0.0, 1 - x), x < 1 ? -1 : 0, o.beta);
    case PairLoss::Ipo:
    case PairLoss::IpoSum: {
        const double off = chosen - rejected - 1 / (2 * o.beta);
        return {off * off, 2 * off, -2 * off};
    }
    case PairLoss::SimPo:
        return ofMargin(smoothed(x - o.gamma, e), smoothedSlope(x - o.gamma, e), o.beta);
    default:
        return ofMargin(smoothed(x, e), smoothedSlope(x, e), o.beta);
    }
}

bool normalisedByLength(PairLoss loss) {
    return loss == PairLoss::Ipo || loss == PairLoss::SigmoidNorm || loss == PairLoss::SimPo;
}

double weightAt(const CompletionTokens& tokens, std::size_t t) {
    return tokens.weights.empty() ? 1.0 : tokens.weights[t];
}

/// Weight on each token's log-ratio: its own, times LD-DPO's on the tail that the other completion
/// does not have.
std::vector<double> ratioWeights(const CompletionTokens& tokens, std::size_t shared,
                                 const PreferenceOptions& options) {
    std::vector<double> weights(tokens.policy.size());
    for (std::size_t t = 0; t < weights.size(); ++t)
        weights[t] =
            weightAt(tokens, t) * (options.ldAlpha >= 0 && t >= shared ? options.ldAlpha : 1.0);
    return weights;
}

double ratio(const CompletionTokens& tokens, std::size_t t) {
    return tokens.policy[t] - (tokens.reference.empty() ? 0.0 : tokens.reference[t]);
}

double weightedSum(const CompletionTokens& tokens, const std::vector<double>& weights) {
    double sum = 0;
    for (std::size_t t = 0; t < weights.size(); ++t)
        sum += weights[t] * ratio(tokens, t);
    return sum;
}

double sumOf(std::span<const double> values) {
    double sum = 0;
    for (const double value : values)
        sum += value;
    return sum;
}

/// What TRL logs as logps/*: the sum, LD-DPO's tail weighed as in its loss.
double loggedSum(std::span<const double> policy, std::size_t shared, double ldAlpha) {
    if (ldAlpha < 0)
        return sumOf(policy);
    const std::size_t head = std::min(shared, policy.size());
    return sumOf(policy.first(head)) + ldAlpha * sumOf(policy.subspan(head));
}

void checkLengths(const CompletionTokens& tokens, const PreferenceOptions& options) {
    const std::size_t n = tokens.policy.size();
    CRUX_CHECK(n > 0);
    CRUX_CHECK(!needsReference(options.loss) || tokens.reference.size() == n);
    CRUX_CHECK(tokens.weights.empty() || tokens.weights.size() == n);
    CRUX_CHECK(!needsKl(options.loss) || tokens.kl.size() == n);
}

/// REFERENCE.md A.4: x_t = w+_t r+_t - w-_t r-_t at each absolute position, both sequences aligned
/// by index; positions of the prompt and of the padding count with x = 0.
class AuthorsPositions {
public:
    AuthorsPositions(const PreferenceOptions& options, const PairTokens& pair,
                     const BatchFacts& batch)
        : m_options(options)
        , m_count(batch.mostPositions)
        , m_x(static_cast<std::size_t>(batch.mostPositions)) {
        add(pair.chosen, 1);
        add(pair.rejected, -1);
    }

    double loss() const {
        double sum = 0;
        for (const double x : m_x)
            sum += smoothed(m_options.beta * x, m_options.labelSmoothing);
        return sum / static_cast<double>(m_count);
    }

    void gradient(const CompletionTokens& tokens, double sign, double scale,
                  std::vector<double>& out) const {
        for (std::size_t t = 0; t < tokens.policy.size(); ++t)
            out[t] +=
                scale * sign * weightAt(tokens, t) * m_options.beta *
                smoothedSlope(m_options.beta * m_x[place(tokens, t)], m_options.labelSmoothing) /
                static_cast<double>(m_count);
    }

private:
    /// The table of log-probabilities begins with the prediction of the second token.
    std::size_t place(const CompletionTokens& tokens, std::size_t t) const {
        const auto at = static_cast<std::size_t>(tokens.promptTokens - 1) + t;
        CRUX_CHECK(at < m_x.size());
        return at;
    }
    void add(const CompletionTokens& tokens, double sign) {
        for (std::size_t t = 0; t < tokens.policy.size(); ++t)
            m_x[place(tokens, t)] += sign * weightAt(tokens, t) * ratio(tokens, t);
    }

    const PreferenceOptions& m_options;
    std::int64_t m_count;
    std::vector<double> m_x;
};

void addScaled(const std::vector<double>& weights, double scale, std::vector<double>& out) {
    for (std::size_t t = 0; t < weights.size(); ++t)
        out[t] += scale * weights[t];
}

/// The KL terms of TDPO: D - (K- - K+), and with alpha and K+ held fixed for TDPO2.
void addKlTerms(const PreferenceOptions& options, const PairTokens& pair, double& chosen,
                double& rejected) {
    const double alpha = options.loss == PairLoss::Tdpo1 ? 1 : options.tdpoAlpha;
    chosen += alpha * sumOf(pair.chosen.kl);
    rejected += alpha * sumOf(pair.rejected.kl);
}

void addKlGradient(const PreferenceOptions& options, const Scalar& scalar, double scale,
                   PairOutcome& outcome) {
    const bool first = options.loss == PairLoss::Tdpo1;
    const double alpha = first ? 1 : options.tdpoAlpha;
    outcome.chosen.kl.assign(outcome.chosen.logp.size(),
                             first ? scale * alpha * scalar.byChosen : 0.0);
    outcome.rejected.kl.assign(outcome.rejected.logp.size(), scale * alpha * scalar.byRejected);
}

void pairTerm(const PreferenceOptions& options, const PairTokens& pair, double scale,
              PairOutcome& outcome) {
    const std::size_t shared = std::min(pair.chosen.policy.size(), pair.rejected.policy.size());
    const auto chosenWeights = ratioWeights(pair.chosen, shared, options);
    const auto rejectedWeights = ratioWeights(pair.rejected, shared, options);
    const bool perToken = normalisedByLength(options.loss);
    const double byChosen = perToken ? 1.0 / static_cast<double>(chosenWeights.size()) : 1.0;
    const double byRejected = perToken ? 1.0 / static_cast<double>(rejectedWeights.size()) : 1.0;
    double chosen = byChosen * weightedSum(pair.chosen, chosenWeights);
    double rejected = byRejected * weightedSum(pair.rejected, rejectedWeights);
    if (needsKl(options.loss)) {
        // The reward of TDPO's authors is beta (R + K), whichever version is trained.
        outcome.rewardChosen = options.beta * (chosen + sumOf(pair.chosen.kl));
        outcome.rewardRejected = options.beta * (rejected + sumOf(pair.rejected.kl));
        addKlTerms(options, pair, chosen, rejected);
    } else {
        // TRL reports sums of log-ratios for the losses that take means of them, too.
        const bool sums = options.loss != PairLoss::SimPo;
        outcome.rewardChosen = options.beta * (sums ? chosen / byChosen : chosen);
        outcome.rewardRejected = options.beta * (sums ? rejected / byRejected : rejected);
    }
    const Scalar scalar = scalarLoss(options, chosen, rejected);
    outcome.pairLoss = scalar.value;
    addScaled(chosenWeights, scale * scalar.byChosen * byChosen, outcome.chosen.logp);
    addScaled(rejectedWeights, scale * scalar.byRejected * byRejected, outcome.rejected.logp);
    if (needsKl(options.loss))
        addKlGradient(options, scalar, scale, outcome);
}

void authorsTerm(const PreferenceOptions& options, const PairTokens& pair, const BatchFacts& batch,
                 double scale, PairOutcome& outcome) {
    const AuthorsPositions positions(options, pair, batch);
    outcome.pairLoss = positions.loss();
    positions.gradient(pair.chosen, 1, scale, outcome.chosen.logp);
    positions.gradient(pair.rejected, -1, scale, outcome.rejected.logp);
    // Their rewards are means over the positions of the padded batch.
    const auto count = static_cast<double>(batch.mostPositions);
    const auto all = [](const CompletionTokens& tokens) {
        std::vector<double> weights(tokens.policy.size());
        for (std::size_t t = 0; t < weights.size(); ++t)
            weights[t] = weightAt(tokens, t);
        return weights;
    };
    outcome.rewardChosen = options.beta * weightedSum(pair.chosen, all(pair.chosen)) / count;
    outcome.rewardRejected = options.beta * weightedSum(pair.rejected, all(pair.rejected)) / count;
}

/// NLL of the chosen completion, scaled so that the mean over the batch's pairs is the batch's NLL.
void nllTerm(const PreferenceOptions& options, const PairTokens& pair, const BatchFacts& batch,
             double scale, PairOutcome& outcome) {
    const auto length = static_cast<double>(pair.chosen.policy.size());
    const double norm =
        options.nllNorm == NllNorm::Sequence
            ? 1 / length
            : static_cast<double>(batch.pairs) / static_cast<double>(batch.chosenTokens);
    outcome.nll = -norm * sumOf(pair.chosen.policy);
    if (options.alphaNll == 0)
        return;
    for (double& g : outcome.chosen.logp)
        g -= scale * options.alphaNll * norm;
}

} // namespace

double logSigmoid(double x) {
    return std::min(x, 0.0) - std::log1p(std::exp(-std::fabs(x)));
}

double sigmoid(double x) {
    const double small = std::exp(-std::fabs(x));
    return x >= 0 ? 1 / (1 + small) : small / (1 + small);
}

bool needsReference(PairLoss loss) {
    return loss != PairLoss::SimPo;
}

bool needsKl(PairLoss loss) {
    return loss == PairLoss::Tdpo1 || loss == PairLoss::Tdpo2;
}

void BatchFacts::add(const PairTokens& pair) {
    chosenTokens += static_cast<std::int64_t>(pair.chosen.policy.size());
    for (const CompletionTokens* tokens : {&pair.chosen, &pair.rejected})
        mostPositions =
            std::max(mostPositions,
                     tokens->promptTokens - 1 + static_cast<std::int64_t>(tokens->policy.size()));
}

PairOutcome preferenceLoss(const PreferenceOptions& options, const PairTokens& given,
                           const BatchFacts& batch) {
    PairTokens pair = given;
    if (!needsReference(options.loss)) // SimPO: log-probabilities themselves
        pair.chosen.reference = pair.rejected.reference = {};
    checkLengths(pair.chosen, options);
    checkLengths(pair.rejected, options);
    PairOutcome outcome;
    const std::size_t shared = std::min(pair.chosen.policy.size(), pair.rejected.policy.size());
    outcome.logpChosen = loggedSum(pair.chosen.policy, shared, options.ldAlpha);
    outcome.logpRejected = loggedSum(pair.rejected.policy, shared, options.ldAlpha);
    outcome.chosen.logp.assign(pair.chosen.policy.size(), 0.0);
    outcome.rejected.logp.assign(pair.rejected.policy.size(), 0.0);
    const double scale = batch.share / static_cast<double>(batch.pairs);
    if (options.loss == PairLoss::AuthorsTokens)
        authorsTerm(options, pair, batch, scale * options.alphaPair, outcome);
    else
        pairTerm(options, pair, scale * options.alphaPair, outcome);
    nllTerm(options, pair, batch, scale, outcome);
    outcome.loss = options.alphaPair * outcome.pairLoss +
                   (options.alphaNll == 0 ? 0.0 : options.alphaNll * outcome.nll);
    return outcome;
}

double supervisedLoss(std::span<const double> policy, std::span<const double> weights,
                      double totalWeight, std::vector<double>& gradient) {
    CRUX_CHECK(weights.empty() || weights.size() == policy.size());
    CRUX_CHECK(totalWeight > 0);
    gradient.assign(policy.size(), 0.0);
    double sum = 0;
    for (std::size_t t = 0; t < policy.size(); ++t) {
        const double share = (weights.empty() ? 1.0 : weights[t]) / totalWeight;
        sum -= share * policy[t];
        gradient[t] = -share;
    }
    return sum;
}

} // namespace crux::engine::train
