#include "ui/model/snapshot_loader.h"

#include "core/spec/steps.h"
#include "core/store/corpus.h"
#include "core/store/question_names.h"
#include "core/store/repositories.h"
#include "ui/model/session.h"

#include <QStringDecoder>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <set>

namespace crux::ui {

namespace {

/// Length of the well-formed UTF-8 character at the front, 0 when there is none.
std::size_t characterLength(std::string_view bytes) {
    if (bytes.empty())
        return 0;
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    const unsigned char lead = at(0);
    if (lead < 0x80)
        return 1;
    const std::size_t length = lead >= 0xF0 && lead <= 0xF4   ? 4
                               : lead >= 0xE0 && lead <= 0xEF ? 3
                               : lead >= 0xC2 && lead <= 0xDF ? 2
                                                              : 0;
    if (length == 0 || bytes.size() < length)
        return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((at(i) & 0xC0) != 0x80)
            return 0;
    // Overlong forms, surrogates and values above U+10FFFF show in the second byte.
    const unsigned char second = at(1);
    if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
        (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F))
        return 0;
    return length;
}

/// Vocabularies are big and never change under their hash: the last few stay decoded.
Result<std::shared_ptr<const store::VocabularyRecord>>
cachedVocabulary(const store::Project& project, const std::string& hash) {
    static std::mutex mutex;
    static std::map<std::string, std::shared_ptr<const store::VocabularyRecord>> cache;
    const std::string key = project.file().string() + '\n' + hash;
    {
        const std::lock_guard lock(mutex);
        if (const auto found = cache.find(key); found != cache.end())
            return found->second;
    }
    CRUX_TRY(record, store::vocabulary(project, hash));
    auto shared = std::make_shared<const store::VocabularyRecord>(std::move(record));
    const std::lock_guard lock(mutex);
    if (cache.size() >= 4)
        cache.clear();
    cache[key] = shared;
    return shared;
}

/// Words with their leading blanks: what an untokenised text is shown in.
std::vector<TokenCell> wordCells(const store::TrajectoryRecord& record) {
    std::vector<TokenCell> cells;
    const std::string text = record.prompt + record.response;
    std::size_t begin = 0;
    const auto push = [&](std::size_t end) {
        if (end <= begin)
            return;
        TokenCell cell;
        cell.id = -1;
        cell.text =
            readableBytes(std::string_view(text).substr(begin, end - begin), &cell.partialBytes);
        cell.byteBegin = static_cast<std::int32_t>(begin);
        cell.byteEnd = static_cast<std::int32_t>(end);
        cells.push_back(std::move(cell));
        begin = end;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool boundary = i == record.prompt.size();
        const bool wordStart = (text[i] == ' ' || text[i] == '\t') && i > 0 && text[i - 1] != ' ' &&
                               text[i - 1] != '\t';
        if (boundary || wordStart)
            push(i);
        if (text[i] == '\n')
            push(i + 1);
    }
    push(text.size());
    return cells;
}

void fillExtracted(TrajectorySnapshot& snapshot) {
    const auto& record = snapshot.record;
    std::vector<std::int32_t> spans = record.answerSpans;
    if (spans.empty() && record.extractedBegin >= 0)
        spans = {record.extractedBegin, record.extractedEnd};
    const auto base = static_cast<std::int32_t>(record.prompt.size());
    for (std::size_t span = 0; span + 1 < spans.size(); span += 2) {
        const std::int32_t begin = base + spans[span], end = base + spans[span + 1];
        StepRange range{-1, -1};
        for (std::size_t i = 0; i < snapshot.tokens.size(); ++i) {
            const TokenCell& cell = snapshot.tokens[i];
            if (cell.byteEnd <= begin || cell.byteBegin >= end || cell.byteBegin == cell.byteEnd)
                continue;
            if (range.first < 0)
                range.first = static_cast<std::int32_t>(i);
            range.last = static_cast<std::int32_t>(i);
        }
        if (range.first >= 0)
            snapshot.answers.push_back(range);
    }
}

/// Tokenizers that normalise change a few pieces; ids of another vocabulary change most.
bool spelled(const store::TrajectoryRecord& record, const store::VocabularyRecord& vocabulary) {
    const std::string text = record.prompt + record.response;
    std::size_t compared = 0, wrong = 0;
    for (std::size_t i = 0; i < record.ids.size() && 2 * i + 1 < record.offsets.size(); ++i) {
        const auto id = static_cast<std::size_t>(std::max(record.ids[i], 0));
        const auto begin = static_cast<std::size_t>(std::max(record.offsets[2 * i], 0));
        const auto end = static_cast<std::size_t>(std::max(record.offsets[2 * i + 1], 0));
        if (id < vocabulary.special.size() && vocabulary.special[id])
            continue;
        ++compared;
        if (id >= vocabulary.pieces.size() || end < begin || end > text.size()) {
            ++wrong;
            continue;
        }
        const std::string_view piece = vocabulary.pieces[id];
        const std::string_view slice = std::string_view(text).substr(begin, end - begin);
        // A space before a text's first word is the tokenizer's, not the text's.
        const bool same =
            piece == slice || (!piece.empty() && piece.front() == ' ' && piece.substr(1) == slice);
        wrong += same ? 0 : 1;
    }
    return wrong * 10 <= compared;
}

Result<TokenFault> tokenFault(const store::Project& project, const TrajectorySnapshot& snapshot,
                              const store::VocabularyRecord* vocabulary) {
    const auto& record = snapshot.record;
    if (snapshot.fault != TokenFault::None || record.ids.empty())
        return snapshot.fault;
    if (vocabulary && !spelled(record, *vocabulary))
        return TokenFault::NotSpelled;
    CRUX_TRY(models, store::models(project));
    const bool known = std::any_of(models.begin(), models.end(), [&](const auto& model) {
        return model.tokenizerHash == record.tokenizerHash;
    });
    if (models.empty())
        return vocabulary ? TokenFault::None : TokenFault::NoTexts;
    return known || record.tokenizerHash.empty() ? TokenFault::None : TokenFault::OtherTokenizer;
}

Status fillScores(const store::Project& project, TrajectorySnapshot& snapshot, ScoreSetId set) {
    if (!set)
        return {};
    CRUX_TRY(sets, store::scoreSets(project));
    const auto found =
        std::find_if(sets.begin(), sets.end(), [&](const auto& row) { return row.id == set; });
    if (found == sets.end())
        return {};
    CRUX_TRY(threshold, store::candidateThreshold(project, set));
    snapshot.threshold = threshold;
    CRUX_TRY(scores, store::scores(project, snapshot.record.id, set));
    snapshot.scoreSet = *found;
    // Scores of other ids than the stored ones would stand under the wrong tokens.
    if (scores && scores->s.size() != snapshot.tokens.size())
        snapshot.fault = TokenFault::OtherScores;
    if (!scores || snapshot.fault == TokenFault::OtherScores)
        return {};
    snapshot.scores = std::move(*scores);
    CRUX_TRY(alternatives, store::alternatives(project, snapshot.record.id, set));
    if (alternatives)
        snapshot.alternatives = std::move(*alternatives);
    return {};
}

} // namespace

QString readableBytes(std::string_view bytes, bool* partial) {
    QString text;
    std::size_t run = 0, i = 0;
    const auto flush = [&](std::size_t end) {
        text += QString::fromUtf8(bytes.data() + run, static_cast<qsizetype>(end - run));
    };
    while (i < bytes.size()) {
        const std::size_t length = characterLength(bytes.substr(i));
        if (length > 0) {
            i += length;
            continue;
        }
        flush(i);
        text += QStringLiteral("<0x%1>")
                    .arg(static_cast<unsigned char>(bytes[i]), 2, 16, QLatin1Char('0'))
                    .toUpper()
                    .replace(QStringLiteral("<0X"), QStringLiteral("<0x"));
        if (partial)
            *partial = true;
        run = ++i;
    }
    flush(bytes.size());
    return text;
}

std::vector<TokenCell> tokenCells(const store::TrajectoryRecord& record,
                                  const store::VocabularyRecord* vocabulary) {
    if (record.ids.empty())
        return wordCells(record);
    const std::string text = record.prompt + record.response;
    std::vector<TokenCell> cells(record.ids.size());
    for (std::size_t i = 0; i < cells.size(); ++i) {
        TokenCell& cell = cells[i];
        cell.id = record.ids[i];
        const auto id = static_cast<std::size_t>(std::max(cell.id, 0));
        const bool known = vocabulary && cell.id >= 0 && id < vocabulary->pieces.size();
        cell.special = known && id < vocabulary->special.size() && vocabulary->special[id];
        std::int32_t begin = 0, end = 0;
        if (record.offsets.size() >= 2 * i + 2) {
            begin = std::clamp<std::int32_t>(record.offsets[2 * i], 0,
                                             static_cast<std::int32_t>(text.size()));
            end = std::clamp<std::int32_t>(record.offsets[2 * i + 1], begin,
                                           static_cast<std::int32_t>(text.size()));
        }
        cell.byteBegin = begin;
        cell.byteEnd = end;
        const auto length = static_cast<std::size_t>(end - begin);
        if (length > 0 && !cell.special)
            cell.text = readableBytes(
                std::string_view(text).substr(static_cast<std::size_t>(begin), length),
                &cell.partialBytes);
        else if (known)
            cell.text = readableBytes(vocabulary->pieces[id], &cell.partialBytes);
        else
            cell.text = QStringLiteral("<%1>").arg(cell.id);
    }
    return cells;
}

std::vector<StepRange> splitSteps(std::vector<TokenCell>& tokens, int promptTokens) {
    const int count = static_cast<int>(tokens.size());
    std::vector<QByteArray> bytes;
    bytes.reserve(tokens.size());
    for (const TokenCell& cell : tokens)
        bytes.push_back(cell.special ? QByteArray() : cell.text.toUtf8());
    std::vector<std::string_view> texts;
    texts.reserve(tokens.size());
    for (const QByteArray& text : bytes)
        texts.emplace_back(text.constData(), static_cast<std::size_t>(text.size()));
    const std::vector<std::int32_t> firsts = stepFirsts(texts, promptTokens);
    std::vector<StepRange> steps{{0, std::clamp(promptTokens, 0, count) - 1}};
    for (std::size_t i = 0; i < firsts.size(); ++i)
        steps.push_back({firsts[i], i + 1 < firsts.size() ? firsts[i + 1] - 1 : count - 1});
    for (std::size_t step = 1; step < steps.size(); ++step)
        for (std::int32_t i = steps[step].first; i <= steps[step].last; ++i)
            tokens[static_cast<std::size_t>(i)].step = static_cast<std::int32_t>(step);
    return steps;
}

std::vector<std::int32_t> candidatePositions(const TrajectorySnapshot& snapshot, double threshold) {
    return store::candidatePositions(snapshot.scores.s, snapshot.record.promptTokens,
                                     snapshot.record.verdict, threshold);
}

int firstPosition(const TrajectorySnapshot& snapshot) {
    if (snapshot.tokens.empty())
        return -1;
    const auto& s = snapshot.scores.s;
    int best = -1;
    for (const std::int32_t position : snapshot.candidates)
        if (best < 0 || s[static_cast<std::size_t>(position)] < s[static_cast<std::size_t>(best)])
            best = position;
    if (best >= 0)
        return best;
    return std::min(snapshot.record.promptTokens, static_cast<int>(snapshot.tokens.size()) - 1);
}

int sharedPrefix(const TrajectorySnapshot& a, const TrajectorySnapshot& b) {
    const auto alike = [](const TokenCell& x, const TokenCell& y) {
        return x.id == y.id && (x.id >= 0 || x.text == y.text);
    };
    const auto [differs, unused] =
        std::mismatch(a.tokens.begin(), a.tokens.end(), b.tokens.begin(), b.tokens.end(), alike);
    return static_cast<int>(differs - a.tokens.begin());
}

void fillForks(TrajectorySnapshot& snapshot) {
    std::map<std::int32_t, int> forks;
    std::map<std::int64_t, const store::BranchRecord*> byChild;
    for (const auto& branch : snapshot.branches)
        byChild[branch.childId.value] = &branch;
    // Walk from this path up to the root: a parent's fork before our own lies on our path too.
    TrajectoryId path = snapshot.record.id;
    std::int32_t limit = std::numeric_limits<std::int32_t>::max();
    std::set<std::int64_t> seen;
    std::set<std::int32_t> forced;
    while (seen.insert(path.value).second) {
        for (const auto& branch : snapshot.branches)
            if (branch.parentId == path && !branch.deleted && branch.forkPosition < limit)
                ++forks[branch.forkPosition];
        const auto own = byChild.find(path.value);
        if (own == byChild.end())
            break;
        const store::BranchRecord& branch = *own->second;
        if (path == snapshot.record.id)
            snapshot.forkPosition = branch.forkPosition;
        for (std::int32_t i = 0; i < static_cast<std::int32_t>(branch.forcedIds.size()); ++i)
            if (branch.forkPosition + i < limit)
                forced.insert(branch.forkPosition + i);
        limit = branch.forkPosition;
        path = branch.parentId;
    }
    snapshot.forks.assign(forks.begin(), forks.end());
    snapshot.forcedPositions.assign(forced.begin(), forced.end());
}

Result<SnapshotPtr> loadSnapshot(const store::Project& project, TrajectoryId id,
                                 ScoreSetId scoreSet, RolloutSetId rolloutSet) {
    auto snapshot = std::make_shared<TrajectorySnapshot>();
    CRUX_TRY(record, store::trajectory(project, id));
    snapshot->record = std::move(record);
    CRUX_TRY(question, store::question(project, snapshot->record.questionId));
    snapshot->question = std::move(question);
    if (store::isNamedByText(snapshot->question)) {
        CRUX_TRY(number, store::questionNumber(project, snapshot->question));
        snapshot->questionNumber = number;
    }
    CRUX_TRY(datasets, store::datasets(project));
    for (const auto& dataset : datasets)
        if (dataset.id == snapshot->record.datasetId)
            snapshot->datasetName = QString::fromStdString(dataset.name);

    std::shared_ptr<const store::VocabularyRecord> vocabulary;
    if (!snapshot->record.tokenizerHash.empty())
        if (auto found = cachedVocabulary(project, snapshot->record.tokenizerHash); found.ok())
            vocabulary = *found; // without it the text itself still shows
    snapshot->tokens = tokenCells(snapshot->record, vocabulary.get());
    if (snapshot->record.ids.empty()) {
        int prompt = 0;
        for (const auto& cell : snapshot->tokens)
            if (cell.byteBegin < static_cast<std::int32_t>(snapshot->record.prompt.size()))
                ++prompt;
        snapshot->record.promptTokens = prompt;
    }
    snapshot->steps = splitSteps(snapshot->tokens, snapshot->record.promptTokens);

    CRUX_TRY_VOID(fillScores(project, *snapshot, scoreSet));
    CRUX_TRY(fault, tokenFault(project, *snapshot, vocabulary.get()));
    snapshot->fault = fault;
    CRUX_TRY(layers, store::layersOf(project, id));
    snapshot->layers = std::move(layers);
    CRUX_TRY(rollouts, loadRolloutFacts(project, id, rolloutSet));
    snapshot->rollouts = std::move(rollouts);
    CRUX_TRY(labels, store::labelsOf(project, id));
    snapshot->labels = std::move(labels);
    CRUX_TRY(notes, store::notes(project, id));
    snapshot->notes = std::move(notes);
    CRUX_TRY(marks, store::marks(project, id));
    snapshot->marks = std::move(marks);
    CRUX_TRY(branches, store::branchesOf(project, snapshot->record.rootId));
    snapshot->branches = std::move(branches);
    snapshot->candidates = candidatePositions(*snapshot, snapshot->threshold);
    fillForks(*snapshot);
    fillExtracted(*snapshot);
    return SnapshotPtr(std::move(snapshot));
}

} // namespace crux::ui
