#include "core/interop/import_writer.h"

#include "core/base/hash.h"
#include "core/base/text_util.h"
#include "core/base/version.h"
#include "core/store/gold_answers.h"
#include "core/store/question_names.h"
#include "core/text/prompts.h"

#include <limits>
#include <span>

namespace crux::interop {

namespace {

constexpr std::size_t kKnownQuestionsKept = 200'000; // bounds memory, not correctness

Failure repeats(std::int64_t line) {
    return fail(ErrorCode::InvalidArgument, cat("the row repeats line ", line));
}

bool sameQuestion(const std::string& known, const ParsedRow& row) {
    return row.questionFromPrompt || known == row.question;
}

/// Offsets from the texts of tokens, where together they are the response.
std::vector<std::int32_t> offsetsOf(const ParsedAnswer& answer, std::size_t promptBytes) {
    std::vector<std::int32_t> offsets;
    std::size_t at = 0;
    for (const std::string& piece : answer.pieces) {
        if (answer.response.compare(at, piece.size(), piece) != 0)
            return {};
        offsets.push_back(static_cast<std::int32_t>(promptBytes + at));
        at += piece.size();
        offsets.push_back(static_cast<std::int32_t>(promptBytes + at));
    }
    return at == answer.response.size() ? offsets : std::vector<std::int32_t>();
}

/// Decoders may set blanks before punctuation anew, so that only the rest can be compared.
std::string withoutBlanks(std::string text) {
    std::erase(text, ' ');
    return text;
}

} // namespace

Result<Grading> gradingOf(const ImportOptions& options) {
    Grading grading;
    if (options.task == "none")
        return grading;
    CRUX_TRY(task, text::gradeTaskFromName(options.task));
    CRUX_TRY(profile, text::gradeProfileFromName(options.profile));
    grading.enabled = true;
    grading.task = task;
    grading.profile = profile;
    return grading;
}

ImportWriter::ImportWriter(const store::Project& project, const ImportOptions& options,
                           std::string kind, Grading grading, const ImportTokenizer* tokenizer,
                           bool dryRun)
    : m_project(project)
    , m_options(options)
    , m_kind(std::move(kind))
    , m_grading(grading)
    , m_tokenizer(tokenizer)
    , m_dryRun(dryRun) {}

Status ImportWriter::useDataset(const std::string& name, const Path& source) {
    if (name != m_datasetName) { // ids are unique within their data set only
        m_questions.clear();
        m_rowIds.clear();
        m_keys.clear();
        m_scoreSet = {};
    }
    m_datasetName = name;
    m_dataset = {};
    if (m_dryRun) {
        CRUX_TRY(all, store::datasets(m_project));
        for (const store::DatasetRecord& known : all)
            if (known.name == name && known.split == m_options.split)
                m_dataset = known.id;
        return {};
    }
    store::DatasetRecord dataset;
    dataset.name = name;
    dataset.split = m_options.split;
    dataset.kind = m_kind;
    dataset.sourcePath = source.string();
    dataset.promptTemplate = m_options.promptTemplate;
    CRUX_TRY(hash, hashFile(source));
    dataset.sourceHash = hash;
    CRUX_TRY(id, store::addDataset(m_project, dataset));
    m_dataset = id;
    return {};
}

Status ImportWriter::finish() {
    if (!m_scoreSet)
        return {};
    const auto threshold = store::recomputeThreshold(m_project, m_scoreSet);
    return threshold.ok() ? Status() : Status(fail(threshold.error()));
}

Result<ImportWriter::KnownQuestion*> ImportWriter::questionFor(const ParsedRow& row,
                                                               ImportReport& report) {
    const std::string key =
        row.questionId.empty() ? store::textQuestionId(row.question) : row.questionId;
    const auto conflict = [&]() {
        return fail(ErrorCode::InvalidArgument,
                    cat("the id \"", key.substr(0, 80), "\" already names another question"));
    };
    if (const auto it = m_questions.find(key); it != m_questions.end()) {
        if (!sameQuestion(it->second.text, row))
            return conflict();
        return &it->second;
    }
    CRUX_TRY(stored, store::findQuestion(m_project, m_dataset, key));
    KnownQuestion known;
    if (stored) {
        if (!sameQuestion(stored->text, row))
            return conflict();
        known = {stored->id, stored->text, store::goldAnswers(*stored), 0};
    } else {
        store::QuestionRecord question;
        question.datasetId = m_dataset;
        question.externalId = key;
        question.text = row.question;
        question.meta = row.meta;
        store::setGoldAnswers(question, row.golds);
        question.solution = row.solution;
        QuestionId id;
        if (!m_dryRun) {
            CRUX_TRY(added, store::addQuestion(m_project, question));
            id = added;
        }
        known = {id, row.question, store::goldAnswers(question), 0};
        ++report.questions;
    }
    if (known.golds.empty()) {
        store::QuestionRecord own;
        store::setGoldAnswers(own, row.golds);
        known.golds = store::goldAnswers(own);
    }
    return &m_questions.emplace(key, std::move(known)).first->second;
}

store::TrajectoryRecord ImportWriter::recordOf(const ParsedAnswer& answer,
                                               const KnownQuestion& question) const {
    store::TrajectoryRecord record;
    record.questionId = question.id;
    record.datasetId = m_dataset;
    record.externalId = answer.rowId;
    record.source = Source::Imported;
    record.sourceModel = answer.sourceModel;
    const text::PromptTemplate* shape = text::promptTemplate(m_options.promptTemplate);
    record.prompt = answer.prompt      ? *answer.prompt
                    : shape != nullptr ? text::renderPrompt(*shape, question.text)
                                       : question.text;
    record.response = answer.response;
    record.ids = answer.ids;
    record.offsets = offsetsOf(answer, record.prompt.size());
    record.promptTokens = answer.promptTokens;
    record.publishedCorrect = answer.published;
    record.slip = answer.slip;
    if (!answer.facts.empty()) {
        record.provenance.params = answer.facts;
        record.provenance.programVersion = kVersion;
    }
    gradeInto(answer, question, record);
    return record;
}

void ImportWriter::gradeInto(const ParsedAnswer& answer, const KnownQuestion& question,
                             store::TrajectoryRecord& record) const {
    if (answer.ungraded && !answer.published) {
        record.verdictReason = "partial";
    } else if (!answer.ungraded && m_grading.enabled && !question.golds.empty()) {
        const text::Grade grade =
            text::gradeAny(m_grading.task, m_grading.profile, answer.response, question.golds);
        record.verdict = grade.verdict;
        record.verdictReason = grade.reason;
        record.extracted = grade.extracted;
        record.extractedBegin = grade.extractedBegin;
        record.extractedEnd = grade.extractedEnd;
        record.answerSpans = grade.spans;
    } else if (answer.published) { // nothing to grade by: the label that came with the row stands
        record.verdict = *answer.published ? Verdict::Right : Verdict::Wrong;
        record.verdictReason = "published";
    } else if (m_grading.enabled) {
        record.verdictReason = "no_gold";
    }
}

/// Where the import has a tokenizer every row gets its ids. Ids that do not spell the text stay as
/// they came, with a warning; scores that do not fit the tokens are no use: the row is refused.
Status ImportWriter::layTokens(const ParsedAnswer& answer, store::TrajectoryRecord& record,
                               Added& added) const {
    if (m_tokenizer == nullptr)
        return answer.scores ? Status(fail(ErrorCode::InvalidArgument,
                                           "its scores need the tokenizer that cut its text; name "
                                           "it with the parameter \"tokenizer\""))
                             : Status();
    const Status laid = m_tokenizer->lay(record);
    if (!laid.ok()) {
        added.warnings.push_back(
            cat("kept, but its token ids do not belong to this tokenizer: ", laid.error().message));
        return {};
    }
    if (!answer.scores)
        return {};
    const ParsedScores& scores = *answer.scores;
    if (scores.values.size() + 1 != record.ids.size())
        return fail(ErrorCode::Mismatch,
                    cat("its ", scores.values.size(), " scores do not fit the ", record.ids.size(),
                        " tokens that this tokenizer makes of prompt and answer; ",
                        record.ids.size() - 1, " were expected"));
    if (scores.tailStart < 0)
        return {};
    const auto tail = std::span(record.ids).subspan(static_cast<std::size_t>(scores.tailStart) + 1);
    if (withoutBlanks(m_tokenizer->tokenizer().decode(tail, true)) != withoutBlanks(scores.tail))
        return fail(ErrorCode::Mismatch,
                    "the text beside its scores is not that of the tokens they would fall on");
    return {};
}

Status ImportWriter::saveScores(const ParsedAnswer& answer, const store::TrajectoryRecord& record) {
    if (!m_scoreSet) {
        store::ScoreSetRecord set;
        set.name = cat(m_datasetName, ", imported");
        set.provenance.params = Json{{"import", m_kind}, {"dataset", m_datasetName}};
        set.provenance.tokenizerHash = m_tokenizer->hash();
        set.provenance.programVersion = kVersion;
        CRUX_TRY(id, store::addScoreSet(m_project, set));
        m_scoreSet = id;
    }
    store::ScoreRecord row;
    row.trajectoryId = record.id;
    row.scoreSetId = m_scoreSet;
    // REFERENCE.md A.4: ce_prob has one entry less than there are ids, the first has none.
    row.s.push_back(std::numeric_limits<float>::quiet_NaN());
    row.s.insert(row.s.end(), answer.scores->values.begin(), answer.scores->values.end());
    return store::saveScores(m_project, row, nullptr, {});
}

Result<store::TrajectoryRecord> ImportWriter::prepare(const ParsedAnswer& answer,
                                                      KnownQuestion& question,
                                                      const std::string& questionId, bool shared,
                                                      const Place& place, Added& added) {
    const std::string idBytes(reinterpret_cast<const char*>(answer.ids.data()),
                              answer.ids.size() * sizeof(std::int32_t));
    const std::string content =
        hashText(cat(answer.prompt.value_or("").size(), ":", answer.prompt.value_or(""),
                     answer.response.size(), ":", answer.response, idBytes));
    if (!answer.rowId.empty()) {
        const auto [it, fresh] = m_rowIds.try_emplace(answer.rowId, content, place.line);
        if (!fresh && it->second.first != content)
            return fail(ErrorCode::InvalidArgument,
                        cat("the id \"", answer.rowId.substr(0, 80), "\" was used in line ",
                            it->second.second, " for another row"));
    }
    const std::int32_t sample = answer.sample ? *answer.sample : question.samples++;
    const std::string key =
        hashText(cat(questionId.size(), ":", questionId, answer.rowId.size(), ":", answer.rowId,
                     sample, ":", answer.sourceModel, ":", content));
    const auto [seen, fresh] = m_keys.try_emplace(key, place.line);
    if (!fresh && !shared)
        return repeats(seen->second);
    CRUX_TRY(present, store::findTrajectory(m_project, m_dataset, key));
    store::TrajectoryRecord record;
    if (!present) {
        record = recordOf(answer, question);
        CRUX_TRY_VOID(layTokens(answer, record, added));
    }
    record.id = present;
    record.sampleIndex = sample;
    record.naturalKey = key;
    return record;
}

Status ImportWriter::addAnswer(const ParsedAnswer& answer, store::TrajectoryRecord& record,
                               ImportReport& report) {
    CRUX_TRY(id, store::addTrajectory(m_project, record));
    record.id = id;
    if (answer.layer) {
        CRUX_TRY(layer, store::addLayer(m_project, answer.layer->layer));
        CRUX_TRY_VOID(store::saveLayerValues(m_project, layer, id, answer.layer->values));
    }
    if (answer.scores)
        CRUX_TRY_VOID(saveScores(answer, record));
    ++report.trajectories;
    return {};
}

Result<ImportWriter::Added> ImportWriter::add(const ParsedRow& row, const Place& place,
                                              ImportReport& report) {
    if (!m_dryRun && m_questions.size() > kKnownQuestionsKept)
        std::erase_if(m_questions, [](const auto& entry) { return entry.second.samples == 0; });
    const std::int64_t before = report.questions;
    CRUX_TRY(question, questionFor(row, report));
    const std::string questionId = row.questionId.empty() ? hashText(row.question) : row.questionId;
    Added added;
    added.any = report.questions > before;
    // All answers of the row are looked at before the first is stored: a row counts as a whole.
    const bool isPair = row.trainAs == "preference";
    std::vector<store::TrajectoryRecord> records;
    std::string keys;
    for (const ParsedAnswer& answer : row.answers) {
        CRUX_TRY(record, prepare(answer, *question, questionId, isPair, place, added));
        keys += record.naturalKey;
        records.push_back(std::move(record));
    }
    if (isPair)
        if (const auto [seen, fresh] = m_keys.try_emplace(keys, place.line); !fresh)
            return repeats(seen->second);
    for (std::size_t i = 0; i < records.size(); ++i) {
        const bool present = static_cast<bool>(records[i].id);
        added.any = added.any || !present;
        if (m_dryRun)
            continue;
        if (!present)
            CRUX_TRY_VOID(addAnswer(row.answers[i], records[i], report));
        added.ids.push_back(records[i].id);
    }
    return added;
}

} // namespace crux::interop
