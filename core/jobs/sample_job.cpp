// The sample job: questions -> n sampled, graded answers each (REFERENCE.md 0.2), and the training
// data chosen from them.
#include "core/base/text_util.h"
#include "core/jobs/answer_run.h"
#include "core/jobs/answer_sets.h"
#include "core/jobs/handlers.h"
#include "core/jobs/job_outputs.h"
#include "core/spec/params.h"
#include "core/store/repositories.h"

namespace crux::jobs {

namespace {

/// Positive, negative and preference data of the answers, by the paper's rules.
class Selecting : public AnswerUser {
public:
    explicit Selecting(JobContext& context)
        : m_context(context) {}

    Status done(const AnswerRunView& run) override {
        if (!run.options.select)
            return {};
        CRUX_TRY(rules, completeSpec("select", Json::object()));
        for (const AnswerGroup& group : run.groups)
            if (group.tally.graded() > 0)
                CRUX_TRY_VOID(select(run, group, rules));
        return {};
    }

private:
    Status select(const AnswerRunView& run, const AnswerGroup& group, const Json& rules) {
        CRUX_TRY(answers,
                 store::answersWithKey(m_context.project, group.dataset.id, group.keyHead));
        std::erase_if(answers, [&](const store::AnswerRecord& answer) {
            return answer.sampleIndex >= run.options.n ||
                   !group.there.count(answer.questionId.value);
        });
        CRUX_TRY(stored, storeAnswerSets(m_context.project, answers, selectionRule(rules),
                                         cat(group.dataset.name, " / ", run.name),
                                         {{"dataset", group.dataset.name},
                                          {"model", run.name},
                                          {"samples", run.options.n},
                                          {"sampled", group.keyHead}}));
        CRUX_TRY_VOID(
            store::setJobOutputs(m_context.project, m_context.job.id, setOutputs(stored)));
        for (const StoredAnswerSet& one : stored)
            addJobEvent(m_context, "info", one.sentence + ".",
                        one.set.id ? cat("pair_set ", one.set.id.value) : std::string());
        return {};
    }

    JobContext& m_context;
};

} // namespace

Status runSampleJob(JobContext& context) {
    CRUX_TRY(spec, completeSpec("sample", context.job.spec));
    Selecting selecting(context);
    return runAnswers(context, spec, selecting);
}

} // namespace crux::jobs
