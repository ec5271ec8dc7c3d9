// The paper's rollouts (REFERENCE.md 0.1, A.5): prefixes by their text, with and without their last
// token, onto trajectories of the data set.
//
// What their scripts do to the text is taken back where it can be, and refused where it cannot:
// a prefix must end where a token of the trajectory ends; a prefix that ends in white space was
// stripped before it was sampled from, so that a continuation belongs to it only when it begins
// with that white space; a replaced token must be one token.
#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/base/version.h"
#include "core/interop/import_writer.h"
#include "core/interop/rollout_rows.h"
#include "core/interop/trajectory_finder.h"
#include "core/store/repositories.h"
#include "core/text/grade.h"

#include <algorithm>
#include <limits>
#include <map>
#include <span>

namespace crux::interop {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

std::string blanksAtEnd(const std::string& text) {
    const std::size_t last = text.find_last_not_of(kBlanks);
    return last == std::string::npos ? text : text.substr(last + 1);
}

/// What the files of one experiment share: folder (named after the model) and data set.
std::string sourceOf(const Path& file) {
    std::string stem = file.stem().string();
    for (const char* end : {"_with_token", "_without_token"})
        if (const std::size_t at = stem.find(end); at != std::string::npos)
            stem.resize(at);
    const std::string folder = file.parent_path().filename().string();
    return folder.empty() ? stem : cat(folder, "/", stem);
}

/// One trajectory while the rows of its id go by.
struct Target {
    store::TrajectoryRecord record;
    std::vector<store::RolloutRecord> rollouts;
    std::map<std::int32_t, store::ShareCount> shares;  ///< of plain rollouts, by position
    std::map<std::int32_t, std::int64_t> lines;        ///< plain rows seen: position -> line
    std::map<std::int32_t, std::int32_t> replacements; ///< drawn so far, by position

    std::string text() const { return record.prompt + record.response; }
};

/// Where a row's rollouts go.
struct Spot {
    std::int32_t position = 0;
    std::string variant;
    std::vector<std::int32_t> firstIds; ///< drawn before the text goes on: the replacement
    std::string cut;                    ///< white space that the script cut off before it sampled
};

class RolloutTaker : public RowTaker {
public:
    explicit RolloutTaker(const TakerContext& context)
        : m_context(context)
        , m_grading(gradingOf(context.options).value())
        , m_writer(context.project, context.options, context.facts.kind, m_grading,
                   context.tokenizer, context.dryRun) {}

    Status beginFile(const std::string& datasetName, const Path& file, FileForm form) override {
        CRUX_TRY_VOID(m_writer.useDataset(datasetName, file));
        CRUX_TRY_VOID(readLongest(file, form));
        m_source = sourceOf(file);
        m_set = {};
        if (m_context.dryRun)
            return {};
        store::Provenance made;
        made.tokenizerHash = m_context.tokenizer->hash();
        made.params = Json{{"import", "paper-rollouts"}, {"source", m_source}};
        made.params[store::kIndependentRollouts] = true;
        made.programVersion = kVersion;
        CRUX_TRY(set, store::addRolloutSet(m_context.project, made));
        m_set = set;
        return {};
    }

    Status take(const Row& row, const Place& place) override {
        auto parsed = parsePaperRollouts(row.object, m_context.options.task);
        if (!parsed.ok())
            return m_context.faults.reject(place, parsed.error().message);
        if (parsed->id != m_id) {
            CRUX_TRY_VOID(flush());
            m_id = parsed->id;
        }
        const Status placed = placeRow(*parsed, place);
        if (placed.ok()) {
            ++m_context.report.kept;
            return {};
        }
        return isRowFault(placed.error().code)
                   ? m_context.faults.reject(place, placed.error().message)
                   : placed;
    }

    Status endFile() override {
        CRUX_TRY_VOID(flush());
        m_id.clear();
        m_longest.clear();
        return {};
    }
    DatasetId dataset() const override { return m_writer.dataset(); }

private:
    /// The longest prefix of each id: as much of the trajectory as the file tells.
    Status readLongest(const Path& file, FileForm form) {
        CRUX_TRY(rows, openRows(file, form));
        while (true) {
            CRUX_TRY(row, rows->next());
            if (!row)
                return {};
            const auto parsed = row->fault.empty()
                                    ? parsePaperRollouts(row->object, m_context.options.task)
                                    : Result<PaperRollouts>(fail(ErrorCode::Corrupt, row->fault));
            if (!parsed.ok())
                continue; // said when the row is taken
            const auto own = ownPrefix(*parsed);
            std::string& longest = m_longest[parsed->id];
            if (own.ok() && own->size() > longest.size())
                longest = *own;
        }
    }

    /// The prefix in the trajectory's own tokens: with the replaced token put back.
    Result<std::string> ownPrefix(const PaperRollouts& row) const {
        if (!row.replaced)
            return row.prefix;
        CRUX_TRY(before, beforeReplacement(row));
        return before + row.replaced->first;
    }

    /// A special token drawn as replacement leaves no text behind.
    Result<std::string> beforeReplacement(const PaperRollouts& row) const {
        const std::string& to = row.replaced->second;
        if (!to.empty() && row.prefix.ends_with(to))
            return row.prefix.substr(0, row.prefix.size() - to.size());
        const auto id = m_context.tokenizer->tokenOf(to);
        if (id && m_context.tokenizer->tokenizer().isSpecial(*id))
            return row.prefix;
        return fail(ErrorCode::Mismatch, "its text does not end in the token drawn as replacement");
    }

    Status placeRow(const PaperRollouts& row, const Place& place) {
        CRUX_TRY(own, ownPrefix(row));
        CRUX_TRY(target, targetFor(row, own, place));
        CRUX_TRY(spot, spotOf(row, *target));
        if (spot.variant.empty() && !row.continuations.empty()) {
            const auto [seen, fresh] = target->lines.try_emplace(spot.position, place.line);
            if (!fresh)
                return fail(
                    ErrorCode::InvalidArgument,
                    cat("its prefix ends at the same token as that of line ", seen->second));
        }
        return addContinuations(row, spot, *target, place);
    }

    Result<Target*> targetFor(const PaperRollouts& row, const std::string& own,
                              const Place& place) {
        for (Target& target : m_targets)
            if (target.text().starts_with(own))
                return &target;
        const std::string& longest = m_longest[row.id];
        const std::string& beginning = longest.starts_with(own) ? longest : own;
        CRUX_TRY(parts, splitByTemplate(beginning, m_context.options.promptTemplate));
        std::string fault;
        CRUX_TRY(stored, trajectoriesBeginning(m_context, dataset(), row.id, parts.question,
                                               beginning, fault));
        if (!stored.empty()) {
            m_targets.push_back({std::move(stored.front()), {}, {}, {}, {}});
            return &m_targets.back();
        }
        if (!fault.empty())
            return fail(ErrorCode::Mismatch, fault);
        ParsedRow partial;
        partial.questionId = row.id;
        partial.question = parts.question;
        partial.golds = row.golds;
        ParsedAnswer answer;
        answer.prompt = parts.prompt;
        answer.response = parts.response;
        answer.published = row.right;
        answer.ungraded = true;
        answer.facts = Json{{"import", "paper-rollouts"}, {"response", "up to its last prefix"}};
        partial.answers.push_back(std::move(answer));
        CRUX_TRY(record, addPartial(m_context, m_writer, partial, place));
        m_targets.push_back({std::move(record), {}, {}, {}, {}});
        return &m_targets.back();
    }

    Result<Spot> spotOf(const PaperRollouts& row, const Target& target) const {
        Spot spot;
        const std::vector<std::int32_t>& ids = target.record.ids;
        if (!row.prefixIds.empty()) {
            if (row.prefixIds.size() > ids.size() ||
                !std::equal(row.prefixIds.begin(), row.prefixIds.end(), ids.begin()))
                return fail(ErrorCode::Mismatch,
                            "its token ids are not those that the trajectory begins with");
            spot.position = static_cast<std::int32_t>(row.prefixIds.size()) - 1;
        } else {
            const auto before =
                row.replaced ? beforeReplacement(row) : Result<std::string>(row.prefix);
            if (!before.ok())
                return fail(before.error());
            CRUX_TRY(position, tokenEndingAt(target.record, before->size()));
            spot.position = position;
            spot.cut = blanksAtEnd(row.prefix);
        }
        if (row.replaced)
            CRUX_TRY_VOID(replacementOf(row, target, spot));
        return spot;
    }

    Status replacementOf(const PaperRollouts& row, const Target& target, Spot& spot) const {
        const auto next = static_cast<std::size_t>(spot.position) + 1;
        const auto& [from, to] = *row.replaced;
        if (next >= target.record.ids.size())
            return fail(ErrorCode::Mismatch, "it replaces a token behind the trajectory's end");
        const std::int32_t banned = target.record.ids[next];
        const text::Tokenizer& tokenizer = m_context.tokenizer->tokenizer();
        if (tokenizer.pieceBytes(banned) != from &&
            tokenizer.decode(std::span(&banned, 1), true) != from)
            return fail(ErrorCode::Mismatch,
                        cat("the token it replaces is \"", from.substr(0, 40),
                            "\", which does not stand at that place of the trajectory"));
        spot.variant = cat("ban ", banned, row.fromSampler ? "" : " full");
        if (!row.prefixIds.empty())
            return {}; // the ids of the continuation begin with it
        const auto drawn = m_context.tokenizer->tokenOf(to);
        if (!drawn)
            return fail(ErrorCode::Mismatch,
                        cat("the token drawn as replacement, \"", to.substr(0, 40),
                            "\", is no single token of this tokenizer"));
        spot.firstIds = {*drawn};
        return {};
    }

    Status addContinuations(const PaperRollouts& row, const Spot& spot, Target& target,
                            const Place& place) {
        int apart = 0;
        for (std::size_t i = 0; i < row.continuations.size(); ++i) {
            const PaperRollouts::Continuation& one = row.continuations[i];
            std::string text = one.text;
            if (!spot.cut.empty()) {
                if (!text.starts_with(spot.cut)) {
                    ++apart;
                    continue;
                }
                text.erase(0, spot.cut.size());
            }
            store::RolloutRecord rollout;
            rollout.position = spot.position;
            rollout.variant = spot.variant;
            rollout.index = spot.variant.empty() ? static_cast<std::int32_t>(i)
                                                 : target.replacements[spot.position]++;
            rollout.ids = one.ids;
            if (row.prefixIds.empty()) {
                rollout.ids = spot.firstIds;
                const auto more = text::tokenizeInContext(m_context.tokenizer->tokenizer(), text);
                rollout.ids.insert(rollout.ids.end(), more.begin(), more.end());
            }
            gradeInto(row, one, text, target, rollout);
            if (spot.variant.empty()) {
                store::ShareCount& share = target.shares[spot.position];
                ++share.total;
                share.right += rollout.verdict == Verdict::Right ? 1 : 0;
            }
            target.rollouts.push_back(std::move(rollout));
        }
        if (apart > 0)
            m_context.faults.warn(
                place, cat(apart, " of its ", row.continuations.size(),
                           " rollouts were left out: they do not begin with the white space that "
                           "the sampling script cut off the prefix"));
        return {};
    }

    /// A label of the file stands. The profile `authors` reads the continuation alone, as their
    /// script does; the others the whole response.
    void gradeInto(const PaperRollouts& row, const PaperRollouts::Continuation& one,
                   const std::string& text, const Target& target,
                   store::RolloutRecord& rollout) const {
        if (one.check) {
            rollout.answer = one.check->first;
            rollout.verdict = one.check->second        ? Verdict::Right
                              : rollout.answer.empty() ? Verdict::NoAnswer
                                                       : Verdict::Wrong;
            rollout.verdictReason = "published";
            return;
        }
        if (!m_grading.enabled || row.golds.empty()) {
            rollout.verdictReason = m_grading.enabled ? "no_gold" : "";
            return;
        }
        const std::size_t prompt = std::min(target.record.prompt.size(), row.prefix.size());
        const std::string response = m_grading.profile == text::GradeProfile::Authors
                                         ? one.text
                                         : row.prefix.substr(prompt) + text;
        const text::Grade grade =
            text::gradeAny(m_grading.task, m_grading.profile, response, row.golds);
        rollout.answer = grade.extracted;
        rollout.verdict = grade.verdict;
        rollout.verdictReason = grade.reason;
    }

    Status flush() {
        for (Target& target : m_targets)
            if (!m_context.dryRun)
                CRUX_TRY_VOID(save(target));
        m_targets.clear();
        return {};
    }

    Status save(const Target& target) {
        const store::Project& project = m_context.project;
        const TrajectoryId id = target.record.id;
        CRUX_TRY(added, store::saveRollouts(project, id, m_set, target.rollouts));
        m_context.report.rollouts += added;
        if (added == 0 && !target.rollouts.empty())
            ++m_context.report.present;
        if (target.shares.empty())
            return {};
        std::vector<store::RolloutEstimate> estimates;
        std::vector<float> values(target.record.ids.size(),
                                  std::numeric_limits<float>::quiet_NaN());
        for (const auto& [position, share] : target.shares) {
            estimates.push_back({position, share, false});
            values[static_cast<std::size_t>(position)] =
                static_cast<float>(share.right) / static_cast<float>(share.total);
        }
        CRUX_TRY_VOID(store::saveEstimates(project, id, m_set, estimates));
        store::LayerRecord layer;
        layer.name = "rollout correctness";
        layer.kind = "rollout_correctness";
        layer.source = cat("rollouts of ", m_source);
        layer.lowMeans = "all rollouts wrong";
        layer.highMeans = "all rollouts right";
        CRUX_TRY(layerId, store::addLayer(project, layer));
        return store::saveLayerValues(project, layerId, id, values);
    }

    TakerContext m_context;
    Grading m_grading;
    ImportWriter m_writer;
    std::string m_source;
    RolloutSetId m_set;
    std::map<std::string, std::string> m_longest; ///< by id
    std::string m_id;                             ///< whose rows go by
    std::vector<Target> m_targets;                ///< of that id
};

} // namespace

std::unique_ptr<RowTaker> rolloutTaker(const TakerContext& context) {
    return std::make_unique<RolloutTaker>(context);
}

} // namespace crux::interop
