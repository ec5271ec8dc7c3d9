// The training engine through its face: gradients (by its own self test), 20 steps of every method
// against TRL + peft or plain PyTorch (tests/data/engine/make_training.py), and what a run
// promises: resumed equals uninterrupted bit for bit, packing and order of work change nothing but
// rounding.
#include "core/base/json.h"
#include "core/engine/safetensors.h"
#include "core/engine/train/train.h"
#include "support/test_paths.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <random>

using namespace crux;
using namespace crux::engine;
using namespace crux::engine::train;

namespace {

Path dataPath(const char* name) {
    return Path((crux::test::dataDir() + QStringLiteral("/engine/") + QString::fromLatin1(name))
                    .toStdString());
}

std::shared_ptr<Model> tinyModel(const char* dtype = "float32") {
    ComputeOptions options;
    options.device = "cpu";
    options.dtype = dtype;
    options.threads = 1;
    auto model = Model::load(dataPath("tiny"), options);
    if (!model.ok())
        qFatal("%s", model.error().message.c_str());
    return *model;
}

const Json& golden() {
    static const Json kGolden = [] {
        const auto json = parseJson(*readFile(dataPath("training.json")));
        if (!json.ok())
            qFatal("%s", json.error().message.c_str());
        return *json;
    }();
    return kGolden;
}

TrainSequence sequenceOf(const Json& row, const char* side) {
    TrainSequence made;
    made.ids = row.at("prompt").get<Ids>();
    made.promptTokens = static_cast<std::int32_t>(made.ids.size());
    const auto more = row.at(side).get<Ids>();
    made.ids.insert(made.ids.end(), more.begin(), more.end());
    return made;
}

std::vector<TrainExample> goldenRows(bool pairs, bool weights) {
    std::vector<TrainExample> rows;
    for (const Json& row : golden().at("rows")) {
        TrainExample example{sequenceOf(row, "chosen"), {}};
        if (pairs)
            example.rejected = sequenceOf(row, "rejected");
        if (weights)
            example.rejected.weights = row.at("rejected_weights").get<std::vector<float>>();
        rows.push_back(std::move(example));
    }
    return rows;
}

/// The settings of make_training.py.
TrainOptions goldenOptions(const std::string& name) {
    TrainOptions options;
    options.startAdapter = dataPath("tiny/adapter");
    options.reference = ReferenceModel::Start;
    options.learningRate = 3e-3;
    options.weightDecay = 0.01;
    options.warmupSteps = 3;
    options.batch = options.accumulation = 2;
    options.maxSteps = 20;
    options.shuffle = false;
    options.supervised = name == "sft";
    options.decay = name == "sft" || name == "dpo_cosine" ? Decay::Cosine : Decay::Linear;
    PreferenceOptions& p = options.preference;
    p.beta = 0.3;
    if (name == "robust" || name == "label_smoothing")
        p.labelSmoothing = 0.1;
    if (name == "robust")
        p.loss = PairLoss::Robust;
    if (name == "hinge")
        p.loss = PairLoss::Hinge;
    if (name == "ipo")
        p.loss = PairLoss::Ipo;
    if (name == "sigmoid_norm")
        p.loss = PairLoss::SigmoidNorm;
    if (name == "ld_dpo")
        p.ldAlpha = 0.4;
    if (name == "rpo") {
        p.alphaNll = 0.7;
        p.nllNorm = NllNorm::BatchToken;
    }
    if (name == "simpo") {
        p.loss = PairLoss::SimPo;
        p.beta = 2;
        p.gamma = 0.8;
    }
    if (name == "cdpo_authors")
        p.loss = PairLoss::AuthorsTokens;
    if (name == "tdpo1")
        p.loss = PairLoss::Tdpo1;
    if (name == "tdpo2")
        p.loss = PairLoss::Tdpo2;
    return options;
}

std::unique_ptr<Trainer> trainerOf(const TrainOptions& options, std::vector<TrainExample> rows,
                                   std::vector<TrainExample> evaluation = {},
                                   const std::shared_ptr<Model>& model = tinyModel()) {
    auto trainer = Trainer::make(model, options, std::move(rows), std::move(evaluation));
    if (!trainer.ok())
        qFatal("%s", trainer.error().message.c_str());
    return std::move(trainer).value();
}

StepReport stepOf(Trainer& trainer) {
    auto report = trainer.step({});
    if (!report.ok())
        qFatal("%s", report.error().message.c_str());
    return *report;
}

bool near(double a, double b, double tolerance) {
    return std::fabs(a - b) <= tolerance * std::max(1.0, std::fabs(b));
}

std::vector<float> floats(const StoredTensor& tensor) {
    std::vector<float> values(tensor.bytes.size() / sizeof(float));
    std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
    return values;
}

std::string adapterBytes(const Path& folder) {
    const auto bytes = readFile(folder / "adapter_model.safetensors");
    return bytes.ok() ? *bytes : std::string();
}

} // namespace

class TestTraining : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void selftestPasses();
    void twentyStepsEqualPeers_data();
    void twentyStepsEqualPeers();
    void freshAdapterChangesNothingYet();
    void packsAndSharedPromptsChangeOnlyRounding();
    void manyInterruptionsChangeNoBit_data();
    void manyInterruptionsChangeNoBit();
    void checkpointIsAPeftFolder();
    void halfWrittenCheckpointIsNotRead();
    void otherRunsCheckpointIsRefused();
    void wholeModelTrainsAndLoadsAgain();
    void referenceIsComputedOnce();
    void stoppedReferenceGoesOnAfterItsLastPiece();
    void badInputGetsASentence_data();
    void badInputGetsASentence();
};

void TestTraining::selftestPasses() {
    ComputeOptions options;
    options.device = "cpu";
    options.threads = 1;
    QStringList lines;
    const auto totals = trainSelftest(
        options, [&](const std::string& line) { lines << QString::fromStdString(line); });
    QVERIFY2(totals.ok(), totals.ok() ? "" : totals.error().message.c_str());
    QVERIFY2(totals->failed == 0, qPrintable(lines.filter(QStringLiteral("FAIL")).join(u'\n')));
    QVERIFY(totals->passed >= 17);
}

void TestTraining::twentyStepsEqualPeers_data() {
    QTest::addColumn<QString>("name");
    for (const auto& [name, value] : golden().at("cases").items())
        QTest::addRow("%s (%s)", name.c_str(), value.at("by").get<std::string>().c_str())
            << QString::fromStdString(name);
}

void TestTraining::twentyStepsEqualPeers() {
    QFETCH(QString, name);
    const std::string which = name.toStdString();
    const Json& expected = golden().at("cases").at(which);
    const bool weights = which.starts_with("cdpo");
    const auto trainer = trainerOf(goldenOptions(which), goldenRows(which != "sft", weights));
    QCOMPARE(trainer->totalSteps(), 20);
    for (const Json& log : expected.at("logs")) {
        const StepReport report = stepOf(*trainer);
        const auto compare = [&](const char* key, double mine) {
            const double theirs = log.at(key).get<double>();
            QVERIFY2(near(mine, theirs, 1e-4),
                     qPrintable(QStringLiteral("step %1, %2: %3 is not %4")
                                    .arg(report.step)
                                    .arg(QString::fromLatin1(key))
                                    .arg(mine, 0, 'g', 9)
                                    .arg(theirs, 0, 'g', 9)));
        };
        compare("loss", report.loss);
        compare("grad_norm", report.gradNorm);
        compare("learning_rate", report.learningRate);
        // Margins that are rounding alone have no sign to agree on.
        const bool signs = log.contains("rewards/margins") &&
                           std::fabs(log["rewards/margins"].get<double>()) > 1e-3;
        for (const auto& [key, value] : report.metrics)
            if (log.contains(key) && (signs || key != "rewards/accuracies"))
                compare(key.c_str(), value);
    }
    QTemporaryDir folder;
    const Path to = Path(folder.path().toStdString()) / "end";
    QVERIFY(trainer->save(to, {}).ok());
    const auto stored = openSafetensors(to / "adapter_model.safetensors");
    QVERIFY(stored.ok());
    QCOMPARE(stored->size(), expected.at("tensors").size());
    for (const auto& [key, value] : expected.at("tensors").items()) {
        const auto found = stored->find(key);
        QVERIFY2(found != stored->end(), key.c_str());
        const std::vector<float> mine = floats(found->second);
        double sum = 0, squares = 0;
        for (const float x : mine) {
            sum += static_cast<double>(x);
            squares += static_cast<double>(x) * static_cast<double>(x);
        }
        const double numbers[] = {sum, std::sqrt(squares), static_cast<double>(mine[1]),
                                  static_cast<double>(mine[mine.size() - 2])};
        for (std::size_t i = 0; i < 4; ++i)
            QVERIFY2(near(numbers[i], value[i].get<double>(), i == 0 ? 1e-3 : 1e-4),
                     qPrintable(QStringLiteral("%1[%2]: %3 is not %4")
                                    .arg(QString::fromStdString(key))
                                    .arg(i)
                                    .arg(numbers[i], 0, 'g', 9)
                                    .arg(value[i].get<double>(), 0, 'g', 9)));
    }
}

/// B = 0: the policy is the reference, so DPO's first loss is ln 2 and all rewards are 0.
void TestTraining::freshAdapterChangesNothingYet() {
    TrainOptions options = goldenOptions("dpo");
    options.startAdapter.clear();
    options.reference = ReferenceModel::Base;
    options.lora.targets = {"q_proj", "down_proj"};
    const StepReport report = stepOf(*trainerOf(options, goldenRows(true, false)));
    QVERIFY(near(report.loss, std::log(2), 1e-5));
    for (const auto& [key, value] : report.metrics)
        if (key == "rewards/chosen" || key == "rewards/rejected")
            QVERIFY2(std::fabs(value) < 1e-4, key.c_str());
}

void TestTraining::packsAndSharedPromptsChangeOnlyRounding() {
    std::vector<std::vector<double>> losses;
    for (const int variant : {0, 1, 2, 3}) {
        TrainOptions options = goldenOptions("rpo");
        std::vector<TrainExample> rows = goldenRows(true, false);
        for (TrainExample& row : rows) // prompts long enough to be shared
            for (TrainSequence* side : {&row.chosen, &row.rejected}) {
                side->ids.insert(side->ids.begin(), 20, 7);
                side->promptTokens += 20;
            }
        options.sharePrompts = variant != 1;
        options.packTokens = variant == 2 ? 64 : 4096;
        options.checkpointing = variant != 3;
        const auto trainer = trainerOf(options, rows);
        std::vector<double>& made = losses.emplace_back();
        for (int i = 0; i < 6; ++i)
            made.push_back(stepOf(*trainer).loss);
    }
    for (std::size_t variant = 1; variant < losses.size(); ++variant)
        for (std::size_t i = 0; i < losses[0].size(); ++i)
            QVERIFY2(near(losses[variant][i], losses[0][i], 2e-5),
                     qPrintable(QStringLiteral("variant %1, step %2").arg(variant).arg(i)));
}

void TestTraining::manyInterruptionsChangeNoBit_data() {
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("dtype");
    QTest::addRow("cDPO, float32") << QStringLiteral("cdpo") << QStringLiteral("float32");
    QTest::addRow("SFT with dropout, bfloat16")
        << QStringLiteral("sft") << QStringLiteral("bfloat16");
    QTest::addRow("TDPO, float32") << QStringLiteral("tdpo1") << QStringLiteral("float32");
}

void TestTraining::manyInterruptionsChangeNoBit() {
    QFETCH(QString, method);
    QFETCH(QString, dtype);
    const std::string which = method.toStdString();
    TrainOptions options = goldenOptions(which);
    options.startAdapter.clear();
    options.reference = ReferenceModel::Base;
    options.lora.rank = 4;
    options.lora.targets = {"q_proj", "v_proj", "gate_proj", "down_proj"};
    options.lora.dropout = which == "sft" ? 0.2 : 0;
    options.shuffle = true;
    options.maxSteps = 30;
    QTemporaryDir temporary;
    const Path folder(temporary.path().toStdString());
    const auto model = tinyModel(dtype.toLatin1().constData());
    const auto make = [&] {
        auto trainer = trainerOf(options, goldenRows(which != "sft", which == "cdpo"), {}, model);
        if (!trainer->prepareReference(folder, {}).ok())
            qFatal("no reference");
        return trainer;
    };
    auto straight = make();
    std::vector<double> losses;
    while (straight->stepsDone() < 30)
        losses.push_back(stepOf(*straight).loss);
    QVERIFY(straight->save(folder / "straight", {}).ok());

    // 50 processes that die at some step, each beginning from the last checkpoint.
    std::mt19937 engine(17);
    Path last;
    int interruptions = 0;
    for (bool done = false; !done;) {
        auto trainer = make();
        if (!last.empty()) {
            const auto extra = trainer->restore(last);
            QVERIFY2(extra.ok(), extra.ok() ? "" : extra.error().message.c_str());
            QCOMPARE(extra->at("at").get<std::int64_t>(), trainer->stepsDone());
        }
        const auto life = 1 + engine() % 3;
        for (unsigned i = 0; i < life && trainer->stepsDone() < 30; ++i)
            QVERIFY(stepOf(*trainer).loss ==
                    losses[static_cast<std::size_t>(trainer->stepsDone() - 1)]);
        if (++interruptions < 50 && engine() % 3 != 0)
            continue; // killed before it saved: the next one repeats those steps
        last = folder / ("checkpoint-" + std::to_string(interruptions));
        QVERIFY(trainer->save(last, {{"at", trainer->stepsDone()}}).ok());
        done = trainer->stepsDone() == 30;
    }
    QVERIFY(interruptions >= 30);
    QVERIFY(!adapterBytes(last).empty());
    QCOMPARE(adapterBytes(last), adapterBytes(folder / "straight"));
    const auto state = [](const Path& at) { return *readFile(at / "state/optimizer.safetensors"); };
    QCOMPARE(state(last), state(folder / "straight"));
}

void TestTraining::checkpointIsAPeftFolder() {
    QTemporaryDir temporary;
    const Path to = Path(temporary.path().toStdString()) / "checkpoint";
    TrainOptions options = goldenOptions("dpo");
    options.startAdapter.clear();
    options.reference = ReferenceModel::Base;
    options.lora.rank = 5;
    options.lora.alpha = 15;
    options.lora.targets = {"k_proj", "up_proj"};
    options.baseFolder = "somewhere/tiny";
    const auto model = tinyModel();
    const auto trainer = trainerOf(options, goldenRows(true, false), {}, model);
    for (int i = 0; i < 3; ++i)
        stepOf(*trainer);
    QVERIFY(trainer->save(to, {}).ok());
    QVERIFY(isCompleteCheckpoint(to));
    const auto config = parseJson(*readFile(to / "adapter_config.json"));
    QVERIFY(config.ok());
    QCOMPARE(config->at("peft_type").get<std::string>(), std::string("LORA"));
    QCOMPARE(config->at("r").get<int>(), 5);
    QCOMPARE(config->at("lora_alpha").get<int>(), 15);
    QCOMPARE(config->at("target_modules"), (Json{"k_proj", "up_proj"}));
    QCOMPARE(config->at("base_model_name_or_path").get<std::string>(),
             std::string("somewhere/tiny"));
    // The scorer reads it as it reads any PEFT folder, and it changes the model as training says.
    const auto adapter = model->attachAdapter(to);
    QVERIFY2(adapter.ok(), adapter.ok() ? "" : adapter.error().message.c_str());
    const Path clean = Path(temporary.path().toStdString()) / "clean";
    QVERIFY(exportCheckpoint(to, clean).ok());
    QCOMPARE(adapterBytes(clean), adapterBytes(to));
    QVERIFY(!std::filesystem::exists(clean / "state"));
}

void TestTraining::halfWrittenCheckpointIsNotRead() {
    QTemporaryDir temporary;
    const Path to = Path(temporary.path().toStdString()) / "checkpoint";
    const auto trainer = trainerOf(goldenOptions("dpo"), goldenRows(true, false));
    stepOf(*trainer);
    QVERIFY(trainer->save(to, {}).ok());
    std::filesystem::remove(to / "DONE");
    const auto restored = trainer->restore(to);
    QVERIFY(!restored.ok());
    QCOMPARE(restored.error().code, ErrorCode::Corrupt);
    // A cut optimiser file behind a complete mark is found too.
    QVERIFY(trainer->save(to, {}).ok());
    const Path state = to / "state/optimizer.safetensors";
    std::filesystem::resize_file(state, std::filesystem::file_size(state) / 2);
    QVERIFY(!trainer->restore(to).ok());
}

void TestTraining::otherRunsCheckpointIsRefused() {
    QTemporaryDir temporary;
    const Path to = Path(temporary.path().toStdString()) / "checkpoint";
    TrainOptions options = goldenOptions("dpo");
    const auto trainer = trainerOf(options, goldenRows(true, false));
    QVERIFY(trainer->save(to, {}).ok());
    options.learningRate *= 2;
    const auto other = trainerOf(options, goldenRows(true, false))->restore(to);
    QVERIFY(!other.ok());
    QCOMPARE(other.error().code, ErrorCode::Mismatch);
    std::vector<TrainExample> rows = goldenRows(true, false);
    rows[3].chosen.ids.back() = 5;
    QVERIFY(!trainerOf(goldenOptions("dpo"), rows)->restore(to).ok());
}

void TestTraining::wholeModelTrainsAndLoadsAgain() {
    QTemporaryDir temporary;
    const Path to = Path(temporary.path().toStdString()) / "checkpoint";
    TrainOptions options = goldenOptions("sft");
    options.startAdapter.clear();
    options.allParameters = true;
    options.baseFolder = dataPath("tiny");
    const auto base = tinyModel();
    const auto trainer =
        trainerOf(options, goldenRows(false, false), goldenRows(false, false), base);
    const auto before = trainer->evaluate({});
    QVERIFY(before.ok());
    while (trainer->stepsDone() < trainer->totalSteps())
        stepOf(*trainer);
    const auto after = trainer->evaluate({});
    QVERIFY(after.ok() && after->loss < before->loss - 0.3);
    QVERIFY(trainer->save(to, {}).ok());
    ComputeOptions plain;
    plain.device = "cpu";
    plain.dtype = "float32";
    plain.threads = 1;
    const auto loaded = Model::load(to, plain);
    QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().message.c_str());
    // Its loss by the scorer is the trainer's; the base's own weights stayed as they were.
    const auto lossBy = [](const std::shared_ptr<Model>& model) {
        LogprobRequest request;
        request.model = {model, -1};
        std::vector<Ids> sequences;
        const auto rows = goldenRows(false, false);
        for (const TrainExample& row : rows)
            sequences.push_back(row.chosen.ids);
        const auto facts = scoreTokens(request, sequences);
        double sum = 0, count = 0;
        for (std::size_t i = 0; i < rows.size(); ++i)
            for (std::size_t t = static_cast<std::size_t>(rows[i].chosen.promptTokens);
                 t < rows[i].chosen.ids.size(); ++t) {
                sum -= static_cast<double>((*facts)[i].logp[t]);
                ++count;
            }
        return sum / count;
    };
    QVERIFY(near(lossBy(*loaded), after->loss, 1e-5));
    QVERIFY(near(lossBy(base), before->loss, 1e-5));
}

void TestTraining::referenceIsComputedOnce() {
    QTemporaryDir temporary;
    const Path folder(temporary.path().toStdString());
    const TrainOptions options = goldenOptions("dpo");
    int computed = 0;
    const auto count = [&](std::int64_t, std::int64_t) { ++computed; };
    QVERIFY(trainerOf(options, goldenRows(true, false))->prepareReference(folder, {}, count).ok());
    QCOMPARE(computed, 1);
    QVERIFY(trainerOf(options, goldenRows(true, false))->prepareReference(folder, {}, count).ok());
    QCOMPARE(computed, 1); // read from its file
    std::vector<TrainExample> other = goldenRows(true, false);
    other.pop_back();
    QVERIFY(trainerOf(options, other)->prepareReference(folder, {}, count).ok());
    QCOMPARE(computed, 2);
}

void TestTraining::stoppedReferenceGoesOnAfterItsLastPiece() {
    QTemporaryDir temporary;
    const Path folder(temporary.path().toStdString());
    const TrainOptions options = goldenOptions("dpo");
    std::vector<TrainExample> rows;
    while (rows.size() < 150) // three pieces
        for (TrainExample& row : goldenRows(true, false))
            rows.push_back(std::move(row));
    CancelToken stop;
    std::vector<std::int64_t> told;
    const auto stopAtOnce = [&](std::int64_t done, std::int64_t) {
        told.push_back(done);
        stop.cancel();
    };
    QVERIFY(!trainerOf(options, rows)->prepareReference(folder, stop, stopAtOnce).ok());
    QCOMPARE(told, std::vector<std::int64_t>{64});
    const auto note = [&](std::int64_t done, std::int64_t) { told.push_back(done); };
    QVERIFY(trainerOf(options, rows)->prepareReference(folder, {}, note).ok());
    QCOMPARE(told[1], std::int64_t{128}); // the first 64 are there
    const auto files = [&] {
        return std::distance(std::filesystem::directory_iterator(folder), {});
    };
    QCOMPARE(files(), std::ptrdiff_t{1}); // one file of all is left
}

void TestTraining::badInputGetsASentence_data() {
    QTest::addColumn<int>("which");
    QTest::addColumn<QString>("part");
    const char* parts[] = {"the data is empty",
                           "outside the vocabulary",
                           "more than the model's context",
                           "empty completion",
                           "prefers a completion to itself",
                           "no rejected completion",
                           "rank of LoRA",
                           "learning rate",
                           "weights for",
                           "is no linear of the model",
                           "TDPO needs the frozen model",
                           "no prompt token"};
    for (int i = 0; i < static_cast<int>(std::size(parts)); ++i)
        QTest::addRow("%s", parts[i]) << i << QString::fromLatin1(parts[i]);
}

void TestTraining::badInputGetsASentence() {
    QFETCH(int, which);
    QFETCH(QString, part);
    TrainOptions options = goldenOptions("dpo");
    options.startAdapter.clear();
    options.lora.targets = {"q_proj"};
    std::vector<TrainExample> rows = goldenRows(true, false);
    TrainExample& row = rows[2];
    switch (which) {
    case 0:
        rows.clear();
        break;
    case 1:
        row.chosen.ids[1] = 97;
        break;
    case 2:
        row.rejected.ids.resize(200, 3);
        break;
    case 3:
        row.chosen.ids.resize(static_cast<std::size_t>(row.chosen.promptTokens));
        break;
    case 4:
        row.rejected = row.chosen;
        break;
    case 5:
        row.rejected = {};
        break;
    case 6:
        options.lora.rank = 0;
        break;
    case 7:
        options.learningRate = 0;
        break;
    case 8:
        row.rejected.weights = {1.0f};
        break;
    case 9:
        options.lora.targets = {"q_projection"};
        break;
    case 10:
        options.allParameters = true;
        options.preference.loss = PairLoss::Tdpo1;
        break;
    default:
        row.chosen.promptTokens = 0;
        break;
    }
    const auto trainer = Trainer::make(tinyModel(), options, rows, {});
    QVERIFY(!trainer.ok());
    QVERIFY2(trainer.error().message.find(part.toStdString()) != std::string::npos,
             trainer.error().message.c_str());
}

QTEST_APPLESS_MAIN(TestTraining)
#include "tst_training.moc"
