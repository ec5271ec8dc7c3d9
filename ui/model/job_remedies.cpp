#include "ui/model/job_remedies.h"

#include "core/spec/params.h"
#include "ui/model/session.h"
#include "ui/model/text_format.h"
#include "ui/model/worker_client.h"

#include <QCoreApplication>

namespace crux::ui {

namespace {

struct RemedyWords {
    Q_DECLARE_TR_FUNCTIONS(RemedyWords)
};

constexpr std::int64_t kLeastLength = 64;

std::int64_t countOf(const Json& spec, const char* key) {
    const auto found = spec.find(key);
    return found != spec.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

JobRemedy smallerBatch(const store::JobRecord& job, const Json& whole) {
    JobRemedy remedy;
    const std::int64_t batch = countOf(whole, "batch") / 2;
    remedy.spec = job.spec;
    remedy.spec["batch"] = batch;
    remedy.text = RemedyWords::tr("Batch %1").arg(batch);
    remedy.tip = RemedyWords::tr("Half as much at once; the results stay the same.");
    if (const std::int64_t accumulated = countOf(whole, "accumulation"); accumulated > 0) {
        remedy.spec["accumulation"] = 2 * accumulated;
        remedy.tip = RemedyWords::tr("Half the rows at once, twice as many batches a step.");
    }
    return remedy;
}

} // namespace

std::vector<JobRemedy> remediesFor(const store::JobRecord& job) {
    std::vector<JobRemedy> remedies;
    if (job.state != store::JobState::Failed || !job.error ||
        job.error->code != ErrorCode::OutOfMemory || !job.spec.is_object())
        return remedies;
    const auto completed = completeSpec(job.kind, job.spec);
    const Json& whole = completed.ok() ? *completed : job.spec;
    if (countOf(whole, "batch") >= 2)
        remedies.push_back(smallerBatch(job, whole));
    for (const auto& [key, words] :
         {std::pair{"max_new_tokens", RemedyWords::tr("At most %1 tokens")},
          std::pair{"max_length", RemedyWords::tr("Rows below %1 tokens")}})
        if (const std::int64_t length = countOf(whole, key) / 2; length >= kLeastLength) {
            JobRemedy remedy;
            remedy.spec = job.spec;
            remedy.spec[key] = length;
            remedy.text = words.arg(text_format::integer(length));
            remedy.tip = RemedyWords::tr("Half the length; longer ones are cut or left out.");
            remedies.push_back(std::move(remedy));
        }
    if (!job.device.empty() && !job.device.starts_with("cpu"))
        remedies.push_back({RemedyWords::tr("On the CPU"),
                            RemedyWords::tr("Slower, with the machine's own memory."), job.spec,
                            true});
    return remedies;
}

void startRemedy(Session& session, const store::JobRecord& job, const JobRemedy& remedy) {
    if (remedy.onCpu) {
        session.worker().letGo();
        session.worker().setDevice(QStringLiteral("cpu"));
    }
    session.enqueueJob(QString::fromStdString(job.kind), remedy.spec,
                       QStringLiteral("%1, %2").arg(QString::fromStdString(job.name), remedy.text));
}

} // namespace crux::ui
