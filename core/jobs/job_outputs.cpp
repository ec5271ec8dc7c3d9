#include "core/jobs/job_outputs.h"

#include "core/base/text_util.h"
#include "core/spec/pipeline.h"
#include "core/store/repositories.h"

namespace crux::jobs {

namespace {

/// How people call it.
const char* wordsFor(Output output) {
    switch (output) {
    case Output::Adapter:
        return "adapter";
    case Output::Model:
        return "model";
    case Output::ScoreSet:
        return "score set";
    case Output::PositiveData:
        return "positive data";
    case Output::NegativeData:
        return "negative data";
    case Output::Pairs:
        return "pairs";
    }
    return "output";
}

/// What a spec says instead of the reference.
Result<std::string> nameOf(const store::Project& project, Output output, std::int64_t id) {
    if (output == Output::Adapter) {
        CRUX_TRY(row, store::adapter(project, AdapterId{id}));
        return row.path;
    }
    if (output == Output::Model) {
        CRUX_TRY(row, store::model(project, ModelId{id}));
        return row.path;
    }
    return cat(id);
}

} // namespace

Result<Json> withOutputs(const store::Project& project, const std::string& kind, const Json& spec) {
    Json made = spec;
    if (!made.is_object())
        return made;
    for (auto& [key, value] : made.items()) {
        const std::vector<Output> wanted = takenBy(kind, spec, key);
        const auto id = referencedJob(value);
        if (!id || wanted.empty())
            continue;
        CRUX_TRY(job, store::job(project, *id));
        bool found = false;
        for (const Output output : wanted) {
            const auto entry = job.outputs.find(std::string(outputName(output)));
            if (found || entry == job.outputs.end() || !entry->is_number_integer())
                continue;
            CRUX_TRY(name, nameOf(project, output, entry->get<std::int64_t>()));
            value = name;
            found = true;
        }
        if (!found)
            return fail(ErrorCode::NotFound,
                        cat("Job ", id->value, " \"", job.name, "\" made no ",
                            wordsFor(wanted.front()), " to take as \"", key, "\"."),
                        jobReference(*id));
    }
    return made;
}

Json setOutputs(const std::vector<StoredAnswerSet>& sets) {
    Json outputs = Json::object();
    for (const StoredAnswerSet& one : sets)
        if (one.set.id)
            outputs[one.set.kind()] = one.set.id.value;
    return outputs;
}

} // namespace crux::jobs
