// Scores against transformers + peft references, and against each other: packing, chunking,
// precision and the order of work change nothing beyond a stated tolerance.
#include "core/base/json.h"
#include "core/engine/engine.h"
#include "core/engine/shared_prefixes.h"
#include "support/test_paths.h"

#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <cmath>
#include <cstring>
#include <numeric>
#include <random>

using namespace crux;
using namespace crux::engine;

namespace {

Path pathOf(const QString& text) {
    return Path(text.toStdString());
}

std::shared_ptr<Model> load(const QString& folder, const char* dtype = "float32") {
    ComputeOptions options;
    options.device = "cpu";
    options.threads = 1; // the same bits whatever else the machine does
    options.dtype = dtype;
    auto model = Model::load(pathOf(folder), options);
    if (!model)
        qFatal("%s", model.error().message.c_str());
    return *model;
}

int attach(const std::shared_ptr<Model>& model, const QString& folder) {
    auto adapter = model->attachAdapter(pathOf(folder));
    if (!adapter)
        qFatal("%s", adapter.error().message.c_str());
    return *adapter;
}

Json readJson(const QString& path) {
    return *parseJson(*readFile(pathOf(path)));
}

std::vector<TokenFacts> mustScore(const LogprobRequest& request,
                                  const std::vector<Ids>& sequences) {
    auto facts = scoreTokens(request, sequences);
    if (!facts)
        qFatal("%s", facts.error().message.c_str());
    return *facts;
}

std::vector<ContrastFacts> mustContrast(const ContrastRequest& request,
                                        const std::vector<Ids>& sequences) {
    auto facts = scoreContrast(request, sequences);
    if (!facts)
        qFatal("%s", facts.error().message.c_str());
    return *facts;
}

std::vector<Ids> randomSequences(std::size_t count, std::int32_t vocabulary, std::size_t longest) {
    std::mt19937 engine(5);
    std::vector<Ids> all;
    for (std::size_t i = 0; i < count; ++i) {
        Ids ids{1};
        const std::size_t length = 1 + engine() % longest;
        while (ids.size() < length)
            ids.push_back(static_cast<std::int32_t>(engine() % static_cast<unsigned>(vocabulary)));
        all.push_back(ids);
    }
    return all;
}

double worst(const std::vector<float>& ours, const Json& theirs, std::size_t shift) {
    double most = 0;
    for (std::size_t t = 0; t < theirs.size(); ++t)
        if (!theirs[t].is_null())
            most = std::max(
                most, std::abs(static_cast<double>(ours[t + shift]) - theirs[t].get<double>()));
    return most;
}

QString tiny() {
    return crux::test::dataDir() + QStringLiteral("/engine/tiny");
}

} // namespace

class TestScorer : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void ownReferences_data();
    void ownReferences();
    void sharedReferences_data();
    void sharedReferences();
    void sharedLora();
    void sharedWordproblems();
    void bfloat16InPlaceEqualsItsFloat32Copy();
    void packedEqualsOneByOne();
    void sharedBeginningsAreComputedOnce();
    void factsAgreeWithWholeDistribution_data();
    void factsAgreeWithWholeDistribution();
    void contrastAgreesWithWholeDistribution_data();
    void contrastAgreesWithWholeDistribution();
    void equalModelsGiveTheirProbability();
    void zeroAdapterChangesNothing();
    void adaptersSwitchPerCall();
    void twoLoadsEqualTwoAdapters();
    void nextTokensAgreeWithScores();
    void refusals();
    void cancelAndProgress();
    void breathsServeOthers_data();
    void breathsServeOthers();
};

void TestScorer::ownReferences_data() {
    QTest::addColumn<QString>("folder");
    for (const char* folder : {"tiny", "tiny/adapter", "odd"})
        QTest::newRow(folder) << QString::fromLatin1(folder);
}

void TestScorer::ownReferences() {
    QFETCH(QString, folder);
    const QString root = crux::test::dataDir() + QStringLiteral("/engine/");
    const Json cases = readJson(root + QStringLiteral("reference.json"))[folder.toStdString()];
    LogprobRequest request;
    const bool adapted = folder.endsWith(QStringLiteral("adapter"));
    request.model.model = load(adapted ? root + QStringLiteral("tiny") : root + folder);
    if (adapted)
        request.model.adapter = attach(request.model.model, root + folder);
    std::vector<Ids> sequences;
    for (const Json& one : cases)
        sequences.push_back(one["ids"].get<Ids>());
    const auto facts = mustScore(request, sequences);
    for (std::size_t i = 0; i < cases.size(); ++i) {
        QVERIFY2(worst(facts[i].logp, cases[i]["logp"], 1) < 1e-4, "log-probabilities");
        QVERIFY2(worst(facts[i].entropy, cases[i]["entropy"], 1) < 1e-4, "entropy");
        for (std::size_t t = 0; t < cases[i]["rank"].size(); ++t)
            QVERIFY(std::abs(facts[i].rank[t + 1] - cases[i]["rank"][t].get<int>()) <= 1);
        QVERIFY(std::isnan(facts[i].logp[0]) && facts[i].rank[0] == -1);
    }
}

void TestScorer::sharedReferences_data() {
    QTest::addColumn<QString>("folder");
    for (const char* folder : {"stories260K", "tiny-llama-gqa-tied", "tiny-llama3-rope-sharded",
                               "tiny-qwen2-tied", "tiny-llama-bias-headdim"})
        QTest::newRow(folder) << QString::fromLatin1(folder);
}

void TestScorer::sharedReferences() {
    CRUX_NEEDS_SHARED("models/README.md");
    QFETCH(QString, folder);
    const QString root = crux::test::sharedDir() + QStringLiteral("/models/") + folder;
    const Json reference = readJson(root + QStringLiteral("/reference.json"));
    const Json& cases = reference.contains("cases") ? reference["cases"] : reference["logits"];
    LogprobRequest request;
    request.model.model = load(root);
    request.topK = 20;
    std::vector<Ids> sequences;
    for (const Json& one : cases)
        sequences.push_back(one["ids"].get<Ids>());
    const auto facts = mustScore(request, sequences);
    for (std::size_t i = 0; i < cases.size(); ++i) {
        QVERIFY(worst(facts[i].logp, cases[i]["token_logprobs"], 1) < 1e-3);
        for (std::size_t t = 0; t + 1 < sequences[i].size(); ++t)
            QCOMPARE(facts[i].topIds[(t + 1) * 20],
                     cases[i]["top20_ids"][t][0].get<std::int32_t>());
    }
}

void TestScorer::sharedLora() {
    CRUX_NEEDS_SHARED("models/stories260K-lora/reference.json");
    const QString root = crux::test::sharedDir() + QStringLiteral("/models/stories260K");
    const Json reference = readJson(root + QStringLiteral("-lora/reference.json"));
    LogprobRequest bare;
    bare.model.model = load(root);
    LogprobRequest adapted = bare;
    adapted.model.adapter = attach(bare.model.model, root + QStringLiteral("-lora"));
    for (const char* key : {"logits", "base_logits"})
        for (const Json& one : reference[key]) {
            const auto& request = std::strcmp(key, "logits") == 0 ? adapted : bare;
            const auto facts = mustScore(request, {one["ids"].get<Ids>()});
            QVERIFY(worst(facts[0].logp, one["token_logprobs"], 1) < 1e-3);
        }
}

void TestScorer::sharedWordproblems() {
    CRUX_NEEDS_SHARED("models/wordproblems/reference.json");
    const QString root = crux::test::sharedDir() + QStringLiteral("/models/wordproblems");
    const Json reference = readJson(root + QStringLiteral("/reference.json"));
    ContrastRequest request;
    const auto model = load(root);
    request.positive = {model, attach(model, root + QStringLiteral("/positive"))};
    request.negative = {model, attach(model, root + QStringLiteral("/negative"))};
    request.policy = {model, -1};
    request.details = true;
    std::vector<Ids> sequences;
    for (const Json& one : reference["cases"])
        sequences.push_back(one["ids"].get<Ids>());
    const auto facts = mustContrast(request, sequences);
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        const Json& one = reference["cases"][i];
        const auto logs = [](std::vector<float> values) {
            for (float& value : values)
                value = std::log(value);
            return values;
        };
        QVERIFY(worst(facts[i].logpPolicy, one["token_logprobs"], 0) < 1e-3);
        QVERIFY(worst(logs(facts[i].pPositive), one["token_logprobs_positive"], 0) < 1e-3);
        QVERIFY(worst(logs(facts[i].pNegative), one["token_logprobs_negative"], 0) < 1e-3);
        QVERIFY(worst(facts[i].s, one["scores"], 0) < 1e-3);
        QVERIFY(worst(facts[i].entropyPolicy, one["entropy"], 0) < 1e-3);
    }
}

/// The model folder `from`, stored in bfloat16, written out as float32.
void writeWidened(const QString& from, const QString& to) {
    const std::string bytes = *readFile(pathOf(from + QStringLiteral("/model.safetensors")));
    std::uint64_t headerBytes = 0;
    std::memcpy(&headerBytes, bytes.data(), 8);
    const Json header = *parseJson(bytes.substr(8, headerBytes));
    Json made = Json::object();
    std::string data;
    for (const auto& [name, entry] : header.items()) {
        if (name == "__metadata__")
            continue;
        if (entry["dtype"] != "BF16")
            qFatal("the fixture is not bfloat16");
        const std::size_t begin = data.size();
        for (auto i = entry["data_offsets"][0].get<std::size_t>();
             i < entry["data_offsets"][1].get<std::size_t>(); i += 2) {
            data.append(2, '\0');
            data.append(bytes, 8 + headerBytes + i, 2); // a bfloat16 is a float's upper half
        }
        made[name] = {
            {"dtype", "F32"}, {"shape", entry["shape"]}, {"data_offsets", {begin, data.size()}}};
    }
    std::string text = dumpJson(made);
    text.resize((text.size() + 7) / 8 * 8, ' ');
    const std::uint64_t size = text.size();
    const std::string length(reinterpret_cast<const char*>(&size), 8);
    if (!writeFileAtomically(pathOf(to + QStringLiteral("/model.safetensors")),
                             length + text + data)
             .ok() ||
        !QFile::copy(from + QStringLiteral("/config.json"), to + QStringLiteral("/config.json")))
        qFatal("the model folder cannot be written");
}

/// float32 asked for on a bfloat16 file: nothing is copied, and nothing is rounded either.
void TestScorer::bfloat16InPlaceEqualsItsFloat32Copy() {
    const QTemporaryDir folder;
    writeWidened(tiny(), folder.path());
    LogprobRequest narrow, wide;
    narrow.model.model = load(tiny());
    wide.model.model = load(folder.path());
    QCOMPARE(narrow.model.model->info().dtype, std::string("float32"));
    QVERIFY(narrow.model.model->info().weightBytes < wide.model.model->info().weightBytes * 6 / 10);
    narrow.model.adapter = attach(narrow.model.model, tiny() + QStringLiteral("/adapter"));
    wide.model.adapter = attach(wide.model.model, tiny() + QStringLiteral("/adapter"));
    narrow.topK = wide.topK = 5;
    const auto sequences = randomSequences(6, 97, 120);
    const auto a = mustScore(narrow, sequences), b = mustScore(wide, sequences);
    for (std::size_t i = 0; i < sequences.size(); ++i)
        for (std::size_t t = 1; t < sequences[i].size(); ++t) {
            QVERIFY(std::abs(a[i].logp[t] - b[i].logp[t]) < 1e-5f);
            QVERIFY(std::abs(a[i].entropy[t] - b[i].entropy[t]) < 1e-5f);
            QVERIFY(std::abs(a[i].topLogp[t * 5] - b[i].topLogp[t * 5]) < 1e-5f);
        }
    // Decoding has kernels of its own, which give the very same bits.
    const std::vector<GenerateJob> jobs{{{1, 5, 9}, {7}, "a", 0}, {{1, 5, 30, 31}, {}, "b", 0}};
    GenerateRequest fromNarrow, fromWide;
    fromNarrow.model = narrow.model;
    fromWide.model = wide.model;
    fromNarrow.sampling.maxNewTokens = fromWide.sampling.maxNewTokens = 24;
    const auto c = generate(fromNarrow, jobs), d = generate(fromWide, jobs);
    QVERIFY(c.ok() && d.ok());
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        QCOMPARE(c->at(i).ids, d->at(i).ids);
        QVERIFY(c->at(i).logp == d->at(i).logp);
    }
}

void TestScorer::packedEqualsOneByOne() {
    for (const char* dtype : {"float32", "bfloat16"}) {
        LogprobRequest request;
        request.model.model = load(tiny(), dtype);
        request.model.adapter = attach(request.model.model, tiny() + QStringLiteral("/adapter"));
        const auto sequences = randomSequences(80, 97, 120); // more than one batch of 4,096 rows
        const double tolerance = std::strcmp(dtype, "float32") == 0 ? 1e-4 : 0.15;
        const auto together = mustScore(request, sequences);
        for (std::size_t i = 0; i < sequences.size(); ++i) {
            const auto alone = mustScore(request, {sequences[i]});
            for (std::size_t t = 1; t < sequences[i].size(); ++t)
                QVERIFY(std::abs(together[i].logp[t] - alone[0].logp[t]) < tolerance);
        }
    }
}

void TestScorer::sharedBeginningsAreComputedOnce() {
    // Samples of one question, one that leaves a sample late (a context of two pieces), a repeated
    // one, one that another begins with, and strangers: all as if scored alone.
    const auto pieces = randomSequences(12, 97, 40);
    const auto after = [](Ids head, const Ids& tail) {
        head.insert(head.end(), tail.begin(), tail.end());
        return head;
    };
    const Ids prompt = after(pieces[0], {5, 6, 7, 8, 9, 10, 11, 12, 13});
    std::vector<Ids> sequences{after(prompt, pieces[1]), after(prompt, pieces[2]), pieces[3]};
    const Ids second = sequences[1];
    sequences.push_back(after(Ids(second.begin(), second.end() - 1), pieces[4]));
    sequences.push_back(second);
    sequences.push_back(prompt);
    sequences.push_back({});
    sequences.push_back(after(pieces[3], pieces[5]));

    SharedPrefixes prefixes;
    std::int64_t shared = 0;
    for (const Ids& ids : sequences)
        shared += prefixes.add(ids).length;
    const auto size = [](const Ids& ids) { return static_cast<std::int64_t>(ids.size()); };
    QVERIFY(shared >= 3 * size(prompt) + size(second) - 1);

    ContrastRequest request;
    const auto model = load(tiny());
    request.positive = {model, attach(model, tiny() + QStringLiteral("/adapter"))};
    request.negative = {model, -1};
    request.topK = 3;
    request.details = true;
    const auto together = mustContrast(request, sequences);
    for (std::size_t i = 0; i < sequences.size(); ++i) {
        const auto alone = mustContrast(request, {sequences[i]});
        for (std::size_t t = 1; t < sequences[i].size(); ++t) {
            QVERIFY(std::abs(together[i].s[t] - alone[0].s[t]) < 1e-5f);
            QVERIFY(std::abs(together[i].pPositive[t] - alone[0].pPositive[t]) < 1e-5f);
            QVERIFY(std::abs(together[i].entropyNegative[t] - alone[0].entropyNegative[t]) < 1e-4f);
            QCOMPARE(together[i].topIds[t * 3], alone[0].topIds[t * 3]);
        }
    }
}

void TestScorer::factsAgreeWithWholeDistribution_data() {
    QTest::addColumn<QString>("dtype");
    QTest::addColumn<int>("length"); // few and many rows take different products
    for (const char* dtype : {"float32", "bfloat16"})
        for (int length : {5, 100})
            QTest::addRow("%s %d", dtype, length) << QString::fromLatin1(dtype) << length;
}

void TestScorer::factsAgreeWithWholeDistribution() {
    QFETCH(QString, dtype);
    QFETCH(int, length);
    LogprobRequest request;
    request.model.model = load(tiny(), dtype.toLatin1().constData());
    request.topK = 97; // the whole vocabulary
    Ids ids = randomSequences(40, 97, 120)[3];
    ids.resize(static_cast<std::size_t>(length), 17);
    const TokenFacts facts = mustScore(request, {ids})[0];
    for (std::size_t t = 1; t < ids.size(); ++t) {
        double mass = 0;
        double entropy = 0;
        int place = 0;
        for (std::size_t c = 0; c < 97; ++c) {
            const double logp = static_cast<double>(facts.topLogp[t * 97 + c]);
            mass += std::exp(logp);
            entropy -= std::exp(logp) * logp;
            if (facts.topIds[t * 97 + c] == ids[t]) {
                place = static_cast<int>(c) + 1;
                QCOMPARE(facts.topLogp[t * 97 + c], facts.logp[t]);
            }
            QVERIFY(c == 0 || facts.topLogp[t * 97 + c] <= facts.topLogp[t * 97 + c - 1]);
        }
        QVERIFY(std::abs(mass - 1) < 1e-5);
        QVERIFY(std::abs(entropy - static_cast<double>(facts.entropy[t])) < 1e-4);
        QVERIFY(std::abs(place - facts.rank[t]) <= 1);
    }
}

void TestScorer::contrastAgreesWithWholeDistribution_data() {
    factsAgreeWithWholeDistribution_data();
}

/// s = p+^(1+b) p-^-b / Z over the whole vocabulary, from the returned probabilities themselves
/// (the hand-computed vector of REFERENCE.md A.6 is in tst_row_stats).
void TestScorer::contrastAgreesWithWholeDistribution() {
    QFETCH(QString, dtype);
    QFETCH(int, length);
    ContrastRequest request;
    const auto model = load(tiny(), dtype.toLatin1().constData());
    request.positive = {model, attach(model, tiny() + QStringLiteral("/adapter"))};
    request.negative = {model, -1};
    request.topK = 97;
    Ids ids = randomSequences(40, 97, 120)[3];
    ids.resize(static_cast<std::size_t>(length), 17);
    for (double beta : {0.0, 0.5, 1.0}) {
        request.beta = beta;
        const ContrastFacts facts = mustContrast(request, {ids})[0];
        for (std::size_t t = 1; t < ids.size(); ++t) {
            double z = 0;
            double mine = 0;
            for (std::size_t c = t * 97; c < (t + 1) * 97; ++c) {
                const double value =
                    std::exp((1 + beta) * std::log(static_cast<double>(facts.topPPositive[c])) -
                             beta * std::log(static_cast<double>(facts.topPNegative[c])));
                z += value;
                if (facts.topIds[c] == ids[t]) {
                    mine = value;
                    QVERIFY(std::abs(facts.topS[c] - facts.s[t]) < 1e-5);
                }
            }
            QVERIFY(std::abs(mine / z - static_cast<double>(facts.s[t])) < 1e-4);
        }
    }
}

void TestScorer::equalModelsGiveTheirProbability() {
    for (const char* dtype : {"float32", "bfloat16"}) {
        ContrastRequest request;
        const auto model = load(tiny(), dtype);
        request.positive = request.negative = {model, -1};
        const auto facts = mustContrast(request, randomSequences(5, 97, 60));
        for (const ContrastFacts& one : facts)
            for (std::size_t t = 1; t < one.s.size(); ++t) {
                QVERIFY(std::abs(one.s[t] - one.pPositive[t]) < 1e-5f);
                QCOMPARE(one.pPositive[t], one.pNegative[t]);
            }
    }
}

void TestScorer::zeroAdapterChangesNothing() {
    QTemporaryDir folder;
    const QString from = tiny() + QStringLiteral("/adapter/");
    QFile::copy(from + QStringLiteral("adapter_config.json"),
                folder.filePath(QStringLiteral("adapter_config.json")));
    // The same file with every lora_B zeroed.
    std::string bytes = *readFile(pathOf(from + QStringLiteral("adapter_model.safetensors")));
    std::uint64_t headerBytes = 0;
    std::memcpy(&headerBytes, bytes.data(), 8);
    const Json header = *parseJson(bytes.substr(8, headerBytes));
    for (const auto& [name, entry] : header.items())
        if (name.ends_with("lora_B.weight"))
            for (auto i = entry["data_offsets"][0].get<std::size_t>();
                 i < entry["data_offsets"][1].get<std::size_t>(); ++i)
                bytes[8 + headerBytes + i] = 0;
    QVERIFY(writeFileAtomically(
                pathOf(folder.filePath(QStringLiteral("adapter_model.safetensors"))), bytes)
                .ok());
    LogprobRequest request;
    request.model.model = load(tiny());
    const auto sequences = randomSequences(3, 97, 50);
    const auto bare = mustScore(request, sequences);
    request.model.adapter = attach(request.model.model, folder.path());
    const auto adapted = mustScore(request, sequences);
    for (std::size_t i = 0; i < sequences.size(); ++i)
        for (std::size_t t = 1; t < sequences[i].size(); ++t)
            QVERIFY(std::abs(bare[i].logp[t] - adapted[i].logp[t]) < 1e-6f);
}

void TestScorer::adaptersSwitchPerCall() {
    LogprobRequest request;
    request.model.model = load(tiny());
    const auto sequences = randomSequences(3, 97, 50);
    const auto before = mustScore(request, sequences);
    const int adapter = attach(request.model.model, tiny() + QStringLiteral("/adapter"));
    QCOMPARE(attach(request.model.model, tiny() + QStringLiteral("/adapter/.")), adapter);
    request.model.adapter = adapter;
    const auto adapted = mustScore(request, sequences);
    request.model.adapter = -1;
    const auto after = mustScore(request, sequences);
    QVERIFY(std::abs(adapted[0].logp[1] - before[0].logp[1]) > 1e-3f);
    for (std::size_t i = 0; i < sequences.size(); ++i)
        for (std::size_t t = 1; t < sequences[i].size(); ++t)
            QCOMPARE(after[i].logp[t], before[i].logp[t]);
}

void TestScorer::twoLoadsEqualTwoAdapters() {
    ContrastRequest shared;
    const auto model = load(tiny());
    shared.positive = {model, attach(model, tiny() + QStringLiteral("/adapter"))};
    shared.negative = {model, -1};
    ContrastRequest apart = shared;
    apart.negative = {load(tiny()), -1};
    const auto sequences = randomSequences(4, 97, 60);
    const auto a = mustContrast(shared, sequences);
    const auto b = mustContrast(apart, sequences);
    for (std::size_t i = 0; i < sequences.size(); ++i)
        for (std::size_t t = 1; t < sequences[i].size(); ++t)
            QVERIFY(std::abs(a[i].s[t] - b[i].s[t]) < 1e-4f);
}

void TestScorer::nextTokensAgreeWithScores() {
    ContrastRequest request;
    const auto model = load(tiny());
    request.positive = {model, attach(model, tiny() + QStringLiteral("/adapter"))};
    request.negative = {model, -1};
    request.topK = 97;
    const Ids ids = randomSequences(40, 97, 120)[3];
    const ContrastFacts facts = mustContrast(request, {ids})[0];
    const std::size_t t = ids.size() - 1;
    const Ids include{ids[t], 5};
    const auto rows = nextTokens(request, std::span(ids).first(t), 3, include);
    QVERIFY(rows.ok());
    QVERIFY(rows->size() >= 3 && rows->size() <= 5);
    for (const NextTokenRow& row : *rows) {
        const auto begin = facts.topIds.begin() + static_cast<std::ptrdiff_t>(t * 97);
        const auto found = std::find(begin, begin + 97, row.id);
        const auto cell = static_cast<std::size_t>(found - facts.topIds.begin());
        QCOMPARE(row.rank, static_cast<std::int32_t>(cell - t * 97) + 1);
        QVERIFY(std::abs(row.pPositive - facts.topPPositive[cell]) < 1e-5f);
        QVERIFY(std::abs(row.s - facts.topS[cell]) < 1e-4f);
        QVERIFY(std::isnan(row.p));
    }
    ContrastRequest alone;
    alone.policy = {model, -1};
    const auto policy = nextTokens(alone, std::span(ids).first(t), 2, {});
    QVERIFY(policy.ok());
    QCOMPARE(policy->size(), std::size_t{2});
    QVERIFY(std::isnan(policy->front().s) && policy->front().p >= policy->back().p);
}

void TestScorer::refusals() {
    LogprobRequest request;
    QCOMPARE(scoreTokens(request, std::vector<Ids>{{1, 2}}).error().code,
             ErrorCode::InvalidArgument);
    request.model.model = load(tiny());
    for (const Ids& bad : {Ids{1, 97}, Ids{-1, 3}, Ids(129, 1)})
        QCOMPARE(scoreTokens(request, std::vector<Ids>{bad}).error().code,
                 ErrorCode::InvalidArgument);
    request.model.adapter = 0;
    QCOMPARE(scoreTokens(request, std::vector<Ids>{{1, 2}}).error().code,
             ErrorCode::InvalidArgument);
    ContrastRequest contrast;
    contrast.positive = {request.model.model, -1};
    contrast.negative = {load(crux::test::dataDir() + QStringLiteral("/engine/odd")), -1};
    const auto mixed = scoreContrast(contrast, std::vector<Ids>{{1, 2}});
    QCOMPARE(mixed.error().code, ErrorCode::Mismatch);
    QVERIFY(mixed.error().message.find("97 and 61") != std::string::npos);
    QVERIFY(!nextTokens(contrast, {}, 3, {}).ok());
}

void TestScorer::cancelAndProgress() {
    LogprobRequest request;
    request.model.model = load(tiny());
    const std::vector<Ids> sequences{{1}, {}, {1, 2, 3}};
    std::vector<std::size_t> tokens;
    const auto facts = scoreTokens(request, sequences, {},
                                   [&](std::size_t, std::size_t done) { tokens.push_back(done); });
    QVERIFY(facts.ok());
    QCOMPARE(tokens, (std::vector<std::size_t>{1, 1, 4}));
    QCOMPARE(facts->at(1).logp.size(), std::size_t{0});
    CancelToken cancel;
    cancel.cancel();
    QCOMPARE(scoreTokens(request, sequences, cancel).error().code, ErrorCode::Cancelled);
}

void TestScorer::breathsServeOthers_data() {
    QTest::addColumn<int>("threads"); // several batches side by side, or one on all threads
    QTest::addColumn<int>("sequences");
    QTest::newRow("one thread") << 1 << 3;
    QTest::newRow("side by side") << 2 << 60;
}

/// Within a breath of a scoring call the same model draws, answers and gets another adapter; the
/// scores are those of an undisturbed call.
void TestScorer::breathsServeOthers() {
    QFETCH(int, threads);
    QFETCH(int, sequences);
    ComputeOptions options{"cpu", "float32", threads};
    const auto model = Model::load(pathOf(tiny()), options);
    QVERIFY(model.ok());
    ContrastRequest request;
    request.positive = {*model, attach(*model, tiny() + QStringLiteral("/adapter"))};
    request.negative = {*model, -1};
    request.topK = 3;
    request.details = true;
    const auto rows = randomSequences(static_cast<std::size_t>(sequences), 97, 120);
    const auto expected = mustContrast(request, rows);
    const QTemporaryDir copy;
    for (const char* name : {"adapter_config.json", "adapter_model.safetensors"})
        QVERIFY(QFile::copy(tiny() + QStringLiteral("/adapter/") + QString::fromLatin1(name),
                            copy.filePath(QString::fromLatin1(name))));
    int breaths = 0;
    request.breathe = [&] {
        if (++breaths % 3 != 1)
            return;
        GenerateRequest draw;
        draw.model = {*model, attach(*model, copy.path())};
        draw.sampling.maxNewTokens = 4;
        const std::vector<GenerateJob> jobs{{{1, 5, 9}, {7}, "served", 0}};
        QVERIFY(generate(draw, jobs).ok());
        ContrastRequest asked = request;
        asked.breathe = {};
        QVERIFY(nextTokens(asked, rows[0], 3, {}).ok());
        QVERIFY(scoreContrast(asked, std::vector<Ids>{rows[1]}).ok());
    };
    const auto served = mustContrast(request, rows);
    QVERIFY(breaths >= 3); // layers and stripes, not whole batches only
    for (std::size_t i = 0; i < rows.size(); ++i) {
        QVERIFY(std::equal(served[i].s.begin() + 1, served[i].s.end(), expected[i].s.begin() + 1));
        QVERIFY(served[i].topIds == expected[i].topIds);
    }
}

QTEST_GUILESS_MAIN(TestScorer)
#include "tst_scorer.moc"
