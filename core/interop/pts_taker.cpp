// Pivotal tokens of codelion/pts onto trajectories: search results of the method "pivotal".
//
// A record tells all text before its token and nothing behind it. Records of one question whose
// texts begin with each other are of one response; it is stored up to its last pivotal token, when
// no trajectory of the data set begins so. Tokens are found by re-encoding that text: a record
// whose token is not one token there is refused.
#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/base/version.h"
#include "core/interop/import_writer.h"
#include "core/interop/pts_rows.h"
#include "core/interop/trajectory_finder.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace crux::interop {

namespace {

constexpr std::size_t kRecordsAGroup = 5'000; // bounds memory; a response has far fewer

struct PlacedRecord {
    PivotalRecord record;
    Place place;
    std::string text() const { return record.context + record.token; }
};

/// Where chat templates hand over to the model; what stands behind is response.
std::size_t endOfChatPrompt(const std::string& text, std::size_t from) {
    std::size_t end = std::string::npos;
    for (const std::string_view mark :
         {"<|im_start|>assistant\n", "<|start_header_id|>assistant<|end_header_id|>\n\n",
          "<start_of_turn>model\n", "[/INST]", "<|assistant|>\n"}) {
        const std::size_t at = text.find(mark, from);
        if (at != std::string::npos && at + mark.size() < text.size())
            end = std::min(end, at + mark.size());
    }
    return end;
}

/// Prompt and response of a text with the query in it; all of it is response where no prompt shows.
SplitText splitContext(const std::string& text, const std::string& query,
                       const std::string& firstContext, const std::string& templateName) {
    SplitText parts{query, {}, text};
    if (const auto own = splitByTemplate(text, templateName); own.ok() && own->question == query)
        return {query, own->prompt, own->response};
    const std::size_t at = text.find(query);
    std::size_t end = at == std::string::npos ? 0 : endOfChatPrompt(text, at + query.size());
    if (end == std::string::npos)
        end = at + query.size();
    end = std::min(end, firstContext.size()); // a pivotal token is of the response
    parts.prompt = text.substr(0, end);
    parts.response = text.substr(end);
    return parts;
}

class PtsTaker : public RowTaker {
public:
    explicit PtsTaker(const TakerContext& context)
        : m_context(context)
        , m_writer(context.project, context.options, context.facts.kind,
                   gradingOf(context.options).value(), context.tokenizer, context.dryRun) {}

    Status beginFile(const std::string& datasetName, const Path& file, FileForm) override {
        return m_writer.useDataset(datasetName, file);
    }

    Status take(const Row& row, const Place& place) override {
        auto parsed = parsePivotal(row.object);
        if (!parsed.ok())
            return m_context.faults.reject(place, parsed.error().message);
        const std::string group =
            cat(parsed->modelId, '\x1f', parsed->query, '\x1f', parsed->generation.value_or(-1));
        if (group != m_group || m_records.size() >= kRecordsAGroup) {
            CRUX_TRY_VOID(flush());
            m_group = group;
        }
        m_records.push_back({std::move(*parsed), place});
        return {};
    }

    Status endFile() override { return flush(); }
    DatasetId dataset() const override { return m_writer.dataset(); }

private:
    /// Longest texts first: whatever begins one of them is of its response.
    Status flush() {
        std::stable_sort(m_records.begin(), m_records.end(), [](const auto& a, const auto& b) {
            return a.record.context.size() > b.record.context.size();
        });
        std::vector<std::vector<const PlacedRecord*>> responses;
        for (const PlacedRecord& one : m_records) {
            const std::string text = one.text();
            const auto own = std::find_if(responses.begin(), responses.end(), [&](const auto& r) {
                return r.front()->text().starts_with(text);
            });
            if (own == responses.end())
                responses.push_back({&one});
            else
                own->push_back(&one);
        }
        for (const auto& response : responses)
            CRUX_TRY_VOID(placeResponse(response));
        m_records.clear();
        m_group.clear();
        return {};
    }

    Status placeResponse(const std::vector<const PlacedRecord*>& records) {
        const auto trajectory = trajectoryFor(records);
        if (!trajectory.ok() && !isRowFault(trajectory.error().code))
            return fail(trajectory.error());
        std::vector<store::SearchFindingRecord> findings;
        for (const PlacedRecord* one : records) {
            auto finding = trajectory.ok()
                               ? findingOf(*one, *trajectory)
                               : Result<store::SearchFindingRecord>(fail(trajectory.error()));
            if (!finding.ok()) {
                CRUX_TRY_VOID(m_context.faults.reject(one->place, finding.error().message));
                continue;
            }
            const auto twice = std::any_of(findings.begin(), findings.end(), [&](const auto& f) {
                return f.position == finding->position;
            });
            if (twice) { // version 1 wrote every record twice
                ++m_context.report.kept;
                ++m_context.report.present;
                continue;
            }
            ++m_context.report.kept;
            findings.push_back(std::move(*finding));
        }
        if (findings.empty() || m_context.dryRun)
            return {};
        return save(*trajectory, records.front()->record, std::move(findings));
    }

    Result<store::TrajectoryRecord> trajectoryFor(const std::vector<const PlacedRecord*>& records) {
        const PivotalRecord& longest = records.front()->record;
        const std::string text = records.front()->text();
        std::string fault;
        CRUX_TRY(stored, trajectoriesBeginning(m_context, dataset(), longest.itemId, longest.query,
                                               text, fault));
        if (!stored.empty())
            return std::move(stored.front());
        if (!fault.empty())
            return fail(ErrorCode::Mismatch, fault);
        const SplitText parts = splitContext(text, longest.query, records.back()->record.context,
                                             m_context.options.promptTemplate);
        ParsedRow row;
        row.questionId = longest.itemId;
        row.question = longest.query;
        ParsedAnswer answer;
        answer.prompt = parts.prompt;
        answer.response = parts.response;
        answer.sourceModel = longest.modelId;
        answer.ungraded = true;
        answer.facts = Json{{"import", "pts"}, {"response", "up to its last pivotal token"}};
        row.answers.push_back(std::move(answer));
        return addPartial(m_context, m_writer, row, records.front()->place);
    }

    Result<store::SearchFindingRecord> findingOf(const PlacedRecord& one,
                                                 const store::TrajectoryRecord& trajectory) {
        const PivotalRecord& r = one.record;
        CRUX_TRY(position, tokenEndingAt(trajectory, r.context.size() + r.token.size()));
        const auto at = static_cast<std::size_t>(position);
        if (static_cast<std::size_t>(trajectory.offsets[2 * at]) != r.context.size())
            return fail(ErrorCode::Mismatch,
                        cat("\"", withReplacedUtf8(r.token.substr(0, 40)),
                            "\" is not one token, as this tokenizer cuts the text"));
        if (r.tokenId && *r.tokenId != trajectory.ids[at])
            return fail(ErrorCode::Mismatch, cat("its token has the id ", *r.tokenId,
                                                 ", this tokenizer's has ", trajectory.ids[at]));
        if (r.position && *r.position != position)
            m_context.faults.warn(one.place, cat("the file counts its token as number ",
                                                 *r.position, ", this tokenizer as ", position));
        store::SearchFindingRecord finding;
        finding.trajectoryId = trajectory.id;
        finding.method = "pivotal";
        finding.position = position;
        finding.tokenId = trajectory.ids[at];
        finding.sign = r.probAfter > r.probBefore ? 1 : -1;
        // How many samples the shares are of is not in the file, so they are no counts.
        finding.detail = Json{
            {"prob_before", r.probBefore}, {"prob_after", r.probAfter}, {"source", "pts"},
            {"model_id", r.modelId},       {"task_type", r.taskType},   {"dataset_id", r.datasetId},
            {"dataset_item_id", r.itemId}, {"timestamp", r.timestamp},  {"event_id", r.eventId},
            {"category", r.category}};
        if (r.generation)
            finding.detail["generation_index"] = *r.generation;
        if (!r.rejectedToken.empty()) {
            finding.detail["rejected_token"] = r.rejectedToken;
            if (r.rejectedTokenId)
                finding.detail["rejected_token_id"] = *r.rejectedTokenId;
        }
        return finding;
    }

    Status save(const store::TrajectoryRecord& trajectory, const PivotalRecord& any,
                std::vector<store::SearchFindingRecord> findings) {
        const store::Project& project = m_context.project;
        store::Provenance made;
        made.tokenizerHash = m_context.tokenizer->hash();
        made.params = Json{{"search", {{"method", "pivotal"}, {"import", "pts"}}},
                           {"rollouts", {{"model", any.modelId}}}};
        made.programVersion = kVersion;
        CRUX_TRY(search, store::addSearch(project, made));
        CRUX_TRY(there, store::findingsOf(project, trajectory.id));
        std::int64_t added = std::ssize(findings);
        for (store::SearchFindingRecord& old : there) {
            if (old.search != search || old.method != "pivotal")
                continue;
            const bool again = std::any_of(findings.begin(), findings.end(), [&](const auto& f) {
                return f.position == old.position;
            });
            added -= again ? 1 : 0;
            if (!again)
                findings.push_back(std::move(old));
        }
        for (store::SearchFindingRecord& finding : findings)
            finding.search = search;
        CRUX_TRY_VOID(store::saveSearchResult(project, findings, {}));
        m_context.report.findings += added;
        m_context.report.present += std::ssize(findings) > added && added == 0 ? 1 : 0;
        return saveLayer(trajectory, any, findings);
    }

    /// The chance of ending right where the records tell it: before and after each of their tokens.
    Status saveLayer(const store::TrajectoryRecord& trajectory, const PivotalRecord& any,
                     const std::vector<store::SearchFindingRecord>& findings) {
        std::vector<float> values(trajectory.ids.size(), std::numeric_limits<float>::quiet_NaN());
        for (const store::SearchFindingRecord& finding : findings) {
            const auto at = static_cast<std::size_t>(finding.position);
            if (at > 0)
                values[at - 1] = finding.detail.value("prob_before", values[at - 1]);
            values[at] = finding.detail.value("prob_after", values[at]);
        }
        store::LayerRecord layer;
        layer.name = "rollout correctness";
        layer.kind = "rollout_correctness";
        layer.source = any.modelId.empty() ? "PTS" : cat("PTS, ", any.modelId);
        layer.lowMeans = "all rollouts wrong";
        layer.highMeans = "all rollouts right";
        CRUX_TRY(layerId, store::addLayer(m_context.project, layer));
        return store::saveLayerValues(m_context.project, layerId, trajectory.id, values);
    }

    TakerContext m_context;
    ImportWriter m_writer;
    std::string m_group;
    std::vector<PlacedRecord> m_records; ///< of the group
};

} // namespace

std::unique_ptr<RowTaker> ptsTaker(const TakerContext& context) {
    return std::make_unique<PtsTaker>(context);
}

} // namespace crux::interop
