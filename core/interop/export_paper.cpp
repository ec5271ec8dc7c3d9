// Files of the paper's authors (REFERENCE.md D): sampled and checked answers, rollouts with and
// without each token.
#include "core/base/text_util.h"
#include "core/interop/exporter.h"
#include "core/interop/prefix_rollouts.h"
#include "core/store/gold_answers.h"
#include "core/store/repositories.h"
#include "core/store/rollout_sets.h"
#include "core/text/prompts.h"

#include <algorithm>

namespace crux::interop {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string stripped(const std::string& text) {
    return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

struct Answers {
    store::QuestionRecord question;
    std::string id; ///< of the row
    std::vector<store::TrajectoryRecord> rows;
};

/// By sample, as the lists of their files count them.
Result<Answers> answersOf(const Exporter& exporter, const std::vector<TrajectoryId>& ids) {
    Answers answers;
    for (const TrajectoryId id : ids) {
        CRUX_TRY(row, store::trajectory(exporter.project, id));
        answers.rows.push_back(std::move(row));
    }
    std::stable_sort(answers.rows.begin(), answers.rows.end(),
                     [](const auto& a, const auto& b) { return a.sampleIndex < b.sampleIndex; });
    CRUX_TRY(question, store::question(exporter.project, answers.rows.front().questionId));
    answers.question = std::move(question);
    answers.id = answers.question.externalId;
    return answers;
}

/// The prompt without worked examples in front of it: where it ends in the data set's template.
std::string plainPrompt(const std::string& prompt, const std::string& question,
                        const std::string& templateName) {
    const text::PromptTemplate* shape = text::promptTemplate(templateName);
    if (shape == nullptr)
        return prompt;
    const std::string rendered = text::renderPrompt(*shape, question);
    for (const std::string& form : {rendered, stripped(rendered)})
        if (prompt.size() > form.size() && prompt.ends_with(form))
            return form;
    return prompt;
}

Result<std::string> templateOf(const store::Project& project, DatasetId id) {
    CRUX_TRY(all, store::datasets(project));
    for (const store::DatasetRecord& dataset : all)
        if (dataset.id == id)
            return dataset.promptTemplate;
    return std::string();
}

/// A row of *.finished.jsonl. Their scripts sample from the stripped prompt, so that the white
/// space at its end belongs to what was generated.
Result<Json> samplingRow(Exporter& exporter, const Answers& answers,
                         std::vector<const store::TrajectoryRecord*>& kept) {
    const store::TrajectoryRecord* longest = &answers.rows.front();
    for (const store::TrajectoryRecord& row : answers.rows)
        if (row.prompt.size() > longest->prompt.size() &&
            stripped(row.prompt) == stripped(longest->prompt))
            longest = &row;
    const std::string whole = stripped(longest->prompt);
    CRUX_TRY(templateName, templateOf(exporter.project, longest->datasetId));
    const std::string prompt = plainPrompt(longest->prompt, answers.question.text, templateName);
    Json generations = Json::array();
    for (const store::TrajectoryRecord& row : answers.rows) {
        if (stripped(row.prompt) != whole) {
            exporter.leave("answers to a question that others answered from another prompt");
            continue;
        }
        generations.push_back(withReplacedUtf8(row.prompt.substr(whole.size()) + row.response));
        kept.push_back(&row);
    }
    const Json& facts = longest->provenance.params;
    const std::string shots = facts.value("few_shot", std::string());
    return Json{{"id", answers.id},
                {"question", answers.question.text},
                {"answer", store::goldAnswers(answers.question)},
                {"prompt", prompt},
                {"final_prompt", shots + longest->prompt},
                {"generation_result", std::move(generations)}};
}

/// Row id of a trajectory in rollout files: theirs are one trajectory an id.
std::string rolloutId(const Answers& answers, const store::TrajectoryRecord& row) {
    return answers.rows.size() == 1 ? answers.id : cat("#", row.id.value, "#");
}

Json rolloutRow(const Answers& answers, const store::TrajectoryRecord& row,
                const std::string& prefix) {
    return {{"id", rolloutId(answers, row)},
            {"question", withReplacedUtf8(prefix)},
            {"answer", store::goldAnswers(answers.question)},
            {"response_label", row.verdict == Verdict::Right},
            {"final_prompt", withReplacedUtf8(prefix)}};
}

std::vector<std::int32_t> prefixIds(const store::TrajectoryRecord& row, std::int32_t position) {
    return {row.ids.begin(), row.ids.begin() + position + 1};
}

/// What both rollout files need of a trajectory.
struct RolloutView {
    TextOfTrajectory whole;
    PieceTexts pieces;
};

Result<std::optional<RolloutView>> rolloutView(Exporter& exporter,
                                               const store::TrajectoryRecord& row) {
    TextOfTrajectory whole{row, row.prompt + row.response};
    CRUX_TRY(pieces, PieceTexts::of(exporter.project, row.tokenizerHash));
    if (whole.laid() && pieces)
        return std::optional<RolloutView>({std::move(whole), std::move(*pieces)});
    exporter.leave("trajectories whose tokenizer the project does not keep; score or search them "
                   "once, or import with --tokenizer");
    return std::optional<RolloutView>();
}

Status writeWith(Exporter& exporter, const Answers& answers, const RolloutView& view,
                 const store::RolloutSetRecord& set) {
    const store::TrajectoryRecord& row = view.whole.record;
    CRUX_TRY(table, PrefixRollouts::read(exporter.project, row, set));
    const std::vector<std::string> stops = store::rolloutStops(set.provenance.params);
    for (const auto& [position, rollouts] : table.byPosition()) {
        Json line = rolloutRow(answers, row, view.whole.text.substr(0, view.whole.end(position)));
        Json texts = Json::array(), ids = Json::array();
        for (const auto& [index, one] : rollouts) {
            texts.push_back(store::cutAtStops(view.pieces.text(one.rollout->ids, one.from), stops));
            ids.push_back(std::vector<std::int32_t>(one.rollout->ids.begin() +
                                                        static_cast<std::ptrdiff_t>(one.from),
                                                    one.rollout->ids.end()));
        }
        line["generation_result"] = std::move(texts);
        line["prefix_ids"] = prefixIds(row, position);
        line["generation_ids"] = std::move(ids);
        exporter.write(dumpJson(line) + "\n", "");
    }
    return {};
}

Status writeWithout(Exporter& exporter, const Answers& answers, const RolloutView& view,
                    const store::RolloutSetRecord& set) {
    const store::TrajectoryRecord& row = view.whole.record;
    const std::vector<std::string> stops = store::rolloutStops(set.provenance.params);
    CRUX_TRY(variants, store::rolloutVariants(exporter.project, row.id, set.id));
    for (const std::string& variant : variants) {
        if (!variant.starts_with("ban "))
            continue;
        CRUX_TRY(rollouts, store::rolloutsOf(exporter.project, row.id, set.id, variant));
        for (const store::RolloutRecord& rollout : rollouts) {
            const auto next = static_cast<std::size_t>(rollout.position) + 1;
            if (rollout.ids.empty() || next >= row.ids.size())
                continue; // the replacement ended the text
            const std::string to = view.pieces.token(rollout.ids.front());
            const std::string before = view.whole.text.substr(0, view.whole.end(rollout.position));
            Json line = rolloutRow(answers, row, before + to);
            line["replace_token"] = {{"from", view.pieces.token(row.ids[next])}, {"to", to}};
            line["generation_result"] =
                Json::array({store::cutAtStops(view.pieces.text(rollout.ids, 1), stops)});
            line["replacement"] = variant.ends_with(" full") ? "full_softmax" : "sampler";
            line["prefix_ids"] = prefixIds(row, rollout.position);
            line["generation_ids"] = Json::array({rollout.ids});
            exporter.write(dumpJson(line) + "\n", "");
        }
    }
    return {};
}

/// Of each trajectory the newest set of rollouts: one file is of one model.
Status exportRolloutFile(Exporter& exporter, const std::vector<TrajectoryId>& ids,
                         Status (*write)(Exporter&, const Answers&, const RolloutView&,
                                         const store::RolloutSetRecord&)) {
    CRUX_TRY(answers, answersOf(exporter, ids));
    for (const store::TrajectoryRecord& row : answers.rows) {
        CRUX_TRY(sets, store::rolloutSets(exporter.project, row.id));
        if (sets.empty())
            continue;
        if (sets.size() > 1)
            exporter.leave("older sets of rollouts of a trajectory that has several",
                           std::ssize(sets) - 1);
        CRUX_TRY(view, rolloutView(exporter, row));
        if (view)
            CRUX_TRY_VOID(write(exporter, answers, *view, sets.front()));
    }
    return {};
}

} // namespace

Status exportPaperSampling(Exporter& exporter, const std::vector<TrajectoryId>& ids) {
    CRUX_TRY(answers, answersOf(exporter, ids));
    std::vector<const store::TrajectoryRecord*> kept;
    CRUX_TRY(row, samplingRow(exporter, answers, kept));
    exporter.write(dumpJson(row) + "\n", "");
    return {};
}

Status exportPaperChecked(Exporter& exporter, const std::vector<TrajectoryId>& ids) {
    CRUX_TRY(answers, answersOf(exporter, ids));
    std::vector<const store::TrajectoryRecord*> kept;
    CRUX_TRY(row, samplingRow(exporter, answers, kept));
    Json checks = Json::array();
    for (std::size_t i = 0; i < kept.size(); ++i)
        checks.push_back(
            Json::array({row["generation_result"][i], withReplacedUtf8(kept[i]->extracted),
                         kept[i]->verdict == Verdict::Right}));
    row["generation_check"] = std::move(checks);
    exporter.write(dumpJson(Json(answers.id)) + ": " + dumpJson(row), ",\n");
    return {};
}

Status exportPaperRollouts(Exporter& exporter, const std::vector<TrajectoryId>& ids) {
    return exportRolloutFile(exporter, ids, writeWith);
}

Status exportPaperWithout(Exporter& exporter, const std::vector<TrajectoryId>& ids) {
    return exportRolloutFile(exporter, ids, writeWithout);
}

} // namespace crux::interop
