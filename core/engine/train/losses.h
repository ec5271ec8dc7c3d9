// Losses on per-token log-probabilities with their exact gradients, in double precision and without
// tensors: the engine hands in log p(y_t) of each completion token, and gets back what to send
// through the network. Formulas and test vectors: REFERENCE.md A.2 to A.6.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace crux::engine::train {

/// What one completion of a pair is judged by; all spans have one entry a completion token, in
/// nats.
struct CompletionTokens {
    std::span<const double> policy;    ///< log pi(y_t | ..)
    std::span<const double> reference; ///< log ref(y_t | ..); empty where the loss needs none
    std::span<const double> weights;   ///< w_t on the log-ratio; empty: all 1
    std::span<const double> kl;        ///< TDPO: KL(ref || pi) at each position
    std::int64_t promptTokens = 0;     ///< position of the first completion token
};

struct PairTokens {
    CompletionTokens chosen, rejected;
};

/// d loss / d (log pi(y_t)) and d loss / d KL_t of a completion; `kl` empty where there is none.
struct CompletionGradient {
    std::vector<double> logp, kl;
};

/// TRL's names where TRL has the loss (REFERENCE.md A.2).
enum class PairLoss {
    Sigmoid,     ///< DPO (arXiv 2305.18290); label smoothing e > 0: "DPO + label smoothing"
    Robust,      ///< arXiv 2403.00409
    Hinge,       ///< SLiC / RSO; beta = 1 / margin
    Ipo,         ///< IPO on length-normalised log-ratios (TRL >= 1)
    IpoSum,      ///< IPO on sums (TRL 0.9.6)
    SigmoidNorm, ///< length-normalised DPO (Tulu 3)
    SimPo,       ///< arXiv 2405.14734; no reference
    Tdpo1,       ///< arXiv 2404.11999
    Tdpo2,
    AuthorsTokens, ///< cDPO as the authors' code computes it: a sigmoid for each position
};

enum class NllNorm {
    Sequence,  ///< -log pi(y+) / |y+| of each pair
    BatchToken ///< the token mean over the chosen completions of the batch (TRL's "sft")
};

/// One loss of pairs: alphaPair * pair loss + alphaNll * NLL(y+) (RPO, arXiv 2404.19733).
struct PreferenceOptions {
    PairLoss loss = PairLoss::Sigmoid;
    double beta = 0.1;
    double labelSmoothing = 0; ///< e of Sigmoid, Robust and AuthorsTokens; Robust: below 0.5
    double gamma = 0;          ///< SimPO's target margin, subtracted after beta
    double tdpoAlpha = 0.5;    ///< TDPO2's weight of the difference of KL
    double alphaPair = 1, alphaNll = 0;
    NllNorm nllNorm = NllNorm::Sequence;
    double ldAlpha = -1; ///< LD-DPO (arXiv 2409.06411): weight of the tail; negative: off
};

/// Whether a loss looks at the reference, and at KL(ref || pi).
bool needsReference(PairLoss loss);
bool needsKl(PairLoss loss);

/// What the pairs of one batch (TRL's per-device batch) share; known from lengths alone, so that a
/// batch may be computed in parts.
struct BatchFacts {
    std::int64_t pairs = 1;
    std::int64_t chosenTokens = 0;  ///< completion tokens of all chosen
    std::int64_t mostPositions = 0; ///< longest sequence of the batch, minus one
    double share = 1;               ///< weight of this batch in the step's loss

    void add(const PairTokens& pair);
};

/// One pair's part of its batch's loss. Gradients are those of `share` * loss.
struct PairOutcome {
    double loss = 0;              ///< so that the mean over the batch's pairs is the batch's loss
    double pairLoss = 0, nll = 0; ///< the two terms before alphaPair and alphaNll
    double rewardChosen = 0, rewardRejected = 0; ///< TRL's rewards/chosen, rewards/rejected
    double logpChosen = 0, logpRejected = 0;     ///< sums of log pi, as TRL logs them
    CompletionGradient chosen, rejected;
};

PairOutcome preferenceLoss(const PreferenceOptions& options, const PairTokens& pair,
                           const BatchFacts& batch);

/// Token mean of the cross entropy: -sum w_t log pi(y_t) / totalWeight. `logp` receives
/// d loss / d log pi(y_t); the return value is this sequence's part of the step's loss.
double supervisedLoss(std::span<const double> policy, std::span<const double> weights,
                      double totalWeight, std::vector<double>& gradient);

/// log sigmoid(x) without overflow.
double logSigmoid(double x);
double sigmoid(double x);

} // namespace crux::engine::train
