#include "core/spec/pipeline.h"

#include "core/base/text_util.h"
#include "core/spec/params.h"

#include <algorithm>
#include <charconv>
#include <set>

namespace crux {

namespace {

const std::string kNewestPairs = "newest";

std::string textOf(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// "@positive" -> "positive"; none for every other value.
std::optional<std::string> referencedStep(const Json& value) {
    if (!value.is_string())
        return {};
    const auto& text = value.get_ref<const std::string&>();
    return text.size() > 1 && text.front() == '@' ? std::optional(text.substr(1)) : std::nullopt;
}

/// What a job of this spec makes.
std::vector<Output> madeBy(std::string_view kind, const Json& spec) {
    if (kind == "train")
        return {textOf(spec, "trained") == "all" ? Output::Model : Output::Adapter};
    if (kind == "score")
        return {Output::ScoreSet};
    const bool chooses = kind == "sample" && spec.value("select", true);
    if (kind == "select" || chooses)
        return {Output::PositiveData, Output::NegativeData, Output::Pairs};
    return {};
}

Failure refuse(const std::string& step, const std::string& why) {
    return fail(ErrorCode::InvalidArgument, cat("Step \"", step, "\" of the pipeline ", why, "."),
                step);
}

/// Reads one step; what it refers to is checked when all are read.
Result<PipelineStep> readStep(const Json& from, std::size_t number) {
    PipelineStep step;
    step.id = from.is_object() ? textOf(from, "id") : std::string();
    if (step.id.empty())
        step.id = cat(number);
    if (!from.is_object())
        return refuse(step.id, "is no JSON object");
    for (const auto& [key, value] : from.items())
        if (key != "id" && key != "kind" && key != "name" && key != "spec" && key != "after")
            return refuse(step.id, cat("has the unknown field \"", key,
                                       "\"; it takes id, kind, name, spec and after"));
    step.kind = textOf(from, "kind");
    if (step.kind.empty())
        step.kind = "train";
    const auto complete = completeSpec(step.kind, from.value("spec", Json::object()));
    if (!complete.ok())
        return refuse(step.id, cat("cannot be run: ", complete.error().message));
    step.spec = *complete;
    step.name = textOf(from, "name");
    if (step.name.empty())
        step.name = textOf(step.spec, "name");
    if (step.name.empty())
        step.name = step.id;
    return step;
}

/// The steps that `step` names, "after" and in its spec.
Result<std::set<std::size_t>> namedBy(const PipelineStep& step, const Json& after,
                                      const std::vector<PipelineStep>& all) {
    std::set<std::size_t> named;
    const auto find = [&](const std::string& id) -> Result<std::size_t> {
        for (std::size_t i = 0; i < all.size(); ++i)
            if (all[i].id == id)
                return i;
        return refuse(step.id, cat("names \"", id, "\", which is no step of it"));
    };
    for (const Json& id : after) {
        CRUX_TRY(index, find(id.is_string() ? id.get<std::string>() : dumpJson(id)));
        named.insert(index);
    }
    for (const auto& [key, value] : step.spec.items()) {
        const auto id = referencedStep(value);
        const std::vector<Output> wanted = takenBy(step.kind, step.spec, key);
        if (!id || wanted.empty()) // in other texts "@" means itself
            continue;
        CRUX_TRY(index, find(*id));
        const std::vector<Output> made = madeBy(all[index].kind, all[index].spec);
        if (std::none_of(wanted.begin(), wanted.end(), [&](Output one) {
                return std::find(made.begin(), made.end(), one) != made.end();
            }))
            return refuse(step.id, cat("takes \"", key, "\" from step \"", *id,
                                       "\", which makes nothing of that kind"));
        named.insert(index);
    }
    return named;
}

/// Steps in an order in which each comes after those it waits for.
Result<std::vector<PipelineStep>> ordered(std::vector<PipelineStep> steps,
                                          const std::vector<std::set<std::size_t>>& needs) {
    std::vector<PipelineStep> sorted;
    std::map<std::size_t, std::size_t> place; // in `steps` -> in `sorted`
    while (sorted.size() < steps.size()) {
        const std::size_t before = sorted.size();
        for (std::size_t i = 0; i < steps.size(); ++i) {
            if (place.count(i) != 0 ||
                std::any_of(needs[i].begin(), needs[i].end(),
                            [&](std::size_t other) { return place.count(other) == 0; }))
                continue;
            place[i] = sorted.size();
            for (const std::size_t other : needs[i])
                steps[i].after.push_back(place[other]);
            std::sort(steps[i].after.begin(), steps[i].after.end());
            sorted.push_back(std::move(steps[i]));
        }
        if (sorted.size() == before)
            return fail(ErrorCode::InvalidArgument,
                        "Steps of the pipeline wait for each other; one of them must come first.");
    }
    return sorted;
}

/// `spec` with what the run itself says of these parameters, where it says nothing itself.
Json inherited(Json spec, const Json& train, std::initializer_list<const char*> keys) {
    for (const char* key : keys)
        if (train.contains(key) && !spec.contains(key))
            spec[key] = train[key];
    return spec;
}

} // namespace

std::string_view outputName(Output output) {
    switch (output) {
    case Output::Adapter:
        return "adapter";
    case Output::Model:
        return "model";
    case Output::ScoreSet:
        return "score_set";
    case Output::PositiveData:
        return "sft_pos";
    case Output::NegativeData:
        return "sft_neg";
    case Output::Pairs:
        return "preference";
    }
    return "adapter";
}

std::vector<Output> takenBy(std::string_view kind, const Json& spec, std::string_view key) {
    if (key == "model" && kind != "import" && kind != "select" && kind != "compare")
        return {Output::Model};
    if ((key == "adapter" && (kind == "sample" || kind == "search" || kind == "evaluate")) ||
        (key == "start_adapter" && kind == "train"))
        return {Output::Adapter};
    if (kind == "score" && (key == "positive" || key == "negative"))
        return {Output::Adapter, Output::Model};
    if (kind == "score" && key == "training_set")
        return {Output::Pairs};
    if (kind == "train" && key == "score_set")
        return {Output::ScoreSet};
    if (kind != "train" || key != "data")
        return {};
    if (textOf(spec, "method") != "sft")
        return {Output::Pairs};
    return {textOf(spec, "role") == "negative" ? Output::NegativeData : Output::PositiveData};
}

std::optional<JobId> referencedJob(const Json& value) {
    if (!value.is_string())
        return {};
    const std::string_view text = value.get_ref<const std::string&>();
    constexpr std::string_view kHead = "job:";
    if (!text.starts_with(kHead))
        return {};
    JobId id;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + kHead.size(), end, id.value);
    return read.ec == std::errc() && read.ptr == end && id.value > 0 ? std::optional(id)
                                                                     : std::nullopt;
}

std::string jobReference(JobId id) {
    return cat("job:", id.value);
}

std::vector<JobId> referencedJobs(std::string_view kind, const Json& spec) {
    std::set<std::int64_t> ids;
    if (spec.is_object())
        for (const auto& [key, value] : spec.items())
            if (const auto id = referencedJob(value); id && !takenBy(kind, spec, key).empty())
                ids.insert(id->value);
    std::vector<JobId> list;
    for (const std::int64_t id : ids)
        list.push_back(JobId{id});
    return list;
}

bool isPipeline(const Json& spec) {
    return spec.is_object() && spec.contains("pipeline");
}

Result<std::vector<PipelineStep>> parsePipeline(const Json& spec) {
    const Json& list = spec.at("pipeline");
    if (spec.size() != 1 || !list.is_array() || list.empty())
        return fail(ErrorCode::InvalidArgument,
                    "A pipeline is an object whose only field \"pipeline\" lists its steps, at "
                    "least one.");
    std::vector<PipelineStep> steps;
    for (const Json& one : list) {
        CRUX_TRY(step, readStep(one, steps.size() + 1));
        for (const PipelineStep& other : steps)
            if (other.id == step.id)
                return refuse(step.id, "is there twice; each needs an id of its own");
        steps.push_back(std::move(step));
    }
    std::vector<std::set<std::size_t>> needs;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const Json after = list[i].value("after", Json::array());
        if (!after.is_array())
            return refuse(steps[i].id, "has an \"after\" that is no list of steps");
        CRUX_TRY(named, namedBy(steps[i], after, steps));
        needs.push_back(std::move(named));
    }
    return ordered(std::move(steps), needs);
}

Json trainingPipeline(const TrainingPlan& plan) {
    Json steps = Json::array();
    Json train = plan.train;
    const std::string method = textOf(train, "method").empty() ? "sft" : textOf(train, "method");
    const std::string name = textOf(train, "name").empty() ? method : textOf(train, "name");
    const auto add = [&](const char* id, const char* kind, const std::string& title, Json spec) {
        steps.push_back({{"id", id}, {"kind", kind}, {"name", title}, {"spec", std::move(spec)}});
    };
    if (plan.data) {
        add("data", "select", cat(name, ": data"), inherited(*plan.data, train, {"model"}));
        train["data"] = "@data";
    }
    const auto side = [&](const char* role, const std::optional<Json>& given,
                          const std::string& there) -> std::string {
        if (!given)
            return there;
        Json spec = inherited(*given, train,
                              {"model", "preset", "end", "seed", "max_prompt", "max_length"});
        spec["method"] = "sft";
        spec["role"] = role;
        if (plan.data)
            spec["data"] = "@data";
        if (textOf(spec, "name").empty())
            spec["name"] = cat(name, " ", role);
        add(role, "train", textOf(spec, "name"), spec);
        return cat("@", role);
    };
    if (plan.score) {
        const std::string pairs = textOf(train, "data");
        const std::string positive = side("positive", plan.positive, plan.positiveModel);
        const std::string negative = side("negative", plan.negative, plan.negativeModel);
        Json spec = inherited({{"positive", positive},
                               {"negative", negative},
                               {"score_set", cat(name, " scores")},
                               {"training_set", pairs.empty() ? kNewestPairs : pairs}},
                              train, {"model"});
        add("scores", "score", cat(name, ": scores"), std::move(spec));
        train["score_set"] = "@scores";
    }
    add("run", "train", name, std::move(train));
    return Json{{"pipeline", std::move(steps)}};
}

} // namespace crux
