#include "core/interop/export.h"

#include "core/base/clock.h"
#include "core/base/files.h"
#include "core/base/text_util.h"
#include "core/interop/csv_reader.h"
#include "core/interop/export_corpus.h"
#include "core/interop/export_evaluations.h"
#include "core/interop/export_metrics.h"
#include "core/interop/export_rollouts.h"
#include "core/interop/export_training.h"
#include "core/interop/exporter.h"
#include "core/interop/heat_map_document.h"
#include "core/store/corpus.h"
#include "core/store/gold_answers.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <map>
#include <ostream>
#include <set>
#include <unistd.h>

namespace crux::interop {

namespace {

using store::TrajectoryRecord;
using store::TrajectorySummary;

Json provenanceJson(const store::Provenance& p) {
    return {{"weights_hash", p.weightsHash},
            {"adapter_hash", p.adapterHash},
            {"tokenizer_hash", p.tokenizerHash},
            {"params", p.params},
            {"seed", p.seed},
            {"dtype", p.dtype},
            {"device", p.device},
            {"program_version", p.programVersion}};
}

Json floats(const std::vector<float>& values) {
    Json list = Json::array();
    for (const float value : values)
        list.push_back(jsonNumber(static_cast<double>(value)));
    return list;
}

Json optionalPosition(std::int32_t value) {
    return value < 0 ? Json(nullptr) : Json(value);
}

/// begin, end, begin, end .. as [[begin, end], ..]
Json pairsOf(const std::vector<std::int32_t>& spans) {
    Json pairs = Json::array();
    for (std::size_t i = 0; i + 1 < spans.size(); i += 2)
        pairs.push_back({spans[i], spans[i + 1]});
    return pairs;
}

Status addScores(const Exporter& exporter, const TrajectoryRecord& t, Json& row) {
    if (!exporter.options.scoreSet)
        return {};
    CRUX_TRY(list, store::trajectorySummaries(exporter.project, {t.id}, exporter.options.scoreSet));
    const TrajectorySummary& summary = list.front();
    row["min_s"] =
        summary.minSPosition < 0 ? Json(nullptr) : jsonNumber(static_cast<double>(summary.minS));
    row["min_s_position"] =
        optionalPosition(summary.minSPosition < 0 ? -1 : summary.minSPosition + t.promptTokens);
    row["candidates"] = optionalPosition(summary.candidates);
    if (!exporter.options.perToken)
        return {};
    CRUX_TRY(scores, store::scores(exporter.project, t.id, exporter.options.scoreSet));
    if (scores) {
        row["s"] = floats(scores->s);
        row["p_positive"] = floats(scores->pPositive);
        row["p_negative"] = floats(scores->pNegative);
    }
    return {};
}

Status addAnnotations(const Exporter& exporter, TrajectoryId id, Json& row) {
    CRUX_TRY(labels, store::labelsOf(exporter.project, id));
    CRUX_TRY(notes, store::notes(exporter.project, id));
    CRUX_TRY(marks, store::marks(exporter.project, id));
    CRUX_TRY(layers, store::layersOf(exporter.project, id));
    Json labelList = Json::array();
    for (const auto& label : labels)
        labelList.push_back({{"position", optionalPosition(label.position)}, {"kind", label.kind}});
    Json noteList = Json::array();
    for (const auto& note : notes)
        noteList.push_back({{"position", optionalPosition(note.position)}, {"text", note.text}});
    row["labels"] = std::move(labelList);
    row["notes"] = std::move(noteList);
    bool marked = false;
    Json bookmarks = Json::array();
    for (const auto& mark : marks) {
        marked = marked || mark.position < 0;
        if (mark.position >= 0)
            bookmarks.push_back(mark.position);
    }
    row["marked"] = marked;
    row["bookmarks"] = std::move(bookmarks);
    if (!exporter.options.perToken)
        return {};
    Json layerList = Json::array();
    for (const auto& [layer, values] : layers)
        layerList.push_back(
            {{"name", layer.name}, {"source", layer.source}, {"values", floats(values)}});
    row["layers"] = std::move(layerList);
    return {};
}

/// Columns carry the names that the importers guess, so that an export imports again.
Result<Json> trajectoryJson(const Exporter& exporter, const TrajectoryRecord& t,
                            const store::BranchRecord* branch) {
    CRUX_TRY(question, store::question(exporter.project, t.questionId));
    Json row{{"id", t.id.value},
             {"external_id", t.externalId},
             {"question_id", question.externalId},
             {"question", question.text},
             {"gold", store::goldJson(store::goldAnswers(question))},
             {"prompt", t.prompt},
             {"response", t.response},
             {"model", t.sourceModel},
             {"source", sourceName(t.source)},
             {"sample", t.sampleIndex},
             {"verdict", verdictName(t.verdict)},
             {"verdict_reason", t.verdictReason},
             {"extracted", t.extracted},
             {"finish_reason", t.finishReason},
             {"slip", optionalPosition(t.slip)},
             {"provenance", provenanceJson(t.provenance)}};
    row["extracted_span"] =
        t.extractedBegin < 0 ? Json(nullptr) : Json{t.extractedBegin, t.extractedEnd};
    if (!t.answerSpans.empty()) // of an ambiguous extraction: all places
        row["answer_spans"] = pairsOf(t.answerSpans);
    row["published_correct"] = t.publishedCorrect ? Json(*t.publishedCorrect) : Json(nullptr);
    if (exporter.options.perToken && !t.ids.empty()) {
        row["ids"] = t.ids;
        row["prompt_tokens"] = t.promptTokens;
        row["offsets"] = pairsOf(t.offsets);
        row["tokenizer_hash"] = t.tokenizerHash;
    }
    if (branch != nullptr)
        row["branch"] = {
            {"root_id", branch->rootId.value},       {"parent_id", branch->parentId.value},
            {"fork_position", branch->forkPosition}, {"kind", branch->kind},
            {"forced_ids", branch->forcedIds},       {"main_path", branch->mainPath},
            {"sampling", branch->sampling}};
    CRUX_TRY_VOID(addScores(exporter, t, row));
    CRUX_TRY_VOID(addAnnotations(exporter, t.id, row));
    return row;
}

Status writeJsonRow(Exporter& exporter, TrajectoryId id, const store::BranchRecord* branch) {
    CRUX_TRY(record, store::trajectory(exporter.project, id));
    CRUX_TRY(row, trajectoryJson(exporter, record, branch));
    exporter.out << dumpJson(row) << '\n';
    ++exporter.written;
    return {};
}

/// The trajectory, then the live branches of its tree.
Status withBranches(Exporter& exporter, TrajectoryId id,
                    const std::function<Status(TrajectoryId, const store::BranchRecord*)>& each) {
    CRUX_TRY_VOID(each(id, nullptr));
    if (!exporter.options.withBranches)
        return {};
    CRUX_TRY(branches, store::branchesOf(exporter.project, id));
    for (const store::BranchRecord& branch : branches)
        CRUX_TRY_VOID(each(branch.childId, &branch));
    return {};
}

Status exportJson(Exporter& exporter, TrajectoryId id) {
    return withBranches(exporter, id, [&](TrajectoryId one, const store::BranchRecord* branch) {
        return writeJsonRow(exporter, one, branch);
    });
}

/// What the machine says of a labelled token: its score, and what rollouts found there.
Status addLabelEvidence(const Exporter& exporter, TrajectoryId id, std::int32_t position,
                        Json& row) {
    row["s"] = nullptr;
    row["candidate"] = nullptr;
    row["rollouts"] = nullptr;
    row["found_by"] = Json::array();
    if (position < 0)
        return {};
    if (exporter.options.scoreSet) {
        CRUX_TRY(scores, store::scores(exporter.project, id, exporter.options.scoreSet));
        CRUX_TRY(t, store::trajectory(exporter.project, id));
        CRUX_TRY(threshold, store::candidateThreshold(exporter.project, exporter.options.scoreSet));
        if (scores && position < std::ssize(scores->s)) {
            row["s"] =
                jsonNumber(static_cast<double>(scores->s[static_cast<std::size_t>(position)]));
            const auto candidates =
                store::candidatePositions(scores->s, t.promptTokens, t.verdict, threshold);
            row["candidate"] = std::binary_search(candidates.begin(), candidates.end(), position);
        }
    }
    CRUX_TRY(findings, store::findingsOf(exporter.project, id));
    std::set<std::int64_t> sets;
    for (const store::SearchFindingRecord& finding : findings)
        sets.insert(finding.rolloutSet.value);
    for (auto set = sets.rbegin(); set != sets.rend() && row["rollouts"].is_null(); ++set) {
        CRUX_TRY(estimates, store::rolloutEstimates(exporter.project, id, RolloutSetId{*set}));
        for (const store::RolloutEstimate& estimate : estimates)
            if (estimate.position == position)
                row["rollouts"] = {{"right", estimate.count.right},
                                   {"total", estimate.count.total},
                                   {"rollout_set", *set}};
    }
    for (const store::SearchFindingRecord& finding : findings)
        if (finding.position == position)
            row["found_by"].push_back(
                {{"method", finding.method},
                 {"sign", finding.sign},
                 {"confirmed", finding.confirmed ? Json(*finding.confirmed) : Json()}});
    return {};
}

Status exportLabels(Exporter& exporter, TrajectoryId id) {
    return withBranches(exporter, id, [&](TrajectoryId one, const auto*) -> Status {
        CRUX_TRY(labels, store::labelsOf(exporter.project, one));
        if (labels.empty())
            return {};
        CRUX_TRY(t, store::trajectory(exporter.project, one));
        CRUX_TRY(question, store::question(exporter.project, t.questionId));
        for (const store::LabelRecord& label : labels) {
            Json row{{"trajectory_id", one.value},
                     {"external_id", t.externalId},
                     {"question_id", question.externalId},
                     {"sample", t.sampleIndex},
                     {"model", t.sourceModel},
                     {"label", label.kind},
                     {"time", isoTime(label.createdMs)}};
            row["position"] = optionalPosition(label.position);
            const auto at = static_cast<std::size_t>(std::max(label.position, 0));
            const bool inside = label.position >= 0 && at < t.ids.size();
            row["token_id"] = inside ? Json(t.ids[at]) : Json(nullptr);
            if (inside && t.offsets.size() == 2 * t.ids.size()) {
                const std::string whole = t.prompt + t.response;
                const auto begin = static_cast<std::size_t>(t.offsets[2 * at]);
                const auto end = static_cast<std::size_t>(t.offsets[2 * at + 1]);
                row["token"] = whole.substr(begin, end - begin);
            }
            CRUX_TRY_VOID(addLabelEvidence(exporter, one, label.position, row));
            exporter.out << dumpJson(row) << '\n';
            ++exporter.written;
        }
        return {};
    });
}

constexpr std::string_view kCsvHeader =
    "id,dataset,question,gold,verdict,extracted,model,source,sample,tokens,min_s,min_s_position,"
    "candidates,branches,label,marked\n";

/// Positions in files are absolute, those of summaries count from the response.
void writeCsvRow(std::ostream& out, const TrajectorySummary& s, std::int32_t promptTokens) {
    const auto number = [&](std::int32_t value) { return value < 0 ? std::string() : cat(value); };
    out << s.id.value << ',' << csvCell(s.datasetName) << ',' << csvCell(s.question) << ','
        << csvCell(store::goldLine(s.golds)) << ',' << verdictName(s.verdict) << ','
        << csvCell(s.extracted) << ',' << csvCell(s.sourceModel) << ',' << sourceName(s.source)
        << ',' << s.sampleIndex << ',' << s.tokens << ','
        << (s.minSPosition < 0 ? std::string() : cat(s.minS)) << ','
        << number(s.minSPosition < 0 ? -1 : s.minSPosition + promptTokens) << ','
        << number(s.candidates) << ',' << s.branches << ',' << csvCell(s.label) << ','
        << (s.marked ? "yes" : "no") << '\n';
}

Status exportCsv(Exporter& exporter, TrajectoryId id) {
    CRUX_TRY(list, store::trajectorySummaries(exporter.project, {id}, exporter.options.scoreSet));
    CRUX_TRY(record, store::trajectory(exporter.project, id));
    writeCsvRow(exporter.out, list.front(), record.promptTokens);
    ++exporter.written;
    return {};
}

/// Heat maps one after another; the page's frame is written around all of them.
Status exportHeatMaps(Exporter& exporter, TrajectoryId id, bool html) {
    return withBranches(exporter, id, [&](TrajectoryId one, const auto*) -> Status {
        CRUX_TRY(document, heatMapDocument(exporter.project, one, exporter.options.scoreSet));
        exporter.out << (html ? heatMapHtmlBody(document) : heatMapLatex(document)) << '\n';
        ++exporter.written;
        return {};
    });
}

Status exportHtml(Exporter& exporter, TrajectoryId id) {
    return exportHeatMaps(exporter, id, true);
}

Status exportLatex(Exporter& exporter, TrajectoryId id) {
    return exportHeatMaps(exporter, id, false);
}

Status exportRollouts(Exporter& exporter, TrajectoryId id) {
    CRUX_TRY(lines, writeRollouts(exporter.project, id, exporter.out));
    exporter.written += lines;
    return {};
}

Status exportFindings(Exporter& exporter, TrajectoryId id) {
    CRUX_TRY(lines, writeFindings(exporter.project, id, exporter.out));
    exporter.written += lines;
    return {};
}

/// What stands around the rows of a kind.
std::pair<std::string, std::string> frameOf(const std::string& kind) {
    if (kind == "csv")
        return {std::string(kCsvHeader), ""};
    if (kind == "heat-maps-html")
        return {heatMapHtmlHead("Heat maps", {}), heatMapHtmlFoot()};
    if (kind == "paper-checked")
        return {"{\n", "\n}\n"};
    if (kind.starts_with("cliff") && kind != "cliff-table")
        return {"[\n", "\n]\n"};
    if (kind == "cliff-table")
        return {"position,token,potential,is_cliff\r\n", ""};
    return {};
}

using TrajectoryWriter = Status (*)(Exporter&, TrajectoryId);
using QuestionWriter = Status (*)(Exporter&, const std::vector<TrajectoryId>&);

TrajectoryWriter trajectoryWriter(const std::string& kind) {
    static const std::map<std::string, TrajectoryWriter> writers{
        {"jsonl", exportJson},
        {"csv", exportCsv},
        {"labels", exportLabels},
        {"rollouts", exportRollouts},
        {"critical-tokens", exportFindings},
        {"pts-tokens", exportPtsTokens},
        {"pts-events", exportPtsEvents},
        {"pts-dpo", exportPtsPairs},
        {"cliff", exportCliff},
        {"cliff-table", exportCliffTable},
        {"cliff-dpo-1n", exportCliffPairs},
        {"cliff-dpo-hard", exportCliffPairsHard},
        {"heat-maps-html", exportHtml},
        {"heat-maps-latex", exportLatex}};
    const auto found = writers.find(kind);
    return found == writers.end() ? nullptr : found->second;
}

QuestionWriter questionWriter(const std::string& kind) {
    static const std::map<std::string, QuestionWriter> writers{
        {"paper-sampling", exportPaperSampling},
        {"paper-checked", exportPaperChecked},
        {"paper-rollouts", exportPaperRollouts},
        {"paper-rollouts-without", exportPaperWithout}};
    const auto found = writers.find(kind);
    return found == writers.end() ? nullptr : found->second;
}

/// The trajectories of each question together, questions in the order of their first.
Result<std::vector<std::vector<TrajectoryId>>> byQuestion(const store::Project& project,
                                                          const std::vector<TrajectoryId>& ids) {
    constexpr std::size_t kAtOnce = 1000;
    std::vector<std::vector<TrajectoryId>> groups;
    std::map<std::int64_t, std::size_t> places;
    for (std::size_t begin = 0; begin < ids.size(); begin += kAtOnce) {
        const std::vector<TrajectoryId> some(
            ids.begin() + static_cast<std::ptrdiff_t>(begin),
            ids.begin() + static_cast<std::ptrdiff_t>(std::min(begin + kAtOnce, ids.size())));
        CRUX_TRY(rows, store::trajectorySummaries(project, some, ScoreSetId()));
        for (const TrajectorySummary& row : rows) {
            const auto [place, fresh] = places.try_emplace(row.questionId.value, groups.size());
            if (fresh)
                groups.emplace_back();
            groups[place->second].push_back(row.id);
        }
    }
    return groups;
}

Status checkStream(const Exporter& exporter) {
    if (exporter.out)
        return {};
    return fail(errno != 0 ? errorCodeFromErrno(errno) : ErrorCode::Io,
                cat("cannot write the export after ", exporter.written,
                    " rows: ", errno != 0 ? systemErrorText(errno) : "the stream is closed"));
}

/// Calls `write` for each unit, with cancel, progress and the stream looked after.
template <typename Unit, typename Write>
Status writeAll(Exporter& exporter, const std::vector<Unit>& units, const Write& write,
                const CancelToken& cancel, const ExportProgress& progress) {
    std::int64_t done = 0;
    for (const Unit& unit : units) {
        if (cancel.cancelled())
            return fail(ErrorCode::Cancelled, "the export was cancelled");
        errno = 0;
        CRUX_TRY_VOID(write(exporter, unit));
        CRUX_TRY_VOID(checkStream(exporter));
        if (progress && (++done % 500 == 0 || done == std::ssize(units)))
            progress(done, std::ssize(units));
    }
    return {};
}

Failure writeFailure(const Path& target, int problem) {
    return fail(errorCodeFromErrno(problem),
                cat("cannot write ", target.string(), ": ", systemErrorText(problem)),
                target.string());
}

} // namespace

const std::vector<std::pair<std::string, std::string>>& exportKinds() {
    static const std::vector<std::pair<std::string, std::string>> kinds{
        {"jsonl", "every trajectory with verdict, scores, labels and notes, one a line"},
        {"csv", "the table of trajectories"},
        {"labels", "human verdicts on candidates, one a line"},
        {"rollouts", "rollouts of every prefix with token ids, answer and verdict, one a line"},
        {"critical-tokens", "tokens that searches found, with counts and parameters, one a line"},
        {"paper-sampling", "the paper's *.finished.jsonl: a question with all its answers a line"},
        {"paper-checked", "the paper's *.checked.json: the same with answers read and labelled"},
        {"paper-rollouts", "the paper's rollouts of every prefix, *_with_token_..result.jsonl"},
        {"paper-rollouts-without",
         "the paper's rollouts with a token replaced, *_without_token_..result.jsonl"},
        {"pts-tokens", "tokens that pivotal searches found, as PTS's records of version 1"},
        {"pts-events", "the same as PTS's events of schema 2.0"},
        {"pts-dpo", "pivotal tokens and a measured token of the other side: pairs of one token"},
        {"cliff",
         "shares of right rollouts after every token, as the JSON of Cliff Tokens; null where "
         "drawing stopped early or the number of rollouts is not _rollouts"},
        {"cliff-table", "the same of one trajectory as its per-token CSV; is_cliff stands one row "
                        "after the drop, as in the published tables"},
        {"cliff-dpo-1n",
         "Cliff-DPO pairs: a cliff token, and each likely token that is none itself"},
        {"cliff-dpo-hard", "the same, of those that do not lower the chance of ending right"},
        {"sft-pos", "chosen positive data, prompt and completion as TRL reads them, one a line"},
        {"sft-neg", "chosen negative data, likewise"},
        {"preference", "chosen and rejected pairs as TRL reads them, with ids and weights"},
        {"authors-sft", "positive and negative data as one JSON of the paper's authors"},
        {"authors-dpo", "preference data as columns, as the paper's authors have them"},
        {"authors-ce", "the same with s_t of every token, the authors' ...CE_scored.json"},
        {"corpus", "which tokens are critical, where and at which s_t: a line a bar"},
        {"agreement", "candidates by s_t held against rollouts and slips, one a line, then totals"},
        {"metrics", "metrics of training runs by TRL's names, a line a run and step"},
        {"metrics-csv", "the same as one table, a column a metric"},
        {"lm-eval", "evaluations as lm-eval's samples_*.jsonl, a line a question"},
        {"comparison-csv", "evaluations side by side, a row a question"},
        {"comparison-jsonl", "the comparison as JSON, then a line a question"},
        {"comparison-latex", "the comparison as a LaTeX table (booktabs)"},
        {"heat-maps-html", "heat maps of s_t on one self-contained page"},
        {"heat-maps-latex", "heat maps of s_t as LaTeX fragments"},
    };
    return kinds;
}

Result<std::int64_t> runExport(const store::Project& project, const ExportOptions& options,
                               std::ostream& out, const CancelToken& cancel,
                               const ExportProgress& progress) {
    if (isTrainingKind(options.kind))
        return exportTraining(project, options, out, cancel, progress);
    if (options.kind == "corpus")
        return writeCorpus(project, options, out, cancel);
    if (options.kind == "agreement")
        return writeAgreement(project, options, out, cancel);
    if (options.kind == "metrics" || options.kind == "metrics-csv")
        return writeMetrics(project, options, out, cancel);
    if (isEvaluationKind(options.kind))
        return writeEvaluations(project, options, out, cancel);
    const TrajectoryWriter one = trajectoryWriter(options.kind);
    const QuestionWriter some = questionWriter(options.kind);
    if (one == nullptr && some == nullptr)
        return fail(ErrorCode::InvalidArgument,
                    cat("there is no export kind \"", options.kind,
                        "\"; `crux-cli export --kind help` lists them"),
                    options.kind);
    store::TrajectoryQuery query;
    query.filter = options.where;
    query.scoreSet = options.scoreSet;
    CRUX_TRY(ids, store::trajectoryIds(project, query));
    Exporter exporter{project, options, out, 0, {}};
    const auto [head, foot] = frameOf(options.kind);
    out << head;
    if (one != nullptr) {
        CRUX_TRY_VOID(writeAll(exporter, ids, one, cancel, progress));
    } else {
        CRUX_TRY(groups, byQuestion(project, ids));
        CRUX_TRY_VOID(writeAll(exporter, groups, some, cancel, progress));
    }
    out << foot;
    if (options.notes != nullptr)
        for (const auto& [why, count] : exporter.leftOut)
            options.notes->push_back(cat("left out: ", count, " ", why));
    return exporter.written;
}

Result<std::int64_t> exportToFile(const store::Project& project, const ExportOptions& options,
                                  const Path& target, const CancelToken& cancel,
                                  const ExportProgress& progress) {
    CRUX_TRY(replacement, FileReplacement::begin(target));
    errno = 0;
    std::ofstream out(replacement.writeTo(), std::ios::binary | std::ios::trunc);
    if (!out)
        return writeFailure(target, errno);
    CRUX_TRY(rows, runExport(project, options, out, cancel, progress));
    errno = 0;
    out.close();
    if (!out)
        return writeFailure(target, errno != 0 ? errno : EIO);
    CRUX_TRY_VOID(replacement.commit());
    return rows;
}

} // namespace crux::interop
