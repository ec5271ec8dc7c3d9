#include "core/jobs/run_watch.h"

#include "core/base/text_util.h"

#include <algorithm>
#include <cmath>

namespace crux::jobs {

namespace {

constexpr std::size_t kWindow = 50;         ///< steps that a spike is measured against
constexpr std::size_t kLeastWindow = 20;    ///< before that nothing is called a spike
constexpr double kSpikeDeviations = 10;     ///< in median absolute deviations
constexpr double kNormFactor = 3;           ///< a norm's spike is at least so many medians
constexpr std::int64_t kConstantSteps = 50; ///< of one accuracy, 0 or 1
constexpr double kMarginMemory = 0.95;      ///< of the smoothed margin
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

namespace {

/// Keeps `values` at the window's length and says what they were before `value`; false while there
/// are too few to judge by.
bool isSpike(std::deque<double>& values, double value, double& middle) {
    bool spike = false;
    if (values.size() >= kLeastWindow) {
        const std::vector<double> recent(values.begin(), values.end());
        middle = median(recent);
        std::vector<double> off;
        for (const double one : recent)
            off.push_back(std::fabs(one - middle));
        const double spread = std::max(median(off), 1e-3 * std::fabs(middle));
        spike = value > middle + kSpikeDeviations * spread && value > 1.2 * middle;
    }
    values.push_back(value);
    if (values.size() > kWindow)
        values.pop_front();
    return spike;
}

} // namespace

std::vector<RunAlert> RunWatch::look(const engine::train::StepReport& report) {
    std::vector<RunAlert> alerts;
    if (!report.finite) {
        alerts.push_back(
            {"error",
             cat("Step ", report.step + 1, ": loss ", report.loss, ", gradient norm ",
                 report.gradNorm, ": no number; the parameters stayed as they were before it."),
             "nan", report.step + 1});
        return alerts;
    }
    double middle = 0;
    if (isSpike(m_losses, report.loss, middle))
        alerts.push_back(
            {"warning",
             cat("Step ", report.step, ": the loss jumped to ", report.loss, " from a median of ",
                 middle, "; rows of the step: ", dumpJson(report.examples).substr(0, 200), "."),
             "loss_spike", report.step});
    if (isSpike(m_norms, report.gradNorm, middle) && report.gradNorm > kNormFactor * middle)
        alerts.push_back({"warning",
                          cat("Step ", report.step, ": the gradient's norm jumped to ",
                              report.gradNorm, " from a median of ", middle, "."),
                          "grad_norm", report.step});
    lookAtMargin(report, alerts);
    lookAtAccuracy(report, alerts);
    return alerts;
}

void RunWatch::lookAtMargin(const engine::train::StepReport& report,
                            std::vector<RunAlert>& alerts) {
    const double* margin = metric(report, "rewards/margins");
    if (!margin)
        return;
    m_margin = m_steps == 0 ? *margin : kMarginMemory * m_margin + (1 - kMarginMemory) * *margin;
    m_bestMargin = std::max(m_bestMargin, m_margin);
    if (m_steps >= kMarginWarmUp && !m_collapsed && m_bestMargin > 0.05 &&
        m_margin < 0.1 * m_bestMargin) {
        m_collapsed = true;
        alerts.push_back(
            {"warning",
             cat("Step ", report.step, ": the reward margin fell to ", m_margin, " from ",
                 m_bestMargin, "; a lower learning rate or fewer epochs may keep it."),
             "margin_collapse", report.step});
    }
    ++m_steps;
}

void RunWatch::lookAtAccuracy(const engine::train::StepReport& report,
                              std::vector<RunAlert>& alerts) {
    const double* accuracy = metric(report, "rewards/accuracies");
    if (!accuracy)
        return;
    const bool end = *accuracy <= 0 || *accuracy >= 1;
    m_sameAccuracy = end && *accuracy == m_accuracy ? m_sameAccuracy + 1 : end ? 1 : 0;
    m_accuracy = *accuracy;
    if (m_sameAccuracy == kConstantSteps)
        alerts.push_back(
            {"warning",
             cat("Step ", report.step, ": for ", kConstantSteps, " steps all pairs were ranked ",
                 *accuracy >= 1 ? "right: there may be nothing left to learn."
                                : "wrong: are chosen and rejected swapped?"),
             "accuracy_constant", report.step});
}

Json RunWatch::state() const {
    return {{"losses", std::vector<double>(m_losses.begin(), m_losses.end())},
            {"norms", std::vector<double>(m_norms.begin(), m_norms.end())},
            {"accuracy", m_accuracy},
            {"same_accuracy", m_sameAccuracy},
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
    const auto norms = state.value("norms", std::vector<double>());
    m_norms.assign(norms.begin(), norms.end());
    m_accuracy = state.value("accuracy", -1.0);
    m_sameAccuracy = state.value("same_accuracy", std::int64_t{0});
    m_margin = state.value("margin", 0.0);
    m_bestMargin = state.value("best_margin", 0.0);
    m_steps = state.value("steps", std::int64_t{0});
    m_collapsed = state.value("collapsed", false);
}

} // namespace crux::jobs
