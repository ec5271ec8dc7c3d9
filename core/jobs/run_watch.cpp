#include "core/jobs/run_watch.h"

#include "core/base/text_util.h"

#include <algorithm>
#include <cmath>

namespace crux::jobs {

namespace {

constexpr std::size_t kWindow = 50;      ///< steps that a spike is measured against
constexpr std::size_t kLeastWindow = 20; ///< before that nothing is called a spike
constexpr double kSpikeDeviations = 10;  ///< in median absolute deviations
constexpr double kMarginMemory = 0.95;   ///< of the smoothed margin
constexpr std::int64_t kMarginWarmUp = 30;

double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

const double* metric(const engine::train::StepReport& report, const char* name) {
    for (const auto& [key, value] : report.metrics)
        if (key == name)
            return &value;
    return nullptr;
}

} // namespace

std::vector<RunAlert> RunWatch::look(const engine::train::StepReport& report) {
    std::vector<RunAlert> alerts;
    if (!report.finite) {
        alerts.push_back(
            {"error",
             cat("Step ", report.step + 1, ": loss ", report.loss, ", gradient norm ",
                 report.gradNorm, ": no number; the parameters stayed as they were before it."),
             "nan"});
        return alerts;
    }
    if (m_losses.size() >= kLeastWindow) {
        const std::vector<double> recent(m_losses.begin(), m_losses.end());
        const double middle = median(recent);
        std::vector<double> off;
        for (const double loss : recent)
            off.push_back(std::fabs(loss - middle));
        const double spread = std::max(median(off), 1e-3 * std::fabs(middle));
        if (report.loss > middle + kSpikeDeviations * spread && report.loss > 1.2 * middle)
            alerts.push_back({"warning",
                              cat("Step ", report.step, ": the loss jumped to ", report.loss,
                                  " from a median of ", middle, "; rows of the step: ",
                                  dumpJson(report.examples).substr(0, 200), "."),
                              "loss_spike"});
    }
    m_losses.push_back(report.loss);
    if (m_losses.size() > kWindow)
        m_losses.pop_front();
    if (const double* margin = metric(report, "rewards/margins")) {
        m_margin =
            m_steps == 0 ? *margin : kMarginMemory * m_margin + (1 - kMarginMemory) * *margin;
        m_bestMargin = std::max(m_bestMargin, m_margin);
        if (m_steps >= kMarginWarmUp && !m_collapsed && m_bestMargin > 0.05 &&
            m_margin < 0.1 * m_bestMargin) {
            m_collapsed = true;
            alerts.push_back(
                {"warning",
                 cat("Step ", report.step, ": the reward margin fell to ", m_margin, " from ",
                     m_bestMargin, "; a lower learning rate or fewer epochs may keep it."),
                 "margin_collapse"});
        }
        ++m_steps;
    }
    return alerts;
}

Json RunWatch::state() const {
    return {{"losses", std::vector<double>(m_losses.begin(), m_losses.end())},
            {"margin", m_margin},
            {"best_margin", m_bestMargin},
            {"steps", m_steps},
            {"collapsed", m_collapsed}};
}

void RunWatch::restore(const Json& state) {
    if (!state.is_object())
        return;
    const auto losses = state.value("losses", std::vector<double>());
    m_losses.assign(losses.begin(), losses.end());
    m_margin = state.value("margin", 0.0);
    m_bestMargin = state.value("best_margin", 0.0);
    m_steps = state.value("steps", std::int64_t{0});
    m_collapsed = state.value("collapsed", false);
}

} // namespace crux::jobs
