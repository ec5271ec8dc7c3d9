// What is worth an event in a training run: no number, a loss spike, margins that collapse. Looks
// at one step's report at a time; its state is small and goes into checkpoints, so that a resumed
// run tells the same.
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
    std::string kind; ///< nan | loss_spike | margin_collapse
};

class RunWatch {
public:
    std::vector<RunAlert> look(const engine::train::StepReport& report);
    Json state() const;
    void restore(const Json& state);

private:
    std::deque<double> m_losses; ///< of the latest steps
    double m_margin = 0;         ///< smoothed rewards/margins
    double m_bestMargin = 0;     ///< its highest value so far
    std::int64_t m_steps = 0;
    bool m_collapsed = false;
};

} // namespace crux::jobs
