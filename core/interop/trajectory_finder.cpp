#include "core/interop/trajectory_finder.h"

#include "core/base/text_util.h"
#include "core/interop/import_writer.h"
#include "core/store/question_names.h"
#include "core/store/repositories.h"
#include "core/text/prompts.h"

namespace crux::interop {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

Result<std::optional<store::QuestionRecord>> questionOf(const store::Project& project,
                                                        DatasetId dataset,
                                                        const std::string& questionId,
                                                        const std::string& question) {
    if (!questionId.empty()) {
        CRUX_TRY(byId, store::findQuestion(project, dataset, questionId));
        if (byId && (question.empty() || byId->text == question))
            return byId;
    }
    return store::findQuestion(project, dataset, store::textQuestionId(question));
}

} // namespace

Result<SplitText> splitByTemplate(const std::string& text, const std::string& templateName) {
    const text::PromptTemplate* shape = text::promptTemplate(templateName);
    if (shape == nullptr)
        return fail(ErrorCode::InvalidArgument,
                    "it needs the prompt template that its text begins with");
    // A prefix may end where the blanks at the end of the prompt should stand.
    const std::string after = shape->after.substr(0, shape->after.find_last_not_of(kBlanks) + 1);
    const std::size_t mark = text.find(after);
    if (!text.starts_with(shape->before) || mark == std::string::npos)
        return fail(ErrorCode::InvalidArgument,
                    cat("its text is not \"", trimmed(shape->before), "\", a question, \"",
                        trimmed(after), "\" and a response, as the prompt template ", shape->name,
                        " has it"));
    SplitText parts;
    parts.question = text.substr(shape->before.size(), mark - shape->before.size());
    std::size_t end = mark + after.size();
    if (text.compare(mark, shape->after.size(), shape->after) == 0)
        end = mark + shape->after.size();
    parts.prompt = text.substr(0, end);
    parts.response = text.substr(end);
    return parts;
}

Result<std::vector<store::TrajectoryRecord>>
trajectoriesBeginning(const TakerContext& context, DatasetId dataset, const std::string& questionId,
                      const std::string& question, const std::string& beginning,
                      std::string& fault) {
    std::vector<store::TrajectoryRecord> found;
    if (!dataset) // a dry run before anything was imported
        return found;
    CRUX_TRY(stored, questionOf(context.project, dataset, questionId, question));
    if (!stored)
        return found;
    CRUX_TRY(ids, store::trajectoriesOf(context.project, stored->id));
    for (const TrajectoryId id : ids) {
        CRUX_TRY(record, store::trajectory(context.project, id));
        if (!(record.prompt + record.response).starts_with(beginning))
            continue;
        const bool had = !record.tokenizerHash.empty() && !record.offsets.empty();
        const Status laid = context.tokenizer->lay(record);
        if (!laid.ok()) {
            fault = cat("trajectory ", id.value, ": ", laid.error().message);
            continue;
        }
        if (!had && !context.dryRun)
            CRUX_TRY_VOID(store::setTokens(context.project, id, record.ids, record.offsets,
                                           record.promptTokens, record.tokenizerHash));
        found.push_back(std::move(record));
    }
    return found;
}

Result<store::TrajectoryRecord> addPartial(const TakerContext& context, ImportWriter& writer,
                                           const ParsedRow& row, const Place& place) {
    if (context.dryRun) {
        store::TrajectoryRecord record;
        record.prompt = row.answers.front().prompt.value_or("");
        record.response = row.answers.front().response;
        CRUX_TRY_VOID(context.tokenizer->lay(record));
        return record;
    }
    CRUX_TRY(added, writer.add(row, place, context.report));
    for (const std::string& warning : added.warnings)
        context.faults.warn(place, warning);
    CRUX_TRY(record, store::trajectory(context.project, added.ids.front()));
    if (record.offsets.empty() || record.tokenizerHash != context.tokenizer->hash())
        return fail(ErrorCode::Mismatch, "the tokenizer does not spell its text");
    return record;
}

} // namespace crux::interop
