#include "ui/model/step_view.h"

#include "core/store/repositories.h"
#include "ui/model/snapshot_loader.h"
#include "ui/model/text_format.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace crux::ui {

namespace {

struct StepWords {
    Q_DECLARE_TR_FUNCTIONS(StepWords)
};

/// Text of one line: what a table has room for.
QString oneLine(const std::string& text) {
    return QString::fromStdString(text).simplified();
}

/// What a row is about: its question, or where it stands in the file.
Result<QString> questionOf(const store::Project& project, const store::RunRowSource& source,
                           const std::string& data) {
    if (!source.chosen)
        return StepWords::tr("line %1 of %2").arg(source.line).arg(QString::fromStdString(data));
    const auto row = store::trajectory(project, source.chosen);
    if (!row.ok() && row.error().code == ErrorCode::NotFound)
        return StepWords::tr("trajectory %1, deleted since")
            .arg(text_format::integer(source.chosen.value));
    if (!row.ok())
        return fail(row.error());
    CRUX_TRY(question, store::question(project, row->questionId));
    return oneLine(question.text);
}

/// Piece texts of ids laid end to end, as a record that tokenCells() can read.
store::TrajectoryRecord recordOf(const std::vector<std::int32_t>& ids,
                                 const store::VocabularyRecord* vocabulary) {
    store::TrajectoryRecord record;
    record.ids = ids;
    for (const std::int32_t id : ids) {
        const auto at = static_cast<std::size_t>(id);
        record.offsets.push_back(static_cast<std::int32_t>(record.response.size()));
        if (vocabulary && id >= 0 && at < vocabulary->pieces.size() && !vocabulary->special[at])
            record.response += vocabulary->pieces[at];
        record.offsets.push_back(static_cast<std::int32_t>(record.response.size()));
    }
    return record;
}

/// The largest size, rounded up to a number that a legend can show.
double clampOf(const std::vector<const std::vector<float>*>& all) {
    double most = 0;
    for (const auto* values : all)
        for (const float value : *values)
            if (std::isfinite(value))
                most = std::max(most, std::abs(static_cast<double>(value)));
    if (most <= 0)
        return 1;
    const double power = std::pow(10, std::floor(std::log10(most)));
    for (const double step : {1.0, 2.0, 5.0})
        if (most <= step * power)
            return step * power;
    return 10 * power;
}

/// Values that a completion is coloured by.
struct TokenValues {
    std::vector<float> weight, logRatio, contribution, policy;
};

TokenValues valuesOf(const store::KeptTokens& tokens) {
    TokenValues made;
    made.weight = tokens.weights;
    made.policy = tokens.logp;
    for (std::size_t t = 0; t < tokens.logp.size(); ++t) {
        const float ratio = tokens.logp[t] - tokens.reference[t];
        made.logRatio.push_back(ratio);
        made.contribution.push_back(tokens.slope[t] *
                                    (std::isnan(tokens.reference[t]) ? tokens.logp[t] : ratio));
    }
    return made;
}

struct Clamps {
    double logRatio = 1, contribution = 1, policy = 1;
    bool signedContribution = true;
};

store::LayerRecord layer(const QString& name, const char* kind, double low, double high,
                         const QString& lowWords, const QString& highWords) {
    store::LayerRecord record;
    record.name = name.toStdString();
    record.kind = kind;
    record.minimum = low;
    record.maximum = high;
    record.lowMeans = lowWords.toStdString();
    record.highMeans = highWords.toStdString();
    return record;
}

bool any(const std::vector<float>& values) {
    return std::any_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
}

/// Both completions share their scales, so that their heat maps can be compared.
SnapshotPtr snapshotOf(const store::KeptTokens& tokens, std::int32_t promptTokens,
                       const TokenValues& values, const Clamps& clamps,
                       const store::VocabularyRecord* vocabulary, Verdict verdict) {
    auto snapshot = std::make_shared<TrajectorySnapshot>();
    const std::vector<std::int32_t> completion(tokens.ids.begin() + promptTokens, tokens.ids.end());
    snapshot->record = recordOf(completion, vocabulary);
    snapshot->record.verdict = verdict;
    snapshot->tokens = tokenCells(snapshot->record, vocabulary);
    snapshot->steps = splitSteps(snapshot->tokens, 0);
    const auto add = [&](store::LayerRecord record, const std::vector<float>& numbers) {
        if (any(numbers))
            snapshot->layers.emplace_back(std::move(record), numbers);
    };
    add(layer(step_layers::weight(), "high_is_hot", 0, 1, StepWords::tr("left out"),
              StepWords::tr("counts in full")),
        values.weight);
    add(layer(step_layers::logRatio(), "signed", -clamps.logRatio, clamps.logRatio,
              StepWords::tr("less likely than in the reference"), StepWords::tr("more likely")),
        values.logRatio);
    add(clamps.signedContribution
            ? layer(step_layers::contribution(), "signed", -clamps.contribution,
                    clamps.contribution, StepWords::tr("lowers the loss"),
                    StepWords::tr("raises it"))
            : layer(step_layers::contribution(), "high_is_hot", 0, clamps.contribution,
                    StepWords::tr("adds nothing to the loss"), StepWords::tr("adds most")),
        values.contribution);
    add(layer(step_layers::policy(), "value", -clamps.policy, 0, StepWords::tr("unlikely"),
              StepWords::tr("likely")),
        values.policy);
    return snapshot;
}

Status describe(const store::Project& project, TrajectoryId id, StepCompletion& completion) {
    completion.trajectory = id;
    if (!id)
        return {};
    const auto row = store::trajectory(project, id);
    if (!row.ok())
        return row.error().code == ErrorCode::NotFound ? Status() : Status(fail(row.error()));
    completion.verdict = row->verdict;
    completion.answer = QString::fromStdString(row->extracted);
    return {};
}

bool isWeighted(const store::KeptTokens& tokens) {
    return std::any_of(tokens.weights.begin(), tokens.weights.end(),
                       [](float weight) { return weight != 1.0f; });
}

} // namespace

QString step_layers::weight() {
    return StepWords::tr("weight");
}
QString step_layers::logRatio() {
    return QStringLiteral("log \u03c0/\u03c0_ref");
}
QString step_layers::contribution() {
    return StepWords::tr("loss contribution");
}
QString step_layers::policy() {
    return QStringLiteral("log \u03c0");
}

Result<StepView> loadStep(const store::Project& project, JobId run, std::int64_t step) {
    StepView view;
    view.run = run;
    view.asked = step;
    CRUX_TRY(nearest, store::nearestStep(project, run, step));
    view.step = nearest;
    if (nearest < 0)
        return view;
    CRUX_TRY(data, store::runData(project, run));
    CRUX_TRY(rows, store::stepRows(project, run, nearest));
    CRUX_TRY(kept, store::nearestKeptStep(project, run, nearest));
    view.nearestKept = kept;
    view.pairs = data && data->pairs;
    for (const store::StepRow& row : rows) {
        StepRowView one{row, {}, {}};
        if (data && row.row >= 0 && static_cast<std::size_t>(row.row) < data->sources.size())
            one.source = data->sources[static_cast<std::size_t>(row.row)];
        CRUX_TRY(question, questionOf(project, one.source, data ? data->name : std::string()));
        one.question = std::move(question);
        view.loss += row.loss / static_cast<double>(rows.size());
        view.rows.push_back(std::move(one));
    }
    std::stable_sort(view.rows.begin(), view.rows.end(), [](const auto& a, const auto& b) {
        return std::isnan(a.row.loss) != std::isnan(b.row.loss) ? std::isnan(a.row.loss)
                                                                : a.row.loss > b.row.loss;
    });
    CRUX_TRY(flags, store::runFlags(project, run));
    for (store::RunFlag& flag : flags)
        if (flag.step == nearest)
            view.flags.push_back(std::move(flag));
    return view;
}

Result<StepTokens> loadStepTokens(const store::Project& project, JobId run, std::int64_t step,
                                  const StepRowView& row) {
    StepTokens tokens;
    CRUX_TRY(kept, store::keptRow(project, run, step, row.row.row));
    CRUX_TRY_VOID(describe(project, row.source.chosen, tokens.chosen));
    CRUX_TRY_VOID(describe(project, row.source.rejected, tokens.rejected));
    tokens.chosen.reward = row.row.rewardChosen;
    tokens.rejected.reward = row.row.rewardRejected;
    if (!kept)
        return tokens;
    tokens.kept = true;
    CRUX_TRY(data, store::runData(project, run));
    store::VocabularyRecord vocabulary;
    const store::VocabularyRecord* known = nullptr; // without one the ids stand for themselves
    if (data && !data->tokenizerHash.empty())
        if (auto read = store::vocabulary(project, data->tokenizerHash); read.ok()) {
            vocabulary = std::move(*read);
            known = &vocabulary;
        }
    const TokenValues chosen = valuesOf(kept->chosen), rejected = valuesOf(kept->rejected);
    Clamps clamps;
    clamps.logRatio = clampOf({&chosen.logRatio, &rejected.logRatio});
    clamps.contribution = clampOf({&chosen.contribution, &rejected.contribution});
    clamps.policy = clampOf({&chosen.policy, &rejected.policy});
    clamps.signedContribution = std::any_of(chosen.contribution.begin(), chosen.contribution.end(),
                                            [](float v) { return v < 0; });
    if (!kept->rejected.ids.empty())
        clamps.signedContribution = true;
    const auto make = [&](const store::KeptTokens& side, const TokenValues& values,
                          StepCompletion& completion) {
        if (side.ids.empty())
            return;
        completion.snapshot =
            snapshotOf(side, kept->promptTokens, values, clamps, known, completion.verdict);
        completion.weighted = isWeighted(side);
    };
    make(kept->chosen, chosen, tokens.chosen);
    make(kept->rejected, rejected, tokens.rejected);
    const auto& ids = kept->chosen.ids;
    const std::vector<std::int32_t> prompt(
        ids.begin(),
        ids.begin() +
            std::min<std::ptrdiff_t>(kept->promptTokens, static_cast<std::ptrdiff_t>(ids.size())));
    tokens.prompt = readableBytes(recordOf(prompt, known).response);
    return tokens;
}

Result<std::int64_t> neighbourStep(const store::Project& project, JobId run, std::int64_t step,
                                   int direction) {
    // The nearest to the next number is, where steps lie apart, the one on the other side at worst.
    CRUX_TRY(found, store::nearestStep(project, run, step + direction));
    return found < 0 || (direction > 0 ? found <= step : found >= step) ? step : found;
}

} // namespace crux::ui
