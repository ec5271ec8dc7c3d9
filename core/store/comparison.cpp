#include "core/store/comparison.h"

#include "core/base/text_util.h"
#include "core/store/repositories.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_map>

namespace crux::store {

namespace {

constexpr double kNoShare = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kFewQuestions = 30;

std::string evaluationName(const EvaluationRecord& record) {
    return cat("\"", record.name, "\" (evaluation ", record.id.value, ")");
}

/// Questions of an evaluation by what they ask, wherever they are stored.
class QuestionSet {
public:
    static Result<QuestionSet> of(const Project& project, const EvaluationRecord& record) {
        CRUX_TRY(known, questionsById(project, record.datasetId));
        QuestionSet set;
        for (const QuestionId id : record.questions) {
            const auto found = known.find(id.value);
            if (found == known.end())
                return noSuchQuestion(record, id);
            const std::string own = questionKey(found->second);
            std::string key = own;
            // The same question twice in one set: the second stays apart.
            for (int copy = 2; set.m_places.count(key) > 0; ++copy)
                key = cat(own, "#", copy);
            set.m_places.emplace(key, set.m_questions.size());
            set.m_keys.push_back(std::move(key));
            set.m_questions.push_back(std::move(found->second));
        }
        return set;
    }
    const std::vector<QuestionRecord>& questions() const { return m_questions; }
    const std::string& key(std::size_t i) const { return m_keys[i]; }
    bool has(const std::string& key) const { return m_places.count(key) > 0; }

    /// How many of these the other set lacks, and the first of them by their ids.
    std::string missingIn(const QuestionSet& other) const {
        constexpr int kNamed = 5;
        std::string names;
        int missing = 0;
        for (std::size_t i = 0; i < m_keys.size(); ++i)
            if (!other.has(m_keys[i]) && ++missing <= kNamed)
                names += (names.empty() ? "" : ", ") + m_questions[i].externalId;
        return missing == 0 ? std::string()
                            : cat(missing, missing == 1 ? " question" : " questions", " (", names,
                                  missing > kNamed ? ", ..)" : ")");
    }

private:
    /// In a few statements, not one a question: sets have thousands.
    static Result<std::unordered_map<std::int64_t, QuestionRecord>>
    questionsById(const Project& project, DatasetId dataset) {
        constexpr std::int64_t kPage = 5000;
        std::unordered_map<std::int64_t, QuestionRecord> known;
        for (std::int64_t offset = 0;; offset += kPage) {
            CRUX_TRY(page, store::questions(project, dataset, offset, kPage));
            for (QuestionRecord& row : page)
                known.emplace(row.id.value, std::move(row));
            if (std::ssize(page) < kPage)
                return known;
        }
    }
    static Failure noSuchQuestion(const EvaluationRecord& record, QuestionId id) {
        return fail(ErrorCode::NotFound, cat("The question ", id.value, " of ",
                                             evaluationName(record), " is not in its dataset."));
    }

    std::vector<QuestionRecord> m_questions;
    std::vector<std::string> m_keys;
    std::unordered_map<std::string, std::size_t> m_places;
};

std::string cutOff(const EvaluationRecord& record) {
    if (record.complete)
        return {};
    return cat(evaluationName(record), " was cut off: ", record.counts.questions, " of ",
               record.questions.size(), " questions are evaluated",
               record.jobId ? cat("; resume its job ", record.jobId.value) : std::string(), ".");
}

/// Keys whose values differ, for the sentence.
std::string differingKeys(const Json& a, const Json& b) {
    std::string names;
    Json all = a;
    all.update(b);
    for (const auto& [key, value] : all.items()) {
        const Json one = a.contains(key) ? a.at(key) : Json();
        const Json other = b.contains(key) ? b.at(key) : Json();
        if (one != other)
            names +=
                cat(names.empty() ? "" : ", ", key, " ", dumpJson(one), " and ", dumpJson(other));
    }
    return names;
}

Result<std::string> setDifference(const Project& project, const EvaluationRecord& baseline,
                                  const EvaluationRecord& other) {
    CRUX_TRY(ours, QuestionSet::of(project, baseline));
    CRUX_TRY(theirs, QuestionSet::of(project, other));
    const std::string lacks = ours.missingIn(theirs), more = theirs.missingIn(ours);
    return cat("The question sets differ: ", evaluationName(other), " lacks ",
               lacks.empty() ? "none" : lacks, " of ", evaluationName(baseline), " and has ",
               more.empty() ? "none" : more, " more; --common compares what they share.");
}

/// Fills questions and rows, matched by what the questions ask.
Status fillColumns(const Project& project, Comparison& comparison) {
    std::unordered_map<std::string, std::size_t> places;
    const EvaluationRecord* last = nullptr;
    QuestionSet set; // of the last column: most share it
    for (ComparedColumn& column : comparison.columns) {
        if (last == nullptr || last->questions != column.evaluation.questions) {
            CRUX_TRY(own, QuestionSet::of(project, column.evaluation));
            set = std::move(own);
        }
        last = &column.evaluation;
        CRUX_TRY(rows, evaluatedQuestions(project, column.evaluation));
        std::unordered_map<std::int64_t, std::size_t> byId;
        for (std::size_t i = 0; i < set.questions().size(); ++i) {
            const auto [place, fresh] = places.try_emplace(set.key(i), places.size());
            if (fresh)
                comparison.questions.push_back(set.questions()[i]);
            byId[set.questions()[i].id.value] = place->second;
        }
        column.rows.resize(places.size());
        for (EvaluatedQuestion& row : rows)
            if (const auto place = byId.find(row.questionId.value);
                place != byId.end() && row.samples() > 0)
                column.rows[place->second] = std::move(row);
    }
    for (ComparedColumn& column : comparison.columns)
        column.rows.resize(comparison.questions.size());
    return {};
}

PairedResult pairOf(const Comparison& comparison, std::size_t candidate,
                    const BootstrapOptions& bootstrap) {
    PairedResult pair;
    pair.column = candidate;
    std::vector<double> differences;
    double baseline = 0, other = 0;
    for (std::size_t i = 0; i < comparison.questions.size(); ++i) {
        const auto& a = comparison.columns[0].rows[i];
        const auto& b = comparison.columns[candidate].rows[i];
        if (!a && !b)
            continue;
        if (!a || !b) {
            (a ? pair.onlyBaseline : pair.onlyCandidate).push_back(i);
            continue;
        }
        if (a->graded() == 0 || b->graded() == 0) {
            pair.ungraded.push_back(i);
            continue;
        }
        pair.newcombe = pair.newcombe && a->graded() == 1 && b->graded() == 1;
        const bool was = questionIsRight(*a), is = questionIsRight(*b);
        (was ? (is ? pair.bothRight : pair.broken) : (is ? pair.fixed : pair.bothWrong))
            .push_back(i);
        baseline += rightShare(*a);
        other += rightShare(*b);
        differences.push_back(rightShare(*b) - rightShare(*a));
    }
    const auto n = static_cast<double>(differences.size());
    pair.counts = {static_cast<int>(pair.bothRight.size()), static_cast<int>(pair.fixed.size()),
                   static_cast<int>(pair.broken.size()), static_cast<int>(pair.bothWrong.size())};
    pair.baselineAccuracy = n > 0 ? baseline / n : kNoShare;
    pair.candidateAccuracy = n > 0 ? other / n : kNoShare;
    pair.difference = n > 0 ? (other - baseline) / n : kNoShare;
    pair.bootstrap = pairedBootstrap(differences, bootstrap);
    pair.interval =
        pair.newcombe ? pairedInterval(pair.counts, bootstrap.confidence) : pair.bootstrap;
    pair.mcnemarExact = mcnemarExact(pair.counts.fixed, pair.counts.broken);
    pair.mcnemarMidP = mcnemarMidP(pair.counts.fixed, pair.counts.broken);
    return pair;
}

/// What a reader must know before believing the numbers.
void addCautions(Comparison& comparison) {
    const EvaluationRecord& baseline = comparison.columns[0].evaluation;
    for (const PairedResult& pair : comparison.pairs) {
        const EvaluationRecord& other = comparison.columns[pair.column].evaluation;
        const auto say = [&](const std::string& what) {
            comparison.cautions.push_back(
                cat(evaluationName(other), " against ", evaluationName(baseline), ": ", what));
        };
        if (pair.counts.total() < kFewQuestions)
            say(cat("only ", pair.counts.total(), " questions are compared."));
        if (!pair.onlyBaseline.empty() || !pair.onlyCandidate.empty())
            say(cat(pair.onlyBaseline.size(), " questions were asked of the baseline alone and ",
                    pair.onlyCandidate.size(), " of the candidate alone; they take no part."));
        if (!pair.ungraded.empty())
            say(cat(pair.ungraded.size(),
                    " questions cannot be graded (no gold answer); they take no part."));
        if (baseline.decoding != other.decoding)
            say(cat("prompts or decodings differ: ",
                    differingKeys(baseline.decoding, other.decoding), "."));
        if (baseline.provenance.dtype != other.provenance.dtype ||
            baseline.provenance.device != other.provenance.device)
            say(cat("computed on ", baseline.provenance.device, " in ", baseline.provenance.dtype,
                    " and on ", other.provenance.device, " in ", other.provenance.dtype, "."));
    }
}

/// The baseline and those to hold against it.
struct Chosen {
    EvaluationRecord baseline;
    std::vector<EvaluationRecord> others;
};

Failure tooFew() {
    return fail(ErrorCode::NotFound, "A comparison needs two evaluations; `crux-cli evaluate` "
                                     "makes them, one a checkpoint.");
}

Result<Chosen> choose(const Project& project, const ComparisonOptions& options) {
    Chosen chosen;
    if (!options.evaluations.empty()) {
        for (std::size_t i = 0; i < options.evaluations.size(); ++i) {
            CRUX_TRY(record, findEvaluation(project, options.evaluations[i]));
            if (i == 0)
                chosen.baseline = std::move(record);
            else
                chosen.others.push_back(std::move(record));
        }
        if (!chosen.others.empty())
            return chosen;
    }
    CRUX_TRY(all, evaluations(project));
    if (all.size() < 2)
        return tooFew();
    std::stable_sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
        return a.complete && !b.complete; // the oldest that is over
    });
    if (options.evaluations.empty()) {
        std::size_t best = 0;
        for (std::size_t i = 0; i < all.size() && best == 0; ++i)
            for (std::size_t j = 0; j < all.size(); ++j) {
                CRUX_TRY(why, whyNotComparable(project, all[i], all[j], options));
                if (j != i && why.empty()) {
                    best = i + 1;
                    break;
                }
            }
        chosen.baseline = all[best == 0 ? 0 : best - 1];
    }
    for (EvaluationRecord& one : all)
        if (one.id != chosen.baseline.id)
            chosen.others.push_back(std::move(one));
    std::stable_sort(chosen.others.begin(), chosen.others.end(),
                     [](const auto& a, const auto& b) { return a.id < b.id; });
    return chosen;
}

} // namespace

Result<std::string> whyNotComparable(const Project& project, const EvaluationRecord& baseline,
                                     const EvaluationRecord& other,
                                     const ComparisonOptions& options) {
    if (baseline.id == other.id)
        return cat(evaluationName(other), " is the baseline itself.");
    if (!options.common)
        for (const EvaluationRecord* one : {&baseline, &other})
            if (!one->complete)
                return cutOff(*one);
    if (baseline.grader != other.grader)
        return cat("The graders differ: ", evaluationName(other), " was graded by \"", other.grader,
                   "\" and ", evaluationName(baseline), " by \"", baseline.grader, "\".");
    if (baseline.decoding != other.decoding && !options.anyDecoding)
        return cat("The decodings differ: ", differingKeys(baseline.decoding, other.decoding),
                   " in ", evaluationName(baseline), " and ", evaluationName(other),
                   "; --any-decoding compares them all the same.");
    if (baseline.setHash != other.setHash && !options.common)
        return setDifference(project, baseline, other);
    return std::string();
}

Result<Comparison> compareEvaluations(const Project& project, const ComparisonOptions& options) {
    CRUX_TRY(chosen, choose(project, options));
    Comparison comparison;
    comparison.columns.push_back({chosen.baseline, {}, {}});
    for (EvaluationRecord& other : chosen.others) {
        CRUX_TRY(why, whyNotComparable(project, chosen.baseline, other, options));
        if (why.empty())
            comparison.columns.push_back({std::move(other), {}, {}});
        else
            comparison.refused.push_back({std::move(other), why});
    }
    if (comparison.columns.size() < 2)
        return fail(ErrorCode::Mismatch,
                    cat("Nothing can be compared with ", evaluationName(chosen.baseline), ". ",
                        comparison.refused.front().reason));
    CRUX_TRY_VOID(fillColumns(project, comparison));
    for (ComparedColumn& column : comparison.columns) {
        std::vector<EvaluatedQuestion> own;
        for (const auto& row : column.rows)
            if (row)
                own.push_back(*row);
        column.stats = statsOf(own, options.bootstrap);
    }
    for (std::size_t i = 1; i < comparison.columns.size(); ++i)
        comparison.pairs.push_back(pairOf(comparison, i, options.bootstrap));
    addCautions(comparison);
    return comparison;
}

} // namespace crux::store
