#include "core/interop/heat_map_document.h"

#include "core/base/text_util.h"
#include "core/base/version.h"
#include "core/spec/heat_ramp.h"
#include "core/store/gold_answers.h"
#include "core/store/repositories.h"

#include <cmath>
#include <iomanip>
#include <limits>

namespace crux::interop {

namespace {

constexpr float kNoScore = std::numeric_limits<float>::quiet_NaN();

std::string fixed(double value, int digits) {
    std::ostringstream out;
    out << std::fixed << std::setprecision(digits) << value;
    return std::move(out).str();
}

float valueAt(const std::vector<float>& values, std::size_t index) {
    return index < values.size() ? values[index] : kNoScore;
}

/// Bytes of one token in prompt + response; parts of a character become "<0xE2>".
std::string tokenText(const store::TrajectoryRecord& record, const std::string& whole,
                      const store::VocabularyRecord& vocabulary, std::size_t index) {
    const auto begin = static_cast<std::size_t>(std::max(0, record.offsets[2 * index]));
    const auto end = static_cast<std::size_t>(std::max(0, record.offsets[2 * index + 1]));
    if (end > begin && end <= whole.size()) {
        const std::string bytes = whole.substr(begin, end - begin);
        if (firstInvalidUtf8(bytes) == std::string::npos)
            return bytes;
        std::string shown;
        for (const char byte : bytes)
            shown += "<0x" + toHex(std::string_view(&byte, 1)) + ">";
        return shown;
    }
    const auto id = static_cast<std::size_t>(std::max(0, record.ids[index]));
    return id < vocabulary.pieces.size() ? withReplacedUtf8(vocabulary.pieces[id]) : std::string();
}

std::string tip(std::size_t position, const store::TrajectoryRecord& record,
                const store::ScoreRecord& scores, std::size_t index) {
    std::string text = cat("position ", position, " · id ", record.ids[index]);
    if (const float s = valueAt(scores.s, index); !std::isnan(s))
        text += cat(" · s_t ", fixed(s, 4), " · p_pos ", fixed(valueAt(scores.pPositive, index), 4),
                    " · p_neg ", fixed(valueAt(scores.pNegative, index), 4));
    return text;
}

/// UX.md 3.2: the lowest s_t of a wrong trajectory, and all below the threshold; none in others.
void markCandidates(HeatMapDocument& document, const std::vector<float>& values, double threshold,
                    Verdict verdict) {
    if (verdict != Verdict::Wrong)
        return;
    std::size_t lowest = values.size();
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i]))
            continue;
        document.tokens[i].candidate = values[i] < threshold;
        if (lowest == values.size() || values[i] < values[lowest])
            lowest = i;
    }
    if (lowest < values.size())
        document.tokens[lowest].candidate = true;
}

/// The newest verdict of a search, where fresh rollouts did not refute it.
Status markCritical(HeatMapDocument& document, const store::Project& project, TrajectoryId id) {
    CRUX_TRY(list, store::trajectorySummaries(project, {id}, {}));
    const store::TrajectorySummary& row = list.front();
    const bool confirmed = row.critical == store::CriticalState::Confirmed;
    if (!confirmed && row.critical != store::CriticalState::Found)
        return {};
    const auto at = static_cast<std::size_t>(std::max(0, row.criticalPosition));
    if (row.criticalPosition < 0 || at >= document.tokens.size())
        return {};
    document.tokens[at].critical = true;
    document.tokens[at].tip += confirmed ? " · critical token, confirmed by fresh rollouts"
                                         : " · critical token, found by rollouts";
    return {};
}

HeatMapLegend scoreLegend(double threshold) {
    HeatMapLegend legend;
    legend.low = "0 critical";
    legend.high = "1 not critical";
    legend.note = "candidate: lowest s_t";
    for (std::size_t i = kCriticalityStops.size(); i-- > 0;)
        legend.ramp.push_back(hexColour(kCriticalityStops[i]));
    if (threshold >= 0)
        legend.note += cat(", and s_t < ", threshold);
    legend.note += cat("; palette ", kCriticalityPaletteName);
    return legend;
}

std::string factsLine(const store::TrajectoryRecord& record,
                      const store::QuestionRecord& question) {
    const auto golds = store::goldAnswers(question);
    std::string line =
        cat("gold ", golds.empty() ? "–" : store::goldLine(golds, " or "), " · extracted ",
            record.extracted.empty() ? "none" : record.extracted, ", ",
            record.answerSpans.empty() ? verdictName(record.verdict) : "ambiguous");
    if (!record.sourceModel.empty())
        line += " · " + record.sourceModel;
    return line;
}

std::string provenanceLine(const store::Project& project, ScoreSetId scoreSet) {
    std::string line = cat("Crux ", kVersion);
    if (const auto sets = store::scoreSets(project); sets.ok()) {
        for (const auto& set : *sets)
            if (set.id == scoreSet)
                line = cat("score set ", set.name, " · β ", set.beta, " · weights ",
                           set.provenance.weightsHash.substr(0, 12), " · ", set.provenance.dtype,
                           " · Crux ", set.provenance.programVersion);
    }
    return line;
}

} // namespace

Result<HeatMapDocument> heatMapDocument(const store::Project& project, TrajectoryId id,
                                        ScoreSetId scoreSet) {
    CRUX_TRY(record, store::trajectory(project, id));
    CRUX_TRY(question, store::question(project, record.questionId));
    store::ScoreRecord scores;
    HeatMapDocument document;
    double threshold = -1; // none
    if (scoreSet) {
        CRUX_TRY(found, store::scores(project, id, scoreSet));
        if (found)
            scores = *found;
        CRUX_TRY(stored, store::candidateThreshold(project, scoreSet));
        threshold = stored;
    }
    store::VocabularyRecord vocabulary;
    if (auto stored = store::vocabulary(project, record.tokenizerHash); stored.ok())
        vocabulary = *stored;
    document.title = cat("Trajectory ", id.value);
    document.question = withReplacedUtf8(question.text);
    document.facts = withReplacedUtf8(factsLine(record, question));
    document.provenance = provenanceLine(project, scoreSet);

    document.legend = scoreLegend(threshold);

    std::vector<float> values; // of the response
    const std::string whole = record.prompt + record.response;
    for (std::size_t i = static_cast<std::size_t>(record.promptTokens); i < record.ids.size();
         ++i) {
        if (2 * i + 1 >= record.offsets.size())
            break;
        HeatMapToken token;
        token.text = tokenText(record, whole, vocabulary, i);
        const auto vocabularyIndex = static_cast<std::size_t>(std::max(0, record.ids[i]));
        token.special =
            vocabularyIndex < vocabulary.special.size() && vocabulary.special[vocabularyIndex];
        values.push_back(valueAt(scores.s, i));
        if (!std::isnan(values.back()))
            token.fill = hexColour(criticalityColour(1 - values.back()));
        token.slip = record.slip == static_cast<std::int32_t>(i);
        token.tip = tip(i - static_cast<std::size_t>(record.promptTokens) + 1, record, scores, i);
        document.tokens.push_back(std::move(token));
    }
    markCandidates(document, values, threshold, record.verdict);
    CRUX_TRY_VOID(markCritical(document, project, id));
    return document;
}

} // namespace crux::interop
