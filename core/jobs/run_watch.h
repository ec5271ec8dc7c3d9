// What is worth an event in a training run: no number, a spike of the loss or of the gradient's
// norm, margins that collapse, accuracies that stand at 0 or 1. Looks at one step's report at a
// time; its state is small and goes into checkpoints, so that a resumed run tells the same.
#pragma once

#include "core/base/json.h"
#include "core/engine/train/train.h"

#include <deque>
#include <string>
#include <vector>

namespace crux::jobs {

struct RunAlert {
    std::string level; ///< warning | error
    std::string sentence;
    std::string kind; ///< nan | loss_spike | grad_norm | margin_collapse | accuracy_constant
    std::int64_t step = 0;
};

class RunWatch {
public:
    std::vector<RunAlert> look(const engine::train::StepReport& report);
    Json state() const;
    void restore(const Json& state);

private:
    void lookAtMargin(const engine::train::StepReport& report, std::vector<RunAlert>& alerts);
    void lookAtAccuracy(const engine::train::StepReport& report, std::vector<RunAlert>& alerts);

    std::deque<double> m_losses; ///< of the latest steps
    std::deque<double> m_norms;  ///< of the gradient, likewise
    double m_margin = 0;         ///< smoothed rewards/margins
    double m_bestMargin = 0;     ///< its highest value so far
    std::int64_t m_steps = 0;
    bool m_collapsed = false;
    double m_accuracy = -1;          ///< of the latest steps, -1: none yet
    std::int64_t m_sameAccuracy = 0; ///< steps for which it was that
};

} // namespace crux::jobs
